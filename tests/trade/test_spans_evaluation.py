"""How often drugs are found is counted on texts that were not learned from, and stands beside plain lists."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from marked_texts import made_up, marked

from lippen.evaluating.labelled import SPANS, read_spans
from lippen.evaluating.trade import Task, evaluate_trade
from lippen.progress import Stages
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.span_baselines import BASELINES, places_marked
from lippen.trade.evaluation.spans import evaluate_spans

QUIET = Stages(quiet=True)
MEASURES = {"precision", "recall", "f1"}


def test_what_is_found_in_texts_kept_apart_is_counted() -> None:
    test = made_up(seed=1, texts=40)
    facts = evaluate_spans(made_up(), test, 0, QUIET)
    assert facts["n"] == len(places_marked(test))
    assert facts["texts"] == 40
    assert facts["f1"] > 0.9
    assert facts["f1_low"] <= facts["f1"] <= facts["f1_high"]
    assert "folds" not in facts
    assert all(set(measures) == MEASURES for measures in facts["baselines"].values())
    json.dumps(facts, allow_nan=False)


def test_without_texts_kept_apart_each_fifth_is_searched_by_what_the_others_taught() -> None:
    facts = evaluate_spans(made_up(), None, 0, QUIET)
    assert len(facts["folds"]) == 5
    assert facts["n"] == len(places_marked(made_up()))
    assert min(facts["folds"]) <= facts["f1"] <= max(facts["folds"])


def test_the_same_seed_says_the_same() -> None:
    train, test = made_up(), made_up(seed=1, texts=40)
    assert evaluate_spans(train, test, 3, QUIET) == evaluate_spans(train, test, 3, QUIET)


def test_a_find_with_one_wrong_end_counts_as_wrong() -> None:
    test = marked(["he took [some codeine] last night and slept"])
    assert evaluate_spans(made_up(), test, 0, QUIET)["f1"] == 0


def test_a_text_that_was_learned_from_gives_nothing_away_in_another_fifth() -> None:
    # Words that one text holds, twice over: were the twins parted, a list of what was marked would find them.
    once = [f"look at the [zq{letter}x] there" for letter in "abcdefgh"]
    usual = len(places_marked(made_up()))
    facts = evaluate_spans(pa.concat_tables([made_up(), marked(once * 2)]), None, 0, QUIET)
    assert facts["baselines"]["marked_words"]["recall"] == round(usual / (usual + 16), 4)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("proper_names", {"codeine", "heroin"}),
        ("vocabulary", {"codeine", "heroin", "gear"}),
        ("marked_words", {"codeine", "zoot", "door"}),
        ("marked_words_measured", {"codeine", "zoot"}),
    ],
)
def test_each_list_finds_its_words_wherever_they_stand(name: str, found: set[str]) -> None:
    train = marked(["[codeine]", "[zoot]", "the [door]", *["shut the door"] * 9])
    text = "codeine heroin gear zoot door"
    places = BASELINES[name](train)(pa.chunked_array([[text]]))
    assert {text[start:end] for _, start, end in places} == found


@pytest.mark.parametrize("test", [None, made_up()])
def test_too_few_marks_to_learn_from_are_refused(test: pa.Table | None) -> None:
    with pytest.raises(EvaluationRefused, match=r"too few.*Mark drugs in 20"):
        evaluate_spans(marked(["he took [codeine]"] * 10), test, 0, QUIET)


@pytest.mark.parametrize("test", [SPANS.empty_table(), marked(["nothing is marked here"])])
def test_texts_without_a_mark_measure_nothing(test: pa.Table) -> None:
    with pytest.raises(EvaluationRefused, match="none of the texts to measure on"):
        evaluate_spans(made_up(), test, 0, QUIET)


def test_no_text_at_all_is_refused() -> None:
    with pytest.raises(EvaluationRefused, match="0 different"):
        evaluate_spans(SPANS.empty_table(), None, 0, QUIET)


def test_one_object_says_all_of_it(tmp_path: Path) -> None:
    for name, table in (("train", made_up()), ("test", made_up(seed=1, texts=20))):
        (tmp_path / name).mkdir()
        lines = "\n".join(json.dumps(row) for row in table.to_pylist())
        (tmp_path / name / "texts.jsonl").write_text(lines, encoding="utf-8")
    facts = evaluate_trade(Task.SPANS, tmp_path / "train", tmp_path / "test", 0, QUIET)
    assert facts["spans"]["texts"] == 20
    assert facts["seconds"] > 0


@pytest.mark.real
def test_on_real_comments_the_model_beats_what_else_can_be_learned_from_them(real_data: Path) -> None:
    comments = read_spans(real_data / "drug_ner_reddit")
    facts = evaluate_spans(comments.slice(0, 350), comments.slice(350, 250), 0, QUIET)
    assert facts["f1"] > 0.77
    for other in ("marked_words", "marked_words_measured", "words_alone"):
        assert facts["f1"] > facts["baselines"][other]["f1"] + 0.1
