"""Where the real data sets are. They lie beside the checkout and are not ours to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

BESIDE: Final = Path(__file__).parents[2]


class NotHereError(Exception):
    """A data set that a benchmark needs is not on this machine."""


def real_file(name: str) -> Path:
    """The file `name` of the data sets. Raises NotHereError when there is none."""
    path = BESIDE / "shared" / "data" / name
    if not path.exists():
        raise NotHereError(f"needs ../{path.relative_to(BESIDE)}, which is not ours to hand on")
    return path
