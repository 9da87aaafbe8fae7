"""How often this is wrong: the model, calibration, what planted campaigns showed, and fairness."""

from collections.abc import Mapping
from typing import Any, TypedDict, cast

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import fairness, figures, words
from lippen.brief.charts import CalibrationBin, calibration, ladder
from lippen.brief.plain_text import isolated, plain
from lippen.brief.schema import Facts, Model


class Doubt(TypedDict):
    """How often this is wrong, as the page shows it. Texts are sentences; pictures are None when there is
    nothing to draw.
    """

    suspended: Markup | None
    budget: str
    ranking: str
    ladder: Markup | None
    rungs: list[tuple[str, str, str]]
    tested_on: str
    calibration_words: str
    calibration: Markup | None
    bins: list[tuple[str, str, str, str, str]]
    errors: str
    months: list[tuple[str, str, str, str, str]]
    months_words: str
    planted: str
    planted_sizes: list[tuple[str, str, str, str]]
    fairness: list[tuple[Markup, str, str, str, str, str]]
    fairness_note: str
    unknowns: list[Markup]


def doubt(facts: Facts, tables: Mapping[str, pa.Table]) -> Doubt:
    """The section's sentences, pictures and rows."""
    credibility = facts["credibility"]
    model = credibility["model"] if credibility else None
    measured = credibility["planted"] if credibility else None
    counts = credibility["episodes"] if credibility else None
    groups = (credibility["fairness"] if credibility else None) or []
    months = tables["calibration_month"].to_pylist()
    suspended = credibility["suspended"] if credibility else None
    bins = cast(list[CalibrationBin], tables["calibration"].to_pylist())
    no_model = f"We cannot tell. {words.why_no_model(credibility)}"
    rungs = words.ladder(model) if model else []
    return {
        "suspended": isolated(suspended, 400) if suspended is not None else None,
        "budget": words.budget(credibility),
        "ranking": plain(words.ranking(model) if model else no_model, 700),
        "ladder": ladder(rungs),
        "rungs": [
            (
                name,
                figures.fixed(auc, 3),
                _interval(interval["low"], interval["high"], 3) if interval else "not measured",
            )
            for name, auc, interval in rungs
        ],
        "tested_on": (
            f"Tested on {figures.count(model['incidents'])} incidents of later days, which it had never seen."
            if model and model["incidents"] is not None
            else ""
        ),
        "calibration_words": plain(words.calibration(model) if model else no_model, 700),
        "calibration": calibration(bins),
        "bins": [
            (
                str(row["bin"]),
                figures.count(row["incidents"]),
                figures.percent(row["expected"], 1),
                figures.percent(row["observed"], 1),
                _shares(row["low"], row["high"]),
            )
            for row in bins
        ],
        "errors": _errors(model) if model else "",
        "months": [_month(row) for row in months],
        "months_words": words.months(months),
        "planted": plain(words.planted(measured, facts["command"]), 700),
        "planted_sizes": [
            (
                figures.count(size["size"]),
                figures.count(size["campaigns"]),
                figures.percent(size["recall"]),
                _shares(size["low"], size["high"]),
            )
            for size in (measured["by_size"] if measured else None) or []
        ],
        "fairness": fairness.rows(groups, counts["replicates"] if counts else None),
        "fairness_note": fairness.note(groups, counts["replicates"] if counts else None),
        "unknowns": [isolated(sentence, 400) for sentence in words.unknowns(facts)],
    }


def _errors(model: Model) -> str:
    """The two figures that analysts compare models by."""
    named = (("Expected calibration error", model["ece"]), ("Brier score", model["brier"]))
    return "; ".join(f"{name} {figures.fixed(value, 3)}" for name, value in named if value is not None)


def _interval(low: float | None, high: float | None, places: int) -> str:
    if low is None or high is None:
        return "not measured"
    return f"{low:.{places}f} to {high:.{places}f}"


def _shares(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return figures.CANNOT_TELL
    return f"{figures.percent(low)} to {figures.percent(high)}"


def _month(row: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    off = figures.CANNOT_TELL if row["ece"] is None else f"{figures.decimal(row['ece'] * 100)} in 100"
    return (
        plain(figures.month(row["month"]), 20),
        figures.count(row["incidents"]),
        figures.percent(row["expected"], 1),
        figures.percent(row["observed"], 1),
        off,
    )
