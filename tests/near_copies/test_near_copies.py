"""Texts that are near-copies of each other, by the definition and by two roads that must agree with it."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.near_copies import NearCopies, NearCopyRule, near_copies, near_copy_pairs
from lippen.near_copies import shingles as cutting
from lippen.near_copies.shingles import shingle_table

Pairs = list[tuple[int, int, int, int]]

SCRIPT = "two masked men with hammers at the jewellers in Kirk Wynd, they went in by the back lane"


def words_of(text: str | None) -> list[str]:
    """A text's words, read off the docstring of `shingles`: letters and digits, evened out."""
    words = [""]
    for letter in unicodedata.normalize("NFKD", text or "").lower():
        kind = unicodedata.category(letter)
        if kind[0] in "LN" or kind == "Mc":
            words[-1] += letter
        elif letter not in "'`\u2019" and kind not in ("Mn", "Me", "Cf"):
            words.append("")
    return [word for word in words if word]


def shingles_of(text: str | None) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {(word,) for word in words} | set(pairwise(words))


def by_definition(
    texts: list[str | None], seconds: list[int] | None, longest_gap: int | None, rule: NearCopyRule
) -> Pairs:
    """Earlier row, later row, shingles shared and shingles in either, straight from the definition."""
    whole = [shingles_of(text) for text in texts]
    held_by = Counter(shingle for one in whole for shingle in one)
    some = sum(1 for one in whole if one)
    kept = [{s for s in one if 2 <= held_by[s] <= rule.most_common(some)} for one in whole]
    times = seconds or [0] * len(texts)
    order = sorted(range(len(texts)), key=lambda row: times[row])
    pairs: Pairs = []
    for place, later in enumerate(order):
        links: Pairs = []
        for earlier in order[:place]:
            if longest_gap is not None and times[later] - times[earlier] > longest_gap:
                continue
            shared = kept[earlier] & kept[later]
            either = len(kept[earlier] | kept[later])
            if (
                len(shared) >= rule.least_shared
                and 100 * len(shared) >= rule.least_percent * either
                and any(held_by[s] <= rule.most_rare(some) for s in shared)
            ):
                links.append((earlier, later, len(shared), either))
        pairs += links[-rule.most_links :]
    return pairs


def rows_of(found: NearCopies) -> Pairs:
    columns = (found.earlier, found.later, found.shared, found.either)
    return list(zip(*(column.tolist() for column in columns), strict=True))


NOTES = st.lists(
    st.one_of(
        st.none(),
        st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]), max_size=9).map(
            " ".join
        ),
        st.sampled_from(["a b c d e f", "a b c d e f g", "b c d e f", "j i h g"]),
    ),
    max_size=24,
)
RULES = st.builds(
    NearCopyRule,
    least_percent=st.integers(1, 100),
    least_shared=st.integers(1, 5),
    common_per_10000=st.integers(0, 10_000),
    common_least=st.integers(1, 12),
    rare_per_10000=st.integers(0, 10_000),
    rare_least=st.integers(1, 8),
    most_links=st.integers(1, 5),
)


@given(texts=NOTES, rule=RULES, gap=st.none() | st.integers(0, 12), data=st.data())
@example(texts=["a b c d"] * 3, rule=NearCopyRule(least_shared=4, most_links=1), gap=None, data=None)
def test_the_compiled_join_is_the_definition(
    texts: list[str | None], rule: NearCopyRule, gap: int | None, data: Any
) -> None:
    seconds = None
    if gap is not None:
        seconds = data.draw(st.lists(st.integers(-20, 20), min_size=len(texts), max_size=len(texts)))
    times = None if seconds is None else np.array(seconds, np.int64)
    assert rows_of(near_copies(texts, times, gap, rule)) == by_definition(texts, seconds, gap, rule)


@given(texts=NOTES, data=st.data())
def test_the_order_of_the_rows_does_not_matter(texts: list[str | None], data: Any) -> None:
    seconds = data.draw(st.permutations(range(len(texts))))  # no two texts of one second
    order = data.draw(st.permutations(range(len(texts))))
    rule = NearCopyRule(least_shared=2, most_links=2)
    found = rows_of(near_copies(texts, np.array(seconds, np.int64), 9, rule))
    shuffled = near_copies(
        [texts[row] for row in order], np.array([seconds[row] for row in order], np.int64), 9, rule
    )
    assert [(order[a], order[b], both, either) for a, b, both, either in rows_of(shuffled)] == found


def many_notes(rows: int, seed: int = 1) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Notes of a few hundred words, some of them near-copies of one before, over a fortnight."""
    rng = random.Random(seed)  # noqa: S311 - notes made up need no secret numbers
    vocabulary = [f"w{n}" for n in range(400)]
    notes: list[str] = []
    for _ in range(rows):
        words = [rng.choice(vocabulary) for _ in range(rng.randint(0, 12))]
        if notes and rng.random() < 0.3:
            words = rng.choice(notes[-50:]).split()
            if words and rng.random() < 0.7:
                words[rng.randrange(len(words))] = rng.choice(vocabulary)
        notes.append(" ".join(words))
    seconds = [rng.randrange(14 * 86_400) for _ in range(rows)]
    return notes, np.array(seconds, np.int64)


def test_threads_pieces_and_slices_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    notes, seconds = many_notes(6_000)
    whole = rows_of(near_copies(notes, seconds, 500_000))
    assert len(whole) > 1_000
    monkeypatch.setattr(cutting.os, "cpu_count", lambda: 7)
    monkeypatch.setattr(cutting, "PIECE_ROWS", 100)
    monkeypatch.setattr(sys.modules[near_copies.__module__], "SLICE_ROWS", 50)
    assert rows_of(near_copies(notes, seconds, 500_000)) == whole
    monkeypatch.setattr(cutting.os, "cpu_count", lambda: 1)
    cut = pa.chunked_array([notes[:1], [], notes[1:4_000], notes[4_000:]], pa.string())
    assert rows_of(near_copies(cut, seconds, 500_000)) == whole


def test_the_expression_finds_the_same_pairs(engine: Engine) -> None:
    notes, seconds = many_notes(600)
    days = np.sort(seconds // 86_400)
    ids = [f"i{row:04}" for row in range(len(notes))]
    rule = NearCopyRule(most_links=3, rare_least=30)
    pairs = near_copy_pairs(engine.table(shingle_table(ids, days, notes)), 2, rule)
    expected = [
        (ids[earlier], ids[later], shared, either)
        for earlier, later, shared, either in rows_of(near_copies(notes, days, 2, rule))
    ]
    columns = engine.collect(pairs, ["later_id", "earlier_id"]).to_pydict()
    assert len(expected) > 100
    assert list(zip(*columns.values(), strict=True)) == sorted(expected, key=lambda pair: (pair[1], pair[0]))


def test_what_everybody_writes_links_nothing() -> None:
    phrase = "caller reports males fighting in the street, no weapons seen, units to attend when free"
    notes = [f"{phrase} {number}" for number in range(5_000)]
    assert rows_of(near_copies(notes)) == []
    # The same sentence is telling where few write it.
    notes = [f"{word} seen beside bench {word}" for word in map(str, range(5_000))] + [phrase, phrase]
    assert [pair[:2] for pair in rows_of(near_copies(notes))] == [(5_000, 5_001)]


def test_a_set_phrase_between_them_hides_no_copy_and_makes_none() -> None:
    phrase = "caller will not be seen, no further details given"
    notes = [f"{phrase} {number} x{number} y{number}" for number in range(2_000)]
    notes += [f"{phrase}. {SCRIPT}", f"{SCRIPT} - {phrase}", f"{phrase} somebody is in the garden again"]
    assert [pair[:2] for pair in rows_of(near_copies(notes))] == [(2_000, 2_001)]


def test_copies_are_found_among_texts_with_no_word_in_common() -> None:
    notes = [" ".join(f"{row}x{word}" for word in range(12)) for row in range(1_000)]
    assert [pair[:2] for pair in rows_of(near_copies([*notes, SCRIPT, SCRIPT]))] == [(1_000, 1_001)]


def test_a_flood_of_ten_thousand_copies_stays_together_in_few_pairs() -> None:
    rule = NearCopyRule(common_least=20_000, rare_least=20_000, most_links=4)
    found = near_copies([SCRIPT] * 10_000, rule=rule)
    assert len(found.later) == 4 * 10_000 - (1 + 2 + 3 + 4)
    # Each is linked to the one just before it, so nobody falls out of the flood.
    chained = found.later[found.later - found.earlier == 1]
    assert chained.tolist() == list(range(1, 10_000))


def test_a_flood_with_a_word_changed_in_each_stays_together_too() -> None:
    rule = NearCopyRule(common_least=1_000, rare_least=1_000, most_links=3)
    found = near_copies([f"{SCRIPT} {number} x{number}" for number in range(400)], rule=rule)
    assert len(found.later) == 3 * 400 - (1 + 2 + 3)
    assert found.later[found.later - found.earlier == 1].tolist() == list(range(1, 400))


def test_a_flood_beyond_the_rare_limit_passes_for_a_set_phrase() -> None:
    rule = NearCopyRule(common_least=500, rare_least=500)
    assert len(near_copies([SCRIPT] * 500, rule=rule).later) > 0
    assert len(near_copies([SCRIPT] * 501, rule=rule).later) == 0


DISGUISES = {
    "capitals": SCRIPT.upper(),
    "accents": SCRIPT.replace("e", "é").replace("a", "ä"),
    "accents put over letters one by one": "\u0301".join(SCRIPT),
    "punctuation": SCRIPT.replace(" ", "... ").replace(",", ";!"),
    "line breaks": SCRIPT.replace(" ", "\r\n\t"),
    "letters without width": "\u200b".join(SCRIPT),
    "soft hyphens": SCRIPT.replace("mm", "m\u00adm").replace("ll", "l\u00adl"),
    "joiners and marks of direction": SCRIPT.replace("e", "e\u200d\u2060\ufeff\u202e"),
    "variation selectors": "\ufe0f".join(SCRIPT),
    "fillers": SCRIPT.replace("a", "a\u115f\u3164"),
    "control characters": SCRIPT.replace("e", "\x07e\x7f"),
    "control characters beside accents": SCRIPT.replace("e", "\x07é\x7f"),
    "full-width letters": "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in SCRIPT),
    "letters of mathematics": "".join(chr(ord(c) - 97 + 0x1D41A) if c.islower() else c for c in SCRIPT),
    "rings around letters": SCRIPT.replace("e", "e\u20dd"),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_cannot_hide(disguise: str) -> None:
    (pair,) = rows_of(near_copies([SCRIPT, "somebody is in the garden", DISGUISES[disguise]]))
    assert pair[:2] == (0, 2)
    assert pair[2] == pair[3] == len(shingles_of(SCRIPT))


@pytest.mark.parametrize("mark", list("'\u2019\u2018\u201b\u02bc\u2032`\u00b4\uff07"))
def test_every_apostrophe_is_the_same(mark: str) -> None:
    told = "he doesnt answer and shes feart theyll come back"
    written = told.replace("doesnt", f"doesn{mark}t").replace("shes", f"she{mark}s")
    (pair,) = rows_of(near_copies([told, written.replace("theyll", f"they{mark}ll")]))
    assert pair[2] == pair[3]


LETTERS = "aAzZ09éÉöçñłøßΩωжЖ你好アｱﬁ½²Ⅷ .,-_/'`’\u0301\u200b\u00ad\ufe0f\u20dd\n\u00a0€🚓"


@given(st.lists(st.text(LETTERS, max_size=12), min_size=2, max_size=6))
@settings(max_examples=80)
def test_two_texts_have_the_same_shingles_just_when_they_have_the_same_words(texts: list[str]) -> None:
    rows = shingle_table([str(row) for row in range(len(texts))], [0] * len(texts), texts).to_pylist()
    numbers = [{row["shingle"] for row in rows if row["id"] == str(n)} for n in range(len(texts))]
    for text, mine in zip(texts, numbers, strict=True):
        assert len(mine) == len(shingles_of(text))
        alone = shingle_table(["x"], [0], [text])["shingle"].to_pylist()
        assert set(alone) == mine  # whoever else is in the batch
        for other, yours in zip(texts, numbers, strict=True):
            assert (mine == yours) == (shingles_of(text) == shingles_of(other))


def test_texts_without_words_are_never_paired() -> None:
    assert rows_of(near_copies([])) == []
    assert rows_of(near_copies([None, None, "", "", " ", "...", "?!", "\u200b", None])) == []
    found = near_copies([None, SCRIPT, "", SCRIPT, None])
    assert [pair[:2] for pair in rows_of(found)] == [(1, 3)]
    assert found.jaccard.tolist() == [1.0]
    assert near_copies([]).jaccard.tolist() == []
    assert shingle_table([], [], []).num_rows == 0


def test_times_and_gaps_that_make_no_sense_are_refused() -> None:
    two = [SCRIPT, SCRIPT]
    with pytest.raises(ValueError, match="needs the times"):
        near_copies(two, longest_gap_s=60)
    with pytest.raises(ValueError, match="0 or more"):
        near_copies(two, np.array([0, 1]), longest_gap_s=-1)
    with pytest.raises(ValueError, match="2 texts but 3 times"):
        near_copies(two, np.array([0, 1, 2]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"least_percent": 0},
        {"least_percent": 101},
        {"least_shared": 0},
        {"most_links": 0},
        {"common_least": 0},
        {"rare_least": 0},
        {"rare_per_10000": -1},
        {"common_per_10000": 10_001},
    ],
)
def test_a_rule_out_of_its_bounds_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        NearCopyRule(**wrong)
