"""Who is assessed, and who never is.

Invariant: a protected incident (sexual, domestic, child, hate, mental health, missing person, stalking,
trafficking, threat to life; by kind or by words) is counted here and leaves. No later step sees it: it is no
row of any table, counts towards none, and is not company for another incident. Only its units are known to be
out, as time, when it is asked what an episode drew away.
"""

from __future__ import annotations

import ibis

from lippen.engine import Engine

REASONS = ("protected", "own_activity", "sensor", "no_outcome")
"""Why nothing is learned from an incident, in the order in which it is asked: protection comes first."""


def left_out(incidents: ibis.Table, engine: Engine) -> dict[str, int]:
    """How many incidents are in no episode whatever they are, each counted under the first reason that holds.

    `incidents` has the columns of the kind `incident`. Returns a count for each of REASONS and for
    `no_place`: of those it is learned what is normal, but without a place they are near nothing.
    """
    reason = reason_left_out(incidents)
    placed = incidents.lat.notnull() & incidents.lon.notnull()
    counted = incidents.select(reason=ibis.ifelse((reason == "assessed") & ~placed, "no_place", reason))
    counts = engine.collect(counted.group_by("reason").aggregate(n=ibis._.count()))
    found = dict(zip(counts["reason"].to_pylist(), counts["n"].to_pylist(), strict=True))
    return {name: int(found.get(name, 0)) for name in (*REASONS, "no_place")}


def reason_left_out(incidents: ibis.Table) -> ibis.Value:
    """A string column: `assessed`, or the first of REASONS that holds."""
    return ibis.cases(
        (incidents.protected, "protected"),
        (incidents.own_activity, "own_activity"),
        (incidents.sensor, "sensor"),
        (incidents.outcome == "unknown", "no_outcome"),
        else_="assessed",
    )
