"""What is true of an intervention: its own areas, with it and without it, from the same numbers."""

from __future__ import annotations

import pytest

from lippen.sandbox import Intervention, Scenario, make_world
from lippen.sandbox.effects import effects_of
from lippen.sandbox.parameters import number
from lippen.sandbox.streams import records


def effects(*done: Intervention):
    world = make_world(0, Scenario(intervention=done, homes_per_year=60), 300, 2)
    return effects_of(world).to_pylist()


def test_without_interventions_there_is_nothing_to_tell():
    assert effects() == []


def test_a_police_drive_takes_its_assumed_share_of_activity_in_its_own_areas():
    rows = effects(Intervention("police_drive", 100, ("Carsemuir",)))
    own = [row for row in rows if row["measure"] == "activity"]
    assert len(own) == 5  # Carsemuir's small areas
    for row in own:
        # It takes hold over a week of the two hundred days.
        assert row["with_it"] / row["without_it"] == pytest.approx(
            1 - number("intervention.police_drive.activity"), abs=0.005
        )


def test_joint_visits_shorten_stays_and_leave_activity_alone():
    rows = effects(Intervention("joint_visits", 100))
    days = [row for row in rows if row["measure"] == "home_days"]
    assert sum(row["with_it"] for row in days) < sum(row["without_it"] for row in days)
    assert all(row["with_it"] == row["without_it"] for row in rows if row["measure"] == "activity")


def test_young_people_drawn_in_are_counted_once_though_some_exploit_others_too():
    counted = true = 0
    for which in range(6):
        scenario = Scenario(intervention=(Intervention("joint_visits", 0),))
        world = make_world(which, scenario, 365, 1)
        rows = effects_of(world).to_pylist()
        counted += sum(row["without_it"] for row in rows if row["measure"] == "recruited")
        roles = records.draw(world, False).truth["roles"].to_pylist()
        true += sum(row["role"] == "exploited" and row["story"] is not None for row in roles)
    assert counted == true > 50


def test_each_of_two_interventions_is_told_by_itself():
    rows = effects(Intervention("police_drive", 100, ("Carsemuir",)), Intervention("safe_reporting", 50))
    assert {(row["intervention"], row["kind"]) for row in rows} == {
        (1, "police_drive"),
        (2, "safe_reporting"),
    }
    told = [row for row in rows if row["kind"] == "safe_reporting" and row["measure"] == "reporting"]
    assert len(told) == 32
    assert all(row["with_it"] > row["without_it"] for row in told)
