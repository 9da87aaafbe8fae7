"""Offers and prices read off a town that does not exist, beside what is true of it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest

from lippen.evaluating.offers import offers_found, posts_of, prices_found
from lippen.sandbox import write_sandbox


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("town") / "out"
    write_sandbox(out, days=365, seed=2)
    return out


def test_posts_are_adverts_and_each_text_stands_once(town: Path) -> None:
    posts = posts_of(town)
    assert 400 < len(posts) == pc.count_distinct(posts["text"]).as_py()


def test_what_is_offered_is_read_and_little_else_is(town: Path) -> None:
    found = offers_found(town)
    assert found["substance"]["precision"] >= 0.95
    assert found["substance"]["recall"] >= 0.85  # new words, which the vocabulary lacks, are missed
    assert {field: found[field]["precision"] >= 0.97 for field in ("quantity", "unit", "price")} == {
        **{"quantity": True, "unit": True},
        "price": True,
    }


def test_what_a_collection_files_fills_what_texts_leave_out(town: Path) -> None:
    without, filed = offers_found(town), offers_found(town, filed=True)
    assert filed["quantity"]["recall"] >= without["quantity"]["recall"]
    assert filed["price"]["precision"] >= 0.97


def test_prices_lie_near_the_true_ones_and_too_few_are_not_told(town: Path) -> None:
    found = prices_found(town, seed=1)
    assert found["weeks"] > 50
    assert found["median_relative_error"] < 0.12
    # A town has few sellers: of most things it cannot say.
    assert set(found["too_few"]) < set(found["planted"])
    assert found["found"] == [("cannabis", "g")]
    assert found["false"] == []
