"""Which files of a folder are read, with what reader, and why the others are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lippen.signals.report import NotRead

_TEXT = {".csv", ".tsv", ".tab", ".psv", ".txt", ".dat"}
_JSON = {".jsonl", ".ndjson", ".json"}
_SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_PARQUET = {".parquet", ".pq"}
_PACKED = {".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"}


@dataclass(frozen=True)
class Found:
    """A file to read: its path, its name from the folder, its size in bytes and its reader (csv, json, sheet,
    parquet)."""

    path: Path
    name: str
    size: int
    reader: str


def list_folder(folder: Path) -> tuple[list[Found], list[NotRead]]:
    """The files of a folder (or one file) in the order of their names, and what is not read.

    Links are not followed: the file behind one inside the folder is read where it is, and one that leaves the
    folder leads to what nobody agreed to import.
    """
    found: list[Found] = []
    left: list[NotRead] = []
    root = folder if folder.is_dir() else folder.parent
    for path in [folder] if not folder.is_dir() else _walk(folder, folder, left):
        name = path.relative_to(root).as_posix()
        reader, reason = _reader(path)
        if reader is None:
            left.append(NotRead(name, reason))
            continue
        try:
            found.append(Found(path, name, path.stat().st_size, reader))
        except OSError as error:
            left.append(NotRead(name, f"it is gone or cannot be looked at ({error.strerror})"))
    return sorted(found, key=lambda entry: entry.name), sorted(left, key=lambda entry: entry.file)


def _walk(folder: Path, root: Path, left: list[NotRead]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        what = (
            "no permission to look into this directory"
            if isinstance(error, PermissionError)
            else error.strerror
        )
        left.append(NotRead(f"{folder.relative_to(root).as_posix()}/", f"{what}; ask whoever owns it"))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            inside = path.resolve().is_relative_to(root.resolve())
            reason = (
                "a link; what it leads to is read where it is" if inside else "a link that leaves the folder"
            )
            left.append(NotRead(path.relative_to(root).as_posix(), reason))
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, root, left)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            left.append(NotRead(path.relative_to(root).as_posix(), "neither a file nor a directory"))


def _reader(path: Path) -> tuple[str | None, str]:
    """Which reader takes a file, by its first bytes and its name; None and why when none does."""
    if path.name.startswith((".", "~$")):
        return None, "a hidden or temporary file"
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = suffixes[-1] if suffixes else ""
    inner = suffixes[-2] if last == ".gz" and len(suffixes) > 1 else last
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except PermissionError:
        return None, "there is no permission to read it; ask whoever owns it"
    except OSError as error:
        return None, f"it cannot be opened ({error.strerror})"
    if head[:4] == b"PAR1":
        return "parquet", ""
    if inner in _SHEETS or (head[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") and inner in _TEXT):
        return ("sheet", "") if last != ".gz" else (None, "a packed workbook; unpack it first")
    if last in _PACKED:
        return None, "a packed file; unpack it first (only .gz is read as it is)"
    if inner in _TEXT or (last == ".gz" and inner == ".gz"):
        return "csv", ""
    if inner in _JSON:
        return "json", ""
    if inner in _PARQUET:
        return "parquet", ""
    return None, f"not a format that Lippen reads ({last or 'no extension'})"
