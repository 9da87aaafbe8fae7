"""A folder of keys that is not the site's alone: what others put there is neither read nor deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from open_sites import Served, closed, free_port, lippen, own_database

from lippen.site.folders import FolderUnsafe
from lippen.site.keys import NAMES, PUBLIC, make_keys
from lippen.site.secret_files import KeyMissing

THEIRS = {"nginx.key": "another program's", "notes.txt": "somebody's", "server.pem": "another program's"}


def with_files_of_others(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    for name, text in THEIRS.items():
        (folder / name).write_text(text)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {one.name: one.read_text() for one in folder.iterdir()}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    return with_files_of_others(tmp_path / "etc")


@pytest.fixture
def site(tmp_path: Path, shared: Path) -> Iterator[Served]:
    """A site whose keys lie in a folder that other programs use too."""
    with own_database() as database_url:
        opened = closed("serve", tmp_path / "partnership", database_url)
        for one in (opened.workspace / "keys").iterdir():
            one.rename(shared / one.name)
        (opened.workspace / "site.toml").write_text(f'name = "Braeside"\nkeys = "{shared}"\n')
        yield opened


def test_retiring_deletes_the_site_s_keys_and_nobody_else_s(
    site: Served, shared: Path, tmp_path: Path
) -> None:
    options = ("--workspace", site.workspace, "--out", tmp_path / "held", "--confirm", "Braeside")
    done = lippen("retire", *options, database_url=site.database_url)
    assert done.returncode == 0, done.stderr
    left = files(shared)
    assert left.pop(PUBLIC)
    assert left == THEIRS


def test_the_file_of_keys_holds_none_of_another_program(site: Served, tmp_path: Path) -> None:
    asked = ("--out", tmp_path / "site.tar", "--keys", tmp_path / "keys.json")
    done = lippen("backup", "--workspace", site.workspace, *asked, database_url=site.database_url)
    assert done.returncode == 0, done.stderr
    assert set(json.loads((tmp_path / "keys.json").read_text())["files"]) == {*NAMES, PUBLIC}


def test_without_its_keys_a_site_is_not_opened_and_nothing_there_is_deleted(
    site: Served, shared: Path
) -> None:
    for name in (*NAMES, PUBLIC):
        (shared / name).unlink()
    asked = ("serve", "--port", str(free_port()), "--workspace", site.workspace)
    done = lippen(*asked, database_url=site.database_url)
    assert (done.returncode, "has a database and no keys" in done.stderr) == (2, True), done.stderr
    assert files(shared) == THEIRS


def test_keys_that_were_not_moved_yet_are_said_to_lie_where_they_do(
    site: Served, shared: Path, tmp_path: Path
) -> None:
    left, named = site.workspace / "keys", tmp_path / "new"
    left.mkdir(exist_ok=True)
    for name in (*NAMES, PUBLIC):
        (shared / name).rename(left / name)
    (site.workspace / "site.toml").write_text(f'keys = "{named}"\n')
    held = files(left)
    for verb in (["serve", "--port", free_port()], ["backup", "--out", tmp_path / "site.tar"], ["doctor"]):
        done = lippen(*map(str, verb), "--workspace", site.workspace, database_url=site.database_url)
        said = done.stdout + done.stderr
        assert done.returncode == (1 if verb == ["doctor"] else 2), said
        assert (
            f"{named}: the keys of this site are not here: they lie in {left}. Stop the site and move" in said
        )
        assert "backup of the keys" not in said
    assert (files(left), named.exists()) == (held, False)
    left.rename(named)
    done = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
    assert f"well  keys: all there in {named}" in done.stdout, done.stdout


def test_a_folder_that_others_use_is_left_open_to_them_and_an_empty_one_is_closed(
    shared: Path, tmp_path: Path
) -> None:
    make_keys(shared)
    assert shared.stat().st_mode & 0o777 == 0o755
    assert all((shared / name).stat().st_mode & 0o777 == 0o600 for name in NAMES)
    (tmp_path / "empty").mkdir(mode=0o755)
    make_keys(tmp_path / "empty")
    assert (tmp_path / "empty").stat().st_mode & 0o777 == 0o700


def test_keys_are_not_made_where_others_can_exchange_them(shared: Path) -> None:
    shared.chmod(0o775)
    with pytest.raises(FolderUnsafe, match="others can write to this folder") as refused:
        make_keys(shared)
    assert "chmod go-w" in str(refused.value)
    assert files(shared) == THEIRS


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_keys_are_not_made_in_another_user_s_folder(shared: Path) -> None:
    os.chown(shared, 65534, 65534)
    with pytest.raises(FolderUnsafe, match="another user"):
        make_keys(shared)


def test_a_public_half_without_its_key_is_the_sign_of_another_site(tmp_path: Path) -> None:
    make_keys(tmp_path)
    for name in NAMES:
        (tmp_path / name).unlink()
    with pytest.raises(KeyMissing, match=PUBLIC):
        make_keys(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [PUBLIC]


def test_a_new_site_is_not_opened_beside_the_copies_of_another(tmp_path: Path) -> None:
    copies = tmp_path / "partnership-checkpoints"
    copies.mkdir()
    (copies / "checkpoints-2026-11.jsonl").write_text("another site's\n")
    refused = lippen("serve", "--workspace", tmp_path / "partnership", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "the checkpoints of another site are copied to this folder" in refused.stderr
    assert not (tmp_path / "partnership" / "keys").exists()
    assert (copies / "checkpoints-2026-11.jsonl").read_text() == "another site's\n"
