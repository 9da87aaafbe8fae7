"""The proof that one entry was sealed: the hashes that lead from it to the root of a signed checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lippen.site.register.dialects import dialect
from lippen.site.register.merkle import inclusion_path, leaf_of
from lippen.site.register.models import Checkpoint, Entry


@dataclass(frozen=True)
class Sealed:
    """Under which checkpoint an entry stands, and the hashes that lead from it to the signed root."""

    checkpoint: int
    at: datetime
    root: bytes
    size: int
    index: int
    position: int
    path: tuple[bytes, ...]


def sealed(row: Entry) -> Sealed | None:
    """How an entry is sealed; None when it is not yet."""
    position = dialect().position
    at = getattr(row, position)
    over = (
        Checkpoint.objects.filter(to_position__gte=at, from_position__lte=at).order_by("to_position").first()
    )
    if over is None:
        return None
    within = Entry.objects.filter(**{f"{position}__range": (over.from_position, over.to_position)})
    leaves = list(within.order_by(position, "id").values_list(position, "id", "digest"))
    index = next(number for number, leaf in enumerate(leaves) if leaf[1] == row.pk)
    path = inclusion_path([leaf_of(*leaf) for leaf in leaves], index)
    return Sealed(over.number, over.at, bytes(over.root), len(leaves), index, at, tuple(path))
