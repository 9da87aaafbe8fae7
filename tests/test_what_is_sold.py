"""The tutorial on what is sold, walked over the real adverts, as a reader who has them meets it."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lippen.engine import connect
from lippen.workspace import Workspace
from walked import Walk, assert_prints_what_the_page_says, tutorial, walk

pytestmark = pytest.mark.real

FILE = "agora_2014-01_2014-02.csv.gz"


@pytest.fixture(scope="module")
def walked(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The walk beside a link to the adverts; what it made of them goes with it."""
    given = tmp_path_factory.mktemp("given")
    (given / FILE).symlink_to(real_data / "agora_listings" / FILE)
    place = tmp_path_factory.mktemp("sold") / "walk"
    yield walk(tutorial("what-is-sold"), place, {"agora": given})
    shutil.rmtree(place)


def test_each_command_prints_what_the_page_says(walked: Walk) -> None:
    assert len(walked.steps) == 7
    assert_prints_what_the_page_says(walked)


def test_what_the_page_says_of_copies_and_words_is_so(walked: Walk) -> None:
    (trade,) = [step.printed for step in walked.steps if " trade out/agora" in step.command]
    posts, different = (
        int(re.search(rf"([\d,]+) {what}", trade)[1].replace(",", ""))  # type: ignore[index]
        for what in ("posts of collections", "different ones")
    )
    assert "Some five posts in six say what another says." in walked.words
    assert round(6 * (1 - different / posts)) == 5
    (words,) = [step.printed for step in walked.steps if "words.py" in step.command]
    days = re.findall(r"first on (\S+)$", words, re.M)
    assert days.count("2014-02-23") > len(days) / 2, "most were first met on that day"


def test_whoever_buys_more_pays_less_for_each_gram(walked: Walk) -> None:
    (prices,) = [step.printed for step in walked.steps if "prices.py" in step.command]
    middle = [int(one) for one in re.findall(r": £(\d+) for 1 g", prices)]
    assert len(middle) >= 3
    assert middle == sorted(middle, reverse=True)


def test_the_return_holds_nobody_and_no_text_of_an_advert(walked: Walk) -> None:
    text = (walked.place / "out" / "return" / "return.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) >= 10
    assert all(int(row["adverts"]) >= 5 for row in rows)
    with connect() as engine:
        held = Workspace.open(walked.place / "out" / "agora", engine, create=False)
        titles = engine.collect(held.signals("listing").select("title").distinct())["title"].to_pylist()
    assert len(titles) > 1000
    assert [title for title in titles if title and len(title) > 20 and title in text] == []
