"""What a sandbox knows of its own incidents, laid beside those that were accepted.

Invariant: nothing that assesses imports this module. Truth meets a result only after the assessment is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.credibility.planting import LEAST_HELD
from lippen.credibility.population import reason_left_out
from lippen.credibility.settings import AssessmentError
from lippen.engine import Engine
from lippen.wording import counted

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_NAMES = pa.list_(pa.string())
TRUTH = {
    "incidents": pa.schema([("incident_id", pa.string()), ("cause", pa.string()), ("episode", pa.int64())]),
    "episodes": pa.schema(
        [
            ("episode", pa.int64()),
            ("purpose", pa.string()),
            ("stealth", pa.string()),
            ("first_at", pa.timestamp("us")),
            ("last_at", pa.timestamp("us")),
            ("larger_areas", _NAMES),
            ("target_area", pa.string()),
            ("target_at", pa.timestamp("us")),
        ]
    ),
    "areas": pa.schema([("area", pa.string()), ("larger_area", pa.string())]),
    "false_trends": pa.schema(
        [("kind", pa.string()), ("first_day", pa.date32()), ("last_day", pa.date32()), ("areas", _NAMES)]
    ),
}
"""The columns that are read of each truth table; a sandbox writes more."""

MOST_UNKNOWN = 0.05
"""Rows that were dirtied on purpose may bear ids that no truth knows; more of them, and it is another's."""

CLOCK_S = 3600
"""In the hour that a clock shows twice, an import takes the first of the two."""

_REMEDY = "Name the folder that lippen sandbox wrote, with its streams and its truth as they were written."


@dataclass(frozen=True)
class Accepted:
    """The incidents that were accepted, and what is true of each.

    `rows` has the columns of `collect_accepted`. `episode` is the number of the true episode that each is a
    bogus incident of (-1 for none), `cause` why it is there ("unknown" where the truth does not say), `later`
    whether it lies in the days assessed, `unknown` how many the truth does not know.
    """

    rows: pa.Table
    episode: Ints
    cause: pa.Array
    later: Flags
    unknown: int

    def places(self, ids: pa.Array | pa.ChunkedArray) -> Ints:
        """Which rows have these incident ids; every id is there."""
        found = pc.index_in(ids, self.rows["incident_id"].combine_chunks())
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)

    def judged(self) -> list[int]:
        """The true episodes whose incidents all lie in the days assessed, by number."""
        own = self.episode >= 0
        earlier = np.unique(self.episode[own & ~self.later])
        return [int(one) for one in np.setdiff1d(self.episode[own], earlier)]


def collect_accepted(incidents: ibis.Table, engine: Engine) -> pa.Table:
    """Fetch what truth is laid beside: one row an incident, in order of id.

    Columns: incident_id, at_s (seconds of naive UTC), local_day, area, larger_area, searched (whether it is
    assessed and has a place) and countable (whether it also ended with nothing found).
    """
    assessed = reason_left_out(incidents) == "assessed"
    searched = assessed & incidents.lat.notnull() & incidents.lon.notnull()
    return engine.collect(
        incidents.select(
            "incident_id",
            "local_day",
            "area",
            "larger_area",
            at_s=incidents.reported_at.truncate("s").epoch_seconds().cast("int64"),
            searched=searched,
            countable=searched & (incidents.outcome == "unfounded"),
        ),
        order_by="incident_id",
    )


def lay_beside(rows: pa.Table, truth: Mapping[str, pa.Table], since: date, refused: int) -> Accepted:
    """Say of each accepted incident what the truth says of it.

    `rows` are those of `collect_accepted`, `truth` holds tables with the columns of TRUTH, `refused` is how
    many rows the import did not take. Raises AssessmentError when truth and incidents are not of one sandbox:
    more than 5 in 100 incidents that it does not know, more of its incidents missing than were refused, an
    episode of which nothing more is told, or one whose incidents came in at another time.
    """
    told = truth["incidents"]
    at = pc.index_in(rows["incident_id"].combine_chunks(), told["incident_id"].combine_chunks())
    unknown = at.null_count
    if unknown > MOST_UNKNOWN * len(at):
        example = rows["incident_id"].filter(at.is_null())[0].as_py()
        raise AssessmentError(
            f"the truth does not know {unknown:,} of {counted(len(at), 'incident')} (such as {example})",
            remedy=_REMEDY,
        )
    missing = told.num_rows - pc.count_distinct(at).as_py()
    if missing > refused:
        raise AssessmentError(
            f"the import lacks {missing:,} of the truth's {counted(told.num_rows, 'incident')}, and refused "
            f"only {counted(refused, 'row')}",
            remedy=_REMEDY,
        )
    bogus = pc.and_(told["episode"].is_valid(), pc.equal(told["cause"], "episode"))
    number = pc.if_else(bogus, told["episode"], pa.scalar(None, pa.int64())).combine_chunks()
    nameless = number.filter(
        pc.invert(pc.is_in(number, value_set=truth["episodes"]["episode"].combine_chunks()))
    ).drop_null()
    if len(nameless):
        raise AssessmentError(
            f"the truth tells nothing of the episode {nameless[0].as_py()} that incidents belong to",
            remedy=_REMEDY,
        )
    episode = np.asarray(number.take(at).fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    _check_times(rows, episode, truth["episodes"])
    return Accepted(
        rows=rows,
        episode=episode,
        cause=told["cause"].combine_chunks().take(at).fill_null("unknown"),
        later=np.asarray(pc.greater_equal(rows["local_day"], pa.scalar(since, pa.date32()))),
        unknown=unknown,
    )


def _check_times(rows: pa.Table, episode: Ints, episodes: pa.Table) -> None:
    """Incidents are numbered alike in every sandbox: by their times the truth of another is known."""
    own = np.flatnonzero(episode >= 0)
    which = pc.index_in(pa.array(episode[own]), episodes["episode"].combine_chunks())
    at = pc.cast(rows["at_s"].combine_chunks().take(pa.array(own)), pa.timestamp("s"))
    hour = pa.scalar(CLOCK_S, pa.duration("s"))
    early = pc.less(pc.add(at, hour), episodes["first_at"].combine_chunks().take(which))
    late = pc.greater(pc.subtract(at, hour), episodes["last_at"].combine_chunks().take(which))
    strange = np.flatnonzero(pc.or_(early.fill_null(False), late.fill_null(False)))
    if len(strange):
        one = int(own[strange[0]])
        raise AssessmentError(
            f"incident {rows['incident_id'][one].as_py()} came in before or after the episode "
            f"{episode[one]} that the truth says it belongs to",
            remedy=_REMEDY,
        )


def held_in(numbers: Ints) -> list[int]:
    """The true episodes that a group holds: three of its incidents, and they are half of the group or more.

    `numbers` gives, for each incident of the group, the true episode that it belongs to, -1 for none. The
    measure is that of planted campaigns (`planting.held_by`).
    """
    own, n = np.unique(numbers[numbers >= 0], return_counts=True)
    return [int(one) for one in own[(n >= LEAST_HELD) & (2 * n >= len(numbers))]]
