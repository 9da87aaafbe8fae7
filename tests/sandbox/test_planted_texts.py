"""Texts that were planned together: copied, reworded or retold, and left empty as often as others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from lexicon import COMMON, names, small_lexicon

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.parameters import number
from lippen.sandbox.phrase_lines import SLOTS
from lippen.sandbox.phrases import Phrases, load_phrases
from lippen.sandbox.planted_texts import copies, left_empty, retold, reworded
from lippen.sandbox.scenario import STEALTHS
from lippen.sandbox.streams import incidents

EMPTY_SHARE = number("incident.text_empty")
UNIT = st.floats(0, 1, exclude_max=True)
ROW_PICKS = arrays(np.float64, (1, 5), elements=UNIT)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return load_phrases()


@given(ROW_PICKS, st.integers(1, 12))
def test_copies_say_the_same_and_say_something(picks: npt.NDArray[np.float64], n: int) -> None:
    phrases = load_phrases()
    none = np.zeros(n, int)
    told = phrases.texts(none, none, none, copies(picks, n)).to_pylist()
    assert len(told) == n
    assert len(set(told)) == 1
    assert told[0]
    if picks[0, 0] >= EMPTY_SHARE + 1e-9:
        assert np.allclose(copies(picks, n), picks, rtol=0, atol=1e-12)


@settings(max_examples=200)
@given(
    st.integers(0, 33),
    st.integers(0, 3),
    st.integers(0, 6),
    ROW_PICKS,
    arrays(np.float64, (6, 2), elements=UNIT),
)
def test_reworded_texts_differ_in_one_slot(
    kind: int, hand: int, setting: int, picks: npt.NDArray[np.float64], uniforms: npt.NDArray[np.float64]
) -> None:
    phrases = load_phrases()
    script = copies(picks, 6)
    changed = reworded(phrases, script, uniforms)
    assert ((np.abs(changed - script) > 1e-9).sum(axis=1) == 1).all()
    row = np.full(6, kind), np.full(6, hand), np.full(6, setting)
    before, after = phrases.texts(*row, script), phrases.texts(*row, changed)
    assert all(
        one != other and other for one, other in zip(before.to_pylist(), after.to_pylist(), strict=True)
    )


def test_rewording_reaches_every_slot_evenly(phrases: Phrases) -> None:
    rng = np.random.default_rng(8)
    script = copies(rng.random((1, 5)), 5000)
    changed = np.abs(reworded(phrases, script, rng.random((5000, 2))) - script) > 1e-9
    assert (np.abs(changed.mean(axis=0) - 1 / len(SLOTS)) < 0.03).all()


@settings(max_examples=150)
@given(ROW_PICKS, st.integers(2, 9), st.integers(0, 10**6))
def test_retold_texts_share_no_slot(picks: npt.NDArray[np.float64], n: int, seed: int) -> None:
    phrases = Phrases(small_lexicon(10))
    told = retold(picks, n, np.random.default_rng(seed).random((n, 5)))
    none = np.zeros(n, int)
    texts = phrases.texts(none, none, none, told).to_pylist()
    words = [word.lower() for text in texts for word in text.split() if word != "~"]
    assert all(texts)
    assert len(words) == len(set(words))


@settings(max_examples=60)
@given(st.sampled_from(names(COMMON)), st.integers(0, 3), st.integers(0, 6), ROW_PICKS, st.integers(0, 10**6))
def test_retold_calls_never_say_the_same(
    name: str, hand: int, setting: int, picks: npt.NDArray[np.float64], seed: int
) -> None:
    phrases = load_phrases()
    told = retold(picks, 9, np.random.default_rng(seed).random((9, 5)))
    row = np.full(9, phrases.index[name]), np.full(9, hand), np.full(9, setting)
    texts = phrases.texts(*row, told).to_pylist()
    assert all(texts)
    assert len(set(texts)) == 9


def test_several_scripts_are_copied_and_retold_each_in_its_own_place() -> None:
    rng = np.random.default_rng(4)
    scripts, uniforms = rng.random((3, 5)), rng.random((12, 5))
    assert (copies(scripts, 4)[4:8] == copies(scripts[[1]], 4)).all()
    assert np.allclose(retold(scripts, 4, uniforms)[4:8], retold(scripts[[1]], 4, uniforms[4:8]))


@pytest.mark.parametrize("stealth", STEALTHS)
def test_notes_of_every_stealth_are_left_empty_as_often_as_others(stealth: str) -> None:
    scenario = Scenario(episodes_per_year=400, stealths=(stealth,))
    drawn = [incidents.draw(make_world(which, scenario, 365, 1), True) for which in range(3)]
    planned, empty = [], []
    for one in drawn:
        cause = one.truth["incidents"]["cause"].cast(pa.string())
        planned.append(pc.equal(cause, "episode").to_numpy())
        note = pc.fill_null(one.rows["Log Text"].cast(pa.string()), "")
        empty.append(pc.equal(note, "").to_numpy())
    planned, empty = np.concatenate(planned), np.concatenate(empty)
    assert planned.sum() > 5000
    assert empty[~planned].mean() == pytest.approx(EMPTY_SHARE, abs=0.005)
    assert empty[planned].mean() == pytest.approx(EMPTY_SHARE, abs=0.015)


def test_planted_texts_are_left_empty_as_often_as_others(phrases: Phrases) -> None:
    rng = np.random.default_rng(6)
    told = left_empty(copies(rng.random((1, 5)), 20_000), rng.random(20_000))
    none = np.zeros(20_000, int)
    texts = phrases.texts(none, none, none, told)
    assert pc.count_distinct(texts).as_py() == 2
    assert 0.07 < pc.mean(pc.equal(texts, "").cast(pa.float64())).as_py() < 0.09


def test_retold_words_are_spread_as_ordinary_ones_are(phrases: Phrases) -> None:
    """Over many scripts the tellings choose each line as often as ordinary picks do."""
    rng = np.random.default_rng(9)
    told = retold(rng.random((4000, 5)), 5, rng.random((20_000, 5)))
    for picks in (told, reworded(phrases, rng.random((20_000, 5)), rng.random((20_000, 2)))):
        spoken = np.column_stack([(picks[:, 0] - EMPTY_SHARE) / (1 - EMPTY_SHARE), picks[:, 1:]])
        for column in spoken.T:
            counts, _ = np.histogram(column, bins=10, range=(0, 1))
            assert np.abs(counts / 20_000 - 0.1).max() < 0.01


def test_numbers_for_retelling_must_fit(phrases: Phrases) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        retold(np.zeros((1, 5)), 3, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="pairs"):
        reworded(phrases, np.zeros((2, 5)), np.zeros((2, 5)))
