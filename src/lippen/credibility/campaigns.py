"""Made-up campaigns of bogus incidents, planted among real ones to see how many come to light.

Five degrees of stealth (S0 to S4): copied words, a fifth of the words changed, other words for the same
thing, drawn from real calls over some hours, and drawn from the normal stream itself. The first three are
tight in place and time, so where an export has no text they differ in nothing; the last is normal by
construction, and nobody can find it. Size, duration, distance, the mix of kinds and the share that ends
otherwise all vary, since a detector tuned on one shape finds that shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.credibility.stream import DAY_S, Stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEALTHS = ("S0", "S1", "S2", "S3", "S4")
SIZES = (3, 5, 10, 20)
MOST_ENDING_OTHERWISE = 0.4
"""Share of a campaign's incidents that may end with something found; how many do is drawn evenly up to it."""

_TIGHT_S, _TIGHT_KM = (5 * 60, 40 * 60), (0.3, 2.0)
_LOOSE_S, _LOOSE_KM = (60 * 60, 180 * 60), (1.0, 4.0)
_SHARE_OF_KINDS = (0.25, 0.25, 0.25, 0.25)
"""How often a campaign uses one kind, two, three or four."""

ATTACK_AWAY_KM = 3.0
ATTACK_WITHIN_S = 90 * 60


@dataclass(frozen=True)
class Campaign:
    """One planted campaign: its `stealth`, `size`, whether its hour is `busy`, whether there is an `attack`
    elsewhere, and its incidents in order of time (see `Stream` for the units of the columns).

    `source` names, for each incident, the row of the stream whose place it took; `attack_*` are the founded
    incidents elsewhere, empty when there is no attack.
    """

    stealth: str
    size: int
    busy: bool
    attack: bool
    at_s: Ints
    x_km: Floats
    y_km: Floats
    kind: Ints
    hour_of_week: Ints
    unfounded: NDArray[np.bool_]
    source: Ints
    attack_at_s: Ints
    attack_source: Ints


def draw_campaigns(stream: Stream, rounds: int, seed: int) -> list[Campaign]:
    """`rounds` campaigns of every stealth, size, hour (busy or quiet) and attack (with or without).

    `stream` is the real later period: places, kinds and hours are taken from it. Order is shuffled, so that
    any stretch of the list holds all sorts.
    """
    rng = np.random.default_rng(seed)
    busy_hours = _busy_hours(stream)
    shapes = list(product(STEALTHS, SIZES, (True, False), (True, False))) * rounds
    rng.shuffle(shapes)
    return [_draw(stream, str(s), int(n), bool(b), bool(a), busy_hours, rng) for s, n, b, a in shapes]


def _busy_hours(stream: Stream) -> NDArray[np.bool_]:
    """Which of the 168 hours of the week hold more than the median number of incidents."""
    volume = np.bincount(stream.hour_of_week, minlength=168)
    return np.asarray(volume > np.median(volume), dtype=np.bool_)


def _draw(
    stream: Stream,
    stealth: str,
    size: int,
    busy: bool,
    attack: bool,
    busy_hours: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Campaign:
    if stealth == "S4":
        at, source = _as_normal(stream, size, busy, busy_hours, rng)
        kind, unfounded = stream.kind[source], stream.unfounded[source]
        hour = stream.hour_of_week[source]
    else:
        (short, long), (near, far) = (_LOOSE_S, _LOOSE_KM) if stealth == "S3" else (_TIGHT_S, _TIGHT_KM)
        start, start_hour = _start(stream, busy, busy_hours, rng)
        at = np.sort(start + (rng.random(size) * rng.uniform(short, long)).astype(np.int64))
        source = _places_near(stream, size, rng.uniform(near, far), rng)
        mix = rng.choice(stream.kind, size=1 + int(rng.choice(4, p=_SHARE_OF_KINDS)))
        kind = rng.choice(mix, size=size)
        otherwise = int(rng.integers(0, int(MOST_ENDING_OTHERWISE * size), endpoint=True))
        unfounded = rng.permutation(size) >= otherwise
        hour = (start_hour + at // 3600 - start // 3600) % 168
    attack_at, attack_source = _attack(stream, at, source, rng) if attack else (at[:0], source[:0])
    return Campaign(
        stealth, size, busy, attack, at, stream.x_km[source], stream.y_km[source], kind, hour, unfounded,
        source, attack_at, attack_source,
    )  # fmt: skip


def _start(
    stream: Stream, busy: bool, busy_hours: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[int, int]:
    """A moment of the stream in a busy or a quiet hour, and its hour of the week.

    Days are drawn evenly and the hour then, or nights would hardly occur among the quiet ones.
    """
    fitting = np.flatnonzero(busy_hours[stream.hour_of_week] == busy)
    hours = np.unique(stream.hour_of_week[fitting])
    of_hour = fitting[stream.hour_of_week[fitting] == rng.choice(hours)]
    row = rng.choice(of_hour)
    return int(stream.at_s[row] // 3600 * 3600 + rng.integers(3600)), int(stream.hour_of_week[row])


def _places_near(stream: Stream, size: int, reach_km: float, rng: np.random.Generator) -> Ints:
    """Rows whose places lie within a disc around a random one; the disc grows until it has enough places."""
    centre = int(rng.integers(len(stream)))
    away = np.hypot(stream.x_km - stream.x_km[centre], stream.y_km - stream.y_km[centre])
    place = np.column_stack([stream.x_km, stream.y_km])
    while True:
        inside = np.flatnonzero(away <= reach_km)
        _, first = np.unique(place[inside], axis=0, return_index=True)
        if len(first) >= size:
            return rng.permutation(inside[first])[:size].astype(np.int64)
        if len(inside) == len(stream):
            return rng.choice(inside, size=size).astype(np.int64)
        reach_km *= 1.25


def _as_normal(
    stream: Stream, size: int, busy: bool, busy_hours: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Incidents as the stream brings them: real ones of two hours of the week, moved by whole weeks."""
    start, hour = _start(stream, busy, busy_hours, rng)
    alike = np.flatnonzero(np.isin(stream.hour_of_week, (hour, (hour + 1) % 168)))
    source = rng.choice(alike, size=size).astype(np.int64)
    at = (
        start // 3600 * 3600
        + ((stream.hour_of_week[source] - hour) % 168) * 3600
        + stream.at_s[source] % 3600
    )
    order = np.argsort(at, kind="stable")
    return at[order], source[order]


def _attack(stream: Stream, at: Ints, source: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Founded incidents far from the campaign, soon after it began."""
    away = np.hypot(stream.x_km - stream.x_km[source].mean(), stream.y_km - stream.y_km[source].mean())
    far = np.flatnonzero((away >= ATTACK_AWAY_KM) & ~stream.unfounded)
    if not len(far):
        return at[:0], source[:0]
    centre = int(rng.choice(far))
    near = far[
        np.hypot(stream.x_km[far] - stream.x_km[centre], stream.y_km[far] - stream.y_km[centre]) <= 1.0
    ]
    rows = rng.choice(near, size=int(rng.integers(2, 6))).astype(np.int64)
    return np.sort(at[0] + rng.integers(0, ATTACK_WITHIN_S, len(rows))), rows


def spread_out(campaigns: list[Campaign], days: float) -> list[list[Campaign]]:
    """Deal campaigns into plantings so that no two of one planting lie within six hours of each other."""
    plantings: list[list[Campaign]] = []
    for campaign in campaigns:
        for planting in plantings:
            if len(planting) < max(1.0, days / 2) and all(
                abs(int(one.at_s[0]) - int(campaign.at_s[0])) > DAY_S / 4 for one in planting
            ):
                planting.append(campaign)
                break
        else:
            plantings.append([campaign])
    return plantings


SHARE_CHANGED = 0.2
"""Words of a text that an S1 campaign changes."""


def planted_texts(campaigns: list[Campaign], stream: Stream, texts: pa.Array, seed: int) -> pa.Array:
    """A text for every planted incident and, after each campaign's, for its attack.

    `texts` are those of `stream`. S0 repeats one real text, S1 changes a fifth of its words for words of
    other real texts, S2 and S3 take a real text of the incident's own kind each, S4 and attacks keep the
    text that came with their place.
    """
    rng = np.random.default_rng(seed)
    real = texts.to_pylist()
    written = [row for row, text in enumerate(real) if text]
    of_kind: dict[int, list[int]] = {}
    for row in written:
        of_kind.setdefault(int(stream.kind[row]), []).append(row)

    def some(kind: int) -> str:
        rows = of_kind.get(kind) or written
        return str(real[rows[int(rng.integers(len(rows)))]])

    planted: list[str | None] = []
    for one in campaigns:
        if one.stealth in ("S0", "S1"):
            original = some(int(one.kind[0]))
            changed = SHARE_CHANGED if one.stealth == "S1" else 0.0
            planted += [_changed(original, changed, some, int(kind), rng) for kind in one.kind]
        elif one.stealth == "S4":
            planted += [real[row] for row in one.source]
        else:
            planted += [some(int(kind)) for kind in one.kind]
        planted += [real[row] for row in one.attack_source]
    return pa.array(planted, texts.type)


def _changed(text: str, share: float, some: Callable[[int], str], kind: int, rng: np.random.Generator) -> str:
    words = text.split()
    for place in np.flatnonzero(rng.random(len(words)) < share):
        others = some(kind).split() or [""]
        words[place] = others[int(rng.integers(len(others)))]
    return " ".join(words)
