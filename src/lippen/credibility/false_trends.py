"""Did the assessment take a trend that is none for harm?

A sandbox plants trends that are not what they seem: a drive that has more people report, a school term. An
assessment that takes one for harm tells more episodes in its days and areas than the budget explains, or
suspends itself. Weeks outside their interval are no such mistake: more was written down, so the counts do
move, and a page of counts that hid it would be wrong. They are counted and told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import bdtrc, pdtrc

from lippen.credibility.truth import Accepted

SURPRISING = 0.05
"""What chance alone would bring this seldom is surprising: false episodes, or weeks outside."""

OUTSIDE_BY_CHANCE = 0.05
"""The weekly interval is one of 95 in 100."""

FALSE_TRENDS = pa.schema(
    [
        ("kind", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("days_assessed", pa.int64()),
        ("episodes", pa.int64()),
        ("episodes_expected", pa.float64()),
        ("episodes_p", pa.float64()),
        ("weeks", pa.int64()),
        ("weeks_outside", pa.int64()),
        ("weeks_expected", pa.float64()),
        ("weeks_p", pa.float64()),
        ("suspended", pa.bool_()),
        ("fired", pa.list_(pa.string())),
        ("verdict", pa.string()),
    ]
)


@dataclass(frozen=True)
class FalseEpisode:
    """An episode that holds no true one: the local day and the areas, small and larger, that it begins in."""

    day: date
    area: str | None
    larger_area: str | None


def trends_table(
    trends: pa.Table,
    false: Sequence[FalseEpisode],
    weeks: pa.Table,
    accepted: Accepted,
    budget: float,
    searched: bool,
    suspended: bool,
) -> pa.Table:
    """What fired during each false trend: one row a trend, columns of FALSE_TRENDS.

    `trends` has the columns of TRUTH["false_trends"] (without areas, a trend is everywhere; rows of one kind
    and the same days, as every burgh of a nation has them, are one trend), `weeks` those of
    the result table `volumes_week`; `budget` is in false episodes in 30 days, `searched` whether episodes
    were looked for, `suspended` whether the assessment suspended itself. Expected episodes are the budget's
    for the trend's days assessed and its areas' share of the incidents searched; p-values are one-sided,
    Poisson for episodes and binomial for weeks. `fired` names what took the trend for harm: `episodes` beyond
    the budget, or `suspended`. The verdict is `fired`; `counted` where nothing did and only the weeks are
    surprising, as the trend (or chance) makes them; `quiet` where neither is; or `cannot tell` where no
    episode was looked for in its days, whatever the weeks say.
    """
    days = pc.unique(accepted.rows["local_day"].filter(pa.array(accepted.later))).to_pylist()
    rows = []
    for (kind, first, last), areas in _together(trends).items():
        inside = sum(first <= day <= last for day in days)
        row: dict[str, Any] = {
            "kind": kind,
            "first_day": first,
            "last_day": last,
            "days_assessed": inside,
            "suspended": suspended and inside > 0,
            "fired": [],
        }
        if searched and inside:
            told = sum(
                first <= one.day <= last and (not areas or bool(areas & {one.area, one.larger_area}))
                for one in false
            )
            expected = budget * inside / 30 * _share(areas, accepted)
            row |= {
                "episodes": told,
                "episodes_expected": expected,
                "episodes_p": float(pdtrc(told - 1, expected)) if told else 1.0,
            }
        own = [
            week
            for week in weeks.to_pylist()
            if week["low"] is not None and week["week"] <= last and week["week"] + timedelta(days=6) >= first
        ]
        if own:
            outside = sum(not week["low"] <= week["incidents"] <= week["high"] for week in own)
            row |= {
                "weeks": len(own),
                "weeks_outside": outside,
                "weeks_expected": OUTSIDE_BY_CHANCE * len(own),
                "weeks_p": float(bdtrc(outside - 1, len(own), OUTSIDE_BY_CHANCE)) if outside else 1.0,
            }
        row["fired"] = [
            name
            for name, fired in (
                ("episodes", row.get("episodes_p", 1.0) < SURPRISING),
                ("suspended", row["suspended"]),
            )
            if fired
        ]
        if row["fired"]:
            row["verdict"] = "fired"
        elif not (searched and inside):
            row["verdict"] = "cannot tell"  # weeks alone cannot say that nothing was taken for harm
        else:
            row["verdict"] = "counted" if row.get("weeks_p", 1.0) < SURPRISING else "quiet"
        rows.append({name: row.get(name) for name in FALSE_TRENDS.names})
    return pa.Table.from_pylist(rows, FALSE_TRENDS)


def _together(trends: pa.Table) -> dict[tuple[str, date, date], set[str]]:
    """The areas of each trend, by its kind, first and last day; none where it is everywhere."""
    areas: dict[tuple[str, date, date], list[list[str]]] = {}
    for row in trends.to_pylist():
        areas.setdefault((row["kind"], row["first_day"], row["last_day"]), []).append(row["areas"] or [])
    return {
        trend: {one for named in lists for one in named} if all(lists) else set()
        for trend, lists in areas.items()
    }


def _share(areas: set[str], accepted: Accepted) -> float:
    """The share of the incidents searched that lie in `areas`, small or larger; all of them without any."""
    if not areas:
        return 1.0
    among = pa.array(sorted(areas), pa.string())
    inside = pc.or_(
        pc.is_in(accepted.rows["area"], value_set=among),
        pc.is_in(accepted.rows["larger_area"], value_set=among),
    )
    searched = np.asarray(accepted.rows["searched"]) & accepted.later
    return float(np.asarray(inside)[searched].mean()) if searched.any() else 0.0
