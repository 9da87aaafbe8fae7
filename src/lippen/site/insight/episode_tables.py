"""The tables of episodes, and those of groups that were not flagged, as pages show both: with one shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from lippen.brief import RESULT_TABLES
from lippen.results import SAMPLE
from lippen.site.insight.lake import lake

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
