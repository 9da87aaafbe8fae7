"""Backups from before a seal key was replaced, put back with the keys of before or after; and retirement."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from open_sites import Served, closed, lippen, own_database, start, stop

from lippen.site.seal_keys import SealKeys, note_from, seal_keys


@dataclass(frozen=True)
class Rotated:
    """A site whose seal key was replaced: its backups and files of keys from before and after, and its first
    public key.
    """

    site: Served
    old_backup: Path
    new_backup: Path
    old_keys: Path
    new_keys: Path
    first: Path


def do(site: Served, *arguments: str | Path) -> str:
    done = lippen(*arguments, "--workspace", site.workspace, database_url=site.database_url)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def opened_for_a_while(workspace: Path, database_url: str | None) -> None:
    """Open the site and close it: it seals what its start entered."""
    assert stop(start("serve", workspace, database_url)) == 0


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotated]:
    place = tmp_path_factory.mktemp("rotated")
    with own_database() as database_url:
        site = closed("serve", place / "site", database_url)
        do(site, "backup", "--out", place / "old.tar", "--keys", place / "old.json")
        shutil.copy(site.workspace / "keys" / "seal.pub", place / "first.pub")
        said = do(site, "register", "rotate-seal-key", "--reason", "a drawer was found open")
        assert "(note 1)" in said
        opened_for_a_while(site.workspace, database_url)
        do(site, "backup", "--out", place / "new.tar", "--keys", place / "new.json")
        yield Rotated(
            site,
            *(place / "old.tar", place / "new.tar"),
            *(place / "old.json", place / "new.json"),
            place / "first.pub",
        )


def restore(backup: Path, keys: Path, workspace: Path, database_url: str | None) -> tuple[int, str]:
    done = lippen("restore", backup, "--workspace", workspace, "--keys", keys, database_url=database_url)
    return done.returncode, done.stdout + done.stderr


def verified(workspace: Path, database_url: str | None, *keys: Path) -> str:
    said = ""
    for key in keys:
        asked = ("--workspace", workspace, "--public-key", key)
        done = lippen("register", "verify", *asked, database_url=database_url)
        assert done.returncode == 0, done.stdout + done.stderr
        said += done.stdout
    return said


@pytest.fixture
def empty() -> Iterator[str | None]:
    with own_database() as database_url:
        yield database_url


def test_the_site_goes_on_and_its_doctor_finds_its_seals_well(rotated: Rotated) -> None:
    site = rotated.site
    said = verified(site.workspace, site.database_url, rotated.first, site.workspace / "keys" / "seal.pub")
    assert "a drawer was found open" in said
    doctor = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
    assert "was not sealed with" not in doctor.stdout
    assert "not signed with" not in doctor.stdout


def test_an_old_backup_is_put_back_with_the_new_keys_and_goes_on_with_the_new_one(
    rotated: Rotated, tmp_path: Path, empty: str | None
) -> None:
    code, said = restore(rotated.old_backup, rotated.new_keys, tmp_path / "again", empty)
    assert code == 0, said
    assert "signed with the seal key that was replaced on" in said
    assert "only if you know where it lay" in said
    # Asked for where everything in the backup was sealed already: nothing then tells that more came after it.
    resume = ("register", "resume", "--copies-are-gone", "--workspace", tmp_path / "again")
    resumed = lippen(*resume, database_url=empty)
    assert resumed.returncode == 0, resumed.stderr
    opened_for_a_while(tmp_path / "again", empty)
    keys = tmp_path / "again" / "keys"
    assert "a drawer was found open" in verified(tmp_path / "again", empty, rotated.first, keys / "seal.pub")
    assert (keys / "seal.rotations").read_text() == (
        rotated.site.workspace / "keys" / "seal.rotations"
    ).read_text()


def test_a_new_backup_is_put_back_with_the_new_keys_alone(
    rotated: Rotated, tmp_path: Path, empty: str | None
) -> None:
    code, said = restore(rotated.new_backup, rotated.old_keys, tmp_path / "again", empty)
    assert (code, "newer than they are" in said) == (2, True), said
    assert not (tmp_path / "again").exists()
    code, said = restore(rotated.new_backup, rotated.new_keys, tmp_path / "again", empty)
    assert code == 0, said
    assert "was replaced on" not in said
    opened_for_a_while(tmp_path / "again", empty)
    verified(tmp_path / "again", empty, rotated.first, tmp_path / "again" / "keys" / "seal.pub")


def test_an_old_backup_with_the_old_keys_is_for_a_rehearsal_and_never_takes_the_place_of_the_site(
    rotated: Rotated, tmp_path: Path, empty: str | None
) -> None:
    code, said = restore(rotated.old_backup, rotated.old_keys, tmp_path / "elsewhere", empty)
    assert code == 0, said
    site = rotated.site.workspace
    aside = site.with_name("aside")
    site.rename(aside)
    try:
        with own_database() as another:
            code, said = restore(rotated.old_backup, rotated.old_keys, site, another)
        assert (code, "in these keys was replaced on" in said) == (2, True), said
        assert not site.exists()
        with own_database() as another:
            code, said = restore(rotated.old_backup, rotated.new_keys, site, another)
            assert code == 0, said
            resumed = lippen("register", "resume", "--workspace", site, database_url=another)
            assert "Checkpoints were lost" in resumed.stdout, resumed.stdout + resumed.stderr
            said = verified(site, another, rotated.first, site / "keys" / "seal.pub")
            assert "are lost with their entries" in said or "is lost with" in said
    finally:
        shutil.rmtree(site, ignore_errors=True)
        aside.rename(site)


def test_the_record_of_a_retired_site_leads_from_the_first_key_to_the_last(
    rotated: Rotated, tmp_path: Path, empty: str | None
) -> None:
    code, said = restore(rotated.new_backup, rotated.new_keys, tmp_path / "again", empty)
    assert code == 0, said
    done = lippen(
        *("retire", "--workspace", tmp_path / "again", "--out", tmp_path / "all"),
        *("--confirm", "Lippen"),
        database_url=empty,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(json.loads((tmp_path / "again" / "retired.json").read_text())["record"])
    first = bytes.fromhex(rotated.first.read_text())
    known: SealKeys = seal_keys(first, [note_from(line) for line in told["seal_rotations"]])
    assert known.newest.hex() == told["seal_public"] != first.hex()


def test_while_it_is_half_done_nothing_is_backed_up_and_the_doctor_says_so(
    rotated: Rotated, tmp_path: Path, empty: str | None
) -> None:
    code, said = restore(rotated.new_backup, rotated.new_keys, tmp_path / "again", empty)
    assert code == 0, said
    (tmp_path / "again" / "keys" / "seal.key.next").write_text("11" * 32 + "\n")
    (tmp_path / "again" / "keys" / "seal.key.next").chmod(0o600)
    asked = ("--workspace", tmp_path / "again")
    for options in ((), ("--keys", tmp_path / "keys.json")):
        done = lippen("backup", *asked, "--out", tmp_path / "b.tar", *options, database_url=empty)
        assert (done.returncode, "is being replaced, or that was interrupted" in done.stderr) == (2, True)
    assert not (tmp_path / "keys.json").exists()
    doctor = lippen("doctor", *asked, database_url=empty)
    assert "is being replaced, or that was interrupted" in doctor.stdout
    opened_for_a_while(tmp_path / "again", empty)
    assert not (tmp_path / "again" / "keys" / "seal.key.next").exists(), "no note names it"
    done = lippen("backup", *asked, "--out", tmp_path / "b.tar", database_url=empty)
    assert done.returncode == 0, done.stderr
