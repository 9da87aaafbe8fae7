"""Texts made by index from frames: lines of a lexicon with places left open, such as `{w} {q} for {p}`.

The invariant: a text depends on the number of its frame and on what is put into the open places, on nothing
else. Frames are laid out once; texts are then gathered and joined on whole arrays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.phrase_lines import forms_of

_PLACE = re.compile(r"\{([a-z])\}")


class Frames:
    """The frames of some lines, each form of each line one frame: `(a|b)` stands for either.

    `line_of` gives the line from which each frame comes. A line is picked first and one of its forms then, so
    that a line of many forms is no likelier than another.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        forms = [forms_of(line) for line in lines]
        cut = [_PLACE.split(form) for told in forms for form in told]
        most = max(len(parts) for parts in cut)
        self._first = np.cumsum([0, *map(len, forms)])[:-1]
        self._count = np.array([len(told) for told in forms])
        self._names = sorted({name for parts in cut for name in parts[1::2]})
        padded = [parts + [""] * (most - len(parts)) for parts in cut]
        self._said = [pa.array([parts[at] for parts in padded]) for at in range(0, most, 2)]
        place = {name: at + 1 for at, name in enumerate(self._names)} | {"": 0}
        self._open = [np.array([place[parts[at]] for parts in padded]) for at in range(1, most, 2)]

    def pick(self, line: Ints, uniform: Floats) -> Ints:
        """A frame of each line, by a uniform."""
        return np.asarray(self._first[line] + (uniform * self._count[line]).astype(np.int64))

    def any(self, uniform: Floats) -> Ints:
        """A frame of any line, each line as likely as the next."""
        scaled = uniform * len(self._first)
        line = scaled.astype(np.int64)
        return self.pick(line, scaled - line)

    def opens(self, frame: Ints, place: str) -> Mask:
        """Which of the frames have this open place."""
        number = self._names.index(place) + 1 if place in self._names else -1
        return np.asarray(np.any([here == number for here in self._open], axis=0))[frame]

    def fill(self, frame: Ints, **put: pa.Array) -> pa.StringArray:
        """One text a row; `put` gives for each open place an array of texts.

        Raises KeyError when a place that some frame leaves open is not given.
        """
        rows = len(frame)
        if not rows:
            return pa.array([], pa.string())
        # All that can be put in stands on end, so that one gathering serves whatever place is open.
        stock = pa.concat_arrays([pa.array([""]), *(put[name] for name in self._names)])
        at = np.arange(rows)
        parts = [self._said[0].take(pa.array(frame))]
        for here, after in zip(self._open, self._said[1:], strict=True):
            which = here[frame]
            parts.append(stock.take(pa.array(np.where(which > 0, 1 + (which - 1) * rows + at, 0))))
            parts.append(after.take(pa.array(frame)))
        return pc.binary_join_element_wise(*parts, "")


class Rooms:
    """The frames of several lists of lines; each text takes a line of the list (the room) that it names."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        self.frames = Frames([line for lines in lists for line in lines])
        self._count = np.array([len(lines) for lines in lists])
        self._first = np.cumsum(self._count) - self._count

    def any(self, room: Ints, uniform: Floats) -> Ints:
        """A frame of any line of each list, each line as likely as the next."""
        scaled = uniform * self._count[room]
        line = scaled.astype(np.int64)
        return self.frames.pick(self._first[room] + line, scaled - line)


def parted(texts: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Headings and what stands below them (nothing where a text has no `//`)."""
    cut = pc.split_pattern(texts, " // ", max_splits=1)
    both = pc.equal(pc.list_value_length(cut), 2)
    below = pc.if_else(
        both, pc.replace_substring_regex(texts, r"(?s)^.*? // ", ""), pa.scalar(None, pa.string())
    )
    return pc.list_element(cut, 0), below
