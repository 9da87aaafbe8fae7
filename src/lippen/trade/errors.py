"""What can go wrong in the trade's models, and be put right."""

from lippen.errors import LippenError


class EvaluationRefused(LippenError):
    """There is too little to learn from or to measure on, or all of it is marked alike."""


class PostsUnusable(LippenError):
    """Posts lack what is needed to say what is new in them."""


class DecisionsUnusable(LippenError):
    """A table of decisions that does not say what was decided of which term."""
