"""One seed with and without each intervention: what differs in truth, and in what the streams would show.

The invariant: the worlds compared differ in one intervention and in nothing else, no random number included.
So a difference is the intervention's own; it is nought before its first day and outside its areas, and how
large it is was assumed (`parameters.toml`; the table of assumptions lists the numbers). It shows how one
could be misled, and forecasts nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lippen.progress import Stages
from lippen.sandbox.areas import check_areas, named_areas
from lippen.sandbox.chance import Ints, Mask
from lippen.sandbox.generation import MOST_DAYS, MOST_SEED, draw_streams
from lippen.sandbox.measures import WEEK, Series, shown_by, swing, too_little, true_of
from lippen.sandbox.parameters import all_parameters, number
from lippen.sandbox.place import burgh
from lippen.sandbox.scenario import EVERYWHERE, INTERVENTIONS, Intervention, Scenario
from lippen.sandbox.scenario_text import ScenarioError
from lippen.sandbox.streams.clock import dates
from lippen.sandbox.streams.drawn import Drawn
from lippen.sandbox.world import World, make_world
from lippen.wording import counted

NONE = "none"
TRUTH, STREAMS = "truth", "streams"
ITS_AREAS, ELSEWHERE, WHOLE_TOWN = "its areas", "elsewhere", "whole town"
READ_AS = {
    "incident": "activity",
    "sighting": "activity",
    "listing": "activity",
    "record": "homes_taken_over",
    "concern": "activity",
    "report": "activity",
    "answer_good_police": "trust",
    "answer_affected": "affected",
}
"""What a reader who sees how the streams differ, and not the truth, takes each measure of them for."""

SAME_WAY, OTHER_WAY, MOVES_ALONE = "same way", "other way", "moves alone"
NOT_SEEN, NEITHER, TOO_LITTLE = "not seen", "neither moves", "too little to say"

MOVES_PER_CENT = 0.5
"""Nobody would call less than that a change."""

_MADE_OF_TOO = {
    "joint_visits": ("concern.joint_visits.",),
    "channel_recognition": ("world.channel_pressed",),
    "police_drive": ("world.channel_pressed",),
}
"""The numbers that an intervention is made of beside its own (`intervention.*`), by how their names begin."""

_TEXT, _NUMBER = pa.string(), pa.float64()
_WEEKS = pa.schema(
    [(one, _TEXT) for one in ("variant", "side", "measure")]
    + [("week", pa.date32()), ("where", _TEXT), ("value", _NUMBER)]
)
_FIGURES = ("before", "without", "with", "difference", "per_cent", "weeks_vary_by")
_COUNTS = ("count_before", "count_without", "count_with")
_DIFFERENCES = pa.schema(
    [(one, _TEXT) for one in ("variant", "side", "measure", "where")]
    + [(one, _NUMBER) for one in (*_FIGURES, *_COUNTS)]
    + [("too_little", pa.bool_())]
    + [("read_as", _TEXT), ("looks_like", _TEXT)]
)
_ASSUMPTIONS = pa.schema(
    [("intervention", _TEXT), ("parameter", _TEXT), ("value", _NUMBER)]
    + [(one, _TEXT) for one in ("unit", "source", "says")]
)


@dataclass(frozen=True)
class Comparison:
    """What was compared (`facts`, ready for JSON) and what came out (`tables`).

    `weeks`: variant ("none" or a kind of intervention), side ("truth", "streams"), measure, week (its first
    day), where ("its areas", "elsewhere"; of streams "whole town"), value (null: cannot be told). Values are
    of whole weeks from the first day on: means over residents, homes on the week's first day, people drawn in
    so far, rows a week, shares of answers.

    `differences`: variant, side, measure, where; over the days on which the intervention is on (from `since`
    to `until` in `facts`, or to the last day) `without` and `with` it, their `difference`, `per_cent`;
    `before`, over the days before; `weeks_vary_by` (standard deviation from week to week, without it);
    `count_before`, `count_without`, `count_with`: how many rows, answers of yes or people stand behind them,
    or homes on one day (null: nothing is counted); `too_little` for a per cent: fewer than 30 with or without
    it, or, of streams, a difference no larger than its own standard deviation from week to week, or of fewer
    than 8 whole weeks; for streams `read_as` (the true measure that readers take it for) and `looks_like`:
    "same way", "other way", "moves alone" (what it is read as does not move), "not seen" (what it is read as
    moves), "neither moves" or "too little to say".

    `assumptions`: intervention, parameter, value, unit, source ("assumed" where there is none), says.
    """

    facts: dict[str, Any]
    tables: dict[str, pa.Table]


def done_from(kind: str, start: int, areas: tuple[str, ...] = EVERYWHERE) -> Intervention:
    """An intervention from day `start` on. A police drive ends after a while, as drives do; others stay."""
    if kind != "police_drive":
        return Intervention(kind, start, areas)
    return Intervention(kind, start, areas, start + int(number("intervention.police_drive.days")))


def compare(
    scenario: Scenario,
    days: int,
    seed: int,
    interventions: tuple[Intervention, ...],
    stages: Stages | None = None,
) -> Comparison:
    """Invermarrow under `scenario`, without any intervention and with each of `interventions` alone.

    Interventions of the scenario's own are left out. Raises ScenarioError when there is nothing to compare, a
    kind is unknown or named twice, their areas differ or are nowhere in Invermarrow, one begins outside the
    days, or days or seed cannot be drawn.
    """
    place = burgh(0)
    _check(days, seed, interventions)
    check_areas(scenario, burghs=1)
    here = named_areas(place, interventions[0].areas)
    if not here.any():
        raise ScenarioError(
            "none of the areas named lies in Invermarrow",
            remedy=f"Name all, or some of: {', '.join(place.larger_names)}.",
        )
    stages = stages or Stages(quiet=True)
    measured: dict[str, _Measured] = {}
    with stages.stage("draw the worlds") as stage:
        for name, done in [(NONE, ()), *((one.kind, (one,)) for one in interventions)]:
            world = make_world(0, scenario.with_interventions(*done), days, seed)
            streams = draw_streams(world, texts=False)
            measured[name] = _measured(world, streams, here)
            stage.advance(sum(one.rows.num_rows for one in streams.values()))
    differences = [row for one in interventions for row in _differences(measured, one)]
    kinds = [one.kind for one in interventions]
    return Comparison(
        facts=_facts(scenario, days, seed, interventions, here),
        tables={
            "weeks": _weeks(measured, scenario.first_day),
            "differences": pa.Table.from_pylist(differences, schema=_DIFFERENCES),
            "assumptions": _assumptions(kinds),
        },
    )


def _check(days: int, seed: int, interventions: tuple[Intervention, ...]) -> None:
    if not WEEK <= days <= MOST_DAYS:
        raise ScenarioError(
            f"{counted(days, 'day')} cannot be compared", remedy=f"Give {WEEK} to {MOST_DAYS} days."
        )
    if not 0 <= seed <= MOST_SEED:
        raise ScenarioError(
            f"the seed {seed} cannot be used", remedy=f"Give a whole number from 0 to {MOST_SEED}."
        )
    kinds = [one.kind for one in interventions]
    unknown = [one for one in kinds if one not in INTERVENTIONS]
    if unknown:
        raise ScenarioError(
            f"there is no intervention {unknown[0]!r}", remedy=f"Known are: {', '.join(INTERVENTIONS)}."
        )
    if not kinds:
        raise ScenarioError("there is no intervention to compare", remedy="Name at least one.")
    twice = sorted({one for one in kinds if kinds.count(one) > 1})
    if twice:
        raise ScenarioError(f"the intervention {twice[0]} is named twice", remedy="Name it once.")
    if len({one.areas for one in interventions}) > 1:
        raise ScenarioError("the interventions are not in the same areas", remedy="Name the same for all.")
    for one in interventions:
        if not 0 <= one.start <= days - WEEK:
            raise ScenarioError(
                f"an intervention from day {one.start} on cannot be compared over {days} days",
                remedy=f"Let it begin at least {WEEK} days before the end, on day 0 at the earliest.",
            )


_Measured = dict[tuple[str, str, str], Series]


def _measured(world: World, streams: dict[str, Drawn], here: Mask) -> _Measured:
    """Every measure by side, name and where; the truth comes first."""
    found: _Measured = {}
    for where, areas in ((ITS_AREAS, here), (ELSEWHERE, ~here)):
        if areas.any():
            found |= {(TRUTH, name, where): one for name, one in true_of(world, areas).items()}
    return found | {(STREAMS, name, WHOLE_TOWN): one for name, one in shown_by(world, streams).items()}


def _weeks(measured: dict[str, _Measured], first_day: dt.date) -> pa.Table:
    rows: dict[str, list[Any]] = {name: [] for name in _WEEKS.names if name != "week"}
    week: list[Ints] = []
    for variant, found in measured.items():
        for (side, measure, where), series in found.items():
            values = series.by_week()
            week.append(np.arange(len(values)) * WEEK)
            fixed = {"variant": variant, "side": side, "measure": measure, "where": where}
            for name, value in fixed.items():
                rows[name] += [value] * len(values)
            rows["value"] += [_rounded(value) for value in values]
    return (
        pa.table({**rows, "week": dates(first_day, np.concatenate(week))}).select(_WEEKS.names).cast(_WEEKS)
    )


def _differences(measured: dict[str, _Measured], done: Intervention) -> Iterator[dict[str, Any]]:
    before, on = slice(0, done.start), slice(done.start, done.end)
    plain, changed = measured[NONE], measured[done.kind]
    moved: dict[str, int] = {}
    for (side, measure, where), series in changed.items():
        averaged = series.week_by != "so far"
        other = plain[side, measure, where]
        without, with_it = other.over(on), series.over(on)
        row: dict[str, Any] = {
            "variant": done.kind,
            "side": side,
            "measure": measure,
            "where": where,
            "before": _rounded(series.over(before)) if averaged and done.start else None,
            "without": _rounded(without),
            "with": _rounded(with_it),
            "difference": None,
            "per_cent": None,
            "weeks_vary_by": _rounded(swing(other, on)),
            "count_before": _rounded(series.counted(before)),
            "count_without": _rounded(other.counted(on)),
            "count_with": _rounded(series.counted(on)),
        }
        if without is not None and with_it is not None:
            row["difference"] = _rounded(with_it - without)
            row["per_cent"] = _rounded(100 * (with_it - without) / without) if without else None
        row["too_little"] = bool(row["difference"]) and too_little(other, series, on)
        way = _way(row["difference"], row["per_cent"])
        if side == TRUTH and where == ITS_AREAS:
            moved[measure] = way
        if side == STREAMS:
            row["read_as"] = READ_AS[measure]
            if row["difference"] is not None:
                true = moved[READ_AS[measure]]
                row["looks_like"] = TOO_LITTLE if row["too_little"] else _looks(way, true)
        yield row


def _way(difference: float | None, per_cent: float | None) -> int:
    """-1 for less, 1 for more, 0 for what nobody would call a change. From nought, anything is a change."""
    if not difference or (per_cent is not None and abs(per_cent) < MOVES_PER_CENT):
        return 0
    return 1 if difference > 0 else -1


def _looks(shown: int, true: int) -> str:
    if shown == 0:
        return NOT_SEEN if true else NEITHER
    if true == 0:
        return MOVES_ALONE
    return SAME_WAY if shown == true else OTHER_WAY


def _assumptions(kinds: list[str]) -> pa.Table:
    rows = [
        {
            "intervention": kind,
            "parameter": one.name,
            "value": number(one.name),
            "unit": one.unit,
            "source": one.source,
            "says": one.says,
        }
        for kind in kinds
        for one in all_parameters().values()
        if one.name.startswith((f"intervention.{kind}.", *_MADE_OF_TOO.get(kind, ())))
    ]
    return pa.Table.from_pylist(rows, schema=_ASSUMPTIONS)


def _facts(
    scenario: Scenario, days: int, seed: int, interventions: tuple[Intervention, ...], here: Mask
) -> dict[str, Any]:
    place, first = burgh(0), scenario.first_day

    def day(number: int | None) -> str | None:
        return None if number is None else (first + dt.timedelta(days=number)).isoformat()

    return {
        "place": place.name,
        "days": days,
        "first_day": day(0),
        "last_day": day(days - 1),
        "seed": seed,
        "scenario": {"name": scenario.name, "title": scenario.title},
        "left_out_of_scenario": [one.kind for one in scenario.intervention],
        "interventions": [
            {
                "kind": one.kind,
                "since": day(one.start),
                "until": day(one.end - 1) if one.end is not None and one.end <= days else None,
            }
            for one in interventions
        ],
        "areas": {
            "named": list(interventions[0].areas),
            "codes": [place.codes[one] for one in np.flatnonzero(here)],
            "of": place.areas,
            "residents": int(place.residents[here].sum()),
            "of_residents": int(place.residents.sum()),
        },
        "false_trends": [
            {"kind": one.kind, "since": day(one.start), "until": day(one.end - 1)}
            for one in scenario.false_trend
            if one.start < days
        ],
        "moves_per_cent": MOVES_PER_CENT,
        "says": "Every effect is assumed until a source is given: a way to think, not a forecast.",
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0
