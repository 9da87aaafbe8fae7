"""What pages call an area. Many exports have a code in place of a name (`X01000007`, `4`), which nobody knows
by heart: then a small area is called by the end of its code and by the larger area that it lies in.

Files, addresses and what is asked of the lake keep the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from lippen.results import AREAS
from lippen.site.insight.lake import lake

_NAME: Final = re.compile(r"[^\W\d_]{3}")
_CODE: Final = re.compile(r"[A-Za-z0-9]+")
_SHORTEST: Final = 2
"""Letters of a code's end that a small area is called by, at least."""


def larger_area(name: str) -> str:
    """A larger area: by its name, or "larger area 4" where it has a code."""
    return name if _is_name(name) else f"larger area {name}"


def small_area(area: str) -> str:
    """A small area: by its name, or "small area 07 in Kirkgate" where it has a code."""
    return small_areas().get(area, area)


def small_areas() -> Mapping[str, str]:
    """What each small area is called, by what the lake calls it."""
    return _small_areas(lake().state().stamp)


def small_area_names(within: Mapping[str, str | None]) -> dict[str, str]:
    """What each small area is called; `within` has the larger area that each lies in, None for not known.

    A code is cut to its shortest end that no other code in the same larger area has; one that is no plain run
    of letters and figures, such as coordinates, stays whole.
    """
    together: dict[str | None, list[str]] = {}
    for area, larger in within.items():
        together.setdefault(larger, []).append(area)
    return {area: _called(area, larger, together[larger]) for area, larger in within.items()}


def _called(area: str, larger: str | None, beside: Iterable[str]) -> str:
    if _is_name(area):
        return area
    if larger is None:
        return f"small area {area}"
    return f"small area {_end(area, beside)} in {larger_area(larger)}"


def _end(code: str, beside: Iterable[str]) -> str:
    if not _CODE.fullmatch(code):
        return code
    others = [one for one in beside if one != code]
    ends = (code[-length:] for length in range(_SHORTEST, len(code)))
    return next((end for end in ends if not any(one.endswith(end) for one in others)), code)


def _is_name(text: str) -> bool:
    """Whether it reads as a name: three letters in a row."""
    return _NAME.search(text) is not None


@lru_cache(maxsize=2)
def _small_areas(_stamp: tuple[int, int]) -> Mapping[str, str]:
    table = lake().result(AREAS)
    rows = [] if table is None else table.to_pylist()
    return small_area_names({row["area"]: row["larger_area"] for row in rows})
