"""The reader of refused rows: of one import, by reason, page by page, as the quarantine of the lake holds
them.

What was put right and is on its way in, or in, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow.parquet as pq
from django.conf import settings

from lippen.site.accounts.acting import Acting
from lippen.site.insight.column_choices import choices_of, mappable, title_of_column
from lippen.site.insight.corrections import PUTTING_RIGHT, settled
from lippen.site.insight.imports_forms import way_of_writing
from lippen.site.insight.imports_services import ImportUnknown, own_job
from lippen.site.insight.lake import lake
from lippen.site.insight.models import ImportJob
from lippen.site.insight.refused_forms import Heading
from lippen.site.insight.said import for_mappings, for_page
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

ROWS_A_PAGE: Final = 20
MOST_REASONS: Final = 40
_ROWS_AT_ONCE: Final = 1_000

_ANEW: Final = "Put it right here; where many rows say it, take the import back and choose its columns anew."

_REASON: Final = "md5(regexp_replace(reason, '(export-\\S+, )?line [0-9]+', 'another line', 'g'))"
"""Reasons that differ in nothing but the line that they name are one reason."""

_LEAVING: Final = 'file, line, "column", left(value, 1000) AS value, reason, NULL AS "row"'
"""What a file takes of a refused row. Its cells stay here: they can be of any size, and hold all it said."""

_OPEN: Final = "NOT list_contains($settled::VARCHAR[], file || ':' || line)"


@dataclass(frozen=True)
class Reason:
    """Why rows were refused: a key for addresses, the words of the first, the column, and how many rows."""

    key: str
    words: str
    column: str
    rows: int


@dataclass(frozen=True)
class RefusedRow:
    """One refused row. `cells` are those of the mapped columns by the export's headings, None where it could
    not be cut into cells or where somebody has to put it right at the source.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    cells: dict[str, str] | None

    @property
    def key(self) -> str:
        """What names the row within its import."""
        return f"{self.line}:{self.file}"


@dataclass(frozen=True)
class RefusedRows:
    """A part of an import's refused rows: `rows` of `total` from place `begins` (counted from 0)."""

    rows: tuple[RefusedRow, ...]
    total: int
    begins: int


def reasons(acting: Acting, ref: str) -> list[Reason]:
    """Why rows of this import were refused, the commonest first. Raises ImportUnknown.

    It says nothing of any row, so it is entered with the rows that stand below it.
    """
    job, source = _source(acting, ref)
    told = _ask(
        f'SELECT {_REASON} AS key, min(reason) AS words, min("column") AS name, count(*) AS rows'  # noqa: S608 - no value
        f" FROM {source.table} WHERE {_OPEN} GROUP BY key ORDER BY rows DESC, words LIMIT {MOST_REASONS}",
        source.values,
    )
    return [Reason(one["key"], _sentence(one["words"], job), one["name"] or "", one["rows"]) for one in told]


def rows(acting: Acting, ref: str, reason: str = "", page: int = 1) -> RefusedRows:
    """A page of refused rows in the order of the file, entered before they are shown.

    `reason` is the key of one, or "" for all. Raises ImportUnknown, RegisterUnavailable.
    """
    job, source = _source(acting, ref)
    where = f"{_OPEN} AND ($reason = '' OR {_REASON} = $reason)"
    values = {**source.values, "reason": reason}
    (total,) = _ask(f"SELECT count(*) AS rows FROM {source.table} WHERE {where}", values)  # noqa: S608 - no value
    begins = min(max(0, page - 1), max(0, total["rows"] - 1) // ROWS_A_PAGE) * ROWS_A_PAGE
    told = _ask(
        f"SELECT * FROM {source.table} WHERE {where} ORDER BY file, line LIMIT $most OFFSET $begins",  # noqa: S608
        {**values, "most": ROWS_A_PAGE, "begins": begins},
    )
    _enter(acting, job)
    return RefusedRows(tuple(_row(one, job) for one in told), total["rows"], begins)


def chosen(acting: Acting, ref: str, keys: list[str]) -> list[RefusedRow]:
    """The refused rows of these keys that can be put right here, entered before they are shown."""
    job, source = _source(acting, ref)
    told = _ask(
        f'SELECT * FROM {source.table} WHERE {_OPEN} AND "row" IS NOT NULL'  # noqa: S608 - no value
        " AND list_contains($keys::VARCHAR[], line || ':' || file) ORDER BY file, line LIMIT $most",
        {**source.values, "keys": keys, "most": ROWS_A_PAGE},
    )
    _enter(acting, job)
    return [_row(one, job) for one in told]


def headings(acting: Acting, ref: str) -> dict[str, Heading]:
    """What each column of this import's export is that was read. Raises ImportUnknown."""
    job = own_job(acting, ref)
    choices = choices_of(job.mapping)
    return {
        name: Heading(
            title_of_column(column, job.kind),
            must=column.required and column.reads != "id",
            text=column.reads == "text",
            written=way_of_writing(choices.formats) if column.reads == "time" else "",
        )
        for column in mappable(job.kind)
        for name in choices.columns.get(column.name, ())
    }


def called_in_export(acting: Acting, ref: str, columns: Iterable[str]) -> frozenset[str]:
    """What this import's export calls these columns of an incident. Raises ImportUnknown."""
    chosen = choices_of(own_job(acting, ref).mapping).columns
    return frozenset(name for column in columns for name in chosen.get(column, ()))


def to_take_out(acting: Acting, ref: str, purpose: str) -> Iterator[RefusedRow]:
    """Every refused row, entered as a whole before the first is given. Raises ImportUnknown,
    RegisterUnavailable.
    """
    job, source = _source(acting, ref)
    enter_reading(
        acting.reader,
        Act.DISCLOSURE,
        "refused rows, taken out as a file",
        [Records(job.kind, (job.ref,))],
        purpose=purpose,
    )
    return _every(job, source)


def _every(job: ImportJob, source: _Source) -> Iterator[RefusedRow]:
    last = ("", -1)
    while True:
        told = _ask(
            f"SELECT {_LEAVING} FROM {source.table} WHERE {_OPEN}"  # noqa: S608 - no value
            " AND (file, line) > ($file, $line) ORDER BY file, line LIMIT $most",
            {**source.values, "file": last[0], "line": last[1], "most": _ROWS_AT_ONCE},
        )
        yield from (_row(one, job) for one in told)
        if len(told) < _ROWS_AT_ONCE:
            return
        last = (told[-1]["file"], told[-1]["line"])


@dataclass(frozen=True)
class _Source:
    """The quarantine of one import as SQL names it, with the values that go with it."""

    table: str
    values: dict[str, Any]


def _source(acting: Acting, ref: str) -> tuple[ImportJob, _Source]:
    job = own_job(acting, ref)
    found = next((one for one in lake().imports() if one.import_id == job.import_id), None)
    if found is None or not job.import_id:
        raise ImportUnknown("this import is not in, so it has no refused rows")
    directory = settings.CONFIGURATION.workspace / "lake"
    files = [str(directory / name) for name in found.quarantine]
    out = [f"{file}:{line}" for file, line in settled(job.ref)]
    if not files:
        none = "(SELECT '' AS file, 0 AS line, '' AS \"column\", '' AS value, '' AS reason, '' AS \"row\") "
        return job, _Source(f"(FROM {none} WHERE false)", {"settled": out})
    columns = 'file, line, "column", value, reason'
    has_cells = "row" in pq.read_schema(files[0]).names  # what an older Lippen wrote has none
    cells = '"row"' if has_cells else 'NULL::VARCHAR AS "row"'
    return job, _Source(
        f"(SELECT {columns}, {cells} FROM read_parquet($files))",  # noqa: S608 - no value
        {"settled": out, "files": files},
    )


def _ask(statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    told = lake().ask(statement, values)
    return told.to_pylist() if told is not None else []


def _row(one: dict[str, Any], job: ImportJob) -> RefusedRow:
    return RefusedRow(
        file=one["file"],
        line=one["line"],
        column=one["column"] or "",
        value=one["value"] or "",
        reason=_sentence(one["reason"], job),
        cells=json.loads(one["row"]) if one["row"] else None,
    )


def _sentence(reason: str, job: ImportJob) -> str:
    """A reason in the words of the page: a remedy in the mapping is one of its columns here."""
    whole = for_page(reason, job)
    more = f" {_ANEW}" if for_mappings(reason) else ""
    return f"{whole[:1].upper()}{whole[1:]}.{more}"


def _enter(acting: Acting, job: ImportJob) -> None:
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "refused rows",
        [Records(job.kind, (job.ref,))],
        purpose=PUTTING_RIGHT,
    )
