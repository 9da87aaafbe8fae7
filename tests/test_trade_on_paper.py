"""What of the trade goes on paper: nobody to buy from, and no count that is small or follows from others."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import MAPPING, TOWN, assert_one_line, lippen
from lippen.brief import TRADE_TABLES
from lippen.brief.trade_tables import AT_LEAST
from lippen.engine import connect
from lippen.errors import LippenError
from lippen.reckoning_trade import forget_trade
from lippen.results import (
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNELS,
    TRADE_CONFIRMED,
    TRADE_PRICE_WEEKS,
    TRADE_PRICES,
    TRADE_WEEKS,
)
from lippen.trade.tables import IN_COLLECTIONS
from lippen.trade_on_paper import OnPaper, apart, on_paper, trade_of
from lippen.workspace import Workspace
from trade_results import (
    UNTIL,
    WEEK,
    confirmed,
    facts,
    results,
    trade_workspace,
    untold,
    untold_of_adverts,
)

Rows = list[dict[str, Any]]


def rows(paper: OnPaper, table: str) -> Rows:
    found: Rows = paper.tables[table].to_pylist()
    return found


def paper_of(**tables: Rows) -> OnPaper:
    return on_paper(facts(), results(**tables))


def everything(paper: OnPaper) -> str:
    told = {name: table.to_pylist() for name, table in paper.tables.items()}
    return json.dumps([paper.facts, told, paper.price_weeks.to_pylist()], default=str)


def test_it_has_the_tables_and_columns_that_the_briefing_states() -> None:
    paper = paper_of()
    assert set(paper.tables) == {spec.name for spec in TRADE_TABLES}
    for spec in TRADE_TABLES:
        assert set(paper.tables[spec.name].column_names) == {column.name for column in spec.columns}
        assert paper.tables[spec.name].num_rows, spec.name


def test_no_count_is_below_five() -> None:
    paper = paper_of()
    for table, columns in AT_LEAST.items():
        for column in columns:
            assert all(row[column] is None or row[column] >= 5 for row in rows(paper, table)), (table, column)
    assert {row["substance"] for row in rows(paper, "trade_weeks")} == {
        "cannabis", "cocaine", "diazepam", "MDMA",
    }  # fmt: skip
    assert all(row["groups"] >= 5 for row in paper.price_weeks.to_pylist())


@pytest.mark.parametrize("came", ["listings", "sightings"])
def test_what_came_is_no_small_count_either(came: str) -> None:
    told = facts()
    told[came] = {**told[came], "posts": 4, "different": 3}
    counts = on_paper(told, results()).facts[came]
    assert (counts["posts"], counts["different"]) == (None, None)


def test_no_collection_seller_contact_or_text_of_an_advert_is_on_it() -> None:
    said = everything(paper_of())
    for secret in ("Senga", "Group 10", "Spar", "Lint Mill", "ring big", "evidence", "contexts", "sellers"):
        assert secret not in said
    assert paper_of().facts["collections"] == 2


@pytest.mark.parametrize(("of_one", "told"), [(44, False), (36, False), (35, True), (None, True)])
def test_what_is_nearly_all_one_sellers_is_on_no_paper(of_one: int | None, told: bool) -> None:
    """The town has 44 adverts of diazepam this week, in four of five at most of one seller."""
    sold = {"sellers": 5, "of_one": of_one}
    there = {name: table.to_pylist() for name, table in results().items()}
    ours = {"source": "listings", "substance": "diazepam", "week": WEEK}
    for row in there[TRADE_WEEKS]:
        row.update(sold if ours.items() <= row.items() else {})
    for row in (*there[TRADE_PRICES], *there[TRADE_PRICE_WEEKS]):
        row.update(sold | {"groups": 44})
    for row in there[TRADE_PRICES]:
        row.update({"group_weeks": 44})
    there[TRADE_ALARMS] = [there[TRADE_ALARMS][0] | {"larger_area": IN_COLLECTIONS}]
    paper = paper_of(**there)
    newest = [row for row in rows(paper, "trade_weeks") if row["week"] == WEEK]
    assert ("listings" in [row["source"] for row in newest if row["substance"] == "diazepam"]) == told
    assert (rows(paper, "trade_prices") != []) == told
    assert (paper.price_weeks.num_rows > 0) == told
    assert (rows(paper, "trade_alarms") != []) == told
    assert any(row["shifted"] for row in rows(paper, "trade_price_shifts")) == told


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("kestrel", {"sellers": 1}),
        ("@wee.otter", {}),
        ("snap: wee.otter", {}),
        ("t.me/weeotter", {}),
        ("07700 900861", {}),
        ("plums", {"texts": 4}),
        ("kites", {"texts": 4, "posts": 60}),
    ],
)
def test_a_word_that_may_name_a_seller_is_on_no_paper_though_a_person_confirmed_it(
    word: str, changes: dict[str, Any]
) -> None:
    paper = paper_of(**{TRADE_CONFIRMED: [confirmed("bluebirds"), confirmed(word, **changes)]})
    assert [row["term"] for row in rows(paper, "trade_confirmed")] == ["bluebirds"]
    assert word not in everything(paper)
    assert paper.facts["words"]["left_out"] == 1


def test_a_word_of_which_no_seller_is_known_may_be_one_sellers_name_unless_people_told_of_it() -> None:
    found = results(**{TRADE_CONFIRMED: [confirmed("bluebirds", sellers=None)]})
    assert rows(on_paper(facts(), found), "trade_confirmed") == []
    assert on_paper(facts(), found).facts["words"]["left_out"] == 1
    told = rows(on_paper(facts(listings=None), found), "trade_confirmed")
    assert [row["term"] for row in told] == ["bluebirds"]


def test_a_word_is_new_for_eight_weeks_after_a_person_said_so() -> None:
    days = {"old": UNTIL - timedelta(weeks=8), "yesterday": UNTIL - timedelta(days=1)}
    paper = paper_of(**{TRADE_CONFIRMED: [confirmed(word, decided=day) for word, day in days.items()]})
    assert [row["term"] for row in rows(paper, "trade_confirmed")] == ["yesterday"]
    assert paper.facts["words"]["left_out"] == 0


def test_two_places_that_differ_in_small_counts_alone_have_the_same_paper() -> None:
    def counted(few: int) -> OnPaper:
        week = {"source": "sightings", "family": "opioid", "week": WEEK, "posts": few}
        channel = {"source": "sightings", "of_before": 200, "of_after": 200}
        channel |= {"change": 0.1, "low": 0.0, "high": 0.2, "moves": False}
        return paper_of(
            **{
                TRADE_WEEKS: [{**week, "substance": "heroin", "different": few}],
                TRADE_AREA_WEEKS: [
                    {"larger_area": area, "substance": "heroin", "week": WEEK, "sightings": many}
                    for area, many in (("A", few), ("B", 9), ("C", 30), ("D", 12))
                ],
                TRADE_ALARMS: [
                    {"substance": "heroin", "larger_area": "everywhere", "week": WEEK, "reports": few,
                     "expected": few / 2, "upper": 0.5 * few, "alarm": few > 2, "says": ""},
                ],
                TRADE_CHANNELS: [
                    {**channel, "channel": "social", "before": 60, "after": 90},
                    {**channel, "channel": "street", "before": 80, "after": 50},
                    {**channel, "channel": "shop", "before": few, "after": few},
                ],
                TRADE_PRICE_WEEKS: [
                    {"source": "listings", "substance": "MDMA", "unit": "g", "week": WEEK, "groups": few,
                     "enough": True, "one_pence": 3000.0 + few},
                ],
                TRADE_CONFIRMED: [confirmed("plums", texts=few)],
            }
        )  # fmt: skip

    papers = [everything(counted(few)) for few in (1, 2, 3, 4)]
    assert papers[1:] == papers[:-1]
    assert everything(counted(5)) != papers[0], "the test can tell them apart"


@given(
    st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 40), max_size=8),
    st.integers(0, 20),
    st.integers(1, 9),
)
def test_no_small_cell_follows_from_a_total(counts: dict[str, int], elsewhere: int, more_areas: int) -> None:
    total, areas = sum(counts.values()) + elsewhere, len(counts) + more_areas - 1
    told = apart({("heroin", area): count for area, count in counts.items()}, {"heroin": total}, areas)
    assert all(count >= 5 and counts[area] == count for (_, area), count in told.items())
    if told:
        assert total - sum(told.values()) >= 5
        assert areas - len(told) >= 2


def test_cells_are_told_where_nothing_follows_from_them() -> None:
    """Else the test above would hold of a gate that lets nothing through."""
    counts = {("heroin", area): many for area, many in (("A", 20), ("B", 9), ("C", 3), ("D", 1))}
    assert apart(counts, {"heroin": 33}, 4) == {("heroin", "A"): 20}
    assert apart({**counts, ("heroin", "E"): 4}, {"heroin": 37}, 5) == {
        ("heroin", "A"): 20,
        ("heroin", "B"): 9,
    }


def test_shares_of_channels_are_of_those_that_are_told() -> None:
    told = {row["channel"]: row for row in rows(paper_of(), "trade_channels")}
    assert set(told) == {"social", "street"}
    assert {row["of_before"] for row in told.values()} == {60 + 86}
    assert {row["of_after"] for row in told.values()} == {110 + 46}
    assert told["social"]["change"] == pytest.approx(110 / 156 - 60 / 146)
    assert told["social"]["moves"]


def test_an_alarm_of_an_area_stands_only_where_the_others_do_not_follow() -> None:
    where = [(row["substance"], row["larger_area"]) for row in rows(paper_of(), "trade_alarms")]
    assert ("diazepam", "Harbourside") in where
    kept = [row for row in results()[TRADE_ALARMS].to_pylist() if row["larger_area"] != "Gowanlaw"]
    one_short = paper_of(**{TRADE_ALARMS: [row for row in kept if row["larger_area"] != "Carsemuir"]})
    assert ("diazepam", "everywhere") in [
        (row["substance"], row["larger_area"]) for row in rows(one_short, "trade_alarms")
    ]
    assert ("diazepam", "Harbourside") not in [
        (row["substance"], row["larger_area"]) for row in rows(one_short, "trade_alarms")
    ], "with one other area, its count would follow by subtracting"


def test_why_no_alarm_can_be_raised_is_said_when_none_can() -> None:
    assert paper_of().facts["why_no_alarm"] is None
    paper = paper_of(**{TRADE_ALARMS: [untold("heroin", 3), untold("diazepam", 19)]})
    assert paper.facts["why_no_alarm"].startswith("It cannot be told of sightings: 28 weeks")
    assert rows(paper, "trade_alarms") == []


def test_why_no_alarm_can_be_raised_is_said_of_each_source() -> None:
    paper = paper_of(**{TRADE_ALARMS: [untold("heroin", 3), untold_of_adverts("heroin", 9)]})
    assert paper.facts["why_no_alarm"] == (
        "It cannot be told of adverts that were new: 43 weeks before this one have any, and 263 are needed."
        " It cannot be told of sightings: 28 weeks before this one have any, and 263 are needed."
    )


def test_a_workspace_is_read(tmp_path: Path) -> None:
    paper = trade_of(trade_workspace(tmp_path / "ws"))
    ordered = sorted(rows(paper, "trade_weeks"), key=str)
    assert ordered == sorted(rows(paper_of(), "trade_weeks"), key=str)
    assert paper.facts == paper_of().facts


def test_a_workspace_without_a_trade_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LippenError, match="there is no workspace here"):
        trade_of(tmp_path / "none")
    with connect() as engine:
        Workspace.open(tmp_path / "new", engine)
    with pytest.raises(LippenError, match=r"nothing of the trade was reckoned.*run lippen trade first"):
        trade_of(tmp_path / "new")
    trade_workspace(tmp_path / "gone")
    with connect() as engine:
        forget_trade(Workspace.open(tmp_path / "gone", engine))
    with pytest.raises(LippenError, match=r"nothing of the trade was reckoned.*run lippen trade first"):
        trade_of(tmp_path / "gone")
    with connect() as engine, Workspace.open(tmp_path / "gone", engine).stage_import("sighting") as stage:
        taken = stage.directory / "rows.parquet"
        pq.write_table(pa.table({"sighting_id": ["S-1"]}), taken)
        stage.commit("imp-1", [taken], [], [{"rows": 1}])
    with pytest.raises(LippenError, match=r"since what it holds changed.*wait a minute. Else run lippen tr"):
        trade_of(tmp_path / "gone")


def test_tables_of_another_form_are_not_guessed_at(tmp_path: Path) -> None:
    odd = {**results(), TRADE_WEEKS: pa.table({"source": ["sightings"], "offers": [3]})}
    with pytest.raises(LippenError, match=r"another Lippen reckoned trade_weeks.*Run lippen trade again"):
        trade_of(trade_workspace(tmp_path / "ws", odd))


def test_the_briefing_of_a_folder_takes_it_in(tmp_path: Path) -> None:
    trade_workspace(tmp_path / "ws")
    run = lippen(
        "brief", TOWN, "--mapping", MAPPING, "--out", "out", "--trade", "ws", "--quiet", cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    told = json.loads((tmp_path / "out" / "brief.json").read_text("utf-8"))
    assert told["trade"] == paper_of().facts
    (age,) = told["clock"]["trade_week"]
    assert age.startswith("This is the newest week there is. It ended ")
    assert "--trade ws" in told["command"]
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert 'href="#trade"' in page
    assert (tmp_path / "out" / "tables" / "trade_confirmed.parquet").is_file()


def test_a_briefing_of_a_workspace_without_a_trade_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--out", "out", "--trade", "none", cwd=tmp_path)
    assert_one_line(run, "none", "there is no workspace here")
    assert list(tmp_path.iterdir()) == []
