"""A folder as `lippen sandbox` writes it, from made-up incidents and what is true of them."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from towns import FIRST, WEEKS
from truths import Tables

from lippen.output import LIST

DAYS = 7 * WEEKS
LAST_DAY = FIRST.date() + dt.timedelta(DAYS - 1)

MAPPING = """
kind = "incident"
zone = "UTC"
[columns]
{columns}
[times]
formats = ["%Y-%m-%d %H:%M:%S"]
[outcomes]
founded = ["founded"]
unfounded = ["unfounded"]
unknown = ["unknown"]
[kinds]
own_activity = ["PATROL"]
sensor = ["GUNSHOT SENSOR"]
"""
EXPORTED = (
    "incident_id", "kind", "reported_at", "dispatched_at", "cleared_at", "place", "area", "larger_area",
    "lat", "lon", "text", "units",
)  # fmt: skip


def write_sandbox(folder: Path, table: pa.Table, truth: Tables, in_parts: str | None = None) -> Path:
    """A folder as `lippen sandbox` writes it; the truth table `in_parts` as it is for a nation."""
    streams = folder / "streams" / "incident"
    streams.mkdir(parents=True)
    columns = [f'{name} = "{name}"' for name in EXPORTED] + ['disposal = "outcome"']
    (streams / "mapping.toml").write_text(MAPPING.format(columns="\n".join(columns)))
    with (streams / "calls.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*EXPORTED, "outcome"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table.to_pylist())
    write_truth(folder / "truth", truth, in_parts)
    facts = {
        "place": "invermarrow", "days": DAYS, "seed": 5, "scenario": {"name": "bogus-calls"},
        "first_day": f"{FIRST.date()}", "last_day": f"{LAST_DAY}",
    }  # fmt: skip
    (folder / "sandbox.json").write_text(json.dumps(facts))
    write_list(folder)
    return folder


def write_list(folder: Path) -> None:
    """What the folder holds now, as Lippen says it of what it wrote."""
    files = sorted(one for one in folder.rglob("*") if one.is_file() and one.name != LIST)
    lines = (f"{hashlib.sha256(one.read_bytes()).hexdigest()} *{one.relative_to(folder)}\n" for one in files)
    (folder / LIST).write_text("".join(lines))


def write_truth(folder: Path, truth: Tables, in_parts: str | None = None) -> None:
    """A file for each table, and for `in_parts` a folder of two parts, the first of 1,000 rows at most."""
    folder.mkdir()
    for name, rows in truth.items():
        # A sandbox writes more columns than are read.
        whole, where = rows.append_column("more", pa.nulls(len(rows), pa.int64())), folder / name
        if name != in_parts:
            pq.write_table(whole, where.with_suffix(".parquet"))
            continue
        where.mkdir()
        first = min(1000, len(rows) // 2)
        for part, its in enumerate((whole.slice(0, first), whole.slice(first))):
            pq.write_table(its, where / f"part-{part}.parquet")
