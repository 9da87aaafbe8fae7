"""A sandbox's own truth is counted right: episodes, diversions, false trends. Another's is refused."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import LARGER, SCHEMA, SINCE, Row, assess_town, found_ids, incidents, ordinary_rows, random_texts

from lippen.briefing import evaluate_sandbox
from lippen.credibility import Assessment, AssessmentError, Settings
from lippen.credibility.against_truth import evaluate_against_truth, score
from lippen.credibility.campaigns import draw_campaigns, planted_texts, spread_out
from lippen.credibility.diversion import DIVERSION
from lippen.credibility.episodes import EPISODE_TABLES
from lippen.credibility.expected import learn_rates
from lippen.credibility.false_trends import FalseEpisode, trends_table
from lippen.credibility.features import collect_features, day_number
from lippen.credibility.measured import wilson
from lippen.credibility.planting import LEAST_HELD, held_by
from lippen.credibility.scored import AgainstTruth
from lippen.credibility.searched import searched_stream
from lippen.credibility.stream import make_stream
from lippen.credibility.truth import TRUTH, Accepted, collect_accepted, held_in, lay_beside
from lippen.engine import Engine
from lippen.errors import LippenError
from lippen.progress import Stages

Tables = dict[str, pa.Table]
MOMENTS = [(name, pa.timestamp("us")) for name in ("first_at", "last_at")]
QUIET = Stages(quiet=True)


@dataclass(frozen=True)
class Planted:
    """A town with campaigns in it, what is true of it, and what is found."""

    table: pa.Table
    truth: Tables
    assessment: Assessment
    scored: AgainstTruth


def truth_tables(**rows: list[Row]) -> Tables:
    return {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TRUTH.items()}


def with_units(row: Row, n: int) -> Row:
    sent = row["reported_at"] + dt.timedelta(minutes=3 + n % 7)
    return {**row, "dispatched_at": sent, "cleared_at": sent + dt.timedelta(minutes=20 + n % 30), "units": 1}


def moment(second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(second), dt.UTC).replace(tzinfo=None)


def plant(engine: Engine, seed: int = 5) -> tuple[pa.Table, Tables]:
    """A made-up town of 30 incidents a day, a month of it with campaigns of every stealth planted."""
    text = random_texts(seed)
    # A04 ROW would be masked on the way in: it has the shape of a vehicle registration.
    ordinary = [
        with_units(
            {**row, "place": row["place"].replace("ROW", "GATE"), "text": text(), "incident_id": f"i{n:05d}"},
            n,
        )
        for n, row in enumerate(ordinary_rows(seed=seed, per_day=30))
    ]
    features = collect_features(engine.table(incidents(ordinary)), engine, SINCE)
    searched = searched_stream(
        features, learn_rates(features, day_number(SINCE), 0), engine, engine.table(incidents(ordinary))
    )
    assert searched is not None
    stream, kinds = searched.stream, sorted(set(features["kind"].to_pylist()))
    drawn = spread_out(draw_campaigns(stream, 1, seed), searched.days())[0]
    words = {row["incident_id"]: row["text"] for row in ordinary}
    places = [features.slice(int(row), 1).to_pylist()[0] for row in stream.row]
    texts = pa.array([words[place["incident_id"]] for place in places])
    written = iter(planted_texts(drawn, stream, texts, seed).to_pylist())
    made: list[Row] = []
    true: list[Row] = []
    episodes: list[Row] = []
    for number, one in enumerate(drawn, start=100):
        calls = [
            (moment(at), places[source], kinds[kind], "unfounded" if nothing else "founded", "episode")
            for at, source, kind, nothing in zip(one.at_s, one.source, one.kind, one.unfounded, strict=True)
        ]
        attacks = [
            (moment(at), places[source], places[source]["kind"], "founded", "target")
            for at, source in zip(one.attack_at_s, one.attack_source, strict=True)
        ]
        for n, (at, place, kind, outcome, cause) in enumerate(calls + attacks):
            row = {name: place[name] for name in ("place", "area", "larger_area", "lat", "lon")}
            made.append(
                with_units(
                    {
                        **row, "incident_id": f"p{number}-{n:02d}", "reported_at": at, "kind": kind,
                        "outcome": outcome, "text": next(written),
                    },
                    n,
                )
            )  # fmt: skip
            true.append({"incident_id": made[-1]["incident_id"], "cause": cause, "episode": number})
        episodes.append(
            {
                "episode": number,
                "purpose": "divert" if attacks else "harass",
                "stealth": one.stealth,
                "first_at": calls[0][0],
                "last_at": calls[-1][0],
                "larger_areas": sorted({call[1]["larger_area"] for call in calls}),
                "target_area": attacks[0][1]["area"] if attacks else None,
                "target_at": attacks[0][0] if attacks else None,
            }
        )
    ids = [{"incident_id": row["incident_id"], "cause": "ordinary", "episode": None} for row in ordinary]
    areas = {row["area"]: row["larger_area"] for row in ordinary}
    trend = {"kind": "school term", "first_day": SINCE, "last_day": SINCE + dt.timedelta(13), "areas": []}
    return incidents([*ordinary, *made]), truth_tables(
        incidents=ids + true,
        episodes=episodes,
        # As in a sandbox, an area has a row for each day.
        areas=[{"area": area, "larger_area": larger} for area, larger in areas.items()] * 2,
        false_trends=[trend],
    )


@pytest.fixture(scope="module")
def planted(duck: Engine) -> Planted:
    table, truth = plant(duck)
    scored = evaluate_against_truth(duck.table(table), duck, Settings(since=SINCE), QUIET, truth)
    return Planted(table, truth, assess_town(table, duck), scored)


def true_ids(truth: Tables) -> dict[int, set[str]]:
    own: dict[int, set[str]] = {}
    for row in truth["incidents"].to_pylist():
        if row["cause"] == "episode":
            own.setdefault(row["episode"], set()).add(row["incident_id"])
    return own


def test_planted_campaigns_are_counted_as_a_briefing_finds_them(planted: Planted) -> None:
    """Counted once more from the ids alone: three of a campaign in one episode, and half of it."""
    told, facts = found_ids(planted.assessment), planted.scored.facts
    own = true_ids(planted.truth)
    holds = {
        number: [one for one in told if len(one & ids) >= LEAST_HELD and 2 * len(one & ids) >= len(one)]
        for number, ids in own.items()
    }
    stealth = {row["episode"]: row["stealth"] for row in planted.truth["episodes"].to_pylist()}
    seen = [number for number in own if stealth[number] != "S4"]
    assert facts["episodes"] == len(seen) >= 8
    assert facts["found"] == sum(bool(holds[number]) for number in seen)
    assert facts["recall"] == facts["found"] / len(seen) > 0.5
    assert (facts["recall_low"], facts["recall_high"]) == wilson(facts["found"], len(seen))
    assert facts["told"] == len(told)
    assert facts["false"] == sum(not any(one in held for held in holds.values()) for one in told)
    assert facts["false_per_30_days"] == pytest.approx(facts["false"] / 28 * 30)
    found = {row["episode"]: row["found"] for row in planted.scored.tables["true_episodes"].to_pylist()}
    assert found == {number: bool(held) for number, held in holds.items()}


def test_every_breakdown_adds_up(planted: Planted) -> None:
    facts, rows = planted.scored.facts, planted.scored.tables["recall"].to_pylist()
    for by in ("stealth", "purpose"):
        mine = [row for row in rows if row["by"] == by and row["value"] != "S4"]
        assert sum(row["episodes"] for row in mine) == facts["episodes"]
        assert sum(row["found"] for row in mine) == facts["found"]
    assert [row["value"] for row in rows if row["by"] == "stealth"] == ["S0", "S1", "S2", "S3", "S4"]
    assert {row["value"] for row in rows if row["by"] == "larger area"} <= set(LARGER)
    by_area = planted.scored.tables["false_areas"].to_pylist()
    assert {row["area_group"] for row in by_area} == set(LARGER)
    assert sum(row["false_episodes"] for row in by_area) == facts["false"]
    # With a handful of false episodes in all, no area can be said to have more than its share.
    assert {row["verdict"] for row in by_area} == {"cannot tell"}


def test_every_rule_keeps_to_the_budget_and_is_judged_alike(planted: Planted) -> None:
    facts, rows = planted.scored.facts, planted.scored.tables["rules"].to_pylist()
    assert {row["rule"] for row in rows} >= {"any kind, counted", "EWMA by area", "exact text"}
    assert all(row["false_per_30_days"] <= facts["budget"] for row in rows)
    assert facts["best_rule_recall"] == max(row["recall"] for row in rows) > 0
    by_rule = sum(
        row["found_by_rule"]
        for row in planted.scored.tables["recall"].to_pylist()
        if row["by"] == "stealth" and row["value"] != "S4"
    )
    assert facts["best_rule_recall"] == by_rule / facts["episodes"]
    # Only copied texts are found by their being the same.
    copied = next(row for row in rows if row["rule"] == "exact text")
    stealths = planted.truth["episodes"]["stealth"].to_pylist()
    assert 0 < copied["found"] <= stealths.count("S0") + stealths.count("S4")


def test_other_campaigns_are_not_found(planted: Planted, duck: Engine) -> None:
    """The same assessment, scored against campaigns that were drawn by lot from the same incidents."""
    ids = planted.truth["incidents"]["incident_id"].to_pylist()
    lot = np.random.default_rng(2).permutation(len(ids))
    names = [(name, pa.nulls(planted.truth["episodes"].num_rows, kind)) for name, kind in MOMENTS]
    by_lot = pa.array([ids[i] for i in lot], pa.string())
    other = planted.truth | {
        "incidents": planted.truth["incidents"].set_column(0, "incident_id", by_lot),
        "episodes": pa.table(
            {**dict(zip(TRUTH["episodes"].names, planted.truth["episodes"], strict=True)), **dict(names)}
        ),
    }
    accepted = lay_beside(collect_accepted(duck.table(planted.table), duck), other, SINCE, 0)
    scored = score(planted.assessment, other, accepted, [], Settings(since=SINCE))
    assert scored.facts["found"] == scored.facts["true"] == 0
    assert scored.facts["precision"] == 0
    assert scored.facts["false"] == planted.scored.facts["told"]


def test_the_text_says_what_the_figures_say(planted: Planted) -> None:
    said, facts = planted.scored.as_text(), planted.scored.facts
    assert f"recall at 1 false episodes in 30 days: {facts['recall']:.3f}" in said
    assert f"episodes told: {facts['told']}, of which {facts['true']} hold a true one" in said
    assert f"({facts['best_rule']}: {facts['best_rule_setting']})" in said
    assert "school term, 2024-03-25 to 2024-04-07: quiet" in said
    assert all(f"\n{row['rule']}: " in said for row in planted.scored.tables["rules"].to_pylist())


def test_a_quiet_year_has_no_recall_and_its_false_episodes_are_counted(
    planted: Planted, duck: Engine
) -> None:
    """Nothing is true: no share of nothing is given, and no rule can be tuned with hindsight."""
    ids = planted.truth["incidents"].select(["incident_id"]).to_pylist()
    quiet = truth_tables(incidents=[{**row, "cause": "ordinary", "episode": None} for row in ids])
    scored = evaluate_against_truth(duck.table(planted.table), duck, Settings(since=SINCE), QUIET, quiet)
    assert (scored.facts["episodes"], scored.facts["recall"], scored.facts["best_rule"]) == (0, None, None)
    assert scored.facts["false"] == scored.facts["told"] > 0
    assert scored.tables["rules"].num_rows == 0
    assert "recall" not in scored.as_text()


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12))
def test_a_group_holds_what_it_would_hold_of_planted_campaigns(numbers: list[int]) -> None:
    """The measure of the sandbox is that of `held_by`: the same group, its campaigns planted instead."""
    n = len(numbers)

    @dataclass(frozen=True)
    class Sized:
        size: int = 12

    rows = np.array([-1 - number * 1000 - i if number >= 0 else i for i, number in enumerate(numbers)])
    zeros = np.zeros(n, dtype=np.int64)
    stream = make_stream(
        np.arange(n), zeros * 1.0, zeros * 1.0, zeros, zeros, zeros == 0, zeros - 1, zeros * 1.0, rows
    )
    held = held_by(stream, [np.arange(n)], [Sized()] * 4)  # type: ignore[list-item]
    assert set(held_in(np.array(numbers, dtype=np.int64))) == held


# By hand: ten incidents of the days assessed in two areas, one of an earlier day.

DAY = dt.date(2024, 4, 10)
NORTH, SOUTH = {"area": "A1", "larger_area": "North"}, {"area": "B1", "larger_area": "South"}


def accepted_row(name: str, **more: Any) -> Row:
    at_s = int(dt.datetime(2024, 4, 10, tzinfo=dt.UTC).timestamp()) + 60 * int(name[1:])
    return {
        "incident_id": name, "local_day": DAY, "at_s": at_s, "searched": True, "countable": True,
        **NORTH, **more,
    }  # fmt: skip


def accepted_rows(*rows: Row) -> pa.Table:
    names = ("incident_id", "local_day", "area", "larger_area", "at_s", "searched", "countable")
    types = (pa.string(), pa.date32(), pa.string(), pa.string(), pa.int64(), pa.bool_(), pa.bool_())
    return pa.Table.from_pylist(list(rows), pa.schema(list(zip(names, types, strict=True))))


def known(**episode_of: int | None) -> list[Row]:
    return [
        {"incident_id": name, "cause": "ordinary" if number is None else "episode", "episode": number}
        for name, number in episode_of.items()
    ]


def assessed(
    told: dict[str, tuple[list[str], str, str | None]],
    suspended: str | None = None,
    weeks: list[Row] | None = None,
) -> Assessment:
    """An assessment that told these episodes: the ids of each, its verdict on diversion, the area named."""
    names = EPISODE_TABLES["episodes"].names
    episodes = [dict.fromkeys(names) | {"episode_id": name, "diversion": told[name][1]} for name in told]
    members = [{"episode_id": name, "incident_id": one} for name, (ids, *_) in told.items() for one in ids]
    drawn = [
        dict.fromkeys(DIVERSION.names) | {"episode_id": name, "area": area}
        for name, (*_, area) in told.items()
    ]
    week = pa.schema(
        [("week", pa.date32()), ("incidents", pa.int64()), ("low", pa.float64()), ("high", pa.float64())]
    )
    change = [("kind", pa.string()), ("change_low", pa.float64()), ("change_high", pa.float64())]
    kinds = [
        {"kind": "NOISE", "change_low": -0.1, "change_high": 0.3},
        {"kind": "FIRE", "change_low": 0.1, "change_high": 0.5},
        {"kind": "NEW", "change_low": None, "change_high": None},
    ]
    facts = {
        "episodes": {
            "found": None if suspended else len(told),
            "days": None if suspended else 30,
            "why_none": suspended,
            "expected_false_per_30_days": None if suspended else 0.9,
        },
        "diversion": None if suspended else {"can_tell": True, "why": None},
        "suspended": suspended,
    }
    return Assessment(
        facts,
        {
            "episodes": pa.Table.from_pylist(episodes, EPISODE_TABLES["episodes"]),
            "episode_incidents": pa.Table.from_pylist(members, EPISODE_TABLES["episode_incidents"]),
            "diversion": pa.Table.from_pylist(drawn, DIVERSION),
            "volumes_week": pa.Table.from_pylist(weeks or [], week),
            "volumes_kind": pa.Table.from_pylist(kinds, pa.schema(change)),
        },
    )


def test_an_episode_is_judged_when_all_of_it_lies_in_the_days_assessed() -> None:
    """Episode 1 began the day before: finding the rest of it is neither a hit nor false."""
    rows = accepted_rows(
        accepted_row("a0", local_day=SINCE - dt.timedelta(1)), *(accepted_row(f"a{n}") for n in (1, 2, 3)),
        *(accepted_row(f"b{n}") for n in (4, 5, 6)),
    )  # fmt: skip
    truth = truth_tables(
        incidents=known(a0=1, a1=1, a2=1, a3=1, b4=2, b5=2, b6=2),
        episodes=[{"episode": number, "stealth": "S2"} for number in (1, 2)],
    )
    accepted = lay_beside(rows, truth, SINCE, 0)
    assert accepted.judged() == [2]
    told = {"ep": (["a1", "a2", "a3"], "no sign", None)}
    facts = score(assessed(told), truth, accepted, [], Settings(since=SINCE)).facts
    assert (facts["episodes"], facts["found"], facts["told"], facts["true"]) == (1, 0, 1, 1)


def test_what_happened_elsewhere_is_no_part_of_an_episode() -> None:
    """The incidents at the target bear the episode's number too, and are not bogus."""
    truth = truth_tables(
        incidents=[*known(a1=7, a2=7), {"incident_id": "a3", "cause": "target", "episode": 7}],
        episodes=[{"episode": 7, "stealth": "S0"}],
    )
    accepted = lay_beside(accepted_rows(*(accepted_row(f"a{n}") for n in (1, 2, 3))), truth, SINCE, 0)
    assert accepted.episode.tolist() == [7, 7, -1]
    assert accepted.cause.to_pylist() == ["episode", "episode", "target"]
    told = {"ep": (["a1", "a2", "a3"], "no sign", None)}
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    assert scored.facts["true"] == 0
    assert scored.tables["told"].to_pylist()[0]["causes"] == ["2 episode", "1 target"]


def four_episodes() -> tuple[Tables, Accepted]:
    """1 and 2 drew response from the South and from area N2, 3 and 4 had no target; x is ordinary."""
    names = [f"{name}{n}" for name in "abcdx" for n in (1, 2, 3)]
    target = {"target_at": dt.datetime(2024, 4, 10, 1), "first_at": dt.datetime(2024, 4, 10)}
    truth = truth_tables(
        incidents=known(**{name: {"a": 1, "b": 2, "c": 3, "d": 4}.get(name[0]) for name in names}),
        episodes=[
            {"episode": 1, "stealth": "S1", "purpose": "divert", "target_area": "B1", **target},
            {"episode": 2, "stealth": "S2", "purpose": "divert", "target_area": "South", **target},
            {"episode": 3, "stealth": "S2", "purpose": "harass"},
            {"episode": 4, "stealth": "S4", "purpose": None},
        ],
        areas=[{"area": "A1", "larger_area": "North"}, {"area": "B1", "larger_area": "South"}],
    )
    return truth, lay_beside(accepted_rows(*map(accepted_row, names)), truth, SINCE, 0)


def test_diversions_are_scored_by_what_was_said_and_which_area_was_named() -> None:
    truth, accepted = four_episodes()
    told = {
        "ep-a": (["a1", "a2", "a3"], "consistent with", "South"),
        "ep-b": (["b1", "b2", "b3"], "consistent with", "West"),
        "ep-c": (["c1", "c2", "c3"], "consistent with", "South"),
        "ep-d": (["d1", "d2", "d3"], "no sign", "South"),
        "ep-x": (["x1", "x2", "x3"], "cannot tell", None),
    }
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    said = scored.facts["diversion"]
    assert said["can_tell"] is True
    target = said["with_a_target"]
    assert (target["episodes"], target["said"], target["named"]) == (2, 2, 1)
    assert (target["named_low"], target["named_high"]) == wilson(1, 2)
    without = said["without_a_target"]
    assert (without["episodes"], without["said"], without["share"]) == (2, 1, 0.5)
    assert (said["false"]["episodes"], said["false"]["said"], said["false"]["cannot_tell"]) == (1, 0, 1)
    both = said["no_target_at_all"]
    assert (both["episodes"], both["said"], both["share"]) == (3, 1, 1 / 3)
    assert (both["low"], both["high"]) == wilson(1, 3)
    rows = {row["episode"]: row for row in scored.tables["true_episodes"].to_pylist()}
    assert [rows[n]["target"] for n in (1, 2, 3)] == ["South", "South", None]
    assert rows[1]["target_after_min"] == 60
    assert [rows[n]["named"] for n in (1, 2, 3)] == [True, False, False]


def test_found_and_told_are_counted_by_hand() -> None:
    """Of S0 to S3 the first and the third are found, of S4 the only one; one episode in four is false."""
    truth, accepted = four_episodes()
    where = pa.array(
        [["North"], ["North", "South"], ["South"], ["South"]], TRUTH["episodes"].field("larger_areas").type
    )
    at = TRUTH["episodes"].get_field_index("larger_areas")
    truth["episodes"] = truth["episodes"].set_column(at, "larger_areas", where)
    told = {f"ep-{name}": ([f"{name}{n}" for n in (1, 2, 3)], "cannot tell", None) for name in "acdx"}
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    facts, rows = scored.facts, scored.tables["recall"].to_pylist()
    assert (facts["found"], facts["episodes"], facts["recall"]) == (2, 3, 2 / 3)
    assert (facts["true"], facts["told"], facts["precision"]) == (3, 4, 0.75)
    assert (facts["precision_low"], facts["precision_high"]) == wilson(3, 4)
    assert (facts["false_per_30_days"], facts["expected_false_per_30_days"]) == (1.0, 0.9)
    assert {(row["by"], row["value"]): (row["found"], row["episodes"]) for row in rows} == {
        ("stealth", "S0"): (0, 0), ("stealth", "S1"): (1, 1), ("stealth", "S2"): (1, 2),
        ("stealth", "S3"): (0, 0), ("stealth", "S4"): (1, 1), ("purpose", "divert"): (1, 2),
        ("purpose", "harass"): (1, 1), ("larger area", "North"): (1, 2), ("larger area", "South"): (1, 2),
    }  # fmt: skip
    assert facts["diversion"]["with_a_target"]["cannot_tell"] == 1


def test_a_false_episode_counts_where_its_first_incident_lies() -> None:
    """Eight false episodes begin in the South, whichever of their incidents is named first."""
    names = [f"a{3 * which + n}" for which in range(8) for n in (0, 1, 2)]
    rows = [
        accepted_row("n0"),
        *(accepted_row(one, **(NORTH if int(one[1:]) % 3 else SOUTH)) for one in names),
    ]
    rows += [accepted_row(f"z{n}", searched=False, local_day=SINCE, **SOUTH) for n in range(90)]
    truth = truth_tables(incidents=known(**{row["incident_id"]: None for row in rows}))
    told = {f"ep-{n}": (names[3 * n : 3 * n + 3][::-1], "no sign", None) for n in range(8)}
    accepted = lay_beside(accepted_rows(*rows), truth, SINCE, 0)
    areas = (
        score(assessed(told), truth, accepted, [], Settings(since=SINCE)).tables["false_areas"].to_pylist()
    )
    counts = {row["area_group"]: (row["incidents"], row["false_episodes"]) for row in areas}
    assert counts == {"North": (17, 0), "South": (8, 8)}


def test_an_area_that_was_named_without_saying_so_is_not_named() -> None:
    truth, accepted = four_episodes()
    told = {"ep-a": (["a1", "a2", "a3"], "no sign", "South")}
    target = score(assessed(told), truth, accepted, [], Settings(since=SINCE)).facts["diversion"][
        "with_a_target"
    ]
    assert (target["episodes"], target["said"], target["named"]) == (1, 0, 0)


def test_an_assessment_that_suspends_itself_finds_nothing_and_has_fired() -> None:
    truth, accepted = four_episodes()
    trend = {"kind": "reporting drive", "first_day": DAY, "last_day": DAY, "areas": ["A1"]}
    truth |= {"false_trends": pa.Table.from_pylist([trend], TRUTH["false_trends"])}
    why = "What was learned no longer holds."
    scored = score(assessed({}, suspended=why), truth, accepted, [], Settings(since=SINCE))
    assert (scored.facts["episodes"], scored.facts["recall"], scored.facts["precision"]) == (3, 0, None)
    assert scored.facts["false_trends_fired"] == 1
    (row,) = scored.tables["false_trends"].to_pylist()
    assert (row["fired"], row["verdict"], row["episodes"]) == (["suspended"], "fired", None)
    assert scored.as_text().startswith(f"No episode was looked for. {why}\n")


def test_a_nation_has_too_many_areas_to_print() -> None:
    """Thirty larger areas, an episode in all of them: the text names 24, the table has all."""
    areas = [f"L{n:02d}" for n in range(30)]
    truth = truth_tables(
        incidents=known(a1=1), episodes=[{"episode": 1, "stealth": "S0", "larger_areas": areas}]
    )
    accepted = lay_beside(accepted_rows(accepted_row("a1")), truth, SINCE, 0)
    scored = score(assessed({}), truth, accepted, [], Settings(since=SINCE))
    recall = [row for row in scored.tables["recall"].to_pylist() if row["by"] == "larger area"]
    assert [row["value"] for row in recall] == areas
    said = scored.as_text()
    assert "\nL23: 0 of 1, too few: cannot tell\nand 6 more, in the table recall\n" in said


def test_kinds_told_as_changed_are_named() -> None:
    truth, accepted = four_episodes()
    facts = score(assessed({}), truth, accepted, [], Settings(since=SINCE)).facts
    assert facts["kinds_changed"] == ["FIRE"]


def thirty_days() -> Accepted:
    """A month of one incident a day in the North and three a day in the South; what is not searched, and what
    came earlier, lies in the North too."""
    rows = [
        accepted_row(f"n{30 * which + day}", local_day=SINCE + dt.timedelta(day), **area)
        for which, area in enumerate((NORTH, SOUTH, SOUTH, SOUTH))
        for day in range(30)
    ]
    rows += [accepted_row(f"u{n}", local_day=SINCE, searched=False) for n in range(50)]
    rows += [accepted_row(f"e{n}", local_day=SINCE - dt.timedelta(1)) for n in range(50)]
    truth = truth_tables(incidents=known(**{row["incident_id"]: None for row in rows}))
    return lay_beside(accepted_rows(*rows), truth, SINCE, 0)


def trend_row(
    false: list[FalseEpisode], areas: list[str], weeks: list[Row] | None = None, first: int = 0,
    last: int = 14, budget: float = 2.0, searched: bool = True,
) -> Row:  # fmt: skip
    trend = {"kind": "t", "first_day": SINCE + dt.timedelta(first), "last_day": SINCE + dt.timedelta(last)}
    trends = pa.Table.from_pylist([{**trend, "areas": areas}], TRUTH["false_trends"])
    table = assessed({}, weeks=weeks).tables["volumes_week"]
    (row,) = trends_table(trends, false, table, thirty_days(), budget, searched, suspended=False).to_pylist()
    return dict(row)


def false_on(day: int, area: str = "A1", larger: str = "North") -> FalseEpisode:
    return FalseEpisode(SINCE + dt.timedelta(day), area, larger)


@pytest.mark.parametrize(
    ("areas", "share"), [([], 1.0), (["A1"], 0.25), (["South"], 0.75), (["elsewhere"], 0.0)]
)
def test_what_the_budget_explains_goes_by_days_and_incidents(areas: list[str], share: float) -> None:
    row = trend_row([], areas)
    assert row["days_assessed"] == 15
    assert row["episodes_expected"] == pytest.approx(2.0 * 15 / 30 * share)
    assert (row["episodes"], row["episodes_p"], row["verdict"]) == (0, 1.0, "quiet")


def test_false_episodes_beyond_the_budget_fire() -> None:
    """A quarter of one expected; P(2 or more) = 1 - e^-m (1 + m), the Poisson law written out."""
    one, two = trend_row([false_on(3)], ["A1"]), trend_row([false_on(3), false_on(14)], ["A1"])
    assert one["episodes_p"] == pytest.approx(1 - math.exp(-0.25))
    assert (one["fired"], one["verdict"]) == ([], "quiet")
    assert two["episodes_p"] == pytest.approx(1 - math.exp(-0.25) * 1.25)
    assert (two["fired"], two["verdict"]) == (["episodes"], "fired")


def test_only_what_begins_in_its_days_and_areas_counts_against_a_trend() -> None:
    false = [false_on(-1), false_on(15), false_on(3, "B1", "South"), false_on(4, "A2", "North")]
    assert trend_row(false, ["A1"])["episodes"] == 0
    assert trend_row(false, ["North"])["episodes"] == 1
    assert trend_row(false, [])["episodes"] == 2


def test_rows_of_one_kind_and_the_same_days_are_one_trend() -> None:
    """In every burgh of a nation, a trend has a row; in one of them it is everywhere in the last case."""
    days = {"first_day": SINCE, "last_day": SINCE + dt.timedelta(14)}

    def rows(*trends: tuple[str, list[str]]) -> list[Row]:
        table = pa.Table.from_pylist(
            [{"kind": kind, "areas": areas, **days} for kind, areas in trends], TRUTH["false_trends"]
        )
        weeks = assessed({}).tables["volumes_week"]
        false = [false_on(3), false_on(4, "B1", "South")]
        return list(
            trends_table(table, false, weeks, thirty_days(), 2.0, True, False)
            .select(["kind", "episodes", "episodes_expected"])
            .to_pylist()
        )

    term = {"kind": "term", "episodes": 1, "episodes_expected": 0.25}
    assert rows(("term", ["A1"])) == [term]
    assert rows(("term", ["A1"]), ("drive", ["A1"])) == [term, {**term, "kind": "drive"}]
    everywhere = {"kind": "term", "episodes": 2, "episodes_expected": 1.0}
    assert rows(("term", ["A1"]), ("term", ["B1"])) == [everywhere]
    assert rows(("term", ["A1"]), ("term", [])) == [everywhere]


def week(n: int, incidents: int, low: float | None = 10, high: float | None = 20) -> Row:
    return {"week": SINCE + dt.timedelta(7 * n), "incidents": incidents, "low": low, "high": high}


def test_weeks_outside_their_interval_fire_beyond_one_in_twenty() -> None:
    """Days 0 to 14 touch the weeks 0 to 2; of two weeks in three outside, the binomial law written out."""
    weeks = [week(-1, 99), week(0, 9), week(1, 20), week(2, 21), week(3, 99)]
    row = trend_row([], [], weeks)
    assert (row["weeks"], row["weeks_outside"], row["weeks_expected"]) == (3, 2, pytest.approx(0.15))
    assert row["weeks_p"] == pytest.approx(3 * 0.05**2 * 0.95 + 0.05**3)
    assert row["fired"] == ["volumes"]
    one = trend_row([], [], [week(0, 15), week(1, 15), week(2, 21)])
    assert one["weeks_p"] == pytest.approx(1 - 0.95**3)
    assert one["verdict"] == "quiet"


@pytest.mark.parametrize(
    ("first", "last", "weeks"), [(6, 6, 1), (7, 13, 1), (6, 7, 2), (0, 6, 1), (14, 15, 0)]
)
def test_a_week_counts_when_a_day_of_it_lies_in_the_trend(first: int, last: int, weeks: int) -> None:
    row = trend_row([], [], [week(0, 15), week(1, 15)], first, last)
    assert (row["weeks"] or 0) == weeks


def test_a_trend_that_nothing_looked_at_cannot_be_told() -> None:
    before = trend_row([false_on(-3)], [], [week(-1, 99, None, None)], first=-20, last=-1)
    assert (before["days_assessed"], before["episodes"], before["weeks"]) == (0, None, None)
    assert before["verdict"] == "cannot tell"
    assert trend_row([], [], searched=False)["verdict"] == "cannot tell"


# Truth and incidents of two sandboxes.


def test_incidents_that_the_truth_does_not_know_are_refused() -> None:
    rows = accepted_rows(*(accepted_row(f"a{n}") for n in range(1, 41)))
    truth = truth_tables(incidents=known(**{f"a{n}": None for n in range(1, 41) if n not in (7, 8, 9)}))
    with pytest.raises(AssessmentError, match=r"does not know 3 of 40 incidents \(such as a7\)"):
        lay_beside(rows, truth, SINCE, 0)
    two_less = truth_tables(incidents=known(**{f"a{n}": None for n in range(1, 41) if n not in (7, 8)}))
    accepted = lay_beside(rows, two_less, SINCE, 0)
    assert accepted.unknown == 2
    assert accepted.cause.to_pylist()[6] == "unknown"
    assert accepted.episode.tolist() == [-1] * 40


def test_no_more_may_be_missing_than_was_refused() -> None:
    rows = accepted_rows(accepted_row("a1"))
    truth = truth_tables(incidents=known(a1=None, a2=None, a3=None))
    assert lay_beside(rows, truth, SINCE, 2).unknown == 0
    with pytest.raises(AssessmentError, match="2 of the truth's 3 incidents are not among those imported"):
        lay_beside(rows, truth, SINCE, 1)


def test_an_episode_that_nothing_is_told_of_is_refused() -> None:
    rows = accepted_rows(accepted_row("a1"), accepted_row("a2"))
    truth = truth_tables(incidents=known(a1=4, a2=5), episodes=[{"episode": 4, "stealth": "S0"}])
    with pytest.raises(AssessmentError, match="nothing of the episode 5"):
        lay_beside(rows, truth, SINCE, 0)


@pytest.mark.parametrize(
    ("minutes", "alike"), [(-61, False), (-60, True), (0, True), (62, True), (63, False)]
)
def test_incidents_of_another_time_are_of_another_sandbox(minutes: int, alike: bool) -> None:
    """Every sandbox numbers its incidents from the same number on. An hour may be due to a clock put back."""
    start = dt.datetime(2024, 4, 10) + dt.timedelta(minutes=10)
    episode = {"episode": 4, "stealth": "S0", "first_at": start, "last_at": start + dt.timedelta(minutes=2)}
    truth = truth_tables(incidents=known(a1=4), episodes=[episode])
    rows = accepted_rows(
        accepted_row("a1", at_s=int(start.replace(tzinfo=dt.UTC).timestamp()) + 60 * minutes)
    )
    if alike:
        assert lay_beside(rows, truth, SINCE, 0).judged() == [4]
        return
    with pytest.raises(AssessmentError, match="incident a1 came in before or after the episode 4"):
        lay_beside(rows, truth, SINCE, 0)


# The folder of a sandbox.

MAPPING = """
kind = "incident"
zone = "UTC"
[columns]
{columns}
[times]
formats = ["%Y-%m-%d %H:%M:%S"]
[outcomes]
founded = ["founded"]
unfounded = ["unfounded"]
unknown = ["unknown"]
[kinds]
own_activity = ["PATROL"]
sensor = ["GUNSHOT SENSOR"]
"""
EXPORTED = (
    "incident_id", "kind", "reported_at", "dispatched_at", "cleared_at", "place", "area", "larger_area",
    "lat", "lon", "text", "units",
)  # fmt: skip


def write_sandbox(folder: Path, table: pa.Table, truth: Tables, in_parts: str | None = None) -> Path:
    """A folder as `lippen sandbox` writes it; the truth table `in_parts` as it is for a nation."""
    streams = folder / "streams" / "incident"
    streams.mkdir(parents=True)
    columns = [f'{name} = "{name}"' for name in EXPORTED] + ['disposal = "outcome"']
    (streams / "mapping.toml").write_text(MAPPING.format(columns="\n".join(columns)))
    with (streams / "calls.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*EXPORTED, "outcome"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table.to_pylist())
    (folder / "truth").mkdir()
    for name, rows in truth.items():
        # A sandbox writes more columns than are read.
        whole, where = rows.append_column("more", pa.nulls(len(rows), pa.int64())), folder / "truth" / name
        if name != in_parts:
            pq.write_table(whole, where.with_suffix(".parquet"))
            continue
        where.mkdir()
        for part in (0, 1):
            pq.write_table(
                whole.slice(part * 1000, 1000 if not part else None), where / f"part-{part}.parquet"
            )
    (folder / "sandbox.json").write_text(
        json.dumps({"place": "invermarrow", "days": 112, "seed": 5, "scenario": {"name": "bogus-calls"}})
    )
    return folder


@pytest.fixture(scope="module")
def sandbox(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sandbox(
        tmp_path_factory.mktemp("sandbox"), planted.table, planted.truth, in_parts="incidents"
    )


def lippen(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lippen.cli", "evaluate", "credibility", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_that_was_written_is_scored_like_its_tables(
    planted: Planted, sandbox: Path, tmp_path: Path
) -> None:
    run = lippen(sandbox, "--sandbox", "--since", SINCE, "--out", tmp_path / "e", "--quiet")
    assert run.returncode == 0, run.stderr
    assert run.stdout == planted.scored.as_text()
    facts = json.loads((tmp_path / "e" / "evaluation.json").read_text())
    assert facts.items() >= planted.scored.facts.items()
    assert facts["sandbox"] == {"place": "invermarrow", "days": 112, "seed": 5, "scenario": "bogus-calls"}
    written = {one.stem: pq.read_table(one) for one in (tmp_path / "e" / "tables").iterdir()}
    assert {name: table.num_rows for name, table in written.items()} == {
        name: table.num_rows for name, table in planted.scored.tables.items()
    }


def test_a_briefing_does_not_take_the_evaluation_of_a_sandbox(sandbox: Path, tmp_path: Path) -> None:
    from lippen.briefing import write_briefing
    from lippen.signals import load_mapping

    made = tmp_path / "evaluation.json"
    made.write_text(json.dumps({"sandbox": {}}))
    mapping = load_mapping(sandbox / "streams" / "incident" / "mapping.toml")
    with pytest.raises(LippenError, match="an evaluation of a sandbox"):
        write_briefing(sandbox, tmp_path / "out", mapping, Settings(), QUIET, evaluation=made)
    assert not (tmp_path / "out").exists()


def test_sandbox_and_mapping_do_not_go_together(sandbox: Path) -> None:
    run = lippen(sandbox, "--sandbox", "--mapping", sandbox / "streams" / "incident" / "mapping.toml")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[-1].startswith("lippen: --sandbox and --mapping do not go together")


def refusal(folder: Path, out: Path) -> str:
    with pytest.raises(LippenError) as refused:
        evaluate_sandbox(folder, out, Settings(since=SINCE), QUIET)
    assert not out.exists()
    return str(refused.value)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_folder_without_all_of_its_truth_is_no_sandbox(name: str, tmp_path: Path) -> None:
    folder = write_sandbox(tmp_path / "s", SCHEMA.empty_table(), truth_tables())
    table = folder / "truth" / f"{name}.parquet"
    pq.write_table(pa.table({"other": [1]}), table)
    assert f"{table}: this table of the truth does not hold {TRUTH[name].names[0]}" in refusal(
        folder, tmp_path / "e"
    )
    table.write_text("no parquet")
    assert str(table) in refusal(folder, tmp_path / "e")
    table.unlink()
    assert f"{table}: this table of the truth is not there" in refusal(folder, tmp_path / "e")


@pytest.mark.parametrize("text", [None, "no json", "[1]", "{}"])
def test_a_folder_that_is_no_sandbox_is_refused(text: str | None, tmp_path: Path) -> None:
    folder = write_sandbox(tmp_path / "s", SCHEMA.empty_table(), truth_tables())
    (folder / "sandbox.json").unlink()
    if text is not None:
        (folder / "sandbox.json").write_text(text)
    said = refusal(folder, tmp_path / "e")
    assert said.startswith(f"{folder}: this is no sandbox")
    assert said.endswith("Name a folder that lippen sandbox wrote.")


def test_the_truth_of_another_sandbox_is_refused(planted: Planted, tmp_path: Path) -> None:
    ids = [f"other-{n}" for n in range(planted.truth["incidents"].num_rows)]
    other = planted.truth["incidents"].set_column(0, "incident_id", pa.array(ids))
    folder = write_sandbox(tmp_path / "s", planted.table, planted.truth | {"incidents": other})
    assert "the truth does not know" in refusal(folder, tmp_path / "e")


def test_settings_of_the_score_are_those_that_were_asked_for(planted: Planted, duck: Engine) -> None:
    accepted = lay_beside(collect_accepted(duck.table(planted.table), duck), planted.truth, SINCE, 0)
    settings = replace(Settings(since=SINCE), budget=4.0, seed=9)
    scored = score(planted.assessment, planted.truth, accepted, [], settings)
    assert (scored.facts["budget"], scored.facts["seed"], scored.facts["since"]) == (4.0, 9, "2024-03-25")
    (trend,) = scored.tables["false_trends"].to_pylist()
    assert trend["episodes_expected"] == pytest.approx(4.0 * 14 / 30)
