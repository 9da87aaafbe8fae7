"""Which telephone numbers a place of help may have: one in the United Kingdom that belongs to a place."""

from __future__ import annotations

import re
from typing import Final

_WRITTEN: Final = re.compile(r"[0-9 ()+-]+?(?:\s+(?:ext|extension)\.?\s*[0-9]{1,5})?", re.IGNORECASE)
_OF_A_PLACE: Final = re.compile(
    r"0[12][0-9]{8,9}"  # geographic
    r"|03[0347][0-9]{8}"  # charged as geographic, such as 0300, 0303 and 0345
    r"|080[08](?:[0-9]{4}|[0-9]{6,7})"  # free
    r"|116[0-9]{3}|1[0-9]{2}|999"  # such as 116 123, 111, 101
)
_OWN_LINE: Final = "Give the service's own line: a geographic number, one with 0300, 0345 or 0800, or 111."


def wrong_with(written: str) -> tuple[str, str] | None:
    """Why this is no telephone number of a place of help, and the remedy; None for one that is."""
    if not _WRITTEN.fullmatch(written):
        return "no telephone number alone", f"Write one number, with nothing beside it. {_OWN_LINE}"
    digits = re.sub(r"[^0-9+]", "", re.split(r"\s+ext", written, maxsplit=1, flags=re.IGNORECASE)[0])
    number = re.sub(r"^(?:\+|00)440?", "0", digits)
    if number.startswith("07"):
        return "a mobile number, which may be anybody's", _OWN_LINE
    if re.match(r"09|084|087|118", number):
        return "a number that costs more than a call to a place", _OWN_LINE
    return (
        None if _OF_A_PLACE.fullmatch(number) else ("no number of a place in the United Kingdom", _OWN_LINE)
    )
