"""The briefing and its evaluation from the command line: what is written, said and refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from command_line import MAPPING, ROOT, TOWN, Run, assert_one_line, lippen, small_export
from lippen.output import LIST


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    out = tmp_path_factory.mktemp("cli") / "brief"
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--seed", 7, "--out", out)
    assert run.returncode == 0, run.stderr
    return out, run


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


def test_brief_writes_the_page_its_facts_and_its_tables(briefing: tuple[Path, Run]) -> None:
    out, run = briefing
    assert str(out / "index.html") in run.stdout
    assert sorted(one.name for one in out.iterdir()) == [LIST, "brief.json", "index.html", "tables"]
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
    for name in (LIST, "brief.json", "index.html"):
        (again / name).write_bytes((out / name).read_bytes())
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


def test_a_file_put_into_an_older_briefing_is_not_deleted(briefing: tuple[Path, Run], tmp_path: Path) -> None:
    out = shutil.copytree(briefing[0], tmp_path / "out")
    own = out / "tables" / "my notes.csv"
    own.write_text("mine")
    run = lippen("brief", TOWN, "--mapping", MAPPING, "--out", out, "--quiet")
    assert_one_line(
        run, f"{own}: Lippen wrote this folder, but did not put this file there", "Move it elsewhere"
    )
    assert own.read_text() == "mine"


def test_an_output_within_the_exports_is_refused_before_any_work(tmp_path: Path) -> None:
    """The next run would read this one's tables as exports."""
    folder = small_export(tmp_path / "in" / "calls.csv", zone_is_known=True).parent
    for verb in (["brief"], ["evaluate", "credibility"]):
        run = lippen(*verb, folder, "--out", folder / "out")
        assert_one_line(
            run, str(folder / "out"), "read as one of them next time. Name a folder outside of it."
        )
    assert [one.name for one in folder.iterdir()] == ["calls.csv"]


def test_evaluate_prints_recall_and_writes_tables(tmp_path: Path) -> None:
    # Of the last month alone: that takes 5.6 s of processor time, and 16 without a first day.
    args = ["--since", "2025-10-01", "--seed", 3, "--out", tmp_path / "e"]
    run = lippen("evaluate", "credibility", TOWN, "--mapping", MAPPING, *args)
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
    exports = small_export(tmp_path / "in" / "calls.csv", zone_is_known=True).parent
    args = ["brief", exports, "--quiet"]
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


def test_a_mapping_of_another_kind_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    mapping = tmp_path / "sightings.toml"
    mapping.write_text(
        'kind = "sighting"\nzone = "Europe/London"\n[columns]\nseen_on = "A"\nchannel = "B"\n'
        'product = "C"\nlarger_area = "D"\n'
    )
    refused = lippen("brief", tmp_path, "--mapping", mapping, "--out", tmp_path / "page")
    assert refused.returncode == 2
    assert "kind 'sighting'" in refused.stderr
