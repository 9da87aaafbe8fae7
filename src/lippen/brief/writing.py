"""Writes the briefing: a page, its facts as JSON, and its tables as Parquet.

Invariant: a reader of the folder never meets a half-written file, and a run that is stopped leaves nothing
behind. Files are made beside their place and moved there one by one, each in one step, the page last.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.brief.checking import checked
from lippen.brief.page import render
from lippen.brief.trade_tables import TRADE_TABLES


def write_brief(out_dir: Path, facts: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Path:
    """Writes `index.html`, `brief.json` and `tables/<name>.parquet` into `out_dir`, made if it is not there.

    `facts` and `tables` are as `schema` says (`docs/reference/brief.md`); what is missing is shown as
    "cannot tell". Equal facts and tables give equal bytes, but for the clock fields. Other files in `out_dir`
    are left alone, but for tables of a trade that these facts say nothing of. Returns the path of the page.

    Raises BriefError when facts or tables do not fit the schema or contradict each other, and OSError when
    the folder cannot be written; in both cases what was there before is still whole.
    """
    whole, accepted = checked(facts, tables)
    page = render(whole, accepted)
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=".writing-", dir=out_dir))
    try:
        (staged / "tables").mkdir()
        for name, table in accepted.items():
            # Without notes on who wrote it and from what, so that equal rows give equal bytes.
            pq.write_table(
                table, staged / "tables" / f"{name}.parquet", compression="zstd", store_schema=False
            )
        text = json.dumps(whole, indent=2, sort_keys=True, allow_nan=False) + "\n"
        (staged / "brief.json").write_text(text, encoding="utf-8", newline="\n")
        (staged / "index.html").write_text(page, encoding="utf-8", newline="\n")
        (out_dir / "tables").mkdir(exist_ok=True)
        for name in accepted:
            (staged / "tables" / f"{name}.parquet").replace(out_dir / "tables" / f"{name}.parquet")
        for spec in TRADE_TABLES:  # of an earlier briefing, of which this one says nothing
            if spec.name not in accepted:
                (out_dir / "tables" / f"{spec.name}.parquet").unlink(missing_ok=True)
        (staged / "brief.json").replace(out_dir / "brief.json")
        (staged / "index.html").replace(out_dir / "index.html")
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return out_dir / "index.html"
