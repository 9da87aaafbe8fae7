"""What an import says of itself: counts for each file, what was not read, and what was done to rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from lippen.errors import LippenError
from lippen.wording import counted

LOUD_SHARE = 0.05
"""When more than this part of a file's rows is refused for one reason, that is said before all else."""

NO_OUTCOME = (
    "this export names no outcome: only volumes can be shown; map `disposal` and [outcomes] if it has one"
)

_NAMED = 5


class ImportRefused(LippenError):
    """An import that was not made. The workspace is as it was before."""


@dataclass(frozen=True)
class FileCount:
    """One file (or one sheet of a workbook): accepted + duplicates + quarantined = rows read.

    `digest` is the SHA-256 of the file; `left_out` names the columns that were not read because they look
    like identity, with what each looks like; `reasons` counts the quarantined rows by reason.
    """

    file: str
    rows: int
    accepted: int
    duplicates: int
    quarantined: int
    digest: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.accepted + self.duplicates + self.quarantined == self.rows


@dataclass(frozen=True)
class NotRead:
    """A file, link or directory in the folder that was not read, and why.

    `export` is False where nothing suggests that it is one: a hidden file, a picture, a sheet of notes.
    """

    file: str
    reason: str
    export: bool = True


@dataclass(frozen=True)
class ImportReport:
    """What came of an import.

    `import_id` names it in the workspace; `changed` is False when the workspace already held everything.
    `notes` counts what was done to rows that were taken (clock times taken as the first of two, telephone
    numbers masked, places filled in); `unlisted_codes` counts disposal codes that the mapping does not list
    (rare ones together); `reasons` counts quarantined rows by reason. `with_outcome` counts rows
    taken, or held already, whose outcome is founded or unfounded (None: the kind has no outcomes).
    `held_until` is the day of an authority under which what was there already is held from now on.
    """

    import_id: str
    changed: bool
    inputs: tuple[FileCount, ...]
    not_read: tuple[NotRead, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    unlisted_codes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    with_outcome: int | None = 0
    held_until: dt.date | None = None

    @property
    def rows(self) -> int:
        """Rows read from all files."""
        return sum(entry.rows for entry in self.inputs)

    @property
    def accepted(self) -> int:
        """Rows that became signals in this import."""
        return sum(entry.accepted for entry in self.inputs)

    @property
    def duplicates(self) -> int:
        """Rows whose signal was there already, in these files or in the workspace."""
        return sum(entry.duplicates for entry in self.inputs)

    @property
    def quarantined(self) -> int:
        """Rows not taken, each with its reason in the quarantine."""
        return sum(entry.quarantined for entry in self.inputs)

    def warnings(self) -> list[str]:
        """What nobody may overlook, as sentences: files not read, many rows refused, no outcome known."""
        said = []
        unread = [one for one in self.not_read if one.export]
        if unread:
            named = "; ".join(f"{one.file} ({one.reason.split('; ')[0]})" for one in unread[:_NAMED])
            more = f"; and {len(unread) - _NAMED:,} more" if len(unread) > _NAMED else ""
            verb = "was" if len(unread) == 1 else "were"
            said.append(f"{counted(len(unread), 'file')} {verb} NOT read: {named}{more}")
        for one in self.inputs:
            reason, most = max(one.reasons.items(), key=lambda entry: entry[1], default=("", 0))
            if most > LOUD_SHARE * one.rows:
                said.append(
                    f"{one.quarantined:,} of {counted(one.rows, 'row')} of {one.file} "
                    f"{'was' if one.quarantined == 1 else 'were'} refused, "
                    f"{'all' if most == one.quarantined else 'most'} because {reason}"
                )
        if self.accepted + self.duplicates and self.with_outcome == 0:
            said.append(NO_OUTCOME)
        return said

    def as_text(self) -> str:
        """The report as lines of plain text, what nobody may overlook first."""
        lines = [f"WARNING: {warning}" for warning in self.warnings()]
        lines.append("rows read | accepted | duplicates | quarantined | file")
        lines += [
            f"{one.rows:>9,} | {one.accepted:>8,} | {one.duplicates:>10,} | {one.quarantined:>11,}"
            f" | {one.file}"
            for one in self.inputs
        ]
        for one in self.inputs:
            lines += [
                f"{one.file}: the column {name!r} looks like {says} and was not read"
                for name, says in one.left_out.items()
            ]
        lines += [f"not read: {one.file}: {one.reason}" for one in self.not_read]
        lines += [f"{note}: {count:,}" for note, count in sorted(self.notes.items())]
        lines += [f"{counted(count, 'row')} quarantined: {reason}" for reason, count in self.reasons.items()]
        if self.unlisted_codes:
            codes = ", ".join(f"{code} ({count:,})" for code, count in list(self.unlisted_codes.items())[:20])
            lines.append(f"disposal codes that the mapping does not list, taken as its default: {codes}")
        if not self.changed:
            why = "The workspace already held all of this" if self.rows else "There were no rows"
            but = f" but that it is now held until {self.held_until}" if self.held_until else ""
            lines.append(f"{why}; nothing was changed{but}.")
        return "\n".join(lines) + "\n"
