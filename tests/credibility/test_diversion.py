"""What an episode drew away: never more than "consistent with", and "cannot tell" with its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control
from towns import LARGER, Row, at, campaign, incidents, spot

from lippen.credibility.diversion import (
    LEAST_CONTROLS,
    Drawn,
    collect_responses,
    diversion_table,
    diversions,
    why_cannot_tell,
)
from lippen.engine import Engine

WEEKS = 12
EPISODE_DAY = 60
CARSEMUIR, GOWANLAW, WHINHAUGH = 0, 2, 4
"""A small area of each larger area."""


def units(row: Row, sent_min: float = 5, busy_min: float = 30, number: int = 1) -> Row:
    """The row with its unit times: sent so many minutes after the call, busy so long."""
    sent = row["reported_at"] + dt.timedelta(minutes=sent_min)
    return {
        **row,
        "dispatched_at": sent,
        "cleared_at": sent + dt.timedelta(minutes=busy_min),
        "units": number,
    }


def usual_evenings() -> list[Row]:
    """Every evening two incidents with something found in each larger area, at 20:15 and 21:15."""
    return [
        units({"reported_at": at(day, hour, 15), "outcome": "founded", **spot(area, 1)})
        for day in range(7 * WEEKS)
        for hour in (20, 21)
        for area in (CARSEMUIR, GOWANLAW, WHINHAUGH)
    ]


def episode(name: str, day: int, hour: int = 20, **more: Any) -> list[Row]:
    """Six calls with nothing found in Carsemuir; each keeps two units busy for 30 minutes."""
    places = [(CARSEMUIR, n) for n in (0, 2, 4, 6, 8)] + [(1, 3)]
    return [units(row, number=2) for row in campaign(name, at(day, hour), places, **more)]


def attack(day: int, area: int, **more: Any) -> list[Row]:
    """Eight incidents with something found within two hours."""
    return [
        units({"reported_at": at(day, 20, 10 + 12 * n), "outcome": "founded", **spot(area, n), **more})
        for n in range(8)
    ]


def drawn_by(rows: list[Row], engine: Engine, *names: str) -> list[Drawn]:
    rows = [{"incident_id": f"u{n:05d}", **row} for n, row in enumerate(rows)]
    responses = collect_responses(engine.table(incidents(rows)), engine)
    ids = [row["incident_id"] for row in rows]
    return diversions(responses, [[one for one in ids if one.startswith(name)] for name in names])


def test_an_attack_elsewhere_is_consistent_with_diversion(duck: Engine) -> None:
    (drawn,) = drawn_by(
        [*usual_evenings(), *episode("e", EPISODE_DAY), *attack(EPISODE_DAY, GOWANLAW)], duck, "e"
    )
    assert drawn.verdict == "consistent with"
    # Two units for 30 minutes at each of six incidents.
    assert drawn.unit_minutes == 6 * 2 * 30
    # Ten in two hours, two of them as on any evening: of all windows none had as many, so p = 1 / (m + 1).
    assert (drawn.observed, drawn.expected) == (10, 2)
    # Windows from half past seven and from eight; at half past eight three units are out, and none was here.
    assert drawn.matched_controls == 2 * (WEEKS - 1)
    assert drawn.p_value == drawn.q_value == 1 / (drawn.matched_controls + 1)
    assert drawn.area == "Gowanlaw"
    # Two at each of the last five of its calls, and those in the other larger areas since 20:15.
    assert drawn.statement.startswith("At its end 12 units were out, where ")


def test_without_an_attack_there_is_no_sign(duck: Engine) -> None:
    (drawn,) = drawn_by([*usual_evenings(), *episode("e", EPISODE_DAY)], duck, "e")
    assert (drawn.verdict, drawn.area) == ("no sign", None)
    assert drawn.observed == drawn.expected == 2
    assert drawn.p_value == 1.0


@pytest.mark.parametrize(
    "elsewhere",
    [
        attack(EPISODE_DAY, CARSEMUIR),  # in the episode's own larger area
        attack(EPISODE_DAY, GOWANLAW, protected=True),
        attack(EPISODE_DAY, GOWANLAW, own_activity=True),
        attack(EPISODE_DAY, GOWANLAW, outcome="unfounded"),
        attack(EPISODE_DAY, GOWANLAW, outcome="unknown"),
        attack(EPISODE_DAY, GOWANLAW, larger_area=None),
        attack(EPISODE_DAY - 1, GOWANLAW),  # on another day
    ],
)
def test_what_is_no_attack_elsewhere_is_no_sign(duck: Engine, elsewhere: list[Row]) -> None:
    (drawn,) = drawn_by([*usual_evenings(), *episode("e", EPISODE_DAY), *elsewhere], duck, "e")
    assert drawn.verdict == "no sign"
    assert drawn.observed == drawn.expected == 2


def test_several_larger_areas_are_one_test(duck: Engine) -> None:
    """A window counts against the episode when any area stood out in it as much, not only the same one."""
    rows = [*usual_evenings(), *episode("e", EPISODE_DAY), *attack(EPISODE_DAY, GOWANLAW)]
    worse = [row for _ in range(3) for row in attack(EPISODE_DAY - 14, WHINHAUGH)]
    (alone,), (among,) = drawn_by(rows, duck, "e"), drawn_by([*rows, *worse], duck, "e")
    assert alone.p_value == 1 / (alone.matched_controls + 1)
    # Both windows of that evening hold it.
    assert among.p_value == 3 / (among.matched_controls + 1)
    assert among.observed == 10


def test_q_values_are_those_of_benjamini_and_hochberg(duck: Engine) -> None:
    """Three episodes: with eight incidents elsewhere, with one more than usual, with none."""
    rows = [*usual_evenings()]
    for name, day, found in (("a", 30, 8), ("b", 45, 1), ("c", 61, 0)):
        rows += episode(name, day) + attack(day, GOWANLAW)[:found]
    drawn = drawn_by(rows, duck, "a", "b", "c")
    p = [one.p_value for one in drawn]
    assert None not in p
    assert p[2] == 1.0
    theirs = false_discovery_control(np.array(p, dtype=np.float64), method="bh")
    assert [one.q_value for one in drawn] == pytest.approx(theirs.tolist())
    assert drawn[0].verdict == "consistent with"
    assert drawn[2].verdict == "no sign"


def test_windows_are_matched_by_how_many_units_are_busy(duck: Engine) -> None:
    """Nine patrols out on the evening of the episode, and on no other: then no window is like it."""
    patrols = [
        units({"reported_at": at(EPISODE_DAY, 19, n), "own_activity": True, **spot(4, 1)}, busy_min=120)
        for n in range(9)
    ]
    (drawn,) = drawn_by([*usual_evenings(), *patrols, *episode("e", EPISODE_DAY)], duck, "e")
    assert drawn.verdict == "cannot tell"
    assert drawn.statement == "Only 0 windows of other weeks, at this hour, have as many units free."
    assert drawn.matched_controls == 0
    assert drawn.unit_minutes == 360


def test_few_weeks_are_too_few_to_tell(duck: Engine) -> None:
    rows = [row for row in usual_evenings() if row["reported_at"] < at(28, 0)]
    (drawn,) = drawn_by([*rows, *episode("e", 17), *attack(17, GOWANLAW)], duck, "e")
    assert drawn.matched_controls == 6 < LEAST_CONTROLS
    assert drawn.verdict == "cannot tell"
    assert (drawn.observed, drawn.p_value, drawn.q_value) == (None, None, None)


def test_a_window_that_the_incidents_begin_or_end_within_is_no_control(duck: Engine) -> None:
    """Cut in the middle of an evening, the last week has half a window, which would look too quiet."""
    end = at(7 * WEEKS - 7 + EPISODE_DAY % 7, 21, 15)
    rows = [row for row in usual_evenings() if row["reported_at"] <= end]
    (drawn,) = drawn_by([*rows, *episode("e", EPISODE_DAY)], duck, "e")
    assert drawn.matched_controls == 2 * (WEEKS - 2)
    assert drawn.expected == 2


def test_where_most_of_its_unit_times_are_missing_it_cannot_be_told(duck: Engine) -> None:
    timeless = [
        {key: value for key, value in row.items() if n < 2 or key not in ("dispatched_at", "cleared_at")}
        for n, row in enumerate(episode("e", EPISODE_DAY))
    ]
    (drawn,) = drawn_by([*usual_evenings(), *timeless], duck, "e")
    assert (drawn.verdict, drawn.unit_minutes) == ("cannot tell", None)
    assert drawn.statement == "Unit times are missing for most of its incidents."


def test_without_unit_times_or_larger_areas_nothing_can_be_told(duck: Engine) -> None:
    bare = campaign("b", at(3, 3), [(0, 0), (0, 2)])
    assert collect_responses(duck.table(incidents(bare)), duck) is None
    assert why_cannot_tell(None) == "The export has no unit times."
    (drawn,) = diversions(None, [["b00", "b01"]])
    assert (drawn.verdict, drawn.statement) == ("cannot tell", "The export has no unit times.")
    one_area = collect_responses(duck.table(incidents(units(row) for row in bare)), duck)
    assert why_cannot_tell(one_area) == "The export names no larger areas to compare."
    (drawn,) = diversions(one_area, [["b00", "b01"]])
    assert drawn.statement == "The export names no larger areas to compare."


def test_an_episode_in_every_larger_area_has_no_elsewhere(duck: Engine) -> None:
    places = [(CARSEMUIR, 0), (GOWANLAW, 0), (WHINHAUGH, 0)]
    everywhere = [units(row) for row in campaign("e", at(EPISODE_DAY, 20), places)]
    (drawn,) = drawn_by([*usual_evenings(), *everywhere], duck, "e")
    assert (drawn.verdict, drawn.statement) == (
        "cannot tell",
        "It lies in every larger area within reach at once.",
    )


def test_units_are_busy_from_when_they_leave_until_they_are_free(duck: Engine) -> None:
    """Two units from 12:05 to 12:35, one from 12:20 to 12:50; the times of one more make no sense."""
    rows = [
        units({"reported_at": at(1, 12), **spot(0, 0)}, number=2),
        units({"reported_at": at(1, 12, 15), **spot(0, 0)}),
        {**units({"reported_at": at(1, 12), **spot(0, 0)}), "cleared_at": at(1, 11)},
    ]
    responses = collect_responses(duck.table(incidents(rows)), duck)
    assert responses is not None
    minutes = {0: 0, 5: 2, 19: 2, 20: 3, 34: 3, 35: 1, 49: 1, 50: 0}
    noon = int(at(1, 12).replace(tzinfo=dt.UTC).timestamp())
    moments = np.array([noon + 60 * minute for minute in minutes])
    assert responses.busy(moments).tolist() == list(minutes.values())


def test_arrival_and_closing_stand_in_for_leaving_and_being_free(duck: Engine) -> None:
    row: Row = {
        "reported_at": at(1, 12),
        "arrived_at": at(1, 12, 10),
        "closed_at": at(1, 12, 40),
        **spot(0, 0),
    }
    responses = collect_responses(duck.table(incidents([row])), duck)
    assert responses is not None
    assert (responses.free_s - responses.sent_s).tolist() == [1800]
    assert responses.units.tolist() == [1]
    assert responses.names == (LARGER[0],)


def test_the_table_has_a_row_for_each_episode(duck: Engine) -> None:
    drawn = drawn_by([*usual_evenings(), *episode("e", EPISODE_DAY)], duck, "e")
    (row,) = diversion_table(["ep-1"], drawn).to_pylist()
    assert row["episode_id"] == "ep-1"
    assert row["unit_minutes"] == 360
    assert "verdict" not in row  # it stands with the episode
    assert diversion_table([], []).num_rows == 0


def test_what_happens_in_another_town_is_no_diversion(duck: Engine) -> None:
    """Units of one town answer no calls of another: the same attack counts near by, and not 50 km away."""
    far = {"larger_area": "Auchenlint", "lat": 56.65, "lon": -1.85}
    usual = [*usual_evenings(), *({**row, **far} for row in usual_evenings()), *episode("e", EPISODE_DAY)]
    (near,) = drawn_by([*usual, *attack(EPISODE_DAY, GOWANLAW)], duck, "e")
    (away,) = drawn_by([*usual, *attack(EPISODE_DAY, GOWANLAW, **far)], duck, "e")
    assert (near.verdict, near.area) == ("consistent with", "Gowanlaw")
    assert away.verdict == "no sign"
    assert away.area != "Auchenlint"
