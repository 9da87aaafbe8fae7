"""Scenarios read from TOML files: six that ship with Lippen, and anybody's own.

Whatever cannot be meant is refused before anything is drawn, with file, line, key and remedy.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from lippen.sandbox.scenario import (
    FALSE_TRENDS,
    INTERVENTIONS,
    PURPOSES,
    STEALTHS,
    Bogus,
    FalseTrend,
    Intervention,
    NewLine,
    Occasion,
    Production,
    Scenario,
    ScenarioError,
    Surge,
)
from lippen.sandbox.scenario_text import as_toml, line_of

_LARGEST = 1 << 20  # bytes
_MOST_PARTS = 40

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
