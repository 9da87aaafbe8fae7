"""Groups, known by letters: their supply lines, and the bogus calls that they plan.

Everything that groups plan is drawn before the days run and depends on no stream; the homes that they take
over and the people in them have rooms of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import Floats, Ints, drawn_by, drawn_within, generator
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import People
from lippen.sandbox.place import TYPES, Burgh
from lippen.sandbox.roles import LONG_BEFORE, NEVER, Roles, roles_of
from lippen.sandbox.scenario import PURPOSES, STEALTHS, Bogus, Scenario
from lippen.sandbox.taken_homes import TakenHomes, taken_homes

CHANNELS = ("street", "phone", "social", "dark web")
LETTERS = "KTVBGRWZ"


@dataclass(frozen=True)
class Lines:
    """Supply lines: `group`, days `start` to `end`, `reach` (line by area: activity it adds at full
    strength), `channel` (line by channel: leanings, as logits), `pressed_on` and `pressed_channel` (the day,
    one of its own, and the channel on which it is pressed once, whoever presses)."""

    group: Ints
    start: Ints
    end: Ints
    reach: Floats
    channel: Floats
    pressed_on: Ints
    pressed_channel: Ints


@dataclass(frozen=True)
class Episodes:
    """Bogus calls planned together: `group`, `day`, `second` (local, of the first call), `size`, `stealth`,
    `purpose` (indexes), `larger` (from where they are called in) and `target` (a small area, -1 when nothing
    is done elsewhere), `target_after` (seconds from the first call), `span` (seconds from first to last)."""

    group: Ints
    day: Ints
    second: Ints
    size: Ints
    stealth: Ints
    purpose: Ints
    larger: Ints
    target: Ints
    target_after: Ints
    span: Ints


@dataclass(frozen=True)
class Groups:
    """Everything that groups plan in one burgh."""

    letters: tuple[str, ...]
    lines: Lines
    homes: TakenHomes
    roles: Roles
    episodes: Episodes


def plan(place: Burgh, people: People, scenario: Scenario, days: int, seed: int) -> Groups:
    """What the groups of a burgh do over `days` under one seed."""
    homes = taken_homes(place, people, scenario, days, seed)
    return Groups(
        letters=tuple(LETTERS[: scenario.groups]),
        lines=_lines(place, scenario, days, seed),
        homes=homes,
        roles=roles_of(place, people, homes, scenario, days, seed),
        episodes=_episodes(place, scenario, days, seed),
    )


def _lines(place: Burgh, scenario: Scenario, days: int, seed: int) -> Lines:
    draw = generator(seed, place.number, "lines")
    beyond, lasting = by_name("groups.line_far"), by_name("groups.line_days")
    count, arriving = scenario.lines, len(scenario.new_line)
    most = 20  # drawn for as many as there can be, so that one line more changes no other
    centre = drawn_by(np.array(numbers("groups.line_home"))[place.type_of], draw.random(most))
    near = place.borders[centre] | (np.arange(place.areas) == centre[:, None])
    spread = near * draw.gamma(1.0, size=(most, place.areas))
    far = (draw.random((most, place.areas)) < beyond["chance"]) * draw.gamma(
        beyond["shape"], size=(most, place.areas)
    )
    reach = number("groups.line_strength") * (spread + beyond["weight"] * far)
    start = np.where(
        draw.random(most) < lasting["there"], LONG_BEFORE, (draw.random(most) * days).astype(np.int64)
    )
    lasts = (lasting["least"] + draw.exponential(lasting["more"], most)).astype(np.int64)
    left = draw.exponential(lasting["left"], most).astype(np.int64) + int(lasting["left_least"])
    end = np.where(start < 0, left, start + lasts)
    lean = np.array(numbers("groups.channel_lean"))
    lean = lean + number("groups.channel_spread") * draw.standard_normal((most, len(CHANNELS)))
    is_pressed, when = draw.random(most) < number("groups.line_pressed"), draw.random(most)
    # Nobody presses a line that has not come yet, or is no more.
    first, after = np.maximum(start, 0), np.minimum(end, days)
    pressed_on = np.where(is_pressed, first + (when * (after - first)).astype(np.int64), NEVER)
    pressed = draw.integers(0, len(CHANNELS), most)
    group = draw.integers(0, 8, most) % scenario.groups
    added = [named_areas(place, one.areas) * one.strength for one in scenario.new_line]
    more = generator(seed, place.number, "lines", "arriving")
    return Lines(
        group=np.r_[group[:count], more.integers(0, 8, arriving) % scenario.groups],
        start=np.r_[start[:count], np.array([one.start for one in scenario.new_line], dtype=np.int64)],
        end=np.r_[end[:count], np.full(arriving, NEVER)],
        reach=np.vstack([reach[:count], *(np.asarray(one, dtype=np.float64) for one in added)]),
        channel=np.vstack([lean[:count], np.tile(numbers("groups.channel_lean"), (arriving, 1))]),
        pressed_on=np.r_[pressed_on[:count], np.full(arriving, NEVER)],
        pressed_channel=np.r_[pressed[:count], np.zeros(arriving, dtype=np.int64)],
    )


def _episodes(place: Burgh, scenario: Scenario, days: int, seed: int) -> Episodes:
    """Those that the scenario sets, then those drawn; each draws all of its numbers whether it needs them."""
    drawn = round(scenario.episodes_per_year * days / 365)
    given = list(scenario.bogus) + [Bogus(day=-1)] * drawn
    n = len(given)
    draw = generator(seed, place.number, "episodes")
    uniform = draw.random((n, 11))
    late = max(days - 3, 1)
    early = min(14, late - 1)
    day = np.array([one.day for one in given], dtype=np.int64).reshape(n)
    day = np.where(day >= 0, day, early + (uniform[:, 0] * (late - early)).astype(np.int64))
    hours = np.array(numbers("groups.episode_hours"))
    hour = _given([one.hour for one in given], drawn_by(hours, uniform[:, 1]))
    # The dice are thrown by hand so that the stealths come in turn: each is met about equally often.
    turn = (np.arange(n) + int(seed)) % len(scenario.stealths)
    stealths = np.array([STEALTHS.index(one) for one in scenario.stealths])
    stealth = _given([_index(STEALTHS, one.stealth) for one in given], stealths[turn])
    purpose = _given(
        # Who names a target means to divert.
        [_index(PURPOSES, one.purpose or (one.target and "divert")) for one in given],
        (uniform[:, 2] >= number("groups.divert_share")).astype(np.int64),
    )
    larger = drawn_by(np.array(numbers("groups.episode_from")), uniform[:, 3])
    aims = _given([_larger(place, one.target) for one in given], np.full(n, -1))
    larger = np.where(larger == aims, (larger + 1) % len(TYPES), larger)  # nobody draws response to its aim
    larger = _given([_larger(place, one.larger) for one in given], larger)
    target_larger = (larger + 1 + (uniform[:, 4] * (len(TYPES) - 1)).astype(np.int64)) % len(TYPES)
    target_larger = np.where(aims >= 0, aims, target_larger)
    order = np.argsort(place.larger_of, kind="stable")
    offsets = np.searchsorted(place.larger_of[order], np.arange(len(TYPES) + 1))
    edges = np.cumsum(np.ones(place.areas))
    target = order[drawn_within(target_larger, offsets, edges, uniform[:, 5])]
    exact = _given([_code(place, one.target) for one in given], target)
    low, high = numbers("groups.episode_size")
    size = _given([one.size for one in given], (low + uniform[:, 6] * (high - low + 1)).astype(np.int64))
    loose = stealth >= STEALTHS.index("S3")
    short, long = numbers("groups.episode_minutes")
    then = by_name("groups.episode_target_s")
    span = 60 * np.where(loose, long, short) * (0.5 + uniform[:, 7] * 0.5)
    return Episodes(
        group=(uniform[:, 8] * 8).astype(np.int64) % scenario.groups,
        day=day,
        second=hour * 3600 + (uniform[:, 9] * 3600).astype(np.int64),
        size=size,
        stealth=stealth,
        purpose=purpose,
        larger=larger,
        target=np.where(purpose == PURPOSES.index("divert"), exact, -1),
        target_after=(then["least"] + uniform[:, 10] * (then["most"] - then["least"])).astype(np.int64),
        span=span.astype(np.int64),
    )


def _given(values: list[int | None], otherwise: NDArray[np.int64]) -> Ints:
    said = np.array([-1 if one is None else one for one in values], dtype=np.int64)
    return np.where(said >= 0, said, otherwise)


def _index(names: tuple[str, ...], name: str | None) -> int | None:
    return None if name is None else names.index(name)


def _larger(place: Burgh, name: str | None) -> int | None:
    if name is None:
        return None
    found = np.flatnonzero(named_areas(place, (name,)))
    return int(place.larger_of[found[0]]) if len(found) else None


def _code(place: Burgh, name: str | None) -> int | None:
    return place.codes.index(name) if name in place.codes else None
