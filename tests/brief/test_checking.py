"""What may enter a briefing: the fields, columns and types of the schema, and nothing else."""

from __future__ import annotations

import copy
import decimal
import json
import math
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import Tables, empty_tables, sample, table

from lippen.brief import RESULT_TABLES, BriefError, ResultTable
from lippen.brief.checking import accept_facts, accept_tables, round_float

BY_NAME = {spec.name: spec for spec in RESULT_TABLES}
COLUMNS = [(spec.name, column.name) for spec in RESULT_TABLES for column in spec.columns]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_nine_significant_digits(value: float) -> None:
    rounded = round_float(value)
    assert rounded is not None
    assert rounded == pytest.approx(value, rel=5.001e-9, abs=5e-324)
    assert round_float(rounded) == rounded
    digits = f"{decimal.Decimal(repr(rounded)):e}".split("e")[0].replace(".", "").lstrip("-").rstrip("0")
    assert len(digits) <= 9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_known(value: float) -> None:
    assert round_float(value) is None


def test_no_nought_is_negative() -> None:
    assert str(round_float(-0.0)) == "0.0"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["credibility", "model", "auc", "file", "rows", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*sample(0)[0], "further"]), ANYTHING, max_size=4))
def test_whatever_comes_is_refused_or_is_whole_and_finite(facts: dict[str, Any]) -> None:
    try:
        accepted = accept_facts(facts)
    except BriefError:
        return
    assert set(accepted) == set(sample(0)[0])
    json.dumps(accepted, allow_nan=False)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in nested facts."""
    here = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return here + [found for key, one in inner for found in paths(one, (*path, key))]


def change(facts: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(facts)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


FACTS = sample(0)[0]
PLACES = paths(FACTS)


@pytest.mark.parametrize("path", [p for p in PLACES if isinstance(p[-1], str)], ids=str)
def test_each_field_refuses_another_type_and_says_where(path: tuple[Any, ...]) -> None:
    spelled = "facts" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    with pytest.raises(BriefError) as refused:
        accept_facts(change(FACTS, path, {1j}))
    assert f"- {spelled} is set, wanted " in str(refused.value)


def value_at(path: tuple[Any, ...]) -> Any:
    value: Any = FACTS
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("path", [p for p in PLACES if isinstance(value_at(p), float)], ids=str)
def test_a_figure_that_is_not_finite_becomes_null(path: tuple[Any, ...]) -> None:
    accepted: Any = accept_facts(change(FACTS, path, np.float64("nan")))
    for step in path:
        accepted = accepted[step]
    assert accepted is None


@pytest.mark.parametrize(
    "path",
    [(), ("period",), ("inputs", 0), ("credibility",), ("credibility", "model"), ("credibility", "episodes")],
    ids=str,
)
def test_a_field_that_nobody_described_is_refused_at_every_depth(path: tuple[Any, ...]) -> None:
    """Neither a score nor a caller can reach a file by way of a field that was added in passing."""
    with pytest.raises(BriefError, match="score is not a field of the briefing"):
        accept_facts(change(FACTS, (*path, "score"), 0.7))


def test_all_problems_are_named_at_once() -> None:
    facts: dict[Any, Any] = {"seed": "7", "place": 3, "caller": "x", 5: "y", "inputs": [{"file": "a.csv"}]}
    with pytest.raises(BriefError) as refused:
        accept_facts(facts)
    assert str(refused.value).splitlines() == [
        "The facts do not fit the briefing:",
        "- facts.5 is not a field of the briefing",
        "- facts.caller is not a field of the briefing",
        "- facts.place is int, wanted str",
        "- facts.inputs[0].rows is missing, wanted int",
        "- facts.inputs[0].accepted is missing, wanted int",
        "- facts.inputs[0].duplicates is missing, wanted int",
        "- facts.inputs[0].quarantined is missing, wanted int",
        "- facts.seed is str, wanted int",
    ]


def test_true_is_no_number_and_a_fraction_is_no_count() -> None:
    for wrong in (True, 7.5, "7"):
        with pytest.raises(BriefError, match=r"facts\.seed is"):
            accept_facts({"seed": wrong})
    with pytest.raises(BriefError, match=r"facts\.peak_memory_mib is bool"):
        accept_facts({"peak_memory_mib": True})


def filled(spec: ResultTable) -> pa.Table:
    return sample(3)[1][spec.name]


@pytest.mark.parametrize("spec", RESULT_TABLES, ids=lambda spec: spec.name)
def test_a_column_that_nobody_described_is_refused(spec: ResultTable) -> None:
    rows = filled(spec)
    for name in ("score", "caller_id"):
        more = rows.append_column(name, pa.nulls(rows.num_rows))
        with pytest.raises(BriefError, match=f"Table {spec.name}: column {name} is not known"):
            accept_tables({spec.name: more})


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_column_that_is_missing_is_refused(name: str, column: str) -> None:
    with pytest.raises(BriefError, match=f"Table {name}: column {column} is missing"):
        accept_tables({name: filled(BY_NAME[name]).drop_columns([column])})


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_column_of_another_type_is_refused(name: str, column: str) -> None:
    """Text is no number, even when it could be read as one; a number is no text, a moment is no day."""
    rows = filled(BY_NAME[name])
    place = rows.column_names.index(column)
    wanted = rows.schema.field(column).type
    others: list[pa.Array] = [pa.array([True] * rows.num_rows), pa.array([b"1"] * rows.num_rows)]
    if not pa.types.is_string(wanted):
        others.append(pa.array(["1"] * rows.num_rows))
    else:
        others.append(pa.array([1] * rows.num_rows))
    if pa.types.is_date(wanted):
        others.append(pa.array([datetime(2025, 1, 6)] * rows.num_rows))
    if pa.types.is_list(wanted):
        others.append(pa.array([[1]] * rows.num_rows))
    for other in others:
        with pytest.raises(BriefError, match=f"Table {name}, column {column} is .*, wanted"):
            accept_tables({name: rows.set_column(place, column, other)})


def test_a_fraction_in_a_column_of_counts_is_refused() -> None:
    rows = filled(BY_NAME["fairness"])
    for half in (pa.array([0.5] * 4), pa.array([decimal.Decimal("0.5")] * 4)):
        with pytest.raises(BriefError, match="Table fairness, column incidents"):
            accept_tables({"fairness": rows.set_column(1, "incidents", half)})


def test_the_widths_that_engines_differ_in_are_all_taken() -> None:
    """Sums come as decimals, texts as large texts or categories, times with nanoseconds or in UTC."""
    rows = filled(BY_NAME["volumes_kind"])
    whole = rows["incidents"].to_pylist()
    for same in (
        pa.array(whole, pa.int32()),
        pa.array(whole, pa.uint64()),
        pa.array([decimal.Decimal(n) for n in whole], pa.decimal128(38, 0)),
    ):
        taken = accept_tables({"volumes_kind": rows.set_column(1, "incidents", same)})["volumes_kind"]
        assert taken.equals(accept_tables({"volumes_kind": rows})["volumes_kind"])
    for texts in (rows["kind"].cast(pa.large_string()), rows["kind"].dictionary_encode()):
        taken = accept_tables({"volumes_kind": rows.set_column(0, "kind", texts)})["volumes_kind"]
        assert taken.equals(accept_tables({"volumes_kind": rows})["volumes_kind"])
    episodes = filled(BY_NAME["episodes"])
    place = episodes.column_names.index("first_at")
    for unit, zone in (("ns", None), ("us", "UTC"), ("s", None)):
        times = episodes["first_at"].cast(pa.timestamp(unit, zone))
        taken = accept_tables({"episodes": episodes.set_column(place, "first_at", times)})["episodes"]
        assert taken.equals(accept_tables({"episodes": episodes})["episodes"])


@given(st.lists(st.floats() | st.none(), min_size=1, max_size=20))
def test_float_columns_hold_nine_digits_and_nulls_and_nothing_else(values: list[float | None]) -> None:
    rows = pa.table(
        {
            **{column.name: pa.nulls(len(values)) for column in BY_NAME["volumes_area"].columns},
            "area": [f"X{i:03d}" for i in range(len(values))],
            "lat": pa.array(values, pa.float64()),
        }
    )
    taken = accept_tables({"volumes_area": rows})["volumes_area"]["lat"].to_pylist()
    assert taken == [None if value is None else round_float(value) for value in values]


def test_every_table_is_given_back_and_one_that_is_missing_is_empty() -> None:
    accepted = accept_tables({"fairness": sample(0)[1]["fairness"]})
    assert list(accepted) == [spec.name for spec in RESULT_TABLES]
    assert {name for name, rows in accepted.items() if rows.num_rows} == {"fairness"}
    for spec in RESULT_TABLES:
        assert accepted[spec.name].schema == spec.schema()


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(BriefError, match="No such result table: callers"):
        accept_tables({"callers": pa.table({"id": [1]})})


@pytest.mark.parametrize(
    ("name", "column"), [(spec.name, c.name) for spec in RESULT_TABLES for c in spec.columns if c.required]
)
def test_what_tells_rows_apart_is_never_empty(name: str, column: str) -> None:
    rows = [{**row, column: None} for row in filled(BY_NAME[name]).to_pylist()[:1]]
    relaxed = pa.Table.from_pylist(rows, pa.schema([pa.field(c.name, c.type) for c in BY_NAME[name].columns]))
    with pytest.raises(BriefError, match=f"Table {name}, column {column}: 1 row is empty"):
        accept_tables({name: relaxed})


@pytest.mark.parametrize("spec", [spec for spec in RESULT_TABLES if spec.keyed], ids=lambda spec: spec.name)
def test_two_rows_that_speak_of_one_thing_are_refused(spec: ResultTable) -> None:
    first = filled(spec).slice(0, 1)
    with pytest.raises(BriefError, match=f"Table {spec.name}: two rows have the same"):
        accept_tables({spec.name: pa.concat_tables([first, first])})


def test_two_incidents_of_a_kind_may_fall_on_one_minute() -> None:
    rows = {"episode_id": "e", "minute": 3, "kind": "FIGHT", "area": "X01", "outcome": "unfounded"}
    assert (
        accept_tables({"episode_strip": table("episode_strip", [rows, rows])})["episode_strip"].num_rows == 2
    )


@given(st.permutations(range(12)))
def test_rows_come_out_in_the_order_of_the_schema(order: list[int]) -> None:
    tables: Tables = empty_tables()
    weeks = [{"week": date(2025, 1, 6 + i), "incidents": i} for i in range(12)]
    tables["volumes_week"] = table("volumes_week", [weeks[i] for i in order])
    assert accept_tables(tables)["volumes_week"]["incidents"].to_pylist() == list(range(12))
