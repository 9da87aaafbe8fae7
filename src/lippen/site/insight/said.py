"""What the library says of an export, as a page says it: by the name that the person's computer gave it, and
with what can be done about it on a page.

The library tells whoever writes mapping files what to write there. Nobody who reads a page has one: what has
a counterpart among the columns is said by its name there (`_ON_PAGES`), and other advice is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from lippen.signals.identity import mask_value
from lippen.site.insight.column_choices import TITLES
from lippen.site.insight.models import ImportJob

EXPORT: Final = re.compile(r"(?:/\S*/)?export-([0-9a-f]{12})(?:\.[a-z]+)+")
"""How an export is called on the disk and in the lake: by the first letters of its digest."""

_FOR_MAPPINGS: Final = re.compile(
    r"\[(?:allow|authority|columns|file|join|kinds|missing|numbers|outcomes|places|times)\b"
    r"|\bmapping\b|\blippen \w|`|--[a-z]"
)
"""What tells advice for mapping files and commands."""

_ENDS: Final = re.compile(r"(?<=[;.]) ")

_ON_PAGES: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    (r"in any of the mapping's formats; add its format under \[times\] formats",
     "in the way that was chosen; choose another under “How its times are written”"),
    (r"(?:, or|;) if it (?:is right|stands for nothing), (?:set|list it under) \[\w+\] \w+", ""),
    (r", or list (?:it|them|what stands there) under \[\w+\](?: missing)?(?: if it stands for nothing)?", ""),
    (r"outside the mapping's box; widen \[places\] box",
     "outside the area that was chosen; untick “Refuse rows that lie outside” if they are right"),
    (r"the proposed box leaves them out; widen \[places\] box if they are right",
     "they lie outside the area around those; untick “Refuse rows that lie outside” if they are right"),
    (r"where it stands for the decimal point, set decimal_comma = true under \[numbers\] in the mapping, "
     r"else ", ""),
    (r"set decimal_comma = true under \[numbers\] in the mapping", "write it with a point at the source"),
    (r"check the zone,", "check whose clock it is,"),
    (r"; swap them in the mapping", "; choose each for the other"),
    (r"name the column with the short one in the mapping", "choose the column with the short one"),
    (r", or say under \[allow\] why it is none", ""),
    (r"in every column that the mapping reads", "in every column that is read"),
    (r"raise \[file\] longest_line if it is honest", "shorten it at the source"),
    (r"if it is honest, raise \[file\] largest_unpacked in the mapping", "if it is honest, upload it as CSV"),
    (r"; to keep the later of the two, import both files together into a new workspace",
     "; to keep the later of the two, take that import back, and bring in both anew, the later first"),
    (r"his workspace holds times of (\S+), not", r"his site keeps times by the clock of \1, not"),
    (r"the workspace already holds this id with other content, from",
     "an earlier import holds this id with other content:"),
    (r"disk of the workspace", "disk of the site"),
    (r"this export names no outcome: only volumes can be shown; map `disposal` and \[outcomes\] if it has "
     r"one",
     "only counts can be shown; choose the column that says how each incident ended, if there is one"),
    (r"no column with outcomes was found: ", "no column says how incidents ended: "),
    (r"put those that mean it under unfounded", "choose “Nothing was found” for those that mean it"),
    (r"map their column as `disposal` and list them under \[outcomes\]",
     "choose their column, and say what each means"),
    (r"Look at \[outcomes\] in the mapping: which codes mean",
     "Look at its columns: which ways of ending mean"),
    (r", or choose another --since", ""),
    (r"choose an earlier --since", "bring in a longer export"),
    (r"choose a later --since, so that newer days are learned from", "bring in newer months"),
    (r"Give --budget \S+ or more, or assess more days", "Bring in a longer export"),
    (r"`authority(?:\.\w+)?` is missing.*$",
     "nobody said yet by what right this collection is held, and until when: fill that in below"),
    (r"`authority\.expires` is (\S+): the authority of (.+?) has run out\. Read nothing by it until the "
     r"organisation has renewed it, then put in the new day\.?",
     lambda found: f"the right by which {found[2]} holds this ran out on {_day(found[1])}: renew it first,"
     " and then give the new day where its columns are chosen"),
    (r"`authority\.expires` is (\S+): the authority of (.+?) has run out",
     lambda found: f"the right by which {found[2]} holds this ran out on {_day(found[1])}"),
    (r"\bTake imp-[0-9a-f.]+ back and", "Take that import back and"),
    (r"`columns\.(\w+)` is missing\. Name the export's column that holds it",
     lambda found: f"no column is chosen for “{_title(found[1])}”: choose it below"),
    (r"no column was found for (\w+)", lambda found: f"no column was found for “{_title(found[1])}”"),
    (r"'%d[^']*' is a guess", "that the day stands first is a guess"),
    (r"'%m[^']*' is a guess", "that the month stands first is a guess"),
)  # fmt: skip
"""Advice of the library, and what a page says instead."""


def for_page(text: str, job: ImportJob | None = None) -> str:
    """`text` with each export called as whoever brought it in called it, in quotation marks, so that no name
    is altered where a sentence begins; and without advice that only a writer of mapping files could follow.
    """
    known = {job.digest[:12]: f"“{job.name}”"} if job is not None else {}

    def named(found: re.Match[str]) -> str:
        if found[1] not in known:
            other = ImportJob.objects.filter(digest__startswith=found[1]).order_by("pk").first()
            known[found[1]] = f"“{other.name}”" if other else "an earlier export"
        return known[found[1]]

    return EXPORT.sub(named, _in_page_words(text))


def for_mappings(text: str) -> bool:
    """Whether `text` holds advice for mapping files or commands."""
    return _FOR_MAPPINGS.search(text) is not None


def title_of(name: str) -> str:
    """What a page may call an export: the name of its file in words."""
    stem = name.split(".", maxsplit=1)[0] or name
    words = " ".join(re.sub(r"[^\w-]+|_+", " ", mask_value(stem)).split())
    return (words[:1].upper() + words[1:]) or "Incidents"


def _in_page_words(text: str) -> str:
    for said, instead in _ON_PAGES:
        text = re.sub(said, instead, text)
    first, *rest = _ENDS.split(text)
    return " ".join([first, *(part for part in rest if not for_mappings(part))]).rstrip(";")


def _day(text: str) -> str:
    day = dt.date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _title(name: str) -> str:
    return TITLES.get(name, name)
