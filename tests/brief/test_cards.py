"""Episodes on the page: the strongest in full, the rest in a table, and what is said of diversion."""

from __future__ import annotations

from typing import Any

import pytest
from sample import Tables, sample, table

from lippen.brief import words
from lippen.brief.cards import Card, card_of, legend_of, lines_of, shown
from lippen.brief.checking import accept_tables


def shown_of(tables: Tables) -> Any:
    return shown(accept_tables(tables))


def only(**changes: Any) -> Card:
    """The card of the first sample episode, with some columns changed."""
    tables = sample(1)[1]
    tables["episodes"] = table("episodes", [{**tables["episodes"].to_pylist()[0], **changes}])
    (card,) = shown_of(tables)["cards"]
    made: Card = card
    return made


@pytest.mark.parametrize(
    ("episodes", "cards", "lines", "left_out"),
    [(0, 0, 0, 0), (1, 1, 0, 0), (25, 25, 0, 0), (60, 25, 35, 0), (530, 25, 500, 5)],
)
def test_so_many_cards_so_many_lines_and_the_rest_is_counted(
    episodes: int, cards: int, lines: int, left_out: int
) -> None:
    made = shown_of(sample(episodes)[1])
    assert (len(made["cards"]), len(made["lines"]), made["left_out"]) == (cards, lines, left_out)
    numbers = [one["number"] for one in [*made["cards"], *made["lines"]]]
    assert numbers == list(range(1, cards + lines + 1))


def test_the_strongest_come_first_whatever_the_order_of_the_rows() -> None:
    tables = sample(40)[1]
    tables["episodes"] = tables["episodes"].take(list(reversed(range(40))))
    made = shown_of(tables)
    whens = [one["when"] for one in [*made["cards"], *made["lines"]]]
    assert whens == [
        one["when"] for one in [*shown_of(sample(40)[1])["cards"], *shown_of(sample(40)[1])["lines"]]
    ]
    assert whens[0] == "Friday 17 January 2025, 21:04 to 22:37"


def test_a_card_says_when_where_how_many_and_how_sure() -> None:
    card = only(p_value=0.025, q_value=0.4, incidents=8, found_unfounded=8, expected_unfounded=0.6)
    assert card["when"] == "Friday 17 January 2025, 21:04 to 22:37"
    assert card["size"] == "8 incidents over 1 h 33 min"
    assert [figure for figure, _ in card["facts"]] == ["8", "about 4 in 10"]
    assert card["reasons"] == [
        "<bdi>Five incidents within 400 m and 50 minutes; 0.6 would be usual for a Friday evening here.</bdi>"
    ]
    assert len(card["innocent"]) == 2
    assert len(card["checks"]) == 3


def test_a_card_of_which_nothing_is_known_says_so() -> None:
    names = [column for column in sample(1)[1]["episodes"].column_names if column != "episode_id"]
    tables = {"episodes": table("episodes", [{"episode_id": "e", **dict.fromkeys(names)}])}
    (card,) = shown_of(tables)["cards"]
    assert card["when"] == "time not known"
    assert card["where"] == "areas not given"
    assert card["kinds"] == "kinds not given"
    assert card["size"] == "number of incidents not known"
    assert [figure for figure, _ in card["facts"]] == ["Cannot tell", "Cannot tell"]
    assert card["strip"] is None
    assert card["verdict"] == "Diversion: cannot tell"
    assert card["diversion"] == ["There is too little to compare with."]


def test_the_strip_as_a_table_is_the_strip() -> None:
    tables = sample(1)[1]
    (card,) = shown_of(tables)["cards"]
    strip = accept_tables(tables)["episode_strip"].to_pylist()
    assert card["strip_rows"][0][0] == "0 min"
    assert len(card["strip_rows"]) == len(strip) == 8
    assert [row[1] for row in card["strip_rows"]] == [f"<bdi>{row['kind']}</bdi>" for row in strip]
    assert {row[3] for row in card["strip_rows"]} == {"nothing found"}


def test_a_long_strip_says_how_much_is_left_out() -> None:
    tables = sample(1)[1]
    rows = [{"episode_id": "ep-0000", "minute": i, "kind": "K", "outcome": "unfounded"} for i in range(100)]
    tables["episode_strip"] = table("episode_strip", rows)
    (card,) = shown_of(tables)["cards"]
    assert (len(card["strip_rows"]), card["strip_left_out"]) == (30, 70)


def test_the_legend_holds_the_marks_that_occur() -> None:
    assert shown_of(sample(1)[1])["legend"] == [("#m-u", "nothing found")]
    assert shown_of(sample(3)[1])["legend"] == [
        ("#m-u", "nothing found"),
        ("#m-f", "something found"),
        ("#m-n", "outcome not known"),
    ]
    assert shown_of(sample(0)[1])["legend"] == []


@pytest.mark.parametrize(
    ("areas", "said"),
    [
        (["X01"], "<bdi>X01</bdi>"),
        (["X01", None, "X02"], "<bdi>X01</bdi>, <bdi>X02</bdi>"),
        (["57.611,-3.104", "57.620,-3.087"], "<bdi>57.611,-3.104</bdi>; <bdi>57.620,-3.087</bdi>"),
        ([f"X{i}" for i in range(1, 8)], ", ".join(f"<bdi>X{i}</bdi>" for i in range(1, 6)) + " and 2 more"),
        ([], "areas not given"),
        (["<b>"], "<bdi>&lt;b&gt;</bdi>"),
    ],
)
def test_names_are_kept_apart_from_each_other(areas: list[str | None], said: str) -> None:
    assert only(areas=areas)["where"] == said


@pytest.mark.parametrize(
    ("incidents", "found", "expected", "said"),
    [
        (
            8,
            8,
            0.62,
            (
                "8",
                "incidents ended with nothing found; about 0.6 would be normal for such kinds, hours "
                "and areas",
            ),
        ),
        (8, 5, None, ("5 of 8", "incidents ended with nothing found; we cannot tell what would be normal")),
        (1, 1, None, ("1", "incident ended with nothing found; we cannot tell what would be normal")),
        (8, None, 1.0, ("Cannot tell", "how its incidents ended")),
        (None, 8, 1.0, ("Cannot tell", "how its incidents ended")),
    ],
)
def test_what_an_episode_ended_in(
    incidents: int | None, found: int | None, expected: float | None, said: tuple[str, str]
) -> None:
    assert words.found_words(incidents, found, expected) == said


def test_probabilities_for_a_reader_who_has_met_none() -> None:
    assert words.q_words(0.4) == ("about 4 in 10", "of episodes at least this strong will be chance")
    assert words.q_words(1.0) == ("nearly all", "of episodes at least this strong will be chance")
    assert words.q_words(None) == ("Cannot tell", "how many episodes at least this strong are chance")


@pytest.mark.parametrize(
    ("q_value", "said"),
    [
        (0.0, "stands out"),
        (0.05, "stands out"),
        (0.051, "may be chance"),
        (1.0, "may be chance"),
        (None, "cannot tell it from chance"),
    ],
)
def test_a_card_stands_out_only_when_one_in_twenty_like_it_is_chance(
    q_value: float | None, said: str
) -> None:
    assert only(q_value=q_value)["strength"] == said


def test_length_and_clock_of_a_card_agree_with_its_title() -> None:
    """A minute of the strip is a whole one; the title drops the seconds of both ends."""
    card = only(first_local="2025-01-17T21:04:50", last_local="2025-01-17T22:38:10")
    assert card["when"] == "Friday 17 January 2025, 21:04 to 22:38"
    assert card["size"] == "8 incidents over 1 h 34 min"
    assert ">22:38<" in str(card["strip"])


def test_across_a_change_of_clocks_the_length_is_that_of_the_strip() -> None:
    card = only(first_local="2025-03-30T00:30:00", last_local="2025-03-30T03:03:00")
    assert card["size"] == "8 incidents over 1 h 33 min"


def test_incident_numbers_are_those_of_the_export_in_order_and_cut_at_twenty() -> None:
    tables = sample(2)[1]
    assert shown_of(tables)["cards"][0]["ids"] == [f"<bdi>0000-{k:03d}</bdi>" for k in range(8)]
    row = {**tables["episodes"].to_pylist()[0], "incidents": 23}
    members = [{"episode_id": "ep-0000", "incident_id": f"<b>{k:02d}" + "x" * 99} for k in range(23)]
    made = {"episodes": table("episodes", [row]), "episode_incidents": table("episode_incidents", members)}
    (card,) = shown_of(made)["cards"]
    assert (len(card["ids"]), card["ids_left_out"]) == (20, 3)
    assert card["ids"][19] == "<bdi>&lt;b&gt;19" + "x" * 35 + "…</bdi>"


def test_one_card_by_itself_is_the_card_of_the_page() -> None:
    tables = accept_tables(sample(40)[1])
    ids = tables["episodes"]["episode_id"].to_pylist()
    made = shown(tables)
    for number in (0, 1, 24):
        assert card_of(tables, ids[number]) == made["cards"][number]
    last = card_of(tables, ids[39])
    assert last is not None
    assert (last["number"], last["when"]) == (40, made["lines"][-1]["when"])
    assert card_of(tables, "ep-that-is-none") is None


def test_lines_by_themselves_are_those_of_the_page_whichever_are_asked_for() -> None:
    tables = accept_tables(sample(40)[1])
    assert lines_of(tables["episodes"], range(25, 40)) == shown(tables)["lines"]
    assert lines_of(tables["episodes"], [39, 25]) == [shown(tables)["lines"][14], shown(tables)["lines"][0]]
    assert lines_of(tables["episodes"], []) == []


def test_the_legend_of_a_strip_names_the_marks_in_it_and_no_other() -> None:
    row: Any = {"minute": 1, "kind": "A", "area": "B", "outcome": "founded"}
    assert legend_of([row]) == [("#m-f", "something found")]
    assert legend_of([]) == []
