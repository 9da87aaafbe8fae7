"""The command line as a person meets it: what each verb writes, says and leaves behind."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[1]
TOWN = ROOT / "examples" / "small-town"
MAPPING = TOWN / "mapping.toml"
LIPPEN = [sys.executable, "-m", "lippen.cli"]

Run = subprocess.CompletedProcess[str]


def lippen(*args: object, **more: object) -> Run:
    command = [*LIPPEN, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]


def assert_one_line(run: Run, *parts: str) -> None:
    """Something the user can put right: one line on standard error, exit code 2, nothing else."""
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    last = run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr
    assert last.startswith("lippen: ")
    for part in parts:
        assert part in last


def test_help_waits_for_no_library() -> None:
    code = (
        "import sys, lippen.cli\n"
        "try: lippen.cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'duckdb', 'ibis', 'numba', 'numpy', 'pandas', 'pyarrow', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: " in run.stdout
    assert run.stdout.splitlines()[-1] == "[]"


def test_the_reference_of_commands_is_current(tmp_path: Path) -> None:
    made = tmp_path / "commands.md"
    typer = [
        sys.executable,
        "-m",
        "typer",
        "lippen.cli",
        "utils",
        "docs",
        "--name",
        "lippen",
        "--output",
        str(made),
    ]
    subprocess.run(typer, check=True, capture_output=True)
    assert made.read_text() == (ROOT / "docs/reference/commands.md").read_text(), "run make docs"


def test_each_verb_and_option_says_what_it_is_for() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text()
    assert re.findall(r"^##+ `lippen (.*)`$", page, re.M) == [
        "inspect", "import", "brief", "evaluate", "evaluate credibility", "sandbox", "sandbox compare",
    ]  # fmt: skip
    for line in re.findall(r"^\* .*$", page, re.M):
        assert re.match(r"\* `[^`]+`: \w", line), line


def test_inspect_shows_rows_problems_and_a_mapping_that_works(tmp_path: Path) -> None:
    run = lippen("inspect", TOWN, "--save", tmp_path / "proposed.toml")
    assert run.returncode == 0
    assert run.stdout.splitlines()[-1] == f"Wrote {tmp_path / 'proposed.toml'}"
    for part in ("kind = NOISE NUISANCE", "32/10/2025", 'reported_at = ["Date Received", "Time Received"]'):
        assert part in run.stdout
    imported = lippen("import", TOWN, "--mapping", tmp_path / "proposed.toml", "--workspace", tmp_path / "w")
    assert imported.returncode == 0, imported.stderr
    again = lippen("inspect", TOWN, "--save", tmp_path / "proposed.toml")
    assert again.returncode == 2
    assert "already there. Name a new one" in again.stderr


def test_inspect_checks_a_mapping_that_somebody_wrote(tmp_path: Path) -> None:
    run = lippen("inspect", TOWN, "--mapping", MAPPING)
    assert run.returncode == 0, run.stderr
    for part in (
        "NOISE NUISANCE  ->  not listed",
        "->  unfounded",
        "->  own activity",
        "Problems\n  - none\n",
    ):
        assert part in run.stdout
    assert "Proposed mapping" not in run.stdout
    both = lippen("inspect", TOWN, "--mapping", MAPPING, "--save", tmp_path / "new.toml")
    assert_one_line(both, "--save and --mapping do not go together")


def small_export(path: Path, zone_is_known: bool) -> Path:
    """Sixty rows that Lippen maps by itself, or all but the time zone."""
    codes = ("NO TRACE", "CRIME RECORDED")
    lines = []
    for at in range(60):
        where = f"56.2{at % 10},-1.8{at % 7}" if zone_is_known else ","
        lines.append(f"R{at},NOISE,{1 + at % 28:02}/07/2025 10:15,{where},{codes[at % 2]}")
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["Ref,Kind,Reported,Lat,Long,Disposal", *lines]))
    return path


def test_brief_without_a_mapping_goes_by_its_own_guess_or_says_what_is_open(tmp_path: Path) -> None:
    sure = small_export(tmp_path / "sure" / "calls.csv", zone_is_known=True)
    run = lippen("brief", sure.parent, "--out", tmp_path / "out", "--quiet")
    assert run.returncode == 0, run.stderr
    assert "own guess is used" in run.stderr
    assert json.loads((tmp_path / "out" / "brief.json").read_text())["place"] == "Sure"
    open_one = small_export(tmp_path / "open" / "calls.csv", zone_is_known=False)
    run = lippen("brief", open_one.parent, "--out", tmp_path / "other")
    assert_one_line(run, "no mapping was named", "an open question", "lippen inspect", "--mapping")
    assert run.stderr.splitlines()[0].startswith("- the time zone Europe/London is a guess, for want")
    assert not (tmp_path / "other").exists()


def test_brief_says_first_what_was_not_read_and_succeeds_if_anything_was(tmp_path: Path) -> None:
    path = small_export(tmp_path / "in" / "calls.csv", zone_is_known=True)
    lippen("inspect", path, "--save", tmp_path / "mapping.toml")
    (path.parent / "other.csv").write_text("Colour,Shape\nred,round\n")
    run = lippen("brief", path.parent, "--mapping", tmp_path / "mapping.toml", "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("WARNING: 1 file was NOT read: other.csv (no row has the header")
    path.unlink()
    none = lippen("brief", path.parent, "--mapping", tmp_path / "mapping.toml", "--out", tmp_path / "none")
    assert_one_line(none, "nothing could be read here", "other.csv")


def test_a_workspace_is_told_from_a_folder_of_exports(tmp_path: Path) -> None:
    path = small_export(tmp_path / "in" / "calls.csv", zone_is_known=True)
    lippen("inspect", path, "--save", tmp_path / "mapping.toml")
    how = ["--mapping", tmp_path / "mapping.toml"]
    assert lippen("import", path.parent, *how, "--workspace", tmp_path / "w").returncode == 0
    run = lippen("brief", tmp_path / "w", *how, "--out", tmp_path / "out")
    assert_one_line(run, "this is a workspace of Lippen. Name the folder of exports instead.")
    assert_one_line(lippen("inspect", tmp_path / "w"), "this is a workspace of Lippen")


def test_import_writes_the_refused_rows_for_a_spreadsheet(tmp_path: Path) -> None:
    how = ["--mapping", MAPPING, "--workspace", tmp_path / "w", "--quarantine", tmp_path / "refused.csv"]
    run = lippen("import", TOWN, *how)
    assert run.returncode == 0, run.stderr
    rows = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "file,line,column,value,reason"
    assert len(rows) == 1 + 32
    assert_one_line(lippen("import", TOWN, *how), "refused.csv", "already there. Name a new one")


def test_import_counts_every_row_and_twice_changes_nothing(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    run = lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace)
    assert run.returncode == 0, run.stderr
    counts = re.findall(r"^ *([\d,]+) \| *([\d,]+) \| *([\d,]+) \| *([\d,]+) \| (.*)$", run.stdout, re.M)
    assert len(counts) == 3
    for read, *parts, _ in counts:
        assert int(read.replace(",", "")) == sum(int(part.replace(",", "")) for part in parts)
    assert "settle" in run.stderr

    def state() -> dict[str, bytes]:
        return {str(one): one.read_bytes() for one in sorted(workspace.rglob("*")) if one.is_file()}

    before = state()
    again = lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace, "--quiet")
    assert again.returncode == 0
    assert "nothing was changed" in again.stdout
    assert again.stderr == ""
    assert state() == before


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    out = tmp_path_factory.mktemp("cli") / "brief"
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--seed", 7, "--out", out)
    assert run.returncode == 0, run.stderr
    return out, run


def test_brief_writes_the_page_its_facts_and_its_tables(briefing: tuple[Path, Run]) -> None:
    out, run = briefing
    assert str(out / "index.html") in run.stdout
    assert sorted(one.name for one in out.iterdir()) == ["brief.json", "index.html", "tables"]
    assert [one.name for one in out.parent.iterdir()] == [out.name]
    facts = json.loads((out / "brief.json").read_text())
    for one in facts["inputs"]:
        assert one["accepted"] + one["duplicates"] + one["quarantined"] == one["rows"]
    period = facts["period"]
    assert (period["first_day"], period["last_day"], period["zone"]) == (
        "2024-11-01",
        "2025-10-31",
        "Europe/London",
    )
    # Without --since, the last quarter of 365 days is assessed.
    assert (period["since"], period["days"], period["incidents"]) == ("2025-08-02", 365, 11795)
    assert facts["seed"] == 7
    assert facts["command"] == f"lippen brief {TOWN} --mapping {MAPPING} --budget 1 --seed 7"
    assert {"lippen", "python", "duckdb"} <= facts["versions"].keys()
    assert {"read", "settle"} <= {one["name"] for one in facts["stages"]}
    assert facts["peak_memory_mib"] > 50
    reasons = pq.read_table(out / "tables" / "quarantine_reasons.parquet")
    assert sum(reasons["rows"].to_pylist()) == 32
    assert {"auc", "ece", "baselines"} <= facts["credibility"]["model"].keys()
    assert (
        pq.read_table(out / "tables" / "episodes.parquet").num_rows
        == facts["credibility"]["episodes"]["found"]
    )


def test_the_planted_near_copies_are_found(briefing: tuple[Path, Run]) -> None:
    out, _ = briefing
    planted = set(json.loads((ROOT / "examples/small_town_truth.json").read_text())["copied"])
    rows = pq.read_table(out / "tables" / "episode_incidents.parquet").to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["episode_id"], set()).add(row["incident_id"])
    assert max((len(one & planted) for one in found.values()), default=0) >= 6


def test_the_same_again_gives_the_same_bytes_and_replaces_the_folder(
    briefing: tuple[Path, Run], tmp_path: Path
) -> None:
    out, _ = briefing
    again = tmp_path / "elsewhere" / "brief"
    again.mkdir(parents=True)
    for name in ("brief.json", "index.html"):
        (again / name).write_bytes((out / name).read_bytes().replace(b"Invermarrow", b"before"))
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--seed", 7, "--out", again, "--quiet")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    for one in sorted((out / "tables").iterdir()):
        assert one.read_bytes() == (again / "tables" / one.name).read_bytes(), one.name

    def without_clocks(folder: Path) -> object:
        facts = json.loads((folder / "brief.json").read_text())
        for name in ("clock", "stages", "peak_memory_mib"):
            del facts[name]
        return facts

    assert without_clocks(out) == without_clocks(again)


def test_an_output_folder_of_somebody_else_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--out", tmp_path)
    assert_one_line(run, str(tmp_path), "letter.txt", "Name a new or an empty folder")
    assert "read:" not in run.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


def test_evaluate_prints_recall_and_writes_tables(tmp_path: Path) -> None:
    run = lippen("evaluate", "credibility", TOWN, "--mapping", MAPPING, "--seed", 3, "--out", tmp_path / "e")
    assert run.returncode == 0, run.stderr
    assert "recall" in run.stdout.lower()
    assert "lippen" in json.loads((tmp_path / "e" / "evaluation.json").read_text())["versions"]
    assert any((tmp_path / "e" / "tables").iterdir())
    assert [one.name for one in tmp_path.iterdir()] == ["e"]


def test_an_evaluation_tells_the_page_what_it_would_miss(tmp_path: Path) -> None:
    made = tmp_path / "evaluation.json"
    size = {"size": 10, "campaigns": 40, "recall": 0.9, "low": 0.77, "high": 0.96}
    recall = {"recall": 0.72, "recall_low": 0.68, "recall_high": 0.75, "best_rule_recall": 0.55}
    made.write_text(json.dumps({"campaigns": 640, **recall, "by_size": [size]}))
    args = ["brief", TOWN, "--mapping", MAPPING, "--quiet"]
    run = lippen(*args, "--evaluation", made, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    facts = json.loads((tmp_path / "out" / "brief.json").read_text())
    assert facts["credibility"]["planted"]["recall"] == 0.72
    assert "72% did" in (tmp_path / "out" / "index.html").read_text()
    for text in ("{}", "[1]", "no json"):
        made.write_text(text)
        run = lippen(*args, "--evaluation", made, "--out", tmp_path / "other")
        assert_one_line(run, str(made), "no evaluation of lippen", "evaluation.json")
    assert_one_line(lippen(*args, "--evaluation", "none.json", "--out", tmp_path / "other"), "none.json")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["brief", "nowhere", "--mapping", MAPPING, "--out", "out"], ["nowhere", "no such folder"]),
        (["brief", TOWN, "--mapping", "none.toml", "--out", "out"], ["none.toml", "no such mapping"]),
        (["brief", TOWN, "--mapping", MAPPING, "--since", "2031-01-01", "--out", "out"], ["--since 2031"]),
        (["brief", TOWN, "--mapping", MAPPING, "--budget", "0", "--out", "out"], ["budget"]),
        (["brief", TOWN, "--mapping", MAPPING, "--seed", "-1", "--out", "out"], ["seed"]),
        (["brief", TOWN, "--mapping", MAPPING, "--out", "/proc/none/out"], ["/proc/none"]),
        (["import", TOWN, "--mapping", MAPPING, "--workspace", ROOT / "docs"], ["something else"]),
        (["inspect", "nowhere"], ["nowhere", "no such file"]),
        (["evaluate", "credibility", "nowhere", "--mapping", MAPPING], ["nowhere"]),
    ],
)  # fmt: skip
def test_what_can_be_put_right_is_one_line(args: list[object], parts: list[str], tmp_path: Path) -> None:
    assert_one_line(lippen(*args, cwd=tmp_path), *parts)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_option_says_which(tmp_path: Path) -> None:
    run = lippen("brief", TOWN, "--since", "yesterday", "--out", tmp_path / "out")
    assert run.returncode == 2
    assert "--since" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_engine_that_is_not_known_is_one_line(tmp_path: Path) -> None:
    env = {**os.environ, "LIPPEN_ENGINE": "abacus"}
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--out", tmp_path / "out", env=env)
    assert_one_line(run, "'abacus' is not known")


def test_a_fault_of_ours_shows_its_trace(tmp_path: Path) -> None:
    code = (
        "import lippen.signals\n"
        "def broken(path, kind): raise ZeroDivisionError('on purpose')\n"
        "lippen.signals.propose_mapping = broken\n"
        "import sys; sys.argv = ['lippen', 'inspect', 'x']\n"
        "from lippen.cli import main; main()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert run.returncode == 1
    assert "Traceback" in run.stderr
    assert "ZeroDivisionError: on purpose" in run.stderr


def small_files_only() -> None:
    """No file may grow past 64 KiB: what a full disk looks like from inside."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--out", tmp_path / "out", preexec_fn=small_files_only)
    assert_one_line(run, "full")
    assert list(tmp_path.iterdir()) == []


def interrupt(args: list[object], number: int, ready: Callable[[], bool]) -> subprocess.Popen[str]:
    """Start lippen, wait until it is under way, and send it a signal."""
    process = subprocess.Popen(
        [*LIPPEN, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not ready():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)
    process.send_signal(number)
    process.wait()
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_briefing_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    out = tmp_path / "out"
    args: list[object] = ["brief", TOWN, "--mapping", MAPPING, "--out", out]
    stopped = interrupt(args, number, lambda: any(tmp_path.glob(".out.*.part/workspace/lake/staging/*/*")))
    assert stopped.returncode == code
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_import_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    args: list[object] = ["import", TOWN, "--mapping", MAPPING, "--workspace", workspace]
    stopped = interrupt(args, signal.SIGINT, lambda: any(workspace.glob("lake/staging/*/*")))
    assert stopped.returncode == 130
    assert stopped.stderr is not None
    assert "Traceback" not in stopped.stderr.read()
    assert list(workspace.rglob("*.parquet")) == []
    assert lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace).returncode == 0


def test_a_sandbox_is_made_and_its_options_stand_where_they_mean_something(tmp_path: Path) -> None:
    made = lippen("sandbox", "--days", "10", "--out", tmp_path / "town", "--quiet")
    assert made.returncode == 0
    assert "incident" in made.stdout
    assert (tmp_path / "town" / "truth" / "incidents.parquet").is_file()
    stray = lippen("sandbox", "--seed", "3", "compare", "--out", tmp_path / "page")
    assert stray.returncode == 2
    assert "--seed stands before compare" in stray.stderr
    assert not (tmp_path / "page").exists()
    assert lippen("sandbox").returncode == 2


def test_a_mapping_of_another_kind_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    mapping = tmp_path / "sightings.toml"
    mapping.write_text(
        'kind = "sighting"\nzone = "Europe/London"\n[columns]\nseen_on = "A"\nchannel = "B"\n'
        'product = "C"\nlarger_area = "D"\n'
    )
    refused = lippen("brief", tmp_path, "--mapping", mapping, "--out", tmp_path / "page")
    assert refused.returncode == 2
    assert "kind 'sighting'" in refused.stderr
