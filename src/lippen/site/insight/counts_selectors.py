"""The reader of counts that everybody may see. What it answers is a part of one table (`lippen.telling`),
whatever was asked: each cell as it was told once, and sums of cells.

Nothing here looks at anything else of the lake, not even to say how much there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
from markupsafe import Markup

from lippen import measure, telling
from lippen.brief.area_map import AreaVolume, area_map, map_key
from lippen.measure import Total
from lippen.site.accounts.asking import Asking
from lippen.site.handling import Handling, Row
from lippen.site.insight.holding import holder_of
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import larger_area
from lippen.site.register.models import Act
from lippen.site.register.services import enter_reading

COLUMNS: Final = ("larger_area", "quarter", "kind", "incidents")

Cell = dict[str, Any]
"""One cell: larger_area, quarter (its first day), kind, incidents (five or more)."""


@dataclass(frozen=True)
class CountsAsked:
    """What limits the counts; nothing where all are empty. `quarter` is its first day, as 2025-04-01."""

    kind: str = ""
    larger: str = ""
    quarter: str = ""

    @property
    def only(self) -> dict[str, Collection[Any]]:
        """The same as `measure.total_of` takes it."""
        found: dict[str, Collection[Any]] = {}
        if self.kind:
            found["kind"] = [self.kind]
        if self.larger:
            found["larger_area"] = [self.larger]
        if self.quarter:
            found["quarter"] = [date.fromisoformat(self.quarter)]
        return found


@dataclass(frozen=True)
class Offered:
    """What may be asked for: whatever some cell has that is told."""

    kinds: tuple[str, ...]
    larger: tuple[str, ...]
    quarters: tuple[date, ...]

    def takes(self, asked: CountsAsked) -> bool:
        """Whether all that was asked for is offered."""
        quarters = {one.isoformat() for one in self.quarters}
        return (
            asked.kind in {"", *self.kinds}
            and asked.larger in {"", *self.larger}
            and asked.quarter in {"", *quarters}
        )


@dataclass(frozen=True)
class Counts:
    """Counts as a page shows them, each a sum of cells that are told."""

    total: Total
    by_larger: list[Cell]
    by_kind: list[Cell]
    by_quarter: list[Cell]
    cells: list[Cell]
    map: Markup | None
    map_key: Markup


def not_before(quarter: date) -> date:
    """The first day on which the counts of the quarter that begins on `quarter` may be told."""
    return telling.quarter_after(quarter) + telling.WAITS


def next_quarter(known: Offered) -> date | None:
    """The first day of the quarter after the newest that is told; None where none is."""
    return telling.quarter_after(known.quarters[-1]) if known.quarters else None


def offered() -> Offered:
    """What may be asked for. It is the same for everybody, and says nothing that a count does not."""
    return _offered(lake().state().stamp)


def counts(asking: Asking, asked: CountsAsked, *, purpose: str) -> Counts:
    """What is told of what was asked, entered. Raises PermissionError, and RegisterUnavailable."""
    _check(asking, "read")
    enter_reading(asking.reader, Act.CONSULTATION, "counts of incidents", [], purpose=purpose)
    return _counts(lake().state().stamp, asked)


def cells(asking: Asking, asked: CountsAsked, *, purpose: str) -> list[Cell]:
    """The cells asked for, sorted, entered. Raises PermissionError, and RegisterUnavailable."""
    return counts(asking, asked, purpose=purpose).cells


def cells_to_take_out(asking: Asking, asked: CountsAsked, *, purpose: str) -> Iterator[Row]:
    """The cells asked for as rows of a file, entered before the first of them is given.

    Raises PermissionError, and RegisterUnavailable.
    """
    _check(asking, "export")
    what = "counts of incidents, taken out as a file"
    enter_reading(asking.reader, Act.DISCLOSURE, what, [], purpose=purpose)
    handling = handling_of(asking)
    leaving = _counts(lake().state().stamp, asked).cells
    return ((handling, {**one, "quarter": one["quarter"].isoformat()}) for one in leaving)


def handling_of(asking: Asking) -> Handling:
    """How a row of counts may be handled: under the law of whoever holds the incidents."""
    holder = holder_of(INCIDENT)
    regime = holder.regime if holder else asking.reader.regime
    return Handling("counts", regime, holder.name if holder else "nobody yet")


def _check(asking: Asking, verb: str) -> None:
    verdict = asking.may(verb, "counts")
    if not verdict:
        raise PermissionError(verdict.why)


@lru_cache(maxsize=2)
def _told(_stamp: tuple[int, int]) -> pa.Table:
    held = {name: lake().result(name) for name in telling.SCHEMAS}
    counted, quarters = held[telling.COUNTS], held[telling.QUARTERS]
    if counted is None or quarters is None:
        return telling.SCHEMAS[telling.COUNTS].empty_table()
    return telling.told_now(counted, quarters, (one.import_id for one in lake().imports()))


@lru_cache(maxsize=2)
def _offered(stamp: tuple[int, int]) -> Offered:
    told = _told(stamp)
    return Offered(
        *(tuple(sorted(set(told[name].to_pylist()))) for name in ("kind", "larger_area", "quarter"))
    )


@lru_cache(maxsize=64)
def _counts(stamp: tuple[int, int], asked: CountsAsked) -> Counts:
    told, only = _told(stamp), asked.only
    by = {
        name: measure.by_one(told, name, "incidents", **only).to_pylist()
        for name in ("larger_area", "kind", "quarter")
    }
    laid = _laid(by["larger_area"])
    # A map of one area among many that are not told would say that it lies there alone.
    mostly = 2 * len(by["larger_area"]) > len(_offered(stamp).larger)
    chosen = [one for one in told.to_pylist() if all(one[name] in values for name, values in only.items())]
    return Counts(
        total=measure.total_of(told, "incidents", **only),
        by_larger=by["larger_area"],
        by_kind=by["kind"],
        by_quarter=by["quarter"],
        cells=chosen,
        map=area_map(laid) if mostly else None,
        map_key=map_key(laid) if mostly else Markup(""),
    )


def _laid(by_larger: list[Cell]) -> list[AreaVolume]:
    """The larger areas of which something is told, where they were said to lie, as a map takes them."""
    middles = lake().result(telling.MIDDLES)
    laid = {} if middles is None else {one["larger_area"]: one for one in middles.to_pylist()}
    return [
        {
            "area": larger_area(one["larger_area"]),
            "lat": laid[one["larger_area"]]["lat"],
            "lon": laid[one["larger_area"]]["lon"],
            "incidents": one["incidents"],
            "unfounded": None,
            "expected_unfounded": None,
        }
        for one in by_larger
        if one["larger_area"] in laid
    ]
