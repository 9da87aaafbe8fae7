"""Planting dirt: the same seed gives the same bytes, and clean rows and other files stay as they were."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from dirtied import WHOLE_FILES, header, mapping_of, write_clean

from lippen.errors import LippenError
from lippen.sandbox.dirt import MOST, TRUTH, plant
from lippen.sandbox.dirt.sorts import SORTS
from lippen.signals import load_kind


def digest(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*"))}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    kind = load_kind("incident")
    made = []
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_clean(tmp_path / folder, kind, 330)
        truth = plant(tmp_path / folder, kind, mapping_of(kind), 0.1, np.random.default_rng(seed))
        made.append((truth.to_pylist(), digest(tmp_path / folder)))
    assert made[0] == made[1]
    assert made[0][1] != made[2][1]


def test_clean_rows_leave_as_the_bytes_they_came_as(tmp_path: Path) -> None:
    kind = load_kind("answer")  # it has no free text, so a row is a line
    write_clean(tmp_path, kind, 3000, quoting=csv.QUOTE_ALL)
    path = tmp_path / "answers-0.csv"
    before = path.read_bytes().split(b"\n")
    truth = plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1)).to_pylist()
    planted = {one["line"]: one["dirt"] for one in truth if one["file"] == path.name}
    assert len(planted) >= 30
    after = [line for at, line in enumerate(path.read_bytes().split(b"\n"), 1) if at not in planted and line]
    # In their order, and all of them: what is missing was made dirty, or moved to six files by fifties.
    still = set(after)
    assert after == [line for line in before if line in still]
    added = Counter(planted.values())
    beside = added["a row twice"] + added["an id twice with other content"]
    assert len([line for line in before if line]) - len(after) == len(planted) - beside + 6 * 50


def test_the_row_after_a_mark_that_is_never_closed_stays_clean(tmp_path: Path) -> None:
    """What the mark swallows must show that it was not meant, so the row after it is left as it was."""
    kind = load_kind("sighting")
    write_clean(tmp_path, kind, 6000)
    path = tmp_path / "sightings-0.csv"
    clean = set(path.read_bytes().split(b"\n"))
    truth = plant(tmp_path, kind, mapping_of(kind), MOST, np.random.default_rng(1)).to_pylist()
    after = path.read_bytes().split(b"\n")
    dirty = {one["line"] for one in truth if one["file"] == path.name}
    marked = [one["line"] for one in truth if one["dirt"] == "a quotation mark never closed"]
    assert len(marked) >= 40
    for line in marked:
        assert after[line - 1].count(b'"') % 2 == 1
        assert b'"' in after[line]
        assert after[line] in clean
        assert line + 1 not in dirty


def test_the_share_says_how_many_rows_are_dirty(tmp_path: Path) -> None:
    kind = load_kind("report")
    write_clean(tmp_path, kind, 2000, 40, 301)
    truth = plant(tmp_path, kind, mapping_of(kind), 0.2, np.random.default_rng(1)).to_pylist()
    rows = Counter(one["file"] for one in truth if one["line"] is not None)
    assert rows["reports-0.csv"] == 400
    assert rows["reports-1.csv"] == 8
    assert rows["reports-2.csv"] == 60
    sorts = Counter(one["dirt"] for one in truth if one["file"] == "reports-0.csv")
    assert sorts.pop("a line beyond belief") == 1
    assert len(sorts) == 20
    assert set(sorts.values()) <= set(range(14, 25))  # 399 over 20 sorts, those that few rows suit fewer


def test_without_a_share_nothing_is_touched(tmp_path: Path) -> None:
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    before = digest(tmp_path)
    truth = plant(tmp_path, kind, mapping_of(kind), 0, np.random.default_rng(1))
    assert (truth.num_rows, truth.schema) == (0, TRUTH)
    assert digest(tmp_path) == before


def test_only_csv_is_touched(tmp_path: Path) -> None:
    kind = load_kind("incident")
    for name in ("mapping.toml", "part-0.parquet", "calls.jsonl", ".hidden.csv"):
        (tmp_path / name).write_text("as it was")
    before = digest(tmp_path)
    assert plant(tmp_path, kind, mapping_of(kind), 0.1, np.random.default_rng(1)).num_rows == 0
    assert digest(tmp_path) == before


@pytest.mark.parametrize("share", [-0.01, MOST + 0.01, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: float) -> None:
    kind = load_kind("incident")
    with pytest.raises(LippenError, match=r"share of dirty rows is .* between 0 and 0\.2"):
        plant(tmp_path, kind, mapping_of(kind), share, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("there", "told"),
    [("empty.csv", r"no dirt can be planted here: it is empty\. Plant it into clean CSV files"),
     ("packed.csv.gz", r"a file of this name is here already\. Write the clean stream anew")],
)  # fmt: skip
def test_dirt_is_not_planted_twice(tmp_path: Path, there: str, told: str) -> None:
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    (tmp_path / f"incidents-0_{there}").touch()
    before = digest(tmp_path)
    with pytest.raises(LippenError, match=rf"incidents-0_{there}: {told}"):
        plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1))
    assert digest(tmp_path) == before


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    kind = load_kind("incident")
    (tmp_path / "colours.csv").write_text("Colour,Shape\nred,round\n")
    with pytest.raises(
        LippenError, match=r"colours\.csv: no dirt can be planted here.*Plant it into clean CSV"
    ):
        plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1))


def test_what_the_mapping_settles_is_not_planted(tmp_path: Path) -> None:
    """Dirt that a mapping makes harmless, or that it gives no way to notice, would make the truth a lie."""
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    settled = mapping_of(
        kind,
        'delimiter = ","\nheader_row = 1\nencoding = "cp1252"\n'
        f'[allow]\n"{header("incident_id")}" = "numbers of the desk"\n',
        box=False,
    )
    truth = plant(tmp_path, kind, settled, 0.1, np.random.default_rng(1)).to_pylist()
    absent = {sort.name for sort in SORTS} | WHOLE_FILES
    absent -= {one["dirt"] for one in truth}
    assert absent == {
        "another separator",
        "a title above the header",
        "bytes that are not UTF-8",
        "a telephone number for an id",
        "coordinates swapped",
        "neither yes nor no",
        "a gzip bomb",
    }
