"""The plain rules that the search must beat, each with a grid of settings to be tuned with hindsight.

They see the same incidents, count repeated reports from one spot once, and are judged the same way. A
detector that does not clearly beat the counting rule is not worth having.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numba
import numpy as np
from numpy.typing import NDArray

from lippen.credibility.stream import Stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Groups = Callable[[Stream, Ints], list[Ints]]

REACHES_KM = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
SPANS_S = tuple(60 * minutes for minutes in (10, 20, 40, 60, 90, 120, 180))
COUNTS = (2, 3, 4, 5, 6, 7, 8)
EWMA_CELL_KM = 1.0
EWMA_HALF_LIFE_S = 7 * 86_400.0
EWMA_SHARE = float(np.log(2) / (EWMA_HALF_LIFE_S / 3600))
"""What one incident adds to the hourly mean of its cell."""

EWMA_LIMITS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0)


@dataclass(frozen=True)
class Rule:
    """One rule at one setting: `groups(stream, words)` gives the positions of each group that it raises.

    `words` numbers the texts of the stream, the same number for the same text, -1 for none.
    """

    name: str
    setting: str
    groups: Groups


def all_rules(with_text: bool) -> Iterator[Rule]:
    """Every rule at every setting, the least strict first within a rule and reach."""
    for same, name in ((True, "same kind, counted"), (False, "any kind, counted")):
        for km, span, least in product(REACHES_KM, SPANS_S, COUNTS):
            yield Rule(
                name, f"{least} within {km:g} km and {span // 60} min", _counting(km, span, least, same)
            )
    for km, span, least in product(REACHES_KM, SPANS_S, COUNTS[1:]):
        yield Rule(
            "Knox, same kind",
            f"chains of {least} within {km:g} km and {span // 60} min",
            _knox(km, span, least),
        )
    for limit in EWMA_LIMITS:
        yield Rule("EWMA by area", f"{limit:g} standard deviations", _ewma(limit))
    if with_text:
        for least in COUNTS:
            yield Rule("exact text", f"{least} the same within a day", _same_text(least))


def that_count(stream: Stream) -> Flags:
    """A mask of the incidents that rules count: they see no others, so these alone may be handed to them."""
    return stream.unfounded & ~stream.repeat


def _counting(km: float, span_s: int, least: int, same_kind: bool) -> Groups:
    def groups(s: Stream, _words: Ints) -> list[Ints]:
        return _as_groups(_count(s.at_s, s.x_km, s.y_km, s.kind, that_count(s), km, span_s, least, same_kind))

    return groups


def _knox(km: float, span_s: int, least: int) -> Groups:
    def groups(s: Stream, _words: Ints) -> list[Ints]:
        label = _count(s.at_s, s.x_km, s.y_km, s.kind, that_count(s), km, span_s, 2, True)
        return [group for group in _as_groups(label) if len(group) >= least]

    return groups


def _ewma(limit: float) -> Groups:
    def groups(s: Stream, _words: Ints) -> list[Ints]:
        cell = np.floor(s.x_km / EWMA_CELL_KM).astype(np.int64) * 100_003 + np.floor(
            s.y_km / EWMA_CELL_KM
        ).astype(np.int64)
        _, number = np.unique(cell, return_inverse=True)
        return _as_groups(_over_ewma(s.at_s, number.astype(np.int64), that_count(s), limit))

    return groups


def _same_text(least: int) -> Groups:
    def groups(s: Stream, words: Ints) -> list[Ints]:
        counted = np.flatnonzero(that_count(s) & (words >= 0))
        found = []
        for text in np.unique(words[counted]):
            mine = counted[words[counted] == text]
            cuts = np.flatnonzero(np.diff(s.at_s[mine]) > 86_400) + 1
            found += [part for part in np.split(mine, cuts) if len(part) >= least]
        return found

    return groups


def _as_groups(label: Ints) -> list[Ints]:
    raised = np.flatnonzero(label >= 0)
    if not len(raised):
        return []
    order = raised[np.argsort(label[raised], kind="stable")]
    # Cut by hand: of nearly a million groups in one evaluation `np.split` took most of what the rules took.
    cuts = (np.flatnonzero(np.diff(label[order])) + 1).tolist()
    return [order[begin:end] for begin, end in pairwise([0, *cuts, len(order)])]


@numba.njit(cache=True, nogil=True)
def _root(group: Ints, a: int) -> int:
    while group[a] != a:
        group[a] = group[group[a]]
        a = group[a]
    return a


@numba.njit(cache=True, nogil=True)
def _count(
    at_s: Ints, x_km: Floats, y_km: Floats, kind: Ints, counted: Flags, km: float, span_s: int, least: int,
    same_kind: bool,
) -> Ints:  # fmt: skip
    """A group number for every incident of a window that holds `least` or more; -1 for the others."""
    # The others are not met: to step over them again and again took longest.
    rows = np.flatnonzero(counted)
    at_s, x_km, y_km, kind = at_s[rows], x_km[rows], y_km[rows], kind[rows]
    n = len(rows)
    group = np.arange(n)
    raised = np.zeros(n, np.bool_)
    near = np.empty(n, np.int64)
    for i in range(n):
        found = 0
        j = i - 1
        while j >= 0 and at_s[i] - at_s[j] <= span_s:
            if (not same_kind or kind[j] == kind[i]) and (
                (x_km[i] - x_km[j]) ** 2 + (y_km[i] - y_km[j]) ** 2 <= km * km
            ):
                near[found] = j
                found += 1
            j -= 1
        if found + 1 >= least:
            raised[i] = True
            for one in near[:found]:
                raised[one] = True
                a, b = _root(group, i), _root(group, one)
                group[max(a, b)] = min(a, b)
    label = np.full(len(counted), -1)
    for i in range(n):
        if raised[i]:
            label[rows[i]] = rows[_root(group, i)]
    return label


@numba.njit(cache=True, nogil=True)
def _over_ewma(at_s: Ints, cell: Ints, counted: Flags, limit: float) -> Ints:
    """Incidents of a cell's last hour, when it holds more than the cell's decaying hourly mean allows."""
    cells = cell.max() + 1 if len(cell) else 0
    mean = np.zeros(cells)
    seen = np.zeros(cells, np.int64)
    label = np.full(len(at_s), -1)
    for i in range(len(at_s)):
        if not counted[i]:
            continue
        c = cell[i]
        mean[c] *= 0.5 ** ((at_s[i] - seen[c]) / EWMA_HALF_LIFE_S) if seen[c] > 0 else 1.0
        hour = 1
        first = i
        j = i - 1
        while j >= 0 and at_s[i] - at_s[j] <= 3600:
            if counted[j] and cell[j] == c:
                hour += 1
                first = j
            j -= 1
        if hour >= 2 and (hour - mean[c]) / np.sqrt(mean[c] + 0.05) > limit:
            name = label[first] if label[first] >= 0 else first
            for k in range(first, i + 1):
                if counted[k] and cell[k] == c:
                    label[k] = name
        mean[c] += EWMA_SHARE
        seen[c] = at_s[i]
    return label
