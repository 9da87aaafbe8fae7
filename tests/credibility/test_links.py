"""What ties incidents beside place and time: the same words, and standing alone; and what each is worth."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from towns import random_texts

from lippen.credibility.links import (
    COPIED_IF_PLANTED,
    LONE_PRIOR,
    MOST_COPY_EVIDENCE,
    Copies,
    copied,
    lone_evidence,
)
from lippen.engine import Engine


def compare(
    texts: list[str | None], days: list[int], engine: Engine, x_km: list[float] | None = None
) -> Copies:
    n = len(texts)
    x = np.zeros(n) if x_km is None else np.array(x_km)
    ids = pa.array([f"i{i:04d}" for i in range(n)])
    return copied(ids, np.array(days), pa.array(texts, pa.string()), x, np.zeros(n), engine)


def test_copies_at_most_a_day_apart_are_one_group(duck: Engine) -> None:
    """Seven copies of one script over days 1, 2, 3 and 6: a chain of days holds together, a gap parts it."""
    text, script = random_texts(1), "kettle sounds from behind the old granary loft again tonight"
    others: list[str | None] = [text() for _ in range(60)]
    found = compare([*others, *[script] * 7], [1] * 30 + [6] * 30 + [1, 1, 2, 3, 3, 6, 6], duck)
    assert found.group[:60].tolist() == [-1] * 60
    first, second = set(found.group[60:65].tolist()), set(found.group[65:].tolist())
    assert len(first) == len(second) == 1
    assert first != second
    assert -1 not in first | second


def test_copies_where_they_have_no_business_make_copies_worth_less(duck: Engine) -> None:
    """The evidence is ln(0.5 / how often two texts agree more than 4 km apart), and never more than six."""
    text = random_texts(2)
    script, other = text(), text()
    texts: list[str | None] = [*(text() for _ in range(60)), script, script, other, other]
    near = compare(texts, [0] * 64, duck, [0.0] * 64)
    assert near.evidence == MOST_COPY_EVIDENCE
    far = compare(texts, [0] * 64, duck, [0.0] * 60 + [0.0, 9.0, 0.0, 9.0])
    assert far.evidence == pytest.approx(np.log(COPIED_IF_PLANTED / ((2 + 1) / (64 * 63 / 2 + 1))))
    everywhere = compare([*texts[:20], *[script] * 8], [0] * 28, duck, [9.0 * i for i in range(28)])
    assert 0 <= everywhere.evidence < far.evidence


def test_without_texts_nothing_is_a_copy(duck: Engine) -> None:
    nothing = compare([None, None, None], [1, 1, 1], duck)
    assert nothing.group.tolist() == [-1, -1, -1]
    assert nothing.evidence == 0.0
    assert compare([], [], duck).group.tolist() == []


def test_standing_alone_is_worth_what_it_is_worth_for_its_kind() -> None:
    """Of kind 0, 80 in 100 have company, of kind 1 none has; twenty alone are added to each."""
    kind = np.array([0] * 101 + [1] * 51)
    company = np.array([3] * 80 + [0] * 20 + [0] + [0] * 51)
    learned = np.array([True] * 100 + [False] + [True] * 50 + [False])
    evidence = lone_evidence(kind, company, learned)
    assert evidence[:80].tolist() == [0.0] * 80
    assert evidence[100] == pytest.approx(-np.log((20 + LONE_PRIOR) / (100 + LONE_PRIOR)))
    assert evidence[-1] == pytest.approx(0.0)


def test_a_kind_that_was_hardly_seen_proves_nothing_by_standing_alone() -> None:
    kind, company = np.array([0, 0, 1]), np.array([1, 0, 0])
    evidence = lone_evidence(kind, company, np.array([True, False, False]))
    assert 0 <= evidence[1] < 0.1
    assert evidence[2] == 0.0
