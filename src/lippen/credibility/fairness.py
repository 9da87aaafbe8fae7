"""Is the search wrong more often in some places?

Counted are false episodes on the shuffled streams, where every episode is chance alone, by the group of
areas that each lies in. Where the count is too small to tell, that is what is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import gammaincinv

from lippen.credibility.chance import Chance

LEAST_EXPECTED = 5.0
"""False episodes that a group should have had by its share of incidents, before anything is said of it."""

WORST_RATIO = 1.25
"""A group is called worse off when even the lower end of its interval is this much above the overall rate."""

MOST_GROUPS = 24
OTHER = "other areas"
LEAST_SHOWN = 5
"""A group with fewer incidents is counted among the others (design, promise 8)."""

FAIRNESS = pa.schema(
    [
        ("area_group", pa.string()),
        ("incidents", pa.int64()),
        ("false_episodes", pa.int64()),
        ("rate", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("verdict", pa.string()),
    ]
)


def area_groups(larger_area: pa.ChunkedArray, area: pa.ChunkedArray) -> list[str]:
    """The group of areas of each incident.

    The export's larger areas where it has them (the commonest 24, the others together); else thirds of the
    small areas by how many incidents they have.
    """
    larger = larger_area.to_pylist()
    if any(larger):
        common = _by_volume(larger)[:MOST_GROUPS]
        return [name if name in common else OTHER for name in larger]
    small = area.to_pylist()
    ranked = _by_volume(small)
    third = {name: 3 * i // max(1, len(ranked)) for i, name in enumerate(ranked)}
    words = ("busiest third of areas", "middle third of areas", "quietest third of areas")
    return [words[third[name]] if name is not None else "no area given" for name in small]


def _by_volume(names: Sequence[str | None]) -> list[str]:
    counts = Counter(name for name in names if name is not None)
    return sorted(counts, key=lambda name: (-counts[name], name))


def fairness_table(groups: Sequence[str], searched: NDArray[np.int64], chance: Chance) -> pa.Table:
    """False episodes by group of areas: the result table `fairness`.

    `groups` names the group of each row of the feature table, `searched` lists the rows that were searched.
    Rates are false episodes for each incident searched, over all replicates; intervals are exact for a
    Poisson count (F. Garwood 1936).
    """
    small = {name for name, n in Counter(groups[row] for row in searched).items() if n < LEAST_SHOWN}
    groups = [OTHER if name in small else name for name in groups]
    incidents = Counter(groups[row] for row in searched)
    false = Counter(groups[row] for row in chance.spots[chance.scores > chance.threshold])
    overall = false.total() / max(1, incidents.total() * chance.replicates)
    rows = []
    for name in sorted(incidents):
        exposed = incidents[name] * chance.replicates
        low, high = garwood(false[name])
        if overall * exposed < LEAST_EXPECTED:
            verdict = "cannot tell"
        else:
            verdict = "higher" if low / exposed > WORST_RATIO * overall else "ok"
        rows.append(
            {
                "area_group": name,
                "incidents": incidents[name],
                "false_episodes": false[name],
                "rate": false[name] / exposed,
                "low": low / exposed,
                "high": high / exposed,
                "verdict": verdict,
            }
        )
    return pa.Table.from_pylist(rows, FAIRNESS)


def garwood(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean, from one count."""
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))
