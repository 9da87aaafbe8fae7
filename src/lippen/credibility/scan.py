"""The search: windows of place and time that hold more incidents with nothing found than is normal there.

A window is a disc around one incident, from another one on, and is tried at every radius and duration. Its
evidence is a log-likelihood ratio, in favour of "something sends incidents here" over "this is the usual
coming and going": the Poisson scan statistic (M. Kulldorff 1997) of the best subset of kinds. The best
subset is sought by taking kinds in order of count over expectation (D. Neill 2012), and pays for each kind,
more for a rare one, so that a mix of kinds is found without trying every mix and three incidents of the
rarest kinds prove little. What is expected is raised where the hour is busy anyway: near by (incidents that
were founded) and everywhere (the same kind, in the hours around). Evidence of other sorts is added:
near-copies of text within the window, and incidents that stood alone where their kind normally draws several
callers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from lippen.credibility.background import RADII_KM, Background
from lippen.credibility.stream import Stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shorts = NDArray[np.int16]

DURATIONS_S = np.array([10, 20, 40, 75, 120, 180], dtype=np.int64) * 60
LEAST_INCIDENTS = 3
PRICE_OF_RARITY = 0.5
"""A kind pays this much of the negative log of its share of all incidents. Without it, chance groups of the
rarest kinds come first (tried 0 to 1.3 on the learned days of one city; 0.3 to 0.7 differ little)."""

NEAR_PRIOR = 3.0
EVERYWHERE_PRIOR = 2.0
"""Incidents as expected that must be outweighed before a busy hour raises what is expected."""

EVERYWHERE_S = 2 * 3600
LEAST_SCORE = 6.0
"""Evidence below this is never looked at again: chance gives it many times a day."""

MOST_KINDS = 24
MOST_COPIES = 64
"""Kinds and groups of copies that one window keeps apart; further ones in the same window are not counted."""

JOIN_KM = 4.0
JOIN_S = 3 * 3600
"""Windows found this near each other are one episode."""


@dataclass(frozen=True)
class Cluster:
    """Incidents that the search put together.

    `score` is the evidence (log-likelihood ratio), `expected` how many with nothing found were to be
    expected where and when they were found, `members` positions in the stream, in order of time; `first_row`
    is the row of the feature table of the first member.
    """

    score: float
    expected: float
    members: Ints
    first_row: int


@dataclass(frozen=True)
class Windows:
    """The best window around each incident of a stream, in its order: evidence, first incident, number of
    radius and duration, expectation, kinds (-1 for none). The evidence is the least that was asked for where
    no window has more.
    """

    score: Floats
    start: Ints
    radius: Ints
    duration: Ints
    expected: Floats
    kinds: Shorts

    def cluster(self, stream: Stream, i: int) -> Cluster:
        """The window around incident `i`, as a cluster."""
        members = _members(
            stream, i, int(self.start[i]), int(self.radius[i]), int(self.duration[i]), self.kinds[i]
        )
        return Cluster(float(self.score[i]), float(self.expected[i]), members, int(stream.row[members[0]]))


def find_clusters(stream: Stream, background: Background, copy_evidence: float = 0.0) -> list[Cluster]:
    """Every cluster with evidence above LEAST_SCORE, strongest first, no incident in two of them.

    `copy_evidence` is what each further near-copy of one text among the incidents of a window adds.
    """
    return chosen(stream, search(stream, background, copy_evidence)) if len(stream) else []


def search(stream: Stream, background: Background, copy_evidence: float = 0.0, least: float = 0.0) -> Windows:
    """The best window around each incident of a stream that holds any, its evidence above `least`."""
    by_volume = background.unfounded.sum(axis=1)
    price = -PRICE_OF_RARITY * np.log(by_volume / by_volume.sum())
    share = background.share_near(stream.x_km, stream.y_km)
    hits = np.flatnonzero(stream.unfounded & ~stream.repeat)
    counted = hits[np.argsort(stream.kind[hits], kind="stable")]
    ends = np.searchsorted(stream.kind[counted], np.arange(len(background.unfounded) + 1))
    found = _search(
        stream.at_s,
        stream.x_km,
        stream.y_km,
        stream.kind,
        stream.hour_of_week,
        stream.unfounded,
        stream.repeat,
        stream.copies,
        stream.evidence,
        share,
        background.unfounded,
        background.unfounded.sum(axis=0),
        background.founded.sum(axis=0),
        stream.at_s[hits],
        stream.at_s[counted],
        ends,
        RADII_KM,
        DURATIONS_S,
        price,
        copy_evidence,
        least,
    )
    return Windows(*found)


def chosen(stream: Stream, windows: Windows) -> list[Cluster]:
    """Strongest windows first, none that shares an incident with a stronger one."""
    used = np.zeros(len(stream), dtype=np.bool_)
    clusters: list[Cluster] = []
    candidates = np.flatnonzero(windows.score > LEAST_SCORE)
    for i in candidates[np.argsort(-windows.score[candidates], kind="stable")]:
        if used[i]:
            continue
        cluster = windows.cluster(stream, int(i))
        if used[cluster.members].any():
            continue
        used[cluster.members] = True
        clusters.append(cluster)
    return clusters


def _members(s: Stream, i: int, start: int, radius: int, duration: int, kinds: Shorts) -> Ints:
    end_s, reach = s.at_s[start] + DURATIONS_S[duration], RADII_KM[radius] ** 2
    return np.asarray(
        _inside(s.at_s, s.x_km, s.y_km, s.kind, s.unfounded, s.repeat, i, start, end_s, reach, kinds)
    )


@numba.njit(cache=True, nogil=True)
def _inside(
    at_s: Ints,
    x_km: Floats,
    y_km: Floats,
    kind: Ints,
    unfounded: Flags,
    repeat: Flags,
    centre: int,
    start: int,
    end_s: int,
    reach: float,
    kinds: Shorts,
) -> Ints:
    """The incidents of `kinds` within a window, in order of time. Thousands of windows hold a handful each,
    for which whole arrays cost more than the counting.
    """
    inside = []
    j = start
    while j < len(at_s) and at_s[j] <= end_s:
        if unfounded[j] and not repeat[j]:
            away = (x_km[j] - x_km[centre]) ** 2 + (y_km[j] - y_km[centre]) ** 2
            if away <= reach:
                for k in kinds:
                    if k >= 0 and k == kind[j]:
                        inside.append(j)
                        break
        j += 1
    return np.array(inside, dtype=np.int64)


def join_clusters(stream: Stream, clusters: list[Cluster]) -> list[Cluster]:
    """Clusters near one another in place and time become one, by union-find; the strongest gives the score.

    Meant for clusters that are already strong enough to be told: weak ones lie everywhere, and would tie
    everything to everything.
    """
    parent = list(range(len(clusters)))

    def root(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    first = np.array([stream.at_s[c.members[0]] for c in clusters])
    last = np.array([stream.at_s[c.members[-1]] for c in clusters])
    x = np.array([stream.x_km[c.members].mean() for c in clusters])
    y = np.array([stream.y_km[c.members].mean() for c in clusters])
    for a in range(len(clusters)):
        near = (np.maximum(first[a], first) - np.minimum(last[a], last) <= JOIN_S) & (
            (x - x[a]) ** 2 + (y - y[a]) ** 2 <= JOIN_KM**2
        )
        for b in np.flatnonzero(near):
            if b > a:
                parent[max(root(a), root(int(b)))] = min(root(a), root(int(b)))
    groups: dict[int, list[Cluster]] = {}
    for a, cluster in enumerate(clusters):
        groups.setdefault(root(a), []).append(cluster)
    joined = []
    for group in groups.values():
        members = np.sort(np.concatenate([c.members for c in group]))
        score, expected = max(c.score for c in group), sum(c.expected for c in group)
        joined.append(Cluster(score, expected, members, int(stream.row[members[0]])))
    return sorted(joined, key=lambda c: (-c.score, int(c.members[0])))


@numba.njit(cache=True, nogil=True)
def _up_to(times: Ints, at: int) -> int:
    """How many of `times`, which are in order, are no later than `at`."""
    low, high = 0, len(times)
    while low < high:
        middle = (low + high) // 2
        if times[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def _busy(times: Ints, at: int, inside: float, an_hour: float) -> float:
    """How many times as many as usual came in everywhere else, in the hours around; at least 1.

    `times` are those of all such incidents, `inside` of them in the window; `an_hour` are usual in an hour.
    """
    around = _up_to(times, at + EVERYWHERE_S) - _up_to(times, at - EVERYWHERE_S - 1)
    usual = an_hour * 2.0 * EVERYWHERE_S / 3600.0
    return max(1.0, (around - inside + EVERYWHERE_PRIOR) / (usual + EVERYWHERE_PRIOR))


@numba.njit(cache=True, nogil=True)
def _search(
    at_s: Ints,
    x_km: Floats,
    y_km: Floats,
    kind: Ints,
    hour: Ints,
    unfounded: Flags,
    repeat: Flags,
    copies: Ints,
    evidence: Floats,
    share: Floats,
    normal_unfounded: Floats,
    all_unfounded: Floats,
    all_founded: Floats,
    times: Ints,
    kind_times: Ints,
    kind_ends: Ints,
    radii: Floats,
    durations: Ints,
    price: Floats,
    copy_evidence: float,
    least: float,
) -> tuple[Floats, Ints, Ints, Ints, Floats, Shorts]:
    """The best window around each incident: score, first incident, radius, duration, expectation, kinds."""
    n = len(at_s)
    best = np.full(n, least)
    best_start = np.zeros(n, np.int64)
    best_radius = np.zeros(n, np.int64)
    best_duration = np.zeros(n, np.int64)
    best_expected = np.zeros(n)
    best_kinds = np.full((n, MOST_KINDS), -1, np.int16)
    count = np.zeros(normal_unfounded.shape[0])
    added = np.zeros(normal_unfounded.shape[0])
    seen = np.empty(MOST_KINDS, np.int64)
    groups = np.empty(MOST_COPIES, np.int64)
    ratio = np.empty(MOST_KINDS)
    order = np.empty(MOST_KINDS, np.int64)
    expected = np.empty(MOST_KINDS)
    for centre in range(n):
        if repeat[centre] or not unfounded[centre]:
            continue
        for i in range(centre, -1, -1):
            if at_s[centre] - at_s[i] > durations[-1]:
                break
            if repeat[i] or not unfounded[i]:
                continue
            to_start = (x_km[i] - x_km[centre]) ** 2 + (y_km[i] - y_km[centre]) ** 2
            for r in range(len(radii)):
                reach = radii[r] * radii[r]
                if to_start > reach:
                    continue
                n_kinds = 0
                n_groups = 0
                links = 0
                hits = 0
                founded = 0.0
                j = i
                for d in range(len(durations)):
                    before = hits
                    while j < n and at_s[j] - at_s[i] <= durations[d]:
                        if (x_km[j] - x_km[centre]) ** 2 + (y_km[j] - y_km[centre]) ** 2 <= reach:
                            if not unfounded[j]:
                                founded += 1.0
                            elif not repeat[j] and (count[kind[j]] > 0.0 or n_kinds < MOST_KINDS):
                                if count[kind[j]] == 0.0:
                                    seen[n_kinds] = kind[j]
                                    n_kinds += 1
                                count[kind[j]] += 1.0
                                added[kind[j]] += evidence[j]
                                hits += 1
                                if copies[j] >= 0:
                                    known = False
                                    for g in range(n_groups):
                                        if groups[g] == copies[j]:
                                            known = True
                                    if known:
                                        links += 1
                                    elif n_groups < MOST_COPIES:
                                        groups[n_groups] = copies[j]
                                        n_groups += 1
                        j += 1
                    # The centre must be inside, or the same window is tried once for every later incident.
                    if hits < LEAST_INCIDENTS or hits == before or j <= centre:
                        continue
                    part = share[centre, r] * durations[d] / 3600.0
                    normal = all_founded[hour[i]] * part
                    busy_near = max(1.0, (founded + NEAR_PRIOR) / (normal + NEAR_PRIOR))
                    for q in range(n_kinds):
                        k = seen[q]
                        usual = normal_unfounded[k, hour[i]]
                        busy = _busy(kind_times[kind_ends[k] : kind_ends[k + 1]], at_s[i], count[k], usual)
                        expected[q] = usual * part * busy_near * busy
                        ratio[q] = count[k] / expected[q]
                        # Kinds by their ratio, greatest first. They are few: sorting by hand costs nothing,
                        # while `np.argsort` and its kin take seconds to be compiled on each new machine.
                        place = q
                        while place > 0 and ratio[order[place - 1]] < ratio[q]:
                            order[place] = order[place - 1]
                            place -= 1
                        order[place] = q
                    c = 0.0
                    m = 0.0
                    gained = copy_evidence * links
                    for q in range(n_kinds):
                        k = seen[order[q]]
                        c += count[k]
                        m += expected[order[q]]
                        gained += added[k] - price[k]
                        if c < LEAST_INCIDENTS or c <= m:
                            continue
                        score = c * np.log(c / m) - (c - m) + gained
                        if score > best[centre]:
                            best[centre] = score
                            best_start[centre] = i
                            best_radius[centre] = r
                            best_duration[centre] = d
                            best_expected[centre] = m
                            best_kinds[centre, :] = -1
                            for s in range(q + 1):
                                best_kinds[centre, s] = seen[order[s]]
                    # A mix of all kinds pays for none of them: what is expected is then of all kinds too.
                    usual = all_unfounded[hour[i]]
                    m = usual * part * busy_near * _busy(times, at_s[i], float(hits), usual)
                    if hits > m:
                        gained = copy_evidence * links
                        for q in range(n_kinds):
                            gained += added[seen[q]]
                        score = hits * np.log(hits / m) - (hits - m) + gained
                        if score > best[centre]:
                            best[centre] = score
                            best_start[centre] = i
                            best_radius[centre] = r
                            best_duration[centre] = d
                            best_expected[centre] = m
                            best_kinds[centre, :] = -1
                            for q in range(n_kinds):
                                best_kinds[centre, q] = seen[q]
                for q in range(n_kinds):
                    count[seen[q]] = 0.0
                    added[seen[q]] = 0.0
    return best, best_start, best_radius, best_duration, best_expected, best_kinds
