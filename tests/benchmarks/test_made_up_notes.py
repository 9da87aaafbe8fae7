"""The notes that benchmarks run on: many different ones, the same for a seed, campaigns that are known."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from benchmarks.call_text import FAMILIES, FAMILY_NAMES, SLOTS, call_texts
from benchmarks.campaigns import NOISE, planted_campaigns


def test_the_grammar_writes_two_hundred_thousand_different_sentences() -> None:
    families = np.arange(201_000) % len(FAMILY_NAMES)
    notes = call_texts(families, seed=3)
    assert len(pc.unique(notes)) >= 200_000
    assert not pc.any(pc.match_substring_regex(notes, "[{}|]")).as_py()


def test_each_note_is_of_its_family_and_the_same_for_the_same_seed() -> None:
    families = np.array([FAMILY_NAMES.index(name) for name in ("alarm", "noise")] * 500)
    notes = call_texts(families, seed=5).to_pylist()
    assert notes == call_texts(families, seed=5).to_pylist()
    assert notes != call_texts(families, seed=6).to_pylist()
    alarms, noises = SLOTS["alarm"].split("|"), SLOTS["noise"].split("|")
    assert all(any(alarm in note for alarm in alarms) for note in notes[::2])
    assert all(any(noise in note for noise in noises) for note in notes[1::2])
    assert call_texts(np.empty(0, np.int64), seed=1).to_pylist() == []


def test_every_slot_that_a_template_names_can_be_filled() -> None:
    named = {
        part.split("}")[0]
        for templates in FAMILIES.values()
        for template in templates
        for part in template.split("{")[1:]
    }
    assert named == set(SLOTS)


def test_set_phrases_are_shared_by_many_unrelated_notes() -> None:
    notes = call_texts(np.zeros(5_000, np.int64), seed=1)
    most_common = max(
        pc.sum(pc.match_substring(notes, phrase)).as_py() for phrase in SLOTS["open"].split("|")
    )
    assert most_common > 500


def test_campaigns_are_copies_of_one_script_with_words_changed() -> None:
    planted = planted_campaigns(texts=6_000, campaigns=1_000, copies=3, seed=2)
    assert len(planted.texts) == len(planted.campaign) == 6_000
    assert np.bincount(planted.campaign[planted.campaign >= 0]).tolist() == [3] * 1_000
    changed: dict[float, list[float]] = {noise: [] for noise in NOISE}
    for campaign, noise in enumerate(planted.noise):
        copies = [planted.texts[row].split() for row in np.flatnonzero(planted.campaign == campaign)]
        assert len({len(copy) for copy in copies}) == 1
        differs = [one != other for one, other in zip(copies[0], copies[1], strict=True)]
        changed[float(noise)].append(float(np.mean(differs)))
    assert np.mean(changed[0.0]) == 0
    # Two copies differ where either was changed; a change that draws the same word shows nowhere.
    for noise in NOISE[1:]:
        assert np.mean(changed[noise]) == pytest.approx(1 - (1 - noise) ** 2, abs=0.02)
    again = planted_campaigns(texts=6_000, campaigns=1_000, copies=3, seed=2)
    assert again.texts == planted.texts


def test_quality_is_counted_over_planted_pairs() -> None:
    planted = planted_campaigns(texts=100, campaigns=4, copies=3, seed=1)
    rows = [np.flatnonzero(planted.campaign == campaign) for campaign in range(4)]
    unrelated = np.flatnonzero(planted.campaign < 0)[:2]
    # All three pairs of the first campaign, one of the second, and one pair that is none.
    earlier = np.array([rows[0][0], rows[0][0], rows[0][1], rows[1][0], unrelated[0]])
    later = np.array([rows[0][1], rows[0][2], rows[0][2], rows[1][1], unrelated[1]])
    quality = planted.quality(earlier, later)
    assert quality["planted pairs found"] == pytest.approx(4 / 12)
    assert quality["words changed 0%"] == 1
    assert quality["words changed 5%"] == pytest.approx(1 / 3)
    assert quality["of pairs found, planted"] == pytest.approx(4 / 5)
    nothing = planted.quality(np.empty(0, np.int64), np.empty(0, np.int64))
    assert nothing["planted pairs found"] == nothing["of pairs found, planted"] == 0
    with pytest.raises(ValueError, match="twice"):
        planted.quality(np.array([1, 2]), np.array([2, 1]))
