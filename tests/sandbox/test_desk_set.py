"""What a desk holds: reports of the stream, logs with and without what gives somebody away, and the truth."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.desk import HALVES, SEVERAL, VERBATIM, draw_desk, planted_kinds
from lippen.sandbox.desk.witnesses import AREA, HOUSEHOLD, ONE, STAIR, STREET, could_have_known, stairs
from lippen.sandbox.naming import words
from lippen.sandbox.streams import reports


@lru_cache(maxsize=8)
def drawn(seed=1, half="first", days=1826):
    world = make_world(0, Scenario(), days, seed)
    return world, draw_desk(world, half)


def logs(half="first"):
    """Each log with the row that it stands in and what was planted."""
    desk = drawn(half=half)[1]
    return list(zip(desk.rows.to_pylist(), desk.truth["logs"].to_pylist(), strict=True))


def folded(text):
    numbers = {"2": "two", "3": "three", "4": "four", "10": "ten"}
    return [numbers.get(one, one) for one in re.findall(r"\w[\w'’]*", text.lower())]


def test_the_same_seed_gives_the_same_and_another_seed_or_half_does_not():
    world, desk = drawn()
    again = draw_desk(world, "first")
    assert again.rows.equals(desk.rows)
    assert all(again.truth[name].equals(table) for name, table in desk.truth.items())
    assert not drawn(half="second")[1].rows["log"].equals(desk.rows["log"])
    assert drawn(seed=2)[1].rows["log"].to_pylist() != desk.rows["log"].to_pylist()


def test_reports_are_those_of_the_stream_and_the_halves_share_them():
    world, desk = drawn()
    told = reports.draw(world, True).rows
    texts = dict(zip(told["Sheet No"].to_pylist(), told["What Was Told"].to_pylist(), strict=True))
    other = drawn(half="second")[1]
    assert other.truth["reports"].equals(desk.truth["reports"])
    for one in (desk, other):
        rows = one.rows.to_pylist()
        assert {row["report_id"]: row["text"] for row in rows} == texts
        assert set(Counter(row["report_id"] for row in rows).values()) == {2}


def test_the_truth_stands_apart():
    desk = drawn()[1]
    assert desk.rows.column_names == [
        *("log_id", "report_id", "what", "where", "when", "going_on", "text", "area", "log"),
    ]
    assert desk.truth["reports"].column_names == ["report_id", "vantage", "could_have_known"]
    assert desk.truth["logs"].column_names == ["log_id", "planted", "sentences"]
    assert desk.rows["log_id"].to_pylist() == list(range(1, desk.rows.num_rows + 1))


@pytest.mark.parametrize("half", HALVES)
def test_each_report_has_one_log_that_gives_nobody_away_and_one_that_does(half):
    found = Counter()
    for row, truth in logs(half):
        assert len(truth["planted"]) == len(truth["sentences"])
        assert all(sentence in row["log"] for sentence in truth["sentences"])
        found[row["report_id"], bool(truth["planted"])] += 1
    assert set(found.values()) == {1}
    sorts = Counter(
        SEVERAL if len(truth["planted"]) > 1 else truth["planted"][0]
        for _, truth in logs(half)
        if truth["planted"]
    )
    assert set(sorts) == set(planted_kinds())
    assert max(sorts.values()) - min(sorts.values()) <= 1


def test_copied_words_are_eight_on_end_of_the_report_however_written():
    copied = [(row, truth) for row, truth in logs() if truth["planted"] == [VERBATIM]]
    for row, truth in copied:
        said, told = folded(truth["sentences"][0]), folded(row["text"])
        assert len(said) >= 8
        assert any(told[at : at + len(said)] == said for at in range(len(told))), truth
    assert any(truth["sentences"][0].rstrip(".") not in row["text"] for row, truth in copied)


@pytest.mark.parametrize("half", HALVES)
def test_form_and_order_do_not_say_which_log_gives_somebody_away(half):
    planted = [bool(truth["planted"]) for _, truth in logs(half)]
    forms = {
        "place": [row["log_id"] for row, _ in logs(half)],
        "length": [len(row["log"]) for row, _ in logs(half)],
        "sentences": [len(re.findall(r"[.!?](?= |$)", row["log"])) for row, _ in logs(half)],
    }
    for name, form in forms.items():
        assert 0.3 < roc_auc_score(planted, form) < 0.7, name


def test_no_piece_stands_in_both_halves():
    lexicon = words("desk.toml")
    groups = [lexicon[name] for name in ("when", "where", "more")] + lexicon["topic"] + lexicon["kind"]
    for group in groups:
        assert not set(group["first"]) & set(group["second"])
        assert min(len(group["first"]), len(group["second"])) >= 2
    assert all(len(one["first"]) == len(one["second"]) == 8 for one in lexicon["kind"])


def test_a_half_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="third"):
        draw_desk(drawn()[0], "third")


def test_how_many_could_have_known_is_counted_from_the_towns_own_households():
    world, _ = drawn()
    people, place = world.people, world.place
    for teller in (0, 17, len(people.home) // 2, len(people.home) - 1):
        home, area = people.home[teller], people.area[teller]
        block = people.home_block[home]
        street = {
            other
            for other in range(len(place.block_street))
            if place.block_street[other] == place.block_street[block] and place.block_area[other] == area
        }
        on_street = sum(people.home_block[one] in street for one in people.home)
        expected = {
            ONE: 1,
            HOUSEHOLD: int((people.home == home).sum()),
            STREET: on_street,
            AREA: int(place.residents[area]),
        }
        for vantage, count in expected.items():
            assert could_have_known(world, *(np.array([one]) for one in (vantage, teller, -1))) == [count]
        (stair,) = could_have_known(world, *(np.array([one]) for one in (STAIR, teller, -1)))
        assert expected[HOUSEHOLD] <= stair <= on_street


def test_a_stair_is_that_of_the_home_that_is_meant():
    world, _ = drawn()
    people = world.people
    teller, home = np.array([0]), np.array([len(people.home_area) - 1])
    first_there = np.array([people.starts[home[0]]])
    assert could_have_known(world, np.array([STAIR]), teller, home) == could_have_known(
        world, np.array([STAIR]), first_there, np.array([-1])
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60)), min_size=1, max_size=60))
def test_a_stair_has_homes_of_one_block_and_eight_at_most(homes):
    block, door = (np.array(one, dtype=np.int64) for one in zip(*homes, strict=True))
    stair = stairs(block, door)
    for number in np.unique(stair):
        here = stair == number
        assert len(set(block[here])) == 1
        assert here.sum() <= 8
        others = (block == block[here][0]) & ~here
        assert not np.any((door[others] > door[here].min()) & (door[others] < door[here].max()))
    for one in np.unique(block):
        assert len(np.unique(stair[block == one])) == -(-int((block == one).sum()) // 8)


def test_few_could_know_what_only_the_teller_or_a_home_could():
    desk = drawn()[1]
    truth = desk.truth["reports"]
    assert pa.types.is_integer(truth["could_have_known"].type)
    by = {}
    for row in truth.to_pylist():
        by.setdefault(row["vantage"], []).append(row["could_have_known"])
    assert set(by) == {"one", "household", "stair", "street", "area"}
    assert set(by["one"]) == {1}
    assert max(by["household"]) <= 9
    assert min(by["area"]) >= 500
