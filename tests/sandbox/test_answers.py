"""The survey: a design whose weights are what they say, published shares, and answers that are the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from columns import filled
from hypothesis import given, settings
from hypothesis import strategies as st
from taken_in import taken_in

from lippen.engine import Engine
from lippen.sandbox import Intervention, Scenario, make_world
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.streams import answers
from lippen.sandbox.streams.survey_design import ADULT, sampled

QUIET = Scenario(false_trend=())
BURGHS = tuple(range(0, 220, 7))
QUESTIONS = (
    "Q1 Affected",
    "Q2 Affected By",
    "Q3 Would Report",
    "Q4 Police Job",
    "Q5a Respect",
    "Q5b Fair",
    "Q5c Explain",
    "Q6 Payback",
    "Q7 Knows Outcome",
    "Q8 Serious Here",
)


@lru_cache(maxsize=128)
def drawn(which=0, days=365, seed=1, scenario=QUIET):
    world = make_world(which, scenario, days, seed)
    return world, answers.draw(world, True)


def array(table, name):
    return np.array(table[name].to_pylist())


def every(name):
    return np.concatenate([array(drawn(one)[1].rows, name) for one in BURGHS])


def truths(name):
    return np.concatenate([array(drawn(one)[1].truth["answers"], name) for one in BURGHS])


def among(values):
    """Shares of the answers given."""
    given_values = values[filled(values)]
    return {name: count / len(given_values) for name, count in Counter(given_values.tolist()).items()}


# ---- the design --------------------------------------------------------------------------------------------


def test_about_1000_adults_of_a_burgh_are_drawn_in_a_year():
    assert len(every("Serial")) / len(BURGHS) == pytest.approx(1000, rel=0.02)
    assert drawn(days=5 * 365)[1].rows.num_rows == pytest.approx(5000, rel=0.03)


def test_weights_are_the_inverse_of_how_often_a_person_is_drawn():
    """The world stays, the sampler's seed changes: over many samples each adult weighs in with 1 a wave."""
    world = make_world(0, QUIET, 182, 1)
    people, times = world.people, 400
    weighed = np.zeros(len(people.home))
    for seed in range(times):
        sample = sampled(replace(world, seed=seed))
        np.add.at(weighed, sample.person, sample.weight)
    weighed /= times
    adult = people.age >= ADULT
    assert not weighed[~adult].any()
    block = people.home_block[people.home]
    members = np.bincount(block[adult], minlength=block.max() + 1)[block]
    larger = world.place.larger_of[people.area]
    # By larger area, by how many adults a block has, by age: nobody counts more or less than another.
    for group in (
        *(larger == one for one in range(7)),
        *(np.isin(members, some) for some in ((range(1, 7)), range(7, 15), range(15, 99))),
        people.age < 35,
        people.age >= 60,
    ):
        assert weighed[adult & group].mean() == pytest.approx(1, abs=0.05)


def test_weights_add_up_to_the_adults_of_each_larger_area_in_each_wave():
    world, made = drawn(3)
    people = world.people
    adults = np.bincount(world.place.larger_of[people.area[people.age >= 16]], minlength=7)
    weight, wave, stratum = (array(made.rows, name) for name in ("Design Weight", "Wave", "Stratum"))
    for one in np.unique(wave):
        for at, code in enumerate(world.place.larger_codes):
            mine = (wave == one) & (stratum == code)
            assert weight[mine].sum() == pytest.approx(adults[at], rel=0.12)
    assert weight.sum() == pytest.approx(2 * adults.sum(), rel=0.03)


def test_each_larger_area_has_its_clusters_and_each_cluster_few_adults():
    design = by_name("answer.design")
    _, made = drawn(5)
    wave, stratum, cluster = (array(made.rows, name) for name in ("Wave", "Stratum", "PSU"))
    seen = Counter(zip(wave.tolist(), stratum.tolist(), cluster.tolist(), strict=True))
    assert max(seen.values()) == design["adults"]
    of_stratum = Counter((one, two) for one, two, _ in seen)
    assert set(of_stratum.values()) == {design["clusters"]}
    of_cluster = {}
    for _, two, three in seen:
        assert of_cluster.setdefault(three, two) == two


def test_nothing_that_is_true_or_done_enters_the_sample_or_a_weight():
    names = ["Serial", "Wave", "Interview Date", "Stratum", "PSU", "Design Weight", "Age Group", "Tenure"]
    before = drawn()[1].rows.select(names)
    for scenario in (
        Scenario(harm=2.0),
        QUIET.with_interventions(Intervention("safe_reporting", -50), Intervention("police_drive", 10)),
    ):
        assert drawn(scenario=scenario)[1].rows.select(names).equals(before)


# ---- what is true ------------------------------------------------------------------------------------------


def test_the_true_share_affected_is_that_of_the_world():
    for which in (0, 60, 180):
        world = make_world(which, Scenario(), 365, 1)
        people, place = world.people, world.place
        everybody = np.arange(len(people.home))
        for day in (0, 180, 364):
            true = answers.affected_on(world, everybody, np.full(len(everybody), day))
            want = np.average(world.affected[:, day], weights=place.residents)
            assert true.mean() == pytest.approx(want, abs=0.01)
            by_larger = np.bincount(place.larger_of[people.area], weights=true)
            by_larger /= np.bincount(place.larger_of[people.area])
            wanted = np.bincount(place.larger_of, weights=world.affected[:, day] * place.residents)
            wanted /= np.bincount(place.larger_of, weights=place.residents)
            assert np.abs(by_larger - wanted).max() < 0.025


def test_the_survey_truth_holds_shares_of_all_adults():
    world, made = drawn()
    survey = made.truth["survey"]
    adults = survey["adults"].to_numpy()
    assert adults.sum() == 2 * (world.people.age >= 16).sum()
    assert np.average(survey["affected"].to_numpy(), weights=adults) == pytest.approx(0.10, abs=0.015)
    assert np.average(survey["trust"].to_numpy(), weights=adults) == pytest.approx(0.45, abs=0.02)
    day = (array(survey, "day").astype("datetime64[D]") - np.datetime64(world.first_day)).astype(int)
    names = array(survey, "larger_area")
    for row in range(survey.num_rows):
        mine = [one == names[row] for one in np.array(world.place.larger_names)[world.place.larger_of]]
        want = np.average(world.trust[mine, day[row]], weights=world.place.residents[mine])
        assert survey["trust"][row].as_py() == pytest.approx(want, abs=0.035)


def test_if_all_answered_the_weights_would_give_the_truth_back():
    weight, affected, good = every("Design Weight"), truths("affected"), truths("good_police")
    survey = pa.concat_tables([drawn(one)[1].truth["survey"] for one in BURGHS])
    adults = survey["adults"].to_numpy()
    # Some 32,000 adults: three standard errors are half a point and a point.
    for said, name, within in ((affected, "affected", 0.006), (good, "trust", 0.01)):
        true = np.average(survey[name].to_numpy(), weights=adults)
        assert np.average(said, weights=weight) == pytest.approx(true, abs=within)


def test_who_answers_depends_on_trust_and_fear_so_that_answers_alone_are_too_kind():
    answered, propensity = every("Took Part") == "yes", truths("propensity")
    assert answered.mean() == pytest.approx(by_name("answer.response")["level"], abs=0.03)
    assert answered.mean() == pytest.approx(propensity.mean(), abs=0.01)
    good, worried, weight = truths("good_police"), truths("worried"), every("Design Weight")
    assert answered[good].mean() > answered[~good].mean() + 0.03
    assert answered[worried].mean() < answered[~worried].mean() - 0.02
    among_answers = np.average(good[answered], weights=weight[answered])
    assert 0.01 < among_answers - np.average(good, weights=weight) < 0.05


# ---- what is said ------------------------------------------------------------------------------------------


def test_those_who_did_not_answer_left_every_question_empty():
    answered = every("Took Part") == "yes"
    for name in QUESTIONS:
        empty = ~filled(every(name))
        assert empty[~answered].all()
        assert not empty[answered].all()
    assert not (~filled(every("Age Group"))).any()


def test_answers_are_the_truth_of_whoever_gave_them():
    answered, affected = every("Took Part") == "yes", truths("affected")
    assert ((every("Q1 Affected")[answered] == "yes") == affected[answered]).all()
    by = filled(every("Q2 Affected By"))
    assert (by == (answered & affected)).all()
    knows = filled(every("Q7 Knows Outcome"))
    assert not (knows & ~by).any()
    job, payback = every("Q4 Police Job"), every("Q6 Payback")
    said = filled(job)
    assert ((job[said] <= 2) == truths("good_police")[said]).all()
    assert ((payback[answered] >= 4) == truths("worried")[answered]).all()


def test_what_affected_people_has_the_published_shares():
    # Public Perceptions of Organised Crime in Scotland 2017: theft 18 %, violence 17, cyber 15, house-
    # breaking 14.
    shares = among(every("Q2 Affected By"))
    for name, share in (
        ("Theft", 0.18),
        ("Violence", 0.17),
        ("Cyber crime or fraud online", 0.15),
        ("Housebreaking", 0.14),
    ):
        assert shares[name] == pytest.approx(share, abs=0.03)


def test_three_in_four_would_report_and_three_in_ten_see_a_serious_problem():
    # The same survey: 75 % would report, 17 % not, 8 % undecided; 30 % very or fairly serious nearby.
    shares = among(every("Q3 Would Report"))
    assert shares["Yes"] == pytest.approx(0.75, abs=0.02)
    assert shares["No"] == pytest.approx(0.17, abs=0.02)
    assert shares["Undecided"] == pytest.approx(0.08, abs=0.015)
    serious = among(every("Q8 Serious Here"))
    assert serious[3] + serious[4] == pytest.approx(0.30, abs=0.025)


def test_the_police_do_a_good_job_for_45_in_100_and_a_fair_one_for_36():
    # Scottish Crime and Justice Survey 2023/24; those who answer are a little kinder.
    shares = among(every("Q4 Police Job"))
    assert shares[1] + shares[2] == pytest.approx(0.45 / 0.95, abs=0.04)
    assert shares[3] == pytest.approx(0.36, abs=0.05)
    assert 0.10 < shares[4] + shares[5] < 0.18


def test_who_thinks_well_of_the_police_says_so_of_respect_fairness_and_explaining():
    good = truths("good_police")
    means = []
    for name in ("Q5a Respect", "Q5b Fair", "Q5c Explain"):
        said = every(name)
        known = filled(said)
        values = said[known].astype(int)
        assert set(values.tolist()) == {1, 2, 3, 4}
        assert values[good[known]].mean() > values[~good[known]].mean() + 0.5
        means.append(values.mean())
    assert means[2] < means[0]
    nobody_asks = (~filled(every("Q5c Explain"))) & (every("Took Part") == "yes")
    share = nobody_asks.sum() / (every("Took Part") == "yes").sum()
    assert share == pytest.approx(by_name("answer.fairness")["nobody_asks"], abs=0.015)


def test_few_of_those_who_told_know_what_came_of_it():
    assert among(every("Q7 Knows Outcome"))["yes"] == pytest.approx(number("answer.knows"), abs=0.06)


def test_an_intervention_changes_answers_in_its_own_areas_from_its_own_day_alone():
    ward = drawn()[0].place.larger_names[1]
    done = QUIET.with_interventions(
        Intervention("safe_reporting", 182, (ward,)), Intervention("joint_visits", 999)
    )
    rows = [drawn(scenario=scenario)[1].rows for scenario in (QUIET, done)]
    apart = pa.array((array(rows[0], "Ward") != ward) | (array(rows[0], "Wave") == "Wave 1"))
    assert rows[0].filter(apart).equals(rows[1].filter(apart))
    stronger = Intervention("joint_visits", -200)
    true = [
        np.average(
            made.truth["survey"]["trust"].to_numpy(), weights=made.truth["survey"]["adults"].to_numpy()
        )
        for _, made in (drawn(), drawn(scenario=QUIET.with_interventions(stronger)))
    ]
    assert true[1] - true[0] == pytest.approx(number("intervention.joint_visits.trust"), abs=0.012)


# ---- rows and truth ----------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(which=st.integers(0, 219), length=st.integers(1, 1830), seed=st.integers(0, 2**32 - 1))
def test_any_world_gives_rows_in_order_whose_truth_fits(which, length, seed):
    world = make_world(which, Scenario(), length, seed)
    made = answers.draw(world, True)
    rows, truth = made.rows, made.truth["answers"]
    assert answers.draw(world, False).rows.equals(rows)
    assert rows.schema == drawn()[1].rows.schema
    day = (array(rows, "Interview Date").astype("datetime64[D]") - np.datetime64(world.first_day)).astype(int)
    assert (np.diff(day) >= 0).all()
    assert 0 <= day.min() <= day.max() < length
    assert rows["Serial"].to_pylist() == [(which + 1) * 1_000_000 + 1 + at for at in range(len(day))]
    assert truth["answer_id"].equals(rows["Serial"])
    people, place = world.people, world.place
    person = truth["person"].to_numpy()
    assert (people.age[person] >= 16).all()
    assert array(rows, "Ward").tolist() == [
        place.larger_names[one] for one in place.larger_of[people.area[person]]
    ]
    twice = Counter(zip(array(rows, "Wave").tolist(), person.tolist(), strict=True))
    assert max(twice.values()) == 1
    assert (rows["Design Weight"].to_numpy() >= 1).all()
    propensity = truth["propensity"].to_numpy()
    assert ((propensity > 0) & (propensity < 1)).all()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    first, again, other = (answers.draw(make_world(7, QUIET, 90, seed), True) for seed in (3, 3, 4))
    assert first.rows.equals(again.rows)
    assert all(first.truth[name].equals(again.truth[name]) for name in first.truth)
    assert not first.rows.equals(other.rows)


@pytest.mark.parametrize("which", [0, 219])
def test_every_row_is_taken_in_by_the_mapping(duck: Engine, tmp_path: Path, which):
    rows = answers.draw(make_world(which, Scenario(), 365, 5), True).rows
    taken = taken_in(duck, tmp_path, "answer", rows)
    assert taken["parquet"]["police_job"].to_pylist() == rows["Q4 Police Job"].to_pylist()
    assert taken["parquet"]["weight"].to_pylist() == rows["Design Weight"].to_pylist()
    assert taken["parquet"]["affected"].to_pylist() == [
        None if one is None else one == "yes" for one in rows["Q1 Affected"].to_pylist()
    ]
    for name in ("affected", "police_job", "weight", "knows_what_happened", "interviewed_on"):
        assert taken["csv"][name].to_pylist() == taken["parquet"][name].to_pylist()
