"""A sheet of paper as a list of what stands on it: lines of text, boxes and squares, each at its place.

Lengths are points (72 to the inch); places are counted from the top left. `svg` and `pdf` write
the same list down in two ways. Text is measured and set in DejaVu Sans Condensed, which lies in `fonts/` and
has the letters of most of the languages that are written with Latin, Greek, Cyrillic or Arabic ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).parent / "fonts"
REGULAR: Final = FONTS / "DejaVuSansCondensed.ttf"
BOLD: Final = FONTS / "DejaVuSansCondensed-Bold.ttf"
MM: Final = 72 / 25.4

_LEADING: Final = 1.28
_ABOVE: Final = 0.93
"""How far below the top of its line a text stands, in its size."""


@dataclass(frozen=True)
class Text:
    """A line of text that begins at `x` (where it is read from right to left: at its right end), its foot at
    `y`.
    """

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    white: bool = False
    right_to_left: bool = False


@dataclass(frozen=True)
class Box:
    """A box, black all over, or a line around it."""

    x: float
    y: float
    width: float
    height: float
    filled: bool = True


@dataclass(frozen=True)
class Code:
    """A QR code in a square of this side; `dark` says for each row which of its squares are."""

    x: float
    y: float
    side: float
    dark: tuple[tuple[bool, ...], ...]

    def runs(self) -> list[tuple[float, float, float, float]]:
        """Its dark squares, those beside each other joined: place, width and height."""
        unit = self.side / len(self.dark)
        found = []
        for row, line in enumerate(self.dark):
            start = None
            for at, dark in enumerate((*line, False)):
                if dark and start is None:
                    start = at
                elif not dark and start is not None:
                    found.append((self.x + start * unit, self.y + row * unit, (at - start) * unit, unit))
                    start = None
        return found


@dataclass
class Sheet:
    """One side of paper. `pieces` are in the order in which they are read."""

    width: float
    height: float
    title: str
    language: str
    pieces: list[Text | Box | Code] = field(default_factory=list)

    def texts(self) -> list[Text]:
        return [one for one in self.pieces if isinstance(one, Text)]


@dataclass
class Column:
    """Sets text from the top down, between `x` and `x` + `width`; `y` is where the next line begins."""

    sheet: Sheet
    x: float
    y: float
    width: float
    right_to_left: bool = False

    def set(
        self, text: str, size: float, *, bold: bool = False, white: bool = False, indent: float = 0.0
    ) -> None:
        """A paragraph, broken into as many lines as it needs."""
        rtl = self.right_to_left
        x = self.x + self.width - indent if rtl else self.x + indent
        for line in broken(text, size, self.width - indent, bold=bold):
            self.sheet.pieces.append(Text(x, self.y + _ABOVE * size, size, line, bold, white, rtl))
            self.y += _LEADING * size

    def item(self, mark: str, text: str, size: float) -> None:
        """A paragraph with a mark before its first line."""
        start = self.x + self.width if self.right_to_left else self.x
        self.sheet.pieces.append(
            Text(start, self.y + _ABOVE * size, size, mark, bold=True, right_to_left=self.right_to_left)
        )
        self.set(text, size, indent=1.5 * size)

    def skip(self, points: float) -> None:
        self.y += points


def broken(text: str, size: float, width: float, *, bold: bool) -> list[str]:
    """The lines of a text, none wider than `width`. A word that is wider by itself is broken too."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line, size, bold=bold) > width and len(line) > 1:
            fits = next(
                at
                for at in range(len(line) - 1, 0, -1)
                if at == 1 or width_of(line[:at], size, bold=bold) <= width
            )
            part = max(line.rfind(sign, 0, fits) for sign in "./-") + 1  # of an address, where one is
            fits = part if part > fits / 3 else fits
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line else lines


def width_of(text: str, size: float, *, bold: bool) -> float:
    """How wide a text is in points; a letter that the font lacks counts as one as wide as it is high."""
    letters, widths, unit = _measures(bold)
    return sum(widths[letters[ord(one)]] if ord(one) in letters else unit for one in text) * size / unit


def lacking(texts: Sequence[str]) -> str:
    """The first sign of these texts that cannot be set one after the other from the left: the font lacks it,
    or it takes another shape by its neighbours. Empty where there is none.
    """
    letters, _, _ = _measures(False)
    for sign in "".join(texts):
        if ord(sign) not in letters or unicodedata.bidirectional(sign) in ("R", "AL", "NSM"):
            return sign
    return ""


@cache
def _measures(bold: bool) -> tuple[dict[int, str], dict[str, int], int]:
    """The font's name for each letter, the width of each, and how many of their units are its size."""
    font = TTFont(BOLD if bold else REGULAR, lazy=True)
    widths = {name: int(width) for name, (width, _) in font["hmtx"].metrics.items()}
    return dict(font.getBestCmap()), widths, int(font["head"].unitsPerEm)
