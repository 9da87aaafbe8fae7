"""What is known around a call: nothing of its own end, nothing too recent, nothing of one household."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from towns import SINCE, Row, at, incidents, ordinary_rows, spot

from lippen.credibility.features import HISTORIES, SURROUNDINGS, collect_features, day_number
from lippen.engine import Engine

# Three days of Invermarrow. History may know the first of them when the call comes in on the third.
BEFORE: list[Row] = [
    {"incident_id": "a1", "reported_at": at(10, 12), "outcome": "unfounded", **spot(0, 0)},
    {"incident_id": "a2", "reported_at": at(10, 13), "outcome": "founded", **spot(0, 1)},
    {"incident_id": "a3", "reported_at": at(10, 23, 59), "outcome": "unfounded", **spot(0, 2)},
    {"incident_id": "a4", "reported_at": at(10, 14), "kind": "PROWLER", "outcome": "unfounded", **spot(0, 0)},
    {"incident_id": "b1", "reported_at": at(10, 15), "outcome": "founded", **spot(6, 0)},
    {"incident_id": "a5", "reported_at": at(11, 0, 1), "outcome": "unfounded", **spot(0, 0)},
]
CALL: Row = {"incident_id": "call", "reported_at": at(12, 12, 5), "outcome": "unfounded", **spot(0, 0)}
AROUND: list[Row] = [
    {"reported_at": at(12, 11, 5), "outcome": "unknown", **spot(0, 0)},
    {"reported_at": at(12, 13, 5), "kind": "PROWLER", **spot(0, 0)},
    {"reported_at": at(12, 12, 6), **spot(0, 4)},
    {"reported_at": at(12, 12, 59), **spot(23, 0)},
    {"reported_at": at(12, 9), "kind": "FIGHT", **spot(6, 0)},
    {"reported_at": at(12, 11, 40), "kind": "PATROL", "own_activity": True, **spot(0, 0)},
    {"reported_at": at(12, 12, 35), "kind": "GUNSHOT SENSOR", "sensor": True, **spot(0, 7)},
    {"reported_at": at(12, 12, 1), "protected": True, **spot(0, 0)},
    {"reported_at": at(12, 13, 5) + dt.timedelta(seconds=1), **spot(0, 0)},
    {"reported_at": at(12, 10, 59), **spot(0, 0)},
]
# Of six learned incidents, four had nothing found: 666666 in a million. NOISE had 3 of 5, PROWLER 1 of 1;
# each is drawn towards that with the weight of ten: (3000000 + 6666660) // 15 and (1000000 + 6666660) // 11.
NOISE, PROWLER = 644_444, 696_969
EXPECTED = {
    "incident_id": "call",
    "kind": "NOISE",
    "area": "A00",
    "larger_area": "Carsemuir",
    "place": "100 A00 ROW",
    "lat": 56.2,
    "lon": -1.8,
    "at_s": int(at(12, 12, 5).replace(tzinfo=dt.UTC).timestamp()),
    "day_n": day_number(dt.date(2024, 1, 13)),
    "weekday": 5,  # a Saturday
    "local_hour": 12,
    "unfounded": 1,
    "rate_ppm": NOISE,
    "place_form": 2,  # begins with a number
    # a1 to a4; a5 came in a day before the call, and its end may not be known yet
    "area_n": 4,
    "area_found": 3,
    "area_expected_ppm": 3 * NOISE + PROWLER,
    "area_kind_n": 3,
    "area_kind_found": 2,
    "area_kind_expected_ppm": 3 * NOISE,
    "larger_n": 5,
    "larger_found": 3,
    "larger_expected_ppm": 4 * NOISE + PROWLER,
    "larger_kind_n": 4,
    "larger_kind_found": 2,
    "larger_kind_expected_ppm": 4 * NOISE,
    "kind_n": 4,
    "kind_found": 2,
    "kind_expected_ppm": 4 * NOISE,
    "place_calls": 2,  # 11:05 and 13:05, an hour away to the second; not the patrol, nor what is protected
    "area_kind_calls": 2,  # 11:05 and 12:06
    "kind_before": 1,  # 11:05
    "kind_after": 2,  # 12:59, and 13:05:01 which lies in the sixth ten minutes after
    "calls_before": 1,  # 11:05
    "larger_before": 1,  # 11:05
    "larger_before_4h": 3,  # 9:00, 10:59 and 11:05
    "own_before": 1,  # 11:40
    "sensor_near": 1,  # 12:35, half an hour away to the second
}


def test_the_features_of_one_call_by_hand(engine: Engine) -> None:
    table = engine.table(incidents([*AROUND, CALL, *BEFORE]))
    features = collect_features(table, engine, dt.date(2024, 1, 13))
    (row,) = features.filter(pc.equal(features["incident_id"], "call")).to_pylist()
    assert row == EXPECTED
    assert all(pa.types.is_integer(features.schema.field(name).type) for name in SURROUNDINGS)


@pytest.mark.parametrize(
    ("place", "form"),
    [(None, 0), ("KIRKGAIT / MILLGAIT", 1), ("KIRKGAIT & MILLGAIT", 1), ("12 KIRKGAIT", 2), ("THE QUAY", 3)],
)
def test_a_place_is_known_by_its_form_alone(duck: Engine, place: str | None, form: int) -> None:
    table = incidents([{"reported_at": at(12, 12), "place": place}])
    assert collect_features(duck.table(table), duck, SINCE)["place_form"].to_pylist() == [form]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [{"incident_id": f"i{n}", **row} for n, row in enumerate(ordinary_rows(seed=2, per_day=8))]


def features_of(rows: list[Row], engine: Engine) -> pa.Table:
    return collect_features(engine.table(incidents(rows)), engine, SINCE)


def the_other_way(rows: list[Row], first: dt.date, last: dt.date = dt.date.max) -> list[Row]:
    """Every incident with an outcome ends the other way, of those days."""
    other = {"founded": "unfounded", "unfounded": "founded", "unknown": "unknown"}
    return [
        {**row, "outcome": other[row["outcome"]]} if first <= row["reported_at"].date() <= last else row
        for row in rows
    ]


def until(features: pa.Table, last: dt.date) -> pa.Table:
    return features.filter(pc.less_equal(features["day_n"], day_number(last))).drop_columns("unfounded")


def test_no_outcome_within_two_days_changes_a_feature_nor_does_a_later_one(
    duck: Engine, rows: list[Row]
) -> None:
    """Turned are the outcomes of a day, its own incidents' too, of the day before and of all later ones."""
    day = SINCE + dt.timedelta(days=9)
    before, after = (
        features_of(rows, duck),
        features_of(the_other_way(rows, day - dt.timedelta(days=1)), duck),
    )
    assert not before["unfounded"].equals(after["unfounded"])
    assert until(before, day).equals(until(after, day))


def test_an_outcome_two_days_old_is_known(duck: Engine, rows: list[Row]) -> None:
    day, old = SINCE + dt.timedelta(days=9), SINCE + dt.timedelta(days=7)
    changed = features_of(the_other_way(rows, old, old), duck)
    assert not until(features_of(rows, duck), day).equals(until(changed, day))


def test_how_a_call_was_closed_and_what_was_written_down_change_nothing(
    duck: Engine, rows: list[Row]
) -> None:
    later: dict[str, Any] = {
        "text": "came back and found it all in order",
        "disposal": "NT",
        "priority": "1",
        "units": 4,
        "dispatched_at": at(200, 1),
        "arrived_at": at(200, 2),
        "cleared_at": at(200, 3),
        "closed_at": at(200, 4),
        "placed": True,
        "file": "other.csv",
    }
    assert features_of([{**row, **later} for row in rows], duck).equals(features_of(rows, duck))


def test_no_history_is_kept_of_anything_finer_than_a_small_area(duck: Engine, rows: list[Row]) -> None:
    """Moving what happened earlier from block to block within its area changes no history."""
    assert {key for keys, _ in HISTORIES.values() for key in keys} == {"area_key", "larger_key", "kind"}
    moved = [{**row, "place": "900 A00 ROW", "lat": 56.2, "lon": -1.8} for row in rows]
    before, after = features_of(rows, duck), features_of(moved, duck)
    for name in before.column_names:
        if name not in ("place", "lat", "lon", "place_calls", "place_form"):
            assert before[name].equals(after[name]), name


def test_the_order_of_rows_changes_nothing(duck: Engine, rows: list[Row]) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    assert features_of([rows[int(i)] for i in order], duck).equals(features_of(rows, duck))
