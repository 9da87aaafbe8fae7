"""Dirt planted into streams that were written clean, and the truth of it: what it is, what must come of it.

The invariant: a clean row stays a clean row, byte for byte, and every planted piece of dirt stands in the
truth with what an import must make of it. That follows from what Lippen promises of an import,
not from what the readers happen to do.
"""

from lippen.sandbox.dirt.planting import MOST, TRUTH, plant

__all__ = ["MOST", "TRUTH", "plant"]
