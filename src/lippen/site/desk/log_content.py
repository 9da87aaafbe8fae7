"""A log as it leaves a desk: its parts, the words for them, and what is refused.

Graded as intelligence is in the United Kingdom (3x5x2): source 1 to 3, information A to E, handling P or C.
Source: College of Policing, Authorised Professional Practice, Intelligence report. A source that nobody knows
begins at 2. The grade belongs to this one log: nothing here carries, counts or averages it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from lippen.site.accounts.said import Refusal

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

NEVER_ALONE: Final = (
    "A single word from somebody whom nobody knows is never the ground for a visit, unless a life is at risk."
)
"""What stands on every log."""

LONGEST_TEXT: Final = 2_000
LONGEST_CONDITIONS: Final = 500
LATEST: Final = timedelta(days=60)
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
    if not isinstance(told, dict) or set(told) != set(_PARTS) or told["v"] != 1:
        raise LogRefused("this is no log", remedy="Write it on the desk's own page.")
    for part in ("kind", "area", "week", "text", "source", "information", "handling", "conditions"):
        if not isinstance(told[part], str) or "\0" in told[part]:
            raise LogRefused(f"{part} is no text")
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
    if not 1 <= len(text) <= LONGEST_TEXT or len(conditions) > LONGEST_CONDITIONS:
        raise LogRefused(f"the text of a log has 1 to {LONGEST_TEXT:,} signs")
    if told["handling"] == "C" and not conditions:
        raise LogRefused("handling C has no conditions", remedy="Write them, or choose P.")
    if told["handling"] == "P" and conditions:
        raise LogRefused("conditions are there, and handling P has none", remedy="Choose C.")
    week = _day(told["week"])
    if week is None or week.weekday() != 0 or week > day:
        raise LogRefused("a log tells the week alone: a Monday that has come")
    if told["weeks"] not in (1, 4) or isinstance(told["weeks"], bool):
        raise LogRefused("a log tells of one week or of four")
    goes_to = told["partners"]
    if not isinstance(goes_to, list) or not goes_to or not set(map(str, goes_to)) <= set(partners):
        raise LogRefused("a log goes to one partner at least", remedy="Choose who may see it.")
    not_before = None if told["not_before"] is None else _day(told["not_before"])
    if told["not_before"] is not None and (not_before is None or not_before > day + LATEST):
        raise LogRefused(f"a log is held back for at most {LATEST.days} days")
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


def _day(text: Any) -> date | None:
    try:
        found = date.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if f"{found}" == text else None
