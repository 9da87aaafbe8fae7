"""The numbers of the model, read from `parameters.toml`: each with its unit and its source, or the word
*assumed*.

A rate, share, delay or effect stands here and nowhere else, so that the table in the model's description is
whole; how common words, names and opening codes are is told beside them (`words/`, `streams/incidents.toml`).
What stands in the code are ends of scales, ceilings up to which candidates are drawn, how a wait is spread
around its mean, the layout of the map, and ages that the law or a form sets.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

Value = float | list[float] | dict[str, float]


@dataclass(frozen=True)
class Parameter:
    """One number, list or table of numbers: what it is, its `unit`, and its `source` (or `assumed`)."""

    name: str
    value: Value
    unit: str
    source: str
    says: str


@lru_cache
def all_parameters() -> dict[str, Parameter]:
    """Every parameter by name, in the order of the file."""
    raw = tomllib.loads(files(__package__).joinpath("parameters.toml").read_text(encoding="utf-8"))
    return {
        entry["name"]: Parameter(entry["name"], entry["value"], entry["unit"], entry["source"], entry["says"])
        for entry in raw["parameter"]
    }


def number(name: str) -> float:
    """The value of a parameter that is one number; raises KeyError when there is none of that name."""
    value = all_parameters()[name].value
    assert not isinstance(value, list | dict)  # noqa: S101 - the file is ours
    return float(value)


def numbers(name: str) -> list[float]:
    """The value of a parameter that is a list of numbers."""
    value = all_parameters()[name].value
    assert isinstance(value, list)  # noqa: S101 - the file is ours
    return [float(entry) for entry in value]


def by_name(name: str) -> dict[str, float]:
    """The value of a parameter that is a table of numbers."""
    value = all_parameters()[name].value
    assert isinstance(value, dict)  # noqa: S101 - the file is ours
    return {key: float(entry) for key, entry in value.items()}
