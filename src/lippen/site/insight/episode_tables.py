"""The tables of episodes, and those of groups that were not flagged, as pages show both: with one shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from lippen.brief import RESULT_TABLES
from lippen.results import SAMPLE
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import larger_area, small_area

Tables = Mapping[str, pa.Table]
"""The tables `episodes`, `episode_incidents`, `episode_strip` and `diversion`, of one sort of groups."""

_SCHEMAS: Final = {
    one.name: one.schema()
    for one in RESULT_TABLES
    if one.name in ("episodes", "episode_incidents", "episode_strip", "diversion")
}


def flagged() -> Tables:
    """Episodes: what was found to belong together more than chance allows."""
    return {name: _result(name, name) for name in _SCHEMAS}


def unflagged() -> Tables:
    """Groups that were looked at and not flagged, drawn at random; nothing is said of their diversion."""
    return {name: _result(SAMPLE.get(name), name) for name in _SCHEMAS}


def called(*, flagged: bool) -> Tables:
    """The tables of either sort with each area as pages call it: for what is shown, where the others are for
    what is asked.
    """
    return _called(lake().state().stamp, flagged)


@lru_cache(maxsize=4)
def _called(_stamp: tuple[int, int], of_flagged: bool) -> Tables:
    tables = flagged() if of_flagged else unflagged()

    def small(areas: list[str | None] | None) -> list[str | None] | None:
        return None if areas is None else [one and small_area(one) for one in areas]

    episodes, strip, diverted = (tables[name] for name in ("episodes", "episode_strip", "diversion"))
    return {
        **tables,
        "episodes": _replaced(episodes, "areas", [small(one) for one in episodes["areas"].to_pylist()]),
        "episode_strip": _replaced(strip, "area", small(strip["area"].to_pylist())),
        "diversion": _replaced(
            diverted, "area", [one and larger_area(one) for one in diverted["area"].to_pylist()]
        ),
    }


def _replaced(table: pa.Table, name: str, values: Any) -> pa.Table:
    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))


def ids_of(tables: Tables) -> list[str]:
    """The ids of its groups, in the order of the table, the strongest first."""
    ids: list[str] = tables["episodes"]["episode_id"].to_pylist()
    return ids


def all_ids() -> set[str]:
    """The ids of all groups, flagged or not."""
    return {*ids_of(flagged()), *ids_of(unflagged())}


def _result(stored: str | None, name: str) -> pa.Table:
    found = lake().result(stored) if stored else None
    return _SCHEMAS[name].empty_table() if found is None else found
