"""Committing what was read: duplicates and conflicts settled, places filled in, counts checked, one step."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from lippen.engine import DEFAULT_MEMORY_MIB, Engine
from lippen.progress import Stage
from lippen.signals import settling
from lippen.signals.codes import named_codes
from lippen.signals.kinds import Kind
from lippen.signals.mapping import Mapping
from lippen.signals.places import gazetteer
from lippen.signals.reading import Staged
from lippen.signals.refusing import write_refused_csv
from lippen.signals.report import FileCount, ImportRefused, ImportReport, NotRead
from lippen.workspace import StagedImport, Workspace

_CONFLICT = "another row has the same id with other content"

PART_BYTES = DEFAULT_MEMORY_MIB << 18
"""How much is sorted at once, in bytes as staged: a quarter of what an engine may hold."""


def settle_and_commit(
    read: list[Staged],
    not_read: tuple[NotRead, ...],
    mapping: Mapping,
    workspace: Workspace,
    stage: StagedImport,
    progress: Stage,
    refused_csv: Path | None = None,
) -> ImportReport:
    """Settle the staged sources against each other and the workspace, and make them part of it in one step.

    With `refused_csv`, every refused row of these files is written there too, known to the workspace or not.
    Raises ImportRefused when the counts of a file do not add up: nothing is then committed.
    """
    engine, kind = workspace.engine, mapping.kind
    notes: Counter[str] = sum((one.notes for one in read), Counter())
    staged = settling.with_ids(engine.read([one.accepted_file for one in read]), kind)
    holds_some = any(one.kind == kind.name and one.signals for one in workspace.imports())
    held = workspace.signals(kind.name) if holds_some else None
    duplicates, conflicts, judged = _judge(staged, held, mapping, engine, stage.directory)
    fresh = staged if judged is None else settling.without(staged, judged)
    places = _places(fresh, mapping, engine)
    rows = fresh if places is None else settling.filled_in(fresh, engine.table(places))
    signals = _write_signals(settling.as_signals(rows, kind), kind, read, engine, stage.directory)
    accepted = sum(pq.read_metadata(part).num_rows for part in signals)
    if places is not None and accepted:
        placed = engine.read(signals).aggregate(rows=lambda table: table.placed.count())
        notes["rows without coordinates, placed by other rows that name the same place or street"] = int(
            engine.collect(placed)["rows"][0].as_py()
        )
    progress.advance(sum(one.rows for one in read))
    inputs = _counts(read, duplicates, conflicts, accepted)
    digest = mapping_digest(mapping)
    unknown = _not_known(read, digest, workspace)
    quarantine = _write_quarantine(unknown, judged, mapping, engine, stage.directory / "quarantine.parquet")
    if refused_csv is not None:
        every = _write_quarantine(read, judged, mapping, engine, stage.directory / "refused.parquet")
        write_refused_csv(every, refused_csv)
    import_id = _import_id(inputs, digest)
    if accepted:
        import_id = _free(import_id, workspace)
    months = _months(signals, kind, engine) if kind.contacts == "hashed" and accepted else ""
    changed = False
    if accepted or quarantine:
        workspace.set_zone(mapping.zone)
        changed = stage.commit(
            import_id,
            accepted=signals,
            quarantine=[quarantine] if quarantine else [],
            inputs=[_as_recorded(one, digest, mapping, months) for one in inputs],
        )
    authority, renewed = mapping.authority, False
    if authority is not None and not changed:
        renewed = stage.renew(_import_id(inputs, digest), authority.who, str(authority), authority.expires)
    reasons: Counter[str] = sum((Counter(one.reasons) for one in inputs), Counter())
    return ImportReport(
        import_id=import_id,
        changed=changed,
        held_until=authority.expires if authority is not None and renewed else None,
        inputs=inputs,
        not_read=not_read,
        notes=dict(notes),
        unlisted_codes=named_codes(sum((one.codes for one in read), Counter[str]())),
        reasons=dict(reasons.most_common()),
        with_outcome=sum(one.with_outcome for one in read) if kind.has("outcome") else None,
    )


def _write_signals(
    rows: ibis.Table, kind: Kind, read: list[Staged], engine: Engine, directory: Path
) -> list[Path]:
    """The accepted signals sorted by area and time, in one file, or in one for each stretch of days.

    The engine sorts on disk, but long texts only up to about its memory: what is larger goes in parts.
    """
    staged_rows = sum(one.rows - one.quarantined for one in read)
    staged_bytes = sum(one.accepted_file.stat().st_size for one in read)
    part_rows = max(1, staged_rows * PART_BYTES // max(1, staged_bytes))
    if staged_rows <= part_rows:
        stretches: list[tuple[dt.date, dt.date] | None] = [None]
    else:
        counted = rows.group_by(day=rows[kind.day]).aggregate(rows=lambda table: table.count())
        stretches = [*_stretches_of_days(engine.collect(counted, "day"), part_rows)]
    parts = []
    for at, stretch in enumerate(stretches):
        path = directory / f"signals-{at}.parquet"
        some = rows if stretch is None else rows.filter(rows[kind.day].between(*stretch))
        engine.write(some, path, list(kind.sorted_by))
        if pq.read_metadata(path).num_rows:
            parts.append(path)
    return parts


def _stretches_of_days(counted: pa.Table, most: int) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last days of stretches that hold at most `most` rows each, or one day that holds more."""
    first: dt.date | None = None
    last, held = dt.date.min, 0
    for row in counted.to_pylist():
        if first is not None and held + row["rows"] > most:
            yield first, last
            first, held = None, 0
        first, last, held = first or row["day"], row["day"], held + row["rows"]
    if first is not None:
        yield first, last


def _counts(
    read: list[Staged], duplicates: Counter[str], conflicts: Counter[str], accepted: int
) -> tuple[FileCount, ...]:
    """What became of the rows of each file; raises ImportRefused unless that is all of them."""
    inputs = tuple(
        FileCount(
            file=one.name,
            rows=one.rows,
            accepted=one.rows - one.quarantined - conflicts[one.name] - duplicates[one.name],
            duplicates=duplicates[one.name],
            quarantined=one.quarantined + conflicts[one.name],
            digest=one.digest,
            left_out=one.left_out,
            reasons=one.reasons + Counter({_CONFLICT: conflicts[one.name]}),
        )
        for one in read
    )
    if sum(one.accepted for one in inputs) != accepted or not all(one.adds_up() for one in inputs):
        raise ImportRefused(
            "the counts of accepted, duplicate and quarantined rows do not add up; nothing was imported",
            remedy="This is a fault of Lippen: report it with the counts of `lippen inspect`.",
        )
    return inputs


def _free(import_id: str, workspace: Workspace) -> str:
    """The id, or, where the same files were imported before and some of their rows are here no more (they
    stood in an earlier import, which expired), one for those rows.
    """
    taken = {one.import_id for one in workspace.imports()}
    names = itertools.chain([import_id], (f"{import_id}.{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in taken)


def _months(signals: list[Path], kind: Kind, engine: Engine) -> str:
    """The months of the signals, parted by blanks."""
    rows = engine.read(signals)
    day = rows[kind.day]
    found = engine.collect(rows.select(year=day.year(), month=day.month()).distinct())
    return " ".join(sorted(f"{one['year']:04}-{one['month']:02}" for one in found.to_pylist()))


def _as_recorded(one: FileCount, mapping_digest: str, mapping: Mapping, months: str) -> dict[str, str | int]:
    """A file as the workspace's manifest records it, with the authority that it was read under, the day that
    runs out, and the months of the import's hashed contacts.
    """
    authority = mapping.authority
    return {
        "file": one.file,
        "rows": one.rows,
        "accepted": one.accepted,
        "duplicates": one.duplicates,
        "quarantined": one.quarantined,
        "digest": one.digest,
        "mapping": mapping_digest,
        **(
            {"who": authority.who, "authority": str(authority), "expires": authority.expires.isoformat()}
            if authority
            else {}
        ),
        **({"months": months} if months else {}),
    }


def _import_id(inputs: tuple[FileCount, ...], mapping_digest: str) -> str:
    """The same for the same files under the same mapping."""
    text = json.dumps([mapping_digest, sorted((one.file, one.digest) for one in inputs)])
    return f"imp-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def _judge(
    staged: ibis.Table, held: ibis.Table | None, mapping: Mapping, engine: Engine, directory: Path
) -> tuple[Counter[str], Counter[str], ibis.Table | None]:
    """Duplicates and conflicts for each file, and the verdicts; None when every id is new and occurs once."""
    repeated = settling.repeated_ids(staged, held, mapping.kind)
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


def _not_known(read: list[Staged], mapping_digest: str, workspace: Workspace) -> list[Staged]:
    """Files that no earlier import read under the same mapping: the others' refusals are in the workspace."""
    known = {
        (entry.get("file"), entry.get("digest"), entry.get("mapping"))
        for one in workspace.imports()
        for entry in one.inputs
    }
    return [one for one in read if (one.name, one.digest, mapping_digest) not in known]


def _write_quarantine(
    read: list[Staged], judged: ibis.Table | None, mapping: Mapping, engine: Engine, path: Path
) -> Path | None:
    """The refused rows of some files as one file, or None when there are none."""
    files = [one.refused_file for one in read if one.refused_file]
    parts = [engine.read(files)] if files else []
    if judged is not None and read:
        named = " + ".join(mapping.columns.get(mapping.kind.id, ("the row's content",)))
        clashes = settling.conflict_reasons(judged, mapping.kind, named)
        parts.append(clashes.filter(clashes.file.isin([one.name for one in read])))
    if not parts:
        return None
    together = parts[0] if len(parts) == 1 else parts[0].union(parts[1])
    engine.write(together, path, ["file", "line"])
    return path if pq.read_metadata(path).num_rows else None


def mapping_digest(mapping: Mapping) -> str:
    """The same for mappings that mean the same, whatever file they came from and under whose authority."""
    meant = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in vars(mapping).items()
        if name not in ("path", "source", "kind", "authority", "missing")
    }
    if mapping.missing:
        meant["missing"] = {name: sorted(texts) for name, texts in mapping.missing.items()}
    text = json.dumps(meant, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
