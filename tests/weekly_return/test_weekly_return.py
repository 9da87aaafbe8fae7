"""A return tells a week by substance, in counts of five or more, and two people stand for it."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from command_line import assert_one_line, lippen
from lippen import signals
from lippen.engine import connect
from lippen.errors import LippenError
from lippen.output import OutputRefused
from lippen.progress import Stages
from lippen.results import TRADE_CONFIRMED, TRADE_PRICE_WEEKS, TRADE_WEEKS
from lippen.trade.vocabulary import families
from lippen.trade_on_paper import on_paper
from lippen.weekly_return import (
    Return,
    ReturnRefused,
    ReturnRow,
    make_return,
    read_statement,
    write_return,
)
from lippen.weekly_return.rows import returned
from lippen.weekly_return.seen_in_week import Seen, seen_in_week
from lippen.weekly_return.writing import COLUMNS
from lippen.workspace import Workspace
from trade_results import UNTIL, WEEK, confirmed, facts, results, trade_workspace

STATEMENT = """
area = "Invermarrow partnership"
written_by = "addictions service analyst"
agreed_by = "partnership co-ordinator"

[[note]]
substance = "nitazenes"
what_is_new = "Tablets that were taken for diazepam may hold it."
description = "Round, blue, no marks"
effects = "Breathing slows after a single tablet"
certainty = "tested"
"""

SIGHTINGS = """id,day,channel,product,words,district,told by
{rows}
"""

MAPPING = """
kind = "sighting"
source = "made for a test"
zone = "Europe/London"

[columns]
sighting_id = "id"
seen_on = "day"
channel = "channel"
product = "product"
words = "words"
larger_area = "district"
seen_by = "told by"
"""


def stated(folder: Path, old: str = "", new: str = "") -> Path:
    """The statement above in a file, something in it exchanged."""
    assert old in STATEMENT
    file = folder / "return.toml"
    file.write_text(STATEMENT.replace(old, new) if old else STATEMENT, "utf-8")
    return file


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return trade_workspace(tmp_path / "ws")


def row_of(made: Return, substance: str) -> ReturnRow:
    (row,) = [row for row in made.rows if row["substance"] == substance]
    return row


def made_of(folder: Path, **tables: list[dict[str, Any]]) -> Return:
    paper = on_paper(facts(), results(**tables))
    return returned(paper, Seen({}, {}), read_statement(stated(folder)), WEEK)


def with_sightings(folder: Path, rows: list[str]) -> Path:
    """A workspace with results, and with these sightings."""
    export = folder / "export"
    export.mkdir()
    (export / "seen.csv").write_text(SIGHTINGS.format(rows="\n".join(rows)), "utf-8")
    (folder / "mapping.toml").write_text(MAPPING, "utf-8")
    with connect() as engine:
        held = Workspace.open(folder / "ws", engine)
        signals.import_folder(export, signals.load_mapping(folder / "mapping.toml"), held, Stages(quiet=True))
    return trade_workspace(folder / "ws")


def test_a_row_stands_for_each_substance_that_was_met_five_times_or_that_a_person_writes_of(
    workspace: Path, tmp_path: Path
) -> None:
    made = make_return(workspace, read_statement(stated(tmp_path)))
    assert [row["substance"] for row in made.rows] == [
        "cannabis", "cocaine", "diazepam", "MDMA", "nitazenes",
    ]  # fmt: skip
    diazepam = row_of(made, "diazepam")
    assert (diazepam["sightings"], diazepam["adverts"]) == (19, 44)
    assert (diazepam["week_from"], diazepam["week_to"]) == ("2025-07-13", "2025-07-19")
    assert (diazepam["family"], diazepam["legal_class"]) == ("benzodiazepine", "C")
    assert {"valium", "vallies"} <= set(diazepam["other_names"])
    assert row_of(made, "cocaine")["adverts"] is None
    said = row_of(made, "nitazenes")
    assert (said["sightings"], said["adverts"]) == (None, None)
    assert said["source_of_information"] == ["what a service says"]
    assert said["effects"] == "Breathing slows after a single tablet"
    assert said["confidence"][0] == "A laboratory has tested what was found."
    assert said["confidence"][-1].startswith("No count is told")


def test_a_row_says_where_the_adverts_of_its_week_do_not_reach_its_end(tmp_path: Path) -> None:
    for last, told in (("2025-07-17", True), ("2025-07-19", False)):
        given = facts(listings=facts()["listings"] | {"last_day": last})
        made = returned(on_paper(given, results()), Seen({}, {}), read_statement(stated(tmp_path)), WEEK)
        said = row_of(made, "diazepam")["confidence"]
        assert any(line.startswith("The adverts reach up to Thursday 17 July") for line in said) == told


def test_a_row_says_that_its_sightings_may_be_one_persons(workspace: Path, tmp_path: Path) -> None:
    made = make_return(workspace, read_statement(stated(tmp_path)))
    for row in made.rows:
        said = any("several sightings may be one person's" in line for line in row["confidence"])
        assert said == (row["sightings"] is not None), row["substance"]
    write_return(made, tmp_path / "out")
    assert (
        "five may be one person's"
        in json.loads((tmp_path / "out" / "return.json").read_text("utf-8"))["untold"]
    )


def test_what_is_new_is_told_of_the_newest_week(workspace: Path, tmp_path: Path) -> None:
    new = row_of(make_return(workspace, read_statement(stated(tmp_path))), "diazepam")["what_is_new"]
    assert new == [
        "More sightings than chance and season explain: 19 in the week, where about 7.2 are ordinary.",
        "The price in listings went from 55p to 80p a tablet, from the week of 2025-05-25 on.",
        "A new word, which a person confirmed on 2025-07-19: bluebirds.",
    ]
    earlier = make_return(workspace, read_statement(stated(tmp_path)), date(2025, 7, 12))
    assert row_of(earlier, "diazepam")["what_is_new"] == []


def test_a_shift_of_a_price_is_new_for_eight_weeks(tmp_path: Path) -> None:
    for week, told in ((date(2025, 6, 29), True), (date(2025, 5, 18), False)):
        shifts = [{**row, "week": week} for row in results()["trade_price_shifts"].to_pylist()]
        new = row_of(made_of(tmp_path, trade_price_shifts=shifts), "diazepam")["what_is_new"]
        said = f"The price in listings went from 55p to 80p a tablet, from the week of {week} on."
        assert (said in new) == told
    assert not [said for said in row_of(made_of(tmp_path), "MDMA")["what_is_new"] if "price" in said]


@pytest.mark.parametrize(
    ("day", "week"),
    [("2025-07-13", "2025-07-13"), ("2025-07-19", "2025-07-13"), ("2025-07-12", "2025-07-06"),
     ("2025-06-01", "2025-06-01")],
)  # fmt: skip
def test_a_week_is_named_by_any_of_its_days(workspace: Path, tmp_path: Path, day: str, week: str) -> None:
    made = make_return(workspace, read_statement(stated(tmp_path)), date.fromisoformat(day))
    assert made.week.isoformat() == week
    assert {row["week_from"] for row in made.rows} == {week}


@pytest.mark.parametrize("day", ["2025-07-20", "2024-12-31"])
def test_a_week_of_which_nothing_is_held_is_refused(workspace: Path, tmp_path: Path, day: str) -> None:
    with pytest.raises(ReturnRefused, match=f"nothing is held of {day}.*from 2025-01-01 to 2025-07-19"):
        make_return(workspace, read_statement(stated(tmp_path)), date.fromisoformat(day))


def test_a_price_is_told_where_five_say_so(tmp_path: Path) -> None:
    (price,) = row_of(made_of(tmp_path), "diazepam")["prices"]
    assert price["median_pence"] == 81.0
    assert price["prices"] == 22
    assert row_of(made_of(tmp_path), "MDMA")["prices"] == [], "four adverts named one"


def test_two_places_that_differ_in_small_counts_alone_have_the_same_return(tmp_path: Path) -> None:
    def counted(few: int) -> Return:
        week = {"source": "sightings", "family": "opioid", "week": WEEK, "posts": few, "different": few}
        price = {"source": "sightings", "unit": "g", "week": WEEK, "groups": few, "enough": True}
        price |= {"one_pence": 900.0 + few, "low_pence": 900.0, "high_pence": 950.0}
        return made_of(
            tmp_path,
            **{
                TRADE_WEEKS: [{**week, "substance": "heroin"}, {**week, "substance": "nitazenes"}],
                TRADE_PRICE_WEEKS: [{**price, "substance": "nitazenes"}],
                TRADE_CONFIRMED: [confirmed("plums", texts=few, substance="nitazenes")],
            },
        )

    assert counted(1) == counted(4)
    assert [row["substance"] for row in counted(4).rows] == ["nitazenes"]
    assert counted(5) != counted(4), "the test can tell them apart"


def test_form_and_channel_are_told_where_five_sightings_say_so(tmp_path: Path) -> None:
    rows = [f"s{nth},2025-07-{13 + nth},social,blue valium tablets,,Harbourside,worker" for nth in range(6)]
    rows += [f"t{nth},2025-07-14,street,valium,a strip of ten,Gowanlaw,resident" for nth in range(4)]
    rows += [f"u{nth},2025-07-11,phone,valium powder,,Gowanlaw,resident" for nth in range(9)]
    folder = with_sightings(tmp_path, rows)
    seen = seen_in_week(folder, WEEK)
    assert seen.channels == {"diazepam": ("social",)}
    assert seen.forms == {"diazepam": ("tablet",)}
    made = make_return(folder, read_statement(stated(tmp_path)))
    assert row_of(made, "diazepam")["supply_channel"] == ["social"]
    assert row_of(made, "diazepam")["form"] == ["tablet"]
    assert row_of(made, "cannabis")["form"] == []


def test_what_a_person_says_of_the_form_goes_before_what_was_counted(tmp_path: Path) -> None:
    paper = on_paper(facts(), results())
    file = stated(tmp_path, '"nitazenes"', '"diazepam"\nform = "capsules"')
    made = returned(paper, Seen({"diazepam": ("tablets",)}, {}), read_statement(file), WEEK)
    assert row_of(made, "diazepam")["form"] == ["capsules"]


def test_the_files_hold_the_same_rows_and_say_who_stands_for_them(workspace: Path, tmp_path: Path) -> None:
    made = make_return(workspace, read_statement(stated(tmp_path)))
    write_return(made, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "return.json").read_text("utf-8"))
    assert told["rows"] == list(made.rows)
    assert (told["written_by"], told["agreed_by"]) == (
        "addictions service analyst",
        "partnership co-ordinator",
    )
    assert "Nobody at the service has checked it" in told["shape"]
    assert "Not for publication" in told["handling"]
    with (tmp_path / "out" / "return.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["substance"] for row in rows] == [row["substance"] for row in made.rows]
    diazepam = next(row for row in rows if row["substance"] == "diazepam")
    assert diazepam["sightings"] == "19"
    assert diazepam["prices"] == "81p a tablet (22 listings, 72p to 95p)"
    assert {row["agreed_by"] for row in rows} == {"partnership co-ordinator"}
    assert next(row for row in rows if row["substance"] == "nitazenes")["sightings"] == ""


def test_no_seller_collection_contact_or_text_of_an_advert_is_in_it(workspace: Path, tmp_path: Path) -> None:
    write_return(make_return(workspace, read_statement(stated(tmp_path))), tmp_path / "out")
    for name in ("return.csv", "return.json"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        for secret in ("Senga", "Spar", "wee otter", "plums", "Group 10", "Lint Mill", "Harbourside"):
            assert secret not in text


def test_nothing_in_the_csv_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    made = made_of(tmp_path, **{TRADE_CONFIRMED: [confirmed('=cmd|"/C calc"!A0'), confirmed("+bluebirds")]})
    file = stated(tmp_path, "Round, blue, no marks", "=hyperlink(1) and more")
    noted = returned(on_paper(facts(), results()), Seen({}, {}), read_statement(file), WEEK)
    for nth, one in enumerate((made, noted)):
        write_return(one, tmp_path / f"out{nth}")
        with (tmp_path / f"out{nth}" / "return.csv").open(encoding="utf-8-sig", newline="") as opened:
            cells = [cell for row in csv.reader(opened) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert [cell for cell in cells if cell.startswith("'=hyperlink")]


def test_a_return_replaces_its_own_folder_and_no_other(workspace: Path, tmp_path: Path) -> None:
    made = make_return(workspace, read_statement(stated(tmp_path)))
    write_return(made, tmp_path / "out")
    first = (tmp_path / "out" / "return.json").read_bytes()
    write_return(made, tmp_path / "out")
    assert (tmp_path / "out" / "return.json").read_bytes() == first
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputRefused):
        write_return(made, tmp_path / "other")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Round, blue, no marks", "Round, from 07700 900861", "a number, an address or the like"),
        ("Round, blue, no marks", "See https://example.com", "`description` holds a link"),
        ("Round, blue, no marks", "Add weeotterzq on snap", "`description` holds how to reach somebody"),
        ("Round, blue, no marks", "Ask @wee.otter", "a handle"),
        ("Round, blue, no marks", "Ten for £15", "a price"),
        ("Round, blue, no marks", "Found in Shore Street", "a street"),
        ("Tablets that", "Sold by a group chat: tablets that", "a way to buy"),
        ("Round, blue, no marks", "Round, big tam has plenty", "which may send people to it"),
        ("Round, blue, no marks", "Round, seen in Maryhill", "may be the name of a person or a place"),
        ("Invermarrow partnership", "Invermarrow, High St", "`area` holds a street"),
        ("Invermarrow partnership", "Invermarrow, from big tam", "`area` holds “from big”"),
        ("Breathing slows", "Agnes Thomson, 17, stopped breathing", "“Thomson”, which may be the name"),
        ("Breathing slows", "Agnes, 17, stopped breathing", "may speak of one person"),
        ("Breathing slows", "Somebody (17) , or 17 yo, did not wake", "may speak of one person"),
        ("Breathing slows", "A 17-year-old's breathing slows", "may speak of one person"),
        ("Breathing slows", "The patient stopped breathing", "may speak of one person"),
        ("Breathing slows", "He did not wake. Breathing slows", "may speak of one person"),
        ('"nitazenes"', '"jellies"', "is no substance of the vocabulary"),
        ('"nitazenes"', '["nitazenes"]', "`substance` is no name in quotation marks"),
        ('"nitazenes"', "{a = 1}", "`substance` is no name in quotation marks"),
        ('"tested"', '"sure"', "neither suspected nor tested"),
        ('"tested"', '["tested"]', "neither suspected nor tested"),
        ('"tested"', "{a = 1}", "neither suspected nor tested"),
        ("[[note]]", f"deep = {900 * '['}{900 * ']'}\n[[note]]", "return.toml, line 6"),
        ('"partnership co-ordinator"', '"addictions-service an\u0430lyst"', "has agreed to it too"),
        ('"partnership co-ordinator"', '"Addictions service analyst"', "has agreed to it too"),
        ('"partnership co-ordinator"', '""', "`agreed_by` says nothing"),
        ('area = "Invermarrow partnership"', "", "`area` says nothing"),
        ("[[note]]", "seller = 'x'\n[[note]]", "no entry 'seller' in a statement"),
        ('certainty = "tested"', 'patient = "x"', "no entry 'patient' in a note"),
        ('certainty = "tested"', '[[note]]\nsubstance = "nitazenes"\nform = "x"', "two notes on nitazenes"),
        ('certainty = "tested"', '[[note]]\nsubstance = "heroin"', "the note on heroin says nothing"),
        ("[[note]]", "[note]", "up to 40 notes"),
        ("Round, blue, no marks", "x" * 201, "there is room for 200"),
        ('"tested"', '"tested', "return.toml"),
    ],
)
def test_a_statement_that_says_too_much_or_too_little_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ReturnRefused) as refused:
        read_statement(stated(tmp_path, old, new))
    assert says in str(refused.value)
    assert refused.value.remedy


def test_an_unknown_substance_is_answered_with_those_that_may_be_meant(tmp_path: Path) -> None:
    for given, meant in (("jellies", "Did you mean diazepam"), ("nitazine", "Did you mean nitazenes")):
        with pytest.raises(ReturnRefused) as refused:
            read_statement(stated(tmp_path, '"nitazenes"', f'"{given}"'))
        assert str(refused.value.remedy).startswith(meant)
        assert str(refused.value.remedy).endswith("All names: lippen alert --substances")
        assert len(str(refused.value)) < 300


def test_the_area_is_nothing_finer_than_the_whole(workspace: Path, tmp_path: Path) -> None:
    for area in ("harbourside", "Gowanlaw and Harbourside", "Invermarrow (harbourside)"):
        file = stated(tmp_path, "Invermarrow partnership", area)
        with pytest.raises(ReturnRefused, match=r"one of the larger areas.*Name the health board"):
            make_return(workspace, read_statement(file))


def test_a_note_names_no_larger_area_in_small_letters_either(workspace: Path, tmp_path: Path) -> None:
    file = stated(tmp_path, "Tablets that were", "All over harbourside, tablets that were")
    with pytest.raises(ReturnRefused, match="the note on nitazenes names harbourside"):
        make_return(workspace, read_statement(file))


def test_a_statement_without_notes_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "return.toml"
    file.write_text(STATEMENT.split("[[note]]", maxsplit=1)[0], "utf-8")
    assert read_statement(file).notes == ()


def test_the_example_of_the_how_to_is_a_statement(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "send-the-weekly-return.md").read_text("utf-8")
    file = tmp_path / "return.toml"
    file.write_text(page.split("```toml\n", 1)[1].split("```", 1)[0].replace("\n   ", "\n"), "utf-8")
    assert read_statement(file).notes[0].substance in families()
    for column in COLUMNS:
        assert f"| `{column}` |" in page, "every column is told"


def test_the_command_writes_it_and_says_that_nothing_was_sent(workspace: Path, tmp_path: Path) -> None:
    run = lippen(
        "return", workspace, "--statement", stated(tmp_path), "--out", "out", "--week", UNTIL, cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0].startswith("5 rows for the week from 2025-07-13 to 2025-07-19:")
    assert "Nothing was sent." in run.stdout
    assert {one.name for one in (tmp_path / "out").iterdir()} >= {"return.csv", "return.json"}


@pytest.mark.parametrize("table", ["trade_facts", "trade_weeks"])
def test_a_damaged_table_is_one_line_that_names_its_file(workspace: Path, tmp_path: Path, table: str) -> None:
    (path,) = (workspace / "lake" / "results").glob(f"{table}.*")
    path.write_bytes(path.read_bytes()[:50])
    run = lippen("return", workspace, "--statement", stated(tmp_path), "--out", "out", cwd=tmp_path)
    assert_one_line(run, path.name, "it is damaged")
    assert not (tmp_path / "out").exists()


def test_without_two_people_nothing_is_written(workspace: Path, tmp_path: Path) -> None:
    run = lippen("return", workspace, "--out", "out", cwd=tmp_path)
    assert run.returncode == 2
    assert "--statement" in run.stderr
    run = lippen("return", workspace, "--statement", "none.toml", "--out", "out", cwd=tmp_path)
    assert_one_line(run, "none.toml", "this file cannot be read")
    assert not (tmp_path / "out").exists()


def test_a_workspace_in_which_nothing_was_reckoned_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LippenError, match="there is no workspace here"):
        make_return(tmp_path / "none", read_statement(stated(tmp_path)))
