"""What fires during a trend that is none goes by its days, its areas and the budget."""

from __future__ import annotations

import datetime as dt
import math

import pyarrow as pa
import pytest
from towns import SINCE, Row
from truths import NORTH, SOUTH, accepted_row, accepted_rows, assessed, known, truth_tables

from lippen.credibility.false_trends import FalseEpisode, trends_table
from lippen.credibility.truth import TRUTH, Accepted, lay_beside


def thirty_days() -> Accepted:
    """A month of one incident a day in the North and three a day in the South; what is not searched, and what
    came earlier, lies in the North too."""
    rows = [
        accepted_row(f"n{30 * which + day}", local_day=SINCE + dt.timedelta(day), **area)
        for which, area in enumerate((NORTH, SOUTH, SOUTH, SOUTH))
        for day in range(30)
    ]
    rows += [accepted_row(f"u{n}", local_day=SINCE, searched=False) for n in range(50)]
    rows += [accepted_row(f"e{n}", local_day=SINCE - dt.timedelta(1)) for n in range(50)]
    truth = truth_tables(incidents=known(**{row["incident_id"]: None for row in rows}))
    return lay_beside(accepted_rows(*rows), truth, SINCE, 0)


def trend_row(
    false: list[FalseEpisode], areas: list[str], weeks: list[Row] | None = None, first: int = 0,
    last: int = 14, budget: float = 2.0, searched: bool = True,
) -> Row:  # fmt: skip
    trend = {"kind": "t", "first_day": SINCE + dt.timedelta(first), "last_day": SINCE + dt.timedelta(last)}
    trends = pa.Table.from_pylist([{**trend, "areas": areas}], TRUTH["false_trends"])
    table = assessed({}, weeks=weeks).tables["volumes_week"]
    (row,) = trends_table(trends, false, table, thirty_days(), budget, searched, suspended=False).to_pylist()
    return dict(row)


def false_on(day: int, area: str = "A1", larger: str = "North") -> FalseEpisode:
    return FalseEpisode(SINCE + dt.timedelta(day), area, larger)


@pytest.mark.parametrize(
    ("areas", "share"), [([], 1.0), (["A1"], 0.25), (["South"], 0.75), (["elsewhere"], 0.0)]
)
def test_what_the_budget_explains_goes_by_days_and_incidents(areas: list[str], share: float) -> None:
    row = trend_row([], areas)
    assert row["days_assessed"] == 15
    assert row["episodes_expected"] == pytest.approx(2.0 * 15 / 30 * share)
    assert (row["episodes"], row["episodes_p"], row["verdict"]) == (0, 1.0, "quiet")


def test_false_episodes_beyond_the_budget_fire() -> None:
    """A quarter of one expected; P(2 or more) = 1 - e^-m (1 + m), the Poisson law written out."""
    one, two = trend_row([false_on(3)], ["A1"]), trend_row([false_on(3), false_on(14)], ["A1"])
    assert one["episodes_p"] == pytest.approx(1 - math.exp(-0.25))
    assert (one["fired"], one["verdict"]) == ([], "quiet")
    assert two["episodes_p"] == pytest.approx(1 - math.exp(-0.25) * 1.25)
    assert (two["fired"], two["verdict"]) == (["episodes"], "fired")


def test_only_what_begins_in_its_days_and_areas_counts_against_a_trend() -> None:
    false = [false_on(-1), false_on(15), false_on(3, "B1", "South"), false_on(4, "A2", "North")]
    assert trend_row(false, ["A1"])["episodes"] == 0
    assert trend_row(false, ["North"])["episodes"] == 1
    assert trend_row(false, [])["episodes"] == 2


def test_rows_of_one_kind_and_the_same_days_are_one_trend() -> None:
    """In every burgh of a nation, a trend has a row; in one of them it is everywhere in the last case."""
    days = {"first_day": SINCE, "last_day": SINCE + dt.timedelta(14)}

    def rows(*trends: tuple[str, list[str]]) -> list[Row]:
        table = pa.Table.from_pylist(
            [{"kind": kind, "areas": areas, **days} for kind, areas in trends], TRUTH["false_trends"]
        )
        weeks = assessed({}).tables["volumes_week"]
        false = [false_on(3), false_on(4, "B1", "South")]
        return list(
            trends_table(table, false, weeks, thirty_days(), 2.0, True, False)
            .select(["kind", "episodes", "episodes_expected"])
            .to_pylist()
        )

    term = {"kind": "term", "episodes": 1, "episodes_expected": 0.25}
    assert rows(("term", ["A1"])) == [term]
    assert rows(("term", ["A1"]), ("drive", ["A1"])) == [term, {**term, "kind": "drive"}]
    everywhere = {"kind": "term", "episodes": 2, "episodes_expected": 1.0}
    assert rows(("term", ["A1"]), ("term", ["B1"])) == [everywhere]
    assert rows(("term", ["A1"]), ("term", [])) == [everywhere]


def week(n: int, incidents: int, low: float | None = 10, high: float | None = 20) -> Row:
    return {"week": SINCE + dt.timedelta(7 * n), "incidents": incidents, "low": low, "high": high}


def test_weeks_outside_their_interval_are_counted_and_fire_nothing() -> None:
    """More was written down, so the counts move, as they should.

    Days 0 to 14 touch the weeks 0 to 2; of two weeks in three outside, the binomial law written out.
    """
    weeks = [week(-1, 99), week(0, 9), week(1, 20), week(2, 21), week(3, 99)]
    row = trend_row([], [], weeks)
    assert (row["weeks"], row["weeks_outside"], row["weeks_expected"]) == (3, 2, pytest.approx(0.15))
    assert row["weeks_p"] == pytest.approx(3 * 0.05**2 * 0.95 + 0.05**3)
    assert (row["fired"], row["verdict"]) == ([], "counted")
    one = trend_row([], [], [week(0, 15), week(1, 15), week(2, 21)])
    assert one["weeks_p"] == pytest.approx(1 - 0.95**3)
    assert one["verdict"] == "quiet"


def test_false_episodes_fire_whatever_the_weeks_say() -> None:
    weeks = [week(n, 99) for n in range(3)]
    row = trend_row([false_on(3), false_on(14)], ["A1"], weeks)
    assert (row["fired"], row["verdict"], row["weeks_outside"]) == (["episodes"], "fired", 3)


def test_weeks_alone_cannot_tell_whether_a_trend_was_taken_for_harm() -> None:
    for incidents in (15, 99):
        row = trend_row([], [], [week(n, incidents) for n in range(3)], searched=False)
        assert (row["weeks"], row["fired"], row["verdict"]) == (3, [], "cannot tell")


@pytest.mark.parametrize(
    ("first", "last", "weeks"), [(6, 6, 1), (7, 13, 1), (6, 7, 2), (0, 6, 1), (14, 15, 0)]
)
def test_a_week_counts_when_a_day_of_it_lies_in_the_trend(first: int, last: int, weeks: int) -> None:
    row = trend_row([], [], [week(0, 15), week(1, 15)], first, last)
    assert (row["weeks"] or 0) == weeks


def test_a_trend_that_nothing_looked_at_cannot_be_told() -> None:
    before = trend_row([false_on(-3)], [], [week(-1, 99, None, None)], first=-20, last=-1)
    assert (before["days_assessed"], before["episodes"], before["weeks"]) == (0, None, None)
    assert before["verdict"] == "cannot tell"
    assert trend_row([], [], searched=False)["verdict"] == "cannot tell"
