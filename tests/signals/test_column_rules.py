"""How single columns are read: days, numbers, yes or no, what is missing, and which row of two is kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from each_kind import example, header, mapping_for, write_csv
from exports import BroughtIn, bring_in

from lippen.engine import Engine
from lippen.signals import MappingError, load_kind, parse_mapping

SIGHTING, CONCERN, ANSWER = (load_kind(name) for name in ("sighting", "concern", "answer"))


def read(
    duck: Engine, folder: Path, kind_name: str, column: str, cells: list[str], *more: str, zone: str = ""
) -> BroughtIn:
    """One row for each cell, the examples besides."""
    kind = load_kind(kind_name)
    folder.mkdir(parents=True)
    write_csv(
        kind, [example(kind, **{kind.id: f"R-{at}", column: text}) for at, text in enumerate(cells)], folder
    )
    mapping = mapping_for(kind, *more)
    return bring_in(duck, folder, mapping.replace("Europe/London", zone) if zone else mapping)


def test_a_day_is_the_day_as_written_and_a_clock_is_left_away(duck: Engine, tmp_path: Path) -> None:
    formats = '[times]\nformats = ["%d/%m/%Y %H:%M", "%d %b %y"]'
    honest = ["05/07/2025 23:59", "05/07/2025", "5/7/2025 00:00:00", "05 Jul 25", "05 Jul 25 07:30"]
    wrong = ["31/02/2025", "2025-07-05", "05/07/2025 soon", "05/07/2025 25:00", "July"]
    brought = read(duck, tmp_path / "in", "sighting", "seen_on", [*honest, *wrong], formats)
    assert [row["seen_on"] for row in brought.taken] == [dt.date(2025, 7, 5)] * len(honest)
    assert [row["value"] for row in brought.refused] == wrong
    assert [row["reason"].partition(";")[0] for row in brought.refused] == [
        "there is no such day",
        "the day is not written in any of the mapping's formats",
        "the day is not written in any of the mapping's formats",
        "there is no such day",
        "the day is not written in any of the mapping's formats",
    ]


def test_a_day_whose_midnight_the_clocks_skip_is_a_day(duck: Engine, tmp_path: Path) -> None:
    """In Brazil the clocks went forward at midnight of 4 November 2018: 00:00 never was, the day was."""
    cells = ["2018-11-04", "2018-11-04 00:30:00"]
    brought = read(duck, tmp_path / "in", "sighting", "seen_on", cells, zone="America/Sao_Paulo")
    assert [row["seen_on"] for row in brought.taken] == [dt.date(2018, 11, 4)] * 2


def test_days_out_of_bounds_are_refused_only_where_they_say_when(duck: Engine, tmp_path: Path) -> None:
    bounds = "[times]\nearliest = 2025-01-01\nlatest = 2025-12-31"
    cells = ["2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"]
    brought = read(duck, tmp_path / "raised", "concern", "raised_on", cells, bounds)
    assert list(brought.reasons) == [2, 5]
    brought = read(duck, tmp_path / "closed", "concern", "closed_on", cells, bounds)
    assert [str(row["closed_on"]) for row in brought.taken] == cells


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Europe/London", "Pacific/Pago_Pago"])
def test_a_day_is_today_at_most_where_the_source_is(duck: Engine, tmp_path: Path, zone: str) -> None:
    today = dt.datetime.now(ZoneInfo(zone)).date()
    cells = [str(today), str(today + dt.timedelta(days=1))]
    brought = read(duck, tmp_path / "in", "sighting", "seen_on", cells, zone=zone)
    assert [row["seen_on"] for row in brought.taken] == [today]
    assert brought.reasons[3].startswith("the day lies in the future")


def test_a_decimal_is_a_plain_number(duck: Engine, tmp_path: Path) -> None:
    honest = {"35": 35.0, "35.50": 35.5, "£35.50": 35.5, "£ 35": 35.0, ".5": 0.5, "5.": 5.0, "+5": 5.0,
              "-0": 0.0, "1e-05": 1e-05, "999999999999": 999999999999.0, "": None}  # fmt: skip
    wrong = [
        "1,250.00",
        "35,50",
        "nan",
        "inf",
        "1e13",
        "1000000000000",
        "0x10",
        "35 each",
        "$35",
        "٣٥",
        "--5",
    ]
    brought = read(duck, tmp_path / "in", "sighting", "price_gbp", [*honest, *wrong])
    assert [row["price_gbp"] for row in brought.taken] == [*honest.values()]
    assert [row["value"] for row in brought.refused] == wrong
    assert "decimal_comma = true" in brought.refused[1]["reason"]
    assert brought.refused[2]["reason"].startswith("the price is not a plain number like 35.00; correct it")
    comma = read(
        duck,
        tmp_path / "comma",
        "sighting",
        "price_gbp",
        ["35,50", "1.250,00"],
        "[numbers]\ndecimal_comma=true",
    )
    assert [row["price_gbp"] for row in comma.taken] == [35.5]
    # Nothing is asked for less than nothing, and a tenant may be owed.
    below = read(duck, tmp_path / "below", "sighting", "price_gbp", ["-5", "-0.01", "£-10"])
    assert below.taken == []
    assert {row["reason"].partition(";")[0] for row in below.refused} == {"the price is below nought"}
    assert [
        row["amount_gbp"] for row in read(duck, tmp_path / "owed", "record", "amount_gbp", ["-5"]).taken
    ] == [-5]
    # A pound sign is no part of a weight.
    assert read(duck, tmp_path / "weight", "answer", "weight", ["£1"]).taken == []


def test_a_whole_number_lies_in_its_range(duck: Engine, tmp_path: Path) -> None:
    honest, wrong = {"1": 1, "5": 5, "3.0": 3, "": None}, ["0", "6", "8", "2.5", "-1", "five"]
    brought = read(duck, tmp_path / "in", "answer", "police_job", [*honest, *wrong])
    assert [row["police_job"] for row in brought.taken] == [*honest.values()]
    assert [row["value"] for row in brought.refused] == wrong
    assert "from 1 to 5; " in brought.refused[0]["reason"]
    most = read(duck, tmp_path / "most", "record", "count", ["2147483647", "2147483648", "99999999999"])
    assert [row["count"] for row in most.taken] == [2147483647]


def test_yes_and_no_in_the_usual_spellings(duck: Engine, tmp_path: Path) -> None:
    yes, no = ["yes", "Y", "TRUE", "1", "1.0"], ["No", "n", "false", "0", "0.0"]
    brought = read(duck, tmp_path / "in", "report", "still_going_on", [*yes, *no, "", "unsure", "2"])
    assert [row["still_going_on"] for row in brought.taken] == [True] * 5 + [False] * 5 + [None]
    assert [row["value"] for row in brought.refused] == ["unsure", "2"]


def test_what_is_listed_as_missing_stands_for_nothing(duck: Engine, tmp_path: Path) -> None:
    missing = '[missing]\npolice_job = ["7", "8"]\nresponded = ["n/a"]'
    brought = read(duck, tmp_path / "in", "answer", "police_job", ["7", "8", "9", "3"], missing)
    assert [row["police_job"] for row in brought.taken] == [None, None, 3]
    brought = read(duck, tmp_path / "other", "answer", "responded", ["n/a", "yes"], missing)
    assert brought.reasons[2].startswith("the row does not say yes or no to responded")
    # It holds for the column it names and for no other.
    assert [row["fear_of_payback"] for row in brought.taken] == [4]
    assert (
        read(duck, tmp_path / "third", "answer", "fear_of_payback", ["7"], missing).taken[0][
            "fear_of_payback"
        ]
        == 7
    )
    for wrong, says in (
        ("[missing]\npolice_jobs = ['7']", "`missing.police_jobs` is not a key"),
        ("[missing]\npolice_job = 7", "`missing.police_job` must be a list of texts"),
    ):
        with pytest.raises(MappingError, match=says):
            parse_mapping(mapping_for(ANSWER, wrong))


def test_numbers_days_and_truth_of_every_parquet_type(duck: Engine, tmp_path: Path) -> None:
    """Wherever Parquet has several types for one thing, each is read as the same."""
    whole = {
        "weight": [1.5],
        "police_job": [2],
        "responded": [True],
        "interviewed_on": [dt.date(2025, 3, 10)],
    }
    types = [
        {
            "weight": pa.float32(),
            "police_job": pa.int8(),
            "responded": pa.bool_(),
            "interviewed_on": pa.date64(),
        },
        {"weight": pa.decimal128(6, 2), "police_job": pa.float64(), "interviewed_on": pa.timestamp("ms")},
        {"police_job": pa.uint64(), "interviewed_on": pa.timestamp("ns", "UTC")},
    ]
    row = example(ANSWER)
    for at, wanted in enumerate(types):
        folder = tmp_path / str(at)
        folder.mkdir()
        columns = {
            header(one): pa.array(whole[one.name]).cast(wanted[one.name])
            if one.name in wanted
            else pa.array([str(whole[one.name][0]) if one.name in whole else row[one.name]])
            for one in ANSWER.mappable()
        }
        pq.write_table(pa.table(columns), folder / "wave.parquet")
        (taken,) = bring_in(duck, folder, mapping_for(ANSWER)).taken
        assert {name: [taken[name]] for name in whole} == whole


def test_of_two_rows_of_one_id_the_later_by_the_kind_s_own_word_is_kept(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    ends = ["2025-04-01", "", "2025-06-01", "2025-05-01"]
    write_csv(CONCERN, [example(CONCERN, closed_on=end) for end in ends], folder)
    brought = bring_in(duck, folder, mapping_for(CONCERN))
    assert [str(row["closed_on"]) for row in brought.taken] == ["2025-06-01"]
    reason = "another row has this id with other content and was closed later or says more: rows.csv, line 4"
    assert all(row["reason"].startswith(reason) for row in brought.refused)
    assert all(row["reason"].endswith("if it is another concern") for row in brought.refused)
    other = tmp_path / "other"
    other.mkdir()
    write_csv(SIGHTING, [example(SIGHTING, words=""), example(SIGHTING), example(SIGHTING)], other)
    brought = bring_in(duck, other, mapping_for(SIGHTING))
    assert (brought.report.accepted, brought.report.duplicates, brought.report.quarantined) == (1, 1, 1)
    assert brought.taken[0]["words"] == example(SIGHTING)["words"]


def test_kinds_lie_side_by_side_in_one_workspace(duck: Engine, tmp_path: Path) -> None:
    for kind in (SIGHTING, CONCERN):
        folder = tmp_path / kind.name
        folder.mkdir()
        write_csv(kind, [example(kind)], folder)
        brought = bring_in(duck, folder, mapping_for(kind), tmp_path / "town")
        assert brought.report.with_outcome is None
        assert brought.report.warnings() == []
    town = brought.workspace
    assert duck.collect(town.signals("sighting"))["product"].to_pylist() == [example(SIGHTING)["product"]]
    assert duck.collect(town.signals("concern"))["about"].to_pylist() == [example(CONCERN)["about"]]
