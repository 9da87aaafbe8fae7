"""One folder, swapped in one step: readers see a whole import or none of it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.manifest import ManifestError
from lippen.workspace import QUARANTINE, Workspace, WorkspaceBusy
from lippen.workspace_settings import WorkspaceError, zone_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def workspace(folder: Path, duck: Engine) -> Workspace:
    return Workspace.open(folder, duck)


def bring_in(workspace: Workspace, import_id: str, *parts: list[int], refused: int = 0) -> bool:
    with workspace.stage_import("incident") as staged:
        accepted = []
        for number, part in enumerate(parts):
            accepted.append(staged.directory / f"{number}.parquet")
            pq.write_table(pa.table({"n": pa.array(part, pa.int64())}), accepted[-1])
        quarantine = []
        if refused:
            row = {"file": "a.csv", "line": 2, "column": "when", "value": "?", "reason": "no time"}
            quarantine = [staged.directory / "refused.parquet"]
            pq.write_table(pa.Table.from_pylist([row] * refused, schema=QUARANTINE), quarantine[0])
        return staged.commit(
            import_id, accepted, quarantine, [{"file": "a.csv", "rows": sum(map(len, parts))}]
        )


def numbers(workspace: Workspace) -> list[int]:
    found: list[int] = workspace.engine.collect(workspace.signals("incident"), "n")["n"].to_pylist()
    return found


def files(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def test_what_was_imported_is_there_when_opened_again(
    folder: Path, workspace: Workspace, duck: Engine
) -> None:
    assert bring_in(workspace, "one", [1, 2], [3], refused=2)
    assert bring_in(workspace, "two", [4])
    again = Workspace.open(folder, duck, create=False)
    assert numbers(again) == [1, 2, 3, 4]
    assert again.engine.collect(again.quarantine())["reason"].to_pylist() == ["no time"] * 2
    assert [(one.import_id, one.rows, one.quarantined) for one in again.imports()] == [
        ("one", 3, 2),
        ("two", 1, 0),
    ]
    assert again.imports()[0].inputs == ({"file": "a.csv", "rows": 3},)
    assert "lake/signals/incident/one-2.parquet" in files(folder)


@pytest.mark.spark
def test_a_workspace_reads_the_same_on_spark(folder: Path, workspace: Workspace, spark: Engine) -> None:
    bring_in(workspace, "one", [1, 2], [3])
    assert numbers(Workspace.open(folder, spark, create=False)) == [1, 2, 3]


def test_the_same_import_twice_changes_nothing(folder: Path, workspace: Workspace) -> None:
    bring_in(workspace, "one", [1])
    before = {name: (folder / name).read_bytes() for name in files(folder)}
    assert not bring_in(workspace, "one", [1])
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


def test_an_empty_workspace_says_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"holds no incident yet. Run lippen import"):
        workspace.signals("incident")
    with pytest.raises(WorkspaceError, match=r"no result table episodes. Run lippen brief"):
        workspace.result("episodes")
    assert workspace.engine.collect(workspace.quarantine()).schema.names == QUARANTINE.names


@pytest.mark.parametrize("left", [0, 4, 100])
def test_a_damaged_list_of_refused_rows_is_named_with_what_to_do(workspace: Workspace, left: int) -> None:
    bring_in(workspace, "one", [1], refused=2)
    (name,) = workspace.imports()[0].quarantine
    file = workspace.lake / name
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(WorkspaceError, match="refused rows cannot be read: it is damaged") as refused:
        workspace.quarantine()
    assert refused.value.file == str(file)
    assert refused.value.remedy


def test_an_import_that_fails_leaves_nothing(folder: Path, workspace: Workspace) -> None:
    before = files(folder)

    def half_an_import() -> None:
        with workspace.stage_import("incident") as staged:
            (staged.directory / "half.parquet").write_bytes(b"half")
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        half_an_import()
    assert files(folder) == before


@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 9), max_size=3), st.booleans()), max_size=6
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_committed_imports_count(
    steps: list[tuple[str, list[int], bool]], duck: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ws") / "workspace"
    workspace = Workspace.open(folder, duck)
    expected: dict[str, list[int]] = {}
    for import_id, rows, fails in steps:
        try:
            with workspace.stage_import("incident") as staged:
                path = staged.directory / "rows.parquet"
                pq.write_table(pa.table({"n": pa.array(rows, pa.int64())}), path)
                if fails:
                    raise KeyboardInterrupt
                staged.commit(import_id, [path], [], [])
                expected.setdefault(import_id, rows)
        except KeyboardInterrupt:
            pass
        workspace = Workspace.open(folder, duck)
    assert [one.import_id for one in workspace.imports()] == list(expected)
    if expected:
        assert numbers(workspace) == sorted(n for rows in expected.values() for n in rows)
    assert len([one for one in files(folder) if one.endswith(".parquet")]) == len(expected)


def in_another_process(folder: Path, code: str) -> subprocess.Popen[str]:
    """Run `code` with a workspace `w` open, in a process that says READY and then waits to be killed."""
    script = (
        "import sys, time, pathlib\n"
        "from lippen.engine import connect\n"
        "from lippen.workspace import Workspace\n"
        f"w = Workspace.open({str(folder)!r}, connect('duckdb'))\n"
        f"{code}\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"
    return process


WRITING = """
with w.stage_import('incident') as s:
    (s.directory / 'half.parquet').write_bytes(b'half')
    (w.lake / 'signals' / 'incident').mkdir(parents=True, exist_ok=True)
    (w.lake / 'signals' / 'incident' / 'unnamed.parquet').write_bytes(b'half')
    print('READY', flush=True)
    time.sleep(600)
"""


def test_a_second_writer_is_told_and_a_killed_one_is_cleaned_up(
    folder: Path, workspace: Workspace, duck: Engine
) -> None:
    bring_in(workspace, "one", [1])
    kept = files(folder)
    process = in_another_process(folder, WRITING)
    try:
        with pytest.raises(WorkspaceBusy, match="another run of lippen is writing"):
            bring_in(workspace, "two", [2])
        with pytest.raises(WorkspaceBusy):
            workspace.write_results({"episodes": pa.table({"n": [1]})})
        # Reading goes on, and opening must not clean up under the other's hands.
        assert numbers(Workspace.open(folder, duck)) == [1]
        assert len(files(folder)) == len(kept) + 2
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert numbers(Workspace.open(folder, duck)) == [1]
    assert files(folder) == kept
    assert bring_in(workspace, "two", [2])


def test_a_writer_waits_for_somebody_who_only_opens_the_workspace(
    folder: Path, workspace: Workspace, duck: Engine
) -> None:
    """Tidying up takes the lock for a moment: an import must not fail for it."""
    opened = Workspace.open(folder, duck)
    taken, written = threading.Event(), threading.Event()

    def tidy() -> None:
        with opened.writing():
            taken.set()
            assert not written.wait(0.2), "written beside another writer"

    with ThreadPoolExecutor(1) as other:
        tidying = other.submit(tidy)
        assert taken.wait(60)
        workspace.write_results({"episodes": pa.table({"n": [1]})})
        written.set()
        tidying.result()
    assert workspace.results() == ["episodes"]


def test_results_are_swapped_together_and_old_files_go_one_swap_later(
    folder: Path, workspace: Workspace
) -> None:
    def result(table: str) -> list[int]:
        found: list[int] = workspace.engine.collect(workspace.result(table))["n"].to_pylist()
        return found

    workspace.write_results({"episodes": pa.table({"n": [1]}), "fairness": pa.table({"n": [1]})})
    opened_before = workspace.result("episodes")
    workspace.write_results({"episodes": pa.table({"n": [2]})})
    assert workspace.results() == ["episodes", "fairness"]
    assert (result("episodes"), result("fairness")) == ([2], [1])
    # Whoever opened the table just before the swap can still read it.
    assert workspace.engine.collect(opened_before)["n"].to_pylist() == [1]
    workspace.write_results({"fairness": pa.table({"n": [3]})})
    assert len([name for name in files(folder) if "results/episodes" in name]) == 1


def test_an_undoing_leaves_what_was_surely_reckoned_from_other_kinds(workspace: Workspace) -> None:
    bring_in(workspace, "imp-a", [1])
    for name, kinds in (("volumes", ["incident"]), ("trade", ["listing", "sighting"]), ("unsaid", [])):
        workspace.write_results({name: pa.table({"n": [0]})}, kinds)
    workspace.undo_import("imp-a")
    assert workspace.results() == ["trade"]


def test_a_reader_sees_one_state_or_the_next(folder: Path, workspace: Workspace, duck: Engine) -> None:
    """Two tables written together are never seen apart while another process swaps them."""
    workspace.write_results({"left": pa.table({"n": [0]}), "right": pa.table({"n": [0]})})
    process = in_another_process(
        folder,
        "import pyarrow as pa\n"
        "print('READY', flush=True)\n"
        "for n in range(1, 40):\n"
        "    w.write_results({'left': pa.table({'n': [n]}), 'right': pa.table({'n': [n]})})\n",
    )
    reader = Workspace.open(folder, duck)
    states = set()
    while process.poll() is None:
        results = reader.manifest().results
        states.add((results["left"].split(".")[1], results["right"].split(".")[1]))
    assert process.returncode == 0
    assert states
    assert all(left == right for left, right in states)


def test_the_zone_is_kept_and_another_one_is_refused_while_there_are_imports(
    folder: Path, workspace: Workspace, duck: Engine
) -> None:
    assert workspace.zone is None
    workspace.set_zone("Europe/London")
    assert zone_of(folder) is None, "no times are kept by it yet"
    bring_in(workspace, "imp-a", [1])
    again = Workspace.open(folder, duck)
    assert (again.zone, zone_of(folder)) == ("Europe/London", "Europe/London")
    again.set_zone("Europe/London")
    for refusing in (again.refuse_other_zone, again.set_zone):
        with pytest.raises(WorkspaceError, match="holds times of Europe/London, not America/Chicago"):
            refusing("America/Chicago")
    again.undo_import("imp-a")
    assert zone_of(folder) is None
    again.set_zone("America/Chicago")
    assert Workspace.open(folder, duck).zone == "America/Chicago"


def test_a_zone_that_somebody_else_set_meanwhile_is_not_written_over(
    folder: Path, workspace: Workspace, duck: Engine
) -> None:
    workspace.set_zone("Europe/London")
    other = Workspace.open(folder, duck)
    other.set_zone("America/Chicago")
    bring_in(other, "imp-a", [1])
    with pytest.raises(WorkspaceError, match="holds times of America/Chicago, not Europe/London"):
        workspace.set_zone("Europe/London")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("schema_version = 2\n", r"newer Lippen \(schema version 2; this one knows 1\). Update Lippen"),
        ("schema_version = 'one'\n", "schema_version is missing or no number"),
        ("zone = 'Europe/London'\n", "schema_version is missing"),
        ("schema_version = = 1", r"lippen.toml: the settings of this workspace cannot be read"),
        ("schema_version = 1\nzone = 'Europe/Invermarrow'\n", "'Europe/Invermarrow' is no time zone"),
        ("schema_version = 1\nzone = 7\n", "7 is no time zone"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    folder: Path, duck: Engine, text: str, complaint: str
) -> None:
    Workspace.open(folder, duck)
    (folder / "lippen.toml").write_text(text)
    with pytest.raises(WorkspaceError, match=complaint):
        Workspace.open(folder, duck)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (
            lambda text: text[: len(text) // 2],
            r"manifest.json, line \d+: the manifest of this workspace cannot be used",
        ),
        (lambda _: "[]", "an entry is missing or wrong"),
        (lambda text: text.replace('"rows"', '"raws"'), "'rows'"),
        (
            lambda text: text.replace("one.parquet", "gone.parquet"),
            r"names signals/incident/gone.parquet, which is not",
        ),
        (lambda text: text.replace("signals/incident/", "signals/incident/../../"), "is no file of the lake"),
        (lambda text: text.replace("signals/incident/one.parquet", "/etc/passwd"), "is no file of the lake"),
    ],
)
def test_a_broken_manifest_is_refused(
    folder: Path, workspace: Workspace, duck: Engine, spoil: Callable[[str], str], complaint: str
) -> None:
    bring_in(workspace, "one", [1])
    manifest = folder / "lake" / "manifest.json"
    manifest.write_text(spoil(manifest.read_text()))
    held = files(folder)
    with pytest.raises(ManifestError, match=complaint):
        Workspace.open(folder, duck)
    # What cannot be understood is not cleaned up either.
    assert files(folder) == held


def test_a_folder_of_something_else_is_refused(tmp_path: Path, duck: Engine) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(WorkspaceError, match="holds something else"):
        Workspace.open(tmp_path, duck)
    assert files(tmp_path) == ["letter.txt"]
    with pytest.raises(WorkspaceError, match="holds something else"):
        Workspace.open(tmp_path, duck, may_hold=("settings.txt",))
    Workspace.open(tmp_path, duck, may_hold=("letter.txt",))
    assert (tmp_path / "letter.txt").read_text() == "dear"
    with pytest.raises(WorkspaceError, match="there is no workspace here"):
        Workspace.open(tmp_path / "none", duck, create=False)
    assert not (tmp_path / "none").exists()


def test_names_that_would_leave_the_folder_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside.parquet"
    pq.write_table(pa.table({"n": [1]}), outside)
    with workspace.stage_import("incident") as staged:
        with pytest.raises(WorkspaceError, match="cannot be the id"):
            staged.commit("../one", [], [], [])
        with pytest.raises(WorkspaceError, match="outside the staging directory"):
            staged.commit("one", [outside], [], [])
    with pytest.raises(WorkspaceError, match="cannot be a kind"), workspace.stage_import("../incident"):
        pass
    with pytest.raises(WorkspaceError, match="cannot be the name"):
        workspace.write_results({"../episodes": pa.table({"n": [1]})})
    assert outside.exists()


def test_a_write_that_fails_at_any_step_leaves_a_state_that_opens(
    tmp_path: Path, duck: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up at the first step, the second, ... until the import gets through."""
    outcomes = []
    for step in range(1, 50):
        folder = tmp_path / str(step)
        workspace = Workspace.open(folder, duck)
        bring_in(workspace, "one", [1])
        with monkeypatch.context() as patch:
            left = iter(range(step - 1, -1, -1))

            def fail_in_time(
                real: Callable[..., object], left: Iterator[int] = left
            ) -> Callable[..., object]:
                def call(*args: object) -> object:
                    if next(left, -1) == 0:
                        raise OSError(errno.ENOSPC, "No space left on device")
                    return real(*args)

                return call

            patch.setattr(os, "fsync", fail_in_time(os.fsync))
            patch.setattr(Path, "replace", fail_in_time(Path.replace))
            try:
                bring_in(workspace, "two", [2])
                failed = False
            except OSError:
                failed = True
        seen = numbers(Workspace.open(folder, duck))
        outcomes.append(seen)
        assert seen in ([1], [1, 2])
        assert len([name for name in files(folder) if name.endswith(".parquet")]) == len(seen)
        if not failed:
            break
    assert outcomes[0] == [1]
    assert outcomes[-1] == [1, 2]
    assert len(outcomes) > 4


@pytest.mark.parametrize("folder", ["lake", "lake/results", "lake/signals/incident"])
def test_a_folder_that_is_a_link_is_refused_and_nothing_behind_it_is_touched(
    tmp_path: Path, duck: Engine, folder: str
) -> None:
    """Opening cleans up what no manifest names: through a link it would clean up somebody's thesis."""
    Workspace.open(tmp_path / "workspace", duck)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.docx").write_text("years of work")
    place = tmp_path / "workspace" / folder
    if place.is_dir():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)
    with pytest.raises(WorkspaceError, match="a link to another place"):
        Workspace.open(tmp_path / "workspace", duck)
    assert (elsewhere / "thesis.docx").read_text() == "years of work"
