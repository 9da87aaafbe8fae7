"""The folder that a briefing is: what is in it, the same bytes for the same input, and never half of it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile import hostile
from html_tree import read, text_of
from sample import Facts, Tables, nothing_known, sample, suspended, table

from lippen import brief
from lippen.brief import RESULT_TABLES, BriefError, write_brief

SAMPLES: dict[str, Callable[[], tuple[Facts, Tables]]] = {
    "three episodes": sample,
    "no episode": lambda: sample(0),
    "nothing known": nothing_known,
    "suspended": suspended,
    "hostile": hostile,
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_briefing_is_a_page_its_facts_and_every_table(name: str, tmp_path: Path) -> None:
    page = write_brief(tmp_path / "deep" / "out", *SAMPLES[name]())
    assert page == tmp_path / "deep" / "out" / "index.html"
    tables = {f"tables/{spec.name}.parquet" for spec in RESULT_TABLES}
    assert set(contents(page.parent)) == {"index.html", "brief.json"} | tables


def test_tables_come_back_as_they_were_given(tmp_path: Path) -> None:
    facts, tables = sample(5)
    write_brief(tmp_path, facts, tables)
    for spec in RESULT_TABLES:
        stored = pq.read_table(tmp_path / "tables" / f"{spec.name}.parquet")
        assert stored.column_names == [column.name for column in spec.columns]
        given = tables[spec.name].sort_by([(name, "ascending") for name in spec.order])
        for column in spec.columns:
            wanted = given[column.name].to_pylist()
            if pa.types.is_floating(column.type):  # to 9 significant digits
                wanted = [value if value is None else pytest.approx(value, rel=1e-8) for value in wanted]
            assert stored[column.name].to_pylist() == wanted


def test_nothing_given_is_a_whole_briefing_that_cannot_tell(tmp_path: Path) -> None:
    page = write_brief(tmp_path, {}, {})
    facts = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    assert set(facts.values()) == {None}
    assert "No file was read, so there is nothing to tell." in text_of(read(page.read_text("utf-8")))


def test_the_facts_hold_everything_that_is_promised_of_them(tmp_path: Path) -> None:
    """The list is that of the project's plan; `docs/reference/brief.md` holds all of it."""
    write_brief(tmp_path, *sample())
    facts = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    assert {"file", "rows", "accepted", "duplicates", "quarantined"} <= facts["inputs"][0].keys()
    assert {"first_day", "last_day", "since"} <= facts["period"].keys()
    model = facts["credibility"]["model"]
    assert {"auc", "auc_low", "auc_high", "ece", "brier"} <= model.keys()
    assert set(model["baselines"]) == {"global", "kind", "kind_hour", "logistic", "boosted"}
    assert {"found", "expected_false_per_30_days"} <= facts["credibility"]["episodes"].keys()
    assert facts["credibility"]["excluded"]["protected"] == 6803
    assert facts["credibility"]["fairness"][0].keys() >= {"area_group", "rate", "low", "high"}
    assert facts["stages"][0].keys() == {"name", "seconds"}
    assert facts["peak_memory_mib"] == 1184.2
    assert facts["versions"]["lippen"] == "0.1.0"


def backwards(value: Any) -> Any:
    """The same mapping with its keys in another order, all the way down."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(one) for one in value] if isinstance(value, list) else value


def test_equal_facts_and_rows_give_equal_bytes_in_whatever_order_they_come(tmp_path: Path) -> None:
    facts, tables = sample(12)
    order = random.Random(3)  # noqa: S311 - an order, no secret
    shuffled = {}
    for name, rows in tables.items():
        places = list(range(rows.num_rows))
        order.shuffle(places)
        shuffled[name] = rows.take(pa.array(places, pa.int64())).select(sorted(rows.column_names))
    write_brief(tmp_path / "one", facts, tables)
    write_brief(tmp_path / "other", backwards(facts), shuffled)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_tables_carry_no_notes_of_where_they_came_from(tmp_path: Path) -> None:
    facts, tables = sample(2)
    noted = {name: rows.replace_schema_metadata({"pandas": "{}"}) for name, rows in tables.items()}
    write_brief(tmp_path, facts, noted)
    for name in noted:
        assert pq.read_metadata(tmp_path / "tables" / f"{name}.parquet").metadata is None


def test_bits_beyond_the_ninth_digit_change_nothing(tmp_path: Path) -> None:
    facts, tables = sample(4)
    write_brief(tmp_path / "one", facts, tables)
    facts["credibility"]["model"]["auc"] *= 1 + 1e-13
    for name, rows in tables.items():
        nudged = [
            {key: v * (1 + 1e-13) if isinstance(v, float) else v for key, v in row.items()}
            for row in rows.to_pylist()
        ]
        tables[name] = table(name, nudged)
    write_brief(tmp_path / "other", facts, tables)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_the_clock_touches_the_facts_and_the_page_but_no_table(tmp_path: Path) -> None:
    facts, tables = sample()
    write_brief(tmp_path / "one", facts, tables)
    later = copy.deepcopy(facts)
    later["clock"] = {"written_at": "2031-01-01T00:00:00", "trade_week": None}
    later["peak_memory_mib"] = 9.0
    for stage in later["stages"]:
        stage["seconds"] = 77.0
    write_brief(tmp_path / "other", later, tables)
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert {name for name in one if one[name] != other[name]} == {"index.html", "brief.json"}
    before, after = json.loads(one["brief.json"]), json.loads(other["brief.json"])
    assert {key for key in before if before[key] != after[key]} == {"clock", "peak_memory_mib", "stages"}


def test_what_else_lies_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    others = {"notes.txt": b"mine", "tables/mine.parquet": b"mine too", ".writing-1": b"a file of this name"}
    for name, held in others.items():
        (tmp_path / name).write_bytes(held)
    write_brief(tmp_path, *sample())
    write_brief(tmp_path, *nothing_known())
    assert {name: held for name, held in contents(tmp_path).items() if name in others} == others
    assert not [p for p in tmp_path.iterdir() if p.is_dir() and p.name != "tables"]


@pytest.mark.parametrize("event", [OSError("No space left on device"), KeyboardInterrupt()])
def test_a_run_that_is_stopped_leaves_what_was_there_and_nothing_else(
    event: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_brief(tmp_path, *sample())
    before = contents(tmp_path)
    written = 0

    def stops_halfway(*args: Any, **settings: Any) -> None:
        nonlocal written
        written += 1
        if written > 5:
            raise event
        real(*args, **settings)

    real = pq.write_table
    monkeypatch.setattr(pq, "write_table", stops_halfway)
    with pytest.raises(type(event)):
        write_brief(tmp_path, *nothing_known())
    assert written == 6
    assert contents(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["brief.json", "index.html", "tables"]


def test_a_folder_that_cannot_take_the_tables_keeps_its_old_page(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file where a folder is wanted")
    (tmp_path / "index.html").write_text("the old page")
    with pytest.raises(FileExistsError):
        write_brief(tmp_path, *sample())
    assert contents(tmp_path) == {
        "index.html": b"the old page",
        "tables": b"a file where a folder is wanted",
    }


def test_a_file_name_that_is_no_text_is_shown_by_its_code_points(tmp_path: Path) -> None:
    facts, tables = sample(0)
    facts["inputs"][0]["file"] = b"calls\xff.csv".decode("utf-8", "surrogateescape")
    page = write_brief(tmp_path, facts, tables)
    assert "calls⟨U+DCFF⟩.csv" in page.read_text("utf-8")
    assert json.loads((tmp_path / "brief.json").read_text("utf-8"))["inputs"][0]["file"] == "calls\udcff.csv"


Change = Callable[[Facts, Tables], object]


def _set(*path: str, to: object) -> Change:
    def change(facts: Facts, _: Tables) -> None:
        for step in path[:-1]:
            facts = facts[step]
        facts[path[-1]] = to

    return change


def _rows(name: str, **columns: object) -> Change:
    """Writes the same values into every row of a table."""

    def change(_: Facts, tables: Tables) -> None:
        tables[name] = table(name, [{**row, **columns} for row in tables[name].to_pylist()])

    return change


CONTRADICTIONS: dict[str, tuple[Change, str]] = {
    "rows of a file": (
        lambda f, _: f["inputs"][0].update(accepted=0),
        "calls_2024-09_2024-12.csv.gz: accepted [+] duplicates [+] quarantined are not the 52,310 rows read",
    ),
    "negative rows": (
        lambda f, _: f["inputs"][0].update(accepted=52_311, quarantined=-22),
        "are not the 52,310 rows read",
    ),
    "number of episodes": (
        _set("credibility", "episodes", "found", to=2),
        "The facts say 2 episodes were found, table episodes has 3",
    ),
    "suspended with episodes": (
        _set("credibility", "suspended", to="drift"),
        "Assessment is suspended, yet table episodes has 3 rows",
    ),
    "strip of no episode": (
        _rows("episode_strip", episode_id="ep-9999"),
        "Table episode_strip speaks of ep-9999, which table episodes does not hold",
    ),
    "size of the episodes": (
        _rows("episodes", incidents=99),
        "Table episodes gives ep-0000 99 incidents, episode_incidents lists 8",
    ),
    "rows in quarantine": (
        _rows("quarantine_reasons", rows=1),
        "The files have 38 rows in quarantine, table quarantine_reasons has 3",
    ),
    "fairness": (
        lambda f, _: f["credibility"]["fairness"][0].update(rate=0.5),
        "credibility.fairness and table fairness give different rows",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_facts_and_tables_that_contradict_each_other_are_refused(name: str, tmp_path: Path) -> None:
    change, message = CONTRADICTIONS[name]
    facts, tables = sample()
    change(facts, tables)
    with pytest.raises(BriefError, match=message):
        write_brief(tmp_path / "out", facts, tables)
    assert not (tmp_path / "out").exists()


def test_a_suspended_assessment_shows_no_episode(tmp_path: Path) -> None:
    facts, tables = suspended()
    text = text_of(read(write_brief(tmp_path, facts, tables).read_text("utf-8")))
    assert "Assessment is suspended" in text
    assert "No episode is shown." in text
    assert "Episode 1" not in text


@pytest.mark.parametrize("given", ["facts", "table"])
def test_fairness_given_once_stands_in_facts_and_table(given: str, tmp_path: Path) -> None:
    facts, tables = sample(0)
    rows = tables["fairness"].to_pylist()
    if given == "facts":
        del tables["fairness"]
    else:
        del facts["credibility"]["fairness"]
    write_brief(tmp_path, facts, tables)
    stored = pq.read_table(tmp_path / "tables" / "fairness.parquet").to_pylist()
    told = json.loads((tmp_path / "brief.json").read_text("utf-8"))["credibility"]["fairness"]
    assert told == stored
    assert [row["area_group"] for row in told] == sorted(row["area_group"] for row in rows)


def test_dates_and_numbers_of_numpy_are_taken_as_what_they_are(tmp_path: Path) -> None:
    import numpy as np

    facts, tables = sample(0)
    facts["period"]["since"] = date(2025, 1, 15)
    facts["period"]["days"] = np.int64(210)
    facts["credibility"]["model"]["auc"] = np.float32(0.75)
    facts["credibility"]["diversion"]["can_tell"] = np.bool_(True)
    write_brief(tmp_path, facts, tables)
    stored = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    assert stored["period"]["since"] == "2025-01-15"
    assert stored["period"]["days"] == 210
    assert stored["credibility"]["model"]["auc"] == 0.75
    assert stored["credibility"]["diversion"]["can_tell"] is True


def test_everything_a_caller_needs_is_offered_by_the_package() -> None:
    offered = {
        "RESULT_TABLES",
        "TRADE_TABLES",
        "BriefError",
        "Facts",
        "ResultTable",
        "Trade",
        "accept_tables",
        "checked",
        "write_brief",
    }
    assert set(brief.__all__) == offered
