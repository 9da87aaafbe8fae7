"""Reading a folder: each source in stretches, checked on the way, into staged files of its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lippen.progress import Stage, Stages
from lippen.signals.accept import Accepted, IdentityFound, accept, staged_schema
from lippen.signals.csv_rows import open_csv
from lippen.signals.identity import identity_by_name
from lippen.signals.json_rows import open_json_lines
from lippen.signals.kinds import QUARANTINE_SCHEMA
from lippen.signals.listing import Found
from lippen.signals.mapping import FileRules, Mapping
from lippen.signals.parquet_rows import open_parquet
from lippen.signals.report import ImportRefused, NotRead
from lippen.signals.rows import FileRefused, Source, Work
from lippen.signals.sheet_rows import open_sheets
from lippen.signals.stretch import Hashed
from lippen.signals.unpacking import Unpacking
from lippen.wording import counted

_AT_ONCE = 2
_WAITING = 3
_FEW_REFUSED = ["file", "column", "reason"]


@dataclass
class Staged:
    """One source as it was read: what to count, and where its accepted and refused rows lie.

    `refused_file` is None when nothing was refused. `notes`, `codes`, `reasons` and
    `with_outcome` count as in ImportReport.
    """

    name: str
    accepted_file: Path
    rows: int = 0
    quarantined: int = 0
    digest: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    refused_file: Path | None = None
    notes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    with_outcome: int = 0


def read_files(
    found: list[Found], mapping: Mapping, directory: Path, stages: Stages, hashed: Hashed | None = None
) -> tuple[list[Staged], list[NotRead]]:
    """Read files into `directory`, and say of those that cannot be read why not. `hashed` as in `accept`.

    Raises ImportRefused when a mapped column is full of what identifies people, OSError when the disk fails.
    """
    read: list[Staged] = []
    not_read: list[NotRead] = []
    with stages.stage("read", total=None) as progress, ThreadPoolExecutor(_AT_ONCE) as pool:
        for file in found:
            try:
                opened = open_file(file, mapping.wanted(), mapping.file)
                expected = sum(source.about_rows or 0 for source in opened.sources)
                if len(found) == 1 and expected:
                    progress.expect(expected)
                staged = [
                    _read(source, mapping, directory, len(read) + at, pool, progress, hashed)
                    for at, source in enumerate(opened.sources)
                ]
            except FileRefused as error:
                not_read.append(NotRead(file.name, str(error)))
                continue
            except FileNotFoundError:
                not_read.append(NotRead(file.name, "it vanished before it could be read"))
                continue
            except IdentityFound as error:
                raise ImportRefused(
                    f"the column {error.column!r} is full of {error.holds}; Lippen takes no such thing",
                    file=file.name,
                    remedy=how_to_allow(error.column),
                ) from error
            digest = opened.unpacking.digest if opened.unpacking else _digest(file.path)
            for one in staged:
                one.digest = digest
            read += staged
            not_read += [NotRead(sheet, reason, export=False) for sheet, reason in opened.without.items()]
    return read, not_read


def how_to_allow(column: str) -> str:
    """What to do about a column that was taken for identity."""
    allow = f'{json.dumps(column, ensure_ascii=False)} = "..."'
    return f"Take it out of [columns]. If it is something else, say why under [allow]: {allow}."


@dataclass(frozen=True)
class Opened:
    """What one file holds: its sources, what unpacks it (text only), and the sheets without the columns."""

    sources: list[Source]
    unpacking: Unpacking | None = None
    without: dict[str, str] = field(default_factory=dict)


def open_file(file: Found, wanted: tuple[str, ...], rules: FileRules) -> Opened:
    """A file ready to read with the reader that suits it; raises FileRefused when it has not the columns."""
    if file.reader == "sheet":
        sources, without = open_sheets(file.path, file.name, wanted, rules)
        return Opened(sources, without=without)
    if file.reader == "parquet":
        return Opened([open_parquet(file.path, file.name, wanted)])
    opener = open_json_lines if file.reader == "json" else open_csv
    source, unpacking = opener(file.path, file.name, wanted, rules)
    return Opened([source], unpacking)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(
    source: Source,
    mapping: Mapping,
    directory: Path,
    number: int,
    pool: ThreadPoolExecutor,
    progress: Stage,
    hashed: Hashed | None,
) -> Staged:
    """Read one source into files of its own, so that they can be dropped whole if it fails half-way."""
    staged = Staged(source.name, directory / f"accepted-{number}.parquet")
    wanted = set(mapping.wanted())
    for name in source.header:
        says = identity_by_name(name)
        if says is not None and name not in wanted:
            staged.left_out[name] = says

    def run(work: Work) -> tuple[int, Accepted]:
        batch = work()
        return batch.rows, accept(batch, mapping, source.name, typed=source.typed, hashed=hashed)

    few = ["file", "outcome", *mapping.kind.reading("code", "area", "cell", "disposal")]
    accepted = _Writer(staged.accepted_file, staged_schema(mapping), few)
    refused = _Writer(directory / f"refused-{number}.parquet", QUARANTINE_SCHEMA, _FEW_REFUSED)
    try:
        with accepted, refused:
            for rows, outcome in _in_order(source.work, run, pool):
                if outcome.taken.num_rows + outcome.quarantine.num_rows != rows:
                    raise ImportRefused(
                        f"{counted(rows, 'row')} read, but not all accounted for", file=source.name
                    )
                accepted.write(outcome.taken)
                refused.write(outcome.quarantine)
                staged.rows += rows
                staged.quarantined += outcome.quarantine.num_rows
                staged.reasons.update(outcome.quarantine["reason"].to_pylist())
                staged.notes += outcome.notes
                staged.codes += outcome.unlisted_codes
                if mapping.kind.has("outcome"):
                    known = pc.sum(pc.not_equal(outcome.taken["outcome"], "unknown")).as_py()
                    staged.with_outcome += known or 0
                progress.advance(rows)
    except FileRefused:
        accepted.path.unlink(missing_ok=True)
        refused.path.unlink(missing_ok=True)
        raise
    staged.refused_file = refused.path if refused.rows else None
    return staged


def _in_order(
    work: Iterator[Work], run: Callable[[Work], tuple[int, Accepted]], pool: ThreadPoolExecutor
) -> Iterator[tuple[int, Accepted]]:
    """Outcomes in the order of the file, a few stretches at once; no more than that is held in memory."""
    waiting: deque[Future[tuple[int, Accepted]]] = deque()
    try:
        for item in work:
            waiting.append(pool.submit(run, item))
            if len(waiting) >= _WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for late in waiting:
            late.cancel()


class _Writer:
    """A Parquet file that grows by stretches; a reader of it later needs no more than one of them.

    `few` names the columns of few different values.
    """

    def __init__(self, path: Path, schema: pa.Schema, few: list[str]) -> None:
        self.path = path
        self.rows = 0
        self._writer = pq.ParquetWriter(path, schema, compression="none", use_dictionary=few)

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            self._writer.write_table(table)
            self.rows += table.num_rows

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
