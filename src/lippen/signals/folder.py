"""Importing a folder: every file read, checked, settled and committed in one step, or nothing at all."""

from __future__ import annotations

import errno
import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import settling
from lippen.signals.accept import Accepted, IdentityFound, accept, staged_schema
from lippen.signals.csv_rows import open_csv
from lippen.signals.identity import identity_by_name
from lippen.signals.kinds import QUARANTINE_SCHEMA
from lippen.signals.listing import Found, list_folder
from lippen.signals.mapping import Mapping
from lippen.signals.places import gazetteer
from lippen.signals.report import FileCount, ImportRefused, ImportReport, NotRead
from lippen.signals.rows import FileRefused, Source, Work
from lippen.signals.sheet_rows import open_sheets
from lippen.signals.table_rows import open_json_lines, open_parquet
from lippen.signals.unpacking import Unpacking
from lippen.workspace import StagedImport, Workspace

_AT_ONCE = 2
_WAITING = 3
_FEW_VALUES = ["file", "outcome", "kind", "area", "larger_area", "priority", "disposal", "reason", "column"]
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


class _Stage(Protocol):
    def advance(self, rows: int = 1) -> None: ...


@dataclass
class _Staged:
    """One source as it was read: what to count, and where its accepted and refused rows lie."""

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


def import_folder(folder: str | Path, mapping: Mapping, workspace: Workspace, stages: Stages) -> ImportReport:
    """Import every file of a folder (or one file) into the workspace.

    Each row is accepted, counted as a duplicate, or quarantined with its reason; the counts are checked before
    anything is committed. Importing the same again changes nothing, and neither does the order of rows or
    files. A file that is no export is listed as not read.

    Raises ImportRefused (the workspace is then as it was) when a mapped column looks like identity, nothing
    could be read, a file fails half-way, the disk is full, or the counts do not add up.
    """
    folder = Path(folder)
    _refuse_identity_by_name(mapping)
    if not folder.exists():
        raise ImportRefused("there is no such folder or file", file=folder, remedy="Check the path.")
    found, not_read = list_folder(folder)
    with _plain_errors(folder), workspace.stage_import(mapping.kind.name) as stage:
        read = _read_all(found, not_read, mapping, stage.directory, stages)
        if not read:
            raise ImportRefused(
                _nothing_read(not_read), file=folder, remedy="Run `lippen inspect` on one of the files."
            )
        workspace.set_zone(mapping.zone)
        with stages.stage("settle", total=sum(one.rows for one in read)) as progress:
            return _settle(read, tuple(not_read), mapping, workspace, stage, progress)


def _nothing_read(not_read: list[NotRead]) -> str:
    reasons = "; ".join(f"{one.file}: {one.reason}" for one in not_read[:5])
    return f"nothing could be read here ({reasons})" if reasons else "there is no file here"


def _refuse_identity_by_name(mapping: Mapping) -> None:
    for name, columns in mapping.columns.items():
        for column in columns:
            says = identity_by_name(column)
            if says is not None and column not in mapping.allow:
                raise ImportRefused(
                    f"`columns.{name}` reads {column!r}, which by its name identifies {says}; Lippen takes no such thing",
                    file=mapping.path,
                    remedy=f'Take it out of [columns]. If it is something else, say why under [allow]: {json.dumps(column)} = "...".',
                )


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk and the engine throw into one sentence; what was staged is deleted either way."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full(folder) from error
        raise ImportRefused(
            f"reading or writing failed ({error.strerror or error}); nothing was imported",
            file=error.filename or folder,
            remedy="See that the file is still there and can be read, then import again.",
        ) from error
    except duckdb.Error as error:
        if any(
            sign in str(error).lower()
            for sign in ("no space", "file too large", "disk full", "could not write")
        ):
            raise _disk_full(folder) from error
        raise


def _disk_full(folder: Path) -> ImportRefused:
    return ImportRefused(
        "the disk of the workspace is full; nothing was imported",
        file=folder,
        remedy="Make room, or choose a workspace on another disk. An import needs about the size of the unpacked files.",
    )


# -- reading -------------------------------------------------------------------------------------------------


def _read_all(
    found: list[Found], not_read: list[NotRead], mapping: Mapping, directory: Path, stages: Stages
) -> list[_Staged]:
    read: list[_Staged] = []
    expected = 0
    with stages.stage("read", total=None) as progress, ThreadPoolExecutor(_AT_ONCE) as pool:
        for file in found:
            try:
                sources, unpacking = _open(file, mapping)
                expected += sum(source.about_rows or 0 for source in sources)
                if len(found) == 1 and expected:
                    progress.expect(expected)
                staged = [
                    _read(source, mapping, directory, len(read) + at, pool, progress)
                    for at, source in enumerate(sources)
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
                    remedy=f"Take it out of [columns]. If it is something else, say why under [allow]: "
                    f'{json.dumps(error.column)} = "...".',
                ) from error
            digest = unpacking.digest if unpacking else _digest(file.path)
            for one in staged:
                one.digest = digest
            read += staged
    not_read.sort(key=lambda entry: entry.file)
    return read


def _open(file: Found, mapping: Mapping) -> tuple[list[Source], Unpacking | None]:
    wanted = mapping.wanted()
    if file.reader == "sheet":
        return open_sheets(file.path, file.name, wanted, mapping.file), None
    if file.reader == "parquet":
        return [open_parquet(file.path, file.name, wanted)], None
    opener = open_json_lines if file.reader == "json" else open_csv
    source, unpacking = opener(file.path, file.name, wanted, mapping.file)
    return [source], unpacking


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(
    source: Source, mapping: Mapping, directory: Path, number: int, pool: ThreadPoolExecutor, progress: _Stage
) -> _Staged:
    """Read one source into files of its own, so that they can be dropped whole if it fails half-way."""
    staged = _Staged(source.name, directory / f"accepted-{number}.parquet")
    wanted = set(mapping.wanted())
    for name in source.header:
        says = identity_by_name(name)
        if says is not None and name not in wanted:
            staged.left_out[name] = says

    def run(work: Work) -> tuple[int, Accepted]:
        batch = work()
        return batch.rows, accept(batch, mapping, source.name, typed=source.typed)

    accepted = _Writer(staged.accepted_file, staged_schema(mapping))
    refused = _Writer(directory / f"refused-{number}.parquet", QUARANTINE_SCHEMA)
    try:
        with accepted, refused:
            for rows, outcome in _in_order(source.work, run, pool):
                if outcome.incidents.num_rows + outcome.quarantine.num_rows != rows:
                    raise ImportRefused(
                        f"{rows} rows were read but not all of them accounted for", file=source.name
                    )
                accepted.write(outcome.incidents)
                refused.write(outcome.quarantine)
                staged.rows += rows
                staged.quarantined += outcome.quarantine.num_rows
                staged.reasons.update(outcome.quarantine["reason"].to_pylist())
                staged.notes += outcome.notes
                staged.codes += outcome.unlisted_codes
                progress.advance(rows)
    except FileRefused:
        accepted.path.unlink(missing_ok=True)
        refused.path.unlink(missing_ok=True)
        raise
    staged.refused_file = refused.path if refused.rows else None
    return staged


def _in_order(work: Iterator[Work], run: Any, pool: ThreadPoolExecutor) -> Iterator[tuple[int, Accepted]]:
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
    """A Parquet file that grows by stretches; a reader of it later needs no more than one of them."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.rows = 0
        self._writer = pq.ParquetWriter(path, schema, compression="none", use_dictionary=_FEW_VALUES)

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            self._writer.write_table(table)
            self.rows += table.num_rows

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()


# -- settling ------------------------------------------------------------------------------------------------


def _settle(
    read: list[_Staged],
    not_read: tuple[NotRead, ...],
    mapping: Mapping,
    workspace: Workspace,
    stage: StagedImport,
    progress: _Stage,
) -> ImportReport:
    engine, kind = workspace.engine, mapping.kind
    notes: Counter[str] = sum((one.notes for one in read), Counter())
    staged = settling.with_ids(engine.read([one.accepted_file for one in read]))
    held = workspace.signals(kind.name) if any(one.kind == kind.name for one in workspace.imports()) else None
    duplicates, conflicts, judged = _judge(staged, held, mapping, engine, stage.directory)
    fresh = staged if judged is None else settling.without(staged, judged)
    places = _places(fresh, mapping, engine)
    rows = fresh if places is None else settling.filled_in(fresh, engine.table(places))
    signals = stage.directory / "signals.parquet"
    engine.write(settling.as_signals(rows, kind), signals, ["area", "reported_at", "incident_id"])
    accepted = pq.read_metadata(signals).num_rows
    if places is not None:
        placed = engine.read(signals).aggregate(rows=lambda table: table.placed.count())
        notes["rows without coordinates, placed by other rows that name the same place or street"] = int(
            engine.collect(placed)["rows"][0].as_py()
        )
    progress.advance(sum(one.rows for one in read))
    mapping_digest = _mapping_digest(mapping)
    inputs = tuple(
        FileCount(
            file=one.name,
            rows=one.rows,
            accepted=one.rows - one.quarantined - conflicts[one.name] - duplicates[one.name],
            duplicates=duplicates[one.name],
            quarantined=one.quarantined + conflicts[one.name],
            digest=one.digest,
            left_out=one.left_out,
        )
        for one in read
    )
    if sum(one.accepted for one in inputs) != accepted or not all(one.adds_up() for one in inputs):
        raise ImportRefused(
            "the counts of accepted, duplicate and quarantined rows do not add up; nothing was imported"
        )
    quarantine = _write_quarantine(read, judged, mapping, mapping_digest, workspace, stage.directory)
    import_id = (
        "imp-"
        + hashlib.sha256(
            json.dumps([mapping_digest, sorted((one.file, one.digest) for one in inputs)]).encode()
        ).hexdigest()[:20]
    )
    reasons: Counter[str] = sum((one.reasons for one in read), Counter())
    if conflicts:
        reasons["another row has the same id with other content"] += sum(conflicts.values())
    changed = False
    if accepted or quarantine:
        changed = stage.commit(
            import_id,
            accepted=[signals] if accepted else [],
            quarantine=[quarantine] if quarantine else [],
            inputs=[
                {
                    "file": one.file,
                    "rows": one.rows,
                    "accepted": one.accepted,
                    "duplicates": one.duplicates,
                    "quarantined": one.quarantined,
                    "digest": one.digest,
                    "mapping": mapping_digest,
                }
                for one in inputs
            ],
        )
    return ImportReport(
        import_id=import_id,
        changed=changed,
        inputs=inputs,
        not_read=not_read,
        notes=dict(notes),
        unlisted_codes=dict(sum((one.codes for one in read), Counter[str]()).most_common()),
        reasons=dict(reasons.most_common()),
    )


def _judge(
    staged: ibis.Table, held: ibis.Table | None, mapping: Mapping, engine: Engine, directory: Path
) -> tuple[Counter[str], Counter[str], ibis.Table | None]:
    """Duplicates and conflicts for each file, and the verdicts; None when every id is new and occurs once."""
    repeated = settling.repeated_ids(staged, held)
    if not engine.collect(repeated.aggregate(ids=lambda table: table.count()))["ids"][0].as_py():
        return Counter(), Counter(), None
    path = directory / "verdicts.parquet"
    judged = settling.verdicts(
        staged, held, repeated, mapping.kind, cells_are_made="area" not in mapping.columns
    )
    engine.write(judged, path, ["file", "line"])
    judged = engine.read(path)
    counted = engine.collect(
        judged.group_by("file", "same").aggregate(rows=lambda table: table.count())
    ).to_pylist()
    duplicates = Counter({one["file"]: one["rows"] for one in counted if one["same"]})
    conflicts = Counter({one["file"]: one["rows"] for one in counted if not one["same"]})
    return duplicates, conflicts, judged


def _places(rows: ibis.Table, mapping: Mapping, engine: Engine) -> pa.Table | None:
    if not (mapping.fill_places and "lat" in mapping.columns and "place" in mapping.columns):
        return None
    unknown = engine.collect(settling.places_without_point(rows))
    if not unknown.num_rows:
        return None
    return gazetteer(engine.collect(settling.points_of_places(rows)), unknown, mapping.grid_km)


def _write_quarantine(
    read: list[_Staged],
    judged: ibis.Table | None,
    mapping: Mapping,
    mapping_digest: str,
    workspace: Workspace,
    directory: Path,
) -> Path | None:
    """The quarantine of this import as one file; what an earlier import of the same file wrote is not repeated."""
    known = {
        (entry.get("file"), entry.get("digest"), entry.get("mapping"))
        for one in workspace.imports()
        for entry in one.inputs
    }
    fresh = [one for one in read if (one.name, one.digest, mapping_digest) not in known]
    files = [one.refused_file for one in fresh if one.refused_file]
    parts = [workspace.engine.read(files)] if files else []
    if judged is not None and fresh:
        named = " + ".join(mapping.columns.get("incident_id", ("the row's content",)))
        clashes = settling.conflict_reasons(judged, named)
        parts.append(clashes.filter(clashes.file.isin([one.name for one in fresh])))
    if not parts:
        return None
    path = directory / "quarantine.parquet"
    together = parts[0] if len(parts) == 1 else parts[0].union(parts[1])
    workspace.engine.write(together, path, ["file", "line"])
    return path if pq.read_metadata(path).num_rows else None


def _mapping_digest(mapping: Mapping) -> str:
    """The same for mappings that mean the same, whatever file they came from."""
    meant = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in vars(mapping).items()
        if name not in ("path", "source", "kind")
    }
    text = json.dumps(meant, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
