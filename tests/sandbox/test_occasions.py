"""What a home taken over or a person used gives rise to is told on the days on which all else is told."""

from __future__ import annotations

import numpy as np
import pytest

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.streams import concerns, reports

MANY = Scenario(false_trend=(), homes_per_year=60)
BURGHS = range(0, 220, 11)


@pytest.mark.parametrize(
    ("stream", "column", "innocent"),
    [
        (concerns, "Raised", ("ordinary",)),
        (reports, "Told On", ("harm", "mistaken", "malicious")),
    ],
    ids=["concerns", "reports"],
)
def test_a_day_of_the_week_does_not_tell_the_cause(stream, column, innocent):
    counts = {True: np.zeros(7), False: np.zeros(7)}
    for which in BURGHS:
        world = make_world(which, MANY, 364, 1)
        made = stream.draw(world, False)
        (truth,) = made.truth.values()
        day = np.array(made.rows[column].to_pylist()).astype("datetime64[D]")
        weekday = world.weekday()[(day - np.datetime64(world.first_day)).astype(int)]
        used = ~np.isin(np.array(truth["cause"].to_pylist()), innocent)
        for which_sort in (True, False):
            counts[which_sort] += np.bincount(weekday[used == which_sort], minlength=7)
    weekend = {sort: found[5:].sum() / found.sum() for sort, found in counts.items()}
    assert counts[True].sum() > 700
    assert weekend[False] < 0.25  # less than two days of seven
    spread = np.sqrt(weekend[False] * (1 - weekend[False]) / counts[True].sum())
    assert abs(weekend[True] - weekend[False]) < 3 * spread


def test_occasions_follow_each_other_from_the_first_day_on():
    world = make_world(0, MANY, 365, 1)
    made = concerns.draw(world, False)
    truth = made.truth["concerns"].to_pylist()
    raised = made.rows["Raised"].to_pylist()
    homes = world.groups.homes
    taken = {
        home: (since, until)
        for home, since, until in zip(homes.home, homes.taken_from, world.taken_to, strict=True)
    }
    times = []
    for row, day in zip(truth, raised, strict=True):
        if row["cause"] == "home taken over":
            since, until = taken[row["home"]]
            at = (day - world.first_day).days
            assert since <= at < until
            times.append(at - since)
    assert len(times) > 30
    assert np.mean(np.array(times) <= 1) < 0.2
