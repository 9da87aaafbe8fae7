"""Takes facts and tables in, checked against `schema`, and gives them back in one exact form.

Invariant: what leaves here has every field and column of the schema and no other, no number that is not
finite, floats of 9 significant digits, and rows in the schema's order.
"""

import math
import types
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np
import pyarrow as pa

from lippen.brief.schema import RESULT_TABLES, Facts, ResultTable


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
        if file["accepted"] + file["duplicates"] + file["quarantined"] != file["rows"]:
            raise BriefError(f"{file['file']}: accepted + duplicates + quarantined is not the rows read")
    return whole


def accept_tables(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """All result tables by name, in the exact form of the schema; one that is missing is empty.

    Raises BriefError for an unknown table or column, a missing column, or a value of another type.
    """
    unknown = sorted(set(tables) - {spec.name for spec in RESULT_TABLES})
    if unknown:
        raise BriefError(f"No such result table: {', '.join(unknown)}")
    return {
        spec.name: _accept_table(tables[spec.name], spec)
        if spec.name in tables
        else spec.schema().empty_table()
        for spec in RESULT_TABLES
    }


def check_agreement(facts: Facts, tables: Mapping[str, pa.Table]) -> None:
    """Raises BriefError when facts and tables tell two different stories about the episodes."""
    rows = tables["episodes"].num_rows
    credibility = facts["credibility"]
    counts = credibility["episodes"] if credibility else None
    found = counts["found"] if counts else None
    if rows and credibility and credibility["suspended"] is not None:
        raise BriefError(f"Assessment is suspended, yet table episodes has {rows} rows")
    if found is not None and found != rows:
        raise BriefError(f"facts say {found} episodes were found, table episodes has {rows}")
    known = set(tables["episodes"]["episode_id"].to_pylist())
    for name in ("episode_incidents", "episode_strip", "diversion"):
        strangers = set(tables[name]["episode_id"].to_pylist()) - known
        if strangers:
            raise BriefError(f"Table {name} speaks of episodes that table episodes does not hold")


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
            f"{where}.{key} is not a field of the briefing" for key in sorted(set(value) - set(fields))
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
    columns = []
    for column in spec.columns:
        try:
            cast_column = table[column.name].cast(column.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BriefError(f"Table {spec.name}, column {column.name}: {error}") from error
        if pa.types.is_floating(column.type):
            cast_column = _round_column(cast_column)
        if column.required and cast_column.null_count:
            raise BriefError(
                f"Table {spec.name}, column {column.name}: {cast_column.null_count} rows are empty"
            )
        columns.append(cast_column.combine_chunks())
    accepted = pa.table(columns, schema=spec.schema())
    return accepted.sort_by([(name, "ascending") for name in spec.order]).combine_chunks()


def _round_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    rounded = [None if value is None else round_float(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(rounded, pa.float64())])
