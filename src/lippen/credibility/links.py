"""What ties incidents together beside place, time and kind: the same words, and standing alone.

Both are log-likelihood ratios against what is normal here, measured on the incidents themselves, so that they
add to the evidence of the search. Words are only ever compared with other words; nothing is read from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lippen.engine import Engine
from lippen.near_copies import near_copies, near_copy_pairs
from lippen.near_copies.shingles import shingle_table

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COPIED_IF_PLANTED = 0.5
"""How often two incidents of one campaign are taken to share their words: assumed, since nobody knows."""

MOST_COPY_EVIDENCE = 6.0
"""One shared text counts for no more than this: control rooms use set phrases that no count has seen yet."""

NEAR_KM = 4.0
"""Pairs further apart than the widest window tell how often words agree by chance."""

GAP_DAYS = 1

LONE_PRIOR = 20.0
"""Incidents without company that each kind starts with, so that a rare kind is not told from a few."""


@dataclass(frozen=True)
class Copies:
    """Near-copies among incidents.

    `group` numbers, for each incident, the group of near-copies it belongs to (-1 for none); `evidence` is
    the log-likelihood ratio that a further member of a group brings to a window.
    """

    group: Ints
    evidence: float


def copied(ids: pa.Array, days: Ints, texts: pa.Array, x_km: Floats, y_km: Floats, engine: Engine) -> Copies:
    """Group incidents whose words are near-copies and that lie at most a day apart.

    One value an incident: `ids` (string), `days` (local days since 1970), `texts` (string, null for none),
    position in km. On Spark the pairs are found by the engine, else here; both give the same. Groups are the
    connected components of the pairs.
    """
    n = len(ids)
    if texts.null_count == n:
        return Copies(np.full(n, -1), 0.0)
    earlier, later = _pairs(ids, days, texts, engine)
    joined = coo_matrix((np.ones(len(earlier)), (earlier, later)), shape=(n, n))
    _, label = connected_components(joined, directed=False)
    size = np.bincount(label, minlength=n)
    group = np.where(size[label] > 1, label, -1).astype(np.int64)
    return Copies(group, _copy_evidence(earlier, later, days, x_km, y_km))


def _pairs(ids: pa.Array, days: Ints, texts: pa.Array, engine: Engine) -> tuple[Ints, Ints]:
    # Of two texts of one day the smaller id counts as the earlier, on both engines: it decides which links of
    # a flood are kept.
    order = np.lexsort((np.array(ids.to_pylist(), dtype=object), days))
    if engine.name == "duckdb":
        found = near_copies(texts.take(pa.array(order)), days[order], GAP_DAYS)
        return order[found.earlier], order[found.later]
    shingles = engine.table(shingle_table(ids, days.astype(np.int32), texts))
    pairs = engine.collect(near_copy_pairs(shingles, GAP_DAYS))
    return (
        np.asarray(pc.index_in(pairs["earlier_id"], ids), dtype=np.int64),
        np.asarray(pc.index_in(pairs["later_id"], ids), dtype=np.int64),
    )


def _copy_evidence(earlier: Ints, later: Ints, days: Ints, x_km: Floats, y_km: Floats) -> float:
    """ln of how much likelier two near-copies are in a campaign than between places that have no business."""
    away = np.hypot(x_km[earlier] - x_km[later], y_km[earlier] - y_km[later]) > NEAR_KM
    per_day = np.bincount(days - days.min())
    together = per_day * (per_day - 1) / 2
    next_day = per_day[1:] * per_day[:-1]
    chance = (away.sum() + 1) / (together.sum() + next_day.sum() + 1)
    return float(np.clip(np.log(COPIED_IF_PLANTED / chance), 0.0, MOST_COPY_EVIDENCE))


def lone_evidence(kind: Ints, company: Ints, learned: NDArray[np.bool_]) -> Floats:
    """What standing alone says of each incident: -ln of how often its kind stands alone; 0 with company.

    `kind` is a code, `company` counts other calls that seem to speak of the same event, `learned` masks the
    incidents that the shares are taken from. An event that normally draws several callers and drew one is the
    cheapest sign that was found in the literature, and needs no judgement of anybody's truthfulness.
    """
    kinds = int(kind.max()) + 1 if len(kind) else 0
    n = np.bincount(kind[learned], minlength=kinds) + LONE_PRIOR
    alone = np.bincount(kind[learned & (company == 0)], minlength=kinds) + LONE_PRIOR
    return np.where(company == 0, -np.log(alone / n)[kind], 0.0)
