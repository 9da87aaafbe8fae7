"""Upgrades: a backup first, whole or not at all, and never back by accident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from open_sites import Served, closed, free_port, killed_before, lippen, own_database, start, stop

from lippen.site.keys import read_keys
from lippen.site.operation import ended_list

HERE = Path(__file__).parent
LATER: dict[str, Any] = {"settings": "later_settings", "PYTHONPATH": str(HERE)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """A demo that was open once and is closed now."""
    with own_database() as database_url:
        yield closed("demo", tmp_path / "demo", database_url)


def names(site: Served) -> list[str]:
    return [name for (name,) in site.sql("SELECT name FROM accounts_organisation ORDER BY name")]


def upgrade(site: Served, **variables: Any) -> Any:
    backups = site.workspace.with_name("backups")
    backups.mkdir(exist_ok=True)
    options = ("--workspace", site.workspace, "--backup", backups)
    return lippen("upgrade", *options, database_url=site.database_url, **variables)


def test_nothing_to_do_is_said_and_nothing_is_done(site: Served) -> None:
    done = upgrade(site)
    assert done.returncode == 0, done.stderr
    assert "Nothing to do" in done.stdout
    assert list(site.workspace.with_name("backups").iterdir()) == []


def test_an_upgrade_is_asked_for_and_goes_back_by_its_backup(site: Served, tmp_path: Path) -> None:
    before = names(site)
    keys = tmp_path / "keys.json"
    out = ("--out", tmp_path / "other.tar", "--keys", keys)
    assert (
        lippen("backup", "--workspace", site.workspace, *out, database_url=site.database_url).returncode == 0
    )
    served = ("serve", "--workspace", site.workspace, "--port", str(free_port()))
    refused = lippen(*served, database_url=site.database_url, **LATER)
    assert refused.returncode == 2
    assert "lippen upgrade" in refused.stderr
    done = upgrade(site, **LATER)
    assert done.returncode == 0, done.stderr
    assert "2 migrations" in done.stdout
    assert names(site) == [f"{name} (upgraded)" for name in before]
    newer = lippen(*served, database_url=site.database_url)
    assert newer.returncode == 2
    assert "newer Lippen" in newer.stderr
    for verb in ("upgrade", "backup"):
        options = ("--out", tmp_path / "new.tar") if verb == "backup" else ()
        refused = lippen(verb, "--workspace", site.workspace, *options, database_url=site.database_url)
        assert refused.returncode == 2
        assert "newer Lippen" in refused.stderr
    assert lippen("doctor", "--workspace", site.workspace, database_url=site.database_url).returncode == 1
    (backup,) = site.workspace.with_name("backups").iterdir()
    with own_database() as database_url:
        again = tmp_path / "again"
        back = lippen("restore", backup, "--workspace", again, "--keys", keys, database_url=database_url)
        assert back.returncode == 0, back.stderr
        assert names(Served("", again, database_url, site.process)) == before
        later = lippen("upgrade", "--workspace", again, database_url=database_url, **LATER)
        assert later.returncode == 0, later.stderr


def test_where_the_backup_lies_is_said_though_what_ended_is_refused(site: Served) -> None:
    """The migrations are made by then, and the way back is that backup."""
    seal = read_keys(site.workspace / "keys").seal
    accounts = [f"account:{ref}" for (ref,) in site.sql("SELECT ref FROM accounts_person")]
    ended_list.write(site.workspace / "ended.json", dict.fromkeys(accounts, "2026-11-01"), seal)
    refused = upgrade(site, **LATER)
    (backup,) = site.workspace.with_name("backups").iterdir()
    assert refused.returncode == 2
    assert "--end-all" in refused.stderr
    assert f"The backup from before: {backup}" in refused.stdout
    again = ("upgrade", "--workspace", site.workspace, "--end-all")
    done = lippen(*again, database_url=site.database_url, **LATER)
    assert done.returncode == 0, done.stderr
    assert "Nothing to do" in done.stdout
    assert site.sql("SELECT count(*) FROM accounts_person WHERE is_active") == [(0,)]


def test_an_upgrade_that_fails_leaves_all_as_it_was(site: Served) -> None:
    before = names(site)
    done = upgrade(site, LATER_FAILS="error", **LATER)
    assert done.returncode == 2
    assert "as it was before (ValueError: this cannot be migrated)" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert names(site) == before
    opened = start("serve", site.workspace, site.database_url)
    assert opened.client().get("/").status == 200
    assert stop(opened) == 0


def test_an_upgrade_that_is_killed_leaves_all_as_it_was_and_is_done_by_the_next(site: Served) -> None:
    before = names(site)
    assert upgrade(site, LATER_FAILS="killed", **LATER).returncode == -9
    assert names(site) == before
    asked = ("upgrade", "--workspace", site.workspace, "--backup", site.workspace.with_name("backups"))
    for step in ("upgrading:write_backup", "schema:migrate", "sqlite:put_in_place"):
        if step.startswith("sqlite") and site.database_url is not None:
            continue  # PostgreSQL has no file to put in place
        killed_before(f"lippen.site.operation.{step}", *asked, database_url=site.database_url, **LATER)
        assert names(site) == before
    done = upgrade(site, **LATER)
    assert done.returncode == 0, done.stderr
    assert names(site) == [f"{name} (upgraded)" for name in before]
    assert [one.name for one in site.workspace.glob(".*")] == []
