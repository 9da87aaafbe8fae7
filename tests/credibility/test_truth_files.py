"""The folder of a sandbox is scored like its tables, and one that is not whole is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sandbox_folders import write_sandbox
from towns import SCHEMA, SINCE
from truths import QUIET, Planted, truth_tables

from forked import run
from lippen.credibility import Settings
from lippen.credibility.truth import TRUTH
from lippen.errors import LippenError
from lippen.evaluating.credibility import evaluate_sandbox
from lippen.output import LIST


def lippen(*args: object) -> subprocess.CompletedProcess[str]:
    return run("-m", "lippen.cli", "evaluate", "credibility", *map(str, args))


def test_a_folder_that_was_written_is_scored_like_its_tables(
    planted: Planted, sandbox: Path, tmp_path: Path
) -> None:
    run = lippen(sandbox, "--sandbox", "--since", SINCE, "--out", tmp_path / "e", "--quiet")
    assert run.returncode == 0, run.stderr
    assert run.stdout == planted.scored.as_text()
    facts = json.loads((tmp_path / "e" / "evaluation.json").read_text())
    assert facts.items() >= planted.scored.facts.items()
    assert facts["sandbox"] == {"place": "invermarrow", "days": 112, "seed": 5, "scenario": "bogus-calls"}
    written = {one.stem: pq.read_table(one) for one in (tmp_path / "e" / "tables").iterdir()}
    assert {name: table.num_rows for name, table in written.items()} == {
        name: table.num_rows for name, table in planted.scored.tables.items()
    }


def test_a_briefing_does_not_take_the_evaluation_of_a_sandbox(sandbox: Path, tmp_path: Path) -> None:
    from lippen.briefing import write_briefing
    from lippen.signals import load_mapping

    made = tmp_path / "evaluation.json"
    made.write_text(json.dumps({"sandbox": {}}))
    mapping = load_mapping(sandbox / "streams" / "incident" / "mapping.toml")
    with pytest.raises(LippenError, match="an evaluation of a sandbox"):
        write_briefing(sandbox, tmp_path / "out", mapping, Settings(), QUIET, evaluation=made)
    assert not (tmp_path / "out").exists()


def test_sandbox_and_mapping_do_not_go_together(sandbox: Path) -> None:
    run = lippen(sandbox, "--sandbox", "--mapping", sandbox / "streams" / "incident" / "mapping.toml")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[-1].startswith("lippen: --sandbox and --mapping do not go together")


def refusal(folder: Path, out: Path) -> str:
    with pytest.raises(LippenError) as refused:
        evaluate_sandbox(folder, out, Settings(since=SINCE), QUIET)
    assert not out.exists()
    return str(refused.value)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_folder_without_all_of_its_truth_is_no_sandbox(name: str, tmp_path: Path) -> None:
    folder = write_sandbox(tmp_path / "s", SCHEMA.empty_table(), truth_tables())
    table = folder / "truth" / f"{name}.parquet"
    pq.write_table(pa.table({"other": [1]}), table)
    assert f"{table}: this table of the truth does not hold {TRUTH[name].names[0]}" in refusal(
        folder, tmp_path / "e"
    )
    table.write_text("no parquet")
    assert str(table) in refusal(folder, tmp_path / "e")
    table.unlink()
    assert f"{table}: this table of the truth is not there" in refusal(folder, tmp_path / "e")


def test_a_truth_that_fits_together_and_is_another_is_refused(planted: Planted, tmp_path: Path) -> None:
    folder = write_sandbox(tmp_path / "s", planted.table, planted.truth)
    truth, streams = folder / "truth", folder / "streams" / "incident"
    episodes, trends = (pq.read_table(truth / f"{name}.parquet") for name in ("episodes", "false_trends"))
    at = episodes.column_names.index("stealth")
    loose = episodes.set_column(at, "stealth", pa.array(["S4"] * episodes.num_rows))
    facts = json.loads((folder / "sandbox.json").read_text())
    for file, altered in (
        (truth / "episodes.parquet", lambda one: pq.write_table(loose, one)),
        (truth / "false_trends.parquet", lambda one: pq.write_table(trends.slice(0, 0), one)),
        (
            streams / "calls.csv",
            lambda one: one.write_text(one.read_text().replace("unfounded", "founded", 1)),
        ),
        (folder / "sandbox.json", lambda one: one.write_text(json.dumps({**facts, "seed": 6}))),
    ):
        before = file.read_bytes()
        altered(file)
        assert refusal(folder, tmp_path / "e") == (
            f"{file}: this file was changed after Lippen wrote it. "
            "Write it again with the command that wrote it, to another folder."
        )
        file.write_bytes(before)
    (streams / "more.csv").write_bytes((streams / "calls.csv").read_bytes())
    assert f"{streams / 'more.csv'}: Lippen did not put this file there" in refusal(folder, tmp_path / "e")
    (folder / LIST).unlink()
    assert "the list of what Lippen put here is gone" in refusal(folder, tmp_path / "e")


@pytest.mark.parametrize("text", [None, "no json", "[1]", "{}"])
def test_a_folder_that_is_no_sandbox_is_refused(text: str | None, tmp_path: Path) -> None:
    folder = write_sandbox(tmp_path / "s", SCHEMA.empty_table(), truth_tables())
    (folder / "sandbox.json").unlink()
    if text is not None:
        (folder / "sandbox.json").write_text(text)
    said = refusal(folder, tmp_path / "e")
    assert said.startswith(f"{folder}: this is no sandbox")
    assert said.endswith("Name a folder that lippen sandbox wrote.")


def test_the_truth_of_another_sandbox_is_refused(planted: Planted, tmp_path: Path) -> None:
    ids = [f"other-{n}" for n in range(planted.truth["incidents"].num_rows)]
    other = planted.truth["incidents"].set_column(0, "incident_id", pa.array(ids))
    folder = write_sandbox(tmp_path / "s", planted.table, planted.truth | {"incidents": other})
    assert "the truth does not know" in refusal(folder, tmp_path / "e")
