"""Texts whose truth somebody marked, read from a folder: for training, and for saying how often we are wrong.

CSV, JSON lines and Parquet, packed with gzip or not; every such file of the folder is read, in the order of
their names. They are no signals: nothing of them goes into a workspace.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.errors import LippenError

ADVERTS: Final = pa.schema(
    [
        ("text", pa.string()),
        ("is_advert", pa.bool_()),
        ("kind", pa.string()),
        ("seller", pa.string()),
        ("day", pa.date32()),
        ("price", pa.float64()),
        ("origin", pa.string()),
        ("destination", pa.string()),
    ]
)
"""Posts and whether each offers drugs: what is written (heading and body, a line break between), the mark,
what it offers as the collection files it, who posted it (whatever stands for them), the day, the price asked
in the collection's own currency, where it is sent from and to. All but `text` and `is_advert` may be null."""

NEW_WORDS: Final = pa.schema([("word", pa.string()), ("substance", pa.string()), ("first_day", pa.date32())])
"""Words that were first used within the time that posts tell of: the truth of a sandbox."""

SPANS: Final = pa.schema(
    [
        ("text", pa.string()),
        ("spans", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))),
    ]
)
"""Texts and where drugs are named in each: the first sign and the one after the last (code points)."""

_TEXTS: Final = ("title", "text", "body", "description")
_MARKS: Final = ("is_advert", "is_drug", "advert")
_KINDS: Final = ("subcategory", "kind", "category")
_SELLERS: Final = ("seller", "vendor_id", "vendor", "user", "author")
_DAYS: Final = ("day", "crawl_date", "posted_at", "date", "posted")
_PRICES: Final = ("price", "price_gbp", "price_btc")
_YES: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_ENDS: Final = (".csv", ".jsonl", ".ndjson", ".parquet")

Row = dict[str, Any]


class MarksUnusable(LippenError):
    """A folder of marked texts that cannot be read, or holds none."""


def read_adverts(folder: Path) -> pa.Table:
    """The posts of a folder (ADVERTS).

    A file needs a column `title` or `text`, and one that marks adverts of drugs: `is_advert` or `is_drug`
    (yes or no), or `category`, which is then compared with `Drugs`. A folder that `lippen sandbox` wrote
    gives its listings, marked by its truth, with the product as `kind` and the handle as `seller`. Raises
    MarksUnusable.
    """
    if _is_sandbox(folder):
        return _sandbox_adverts(folder)
    rows = [_advert(file, line, row) for file, line, row in _rows(folder)]
    return pa.Table.from_pylist(rows, ADVERTS)


def read_spans(folder: Path) -> pa.Table:
    """The texts of a folder and the spans marked in each (SPANS).

    A line of a file is one object: `text`, and `spans` as a list of objects with `start` and `end`. Raises
    MarksUnusable, also where a span lies outside its text or over another one.
    """
    rows = [_spans(file, line, row) for file, line, row in _rows(folder)]
    return pa.Table.from_pylist(rows, SPANS)


def read_new_words(folder: Path) -> pa.Table | None:
    """The words that come up in a sandbox while it runs (NEW_WORDS), or None where the folder is no sandbox.

    Raises MarksUnusable.
    """
    if not _is_sandbox(folder):
        return None
    try:
        first = date.fromisoformat(json.loads((folder / _FACTS).read_text("utf-8"))["first_day"])
        words = pq.read_table(_truth(folder, "words")).to_pylist()
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        raise _altered(folder, error) from error
    new = {(one["first_day"], one["word"], one["product"]) for one in words if one["first_day"] > first}
    return pa.Table.from_pylist(
        [{"word": word, "substance": product, "first_day": day} for day, word, product in sorted(new)],
        NEW_WORDS,
    )


_FACTS: Final = "sandbox.json"


def _is_sandbox(folder: Path) -> bool:
    return (folder / _FACTS).is_file()


def _truth(folder: Path, name: str) -> Path:
    """A nation's truth is a folder of parts, a burgh's one file."""
    parts = folder / "truth" / name
    return parts if parts.is_dir() else parts.with_suffix(".parquet")


def _altered(folder: Path, error: Exception) -> MarksUnusable:
    return MarksUnusable(
        f"this sandbox cannot be read ({error})", file=folder, remedy="Write it again with lippen sandbox."
    )


def _sandbox_adverts(folder: Path) -> pa.Table:
    try:
        truth = pq.read_table(_truth(folder, "listings"), columns=["listing_id", "advert", "product"])
        true = {row["listing_id"]: row for row in truth.to_pylist()}
        return pa.Table.from_pylist(
            [
                {
                    "text": "\n".join(row[name] for name in ("Heading", "Body") if row.get(name)),
                    "is_advert": true[row["Item ID"]]["advert"],
                    "kind": true[row["Item ID"]]["product"],
                    "seller": row.get("Seller"),
                    "day": date.fromisoformat(str(row["Posted"])[:10]),
                    "price": row.get("Price GBP"),
                    "origin": row.get("Ships From"),
                    "destination": row.get("Ships To"),
                }
                for _, _, row in _rows(folder / "streams" / "listing")
                if row["Item ID"] in true
            ],
            ADVERTS,
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        raise _altered(folder, error) from error


def _advert(file: Path, line: int, row: Row) -> Row:
    text = "\n".join(str(row[name]) for name in _TEXTS if row.get(name))
    return {
        "text": text,
        "is_advert": _mark(file, line, row),
        "kind": _first(row, _KINDS),
        "seller": _first(row, _SELLERS),
        "day": _day(file, line, _first(row, _DAYS)),
        "price": _price(_first(row, _PRICES)),
        "origin": _first(row, ("origin", "ships_from")),
        "destination": _first(row, ("destination", "ships_to")),
    }


def _mark(file: Path, line: int, row: Row) -> bool:
    given = _first(row, _MARKS)
    if given is None and row.get("category"):
        return str(row["category"]).strip().lower() == "drugs"
    meant = _YES.get(str(given).strip().lower())
    if meant is None:
        raise MarksUnusable(
            "nothing here says yes or no to whether it is an advert of drugs",
            file=file,
            line=line,
            remedy="Give each post a column is_advert or is_drug with 1 or 0, or a category.",
        )
    return meant


def _spans(file: Path, line: int, row: Row) -> Row:
    text, given = row.get("text"), row.get("spans")
    if not isinstance(text, str) or not isinstance(given, list):
        raise MarksUnusable(
            "this is no text with its spans",
            file=file,
            line=line,
            remedy='Write one object a line, such as {"text": "...", "spans": [{"start": 0, "end": 4}]}.',
        )
    try:
        # A span that was marked twice is one.
        spans = sorted({(int(one["start"]), int(one["end"])) for one in given})
    except (TypeError, KeyError, ValueError):
        spans = [(0, -1)]
    last = 0
    for start, end in spans:
        if not last <= start < end <= len(text):
            raise MarksUnusable(
                "a span lies outside its text, over another one, or is not two whole numbers",
                file=file,
                line=line,
                remedy="Give each span its first sign and the one after its last, counted from 0.",
            )
        last = end
    return {"text": text, "spans": [{"start": start, "end": end} for start, end in spans]}


def _first(row: Row, names: tuple[str, ...]) -> str | None:
    """What stands in the first of these columns that holds something."""
    return next((str(row[name]) for name in names if row.get(name) not in (None, "")), None)


def _day(file: Path, line: int, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise MarksUnusable(
            f"{text[:40]!r} is no day", file=file, line=line, remedy="Write days as 2025-03-10."
        ) from error


def _price(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None  # a band of prices, or words: there is no one price then


def _rows(folder: Path) -> Iterator[tuple[Path, int, Row]]:
    """Every row of every file, with its file and its first physical line (the row in Parquet)."""
    if not folder.is_dir():
        raise MarksUnusable("there is no such folder", file=folder, remedy="Check the name.")
    files = sorted(one for one in folder.iterdir() if _plain_name(one).endswith(_ENDS) and one.is_file())
    if not files:
        raise MarksUnusable(
            "this folder holds no marked texts",
            file=folder,
            remedy="Put CSV files, JSON lines or Parquet files there, packed with gzip or not.",
        )
    for file in files:
        empty = True
        for line, row in _rows_of(file):
            empty = False
            yield file, line, row
        if empty:
            raise MarksUnusable("this file holds no row", file=file, remedy="Take it out of the folder.")


def _plain_name(file: Path) -> str:
    return file.name.lower().removesuffix(".gz")


def _rows_of(file: Path) -> Iterator[tuple[int, Row]]:
    name = _plain_name(file)
    try:
        if name.endswith(".parquet"):
            yield from enumerate(pq.read_table(file).to_pylist(), start=1)
            return
        opened = gzip.open if file.name.lower().endswith(".gz") else open
        with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
            yield from _csv(file, text) if name.endswith(".csv") else _json_lines(file, text)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowInvalid) as error:
        raise MarksUnusable(
            f"this file cannot be read ({error})", file=file, remedy="See that it is whole, and in UTF-8."
        ) from error


def _csv(file: Path, text: IO[str]) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text, strict=True)
    header = next(reader, [])
    line = reader.line_num + 1
    for cells in reader:
        if cells and len(cells) != len(header):
            raise MarksUnusable(
                f"this row has {len(cells)} cells, and the header {len(header)}",
                file=file,
                line=line,
                remedy="Put text that holds a comma in quotation marks.",
            )
        if cells:
            yield line, dict(zip(header, cells, strict=True))
        line = reader.line_num + 1


def _json_lines(file: Path, text: IO[str]) -> Iterator[tuple[int, Row]]:
    for line, written in enumerate(text, start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except ValueError as error:
            raise MarksUnusable(
                "this line is no JSON", file=file, line=line, remedy="Write one object a line."
            ) from error
        if not isinstance(row, dict):
            raise MarksUnusable(
                "this line is no object", file=file, line=line, remedy="Write one object a line."
            )
        yield line, row
