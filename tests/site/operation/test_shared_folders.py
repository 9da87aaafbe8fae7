"""Folders that other users of the machine can write to: nothing of a site lies there, and no link is
followed out of them.
"""

from __future__ import annotations

import os
import tarfile
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from open_sites import Served, closed, killed_before, lippen, own_database

from lippen.site.configuration import read_configuration
from lippen.site.operation import backup as backing_up
from lippen.site.operation.backup_file import BackupRefused

HERE = "lippen.site.operation"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with own_database() as database_url:
        yield closed("serve", tmp_path_factory.mktemp("shared") / "partnership", database_url)


@pytest.fixture
def open_to_all(tmp_path: Path) -> Path:
    """A folder in which every user of the machine may do anything."""
    folder = tmp_path / "everybody"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def precious(tmp_path: Path) -> Iterator[Path]:
    """A folder that a link leads to; it must be as it was when the test ends."""
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    folder.chmod(0o755)
    yield folder
    assert [one.name for one in folder.iterdir()] == ["letter.txt"]
    assert (folder / "letter.txt").read_text() == "mine"
    assert folder.stat().st_mode & 0o777 == 0o755


def back_up(site: Served, out: Path) -> tuple[int, str]:
    done = lippen("backup", "--workspace", site.workspace, "--out", out, database_url=site.database_url)
    return done.returncode, done.stderr


def part_of(site: Served) -> str:
    """What a backup is called until it is whole: everybody can know it."""
    return f".lippen-{(site.workspace / 'keys' / 'seal.pub').read_text()[:12]}.part"


@pytest.mark.parametrize("step", ["backup:version", "backup:_lake", "backup_file:write", "backup_file:_add"])
def test_what_a_backup_gathers_never_lies_where_others_can_read_it(
    site: Served, open_to_all: Path, step: str
) -> None:
    """Stopped at each step, as somebody would find it who watches the folder."""
    asked = ("backup", "--workspace", site.workspace, "--out", open_to_all)
    killed_before(f"{HERE}.{step}", *asked, database_url=site.database_url)
    for found in open_to_all.iterdir():
        assert found.is_file(), f"{found.name} can be gone into"
        assert found.stat().st_mode & 0o777 == 0o600
        assert found.stat().st_size == 0, "nothing was written before the list of what is in it"
    assert back_up(site, open_to_all) == (0, "")
    (written,) = open_to_all.iterdir()
    assert written.stat().st_mode & 0o777 == 0o600
    assert not [one for one in site.workspace.iterdir() if one.name.startswith(".gather")]


def test_a_link_in_the_way_of_a_backup_is_not_followed(
    site: Served, open_to_all: Path, precious: Path
) -> None:
    out = open_to_all / "site.tar"
    (open_to_all / f".{site.workspace.name}.gathering").symlink_to(precious)
    (open_to_all / part_of(site)).symlink_to(precious / "letter.txt")
    assert back_up(site, out) == (0, "")
    assert not out.is_symlink()
    with tarfile.open(out) as whole:
        assert whole.getnames()[0] == "backup.json"


def test_a_folder_in_the_way_of_a_backup_is_named(site: Served, open_to_all: Path) -> None:
    (open_to_all / part_of(site)).mkdir()
    code, said = back_up(site, open_to_all / "site.tar")
    assert code == 2
    assert part_of(site) in said
    assert "folder of your own" in said
    assert len(said.splitlines()) == 1


def test_a_backup_gathers_in_no_folder_that_is_a_link(site: Served, tmp_path: Path, precious: Path) -> None:
    link = site.workspace / ".gathering"
    link.symlink_to(precious)
    try:
        code, said = back_up(site, tmp_path / "site.tar")
    finally:
        link.unlink()
    assert (code, "is a link" in said) == (2, True)
    assert not (tmp_path / "site.tar").exists()


@pytest.fixture(scope="module")
def backup(site: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("backup")
    asked = ("--out", folder / "site.tar", "--keys", folder / "keys.json")
    done = lippen("backup", "--workspace", site.workspace, *asked, database_url=site.database_url)
    assert done.returncode == 0, done.stderr
    return folder / "site.tar", folder / "keys.json"


def refused(backup: tuple[Path, Path], workspace: Path) -> str:
    """Restore into a folder that does not do; returns what was said."""
    file, keys = backup
    with own_database() as database_url:
        done = lippen("restore", file, "--workspace", workspace, "--keys", keys, database_url=database_url)
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not workspace.exists()
    return done.stderr


def test_a_restore_builds_in_no_folder_that_is_a_link(
    backup: tuple[Path, Path], tmp_path: Path, precious: Path
) -> None:
    (tmp_path / ".again.restoring").symlink_to(precious)
    assert "is a link" in refused(backup, tmp_path / "again")


def test_a_restore_builds_in_no_folder_that_others_can_open(
    backup: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / ".again.restoring").mkdir()
    (tmp_path / ".again.restoring").chmod(0o755)
    assert "others than its owner" in refused(backup, tmp_path / "again")


def test_a_restore_builds_nothing_below_a_folder_in_which_others_can_exchange_it(
    backup: tuple[Path, Path], open_to_all: Path
) -> None:
    said = refused(backup, open_to_all / "inside" / "again")
    assert "others can write to this folder" in said
    assert f"chmod go-w {open_to_all}" in said
    assert list(open_to_all.rglob("*.key")) == []


def test_below_a_folder_of_which_everybody_keeps_their_own_a_restore_is_safe(
    backup: tuple[Path, Path], open_to_all: Path
) -> None:
    """As /tmp is: what one user made there, no other can move away."""
    open_to_all.chmod(0o1777)
    file, keys = backup
    again = open_to_all / "again"
    with own_database() as database_url:
        done = lippen("restore", file, "--workspace", again, "--keys", keys, database_url=database_url)
    assert done.returncode == 0, done.stderr
    assert again.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_restore_builds_in_no_folder_of_another_user(backup: tuple[Path, Path], tmp_path: Path) -> None:
    theirs = tmp_path / ".again.restoring"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    assert "another user" in refused(backup, tmp_path / "again")
    parent = tmp_path / "parent"
    parent.mkdir(mode=0o755)
    os.chown(parent, 65534, 65534)
    assert "another user" in refused(backup, parent / "again")


def test_nothing_is_handed_out_below_a_folder_in_which_others_can_exchange_it(
    site: Served, open_to_all: Path
) -> None:
    options = ("--workspace", site.workspace, "--out", open_to_all / "held", "--confirm", "Lippen")
    done = lippen("retire", *options, database_url=site.database_url)
    assert (done.returncode, "others can write to this folder" in done.stderr) == (2, True), done.stderr
    assert list(open_to_all.iterdir()) == []
    assert (site.workspace / "keys" / "seal.key").exists(), "the site is as it was"


def test_a_backup_does_not_fill_the_disk_of_an_open_site(
    site: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That would close it: what cannot be entered is not shown."""
    if site.database_url is not None:
        monkeypatch.setenv("DATABASE_URL", site.database_url)
    monkeypatch.setattr(backing_up.shutil, "disk_usage", lambda _: Usage(2**40, 2**40, 2**20))
    with pytest.raises(BackupRefused, match=r"needs \d+ MiB here for a while, and 1 are free"):
        backing_up.write_backup(read_configuration(site.workspace), tmp_path / "site.tar")
    assert list(tmp_path.iterdir()) == []
