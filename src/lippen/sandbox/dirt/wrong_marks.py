"""Records that are cut or marked wrongly, texts that only look dangerous, and rows that come again."""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np

from lippen.sandbox.dirt.row import Dirty, Row, one_of, telephone

_LONGEST_PLANTED = 4 << 20


def too_few(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A row that ends too early."""
    if row.lines > 1 or len(row.cells) < 3:
        return None
    return Dirty(row.written(row.cells[: int(rng.integers(1, len(row.cells)))]))


def too_many(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A row that goes on after its last cell."""
    if row.lines > 1:
        return None
    return Dirty(row.written([*row.cells, *["over"] * int(rng.integers(1, 4))]))


def zero_byte(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A zero byte within a cell."""
    at = one_of([at for at in range(len(row.cells)) if row.bare(at)], rng)
    if row.lines > 1 or at is None:
        return None
    cells = [*row.cells]
    cells[at] = f"{cells[at][0]}\0{cells[at][1:]}"
    return Dirty(row.written(cells))


def stray_mark(row: Row, rng: np.random.Generator) -> Dirty | None:
    """Two cells within one pair of marks, as a mark that slipped past a separator makes them."""
    pairs = [at for at, after in pairwise(range(len(row.cells))) if row.bare(at) and row.bare(after)]
    at = one_of(pairs, rng)
    if row.lines > 1 or at is None:
        return None
    both = row.layout.delimiter.join(row.cells[at : at + 2])
    return Dirty(row.written([*row.cells[:at], both, *row.cells[at + 2 :]]))


def never_closed(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A mark that opens a cell and never closes it, where the next row shows that it cannot be meant."""
    if row.lines > 1 or row.following.count("\n") != 1 or '"' not in row.following:
        return None
    for at in rng.permutation([at for at in range(len(row.cells)) if row.bare(at)]).tolist():
        parts = [row.layout.write([cell], "") for cell in row.cells]
        parts[at] = '"' + row.cells[at]
        line = row.layout.delimiter.join(parts) + row.end
        reader = csv.reader([line, row.following, "after\n"], delimiter=row.layout.delimiter)
        taken_for = next(reader)
        if next(reader, None) == ["after"] and not _may_be_meant(taken_for, len(row.layout.header)):
            return Dirty(line.encode())
    return None


def _may_be_meant(cells: list[str], width: int) -> bool:
    return len(cells) >= width and not any(cells[width:])


def beyond_belief(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A line that is longer than the mapping believes."""
    longest = row.layout.mapping.file.longest_line
    field = one_of(row.filled("text") or row.filled("code"), rng)
    if row.lines > 1 or field is None or longest > _LONGEST_PLANTED:
        return None
    dirty = row.instead(field, "and on and on " * (longest // 14 + 1))
    return Dirty(dirty.written)


def line_break(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A text of two lines, with quotation marks in it."""
    field = one_of(row.filled("text"), rng)
    return row.instead(field, row.cell(field) + '\nand, on a line of its own, "no more"') if field else None


def formula(row: Row, rng: np.random.Generator) -> Dirty | None:
    """What a spreadsheet would run."""
    field = one_of(row.filled("text"), rng)
    return row.instead(field, "=cmd|' /C calc'!A0") if field else None


def other_bytes(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A line written in Windows-1252."""
    field = one_of(row.filled("text"), rng)
    encoding = row.layout.mapping.file.encoding
    if field is None or row.lines > 1 or (encoding or "utf-8").lower() not in ("utf-8", "utf8"):
        return None
    dirty = row.instead(field, row.cell(field) + ", £5, by the café")
    try:
        return Dirty(dirty.written.decode().encode("cp1252"), field.header)
    except UnicodeEncodeError:
        return None  # another of its cells holds a sign that Windows-1252 has not


def telephone_in_text(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A caller's number, typed into a text."""
    field = one_of(row.filled("text"), rng)
    return row.instead(field, f"{row.cell(field)} (ring back on {telephone(rng)})") if field else None


def blanks(row: Row, rng: np.random.Generator) -> Dirty | None:
    """Blanks before and after what a cell holds."""
    fields = [field for field in row.layout.fields if field.column.reads != "personal" and row.cell(field)]
    field = one_of(fields, rng)
    return row.instead(field, f" {row.cells[field.at]}   ") if field else None


def blank_line(row: Row, _: np.random.Generator) -> Dirty | None:
    """A blank line between two rows."""
    return Dirty((row.end + row.text).encode(), before=1)


def twice(row: Row, _: np.random.Generator) -> Dirty | None:
    """The same row again."""
    return Dirty((row.text + row.text).encode(), before=row.lines)


def same_id(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A second row of the id that says less, so that the first is the one to keep."""
    kind = row.layout.kind
    named = row.layout.named(kind.id)
    if named is None or not row.cell(named):
        return None
    optional = [
        field
        for field in row.filled("code", "text", "decimal", "whole", "yes_no", "day", "disposal", "area")
        if not field.column.required and field.column.name not in (kind.when, kind.later_by)
    ]
    field = one_of(optional, rng)
    if field is None:
        return None
    return Dirty(row.text.encode() + row.instead(field, "").written, named.header, before=row.lines)
