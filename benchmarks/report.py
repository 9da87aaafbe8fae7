"""What the benchmarks found, kept as JSON and written out as a page."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
KEPT: Final = PAGE.with_suffix(".json")

INTRODUCTION: Final = """# Benchmarks

Made by `make bench` from what it measured, which is kept in [benchmarks.json](benchmarks.json). Each runs
Lippen and the library that somebody would choose instead in one process, in turn and several times over, and
gives medians. The same machine is up to twice as fast in one minute as in another: the ratios count, the
seconds are a guide. What a comparison cannot show stands under its table.
"""

Row = dict[str, str | int | float]


@dataclass(frozen=True)
class Finding:
    """What one benchmark found.

    `columns` gives each column of `rows` the format its values are written in, and their order. `packages`
    are the libraries whose versions matter, `notes` what a reader must know to judge the figures.
    """

    title: str
    what: str
    columns: dict[str, str]
    rows: list[Row]
    repeats: int
    packages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def keep(name: str, finding: Finding, order: list[str], kept: Path = KEPT, page: Path = PAGE) -> None:
    """Put a finding in the place of an earlier one of that name, and write both files anew.

    `order` names all benchmarks in the order of the page. Findings of other names stay as they were measured.
    """
    findings: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    findings[name] = asdict(finding) | {"machine": machine(), "versions": versions(finding.packages)}
    findings = {one: findings[one] for one in order if one in findings}
    kept.write_text(json.dumps(findings, indent=1, ensure_ascii=False) + "\n")
    page.write_text(as_page(findings))


def machine() -> str:
    """The machine in words: what decides the seconds, and nothing that tells whose it is."""
    cores = len(os.sched_getaffinity(0))
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {gib:.0f} GiB of memory, {platform.system()} on {platform.machine()}"


def versions(packages: list[str]) -> dict[str, str]:
    """The versions of Python and of these packages."""
    return {"Python": platform.python_version(), **{package: version(package) for package in packages}}


def as_page(findings: dict[str, Any]) -> str:
    """The page, from what is kept."""
    return INTRODUCTION + "".join(_section(name, finding) for name, finding in findings.items())


def _section(name: str, finding: dict[str, Any]) -> str:
    columns: dict[str, str] = finding["columns"]
    table = [list(columns), ["---" if spec == "" else "---:" for spec in columns.values()]]
    table += [
        [format(row[column], spec) if column in row else "" for column, spec in columns.items()]
        for row in finding["rows"]
    ]
    times = "once" if finding["repeats"] == 1 else f"{finding['repeats']} times each"
    made = ", ".join(f"{package} {number}" for package, number in finding["versions"].items())
    lines = [
        "",
        f"## {finding['title']}",
        "",
        finding["what"],
        "",
        f"`python -m benchmarks {name}`, run {times} on {finding['machine']}; {made}.",
        "",
        *("| " + " | ".join(cells) + " |" for cells in table),
        "",
        *(f"- {note}" for note in finding["notes"]),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"
