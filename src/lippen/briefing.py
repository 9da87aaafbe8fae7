"""From a folder of incidents to a written briefing.

Here the capabilities are joined, as in `evaluating` and `reckoning`: each knows the tables it takes and
gives, and none knows the others. Everything is made in a hidden folder beside the output, the workspace too,
and the output appears whole.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from lippen import brief, credibility, signals
from lippen.engine import Engine, connect
from lippen.errors import LippenError
from lippen.output import refuse_within, scratch_beside, whole_folder
from lippen.progress import Stages, peak_memory_mib
from lippen.trade_on_paper import trade_of
from lippen.wording import how_old_its_parts, last_days, not_over
from lippen.workspace import Workspace

_LIBRARIES = ("duckdb", "ibis-framework", "numba", "numpy", "pyarrow", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Period:
    """The local days that incidents cover, and the first of them that is assessed."""

    first: dt.date
    last: dt.date
    since: dt.date
    incidents: int

    @property
    def days(self) -> int:
        """Calendar days, both ends included."""
        return (self.last - self.first).days + 1


def write_briefing(
    folder: Path,
    out: Path,
    mapping: signals.Mapping,
    settings: credibility.Settings,
    stages: Stages,
    command: str | None = None,
    evaluation: Path | None = None,
    trade: Path | None = None,
) -> signals.ImportReport:
    """Import `folder`, assess it and write `index.html`, `brief.json` and `tables/*.parquet` to `out`.

    Days from `settings.since` on are assessed, by default the last quarter of them. `command` is how a reader
    can have the same page again; the page shows it. `evaluation` is an `evaluation.json` that was written
    before, whose recall the page then tells. `trade` is a workspace in which the trade was reckoned, of which
    the page then tells what may go on paper. Raises LippenError, with nothing written, when the folder cannot
    be imported or assessed, the evaluation or the trade cannot be read, or `out` lies in it or holds what is
    not ours.
    """
    refuse_within(out, folder)
    planted = _planted(evaluation) if evaluation is not None else None
    sold = trade_of(trade) if trade is not None else None
    with whole_folder(out, "brief.json", frozenset({"index.html", "tables"})) as page:
        with imported(folder, mapping, stages, beside=scratch_beside(page)) as (report, workspace):
            incidents, engine = workspace.signals("incident"), workspace.engine
            period = period_of(incidents, engine, settings.since)
            settings = replace(settings, since=period.since)
            assessment = credibility.assess(incidents, engine, settings, stages, mapping.zone)
            tables = {"quarantine_reasons": _quarantine_reasons(workspace), **assessment.tables}
        facts = {
            **facts_of(
                mapping.source or folder.resolve().name,
                _inputs(report),
                period,
                mapping.zone,
                {**assessment.facts, "planted": planted},
                settings,
                stages,
            ),
            "not_read": [
                {"file": one.file, "reason": one.reason, "export": one.export} for one in report.not_read
            ],
            "notes": dict(report.notes),
            "unlisted_codes": dict(report.unlisted_codes),
            "command": command,
            "trade": sold.facts if sold is not None else None,
        }
        if sold is not None:
            facts["clock"]["trade_week"] = _of_the_week(sold.facts)
        brief.write_brief(page, facts, {**tables, **(sold.tables if sold is not None else {})})
    return report


@contextmanager
def imported(
    folder: Path, mapping: signals.Mapping, stages: Stages, beside: Path
) -> Iterator[tuple[signals.ImportReport, Workspace]]:
    """Import `folder` into a workspace inside `beside`, open for the body; what spills goes there too."""
    with connect(spill_dir=beside / "spill") as engine:
        workspace = Workspace.open(beside / "workspace", engine)
        yield signals.import_folder(folder, mapping, workspace, stages), workspace


def period_of(incidents: ibis.Table, engine: Engine, since: dt.date | None) -> Period:
    """The days that `incidents` cover (column local_day); without `since`, their last quarter is assessed.

    Raises LippenError when `since` leaves no day before it to learn from, or none to assess.
    """
    whole = incidents.aggregate(
        first=incidents.local_day.min(), last=incidents.local_day.max(), incidents=incidents.count()
    )
    (row,) = engine.collect(whole).to_pylist()
    first, last = row["first"], row["last"]
    if since is None:
        since = first + dt.timedelta(days=math.ceil(0.75 * ((last - first).days + 1)))
        since = min(since, last)
    elif not first < since <= last:
        raise LippenError(
            f"--since {since} must lie after the first day and not after the last (incidents run from {first}"
            f" to {last})",
            remedy="The days before it are learned from, the days from it on are assessed.",
        )
    return Period(first, last, since, row["incidents"])


def facts_of(
    place: str,
    inputs: list[dict[str, Any]],
    period: Period,
    zone: str,
    assessed: dict[str, Any],
    settings: credibility.Settings,
    stages: Stages,
) -> dict[str, Any]:
    """The facts of an assessment, as `brief.schema.Facts` states them; what only an import knows is null."""
    return {
        "place": place,
        "inputs": inputs,
        "not_read": None,
        "notes": None,
        "unlisted_codes": None,
        "period": {
            "first_day": period.first.isoformat(),
            "last_day": period.last.isoformat(),
            "since": period.since.isoformat(),
            "days": period.days,
            "zone": zone,
            "incidents": period.incidents,
        },
        "credibility": assessed,
        "trade": None,
        "seed": settings.seed,
        "command": None,
        "versions": versions(),
        "stages": stages.seconds(),
        "peak_memory_mib": peak_memory_mib(),
        "clock": {"written_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "trade_week": None},
    }


def _of_the_week(trade: Mapping[str, Any]) -> list[str]:
    """What whoever reads of the trade has to know of its newest week today."""
    until, today = dt.date.fromisoformat(trade["until"]), dt.datetime.now(dt.UTC).date()
    said = (how_old_its_parts(until, last_days(trade), today), not_over(until, today))
    return [one for one in said if one]


def versions() -> dict[str, str]:
    """What made the figures: Lippen, Python and the libraries that compute."""
    return {
        "lippen": version("lippen"),
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _inputs(report: signals.ImportReport) -> list[dict[str, Any]]:
    return [
        {
            "file": one.file,
            "rows": one.rows,
            "accepted": one.accepted,
            "duplicates": one.duplicates,
            "quarantined": one.quarantined,
            "left_out": dict(one.left_out),
        }
        for one in report.inputs
    ]


def _planted(evaluation: Path) -> dict[str, Any]:
    """What a briefing tells of an evaluation."""
    try:
        facts = json.loads(evaluation.read_text("utf-8"))
        if "sandbox" in facts:
            raise LippenError(
                "this is an evaluation of a sandbox, and says nothing of other incidents",
                file=evaluation,
                remedy="Evaluate the incidents of the briefing, without --sandbox.",
            )
        return {
            "campaigns": facts["campaigns"],
            "recall": facts["recall"],
            "recall_low": facts["recall_low"],
            "recall_high": facts["recall_high"],
            "best_rule_recall": facts["best_rule_recall"],
            "by_size": facts["by_size"],
        }
    except OSError as error:
        raise LippenError(
            "this evaluation cannot be read", file=evaluation, remedy="Check the name."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise LippenError(
            "this is no evaluation of lippen",
            file=evaluation,
            remedy="Name the evaluation.json that lippen evaluate credibility --out wrote.",
        ) from error


def _quarantine_reasons(workspace: Workspace) -> pa.Table:
    refused = workspace.quarantine()
    return workspace.engine.collect(refused.group_by("reason").agg(rows=refused.count()), "reason")
