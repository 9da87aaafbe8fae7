"""What a family of drugs can do, how danger looks and what helps, from `effects.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Effects:
    """Short lines for each heading of an alert."""

    does: tuple[str, ...]
    danger: tuple[str, ...]
    helps: tuple[str, ...]


def effects_of(substance: str, family: str) -> Effects:
    """The effects of a substance: its own where it has some, else those of its family."""
    told = _told()
    entry = told["substance"].get(substance) or told["family"][family]
    return Effects(tuple(entry["does"]), tuple(entry["danger"]), tuple(entry["helps"]))


@lru_cache
def _told() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("effects.toml").read_text(encoding="utf-8"))
