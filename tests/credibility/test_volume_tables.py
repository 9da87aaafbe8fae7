"""How volumes move: whole weeks beside earlier ones, kinds that rise or fall, areas large enough to show."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm
from towns import SINCE, Row, assess_town, at, incidents, ordinary_rows, spot

from lippen.credibility.volumes import LEAST_IN_AREA, volume_tables
from lippen.engine import Engine

NOTHING_ASSESSED = pa.table(
    {
        "area": pa.array([], pa.string()),
        "assessed": pa.array([], pa.int64()),
        "unfounded": pa.array([], pa.int64()),
        "expected_unfounded": pa.array([], pa.float64()),
    }
)


def volumes(
    rows: list[Row],
    engine: Engine,
    since: dt.date = dt.date(2024, 1, 29),
    expected: pa.Table = NOTHING_ASSESSED,
) -> dict[str, list[Row]]:
    tables = volume_tables(engine.table(incidents(rows)), engine, since, expected)
    return {name: table.to_pylist() for name, table in tables.items()}


def weekly_rows(counts: list[int], first_day: int = 0, kind: str = "NOISE") -> list[Row]:
    """So many incidents in each week, one on its Monday and one on its Sunday at least."""
    return [
        {"reported_at": at(first_day + 7 * week + (0 if n == 0 else 6), 12), "kind": kind, **spot(n % 3, 0)}
        for week, count in enumerate(counts)
        for n in range(count)
    ]


def test_weeks_are_whole_and_begin_on_monday(duck: Engine) -> None:
    """From a Wednesday to a Saturday: what lies before a first Monday or after a last Sunday is no week."""
    rows = [
        {"reported_at": at(day, 12), "outcome": "unfounded" if day % 7 == 0 else "founded"}
        for day in range(2, 27)
    ]
    table = volumes(rows, duck)["volumes_week"]
    assert [row["week"] for row in table] == [dt.date(2024, 1, 8), dt.date(2024, 1, 15)]
    assert [(row["incidents"], row["unfounded"]) for row in table] == [(7, 1), (7, 1)]


def test_a_week_without_incidents_counts_as_nought(duck: Engine) -> None:
    table = volumes(weekly_rows([3, 0, 2]), duck)["volumes_week"]
    assert [row["incidents"] for row in table] == [3, 0, 2]


def test_a_gap_between_two_stretches_of_data_is_no_quiet_time(duck: Engine) -> None:
    """Ten a week, then half a year of which nothing was brought in, then ten a week again."""
    rows = weekly_rows([10] * 10) + weekly_rows([10] * 10, first_day=7 * 36 + 1)
    tables = volumes(rows, duck, since=dt.date(2024, 1, 1) + dt.timedelta(weeks=40, days=1))
    weeks = tables["volumes_week"]
    assert [row["incidents"] for row in weeks] == [10] * 10 + [None] * 27 + [10] * 9
    assert {row["unfounded"] for row in weeks[10:37]} == {None}, "the week it ends within is not whole either"
    assert [row["expected"] for row in weeks[4:10]] == [10.0] * 6
    assert [row["expected"] for row in weeks[10:41]] == [None] * 31, "no week is held beside the gap"
    assert [row["expected"] for row in weeks[41:]] == [10.0] * 5
    (kind,) = tables["volumes_kind"]
    assert (kind["earlier_per_week"], kind["later_per_week"]) == (pytest.approx(10), pytest.approx(10))


def test_where_few_call_a_week_without_incidents_is_quiet_and_no_gap(duck: Engine) -> None:
    table = volumes(weekly_rows([6, 0, 0, 0, 6]), duck)["volumes_week"]
    assert [row["incidents"] for row in table] == [6, 0, 0, 0, 6]


def test_the_band_of_a_week_by_hand(duck: Engine) -> None:
    """After 10, 12, 8 and 10 the mean is 10. Weeks vary less than Poisson counts do, so they are held to vary
    as much: a new one by sqrt(10 * (1 + 1/4)) about the mean."""
    table = volumes(weekly_rows([10, 12, 8, 10, 14]), duck)["volumes_week"]
    assert [row["expected"] for row in table] == [None, None, None, None, 10.0]
    half = 1.959964 * np.sqrt(10 * 1.25)
    assert (table[4]["low"], table[4]["high"]) == (pytest.approx(10 - half), pytest.approx(10 + half))


def test_weeks_that_vary_more_widen_the_band(duck: Engine) -> None:
    """After 4, 16, 4 and 16 the variance is 48, 4.8 times the mean."""
    table = volumes(weekly_rows([4, 16, 4, 16, 9]), duck)["volumes_week"]
    half = 1.959964 * np.sqrt(10 * 4.8 * 1.25)
    assert table[4]["low"] == 0.0  # never below nought
    assert table[4]["high"] == pytest.approx(10 + half)


def test_only_the_eight_weeks_before_are_looked_at(duck: Engine) -> None:
    table = volumes(weekly_rows([90, 2, 2, 2, 2, 2, 2, 2, 2, 2]), duck)["volumes_week"]
    assert table[8]["expected"] == 13.0
    assert table[9]["expected"] == 2.0


def test_the_change_of_a_kind_by_hand(duck: Engine) -> None:
    """20 in four weeks, then 18 in two: 9 a week over 5, and sqrt(1/20 + 1/18) is the error of its log."""
    rows = weekly_rows([5, 5, 5, 5, 9, 9])
    (row,) = volumes(rows, duck)["volumes_kind"]
    assert (row["earlier_per_week"], row["later_per_week"], row["incidents"]) == (5.0, 9.0, 18)
    step = 1.959964 * np.sqrt(1 / 20 + 1 / 18)
    assert row["change_low"] == pytest.approx(9 / 5 * np.exp(-step) - 1)
    assert row["change_high"] == pytest.approx(9 / 5 * np.exp(step) - 1)


def test_many_kinds_widen_each_interval(duck: Engine) -> None:
    """Of twenty kinds that did not change one would seem to, if each were looked at alone (C. Bonferroni)."""
    rows = [row for n in range(20) for row in weekly_rows([5, 5, 5, 5, 9, 9], kind=f"K{n:02d}")]
    table = volumes(rows, duck)["volumes_kind"]
    step = norm.ppf(1 - 0.025 / 20) * np.sqrt(1 / 20 + 1 / 18)
    assert len(table) == 20
    assert {round(row["change_low"], 9) for row in table} == {round(9 / 5 * np.exp(-step) - 1, 9)}


def test_kinds_are_counted_by_outcome_over_the_days_assessed(duck: Engine) -> None:
    rows = weekly_rows([4, 4, 4, 4])
    for n, outcome in enumerate(["founded", "unfounded", "unfounded", "unknown", "founded"]):
        rows.append({"reported_at": at(30, n), "kind": "FIGHT", "outcome": outcome})
    fight, noise = volumes(rows, duck)["volumes_kind"]
    assert (fight["kind"], fight["incidents"]) == ("FIGHT", 5)
    assert (fight["founded"], fight["unfounded"], fight["unknown"]) == (2, 2, 1)
    # Nothing before, or nothing after, and no change can be told.
    assert (fight["earlier_per_week"], fight["change_low"], fight["change_high"]) == (0.0, None, None)
    assert (noise["incidents"], noise["change_low"]) == (0, None)


def test_kinds_of_a_handful_are_counted_together(duck: Engine) -> None:
    """A kind seen once or twice may be a free text, and a name in it."""
    rows = weekly_rows([4, 4, 4, 4])
    rows += [{"reported_at": at(30, n), "kind": f"ASKED FOR RESIDENT {n}"} for n in range(3)]
    kinds = {row["kind"]: row["incidents"] for row in volumes(rows, duck)["volumes_kind"]}
    assert kinds == {"(kinds with fewer than 5 incidents)": 3, "NOISE": 0}


@pytest.mark.parametrize("flag", ["own_activity", "protected"])
def test_neither_own_activity_nor_protected_incidents_are_counted(duck: Engine, flag: str) -> None:
    rows = weekly_rows([6, 6, 6, 6, 6, 6])
    left = [{**row, "kind": "LEFT ASIDE", flag: True} for row in weekly_rows([9, 9, 9, 9, 9, 9])]
    assert volumes([*rows, *left], duck) == volumes(rows, duck)


def test_areas_with_fewer_than_five_incidents_are_left_out(duck: Engine) -> None:
    rows = [{"reported_at": at(30, n), **spot(area, 0)} for area in range(8) for n in range(area)]
    table = volumes(rows, duck)["volumes_area"]
    assert [(row["area"], row["incidents"]) for row in table] == [("A05", 5), ("A06", 6), ("A07", 7)]
    assert (table[0]["lat"], table[0]["lon"]) == (pytest.approx(56.2), pytest.approx(-1.72))


def test_areas_without_positions_are_counted_all_the_same(duck: Engine) -> None:
    rows = [{"reported_at": at(30, n), "area": "A01"} for n in range(6)]
    (row,) = volumes(rows, duck)["volumes_area"]
    assert (row["incidents"], row["lat"], row["lon"]) == (6, None, None)


def test_what_is_expected_of_a_few_incidents_is_not_shown(duck: Engine) -> None:
    """Of one incident it would be its own expected rate: a score of a single incident (promise 1)."""
    rows = [{"reported_at": at(30, n), **spot(area, 0)} for area in (0, 1) for n in range(9)]
    expected = pa.table(
        {
            "area": ["A00", "A01"],
            "assessed": [LEAST_IN_AREA - 1, LEAST_IN_AREA],
            "unfounded": [1, 2],
            "expected_unfounded": [1.25, 1.75],
        }
    )
    few, enough = volumes(rows, duck, expected=expected)["volumes_area"]
    assert (few["incidents"], few["unfounded"], few["expected_unfounded"]) == (9, None, None)
    assert (enough["unfounded"], enough["expected_unfounded"]) == (2, 1.8)


def test_an_assessment_never_shows_the_expected_rate_of_one_incident(duck: Engine) -> None:
    """An area of many reports of which one has an outcome, and a month of which a few hours are assessed."""
    rows = ordinary_rows(seed=8, per_day=40)
    lone = [
        {
            "reported_at": at(90, 3, n),
            **spot(0, 0),
            "area": "LONE",
            "outcome": "founded" if n == 0 else "unknown",
        }
        for n in range(12)
    ]
    last = [row for row in rows if row["reported_at"] < at(91, 9)]
    assessment = assess_town(incidents([*last, *lone]), duck)
    (row,) = (row for row in assessment.tables["volumes_area"].to_pylist() if row["area"] == "LONE")
    assert (row["incidents"], row["unfounded"], row["expected_unfounded"]) == (12, None, None)
    months = assessment.tables["calibration_month"].to_pylist()
    assert [month["month"] for month in months] == ["2024-03"]  # the few hours of April are left out
    assert min(month["incidents"] for month in months) >= 30
    assert min(assessment.tables["calibration"]["incidents"].to_pylist()) >= 10
    assert assessment.tables["volumes_week"].num_rows > 10
    assert SINCE.month == 3


def test_no_incidents_make_empty_tables(duck: Engine) -> None:
    assert volumes([], duck) == {"volumes_week": [], "volumes_kind": [], "volumes_area": []}
