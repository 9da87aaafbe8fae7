"""Which files of a folder are read, with what reader, and why the others are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lippen.signals.contacts import name_without_contacts
from lippen.signals.report import ImportRefused, NotRead

_TEXT = {".csv", ".tsv", ".tab", ".psv", ".txt", ".dat"}
_JSON = {".jsonl", ".ndjson", ".json"}
_SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_PARQUET = {".parquet", ".pq"}
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a zip (xlsx, ods) and an OLE file (xls)
_GZIP = b"\x1f\x8b"
_HIDDEN = "a hidden or temporary file"
_NO_FORMAT = "not a format that Lippen reads"
_NO_EXPORT = (_HIDDEN, _NO_FORMAT)
_PACKED = {".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"}


@dataclass(frozen=True)
class Found:
    """A file to read: its path, its name from the folder, its size in bytes and its reader (csv, json, sheet,
    parquet)."""

    path: Path
    name: str
    size: int
    reader: str


def list_folder(
    folder: Path, leave_out: Path | None = None, mapping: Path | None = None
) -> tuple[list[Found], list[NotRead]]:
    """The files of a folder (or one file) in the order of their names, and what is not read.

    Links are not followed: the file behind one inside the folder is read where it is, and one that leaves the
    folder leads to what nobody agreed to import. Workspaces are passed over, where somebody keeps one beside
    the exports; `leave_out` is the one that is imported into, which may hold nothing yet. The `mapping` in
    use may lie beside them too, and is no more worth a word than the ones it reads.
    """
    found: list[Found] = []
    left: list[NotRead] = []
    root = folder if folder.is_dir() else folder.parent
    walk = _Walk(root, leave_out.resolve() if leave_out else None, left)
    taken: set[str] = set()
    for path in [folder] if not folder.is_dir() else walk.files(folder):
        if mapping is not None and path.resolve() == mapping.resolve():
            continue
        name = _alone(_named(path, root), taken)
        reader, reason = _reader(path)
        if reader is None:
            left.append(NotRead(name, reason, export=not reason.startswith(_NO_EXPORT)))
            continue
        try:
            found.append(Found(path, name, path.stat().st_size, reader))
        except OSError as error:
            left.append(NotRead(name, f"it is gone or cannot be looked at ({error.strerror})"))
    return sorted(found, key=lambda entry: entry.name), sorted(left, key=lambda entry: entry.file)


def refuse_workspace(folder: Path) -> None:
    """Raises ImportRefused when somebody names a workspace of Lippen where exports are wanted."""
    if _is_workspace(folder):
        raise ImportRefused(
            "this is a workspace of Lippen", file=folder, remedy="Name the folder of exports instead."
        )


def _is_workspace(folder: Path) -> bool:
    # A folder without permission is none that is known for a workspace; reading it says what is wrong.
    return os.path.isfile(folder / "lippen.toml") and os.path.isdir(folder / "lake")  # noqa: PTH112, PTH113


def _named(path: Path, root: Path) -> str:
    """The name from the folder, as text that can be stored and shown: a file name may hold any bytes.

    A backslash is escaped too, so that no two files get the same name. It stands in the lake, so it names
    nobody either.
    """
    name = path.relative_to(root).as_posix()
    shown = "".join(
        sign
        if sign.isprintable() and sign != "\\"
        else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in name
    )
    return "/".join(name_without_contacts(part) for part in shown.split("/"))


def _alone(name: str, taken: set[str]) -> str:
    """A name that no other file has: two may differ in nothing but the contact that was in them."""
    alone, number = name, 2
    while alone in taken:
        alone, number = f"{name} ({number})", number + 1
    taken.add(alone)
    return alone


@dataclass(frozen=True)
class _Walk:
    root: Path
    leave_out: Path | None
    left: list[NotRead]

    def files(self, folder: Path) -> Iterator[Path]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            what = (
                "no permission to look into this directory"
                if isinstance(error, PermissionError)
                else error.strerror
            )
            self._leave(folder, f"{what}; ask whoever owns it", "/")
            return
        for entry in entries:
            path = Path(entry.path)
            if entry.is_symlink():
                inside = path.resolve().is_relative_to(self.root.resolve())
                self._leave(
                    path,
                    "a link; what it leads to is read where it is"
                    if inside
                    else "a link that leaves the folder",
                    export=not inside,
                )
            elif entry.is_dir(follow_symlinks=False):
                if path.resolve() == self.leave_out:
                    self._leave(path, "the workspace itself", "/", export=False)
                elif _is_workspace(path):
                    self._leave(path, "a workspace of Lippen", "/", export=False)
                else:
                    yield from self.files(path)
            elif entry.is_file(follow_symlinks=False):
                yield path
            else:
                self._leave(path, "neither a file nor a directory")

    def _leave(self, path: Path, reason: str, after: str = "", *, export: bool = True) -> None:
        self.left.append(NotRead(_named(path, self.root) + after, reason, export))


def _reader(path: Path) -> tuple[str | None, str]:
    """Which reader takes a file, by its first bytes and its name; None and why when none does."""
    if path.name.startswith((".", "~$")):
        return None, _HIDDEN
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
    if head[:4] in _BOOKS and inner in (_SHEETS | _TEXT):
        return "sheet", ""
    if inner in _SHEETS and head[:2] == _GZIP:
        return None, "a packed workbook; unpack it first"
    if {last, inner} & _PACKED:
        return None, "a packed file; unpack it first (only .gz is read as it is)"
    if inner in _JSON:
        return "json", ""
    if inner in _PARQUET:
        return "parquet", ""
    if inner == ".xml":
        return None, "XML is not read; save it as CSV or JSON lines, with one post on each line"
    # Many systems write text and call it .xls; and what stands before .gz need not be an extension.
    if inner in (_TEXT | _SHEETS) or last == ".gz":
        return "csv", ""
    return None, f"{_NO_FORMAT} ({last or 'no extension'})"
