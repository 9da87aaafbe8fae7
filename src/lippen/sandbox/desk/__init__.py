"""What a desk holds: reports as residents seal them, logs that a worker could write of each, and the truth.

No partner exports this, so it is none of the streams that `lippen sandbox` writes: it is drawn in memory, to
score the release gate and the band of how many could have known (docs/explanation/gate.md).
"""

from lippen.sandbox.desk.holdings import HALVES, draw_desk
from lippen.sandbox.desk.logs import SEVERAL, VERBATIM, planted_kinds

__all__ = ["HALVES", "SEVERAL", "VERBATIM", "draw_desk", "planted_kinds"]
