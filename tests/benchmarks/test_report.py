"""The page of the benchmarks is made from what they measured, and tells the machine in words alone."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.report import Finding, as_page, keep, machine

ORDER = ["first", "second"]


def finding(seconds: float) -> Finding:
    return Finding(
        title="A race",
        what="Two programs do the same.",
        columns={"program": "", "seconds": ".2f", "pairs": ","},
        rows=[
            {"program": "Lippen", "seconds": seconds, "pairs": 12_345},
            {"program": "the other", "seconds": 9},
        ],
        repeats=3,
        packages=["numpy"],
        notes=["What it cannot show."],
    )


def test_the_page_has_the_table_the_command_and_what_it_cannot_show(tmp_path: Path) -> None:
    kept, page = tmp_path / "b.json", tmp_path / "b.md"
    keep("first", finding(1.234), ORDER, kept, page)
    lines = page.read_text().splitlines()
    assert "| program | seconds | pairs |" in lines
    assert "| --- | ---: | ---: |" in lines
    assert "| Lippen | 1.23 | 12,345 |" in lines
    assert "| the other | 9.00 |  |" in lines
    assert "- What it cannot show." in lines
    (command,) = (line for line in lines if line.startswith("`python -m benchmarks first`, run 3 times each"))
    assert machine() in command
    assert "numpy " in command


def test_a_new_finding_replaces_its_own_and_leaves_the_others(tmp_path: Path) -> None:
    kept, page = tmp_path / "b.json", tmp_path / "b.md"
    keep("second", finding(2.0), ORDER, kept, page)
    keep("first", finding(1.0), ORDER, kept, page)
    keep("second", finding(4.0), ORDER, kept, page)
    findings = json.loads(kept.read_text())
    assert list(findings) == ORDER
    assert findings["first"]["rows"][0]["seconds"] == 1.0
    assert findings["second"]["rows"][0]["seconds"] == 4.0
    assert page.read_text() == as_page(findings)


def test_the_machine_is_told_in_words_and_by_no_path_or_name() -> None:
    told = machine()
    assert "cores" in told
    assert "GiB of memory" in told
    assert "/" not in told
