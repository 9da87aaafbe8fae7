"""What the pages say of the sandbox is so: its parameters, its truth, and all that a scenario may say."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lippen.errors import LippenError
from lippen.sandbox import Intervention, Scenario, parameters, parse_scenario, write_sandbox
from lippen.sandbox.compare import done_from
from lippen.sandbox.reference import refreshed
from lippen.sandbox.scenario import (
    FALSE_TRENDS,
    INTERVENTIONS,
    PARTS,
    PURPOSES,
    Bogus,
    FalseTrend,
    NewLine,
    Occasion,
    Production,
    Surge,
    check_days,
    keys_of,
)
from lippen.sandbox.scenario_file import load_scenario, scenario_names

DOCS = Path(__file__).parents[2] / "docs"
EXPLANATION = (DOCS / "explanation" / "sandbox.md").read_text("utf-8")
REFERENCE = (DOCS / "reference" / "sandbox.md").read_text("utf-8")
EVERYTHING = Scenario(
    intervention=tuple(Intervention(kind, 20) for kind in INTERVENTIONS),
    false_trend=tuple(FalseTrend(kind, 10, 40) for kind in FALSE_TRENDS),
    surge=(Surge(10, 20, ("harbour",), 2.0),),
    new_line=(NewLine(20, ("Lintbrae",)),),
    production=(Production(10, 60, "Lintbrae"),),
    bogus=(Bogus(30, purpose="divert"),),
    occasion=(Occasion(40, 21, "Marrowmouth", 7),),
)
NEEDED = {
    "intervention": "kind = 'joint_visits'\nstart = 1",
    "false_trend": "kind = 'school_term'\nstart = 1\nend = 9",
    "surge": "start = 1\nend = 9\nareas = ['harbour']\ntimes = 2.0",
    "new_line": "start = 1\nareas = ['harbour']",
    "production": "start = 1\nend = 9\narea = 'harbour'",
    "bogus": "day = 3\nstealth = 'S1'",
    "occasion": "day = 3\nhour = 21\nlarger = 'harbour'\ncalls = 7",
}
TYPES = {
    "text": pa.types.is_string,
    "whole number": pa.types.is_integer,
    "number": pa.types.is_floating,
    "yes or no": pa.types.is_boolean,
    "day": pa.types.is_date32,
    "time": pa.types.is_timestamp,
    "list of texts": lambda one: pa.types.is_list(one) and pa.types.is_string(one.value_type),
}
Row = tuple[str, ...]


def rows_under(heading: str, level: int = 3) -> list[Row]:
    """The rows of the first table under a heading, the code marks of their first cell taken off."""
    (part,) = re.findall(
        rf"^{'#' * level} {re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", REFERENCE, re.M | re.S
    )
    lines = part.split("\n| --- ")[1].splitlines()[1:]
    table = lines[: lines.index("")] if "" in lines else lines
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [(one[0].strip("`"), *one[1:]) for one in cells]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("described") / "town"
    write_sandbox(out, days=90, seed=1, scenario=EVERYTHING, dirt=0.005)
    return out


def test_the_tables_of_the_explanation_are_made_from_the_model() -> None:
    made = re.findall(r"<!-- made: ([a-z ]+) -->\n(.*?)<!-- end -->", EXPLANATION, re.S)
    assert [name for name, _ in made] == ["scenarios", "incident kinds", "parameters"]
    assert all(len(table.splitlines()) > 3 for _, table in made)
    assert refreshed(EXPLANATION) == EXPLANATION, "run make docs"


def test_the_table_says_what_each_scenario_holds_and_its_fewest_days_are_enough_and_no_fewer_are() -> None:
    table = EXPLANATION.split("<!-- made: scenarios -->\n")[1].split("<!-- end -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert [row[0].strip("`") for row in rows] == list(scenario_names())
    fewest = {row[0].strip("`"): int(row[2]) for row in rows}
    assert fewest["amateur-production"] == 121
    assert fewest["line-arrives"] == 151
    for (name, days), (_, holds, _) in zip(fewest.items(), rows, strict=True):
        assert len(holds) > len(load_scenario(name).title) + 20
        check_days(load_scenario(name), days)
        if days > 1:
            with pytest.raises(LippenError, match=f"Give --days {days} or more"):
                check_days(load_scenario(name), days - 1)


def test_the_model_is_described_by_the_seven_headings_of_the_odd_protocol() -> None:
    # Grimm and others 2020, Journal of Artificial Societies and Social Simulation 23(2) 7.
    assert re.findall(r"^## (\d\. .*)$", EXPLANATION, re.M) == [
        "1. Purpose and patterns",
        "2. Entities, state variables and scales",
        "3. Process overview and scheduling",
        "4. Design concepts",
        "5. Initialisation",
        "6. Input data",
        "7. Submodels",
    ]


def test_every_parameter_shapes_the_town_and_none_is_read_that_is_not_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, read = parameters.all_parameters(), set()

    class Noted(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            read.add(name)
            return super().__getitem__(name)

    for cached in _cached():
        cached.cache_clear()
    monkeypatch.setattr(parameters, "all_parameters", lambda: Noted(every))
    write_sandbox(tmp_path / "town", days=60, seed=1, scenario=EVERYTHING)
    done_from("police_drive", 10)
    assert sorted(set(every) - read) == []


def _cached() -> Iterator[Any]:
    """What the sandbox keeps for the length of a process, and would otherwise not read again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("lippen.sandbox") and name != "lippen.sandbox.parameters":
            yield from (one for one in vars(module).values() if hasattr(one, "cache_clear"))


def test_every_parameter_has_a_unit_and_a_source_or_says_that_it_has_none() -> None:
    for one in parameters.all_parameters().values():
        assert one.unit, one.name
        assert one.says.endswith("."), one.name
        assert "assumed" in one.source or re.search(r"\b(1[89]|20)\d\d\b", one.source), one.name


def test_every_truth_table_is_described_column_by_column(town: Path) -> None:
    made = {path.stem: pq.read_schema(path) for path in (town / "truth").iterdir()}
    said = REFERENCE.split("## What the truth holds")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^### `(\w+)`$", said, re.M)) == sorted(made)
    for name, schema in made.items():
        rows = rows_under(f"`{name}`")
        assert [row[0] for row in rows] == schema.names, name
        for column, kind, _ in rows:
            assert TYPES[kind](schema.field(column).type), f"{name}.{column} is {schema.field(column).type}"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("incidents", "purpose"),
        ("events", "kind"),
        ("surges", "kind"),
        ("places", "type"),
        ("people", "sex"),
        ("people", "tenure"),
        ("roles", "role"),
        ("roles", "story"),
        ("concerns", "cause"),
        ("reports", "cause"),
        ("slips", "slip"),
        ("listings", "look_alike"),
        ("words", "channel"),
        ("false_trends", "kind"),
        ("effects", "measure"),
        ("dirt", "expect"),
    ],
)
def test_every_word_that_a_column_may_hold_is_named(town: Path, table: str, column: str) -> None:
    held = set(pq.read_table(town / "truth" / f"{table}.parquet")[column].to_pylist()) - {None}
    (said,) = [row[2] for row in rows_under(f"`{table}`") if row[0] == column]
    assert held
    assert held <= set(re.findall(r"`([^`]+)`", said)), f"{table}.{column}"


def test_every_cause_of_an_incident_is_named(town: Path) -> None:
    held = set(pq.read_table(town / "truth" / "incidents.parquet")["cause"].to_pylist())
    part = REFERENCE.split("| cause | what it means |")[1].split("\n### ")[0]
    assert held <= set(re.findall(r"^\| `([a-z ]+)` \|", part, re.M))
    assert len(held) >= 10


def test_every_stream_of_a_town_is_named_with_its_file(town: Path) -> None:
    for kind, file, _ in rows_under("Streams", 2):
        assert (town / "streams" / kind / file.strip("`")).exists(), kind
    assert {row[0] for row in rows_under("Streams", 2)} == {one.name for one in (town / "streams").iterdir()}


def test_every_key_of_a_scenario_is_described_with_its_ordinary_value() -> None:
    rows = rows_under("What a scenario may say", 2)
    assert [row[0] for row in rows] == [one.name for one in keys_of(Scenario)]
    for name, ordinary, _, _ in rows:
        value = getattr(Scenario(), name)
        if name in PARTS:
            assert ordinary == {0: "none", 2: "two"}[len(value)], name
            continue
        shown = ", ".join(value) if isinstance(value, tuple) else f"{value}"
        shown = shown.lower() if isinstance(value, bool) else shown.removesuffix(".0")
        assert ordinary == f"`{shown}`", name


@pytest.mark.parametrize("part", PARTS)
def test_every_key_of_a_part_is_described_and_those_that_are_needed_are(part: str) -> None:
    rows = rows_under(f"`[[{part}]]`")
    known = fields(PARTS[part])
    assert [row[0] for row in rows] == [one.name for one in known]
    for one, row in zip(known, rows, strict=True):
        assert (row[1] == "needed") == (one.default is MISSING), f"{part}.{one.name}"


def _ranges() -> Iterator[tuple[str, str, int, int]]:
    for part in ("", *PARTS):
        for row in rows_under(f"`[[{part}]]`") if part else rows_under("What a scenario may say", 2):
            if found := re.fullmatch(r"([\d,]+) to ([\d,]+)", row[2]):
                low, high = (int(end.replace(",", "")) for end in found.groups())
                yield part, row[0], low, high


@pytest.mark.parametrize(("part", "key", "low", "high"), list(_ranges()))
def test_what_a_number_may_be_is_what_the_page_says(part: str, key: str, low: int, high: int) -> None:
    other = [line for line in NEEDED.get(part, "").splitlines() if line.partition(" ")[0] != key]
    ends = {"start": "end = 20_000", "end": "start = 0"}
    other = [ends[key] if key in ends and line.startswith(("start", "end")) else line for line in other]

    def parsed(value: int) -> Scenario:
        return parse_scenario("\n".join([f"[[{part}]]" if part else "", f"{key} = {value}", *other]), DOCS)

    parsed(low)
    parsed(high - 1 if ends.get(key) in other else high)
    for value in (low - 1, high + 1):
        with pytest.raises(LippenError, match=rf"{key}` must be between {low:,} and {high:,}"):
            parsed(value)


def test_the_words_that_a_scenario_may_use_are_those_that_are_named() -> None:
    for part, key, words in (
        ("intervention", "kind", INTERVENTIONS),
        ("false_trend", "kind", FALSE_TRENDS),
        ("bogus", "purpose", PURPOSES),
    ):
        (said,) = [row[2] for row in rows_under(f"`[[{part}]]`") if row[0] == key]
        assert tuple(re.findall(r"`(\w+)`", said)) == words
