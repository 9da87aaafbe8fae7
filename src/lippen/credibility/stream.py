"""The assessed, located incidents as columns of numbers, in order of time: what the search runs over.

Invariant: a second report from the same spot within three hours never counts as one more incident. Several
callers for one event, and one home that calls again, are one point each; so an episode spans at least three
spots and is never one household.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOUR_S = 3600
DAY_S = 24 * HOUR_S
WEEK_S = 7 * DAY_S
SAME_SPOT_KM = 0.12
SAME_SPOT_S = 3 * 3600


@dataclass(frozen=True)
class Stream:
    """One row an incident, sorted by time, ties by row number.

    at_s (seconds of naive UTC), x_km and y_km (a flat map), kind (code), hour_of_week (local, Monday 0 h is
    0), unfounded (nothing found), copies (number of the group of near-copies that the text belongs to, -1
    for none), evidence (log-likelihood ratio that the incident brings by itself, see `lone_evidence`), row
    (row of the feature table; below 0 for a planted incident), repeat (a further report from a spot that is
    already counted).
    """

    at_s: Ints
    x_km: Floats
    y_km: Floats
    kind: Ints
    hour_of_week: Ints
    unfounded: Flags
    copies: Ints
    evidence: Floats
    row: Ints
    repeat: Flags

    def __len__(self) -> int:
        return len(self.at_s)


def make_stream(
    at_s: Ints,
    x_km: Floats,
    y_km: Floats,
    kind: Ints,
    hour_of_week: Ints,
    unfounded: Flags,
    copies: Ints,
    evidence: Floats,
    row: Ints,
) -> Stream:
    """Sort the incidents by time and mark repeated reports from one spot."""
    order = np.lexsort((row, at_s))
    stream = Stream(
        at_s[order],
        x_km[order],
        y_km[order],
        kind[order],
        hour_of_week[order],
        unfounded[order],
        copies[order],
        evidence[order],
        row[order],
        np.zeros(len(order), dtype=np.bool_),
    )
    repeat = _repeats(stream.at_s, stream.x_km, stream.y_km, stream.unfounded)
    return replace(stream, repeat=repeat)


def part(stream: Stream, keep: Flags) -> Stream:
    """The rows of `stream` under a mask."""
    return Stream(*(getattr(stream, name)[keep] for name in Stream.__dataclass_fields__))


def local_days(stream: Stream, start_s: int) -> Ints:
    """The day of each incident, counted from the local midnight `start_s`.

    Found by the local hour, so that a night in which the clocks change is one day and not a part of two.
    """
    since_midnight = stream.hour_of_week % 24 * HOUR_S + stream.at_s % HOUR_S
    return np.rint((stream.at_s - since_midnight - start_s) / DAY_S).astype(np.int64)


def covered_days(stream: Stream, start_s: int) -> Ints:
    """The local days on which the stream holds anything: a gap in an export is no quiet time."""
    return np.unique(local_days(stream, start_s))


def shuffled(stream: Stream, start_s: int, rng: np.random.Generator) -> Stream:
    """The same incidents, each moved by its own whole number of weeks to a day that the stream covers.

    Days are counted from `start_s`. Kind, place, words and hour of the week stay, so every rhythm that is
    normal stays; what is broken is only which incidents fall together. Repeated reports are left out, since
    they count for nothing. With less than four weeks to move in, incidents move by whole days.
    """
    days = covered_days(stream, start_s)
    step = 7 if days[-1] - days[0] >= 27 else 1
    s = part(stream, ~stream.repeat)
    day = local_days(s, start_s)
    luck = rng.random(len(s))
    to = day.copy()
    for phase in range(step):
        mine = day % step == phase
        open_days = days[days % step == phase]
        to[mine] = open_days[(luck[mine] * len(open_days)).astype(np.int64)]
    at = s.at_s + (to - day) * DAY_S
    hour = (s.hour_of_week + (to - day) * 24) % 168
    return make_stream(at, s.x_km, s.y_km, s.kind, hour, s.unfounded, s.copies, s.evidence, s.row)


@numba.njit(cache=True)
def _repeats(at_s: Ints, x_km: Floats, y_km: Floats, unfounded: Flags) -> Flags:
    repeat = np.zeros(len(at_s), np.bool_)
    for i in range(len(at_s)):
        if not unfounded[i]:
            continue
        j = i - 1
        while j >= 0 and at_s[i] - at_s[j] <= SAME_SPOT_S:
            if unfounded[j] and (x_km[i] - x_km[j]) ** 2 + (y_km[i] - y_km[j]) ** 2 <= SAME_SPOT_KM**2:
                repeat[i] = True
                break
            j -= 1
    return repeat
