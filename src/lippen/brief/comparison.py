"""The page of a comparison of made-up towns: what an intervention changes in truth, and what is seen of it.

The invariant: before anything else the page says that its effects are assumed and that it forecasts nothing,
and what only the truth knows is never mixed with what the streams would show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, cast

import pyarrow as pa
import pyarrow.parquet as pq
from markupsafe import Markup

from lippen.brief import comparison_words as words
from lippen.brief import figures
from lippen.brief.comparison_words import INTERVENTIONS, MEASURES, Difference
from lippen.brief.page import page_environment, sealed_style
from lippen.brief.plain_text import isolated
from lippen.brief.twin_lines import Week, twin_lines

_NONE, _TRUTH, _STREAMS, _ITS_AREAS, _ELSEWHERE = "none", "truth", "streams", "its areas", "elsewhere"
_FEW = 30  # of fewer a change from before to after is too little to say
_ALWAYS_DRAWN = "activity"  # a reader looks for harm first, also where it stays as it was

_Values = dict[tuple[str, str, str, str], list[tuple[date, float | None]]]


class Twin(TypedDict):
    """One chart, and the line above it."""

    title: str
    counts: str
    change: str
    chart: Markup


class Compared(TypedDict):
    """The section of one intervention."""

    id: str
    title: str
    says: str
    when: str
    truth: list[Twin]
    streams: list[Twin]
    truth_same: str
    streams_same: str
    misled: list[str]
    truth_rows: list[tuple[str, ...]]
    streams_rows: list[tuple[str, ...]]
    over: str


def write_comparison(folder: Path, facts: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Path:
    """Writes `index.html`, `compare.json` and `tables/<name>.parquet` into `folder`; returns the page's path.

    `facts` and `tables` are those of `lippen.sandbox.compare`. Equal facts and tables give equal bytes.
    """
    page = render(facts, tables)
    (folder / "tables").mkdir()
    for name, table in tables.items():
        pq.write_table(table, folder / "tables" / f"{name}.parquet", compression="zstd", store_schema=False)
    text = json.dumps(facts, indent=2, sort_keys=True, allow_nan=False) + "\n"
    (folder / "compare.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
    return folder / "index.html"


def render(facts: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> str:
    """The page as HTML."""
    differences = cast(list[Difference], tables["differences"].to_pylist())
    assumptions = tables["assumptions"].to_pylist()
    values = _by_measure(tables["weeks"])
    least = facts["moves_per_cent"]
    last = facts["last_day"]
    compared = [_compared(one, differences, values, least, last) for one in facts["interventions"]]
    return (
        page_environment()
        .get_template("comparison.html.j2")
        .render(
            **sealed_style(),
            assumed=_assumed(assumptions),
            span=figures.span(facts["first_day"], facts["last_day"]),
            place=facts["place"],
            scope=_scope(facts),
            left_out=_left_out(facts),
            short=[_short(one, differences, least) for one in facts["interventions"]],
            least=figures.decimal(least),
            compared=compared,
            elsewhere=_elsewhere(facts, values),
            before=_before(facts, differences),
            before_days=_before_days(facts),
            false_trends=[
                f"{words.FALSE_TRENDS[one['kind']]}, {figures.span(one['since'], one['until'])}"
                for one in facts["false_trends"]
            ],
            assumptions=_assumptions(assumptions),
            command=isolated(facts["command"], 400) if facts.get("command") else None,
            seed=facts["seed"],
            versions=sorted(facts.get("versions", {}).items()),
        )
    )


def _by_measure(weeks: pa.Table) -> _Values:
    """The weeks of each variant, side, measure and where."""
    found: _Values = {}
    columns = (weeks[name].to_pylist() for name in ("variant", "side", "measure", "where", "week", "value"))
    for variant, side, measure, where, week, value in zip(*columns, strict=True):
        found.setdefault((variant, side, measure, where), []).append((week, value))
    return found


def _compared(
    done: Mapping[str, Any], differences: Sequence[Difference], values: _Values, least: float, last: str
) -> Compared:
    kind = done["kind"]
    true, shown = _rows(differences, kind)
    by_name = {row["measure"]: row for row in true}
    drawn_truth, truth_same = _twins(done, true, values)
    drawn_streams, streams_same = _twins(done, shown, values)
    over = figures.span(done["since"], done["until"] or last)
    return {
        "id": kind.replace("_", "-"),
        "title": INTERVENTIONS[kind].title,
        "says": INTERVENTIONS[kind].says,
        "when": f"Compared over the days on which it is on, {over}"
        + (", not over those after it has ended." if done["until"] else "."),
        "over": over,
        "truth": drawn_truth,
        "streams": drawn_streams,
        "truth_same": truth_same,
        "streams_same": streams_same,
        "misled": words.misled(shown, by_name, least),
        "truth_rows": [_cells(row) for row in true],
        "streams_rows": [
            (
                *_cells(row),
                words.value(row["measure"], row["weeks_vary_by"]) if row["weeks_vary_by"] is not None else "",
                words.looks_like(row, by_name.get(row["read_as"] or "")),
            )
            for row in shown
        ],
    }


def _rows(differences: Sequence[Difference], kind: str) -> tuple[list[Difference], list[Difference]]:
    """What differs in truth, in its own areas, and what differs in the streams."""
    own = [row for row in differences if row["variant"] == kind]
    true = [row for row in own if row["side"] == _TRUTH and row["where"] == _ITS_AREAS]
    return true, [row for row in own if row["side"] == _STREAMS]


def _twins(done: Mapping[str, Any], rows: Sequence[Difference], values: _Values) -> tuple[list[Twin], str]:
    """Charts of the measures that differ in any week, and the names of those that never do."""
    since = date.fromisoformat(done["since"])
    until = date.fromisoformat(done["until"]) if done["until"] else None
    twins: list[Twin] = []
    same: list[str] = []
    for row in rows:
        name, key = row["measure"], (row["side"], row["measure"], row["where"])
        without, with_it = values[_NONE, *key], values[done["kind"], *key]
        if without == with_it and name != _ALWAYS_DRAWN:
            same.append(MEASURES[name].inside)
            continue
        weeks = [Week(day, a, b) for (day, a), (_, b) in zip(without, with_it, strict=True)]
        chart = twin_lines(
            weeks,
            since,
            until,
            partial(words.value, name),
            _label(row),
            from_nought=MEASURES[name].form == "count",
        )
        if chart is not None:
            measure = MEASURES[name]
            twins.append(
                {"title": measure.title, "counts": measure.counts, "change": _told(row), "chart": chart}
            )
    return twins, figures.listing(same, 12)


def _label(row: Difference) -> str:
    measure = MEASURES[row["measure"]]
    return f"Line chart, week by week: {measure.title}, {measure.counts}. While it is on: {_told(row)}."


def _told(row: Difference) -> str:
    without, with_it = (words.value(row["measure"], row[key]) for key in ("without", "with"))
    if row["difference"] == 0:
        return f"{without}, with it and without"
    if row["too_little"] and row["side"] == _STREAMS:
        return f"{with_it} with it, {without} without ({words.gap(row)} in all: {words.TOO_LITTLE})"
    return f"{with_it} with it, {without} without ({words.change(row)})"


def _cells(row: Difference) -> tuple[str, ...]:
    name = row["measure"]
    shown = (words.value(name, row[key]) for key in ("without", "with"))
    return (f"{MEASURES[name].title}, {MEASURES[name].counts}", *shown, words.change(row))


def _short(done: Mapping[str, Any], differences: Sequence[Difference], least: float) -> tuple[str, str]:
    true, shown = _rows(differences, done["kind"])
    over = f"While it is on, {figures.span(done['since'], done['until'])}. " if done["until"] else ""
    return (
        INTERVENTIONS[done["kind"]].title,
        f"{over}In truth: {words.moves(true, least)}. In the streams: {words.moves(shown, least)}.",
    )


def _assumed(assumptions: Sequence[Mapping[str, Any]]) -> str:
    sourced = sum(not str(row["source"]).startswith("assumed") for row in assumptions)
    if not sourced:
        return "every effect below is assumed"
    return f"{len(assumptions) - sourced} of the {len(assumptions)} effects below are assumed"


def _scope(facts: Mapping[str, Any]) -> list[str]:
    areas = facts["areas"]
    where = (
        f"all {areas['of']} small areas take part"
        if len(areas["codes"]) == areas["of"]
        else f"{figures.plural(len(areas['codes']), 'small area')} of {areas['of']} "
        f"({figures.listing(areas['named'], 8)})"
    )
    return [
        figures.plural(facts["days"], "day"),
        f"seed {facts['seed']}",
        f"scenario: {facts['scenario']['title']}",
        where,
    ]


def _left_out(facts: Mapping[str, Any]) -> str | None:
    names = [INTERVENTIONS[kind].title.lower() for kind in dict.fromkeys(facts["left_out_of_scenario"])]
    return figures.listing(names) if names else None


def _elsewhere(facts: Mapping[str, Any], values: _Values) -> str:
    """What differs outside the areas of the interventions, looked up week by week in every measure."""
    areas = facts["areas"]
    outside = areas["of"] - len(areas["codes"])
    if not outside:
        return "Every area takes part, so there is no outside to look at. Name some with --areas to see it."
    measures = [key[2] for key in values if key[0] == _NONE and key[3] == _ELSEWHERE]
    kinds = [one["kind"] for one in facts["interventions"]]
    differ = [
        f"{MEASURES[one].inside} under {INTERVENTIONS[kind].title.lower()}"
        for kind in kinds
        for one in measures
        if values[_NONE, _TRUTH, one, _ELSEWHERE] != values[kind, _TRUTH, one, _ELSEWHERE]
    ]
    people = f"{areas['of_residents'] - areas['residents']:,} residents"
    where = f"In the other {figures.plural(outside, 'small area')} ({people})"
    if differ:
        return f"{where} these differ, which they should not: {figures.listing(differ)}."
    return f"{where} nothing differs: all {len(measures)} measures of the truth are the same in every week."


def _before(facts: Mapping[str, Any], differences: Sequence[Difference]) -> list[tuple[str, ...]]:
    """What changes from the days before to the days after when nothing is done, in the streams."""
    first = facts["interventions"][0]["kind"]
    cells: list[tuple[str, ...]] = []
    for row in _rows(differences, first)[1]:
        name, before, after = row["measure"], row["before"], row["without"]
        if before and after is not None:
            per_cent = 100 * (after - before) / before
            few = min(row["count_before"] or 0.0, row["count_without"] or 0.0) < _FEW
            moved = cast(
                Difference,
                {**row, "difference": after - before, "per_cent": per_cent, "too_little": few},
            )
            title = f"{MEASURES[name].title}, {MEASURES[name].counts}"
            cells.append((title, words.change(moved), words.value(name, before), words.value(name, after)))
    return cells


def _before_days(facts: Mapping[str, Any]) -> str:
    """The days before and after that `_before` compares."""
    first = facts["interventions"][0]
    eve = date.fromisoformat(first["since"]) - timedelta(days=1)
    before = figures.span(facts["first_day"], eve.isoformat())
    return f"{before}, and {figures.span(first['since'], first['until'] or facts['last_day'])}"


def _assumptions(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[tuple[str, ...]]]]:
    """Of each intervention its id, its title, and what each number is, where it comes from and how large."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        value = f"{row['value']:g}".replace("-", "−")
        cells = (row["says"], row["source"], f"{value} ({row['unit']})")
        found.setdefault(row["intervention"], []).append(cells)
    return [(kind.replace("_", "-"), INTERVENTIONS[kind].title, cells) for kind, cells in found.items()]
