"""What is true of incidents: what second calls, repeats, occasions and flats belong to; and the surges."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.sandbox import Scenario, load_scenario, make_world
from lippen.sandbox.place import TYPES
from lippen.sandbox.scenario import Intervention, Occasion, Production, Surge
from lippen.sandbox.streams import incidents
from lippen.sandbox.truth import truth_of

BURGHS = (0, 5, 112)
FOLLOWS = ("seen by more", "near repeat")


def drawn(which=0, scenario=None, days=365, seed=1):
    world = make_world(which, scenario or Scenario(), days, seed)
    return world, incidents.draw(world, False)


def logs(made):
    """What the log and the truth say of each incident, by its reference."""
    names = ("Opening Code", "Street", "Data Zone", "Ward", "Lat", "Long", "Received")
    rows = made.rows.select(names).to_pylist()
    true = made.truth["incidents"].to_pylist()
    return {one["incident_id"]: row | one for row, one in zip(rows, true, strict=True)}


@pytest.mark.parametrize("which", BURGHS)
def test_what_follows_has_a_parent_that_is_earlier_near_and_of_the_same_kind(which):
    _, made = drawn(which)
    held = logs(made)
    seen = dict.fromkeys(FOLLOWS, 0)
    for one in held.values():
        assert (one["parent"] is not None) == (one["cause"] in FOLLOWS)
        if one["parent"] is None:
            continue
        seen[one["cause"]] += 1
        parent = held[one["parent"]]
        assert parent["cause"] not in FOLLOWS
        assert parent["Opening Code"] == one["Opening Code"]
        assert parent["incident_id"] < one["incident_id"]
        assert parent["Data Zone"] == one["Data Zone"]
        later = one["Received"] - parent["Received"]
        if one["cause"] == "seen by more":
            assert (parent["Street"], parent["Lat"]) == (one["Street"], one["Lat"])
            # On the night on which an hour comes twice, the clock may show the later call an hour sooner.
            later += dt.timedelta(hours=later < dt.timedelta(0))
            assert dt.timedelta(0) < later < dt.timedelta(minutes=16)
        else:
            # The clocks may have gone forward or back between the two.
            assert dt.timedelta(hours=23) <= later <= dt.timedelta(days=15, hours=1)
    assert seen["seen by more"] > 100
    assert seen["near repeat"] > 30


@settings(max_examples=12)
@given(which=st.integers(0, 219), seed=st.integers(0, 2**32 - 1), days=st.integers(1, 40))
def test_whatever_the_world_each_parent_is_in_the_log_and_comes_first(which, seed, days):
    # The last of these days are those on which the clocks go forward.
    _, made = drawn(which, Scenario(first_day=dt.date(2025, 3, 31) - dt.timedelta(days)), days, seed)
    truth = made.truth["incidents"]
    follows = truth.filter(pc.is_valid(truth["parent"]))
    assert set(follows["parent"].to_pylist()) <= set(truth["incident_id"].to_pylist())
    assert (follows["parent"].to_numpy() < follows["incident_id"].to_numpy()).all()


PLANTED = Scenario(
    occasion=(Occasion(40, 21, "Marrowmouth", 7), Occasion(300, 20, "centre", 9)),
    production=(Production(10, 200, "Lintbrae"), Production(355, 356, "Carsemuir")),
)


@pytest.mark.parametrize("which", [0, 3])
def test_occasions_and_flats_gather_their_own_calls_and_no_others(which):
    world, made = drawn(which, PLANTED)
    held = logs(made)
    events = made.truth["events"].to_pylist()
    assert [one["kind"] for one in events][:3] == ["occasion", "occasion", "production"]
    assert [one["event"] for one in events][:3] == [which * 1000 + at for at in (1, 2, 3)]
    for one in held.values():
        assert (one["event"] is not None) == (one["cause"] in ("occasion", "production"))
    for event in events:
        mine = [one for one in held.values() if one["event"] == event["event"]]
        assert event["burgh"] == world.place.name
        assert len(mine) == event["incidents"] > 0
        assert {one["cause"] for one in mine} == {event["kind"]}
        assert {one["Data Zone"] for one in mine} == set(event["areas"])
        assert {one["Ward"] for one in mine} == set(event["larger_areas"])
        begin, end = event["first_at"], event["last_at"]
        if event["kind"] == "occasion":
            assert end - begin <= dt.timedelta(minutes=25)
            assert event["street"] is None
        else:
            assert {one["Street"] for one in mine} == {event["street"]}
            assert len(event["areas"]) == 1
    assert [one["incidents"] for one in events[:2]] == [7, 9]
    assert [one["larger_areas"] for one in events[:2]] == [
        [world.place.larger_names[TYPES.index(name)]] for name in ("harbour", "centre")
    ]


def test_planting_an_occasion_changes_nothing_else():
    _, without = drawn(0)
    _, planted = drawn(0, Scenario(occasion=(Occasion(40, 21, "Marrowmouth", 7),)))
    plain = without.rows.drop_columns("Log Ref").to_pylist()
    truth = planted.truth["incidents"]
    rest = pc.not_equal(truth["cause"].cast(pa.string()), "occasion")
    shown = planted.rows.filter(rest).drop_columns("Log Ref").to_pylist()
    assert len(plain) == len(shown) == planted.rows.num_rows - 7
    # Seven calls within the hour keep others waiting; what they are about stays as it is.
    about = ("Opening Code", "Received", "Street", "Data Zone", "Grade")
    assert [[one[name] for name in about] for one in plain] == [
        [one[name] for name in about] for one in shown
    ]


def test_an_intervention_leaves_the_parents_of_other_areas_as_they_are():
    scenario = Scenario().with_interventions(Intervention("police_drive", 60, ("Carsemuir",)))
    pairs = []
    for one in (Scenario(), scenario):
        held = logs(drawn(0, one)[1])
        pairs.append(
            [
                (row["Received"], row["Street"], held[row["parent"]]["Received"])
                for row in held.values()
                if row["parent"] is not None and row["Ward"] != "Carsemuir"
            ]
        )
    assert pairs[0] == pairs[1]


def test_the_worst_month_is_where_and_when_the_truth_says():
    for which in BURGHS:
        world = make_world(which, Scenario(), 365, 1)
        (month,) = truth_of(world)["surges"].to_pylist()
        assert month["kind"] == "worst month"
        assert month["burgh"] == world.place.name
        mine = world.place.type_of == TYPES.index("better_off")
        assert month["areas"] == [
            code for code, is_mine in zip(world.place.codes, mine, strict=True) if is_mine
        ]
        assert month["last_day"] - month["first_day"] == dt.timedelta(29)
        first = (month["first_day"] - world.first_day).days
        quiet = make_world(which, Scenario(worst_month_better_off=False), 365, 1)
        times = world.activity / quiet.activity
        assert times[mine, first : first + 30] == pytest.approx(month["times"], rel=1e-4)
        assert month["times"] > 1
        outside = np.ones(times.shape, dtype=bool)
        outside[np.ix_(mine, range(first, first + 30))] = False
        assert (times[outside] == 1).all()


def test_the_surges_of_a_scenario_are_told_with_their_areas_and_days():
    scenario = Scenario(
        surge=(
            Surge(20, 30, ("harbour",), 2.5),
            Surge(50, 500, ("all",), 1.5),
            Surge(120, 130, ("all",), 3.0),
        ),
        worst_month_better_off=False,
    )
    world = make_world(0, scenario, 90, 1)
    first, second = truth_of(world)["surges"].to_pylist()
    assert (first["kind"], first["times"]) == ("surge", 2.5)
    assert {world.place.type_of[world.place.codes.index(one)] for one in first["areas"]} == {
        TYPES.index("harbour")
    }
    assert [(one["first_day"] - world.first_day).days for one in (first, second)] == [20, 50]
    assert [(one["last_day"] - world.first_day).days for one in (first, second)] == [29, 89]
    assert len(second["areas"]) == world.place.areas
    assert truth_of(make_world(0, load_scenario("quiet-year"), 40, 1))["surges"].num_rows == 0
