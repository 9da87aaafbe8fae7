"""Who posts adverts: sellers of one burgh, the handles under which they come back, where their lines reach.

The invariant: a seller stays the same whatever handle is used, and nothing leads from a seller to a resident.
How many sellers there are depends on nothing but the lines that a scenario sends, and one more leaves what is
drawn for the others as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Floats, Ints, drawn_within
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.world import World

LISTED = (CHANNELS.index("social"), CHANNELS.index("dark web"))
"""The channels that collections hold."""

AT_A_TIME = 2
"""Adverts that a seller runs at a time, each under a handle of its own: advert slots `AT_A_TIME * seller` and
the next."""


@dataclass(frozen=True)
class Turns:
    """What takes turns over the days: `start` (row by turn), in each row from before day 0 on."""

    start: Ints

    def at(self, row: Ints, day: Ints) -> Ints:
        """The number of the turn that runs on a day; days before the first have the first."""
        rows = len(self.start)
        # A day by day count of what has begun is read faster than each row is searched.
        width = int(day.max(initial=0)) + 2
        begun = np.arange(rows)[:, None] * width + np.clip(self.start, 0, width - 1)
        number = np.bincount(begun.ravel(), minlength=rows * width).reshape(rows, width).cumsum(axis=1) - 1
        return np.asarray(number[row, np.maximum(day, 0)])


def turns(draw: np.random.Generator, rows: int, days: int, lasting: list[float]) -> Turns:
    """Turns that follow each other and last between two numbers of days."""
    least, most = lasting
    count = int(days / least) + 2
    uniform = draw.random((rows, count + 1))
    lasts = np.floor(least + uniform[:, 1:] * (most - least + 1)).astype(np.int64)
    since = (uniform[:, 0] * lasts[:, 0]).astype(np.int64)
    start = np.cumsum(lasts, axis=1) - lasts - since[:, None]
    start[:, 0] = np.minimum(start[:, 0], 0)
    return Turns(start)


@dataclass(frozen=True)
class Sellers:
    """Sellers of one burgh: `line` (-1 for none), `listed` (place in LISTED), `busy` (weight), `dearer` (log
    price), `handles` (turns of each advert slot)."""

    line: Ints
    listed: Ints
    busy: Floats
    dearer: Floats
    handles: Turns

    def __len__(self) -> int:
        return len(self.line)


def sellers_of(world: World) -> Sellers:
    """The sellers of a burgh: a fixed number, and one more for each line that the scenario sends."""
    social, dark = (int(one) for one in numbers("listing.sellers"))
    arriving = len(world.scenario.new_line)
    lines = len(world.groups.lines.group) - arriving
    listed = np.r_[np.zeros(social), np.ones(dark), np.zeros(arriving)].astype(np.int64)
    n = len(listed)
    draw = world.draw("listings", "sellers")
    uniform = draw.random((n, 4))
    own = np.where(
        (uniform[:, 0] < number("listing.seller_of_line")) & (lines > 0),
        (uniform[:, 1] * lines).astype(np.int64),
        -1,
    )
    line = np.where(np.arange(n) < social + dark, own, lines + np.arange(n) - social - dark)
    spread = world.draw("listings", "sellers' ways").standard_normal((n, 2))
    return Sellers(
        line=line,
        listed=listed,
        busy=np.exp(number("listing.seller_spread") * spread[:, 0]),
        dearer=numbers("trade.price_spread")[0] * spread[:, 1],
        handles=turns(
            world.draw("listings", "handles"), n * AT_A_TIME, world.days, numbers("listing.handle_days")
        ),
    )


def slots_of(
    world: World, sellers: Sellers, listed: Ints, area: Ints, day: Ints, uniform: Floats
) -> tuple[Ints, Ints]:
    """Which of the sellers' advert slots each posting fills, and for which line (-1 for none).

    It goes by where the sellers' lines reach in that month; a seller whose line does not reach there, or is
    no more, hardly posts, and then for no line.
    """
    lines, areas = world.groups.lines, world.place.areas
    months = world.days // 28 + 1
    middle = 28 * np.arange(months) + 14
    on = (lines.start[:, None] <= middle) & (middle < lines.end[:, None])
    reach = np.vstack([lines.reach, np.zeros((1, areas))])  # the last is that of no line
    on = np.vstack([on, np.zeros((1, months), dtype=np.bool_)])
    weight = reach[sellers.line].T[None] * on[sellers.line].T[:, None]
    # Who comes with a line that a scenario sends posts where it reaches alone, and changes nothing elsewhere.
    least = by_name("listing.seller_reach")
    weight += least["out_of_reach"] * (sellers.line < len(lines.group) - len(world.scenario.new_line))
    weight += least["of_no_line"] * (sellers.line < 0)
    weight = np.repeat(weight * sellers.busy, AT_A_TIME, axis=2)  # month by area by slot
    held = np.repeat(sellers.listed, AT_A_TIME)
    table = np.stack([weight * (held == one) for one in range(len(LISTED))])
    slots = table.shape[-1]
    month = np.minimum(day // 28, months - 1)
    cell = (listed * months + month) * areas + area
    offsets = np.arange(table.size // slots + 1) * slots
    slot = drawn_within(cell, offsets, np.cumsum(table.ravel()), uniform) - offsets[cell]
    # Rounding may find a slot just past the last of its channel.
    first = np.array([int(np.argmax(held == one)) for one in range(len(LISTED))])
    slot = np.where(held[slot] == listed, slot, first[listed])
    line = sellers.line[slot // AT_A_TIME]
    return slot, np.where((reach[line, area] > 0) & on[line, month], line, -1)
