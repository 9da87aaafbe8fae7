"""One clean row with what surrounds it, and the dirty row that is written in its place.

The invariant: a sort of dirt is planted only into a row where what must come of it is certain, whatever the
rows around it hold; a row that does not suit gives None and stays clean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from lippen.sandbox.dirt.records import Field, Layout

QUARANTINED, DUPLICATE, NOT_READ, READ = "quarantined", "duplicate", "not read", "read"
"""What an import must make of a piece of dirt."""


@dataclass(frozen=True)
class Row:
    """One clean record: its text with an end of line, and the text of the one after it (empty at the end)."""

    text: str
    following: str
    layout: Layout

    @cached_property
    def cells(self) -> list[str]:
        """The row's cells."""
        return self.layout.cells(self.text)

    @property
    def end(self) -> str:
        """How its line ends."""
        return "\r\n" if self.text.endswith("\r\n") else "\n"

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return self.text.count("\n")

    def cell(self, field: Field) -> str:
        """What stands in a field; empty where the mapping says that it stands for nothing."""
        text = self.cells[field.at].strip()
        return "" if text in self.layout.mapping.missing.get(field.column.name, ()) else text

    def filled(self, *rules: str) -> list[Field]:
        """The fields of these rules in which something stands."""
        return [field for field in self.layout.reading(*rules) if self.cell(field)]

    def bare(self, at: int) -> bool:
        """Whether a cell can be written without quotation marks, and would not be taken for an empty one."""
        return not set(self.cells[at]) & {'"', "\r", "\n", self.layout.delimiter} and self.cells[at] != ""

    def written(self, cells: list[str]) -> bytes:
        """The record with other cells."""
        return self.layout.write(cells, self.end).encode()

    def instead(self, field: Field, value: str) -> Dirty:
        """The row with another value in one field."""
        cells = [*self.cells]
        cells[field.at] = value
        return Dirty(self.written(cells), field.header)


@dataclass(frozen=True)
class Dirty:
    """What is written in a row's place: its bytes, the header it is about, and how many lines of it stand
    before the line that the truth names."""

    written: bytes
    about: str | None = None
    before: int = 0


T = TypeVar("T")
Make = Callable[[Row, np.random.Generator], Dirty | None]


@dataclass(frozen=True)
class Sort:
    """One sort of dirt: its name, what must come of it, and how it is made.

    `once` says that a file gets it only once, `guarded` that the row after it has to stay clean.
    """

    name: str
    expect: str
    make: Make
    once: bool = False
    guarded: bool = False


def one_of(things: list[T], rng: np.random.Generator) -> T | None:
    """Any of them; None when there is none."""
    return things[int(rng.integers(len(things)))] if things else None


def telephone(rng: np.random.Generator) -> str:
    """A number out of those that are kept for drama and ring nobody."""
    return f"07700 900{int(rng.integers(1000)):03}"
