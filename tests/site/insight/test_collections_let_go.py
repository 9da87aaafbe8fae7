"""Each hour the site deletes what is held under an authority that has run out, and keeps the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from lippen.engine import Engine
from lippen.site.insight.sweeping import let_go_of_collections
from lippen.site.operation.hourly import HOURLY
from lippen.workspace import Workspace


def hold(workspace: Workspace, import_id: str, days: int) -> None:
    """An import whose authority runs out in so many days."""
    expires = datetime.now(UTC).date() + timedelta(days=days)
    with workspace.stage_import("listing") as stage:
        rows = stage.directory / "rows.parquet"
        pq.write_table(pa.table({"listing_id": ["L-1"]}), rows)
        stage.commit(import_id, [rows], [], [{"rows": 1, "expires": expires.isoformat()}])


def test_the_hour_after_its_day_a_collection_is_gone(
    duck: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(settings.CONFIGURATION, workspace=tmp_path / "site")
    monkeypatch.setattr(settings, "CONFIGURATION", here)
    workspace = Workspace.open(here.workspace, duck)
    hold(workspace, "imp-kept", 3)
    assert let_go_of_collections.call() == 0
    hold(workspace, "imp-gone", 0)
    with workspace.writing():
        assert let_go_of_collections.call() == 0
    assert let_go_of_collections.call() == 1
    assert [one.import_id for one in workspace.imports()] == ["imp-kept"]
    assert [path.name for path in (workspace.lake / "signals").rglob("*.parquet")] == ["imp-kept.parquet"]
    assert let_go_of_collections in HOURLY
