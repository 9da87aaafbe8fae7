"""A sandbox gives marked adverts, and the words that come up in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lippen.evaluating.labelled import ADVERTS, NEW_WORDS, MarksUnusable, read_adverts, read_new_words
from lippen.sandbox import write_sandbox


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "made"
    write_sandbox(folder, days=60, seed=4)
    return folder


def test_listings_are_marked_by_the_truth(town: Path) -> None:
    adverts = read_adverts(town)
    truth = pq.read_table(town / "truth" / "listings.parquet")
    assert adverts.schema == ADVERTS
    assert adverts.num_rows == truth.num_rows
    assert pc.sum(adverts["is_advert"]).as_py() == pc.sum(truth["advert"]).as_py()
    kinds = adverts.filter(adverts["is_advert"])["kind"]
    assert kinds.null_count == 0
    assert set(kinds.to_pylist()) <= set(truth["product"].to_pylist())
    assert pc.min(adverts["day"]).as_py() >= date(2025, 1, 1)
    assert any("\n" in one for one in adverts["text"].to_pylist()), "a heading and a body"


def test_a_nation_in_parts_is_read_alike(tmp_path: Path) -> None:
    write_sandbox(tmp_path / "n", place="nation", days=20, seed=4, burghs=2, workers=1)
    adverts = read_adverts(tmp_path / "n")
    parts = sorted((tmp_path / "n" / "streams" / "listing").glob("*.parquet"))
    assert adverts.num_rows == sum(pq.read_metadata(one).num_rows for one in parts) > 0


def test_the_words_that_come_up_are_those_with_a_day_of_their_own(town: Path) -> None:
    words = read_new_words(town)
    assert words is not None
    assert words.schema == NEW_WORDS
    assert words.num_rows > 0
    assert pc.min(words["first_day"]).as_py() > date(2025, 1, 1)
    assert len(set(words["word"].to_pylist())) == words.num_rows, "one row a word, in however many channels"


def test_a_folder_that_is_no_sandbox_has_no_such_words(tmp_path: Path) -> None:
    assert read_new_words(tmp_path) is None


def test_a_sandbox_without_its_truth_is_refused(tmp_path: Path) -> None:
    write_sandbox(tmp_path / "s", days=5, seed=4)
    (tmp_path / "s" / "truth" / "listings.parquet").unlink()
    (tmp_path / "s" / "truth" / "words.parquet").write_bytes(b"no table")
    with pytest.raises(MarksUnusable, match="this sandbox cannot be read"):
        read_adverts(tmp_path / "s")
    with pytest.raises(MarksUnusable, match="this sandbox cannot be read"):
        read_new_words(tmp_path / "s")
