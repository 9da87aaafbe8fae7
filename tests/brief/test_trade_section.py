"""What a briefing says of the trade, what it may not say, and that it is not there unless asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from html_tree import read, rows_of, text_of, with_id, written
from sample import Facts, Tables, sample
from trade_sample import with_much_trade, with_trade

from lippen.brief import TRADE_TABLES, BriefError, checked, write_brief
from lippen.brief.trade_tables import AT_LEAST
from lippen.brief.trade_words import EVERYWHERE, IN_COLLECTIONS, for_one, price
from lippen.trade import tables as trade_tables
from lippen.wording import not_over
from trade_results import UNTIL, WEEK

FEW = {"sightings": None, "listings": None, "model": None, "collections": 0}


def section(made: tuple[Facts, Tables], folder: Path) -> str:
    """The section's text on a written page."""
    _, root = written(made, folder)
    (found,) = [one for one in root.iter("section") if one.get("aria-labelledby") == "trade"]
    return text_of(found)


def changed(table: str, **columns: Any) -> tuple[Facts, Tables]:
    """The sample with columns of all rows of one table exchanged."""
    told, tables = with_trade()
    rows = [{**row, **columns} for row in tables[table].to_pylist()]
    return told, {**tables, table: pa.Table.from_pylist(rows, tables[table].schema)}


def test_there_is_no_section_unless_it_was_asked_for(tmp_path: Path) -> None:
    html, root = written(sample(), tmp_path)
    assert 'href="#trade"' not in html
    assert [one for one in root.iter("section") if one.get("aria-labelledby") == "trade"] == []
    assert "Sighting" not in [text_of(one) for one in root.iter("dt")]
    assert not list((tmp_path / "tables").glob("trade_*"))


def test_tables_of_an_earlier_briefing_go_when_the_new_one_says_nothing_of_them(tmp_path: Path) -> None:
    written(with_trade(), tmp_path)
    names = {path.stem for path in (tmp_path / "tables").glob("trade_*")}
    assert names == {spec.name for spec in TRADE_TABLES}
    written(sample(), tmp_path)
    assert not list((tmp_path / "tables").glob("trade_*"))


def test_the_page_says_what_changed_this_week(tmp_path: Path) -> None:
    said = section(with_trade(), tmp_path)
    for line in (
        "The newest week is 13 July to 19 July 2025.",
        "diazepam: 19 sightings; about 7.2 are ordinary, and up to 13 no surprise.",
        "diazepam in Harbourside: 14 sightings; about 3.1 are ordinary, and up to 7 no surprise.",
        "diazepam (adverts held): from 55p to 80p a tablet (+45%), from the week of 25 May 2025 on.",
        "social (sightings) gained: from 41% to 71% of what was met",
        "2,512 posts came in. They hold 560 different texts: each stands there 4.5 times on average.",
        "how much louder, not how many more",
        "F1 of 0.991",
        "Of 1,200 harmless posts, such as recovery, news, food and everyday Scots, 7 were taken for adverts.",
    ):
        assert line in said
    assert "heroin" not in said, "under five in each week"


def test_the_page_says_up_to_which_day_the_adverts_of_its_week_reach(tmp_path: Path) -> None:
    facts, tables = with_trade()
    came = facts["trade"]["listings"]
    for last, told in (("2025-07-17", True), ("2025-07-19", False)):
        came["last_day"] = last
        said = section((facts, tables), tmp_path / last)
        assert ("The adverts reach up to Thursday 17 July." in said) == told


def test_the_page_says_that_its_week_was_not_over_and_how_old_its_adverts_were(tmp_path: Path) -> None:
    facts, tables = with_trade()
    said = "The newest advert is of 1 June 2025, 45 days ago."
    facts["clock"]["trade_week"] = [said, not_over(UNTIL, UNTIL)]
    page = section((facts, tables), tmp_path)
    assert f"{said} This week is not over: it ends on Saturday 19 July, and more may come." in page


def test_a_price_that_shifted_long_ago_is_told_in_the_table_alone(tmp_path: Path) -> None:
    for back, told in ((7, True), (8, False)):
        facts, tables = changed("trade_price_shifts", week=WEEK - timedelta(weeks=back), shifted=True)
        page, root = written((facts, tables), tmp_path / str(back))
        short = text_of(next(one for one in root.iter("section") if one.get("aria-labelledby") == "short"))
        assert ("Two prices shifted." in short) == told
        assert ("from 55p to 80p a tablet" in page) == told
        assert ("No level shifted in the last eight weeks by more than chance explains" in page) != told


def test_substances_stand_with_their_last_weeks(tmp_path: Path) -> None:
    _, root = written(with_trade(), tmp_path)
    rows = rows_of(root, "t-substances")
    assert ["diazepam", "adverts held", "", "44", "28 to 41"] in rows
    assert ["cocaine", "sightings", "", "5", "under 5 to 7"] in rows


def test_a_new_word_stands_with_what_a_person_says_it_means_and_others_wait(tmp_path: Path) -> None:
    _, root = written(with_trade(), tmp_path)
    assert rows_of(root, "t-words") == [
        ["bluebirds", "diazepam", "14 texts, 61 posts", "13 July 2025", "19 July 2025"]
    ]
    said = section(with_trade(), tmp_path)
    assert "Three words may be new and wait for a person's answer: until then they stand on no paper." in said
    assert "Two that people confirmed are left out" in said
    _, root = written(changed("trade_confirmed", substance=None), tmp_path / "unknown")
    assert rows_of(root, "t-words")[0][1] == "not known yet"


def test_the_head_of_the_page_tells_it_in_a_line(tmp_path: Path) -> None:
    _, root = written(with_trade(), tmp_path)
    short = text_of(next(one for one in root.iter("section") if one.get("aria-labelledby") == "short"))
    assert ("Met more than chance and season explain: diazepam. One price shifted. One word is new.") in short
    _, root = written(with_much_trade(), tmp_path / "much")
    short = text_of(next(one for one in root.iter("section") if one.get("aria-labelledby") == "short"))
    assert "MDMA, amphetamine, cannabis and 11 more." in short


def test_where_nothing_can_be_told_it_says_why(tmp_path: Path) -> None:
    told, tables = with_trade()
    why = "It cannot be told of sightings: 28 weeks before this one have any, and 263 are needed."
    words = {"shown": 0, "raised": 0, "left_out": 0, "why_none": "Too few known terms stand in these posts."}
    told["trade"] |= {"why_no_alarm": why, "words": words, **FEW}
    empty = {spec.name: spec.schema().empty_table() for spec in TRADE_TABLES}
    said = section((told, {**tables, **empty}), tmp_path)
    for line in (
        f"Is this week out of the ordinary? {why}",
        "No substance was met five times in any of these weeks.",
        "There are too few prices, over too few weeks, to tell whether any level shifted.",
        "No channel gained or lost more than chance explains, or there are too few to tell.",
        "No new words were looked for. Too few known terms stand in these posts.",
        "No larger area has five sightings of a substance",
        "No collection of adverts is held, so there are no copies to count.",
        "No collection is held, so nothing had to be told from anything: each sighting is an offer.",
    ):
        assert line in said


def test_a_quiet_week_is_said_to_be_one(tmp_path: Path) -> None:
    said = section(changed("trade_alarms", alarm=False), tmp_path)
    assert "No substance was met more often than chance and season explain, of 3 substances" in said


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, names in AT_LEAST.items() for c in names])
def test_a_count_below_five_is_refused_wherever_it_stands(table: str, column: str) -> None:
    assert checked(*changed(table, **{column: 5}))
    with pytest.raises(BriefError, match=f"Table {table}, column {column}: a count below 5 is never told"):
        checked(*changed(table, **{column: 4}))


def test_tables_of_the_trade_without_its_facts_are_refused() -> None:
    told, tables = with_trade()
    with pytest.raises(BriefError, match="the facts say nothing of the trade"):
        checked({**told, "trade": None}, tables)


def test_a_column_that_nobody_described_reaches_no_file() -> None:
    told, tables = with_trade()
    more = tables["trade_confirmed"].append_column("seller", pa.array(["wee.otter"]))
    with pytest.raises(BriefError, match="column seller is not known"):
        checked(told, {**tables, "trade_confirmed": more})


def test_every_figure_is_in_the_files_beside_the_page(tmp_path: Path) -> None:
    told, tables = with_trade()
    write_brief(tmp_path, told, tables)
    for name in (spec.name for spec in TRADE_TABLES):
        assert pq.read_table(tmp_path / "tables" / f"{name}.parquet").num_rows == tables[name].num_rows
    assert all(tables[spec.name].num_rows for spec in TRADE_TABLES)


def test_what_posts_say_stays_text(tmp_path: Path) -> None:
    evil = '</style><script>alert("x")</script>\u202e{{ 7*7 }}'
    told, tables = with_trade()
    trade = told["trade"]
    trade["model"] |= {"says": evil, "measured_on": evil}
    trade |= {"why_no_alarm": evil, "currency": evil}
    for name in [spec.name for spec in TRADE_TABLES]:
        rows = tables[name].slice(0, 1).to_pylist()
        texts = {
            field.name: evil if pa.types.is_string(field.type) else [evil]
            for field in tables[name].schema
            if pa.types.is_string(field.type) or pa.types.is_list(field.type)
        }
        tables[name] = pa.Table.from_pylist([row | texts for row in rows], tables[name].schema)
    tables["trade_weeks"] = tables["trade_weeks"].set_column(
        3, "week", pa.array([trade_week(trade)], pa.date32())
    )
    html, root = written((told, tables), tmp_path)
    assert not list(root.iter("script"))
    assert "\u202e" not in html
    said = text_of(with_id(root, "main"))
    assert said.count("alert(") >= 8
    assert "{{ 7*7 }}" in said
    _, tame = written(with_trade(), tmp_path / "tame")
    allowed = {(one.tag, name) for one in tame.iter() for name in one.attrib}
    assert {(one.tag, name) for one in root.iter() for name in one.attrib} <= allowed


def trade_week(trade: dict[str, Any]) -> Any:
    return pa.array([trade["week"]]).cast(pa.date32())[0].as_py()


def test_a_price_and_its_unit_are_said_as_people_say_them() -> None:
    assert [price(pence, "GBP") for pence in (55.0, 99.4, 99.6, 1250.0, 3000.0, None)] == [
        "55p", "99p", "£1", "£12.50", "£30", "cannot tell",
    ]  # fmt: skip
    assert price(1250.0, "EUR") == "12.50 EUR"
    assert [for_one(unit) for unit in ("tablets", "patches", "boxes", "g", "ml")] == [
        "a tablet", "a patch", "a box", "for 1 g", "for 1 ml",
    ]  # fmt: skip


def test_what_stands_for_no_area_is_called_the_same_by_who_makes_it() -> None:
    """The briefing knows no trade, so it has the words of its own."""
    assert (EVERYWHERE, IN_COLLECTIONS) == (trade_tables.EVERYWHERE, trade_tables.IN_COLLECTIONS)


def test_nothing_on_the_page_says_what_is_on_no_paper(tmp_path: Path) -> None:
    html, _ = written(with_trade(), tmp_path)
    for secret in ("Senga", "Spar", "wee otter", "plums", "quiet word", "Group 10", "Lint Mill"):
        assert secret not in html
    assert read(html) is not None
