"""Backups that somebody made to do harm: nothing of one is used before its signature was found to fit keys
that the person who restores it named.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import tracemalloc
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from open_sites import Served, closed, lippen, own_database

from lippen.site.operation import backup_file
from lippen.site.operation.backup_file import BackupBroken, Contents
from lippen.site.seal_keys import SealKeys

SIGNED = b"lippen backup 1\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forged")


@pytest.fixture(scope="module")
def site(place: Path) -> Iterator[Served]:
    """A site that keeps its keys outside its workspace."""
    with own_database() as database_url:
        asked = closed("serve", place / "partnership", database_url)
        (place / "partnership" / "keys").rename(place / "elsewhere")
        (place / "partnership" / "site.toml").write_text(f'keys = "{place / "elsewhere"}"\n')
        yield asked


@pytest.fixture(scope="module")
def backup(site: Served, place: Path) -> Path:
    asked = ("--out", place / "site.tar", "--keys", place / "keys.json")
    done = lippen("backup", "--workspace", site.workspace, *asked, database_url=site.database_url)
    assert done.returncode == 0, done.stderr
    return place / "site.tar"


def restore(backup: Path, workspace: Path, *options: str | Path) -> tuple[int, str]:
    with own_database() as database_url:
        done = lippen("restore", backup, "--workspace", workspace, *options, database_url=database_url)
    assert done.returncode == 0 or len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


def members_of(backup: Path) -> dict[str, bytes]:
    with tarfile.open(backup) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


def written(to: Path, members: Mapping[str, bytes]) -> Path:
    with tarfile.open(to, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return to


def with_settings(backup: Path, to: Path, settings: str, signer: Ed25519PrivateKey | None = None) -> Path:
    """The backup with another site.toml, and a list that says so, signed by somebody else or not at all."""
    members = members_of(backup)
    told = json.loads(members["backup.json"])
    members["site.toml"] = settings.encode()
    told["members"]["site.toml"] = [len(settings.encode()), sha256(settings.encode()).hexdigest()]
    if signer is not None:
        told["seal_public"] = signer.public_key().public_bytes_raw().hex()
    said = json.dumps(told, indent=1, sort_keys=True).encode() + b"\n"
    signature = signer.sign(SIGNED + said).hex().encode() if signer else members["backup.json.signature"]
    return written(to, {**members, "backup.json": said, "backup.json.signature": signature})


def test_a_forged_backup_says_in_vain_where_the_keys_go(backup: Path, place: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o755)
    forged = with_settings(backup, tmp_path / "forged.tar", f'keys = "{victim}"\n')
    code, said = restore(forged, tmp_path / "again", "--keys", place / "keys.json")
    assert (code, "its signature does not fit" in said) == (2, True)
    assert list(victim.iterdir()) == []
    assert victim.stat().st_mode & 0o777 == 0o755
    assert not (tmp_path / "again").exists()


def test_keys_that_a_backup_itself_names_prove_nothing(backup: Path, tmp_path: Path) -> None:
    """Somebody signed it with a key of their own, and its settings say where that key lies."""
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    signer = Ed25519PrivateKey.generate()
    for name in ("session.key", "digest.key", "seal.key"):
        (theirs / name).write_text(signer.private_bytes_raw().hex())
        (theirs / name).chmod(0o600)
    forged = with_settings(backup, tmp_path / "forged.tar", f'keys = "{theirs}"\n', signer)
    code, said = restore(forged, tmp_path / "again")
    assert (code, "--keys" in said) == (2, True)
    assert not (tmp_path / "again").exists()


def test_keys_that_lie_where_the_site_keeps_them_are_named_as_a_folder(
    backup: Path, place: Path, tmp_path: Path
) -> None:
    before = {one.name: one.read_bytes() for one in (place / "elsewhere").iterdir()}
    assert restore(backup, tmp_path / "again", "--keys", place / "elsewhere") == (0, "")
    assert (tmp_path / "again" / "lippen.toml").exists()
    assert {one.name: one.read_bytes() for one in (place / "elsewhere").iterdir()} == before


def test_the_file_of_keys_does_when_the_same_keys_lie_there_already(
    backup: Path, place: Path, tmp_path: Path
) -> None:
    assert restore(backup, tmp_path / "again", "--keys", place / "keys.json") == (0, "")


def test_what_is_named_and_is_no_file_is_refused_at_once(backup: Path, place: Path, tmp_path: Path) -> None:
    """A list that was named and is not there would else let all back in that had ended."""
    os.mkfifo(tmp_path / "pipe")
    keys, nowhere = ("--keys", place / "keys.json"), tmp_path / "nowhere.json"
    for options, said in (
        (("--keys", tmp_path / "pipe"), "this is no file of keys"),
        (("--keys", "/dev/zero"), "this is no file of keys"),
        ((*keys, "--ended", tmp_path / "pipe"), "cannot be read (it is no ordinary file)"),
        ((*keys, "--ended", "/dev/zero"), "cannot be read (it is no ordinary file)"),
        ((*keys, "--ended", nowhere), f"{nowhere}: there is no list of what has ended here"),
    ):
        code, error = restore(backup, tmp_path / "again", *options)
        assert (code, said in error) == (2, True), error
        assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


def test_keys_in_another_folder_than_the_site_s_are_not_taken(
    backup: Path, place: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    moved.mkdir(mode=0o700)
    for one in (place / "elsewhere").iterdir():
        (moved / one.name).write_bytes(one.read_bytes())
        (moved / one.name).chmod(0o600)
    code, said = restore(backup, tmp_path / "again", "--keys", moved)
    assert code == 2
    assert str(place / "elsewhere") in said
    assert not (tmp_path / "again").exists()


DEEP = b"[" * 200_000


def test_what_is_nested_too_deep_is_refused_in_a_line(backup: Path, place: Path, tmp_path: Path) -> None:
    deep = written(tmp_path / "deep.tar", {**members_of(backup), "backup.json": DEEP})
    code, said = restore(deep, tmp_path / "again", "--keys", place / "keys.json")
    assert (code, "backup.json cannot be read" in said) == (2, True)
    (tmp_path / "deep.json").write_bytes(DEEP)
    code, said = restore(backup, tmp_path / "again", "--keys", tmp_path / "deep.json")
    assert (code, "no file of keys" in said) == (2, True)


def test_numbers_without_end_are_refused_in_a_line(backup: Path, place: Path, tmp_path: Path) -> None:
    members = members_of(backup)
    members["backup.json"] = members["backup.json"].replace(b'"format": 2', b'"format": Infinity')
    code, said = restore(
        written(tmp_path / "x.tar", members), tmp_path / "again", "--keys", place / "keys.json"
    )
    assert (code, "backup.json cannot be read" in said) == (2, True)


BLOWN_UP = 256 << 20


def contents_of(signer: Ed25519PrivateKey, members: dict[str, tuple[int, str]]) -> Contents:
    """What a backup of SQLite says of itself that holds these files, sealed with this key."""
    return Contents(
        format=1,
        lippen="0",
        made_at="2026-11-26T02:30:00+00:00",
        database="sqlite",
        migrations=(),
        seal_public=signer.public_key().public_bytes_raw().hex(),
        rows={},
        sequences={},
        members=members,
    )


def bomb(to: Path, signer: Ed25519PrivateKey, forged: bool) -> Path:
    """A tar file of a few kilobytes whose one member claims to be a quarter of a gigabyte of zeros."""
    name = "database/lippen.sqlite3"
    contents = contents_of(signer, {name: (BLOWN_UP if forged else 9, "0" * 64)})
    said = contents.as_bytes()
    signature = signer.sign(SIGNED + (b"" if forged else said)).hex().encode()
    blown = tarfile.TarInfo(name)
    blown.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(blown.tobuf(tarfile.GNU_FORMAT))
    header[386:398] = f"{BLOWN_UP:011o}\0".encode()  # where its one piece of data stands, and its length
    header[398:410] = f"{0:011o}\0".encode()
    header[483:495] = f"{BLOWN_UP:011o}\0".encode()  # how long it is in truth
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    written(to, {"backup.json": said, "backup.json.signature": signature})
    content = to.read_bytes().rstrip(b"\0")
    to.write_bytes(content + b"\0" * (-len(content) % 512) + bytes(header) + b"\0" * 1024)
    return to


@pytest.mark.parametrize(("forged", "says"), [(True, "does not fit"), (False, "is no plain file")])
def test_a_small_file_that_would_fill_the_disk_is_refused_before_it_does(
    tmp_path: Path, forged: bool, says: str
) -> None:
    signer = Ed25519PrivateKey.generate()
    small = bomb(tmp_path / "bomb.tar", signer, forged)
    assert small.stat().st_size < 20_000
    with tarfile.open(small) as tar:
        assert tar.getmember("database/lippen.sqlite3").size == BLOWN_UP, "it is what it is meant to be"
    into = tmp_path / "into"
    into.mkdir()
    known = SealKeys(signer.public_key().public_bytes_raw())
    with pytest.raises(BackupBroken, match=says):
        backup_file.extract(small, into, known)
    assert sum(one.stat().st_size for one in into.rglob("*") if one.is_file()) == 0


def header(kind: bytes, size: int, name: bytes = b"backup.json") -> bytes:
    """A header of a tar, with a length as large as one likes."""
    made = bytearray(512)
    made[: len(name)] = name
    fits = 0 <= size < 8**11
    made[124:136] = b"%011o\0" % size if fits else size.to_bytes(12, "big", signed=True)
    made[124] |= 0 if fits else 0x80
    made[156:157] = kind
    made[257:265] = b"ustar\x0000"
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


def extension(said: bytes) -> bytes:
    return header(b"x", len(said)) + said.ljust(-(-len(said) // 512) * 512, b"\0")


FILE = header(b"0", 10)
HOSTILE = {
    "a map of holes that is none": extension(b"22 GNU.sparse.map=a,b\n") + FILE,
    "a file with holes": extension(b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n") + FILE,
    "an extension without end": extension(b"9" * 20 + b" a=b\n") + FILE,
    "an extension of eight gigabytes": header(b"x", 8 << 30),
    "an extension longer than any disk": header(b"x", 1 << 60),
    "a name of eight gigabytes": header(b"L", 8 << 30),
    "a name longer than any disk": header(b"L", 1 << 80),
    "a file longer than any disk": header(b"0", 1 << 80),
    "a file shorter than nothing": header(b"0", -1),
    "a length of thousands of digits": extension(b"5009 size=" + b"9" * 5000 + b"\n") + FILE,
    "a name that is no text": extension(b"9 path=\xff\n") + FILE,
    "three thousand extensions": header(b"x", 0) * 3000 + FILE,
    "an extension of an extension": extension(b"9 path=a\n") * 3000 + FILE,
    "three thousand names": header(b"L", 0) * 3000 + FILE,
    "a link": header(b"2", 0),
    "a device": header(b"3", 0),
    "half a header": FILE[:100],
    "a file that was cut off": FILE + b"{}",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_tar_that_is_made_to_break_its_reader_is_refused_in_a_line_and_fills_no_memory(
    tmp_path: Path, name: str
) -> None:
    hostile = tmp_path / "hostile.tar"
    hostile.write_bytes(HOSTILE[name] + b"\0" * (1024 if name not in ("half a header", "nothing") else 0))
    tracemalloc.start()
    try:
        with pytest.raises(BackupBroken) as refused:
            backup_file.extract(hostile, tmp_path / "into", SealKeys(bytes(32)))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 600
    assert not (tmp_path / "into").exists()


def test_a_file_whose_length_and_name_stand_in_an_extension_is_read(tmp_path: Path) -> None:
    """As a database of more than eight gigabytes is written."""
    signer = Ed25519PrivateKey.generate()
    name, content = f"lake/results/{'a' * 120}.parquet", b"rows"
    contents = contents_of(signer, {name: (len(content), sha256(content).hexdigest())})
    folder, into = tmp_path / "folder", tmp_path / "into"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(content)
    into.mkdir()
    backup_file.write(tmp_path / "long.tar", folder, contents, signer)
    known = SealKeys(signer.public_key().public_bytes_raw())
    assert backup_file.extract(tmp_path / "long.tar", into, known) == contents
    assert (into / name).read_bytes() == content
    written_so = (tmp_path / "long.tar").read_bytes()
    said = b"151 path=" + name.encode() + b"\n"
    assert said in written_so, "the name stands in an extension"
    longer = b"151 path=" + name.encode() + b"\n9 size=4\n"
    at = written_so.index(said) - 512
    other = written_so[:at] + extension(longer) + written_so[at + 1024 :]
    (tmp_path / "longer.tar").write_bytes(other)
    (into / name).unlink()
    assert backup_file.extract(tmp_path / "longer.tar", into, known) == contents
