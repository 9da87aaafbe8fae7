"""A lake for tests of insight's pages: half a year of the town that does not exist, imported and reckoned
once for all processes that run tests, and laid into the workspace of the site under test.

`lake_of_town` puts it there, `empty_workspace` takes all away, and `held_by(organisation)` says whose it is.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from judges import Judges, lay_in_sample

from forked import run
from lippen.credibility import Settings
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.sandbox import load_scenario, write_sandbox
from lippen.signals import import_folder, load_mapping
from lippen.site.accounts.models import Organisation
from lippen.site.insight import imports_services
from lippen.site.insight.models import Holding
from lippen.workspace import Workspace

QUIET = Stages(quiet=True)
DAYS = 240
SEED = 2


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `town`, a sandbox with bogus calls in it, and `workspace`, which holds the town's
    incidents, reckoned. Not to be altered. The first process that asks makes it, and the others wait.
    """
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "insight"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "done").exists():
            write_sandbox(
                place / "town", "invermarrow", DAYS, SEED, load_scenario("bogus-calls"), stages=QUIET
            )
            log = place / "town" / "streams" / "incident"
            with connect() as engine:
                workspace = Workspace.open(place / "workspace", engine)
                import_folder(log, load_mapping(log / "mapping.toml"), workspace, QUIET)
                reckon(workspace, Settings(), QUIET, "Invermarrow")
            (place / "done").touch()
    return place


@pytest.fixture(scope="session")
def town(made: Path) -> Path:
    """The sandbox: `streams/incident` and `truth`."""
    return made / "town"


@pytest.fixture(scope="session")
def reckoned_lake(made: Path) -> Path:
    """The folder `lake` of the workspace."""
    return made / "workspace" / "lake"


@pytest.fixture
def lake_of_town(reckoned_lake: Path) -> Iterator[Path]:
    """The workspace of the site under test, with a copy of that lake in it."""
    workspace: Path = settings.CONFIGURATION.workspace
    lake = workspace / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(reckoned_lake, lake)
    shutil.copy(reckoned_lake.parent / "lippen.toml", workspace / "lippen.toml")
    yield workspace
    shutil.rmtree(lake, ignore_errors=True)
    (workspace / "lippen.toml").unlink(missing_ok=True)


@pytest.fixture
def empty_workspace() -> Iterator[None]:
    """No lake and no uploads in the workspace of the site under test."""
    workspace: Path = settings.CONFIGURATION.workspace
    left = ("lake", "uploads")
    for name in left:
        shutil.rmtree(workspace / name, ignore_errors=True)
    (workspace / "lippen.toml").write_text("schema_version = 1\n")
    yield
    for name in left:
        shutil.rmtree(workspace / name, ignore_errors=True)
    (workspace / "lippen.toml").unlink(missing_ok=True)


@pytest.fixture
def held_by() -> Callable[[Organisation], None]:
    """Says which organisation holds the incidents."""

    def hold(organisation: Organisation) -> None:
        Holding.objects.update_or_create(pk="incident", defaults={"organisation": organisation.ref})

    return hold


@pytest.fixture
def judges(lake_of_town: Path) -> Judges:
    """People who judge the town's episodes, of which the weakest is laid among the unflagged sample: so few
    calls come in there that nothing else was looked at.
    """
    lay_in_sample(lake_of_town / "lake")
    return Judges()


@pytest.fixture
def looks_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are looked at by a process of its own that need not import libraries: most of what a look at a
    small export takes. Tests that attack looks start one as the site does.
    """

    def looked(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        try:
            return run(*command[1:], said=how["input"], timeout=how["timeout"])
        except TimeoutError as error:
            raise subprocess.TimeoutExpired(command, how["timeout"]) from error

    forks = SimpleNamespace(run=looked, TimeoutExpired=subprocess.TimeoutExpired)
    monkeypatch.setattr(imports_services, "subprocess", forks)
