"""The search: the evidence of a window as it is worked out by hand, and what changes it and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.credibility.background import HOURS_OF_WEEK, RADII_KM, Background, learn_background
from lippen.credibility.scan import (
    JOIN_KM,
    JOIN_S,
    LEAST_SCORE,
    PRICE_OF_RARITY,
    Cluster,
    find_clusters,
    join_clusters,
)
from lippen.credibility.stream import Stream, make_stream

MINUTE = 60
CELLS = 40
"""The made-up town is 10 by 10 km, every quarter of a km as busy as any other."""


def town(unfounded_per_hour: list[float], founded_per_hour: float = 0.0) -> Background:
    kinds = len(unfounded_per_hour)
    return Background(
        unfounded=np.repeat(np.array(unfounded_per_hour)[:, None], HOURS_OF_WEEK, axis=1),
        founded=np.full((kinds, HOURS_OF_WEEK), founded_per_hour / kinds),
        grid=np.ones((CELLS, CELLS)),
        west_km=0.0,
        south_km=0.0,
        cell_km=0.25,
    )


def stream(
    rows: list[tuple[float, float, int, bool]], copies: list[int] | None = None, lone: float = 0.0
) -> Stream:
    """Rows of minute, km east of the middle, kind, nothing found."""
    minute, x, kind, unfounded = zip(*rows, strict=True)
    n = len(rows)
    return make_stream(
        (np.array(minute) * MINUTE).astype(np.int64) + 50 * 3600, 5.1 + np.array(x), np.full(n, 5.1),
        np.array(kind), np.full(n, 50), np.array(unfounded), np.array(copies or [-1] * n),
        np.full(n, lone), np.arange(n),
    )  # fmt: skip


THREE = [(0.0, 0.0, 0, True), (4.0, 0.15, 0, True), (8.0, -0.15, 0, True)]
# Within 250 m: the five cells whose middle lies within 350 m of the centre's, scaled down to the disc, and a
# floor of 0.02 a km² so that no place is impossible.
SHARE = (5 * (0.25 / 0.35) ** 2 + 0.02 * np.pi * 0.25**2) / CELLS**2


def evidence(found: float, expected: float) -> float:
    return found * np.log(found / expected) - (found - expected)


def test_the_evidence_of_three_calls_by_hand() -> None:
    (cluster,) = find_clusters(stream(THREE), town([2.0]))
    expected = 2.0 * SHARE * 10 / 60
    assert cluster.expected == pytest.approx(expected)
    assert cluster.score == pytest.approx(evidence(3, expected))
    assert cluster.members.tolist() == [0, 1, 2]
    assert cluster.first_row == 0


def test_a_kind_pays_for_its_rarity() -> None:
    """Two kinds in the town, of which the one that calls is a tenth."""
    (cluster,) = find_clusters(stream(THREE), town([2.0, 18.0]))
    assert cluster.score == pytest.approx(evidence(3, 2.0 * SHARE / 6) + PRICE_OF_RARITY * np.log(0.1))


def test_a_common_call_among_them_leaves_what_tells_most_as_it_was() -> None:
    """Kinds are taken in order of count over expectation."""
    rare = [(1.0, 0.0, 0, True), (4.0, 0.3, 0, True), (8.0, -0.3, 0, True)]
    (alone,) = find_clusters(stream(rare), town([2.0, 200.0]))
    (among,) = find_clusters(stream([(2.0, 0.15, 1, True), *rare]), town([2.0, 200.0]))
    assert among.score == pytest.approx(alone.score)
    assert among.members.tolist() == [0, 2, 3]


def test_a_mix_of_all_kinds_pays_nothing_but_is_measured_against_all() -> None:
    mixed = [(minute, x, n % 3, True) for n, (minute, x, _, _) in enumerate(THREE)]
    (cluster,) = find_clusters(stream(mixed), town([2.0, 2.0, 2.0]))
    assert cluster.expected == pytest.approx(6.0 * SHARE / 6)
    assert cluster.score == pytest.approx(evidence(3, 6.0 * SHARE / 6))
    assert cluster.members.tolist() == [0, 1, 2]


def test_founded_incidents_near_by_raise_what_is_expected() -> None:
    """An hour that is busy anyway: six with something found within reach, where 0.3 would be usual."""
    founded = [(1.0 * n, 0.02, 0, False) for n in range(6)]
    quiet, busy = town([2.0], 0.0), stream([*THREE, *founded])
    (alone,), (among) = find_clusters(stream(THREE), quiet), find_clusters(busy, quiet)
    assert among[0].expected == pytest.approx(alone.expected * (6 + 3) / 3)
    assert among[0].score < alone.score
    assert among[0].members.tolist() == [n for n in range(9) if busy.unfounded[n]]


@pytest.mark.parametrize("kinds", [1, 2])
def test_many_such_calls_everywhere_raise_what_is_expected(kinds: int) -> None:
    """A storm: twelve more calls beyond every window, in the two hours to either side; four would be usual.

    With two kinds that both call, the window is measured against all kinds, and so is the storm.
    """
    three = [(minute, x, n % kinds, True) for n, (minute, x, _, _) in enumerate(THREE)]
    storm = [(10.0 * n - 55, (n % 2 * 2 - 1) * (4.25 + 0.13 * (n // 2)), n % kinds, True) for n in range(12)]
    usual = town([1.0 / kinds] * kinds)
    stormy = stream([*three, *storm])
    (alone,), among = find_clusters(stream(three), usual), find_clusters(stormy, usual)
    (same,) = (one for one in among if stormy.row[one.members].tolist() == [0, 1, 2])
    assert alone.expected == pytest.approx(1.0 * SHARE / 6)
    assert same.expected == pytest.approx(alone.expected * (12 + 2) / (4 + 2))
    assert same.score == pytest.approx(evidence(3, same.expected))


def test_two_calls_are_never_a_group_however_odd() -> None:
    assert find_clusters(stream(THREE[:2]), town([1e-9]), copy_evidence=100.0) == []


def test_calls_with_something_found_are_in_no_group() -> None:
    founded = [(minute, x, kind, False) for minute, x, kind, _ in THREE]
    assert find_clusters(stream(founded), town([2.0])) == []


def test_each_further_copy_and_each_lone_call_adds_its_evidence() -> None:
    plain = find_clusters(stream(THREE), town([2.0]))[0].score
    copied = find_clusters(stream(THREE, copies=[7, 7, 7]), town([2.0]), copy_evidence=4.0)[0].score
    two_scripts = find_clusters(stream(THREE, copies=[7, 7, 8]), town([2.0]), copy_evidence=4.0)[0].score
    lone = find_clusters(stream(THREE, lone=0.5), town([2.0]))[0].score
    assert copied == pytest.approx(plain + 2 * 4.0)
    assert two_scripts == pytest.approx(plain + 4.0)
    assert lone == pytest.approx(plain + 3 * 0.5)


def test_no_incident_is_in_two_groups_and_the_strongest_comes_first() -> None:
    rng = np.random.default_rng(1)
    rows = [
        (float(m), float(x), int(k), True)
        for m, x, k in zip(
            rng.uniform(0, 900, 150), rng.uniform(-4, 4, 150), rng.integers(0, 3, 150), strict=True
        )
    ]
    clusters = find_clusters(stream(rows), town([0.5, 0.5, 0.5]))
    assert len(clusters) > 3
    members = np.concatenate([one.members for one in clusters])
    assert len(np.unique(members)) == len(members)
    scores = [one.score for one in clusters]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > LEAST_SCORE
    assert min(len(one.members) for one in clusters) >= 3


def test_an_empty_stream_has_no_groups() -> None:
    empty = Stream(*(getattr(stream(THREE), name)[:0] for name in Stream.__dataclass_fields__))
    assert find_clusters(empty, town([1.0])) == []


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6), st.integers(0, 50)), min_size=1, max_size=8))
def test_groups_near_in_place_and_time_are_joined_whatever_their_order(
    rows: list[tuple[int, int, int]],
) -> None:
    """Each group is two calls at once, `hour` and `km * 2` away; joined are chains of neighbours."""
    at = np.array([3600 * hour for hour, _, _ in rows], dtype=np.int64)
    x = np.array([2.0 * km for _, km, _ in rows])
    n = len(rows)
    s = make_stream(
        np.repeat(at, 2), np.repeat(x, 2), np.zeros(2 * n), np.zeros(2 * n, np.int64),
        np.zeros(2 * n, np.int64), np.zeros(2 * n, np.bool_), np.full(2 * n, -1), np.zeros(2 * n),
        np.arange(2 * n),
    )  # fmt: skip
    place = np.argsort(s.row)
    clusters = [
        Cluster(float(score), 0.5, np.sort(place[2 * i : 2 * i + 2]), 2 * i)
        for i, (_, _, score) in enumerate(rows)
    ]
    group = list(range(n))
    for _ in range(n):
        for a in range(n):
            for b in range(n):
                if abs(at[a] - at[b]) <= JOIN_S and abs(x[a] - x[b]) <= JOIN_KM:
                    group[a] = group[b] = min(group[a], group[b])
    joined = join_clusters(s, clusters)
    expected = {
        frozenset(m for i in range(n) if group[i] == g for m in clusters[i].members.tolist()) for g in group
    }
    assert {frozenset(one.members.tolist()) for one in joined} == expected
    for one in joined:
        mine = [c for c in clusters if set(c.members) <= set(one.members)]
        assert one.score == max(c.score for c in mine)
        assert one.expected == pytest.approx(0.5 * len(mine))
    assert [frozenset(c.members.tolist()) for c in join_clusters(s, clusters[::-1])] == [
        frozenset(c.members.tolist()) for c in joined
    ]


def test_what_is_expected_adds_up_to_what_was_learned() -> None:
    """Over all hours and kinds to the rates learned, and everywhere together to all there is."""
    rng = np.random.default_rng(2)
    n, weeks = 3_000, 12.0
    x, y, rate = rng.uniform(-3, 3, n), rng.uniform(-3, 3, n), rng.uniform(0, 1, n)
    kind, hour = rng.integers(0, 5, n), rng.integers(0, 168, n)
    background = learn_background(x, y, kind, hour, rate, 5, weeks)
    # Each kind starts with one incident, so that none is impossible.
    learned = np.bincount(kind, weights=rate, minlength=5) + 1
    assert background.unfounded.sum(axis=1) * weeks == pytest.approx(learned)
    assert (background.unfounded > 0).all()
    share = background.share_near(np.array([0.0, 50.0]), np.array([0.0, 50.0]))
    assert share.shape == (2, len(RADII_KM))
    assert (np.diff(share, axis=1) > 0).all()
    assert (share > 0).all()
    # A disc of 2.5 km in a square of 6 by 6.
    assert share[0, 4] == pytest.approx(np.pi * 2.5**2 / 36, rel=0.1)
    assert share[1, 4] < 1e-3


def test_what_was_asked_before_changes_no_share() -> None:
    """Shares are kept by cell: in whatever order places are asked for, they are those of all at once."""
    rng = np.random.default_rng(4)
    n = 2_000
    x, y = rng.uniform(-9, 9, n), rng.uniform(-9, 9, n)

    def learned() -> Background:
        few = slice(500)  # of a smaller town, so that some of the places lie outside it
        kind = np.zeros(500, dtype=np.int64)
        return learn_background(x[few] / 2, y[few] / 2, kind, kind, np.full(500, 0.5), 1, 4.0)

    at_once = learned().share_near(x, y)
    asked, order = learned(), rng.permutation(n)
    for some in (order[:10], order[5:400], order[:0], order[300:], order[:10]):
        assert np.array_equal(asked.share_near(x[some], y[some]), at_once[some])
