"""What was told beside what is true: each episode of an assessment, each true one, what was said of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.credibility.truth import Accepted, held_in
from lippen.measured import wilson

Ints = NDArray[np.int64]

SAID = "consistent with"
"""The verdict that an episode is consistent with diversion."""


@dataclass(frozen=True)
class Told:
    """An episode that was told: rows of the accepted incidents in order of time, the true episodes that it
    holds, and what was said of diversion, with the larger area that was named."""

    episode_id: str
    rows: Ints
    holds: tuple[int, ...]
    verdict: str
    named: str | None


def told_episodes(tables: Mapping[str, pa.Table], accepted: Accepted) -> list[Told]:
    """The episodes of an assessment, in its order."""
    members = tables["episode_incidents"]
    places = accepted.places(members["incident_id"])
    own: dict[str, list[int]] = {}
    for episode, place in zip(members["episode_id"].to_pylist(), places.tolist(), strict=True):
        own.setdefault(episode, []).append(place)
    at_s = accepted.rows["at_s"].to_numpy()
    named = dict(
        zip(
            tables["diversion"]["episode_id"].to_pylist(),
            tables["diversion"]["area"].to_pylist(),
            strict=True,
        )
    )
    told = []
    for row in tables["episodes"].select(["episode_id", "diversion"]).to_pylist():
        rows = np.array(own[row["episode_id"]], dtype=np.int64)
        rows = rows[np.argsort(at_s[rows], kind="stable")]
        told.append(
            Told(
                row["episode_id"],
                rows,
                tuple(held_in(accepted.episode[rows])),
                row["diversion"],
                named.get(row["episode_id"]),
            )
        )
    return told


def true_episodes(
    truth: Mapping[str, pa.Table], accepted: Accepted, told: Sequence[Told], by_rule: frozenset[int]
) -> list[dict[str, Any]]:
    """What became of each true episode of the days assessed: rows of `episodes_table`.

    `by_rule` holds the numbers of those that the best plain rule found.
    """
    # The truth has areas by day.
    pairs = truth["areas"].group_by(["area", "larger_area"]).aggregate([]).to_pylist()
    larger_of = {pair["area"]: pair["larger_area"] for pair in pairs}
    own = accepted.episode >= 0
    incidents = Counter(accepted.episode[own].tolist())
    countable = Counter(
        accepted.episode[own & accepted.rows["countable"].to_numpy(zero_copy_only=False)].tolist()
    )
    holders: dict[int, list[Told]] = {}
    for one in told:
        for number in one.holds:
            holders.setdefault(number, []).append(one)
    told_of = {row["episode"]: row for row in truth["episodes"].to_pylist()}
    rows = []
    for number in accepted.judged():
        true, by = told_of[number], holders.get(number, [])
        target = true["target_area"]
        # A target may be named by its small area or by the larger one.
        larger = None if target is None else larger_of.get(target, target)
        said = [one for one in by if one.verdict == SAID]
        after = true["target_at"] - true["first_at"] if true["target_at"] and true["first_at"] else None
        rows.append(
            {
                "episode": number,
                "stealth": true["stealth"],
                "purpose": true["purpose"],
                "larger_areas": sorted(true["larger_areas"] or []),
                "incidents": incidents[number],
                "countable": countable[number],
                "found": bool(by),
                "found_by_rule": number in by_rule,
                "told_as": [one.episode_id for one in by],
                "target": larger,
                "target_after_min": after.total_seconds() / 60 if after is not None else None,
                "cannot_tell": bool(by) and all(one.verdict == "cannot tell" for one in by),
                "said": bool(said),
                "named": larger is not None and any(one.named == larger for one in said),
            }
        )
    return rows


def episodes_table(episodes: Sequence[dict[str, Any]]) -> pa.Table:
    """The table `true_episodes`: incidents accepted, how many of them the search can count, whether it was
    found, as which episodes, and what was said of diversion; `target` is the larger area where something
    happened, `target_after_min` how long after the first incident."""
    names = pa.list_(pa.string())
    return pa.Table.from_pylist(
        list(episodes),
        pa.schema(
            [
                ("episode", pa.int64()), ("stealth", pa.string()), ("purpose", pa.string()),
                ("larger_areas", names), ("incidents", pa.int64()), ("countable", pa.int64()),
                ("found", pa.bool_()), ("found_by_rule", pa.bool_()), ("told_as", names),
                ("target", pa.string()), ("target_after_min", pa.float64()), ("cannot_tell", pa.bool_()),
                ("said", pa.bool_()), ("named", pa.bool_()),
            ]
        ),
    )  # fmt: skip


def told_table(told: Sequence[Told], accepted: Accepted) -> pa.Table:
    """The table `told`: the true episodes that each holds, and why its incidents are there (`6 episode`)."""
    rows = []
    for one in told:
        causes = Counter(accepted.cause.take(pa.array(one.rows)).to_pylist())
        rows.append(
            {
                "episode_id": one.episode_id,
                "incidents": len(one.rows),
                "holds": list(one.holds),
                "causes": [
                    f"{n} {cause}" for cause, n in sorted(causes.items(), key=lambda c: (-c[1], c[0]))
                ],
                "diversion": one.verdict,
                "named": one.named,
            }
        )
    return pa.Table.from_pylist(
        rows,
        pa.schema(
            [
                ("episode_id", pa.string()), ("incidents", pa.int64()), ("holds", pa.list_(pa.int64())),
                ("causes", pa.list_(pa.string())), ("diversion", pa.string()), ("named", pa.string()),
            ]
        ),
    )  # fmt: skip


def diversions_table(episodes: Sequence[dict[str, Any]], told: Sequence[Told], truth: pa.Table) -> pa.Table:
    """How often "consistent with diversion" was said of whom, and the right larger area named.

    Columns: group, episodes, cannot_tell, said, share, low, high, named, named_share, named_low, named_high
    (the last four where there is a target). `with a target` counts true episodes that were found; the other
    groups count episodes as they were told: `without a target` (true ones), `false` (none is true) and
    `no target at all` (both).
    """
    targeted = {row["episode"] for row in truth.to_pylist() if row["target_area"] is not None}
    found = [row for row in episodes if row["found"] and row["target"] is not None]
    without = [one for one in told if one.holds and not targeted & set(one.holds)]
    false = [one for one in told if not one.holds]
    named = sum(row["named"] for row in found)
    named_low, named_high = wilson(named, len(found))
    cannot_tell = [row["cannot_tell"] for row in found]
    rows = [
        {
            **_said("with a target", [row["said"] for row in found], cannot_tell),
            "named": named,
            "named_share": named / len(found) if found else None,
            "named_low": named_low,
            "named_high": named_high,
        }
    ]
    for group, mine in (
        ("without a target", without),
        ("false", false),
        ("no target at all", without + false),
    ):
        cannot_tell = [one.verdict == "cannot tell" for one in mine]
        rows.append(_said(group, [one.verdict == SAID for one in mine], cannot_tell))
    counts = ("episodes", "cannot_tell", "said", "named")
    names = ("group", "episodes", "cannot_tell", "said", "share", "low", "high", "named", "named_share",
             "named_low", "named_high")  # fmt: skip
    types = {"group": pa.string(), **dict.fromkeys(counts, pa.int64())}
    schema = pa.schema([(name, types.get(name, pa.float64())) for name in names])
    return pa.Table.from_pylist(rows, schema)


def _said(group: str, said: Sequence[bool], cannot_tell: Sequence[bool]) -> dict[str, Any]:
    n = len(said)
    low, high = wilson(sum(said), n)
    return {
        "group": group,
        "episodes": n,
        "cannot_tell": sum(cannot_tell),
        "said": sum(said),
        "share": sum(said) / n if n else None,
        "low": low,
        "high": high,
    }
