"""Why a post is taken for an advert or not: its words and its signs of an offer, and how much each weighs.

The model is linear, so what it says is exactly what was added up: the weights of a post's words (each with
its pieces), of its pairs of words and of its traits, and the level, come to its score.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        weighed = [(what, weight * slope) for what, weight in _weighed(posts, weights, row)]
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


def _weighed(posts: Posts, weights: Floats, row: int) -> list[tuple[str, float]]:
    """What each word, pair of words and trait of a post weighs. What lies within a sign of an offer, as "3"
    and "5g" do in "3.5g", is one with it: apart they would stand on both sides."""
    shown = {one.sign: one for one in offers_shown(posts.read[row])}
    summed: dict[str, float] = {}
    signs: list[tuple[int, int, str]] = []
    for place in np.flatnonzero(posts.traits[row]).tolist():
        what = TRAITS[place]
        if place < len(PATTERNS):
            sign = shown[OFFERS[place]]
            what = f"{what} (“{posts.texts[row][sign.start : sign.end].strip()}”)"
            signs.append((sign.start, sign.end, what))
        summed[what] = float(weights[WIDTH + place])
    for first, last, what, weight in _words(posts, weights, row):
        within = next((sign for start, end, sign in signs if start <= first and last <= end), what)
        summed[within] = summed.get(within, 0.0) + weight
    if posts.place[row] != NO_PLACE:
        summed["the place that it is sent from"] = float(weights[WIDTH + len(TRAITS) + posts.place[row]])
    return list(summed.items())


def _words(posts: Posts, weights: Floats, row: int) -> Iterator[tuple[int, int, str, float]]:
    """Where each word of a post and each pair begins and ends, what it is, and what it weighs with its
    pieces; one that stands twice counts once."""
    hashed = posts.hashed
    begin, end = int(hashed.begins[row]), int(hashed.begins[row + 1])
    each = WORDS_WEIGH / np.sqrt(max(1, end - begin))
    offset = int(hashed.words[row])
    text = posts.texts[row]
    for number, word in zip(hashed.number[begin:end], hashed.word[begin:end], strict=True):
        at = offset + (int(word) if word >= 0 else -1 - int(word))
        first, last = int(hashed.first[at]), int(hashed.last[at if word >= 0 else at + 1])
        written = f"“{text[first:last].lower()}”"
        yield first, last, written if word >= 0 else f"{written} together", float(weights[number]) * each
