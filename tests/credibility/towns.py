"""Made-up towns: tables of the kind `incident` of which everything is known, because it was put there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from lippen.credibility import Assessment, Settings, assess
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import load_kind

Row = dict[str, Any]

SCHEMA: pa.Schema = load_kind("incident").schema()
FIRST = dt.datetime(2024, 1, 1)
"""A Monday."""

WEEKS = 16
SINCE = dt.date(2024, 3, 25)
"""The first of the last four weeks."""

LARGER = ("Carsemuir", "Gowanlaw", "Whinhaugh")
COLUMNS, ROWS, BLOCKS = 6, 4, 9
RATES = {"NOISE": 0.3, "PROWLER": 0.55, "FIGHT": 0.35, "THEFT": 0.05, "FLOODING": 0.15, "SHOUTING": 0.5}
"""How often each kind ends with nothing found, before the area has its say."""

TOWN = Path(__file__).parents[2] / "examples" / "small-town"
TOWN_SINCE = dt.date(2025, 8, 2)

WORDS = tuple(
    a + b for a in ("bo", "ka", "lin", "mur", "pel", "sto", "tre", "wen") for b in "abcdefghijklmnopq"
)


@dataclass(frozen=True)
class SmallTown:
    """The incidents of `examples/small-town`, and what is said of them (the fixture `small_town`)."""

    incidents: ibis.Table
    assessment: Assessment


def incidents(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of the kind `incident`: `reported_at` (UTC, the local clock too) and whatever else is given."""
    made = []
    for number, row in enumerate(rows):
        at = row["reported_at"]
        ordinary: Row = {
            "incident_id": f"i{number:06d}",
            "kind": "NOISE",
            "local_day": at.date(),
            "local_hour": at.hour,
            "outcome": "founded",
            "own_activity": False,
            "sensor": False,
            "protected": False,
            "file": "made.csv",
            "line": number + 1,
        }
        made.append(ordinary | dict(row))
    return pa.Table.from_pylist(made, SCHEMA)


def spot(area: int, block: int) -> Row:
    """A place: areas lie on a grid of 1 km, six across and four down, and their nine blocks 300 m apart."""
    column, row = area % COLUMNS, area // COLUMNS
    return {
        "place": f"{block + 1}00 A{area:02d} ROW",
        "area": f"A{area:02d}",
        "larger_area": LARGER[column // 2],
        "lat": round(56.2 + 0.009 * row + 0.003 * (block // 3), 3),
        "lon": round(-1.8 + 0.016 * column + 0.005 * (block % 3), 3),
    }


def at(day: int, hour: int, minute: float = 0) -> dt.datetime:
    """A moment so many days after FIRST."""
    return FIRST + dt.timedelta(days=day, hours=hour, minutes=minute)


def ordinary_rows(seed: int = 0, per_day: int = 24, weeks: int = WEEKS) -> list[Row]:
    """The usual coming and going: kinds, places and hours drawn one by one, nothing joins them."""
    rng = np.random.default_rng(seed)
    n = 7 * weeks * per_day
    rhythm = np.array([5, 4, 3, 2, 1, 1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 7, 8, 8, 7, 6], dtype=float)
    day = rng.integers(0, 7 * weeks, n)
    hour = rng.choice(24, n, p=rhythm / rhythm.sum())
    kind = rng.choice(list(RATES), n, p=[0.3, 0.1, 0.2, 0.2, 0.1, 0.1])
    area, block = rng.integers(0, COLUMNS * ROWS, n), rng.integers(0, BLOCKS, n)
    second = rng.integers(0, 3600, n)
    luck, sort = rng.random(n), rng.random(n)
    rows = []
    for i in range(n):
        nothing = RATES[kind[i]] + 0.12 * (area[i] % COLUMNS >= 4)
        row: Row = {
            "reported_at": at(int(day[i]), int(hour[i]), int(second[i]) / 60),
            "kind": str(kind[i]),
            "outcome": "unfounded" if luck[i] < nothing else "founded",
            **spot(int(area[i]), int(block[i])),
        }
        if sort[i] < 0.05:
            row["outcome"] = "unknown"
        elif sort[i] < 0.10:
            row |= {"kind": "PATROL", "own_activity": True}
        elif sort[i] < 0.14:
            row |= {"kind": "GUNSHOT SENSOR", "sensor": True}
        rows.append(row)
    return rows


def campaign(
    name: str, when: dt.datetime, places: list[tuple[int, int]], gap_min: float = 4, **more: Any
) -> list[Row]:
    """Calls with nothing found from `places` (area, block), one every `gap_min` minutes."""
    return [
        {
            "incident_id": f"{name}{i:02d}",
            "reported_at": when + dt.timedelta(minutes=gap_min * i),
            "kind": "PROWLER",
            "outcome": "unfounded",
            **spot(*place),
            **more,
        }
        for i, place in enumerate(places)
    ]


def random_texts(seed: int, length: int = 12) -> Callable[[], str]:
    """Draws texts of made-up words that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return lambda: " ".join(WORDS[int(i)] for i in rng.integers(0, len(WORDS), length))


def assess_town(
    table: pa.Table, engine: Engine, since: dt.date = SINCE, zone: str = "UTC", **settings: Any
) -> Assessment:
    """The assessment of a made-up town."""
    return assess(engine.table(table), engine, Settings(since=since, **settings), Stages(quiet=True), zone)


def found_ids(assessment: Assessment) -> list[set[str]]:
    """The incidents of each episode."""
    episodes: dict[str, set[str]] = {}
    for row in assessment.tables["episode_incidents"].to_pylist():
        episodes.setdefault(row["episode_id"], set()).add(row["incident_id"])
    return list(episodes.values())
