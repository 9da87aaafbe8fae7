"""The leaflet and the poster: one address for everyone, the six words, and 999 before anything else.

What stands on them is what the partnership signed, and the words of `leaflet_words/<language>.json`. Nothing
on a sheet tells it from another: whoever holds one shows by it neither where nor when they took it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from lippen.errors import LippenError
from lippen.paper.pdf import as_pdf
from lippen.paper.sheet import MM, Box, Code, Column, Sheet, lacking
from lippen.paper.svg import as_svg
from lippen.site.speak.fingerprint import fingerprint
from lippen.site.speak.manifest import Manifest, SignedDesk
from lippen.site.speak.page_address import Address

_SIZES: Final = tuple(at / 100 for at in range(136, 71, -4))
"""The shares of the sizes above in which a sheet is tried: the largest that fits is taken."""

_SMALLEST: Final = 7.0
"""Points: smaller letters are not read."""

_QUIET: Final = 4
"""Light squares around a code, without which telephones do not find it (ISO/IEC 18004)."""


class LeafletRefused(LippenError):
    """No leaflet can be made of this."""


@dataclass(frozen=True)
class Words:
    """What stands on the sheets in one language."""

    language: str
    checked: bool
    right_to_left: bool
    said: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.said[name]


@dataclass(frozen=True)
class _Measure:
    """The sizes of one sheet: text by what it is, and the spaces between."""

    width: float
    height: float
    margin: float
    heading: float
    body: float
    small: float
    code: float


_A6: Final = _Measure(105 * MM, 148 * MM, 20, 16, 9.5, 8, 104)
_A4: Final = _Measure(210 * MM, 297 * MM, 42, 28, 15, 12, 190)


def languages() -> list[str]:
    """The languages that there are words in."""
    folder = resources.files("lippen.site.speak").joinpath("leaflet_words")
    return sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json"))


def words_in(language: str) -> Words:
    """The words in a language. Raises LeafletRefused."""
    if language not in languages():
        raise LeafletRefused(
            f"there are no words for a leaflet in {language!r}",
            remedy=f"There are {', '.join(languages())}.",
        )
    file = resources.files("lippen.site.speak").joinpath("leaflet_words", f"{language}.json")
    told = json.loads(file.read_text("utf-8"))
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    return Words(language, told["checked"], told["right_to_left"], said)


def make_leaflet(signed: Manifest, address: Address, words: Words) -> dict[str, bytes]:
    """The files by their names: a sheet of A6 with two sides and a poster of A4, as SVG, and as PDF where the
    letters can be set from the left one after the other.

    Raises LeafletRefused where nobody else could open the address, or the desks do not fit.
    """
    if address.local:
        raise LeafletRefused(
            f"{address} is on this machine, and nobody else can open it",
            remedy="Name the address that residents open: --address https://...",
        )
    front = _fitting(_A6, lambda measure: _front(measure, signed, address, words))
    back = _fitting(_A6, lambda measure: _back(measure, signed, words))
    poster = _fitting(_A4, lambda measure: _poster(measure, signed, address, words))
    end = "" if words.language == "en" else f"-{words.language}"
    made = {
        f"leaflet-a6-front{end}.svg": as_svg(front).encode(),
        f"leaflet-a6-back{end}.svg": as_svg(back).encode(),
        f"poster-a4{end}.svg": as_svg(poster).encode(),
    }
    if not lacking([one.text for sheet in (front, back, poster) for one in sheet.texts()]):
        made[f"leaflet-a6{end}.pdf"] = as_pdf([front, back])
        made[f"poster-a4{end}.pdf"] = as_pdf([poster])
    return made


def _front(measure: _Measure, signed: Manifest, address: Address, words: Words) -> tuple[Sheet, Column]:
    sheet, column = _begun(measure, words)
    _danger(column, measure, words)
    column.set(words["title"], measure.heading, bold=True)
    column.skip(measure.body / 3)
    column.set(words["who"], measure.body)
    column.skip(measure.body / 2)
    _way_in(column, measure, signed, address, words)
    _unchecked(column, measure, words)
    return sheet, column


def _back(measure: _Measure, signed: Manifest, words: Words) -> tuple[Sheet, Column]:
    sheet, column = _begun(measure, words)
    _how(column, measure, words)
    _careful(column, measure, words)
    _desks(column, measure, signed, words)
    return sheet, column


def _poster(measure: _Measure, signed: Manifest, address: Address, words: Words) -> tuple[Sheet, Column]:
    sheet, column = _front(measure, signed, address, words)
    column.skip(measure.body / 2)
    top = column.y
    half = (column.width - measure.body) / 2
    sides = (column.x, column.x + half + measure.body)
    first, second = reversed(sides) if words.right_to_left else sides
    left = Column(sheet, first, top, half, words.right_to_left)
    right = Column(sheet, second, top, half, words.right_to_left)
    _how(left, measure, words)
    _careful(left, measure, words)
    _desks(right, measure, signed, words)
    column.y = max(left.y, right.y)
    return sheet, column


def _begun(measure: _Measure, words: Words) -> tuple[Sheet, Column]:
    sheet = Sheet(measure.width, measure.height, words["title"], words.language)
    width = measure.width - 2 * measure.margin
    return sheet, Column(sheet, measure.margin, measure.margin, width, words.right_to_left)


def _danger(column: Column, measure: _Measure, words: Words) -> None:
    """999, white on black, before anything else."""
    at, top, pad = len(column.sheet.pieces), column.y, measure.body * 0.7
    inside = Column(column.sheet, column.x + pad, top + pad, column.width - 2 * pad, column.right_to_left)
    inside.set(words["danger"], measure.heading, bold=True, white=True)
    inside.set(words["danger_quiet"], measure.small, white=True)
    height = inside.y + pad - top
    column.sheet.pieces.insert(at, Box(column.x, top, column.width, height))
    column.y = top + height + measure.body


def _way_in(column: Column, measure: _Measure, signed: Manifest, address: Address, words: Words) -> None:
    """The address, its code, and the six words by which the page is known."""
    column.set(words["open"], measure.body, bold=True)
    column.skip(measure.body / 3)
    # The address and the six words are Latin letters in every language.
    rtl, column.right_to_left = column.right_to_left, False
    column.set(f"{address}", measure.body * 1.2, bold=True)
    column.right_to_left = rtl
    dark = code_of(f"{address}")
    side, top = measure.code, column.y
    quiet = side * _QUIET / len(dark)  # the margin is as light as the squares around the code
    beside = Column(column.sheet, column.x + side - quiet, top + quiet, column.width - side + quiet, rtl)
    column.sheet.pieces.append(Code(column.x - quiet, top, side, dark))
    beside.set(words["words"], measure.body)
    beside.skip(measure.body / 3)
    beside.right_to_left = False
    given = fingerprint(signed.key).split()
    for pair in (given[0:2], given[2:4], given[4:6]):
        beside.set(" ".join(pair), measure.body * 1.2, bold=True)
    column.y = max(top + side - quiet / 2, beside.y + measure.body / 2)
    column.set(words["words_differ"], measure.body, bold=True)


def _how(column: Column, measure: _Measure, words: Words) -> None:
    column.set(words["how"], measure.body * 1.25, bold=True)
    for number, name in enumerate(("step_choose", "step_write", "step_return"), start=1):
        column.item(f"{number}", words[name], measure.body)
    column.skip(measure.body * 0.7)


def _careful(column: Column, measure: _Measure, words: Words) -> None:
    column.set(words["careful"], measure.body * 1.25, bold=True)
    for name in ("careful_phone", "careful_near", "careful_court"):
        column.item("!", words[name], measure.body)
    column.skip(measure.body * 0.7)


def _desks(column: Column, measure: _Measure, signed: Manifest, words: Words) -> None:
    column.set(words["rather"], measure.body * 1.25, bold=True)
    for desk in signed.payload.desks:
        _desk(column, measure, desk)


def _desk(column: Column, measure: _Measure, desk: SignedDesk) -> None:
    """A desk in its own words, which are not translated."""
    rtl, column.right_to_left = column.right_to_left, False
    column.set(desk.name, measure.body, bold=True)
    column.set(desk.serves, measure.small)
    if desk.telephone:
        column.set(desk.telephone, measure.body, bold=True)
    for line in filter(None, (desk.drop_in, desk.freepost)):
        column.set(line, measure.small)
    column.skip(measure.small / 2)
    column.right_to_left = rtl


def _unchecked(column: Column, measure: _Measure, words: Words) -> None:
    if not words.checked:
        column.skip(measure.small / 3)
        column.set(words["unchecked"], measure.small)


def _fitting(largest: _Measure, make: Callable[[_Measure], tuple[Sheet, Column]]) -> Sheet:
    """The sheet in the largest letters in which all of it fits. Raises LeafletRefused below the smallest."""
    for share in _SIZES:
        sheet, column = make(
            replace(
                largest,
                heading=largest.heading * share,
                body=largest.body * share,
                small=max(largest.small * share, _SMALLEST),
                code=largest.code * share,
            )
        )
        if column.y <= sheet.height - largest.margin * 0.8:
            return sheet
    raise LeafletRefused(
        "the desks do not fit on the sheet",
        remedy="Say in fewer words what they serve and where they are (partnership.toml).",
    )


@cache
def code_of(text: str) -> tuple[tuple[bool, ...], ...]:
    """The QR code of a text with the light squares around it, rows of dark (true) and light."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())
