"""What tests of streams ask of a column."""

from __future__ import annotations

import numpy as np


def filled(values):
    """Where something is written down, and not left empty."""
    return np.array([one is not None for one in values], dtype=bool)
