"""A restore that was refused leaves nothing, and one that was killed is opened by nothing but the same
command.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from open_sites import (
    Served,
    closed,
    environment,
    free_port,
    killed_before,
    lippen,
    own_database,
    start,
    stop,
)

from forked import run
from lippen.site.configuration import WORKSPACE_VARIABLE
from lippen.site.operation.starting import SETTINGS

HERE = "lippen.site.operation"
ADD_AN_ORGANISATION = """
import django; django.setup()
from lippen.site.accounts.services import make_organisation
make_organisation("Braeside", "housing", "uk-gdpr")
"""


@dataclass
class Lost:
    """A site that was lost: its backup, the file of its keys, its settings, where its keys and its copies
    were, and an empty database to put it back to.
    """

    place: Path
    database_url: str | None

    @property
    def workspace(self) -> Path:
        return self.place / "site"

    @property
    def restore(self) -> tuple[str | Path, ...]:
        options = ("--workspace", self.workspace, "--keys", self.place / "keys.json")
        return ("restore", self.place / "backup.tar", *options)

    def lippen(self, *arguments: str | Path) -> tuple[int, str]:
        done = lippen(*arguments, database_url=self.database_url)
        return done.returncode, done.stdout + done.stderr

    def sql(self, query: str) -> list[tuple[object, ...]]:
        return Served("", self.workspace, self.database_url).sql(query)


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Lost]:
    """Its one organisation was closed after the backup, which the list of what has ended says."""
    outside = tmp_path / "outside"
    with own_database() as database_url:
        site = closed("serve", tmp_path / "site", database_url)
        (site.workspace / "keys").rename(outside)
        settings = f'keys = "{outside}"\ncheckpoint_copies = "{tmp_path / "copies"}"\n'
        (site.workspace / "site.toml").write_text(settings)
        variables = {"DJANGO_SETTINGS_MODULE": SETTINGS, WORKSPACE_VARIABLE: str(site.workspace)}
        added = run("-c", ADD_AN_ORGANISATION, env={**environment(database_url), **variables})
        assert added.returncode == 0, added.stderr
        backup = ("backup", "--workspace", site.workspace, "--out", tmp_path / "backup.tar")
        made = lippen(*backup, "--keys", tmp_path / "keys.json", database_url=database_url)
        assert made.returncode == 0, made.stderr
        site.sql("UPDATE accounts_organisation SET closed_on = '2026-11-01'")
        later = (*backup[:-1], tmp_path / "later.tar")
        assert lippen(*later, database_url=database_url).returncode == 0
    shutil.rmtree(outside)
    site.workspace.rename(tmp_path / "gone")
    with own_database() as empty:
        yield Lost(tmp_path, empty)


def test_a_restore_that_would_end_most_of_a_site_leaves_nothing_when_it_is_refused(lost: Lost) -> None:
    code, said = lost.lippen(*lost.restore)
    assert (code, "would end 1 of 1 organisation" in said) == (2, True), said
    assert not lost.workspace.exists()
    assert list((lost.place / "outside").iterdir()) == []
    if lost.database_url is not None:
        there = "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = 'public'), "
        mark = "obj_description('public'::regnamespace, 'pg_namespace') LIKE 'lippen restore%'"
        assert lost.sql(f"{there}coalesce({mark}, false)") == [(0, False)]
    code, said = lost.lippen(*lost.restore, "--end-all")
    assert code == 0, said
    assert "The list ends again: 1 organisation." in said
    assert lost.sql("SELECT count(*) FROM accounts_organisation WHERE closed_on IS NULL") == [(0,)]
    code, said = lost.lippen("register", "verify", "--workspace", lost.workspace)
    assert code == 0, said


def test_what_a_killed_restore_loaded_is_opened_by_nothing_until_it_is_finished(lost: Lost) -> None:
    if lost.database_url is None:
        pytest.skip("there the database comes with the workspace, in one step")
    restore = (*lost.restore, "--end-all")
    killed_before(f"{HERE}.restoring:remember", *restore, database_url=lost.database_url)
    lost.workspace.mkdir(mode=0o700)
    for name in ("site.toml", "lippen.toml"):  # as of the machine that was lost
        shutil.copy(lost.place / "gone" / name, lost.workspace)
    for verb in (
        ("serve", "--port", str(free_port())),
        ("upgrade",),
        ("backup", "--out", lost.place / "new.tar"),
        ("register", "guard"),
        ("retire", "--out", lost.place / "out", "--confirm", "Lippen"),
    ):
        code, said = lost.lippen(*verb, "--workspace", lost.workspace)
        assert code == 2, said
        assert "holds the backup of 2" in said
        assert "that restore was not finished. Give the same lippen restore command again" in said
    shutil.rmtree(lost.workspace)
    later = ("restore", lost.place / "later.tar", *restore[2:])
    code, said = lost.lippen(*later)
    assert (code, "holds the backup of 2" in said) == (2, True), said
    code, said = lost.lippen(*restore)
    assert code == 0, said
    site = start("serve", lost.workspace, lost.database_url)
    assert stop(site) == 0


def test_a_restore_of_which_the_last_step_alone_is_missing_is_opened(lost: Lost) -> None:
    restore = (*lost.restore, "--end-all")
    killed_before(f"{HERE}.restoring:settle", *restore, database_url=lost.database_url)
    for _ in range(2):
        site = start("serve", lost.workspace, lost.database_url)
        assert stop(site) == 0
    assert not (lost.workspace / "restored.mark").exists()
    if lost.database_url is not None:
        assert lost.sql("SELECT obj_description('public'::regnamespace, 'pg_namespace')") == [(None,)]
