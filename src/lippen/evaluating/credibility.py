"""How well campaigns are found in a folder of incidents: planted ones, or those that a sandbox made up and
keeps the truth of.

Joins the capabilities as `lippen.briefing` does, and writes what was measured in the same way.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lippen import credibility, signals
from lippen.briefing import imported, period_of, versions
from lippen.credibility.against_truth import evaluate_against_truth
from lippen.credibility.scored import AgainstTruth
from lippen.credibility.truth import TRUTH
from lippen.credibility.truth_files import read_truth
from lippen.errors import LippenError
from lippen.output import refuse_altered, refuse_within, scratch_beside, whole_folder
from lippen.progress import Stages

INCIDENTS = Path("streams") / "incident"
"""Where a sandbox keeps its incidents, with the mapping that reads them."""


def evaluate_credibility(
    folder: Path,
    out: Path | None,
    mapping: signals.Mapping,
    settings: credibility.Settings,
    stages: Stages,
) -> credibility.Evaluation:
    """Plant campaigns into the days from `settings.since` on and measure how many of them are found.

    With `out`, writes `evaluation.json` and `tables/*.parquet` there. Raises LippenError as `write_briefing`.
    """
    if out is None:
        with TemporaryDirectory(prefix="lippen-") as beside:
            return _evaluate(folder, Path(beside), mapping, settings, stages)
    refuse_within(out, folder)
    with whole_folder(out, "evaluation.json", frozenset({"tables"})) as made:
        evaluation = _evaluate(folder, scratch_beside(made), mapping, settings, stages)
        _write_evaluation(made, evaluation.facts, evaluation.tables, stages)
    return evaluation


def evaluate_sandbox(
    folder: Path, out: Path | None, settings: credibility.Settings, stages: Stages
) -> AgainstTruth:
    """Assess the incidents of a sandbox as a briefing does, and score what was told against its truth.

    `folder` was written by `lippen sandbox`. With `out`, writes `evaluation.json` and `tables/*.parquet`
    there. Raises LippenError as `write_briefing`, when `folder` is no sandbox, when its truth is not that of
    its incidents, and when a file of either is not as it was written.
    """
    sandbox, mapping, truth = _sandbox(folder)
    if out is None:
        with TemporaryDirectory(prefix="lippen-") as beside:
            return _against_truth(folder, Path(beside), mapping, settings, stages, truth)
    refuse_within(out, folder / INCIDENTS)
    with whole_folder(out, "evaluation.json", frozenset({"tables"})) as made:
        scored = _against_truth(folder, scratch_beside(made), mapping, settings, stages, truth)
        _write_evaluation(made, {**scored.facts, "sandbox": sandbox}, scored.tables, stages)
    return scored


def _against_truth(
    folder: Path,
    beside: Path,
    mapping: signals.Mapping,
    settings: credibility.Settings,
    stages: Stages,
    truth: dict[str, pa.Table],
) -> AgainstTruth:
    with imported(folder / INCIDENTS, mapping, stages, beside) as (report, workspace):
        incidents, engine = workspace.signals("incident"), workspace.engine
        settings = replace(settings, since=period_of(incidents, engine, settings.since).since)
        refused = sum(one.quarantined for one in report.inputs)
        return evaluate_against_truth(incidents, engine, settings, stages, truth, refused, mapping.zone)


def _sandbox(folder: Path) -> tuple[dict[str, Any], signals.Mapping, dict[str, pa.Table]]:
    """What a sandbox says of itself, the mapping of its incidents, and the truth that scores them."""
    try:
        facts = json.loads((folder / "sandbox.json").read_text("utf-8"))
        sandbox = {name: facts[name] for name in ("place", "days", "seed")}
        sandbox["scenario"] = facts["scenario"]["name"]
        first, last = (dt.date.fromisoformat(facts[name]) for name in ("first_day", "last_day"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LippenError(
            "this is no sandbox: it holds no sandbox.json that can be read",
            file=folder,
            remedy="Name a folder that lippen sandbox wrote.",
        ) from error
    mapping = signals.load_mapping(folder / INCIDENTS / "mapping.toml")
    truth = read_truth(folder / "truth", first, last)
    # Last, because what is wrong with a value says more than that its file is another.
    tables = [f"truth/{name}{end}" for name in TRUTH for end in ("", ".parquet")]
    refuse_altered(folder, ["sandbox.json", INCIDENTS.as_posix(), *tables])
    return sandbox, mapping, truth


def _write_evaluation(made: Path, facts: dict[str, Any], tables: dict[str, pa.Table], stages: Stages) -> None:
    (made / "tables").mkdir()
    for name, table in tables.items():
        pq.write_table(table, made / "tables" / f"{name}.parquet", compression="zstd", store_schema=False)
    whole = {**facts, "versions": versions(), "stages": stages.seconds()}
    text = json.dumps(whole, indent=2, sort_keys=True, allow_nan=False)
    (made / "evaluation.json").write_text(text + "\n", "utf-8")


def _evaluate(
    folder: Path,
    beside: Path,
    mapping: signals.Mapping,
    settings: credibility.Settings,
    stages: Stages,
) -> credibility.Evaluation:
    with imported(folder, mapping, stages, beside) as (_, workspace):
        incidents, engine = workspace.signals("incident"), workspace.engine
        period = period_of(incidents, engine, settings.since)
        settings = replace(settings, since=period.since)
        return credibility.evaluate(incidents, engine, settings, stages)
