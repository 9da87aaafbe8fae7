"""The adverts that were posted most in a week, copies gathered, each with what it is taken for and why."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.trade.adverts import AdvertModel
from lippen.trade.met import Met
from lippen.trade.posted import Posted, as_read, as_shown
from lippen.trade.tables import ADVERTS

MOST: Final = 50
"""Adverts that are told."""

SIGNS: Final = 600
"""Signs of each that are shown."""

_REASONS: Final = 3


def loudest(posted: Posted, met: Met, engine: Engine, model: AdvertModel, week: date) -> pa.Table:
    """The adverts of the week that begins on `week`, the loudest first (`tables.ADVERTS`).

    How loud one is, is how often it was posted in that week, copies and near-copies together.
    """
    lately = met.each.filter(met.each.week == week)
    loud = lately.group_by("group").aggregate(
        lately=lately.count(), wording=lately.wording.min(), channel=lately.channel.min()
    )
    loud = loud.order_by([loud.lately.desc(), loud.group]).limit(MOST)
    told = engine.collect(loud.join(posted.groups, loud.group == posted.groups.first_id), ["lately", "group"])
    rows = sorted(told.to_pylist(), key=lambda row: (-row["lately"], row["group"]))
    at = pc.index_in(pa.array([row["wording"] for row in rows], pa.string()), posted.wordings["same_as"])
    wordings = posted.wordings.take(at)
    shown = as_shown(wordings["text"]).to_pylist()
    for_it, against = _reasons(model, wordings)
    of = _substances(met, [row["wording"] for row in rows])
    return pa.Table.from_pylist(
        [
            {
                **{name: row[name] for name in ADVERTS.names if name in row},
                "text": shown[number][:SIGNS],
                "probability": wordings["probability"][number].as_py(),
                "substances": of.get(row["wording"], []),
                "reasons": for_it[number],
                "against": against[number],
            }
            for number, row in enumerate(rows)
        ],
        ADVERTS,
    )


def _reasons(model: AdvertModel, wordings: pa.Table) -> tuple[list[list[str]], list[list[str]]]:
    sides: dict[str, list[list[str]]] = {
        "for": [[] for _ in range(len(wordings))],
        "against": [[] for _ in range(len(wordings))],
    }
    for row in model.explain(as_read(wordings), _REASONS).to_pylist():
        sides[row["side"]][row["row"]].append(row["what"])
    return sides["for"], sides["against"]


def _substances(met: Met, wordings: list[str]) -> dict[str, list[str]]:
    kept = met.named.filter(pc.is_in(met.named["wording"], pa.array(wordings, pa.string())))
    told: dict[str, list[str]] = {}
    rows: list[dict[str, Any]] = kept.sort_by(
        [("wording", "ascending"), ("substance", "ascending")]
    ).to_pylist()
    for row in rows:
        told.setdefault(row["wording"], []).append(row["substance"])
    return told
