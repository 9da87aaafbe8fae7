"""Scenarios read from TOML files: six that ship with Lippen, and anybody's own.

Whatever cannot be meant is refused before anything is drawn, with file, line, key and remedy.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from dataclasses import MISSING
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from lippen.sandbox.areas import check_areas
from lippen.sandbox.scenario import (
    FALSE_TRENDS,
    INTERVENTIONS,
    PARTS,
    PURPOSES,
    STEALTHS,
    Bogus,
    Scenario,
    keys_of,
)
from lippen.sandbox.scenario_text import ScenarioError, ScenarioText, as_toml, cut
from lippen.toml_faults import fault_of

_LARGEST = 1 << 20  # bytes
_MOST_PARTS = 40
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


_SIGNS: Final = {
    "overwrite": "Write each key and each table once.",
    "Duplicate": "Write each key and each table once.",
    "twice": "Write each key and each table once.",
    "int_max_str_digits": "Write a smaller number.",
    "recursion": "Nest fewer lists and tables in each other.",
    "": "Text values stand in quotes.",
}
"""What to do about a fault that the reader of TOML words so."""


def load_scenario(which: str | Path) -> Scenario:
    """A shipped scenario by name, or one from a TOML file. Raises ScenarioError naming file, line, key and
    remedy.
    """
    name = str(which)
    if name in scenario_names():
        text = files(__package__).joinpath("scenarios", f"{name}.toml").read_text(encoding="utf-8")
        return parse_scenario(text, Path(f"{name}.toml"))
    path = Path(which)
    remedy = f"Name a file, or one of {', '.join(scenario_names())}."
    try:
        there = path.exists()
        if not path.is_file() or path.stat().st_size > _LARGEST:
            said = "this is no scenario file" if there else "there is no such scenario"
            raise ScenarioError(said, file=path, remedy=remedy)
    except (OSError, ValueError) as error:  # a name too long for any file, or with a NUL in it
        raise ScenarioError(f"this is no name of a file ({error})", remedy=remedy) from error
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(
            f"the scenario cannot be read ({error})", file=path, remedy="It must be UTF-8 text."
        ) from error
    return parse_scenario(text, path)


def parse_scenario(text: str, path: Path) -> Scenario:
    """Check the text of a scenario file; `path` is for messages, and its stem for a name that is left out.

    Raises ScenarioError naming file, line, key and remedy.
    """
    source = ScenarioText(path, text)
    values = _checked(_parsed(source), Scenario, "", source)
    values.setdefault("name", path.stem)
    scenario = Scenario(**values, read_from=source)
    for at, one in enumerate(scenario.bogus):
        _check_bogus(one, f"bogus[{at}]", scenario)
    check_areas(scenario)
    return scenario


def _parsed(source: ScenarioText) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        fault = fault_of(error, source.text)
        raise ScenarioError(
            f"the scenario is not valid TOML: {fault.what}",
            file=source.path,
            line=fault.line,
            remedy=next((remedy for sign, remedy in _SIGNS.items() if sign in fault.what), _SIGNS[""]),
        ) from error


def _check_bogus(one: Bogus, key: str, scenario: Scenario) -> None:
    if one.target is not None and one.purpose == "harass":
        raise scenario.refused(
            f"{key}.target",
            f"`{key}.target` says where something is done meanwhile, and the purpose is to harass",
            'Leave out `target`, or write purpose = "divert".',
        )
    if one.hour is not None and "S4" in ((one.stealth,) if one.stealth else scenario.stealths):
        raise scenario.refused(
            f"{key}.hour",
            f"`{key}.hour` cannot hold: calls of the stealth S4 come at any hour of the day",
            "Leave out `hour`, or give another `stealth`.",
        )


def _checked(raw: dict[str, Any], what: type, where: str, source: ScenarioText) -> dict[str, Any]:
    known = {one.name: one for one in keys_of(what)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        key = f"{where}.{name}" if where else name
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
            raise source.refused(key, f"`{cut(key)}` is not a key Lippen knows", hint)
        if not where and name in PARTS:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                raise source.refused(key, f"`{key}` must be a list of tables", f"Write it as [[{name}]].")
            if len(value) > _MOST_PARTS:
                raise source.refused(key, f"`{key}` has {len(value)} entries", f"Give {_MOST_PARTS} at most.")
            part = PARTS[name]
            values[name] = tuple(_part(one, part, f"{name}[{at}]", source) for at, one in enumerate(value))
        else:
            values[name] = _value(value, str(known[name].type), name, key, where.partition("[")[0], source)
    return values


def _part(raw: dict[str, Any], what: type, where: str, source: ScenarioText) -> Any:
    values = _checked(raw, what, where, source)
    needed = [one.name for one in keys_of(what) if one.default is MISSING]
    for name in needed:
        if name not in values:
            raise source.refused(f"{where}.{name}", f"`{where}.{name}` is missing", "Add it.")
    if values.get("end") is not None and values["end"] <= values["start"]:
        raise source.refused(
            f"{where}.end", f"`{where}.end` is day {values['end']}, not after its start", "Correct it."
        )
    return what(**values)


def _value(value: Any, type_name: str, name: str, key: str, part: str, source: ScenarioText) -> Any:
    def wrong(words: str) -> ScenarioError:
        return source.refused(key, f"`{key}` must be {words}", f"It is {as_toml(value)} now.")

    if name in ("areas", "stealths"):
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            example = "Carsemuir" if name == "areas" else STEALTHS[0]
            raise wrong(f'a list of texts, such as ["{example}"]')
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
