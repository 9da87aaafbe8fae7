"""One folder that holds what was imported and what was found.

    lippen.toml                              schema version and the source's time zone
    lake/manifest.json                       which files count; swapped in one step
    lake/signals/<kind>/<import>.parquet     accepted signals (<import>-2, -3 ... when they came in several)
    lake/quarantine/<import>.parquet         every refused row with its reason
    lake/results/<table>.<generation>.parquet
    contact-keys/<month>.key                 what contacts in listings are hashed by (`contact_keys`)

The invariant: a file counts if and only if the manifest names it, a file is never changed once named, and the
manifest is replaced in one step after everything it names is on the disk. So a reader sees a whole import or
none of it, and a killed one leaves only files that nobody reads.

One writer at a time: the advisory lock on `lake/lock` goes with the process that holds it, however it ends.
Whoever opens the workspace and finds the lock free therefore knows that unnamed files are leftovers, and
tidies them away under it; a writer waits so long for the lock.

What was read under an authority goes when that runs out: whoever opens the workspace from that day on, and
finds the lock free, deletes it before anything is read (`delete_expired`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.contact_keys import ContactKeys
from lippen.manifest import Import, Manifest, settle
from lippen.workspace_settings import SETTINGS, WorkspaceError, read_zone, write_settings

if TYPE_CHECKING:
    import ibis

    from lippen.engine import Engine

QUARANTINE = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("row", pa.string()),
    ]
)
"""Columns of the quarantine: where a refused row stood, what was wrong with it and what to do, and its cells
as far as they may be kept (JSON; null where they could not be, and in what an older Lippen wrote).
"""

TOLD = "told_"
"""How names of result tables begin that outlive the undoing of an import."""

_ROWS_TOGETHER = 50_000
"""Rows of a result table that are read or passed over together: who asks for one area reads few."""

_PATIENCE = 1.0
"""Seconds for which a writer waits for the lock: whoever opens the workspace holds it while tidying up."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class WorkspaceBusy(WorkspaceError):
    """Someone else is writing to this workspace."""


class StagedImport:
    """An import on its way in. Write files into `directory`, then `commit`; else they are deleted."""

    def __init__(self, workspace: Workspace, kind: str, directory: Path) -> None:
        self.directory = directory
        self._workspace = workspace
        self._kind = kind

    def commit(
        self,
        import_id: str,
        accepted: Sequence[Path],
        quarantine: Sequence[Path],
        inputs: Sequence[Mapping[str, Any]],
    ) -> bool:
        """Make the import part of the workspace, all of it in one step.

        `accepted` and `quarantine` are Parquet files inside `directory`; `inputs` describes the files read.
        Returns False, and changes nothing, when an import of this id is already there.
        """
        if not _NAME.fullmatch(import_id):
            raise WorkspaceError(f"{import_id!r} cannot be the id of an import")
        manifest = self._workspace.manifest()
        if any(one.import_id == import_id and one.kind == self._kind for one in manifest.imports):
            return False
        signal_files, rows = self._move(accepted, f"signals/{self._kind}", import_id)
        quarantine_files, quarantined = self._move(quarantine, "quarantine", import_id)
        new = Import(
            import_id=import_id,
            kind=self._kind,
            rows=rows,
            quarantined=quarantined,
            signals=signal_files,
            quarantine=quarantine_files,
            inputs=tuple(dict(given) for given in inputs),
        )
        self._workspace.swap(manifest, manifest.next(imports=(*manifest.imports, new)))
        return True

    def renew(self, import_id: str, who: str, authority: str, expires: dt.date) -> bool:
        """Hold an import that is there already under the authority that its files were read under now.

        `who` holds it, `authority` is that in words, `expires` the day it runs out. What was recorded before
        stays beside it (`Import.held_before`). Returns whether it was another. Raises WorkspaceError where
        somebody else holds it: nobody lengthens the right of another.
        """
        manifest = self._workspace.manifest()
        meant = [
            one
            for one in manifest.imports
            if one.import_id.split(".")[0] == import_id and one.kind == self._kind
        ]
        for one in meant:
            if (other := one.other_holder(who)) is not None:
                raise WorkspaceError(
                    f"all of this is here already, and {other} holds it, not {who}",
                    file=self._workspace.directory,
                    remedy=f"Take {one.import_id} back and bring it in anew under its own right, or name the"
                    " holder as before.",
                )
        held = tuple(
            one.renewed(who, authority, expires, _today()) if one in meant else one
            for one in manifest.imports
        )
        if held == manifest.imports:
            return False
        self._workspace.swap(manifest, manifest.next(imports=held))
        return True

    def _move(self, paths: Sequence[Path], folder: str, import_id: str) -> tuple[tuple[str, ...], int]:
        names: list[str] = []
        rows = 0
        target = self._workspace.lake / folder
        for number, path in enumerate(paths, start=1):
            if not Path(path).resolve().is_relative_to(self.directory.resolve()):
                raise WorkspaceError("a staged file lies outside the staging directory", file=path)
            name = f"{import_id}.parquet" if number == 1 else f"{import_id}-{number}.parquet"
            rows += pq.read_metadata(path).num_rows
            target.mkdir(parents=True, exist_ok=True)
            settle(Path(path))
            Path(path).replace(target / name)
            names.append(f"{folder}/{name}")
        if names:
            settle(target)
        return tuple(names), rows


class Workspace:
    """A workspace opened with the engine that its queries run on. See the head of this file."""

    def __init__(self, directory: Path, engine: Engine, zone: str | None) -> None:
        self.directory = directory
        self.engine = engine
        self.zone = zone
        self.lake = directory / "lake"
        self.contact_keys = ContactKeys(directory)
        self._lock: int | None = None

    @classmethod
    def open(
        cls, directory: Path | str, engine: Engine, create: bool = True, may_hold: Collection[str] = ()
    ) -> Self:
        """Open the workspace in `directory`, or make one there; `may_hold` names what of others' may lie in
        the folder of a new one.

        Leftovers of an import that was killed are removed, and what is held under an authority that has run
        out, unless someone is writing just now. Raises
        WorkspaceError when the folder holds something else, was written by a newer Lippen or cannot be read,
        ManifestError when its manifest is broken.
        """
        directory = Path(directory)
        settings = directory / SETTINGS
        if not settings.exists():
            if not create:
                raise WorkspaceError(
                    "there is no workspace here", file=directory, remedy="Run lippen import first."
                )
            directory.mkdir(parents=True, exist_ok=True)
            names = {one.name for one in directory.iterdir()} - set(may_hold)
            if any(not name.startswith(".lippen.toml.") for name in names):
                raise WorkspaceError(
                    "this folder holds something else",
                    file=directory,
                    remedy="Name a new or an empty folder.",
                )
            write_settings(settings, None)
        workspace = cls(directory, engine, read_zone(settings))
        workspace._refuse_links()
        with suppress(PermissionError):  # someone else's workspace can be read all the same
            workspace.lake.mkdir(exist_ok=True)
            workspace._clean()
        workspace.manifest()
        return workspace

    def manifest(self) -> Manifest:
        """What counts at this moment. Raises ManifestError."""
        return Manifest.read(self.lake)

    def refuse_other_zone(self, zone: str) -> None:
        """Raise WorkspaceError when the workspace holds times of another zone than this one (an IANA name):
        its local days and hours would no longer compare.
        """
        if self.zone not in (None, zone) and self.imports():
            raise WorkspaceError(
                f"this workspace holds times of {self.zone}, not {zone}",
                file=self.directory,
                remedy="Import into another workspace, or put the zone right in the mapping.",
            )

    def set_zone(self, zone: str) -> None:
        """Record the time zone of the source (an IANA name), for as long as there are imports.

        Raises WorkspaceError as `refuse_other_zone`, and WorkspaceBusy.
        """
        settings = self.directory / SETTINGS
        with self.writing():
            self.zone = read_zone(settings)  # somebody else may have set it since this workspace was opened
            self.refuse_other_zone(zone)
            if self.zone != zone:
                write_settings(settings, zone)
                self.zone = zone

    @contextmanager
    def stage_import(self, kind: str) -> Iterator[StagedImport]:
        """Bring in signals of `kind`. What is not committed when the body ends is deleted.

        Raises WorkspaceBusy when someone else is writing.
        """
        if not re.fullmatch(r"[a-z_]+", kind):
            raise WorkspaceError(f"{kind!r} cannot be a kind of signal")
        with self.writing():
            self.delete_expired()
            staging = self.lake / "staging"
            staging.mkdir(exist_ok=True)
            directory = Path(tempfile.mkdtemp(dir=staging))
            try:
                yield StagedImport(self, kind, directory)
            finally:
                shutil.rmtree(directory, ignore_errors=True)

    def imports(self) -> list[Import]:
        """Every import, in the order they came."""
        return list(self.manifest().imports)

    def undo_import(self, import_id: str) -> None:
        """Take a whole import back, and every result with it that may have been reckoned from its kind: all
        but what was told to others, which is kept as it was told (`telling`).

        Rows that a later import gave as well were left out of that one as known, and would be lost: where
        there are such, the later import is taken back first. Raises WorkspaceError when there is no such
        import or a later one may lean on it, WorkspaceBusy when someone else is writing.
        """
        with self.writing():
            manifest = self.manifest()
            undone = next((one for one in manifest.imports if one.import_id == import_id), None)
            if undone is None:
                raise WorkspaceError(f"there is no import {import_id}", file=self.directory)
            later = manifest.imports[manifest.imports.index(undone) + 1 :]
            leaning = [one for one in later if one.kind == undone.kind and one.known > 0]
            if leaning:
                raise WorkspaceError(
                    f"{leaning[0].import_id} came later and left out rows that were here already",
                    file=self.directory,
                    remedy=f"Take {leaning[-1].import_id} back first, and import it again afterwards.",
                )
            kept = tuple(one for one in manifest.imports if one is not undone)
            self.swap(manifest, manifest.next(imports=kept, results=_without(manifest, {undone.kind})))

    def delete_expired(self, day: dt.date | None = None) -> tuple[Import, ...]:
        """Delete every import whose authority has run out on `day` (today, in UTC), its refused rows with it,
        and every result that may have been reckoned from its kind. What was told to others is kept, as
        `undo_import` keeps it. Returns those imports.

        The files are gone when this returns, and so are the keys of months of which nothing is held any more.
        What a later import gave as well was left out of that one as known, and goes too: whoever holds it
        under an authority that is still in force imports it again. Raises WorkspaceBusy when someone else is
        writing, ManifestError.
        """
        day = day or _today()
        if not self.manifest().expired(day):
            return ()
        with self.writing():
            manifest = self.manifest()
            gone = manifest.expired(day)
            kept = tuple(one for one in manifest.imports if one not in gone)
            results = _without(manifest, {one.kind for one in gone})
            after = manifest.next(imports=kept, results=results)
            self.swap(manifest, after)
            self.swap(after, after.next())  # so that what was retired does not wait for the next change
        return gone

    def hold_until(self, ends: Mapping[str, dt.date]) -> None:
        """Hold the imports of these ids until these days and no longer, and delete those whose day has come.
        What was reckoned from their kinds goes too, since it says until when they are held.

        Raises WorkspaceBusy when someone else is writing, ManifestError.
        """
        with self.writing():
            manifest = self.manifest()
            held = tuple(
                one.held_until(ends[one.import_id]) if one.import_id in ends else one
                for one in manifest.imports
            )
            results = _without(manifest, {one.kind for one in held if one.import_id in ends})
            self.swap(manifest, manifest.next(imports=held, results=results))
            self.delete_expired()

    def signals(self, kind: str) -> ibis.Table:
        """All accepted signals of `kind` that may be held still. Raises WorkspaceError if there are none."""
        names = [name for one in self._in_force() if one.kind == kind for name in one.signals]
        if not names:
            raise WorkspaceError(
                f"this workspace holds no {kind} yet", file=self.directory, remedy="Run lippen import first."
            )
        return self.engine.read([self.lake / name for name in names])

    def quarantine(self) -> ibis.Table:
        """Every refused row, with the columns of QUARANTINE; empty when all was taken."""
        names = [name for one in self._in_force() for name in one.quarantine]
        if not names:
            return self.engine.table(QUARANTINE.empty_table())
        rows = [self.lake / name for name in names]
        old = [path for path in rows if "row" not in _columns(path)]
        if not old:
            return self.engine.read(rows)
        without = self.engine.read(old)
        together = without.mutate(row=without.reason.nullif(without.reason))
        new = [path for path in rows if path not in old]
        return self.engine.read(new).union(together) if new else together

    def _in_force(self) -> list[Import]:
        """The imports but for those that have expired, and wait until somebody has done writing."""
        manifest = self.manifest()
        expired = manifest.expired(_today())
        return [one for one in manifest.imports if one not in expired]

    def results(self) -> list[str]:
        """Names of the result tables, sorted."""
        return sorted(self.manifest().results)

    def result(self, table: str) -> ibis.Table:
        """One result table. Raises WorkspaceError when it was not written yet."""
        name = self.manifest().results.get(table)
        if name is None:
            raise WorkspaceError(
                f"this workspace holds no result table {table}",
                file=self.directory,
                remedy="Run lippen brief first.",
            )
        return self.engine.read(self.lake / name)

    def write_results(self, tables: Mapping[str, pa.Table], kinds: Collection[str] = ()) -> None:
        """Write result tables, replacing those of the same names, all in one step.

        `kinds` are those of the signals that they were reckoned from: when some of these expire, the tables
        go too, and tables of which nothing was said go with whatever expires. Tables of other names stay.
        Raises WorkspaceBusy when someone else is writing.
        """
        for table in tables:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", table):
                raise WorkspaceError(f"{table!r} cannot be the name of a result table")
        with self.writing():
            manifest = self.manifest()
            folder = self.lake / "results"
            folder.mkdir(exist_ok=True)
            names = {table: f"results/{table}.{manifest.generation + 1}.parquet" for table in tables}
            for table, rows in tables.items():
                pq.write_table(
                    rows, self.lake / names[table], compression="zstd", row_group_size=_ROWS_TOGETHER
                )
                settle(self.lake / names[table])
            settle(folder)
            reckoned = {name: of for name, of in manifest.reckoned.items() if name not in names}
            reckoned |= {name: tuple(sorted(kinds)) for name in names if kinds}
            self.swap(manifest, manifest.next(results={**manifest.results, **names}, reckoned=reckoned))

    def swap(self, before: Manifest, after: Manifest) -> None:
        """Go from one state to the next; what the state before had retired is deleted now, and the keys of
        months of which nothing is held in the next are destroyed.
        """
        with self.writing():
            after.swap(self.lake)
            self.contact_keys.destroy_others(after.months)
            for name in set(before.retired) - after.files():
                (self.lake / name).unlink(missing_ok=True)

    @contextmanager
    def writing(self, patience: float = _PATIENCE) -> Iterator[None]:
        """Be the only writer for as long as the body runs. Within one opened workspace the lock is held once,
        however deep the calls go.

        Raises WorkspaceBusy when someone else is still writing after `patience` seconds.
        """
        if self._lock is not None:
            yield
            return
        handle = os.open(self.lake / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            until = time.monotonic() + patience
            while not _is_locked(handle):
                if time.monotonic() >= until:
                    raise WorkspaceBusy(
                        "another run of lippen is writing to this workspace",
                        file=self.directory,
                        remedy="Wait until it has ended.",
                    )
                time.sleep(0.01)
            self._lock = handle
            yield
        finally:
            self._lock = None
            os.close(handle)

    def _refuse_links(self) -> None:
        """What is cleaned up is deleted, so no folder of the lake may lie somewhere else."""
        kinds = self.lake / "signals"
        inside = kinds.iterdir() if kinds.is_dir() and not kinds.is_symlink() else ()
        for folder in (
            self.lake,
            kinds,
            *inside,
            *(self.lake / n for n in ("quarantine", "results", "staging")),
        ):
            if folder.is_symlink():
                raise WorkspaceError(
                    "this folder of the workspace is a link to another place",
                    file=folder,
                    remedy="Put the folder itself there, or name another workspace.",
                )

    def _clean(self) -> None:
        try:
            with self.writing(patience=0):
                manifest = self.manifest()
                kept = manifest.files() | set(manifest.retired)
                shutil.rmtree(self.lake / "staging", ignore_errors=True)
                for folder in ("signals", "quarantine", "results"):
                    for path in (self.lake / folder).rglob("*"):
                        if path.is_file() and path.relative_to(self.lake).as_posix() not in kept:
                            path.unlink()
                for path in [*self.lake.glob(".*.part"), *self.directory.glob(".*.part")]:
                    path.unlink()
                self.contact_keys.destroy_others(manifest.months)
                self.delete_expired()
        except WorkspaceBusy:
            return


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _columns(refused: Path) -> list[str]:
    """The columns of a file of refused rows."""
    try:
        return list(pq.read_schema(refused).names)
    except pa.ArrowInvalid as error:
        raise WorkspaceError(
            "this file of refused rows cannot be read: it is damaged",
            file=refused,
            remedy="Restore it from a backup, or import the same exports into a new workspace.",
        ) from error


def _without(manifest: Manifest, kinds: set[str]) -> dict[str, str]:
    """The result tables that stay when signals of these kinds go: those that were surely reckoned from
    others, and what was told, which outlives what it was reckoned from.
    """
    return {
        name: file
        for name, file in manifest.results.items()
        if name.startswith(TOLD)
        or (name in manifest.reckoned and not kinds.intersection(manifest.reckoned[name]))
    }


def _is_locked(handle: int) -> bool:
    """Take the lock of an open file, if nobody else holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
