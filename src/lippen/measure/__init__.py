"""What may be told of counts, and how sure they are.

cells = published_cells(counts, by=("larger_area", "kind", "quarter"), count="incidents")
total_of(cells, "incidents", kind={"NOISE NUISANCE"})
agreement({"ep-1": ["real", "innocent"], "ep-2": ["real", "real"]})
"""

from lippen.measure.agreement import Agreement, agreement
from lippen.measure.disclosure import LEAST_SHOWN, Total, by_one, published_cells, total_of

__all__ = ["LEAST_SHOWN", "Agreement", "Total", "agreement", "by_one", "published_cells", "total_of"]
