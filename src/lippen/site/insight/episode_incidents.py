"""The incidents of an episode: their numbers, and where each is found among all incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow.compute as pc
from django.utils.http import urlencode

from lippen.site.insight.episode_tables import Tables
from lippen.site.insight.lake import lake

MOST: Final = 60
"""So many are listed; an episode of more says how many are left out."""

_ASKED: Final = """
    SELECT incident_id, kind, area, local_day FROM incident
    WHERE incident_id IN (SELECT unnest($ids)) AND local_day BETWEEN $first AND $last
    AND (area IS NULL OR area IN (SELECT unnest($areas)))
"""


@dataclass(frozen=True)
class IncidentLink:
    """An incident by the number that the export gave, and the list that holds it; "" where none is known."""

    id: str
    path: str


def incidents_of(tables: Tables, episode_id: str) -> list[IncidentLink]:
    """The incidents of one group, in the order of their numbers, up to one more than MOST."""
    members = tables["episode_incidents"]
    ids: list[str] = members.filter(pc.equal(members["episode_id"], episode_id))["incident_id"].to_pylist()
    ids = ids[: MOST + 1]
    table = tables["episodes"]
    (row,) = table.filter(pc.equal(table["episode_id"], episode_id)).to_pylist()
    found = _found(row, ids)
    return [IncidentLink(one, _path(found[one]) if one in found else "") for one in ids]


def _found(row: Mapping[str, Any], ids: list[str]) -> dict[str, Mapping[str, Any]]:
    """Kind, area and day of these incidents, asked for by area and day, by which the files are sorted."""
    days = [str(row[name] or "")[:10] for name in ("first_local", "last_local")]
    if not all(days):
        return {}
    told = lake().ask(
        _ASKED, {"ids": ids, "areas": list(row["areas"] or []), "first": days[0], "last": days[1]}
    )
    return {} if told is None else {one["incident_id"]: one for one in told.to_pylist()}


def _path(row: Mapping[str, Any]) -> str:
    """The list of incidents of its kind, area and day."""
    day: date = row["local_day"]
    asked = {"kind": row["kind"] or "", "area": row["area"] or ""}
    for name in ("since", "until"):
        asked |= {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return f"/incidents/list/?{urlencode({name: value for name, value in asked.items() if value})}"
