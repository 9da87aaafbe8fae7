"""A lake for tests of the room Trade: two hundred days of the town that does not exist, its sightings, its
collected posts and its incidents, imported and reckoned once for all processes that run tests.

`trade_lake` lays it into the workspace of the site under test; `no_lake` takes all away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from trade_people import People

from lippen.advert_models import LearnedModel
from lippen.credibility import Settings
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.reckoning_trade import reckon_trade
from lippen.sandbox import write_sandbox
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace

QUIET = Stages(quiet=True)
DAYS = 200
SEED = 2


@pytest.fixture(scope="session")
def trade_made(tmp_path_factory: pytest.TempPathFactory, advert_model: LearnedModel) -> Path:
    """A workspace with all of that. Not to be altered. The first process that asks makes it, and the others
    wait.
    """
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "trade"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "done").exists():
            write_sandbox(place / "town", "invermarrow", DAYS, SEED, stages=QUIET)
            with connect() as engine:
                workspace = Workspace.open(place / "workspace", engine)
                for kind in ("incident", "sighting", "listing"):
                    export = place / "town" / "streams" / kind
                    import_folder(export, load_mapping(export / "mapping.toml"), workspace, QUIET)
                reckon(workspace, Settings(), QUIET, "Invermarrow")
                reckon_trade(workspace, QUIET, model=advert_model)
            (place / "done").touch()
    return place / "workspace"


@pytest.fixture
def trade_lake(trade_made: Path) -> Iterator[Path]:
    """The workspace of the site under test, with a copy of that lake in it."""
    workspace: Path = settings.CONFIGURATION.workspace
    lake = workspace / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(trade_made / "lake", lake)
    shutil.copy(trade_made / "lippen.toml", workspace / "lippen.toml")
    yield workspace
    shutil.rmtree(lake, ignore_errors=True)
    (workspace / "lippen.toml").unlink(missing_ok=True)


@pytest.fixture
def no_lake() -> None:
    """Nothing was brought into the workspace of the site under test."""
    shutil.rmtree(settings.CONFIGURATION.workspace / "lake", ignore_errors=True)


@pytest.fixture
def people(trade_lake: Path) -> People:
    """The police, who hold adverts and sightings, and others who do not."""
    return People(trade_lake)
