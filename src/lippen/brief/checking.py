"""Takes facts and tables in, checked against `schema`, and gives them back in one exact form.

Invariant: what leaves here has every field and column of the schema and no other, no number that is not
finite, floats of 9 significant digits, and rows in the schema's order.
"""

import math
import types
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.brief.figures import plural
from lippen.brief.schema import (
    RESULT_TABLES,
    SMALL_COUNT,
    Column,
    Credibility,
    Facts,
    FairnessGroup,
    ResultTable,
)
from lippen.brief.trade_tables import AT_LEAST, TRADE_TABLES

_BY_NAME = {spec.name: spec for spec in RESULT_TABLES}


class BriefError(ValueError):
    """Facts or tables that do not fit the schema, or that contradict each other. Names every place."""


def round_float(value: float) -> float | None:
    """`value` to 9 significant digits; None when it is not finite (DuckDB sums vary in the last bits)."""
    if not math.isfinite(value):
        return None
    return float(f"{value:.9g}") + 0.0  # adding zero turns -0.0 into 0.0


def accept_facts(facts: Mapping[str, Any]) -> Facts:
    """`facts` with every field of `schema.Facts`; a missing one is null.

    Raises BriefError when a field is unknown, of another type, or when the rows of a file do not add up.
    """
    problems: list[str] = []
    accepted = _accept(facts, Facts, "facts", problems)
    if problems:
        raise BriefError("The facts do not fit the briefing:\n" + "\n".join(f"- {p}" for p in problems))
    whole = cast(Facts, accepted)
    for file in whole["inputs"] or []:
        counts = (file["accepted"], file["duplicates"], file["quarantined"])
        if min(counts) < 0 or sum(counts) != file["rows"]:
            raise BriefError(
                f"{file['file']}: accepted + duplicates + quarantined are not the "
                f"{plural(file['rows'], 'row')} read"
            )
    return whole


def accept_tables(
    tables: Mapping[str, pa.Table], specs: Sequence[ResultTable] = RESULT_TABLES
) -> dict[str, pa.Table]:
    """All tables of `specs` by name, in the exact form of the schema; one that is missing is empty.

    Raises BriefError for an unknown table or column, a missing column, a column of another type, an empty
    value where one is required, or two rows with one key.
    """
    unknown = sorted(set(tables) - {spec.name for spec in specs})
    if unknown:
        raise BriefError(f"No such result table: {', '.join(unknown)}")
    return {
        spec.name: _accept_table(tables[spec.name], spec)
        if spec.name in tables
        else spec.schema().empty_table()
        for spec in specs
    }


def checked(facts: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> tuple[Facts, dict[str, pa.Table]]:
    """Facts and tables as `schema` states them, whole, rounded and sorted, and of one mind.

    The tables of `trade_tables` are there where the facts speak of the trade, and nowhere else. Raises
    BriefError when they do not fit the schema or contradict each other, or a count of the trade is below
    five.
    """
    of_trade = {spec.name for spec in TRADE_TABLES}
    whole = accept_facts(facts)
    accepted = accept_tables({name: rows for name, rows in tables.items() if name not in of_trade})
    agree(whole, accepted)
    given = {name: rows for name, rows in tables.items() if name in of_trade}
    if whole["trade"] is not None:
        told = accept_tables(given, TRADE_TABLES)
        _refuse_small(told)
        accepted |= told
    elif given:
        raise BriefError(f"Table {min(given)} was given, and the facts say nothing of the trade")
    return whole, accepted


def _refuse_small(tables: Mapping[str, pa.Table]) -> None:
    """Nothing that travels tells of fewer than five (design 1, promise 8)."""
    for name, columns in AT_LEAST.items():
        for column in columns:
            least = pc.min(tables[name][column]).as_py()
            if least is not None and least < SMALL_COUNT:
                raise BriefError(f"Table {name}, column {column}: a count below {SMALL_COUNT} is never told")


def agree(facts: Facts, tables: dict[str, pa.Table]) -> None:
    """Checks that facts and tables tell one story, and fills in fairness where only one of them has it.

    Raises BriefError, naming both sides, when they contradict each other.
    """
    credibility = facts["credibility"]
    counts = credibility["episodes"] if credibility else None
    found, rows = counts["found"] if counts else None, tables["episodes"].num_rows
    if rows and credibility and credibility["suspended"] is not None:
        raise BriefError(f"Assessment is suspended, yet table episodes has {plural(rows, 'row')}")
    if found is not None and found != rows:
        were = f"{plural(found, 'episode')} {'was' if found == 1 else 'were'} found"
        raise BriefError(f"The facts say {were}, table episodes has {rows}")
    _agree_on_episodes(tables)
    aside = sum(file["quarantined"] for file in facts["inputs"] or [])
    reasons = tables["quarantine_reasons"]["rows"].to_pylist()
    if reasons and None not in reasons and facts["inputs"] is not None and sum(reasons) != aside:
        raise BriefError(
            f"The files have {plural(aside, 'row')} in quarantine, "
            f"table quarantine_reasons has {sum(reasons)}"
        )
    if credibility:
        _agree_on_fairness(credibility, tables)


def _agree_on_episodes(tables: Mapping[str, pa.Table]) -> None:
    episodes = tables["episodes"]
    sizes = dict(zip(episodes["episode_id"].to_pylist(), episodes["incidents"].to_pylist(), strict=True))
    for name in ("episode_incidents", "episode_strip", "diversion"):
        strangers = sorted(set(tables[name]["episode_id"].to_pylist()) - set(sizes))
        if strangers:
            raise BriefError(f"Table {name} speaks of {strangers[0]}, which table episodes does not hold")
    listed = Counter(tables["episode_incidents"]["episode_id"].to_pylist())
    for episode, size in sizes.items():
        if episode in listed and size is not None and listed[episode] != size:
            raise BriefError(
                f"Table episodes gives {episode} {plural(size, 'incident')}, "
                f"episode_incidents lists {listed[episode]}"
            )


def _agree_on_fairness(credibility: Credibility, tables: dict[str, pa.Table]) -> None:
    given, spec = credibility["fairness"], tables["fairness"].schema
    if given and not tables["fairness"].num_rows:
        tables["fairness"] = _accept_table(
            pa.Table.from_pylist(cast(Any, given), schema=spec), _BY_NAME["fairness"]
        )
    rows = tables["fairness"].to_pylist()
    if given is not None and sorted(given, key=lambda group: group["area_group"]) != rows:
        raise BriefError("credibility.fairness and table fairness give different rows")
    credibility["fairness"] = cast(list[FairnessGroup], rows)


def _accept(value: Any, hint: Any, where: str, problems: list[str]) -> Any:
    """`value` as `hint` wants it; anything that does not fit goes to `problems` with its path."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _accept(value, inner[0], where, problems)
    if isinstance(value, np.generic):
        value = value.item()
    if origin in (types.UnionType, Union):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        return _accept(value, next(h for h in inner if h is not type(None)), where, problems)
    if is_typeddict(hint) and isinstance(value, Mapping):
        fields = get_type_hints(hint, include_extras=True)
        problems.extend(
            f"{where}.{key} is not a field of the briefing"
            for key in sorted(set(value) - set(fields), key=str)
        )
        return {
            key: _accept(value.get(key), field, f"{where}.{key}", problems) for key, field in fields.items()
        }
    if origin is list and isinstance(value, list | tuple):
        return [_accept(item, inner[0], f"{where}[{i}]", problems) for i, item in enumerate(value)]
    if origin is dict and isinstance(value, Mapping):
        return {str(key): _accept(item, inner[1], f"{where}.{key}", problems) for key, item in value.items()}
    if hint is str and isinstance(value, str):
        return value
    if hint is str and isinstance(value, date | datetime):
        return value.isoformat()
    if hint is bool and isinstance(value, bool):
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return round_float(float(value))
    wanted = getattr(hint, "__name__", str(hint))
    problems.append(f"{where} is {'missing' if value is None else type(value).__name__}, wanted {wanted}")
    return None


def _accept_table(table: pa.Table, spec: ResultTable) -> pa.Table:
    """`table` with exactly the columns of `spec`, cast, rounded and sorted."""
    wanted = [column.name for column in spec.columns]
    missing = [name for name in wanted if name not in table.column_names]
    extra = [name for name in table.column_names if name not in wanted]
    if missing or extra:
        wrong = [f"{name} is missing" for name in missing] + [f"{name} is not known" for name in extra]
        raise BriefError(f"Table {spec.name}: column {'; column '.join(wrong)}")
    columns = [_accept_column(table[column.name], column, spec.name) for column in spec.columns]
    accepted = pa.table(columns, schema=spec.schema())
    if spec.key and accepted.group_by(list(spec.key)).aggregate([]).num_rows < accepted.num_rows:
        raise BriefError(f"Table {spec.name}: two rows have the same {' and '.join(spec.key)}")
    return accepted.sort_by([(name, "ascending") for name in spec.order]).combine_chunks()


def _accept_column(given: pa.ChunkedArray, column: Column, table: str) -> pa.Array:
    where = f"Table {table}, column {column.name}"
    if not _fits(given.type, column.type):
        raise BriefError(f"{where} is {given.type}, wanted {column.type}")
    try:
        cast_column = given.cast(column.type)
    except pa.ArrowInvalid as error:
        raise BriefError(f"{where}: {error}") from error
    if column.required and cast_column.null_count:
        none = cast_column.null_count
        raise BriefError(f"{where}: {plural(none, 'row')} {'is' if none == 1 else 'are'} empty")
    if not pa.types.is_floating(column.type):
        return cast_column.combine_chunks()
    values = cast_column.to_pylist()
    return pa.array([None if value is None else round_float(value) for value in values], column.type)


def _fits(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether one type may stand for the other: engines differ in widths, but text is never a number."""
    if pa.types.is_null(given):
        return True
    if pa.types.is_dictionary(given):
        return _fits(given.value_type, wanted)
    if pa.types.is_list(wanted):
        lists = pa.types.is_list(given) or pa.types.is_large_list(given)
        return bool(lists) and _fits(given.value_type, wanted.value_type)
    accepted = next(accepted for is_wanted, accepted in _STAND_INS if is_wanted(wanted))
    return any(is_accepted(given) for is_accepted in accepted)


_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_WHOLE = (pa.types.is_integer, pa.types.is_decimal)
_STAND_INS = (
    (pa.types.is_string, _TEXTS),
    (pa.types.is_integer, _WHOLE),
    (pa.types.is_floating, (pa.types.is_floating, *_WHOLE)),
    (pa.types.is_boolean, (pa.types.is_boolean,)),
    (pa.types.is_date, (pa.types.is_date,)),
    (pa.types.is_timestamp, (pa.types.is_timestamp,)),
)
