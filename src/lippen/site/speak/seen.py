"""Whether a line of text is what it seems to whoever reads it on a page, on paper or in a terminal.

Controls, marks that turn the direction of what follows, and signs that take no room show nothing, and change
what is read. `str.isprintable` has most of them; those that Unicode takes for letters or marks stand here.
"""

from __future__ import annotations

from typing import Final

UNSEEN: Final = frozenset(
    map(
        chr,
        (
            0x034F,  # joins graphemes
            *(0x115F, 0x1160, 0x3164, 0xFFA0),  # fill a syllable of Hangul
            *(0x17B4, 0x17B5),  # inherent vowels of Khmer
            *range(0x180B, 0x1810),  # variants of Mongolian
            0x2800,  # Braille without a dot
            *range(0xFE00, 0xFE10),  # variants
            *range(0xE0100, 0xE01F0),  # more variants
        ),
    )
)
"""Signs that can be printed, after `str.isprintable`, and are not seen."""


def is_seen(text: str) -> bool:
    """Whether each sign of a text can be seen, and none stands before or behind it for nothing."""
    return text.isprintable() and UNSEEN.isdisjoint(text) and text == text.strip()


def is_line(text: str, longest: int) -> bool:
    """Whether this is one line of 1 to `longest` signs that can be seen."""
    return 1 <= len(text) <= longest and is_seen(text)
