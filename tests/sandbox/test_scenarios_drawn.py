"""What each scenario that ships is named for happens in the town that it makes."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import numpy as np
import pytest

from lippen.sandbox import Scenario, draw_streams, load_scenario, make_world
from lippen.sandbox.scenario import STEALTHS
from lippen.sandbox.streams import incidents, listings
from lippen.sandbox.truth import truth_of


def town(name, seed=1, days=365):
    return make_world(0, load_scenario(name), days, seed)


def test_amateur_production_smells_burns_and_fills_bins_in_one_street():
    world = town("amateur-production")
    drawn = incidents.draw(world, True)
    rows = [
        row
        for row, cause in zip(
            drawn.rows.to_pylist(), drawn.truth["incidents"]["cause"].to_pylist(), strict=True
        )
        if cause == "production"
    ]
    assert len({row["Street"] for row in rows}) == 1
    assert {row["Ward"] for row in rows} == {"Lintbrae"}
    days = [(row["Received"].date() - world.first_day).days for row in rows]
    assert min(days) >= 120
    assert max(days) <= 240
    kinds = Counter(row["Opening Code"] for row in rows)
    assert kinds["DRUG PRODUCTION"] >= 2
    assert len(kinds) >= 3
    # One flat gives rise to a dozen calls: what is said of such flats is seen over a few seeds.
    said = " ".join(
        text or ""
        for seed in range(1, 7)
        for drawn in (incidents.draw(town("amateur-production", seed), True),)
        for text, cause in zip(
            drawn.rows["Log Text"].to_pylist(), drawn.truth["incidents"]["cause"].to_pylist(), strict=True
        )
        if cause == "production"
    ).lower()
    for word in (r"smell|guff|reek|odour", r"\bbins?\b|refuse", r"fire|burn|smoke"):
        assert re.search(word, said), word


def test_in_a_quiet_year_nobody_plans_a_bogus_call_and_less_happens():
    ordinary, quiet = make_world(0, Scenario(), 365, 1), town("quiet-year")
    causes = [
        Counter(incidents.draw(world, False).truth["incidents"]["cause"].to_pylist())
        for world in (ordinary, quiet)
    ]
    assert causes[0]["episode"] > 0 == causes[1]["episode"] == causes[1]["target"]
    assert causes[1]["harm"] < 0.75 * causes[0]["harm"]
    assert quiet.activity.mean() < 0.6 * ordinary.activity.mean()
    assert not truth_of(quiet)["surges"].num_rows
    assert quiet.groups.letters == ("K",)


def test_a_line_arrives_on_its_day_and_what_it_sells_is_posted():
    world = town("line-arrives")
    (arrived,) = [
        row for row in truth_of(world)["lines"].to_pylist() if row["since"] == dt.date(2025, 1, 1) + DAY_150
    ]
    there = np.isin(world.place.codes, arrived["areas"])
    names = {world.place.larger_names[one] for one in world.place.larger_of[there]}
    assert names == {"Lintbrae", "Marrowmouth"}
    change = world.activity[:, 200:].mean(axis=1) / world.activity[:, :150].mean(axis=1)
    assert change[there].mean() > 1.5 * change[~there].mean()
    drawn = listings.draw(world, False)
    posted = [
        row["Posted"].date()
        for row, line in zip(drawn.rows.to_pylist(), drawn.truth["listings"]["line"].to_pylist(), strict=True)
        if line == arrived["line"]
    ]
    assert len(posted) > 50
    assert min(posted) >= arrived["since"] - dt.timedelta(days=28)


DAY_150 = dt.timedelta(days=150)


def test_bogus_calls_are_planned_two_dozen_times_in_every_stealth_and_most_divert():
    episodes = incidents.draw(town("bogus-calls"), False).truth["episodes"].to_pylist()
    assert len(episodes) == 24
    assert {one["stealth"] for one in episodes} == set(STEALTHS)
    purposes = Counter(one["purpose"] for one in episodes)
    assert purposes["divert"] > purposes["harass"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_times_as_many_homes_are_taken_over(seed):
    taken = [
        draw_streams(make_world(0, scenario, 365, seed), False)["record"].truth["homes"].num_rows
        for scenario in (Scenario(), load_scenario("homes-taken-over"))
    ]
    assert 2 < taken[1] / taken[0] < 4
