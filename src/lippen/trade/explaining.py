"""Why a post is taken for an advert or not: its words and its signs of an offer, and how much each weighs.

The model is linear, so what it says is exactly what was added up: the weights of a post's words (each with
its pieces), of its pairs of words and of its traits, and the level, come to its score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lippen.trade.hashed import WIDTH
from lippen.trade.offer import OFFERS, PATTERNS, offers_shown
from lippen.trade.traits import NO_PLACE, TRAITS, WORDS_WEIGH, Posts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reason:
    """One thing that weighed in a post: its number, what it is, its log-odds, and `for` or `against`."""

    row: int
    what: str
    weight: float
    side: str


def reasons_of(
    posts: Posts,
    weights: Floats,
    odds: Floats,
    slope: float,
    unoffered: float,
    first: int,
    most: int,
) -> list[Reason]:
    """What weighed most in each post, `most` of either side; posts are numbered from `first`.

    `odds` is how likely each is by its weights alone. Weights are in calibrated log-odds, by the `slope` of
    the calibration."""
    reasons: list[Reason] = []
    for row in range(len(posts.texts)):
        weighed = [
            (what, weight * slope)
            for what, weight in (*_words(posts, weights, row), *_traits(posts, weights, row))
        ]
        if not posts.offers[row].any():
            # What the rule took away: from what the weights say to the most that it leaves.
            said = float(np.clip(odds[row], 1e-9, 1 - 1e-9))
            taken = min(0.0, float(np.log(unoffered / (1 - unoffered) * (1 - said) / said)))
            reasons.append(Reason(first + row, "no sign of an offer, so no advert", taken, "against"))
        ordered = sorted(weighed, key=lambda one: (-abs(one[1]), one[0]))
        for side, kept in (
            ("for", [one for one in ordered if one[1] > 0]),
            ("against", [one for one in ordered if one[1] < 0]),
        ):
            reasons += [Reason(first + row, what, weight, side) for what, weight in kept[:most]]
    return reasons


def _words(posts: Posts, weights: Floats, row: int) -> list[tuple[str, float]]:
    """What each word of a post weighs with its pieces, and each pair; one that stands twice counts once."""
    hashed = posts.hashed
    begin, end = int(hashed.begins[row]), int(hashed.begins[row + 1])
    each = WORDS_WEIGH / np.sqrt(max(1, end - begin))
    offset = int(hashed.words[row])
    text = posts.texts[row]
    summed: dict[str, float] = {}
    for number, word in zip(hashed.number[begin:end], hashed.word[begin:end], strict=True):
        at = offset + (int(word) if word >= 0 else -1 - int(word))
        stop = at if word >= 0 else at + 1
        what = text[int(hashed.first[at]) : int(hashed.last[stop])]
        written = f"“{what.lower()}”" if word >= 0 else f"“{what.lower()}” together"
        summed[written] = summed.get(written, 0.0) + float(weights[number]) * each
    return list(summed.items())


def _traits(posts: Posts, weights: Floats, row: int) -> list[tuple[str, float]]:
    """What each trait of a post weighs, signs of an offer with the words that show them, and its place."""
    shown = {one.sign: posts.texts[row][one.start : one.end] for one in offers_shown(posts.read[row])}
    told = []
    for place in np.flatnonzero(posts.traits[row]).tolist():
        what = TRAITS[place]
        if place < len(PATTERNS):
            what = f"{what} (“{shown[OFFERS[place]].strip()}”)"
        told.append((what, float(weights[WIDTH + place])))
    if posts.place[row] != NO_PLACE:
        told.append(
            ("the place that it is sent from", float(weights[WIDTH + len(TRAITS) + posts.place[row]]))
        )
    return told
