"""What is normal is learned on earlier days only, and every figure of it is measured on later ones."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from towns import COLUMNS, RATES, SINCE, Row, assess_town, incidents, ordinary_rows

from lippen.brief.checking import accept_facts, accept_tables
from lippen.credibility import AssessmentError, Settings, assess
from lippen.credibility.expected import Rates, learn_ladder, learn_rates
from lippen.credibility.features import collect_features, day_number, ints
from lippen.engine import Engine
from lippen.measured import calibration_error, ranking
from lippen.progress import Stages

SINCE_DAY = day_number(SINCE)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return ordinary_rows(seed=5, per_day=60)


@pytest.fixture(scope="module")
def features(duck: Engine, rows: list[Row]) -> pa.Table:
    return collect_features(duck.table(incidents(rows)), duck, SINCE)


@pytest.fixture(scope="module")
def rates(features: pa.Table) -> Rates:
    return learn_rates(features, SINCE_DAY, seed=0)


@pytest.fixture(scope="module")
def ladder(features: pa.Table, rates: Rates) -> dict[str, np.ndarray]:
    return learn_ladder(features, rates.learning, seed=0)


def with_outcomes(features: pa.Table, unfounded: np.ndarray) -> pa.Table:
    return features.set_column(features.schema.get_field_index("unfounded"), "unfounded", pa.array(unfounded))


def test_later_outcomes_change_no_rate(
    features: pa.Table, rates: Rates, ladder: dict[str, np.ndarray]
) -> None:
    """Whatever the later outcomes are, the same is expected of every incident, on every rung."""
    later = ints(features, "day_n") >= SINCE_DAY
    outcomes = ints(features, "unfounded")
    turned = with_outcomes(features, np.where(later, 1 - outcomes, outcomes))
    assert rates.rate.tolist() == learn_rates(turned, SINCE_DAY, seed=0).rate.tolist()
    after = learn_ladder(turned, rates.learning, seed=0)
    for name, rung in ladder.items():
        assert rung.tolist() == after[name].tolist(), name
    assert (rates.later == later).all()
    assert (rates.learning == ~later).all()


def test_the_rate_is_a_share_that_knows_kind_and_area_and_counts_rightly(
    features: pa.Table, rates: Rates
) -> None:
    """The truth of this town is known: kinds differ, and in the east a further 12 in 100 find nothing."""
    found, later = ints(features, "unfounded"), rates.later
    column = [int(area[1:]) % COLUMNS for area in features["area"].to_pylist()]
    truth = np.array([RATES[kind] for kind in features["kind"].to_pylist()]) + 0.12 * (np.array(column) >= 4)
    own, best = ranking(found[later], rates.rate[later]), ranking(found[later], truth[later])
    assert own is not None
    assert best is not None
    assert own.auc > best.auc - 0.02
    assert ((rates.rate > 0) & (rates.rate < 1)).all()
    # 15 bins of some 100 incidents are off by 4 in 100 even where every rate is right.
    assert calibration_error(found[later], rates.rate[later]) < 0.06
    assert abs(rates.rate[later].mean() - truth[later].mean()) < 0.04


def test_the_ladder_has_every_rung_and_the_lowest_knows_nothing(
    features: pa.Table, rates: Rates, ladder: dict[str, np.ndarray]
) -> None:
    found, later = ints(features, "unfounded"), rates.later
    assert list(ladder) == ["global", "kind", "kind_hour", "logistic", "boosted"]
    auc = {name: ranking(found[later], rung[later]) for name, rung in ladder.items()}
    assert all(one is not None for one in auc.values())
    assert auc["global"] is not None
    assert auc["global"].auc == 0.5
    for name in ("kind", "kind_hour", "logistic", "boosted"):
        one = auc[name]
        assert one is not None
        assert one.low > 0.55, name


def test_the_rate_of_a_kind_is_its_share_before_the_days_assessed(
    features: pa.Table, rates: Rates, ladder: dict[str, np.ndarray]
) -> None:
    prowler = np.array([kind == "PROWLER" for kind in features["kind"].to_pylist()])
    found = ints(features, "unfounded")
    n, unfounded = (prowler & rates.learning).sum(), found[prowler & rates.learning].sum()
    overall = found[rates.learning].mean()
    (rate,) = set(ladder["kind"][prowler].tolist())
    assert rate == pytest.approx((unfounded + 10 * overall) / (n + 10), abs=2e-6)


def test_shuffled_outcomes_have_no_skill_and_stay_within_the_budget(duck: Engine, rows: list[Row]) -> None:
    """With outcomes dealt out anew nothing can be known, so nothing may seem to be, and no more is found than
    the budget allows: with 3.7 false episodes expected in 28 days, 10 or more come once in 200 times."""
    rng = np.random.default_rng(11)
    known = [n for n, row in enumerate(rows) if row["outcome"] != "unknown" and "own_activity" not in row]
    dealt = list(rows)
    for n, other in zip(known, rng.permutation(known), strict=True):
        dealt[n] = {**rows[n], "outcome": rows[int(other)]["outcome"]}
    facts = assess_town(incidents(dealt), duck, budget=4.0).facts
    assert facts["model"]["auc_low"] <= 0.5 <= facts["model"]["auc_high"]
    assert facts["suspended"] is None
    assert facts["episodes"]["expected_false_per_30_days"] <= 4
    assert facts["episodes"]["found"] < 10


def test_a_kind_that_knows_the_outcome_suspends_the_assessment(duck: Engine, rows: list[Row]) -> None:
    """As when an export gives the kind that was written down after the visit."""
    leaking = [{**row, "kind": f"{row['kind']} {row['outcome'][:2]}"} for row in rows]
    assessment = assess_town(incidents(leaking), duck)
    facts = assessment.facts
    assert "From the kind of incident alone the outcome can be told 100 times in 100" in facts["suspended"]
    assert facts["episodes"]["why_none"] == facts["suspended"]
    assert facts["episodes"]["found"] is None
    assert facts["model"]["auc"] > 0.99
    for name in ("episodes", "episode_incidents", "episode_strip", "diversion", "fairness"):
        assert assessment.tables[name].num_rows == 0


def test_a_leak_by_anything_but_the_kind_is_told_too(duck: Engine, rows: list[Row]) -> None:
    """As when a place is only written down for incidents where something was found."""
    leaking = [{**row, "place": "12 KIRKGAIT" if row["outcome"] == "founded" else "THE QUAY"} for row in rows]
    said = assess_town(incidents(leaking), duck).facts["suspended"]
    assert said.startswith("From what was known at the call alone")


@pytest.mark.parametrize(
    ("keep", "why"),
    [(0, "map their column as `disposal`"), (1, "bring a longer export"), (300, "bring a longer export")],
)
def test_too_little_to_learn_from_is_said_and_nothing_is_found(
    duck: Engine, rows: list[Row], keep: int, why: str
) -> None:
    assessment = assess_town(incidents(rows[:keep]), duck)
    facts = assessment.facts
    assert facts["model"] is None
    assert why in facts["why_no_model"]
    assert facts["episodes"]["why_none"] == facts["why_no_model"]
    assert facts["episodes"]["found"] is None
    assert sum(facts["excluded"].values()) <= keep
    # What was to be said is said in the form that the briefing takes.
    accept_facts({"credibility": facts})
    accept_tables(assessment.tables)
    assert {table.num_rows for name, table in assessment.tables.items() if "volumes" not in name} == {0}


def test_one_outcome_only_is_told_from_too_little(duck: Engine, rows: list[Row]) -> None:
    same = [{**row, "outcome": "founded"} for row in rows]
    facts = assess_town(incidents(same), duck).facts
    assert facts["why_no_model"].startswith("Every incident before the assessed days ended the same way")
    assert "[outcomes]" in facts["why_no_model"]


def test_without_places_no_episode_is_looked_for(duck: Engine, rows: list[Row]) -> None:
    nowhere = [{**row, "lat": None, "lon": None} for row in rows]
    assessment = assess_town(incidents(nowhere), duck)
    assert assessment.facts["model"]["auc"] > 0.6
    assert "have a place" in assessment.facts["episodes"]["why_none"]
    assert assessment.facts["excluded"]["no_place"] > 5_000
    accept_tables(assessment.tables)
    assert assessment.tables["episodes"].num_rows == 0


def test_a_few_days_are_too_few_to_tell_a_group_from_chance(duck: Engine, rows: list[Row]) -> None:
    since = SINCE + dt.timedelta(days=22)
    assessment = assess_town(incidents(rows), duck, since=since)
    assert assessment.facts["model"] is not None
    assert assessment.facts["episodes"]["found"] is None
    assert assessment.facts["episodes"]["why_none"].startswith("Only 6 of the days assessed hold incidents")
    assert assessment.tables["episodes"].num_rows == 0


def test_a_budget_that_so_few_shuffled_days_cannot_tell_is_refused(duck: Engine, rows: list[Row]) -> None:
    """39 times 28 days: one false episode in all of them is 0.027 in 30 days, and none cannot be promised."""
    with pytest.raises(
        AssessmentError, match=r"0\.02 false episodes .* finer than 28 days .* 0\.027 or more"
    ):
        assess_town(incidents(rows), duck, budget=0.02)


def test_a_first_day_must_be_given(duck: Engine) -> None:
    with pytest.raises(AssessmentError, match=r"no first day to assess was given.*since"):
        assess(duck.table(incidents([])), duck, Settings(), Stages(quiet=True))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"budget": 0.0}, "0 false episodes"),
        ({"budget": float("nan")}, "nan false episodes"),
        ({"budget": 1e6}, "above 0 and up to 1000"),
        ({"seed": -1}, "the seed is -1"),
        ({"seed": 2**32}, "4294967295"),
        ({"replicates": 18}, "18 shuffled streams"),
        ({"replicates": 10_000}, "19 to 9999"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(AssessmentError, match=said):
        Settings(since=SINCE, **wrong)  # type: ignore[arg-type]


def test_learning_is_from_the_latest_days_when_there_are_too_many(
    duck: Engine, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lippen.credibility.features.MOST_LEARNED", 1_000)
    features = collect_features(duck.table(incidents(rows)), duck, SINCE)
    learned = features.filter(pc.less(features["day_n"], SINCE_DAY))
    assert 900 < learned.num_rows <= 1_000
    # Whole days: the day before the first of them would have been one too many.
    first = dt.date(1970, 1, 1) + dt.timedelta(days=pc.min(learned["day_n"]).as_py())
    more = [row for row in rows if first - dt.timedelta(days=1) <= row["reported_at"].date() < SINCE]
    assert len([row for row in more if row["outcome"] != "unknown" and row["kind"] in RATES]) > 1_000
