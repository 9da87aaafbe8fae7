"""How a reading of the room Trade is entered: what was looked at, and which records were shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lippen.site.accounts.acting import Acting
from lippen.site.insight.record_ids import record_id
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading
from lippen.site.trade.sight import TRADE

PURPOSE: Final = "to see what is sold, in what words, and what is new"


def enter_look(acting: Acting, what: str, words: Iterable[str] = (), adverts: Iterable[str] = ()) -> None:
    """Enter a reading before it is answered. `words` are ids of words (`found.term_id`), and never the words
    themselves: what somebody wrote in an advert does not come into the register. `adverts` are the listings
    that were shown.

    Raises RegisterUnavailable.
    """
    records = [
        Records(TRADE, tuple(dict.fromkeys(words))),
        Records("listing", tuple(dict.fromkeys(record_id(one) for one in adverts))),
    ]
    enter_reading(acting.reader, Act.CONSULTATION, what, records, purpose=PURPOSE)
