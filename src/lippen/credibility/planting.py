"""A real stream with campaigns planted in it, and which of them a set of groups holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.credibility.campaigns import Campaign, planted_texts
from lippen.credibility.links import copied
from lippen.credibility.searched import Searched
from lippen.credibility.stream import DAY_S, Stream, make_stream
from lippen.engine import Engine

Ints = NDArray[np.int64]

LEAST_HELD = 3
"""A campaign is found when one episode holds three of its incidents, and they are half of it or more."""

PLANTED_STEP = 1000
"""Rows of planted incidents are -1 - (number of the campaign) * 1000 - (number of the incident)."""


@dataclass(frozen=True)
class Planting:
    """`stream` holds the real incidents and those of `campaigns`; `words` numbers its texts, -1 for none."""

    campaigns: list[Campaign]
    stream: Stream
    words: Ints


def plant(
    searched: Searched, campaigns: list[Campaign], texts: pa.Array | None, engine: Engine, seed: int
) -> Planting:
    """The real stream with the campaigns and their attacks in it."""
    real = searched.stream
    columns: dict[str, list[Any]] = {
        name: [getattr(real, name)]
        for name in ("at_s", "x_km", "y_km", "kind", "hour_of_week", "unfounded", "row")
    }
    for number, one in enumerate(campaigns):
        first = -1 - number * PLANTED_STEP
        columns["at_s"] += [one.at_s, one.attack_at_s]
        columns["x_km"] += [one.x_km, real.x_km[one.attack_source]]
        columns["y_km"] += [one.y_km, real.y_km[one.attack_source]]
        columns["kind"] += [one.kind, real.kind[one.attack_source]]
        later_by = one.attack_at_s // 3600 - one.at_s[0] // 3600
        columns["hour_of_week"] += [one.hour_of_week, (one.hour_of_week[0] + later_by) % 168]
        columns["unfounded"] += [one.unfounded, np.zeros(len(one.attack_at_s), dtype=np.bool_)]
        rows = first - np.arange(one.size + len(one.attack_at_s))
        columns["row"] += [rows[: one.size], rows[one.size :]]
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    n = len(whole["at_s"])
    group = np.full(n, -1, dtype=np.int64)
    words = np.full(n, -1, dtype=np.int64)
    if texts is not None:
        written = pa.concat_arrays([texts, planted_texts(campaigns, real, texts, seed)])
        words = numbered(written)
        asked = np.flatnonzero(whole["unfounded"])
        ids = pa.array([f"{row:+d}" for row in whole["row"][asked]])
        group[asked] = copied(
            ids, whole["at_s"][asked] // DAY_S, written.take(pa.array(asked)), whole["x_km"][asked],
            whole["y_km"][asked], engine,
        ).group  # fmt: skip
    order = np.lexsort((whole["row"], whole["at_s"]))
    # Planted incidents bring no evidence of their own: whether they would stand alone is not known.
    evidence = np.concatenate([real.evidence, np.zeros(n - len(real))])
    stream = make_stream(
        whole["at_s"], whole["x_km"], whole["y_km"], whole["kind"], whole["hour_of_week"], whole["unfounded"],
        group, evidence, whole["row"],
    )  # fmt: skip
    return Planting(campaigns, stream, words[order])


def numbered(texts: pa.Array) -> Ints:
    """A number for each text, the same for the same text, -1 for none."""
    encoded = texts.dictionary_encode()
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def held_by(stream: Stream, groups: list[Ints], campaigns: list[Campaign]) -> set[int]:
    """The campaigns that some group holds three incidents of, and at least half of itself."""
    if not groups:
        return set()
    sizes = np.array([one.size for one in campaigns], dtype=np.int64)
    length = np.array([len(group) for group in groups], dtype=np.int64)
    rows = stream.row[np.concatenate(groups)]
    planted = np.flatnonzero(rows < 0)
    number, place = np.divmod(-1 - rows[planted], PLANTED_STEP)
    of_campaign = place < sizes[number]
    # All groups at once: a rule raises hundreds, and an evaluation asks twenty thousand times.
    which = np.repeat(np.arange(len(groups)), length)[planted]
    held, count = np.unique(which[of_campaign] * len(campaigns) + number[of_campaign], return_counts=True)
    group, campaign = np.divmod(held, len(campaigns))
    found: list[int] = campaign[(count >= LEAST_HELD) & (2 * count >= length[group])].tolist()
    return set(found)
