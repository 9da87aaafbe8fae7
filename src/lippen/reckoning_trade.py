"""From the listings and sightings that a workspace holds to the result tables of the trade.

The tables stand in `trade.tables`, the facts beside them as one row of JSON. They go with whatever they were
reckoned from: when a collection's authority runs out, so do they.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow as pa

from lippen.advert_models import made_up_model
from lippen.results import TRADE_FACTS
from lippen.trade.assessment import Settings, assess
from lippen.trade.tables import SCHEMAS, TradeFacts
from lippen.workspace_settings import WorkspaceError

if TYPE_CHECKING:
    from datetime import date

    import ibis

    from lippen.advert_models import LearnedModel
    from lippen.progress import Stages
    from lippen.trade.assessment import Assessment
    from lippen.trade.tables import Holding
    from lippen.workspace import Workspace

KINDS = ("listing", "sighting")
"""The kinds of signal that the tables are reckoned from."""


def reckon_trade(
    workspace: Workspace,
    stages: Stages,
    seed: int = 0,
    decisions: pa.Table | None = None,
    model: LearnedModel | None = None,
    until: date | None = None,
) -> TradeFacts:
    """Assess all listings and sightings of `workspace`, and replace its result tables in one step.

    `decisions` (`trade.term_decisions.DECISIONS`) are what people said of words before. Without `model`,
    adverts are told by one that learned from towns that do not exist (`advert_models`). `until` is a day of
    the newest week that is looked at, by default that of the last day of all. Returns the facts, which are
    written beside the tables. Raises WorkspaceError when there are no such signals up to it, or somebody else
    is writing.
    """
    held = {one.kind for one in workspace.imports() if one.kind in KINDS and one.signals}
    if not held:
        raise WorkspaceError(
            "this workspace holds no listing and no sighting",
            file=workspace.directory,
            remedy="Bring in a collection, or sightings, with lippen import.",
        )
    listings = workspace.signals("listing") if "listing" in held else None
    sightings = workspace.signals("sighting") if "sighting" in held else None
    if until is not None:
        _refuse_before_all(until, listings, sightings, workspace)
    if listings is not None and model is None:
        with stages.stage("learn what adverts look like"):
            model = made_up_model(seed)
    settings = Settings(until=until, seed=seed)
    assessed = assess(
        listings,
        sightings,
        workspace.engine,
        None if model is None else model.model,
        settings,
        stages,
        decisions,
    )
    facts = _facts(assessed, settings, _held(workspace), model)
    told = pa.table({"json": [json.dumps(facts, sort_keys=True, allow_nan=False)]})
    workspace.write_results({**assessed.tables, TRADE_FACTS: told}, KINDS)
    return facts


def _refuse_before_all(
    until: date, listings: ibis.Table | None, sightings: ibis.Table | None, workspace: Workspace
) -> None:
    days = [
        workspace.engine.collect(table.aggregate(first=table[column].min()))["first"][0].as_py()
        for table, column in ((listings, "local_day"), (sightings, "seen_on"))
        if table is not None
    ]
    first = min(day for day in days if day is not None)
    if until < first:
        raise WorkspaceError(
            f"nothing came up to {until}",
            file=workspace.directory,
            remedy=f"Name a day from {first} on.",
        )


def forget_trade(workspace: Workspace) -> None:
    """Empty the result tables of the trade, where no listing and no sighting is held any more."""
    if TRADE_FACTS in workspace.results():
        empty = {name: schema.empty_table() for name, schema in SCHEMAS.items()}
        workspace.write_results({**empty, TRADE_FACTS: pa.table({"json": pa.array([], pa.string())})}, KINDS)


def _facts(
    assessed: Assessment, settings: Settings, held: list[Holding], model: LearnedModel | None
) -> TradeFacts:
    return {
        "until": assessed.until.isoformat(),
        "week": assessed.week.isoformat(),
        "listings": assessed.listings,
        "sightings": assessed.sightings,
        "held": held,
        "model": None if model is None or assessed.listings is None else model.facts,
        "new_terms": assessed.new_terms,
        "currency": settings.currency,
        "seed": settings.seed,
    }


def _held(workspace: Workspace) -> list[Holding]:
    """The collections by the authority that they are held under, and until when."""
    files: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in workspace.imports():
        if one.kind == "listing" and one.signals and one.expires is not None:
            files[str(one.inputs[0]["authority"]), one.expires.isoformat()] += one.signals
    told: list[Holding] = []
    for (authority, expires), names in sorted(files.items()):
        posts = workspace.engine.read([workspace.lake / name for name in names])
        counted = posts.group_by("collection").aggregate(posts=posts.count())
        rows = workspace.engine.collect(counted, "collection").to_pylist()
        told.append(
            {
                "authority": authority,
                "expires": expires,
                "collections": [row["collection"] for row in rows],
                "posts": sum(row["posts"] for row in rows),
            }
        )
    return told
