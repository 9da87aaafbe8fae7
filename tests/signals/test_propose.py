"""What `lippen inspect` proposes for an unmapped export: a mapping that parses, imports, and admits doubt."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports import BroughtIn, as_csv, bring_in, call

from lippen.engine import Engine
from lippen.signals import ImportRefused, Proposal, parse_mapping, propose_mapping, survey

TOWN = Path(__file__).parents[2] / "examples" / "small-town"


def propose_and_import(duck: Engine, source: Path, workspace: Path) -> tuple[Proposal, BroughtIn]:
    """The proposal for a file or folder, and what comes of importing it so."""
    proposal = propose_mapping(source)
    assert proposal.mapping is not None, proposal.problems
    assert parse_mapping(proposal.toml) == proposal.mapping
    return proposal, bring_in(duck, source, proposal.mapping, workspace)


def rows(count: int = 60) -> list[dict[str, str]]:
    kinds = ["NOISE NUISANCE", "DOMESTIC INCIDENT", "INTRUDER ALARM", "DIRECTED PATROL", "ROAD COLLISION"]
    codes = ["NO TRACE", "CRIME RECORDED", "NOT ATTENDED", ""]
    return [
        call(at, Kind=kinds[at % 5], Disposal=codes[at % 4], Lat=f"56.2{at % 10}", Long=f"-1.8{at % 7}")
        for at in range(1, count + 1)
    ]


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_small_town_is_mapped_as_its_own_mapping_does(duck: Engine, tmp_path: Path) -> None:
    proposal, brought = propose_and_import(duck, TOWN, tmp_path / "workspace")
    own = tomllib.loads((TOWN / "mapping.toml").read_text())
    proposed = tomllib.loads(proposal.toml)
    assert proposed["columns"] == own["columns"]
    assert proposed["zone"] == own["zone"]
    assert proposed["times"] == own["times"]
    assert set(proposed["outcomes"]["unfounded"]) == set(own["outcomes"]["unfounded"])
    assert set(proposed["outcomes"]["founded"]) == set(own["outcomes"]["founded"])
    assert proposed["kinds"]["own_activity"] == own["kinds"]["own_activity"]
    assert proposed["kinds"]["sensor"] == own["kinds"]["sensor"]
    assert brought.report.rows == 11_833
    assert brought.report.accepted > 11_700


def test_everything_is_shown_for_the_analyst_to_judge(duck: Engine, tmp_path: Path) -> None:
    header = (*call(1), "Caller Tel", "Station")
    some = [{**row, "Caller Tel": f"07700 900{at:03}", "Station": "A"} for at, row in enumerate(rows())]
    some[3]["Reported"] = "31/06/2025 10:00"
    path = write(tmp_path / "in" / "calls.csv", as_csv(some, header))
    proposal, brought = propose_and_import(duck, path, tmp_path / "workspace")
    text = proposal.as_text()
    assert proposal.columns["Caller Tel"] == "NOT READ: it looks like a telephone number"
    assert (proposal.columns["Station"], proposal.columns["Kind"]) == ("not used", "-> kind")
    assert len(proposal.first_rows) == 5
    assert proposal.first_rows[0]["kind"] == "DOMESTIC INCIDENT"
    assert "where 'Reported' says '31/06/2025 10:00': there is no such day" in text
    assert "the time zone Europe/London is a guess, going by the coordinates: check it" in text
    assert "07700" not in text
    proposed = tomllib.loads(proposal.toml)
    assert proposed["ignore"] == ["Station"]
    assert proposed["outcomes"]["unfounded"] == ["NO TRACE"]
    assert proposed["outcomes"]["founded"] == ["CRIME RECORDED"]
    assert proposed["outcomes"]["unknown"] == ["NOT ATTENDED"]
    assert proposed["kinds"] == {
        "own_activity": ["DIRECTED PATROL"],
        "sensor": ["INTRUDER ALARM"],
        "protected": {"domestic": ["DOMESTIC INCIDENT"]},
    }
    assert '#     "NOISE NUISANCE", # 12' in proposal.toml
    assert brought.report.quarantined == 1


def test_what_officers_do_of_themselves_is_proposed_as_their_own_activity(tmp_path: Path) -> None:
    own = [
        "REPORTS", "Investigation", "BUS INVESTIGATIO", "PROBATION/PAROLE", "PATROL", "Search Warrant",
        "FOLLOW UP", "TS TARGETED", "ASSIGN-ADMN MPD",
    ]  # fmt: skip
    reported = [
        "REPORT OF A FIGHT",
        "SUSPICIOUS CAR INVESTIGATION WANTED",
        "Prowler on parade",
        "ASSIGNATION",
    ]
    kinds = own + reported
    lines = [call(at, Kind=kinds[at % len(kinds)]) for at in range(1, 60)]
    proposed = tomllib.loads(propose_mapping(write(tmp_path / "calls.csv", as_csv(lines))).toml)
    assert set(proposed["kinds"]["own_activity"]) == set(own)


def test_every_file_of_a_folder_is_looked_at(duck: Engine, tmp_path: Path) -> None:
    other = [
        {**row, "Ref": f"B-{at}", "Kind": "LATER KIND", "Disposal": "GONE ON ARRIVAL", "Lat": "56.9"}
        for at, row in enumerate(rows(20))
    ]
    for row in other:  # another clerk's clock: the mapping must read both
        day, month, rest = row["Reported"].split("/")
        row["Reported"] = f"{rest[:4]}-{month}-{day} {rest[5:]}"
    write(tmp_path / "in" / "a.csv", as_csv(rows(400)))
    write(tmp_path / "in" / "b.csv", as_csv(other, delimiter=";"))
    write(tmp_path / "in" / "c.csv", "Colour,Shape\nred,round\n")
    write(tmp_path / "in" / "notes.pdf", "%PDF")
    proposal, brought = propose_and_import(duck, tmp_path / "in", tmp_path / "workspace")
    assert proposal.looked_at == ("a.csv: 400 rows", "b.csv: 20 rows")
    assert [one.file for one in proposal.left] == ["notes.pdf", "c.csv"]
    proposed = tomllib.loads(proposal.toml)
    assert set(proposed["outcomes"]["unfounded"]) == {"NO TRACE", "GONE ON ARRIVAL"}
    assert '#     "LATER KIND", # 20' in proposal.toml
    assert proposed["times"]["formats"] == ["%d/%m/%Y %H:%M", "iso"]
    assert (brought.report.rows, brought.report.quarantined) == (420, 0)
    (problem,) = proposal.problems
    assert problem.startswith("c.csv would NOT be read: no row has the header")
    text = proposal.as_text()
    assert "Looked at\n  - a.csv: 400 rows\n  - b.csv: 20 rows\n" in text
    assert "  - notes.pdf: not a format" in text


def test_of_a_long_file_the_first_rows_are_counted_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "FIRST_ROWS", 1)
    monkeypatch.setattr(survey, "MOST_FILES", 1)
    table = pa.Table.from_pylist(rows())
    (tmp_path / "in").mkdir()
    pq.write_table(pa.concat_tables([table] * 2000), tmp_path / "in" / "long.parquet")
    write(tmp_path / "in" / "short.csv", as_csv(rows(1)))
    proposal = propose_mapping(tmp_path / "in")
    (said,) = proposal.looked_at
    assert said.startswith("long.parquet: the first ")
    assert [(one.file, one.reason) for one in proposal.left] == [
        ("short.csv", "only the 1 largest files are looked at")
    ]


def test_the_box_holds_every_row_but_a_slip_of_the_geocoder(duck: Engine, tmp_path: Path) -> None:
    some = rows(1000)
    some[5]["Lat"], some[6]["Long"] = "55.61", "-2.55"  # a village far out
    some[7]["Lat"] = "31.9"  # not in this country
    path = write(tmp_path / "calls.csv", as_csv(some))
    proposal, brought = propose_and_import(duck, path, tmp_path / "workspace")
    assert brought.report.quarantined == 1
    assert "the coordinates lie outside" in brought.refused[0]["reason"]
    assert "1 row far from the others would be refused" in " ".join(proposal.notes)
    assert proposal.problems == ()


def test_columns_that_were_not_understood_show_what_is_in_them(tmp_path: Path) -> None:
    some = [
        {
            **row,
            "NTR_X": f"N{at % 3}",
            "Wer": f"Anruf 07700 900{at:03}",
            "Wo": f"Rosenweg {at}, Flat 2, 15 High Street",
            "Leer": "",
        }
        for at, row in enumerate(rows(150))
    ]
    path = write(tmp_path / "calls.csv", as_csv(some, (*call(1), "NTR_X", "Wer", "Wo", "Leer")))
    proposal = propose_mapping(path)
    assert proposal.samples["NTR_X"] == "3 different values, such as 'N0', 'N1', 'N2'"
    assert proposal.samples["Leer"] == "empty"
    assert proposal.samples["Wer"].startswith("150 different values, such as 'Anruf [telephone removed]'")
    assert "Flat 2" not in proposal.samples["Wo"]
    text = proposal.as_text()
    assert re.search(r"NTR_X +not used: 3 different values, such as 'N0'", text)
    assert "07700" not in text


def test_words_that_are_taken_back_are_not_proposed_as_protected(duck: Engine, tmp_path: Path) -> None:
    names = [
        "Disturbance - Non Domestic",
        "Fraud-welfare",
        "Domestic",
        "NON HARASSMENT ORDER",
        "Welfare check",
    ]
    some = [{**row, "Kind": names[at % 5]} for at, row in enumerate(rows())]
    path = write(tmp_path / "calls.csv", as_csv(some))
    proposal, brought = propose_and_import(duck, path, tmp_path / "workspace")
    assert tomllib.loads(proposal.toml)["kinds"]["protected"] == {
        "domestic": ["Domestic", "NON HARASSMENT ORDER"],
        "mental_health": ["Welfare check"],
    }
    for name in names[:2]:
        assert f'"{name}", # 12, never assessed all the same: a protected word is in it' in proposal.toml
    # The import is more cautious than the proposal.
    assert all(row["protected"] for row in brought.taken)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("invermarrow_calls-2025.csv.gz", "Invermarrow calls-2025"), ("a.b.csv", "A"),
        ("07700 900123.csv", "Telephone removed"), ("_.csv", "Incidents"),
    ],
)  # fmt: skip
def test_a_proposal_names_its_source(tmp_path: Path, name: str, source: str) -> None:
    text = as_csv(rows()).encode()
    path = write(tmp_path / name, gzip.compress(text) if name.endswith(".gz") else text)
    assert tomllib.loads(propose_mapping(path).toml)["source"] == source


def test_only_what_changes_the_result_is_an_open_question(tmp_path: Path) -> None:
    some = [{**row, "Lat": "" if at % 3 else row["Lat"]} for at, row in enumerate(rows(), 1)]
    some = [
        {**row, "Long": "" if not row["Lat"] else row["Long"], "Notes": "rang 07700 900123"} for row in some
    ]
    proposal = propose_mapping(write(tmp_path / "notes.csv", as_csv(some)))
    assert proposal.problems == ()
    said = " ".join(proposal.notes)
    for part in ("67% of the rows have no coordinates", "masked", "the time zone Europe/London is a guess"):
        assert part in said
    nowhere = propose_mapping(
        write(tmp_path / "nowhere.csv", as_csv(rows(), ("Kind", "Reported", "Disposal")))
    )
    assert "for want of anything to go by" in " ".join(nowhere.problems)
    none = propose_mapping(write(tmp_path / "none.csv", as_csv(rows(), ("Kind", "Reported", "Lat", "Long"))))
    (problem,) = none.problems
    assert "this export names no outcome: only volumes can be shown" in problem
    half = [{**row, "Reported": "soon"} if at % 4 == 0 else row for at, row in enumerate(rows())]
    refused = propose_mapping(write(tmp_path / "half.csv", as_csv(half)))
    assert "15 of 60 rows" in " ".join(refused.problems)


def shaped(name: str) -> bytes:
    """Odd files, each from the same honest rows."""
    some = rows()
    if name == "semicolons and decimal commas":
        turned = [
            {**row, "Lat": row["Lat"].replace(".", ","), "Long": row["Long"].replace(".", ",")}
            for row in some
        ]
        return as_csv(turned, delimiter=";").encode("utf-8-sig")
    if name == "american":
        header = ("Event Number", "Call Type", "Date/Time", "Final Disposition", "Address", "Beat")
        lines = [
            f"E{at},NOISE,07/{1 + at % 28:02}/2019 {1 + at % 12}:05:00 PM,"
            f'"Unable to Locate, UTL",{at}00 MAIN ST,B{at % 4}'
            for at in range(60)
        ]
        return "\n".join([",".join(header), *lines]).encode()
    if name == "titles above":
        return ("Invermarrow\nprinted 1 August\n\n" + as_csv(some)).encode("utf-16")
    if name == "two dates, one real":
        header = ("Offense", "RecordID", "DateReported", "HourReported")
        return "\n".join(
            [
                ",".join(header),
                *(f"NOISE,{at},2019-07-{1 + at % 28:02} 04:00:00,{at % 24:02}15" for at in range(60)),
            ]
        ).encode()
    if name == "cp1252":
        return as_csv([{**row, "Notes": "Café – £5"} for row in some]).encode("cp1252")
    if name == "json lines":
        nested = [{**row, "at": {"lat": row.pop("Lat"), "lon": row.pop("Long")}} for row in some]
        return "\n".join(map(json.dumps, nested)).encode()
    if name == "odd names and codes":
        odd = {"Kind": 'Kind "of"\tcall\\', "Disposal": "Result\u007f"}
        text = as_csv([{**row, "Disposal": 'NO TRACE "UTL"\\'} for row in some])
        header, rest = text.split("\n", 1)
        for before, after in odd.items():
            header = header.replace(before, '"' + after.replace('"', '""') + '"')
        return f"{header}\n{rest}".encode()
    if name == "headers twice":
        return (
            as_csv([{**row, "Second": row["Kind"]} for row in some], (*call(1), "Second"))
            .replace("Second", "Kind", 1)
            .encode()
        )
    if name == "one row":
        return as_csv(some[:1]).encode()
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("semicolons and decimal commas", "a.csv"), ("american", "a.txt"), ("titles above", "a.csv"),
        ("two dates, one real", "a.csv"), ("cp1252", "a.csv"), ("json lines", "a.jsonl"),
        ("odd names and codes", "a.csv"), ("headers twice", "a.csv"), ("one row", "a.csv"),
    ],
)  # fmt: skip
def test_odd_exports_are_proposed_for_and_import_so(
    duck: Engine, tmp_path: Path, name: str, file: str
) -> None:
    path = write(tmp_path / "in" / file, shaped(name))
    proposal, brought = propose_and_import(duck, path, tmp_path / "workspace")
    expected = 1 if name == "one row" else 60
    assert (brought.report.rows, brought.report.accepted) == (expected, expected), brought.reasons
    proposal.as_text().encode()
    columns = tomllib.loads(proposal.toml)["columns"]
    if name == "american":
        assert tomllib.loads(proposal.toml)["zone"] == "America/New_York"
        assert {row["outcome"] for row in brought.taken} == {"unfounded"}
        assert brought.taken[0]["reported_at"].hour == 17  # 1 pm in New York's summer
    if name == "two dates, one real":
        assert columns["reported_at"] == ["DateReported", "HourReported"]
        assert len({row["local_hour"] for row in brought.taken}) == 24
    if name == "semicolons and decimal commas":
        assert {row["lon"] for row in brought.taken} == {-1.8 - at / 100 for at in range(7)}
    if name == "odd names and codes":
        assert columns["kind"] == 'Kind "of" call\\'
        assert {row["outcome"] for row in brought.taken} == {"unfounded"}


def test_sheets_and_parquet_are_proposed_for(duck: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "July"
    sheet.append(["Invermarrow"])
    header = list(call(1))
    sheet.append(header)
    for row in rows():
        sheet.append([row[name] for name in header])
    book.create_sheet("Notes").append(["read me"])
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "calls.xlsx")
    proposal, brought = propose_and_import(duck, tmp_path / "in" / "calls.xlsx", tmp_path / "a")
    assert tomllib.loads(proposal.toml)["file"] == {"sheet": "July"}
    assert brought.report.accepted == 60
    table = pa.Table.from_pylist(rows()).append_column("tags", pa.array([["a"]] * 60))
    pq.write_table(table, tmp_path / "in" / "calls.parquet")
    proposal, brought = propose_and_import(duck, tmp_path / "in" / "calls.parquet", tmp_path / "b")
    assert brought.report.accepted == 60
    assert "tags" not in proposal.columns


def test_nobody_s_number_gets_into_a_proposal(tmp_path: Path) -> None:
    some = [
        {
            **row,
            "Disposal": f"ADVISED {at}, RANG 07700 900{at:03}",
            "Kind": f"ALARM someone{at}@example.org",
            "r2": f"07700900{at:03}",
        }
        for at, row in enumerate(rows(20))
    ]
    path = write(tmp_path / "calls.csv", as_csv(some, (*call(1), "r2")))
    text = propose_mapping(path).as_text()
    assert "07700" not in text
    assert "someone" not in text
    assert "NOT READ: it is full of telephone numbers" in text


def test_what_is_lacking_is_said_and_nothing_made_up(tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", "Colour,Shape\n" + "red,round\nblue,square\n" * 30)
    proposal = propose_mapping(path)
    assert proposal.mapping is None
    assert proposal.first_rows == ()
    said = " ".join(proposal.problems)
    assert "no column was found for kind" in said
    assert "no column was found for reported_at" in said
    assert "the proposal is not complete" in said
    assert "  none" in proposal.as_text().splitlines()


def test_day_and_month_that_cannot_be_told_apart_are_doubted(tmp_path: Path) -> None:
    some = [call(at, Reported=f"0{1 + at % 9}/0{1 + at % 7}/2025 10:15") for at in range(40)]
    proposal = propose_mapping(write(tmp_path / "calls.csv", as_csv(some)))
    assert any("day and month cannot be told apart" in problem for problem in proposal.problems)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("a.csv", b"", "a.csv: it cannot be read: it is empty"),
        ("a.jsonl", b"[1, 2]", "a JSON array that holds no objects"),
        ("a.json", b'[{"at": 1}, {"at": 2}]', "one JSON array; save it with one object on each line"),
        ("a.xlsx", b"PK\x03\x04 nothing", "damaged or no spreadsheet"),
        ("a.parquet", b"PAR1 nothing", "no whole Parquet file"),
        ("a.csv.gz", b"\x1f\x8b" + bytes(40), "the gzip is damaged"),
        ("a.pdf", b"%PDF", "there is nothing to read here .a.pdf: not a format"),
    ],
)
def test_what_cannot_be_read_is_refused_with_why(
    tmp_path: Path, file: str, content: bytes, says: str
) -> None:
    write(tmp_path / "in" / file, content)
    with pytest.raises(ImportRefused, match=says):
        propose_mapping(tmp_path / "in")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"there is no such file or folder\. Check the path"):
        propose_mapping(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("header.csv", as_csv([]).encode()),
        ("blank.jsonl", b"\n{}\n"),
        ("words.jsonl", b"no json at all\n"),
        ("cut.csv.gz", gzip.compress(as_csv(rows(3000)).encode())[:9000]),
        ("line\nbreak.csv", as_csv(rows()).encode()),
        ("bytes.csv", bytes(range(256)) * 4),
    ],
)
def test_poor_files_are_proposed_for_as_far_as_they_go(tmp_path: Path, file: str, content: bytes) -> None:
    proposal = propose_mapping(write(tmp_path / "in" / file, content))
    tomllib.loads(proposal.toml)
    assert proposal.as_text().encode()


def test_an_empty_parquet_file_is_proposed_for(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({name: pa.array([], pa.string()) for name in call(1)}), tmp_path / "calls.parquet"
    )
    assert propose_mapping(tmp_path / "calls.parquet").first_rows == ()
