"""`lippen inspect`: a mapping for a file nobody has mapped, its first rows as read, every problem seen.

The proposal is a mapping file with its reasons beside it, to be checked by someone who knows the export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lippen.signals.accept import Accepted, IdentityFound, accept
from lippen.signals.drafting import draft_mapping
from lippen.signals.glance import Glance
from lippen.signals.kinds import load_kind
from lippen.signals.listing import list_folder
from lippen.signals.mapping import Mapping, MappingError
from lippen.signals.mapping_file import parse_mapping
from lippen.signals.report import ImportRefused
from lippen.signals.rows import FileRefused

_SHOWN = 5


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping and what was seen on the way.

    `toml` is the text of the mapping file, `mapping` the same checked (None when it lacks what a mapping must
    have). `first_rows` are the first rows as they would be stored, `problems` plain sentences, `columns`
    every column of the export with what was made of it.
    """

    file: str
    toml: str
    mapping: Mapping | None
    first_rows: tuple[Table[str, Any], ...]
    problems: tuple[str, ...]
    columns: Table[str, str]

    def as_text(self) -> str:
        """Everything as plain text, for a terminal."""
        lines = [f"{self.file}", "", "Columns of the export"]
        width = max((len(name) for name in self.columns), default=0)
        lines += [f"  {name:<{width}}  {use}" for name, use in self.columns.items()]
        lines += ["", "First rows as they would be read"]
        for row in self.first_rows:
            shown = [f"{name} = {value}" for name, value in row.items() if value is not None]
            lines += ["  " + "; ".join(shown)]
        if not self.first_rows:
            lines.append("  none")
        lines += ["", "Problems", *(f"  - {problem}" for problem in self.problems or ("none found",))]
        lines += ["", "Proposed mapping", "", self.toml]
        return "\n".join(lines)


def propose_mapping(path: str | Path) -> Proposal:
    """Look at a file (or the largest readable file of a folder) and propose how to map it.

    Raises ImportRefused when there is nothing that can be read.
    """
    path = Path(path)
    if not path.exists():
        raise ImportRefused("there is no such file or folder", file=path, remedy="Check the path.")
    found, not_read = list_folder(path)
    if not found:
        reasons = "; ".join(f"{one.file}: {one.reason}" for one in not_read[:5])
        raise ImportRefused(f"there is nothing to read here ({reasons or 'it is empty'})", file=path)
    file = max(found, key=lambda one: (one.size, one.name))
    try:
        glance = Glance(file, load_kind("incident"))
        toml, doubts = draft_mapping(glance)
    except FileRefused as error:
        raise ImportRefused(f"it cannot be read: {error}", file=file.name) from error
    except OSError as error:
        raise ImportRefused(
            f"it cannot be read ({error.strerror or error})",
            file=file.name,
            remedy="See that it is still there.",
        ) from error
    problems = [*glance.problems, *doubts]
    try:
        mapping = parse_mapping(toml)
    except MappingError as error:
        problems.append(f"the proposal is not complete: {error}")
        return Proposal(file.name, toml, None, (), tuple(problems), glance.uses())
    try:
        outcome = accept(glance.batch, mapping, file.name, typed=file.reader != "csv")
    except IdentityFound as error:
        problems.append(f"the column {error.column!r} is full of {error.holds} and cannot be mapped")
        return Proposal(file.name, toml, mapping, (), tuple(problems), glance.uses())
    problems += _refusals(outcome, glance.batch.rows)
    return Proposal(file.name, toml, mapping, tuple(_as_read(outcome)), tuple(problems), glance.uses())


def _refusals(outcome: Accepted, rows: int) -> list[str]:
    """What was wrong with the first rows, commonest first, each with an example."""
    refused = [row for row in outcome.quarantine.to_pylist() if row["column"] is not None]
    counted = Counter((row["column"], row["reason"]) for row in refused)
    said = []
    for (column, reason), count in counted.most_common(12):
        example = next(row for row in refused if row["column"] == column and row["reason"] == reason)
        said.append(
            f"{count:,} of the first {rows:,} rows, first on line {example['line']}, "
            f"where {column!r} says {example['value']!r}: {reason}"
        )
    return said + [f"{count:,} {note}" for note, count in sorted(outcome.notes.items())]


def _as_read(outcome: Accepted) -> list[dict[str, Any]]:
    hidden = ("place_key", "content", "file")
    return [
        {name: str(value) if value is not None else None for name, value in row.items() if name not in hidden}
        for row in outcome.incidents.slice(0, _SHOWN).to_pylist()
    ]
