"""Who is assessed, and who never is.

Invariant: a protected incident (sexual, domestic, child, hate, mental health, missing person, stalking,
trafficking, threat to life; by kind or by words) is counted here and leaves; no later step sees its row.
"""

from __future__ import annotations

import ibis

from lippen.engine import Engine

REASONS = ("protected", "own_activity", "sensor", "no_outcome")
"""Why an incident is not assessed, in the order in which it is asked: protection comes before all else."""


def left_out(incidents: ibis.Table, engine: Engine) -> dict[str, int]:
    """How many incidents are not assessed, by the first of REASONS that holds for each.

    `incidents` has the columns of the kind `incident`. One pass of the engine counts them.
    """
    counts = engine.collect(
        incidents.select(reason=reason_left_out(incidents)).group_by("reason").aggregate(n=ibis._.count())
    )
    found = dict(zip(counts["reason"].to_pylist(), counts["n"].to_pylist(), strict=True))
    return {name: int(found.get(name, 0)) for name in REASONS}


def reason_left_out(incidents: ibis.Table) -> ibis.Value:
    """A string column: `assessed`, or the first of REASONS that holds."""
    return ibis.cases(
        (incidents.protected, "protected"),
        (incidents.own_activity, "own_activity"),
        (incidents.sensor, "sensor"),
        (incidents.outcome == "unknown", "no_outcome"),
        else_="assessed",
    )
