"""The tables of the model's description, made from the model's own files so that they cannot disagree.

    python -m lippen.sandbox.reference docs/explanation/sandbox.md

writes them anew between the marks `<!-- made: NAME -->` and `<!-- end -->` of that page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from lippen.sandbox.parameters import Parameter, Value, all_parameters
from lippen.sandbox.scenario import fewest_days
from lippen.sandbox.scenario_file import load_scenario, scenario_names
from lippen.sandbox.streams.incident_kinds import incident_kinds

_MARKED = re.compile(r"(<!-- made: (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def parameter_table() -> str:
    """Every parameter: name, value, unit, source (or assumed) and what it is."""
    head = ["| parameter | value | unit | source | what it is |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *(_row(one) for one in all_parameters().values())]) + "\n"


def incident_table() -> str:
    """Every opening code: rate, share that goes with harm, chances of nothing found and of a crime."""
    kinds = incident_kinds()
    head = [
        "| opening code | per 1,000 a year | goes with harm | nothing found | recorded crime |",
        "| --- | --- | --- | --- | --- |",
    ]
    columns = zip(kinds.names, kinds.per_1000, kinds.harm, kinds.nothing, kinds.crime, strict=True)
    rows = [f"| {n} | {r:.2f} | {h:.2f} | {e:.2f} | {c:.2f} |" for n, r, h, e, c in columns]
    return "\n".join([*head, *rows]) + "\n"


def scenario_table() -> str:
    """Every scenario that ships: what it holds, as its file says at the top, and the fewest days it needs."""
    head = ["| scenario | what it holds | fewest days |", "| --- | --- | ---: |"]
    rows = []
    for name in scenario_names():
        scenario = load_scenario(name)
        rows.append(f"| `{name}` | {scenario.holds} | {fewest_days(scenario)} |")
    return "\n".join([*head, *rows]) + "\n"


_TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameter_table,
    "incident kinds": incident_table,
    "scenarios": scenario_table,
}


def refreshed(page: str) -> str:
    """The page with every marked table made anew; raises KeyError for a mark that names no table."""
    return _MARKED.sub(lambda found: f"{found[1]}{_TABLES[found['name']]()}{found[3]}", page)


def _row(one: Parameter) -> str:
    cells = (f"`{one.name}`", _shown(one.value), one.unit, one.source, one.says)
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _shown(value: Value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    if isinstance(value, list):
        return ", ".join(f"{number:g}" for number in value)
    return f"{value:g}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(refreshed(page.read_text("utf-8")), "utf-8")
