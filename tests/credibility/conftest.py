"""What several modules here look at: the small town, imported and assessed once."""

from __future__ import annotations

import pytest
from towns import TOWN, TOWN_SINCE, SmallTown

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
