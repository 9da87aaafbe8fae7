"""What is set before a world is drawn: groups, episodes, homes, interventions and false trends.

A scenario is a TOML file; six ship with Lippen. What a file leaves out keeps the ordinary year's value. Days
are counted from the first day, 0, and areas are named by code, by the name of a larger area, or as "all".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import Field, asdict, dataclass, field, fields, replace
from typing import Any

from lippen.sandbox.scenario_text import ScenarioError, ScenarioText

INTERVENTIONS = (
    "safe_reporting",
    "joint_visits",
    "counter_story",
    "channel_recognition",
    "police_drive",
)
FALSE_TRENDS = ("reporting_drive", "school_term")
STEALTHS = ("S0", "S1", "S2", "S3", "S4")
PURPOSES = ("divert", "harass")
EVERYWHERE = ("all",)


@dataclass(frozen=True)
class Intervention:
    """Something done in `areas` from day `start` on (to `end`, if it ends)."""

    kind: str
    start: int
    areas: tuple[str, ...] = EVERYWHERE
    end: int | None = None


@dataclass(frozen=True)
class FalseTrend:
    """A change in what the streams show, from day `start` to `end`, with no change in what is true."""

    kind: str
    start: int
    end: int
    areas: tuple[str, ...] = EVERYWHERE


@dataclass(frozen=True)
class Surge:
    """Activity in `areas` times `times` from day `start` to `end`."""

    start: int
    end: int
    areas: tuple[str, ...]
    times: float


@dataclass(frozen=True)
class NewLine:
    """A supply line that arrives on day `start`, in `areas`, with `strength` (activity it adds)."""

    start: int
    areas: tuple[str, ...]
    strength: float = 1.0


@dataclass(frozen=True)
class Production:
    """Amateur production in one flat of `area` from day `start` to `end`: smells, bins, small fires."""

    start: int
    end: int
    area: str


@dataclass(frozen=True)
class Bogus:
    """One planted episode: on day `day` at `hour` (local), `size` calls of `stealth` with a `purpose`, called
    in from `larger`, with something done in `target` when the purpose is to divert. None is drawn by
    chance."""

    day: int
    hour: int | None = None
    size: int | None = None
    stealth: str | None = None
    purpose: str | None = None
    larger: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class Occasion:
    """One thing that many saw and that was over when help came: something loud in `larger` on day `day` at
    `hour` (local), about which `calls` people call in good faith."""

    day: int
    hour: int
    larger: str
    calls: int


@dataclass(frozen=True)
class Scenario:
    """All that is set. Rates are per year and burgh; `episodes_per_year` are drawn beside those in
    `bogus`. `read_from` is no key: it says where the scenario was read, for messages.
    """

    name: str = "ordinary"
    title: str = "An ordinary year"
    first_day: dt.date = dt.date(2025, 1, 1)
    harm: float = 1.0
    groups: int = 3
    lines: int = 5
    episodes_per_year: float = 6.0
    mischief_per_year: float = 18.0
    homes_per_year: float = 12.0
    stealths: tuple[str, ...] = STEALTHS
    worst_month_better_off: bool = True
    new_words_per_year: float = 10.0
    substance_change: bool = True
    intervention: tuple[Intervention, ...] = ()
    false_trend: tuple[FalseTrend, ...] = (
        FalseTrend("reporting_drive", 150, 180),
        FalseTrend("school_term", 228, 270),
    )
    surge: tuple[Surge, ...] = ()
    new_line: tuple[NewLine, ...] = ()
    production: tuple[Production, ...] = ()
    bogus: tuple[Bogus, ...] = ()
    occasion: tuple[Occasion, ...] = ()
    read_from: ScenarioText | None = field(default=None, compare=False, repr=False)

    def with_interventions(self, *done: Intervention) -> Scenario:
        """The same world with these interventions in place of its own."""
        return replace(self, intervention=done)

    def said(self) -> dict[str, Any]:
        """Every key and its value, as `sandbox.json` has them."""
        plain = asdict(replace(self, read_from=None))
        return {key.name: plain[key.name] for key in keys_of(Scenario)}

    @property
    def holds(self) -> str:
        """What its file says of it at the top; "" when it was read from none."""
        return self.read_from.head if self.read_from else ""

    def refused(self, key: str, what: str, remedy: str | None) -> ScenarioError:
        """The error of a key that cannot be meant, with file and line where it was read from a file."""
        if self.read_from is None:
            return ScenarioError(what, remedy=remedy)
        return self.read_from.refused(key, what, remedy)


PARTS: dict[str, type] = {
    "intervention": Intervention,
    "false_trend": FalseTrend,
    "surge": Surge,
    "new_line": NewLine,
    "production": Production,
    "bogus": Bogus,
    "occasion": Occasion,
}
"""The parts of which a scenario may have several."""


def keys_of(what: type) -> tuple[Field[Any], ...]:
    """The keys that a scenario, or one of its parts, may set."""
    return tuple(one for one in fields(what) if one.name != "read_from")


def _begins(scenario: Scenario) -> Iterator[tuple[str, int]]:
    """The key and the day on which each part begins that a time must not be too short for.

    False trends are none: the ordinary year has two, and a shorter time is made without them.
    """
    for part in PARTS:
        name = "day" if part in ("bogus", "occasion") else "start"
        if part != "false_trend":
            for at, one in enumerate(getattr(scenario, part)):
                yield f"{part}[{at}].{name}", getattr(one, name)


def fewest_days(scenario: Scenario) -> int:
    """The shortest time in which all that the scenario sets begins."""
    return max((day + 1 for _, day in _begins(scenario)), default=1)


def check_days(scenario: Scenario, days: int) -> None:
    """Raises ScenarioError when something that the scenario sets begins after the last of `days`."""
    for key, day in _begins(scenario):
        if day >= days:
            raise scenario.refused(
                key,
                f"`{key}` is day {day}, and the last day that is made is day {days - 1}",
                f"Give --days {day + 1} or more, or an earlier day.",
            )
