"""The schematic map: where incidents were reported, as squares placed roughly where the areas lie.

It ranks no area. Squares carry a number as well as a size and a shade; counts below five are not printed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import plain
from lippen.brief.schema import SMALL_COUNT
from lippen.brief.svg import element, number, picture, share, words

_CELL = 48  # pixels: room for "1.2k" in letters that can be read
_WIDE_CELL = 80  # with room for a name of eleven letters
_MOST_WIDE = 4  # wide cells beside each other that a narrow screen has room for
_MOST_ACROSS = 18
_MOST_BARS = 30


class AreaVolume(TypedDict):
    """A row of table `volumes_area`."""

    area: str
    lat: float | None
    lon: float | None
    incidents: int | None
    unfounded: int | None
    expected_unfounded: float | None


@dataclass(frozen=True)
class Square:
    """One square of the map: its place in the grid, and the areas it stands for."""

    across: int
    down: int
    incidents: int
    areas: tuple[str, ...]


def suppressed(value: int | None) -> str:
    """A count for an area, where few are "fewer than 5"."""
    if value is None:
        return figures.CANNOT_TELL
    return "fewer than 5" if 0 < value < SMALL_COUNT else figures.count(value)


def squares(rows: Sequence[AreaVolume]) -> list[Square]:
    """Areas with coordinates and a count, on the coarsest grid that keeps them apart or the finest that fits.

    Areas that fall on one square are drawn together. Longitudes are shortened by the cosine of the latitude.
    """
    placed = [
        (r, r["lat"], r["lon"])
        for r in rows
        if r["lat"] is not None and r["lon"] is not None and r["incidents"] is not None
    ]
    if not placed:
        return []
    narrowing = math.cos(math.radians(sum(lat for _, lat, _ in placed) / len(placed)))
    xs = _within([lon * narrowing for _, _, lon in placed])
    ys = _within([-lat for _, lat, _ in placed])
    west, north = min(xs), min(ys)
    extent = max(max(xs) - west, max(ys) - north)
    cells: list[tuple[int, int]] = []
    # No grid of fewer squares than areas keeps them apart.
    for across in range(min(_MOST_ACROSS, math.isqrt(len(placed) - 1) + 1), _MOST_ACROSS + 1):
        side = extent / across if extent > 0 else 1.0
        cells = [
            (min(across - 1, int((x - west) / side)), min(across - 1, int((y - north) / side)))
            for x, y in zip(xs, ys, strict=True)
        ]
        if len(set(cells)) == len(cells):
            break
    left, top = min(x for x, _ in cells), min(y for _, y in cells)
    together: dict[tuple[int, int], list[AreaVolume]] = {}
    for cell, (row, _, _) in zip(cells, placed, strict=True):
        together.setdefault(cell, []).append(row)
    return [
        Square(
            x - left, y - top, sum(r["incidents"] or 0 for r in held), tuple(sorted(r["area"] for r in held))
        )
        for (x, y), held in sorted(together.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def _told(incidents: int) -> int:
    """What size and shade may tell: all small counts look the same."""
    return SMALL_COUNT - 1 if 0 < incidents < SMALL_COUNT else incidents


def _within(values: list[float]) -> list[float]:
    """Draws far outliers at the edge, so that one stray coordinate cannot shrink a town to a dot."""
    if len(values) < 20:
        return values
    ranked = sorted(values)
    low, high = ranked[len(ranked) // 50], ranked[-1 - len(ranked) // 50]
    return [min(high, max(low, value)) for value in values]


def area_map(rows: Sequence[AreaVolume], what: str = "incidents") -> Markup | None:
    """The map as SVG of its own size; None when no area has coordinates. `what` is counted.

    Below each square stands its name, or where names are too long for that a letter, which `map_key` reads.
    """
    laid = squares(rows)
    if not laid:
        return None
    tiers, most = _tiers(laid), max(1, *(_told(square.incidents) for square in laid))
    wide, tall = max(s.across for s in laid) + 1, max(s.down for s in laid) + 1
    cell, lettered = _cell(laid)
    step_down = _CELL + 20
    parts = []
    for nth, (square, tier) in enumerate(zip(laid, tiers, strict=True)):
        side = 20 + (_CELL - 24) * math.sqrt(_told(square.incidents) / most)
        x, y = square.across * cell + cell / 2, square.down * step_down + _CELL / 2
        label = "<5" if 0 < square.incidents < SMALL_COUNT else figures.short_count(square.incidents)
        name = letters(nth) if lettered else square.areas[0]
        content = [
            element("title", f"{_named(square)}: {suppressed(square.incidents)} {what}"),
            element("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, rx=3, class_=f"t{tier}"),
            words(label, number(x), y + 4.5, f"n{tier}", anchor="middle"),
            words(name, number(x), y + _CELL / 2 + 10, "tick", anchor="middle"),
        ]
        parts.append(element("g", *content))
    width, height = wide * cell, tall * step_down
    return element(
        "svg",
        *parts,
        class_="chart map",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=f"Schematic map of {what} in {figures.plural(len(rows), 'area')}, north at the top",
    )


def map_key(rows: Sequence[AreaVolume], what: str = "incidents") -> Markup:
    """How to read the map of these rows: what each shade stands for, and each letter where it has letters.

    As HTML lists that stand below the map; nothing where there is no map.
    """
    laid = squares(rows)
    if not laid:
        return Markup("")
    shades: dict[int, list[int]] = {}
    for square, tier in zip(laid, _tiers(laid), strict=True):
        shades.setdefault(tier, []).append(square.incidents)
    told = [_shade(tier, held, what) for tier, held in sorted(shades.items())]
    lists = [element("ul", *told, class_="shades", aria_label="Shades of the map")]
    if _cell(laid)[1]:
        named = [
            element("li", element("b", letters(nth)), Markup(" "), _named(square))
            for nth, square in enumerate(laid)
        ]
        lists.append(element("ul", *named, class_="map-key", aria_label="Squares of the map"))
    return Markup("").join(lists)


def letters(nth: int) -> str:
    """The letters of a square, counted from the north-west: A to Z, then AA, AB and so on."""
    before, last = divmod(nth, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _cell(laid: Sequence[Square]) -> tuple[int, bool]:
    """How wide a square's place is, and whether letters stand there in place of names."""
    longest = max(len(plain(s.areas[0])) if len(s.areas) == 1 else 99 for s in laid)
    if longest <= 6:
        return _CELL, False
    fits = longest <= 11 and max(s.across for s in laid) < _MOST_WIDE
    return (_WIDE_CELL, False) if fits else (_CELL, True)


def _tiers(laid: Sequence[Square]) -> list[int]:
    """The shade of each square, 1 to 4: quarters by rank, so that one great square hides none."""
    ranked = sorted(_told(square.incidents) for square in laid)
    return [1 + 4 * ranked.index(_told(square.incidents)) // len(ranked) for square in laid]


def _shade(tier: int, held: Sequence[int], what: str) -> Markup:
    """What a shade stands for, as an item of the legend."""
    box = element("rect", width=16, height=16, rx=3, class_=f"t{tier}")
    drawn = element("svg", box, class_="key", width=16, height=16, aria_hidden="true")
    least, most = min(held), max(held)
    if least == most or most < SMALL_COUNT:
        told = suppressed(most)
    else:
        told = f"up to {most:,}" if least < SMALL_COUNT else f"{least:,} to {most:,}"
    return element("li", drawn, Markup(" "), f"{told} {what}")


def _named(square: Square) -> str:
    return figures.listing([plain(area, 40) for area in square.areas], 4)


def area_bars(rows: Sequence[AreaVolume], what: str = "incidents") -> Markup | None:
    """A bar for each area in order of its name, for exports without coordinates; None without areas."""
    seen = sorted((r for r in rows if r["incidents"] is not None), key=lambda r: r["area"])[:_MOST_BARS]
    if not seen:
        return None
    most = max(1, *(row["incidents"] or 0 for row in seen))
    parts = []
    for i, row in enumerate(seen):
        y, length = i * 38, (row["incidents"] or 0) / most
        parts.append(words(row["area"], "0", y + 14, "name", limit=40))
        parts.append(words(suppressed(row["incidents"]), "100%", y + 14, "value", anchor="end"))
        parts.append(element("rect", x=0, y=y + 20, width="100%", height=7, rx=2, class_="trough"))
        if (row["incidents"] or 0) >= SMALL_COUNT:
            parts.append(element("rect", x=0, y=y + 20, width=share(length), height=7, rx=2, class_="t3"))
    label = f"Bars of {what} in {figures.plural(len(seen), 'area')}, in order of name"
    return picture(parts, height=len(seen) * 38, label=label, css="bars")
