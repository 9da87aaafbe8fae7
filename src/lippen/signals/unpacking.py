"""From a file on disk to stretches of UTF-8: gzip, byte order marks, UTF-16 and other encodings.

Memory is bounded by the stretch. A gzip that unpacks to far more than it should is refused before it fills
the disk or the memory; one that ends too early gives what it has, and `broken` says so.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lippen.signals.rows import FileRefused

CHUNK = 8 << 20
_PACKED_CHUNK = 1 << 14
_GZIP = b"\x1f\x8b"
_BOMB_RATIO = 200
_BOMB_FLOOR = 64 << 20
_CUT_SHORT = "the compressed file ends in the middle or is damaged here; ask for the export again"
_TAIL = "the compressed part of the file ends here and something else follows it; ask for the export again"

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Unpacking:
    """One file read from beginning to end. Iterate `chunks()` once; the other attributes fill on the way.

    `digest` is the SHA-256 of the bytes on disk, `read` how many of them were read, `unpacked` how many came
    out, and `broken`, when not empty, why nothing more could be unpacked. Raises FileRefused for a gzip bomb
    or an encoding that does not fit, OSError when the disk fails.
    """

    def __init__(self, path: Path, encoding: str | None = None, largest_unpacked: int = 1 << 30) -> None:
        self.path = path
        self.broken = ""
        self.read = 0
        self.unpacked = 0
        self._hash = hashlib.sha256()
        self._encoding = encoding
        self._largest = largest_unpacked

    @property
    def digest(self) -> str:
        """SHA-256 of what was read from disk so far, as hex."""
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The text as UTF-8, in stretches of about 8 MiB, without a byte order mark.

        Bytes that are not UTF-8 come through as they are when no encoding was given and none was recognised:
        the readers repair them line by line.
        """
        raw = self._gathered()
        first = next(raw, b"")
        decoder, first = self._decoder(first)
        if decoder is None:
            if first:
                yield first
            yield from raw
            return
        try:
            for chunk in itertools.chain([first], raw):
                yield decoder.decode(chunk).encode("utf-8", "replace")
            yield decoder.decode(b"", True).encode("utf-8", "replace")
        except UnicodeError as error:
            raise FileRefused(
                f"it is not written in {self._encoding}, as the mapping says; "
                "delete [file] encoding to have it found out"
            ) from error

    def _decoder(self, first: bytes) -> tuple[codecs.IncrementalDecoder | None, bytes]:
        for mark, name in _MARKS:
            if first.startswith(mark):
                rest = first[len(mark) :]
                return (None if name == "utf-8" else codecs.getincrementaldecoder(name)("replace")), rest
        if self._encoding is not None:
            if codecs.lookup(self._encoding).name == "utf-8":
                return None, first
            return codecs.getincrementaldecoder(self._encoding)("strict"), first
        wide = _utf16_without_mark(first)
        return (codecs.getincrementaldecoder(wide)("replace") if wide else None), first

    def _gathered(self) -> Iterator[bytes]:
        """The unpacked bytes in pieces of CHUNK bytes or a little more."""
        held: list[bytes] = []
        size = 0
        for piece in self._bytes():
            held.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)

    def _bytes(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            first = self._take(file.read(_PACKED_CHUNK))
            if first[:2] == _GZIP:
                yield from self._gunzip(file, first)
                while self._take(file.read(_PACKED_CHUNK)):
                    pass  # whatever follows a broken part belongs to the digest all the same
                return
            piece = first
            while piece:
                self.unpacked += len(piece)
                yield piece
                piece = self._take(file.read(CHUNK))

    def _gunzip(self, file: BinaryIO, packed: bytes) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        between = False  # one member has ended and nothing of a next one was seen
        while True:
            packed = packed or self._take(file.read(_PACKED_CHUNK))
            if between:
                packed = packed.lstrip(b"\0")  # some writers pad
                if len(packed) < len(_GZIP) and (more := self._take(file.read(_PACKED_CHUNK))):
                    packed += more
                    continue
                if packed[:2] != _GZIP:
                    self.broken = _TAIL if packed else ""
                    return
                member, between = zlib.decompressobj(wbits=31), False
            before = member.copy() if packed else member
            try:
                piece = member.decompress(packed, CHUNK) if packed else member.flush()
            except zlib.error as error:
                piece = _before_damage(before, packed)
                self.unpacked += len(piece)
                if self.unpacked == 0:
                    raise FileRefused(f"the gzip is damaged ({error}); ask for the export again") from error
                self.broken = _CUT_SHORT
                if piece:
                    yield piece
                return
            self.unpacked += len(piece)
            self._guard()
            if piece:
                yield piece
            if member.eof:
                between, packed = True, member.unused_data
            elif not packed:
                if self.unpacked == 0:
                    raise FileRefused("the gzip ends before anything in it does; ask for the export again")
                self.broken = _CUT_SHORT
                return
            else:
                packed = member.unconsumed_tail

    def _take(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        self.read += len(piece)
        return piece

    def _guard(self) -> None:
        if self.unpacked > max(_BOMB_FLOOR, self._largest) and self.unpacked > _BOMB_RATIO * self.read:
            raise FileRefused(
                f"the gzip unpacks to more than {self.unpacked >> 20} MiB, over {_BOMB_RATIO} times its "
                "size, as a file made to exhaust a computer does; if it is honest, "
                "raise [file] largest_unpacked in the mapping"
            )


def _before_damage(member: zlib._Decompress, packed: bytes) -> bytes:
    """What still comes out of a damaged piece, byte by byte."""
    pieces = []
    for at in range(len(packed)):
        try:
            pieces.append(member.decompress(packed[at : at + 1]))
        except zlib.error:
            break
    return b"".join(pieces)


def _utf16_without_mark(first: bytes) -> str | None:
    """UTF-16 shows in text that is mostly ASCII: every second byte is zero."""
    head = first[:4096]
    half = len(head) // 2
    if half < 8:
        return None
    if head[1::2].count(0) > 0.6 * half and head[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.6 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def decode_line(line: bytes) -> tuple[str, bool]:
    """A physical line as text, and whether it had to be read as Windows-1252 because it is not UTF-8."""
    try:
        return line.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252"), True
    except UnicodeDecodeError:
        return line.decode("latin-1"), True  # the five bytes that Windows-1252 leaves open


def repair_utf8(data: bytes) -> tuple[bytes, int]:
    """Lines that are not UTF-8 read as Windows-1252, the rest as they are; and how many lines that was."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        lines = [decode_line(line) for line in data.splitlines(keepends=True)]
        return "".join(text for text, _ in lines).encode(), sum(repaired for _, repaired in lines)
    return data, 0
