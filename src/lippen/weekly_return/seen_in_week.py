"""In what form and through what channel a substance was seen in one week, where five or more say so."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lippen.engine import connect
from lippen.measure import published_cells
from lippen.trade.lexicon import Lexicon
from lippen.trade.seen import read_seen
from lippen.workspace import Workspace


@dataclass(frozen=True)
class Seen:
    """For each substance its forms and its kinds of channel, those met most first. A substance of which no
    form (or channel) was met five times has none.
    """

    forms: dict[str, tuple[str, ...]]
    channels: dict[str, tuple[str, ...]]


def seen_in_week(folder: Path, week: dt.date) -> Seen:
    """Read the sightings that a workspace holds of the seven days from `week` on."""
    with connect() as engine:
        workspace = Workspace.open(folder, engine, create=False)
        if not any(one.kind == "sighting" and one.signals for one in workspace.imports()):
            return Seen({}, {})
        held = workspace.signals("sighting")
        in_week = held.filter(held.seen_on >= week, held.seen_on < week + dt.timedelta(weeks=1))
        seen, offers = read_seen(in_week, engine, Lexicon.of_vocabulary())
    channels = Counter(
        (substance, row["channel"])
        for row in seen.select(["substances", "channel"]).to_pylist()
        for substance in row["substances"]
        if row["channel"]
    )
    # A sighting counts once for each form of a substance, however often it says so.
    each = {(row["group"], row["substance"], row["form"]) for row in offers.to_pylist() if row["form"]}
    forms = Counter((substance, form) for _, substance, form in each)
    return Seen(_told(forms), _told(channels))


def _told(counted: Counter[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    cells = pa.table(
        {
            "substance": pa.array([substance for substance, _ in counted], pa.string()),
            "what": pa.array([what for _, what in counted], pa.string()),
            "many": pa.array(list(counted.values()), pa.int64()),
        }
    )
    told: dict[str, list[tuple[int, str]]] = {}
    for row in published_cells(cells, ("substance", "what"), "many").to_pylist():
        told.setdefault(row["substance"], []).append((-row["many"], row["what"]))
    return {substance: tuple(what for _, what in sorted(found)) for substance, found in told.items()}
