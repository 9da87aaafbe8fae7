"""The control room's log: every call as it was put down and closed, and apart from it what each really
was.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.phrases import load_phrases
from lippen.sandbox.streams.bogus import lone_calls, planned_calls
from lippen.sandbox.streams.calls import (
    DEATH,
    EPISODE,
    MISCHIEF,
    OCCASION,
    ORDINARY,
    OWN,
    SEEN,
    SENSOR,
    TARGET,
    Calls,
    everyday_calls,
    together,
)
from lippen.sandbox.streams.clock import DAY_S, epoch_day, timestamps, to_utc, wall_of
from lippen.sandbox.streams.drawn import Drawn, coded, running_numbers
from lippen.sandbox.streams.incident_kinds import incident_kinds
from lippen.sandbox.streams.incidents_truth import (
    episodes_table,
    events_table,
    incidents_table,
)
from lippen.sandbox.world import World

DISPOSALS = (
    "NT NO TRACE",
    "NF NOTHING FOUND ON ARRIVAL",
    "FG FALSE ALARM GOOD INTENT",
    "CR CRIME RECORDED",
    "AD ADVICE GIVEN",
    "RP REPORT SUBMITTED",
    "DP DISPERSED ON ARRIVAL",
    "NA NOT ATTENDED",
    "DU DUPLICATE OF EARLIER LOG",
)
_NOTHING, _CRIME, _SOMETHING, _NOT_ATTENDED, _DUPLICATE = slice(0, 3), 3, slice(4, 7), 7, 8
_REPORT, _DISPERSED = 5, 6
_OF_A_CROWD = (
    "DISTURBANCE",
    "NOISE NUISANCE",
    "YOUTH NUISANCE",
    "SUSPICIOUS PERSON",
    "DRUG DEALING",
    "WEAPON SEEN",
    "NEIGHBOUR DISPUTE",
    "VANDALISM",
    "DIRECTED PATROL",
)
"""Opening codes that can end with people sent on their way."""

# A sudden death is called in whether or not it turns out to be of drugs, which alone goes with activity.
_ALWAYS = (ORDINARY, DEATH, OWN, SENSOR, MISCHIEF, EPISODE, TARGET, OCCASION)


def draw(world: World, texts: bool) -> Drawn:
    """The incidents of one burgh in the order in which they were received.

    Truth: `incidents`, and what some of them belong to: `episodes` and `events`.
    """
    calls = together(everyday_calls(world), planned_calls(world, texts), lone_calls(world))
    received = to_utc(epoch_day(world.first_day) * DAY_S + calls.at)
    order = np.argsort(received, kind="stable")
    calls, received = calls.only(order), received[order]
    ids = running_numbers(world.burgh, len(calls))
    closing = _closed(calls)
    return Drawn(
        "incident",
        _rows(world, calls, received, ids, closing, texts),
        {
            "incidents": incidents_table(world, calls, ids),
            "episodes": episodes_table(world, calls, received, ids),
            "events": events_table(world, calls, received),
        },
    )


def _closed(calls: Calls) -> Ints:
    """The index in DISPOSALS by which each call was closed."""
    dice = calls.dice
    kinds = incident_kinds()
    shares = np.array(list(by_name("incident.endings").values()))
    of_nothing, of_something = np.split(shares, [_NOTHING.stop])
    nothing = drawn_by(of_nothing, dice[:, 0])
    something = _SOMETHING.start + drawn_by(of_something, dice[:, 0])
    crime = kinds.crime[calls.kind] * np.where(np.isin(calls.cause, (EPISODE, MISCHIEF)), 0.0, 1.0)
    found = np.where(dice[:, 1] < crime, _CRIME, something)
    closed = np.where(dice[:, 2] < calls.nothing, nothing, found)
    closed = np.where(
        (closed == _DISPERSED) & ~np.isin(calls.kind, kinds.index(*_OF_A_CROWD)), _REPORT, closed
    )
    unseen = (dice[:, 3] < number("incident.not_known")) & (calls.kind != kinds.index("SUDDEN DEATH")[0])
    closed = np.where(unseen, _NOT_ATTENDED, closed)
    return np.where((calls.cause == SEEN) & (dice[:, 4] < number("incident.duplicate")), _DUPLICATE, closed)


def _busy(calls: Calls) -> Floats:
    """How much longer than usual people wait because others called within the hour before.

    Counted are calls that no intervention and no trend adds or takes away, so that a busy evening in one area
    changes nobody's times in another world: ordinary life, and whatever groups and others made up.
    """
    youth = incident_kinds().index("YOUTH NUISANCE")[0]
    counted = np.isin(calls.cause, _ALWAYS) & (calls.kind != youth)
    at = np.sort(calls.at[counted])
    others = np.searchsorted(at, calls.at, side="left") - np.searchsorted(at, calls.at - 3600, side="left")
    return np.asarray(1 + number("incident.drawn_away") * others, dtype=np.float64)


def _finer(dice: Floats) -> Floats:
    """The lower half of each die is a die of its own, and goes with nothing that is drawn by the whole."""
    return np.asarray(dice * (1 << 26) % 1.0)


def _rows(world: World, calls: Calls, received: Ints, ids: Ints, closed: Ints, texts: bool) -> pa.Table:
    place, kinds, phrases = world.place, incident_kinds(), load_phrases()
    grades = np.array([phrases.kinds[phrases.index[name]].grade for name in kinds.names])
    graded = by_name("incident.graded")
    shift = np.where(calls.dice[:, 5] < graded["lower"], 1, 0)
    shift = shift - np.where(calls.dice[:, 5] > 1 - graded["higher"], 1, 0)
    grade = np.clip(grades[calls.kind] + shift, 1, 4)
    share = number("incident.attended")
    attended = (closed != _NOT_ATTENDED) & (closed != _DUPLICATE) & (calls.dice[:, 6] < share)
    sent, scene, clear = _response(calls, grade, closed)
    soonest, latest = numbers("incident.closed_after")
    waiting = 60 * (soonest + (latest - soonest) * calls.dice[:, 8])
    shut = np.where(attended, clear, 0) + waiting.astype(np.int64)
    more, beyond = by_name("incident.more_units"), kinds.units[calls.kind] - 1
    units = 1 + (calls.dice[:, 6] / share < beyond * more["second"]).astype(np.int32)
    units += (calls.dice[:, 7] < beyond * more["third"]).astype(np.int32)

    def at(seconds: Ints, known: Mask | None = None) -> pa.Array:
        return timestamps(wall_of(received + seconds), known)

    columns: dict[str, pa.Array] = {
        "Log Ref": pa.array(ids),
        "Opening Code": coded(kinds.names, calls.kind),
        "Received": timestamps(wall_of(received)),
        "First Unit Sent": at(sent, attended),
        "First Unit At Scene": at(scene, attended),
        "Last Unit Clear": at(clear, attended),
        "Closed": at(shut),
        "Grade": pa.array(grade.astype(np.int32)),
        "Street": coded(place.block_name, calls.block),
        "Data Zone": coded(place.codes, calls.area),
        "Ward": coded(place.larger_names, place.larger_of[calls.area]),
        "Lat": pa.array(place.block_lat[calls.block]),
        "Long": pa.array(place.block_lon[calls.block]),
        "Disposal": coded(DISPOSALS, closed),
        "No. Of Units": pa.array(units, mask=~attended),
    }
    if texts:
        index = np.array([phrases.index[name] for name in kinds.names])
        said = phrases.texts(index[calls.kind], calls.hand, place.type_of[calls.area], calls.picks)
        heard = calls.cause == OCCASION
        same = phrases.of_occasion(calls.hand[heard], calls.picks[heard, 1])
        columns["Log Text"] = pc.replace_with_mask(said, pa.array(heard), same)
    return pa.table(columns)


def _response(calls: Calls, grade: Ints, closed: Ints) -> tuple[Ints, Ints, Ints]:
    """Seconds from the call until a unit is sent, is there, and is free again."""
    kinds, dice, longer = incident_kinds(), _finer(calls.dice), _busy(calls)
    sent = np.array(numbers("incident.until_sent"))[grade - 1] * -np.log1p(-0.98 * dice[:, 7]) * longer
    way = (
        np.array(numbers("incident.on_the_way"))[grade - 1]
        * (0.4 - 0.6 * np.log1p(-0.98 * dice[:, 6]))
        * longer
    )
    brief = np.where(closed < _NOTHING.stop, number("incident.brief"), 1.0)
    there = kinds.minutes[calls.kind] * brief * (0.3 + 1.4 * dice[:, 5])
    sent_s = 20 + (60 * sent).astype(np.int64)
    scene_s = sent_s + 60 + (60 * way).astype(np.int64)
    return sent_s, scene_s, scene_s + 120 + (60 * there).astype(np.int64)
