"""A few groups that were looked at and not flagged, drawn at random, so that people judge them too.

Who is only ever shown what was flagged cannot tell what was missed, and learns to expect that whatever is
shown is real. So some groups that chance explains are drawn and have cards like those of episodes. Whoever
judges them is told only afterwards which they were.

A group that was looked at is the best window around one incident (`scan`), where any holds three incidents
with nothing found and more than is normal there and then, however little that says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from lippen.credibility.chance import Chance
from lippen.credibility.diversion import Drawn
from lippen.credibility.episodes import (
    EPISODE_TABLES,
    Episode,
    as_episode,
    courses,
    episode_tables,
    may_be_a_home,
)
from lippen.credibility.scan import Windows, join_clusters
from lippen.credibility.searched import Searched
from lippen.credibility.stream import Stream
from lippen.results import SAMPLE

EVERY_GROUP = -math.inf
"""The least evidence that the search is asked for, so that it keeps whatever it looked at."""

SHARE = 0.05
"""So many of the groups that were looked at and not flagged are drawn."""

MOST_IN_30_DAYS = 2
"""And no more than these: each takes somebody a quarter of an hour."""

SAMPLE_TABLES = {SAMPLE[name]: schema for name, schema in EPISODE_TABLES.items()}

_NOT_LOOKED_AT = Drawn("cannot tell", None, None, 0, None, None, None, None, "")
"""What a group that was not flagged drew away is not looked into."""


def sample_tables(
    searched: Searched,
    windows: Windows,
    episodes: Sequence[Episode],
    chance: Chance,
    features: pa.Table,
    seed: int,
    zone: ZoneInfo,
) -> dict[str, pa.Table]:
    """The tables of SAMPLE_TABLES. `windows` are those of the real stream, `episodes` those that are told.

    The same incidents and `seed` always draw the same groups. Their p- and q-values are null: chance is
    measured on what is strong enough to be looked at again.
    """
    stream = searched.stream
    groups = drawn(stream, windows, episodes, chance, features, seed)
    course = courses(groups, stream, searched.background, features, searched.company, searched.usual_company)
    tables = episode_tables(groups, course, [_NOT_LOOKED_AT] * len(groups), features, stream, zone)
    for name in ("p_value", "q_value"):
        at = tables["episodes"].schema.get_field_index(name)
        field = tables["episodes"].schema.field(at)
        tables["episodes"] = tables["episodes"].set_column(at, field, pa.nulls(len(groups), field.type))
    return {SAMPLE[name]: table for name, table in tables.items()}


def drawn(
    stream: Stream,
    windows: Windows,
    episodes: Sequence[Episode],
    chance: Chance,
    features: pa.Table,
    seed: int,
) -> list[Episode]:
    """Groups drawn among the windows up to the threshold, in the order in which they were drawn.

    SHARE of them, at most MOST_IN_30_DAYS, and one at least where there are episodes and any to draw. No two
    lie so near each other, and none so near an episode, that they would be joined; and none may be a home.
    """
    weak = np.flatnonzero((windows.score > EVERY_GROUP) & (windows.score <= chance.threshold))
    wanted = min(round(SHARE * len(weak)), math.ceil(MOST_IN_30_DAYS * chance.days / 30))
    if episodes:
        wanted = max(wanted, 1)
    groups: list[Episode] = []
    for i in np.random.default_rng(seed).permutation(weak):
        if len(groups) >= wanted:
            break
        cluster = windows.cluster(stream, int(i))
        taken = (one.cluster for one in (*episodes, *groups))
        if any(len(join_clusters(stream, [one, cluster])) == 1 for one in taken):
            continue
        if not may_be_a_home(stream, cluster, features):
            groups.append(as_episode(stream, cluster, 1.0, 1.0, features))
    return groups
