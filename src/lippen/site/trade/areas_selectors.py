"""The reader of where things were seen: sightings of one substance by larger area, each under five not told.

Areas stand by name and never by how much was seen there: a reporting drive in one school would put it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from lippen import telling
from lippen.brief.area_map import AreaVolume, area_bars, area_map, map_key, suppressed
from lippen.results import TRADE_AREA_WEEKS
from lippen.site.accounts.acting import Acting
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import larger_area
from lippen.site.trade.entering import enter_look
from lippen.site.trade.found import ask, facts, named, weeks_until
from lippen.site.trade.sight import check

LAST: Final = 13
"""Weeks that are counted where nothing else is asked."""

SPANS: Final = {4: "The last 4 weeks", LAST: "The last 13 weeks", 52: "The last 52 weeks"}

_WHAT: Final = "sightings"


@dataclass(frozen=True)
class AreasSeen:
    """Sightings of one substance in the last `weeks`. `rows` are areas by name with their count in words,
    `not_placed` how many of these stand on no map.
    """

    substance: Markup
    since: date
    until: str
    map: Markup | None
    key: Markup
    bars: Markup | None
    rows: tuple[tuple[Markup, str], ...]
    not_placed: int


def substances_seen() -> list[str]:
    """Every substance of which a larger area has a sighting, the most seen first. For a form's choices, once
    sight was checked.
    """
    found = ask(
        f"SELECT substance FROM {TRADE_AREA_WEEKS} GROUP BY substance"  # noqa: S608 - a name of the library
        " ORDER BY sum(sightings) DESC, substance"
    )
    return [row["substance"] for row in found]


def areas(acting: Acting, substance: str, weeks: int) -> AreasSeen | None:
    """Where a substance was seen, entered; None where no sighting was reckoned yet. "" stands for the
    substance that was seen most.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting, "list")
    told, known = facts(), substances_seen()
    enter_look(acting, "sightings by larger area")
    if told is None or not known:
        return None
    chosen = substance or known[0]
    since = weeks_until(date.fromisoformat(told["week"]), weeks)[0]
    found = ask(
        "SELECT larger_area, sum(sightings)::BIGINT AS n"  # noqa: S608 - a name of the library
        f" FROM {TRADE_AREA_WEEKS} WHERE substance = $substance AND week >= $since"
        " GROUP BY larger_area ORDER BY larger_area",
        {"substance": chosen, "since": since},
    )
    laid = _laid({row["larger_area"]: row["n"] for row in found})
    drawn = area_map(laid, _WHAT)
    return AreasSeen(
        substance=named(chosen),
        since=since,
        until=told["until"],
        map=drawn,
        key=map_key(laid, _WHAT),
        bars=None if drawn else area_bars(laid, _WHAT),
        rows=tuple((named(one["area"]), suppressed(one["incidents"])) for one in laid),
        not_placed=sum(one["lat"] is None for one in laid) if drawn else 0,
    )


def _laid(counts: dict[str, int]) -> list[AreaVolume]:
    """Areas with their counts, where they were said to lie: in the middle that everybody is told, and not one
    worked out from incidents that somebody else may hold.
    """
    table = lake().result(telling.MIDDLES)
    middles = {} if table is None else {one["larger_area"]: one for one in table.to_pylist()}
    return [
        {
            "area": larger_area(name),
            "lat": middles[name]["lat"] if name in middles else None,
            "lon": middles[name]["lon"] if name in middles else None,
            "incidents": many,
            "unfounded": None,
            "expected_unfounded": None,
        }
        for name, many in counts.items()
    ]
