"""The command line as a person meets it: its help, its reference, and how it says what is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer import Typer
from typer.testing import CliRunner

from command_line import MAPPING, ROOT, TOWN, assert_one_line, lippen
from lippen.cli import app
from lippen.cli.asking import only_asked
from lippen.trade.term_decisions import DECISIONS


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
        "inspect", "import", "brief", "trade", "return", "alert",
        "serve", "demo", "backup", "restore", "upgrade", "doctor", "retire",
        "evaluate", "evaluate credibility", "evaluate trade", "sandbox", "sandbox compare",
        "register", "register verify", "register expire", "register guard", "register resume",
        "register rotate-seal-key",
        "speak", "speak key", "speak recovery-key", "speak manifest", "speak sign", "speak publish",
        "speak verify-page", "speak leaflet",
    ]  # fmt: skip
    for line in re.findall(r"^\* .*$", page, re.M):
        assert re.match(r"\* `[^`]+`: \w", line), line


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["brief", "nowhere", "--mapping", MAPPING, "--out", "out"], ["nowhere", "no such folder"]),
        (["brief", TOWN, "--mapping", "none.toml", "--out", "out"], ["none.toml", "no such mapping"]),
        (["brief", TOWN, "--mapping", MAPPING, "--since", "2031-01-01", "--out", "out"], ["--since 2031"]),
        (["brief", TOWN, "--mapping", MAPPING, "--budget", "0", "--out", "out"], ["budget"]),
        (["brief", TOWN, "--mapping", MAPPING, "--seed", "-1", "--out", "out"], ["seed"]),
        (["trade", ".", "--seed", "-1"], ["--seed -1", "from 0 to 4294967295"]),
        (["trade", ".", "--seed", "99999999999999999999"], ["--seed 999", "from 0 to 4294967295"]),
        (["trade", ".", "--seed", "one"], ["--seed one", "from 0 to 4294967295"]),
        (["evaluate", "trade", "--task", "terms", "--train", ".", "--seed", "4294967296"], ["--seed 42949"]),
        (["brief", TOWN, "--mapping", MAPPING, "--out", "/proc/none/out"], ["/proc/none"]),
        (["import", TOWN, "--mapping", MAPPING, "--workspace", ROOT / "docs"], ["something else"]),
        (["inspect", "nowhere"], ["nowhere", "no such file"]),
        (["evaluate", "credibility", "nowhere", "--mapping", MAPPING], ["nowhere"]),
    ],
)  # fmt: skip
def test_what_can_be_put_right_is_one_line(args: list[object], parts: list[str], tmp_path: Path) -> None:
    assert_one_line(lippen(*args, cwd=tmp_path), *parts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "option"),
    [
        (["brief", TOWN, "--out", "out", "--since"], "--since"),
        (["register", "expire", "--workspace", "site", "--before"], "--before"),
    ],
)
@pytest.mark.parametrize("day", ["yesterday", "gestern", "2026-02-30", "26.11.2026", ""])
def test_a_wrong_day_says_which_option_and_how_a_day_is_written(
    args: list[object], option: str, day: str, tmp_path: Path
) -> None:
    run = lippen(*args, day, cwd=tmp_path)
    assert run.returncode == 2
    assert f"'{option}': {day!r} is no day. Write it as 2026-11-26." in run.stderr
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"id": [1]}, "the decisions have no column term"),
        ({**{name: [1] for name in DECISIONS.names}, "contexts": [{"a": 1}]}, "cannot be read"),
        ({name: pa.nulls(1) for name in DECISIONS.names}, "'None' is no answer"),
    ],
)
def test_decisions_that_cannot_be_used_are_one_line_that_names_the_file(
    rows: dict[str, Any], says: str, tmp_path: Path
) -> None:
    (tmp_path / "ws").mkdir()
    pq.write_table(pa.table(rows), tmp_path / "said.parquet")
    run = lippen("trade", tmp_path / "ws", "--decisions", tmp_path / "said.parquet")
    assert_one_line(run, "said.parquet: ", says)


def test_a_key_is_not_replaced_without_a_reason(tmp_path: Path) -> None:
    run = lippen("register", "rotate-seal-key", "--workspace", tmp_path)
    assert run.returncode == 2
    assert "--reason" in run.stderr


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


@pytest.mark.parametrize("verb", ["brief", "sandbox", "register"])
def test_a_verb_is_the_same_where_the_others_are_not_built(verb: str) -> None:
    def says(of: Typer) -> str:
        return CliRunner().invoke(of, [verb, "--help"]).stdout

    alone = only_asked(app, [verb, "--help"])
    commands, groups = alone.registered_commands, alone.registered_groups
    assert [one.name for one in commands] + [one.name for one in groups] == [verb]
    assert says(alone) == says(app)
    assert f"Usage: lippen {verb} " in says(alone)


@pytest.mark.parametrize("asked", [[], ["--help"], ["--version"], ["breif"], ["", "brief"], ["--", "brief"]])
def test_all_verbs_are_there_where_none_stands_first(asked: list[str]) -> None:
    assert only_asked(app, asked) is app


def test_a_verb_that_is_not_there_is_told_from_one_that_is() -> None:
    run = lippen("breif")
    assert run.returncode == 2
    assert "Did you mean 'brief'?" in run.stderr
