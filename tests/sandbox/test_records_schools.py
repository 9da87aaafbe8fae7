"""Absences as schools write them down: on school days, more in winter and towards Friday, once a week."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_drawn import BURGHS, array, column, days, drawn, plain

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.parameters import number, numbers
from lippen.sandbox.scenario import FalseTrend
from lippen.sandbox.streams import records


def absences(world, made):
    """Person, day and half-days of each absence."""
    mine = array(made.rows, "Type") == "ABSENCE"
    rows = made.rows.filter(pa.array(mine))
    return made.truth["records"]["person"].to_numpy()[mine], days(world, rows), rows["Count"].to_numpy()


def is_closed(day):
    """Whether schools are closed on a day of a year that begins on day 0."""
    first, last = np.array(numbers("records.holidays")).reshape(-1, 2).T
    return ((day[:, None] + 1 >= first) & (day[:, None] + 1 <= last)).any(axis=1)


def test_pupils_alone_are_absent_once_a_week_on_school_days_of_term():
    world, made = drawn()
    person, day, count = absences(world, made)
    age = world.people.age[person]
    assert (age.min(), age.max()) == (5, 17)
    assert set(world.weekday()[day].tolist()) == set(range(5))
    assert not is_closed(day).any()
    # Every school day has an entry somewhere in the town.
    every = np.arange(365)
    assert set(day.tolist()) == set(every[(world.weekday() < 5) & ~is_closed(every)].tolist())
    week = (day + world.weekday()[0]) // 7
    assert len(set(zip(person.tolist(), week.tolist(), strict=True))) == len(person)
    assert (count.min(), count.max()) == (4, 10)
    pupils = int(((world.people.age >= 5) & (world.people.age <= 17)).sum())
    # Nine to ten in a hundred of some 380 half-days are missed in Scotland; these entries hold most of them.
    assert 0.06 < count.sum() / pupils / 380 < 0.095


def test_absences_have_the_rhythm_of_the_week_and_the_year():
    by_weekday, by_week = np.zeros(5), np.zeros(53)
    for one in BURGHS:
        world, made = drawn(one)
        _, day, _ = absences(world, made)
        by_weekday += np.bincount(world.weekday()[day], minlength=5)
        by_week += np.bincount((day + world.weekday()[0]) // 7, minlength=53)
    open_days = np.arange(365)[(world.weekday() < 5) & ~is_closed(np.arange(365))]
    school_days = np.bincount(world.weekday()[open_days], minlength=5)
    share = by_weekday / school_days
    # Four standard errors: each weekday has some 12,000 entries.
    assert share / share.mean() == pytest.approx(numbers("records.absent_week"), abs=0.04)
    weeks = np.bincount((open_days + world.weekday()[0]) // 7, minlength=53)
    daily = by_week / np.maximum(weeks, 1)
    winter, summer = daily[[2, 3, 4, 5, 6, 47, 48, 49]].mean(), daily[[19, 20, 21, 22, 23, 24]].mean()
    level = number("records.absent_winter")
    # From mid-winter's weeks to those before the holidays; what goes round makes single weeks differ.
    assert 1 + level < winter / summer < (1 + level) / (1 - level) * 1.15


@settings(max_examples=12)
@given(
    first_day=st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)),
    length=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_whenever_a_world_begins_schools_write_on_open_days_alone(first_day, length, seed):
    world = make_world(0, Scenario(first_day=first_day), length, seed)
    person, day, _ = absences(world, records.draw(world, False))
    of_year = np.array(
        [(first_day + dt.timedelta(days=one)).timetuple().tm_yday for one in day.tolist()], dtype=int
    )
    assert (world.weekday()[day] < 5).all()
    # The model's year has 365.25 days, so that a holiday's edge may lie a day off.
    assert not (is_closed(of_year) & is_closed(of_year - 1) & is_closed(of_year - 2)).any()
    week = (day + world.weekday()[0]) // 7
    assert len(set(zip(person.tolist(), week.tolist(), strict=True))) == len(person)


def test_an_absence_is_written_down_with_care():
    _, made = drawn(texts=True)
    told = set(
        column(made.rows, "Details").filter(pc.equal(column(made.rows, "Type"), "ABSENCE")).to_pylist()
    )
    grief = {text for text in told if text.startswith("Bereavement")}
    assert len(told) > 60
    assert grief
    assert not [text for text in grief if "letter" in text or "home visit" in text or "no reply" in text]
    assert not [
        text for text in told if re.match("(Flu|Illness, parent phoned).*(no reply|home visit)", text)
    ]
    # An entry stands for several days, so no one lesson or appointment is its reason.
    assert not [text for text in told if text.startswith(("Appointment", "Left at"))]


def test_the_school_term_trend_adds_absences_in_its_days_and_nothing_else():
    _, without = drawn(0)
    trend = FalseTrend("school_term", 228, 270)
    world, with_trend = drawn(0, scenario=Scenario(false_trend=(trend,)))
    fewer, more = set(plain(without.rows)), set(plain(with_trend.rows))
    assert fewer < more
    added = [row for row in plain(with_trend.rows) if row not in fewer]
    assert {row[1] for row in added} == {"ABSENCE"}
    days_added = [(row[2] - world.first_day).days for row in added]
    assert 228 <= min(days_added) <= max(days_added) < 270
    inside = sum(row[1] == "ABSENCE" and 228 <= (row[2] - world.first_day).days < 270 for row in fewer)
    # A little less than the parameter says, because nobody is away more than once a week.
    assert 0.94 < (inside + len(added)) / inside / number("trend.school_term") < 1.0
