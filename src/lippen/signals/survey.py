"""What the files of a folder hold that one mapping is to read: codes, kinds and places, file by file.

One file leads: its columns are looked at closely (`Glance`). Of every other file that has them, the first
rows are counted too, so that the proposal knows the codes of all. What was not looked at is named.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from lippen.signals.coordinates import read_degrees
from lippen.signals.glance import Glance
from lippen.signals.guessing import guess_format
from lippen.signals.kinds import Kind
from lippen.signals.listing import Found, list_folder, refuse_workspace
from lippen.signals.mapping import FileRules
from lippen.signals.reading import open_file
from lippen.signals.report import ImportRefused, NotRead
from lippen.signals.rows import FileRefused, RowBatch, Source, join_columns
from lippen.signals.times import FINE, TimeFormat, read_times
from lippen.signals.zones import zone_table
from lippen.wording import counted

FIRST_ROWS = 1_000_000
"""How many rows of each file are counted."""
MOST_FILES = 40
"""How many files of a folder are looked at, the largest first."""
CELL = 100
"""Places are counted in cells of a hundredth of a degree."""


def find_files(path: Path) -> tuple[list[Found], list[NotRead]]:
    """The files to look at, the largest first, and those that are not looked at with why.

    Raises ImportRefused when there is nothing that can be read.
    """
    if not path.exists():
        raise ImportRefused("there is no such file or folder", file=path, remedy="Check the path.")
    refuse_workspace(path)
    found, left = list_folder(path)
    if not found:
        reasons = "; ".join(f"{one.file}: {one.reason}" for one in left[:5])
        raise ImportRefused(f"there is nothing to read here ({reasons or 'it is empty'})", file=path)
    found.sort(key=lambda one: (-one.size, one.name))
    left += [
        NotRead(one.name, f"only the {MOST_FILES} largest files are looked at") for one in found[MOST_FILES:]
    ]
    return found[:MOST_FILES], left


class Survey:
    """`lead` is the file that was looked at closely, `files` all that have its columns.

    `looked_at` says of each file how much of it was counted, `left` what was not looked at and why.
    `counts` holds how often each value of the columns of kinds and disposal codes occurs, `cells` how many
    rows lie in each cell (south, west in hundredths of a degree), `rows` how many were counted. `formats` are
    the ways in which times are written. `problems` are plain sentences. Raises ImportRefused when no file can
    be read.
    """

    def __init__(self, path: Path, kind: Kind) -> None:
        self.kind = kind
        found, self.left = find_files(path)
        self.problems: list[str] = []
        self.lead = self._lead(found)
        self.formats = list(self.lead.formats)
        self.counts: dict[str, Counter[str]] = {}
        self.cells: Counter[tuple[int, int]] = Counter()
        self.rows = 0
        self.looked_at: list[str] = []
        self.files: list[Found] = []
        # A delimiter or a sheet in the mapping would hold for every file; each is found out by itself.
        self.file_rules = self.lead.file_rules if len(found) == 1 else {}
        self.rules = FileRules(delimiter=self.file_rules.get("delimiter"), sheet=self.file_rules.get("sheet"))
        for file in sorted(found, key=lambda one: one.name):
            try:
                self._count(file)
            except (FileRefused, OSError) as error:
                self._leave(file, str(error))

    def _lead(self, found: list[Found]) -> Glance:
        """The largest file that has what the kind must have, else the largest that can be read."""
        best, first = None, None
        for file in list(found):
            try:
                glance = Glance(file, self.kind)
            except (FileRefused, OSError) as error:
                first = first or ImportRefused(f"it cannot be read: {error}", file=file.name)
                self._leave(file, str(error))
                found.remove(file)
                continue
            best = best or glance
            if not glance.lacking():
                return glance
        if best is None:
            assert first is not None  # noqa: S101 - there is at least one file, and it failed
            raise first
        return best

    def _leave(self, file: Found, reason: str) -> None:
        self.left.append(NotRead(file.name, reason))
        self.problems.append(f"{file.name} would NOT be read: {reason}")

    def _count(self, file: Found) -> None:
        if file.name != self.lead.file.name:
            self._agree_on_times(next(iter(open_file(file, self.lead.wanted(), self.rules).sources)))
        names = [
            self.lead.chosen[name] for name in ("kind", "disposal", "lat", "lon") if name in self.lead.chosen
        ] or list(self.lead.wanted()[:1])
        whole, rows = True, 0
        for source in open_file(file, tuple(names), self.rules).sources if names else ():
            for work in source.work:
                if rows >= FIRST_ROWS:
                    whole = False
                    break
                batch = work()
                rows += batch.rows
                self._add(batch)
        self.files.append(file)
        self.rows += rows
        self.looked_at.append(f"{file.name}: {'' if whole else 'the first '}{counted(rows, 'row')}")

    def _add(self, batch: RowBatch) -> None:
        for ours in ("kind", "disposal"):
            name = self.lead.chosen.get(ours)
            if name is not None:
                values = pc.value_counts(pc.utf8_trim_whitespace(batch.columns[name])).to_pylist()
                self.counts.setdefault(name, Counter()).update(
                    {entry["values"]: entry["counts"] for entry in values}
                )
        if self.lead.point is None:
            return
        lat, lon = (
            read_degrees(batch.columns[self.lead.chosen[name]], decimal_comma=True)[0]
            for name in ("lat", "lon")
        )
        given = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ((lat != 0) | (lon != 0))
        cells = np.floor(np.stack([lat[given], lon[given]]) * CELL).astype(np.int64)
        found, times = np.unique(cells, axis=1, return_counts=True)
        for south, west, count in zip(*found.tolist(), times.tolist(), strict=True):
            self.cells[south, west] += count

    def _agree_on_times(self, source: Source) -> None:
        """Take up how this file writes its times, where the formats so far do not read most of them."""
        work = next(source.work, None)
        if work is None or self.lead.reported is None:
            return
        batch = work()
        values = join_columns(
            [pc.utf8_trim_whitespace(batch.columns[name]) for name in self.lead.reported.columns], " "
        )
        known = tuple(TimeFormat(form) for form in self.formats)
        read = read_times(values, known, zone_table("Etc/UTC")).problem == FINE
        if len(read) and read.mean() < 0.5 and not source.typed:
            guess = guess_format(values)
            self.formats += [form for form in guess.formats if form not in self.formats]
            if guess.doubt:
                self.problems.append(f"{source.name}: {guess.doubt}; {guess.formats[0]!r} is a guess")
