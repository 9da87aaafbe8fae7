"""Where things happen: each type of larger area has landmarks of its own, and no note names another's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from lexicon import landmarks, landmarks_of, lexicon_of_calls

from lippen.sandbox.phrase_lines import HANDS, forms_of
from lippen.sandbox.phrases import Phrases, load_phrases
from lippen.sandbox.place import TYPES


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return load_phrases()


@pytest.fixture(scope="module")
def many(phrases: Phrases) -> dict[str, npt.NDArray[np.int64] | pa.Array]:
    """60,000 texts of all kinds, hands and types of larger area."""
    rng = np.random.default_rng(13)
    kind, hand, setting = (rng.integers(0, below, 60_000) for below in (len(phrases.kinds), 4, len(TYPES)))
    return {"setting": setting, "texts": phrases.texts(kind, hand, setting, rng.random((60_000, 5)))}


def test_every_list_of_places_has_landmarks_of_its_own_in_every_type_of_area() -> None:
    lexicon = lexicon_of_calls()
    marks = landmarks()
    assert {at for mark in marks for at in mark["at"]} == {
        entry["at"] for entry in lexicon["kind"]
    } - lexicon["where"].keys()
    for at in {at for mark in marks for at in mark["at"]}:
        for hand in HANDS:
            each = {setting: set(landmarks_of(at, setting, hand)) for setting in TYPES}
            for setting, mine in each.items():
                assert len(mine) == len(landmarks_of(at, setting, hand)) >= 6, (at, setting, hand)
                others = set.intersection(*(each[one] for one in TYPES))
                assert len(mine - others) >= 3, (at, setting, hand)
    assert all(set(mark.get("in", TYPES)) <= set(TYPES) for mark in marks)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("harbour wall|harbour wa|slipway|ice plant|on the pier", {"harbour"}),
        ("town hall|flower beds in the square|taxi rank", {"centre"}),
        ("underpass|pitches", {"scheme", "mixed"}),
        ("tower block", {"scheme"}),
        ("back court|back green", {"centre", "tenements"}),
        ("tennis club|bandstand|golf course|gowf course", {"better_off"}),
        ("steading|single track|village ha|crossroads|worrying sheep|between tractor", {"landward"}),
        ("injured seal|hurtit selkie|coastguard", {"harbour"}),
    ],
)
def test_no_note_names_a_place_that_its_larger_area_does_not_have(many: dict, words: str, where: set) -> None:
    told = pc.match_substring_regex(pc.utf8_lower(many["texts"]), words).to_numpy(zero_copy_only=False)
    assert told.sum() > 15
    assert {TYPES[one] for one in np.unique(many["setting"][told])} == where


def test_the_type_of_area_changes_where_and_nothing_else(phrases: Phrases) -> None:
    """The same pick chooses the landmark everywhere: what else a text says stays as it is, word for word."""
    rng = np.random.default_rng(7)
    kind = np.full(400, phrases.index["DISTURBANCE"])
    hand, picks = rng.integers(0, 4, 400), rng.random((400, 5))
    told = [phrases.texts(kind, hand, np.full(400, one), picks).to_pylist() for one in range(len(TYPES))]
    marks = [
        {form for name in HANDS for line in landmarks_of("outdoors", one, name) for form in forms_of(line)}
        for one in TYPES
    ]

    def without_where(text: str, words: set) -> str:
        for mark in sorted(words, key=len, reverse=True):
            if f" {mark}" in text:
                return text.replace(f" {mark}", " #", 1)
        return text

    bare = [[without_where(text, words) for text in texts] for texts, words in zip(told, marks, strict=True)]
    assert all(one == bare[0] for one in bare)
    assert len({tuple(one) for one in told}) == len(TYPES)
