"""A log as it leaves a desk: its parts, the words for them, and what is refused.

Graded as intelligence is in the United Kingdom (3x5x2): source 1 to 3, information A to E, handling P or C.
Source: College of Policing, Authorised Professional Practice, Intelligence report. A source that nobody knows
begins at 2. The grade belongs to this one log: nothing here carries, counts or averages it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from lippen.site.accounts.said import Refusal
from lippen.site.speak.store import monday

KINDS: Final[Mapping[str, str]] = {
    "selling": "Drugs being sold",
    "home": "A home taken over by others",
    "young": "Young people being drawn in",
    "violence": "Violence or threats",
    "weapons": "Weapons",
    "debt": "Loans, debts and money",
    "forced-work": "Somebody made to work or to sell themselves",
    "vehicles": "Vehicles",
    "other": "Something else",
}
SOURCES: Final[Mapping[str, str]] = {
    "1": "1: reliable. The desk knows why",
    "2": "2: not tested. Everybody begins here",
    "3": "3: not reliable",
}
INFORMATION: Final[Mapping[str, str]] = {
    "A": "A: known directly to the one who told it",
    "B": "B: known indirectly, and something else bears it out",
    "C": "C: known indirectly",
    "D": "D: it is not known how it is known",
    "E": "E: suspected to be false",
}
HANDLING: Final[Mapping[str, str]] = {
    "P": "P: may be passed on within the partner's own organisation",
    "C": "C: may be used only as the conditions say",
}
GAINS: Final[Mapping[str, str]] = {
    "nobody": "We thought of it, and know of nobody",
    "group": "A rival group",
    "neighbour": "A neighbour in a quarrel",
    "partner": "A former partner",
    "other": "Somebody else",
}
"""Who might gain if a report is believed. It stays at the desk, in the sealed draft."""

SOONER: Final[Mapping[str, str]] = {
    "before-then": "Somebody may be killed or badly hurt before that day",
    "asked-for-help": "Whoever told it asks for help now",
    "answers-999": "Those who answered 999 need it now",
}
"""Why a log for risk to life does not wait for the day that was asked for. Fixed words, as of every ground: a
free one could hold what the resident wrote.
"""

NEVER_ALONE: Final = (
    "A single word from somebody whom nobody knows is never the ground for a visit, unless a life is at risk."
)
"""What stands on every log."""

LONGEST_TEXT: Final = 2_000
LONGEST_CONDITIONS: Final = 500
LATEST: Final = timedelta(days=60)
"""So long after the week in which it was written a log may be held back (docs/speak-protocol.md, 6)."""

_LINES: Final = "\t\n\r"
_UNSEEN: Final = (
    *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
)
"""Signs that show nothing though Unicode counts them among letters, marks and signs: joiners, fillers, those
that choose a variant, an empty cell. All others that are to be ignored are no writing by their category.
"""
_NO_WRITING: Final = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_HEAP: Final = 5
"""So many marks on one letter are no language."""

_PARTS: Final = (
    *("v", "kind", "area", "week", "weeks", "text", "source", "information", "handling", "conditions"),
    *("partners", "not_before", "at_once"),
)


class LogRefused(Refusal):
    """This is no log that could leave a desk."""


@dataclass(frozen=True)
class LogContent:
    """What a log says. `week` is a Monday, and `weeks` how many from it on (1 or 4); `partners` are
    references of organisations.
    """

    kind: str
    area: str
    week: date
    weeks: int
    text: str
    source: str
    information: str
    handling: str
    conditions: str
    partners: tuple[str, ...]
    not_before: date | None
    at_once: bool

    def stored(self) -> dict[str, Any]:
        """The same for the database."""
        return {
            "kind": self.kind,
            "area": self.area,
            "week": f"{self.week}",
            "weeks": self.weeks,
            "text": self.text,
            "source": self.source,
            "information": self.information,
            "handling": self.handling,
            "conditions": self.conditions,
        }


def read_content(written: str, areas: Collection[str], partners: Collection[str], day: date) -> LogContent:
    """A log from the JSON that a desk's browser wrote on this day. `areas` are the names of larger areas,
    `partners` the references of those who may have logs. Raises LogRefused.
    """
    try:
        told = json.loads(written) if len(written) <= 16_384 else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or set(told) != set(_PARTS) or type(told["v"]) is not int or told["v"] != 1:
        raise LogRefused("this is no log", remedy="Write it on the desk's own page.")
    for part in ("kind", "area", "week", "text", "source", "information", "handling", "conditions"):
        if not isinstance(told[part], str):
            raise LogRefused(f"{part} is no text")
        if not is_plain(told[part]):
            raise LogRefused(
                f"signs that are no text, or that nobody sees, stand in {part}",
                remedy="Write it anew: copying from another program brings them along.",
            )
    for part, known in (
        ("kind", KINDS),
        ("source", SOURCES),
        ("information", INFORMATION),
        ("handling", HANDLING),
    ):
        if told[part] not in known:
            raise LogRefused(f"{part} is none of those that there are")
    if told["area"] not in areas:
        raise LogRefused("a log is about a larger area", remedy="Choose one of those listed.")
    text, conditions = told["text"].strip(), told["conditions"].strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise LogRefused(f"the text of a log has 1 to {LONGEST_TEXT:,} signs")
    if not has_letter(text) or (conditions and not has_letter(conditions)):
        raise LogRefused("a log and its conditions are written in letters")
    if len(conditions) > LONGEST_CONDITIONS:
        raise LogRefused(f"conditions have at most {LONGEST_CONDITIONS} signs")
    if told["handling"] == "C" and not conditions:
        raise LogRefused("handling C has no conditions", remedy="Write them, or choose P.")
    if told["handling"] == "P" and conditions:
        raise LogRefused("conditions are there, and handling P has none", remedy="Choose C.")
    week = day_of(told["week"])
    if week is None or week.weekday() != 0 or week > day:
        raise LogRefused("a log tells the week alone: a Monday that has come")
    if type(told["weeks"]) is not int or told["weeks"] not in (1, 4):
        raise LogRefused("a log tells of one week or of four")
    if last_day(week, told["weeks"]) > last_day(monday(day), 1):
        raise LogRefused("the last of these weeks has not come yet", remedy="Let them begin earlier.")
    goes_to = told["partners"]
    if (
        not isinstance(goes_to, list)
        or not goes_to
        or not all(isinstance(one, str) and one in partners for one in goes_to)
    ):
        raise LogRefused("a log goes to one partner at least", remedy="Choose who may see it.")
    not_before = None if told["not_before"] is None else day_of(told["not_before"])
    if told["not_before"] is not None and (not_before is None or not_before > latest(day)):
        raise LogRefused(f"a log is held back for at most {LATEST.days} days after its week")
    if not isinstance(told["at_once"], bool):
        raise LogRefused("at_once is yes or no")
    return LogContent(
        kind=told["kind"],
        area=told["area"],
        week=week,
        weeks=told["weeks"],
        text=text,
        source=told["source"],
        information=told["information"],
        handling=told["handling"],
        conditions=conditions,
        partners=tuple(sorted(set(goes_to))),
        not_before=not_before,
        at_once=told["at_once"],
    )


def last_day(week: date, weeks: int) -> date:
    """The Sunday on which so many weeks from this Monday on end."""
    return week + timedelta(weeks=weeks, days=-1)


def latest(day: date) -> date:
    """Until when a log may be held back that is written in the week of `day`. A desk knows no more of a
    report than its week: so the days count from that week's Sunday, and nobody gets fewer than she asked for.
    """
    return last_day(monday(day), 1) + LATEST


def is_plain(text: str) -> bool:
    """Whether a page shows all that stands in this text, and as it stands there: no half of a pair of UTF-16,
    which no page can be written with, no control sign but for new lines, none that turns the direction of
    writing, that is there to be ignored, private or unassigned, and no heap of marks. `web/desk/signs.ts`
    says the same.
    """
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category[0] == "M" else 0
        hidden = category in _NO_WRITING or ord(sign) in _UNSEEN
        if marks >= _HEAP or (hidden and sign not in _LINES):
            return False
    return True


def has_letter(text: str) -> bool:
    """Whether there is a letter in it: without one it tells nothing, or hides what it tells."""
    return any(unicodedata.category(sign)[0] == "L" for sign in text)


def day_of(text: Any) -> date | None:
    """The day that is written so and in no other way (2026-12-01); None where it is none."""
    try:
        found = date.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if f"{found}" == text else None
