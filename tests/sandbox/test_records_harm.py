"""Partners' records: what harm leaves in them, which gives nobody away, and what is done about it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from records_drawn import (
    BURGHS,
    MANY,
    QUIET,
    TRACES,
    array,
    column,
    days,
    drawn,
    plain,
    unnumbered,
    while_taken,
)
from scipy.stats import kstest

from lippen.sandbox import Intervention, Scenario
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.people import TENURES


def test_a_home_taken_over_leaves_traces_at_the_rate_that_the_model_states():
    expected = {
        "FOB REQUEST": "fob",
        "LOCK CHANGE": "lock",
        "NO ACCESS": "no_access",
        "REPAIR - DOOR": "door",
    }
    found, months = dict.fromkeys(expected, 0), 0.0
    base = by_name("records.repairs") | {"fob": number("records.fobs")}
    for one in BURGHS:
        world, made = drawn(one, scenario=MANY)
        homes = world.groups.homes
        social = world.people.tenure[homes.home] == TENURES.index("social")
        stay = np.clip(world.taken_to, 0, 365) - np.clip(homes.taken_from, 0, 365)
        months += stay[social].sum() / 30
        sorts = array(made.rows, "Type")[while_taken(world, made)]
        for label in expected:
            found[label] += int((sorts == label).sum())
    for label, key in expected.items():
        rate = by_name("records.home_taken")[key] + base[key] / 12
        assert abs(found[label] - rate * months) < 5 * np.sqrt(rate * months), label


def test_no_sort_of_entry_gives_a_home_away():
    """In an ordinary year most homes with any count of any one sort of entry are homes that nobody took."""
    for label in TRACES:
        hits = taken = 0
        for one in BURGHS:
            world, made = drawn(one)
            mine = array(made.rows, "Type") == label
            home, times = np.unique(made.truth["records"]["home"].to_numpy()[mine], return_counts=True)
            many = home[times >= 3]
            hits += len(many)
            taken += int(np.isin(many, world.groups.homes.home).sum())
        assert hits > taken * 2, (label, hits, taken)


def test_place_in_the_day_words_and_cost_are_the_same_whoever_caused_an_entry():
    within, texts, cost = [], {True: [], False: []}, {True: [], False: []}
    for one in BURGHS:
        world, made = drawn(one, scenario=MANY, texts=True)
        sort, day, taken = array(made.rows, "Type"), days(world, made.rows), while_taken(world, made)
        start = np.searchsorted(day, np.arange(366))
        place = (np.arange(len(day)) - start[day] + 0.5) / np.diff(start)[day]
        within.append(place[taken & np.isin(sort, TRACES)])
        for harmed in (True, False):
            mine = (sort == "FOB REQUEST") & (taken == harmed)
            texts[harmed] += array(made.rows, "Details")[mine].tolist()
            cost[harmed] += array(made.rows, "Amount")[(sort == "LOCK CHANGE") & (taken == harmed)].tolist()
    assert kstest(np.concatenate(within), "uniform").pvalue > 0.001
    assert kstest(cost[True], cost[False]).pvalue > 0.001
    words = sorted(set(texts[False]))
    assert set(texts[True]) <= set(words)
    rank = {text: at for at, text in enumerate(words)}
    assert kstest([rank[one] for one in texts[True]], [rank[one] for one in texts[False]]).pvalue > 0.001


def test_the_day_of_the_week_is_the_same_whoever_caused_an_entry():
    """Offices are shut at weekends to everybody: an entry of a Sunday is no sign of a home taken over, and
    one of a clinic none of its tenant."""
    counts = {True: np.zeros(7), False: np.zeros(7)}
    clinic = {True: np.zeros(7), False: np.zeros(7)}
    for one in BURGHS:
        world, made = drawn(one, scenario=MANY)
        sort, day, taken = array(made.rows, "Type"), days(world, made.rows), while_taken(world, made)
        weekday = world.weekday()[day]
        for harmed in (True, False):
            mine = (sort == "FOB REQUEST") & (taken == harmed)
            counts[harmed] += np.bincount(weekday[mine], minlength=7)
            mine = np.isin(sort, ("APPOINTMENT MISSED", "OUTREACH")) & (taken == harmed)
            clinic[harmed] += np.bincount(weekday[mine], minlength=7)
    for found in (counts, clinic):
        weekend = {harmed: found[harmed][5:].sum() / found[harmed].sum() for harmed in found}
        assert weekend[False] < 0.12
        assert found[True].sum() > 150
        spread = np.sqrt(weekend[False] * (1 - weekend[False]) / found[True].sum())
        assert abs(weekend[True] - weekend[False]) < 4 * spread


def test_those_drawn_in_are_absent_more_often_and_go_missing():
    absent = np.zeros(2)
    weeks = np.zeros(2)
    missing = 0
    for one in range(0, 40, 4):
        world, made = drawn(one)
        roles = made.truth["roles"]
        young = [
            (
                person,
                max((since - world.first_day).days, 0),
                365 if until is None else (until - world.first_day).days,
            )
            for person, role, since, until, story in zip(
                *(column(roles, name).to_pylist() for name in ("person", "role", "since", "until", "story")),
                strict=True,
            )
            if role == "exploited" and story and 14 <= world.people.age[person] <= 17
        ]
        sort, day = array(made.rows, "Type"), days(world, made.rows)
        who = made.truth["records"]["person"].to_numpy()
        pupils = np.flatnonzero((world.people.age >= 14) & (world.people.age <= 17))
        absent[0] += ((sort == "ABSENCE") & np.isin(who, pupils)).sum()
        weeks[0] += len(pupils) * 365
        for person, since, until in young:
            mine = (who == person) & (day >= since) & (day < until)
            absent[1] += (mine & (sort == "ABSENCE")).sum()
            missing += (mine & (sort == "MISSING EPISODE")).sum()
            weeks[1] += until - since
    often = absent / weeks
    assert 1.4 < often[1] / often[0] < 4.5
    assert missing / (weeks[1] / 30) > 0.1  # of all residents, 4.5 in a thousand go missing in a year


# ---- what is done ------------------------------------------------------------------------------------------


def outside(world, made, ward, start):
    apart = (array(made.rows, "Ward") != ward) | (days(world, made.rows) < start)
    return unnumbered(made.rows.filter(pa.array(apart)))


@pytest.mark.parametrize(
    "kind", ["joint_visits", "police_drive", "counter_story", "channel_recognition", "safe_reporting"]
)
def test_an_intervention_changes_its_own_areas_from_its_own_day_alone(kind):
    ward = drawn(0)[0].place.larger_names[1]
    before = drawn(0, scenario=MANY, texts=True)
    done = MANY.with_interventions(Intervention(kind, 120, (ward,)))
    after = drawn(0, scenario=done, texts=True)
    assert outside(*before, ward, 120).equals(outside(*after, ward, 120))
    changed = not unnumbered(before[1].rows).equals(unnumbered(after[1].rows))
    assert changed == (kind != "safe_reporting")


def test_a_home_freed_sooner_leaves_fewer_traces_and_its_role_ends():
    before = drawn(0, scenario=MANY)
    after = drawn(0, scenario=MANY.with_interventions(Intervention("joint_visits", 30)))
    traces = [int(np.isin(array(made.rows, "Type"), TRACES).sum()) for _, made in (before, after)]
    assert traces[1] < traces[0] - 20
    ends = [column(made.truth["homes"], "taken_to").to_pylist() for _, made in (before, after)]
    late = dt.date(2100, 1, 1)
    assert sum((b or late) > (a or late) for b, a in zip(*ends, strict=True)) > 10
    world, made = after
    ended = dict(zip(column(made.truth["homes"], "home").to_pylist(), ends[1], strict=True))
    for person, role, story, until in zip(
        *(column(made.truth["roles"], name).to_pylist() for name in ("person", "role", "story", "until")),
        strict=True,
    ):
        home = int(world.people.home[person])
        if role == "exploited" and story is None and home in ended:
            assert until == ended[home]


def test_a_counter_story_takes_away_the_absences_of_those_it_keeps_out_and_no_others():
    changed = 0
    for one in (0, 4, 8, 12):
        world, told = drawn(one, scenario=QUIET.with_interventions(Intervention("counter_story", -200)))
        _, untold = drawn(one)
        kept_out = set(world.groups.roles.person[~world.recruited].tolist())
        absences = []
        for made in (told, untold):
            mine = array(made.rows, "Type") == "ABSENCE"
            person = made.truth["records"]["person"].to_numpy()[mine]
            absences.append(set(zip(person.tolist(), array(made.rows, "Date")[mine].tolist(), strict=True)))
        assert absences[0] <= absences[1]
        gone = {person for person, _ in absences[1] - absences[0]}
        assert gone <= kept_out
        changed += len(gone)
    assert changed


def test_without_homes_taken_over_the_everyday_entries_are_the_very_same():
    none = set(plain(drawn(0, scenario=Scenario(homes_per_year=0.0, false_trend=()))[1].rows))
    some = set(plain(drawn(0)[1].rows))
    gone = none - some
    assert {row[1] for row in gone} <= {"RENT ACCOUNT"}
    assert len(gone) < 200
