"""From a scenario to a page that compares interventions, made whole in a hidden folder and then put in place.

The joiner of the sandbox, which draws and compares, and the briefing, which writes: neither knows the other.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from lippen.brief.comparison import write_comparison
from lippen.output import whole_folder
from lippen.progress import Stages
from lippen.sandbox.compare import Comparison, compare, done_from
from lippen.sandbox.scenario import EVERYWHERE, INTERVENTIONS, Scenario

FACTS = "compare.json"


def compare_interventions(
    out: Path,
    scenario: Scenario,
    stages: Stages,
    kinds: tuple[str, ...] = (),
    since_day: int | None = None,
    areas: tuple[str, ...] = (),
    days: int = 365,
    seed: int = 1,
    command: str | None = None,
) -> Comparison:
    """Write `out/index.html`, `out/compare.json` and `out/tables/*.parquet`, and return what they say.

    Each of `kinds` (all five when empty) is done alone in `areas` (everywhere when empty) from `since_day` on
    (counted from 0; by default a third of the days). `command` is how a reader can have the same again; the
    page shows it. The same arguments give the same bytes. Raises LippenError, with nothing written, for what
    cannot be compared, and when `out` holds what is not ours.
    """
    start = days // 3 if since_day is None else since_day
    done = tuple(done_from(one, start, areas or EVERYWHERE) for one in kinds or INTERVENTIONS)
    with whole_folder(out, FACTS, frozenset({"index.html", "tables"})) as made:
        compared = compare(scenario, days, seed, done, stages)
        versions = {name: version(name) for name in ("lippen", "numpy", "pyarrow")}
        with stages.stage("write the page"):
            write_comparison(
                made, {**compared.facts, "command": command, "versions": versions}, compared.tables
            )
    return compared
