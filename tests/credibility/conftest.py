"""What several modules here look at: towns assessed once, and a folder as a sandbox leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox_folders import write_sandbox
from towns import TOWN, TOWN_SINCE, SmallTown
from truths import Planted, planted_town

from lippen.credibility import Settings, assess
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace


@pytest.fixture(scope="session")
def small_town(duck: Engine, tmp_path_factory: pytest.TempPathFactory) -> SmallTown:
    """The incidents of `examples/small-town`, and what is said of their last quarter."""
    mapping = load_mapping(TOWN / "mapping.toml")
    workspace = Workspace.open(tmp_path_factory.mktemp("small-town") / "workspace", duck)
    import_folder(TOWN, mapping, workspace, Stages(quiet=True))
    incidents = workspace.signals("incident")
    settings = Settings(since=TOWN_SINCE)
    return SmallTown(incidents, assess(incidents, duck, settings, Stages(quiet=True), mapping.zone))


@pytest.fixture(scope="session")
def planted(duck: Engine) -> Planted:
    """A made-up town with campaigns in it, assessed and scored against the truth."""
    return planted_town(duck)


@pytest.fixture(scope="session")
def sandbox(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as the folder of a sandbox, the truth of its incidents in parts as that of a nation."""
    return write_sandbox(
        tmp_path_factory.mktemp("sandbox"), planted.table, planted.truth, in_parts="incidents"
    )
