"""What may be told of counts, and how sure they are.

cells = published_cells(counts, by=("larger_area", "kind", "quarter"), count="incidents")
total_of(cells, "incidents", kind={"NOISE NUISANCE"})
"""

from lippen.measure.disclosure import LEAST_SHOWN, Total, by_one, published_cells, total_of

__all__ = ["LEAST_SHOWN", "Total", "by_one", "published_cells", "total_of"]
