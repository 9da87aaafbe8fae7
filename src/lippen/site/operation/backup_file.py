"""The format of a backup: a tar file that says what is in it, and is checked before anything is done with it.

    backup.json              format 2: what follows, each with bytes and SHA-256; when it was made, by which
                             Lippen, of which database, with which migrations; the public half of the seal key
    backup.json.signature    Ed25519 over "lippen backup 1\\n" and backup.json by the seal key, hexadecimal
    lippen.toml, site.toml   the workspace's settings
    database/lippen.sqlite3  SQLite: the whole database at one moment, or
    database/TABLE.csv       PostgreSQL: each table at one moment, as COPY writes it (CSV with a header)
    speak/...                what is public of the residents' door (`door_files`)
    lake/manifest.json       the state of the lake at one moment, and
    lake/...                 every file that it names

Sessions are left out, so that a stolen backup signs nobody in. Keys are left out; `lippen backup --keys`
writes them to a file of their own. What residents sent is left out: a copy of that file would keep what has
expired, and two of them would tell when a mailbox was answered. What is public of their door is in it.

The tar file holds plain files and nothing else. Before a file whose length or name does not fit into its
header stands one extension (pax) that says it. Only that is read: what else tar can say, links, holes and
headers of any length, is of no use here but to do harm, and is read before any signature.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lippen.errors import LippenError
from lippen.manifest import settle
from lippen.site.seal_keys import SealKeys, is_signed_by

FORMAT: Final = 2
"""In 1 nothing of the residents' door was there; a Lippen that knows 1 alone is told to be updated."""

CONTENTS, SIGNATURE = "backup.json", "backup.json.signature"
SESSIONS: Final = ("accounts_session",)
"""Tables whose rows are left out."""

_SIGNED: Final = b"lippen backup 1\n"
_MEMBER = re.compile(
    r"lippen\.toml|site\.toml"
    r"|speak/[\w-][\w .-]*|speak/desks/[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)?\.json"
    r"|database/lippen\.sqlite3|database/[a-z0-9_]+\.csv|lake/manifest\.json"
    r"|lake/(?:signals/[a-z_]+|quarantine|results)/[A-Za-z0-9_][A-Za-z0-9_.-]*\.parquet"
)
_CHUNK: Final = 1 << 20
_LONGEST_CONTENTS: Final = 64 << 20
_LONGEST_EXTENSION: Final = 4096
"""Bytes; one that was written here says a length of some twenty digits, or a name of a few hundred."""

_EXTENSION = re.compile(rb"(?:[0-9]{1,4} (?:size=[0-9]{1,20}|path=[^\n]+)\n)+")
_SAID = re.compile(rb"(size|path)=(.+)")


class BackupRefused(LippenError):
    """The backup cannot be written where it was asked for."""


class BackupBroken(LippenError):
    """A backup is not what it says it is."""


@dataclass(frozen=True)
class _Member:
    """A plain file of a tar: what it is called, how long it says it is, and the tar, which stands where its
    content begins.
    """

    name: str
    size: int
    tar: BinaryIO

    def pieces(self) -> Iterator[bytes]:
        """Its content. Raises TarError where the tar ends before."""
        left = self.size
        while left > 0:
            piece = self.tar.read(min(left, _CHUNK))
            if not piece:
                raise tarfile.ReadError("it was cut off")
            left -= len(piece)
            yield piece


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself.

    `database` is `sqlite` or `postgresql`; `migrations` are `app.name`; `sequences` are PostgreSQL's, by
    name; `rows` counts each table; `members` gives bytes and SHA-256 of each file.
    """

    format: int
    lippen: str
    made_at: str
    database: str
    migrations: tuple[str, ...]
    seal_public: str
    rows: Mapping[str, int]
    sequences: Mapping[str, int]
    members: Mapping[str, tuple[int, str]]

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode() + b"\n"


def digest_of(file: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    running, length = sha256(), 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            running.update(chunk)
            length += len(chunk)
    return length, running.hexdigest()


def write(out: Path, folder: Path, contents: Contents, signer: Ed25519PrivateKey) -> None:
    """Write the backup of what lies in `folder`; `out` appears whole, readable by its owner alone.

    Others may write where `out` will lie: they cannot read what is written there, nor lead it elsewhere.
    Raises BackupRefused when they are in the way.
    """
    said = contents.as_bytes()
    part = out.with_name(f".lippen-{contents.seal_public[:12]}.part")
    try:
        part.unlink(missing_ok=True)  # of a backup that was killed; of a link, the link
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (IsADirectoryError, PermissionError, FileExistsError) as error:
        raise _in_the_way(part) from error
    try:
        _write_tar(handle, folder, contents, said, signer)
        part.rename(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    settle(out.parent)


def _write_tar(handle: int, folder: Path, contents: Contents, said: bytes, signer: Ed25519PrivateKey) -> None:
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, CONTENTS, io.BytesIO(said), len(said))
            signature = signer.sign(_SIGNED + said).hex().encode() + b"\n"
            _add(tar, SIGNATURE, io.BytesIO(signature), len(signature))
            for name, (length, _) in contents.members.items():
                with (folder / name).open("rb") as member:
                    _add(tar, name, member, length)
        file.flush()
        os.fsync(file.fileno())


def _in_the_way(part: Path) -> BackupRefused:
    return BackupRefused(
        "somebody else's file or folder is where the backup has to be written",
        file=part,
        remedy="Take it away, or name a folder of your own with --out.",
    )


def extract(backup: Path, into: Path, known: SealKeys) -> Contents:
    """Unpack a backup into an empty folder, once the site with these public seal keys was found to have
    signed it, and check every byte against its digest.

    Returns what it says of itself. Raises BackupBroken, having written nothing outside `into`, and nothing at
    all where the signature does not fit.
    """
    try:
        with backup.open("rb") as file:
            members = _members(file)
            contents = _read_contents(_small(members, CONTENTS, backup), backup)
            check_signature(backup, contents, _small(members, SIGNATURE, backup), known)
            left = dict(contents.members)
            for member in members:
                if member.name not in left:
                    raise _broken(backup, f"it holds {member.name!r}, which it does not list")
                expected = left.pop(member.name)
                # The length first: a few bytes of tar can claim to be more than a disk holds.
                if member.size != expected[0] or _unpack(member, into / member.name) != expected:
                    raise _broken(backup, f"{member.name} is not what was written")
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise _broken(backup, f"it cannot be read ({str(error) or type(error).__name__})") from error
    if left:
        raise _broken(backup, f"{sorted(left)[0]} is missing")
    return contents


def check_signature(backup: Path, contents: Contents, signature: bytes, known: SealKeys) -> None:
    """Raise BackupBroken unless the site whose public seal keys these are has signed this backup. `signature`
    is what the file says: hexadecimal digits.

    A key that was replaced vouches for what it says was made before. Whoever has that key can say so too.
    """
    try:
        public = bytes.fromhex(contents.seal_public)
        if public not in known.keys:
            raise BackupBroken(
                "this backup and these keys are of two different sites, or it is newer than they are",
                file=backup,
                remedy="Name the newest file of keys that was written with this site's backups.",
            )
        fits = is_signed_by(
            public, _SIGNED + contents.as_bytes(), bytes.fromhex(signature.decode("ascii").strip())
        )
        replaced = known.replaced_at(public)
        late = replaced is not None and datetime.fromisoformat(contents.made_at) > replaced
    except (ValueError, TypeError) as error:
        raise _broken(backup, "its signature, or its time, is none") from error
    if not fits:
        raise _broken(backup, "its signature does not fit: somebody changed it")
    if late:
        raise _broken(backup, "it says that it was made after the key that signed it was replaced")


def _read_contents(text: bytes, backup: Path) -> Contents:
    try:
        told: dict[str, Any] = json.loads(text)
        version = told["format"]
        if isinstance(version, int) and version > FORMAT:
            raise BackupBroken(
                f"this backup is of format {version}, and this Lippen knows {FORMAT}",
                file=backup,
                remedy="Update Lippen.",
            )
        contents = Contents(
            format=int(version),
            lippen=str(told["lippen"]),
            made_at=str(told["made_at"]),
            database=str(told["database"]),
            migrations=tuple(str(one) for one in told["migrations"]),
            seal_public=str(told["seal_public"]),
            rows={str(name): int(rows) for name, rows in told["rows"].items()},
            sequences={str(name): int(value) for name, value in told["sequences"].items()},
            members={
                str(name): (int(length), str(digest)) for name, (length, digest) in told["members"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _broken(backup, f"{CONTENTS} cannot be read ({error})") from error
    if contents.as_bytes() != text:
        raise _broken(backup, f"{CONTENTS} says more than this Lippen understands")
    if strange := [name for name in contents.members if not _MEMBER.fullmatch(name)]:
        raise _broken(backup, f"it lists {strange[0]!r}, which is no part of a workspace")
    return contents


def _members(tar: BinaryIO) -> Iterator[_Member]:
    """The files of a tar, as `_write_tar` writes them. Raises TarError at the first that is anything else."""
    while (header := _header(tar)) is not None:
        said: dict[bytes, bytes] = {}
        if header.type == tarfile.XHDTYPE:
            said = _extension(tar, header)
            header = _header(tar)
        if header is None or header.type != tarfile.REGTYPE:
            raise tarfile.ReadError("it holds something that is no plain file")
        name = said[b"path"].decode() if b"path" in said else header.name
        member = _Member(name, int(said.get(b"size", header.size)), tar)
        if member.size < 0:
            raise tarfile.ReadError("a file in it is shorter than nothing")
        end = tar.tell() + _padded(member.size)
        yield member
        tar.seek(end)


def _header(tar: BinaryIO) -> tarfile.TarInfo | None:
    """The header that stands here; None where the tar ends, with nothing but zeros."""
    block = tar.read(tarfile.BLOCKSIZE)
    if block == bytes(tarfile.BLOCKSIZE):
        return None
    return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")


def _extension(tar: BinaryIO, header: tarfile.TarInfo) -> dict[bytes, bytes]:
    """What an extension says of the file that follows it."""
    if not 0 < header.size <= _LONGEST_EXTENSION:
        raise tarfile.ReadError("an extension in it is too long, or empty")
    text = tar.read(_padded(header.size))[: header.size]
    if not _EXTENSION.fullmatch(text):
        raise tarfile.ReadError("an extension in it says more than a name and a length")
    return dict(_SAID.findall(text))


def _padded(size: int) -> int:
    return -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


def _small(members: Iterator[_Member], name: str, backup: Path) -> bytes:
    member = next(members, None)
    if member is None or member.name != name or member.size > _LONGEST_CONTENTS:
        raise _broken(backup, f"{name} does not stand where it should: this is no backup of Lippen")
    return b"".join(member.pieces())


def _unpack(member: _Member, to: Path) -> tuple[int, str]:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    running, length = sha256(), 0
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in member.pieces():
            running.update(piece)
            length += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return length, running.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: io.BufferedIOBase | Any, length: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = length
    member.mode = 0o600
    tar.addfile(member, content)


def _broken(backup: Path, why: str) -> BackupBroken:
    return BackupBroken(f"this backup cannot be used: {why}", file=backup, remedy="Use another one.")


def listed(folder: Path, names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Bytes and SHA-256 of each of these files below a folder."""
    return {name: digest_of(folder / name) for name in names}
