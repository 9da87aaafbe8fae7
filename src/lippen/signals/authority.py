"""The authority under which an organisation's own collection or files are taken in.

Lippen collects nothing itself. What an organisation lawfully holds is read only under a mapping that says who
holds it, on what basis and for what purpose, and until when; from that day on nothing more is read by it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError

LAST_DAY: Final = dt.date(2099, 12, 31)
"""The last day on which an authority may run out: a later one would be none, and hold for good. Towns that do
not exist are held until then.
"""


class AuthorityExpired(LippenError):
    """The authority of a mapping has run out: nothing is read by it any more."""


@dataclass(frozen=True)
class Authority:
    """`who` lawfully holds the export, on what `basis`, for what `purpose`; not from the day `expires` on."""

    who: str
    basis: str
    purpose: str
    expires: dt.date

    def in_force(self, path: Path | None) -> None:
        """Raise AuthorityExpired, naming the mapping file `path`, from the day of expiry (in UTC) on."""
        if dt.datetime.now(dt.UTC).date() >= self.expires:
            raise AuthorityExpired(
                f"`authority.expires` is {self.expires}: the authority of {self.who} has run out",
                file=path,
                remedy="Read nothing by it until the organisation has renewed it, then put in the new day.",
            )

    def __str__(self) -> str:
        return f"{self.who}; {self.basis}; {self.purpose}; until {self.expires}"
