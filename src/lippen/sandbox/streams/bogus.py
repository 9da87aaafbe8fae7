"""Calls of a pattern: episodes planned by groups and what is done elsewhere meanwhile, mischief, production,
occasions.

They are called in, put down and closed as any other call of their kinds: only their timing, place and ending
can tell them.
"""

from __future__ import annotations

import numpy as np

from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import Floats, Ints, drawn_by
from lippen.sandbox.groups import Episodes
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.phrase_lines import SLOTS
from lippen.sandbox.phrases import load_phrases
from lippen.sandbox.planted_texts import copies, left_empty, retold, reworded
from lippen.sandbox.scenario import STEALTHS
from lippen.sandbox.streams.calls import (
    EPISODE,
    MISCHIEF,
    OCCASION,
    PRODUCTION,
    TARGET,
    Calls,
    new_calls,
    together,
)
from lippen.sandbox.streams.clock import DAY_S, season_of, seconds_of
from lippen.sandbox.streams.incident_kinds import incident_kinds
from lippen.sandbox.world import World

LIKELY = (
    "SUSPICIOUS PERSON",
    "SUSPICIOUS VEHICLE",
    "DISTURBANCE",
    "WEAPON SEEN",
    "YOUTH NUISANCE",
    "DRUG DEALING",
    "ROAD OBSTRUCTION",
    "NOISE NUISANCE",
)
"""What bogus calls claim: somebody has to come, and it may be over when they do."""

_DONE_ELSEWHERE = ("HOUSEBREAKING", "ROBBERY", "DRUG DEALING", "THEFT", "ASSAULT")
_HEARD = ("NOISE NUISANCE", "DISTURBANCE", "FIRE RAISING")
_OF_PRODUCTION = ("DRUG PRODUCTION", "FIRE RAISING", "NEIGHBOUR DISPUTE", "ASSIST OTHER AGENCY")


def planned_calls(world: World, texts: bool) -> Calls:
    """Every episode's calls and what was done at its target; without `texts`, whatever they say."""
    episodes = world.groups.episodes
    parts = [_episode(world, episodes, number_of, texts) for number_of in range(len(episodes.day))]
    return together(*[one for part in parts for one in part]) if parts else _nothing(world)


def lone_calls(world: World) -> Calls:
    """Mischief (single bogus calls of nobody's plan), traces of amateur production, and occasions."""
    return together(_mischief(world), _production(world), _occasions(world))


def _nothing(world: World) -> Calls:
    none = np.zeros(0, dtype=np.int64)
    return new_calls(world, world.draw("incidents", "nothing"), none, none, none, EPISODE)


def _episode(world: World, episodes: Episodes, which: int, texts: bool) -> tuple[Calls, Calls]:
    draw = world.draw("incidents", "episode", str(which))
    size = int(episodes.size[which])
    stealth = STEALTHS[episodes.stealth[which]]
    kind, at = _pretended(world, episodes, which, stealth)
    area = _called_from(world, int(episodes.larger[which]), stealth, size, draw.random(size + 1))
    calls = new_calls(world, draw, kind, area, at, EPISODE)
    calls.episode[:] = which
    calls.person[:] = -1
    calls.nothing[:] = 1 - draw.random() * number("incident.ending_otherwise")
    if texts:  # the last that is drawn, so that nothing else changes without
        calls.picks[:] = _told(calls.picks, stealth, draw)
    if stealth in ("S0", "S1"):
        calls.hand[:] = calls.hand[0]
    within = calls.at < world.days * DAY_S
    return calls.only(within), _done_elsewhere(world, episodes, which, int(at[0]))


def _pretended(world: World, episodes: Episodes, which: int, stealth: str) -> tuple[Ints, Ints]:
    """What each call of an episode claims, and when it comes, in order of time.

    Whoever makes calls up takes what is common at that hour, so that kinds tell no more than the hour does.
    S4 takes the hours of the day, too, as calls have them.
    """
    draw = world.draw("incidents", "decoys", str(which))
    day, size = int(episodes.day[which]), int(episodes.size[which])
    likely = incident_kinds().index(*LIKELY)
    common = _common(world, likely, day)
    if stealth == "S4":
        kind, hour = np.divmod(drawn_by(common.ravel(), draw.random(size)), common.shape[1])
        second = hour * 3600 + (draw.random(size) * 3600).astype(np.int64)
        order = np.argsort(second, kind="stable")
        return likely[kind[order]], day * DAY_S + second[order]
    begin = int(episodes.second[which])
    several = drawn_by(common[:, begin // 3600], draw.random(draw.integers(1, 5)))
    kind = likely[several[draw.integers(0, len(several), size)]]
    if stealth in ("S0", "S1"):
        kind[:] = kind[0]  # one story told again
    later = np.sort(np.r_[0, draw.random(size - 1) * episodes.span[which]]).astype(np.int64)
    return kind, day * DAY_S + begin + later


def _common(world: World, likely: Ints, day: int) -> Floats:
    """How often calls of some kinds come on a day (kind by hour)."""
    kinds = incident_kinds()
    hours = kinds.hours[likely]
    rate = kinds.per_1000[likely] * kinds.week[likely, (world.first_day.weekday() + day) % 7]
    return np.asarray(rate[:, None] * hours / hours.sum(axis=1, keepdims=True))


def _called_from(world: World, larger: int, stealth: str, size: int, uniform: Floats) -> Ints:
    """Tight episodes come from one small area and those that touch it, loose ones from a larger area, and S4
    from anywhere, as calls do."""
    place = world.place
    mine = np.flatnonzero(place.larger_of == larger)
    if stealth == "S4":
        return drawn_by(place.residents.astype(np.float64), uniform[:size])
    if stealth != "S3":
        centre = mine[int(uniform[size] * len(mine))]
        near = mine[place.borders[centre][mine] | (mine == centre)]
        mine = near[:3] if len(near) else mine
    return mine[(uniform[:size] * len(mine)).astype(np.int64)]


def _told(picks: Floats, stealth: str, draw: np.random.Generator) -> Floats:
    size = len(picks)
    if stealth == "S0":
        told = copies(picks[:1], size)
    elif stealth == "S1":
        told = reworded(load_phrases(), copies(picks[:1], size), draw.random((size, 2)))
    elif stealth == "S2":
        told = retold(picks[:1], size, draw.random((size, len(SLOTS))))
    else:
        return picks  # told each by itself, so that as many are empty already as of any calls
    return left_empty(told, draw.random(size))


def _done_elsewhere(world: World, episodes: Episodes, which: int, start: int) -> Calls:
    draw = world.draw("incidents", "target", str(which))
    target = int(episodes.target[which])
    count = 1 + int(draw.poisson(number("incident.targets")))
    kinds = incident_kinds()
    kind = np.full(count, kinds.index(*_DONE_ELSEWHERE)[draw.integers(0, len(_DONE_ELSEWHERE))])
    at = (
        start
        + int(episodes.target_after[which])
        + np.sort(
            np.r_[0, draw.random(count - 1) * 60 * by_name("incident.pattern_minutes")["target"]]
        ).astype(np.int64)
    )
    calls = new_calls(world, draw, kind, np.full(count, max(target, 0)), at, TARGET)
    calls.episode[:] = which
    calls.nothing[:] = by_name("incident.nothing_found")["target"]
    return calls.only((calls.at < world.days * DAY_S) & (target >= 0))


def _mischief(world: World) -> Calls:
    draw = world.draw("incidents", "mischief")
    kinds = incident_kinds()
    count = int(draw.poisson(world.scenario.mischief_per_year * world.days / 365))
    likely = kinds.index(*LIKELY, "ABANDONED CALL")
    kind = likely[drawn_by(kinds.per_1000[likely], draw.random(count))]
    season = season_of(world, np.ones(7), 0.1)
    day = drawn_by(season, draw.random(count))
    at = day * DAY_S + seconds_of(kinds.hours, kind, draw.random(count))
    area = drawn_by(world.place.residents.astype(np.float64), draw.random(count))
    calls = new_calls(world, draw, kind, area, at, MISCHIEF)
    calls.nothing[:] = by_name("incident.nothing_found")["mischief"]
    calls.person[:] = -1
    return calls


def _production(world: World) -> Calls:
    """Calls about amateur production in a flat, where the scenario has it: smells, fires, neighbours."""
    gap, *shares = by_name("incident.production").values()
    draw = world.draw("incidents", "production")
    kinds = incident_kinds()
    parts = []
    for which, one in enumerate(world.scenario.production):
        areas = np.flatnonzero(named_areas(world.place, (one.area,)))
        uniform, chosen = draw.random((400, 3)), draw.integers(0, world.place.areas)
        if not len(areas):
            continue
        area = int(areas[chosen % len(areas)])
        gaps = np.cumsum(-gap * np.log1p(-uniform[:, 0]))
        at = ((one.start + gaps) * DAY_S).astype(np.int64)
        kind = kinds.index(*_OF_PRODUCTION)[drawn_by(np.array(shares), uniform[:, 1])]
        block = np.full(len(at), world.place.block_offsets[area] + chosen)
        calls = new_calls(world, draw, kind, np.full(len(at), area), at, PRODUCTION, block)
        calls.event[:] = which
        parts.append(calls.only(at < min(one.end, world.days) * DAY_S))
    return together(*parts) if parts else _nothing(world)


def _occasions(world: World) -> Calls:
    """Something loud that half a larger area hears: called in by many in good faith, over when help comes."""
    kinds, place = incident_kinds(), world.place
    minutes = by_name("incident.pattern_minutes")["occasion"]
    parts = []
    for which, one in enumerate(world.scenario.occasion):
        draw = world.draw("incidents", "occasion", str(which))
        uniform, chosen = draw.random((one.calls, 2)), draw.integers(0, len(_HEARD), one.calls)
        mine = np.flatnonzero(named_areas(place, (one.larger,)))
        if not len(mine):
            continue
        at = one.day * DAY_S + one.hour * 3600 + np.sort(uniform[:, 0] * minutes * 60).astype(np.int64)
        area = mine[(uniform[:, 1] * len(mine)).astype(np.int64)]
        calls = new_calls(world, draw, kinds.index(*_HEARD)[chosen], area, at, OCCASION)
        calls.nothing[:] = by_name("incident.nothing_found")["occasion"]
        calls.event[:] = which
        parts.append(calls.only(at < world.days * DAY_S))
    return together(*parts) if parts else _nothing(world)
