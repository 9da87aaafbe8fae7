"""One seed with and without each intervention: what may differ, where, when, and what readers make of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox import Intervention, Scenario, ScenarioError, draw_streams, make_world
from lippen.sandbox.compare import READ_AS, Comparison, compare, done_from
from lippen.sandbox.measures import FEWEST_ANSWERS, WEEK, Series, too_little
from lippen.sandbox.parameters import all_parameters
from lippen.sandbox.scenario import INTERVENTIONS

DAYS, START, AREAS = 365, 120, ("Carsemuir", "harbour")
FIRST = Scenario().first_day


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(Scenario(), DAYS, 1, tuple(done_from(one, START, AREAS) for one in INTERVENTIONS))


def series(compared: Comparison, variant: str, measure: str, where: str | None = None) -> list[float | None]:
    """The weeks of one measure: in its own areas where they are not named, of streams in the whole town."""
    weeks = compared.tables["weeks"]
    mine = pc.and_(pc.equal(weeks["variant"], variant), pc.equal(weeks["measure"], measure))
    there = pc.is_in(weeks["where"], pa.array([where] if where else ["its areas", "whole town"]))
    return weeks.filter(pc.and_(mine, there))["value"].to_pylist()


def difference(compared: Comparison, variant: str, measure: str, where: str | None = None) -> dict:
    (row,) = [
        row
        for row in compared.tables["differences"].to_pylist()
        if (row["variant"], row["measure"]) == (variant, measure)
        and row["where"] in ((where,) if where else ("its areas", "whole town"))
    ]
    return row


def test_outside_its_areas_no_intervention_changes_anything(compared):
    rows = compared.tables["weeks"].to_pylist()
    outside = {
        variant: [(row["measure"], row["week"], row["value"]) for row in rows
                  if row["variant"] == variant and row["where"] == "elsewhere"]
        for variant in ("none", *INTERVENTIONS)
    }  # fmt: skip
    assert len({measure for measure, _, _ in outside["none"]}) == 7
    for kind in INTERVENTIONS:
        assert outside[kind] == outside["none"], kind
    inside = [difference(compared, kind, "trust")["difference"] for kind in INTERVENTIONS]
    assert all(inside), "inside they do change something"


def test_before_its_first_day_no_intervention_changes_anything(compared):
    whole = START // WEEK
    for kind in INTERVENTIONS:
        for measure in compared.tables["weeks"]["measure"].unique().to_pylist():
            with_it, without = (series(compared, one, measure) for one in (kind, "none"))
            assert len(with_it) == DAYS // WEEK
            assert with_it[:whole] == without[:whole], (kind, measure)


def test_safe_reporting_raises_what_is_told_and_changes_no_harm(compared):
    for harm in ("activity", "affected", "homes_taken_over", "young_people_drawn_in"):
        assert series(compared, "safe_reporting", harm) == series(compared, "none", harm)
    assert difference(compared, "safe_reporting", "reporting")["difference"] > 0.08
    incident = difference(compared, "safe_reporting", "incident")
    assert incident["per_cent"] > 0.5
    assert (incident["read_as"], incident["looks_like"]) == ("activity", "moves alone")
    assert series(compared, "safe_reporting", "listing") == series(compared, "none", "listing")


def test_a_police_drive_lowers_activity_for_a_while_and_trust_too(compared):
    (drive,) = [one for one in compared.facts["interventions"] if one["kind"] == "police_drive"]
    since, until = (dt.date.fromisoformat(drive[one]) for one in ("since", "until"))
    assert (until - since).days + 1 == all_parameters()["intervention.police_drive.days"].value
    with_it, without = (series(compared, one, "activity") for one in ("police_drive", "none"))
    on = slice(-(-START // WEEK) + 1, (until - FIRST).days // WEEK)
    assert all(one < 0.9 * other for one, other in zip(with_it[on], without[on], strict=True))
    assert with_it[-4:] == without[-4:], "it is over"
    assert difference(compared, "police_drive", "trust")["difference"] < 0
    assert {one["until"] for one in compared.facts["interventions"] if one is not drive} == {None}


def test_joint_visits_free_homes_and_a_counter_story_keeps_people_out():
    both = tuple(done_from(one, START) for one in ("joint_visits", "counter_story"))
    kept_out = 0
    for seed in range(1, 5):
        compared = compare(Scenario(), DAYS, seed, both)
        homes = [series(compared, one, "homes_taken_over") for one in ("joint_visits", "none")]
        assert all(one <= other for one, other in zip(*homes, strict=True))
        assert difference(compared, "joint_visits", "homes_taken_over")["difference"] < 0
        drawn_in = [series(compared, one, "young_people_drawn_in") for one in ("counter_story", "none")]
        assert all(one <= other for one, other in zip(*drawn_in, strict=True))
        assert drawn_in[1] == sorted(drawn_in[1])
        kept_out += difference(compared, "counter_story", "young_people_drawn_in")["difference"]
    assert kept_out < 0


def test_homes_and_recruits_are_those_of_the_world(compared):
    world = make_world(0, Scenario().with_interventions(done_from("joint_visits", START, AREAS)), DAYS, 1)
    homes, roles = world.groups.homes, world.groups.roles
    for measure in ("homes_taken_over", "young_people_drawn_in"):
        both = [series(compared, "joint_visits", measure, one) for one in ("its areas", "elsewhere")]
        for week, (inside, outside) in enumerate(zip(*both, strict=True)):
            first, last = week * WEEK, week * WEEK + WEEK - 1
            held = (homes.taken_from <= first) & (first < world.taken_to)
            new = (roles.story >= 0) & (roles.role == 4) & world.recruited & (roles.since <= last)
            assert inside + outside == (held.sum() if measure == "homes_taken_over" else new.sum())


def test_counts_are_those_of_the_rows_that_a_partner_would_export(compared):
    plain = draw_streams(make_world(0, Scenario().with_interventions(), DAYS, 1), texts=False)
    header = {"incident": "Received", "record": "Date", "concern": "Raised", "sighting": "Date Seen"}
    for kind, when in header.items():
        days = [
            (day.date() if isinstance(day, dt.datetime) else day)
            for day in plain[kind].rows[when].to_pylist()
        ]
        weeks = Counter((day - FIRST).days // WEEK for day in days)
        assert series(compared, "none", kind) == [weeks[week] for week in range(DAYS // WEEK)], kind
        after = sum((day - FIRST).days >= START for day in days) * WEEK / (DAYS - START)
        assert difference(compared, "safe_reporting", kind)["without"] == pytest.approx(after, abs=1e-5)


def test_shares_of_answers_are_weighted_and_not_given_for_few(compared):
    rows = draw_streams(make_world(0, Scenario().with_interventions(), DAYS, 1), texts=False)["answer"].rows
    given_in = Counter()
    good, all_of = Counter(), Counter()
    for row in rows.select(["Interview Date", "Q4 Police Job", "Design Weight"]).to_pylist():
        if row["Q4 Police Job"] is not None:
            week = (row["Interview Date"] - FIRST).days // WEEK
            given_in[week] += 1
            all_of[week] += row["Design Weight"]
            good[week] += row["Design Weight"] * (row["Q4 Police Job"] <= 2)
    shown = series(compared, "none", "answer_good_police")
    for week, value in enumerate(shown):
        if given_in[week] < FEWEST_ANSWERS:
            assert value is None
        else:
            assert value == pytest.approx(good[week] / all_of[week], abs=1e-5)
    assert 4 < sum(value is not None for value in shown) < len(shown)


def test_what_a_reader_takes_it_for_follows_from_the_two_changes(compared):
    met = Counter()
    for row in compared.tables["differences"].to_pylist():
        if row["side"] == "truth":
            assert row["looks_like"] is None
            continue
        if row["difference"] is None:
            assert (row["looks_like"], row["too_little"]) == (None, False)
            continue
        if row["too_little"]:
            assert row["looks_like"] == "too little to say"
            continue
        true = difference(compared, row["variant"], READ_AS[row["measure"]])
        shown, real = (
            0 if abs(one["per_cent"]) < 0.5 else int(np.sign(one["per_cent"])) for one in (row, true)
        )
        expected = {
            (0, 0): "neither moves", (1, 1): "same way", (-1, -1): "same way",
            (1, -1): "other way", (-1, 1): "other way", (1, 0): "moves alone", (-1, 0): "moves alone",
        }.get((shown, real), "not seen")  # fmt: skip
        assert row["looks_like"] == expected, row
        met[expected] += 1
    assert set(met) >= {"same way", "moves alone", "not seen", "neither moves"}


def test_a_drive_is_compared_over_the_days_on_which_it_is_on(compared):
    lasts = int(all_parameters()["intervention.police_drive.days"].value)
    incidents = draw_streams(make_world(0, Scenario().with_interventions(), DAYS, 1), texts=False)["incident"]
    days = [(one.date() - FIRST).days for one in incidents.rows["Received"].to_pylist()]
    counted = sum(START <= day < START + lasts for day in days)
    row = difference(compared, "police_drive", "incident")
    assert row["count_without"] == counted
    assert row["without"] == pytest.approx(counted * WEEK / lasts, abs=1e-5)
    assert difference(compared, "joint_visits", "incident")["count_without"] == sum(
        one >= START for one in days
    )
    assert row["count_before"] == sum(0 <= one < START for one in days)


def test_few_and_wavering_differences_are_too_little_to_say_and_steady_ones_are_not():
    def rows(*weeks: int) -> Series:
        counts = np.zeros(len(weeks) * WEEK)
        counts[::WEEK] = weeks
        return Series(counts, np.full(len(counts), 1 / WEEK), counts=counts)

    plain, on = rows(*[100] * 10), slice(0, None)
    assert not too_little(plain, rows(*[110] * 10), on), "each week by as much"
    assert too_little(plain, rows(*[150, 60] * 5), on), "to and fro"
    assert too_little(plain, rows(*[110] * 10), slice(0, 7 * WEEK)), "too few weeks to know"
    assert too_little(rows(*[2] * 10), rows(*[4] * 10), on), "20 against 40"
    assert not too_little(rows(*[3] * 10), rows(*[5] * 10), on), "30 against 50"
    level = replace(plain, counts=None)
    assert not too_little(level, replace(level, amount=level.amount * 1.01), on), "nothing is counted"


def test_no_number_of_a_drive_names_a_source_that_does_not_give_it(compared):
    (one,) = [
        row for row in compared.tables["assumptions"].to_pylist()
        if row["parameter"] == "intervention.police_drive.activity"
    ]  # fmt: skip
    assert one["source"] == "assumed"
    assert "no source gives it" in one["says"]


def test_every_number_that_an_intervention_is_made_of_is_listed(compared):
    rows = compared.tables["assumptions"].to_pylist()
    listed = {row["parameter"]: row for row in rows}
    shared = {  # numbers of concerns and channels that an intervention alone, or it too, sets to work
        "joint_visits": {f"concern.joint_visits.{one}" for one in ("joint", "sooner", "word_back")},
        "channel_recognition": {"world.channel_pressed"},
        "police_drive": {"world.channel_pressed"},
    }
    for kind in INTERVENTIONS:
        own = {name for name in all_parameters() if name.startswith(f"intervention.{kind}.")}
        of_kind = {row["parameter"] for row in rows if row["intervention"] == kind}
        assert of_kind == own | shared.get(kind, set())
    wanted = {name: all_parameters()[name] for name in listed}
    assert {name for name in all_parameters() if name.startswith("intervention.")} < set(wanted)
    for name, one in wanted.items():
        assert listed[name]["value"] == one.value
        assert (listed[name]["unit"], listed[name]["source"]) == (one.unit, one.source)


def test_the_same_seed_gives_the_same_tables_and_another_does_not():
    def drawn(seed: int, *kinds: str) -> Comparison:
        return compare(Scenario(), 84, seed, tuple(done_from(one, 28) for one in kinds))

    one = drawn(3, "police_drive", "joint_visits")
    again, turned, other = (
        drawn(3, "police_drive", "joint_visits"),
        drawn(3, "joint_visits"),
        drawn(4, "joint_visits"),
    )
    assert one.facts == again.facts
    assert all(one.tables[name].equals(again.tables[name]) for name in one.tables)
    assert series(turned, "joint_visits", "incident") == series(one, "joint_visits", "incident")
    assert series(other, "none", "incident") != series(one, "none", "incident")


def test_what_the_scenario_itself_does_is_left_out_and_said():
    own = replace(Scenario(), intervention=(Intervention("police_drive", 10),))
    with_own = compare(own, 56, 1, (done_from("joint_visits", 14),))
    without = compare(Scenario(), 56, 1, (done_from("joint_visits", 14),))
    assert with_own.facts["left_out_of_scenario"] == ["police_drive"]
    assert with_own.tables["weeks"].equals(without.tables["weeks"])


def test_where_every_area_takes_part_there_is_no_elsewhere():
    compared = compare(Scenario(), 28, 1, (done_from("police_drive", 0),))
    assert set(compared.tables["weeks"]["where"].to_pylist()) == {"its areas", "whole town"}
    assert compared.tables["differences"]["before"].null_count == compared.tables["differences"].num_rows
    assert compared.facts["areas"]["residents"] == compared.facts["areas"]["of_residents"]


@pytest.mark.parametrize(
    ("days", "seed", "done", "says"),
    [
        (365, 1, (), "no intervention"),
        (365, 1, (done_from("joint_visits", 1), done_from("joint_visits", 2)), "joint_visits is named twice"),
        (365, 1, (done_from("hope", 1),), "no intervention 'hope'"),
        (365, 1, (done_from("joint_visits", 359),), "day 359"),
        (365, 1, (done_from("joint_visits", -1),), "day -1"),
        (6, 1, (done_from("joint_visits", 0),), "6 days"),
        (100_000, 1, (done_from("joint_visits", 0),), "100,000 days"),
        (365, -1, (done_from("joint_visits", 0),), "seed -1"),
        (365, 1, (done_from("joint_visits", 0, ("Nowhere",)),), "Nowhere"),
        (365, 1, (done_from("joint_visits", 0, ("X01006000",)),), "none of the areas"),
        (365, 1, (done_from("joint_visits", 0, ("harbour",)), done_from("counter_story", 0)), "same areas"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(days, seed, done, says):
    with pytest.raises(ScenarioError, match=says):
        compare(Scenario(), days, seed, done)


@given(st.lists(st.integers(0, 50), min_size=WEEK, max_size=80), st.data())
def test_weeks_add_up_to_the_days_they_are_made_of(rows, data):
    counts = np.array(rows, dtype=np.float64)
    whole = len(counts) // WEEK * WEEK
    a_week = Series(counts, np.full(len(counts), 1 / WEEK))
    assert a_week.by_week() == pytest.approx(counts[:whole].reshape(-1, WEEK).sum(axis=1))
    so_far = Series(counts, np.ones(len(counts)), "so far")
    assert so_far.by_week() == pytest.approx(np.cumsum(a_week.by_week()))
    start = data.draw(st.integers(0, len(rows) - 1))
    assert so_far.over(slice(start, None)) == pytest.approx(
        a_week.over(slice(start, None)) * (len(rows) - start) / WEEK
    )
    answered = replace(a_week, out_of=np.ones(len(counts)), answers=np.array(rows))
    for week, value in enumerate(answered.by_week()):
        assert (value is None) == (sum(rows[week * WEEK : week * WEEK + WEEK]) < FEWEST_ANSWERS)


def test_the_tables_have_the_columns_that_are_promised(compared):
    assert compared.tables["weeks"].schema.field("week").type == pa.date32()
    for name, table in compared.tables.items():
        told = Comparison.__doc__.split(f"`{name}`:")[1].split("\n\n")[0]
        for column in table.column_names:
            assert column in told, (name, column)
