"""Marked texts are read as they are marked; what cannot be read is said with file, line and remedy."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lippen.evaluating.labelled import ADVERTS, SPANS, MarksUnusable, read_adverts, read_spans

MARKET = (
    "crawl_date,listing_id,vendor_id,title,category,subcategory,price_btc,ships_from,ships_to,is_drug\n"
    "2025-01-01,a1,v1,5 g of something,Drugs,Herbal,0.5,Marrowland,Anywhere,1\n"
    '2025-01-08,b2,v2,"A guide, in two\nparts",Information,Guides,[0;1),,,0\n'
)
COMMENTS = [
    {"text": "two of the blues then", "spans": [{"start": 11, "end": 16, "label": "DRUG", "text": "blues"}]},
    {"text": "nothing here", "spans": []},
]


def lines(rows: list[object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_a_market_as_it_was_crawled(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("which is no marked text")
    with gzip.open(tmp_path / "crawl.csv.gz", "wt", newline="") as file:
        file.write(MARKET)
    read = read_adverts(tmp_path)
    assert read.schema == ADVERTS
    drug, guide = read.to_pylist()
    assert drug == {
        "text": "5 g of something",
        "is_advert": True,
        "kind": "Herbal",
        "seller": "v1",
        "day": dt.date(2025, 1, 1),
        "price": 0.5,
        "origin": "Marrowland",
        "destination": "Anywhere",
    }
    assert guide["text"] == "A guide, in two\nparts"
    assert (guide["is_advert"], guide["price"], guide["origin"]) == (False, None, None)


def test_where_nothing_marks_adverts_the_category_does(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("title,category\nOne,Drugs\nTwo,Jewellery\n")
    assert read_adverts(tmp_path)["is_advert"].to_pylist() == [True, False]


def test_heading_and_body_are_read_together_and_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"title": ["Late"], "text": ["and more"], "is_advert": [True]}), tmp_path / "b.parquet"
    )
    (tmp_path / "a.jsonl").write_text(lines([{"text": "Early", "is_advert": "no"}]) + "\n")
    assert read_adverts(tmp_path)["text"].to_pylist() == ["Early", "Late\nand more"]


def test_spans_are_where_they_were_marked(tmp_path: Path) -> None:
    (tmp_path / "marked.jsonl").write_text(lines(list(COMMENTS)))
    read = read_spans(tmp_path)
    assert read.schema == SPANS
    assert read["spans"].to_pylist() == [[{"start": 11, "end": 16}], []]


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        ("title,price\nOne,2\n", 2, "yes or no"),
        ("title,is_drug\nOne,1\n\nTwo,perhaps\n", 4, "yes or no"),
        ("title,is_drug\nOne\n", 2, "1 cells"),
        ("title,is_drug,date\nOne,1,tomorrow\n", 2, "'tomorrow' is no day"),
        ("title,is_drug\n", None, "no row"),
        ("title,is_drug\n\xff\n", None, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(
    tmp_path: Path, written: str, line: int | None, says: str
) -> None:
    (tmp_path / "bad.csv").write_text(written, "latin-1")
    with pytest.raises(MarksUnusable, match=says) as refused:
        read_adverts(tmp_path)
    assert refused.value.file == str(tmp_path / "bad.csv")
    assert refused.value.line == line
    assert refused.value.remedy


@pytest.mark.parametrize(
    "spans",
    [
        [{"start": 0, "end": 40}],
        [{"start": 3, "end": 3}],
        [{"start": -1, "end": 2}],
        [{"start": 0, "end": 4}, {"start": 3, "end": 6}],
        [{"start": "x", "end": 2}],
        [{"begin": 0, "end": 2}],
        [7],
    ],
)
def test_a_span_outside_its_text_or_over_another_is_refused(tmp_path: Path, spans: list[object]) -> None:
    (tmp_path / "bad.jsonl").write_text(lines([COMMENTS[0], {"text": "short text", "spans": spans}]))
    with pytest.raises(MarksUnusable, match="a span") as refused:
        read_spans(tmp_path)
    assert refused.value.line == 2


@pytest.mark.parametrize(
    ("written", "says"), [("{\n", "no JSON"), ("[1]\n", "no object"), ('{"text": 1}\n', "no text")]
)
def test_a_line_that_is_no_marked_text_is_refused(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "bad.jsonl").write_text(written)
    with pytest.raises(MarksUnusable, match=says) as refused:
        read_spans(tmp_path)
    assert refused.value.line == 1


@pytest.mark.parametrize("name", ["cut.csv.gz", "cut.jsonl.gz", "cut.parquet"])
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, name: str) -> None:
    row = b'{"text": "One", "is_drug": 1}\n' if "jsonl" in name else b"One,1\n"
    (tmp_path / name).write_bytes(gzip.compress(b"text,is_drug\n" * ("csv" in name) + row * 9_000)[:-9])
    with pytest.raises(MarksUnusable, match="cannot be read"):
        read_adverts(tmp_path)


def test_a_folder_without_marked_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MarksUnusable, match="no such folder"):
        read_adverts(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(MarksUnusable, match="no marked texts"):
        read_spans(tmp_path)
