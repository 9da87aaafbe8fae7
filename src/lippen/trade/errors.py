"""What can go wrong in the trade's models, and be put right."""

from lippen.errors import LippenError


class EvaluationRefused(LippenError):
    """There is too little to learn from or to measure on, or all of it is marked alike."""
