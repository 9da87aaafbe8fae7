"""What a mapping makes of an export, before anything is imported: rows, refusals, and every kind and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lippen.signals.accept import Accepted, IdentityFound, accept
from lippen.signals.folding import fold
from lippen.signals.listing import Found
from lippen.signals.mapping import Mapping
from lippen.signals.reading import open_file
from lippen.signals.report import LOUD_SHARE, NO_OUTCOME, NotRead
from lippen.signals.rows import FileRefused
from lippen.signals.survey import FIRST_ROWS, find_files
from lippen.wording import counted

_SHOWN = 5
_REASONS = 12
"""Reasons that a file's rows are refused for, as a terminal can show them; the others are counted."""
_LISTED = 400
_PERSONAL = "(kept as written, not shown)"


@dataclass
class Check:
    """What came of reading the first rows of some files by a mapping.

    `first_rows` are rows as they would be stored. `problems` change what comes of an import, `notes` do not;
    both are plain sentences. Of incidents, `kinds` counts each kind with what it becomes, and `codes` each
    disposal code with its outcome; of other kinds of signal, `values` counts each code with the column it
    stands in. `looked_at` says how much of each file was read, `left` what was not read and why.
    """

    first_rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    looked_at: list[str] = field(default_factory=list)
    left: list[NotRead] = field(default_factory=list)

    def as_text(self) -> str:
        """Everything as plain text, for a terminal."""
        lines = [
            *looked_at_lines(self.looked_at, self.left),
            *row_lines(self.first_rows),
            *listed("Problems", self.problems),
            *listed("Notes", self.notes),
        ]
        if self.values:
            lines += _table("Codes of the export, and the column each stands in", self.values)
        else:
            lines += _table("Kinds of the export, and what each becomes", self.kinds)
            lines += _table("Disposal codes of the export, and what each becomes", self.codes)
        return "\n".join(lines[1:]) + "\n"


def check_mapping(path: str | Path, mapping: Mapping) -> Check:
    """Read the first rows of a file, or of every file of a folder, by a mapping; nothing is stored.

    Raises ImportRefused when there is nothing that can be read, and AuthorityExpired, before a row is read,
    when the mapping's authority has run out.
    """
    mapping.in_force()
    found, left = find_files(Path(path))
    check = check_files(sorted(found, key=lambda one: one.name), mapping, FIRST_ROWS)
    check.left += left
    return check


def check_files(files: list[Found], mapping: Mapping, most: int) -> Check:
    """Read about `most` rows of each file (whole stretches) by a mapping."""
    check = Check()
    for file in files:
        try:
            _check_file(file, mapping, most, check, f"{file.name}: " if len(files) > 1 else "")
        except IdentityFound as error:
            check.problems.append(
                f"the column {error.column!r} is full of {error.holds} and cannot be mapped"
            )
        except (FileRefused, OSError) as error:
            check.left.append(NotRead(file.name, str(error)))
            check.problems.append(f"{file.name} would NOT be read: {error}")
    if mapping.kind.has("outcome") and not any(
        outcome.startswith(("founded", "unfounded")) for _, outcome in check.codes
    ):
        check.problems.append(NO_OUTCOME)
    return check


def _check_file(file: Found, mapping: Mapping, most: int, check: Check, before: str) -> None:
    rows, whole = 0, True
    reasons: Counter[tuple[str | None, str]] = Counter()
    examples: dict[tuple[str | None, str], dict[str, Any]] = {}
    notes: Counter[str] = Counter()
    for source in open_file(file, mapping.wanted(), mapping.file).sources:
        for work in source.work:
            if rows >= most:
                whole = False
                break
            batch = work()
            outcome = accept(batch, mapping, source.name, typed=source.typed)
            rows += batch.rows
            notes += outcome.notes
            for row in outcome.quarantine.to_pylist():
                key = (row["column"], row["reason"])
                reasons[key] += 1
                examples.setdefault(key, row)
            _count(outcome, mapping, check)
    check.looked_at.append(f"{file.name}: {'' if whole else 'the first '}{counted(rows, 'row')}")
    of = f"{counted(rows, 'row')}" if whole else f"the first {counted(rows, 'row')}"
    # A row has one reason, so few can be loud; none of those is left out, for it is a problem.
    loud = sum(count > LOUD_SHARE * rows for count in reasons.values())
    common = reasons.most_common()
    shown, rest = common[: max(_REASONS, loud)], common[max(_REASONS, loud) :]
    for key, count in shown:
        column, reason = key
        where = f", where {column!r} says {examples[key]['value']!r}" if column is not None else ""
        said = f"{before}{count:,} of {of}, first on line {examples[key]['line']}{where}: {reason}"
        (check.problems if count > LOUD_SHARE * rows else check.notes).append(said)
    if rest:
        left = sum(count for _, count in rest)
        (check.problems if left > LOUD_SHARE * rows else check.notes).append(
            f"{before}{left:,} more of {of}, for {counted(len(rest), 'reason')} not listed here: "
            "lippen import --quarantine FILE writes every refused row with its reason"
        )
    check.notes += [f"{before}{note}: {count:,}" for note, count in sorted(notes.items())]


def _count(outcome: Accepted, mapping: Mapping, check: Check) -> None:
    rows = outcome.taken
    check.first_rows += _as_read(rows.slice(0, max(0, _SHOWN - len(check.first_rows))), mapping)
    if not mapping.kind.has("outcome"):
        for name in mapping.kind.reading("code", "area"):
            for one in _grouped(rows, [name]) if name in mapping.columns else ():
                check.values[one[name] if one[name] is not None else "(empty)", name] += one["rows"]
        return
    for one in _grouped(rows, ["kind", "own_activity", "sensor", "protected"]):
        check.kinds[one["kind"], _becomes(one, mapping)] += one["rows"]
    for one in _grouped(rows, ["disposal", "outcome"]):
        code = one["disposal"]
        if code is None:
            check.codes["(empty)", one["outcome"]] += one["rows"]
            continue
        known = any(fold(part) in mapping.outcomes for part in (code, *code.split(" | ")))
        check.codes[code, one["outcome"] if known else f"not listed: {one['outcome']}"] += one["rows"]


def _grouped(rows: pa.Table, names: list[str]) -> list[dict[str, Any]]:
    counts = rows.select(names).group_by(names).aggregate([([], "count_all")])
    return counts.rename_columns([*names, "rows"]).to_pylist()  # type: ignore[no-any-return]


def _becomes(one: dict[str, Any], mapping: Mapping) -> str:
    if one["protected"]:
        named = fold(one["kind"]) in mapping.protected_kinds
        return f"protected, never assessed ({'as listed' if named else 'by a word in kind or text'})"
    if one["own_activity"]:
        return "own activity"
    return "sensor" if one["sensor"] else "not listed: reports by people, assessed"


def _as_read(rows: pa.Table, mapping: Mapping) -> list[dict[str, Any]]:
    """Rows for a screen, which others may see: what is personal is said to be there and not shown."""
    hidden, personal = ("place_key", "content", "file"), mapping.kind.reading("personal")
    return [
        {
            name: None if value is None else _PERSONAL if name in personal else str(value)
            for name, value in row.items()
            if name not in hidden
        }
        for row in rows.to_pylist()
    ]


def looked_at_lines(looked_at: list[str], left: list[NotRead]) -> list[str]:
    """Which files were looked at and which were not, as lines."""
    passed = [f"{one.file}: {one.reason}" for one in left]
    return [*listed("Looked at", looked_at), *(listed("Not looked at", passed) if passed else ())]


def row_lines(rows: list[dict[str, Any]] | tuple[Table[str, Any], ...]) -> list[str]:
    """The first rows as they would be read, as lines."""
    lines = ["", "First rows as they would be read"]
    for row in rows:
        lines.append(
            "  " + "; ".join(f"{name} = {value}" for name, value in row.items() if value is not None)
        )
    return lines if rows else [*lines, "  none"]


def listed(title: str, sentences: list[str] | tuple[str, ...]) -> list[str]:
    """A heading and one line for each sentence."""
    return ["", title, *(f"  - {sentence}" for sentence in sentences or ("none",))]


def _table(title: str, counts: Counter[tuple[str, str]]) -> list[str]:
    lines = [
        "",
        title,
        *(f"  {count:>9,}  {name}  ->  {use}" for (name, use), count in counts.most_common(_LISTED)),
    ]
    if len(counts) > _LISTED:
        lines.append(f"  and {len(counts) - _LISTED:,} more")
    return lines if counts else [*lines, "  none"]
