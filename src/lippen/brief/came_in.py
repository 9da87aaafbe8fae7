"""What came in: files, rows and columns that were taken, changed, put aside or left out, and why."""

from collections.abc import Mapping
from typing import TypedDict

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, words
from lippen.brief.plain_text import isolated
from lippen.brief.schema import Facts, NotRead

_MOST_FILES = 60
_MOST_ROWS = 40

Counted = tuple[Markup, str]
"""Something that happened to rows or incidents, and how many."""


class CameIn(TypedDict):
    """What came in, as the page shows it. What is left out stands in the file that the page names."""

    files: list[tuple[Markup | str, ...]]
    files_left_out: int
    total: list[str]
    unread: str
    not_read: list[tuple[Markup, Markup]]
    no_exports: list[tuple[Markup, Markup]]
    columns: list[tuple[Markup, Markup, Markup]]
    reasons: list[Counted]
    reasons_left_out: int
    reasons_missing: bool
    notes: list[Counted]
    codes: list[Counted]
    codes_left_out: int
    excluded: list[Counted]


def came_in(facts: Facts, tables: Mapping[str, pa.Table]) -> CameIn:
    """The section's rows, from the facts and table `quarantine_reasons`."""
    inputs, not_read = facts["inputs"] or [], facts["not_read"] or []
    reasons = {row["reason"]: row["rows"] for row in tables["quarantine_reasons"].to_pylist()}
    codes = facts["unlisted_codes"] or {}
    counts = [(f["rows"], f["accepted"], f["duplicates"], f["quarantined"]) for f in inputs]
    return {
        "files": [
            (isolated(file["file"], 80), *map(figures.count, row))
            for file, row in zip(inputs[:_MOST_FILES], counts, strict=False)
        ],
        "files_left_out": max(0, len(inputs) - _MOST_FILES),
        "total": [figures.count(sum(column)) for column in zip(*counts, strict=True)],
        "unread": words.unread(facts),
        "not_read": [_named(one) for one in not_read if not words.is_no_export(one)],
        "no_exports": [_named(one) for one in not_read if words.is_no_export(one)],
        "columns": [
            (isolated(file["file"], 80), isolated(column, 60), isolated(looks, 120))
            for file in inputs
            for column, looks in sorted((file["left_out"] or {}).items())
        ],
        "reasons": _most_first(reasons)[:_MOST_ROWS],
        "reasons_left_out": max(0, len(reasons) - _MOST_ROWS),
        "reasons_missing": not reasons and any(file["quarantined"] for file in inputs),
        "notes": _most_first(facts["notes"] or {}),
        "codes": _most_first(codes)[:_MOST_ROWS],
        "codes_left_out": max(0, len(codes) - _MOST_ROWS),
        "excluded": _excluded(facts),
    }


def _named(one: NotRead) -> tuple[Markup, Markup]:
    return isolated(one["file"], 80), isolated(one["reason"], 300)


def _most_first(counts: Mapping[str, int | None]) -> list[Counted]:
    ranked = sorted(counts.items(), key=lambda item: (-(item[1] or 0), item[0]))
    return [(isolated(name, 300), figures.count(rows)) for name, rows in ranked]


def _excluded(facts: Facts) -> list[Counted]:
    """Reasons for leaving incidents out of assessment, in the order in which they are asked."""
    credibility = facts["credibility"]
    given = (credibility["excluded"] if credibility else None) or {}
    known = [reason for reason in words.EXCLUDED if reason in given]
    further = sorted(reason for reason in given if reason not in words.EXCLUDED)
    rows = []
    for reason in known + further:
        name, why = words.excluded_words(reason)
        cell = Markup('{} <span class="why">{}</span>').format(isolated(name, 60), why)
        rows.append((cell, figures.count(given[reason])))
    return rows
