"""Planted campaigns are what they say, rules find what they are made for, and recall is counted right."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from towns import TOWN_SINCE, SmallTown

from lippen.credibility import Evaluation, Settings, evaluate
from lippen.credibility.campaigns import SIZES, STEALTHS, draw_campaigns, planted_texts, spread_out
from lippen.credibility.rules import Rule, all_rules, that_count
from lippen.credibility.stream import Stream, make_stream, part
from lippen.engine import Engine
from lippen.progress import Stages

DAY_S = 86_400


def stream_of(n: int = 4000, days: int = 56, seed: int = 3) -> Stream:
    """Incidents of a town 8 km across, drawn one by one."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, days * DAY_S, n)
    return make_stream(
        at_s=at,
        x_km=np.round(rng.uniform(-4, 4, n), 1),
        y_km=np.round(rng.uniform(-4, 4, n), 1),
        kind=rng.choice(6, n, p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05]).astype(np.int64),
        hour_of_week=at // 3600 % 168,
        unfounded=rng.random(n) < 0.25,
        copies=np.full(n, -1),
        evidence=np.zeros(n),
        row=np.arange(n),
    )


@pytest.fixture(scope="module")
def quiet() -> Stream:
    return stream_of()


def test_every_shape_is_drawn_equally_often(quiet: Stream) -> None:
    drawn = draw_campaigns(quiet, rounds=2, seed=1)
    shapes = [(one.stealth, one.size, one.busy, one.attack) for one in drawn]
    assert len(shapes) == 2 * len(STEALTHS) * len(SIZES) * 4
    assert {shapes.count(shape) for shape in shapes} == {2}


def test_campaigns_are_as_tight_and_as_stealthy_as_they_say(quiet: Stream) -> None:
    for one in draw_campaigns(quiet, rounds=4, seed=2):
        assert len(one.at_s) == len(one.kind) == one.size
        assert np.all(np.diff(one.at_s) >= 0)
        if one.stealth == "S4":
            continue
        lasted = int(one.at_s[-1] - one.at_s[0])
        assert lasted <= (180 if one.stealth == "S3" else 40) * 60
        assert 1 <= len(set(one.kind.tolist())) <= 4
        # Up to 40 in 100 end otherwise, never more.
        assert (~one.unfounded).sum() <= 0.4 * one.size
        # As many places as incidents: no campaign is one household.
        assert len({(x, y) for x, y in zip(one.x_km, one.y_km, strict=True)}) == one.size
        if one.attack:
            assert len(one.attack_at_s) >= 2
            assert np.all(one.attack_at_s >= one.at_s[0])
            assert not quiet.unfounded[one.attack_source].any()
        else:
            assert len(one.attack_at_s) == 0


def test_shapes_vary_within_a_stealth(quiet: Stream) -> None:
    drawn = [one for one in draw_campaigns(quiet, rounds=6, seed=3) if one.stealth == "S3" and one.size == 10]
    lasted = [int(one.at_s[-1] - one.at_s[0]) / 60 for one in drawn]
    reach = [float(np.hypot(np.ptp(one.x_km), np.ptp(one.y_km))) for one in drawn]
    assert max(lasted) > 1.5 * min(lasted)
    assert max(reach) > 1.5 * min(reach)
    assert {len(set(one.kind.tolist())) for one in drawn} >= {1, 2, 3}
    assert {int((~one.unfounded).sum()) for one in drawn} >= {0, 2, 4}


def test_a_seed_draws_the_same_campaigns(quiet: Stream) -> None:
    for one, other in zip(draw_campaigns(quiet, 1, 5), draw_campaigns(quiet, 1, 5), strict=True):
        assert np.array_equal(one.at_s, other.at_s)
        assert np.array_equal(one.source, other.source)


def test_no_two_campaigns_of_a_planting_lie_within_six_hours(quiet: Stream) -> None:
    drawn = draw_campaigns(quiet, rounds=2, seed=4)
    plantings = spread_out(drawn, days=56)
    assert sum(len(one) for one in plantings) == len(drawn)
    for planting in plantings:
        starts = sorted(int(one.at_s[0]) for one in planting)
        assert all(b - a > DAY_S / 4 for a, b in pairwise(starts))


def test_texts_are_copied_changed_or_other_by_stealth(quiet: Stream) -> None:
    rng = np.random.default_rng(6)
    words = [f"word{i}" for i in range(400)]
    texts = pa.array([" ".join(rng.choice(words, 20)) for _ in range(len(quiet))])
    drawn = [one for one in draw_campaigns(quiet, 1, 7) if one.size == 20 and not one.attack]
    written = planted_texts(drawn, quiet, texts, seed=8).to_pylist()
    for number, one in enumerate(drawn):
        mine = [str(text).split() for text in written[number * 20 : (number + 1) * 20]]
        same = np.mean([a == b for a, b in zip(mine[0], mine[1], strict=False)])
        if one.stealth == "S0":
            assert len({" ".join(text) for text in mine}) == 1
        elif one.stealth == "S1":
            # Each of two texts keeps four words in five, so about 64 in 100 places agree.
            agree = np.mean([[a == b for a, b in zip(mine[0], other, strict=False)] for other in mine[1:]])
            assert 0.5 < agree < 0.8
        else:
            assert same < 0.3


def cluster(quiet: Stream, n: int, kind: int | None, apart_km: float = 0.15, gap_s: int = 240) -> Stream:
    """The quiet stream with `n` incidents with nothing found in a row of places, rows below 0."""
    start, which = 20 * DAY_S + 12 * 3600, np.arange(n)
    return make_stream(
        np.concatenate([quiet.at_s, start + which * gap_s]),
        np.concatenate([quiet.x_km, 0.02 + which * apart_km]),
        np.concatenate([quiet.y_km, np.full(n, 0.02)]),
        np.concatenate([quiet.kind, np.full(n, kind) if kind is not None else which % 6]),
        np.concatenate([quiet.hour_of_week, np.full(n, (start // 3600) % 168)]),
        np.concatenate([quiet.unfounded, np.ones(n, dtype=np.bool_)]),
        np.full(len(quiet) + n, -1),
        np.zeros(len(quiet) + n),
        np.concatenate([quiet.row, -1 - which]),
    )


def rule_named(name: str, setting: str) -> Rule:
    return next(rule for rule in all_rules(with_text=True) if (rule.name, rule.setting) == (name, setting))


@pytest.mark.parametrize(
    ("name", "setting", "kind"),
    [
        ("same kind, counted", "6 within 1 km and 40 min", 5),
        ("any kind, counted", "6 within 1 km and 40 min", None),
        ("Knox, same kind", "chains of 6 within 0.5 km and 10 min", 5),
        ("EWMA by area", "6 standard deviations", None),
    ],
)
def test_each_rule_finds_what_it_is_made_for(
    quiet: Stream, name: str, setting: str, kind: int | None
) -> None:
    rule = rule_named(name, setting)
    planted = cluster(quiet, 6, kind)
    groups = rule.groups(planted, np.full(len(planted), -1))
    assert any((planted.row[group] < 0).sum() >= 5 for group in groups)
    assert len(rule.groups(quiet, np.full(len(quiet), -1))) < len(groups)


@pytest.mark.parametrize("same_kind", [True, False])
@pytest.mark.parametrize("least", [2, 3, 4])
def test_a_counting_rule_raises_what_its_definition_says(quiet: Stream, same_kind: bool, least: int) -> None:
    """Whoever looks back so far and finds enough within reach raises all of them, and groups that share one
    are one."""
    s, counts = quiet, that_count(quiet)
    assert set(counts.tolist()) == {True, False}
    groups: list[set[int]] = []
    for i in np.flatnonzero(counts):
        near = counts & (s.at_s >= s.at_s[i] - 180 * 60) & (np.arange(len(s)) <= i)
        near &= (s.x_km - s.x_km[i]) ** 2 + (s.y_km - s.y_km[i]) ** 2 <= 16
        if same_kind:
            near &= s.kind == s.kind[i]
        if near.sum() >= least:
            shared = set(np.flatnonzero(near).tolist())
            for one in [one for one in groups if one & shared]:
                groups.remove(one)
                shared |= one
            groups.append(shared)
    name = f"{'same' if same_kind else 'any'} kind, counted"
    found = rule_named(name, f"{least} within 4 km and 180 min").groups(s, np.full(len(s), -1))
    assert len(found) > 0
    assert sorted(map(sorted, groups)) == sorted(group.tolist() for group in found)


@pytest.mark.parametrize("rule", list(all_rules(with_text=True))[::25], ids=lambda rule: rule.setting)
def test_a_rule_sees_only_what_counts(quiet: Stream, rule: Rule) -> None:
    planted = cluster(quiet, 6, None)
    counts, words = that_count(planted), np.arange(len(planted)) % 500
    alone = part(planted, counts)
    whole = [planted.row[group].tolist() for group in rule.groups(planted, words)]
    assert whole == [alone.row[group].tolist() for group in rule.groups(alone, words[counts])]


def test_a_rule_of_the_same_kind_is_blind_to_a_mix(quiet: Stream) -> None:
    planted = cluster(quiet, 6, None)
    groups = rule_named("same kind, counted", "3 within 1 km and 40 min").groups(
        planted, np.full(len(planted), -1)
    )
    assert not any((planted.row[group] < 0).sum() >= 3 for group in groups)


def test_equal_texts_are_grouped_within_a_day(quiet: Stream) -> None:
    planted = cluster(quiet, 6, 5)
    words = np.where(planted.row < 0, 7, -1)
    (group,) = rule_named("exact text", "4 the same within a day").groups(planted, words)
    assert set(planted.row[group]) == {-1, -2, -3, -4, -5, -6}
    assert rule_named("exact text", "7 the same within a day").groups(planted, words) == []


@pytest.fixture(scope="module")
def measured(small_town: SmallTown, duck: Engine) -> Evaluation:
    return evaluate(
        small_town.incidents, duck, Settings(since=TOWN_SINCE, seed=1), Stages(quiet=True), rounds=2
    )


def test_recall_is_measured_against_the_best_plain_rule(measured: Evaluation) -> None:
    facts = measured.facts
    assert facts["campaigns"] == 2 * 4 * len(SIZES) * 4
    assert facts["recall_low"] < facts["recall"] < facts["recall_high"]
    assert facts["best_rule_recall"] == max(measured.tables["rules"]["recall"].to_pylist())
    # In a town of 25 assessed incidents a day anything stands out, and plain counts do nearly as well. The
    # claim of 1.25 is for real streams: see test_milwaukee.
    assert facts["ratio"] >= 1
    assert facts["recall"] > 0.75


def test_nobody_finds_what_is_drawn_from_the_normal_stream(measured: Evaluation) -> None:
    """Twenty within two hours are another matter: in a town of 25 a day their number gives them away."""
    found = measured.facts["by_stealth"]["S4"]
    assert max(found["3"], found["5"], found["10"]) <= 0.05
    assert found["20"] < measured.facts["by_stealth"]["S3"]["20"] / 2


def test_larger_campaigns_are_found_more_often(measured: Evaluation) -> None:
    small, *_, large = (one["recall"] for one in measured.facts["by_size"])
    assert large > small


def test_every_rule_that_is_shown_keeps_to_the_budget(measured: Evaluation) -> None:
    rules = measured.tables["rules"].to_pylist()
    assert {row["rule"] for row in rules} == {
        "same kind, counted", "any kind, counted", "Knox, same kind", "EWMA by area", "exact text",
    }  # fmt: skip
    assert all(row["false_per_30_days"] <= measured.facts["budget"] for row in rules)


def test_found_and_planted_add_up_over_the_table(measured: Evaluation) -> None:
    rows = [row for row in measured.tables["recall"].to_pylist() if row["stealth"] != "S4"]
    assert sum(row["campaigns"] for row in rows) == measured.facts["campaigns"]
    assert sum(row["found"] for row in rows) / measured.facts["campaigns"] == measured.facts["recall"]


def test_the_text_says_what_the_figures_say(measured: Evaluation) -> None:
    said = measured.as_text()
    assert f"{measured.facts['recall']:.3f}" in said
    assert "S4 is drawn from what is normal: nobody can find it" in said
    assert all(rule in said for rule in measured.tables["rules"]["rule"].to_pylist())


def test_the_same_seed_measures_the_same(measured: Evaluation, small_town: SmallTown, duck: Engine) -> None:
    again = evaluate(
        small_town.incidents, duck, Settings(since=TOWN_SINCE, seed=1), Stages(quiet=True), rounds=2
    )
    assert again.facts == measured.facts
    assert all(again.tables[name].equals(table) for name, table in measured.tables.items())
