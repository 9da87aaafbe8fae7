"""The reports and logs of a desk, drawn from what residents tell in a town.

The invariant: a report here is one of the stream of reports, word for word; how many could have known it
follows from who told it, from where, and what slipped into the text, and from nothing that a log says.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Ints
from lippen.sandbox.desk.logs import Setting, Written, planted_kinds, write_log
from lippen.sandbox.desk.witnesses import (
    AREA,
    HOUSEHOLD,
    ONE,
    STAIR,
    STREET,
    VANTAGES,
    could_have_known,
)
from lippen.sandbox.people_names import people_names
from lippen.sandbox.streams import reports
from lippen.sandbox.streams.drawn import Drawn, coded
from lippen.sandbox.streams.report_texts import times, topics
from lippen.sandbox.world import World

HALVES = ("first", "second")
"""The rules of the gate are tuned on logs from the first half of the pieces; the second is held out."""

_WHAT = {
    **{"dealing": "selling", "strangers": "home", "home": "home", "young": "young"},
    **{"lending": "money", "intimidation": "threat", "smells": "else", "goods": "else"},
}
_INDOORS = ("strangers", "home", "smells")  # what happens behind a door, known on its stair
_NEAR_INDOORS = ("stair", "home")
_NEAR_OUTDOORS = ("street", "shops", "school", "park", "transport", "online", "")
_VANTAGE_OF_SLIP = {"own home": HOUSEHOLD, "kin": HOUSEHOLD, "routine": ONE, "only witness": ONE}


def draw_desk(world: World, half: str) -> Drawn:
    """What the desks of a burgh hold: two logs of each report, in an order drawn by chance.

    Rows: log_id, report_id; what, where, when, going_on and text, as the page seals them; area and log, as a
    worker writes them. Truth: `reports` (report_id, vantage, could_have_known) and `logs` (log_id, planted:
    the kinds of giving away, none in a log that gives nobody away; sentences: what was planted). Raises
    ValueError when `half` is none of HALVES.
    """
    if half not in HALVES:
        raise ValueError(f"there is no half {half!r} of the pieces")
    told = reports.draw(world, True)
    settings, near = _settings(world, told), _near(world, told)
    written = [
        write_log(one, half, kind, world.draw("desk", half, f"log {number} {kind is None}"))
        for number, one in enumerate(settings)
        for kind in (None, planted_kinds()[number % len(planted_kinds())])
    ]
    order = world.draw("desk", half, "order").permutation(len(written))
    ids = pa.array(1 + np.arange(len(order), dtype=np.int64))
    report = told.rows.take(pa.array(order // 2))
    rows = {
        "log_id": ids,
        "report_id": report["Sheet No"],
        **{name: column.take(pa.array(order // 2)) for name, column in _answers(told, near).items()},
        "text": report["What Was Told"],
        "area": report["Ward"],
        "log": pa.array([written[one].text for one in order], pa.string()),
    }
    return Drawn(
        "desk",
        pa.table(rows),
        {
            "reports": _witnesses(world, told, near),
            "logs": _planted(ids, [written[one] for one in order]),
        },
    )


def _settings(world: World, told: Drawn) -> list[Setting]:
    rows, n = told.rows, told.rows.num_rows
    draw = world.draw("desk", "settings")
    called = people_names(draw.integers(0, 4, n), draw.integers(0, 2, n), draw.random((n, 2)))
    streets, picks = world.place.block_street, draw.integers(0, len(world.place.block_street), n)
    landmarks = ("bus stop", "play park", "row of shops", "school", "car park", "footbridge")
    marks = draw.integers(0, len(landmarks), n)
    return [
        Setting(topic, area, landmarks[mark], streets[street], text, given, surname)
        for topic, area, mark, street, text, given, surname in zip(
            _topics(rows),
            rows["Ward"].to_pylist(),
            marks,
            picks,
            rows["What Was Told"].to_pylist(),
            called.given.to_pylist(),
            called.surname.to_pylist(),
            strict=True,
        )
    ]


def _topics(rows: pa.Table) -> list[str]:
    name_of = {one["label"]: one["name"] for one in topics()}
    return [name_of[label] for label in rows["Topic"].to_pylist()]


def _near(world: World, told: Drawn) -> list[str]:
    """The kind of place that each teller chooses on the page."""
    uniform = world.draw("desk", "near").random(told.rows.num_rows)
    kinds = [_NEAR_INDOORS if one in _INDOORS else _NEAR_OUTDOORS for one in _topics(told.rows)]
    return [kind[int(one * len(kind))] for kind, one in zip(kinds, uniform, strict=True)]


def _answers(told: Drawn, near: list[str]) -> dict[str, pa.Array]:
    rows = told.rows
    when, going = times()
    often = {one.capitalize() for one in when[:going]}
    heard = rows["When It Happened"].to_pylist()
    return {
        "what": pa.array([_WHAT[one] for one in _topics(rows)]),
        "where": pa.array(
            [f"{area}/{one}" for area, one in zip(rows["Ward"].to_pylist(), near, strict=True)]
        ),
        "when": pa.array(
            ["unsaid" if one is None else "often" if one in often else "month" for one in heard]
        ),
        "going_on": pa.array([one or "unsure" for one in rows["Still Going On"].to_pylist()]),
    }


def _witnesses(world: World, told: Drawn, near: list[str]) -> pa.Table:
    """How many could have known each report: by the slip in its text where that says more than the place."""
    truth = told.truth["reports"]
    by_place = {"street": STREET, "stair": STAIR, "home": STAIR}
    slip_of = dict(
        zip(
            told.truth["slips"]["report_id"].to_pylist(), told.truth["slips"]["slip"].to_pylist(), strict=True
        )
    )
    ids = truth["report_id"].to_pylist()
    vantage: Ints = np.array(
        [
            min(by_place.get(place, AREA), _VANTAGE_OF_SLIP.get(slip_of.get(one, ""), AREA))
            for one, place in zip(ids, near, strict=True)
        ],
        dtype=np.int64,
    )
    home = np.array([-1 if one is None else one for one in truth["home"].to_pylist()], dtype=np.int64)
    known = could_have_known(world, vantage, truth["teller"].to_numpy().astype(np.int64), home)
    return pa.table(
        {
            "report_id": truth["report_id"],
            "vantage": coded(VANTAGES, vantage),
            "could_have_known": pa.array(known),
        }
    )


def _planted(ids: pa.Array, written: list[Written]) -> pa.Table:
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "log_id": ids,
            "planted": pa.array([list(one.planted) for one in written], texts),
            "sentences": pa.array([list(one.sentences) for one in written], texts),
        }
    )
