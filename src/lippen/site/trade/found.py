"""What was reckoned of the trade, as the lake holds it: its facts, and rows of its tables.

Whoever calls this has seen that the reader may see it, and enters the reading. Nothing here reckons: counts,
prices and rankings are those of the tables (`lippen.trade.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from markupsafe import Markup

from lippen import wording
from lippen.brief import figures
from lippen.brief.plain_text import isolated, plain
from lippen.results import TRADE_FACTS, TRADE_TERMS, facts_in
from lippen.site.insight.kinds import OF_TRADE
from lippen.site.insight.lake import lake

if TYPE_CHECKING:  # it loads what reckons, and a page shows only what was reckoned
    from lippen.trade.tables import TradeFacts

Row = dict[str, Any]

SOURCES: Final = {"listings": "Adverts", "sightings": "Sightings"}
"""What pages call each source. The two are never added up."""

BEFORE: Final = 8
"""Weeks beside which the newest one stands."""

LONGEST_NAME: Final = 60
LONGEST_TEXT: Final = 700

_ID_SIGNS: Final = 32


def facts() -> TradeFacts | None:
    """The facts of what was reckoned last; None where nothing was, or where the last advert and sighting went
    since.
    """
    told = lake().result(TRADE_FACTS)
    found: TradeFacts | None = facts_in(told) if told is not None and told.num_rows else None
    return found


def is_held() -> bool:
    """Whether adverts or sightings are held, whatever was reckoned of them."""
    return any(one.kind in OF_TRADE for one in lake().imports())


def how_old() -> str:
    """That the newest week ended long ago, or that the newest advert or sighting is from long before it, for
    every page that speaks of a week; "" where neither is so. A count of none then says that none was brought
    in, and not that none was there.
    """
    told = facts()
    if told is None:
        return ""
    return wording.how_old_its_parts(
        date.fromisoformat(told["until"]), wording.last_days(told), timezone.localdate()
    )


def not_whole() -> str:
    """That the newest week is not over, or its adverts do not reach its end, for the same pages; else ""."""
    told = facts()
    if told is None:
        return ""
    until = date.fromisoformat(told["until"])
    came = told["listings"]
    last = date.fromisoformat(came["last_day"]) if came else None
    return wording.not_over(until, timezone.localdate()) or wording.not_whole(until, last)


def week_is_old() -> bool:
    """Whether the newest week ended so long ago that a page does not call it this week."""
    told = facts()
    if told is None:
        return False
    return (timezone.localdate() - date.fromisoformat(told["until"])).days > wording.OLD_DAYS


def ask(statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of an answer; none where its table was not reckoned. See `Lake.ask`."""
    answer = lake().ask(statement, values)
    return [] if answer is None else answer.to_pylist()


def rows_of(name: str) -> list[Row]:
    """Every row of a small table, in its order; none where it was not reckoned."""
    table = lake().result(name)
    return [] if table is None else table.to_pylist()


def reckoned() -> str:
    """What tells the ranking of words that stands now from any other; "" where there is none."""
    return lake().state().manifest.results.get(TRADE_TERMS, "")


def term_id(term: str) -> str:
    """What stands for a word in addresses and in the register, which hold no word that somebody wrote."""
    return sha256(term.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_SIGNS]


def weeks_until(newest: date, many: int) -> list[date]:
    """The first days of `many` weeks of which the last is `newest`."""
    return [newest - timedelta(weeks=back) for back in range(many - 1, -1, -1)]


def sold_by(row: Row, count: str) -> str:
    """How many sellers stand behind what a row counts (in its column `count`), and if one has most of it."""
    if row["sellers"] is None:
        return "not known" if row["source"] == "listings" else "none named"
    told = figures.count(row["sellers"])
    return f"{told}, most of one" if row["sellers"] > 1 and 2 * row["of_one"] > row[count] else told


def named(text: object) -> Markup:
    """A name out of the data, harmless on a page."""
    return isolated(text, LONGEST_NAME)


def quoted(text: object) -> Markup:
    """A text out of the data, harmless on a page, and cut where it is longer than the data should have it."""
    return isolated(text, LONGEST_TEXT)


def money(pence: float | None, currency: str) -> str:
    """`1250.0` as "£12.50", or with the currency's letters where it is no pound."""
    if pence is None:
        return "too few to say"
    told = f"{pence / 100:,.2f}"
    return f"£{told}" if currency == "GBP" else f"{told} {plain(currency, 10)}"
