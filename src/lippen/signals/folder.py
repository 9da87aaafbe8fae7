"""Importing a folder: every file read, checked, settled and committed in one step, or nothing at all.

What settles is imported when it is needed: it stands on Ibis, and the site's web processes, which read
mappings and never bring files in, are 16 MiB smaller without it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lippen.output import refuse_within
from lippen.progress import Stages
from lippen.signals.folding import fold
from lippen.signals.identity import identity_by_name
from lippen.signals.listing import list_folder, refuse_workspace
from lippen.signals.mapping import Mapping
from lippen.signals.reading import how_to_allow, read_files
from lippen.signals.report import ImportRefused, ImportReport, NotRead
from lippen.workspace import Workspace

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def import_folder(
    folder: str | Path,
    mapping: Mapping,
    workspace: Workspace,
    stages: Stages,
    refused_csv: Path | None = None,
) -> ImportReport:
    """Import every file of a folder (or one file) into the workspace.

    Each row is accepted, counted as a duplicate, or quarantined with its reason; the counts are checked
    before anything is committed. Importing the same again changes nothing, and neither does the order of rows
    or files. A file that is no export is listed as not read. With `refused_csv`, the refused rows of this
    import are written to that new file too, those that the workspace already knew included.

    Raises ImportRefused (the workspace is then as it was) when a mapped column looks like identity, nothing
    could be read, a file fails half-way, the disk is full, or the counts do not add up. Raises
    AuthorityExpired, before a row is read, when the mapping's authority has run out, and OutputRefused when
    `refused_csv` lies in the folder.
    """
    folder = Path(folder)
    mapping.in_force()
    _refuse_identity_by_name(mapping)
    if not folder.exists():
        raise ImportRefused("there is no such folder or file", file=folder, remedy="Check the path.")
    refuse_workspace(folder)
    if refused_csv is not None:
        refuse_within(refused_csv, folder)
        if refused_csv.exists():
            raise ImportRefused("this file is already there", file=refused_csv, remedy="Name a new one.")
    from lippen.signals.committing import settle_and_commit  # noqa: PLC0415 - see the module's docstring

    workspace.refuse_other_zone(mapping.zone)  # before any work
    found, left = list_folder(folder, workspace.directory, mapping.path)
    with _plain_errors(folder), workspace.stage_import(mapping.kind.name) as stage:
        read, unreadable = read_files(found, mapping, stage.directory, stages, workspace.contact_keys.hashed)
        not_read = sorted([*left, *unreadable], key=lambda entry: entry.file)
        if not read:
            raise ImportRefused(
                _nothing_read(not_read), file=folder, remedy="Run `lippen inspect` on one of the files."
            )
        with stages.stage("settle", total=sum(one.rows for one in read)) as progress:
            return settle_and_commit(read, tuple(not_read), mapping, workspace, stage, progress, refused_csv)


def _nothing_read(not_read: list[NotRead]) -> str:
    reasons = "; ".join(f"{one.file}: {one.reason}" for one in not_read[:5])
    return f"nothing could be read here ({reasons})" if reasons else "there is no file here"


def _refuse_identity_by_name(mapping: Mapping) -> None:
    for name, columns in mapping.not_personal().items():
        for column in columns:
            if fold(column) == fold(name.replace("_", " ")):
                continue  # called as the kind calls it: the title of an advert is nobody's Mr or Mrs
            says = identity_by_name(column)
            if says is not None and column not in mapping.allow:
                raise ImportRefused(
                    f"`columns.{name}` reads {column!r}, which by its name identifies {says}; "
                    "Lippen takes no such thing",
                    file=mapping.path,
                    remedy=how_to_allow(column),
                )


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk and the engine throw into one sentence; what was staged is deleted either way."""
    import duckdb  # noqa: PLC0415 - a look at an export loads this module and needs no engine

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
    except duckdb.OutOfMemoryException as error:
        raise ImportRefused(
            "the engine may use less memory than this import needs; nothing was imported",
            file=folder,
            remedy="Give it more (`connect(memory_mib=...)`), or import fewer files at a time.",
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
        remedy="Make room, or choose a workspace on another disk. "
        "An import needs about the size of the unpacked files.",
    )
