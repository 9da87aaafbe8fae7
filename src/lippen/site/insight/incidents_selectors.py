"""The reader of incidents, for whoever holds them: figures, and single ones. Each reading is entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from lippen.brief.area_map import suppressed
from lippen.brief.schema import SMALL_COUNT
from lippen.site.accounts.acting import Acting
from lippen.site.handling import Cell, Handling, Row
from lippen.site.insight.holding import holder_for
from lippen.site.insight.incident_figures import (
    Asked,
    Figures,
    figures_of,
    larger_areas_of,
    small_areas_of,
)
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import larger_area, small_area
from lippen.site.insight.record_ids import record_id
from lippen.site.insight.sight import sight_of
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

A_PAGE: Final = 50
MOST_PAGES: Final = 200
LONGEST_LIST: Final = timedelta(days=31)
"""Of how many days incidents are listed where no place is named."""

LONGEST_TEXT: Final = 2_000
"""Signs of a text that a list shows."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "weeks": ("week", "incidents", "expected", "low", "high", "unfounded"),
    "kinds": (
        "kind", "incidents", "unfounded", "founded", "unknown", "earlier_per_week", "later_per_week",
        "change_low", "change_high",
    ),
    "areas": ("area", "incidents", "unfounded", "expected_unfounded"),
    "larger": ("area", "incidents", "unfounded"),
}  # fmt: skip
"""The columns of each table of figures as it is taken out, by the table's name."""

_TABLES: Final = {"weeks": "volumes_week", "kinds": "volumes_kind"}
_PLACES: Final = ("areas", "larger")

_LIMITS: Final = {
    "kind": "kind = $kind",
    "larger": "larger_area = $larger",
    "area": "area = $area",
    "since": "local_day >= $since",
    "until": "local_day <= $until",
}


class TooWide(ValueError):
    """So many incidents are not listed: no place is named, and the days are too many or open."""


@dataclass(frozen=True)
class IncidentSeen:
    """One closed incident as a page shows it. It holds no caller, and nothing is reckoned of it alone."""

    ref: str
    at: datetime
    kind: str
    place: str
    where: str
    outcome: str
    disposal: str
    priority: str
    units: int | None
    text: str


@dataclass(frozen=True)
class Listed:
    """A page of incidents, the newest first, and whether more follow."""

    incidents: tuple[IncidentSeen, ...]
    page: int
    more: bool


def figures(acting: Acting, asked: Asked, *, purpose: str) -> Figures | None:
    """How volumes move, entered; None where nothing was brought in yet.

    Raises PermissionError for whoever sees no incidents, and RegisterUnavailable.
    """
    check(acting, "read")
    enter_reading(acting.reader, Act.CONSULTATION, "volumes of incidents", [], purpose=purpose)
    return figures_of(asked)


def table_to_take_out(acting: Acting, table: str, asked: Asked, *, purpose: str) -> Iterator[Row]:
    """One table of figures as rows of a file, entered before the first of them is given. `table` is a key of
    COLUMNS.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting, "export")
    what = "volumes of incidents, taken out as a file"
    enter_reading(acting.reader, Act.DISCLOSURE, what, [], purpose=purpose)
    found = figures_of(asked)
    holder = holder_for(acting) or acting.organisation
    handling = Handling(INCIDENT, holder.regime, holder.name)
    rows: list[Any] = [] if found is None else _rows_of(found, table)
    return ((handling, _told(one, COLUMNS[table], small=table in _PLACES)) for one in rows)


def _rows_of(found: Figures, table: str) -> list[Any]:
    if table == "larger":
        return larger_areas_of(found)
    table_of_rows = small_areas_of(found) if table == "areas" else found.tables[_TABLES[table]]
    rows: list[Any] = table_of_rows.to_pylist()
    return rows


def _told(row: Mapping[str, Any], columns: tuple[str, ...], *, small: bool) -> dict[str, Cell]:
    """A row as it leaves. `small` where a count of a place below five is not told."""

    def cell(name: str) -> Cell:
        value: date | float | int | str | None = row[name]
        if small and isinstance(value, int) and 0 < value < SMALL_COUNT:
            return suppressed(value)
        if isinstance(value, float):
            return float(f"{value:.9g}")
        return value.isoformat() if isinstance(value, date) else value

    return {name: cell(name) for name in columns}


def incidents(acting: Acting, asked: Asked, page: int, *, purpose: str) -> Listed:
    """A page of the incidents asked for, the newest first. Exactly those shown are entered.

    Protected incidents and the police's own activity are never among them. Raises TooWide, PermissionError,
    and RegisterUnavailable.
    """
    check(acting, "list")
    if not listable(asked):
        raise TooWide
    page = min(max(1, page), MOST_PAGES)
    values = {name: value for name in _LIMITS if (value := getattr(asked, name))}
    where = " AND ".join(_LIMITS[name] for name in values)
    answer = lake().ask(
        "SELECT incident_id, kind, reported_at, place, area, larger_area, outcome, disposal, priority, units,"  # noqa: S608 - names of this file
        f" text FROM incident WHERE NOT protected AND NOT own_activity AND {where}"
        " ORDER BY reported_at DESC, incident_id LIMIT $many OFFSET $skipped",
        {**values, "many": A_PAGE + 1, "skipped": (page - 1) * A_PAGE},
    )
    rows = [] if answer is None else answer.to_pylist()
    shown = rows[:A_PAGE]
    records = [Records(INCIDENT, tuple(record_id(row["incident_id"]) for row in shown))]
    enter_reading(acting.reader, Act.CONSULTATION, "incidents", records, purpose=purpose)
    zone = _zone()
    return Listed(
        tuple(_seen(row, zone) for row in shown), page, more=len(rows) > A_PAGE and page < MOST_PAGES
    )


def listable(asked: Asked) -> bool:
    """Whether what was asked is narrow enough for single incidents: a place, or a month at the most."""
    if asked.places:
        return True
    return asked.since is not None and asked.until is not None and asked.until - asked.since < LONGEST_LIST


def shortened(text: str | None) -> str | None:
    """A text as a list shows it: an export may hold one of megabytes."""
    return text if text is None or len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _seen(row: Mapping[str, Any], zone: ZoneInfo) -> IncidentSeen:
    return IncidentSeen(
        ref=row["incident_id"],
        at=row["reported_at"].replace(tzinfo=UTC).astimezone(zone),
        kind=row["kind"],
        place=row["place"] or "",
        where=_where(row["area"], row["larger_area"]),
        outcome=row["outcome"],
        disposal=row["disposal"] or "",
        priority=row["priority"] or "",
        units=row["units"],
        text=shortened(row["text"]) or "",
    )


def _where(area: str | None, larger: str | None) -> str:
    """A small area and the larger one, the latter once."""
    if area is None:
        return larger_area(larger) if larger is not None else ""
    called = small_area(area)
    if larger is None or called.endswith(f" in {larger_area(larger)}"):
        return called
    return f"{called}, {larger_area(larger)}"


def _zone() -> ZoneInfo:
    facts = lake().facts()
    period = facts["period"] if facts else None
    return ZoneInfo((period["zone"] if period else None) or "UTC")


def check(acting: Acting, verb: str) -> None:
    """Raise PermissionError, saying why, for whoever does not see single incidents. To be asked before
    anything is made from them, a form's choices too.
    """
    sight = sight_of(acting, verb)
    if not sight.incidents:
        raise PermissionError(
            sight.why_closed or "Whoever brought the incidents in sees them, and nobody else."
        )
