"""Pages of the documentation, walked as a reader does: their commands, and what came of each.

The commands run in an empty folder, in the order of the pages. What stands indented after a command is what
it prints; a fenced block is a file, saved under the name before it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from forked import run

ROOT = Path(__file__).parents[1]
LIPPEN = ".venv/bin/lippen "
PYTHON = ".venv/bin/python "
COMMANDS = (".venv/bin/", "make ", "grep ")
DOCS = ROOT / "docs"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True)
class Step:
    """One command of a page, what the page says it prints, and what it printed."""

    command: str
    said: tuple[str, ...]
    printed: str


@dataclass(frozen=True)
class Walk:
    """Pages (as one line of words), the folder in which their commands ran, and each of them."""

    words: str
    place: Path
    steps: tuple[Step, ...]

    def facts(self, briefing: str) -> dict[str, Any]:
        """What `brief.json` of a briefing in `out/` says."""
        facts: dict[str, Any] = json.loads((self.place / "out" / briefing / "brief.json").read_text("utf-8"))
        return facts

    def rows(self, table: str, folder: str = "out") -> list[dict[str, Any]]:
        """The rows of a Parquet file in `out/`, or in another folder."""
        rows: list[dict[str, Any]] = pq.read_table(self.place / folder / f"{table}.parquet").to_pylist()
        return rows


def given(page: str) -> list[tuple[str, list[str]]]:
    """Each command of a page with the lines that the page says it prints."""
    found: list[tuple[str, list[str]]] = []
    unfenced = re.sub(r"^```.*?^```$", "", page, flags=re.M | re.S)  # a file has indented lines of its own
    for block in re.findall(r"(?:^    .*\n)+", unfenced, re.M):
        for line in (line[4:] for line in block.splitlines()):
            if line.startswith(COMMANDS):
                found.append((line, []))
            else:
                found[-1][1].append(line)
    return found


def recipe(target: str, place: Path) -> str:
    """What `make` runs for a target, its prerequisites aside."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (lines,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.M)
    text = re.sub(r"^\t@?", "", lines, flags=re.M)
    return "set -e\n" + text.replace("$(BIN)", ".venv/bin").replace("$(CURDIR)", str(place))


def tutorial(name: str) -> str:
    return (DOCS / "tutorial" / f"{name}.md").read_text("utf-8")


def section(page: str, heading: str) -> str:
    """One section of a page of `docs`, without the headings after it."""
    return (DOCS / page).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]


def walk(pages: str, place: Path, beside: Mapping[str, Path] | None = None) -> Walk:
    """Walk pages in a new folder; `beside` are folders of the reader's own that it links to, by name."""
    place.mkdir()
    for name, folder in (beside or {}).items():
        (place / name).symlink_to(folder)
    (place / ".venv").symlink_to(sys.prefix)
    (place / "examples").symlink_to(ROOT / "examples")
    for name, text in re.findall(r"`([^`\n]+)`:\n\n```\w+\n(.*?)```", pages, re.S):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    steps = []
    for command, said in given(pages):
        done = _run(command, place)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        steps.append(Step(command, tuple(said), done.stdout))
    return Walk(" ".join(pages.split()), place, tuple(steps))


def _run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    if command.startswith(LIPPEN):
        return run("-m", "lippen.cli", *shlex.split(command.removeprefix(LIPPEN)), cwd=place)
    if command.startswith(PYTHON):
        what, *more = shlex.split(command.removeprefix(PYTHON))
        code = more[0] if what == "-c" else (place / what).read_text("utf-8")
        return run("-c", code, cwd=place)
    script = recipe(command.removeprefix("make "), place) if command.startswith("make ") else command
    return subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, check=False)


def assert_prints_what_the_page_says(walked: Walk) -> None:
    for step in walked.steps:
        lines = [re.escape(line).replace(r"\.\.\.", ".*") for line in step.said]
        at = 0
        for line in lines:
            found = re.compile(rf"^{line}$", re.M).search(step.printed, at)
            assert found, f"{step.command}\ndoes not print\n{line}\nbut\n{step.printed}"
            at = found.end() if line != ".*" else at
