"""The reference of `brief.json` and the tables says everything, and is the one that the program makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from trade_sample import with_trade

from lippen.brief import RESULT_TABLES, TRADE_TABLES
from lippen.brief.checking import accept_facts
from lippen.brief.reference import brief_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "brief.md"


def section(title: str) -> str:
    """The lines of the page under a heading, up to the next one."""
    text = brief_page().split(f"\n### {title}\n", 1)[1]
    return text.split("\n##", 1)[0]


def test_the_page_is_current() -> None:
    run = [sys.executable, "-m", "lippen.brief.reference"]
    made = subprocess.run(run, capture_output=True, check=True, encoding="utf-8").stdout
    assert made == PAGE.read_text("utf-8"), "run make docs"


@pytest.mark.parametrize("spec", [*RESULT_TABLES, *TRADE_TABLES], ids=lambda spec: spec.name)
def test_every_column_of_every_table_is_described(spec: Any) -> None:
    told = section(f"`{spec.name}`")
    for column in spec.columns:
        empty = "no" if column.required else "yes"
        assert f"| `{column.name}` | {column.type} | {empty} | {column.meaning} |" in told


def objects(value: Any, path: str = "") -> list[tuple[str, set[str]]]:
    """Every object in facts by its path, with its fields; free names are `*`."""
    found = []
    if isinstance(value, list):
        found = [one for item in value[:1] for one in objects(item, f"{path}[]")]
    elif isinstance(value, dict):
        found = [(path, set(value))]
        for key, item in value.items():
            found += objects(item, f"{path}.{key}" if path else key)
    return found


FREE = ("credibility.excluded", "notes", "unlisted_codes", "versions", "inputs[].left_out")


def test_every_field_that_a_briefing_holds_is_described() -> None:
    for path, fields in objects(accept_facts(with_trade()[0])):
        if path in FREE or path == "credibility.model.baseline_intervals":
            continue
        name = path.replace("baseline_intervals.kind", "baseline_intervals.*")
        name = name.replace("baseline_intervals.boosted", "baseline_intervals.*")
        told = section(f"`{name}`" if name else "The top level")
        for field in fields:
            assert f"| `{field}` | " in told, f"{name}.{field}"


def test_nothing_is_described_without_words() -> None:
    for line in brief_page().splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert all(cells), line
            assert len(cells[-1]) > 5, line
