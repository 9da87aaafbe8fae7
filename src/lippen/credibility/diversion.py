"""Did an episode draw response away, and did something happen elsewhere meanwhile?

Compared are the two hours from an episode's first incident with matched windows: the same hour of the week in
other weeks, with about as many units busy. For each other larger area within reach, incidents with something
found are counted in both. What comes out is never more than "consistent with diversion": that two things
fell together.

A case-crossover comparison (M. Maclure 1991): the area with the greatest excess is ranked among the greatest
excesses of the matched windows, and all episodes are taken together (Y. Benjamini and Y. Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.engine import Engine

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WINDOW_S = 2 * 3600
WEEK_S = 7 * 86_400
LEAST_TIMED = 0.5
"""With unit times for fewer of an episode's incidents than this share, it cannot be told what they drew."""

LEAST_CONTROLS = 10
KM_PER_DEGREE = 111.32
SAME_AVAILABILITY = 0.25
"""A window matches when the busy units differ by no more than this share of the usual number, or by two."""

REACH_KM = 15.0
"""Units answer calls within reach of each other: a larger area whose incidents lie farther from an episode's
on average is left out, and so are the units that are busy there."""

WORTH_SAYING = 0.1
"""The share of chance (q-value) up to which times are called consistent with diversion."""


DIVERSION = pa.schema(
    [
        ("episode_id", pa.string()),
        ("area", pa.string()),
        ("unit_minutes", pa.float64()),
        ("matched_controls", pa.int64()),
        ("observed", pa.float64()),
        ("expected", pa.float64()),
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
        ("statement", pa.string()),
    ]
)


@dataclass(frozen=True)
class Drawn:
    """One row of the table `diversion`, without the episode's id; None is "cannot tell".

    `area` is the larger area elsewhere with the greatest excess, None where no area has any.
    """

    verdict: str
    area: str | None
    unit_minutes: float | None
    matched_controls: int
    observed: float | None
    expected: float | None
    p_value: float | None
    q_value: float | None
    statement: str


@dataclass(frozen=True)
class Responses:
    """Every incident as a response, in order of time: its id, when it was reported, when its first unit left
    and its last was free (seconds of naive UTC; -1 where not known), how many units it drew (1 where not
    known), the number of its larger area in `names` (-1 where not known) and whether something was found.

    `centres` holds latitude and longitude of each larger area (the mean over its incidents; NaN where no
    incident of it has coordinates).
    """

    ids: pa.Array
    at_s: Ints
    sent_s: Ints
    free_s: Ints
    units: Ints
    larger: Ints
    founded: NDArray[np.bool_]
    names: tuple[str, ...]
    centres: Floats

    def within_reach(self, own: Ints) -> tuple[Responses, Ints]:
        """The responses within reach of some of them, and where those stand among them.

        A larger area of unknown whereabouts, and a response without one, counts as within reach.
        """
        reach = self._reached_from(np.unique(self.larger[own]))
        if reach.all():
            return self, own
        rows = np.sort(np.concatenate([self._rows_of[number] for number in (*np.flatnonzero(reach), -1)]))
        columns = ("at_s", "sent_s", "free_s", "units", "larger", "founded")
        part = replace(
            self,
            ids=self.ids.take(pa.array(rows)),
            **{name: getattr(self, name)[rows] for name in columns},
        )
        return part, np.searchsorted(rows, own)

    @cached_property
    def _rows_of(self) -> dict[int, Ints]:
        """The rows of each larger area by its number, -1 among them, found once for all episodes."""
        order = np.argsort(self.larger, kind="stable")
        ends = np.searchsorted(self.larger[order], np.arange(-1, len(self.names) + 1))
        return {at - 1: order[ends[at] : ends[at + 1]] for at in range(len(self.names) + 1)}

    def _reached_from(self, here: Ints) -> NDArray[np.bool_]:
        """Which larger areas lie within reach of any of these."""
        from_here = self.centres[here[here >= 0]]
        if not len(from_here):
            return np.ones(len(self.names), dtype=np.bool_)
        north = (self.centres[:, None, 0] - from_here[None, :, 0]) * KM_PER_DEGREE
        east = (self.centres[:, None, 1] - from_here[None, :, 1]) * KM_PER_DEGREE
        east = east * np.cos(np.radians(from_here[None, :, 0]))
        far = np.hypot(north, east) > REACH_KM  # false where an area is nowhere
        return np.asarray(~far.all(axis=1))

    @property
    def timed(self) -> NDArray[np.bool_]:
        """Which responses have both unit times, in order."""
        return (self.sent_s >= 0) & (self.free_s >= self.sent_s)

    def busy(self, moments: Ints) -> Ints:
        """Units that were out at each moment."""
        timed = self.timed
        out = np.sort(np.repeat(self.sent_s[timed], self.units[timed]))
        back = np.sort(np.repeat(self.free_s[timed], self.units[timed]))
        return np.searchsorted(out, moments, side="right") - np.searchsorted(back, moments, side="right")


def collect_responses(incidents: ibis.Table, engine: Engine) -> Responses | None:
    """Fetch what the comparison needs of every incident; None when the export has no unit times at all.

    `incidents` has the columns of the kind `incident`. Sensors and the police's own activity count as
    responses, since they keep units busy; protected incidents count likewise, as time and no more.
    """
    sent = ibis.coalesce(incidents.dispatched_at, incidents.arrived_at)
    free = ibis.coalesce(incidents.cleared_at, incidents.closed_at)
    (known,) = engine.collect(incidents.aggregate(n=(sent.notnull() & free.notnull()).sum()))["n"].to_pylist()
    if not known:
        return None
    founded = (incidents.outcome == "founded") & ~incidents.protected & ~incidents.own_activity
    rows = engine.collect(
        incidents.select(
            "incident_id",
            at_s=incidents.reported_at.truncate("s").epoch_seconds().cast("int64"),
            sent_s=sent.truncate("s").epoch_seconds().cast("int64").fill_null(-1),
            free_s=free.truncate("s").epoch_seconds().cast("int64").fill_null(-1),
            units=ibis.greatest(incidents.units.fill_null(1), 1).cast("int64"),
            larger=incidents.larger_area,
            founded=founded,
            lat=incidents.lat,
            lon=incidents.lon,
        ),
        order_by=["at_s", "incident_id"],
    )
    larger = rows["larger"].combine_chunks().dictionary_encode()
    names = sorted(larger.dictionary.to_pylist())
    number = np.array([names.index(name) for name in larger.dictionary.to_pylist()] + [-1], dtype=np.int64)

    of_row = number[larger.indices.fill_null(-1).to_numpy(zero_copy_only=False)]

    def ints(name: str) -> Ints:
        return np.asarray(rows[name].to_numpy(), dtype=np.int64)

    return Responses(
        ids=rows["incident_id"].combine_chunks(),
        at_s=ints("at_s"),
        sent_s=ints("sent_s"),
        free_s=ints("free_s"),
        units=np.minimum(ints("units"), 50),
        larger=of_row,
        founded=np.asarray(rows["founded"].to_numpy(zero_copy_only=False), dtype=np.bool_),
        names=tuple(names),
        centres=_centres(of_row, rows, len(names)),
    )


def _centres(larger: Ints, rows: pa.Table, names: int) -> Floats:
    """Mean latitude and longitude of the incidents of each larger area; NaN where none has any."""
    point = np.stack([rows[name].to_numpy().astype(np.float64) for name in ("lat", "lon")])
    placed = (larger >= 0) & ~np.isnan(point).any(axis=0)
    count = np.bincount(larger[placed], minlength=names)
    sums = [np.bincount(larger[placed], weights=one[placed], minlength=names) for one in point]
    return np.asarray(np.stack(sums, axis=1) / np.where(count == 0, np.nan, count)[:, None])


def why_cannot_tell(responses: Responses | None) -> str | None:
    """Why nothing can be said of any episode; None when something can."""
    if responses is None:
        return "The export has no unit times."
    if len(responses.names) < 2:
        return "The export names no larger areas to compare."
    return None


def diversions(responses: Responses | None, episodes: Sequence[Sequence[str]]) -> list[Drawn]:
    """What each episode drew and what happened elsewhere.

    `episodes` holds, for each, the ids of its incidents. Without unit times or larger areas every verdict is
    "cannot tell".
    """
    why = why_cannot_tell(responses)
    if responses is None or why is not None:
        return [_cannot_tell(why or "")] * len(episodes)
    if not episodes:
        return []
    named = pa.array([one for ids in episodes for one in ids], pa.string())
    found = pc.index_in(named, responses.ids).to_numpy(zero_copy_only=False).astype(np.int64)
    rows = [np.sort(own) for own in np.split(found, np.cumsum([len(ids) for ids in episodes])[:-1])]
    starts = np.array([responses.at_s[own[0]] for own in rows], dtype=np.int64)
    return _with_q_values([_one(responses, own, starts) for own in rows])


def _one(responses: Responses, own: Ints, starts: Ints) -> Drawn:
    responses, own = responses.within_reach(own)
    first, last = int(responses.at_s[own[0]]), int(responses.at_s[own[-1]])
    here = np.unique(responses.larger[own])
    timed = own[responses.timed[own]]
    if len(timed) < LEAST_TIMED * len(own):
        return _cannot_tell("Unit times are missing for most of its incidents.")
    seconds = (responses.free_s - responses.sent_s) * responses.units
    minutes = float(seconds[timed].sum() / 60)
    controls = _matched(responses, first, starts)
    if len(controls) < LEAST_CONTROLS:
        return _cannot_tell(
            f"Only {len(controls)} windows of other weeks, at this hour, have as many units free.",
            minutes,
            len(controls),
        )
    elsewhere = [int(n) for n in np.unique(responses.larger) if n >= 0 and n not in here]
    if not elsewhere:
        return _cannot_tell("It lies in every larger area within reach at once.", minutes, len(controls))
    counts = np.array(
        [
            _between(
                responses.at_s[responses.founded & (responses.larger == n)],
                np.concatenate([[first], controls]),
            )
            for n in elsewhere
        ]
    )
    usual = counts[:, 1:].mean(axis=1)
    # The greatest excess of any area, in units of its own spread, beside that of each matched window: one
    # test, however many areas there are (P. Westfall and S. Young 1993).
    excess = (counts - usual[:, None]) / np.sqrt(usual + 0.5)[:, None]
    greatest = excess.max(axis=0)
    p_value = (1 + int((greatest[1:] >= greatest[0]).sum())) / (1 + len(controls))
    best = int(excess[:, 0].argmax())
    seen = int(counts[best, 0])
    busy = int(responses.busy(np.array([last]))[0])
    normally = float(responses.busy(controls + last - first).mean())
    were = "no unit was" if busy == 0 else "1 unit was" if busy == 1 else f"{busy} units were"
    return Drawn(
        verdict="no sign",
        area=responses.names[elsewhere[best]] if seen > usual[best] else None,
        unit_minutes=minutes,
        matched_controls=len(controls),
        observed=float(seen),
        expected=float(usual[best]),
        p_value=p_value,
        q_value=None,
        statement=f"At its end {were} out, where {normally:.1f} is usual for such an hour.",
    )


def _between(events: Ints, starts: Ints) -> Ints:
    return np.searchsorted(events, starts + WINDOW_S, side="left") - np.searchsorted(events, starts)


def _matched(responses: Responses, first: int, starts: Ints) -> Ints:
    """Windows of other weeks: same time of the week, as many units busy, no episode near. Their starts."""
    earliest, latest = int(responses.at_s[0]), int(responses.at_s[-1]) - WINDOW_S
    weeks = np.arange((earliest - first) // WEEK_S, (latest - first) // WEEK_S + 2)
    # Half an hour to either side as well: a few months hold few weeks.
    offsets = np.array([-1800, 0, 1800])
    moments = np.sort((first + weeks[weeks != 0][:, None] * WEEK_S + offsets[None, :]).ravel())
    # A window that the incidents begin or end within would look quieter than it was.
    moments = moments[(moments >= earliest) & (moments <= latest)]
    moments = moments[np.abs(moments[:, None] - starts[None, :]).min(axis=1) > WINDOW_S]
    busy = responses.busy(moments)
    now = int(responses.busy(np.array([first]))[0])
    near = np.abs(busy - now) <= np.maximum(
        2.0, SAME_AVAILABILITY * max(1.0, float(busy.mean() if len(busy) else 0))
    )
    return np.asarray(moments[near], dtype=np.int64)


def _with_q_values(found: list[Drawn]) -> list[Drawn]:
    told = [i for i, one in enumerate(found) if one.p_value is not None]
    ranked = sorted(told, key=lambda i: (found[i].p_value, i))
    least = 1.0
    done = list(found)
    for rank in range(len(ranked), 0, -1):
        i = ranked[rank - 1]
        one = found[i]
        assert one.p_value is not None  # noqa: S101 - only those were ranked
        least = min(least, one.p_value * len(ranked) / rank)
        consistent = least <= WORTH_SAYING and (one.observed or 0) > (one.expected or 0)
        done[i] = replace(one, verdict="consistent with" if consistent else "no sign", q_value=least)
    return done


def _cannot_tell(why: str, minutes: float | None = None, controls: int = 0) -> Drawn:
    return Drawn("cannot tell", None, minutes, controls, None, None, None, None, why)


def diversion_table(ids: Sequence[str], drawn: Sequence[Drawn]) -> pa.Table:
    """The result table `diversion`: one row an episode, columns as `lippen.brief` describes them."""
    return pa.table(
        [
            pa.array(
                ids if field.name == "episode_id" else [getattr(one, field.name) for one in drawn], field.type
            )
            for field in DIVERSION
        ],
        DIVERSION,
    )
