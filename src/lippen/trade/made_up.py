"""Made-up posts to learn from and to measure on: harmless ones, and the same post in four ways of writing.

Invariant: what is learned from and what is measured on share no post, and no version of one. Which half a
post falls in follows from the seed alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import pyarrow as pa

from lippen.trade.vocabulary import substances

DIALECTS: Final = ("plain", "scots", "polish_english", "youth")
"""The ways of writing; the first is what the others are compared with."""

MADE_UP: Final = pa.schema(
    [
        ("text", pa.string()),
        ("is_advert", pa.bool_()),
        ("kind", pa.string()),
        ("dialect", pa.string()),
        ("group", pa.int64()),
        ("fill", pa.int64()),
    ]
)
"""A post, whether it offers drugs, of which kind a harmless one is (null elsewhere), in which of DIALECTS it
is written (null where it stands once), its group (versions of one post share it), and which filling of the
open places it is (0 where there is none)."""

FILLINGS: Final = 6
"""How often each advert is filled with words, quantities and prices."""

_MEDICINES: Final = frozenset({"other medicine", "tobacco"})  # lawfully sold, under the same names


@dataclass(frozen=True)
class MadeUp:
    """The two halves (MADE_UP)."""

    learned: pa.Table
    measured: pa.Table


def made_up(seed: int) -> MadeUp:
    """The made-up posts, half of each kind to learn from and half to measure on, drawn by the seed."""
    draw = np.random.default_rng([seed, 0x4D414445])
    rows: list[list[dict[str, Any]]] = [[], []]
    groups = 0
    for entry in _file("harmless.toml")["kind"]:
        posts = entry["posts"]
        for half, text in zip(_halves(draw, len(posts)), posts, strict=True):
            rows[half].append(_row(text, False, entry["name"], None, groups))
            groups += 1
    swapped = _file("dialects.toml")
    for half, post in zip(_halves(draw, len(swapped["harmless"])), swapped["harmless"], strict=True):
        rows[half] += [_row(post[dialect], False, None, dialect, groups) for dialect in DIALECTS]
        groups += 1
    fill = swapped["fill"][0]
    for half, post in zip(_halves(draw, len(swapped["advert"])), swapped["advert"], strict=True):
        for filling in range(FILLINGS):
            put = _filled(draw, fill)
            rows[half] += [
                _row(post[dialect].format(**put), True, None, dialect, groups, filling)
                for dialect in DIALECTS
            ]
        groups += 1
    return MadeUp(*(pa.Table.from_pylist(half, MADE_UP) for half in rows))


def _row(
    text: str, is_advert: bool, kind: str | None, dialect: str | None, group: int, filling: int = 0
) -> dict[str, Any]:
    return {
        "text": text,
        "is_advert": is_advert,
        "kind": kind,
        "dialect": dialect,
        "group": group,
        "fill": filling,
    }


def _halves(draw: np.random.Generator, count: int) -> list[int]:
    """0 (learned from) or 1 (measured on) for each of so many posts."""
    half = np.zeros(count, np.int64)
    half[draw.permutation(count)[: count // 2]] = 1
    return [int(one) for one in half]


def _filled(draw: np.random.Generator, fill: dict[str, list[str]]) -> dict[str, str]:
    words = _sold()
    put: dict[str, str] = {}
    for end in ("", "2"):
        put[f"w{end}"] = words[int(draw.integers(len(words)))]
        put[f"q{end}"] = fill["quantities"][int(draw.integers(len(fill["quantities"])))]
        put[f"p{end}"] = fill["prices"][int(draw.integers(len(fill["prices"])))]
    return put


@lru_cache
def _sold() -> tuple[str, ...]:
    """Proper names and everyday words of drugs, each once."""
    words = (
        word.written
        for substance in substances()
        if substance.family not in _MEDICINES
        for word in substance.words
        if word.sort != "sign"
    )
    return tuple(dict.fromkeys(words))


@lru_cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("words", name).read_text(encoding="utf-8"))
