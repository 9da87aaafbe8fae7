"""Where drugs are named: learned from marked texts, found in others, at the very signs that name them."""

from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa
import pytest
from marked_texts import made_up, marked

from lippen.evaluating.labelled import SPANS
from lippen.trade.errors import EvaluationRefused
from lippen.trade.spans import FOUND, LEAST_MARKED, SpanModel, learn, parted


@pytest.fixture(scope="module")
def model() -> SpanModel:
    table = made_up()
    return learn(table["text"], table["spans"], seed=0)


def found(model: SpanModel, *texts: str | None) -> list[list[str]]:
    """What is found in each text, as it is written there."""
    table = model.find(pa.chunked_array([pa.array(texts, pa.string())]))
    assert table.schema == FOUND
    words: list[list[str]] = [[] for _ in texts]
    for one in table.to_pylist():
        assert 0 < one["probability"] <= 1
        words[one["row"]].append((texts[one["row"]] or "")[one["start"] : one["end"]])
    return words


def test_finds_a_drug_where_it_is_named(model: SpanModel) -> None:
    assert found(model, "he took some codeine last night", "they sell Xanax behind the shop") == [
        ["codeine"],
        ["Xanax"],
    ]


def test_the_same_word_is_a_drug_in_one_place_and_none_in_another(model: SpanModel) -> None:
    assert found(model, "they sell brown behind the shop", "the brown door of the house was open") == [
        ["brown"],
        [],
    ]


@pytest.mark.parametrize("drug", ["oxazepam", "pregabalin", "buprenorphine"])
def test_finds_a_name_of_the_vocabulary_that_no_text_held(model: SpanModel, drug: str) -> None:
    assert found(model, f"he took some {drug} last night and slept") == [[drug]]


def test_places_are_counted_in_code_points(model: SpanModel) -> None:
    text = "😴😴 é — he took some codeine last night"
    assert found(model, text) == [["codeine"]]


@pytest.mark.parametrize("text", [None, "", "   \n ", "...", "\x00", "\ud83d", "𝔘" * 50, "a" * 20_000])
def test_odd_texts_name_nothing_and_stop_nothing(model: SpanModel, text: str | None) -> None:
    if text == "\ud83d":  # no text of a table can hold half a sign
        return
    assert found(model, text, "he took some codeine last night") == [[], ["codeine"]]


def test_what_is_said_of_a_text_depends_on_no_other(model: SpanModel) -> None:
    text = "they sell brown behind the shop, and tramadol too"
    assert found(model, text)[0] == found(model, "codeine codeine codeine", text, "snow")[1]


def test_the_same_texts_and_seed_make_the_same_model(model: SpanModel) -> None:
    table, other = made_up(), made_up(seed=1)["text"]
    again = learn(table["text"], table["spans"], seed=0)
    assert again.find(other).equals(model.find(other))


def test_a_model_is_the_same_after_it_was_put_away(model: SpanModel) -> None:
    other = made_up(seed=1)["text"]
    assert pickle.loads(pickle.dumps(model)).find(other).equals(model.find(other))  # noqa: S301 - our own


def test_a_find_of_two_words_is_one_span() -> None:
    texts = [f"he bought {n} of [{w} tablets] from them" for n in range(12) for w in ("codeine", "blue")]
    table = marked([*texts, *(f"he bought {n} loaves from them" for n in range(20))])
    model = learn(table["text"], table["spans"], seed=0)
    assert found(model, "he bought 40 of blue tablets from them") == [["blue tablets"]]


def test_a_word_met_once_does_not_betray_its_own_label() -> None:
    # Each word is met once, and two of three are marked. Did its own mark count, it would say all, and
    # nothing would be learned of words that no text held.
    words = ["".join("bcdfghjklm"[int(digit)] for digit in f"{number:04d}") for number in range(200)]
    table = marked(
        [f"they spoke of {f'[{word}]' if at % 3 else word} today" for at, word in enumerate(words)]
    )
    model = learn(table["text"], table["spans"], seed=0)
    new = pa.chunked_array([["they spoke of prst today"]])
    assert model.find(new)["probability"].to_pylist() == pytest.approx([2 / 3], abs=0.1)


def test_too_few_marked_texts_are_refused_with_the_remedy() -> None:
    table = marked([f"he took [codeine] {n}" for n in range(LEAST_MARKED - 1)] + ["nothing here"] * 100)
    with pytest.raises(EvaluationRefused, match=f"too few.* 19 different ones.*Mark drugs in {LEAST_MARKED}"):
        learn(table["text"], table["spans"], seed=0)


def test_the_same_text_many_times_is_one_text() -> None:
    table = marked(["he took [codeine]"] * 500)
    with pytest.raises(EvaluationRefused, match="1 different one"):
        learn(table["text"], table["spans"], seed=0)


def test_texts_that_all_name_a_drug_can_be_learned_from() -> None:
    table = marked([f"he took [codeine] {n}" for n in range(LEAST_MARKED)])
    model = learn(table["text"], table["spans"], seed=0)
    assert found(model, "he took codeine 7") == [["codeine"]]


def test_no_text_at_all_is_refused() -> None:
    nothing = SPANS.empty_table()
    with pytest.raises(EvaluationRefused, match="0 different"):
        learn(nothing["text"], nothing["spans"], seed=0)


def test_texts_alike_to_the_letter_lie_in_one_part() -> None:
    texts = pa.chunked_array([["a", "b", "a"], ["c", "b", "a", None, None]])
    part = parted(texts, 3, seed=4)
    assert len(set(part[[0, 2, 5]].tolist())) == 1
    assert part[1] == part[4]
    assert part[6] == part[7]


def test_parts_are_of_equal_size_and_change_with_the_seed() -> None:
    texts = pa.chunked_array([[str(number) for number in range(100)]])
    part = parted(texts, 5, seed=0)
    assert np.bincount(part).tolist() == [20] * 5
    assert part.tolist() != parted(texts, 5, seed=1).tolist()
