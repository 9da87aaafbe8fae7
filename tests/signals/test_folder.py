"""A folder of exports: duplicates, conflicts, importing twice, and what is not read and why."""

from __future__ import annotations

import csv
import gzip
import json
import os
from pathlib import Path

import pytest
from exports import HEADER, MAPPING, as_csv, bring_in, bring_in_rows, call

from lippen.engine import Engine
from lippen.output import OutputRefused
from lippen.progress import Stages
from lippen.signals import ImportRefused, import_folder, parse_mapping, propose_mapping
from lippen.workspace import Workspace
from lippen.workspace_settings import WorkspaceError


def folder_of(path: Path, **files: list[dict[str, str]]) -> Path:
    """A folder with one CSV file for each keyword."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        (path / f"{name}.csv").write_text(as_csv(rows))
    return path


def state(workspace: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(workspace.rglob("*")) if one.is_file()}


def test_each_file_is_counted_and_the_report_shows_it(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(
        tmp_path / "in", b=[call(2), call(3, Kind="")], a=[call(1), call(1), call(4, Reported="no")]
    )
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "c.csv").write_text(as_csv([call(2), call(5)]))
    brought = bring_in(duck, source)
    counts = {
        one.file: (one.rows, one.accepted, one.duplicates, one.quarantined) for one in brought.report.inputs
    }
    assert counts == {"a.csv": (3, 1, 1, 1), "b.csv": (2, 1, 0, 1), "deep/er/c.csv": (2, 1, 1, 0)}
    report = brought.report
    assert (report.rows, report.accepted, report.duplicates, report.quarantined) == (7, 3, 2, 2)
    assert "        3 |        1 |          1 |           1 | a.csv" in report.as_text().splitlines()
    assert "1 row quarantined: the row names no kind" in report.as_text()


def test_what_nobody_may_overlook_stands_first(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", a=[call(at, Lat="56,2" if at < 8 else "56.2") for at in range(1, 41)])
    (source / "b.csv").write_text("Colour,Shape\nred,round\n")
    (source / "README.md").write_text("read me")
    (source / ".hidden.csv").write_text("x")
    report = bring_in(duck, source).report
    lines = report.as_text().splitlines()
    assert lines[0].startswith("WARNING: 1 file was NOT read: b.csv (no row has the header 'Ref', 'Kind'")
    assert lines[1] == (
        "WARNING: 7 of 40 rows of a.csv were refused, all because the coordinate has a decimal comma; "
        "set decimal_comma = true under [numbers] in the mapping"
    )
    assert lines[2].startswith("rows read |")
    assert "not read: README.md" in "\n".join(lines[3:])


def test_one_refusal_in_twenty_is_no_cause_for_alarm(duck: Engine, tmp_path: Path) -> None:
    few = [call(at, Kind="" if at == 1 else "NOISE") for at in range(1, 21)]
    assert bring_in(duck, folder_of(tmp_path / "few", a=few)).report.warnings() == []
    # Two reasons that are each rare are no single thing to put right either.
    both = [*few, call(21, Reported="no")]
    assert bring_in(duck, folder_of(tmp_path / "both", a=both)).report.warnings() == []
    many = [call(1, Kind=""), *(call(at) for at in range(2, 20))]
    said = bring_in(duck, folder_of(tmp_path / "many", a=many)).report.warnings()
    assert [warning.split(",")[0] for warning in said] == ["1 of 19 rows of a.csv was refused"]


@pytest.mark.parametrize(
    "mapping",
    [
        MAPPING.replace('disposal = "Disposal"\n', "").split("[outcomes]")[0],
        MAPPING.replace("NO TRACE", "NT"),
    ],
)
def test_an_export_without_outcomes_is_said_to_have_none(duck: Engine, tmp_path: Path, mapping: str) -> None:
    source = folder_of(tmp_path / "in", a=[call(1), call(2)])
    (said,) = bring_in(duck, source, mapping).report.warnings()
    assert said == (
        "this export names no outcome: only volumes can be shown; map `disposal` and [outcomes] if it has one"
    )
    assert bring_in(duck, source).report.warnings() == []


def test_refused_rows_can_be_looked_through_in_a_spreadsheet(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(
        tmp_path / "in",
        a=[call(1), call(2, Reported='=cmd|"/c calc"!A1'), call(3, Lat="-1,8"), call(4, Kind="")],
        b=[call(1, Kind="OTHER")],
    )
    workspace = Workspace.open(tmp_path / "workspace", duck)
    mapping = parse_mapping(MAPPING)

    def refused(name: str) -> list[dict[str, str]]:
        path = tmp_path / name
        report = import_folder(source, mapping, workspace, Stages(quiet=True), path)
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        assert len(rows) == report.quarantined
        return rows

    first = refused("first.csv")
    assert [row["value"] for row in first[:3]] == ['\'=cmd|"/c calc"!A1', "'-1,8", ""]
    assert [(row["file"], row["line"]) for row in first[:3]] == [
        ("a.csv", "3"),
        ("a.csv", "4"),
        ("a.csv", "5"),
    ]
    assert "another row has this id with other content" in first[3]["reason"]
    # The workspace knows these rows already; who imports again is shown them all the same.
    assert [row["value"] for row in refused("again.csv")] == [row["value"] for row in first]
    before = state(tmp_path / "workspace")
    with pytest.raises(ImportRefused, match=r"first\.csv: this file is already there. Name a new one"):
        refused("first.csv")
    assert state(tmp_path / "workspace") == before


def test_an_import_without_refusals_writes_a_spreadsheet_without_rows(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", a=[call(1)])
    workspace = Workspace.open(tmp_path / "workspace", duck)
    import_folder(source, parse_mapping(MAPPING), workspace, Stages(quiet=True), tmp_path / "q.csv")
    assert (tmp_path / "q.csv").read_text(encoding="utf-8-sig") == "file,line,column,value,reason\n"


def test_a_workspace_is_no_folder_of_exports(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in(duck, folder_of(tmp_path / "in", a=[call(1)]), workspace=tmp_path / "workspace")
    told = "this is a workspace of Lippen. Name the folder of exports instead"
    with pytest.raises(ImportRefused, match=told):
        bring_in(duck, brought.workspace.directory, workspace=tmp_path / "other")
    with pytest.raises(ImportRefused, match=told):
        propose_mapping(brought.workspace.directory)


def test_importing_twice_changes_not_a_byte(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(
        tmp_path / "in",
        a=[call(1), call(1), call(2, Kind=""), call(3, Ref="")],
        b=[call(1, Kind="OTHER"), call(4), call(5, Street="Wharf", Lat="", Long="")],
        c=[call(6, Street="Wharf")],
    )
    workspace = tmp_path / "workspace"
    first = bring_in(duck, source, workspace=workspace)
    assert first.report.changed
    before = state(workspace)
    again = bring_in(duck, source, workspace=workspace)
    assert not again.report.changed
    assert again.report.accepted == 0
    assert again.report.quarantined == first.report.quarantined
    assert again.report.rows == first.report.rows
    assert again.report.import_id == first.report.import_id
    assert "The workspace already held all of this; nothing was changed." in again.report.as_text()
    assert state(workspace) == before


def test_the_same_rows_under_other_names_and_in_other_formats_are_duplicates(
    duck: Engine, tmp_path: Path
) -> None:
    rows = [call(at) for at in range(1, 6)]
    workspace = tmp_path / "workspace"
    bring_in(duck, folder_of(tmp_path / "one", a=rows), workspace=workspace)
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (other / "c.csv.gz").write_bytes(gzip.compress(as_csv(rows, delimiter=";").encode("utf-16")))
    brought = bring_in(duck, other, workspace=workspace)
    assert (brought.report.accepted, brought.report.duplicates) == (0, 10)
    assert not brought.report.changed
    assert len(brought.taken) == 5


def test_of_rows_with_one_id_the_one_closed_last_is_kept_then_the_fullest(
    duck: Engine, tmp_path: Path
) -> None:
    mapping = MAPPING.replace("[times]", 'closed_at = "Closed"\n[times]', 1)
    header = (*HEADER, "Closed")
    early = {**call(1, Notes="open"), "Closed": "03/07/2025 10:00"}
    late = {**call(1, Notes="closed"), "Closed": "03/07/2025 12:00"}
    never = {**call(1, Notes="never closed"), "Closed": ""}
    thin, full = call(2, Notes="", Disposal=""), call(2)
    for order in (
        [early, late, never, thin, full],
        [full, never, late, early, thin],
        [late, thin, full, early, never],
    ):
        source = tmp_path / str(order.index(early))
        brought = bring_in_rows(duck, source, [*order, late], mapping, header=header)
        assert [row["text"] for row in sorted(brought.taken, key=lambda row: row["incident_id"])] == [
            "closed",
            full["Notes"],
        ]
        assert brought.report.duplicates == 1
        assert {row["column"] for row in brought.refused} == {"Ref"}
        kept = next(row["line"] for row in brought.taken if row["incident_id"] == "IM-0001")
        said = [row["reason"] for row in brought.refused if row["value"] == "IM-0001"]
        assert (
            said
            == [
                "another row has this id with other content and was closed later or says more: "
                f"calls.csv, line {kept}; that one was kept, correct this one at the source "
                "if it is another incident"
            ]
            * 2
        )


def test_what_the_workspace_holds_stays(duck: Engine, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    bring_in(duck, folder_of(tmp_path / "one", a=[call(1)]), workspace=workspace)
    brought = bring_in(
        duck, folder_of(tmp_path / "two", b=[call(1, Notes="other"), call(2)]), workspace=workspace
    )
    assert [(row["incident_id"], row["file"]) for row in brought.taken] == [
        ("IM-0001", "a.csv"),
        ("IM-0002", "b.csv"),
    ]
    (refused,) = brought.refused
    assert refused["reason"].startswith(
        "the workspace already holds this id with other content, from a.csv, line 2; "
    )
    again = bring_in(duck, tmp_path / "two", workspace=workspace)
    assert not again.report.changed
    assert len(again.refused) == 1


def test_a_place_that_was_filled_in_is_not_content(duck: Engine, tmp_path: Path) -> None:
    """A row without coordinates is the same row whether or not others of its import could place it."""
    workspace = tmp_path / "workspace"
    lost = call(1, Lat="", Long="")
    bring_in(duck, folder_of(tmp_path / "one", a=[lost, call(2)]), workspace=workspace)
    brought = bring_in(duck, folder_of(tmp_path / "two", b=[lost]), workspace=workspace)
    assert (brought.report.duplicates, brought.report.quarantined) == (1, 0)


def test_the_times_of_one_workspace_are_of_one_zone(duck: Engine, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    source = folder_of(tmp_path / "in", a=[call(1)])
    bring_in(duck, source, workspace=workspace)
    before = state(workspace)
    with pytest.raises(WorkspaceError, match="holds times of Europe/London, not UTC"):
        bring_in(duck, source, MAPPING.replace("Europe/London", "UTC"), workspace)
    assert state(workspace) == before


def test_an_import_that_fails_leaves_the_zone_open(duck: Engine, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    source = folder_of(tmp_path / "in", a=[])
    (source / "letter.txt").write_text("dear")
    bring_in(duck, source, workspace=workspace)
    assert Workspace.open(workspace, duck).zone is None
    source = folder_of(tmp_path / "in", a=[call(1)])
    assert bring_in(duck, source, MAPPING.replace("Europe/London", "UTC"), workspace).report.accepted == 1


def test_what_is_no_export_is_named_with_why(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", good=[call(1)])
    elsewhere = folder_of(tmp_path / "elsewhere", secret=[call(9)])
    for name in ("notes.pdf", "README", "archive.zip", "calls.tar.gz", ".hidden.csv", "~$calls.xlsx"):
        (source / name).write_bytes(b"x")
    (source / "other.csv").write_text("a,b\n1,2\n")
    (source / "link.csv").symlink_to(source / "good.csv")
    (source / "leads-out.csv").symlink_to(elsewhere / "secret.csv")
    (source / "loop").symlink_to(source)
    (source / "gone.csv").symlink_to(source / "nothing.csv")
    os.mkfifo(source / "pipe.csv")
    brought = bring_in(duck, source)
    assert [one.file for one in brought.report.inputs] == ["good.csv"]
    reasons = {one.file: one.reason for one in brought.report.not_read}
    assert reasons.pop("other.csv").startswith("no row has the header 'Ref', 'Kind'")
    assert reasons == {
        "notes.pdf": "not a format that Lippen reads (.pdf)",
        "README": "not a format that Lippen reads (no extension)",
        "archive.zip": "a packed file; unpack it first (only .gz is read as it is)",
        "calls.tar.gz": "a packed file; unpack it first (only .gz is read as it is)",
        ".hidden.csv": "a hidden or temporary file",
        "~$calls.xlsx": "a hidden or temporary file",
        "link.csv": "a link; what it leads to is read where it is",
        "leads-out.csv": "a link that leaves the folder",
        "loop": "a link; what it leads to is read where it is",
        "gone.csv": "a link; what it leads to is read where it is",
        "pipe.csv": "neither a file nor a directory",
    }
    assert "not read: notes.pdf: not a format" in brought.report.as_text()


def test_one_file_may_be_named_instead_of_a_folder(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", a=[call(1)], b=[call(2)])
    assert [row["incident_id"] for row in bring_in(duck, source / "b.csv").taken] == ["IM-0002"]


def test_file_names_of_any_bytes_are_stored_and_shown(duck: Engine, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    names = [
        b"caf\xe9.csv",
        b"new\nline.csv",
        "right\u202eto left.csv".encode(),
        "\u00fc.csv".encode(),
    ]
    for at, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_text(
            as_csv([call(at), call(0, Ref="x", Kind="")])
        )
    brought = bring_in(duck, source)
    assert {row["file"] for row in brought.taken} == {
        "caf\\udce9.csv", "new\\nline.csv", "right\\u202eto left.csv", "\u00fc.csv",
    }  # fmt: skip
    brought.report.as_text().encode()


def test_the_workspace_may_lie_among_the_exports(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", a=[call(1)])
    first = bring_in(duck, source, workspace=source / "workspace")
    second = bring_in(duck, source, workspace=source / "workspace")
    assert first.report.accepted == 1
    assert not second.report.changed
    for report in (first.report, second.report):
        assert [(one.file, one.reason) for one in report.not_read] == [("workspace/", "the workspace itself")]
    # What one workspace holds is no export for another: its Parquet would be read as rows.
    other = bring_in(duck, source, workspace=tmp_path / "other")
    assert other.report.accepted == 1
    assert [(one.file, one.reason) for one in other.report.not_read] == [
        ("workspace/", "a workspace of Lippen")
    ]


def test_refused_rows_are_not_written_among_the_exports(duck: Engine, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", a=[call(1), call(0, Ref="x", Kind="")])
    workspace = Workspace.open(tmp_path / "workspace", duck)
    with pytest.raises(OutputRefused, match="read as one of them next time"):
        import_folder(source, parse_mapping(MAPPING), workspace, Stages(quiet=True), source / "refused.csv")
    assert [one.name for one in source.iterdir()] == ["a.csv"]
    assert not workspace.imports()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "there is no file here"),
        ({"letter.txt": "dear"}, r"letter.txt: no row has the header"),
        ({"a.pdf": "x"}, r"a.pdf: not a format that Lippen reads"),
    ],
)
def test_a_folder_with_nothing_to_read_is_refused(
    duck: Engine, tmp_path: Path, files: dict[str, str], says: str
) -> None:
    source = folder_of(tmp_path / "in")
    for name, text in files.items():
        (source / name).write_text(text)
    with pytest.raises(ImportRefused, match=says) as refused:
        bring_in(duck, source)
    assert refused.value.remedy


def test_a_folder_that_is_not_there_is_named(duck: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"nowhere: there is no such folder or file\. Check the path"):
        bring_in(duck, tmp_path / "nowhere")


def test_no_two_files_get_the_same_name(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("a\nb.csv", r"a\nb.csv", r"a\\nb.csv")):
        (folder / name).write_text(as_csv([call(number)]))
    brought = bring_in(duck, folder)
    assert sorted(one.file for one in brought.report.inputs) == [r"a\\\\nb.csv", r"a\\nb.csv", r"a\nb.csv"]
    assert len(brought.taken) == 3
