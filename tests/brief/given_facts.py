"""Facts of a briefing with one part of them changed."""

from __future__ import annotations

import copy
from typing import Any

from sample import nothing_known, sample, suspended

from lippen.brief.checking import accept_facts
from lippen.brief.schema import Credibility, Facts, Model


def facts_of(made: dict[str, Any], **changes: Any) -> Facts:
    """Facts with some fields of `credibility` replaced."""
    made = copy.deepcopy(made)
    made["credibility"] |= changes
    return accept_facts(made)


def credibility_of(made: dict[str, Any], **changes: Any) -> Credibility:
    credibility = facts_of(made, **changes)["credibility"]
    assert credibility is not None
    return credibility


def model_of(**changes: Any) -> Model:
    made = sample(0)[0]["credibility"]["model"] | changes
    model = credibility_of(sample(0)[0], model=made)["model"]
    assert model is not None
    return model


NOTHING, SUSPENDED = nothing_known()[0], suspended()[0]


def counts(
    found: int,
    false: float | None = 0.9,
    days: int | None = 75,
    budget: float | None = 1.0,
    strong: int | None = None,
) -> Credibility:
    made = {
        "found": found,
        "strong": strong,
        "expected_false_per_30_days": false,
        "budget": budget,
        "days": days,
    }
    return credibility_of(sample(0)[0], episodes=made)


def files(*rows: tuple[int, int, int]) -> Facts:
    """Facts with files of so many rows accepted, duplicate and quarantined."""
    inputs = [
        {"file": f"{i}.csv", "rows": a + d + q, "accepted": a, "duplicates": d, "quarantined": q}
        for i, (a, d, q) in enumerate(rows)
    ]
    return accept_facts({"inputs": inputs})
