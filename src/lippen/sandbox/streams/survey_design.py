"""The design of the survey: which adults are drawn in which wave, and with what weight.

The invariant: a weight is the inverse of the chance with which the design draws a person, and follows from
the frame alone. Whether a person answers, and what, never enters it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.parameters import by_name
from lippen.sandbox.world import World

ADULT = 16


@dataclass(frozen=True)
class Sample:
    """Adults drawn, in the order of their interviews: `person`, `wave`, `block`, `weight`, and `day` of the
    interview, or of the last attempt."""

    person: Ints
    wave: Ints
    block: Ints
    weight: Floats
    day: Ints

    def __len__(self) -> int:
        return len(self.person)


def sampled(world: World) -> Sample:
    """The adults drawn in every wave.

    Two stages in each larger area: street blocks with chance in proportion to their adults (systematic, in
    the order of the areas), then adults of each block with equal chance, all of them where there are few.
    Source of the first stage: Madow 1949, Annals of Mathematical Statistics 20(3).
    """
    design, place, people = by_name("answer.design"), world.place, world.people
    clusters, take = int(design["clusters"]), int(design["adults"])
    adults = np.flatnonzero(people.age >= ADULT)
    block = people.home_block[people.home[adults]]
    members = np.bincount(block, minlength=len(place.block_area))
    by_block = adults[np.argsort(block.astype(np.uint16), kind="stable")]  # short numbers sort by radix
    first = np.cumsum(members) - members

    order = np.argsort(place.larger_of[place.block_area], kind="stable")
    edges = np.cumsum(members[order])
    in_stratum = np.bincount(place.larger_of[people.area[adults]], minlength=len(place.larger_names))
    starts = np.cumsum(in_stratum) - in_stratum
    waves = len(wave_names(world))
    offset = world.draw("answers", "blocks").random((waves, len(in_stratum), 1))
    at = starts[:, None] + (offset + np.arange(clusters)) * (in_stratum / clusters)[:, None]
    chosen = order[np.minimum(np.searchsorted(edges, at, side="right"), len(order) - 1)].ravel()

    count = members[chosen]
    cluster = np.repeat(np.arange(len(chosen)), count)
    within = np.arange(len(cluster)) - (np.cumsum(count) - count)[cluster]
    key = world.draw("answers", "adults").random(len(cluster))
    shuffled = np.lexsort((key, cluster))
    drawn = shuffled[within < take]
    person = by_block[(first[chosen])[cluster[drawn]] + within[drawn]]
    cluster = cluster[drawn]
    wave = cluster // (len(in_stratum) * clusters)
    stratum = place.larger_of[people.area[person]]
    weight = in_stratum[stratum] / (clusters * np.minimum(take, count[cluster]))

    start, lasts = fieldwork(world)
    uniform = world.draw("answers", "days").random(len(person))
    when = start[wave] + uniform * lasts
    out = np.argsort(when, kind="stable")
    return Sample(person[out], wave[out], chosen[cluster][out], weight[out], when[out].astype(np.int64))


def fieldwork(world: World) -> tuple[Ints, int]:
    """The first day of each wave, and how many days it lasts. Few days hold one wave, in their middle."""
    days = by_name("answer.wave_days")
    apart = min(int(days["apart"]), world.days)
    lasts = min(int(days["fieldwork"]), apart)
    return np.arange(max(world.days // apart, 1)) * apart + (apart - lasts) // 2, lasts


def wave_names(world: World) -> list[str]:
    """What the waves are called, in order."""
    return [f"Wave {one + 1}" for one in range(len(fieldwork(world)[0]))]


def cluster_names(burgh: int, blocks: Ints) -> list[str]:
    """The codes of some street blocks, each unlike that of any other in the nation."""
    return [f"P{burgh:03d}{block:04d}" for block in blocks.tolist()]
