"""A sandbox on disk: the streams, their mappings and the truth, burgh by burgh, in one go or not at all.

The invariant: the same place, days, seed and scenario give the same bytes, whatever the number of workers.
Each burgh is drawn by itself; a block of burghs is written by whoever takes it, to files of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lippen.errors import LippenError
from lippen.output import whole_folder
from lippen.progress import Stages
from lippen.sandbox.areas import check_areas
from lippen.sandbox.chance import generator
from lippen.sandbox.one_at_a_time import one_run_to
from lippen.sandbox.place import NATION, burgh
from lippen.sandbox.scenario import Scenario, check_days
from lippen.sandbox.streams import answers, concerns, incidents, listings, records, reports, sightings
from lippen.sandbox.streams.drawn import Drawn
from lippen.sandbox.truth import truth_of
from lippen.sandbox.world import World, make_world
from lippen.sandbox.writing import Parts, write_export, write_mapping
from lippen.side_by_side import done_side_by_side
from lippen.wording import counted

PLACES = {"invermarrow": 1, "nation": NATION}
"""Burghs in each place."""

FACTS = "sandbox.json"
BLOCK = 4
"""Burghs in a block: small enough that two workers end together, large enough that the files of a block are
worth opening.
"""

MOST_DAYS = 5 * 366
MOST_SEED = (1 << 63) - 1
_STREAMS: tuple[Callable[[World, bool], Drawn], ...] = (
    incidents.draw,
    sightings.draw,
    listings.draw,
    records.draw,
    concerns.draw,
    reports.draw,
    answers.draw,
)


@dataclass(frozen=True)
class Order:
    """What is to be made: the first `burghs` burghs, over `days`, under one seed and scenario, with texts
    or not.
    """

    burghs: int
    days: int
    seed: int
    scenario: Scenario
    texts: bool


def write_sandbox(
    out: Path,
    place: str = "invermarrow",
    days: int = 365,
    seed: int = 1,
    scenario: Scenario | None = None,
    *,
    texts: bool = True,
    dirt: float = 0.0,
    burghs: int | None = None,
    workers: int | None = None,
    stages: Stages | None = None,
) -> dict[str, Any]:
    """Write `out/streams/<kind>/`, `out/truth/*.parquet` and `out/sandbox.json`, and return what that file
    says.

    `place` is `invermarrow` (CSV and JSON lines) or `nation` (Parquet in parts). Without `texts` the columns
    that hold words are left out. `burghs` makes only so many of the nation. `dirt` is the share of rows of
    Invermarrow's CSV files that are spoilt on purpose; `truth/dirt.parquet` says how. Raises LippenError,
    with nothing written, for what cannot be meant, when `out` holds what is not ours, or while another run
    writes to it.
    """
    scenario = scenario or Scenario()
    _check(place, days, seed, dirt, burghs, workers)
    order = Order(burghs or PLACES[place], days, seed, scenario, texts)
    check_areas(scenario, order.burghs)
    check_days(scenario, days)
    stages = stages or Stages(quiet=True)
    with ExitStack() as until_put, whole_folder(out, FACTS, frozenset({"streams", "truth"})) as made:
        until_put.enter_context(one_run_to(out))
        if place == "nation":
            rows = _make_nation(made, order, workers, stages)
        else:
            rows = _make_town(made, order, stages)
        if dirt:
            with stages.stage("plant dirt"):
                _spoil(made, seed, dirt)
        facts = _facts(place, order, dirt, rows)
        (made / FACTS).write_text(json.dumps(facts, indent=2, sort_keys=True, default=str) + "\n", "utf-8")
    return facts


def draw_streams(world: World, texts: bool = True) -> dict[str, Drawn]:
    """Every stream of a world, by kind of signal."""
    return {drawn.kind: drawn for drawn in _one_by_one(world, texts)}


def _one_by_one(world: World, texts: bool) -> Iterator[Drawn]:
    """The streams of a world, of which a writer need hold no more than one."""
    return (stream(world, texts) for stream in _STREAMS)


def _check(place: str, days: int, seed: int, dirt: float, burghs: int | None, workers: int | None) -> None:
    if place not in PLACES:
        raise LippenError(f"there is no place {place!r}", remedy=f"Known places: {', '.join(PLACES)}.")
    if not 1 <= days <= MOST_DAYS:
        raise LippenError(f"{days} days cannot be drawn", remedy=f"Give 1 to {MOST_DAYS} days.")
    if not 0 <= seed <= MOST_SEED:
        raise LippenError(
            f"the seed {seed} cannot be used", remedy=f"Give a whole number from 0 to {MOST_SEED}."
        )
    if not 0 <= dirt <= 0.2:
        raise LippenError(f"a share of dirt of {dirt:g} cannot be meant", remedy="Give 0 to 0.2.")
    if dirt and place != "invermarrow":
        raise LippenError(
            "dirt is planted into CSV files, and the nation is Parquet", remedy="Leave out --dirt."
        )
    if burghs is not None and (place != "nation" or not 1 <= burghs <= NATION):
        raise LippenError(
            f"{counted(burghs, 'burgh')} cannot be made",
            remedy=f"The nation has 1 to {NATION}; Invermarrow is one by itself.",
        )
    if workers is not None and not 1 <= workers <= 256:
        raise LippenError(f"{workers} workers cannot be started", remedy="Give 1 to 256.")
    if workers not in (None, 1) and place == "invermarrow":
        raise LippenError(
            f"{workers} workers have nothing to share: Invermarrow is one burgh, and one process makes it",
            remedy="Leave out --workers, or make --place nation.",
        )


def _make_town(made: Path, order: Order, stages: Stages) -> Counter[str]:
    rows: Counter[str] = Counter()
    with stages.stage("draw the days"):
        world = make_world(0, order.scenario, order.days, order.seed)
    with stages.stage("write the streams") as stage, Parts(made, "truth") as truth:
        for drawn in _one_by_one(world, order.texts):
            write_export(made / "streams" / drawn.kind, drawn.kind, drawn.rows)
            write_mapping(made / "streams" / drawn.kind, drawn.kind, drawn.rows.column_names)
            rows[drawn.kind] += drawn.rows.num_rows
            stage.advance(drawn.rows.num_rows)
            for name, table in drawn.truth.items():
                truth.write(f"truth/{name}", table)
        for name, table in truth_of(world).items():
            truth.write(f"truth/{name}", table)
    _flatten(made / "truth")
    return rows


def _flatten(truth: Path) -> None:
    """A town's truth is one file a table: truth/areas.parquet and not truth/areas/truth.parquet."""
    for folder in sorted(truth.iterdir()):
        (folder / "truth.parquet").rename(truth / f"{folder.name}.parquet")
        folder.rmdir()


def _make_nation(made: Path, order: Order, workers: int | None, stages: Stages) -> Counter[str]:
    rows: Counter[str] = Counter()
    with stages.stage("make burghs") as stage:
        writing = done_side_by_side(
            partial(write_block, made, order), range(0, order.burghs, BLOCK), workers or os.cpu_count() or 1
        )
        # An iterator that an error leaves behind lives as long as the error does, and its processes with it.
        with closing(writing):
            for done in writing:
                rows += done
                stage.advance(sum(done.values()))
    for kind in rows:
        folder = made / "streams" / kind
        headers = pq.read_schema(next(folder.glob("*.parquet"))).names
        write_mapping(folder, kind, headers, "A nation that does not exist")
    return rows


def write_block(made: Path, order: Order, first: int) -> Counter[str]:
    """Draw and write the burghs from `first` to the end of its block; returns rows by kind of signal."""
    rows: Counter[str] = Counter()
    with Parts(made, f"part-{first:04d}") as parts:
        for which in range(first, min(first + BLOCK, order.burghs)):
            world = make_world(which, order.scenario, order.days, order.seed)
            for drawn in _one_by_one(world, order.texts):
                rows[drawn.kind] += drawn.rows.num_rows
                parts.write(f"streams/{drawn.kind}", drawn.rows)
                for name, table in drawn.truth.items():
                    parts.write(f"truth/{name}", table)
            for name, table in truth_of(world).items():
                parts.write(f"truth/{name}", table)
    return rows


def _spoil(made: Path, seed: int, share: float) -> None:
    """Spoil every CSV stream, and write down how in truth/dirt.parquet."""
    # Reading mappings takes in the query engine: half of the time in which a worker of a nation starts.
    from lippen.sandbox.dirt import plant  # noqa: PLC0415
    from lippen.signals import load_kind, load_mapping  # noqa: PLC0415

    tables = []
    for folder in sorted((made / "streams").iterdir()):
        if not list(folder.glob("*.csv")):
            continue
        mapping = load_mapping(folder / "mapping.toml")
        planted = plant(
            folder, load_kind(folder.name), mapping, share, generator(seed, 0, "dirt", folder.name)
        )
        kind = pa.array([folder.name] * planted.num_rows, pa.string())
        tables.append(planted.add_column(0, "kind", kind))
    pq.write_table(
        pa.concat_tables(tables), made / "truth" / "dirt.parquet", compression="zstd", store_schema=False
    )


def _facts(place: str, order: Order, dirt: float, rows: Counter[str]) -> dict[str, Any]:
    first = order.scenario.first_day
    return {
        "place": place,
        "name": burgh(0).name if place == "invermarrow" else "A nation that does not exist",
        "burghs": order.burghs,
        "days": order.days,
        "first_day": first.isoformat(),
        "last_day": (first + dt.timedelta(days=order.days - 1)).isoformat(),
        "seed": order.seed,
        "scenario": order.scenario.said(),
        "texts": order.texts,
        "dirt": dirt,
        "rows": dict(sorted(rows.items())),
        "events": int(np.sum(list(rows.values()))),
        "versions": {"lippen": version("lippen"), "numpy": version("numpy"), "pyarrow": version("pyarrow")},
        "says": "Nobody in here exists. Effects of interventions are assumed: a way to think, no forecast.",
    }
