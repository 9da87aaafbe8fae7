"""A stream as its partners send it, imported for real: as CSV and as Parquet, with nothing refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.sandbox.writing import write_export, write_mapping
from lippen.signals import check_mapping, import_folder, load_mapping
from lippen.workspace import Workspace


def taken_in(duck: Engine, folder: Path, kind: str, rows: pa.Table) -> dict[str, pa.Table]:
    """The accepted tables by format, in the order of the lines; fails when a row is refused or warned of."""
    write_mapping(folder, kind, rows.column_names)
    mapping = load_mapping(folder / "mapping.toml")
    write_export(folder / "csv", kind, rows)
    (folder / "parquet").mkdir()
    pq.write_table(rows, folder / "parquet" / f"{kind}.parquet", store_schema=False)
    taken = {}
    for name in ("csv", "parquet"):
        assert not check_mapping(folder / name, mapping).problems
        workspace = Workspace.open(folder / f"workspace-{name}", duck)
        report = import_folder(folder / name, mapping, workspace, Stages(quiet=True))
        assert (report.rows, report.accepted, report.quarantined) == (rows.num_rows, rows.num_rows, 0)
        assert report.warnings() == []
        (signals,) = [one for brought in workspace.imports() for one in brought.signals]
        taken[name] = pq.read_table(workspace.lake / signals).sort_by("line")
    return taken
