"""What whoever seizes a machine finds: words looked for in files, in databases and in the memory of
processes, in every way of writing in which a program is likely to have left them.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from array import array
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

_SQLITE: Final = b"SQLite format 3\0"
_LARGEST_STREAM: Final = 4 * 1024 * 1024
_FIRST, _PART = 256, 16 * 1024
_BEGINNINGS: Final = {b"\x1f\x8b\x08": 31, b"\x78\x01": 15, b"\x78\x5e": 15, b"\x78\x9c": 15, b"\x78\xda": 15}
"""How a gzip or zlib stream begins, with the number by which zlib knows each."""


class MemoryNotRead(Exception):
    """The system does not let this process read the memory of another."""


def writings(word: bytes) -> list[bytes]:
    """A word as it can lie somewhere: as it is, in the wider characters of browsers and of Python, in
    hexadecimal digits, in base64 wherever it begins in what was written so, and as an address has it.

    A plain word of letters is the same in JSON, in a form and in an address.
    """
    found = [word, word.hex().encode(), word.hex().upper().encode()]
    found.append("".join(f"%{one:02X}" for one in word).encode())
    found += [_wide(word, width) for width in (2, 4)]
    for before in range(3):
        whole = b64encode(bytes(before) + word)
        found.append(whole[-(-before * 8 // 6) : (before + len(word)) * 8 // 6])
    return found


def _wide(word: bytes, width: int) -> bytes:
    # Without the last zeros it is in text of the other order as well.
    return b"".join(one.to_bytes(1) + bytes(width - 1) for one in word)[: 1 - width]


@dataclass(frozen=True)
class Sought:
    """Words that begin alike, so that one look finds all of them in every way of writing, and `others`, which
    are looked for as they are and in characters of two bytes.
    """

    stem: str
    words: Sequence[str] = ()
    others: Sequence[bytes] = ()

    def within(self, data: bytes) -> set[str]:
        """Which of these stand in here."""
        found = set()
        for at, written in enumerate(writings(self.stem.encode())):
            place = data.find(written)
            while place >= 0:
                found |= {self._known(data, place, at)}
                place = data.find(written, place + 1)
        return found | {str(one) for one in self.others if one in data or _wide(one, 2) in data}

    def _known(self, data: bytes, place: int, at: int) -> str:
        for word in self.words:
            if data.startswith(writings(word.encode())[at], place):
                return word
        return self.stem


def opened(data: bytes) -> Iterator[bytes]:
    """What is compressed in here, wherever it begins."""
    seen = memoryview(data)
    for beginning, number in _BEGINNINGS.items():
        place = data.find(beginning)
        while place >= 0:
            with suppress(zlib.error):
                # Nearly all of these places are no stream, and that shows in their first bytes.
                zlib.decompressobj(number).decompress(seen[place : place + _FIRST])
                yield _decompressed(seen[place:], number)
            place = data.find(beginning, place + 1)


def _decompressed(stream: memoryview, number: int) -> bytes:
    """What a stream holds, up to where it is damaged."""
    opening, parts = zlib.decompressobj(number), []
    with suppress(zlib.error):
        for at in range(0, min(len(stream), _LARGEST_STREAM), _PART):
            parts.append(opening.decompress(stream[at : at + _PART], _LARGEST_STREAM))
            if opening.eof:
                break
    return b"".join(parts)


def in_file(file: Path, sought: Sought) -> set[str]:
    """Which words lie in a file: in its bytes, free pages and all, in what is compressed in it, and where it
    is a database in its tables, as a long text is torn apart in the bytes.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # a journal that was done with meanwhile
        return set()
    found = sought.within(data)
    for one in opened(data):
        found |= sought.within(one)
    return found | (sought.within(in_tables(file)) if data.startswith(_SQLITE) else set())


def in_tables(file: Path) -> bytes:
    """All that stands in the tables of a database, one after the other."""
    parts: list[bytes] = []
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=30)) as database:
        for table in tables(database):
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the database's own names
                parts += [one if isinstance(one, bytes) else str(one).encode() for one in row]
    return b"\0".join(parts)


def tables(database: sqlite3.Connection) -> list[str]:
    return [
        name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
    ]


def in_folder(folder: Path, sought: Sought) -> dict[str, set[str]]:
    """Which words lie in the files of a folder and below, and in their names, by the file."""
    found = {}
    for one in sorted(folder.rglob("*")):
        words = sought.within(str(one.relative_to(folder)).encode())
        if one.is_file():
            words |= in_file(one, sought)
        if words:
            found[str(one.relative_to(folder))] = words
    return found


def in_memory(process: int, sought: Sought) -> set[str]:
    """Which words lie in the memory that a process can write to, freed or in use. Raises MemoryNotRead."""
    return set().union(*(sought.within(part) for part in _memory(process)))


def _memory(process: int) -> Iterator[bytes]:
    """What a process has ever written to, as far as it was not given back to the system."""
    place = Path(f"/proc/{process}")
    page = os.sysconf("SC_PAGESIZE")
    try:
        with (place / "mem").open("rb", 0) as memory, (place / "pagemap").open("rb", 0) as kept:
            for part in (place / "maps").read_text().splitlines():
                addresses, rights, *_ = part.split()
                first, last = (int(one, 16) for one in addresses.split("-"))
                if not rights.startswith("rw"):
                    continue
                kept.seek(first // page * 8)
                for begins, pages in _runs(array("Q", kept.read((last - first) // page * 8))):
                    memory.seek(first + begins * page)
                    yield memory.read(pages * page)
    except OSError as why:
        raise MemoryNotRead(f"process {process}: {why}") from why


def _runs(told: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where pages stand that are in memory or in the swap file, and how many on end: the two highest bits of
    what the system tells of each (proc_pid_pagemap(5)).
    """
    at = 0
    for there, run in groupby(told, lambda one: one >> 62 != 0):
        pages = sum(1 for _ in run)
        if there:
            yield at, pages
        at += pages


def tree(root: int) -> list[int]:
    """A process and all that it has started, and they. Raises MemoryNotRead."""
    if not Path("/proc/self/maps").exists():
        raise MemoryNotRead("this system shows no memory of processes in /proc")
    parents: dict[int, int] = {}
    for one in Path("/proc").iterdir():
        if one.name.isdecimal():
            with suppress(OSError):
                told = (one / "stat").read_text().rpartition(")")[2].split()
                if told[0] != "Z":
                    parents[int(one.name)] = int(told[1])
    found, more = [], {root} & parents.keys()
    while more:
        found += sorted(more)
        more = {one for one, parent in parents.items() if parent in more}
    return found
