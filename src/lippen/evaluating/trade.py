"""How well adverts are told from other posts, drugs found in texts, and new words noticed."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

from lippen.evaluating.labelled import read_adverts, read_new_words, read_spans
from lippen.progress import Stages


class Task(StrEnum):
    """What is evaluated."""

    ADVERTS = "adverts"
    SPANS = "spans"
    TERMS = "terms"


def evaluate_trade(task: Task, train: Path, test: Path | None, seed: int, stages: Stages) -> dict[str, Any]:
    """Learn from the marked texts in `train`, and say how often what was learned is right.

    With `test`, on the texts of that folder; without it, on parts of `train` that were kept apart, as each
    task says. Returns what is measured under the task's name, and `seconds` in all. Raises MarksUnusable for
    a folder that cannot be read, and EvaluationRefused where there is too little to learn from or to measure.
    """
    began = time.perf_counter()
    read = read_spans if task is Task.SPANS else read_adverts
    with stages.stage("read") as stage:
        learned = read(train)
        kept = None if test is None else read(test)
        stage.advance(len(learned) + (0 if kept is None else len(kept)))
    new_words = read_new_words(train if test is None else test) if task is Task.TERMS else None
    facts = _evaluate(task, learned, kept, new_words, seed, stages)
    return {task.value: facts, "seconds": round(time.perf_counter() - began, 1)}


def _evaluate(
    task: Task,
    train: pa.Table,
    test: pa.Table | None,
    new_words: pa.Table | None,
    seed: int,
    stages: Stages,
) -> dict[str, Any]:
    # Each task loads what the others do not need: chains, linear models, vectors.
    match task:
        case Task.ADVERTS:
            from lippen.trade.evaluation.adverts import evaluate_adverts  # noqa: PLC0415 - as above

            return evaluate_adverts(train, test, seed, stages)
        case Task.SPANS:
            from lippen.trade.evaluation.spans import evaluate_spans  # noqa: PLC0415 - as above

            return evaluate_spans(train, test, seed, stages)
        case Task.TERMS:
            from lippen.trade.evaluation.terms import evaluate_terms  # noqa: PLC0415 - as above

            return evaluate_terms(train, test, seed, stages, new_words)
