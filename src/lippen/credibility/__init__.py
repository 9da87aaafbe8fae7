"""Closed incidents that look bogus, belong together, and drew response away from somewhere.

assessment = assess(incidents, engine, Settings(since=date(2025, 1, 15)), Stages())
evaluation = evaluate(incidents, engine, Settings(since=date(2025, 1, 15)), Stages())

Nothing here looks at a live call, at who called, or at one household; no single incident gets a score; and
nothing here may lower the response to a call.
"""

from lippen.credibility.assessment import Assessment, assess
from lippen.credibility.evaluation import evaluate
from lippen.credibility.recall import Evaluation
from lippen.credibility.settings import STANDING_LINE, AssessmentError, Settings

__all__ = [
    "STANDING_LINE",
    "Assessment",
    "AssessmentError",
    "Evaluation",
    "Settings",
    "assess",
    "evaluate",
]
