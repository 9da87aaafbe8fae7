"""What is set before a world is drawn: groups, episodes, homes, interventions and false trends.

A scenario is a TOML file; six ship with Lippen. What a file leaves out keeps the ordinary year's value. Days
are counted from the first day, 0, and areas are named by code, by the name of a larger area, or as "all".
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from lippen.errors import LippenError
from lippen.sandbox.scenario_text import as_toml, line_of

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
_LARGEST = 1 << 20  # bytes
_MOST_PARTS = 40


class ScenarioError(LippenError):
    """A scenario that cannot be drawn: the message names the file, the key and the remedy."""


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
    `bogus`.
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

    def with_interventions(self, *done: Intervention) -> Scenario:
        """The same world with these interventions in place of its own."""
        return Scenario(
            **{one.name: getattr(self, one.name) for one in fields(self) if one.name != "intervention"},
            intervention=done,
        )


_PARTS: dict[str, type] = {
    "intervention": Intervention,
    "false_trend": FalseTrend,
    "surge": Surge,
    "new_line": NewLine,
    "production": Production,
    "bogus": Bogus,
    "occasion": Occasion,
}
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("intervention", "kind"): INTERVENTIONS,
    ("false_trend", "kind"): FALSE_TRENDS,
    ("bogus", "stealth"): STEALTHS,
    ("bogus", "purpose"): PURPOSES,
}
_LIMITS: dict[str, tuple[float, float]] = {
    "harm": (0, 5),
    "groups": (1, 8),
    "lines": (0, 20),
    "episodes_per_year": (0, 400),
    "mischief_per_year": (0, 2000),
    "homes_per_year": (0, 400),
    "new_words_per_year": (0, 60),
    "start": (0, 20_000),
    "end": (1, 20_000),
    "day": (0, 20_000),
    "hour": (0, 23),
    "size": (3, 40),
    "calls": (2, 60),
    "times": (0, 10),
    "strength": (0, 10),
}


def scenario_names() -> tuple[str, ...]:
    """The scenarios that ship with Lippen, in alphabetical order."""
    folder = files(__package__).joinpath("scenarios")
    return tuple(sorted(one.name[:-5] for one in folder.iterdir() if one.name.endswith(".toml")))


def load_scenario(which: str | Path) -> Scenario:
    """A shipped scenario by name, or one from a TOML file. Raises ScenarioError naming file, key and
    remedy.
    """
    name = str(which)
    if name in scenario_names():
        text = files(__package__).joinpath("scenarios", f"{name}.toml").read_text(encoding="utf-8")
        return parse_scenario(text, Path(f"{name}.toml"))
    path = Path(which)
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise ScenarioError(
            "this is no scenario file" if path.exists() else "there is no such scenario",
            file=path,
            remedy=f"Name a file, or one of {', '.join(scenario_names())}.",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(
            f"the scenario cannot be read ({error})", file=path, remedy="It must be UTF-8 text."
        ) from error
    return parse_scenario(text, path)


def check_days(scenario: Scenario, days: int) -> None:
    """Raises ScenarioError when something that the scenario sets begins after the last of `days`."""
    parts = ("intervention", "surge", "new_line", "production", "bogus", "occasion")
    for name in parts:
        for at, one in enumerate(getattr(scenario, name)):
            key = "day" if name in ("bogus", "occasion") else "start"
            day = getattr(one, key)
            if day >= days:
                raise ScenarioError(
                    f"`{name}[{at}].{key}` is day {day}, and the last day that is made is day {days - 1}",
                    remedy=f"Give --days {day + 1} or more, or an earlier day.",
                )


def parse_scenario(text: str, path: Path) -> Scenario:
    """Check the text of a scenario file; `path` is for messages, and its stem for a name that is left out."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ScenarioError(
            f"the scenario is not valid TOML: {error}", file=path, remedy="Text values stand in quotes."
        ) from error
    source = _Source(path, text)
    values = _checked(raw, Scenario, "", source)
    values.setdefault("name", path.stem)
    scenario = Scenario(**values)
    for at, one in enumerate(scenario.bogus):
        _check_bogus(one, f"bogus[{at}]", scenario.stealths, source)
    return scenario


@dataclass(frozen=True)
class _Source:
    """Where a scenario comes from, for messages."""

    path: Path
    text: str

    def refused(self, key: str, what: str, remedy: str) -> ScenarioError:
        return ScenarioError(what, file=self.path, line=line_of(self.text, key), remedy=remedy)


def _check_bogus(one: Bogus, key: str, stealths: tuple[str, ...], source: _Source) -> None:
    if one.target is not None and one.purpose == "harass":
        raise source.refused(
            f"{key}.target",
            f"`{key}.target` says where something is done meanwhile, and the purpose is to harass",
            'Leave out `target`, or write purpose = "divert".',
        )
    if one.hour is not None and "S4" in ((one.stealth,) if one.stealth else stealths):
        raise source.refused(
            f"{key}.hour",
            f"`{key}.hour` cannot hold: calls of the stealth S4 come at any hour of the day",
            "Leave out `hour`, or give another `stealth`.",
        )


def _checked(raw: dict[str, Any], what: type, where: str, source: _Source) -> dict[str, Any]:
    known = {one.name: one for one in fields(what)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        key = f"{where}.{name}" if where else name
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
            raise source.refused(key, f"`{key}` is not a key Lippen knows", hint)
        if not where and name in _PARTS:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                raise source.refused(key, f"`{key}` must be a list of tables", f"Write it as [[{name}]].")
            if len(value) > _MOST_PARTS:
                raise source.refused(key, f"`{key}` has {len(value)} entries", f"Give {_MOST_PARTS} at most.")
            part = _PARTS[name]
            values[name] = tuple(_part(one, part, f"{name}[{at}]", source) for at, one in enumerate(value))
        else:
            values[name] = _value(value, str(known[name].type), name, key, where.partition("[")[0], source)
    return values


def _part(raw: dict[str, Any], what: type, where: str, source: _Source) -> Any:
    values = _checked(raw, what, where, source)
    needed = [one.name for one in fields(what) if _has_no_default(one)]
    for name in needed:
        if name not in values:
            raise source.refused(f"{where}.{name}", f"`{where}.{name}` is missing", "Add it.")
    if values.get("end") is not None and values["end"] <= values["start"]:
        raise source.refused(
            f"{where}.end", f"`{where}.end` is day {values['end']}, not after its start", "Correct it."
        )
    return what(**values)


def _has_no_default(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _value(value: Any, type_name: str, name: str, key: str, part: str, source: _Source) -> Any:
    def wrong(words: str) -> ScenarioError:
        return source.refused(key, f"`{key}` must be {words}", f"It is {as_toml(value)} now.")

    if name in ("areas", "stealths"):
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise wrong('a list of texts, such as ["Carsemuir"]')
        if name == "stealths" and not set(value) <= set(STEALTHS):
            raise wrong(f"among {', '.join(STEALTHS)}")
        return tuple(value)
    if "date" in type_name:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise wrong("a day, such as 2025-01-01")
        if not dt.date(1990, 1, 1) <= value <= dt.date(2099, 12, 31):
            raise wrong("between 1990 and 2099")
        return value
    if type_name.startswith("bool"):
        if not isinstance(value, bool):
            raise wrong("true or false")
        return value
    if type_name.startswith(("int", "float")):
        whole = type_name.startswith("int")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise wrong("a whole number" if whole else "a number")
        low, high = _LIMITS[name]
        if not low <= value <= high:
            raise wrong(f"between {low:,g} and {high:,g}")
        return value if whole else float(value)
    if not isinstance(value, str):
        raise wrong("a text")
    choices = _CHOICES.get((part, name))
    if choices and value not in choices:
        raise wrong(f"one of {', '.join(choices)}")
    return value
