"""`lippen inspect`: a mapping for a file nobody has mapped, its first rows as read, every problem seen.

The proposal is a mapping file with its reasons beside it, to be checked by someone who knows the export.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lippen.errors import LippenError
from lippen.signals.checking import check_files, listed, looked_at_lines, row_lines
from lippen.signals.drafting import draft_mapping
from lippen.signals.identity import mask_value
from lippen.signals.kinds import Kind, kind_names, load_kind
from lippen.signals.mapping import Mapping, MappingError
from lippen.signals.mapping_file import parse_mapping
from lippen.signals.report import NO_OUTCOME, NotRead
from lippen.signals.survey import Survey


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping and what was seen on the way.

    `file` is the one whose columns were looked at, `toml` the text of the mapping file, `mapping` the same
    checked (None when it lacks what a mapping must have). `first_rows` are the first rows as they would be
    stored. `problems` are open questions that change what comes of an import, `notes` are only worth knowing;
    both are plain sentences. `columns` says of every column what was made of it, `samples` what is in those
    that were not understood. `looked_at` says how much of each file was counted, `left` what was not looked
    at.
    """

    file: str
    toml: str
    mapping: Mapping | None
    first_rows: tuple[Table[str, Any], ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    columns: Table[str, str]
    samples: Table[str, str]
    looked_at: tuple[str, ...]
    left: tuple[NotRead, ...]

    def as_text(self) -> str:
        """Everything as plain text, for a terminal."""
        lines = [*looked_at_lines(list(self.looked_at), list(self.left))[1:], "", f"Columns of {self.file}"]
        width = max((len(name) for name in self.columns), default=0)
        for name, use in self.columns.items():
            more = f": {self.samples[name]}" if name in self.samples else ""
            lines.append(f"  {name:<{width}}  {use}{more}")
        lines += row_lines(self.first_rows)
        lines += [*listed("Problems", self.problems), *listed("Notes", self.notes)]
        lines += ["", "Proposed mapping", "", self.toml]
        return "\n".join(lines)


def propose_mapping(path: str | Path, kind: str = "incident") -> Proposal:
    """Look at a file, or at the files of a folder, and propose how to map them to a kind of signal.

    The columns are those of the largest file that has what the kind must have; kinds, codes and places are
    counted over the first rows of every file that has these columns. Raises ImportRefused when nothing can be
    read, LippenError when there is no such kind.
    """
    path = Path(path)
    if kind not in kind_names():
        raise LippenError(
            f"there is no kind of signal called {kind!r}", remedy=f"Known kinds: {', '.join(kind_names())}."
        )
    survey = Survey(path, load_kind(kind))
    glance = survey.lead
    draft = draft_mapping(survey, _title(path, survey.kind))
    problems = [*glance.problems, *survey.problems, *draft.problems]
    notes = [*glance.notes, *draft.notes]
    first_rows: tuple[Table[str, Any], ...] = ()
    mapping: Mapping | None = None
    try:
        mapping = parse_mapping(draft.toml)
    except MappingError as error:
        problems.append(f"the proposal is not complete: {error}")
    else:
        check = check_files(survey.files, mapping, most=1)
        first_rows = tuple(check.first_rows)
        # Whether any code stands for an outcome was seen in all of the counted rows, not in the first alone.
        problems += [problem for problem in check.problems if problem != NO_OUTCOME]
        notes += check.notes
    uses = glance.uses()
    return Proposal(
        file=glance.file.name,
        toml=draft.toml,
        mapping=mapping,
        first_rows=first_rows,
        problems=tuple(problems),
        notes=tuple(notes),
        columns=uses,
        samples={name: glance.samples(name) for name, use in uses.items() if use == "not used"},
        looked_at=tuple(survey.looked_at),
        left=tuple(survey.left),
    )


def _title(path: Path, kind: Kind) -> str:
    """What a page may call an export: the name of its file or folder, in words."""
    name = path.resolve().name
    if not path.is_dir():
        name = name.split(".")[0] or name
    words = " ".join(re.sub(r"[^\w-]+|_+", " ", mask_value(name)).split())
    return (words[:1].upper() + words[1:]) or f"{kind.title}s"
