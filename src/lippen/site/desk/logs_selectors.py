"""Released logs, as the partners to whom they went read them, and as the desk that wrote them does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.desk.at_once import RULES_IN_WORDS, TAKEN_BACK_FOR
from lippen.site.desk.log_content import HANDLING, INFORMATION, KINDS, SOONER, SOURCES, last_day
from lippen.site.desk.models import Log, LogState
from lippen.site.desk.own_desk import NoDesk, areas_of, must, own_desk
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

PURPOSE: Final = "to act on what desks passed on"
A_PAGE: Final = 25


@dataclass(frozen=True)
class LogSeen:
    """A released log. `desk` is the organisation whose desk wrote it; `own` says that it is one's own. It
    tells of the days from `week` to `until`. `held_until` is the day that a log for risk to life did not wait
    for, `sooner` why, and `let_stand` by which rules its writer let stand what the gate found: only its own
    desk is told. Of one that was taken back on `taken_back_on` there is no text; its own desk is told for
    what. `areas` are names of places and of partners, which are nobody's, for the gate of whoever looks it
    over.
    """

    ref: str
    desk: str
    own: bool
    released_on: date
    destroy_on: date
    kind: str
    area: str
    week: date
    until: date
    text: str
    source: str
    information: str
    handling: str
    grades: str
    conditions: str
    at_once: bool
    looked_over: bool
    to_look_over: bool
    held_until: date | None
    sooner: str
    let_stand: Sequence[str]
    taken_back_on: date | None
    taken_back_for: str
    areas: Sequence[str]


def logs(acting: Acting, page: str) -> Page[LogSeen]:
    """The logs that one's organisation has, the newest first; entered. Raises PermissionError."""
    must(acting, "list", "desk-log")
    found = Paginator(_open_to(acting).order_by("-released_at", "ref"), A_PAGE).get_page(page)
    seen = [_seen(acting, one) for one in found.object_list]
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "logs of desks",
        [Records("desk-log", tuple(one.ref for one in seen))],
        purpose=PURPOSE,
    )
    return Page(seen, found.number, cast("Paginator[LogSeen]", found.paginator))


def log(acting: Acting, ref: str) -> LogSeen | None:
    """One log; entered, also where there is none for them. Raises PermissionError."""
    must(acting, "read", "desk-log")
    found = _open_to(acting).filter(ref=ref).first()
    records = [Records("desk-log", (ref,))] if found else []
    enter_reading(acting.reader, Act.CONSULTATION, "a log of a desk", records, purpose=PURPOSE)
    return _seen(acting, found) if found else None


def _open_to(acting: Acting) -> QuerySet[Log]:
    """What one's own desk released, or what went to one's organisation, as the role reaches. What was taken
    back stays there without its words, so that whoever read it knows.
    """
    released = Log.objects.filter(state__in=(LogState.RELEASED, LogState.TAKEN_BACK))
    here = acting.organisation.ref
    if acting.may("read", "desk-log").scope == "organisation":
        return released.filter(organisation=here)
    return released.filter(goes_to__organisation=here)


def _seen(acting: Acting, one: Log) -> LogSeen:
    told = one.content
    assert isinstance(told, dict)  # noqa: S101 - a released log has its words
    assert one.released_at is not None  # noqa: S101 - and its moment
    desk = Organisation.objects.filter(ref=one.organisation).values_list("name", flat=True).first()
    own = one.organisation == acting.organisation.ref
    week = date.fromisoformat(told["week"])
    before_its_day = own and "sooner" in told
    taken = one.state == LogState.TAKEN_BACK
    to_look_over = own and one.at_once and not one.reviewed_by and one.written_by != acting.person.ref
    return LogSeen(
        ref=one.ref,
        desk=desk or "a desk that is gone",
        own=own,
        released_on=timezone.localdate(one.released_at),
        destroy_on=one.destroy_on,
        kind=KINDS[told["kind"]],
        area=told["area"],
        week=week,
        until=last_day(week, told["weeks"]),
        text=told["text"],
        source=SOURCES[told["source"]],
        information=INFORMATION[told["information"]],
        handling=HANDLING[told["handling"]],
        grades=f"{told['source']}{told['information']}{told['handling']}",
        conditions=told["conditions"],
        at_once=one.at_once,
        looked_over=bool(one.reviewed_by),
        to_look_over=to_look_over,
        held_until=date.fromisoformat(told["held_until"]) if before_its_day else None,
        sooner=SOONER[told["sooner"]] if before_its_day else "",
        let_stand=[RULES_IN_WORDS.get(rule, rule) for rule in told.get("let_stand", [])] if own else [],
        taken_back_on=timezone.localdate(one.reviewed_at) if taken and one.reviewed_at else None,
        taken_back_for=TAKEN_BACK_FOR[one.taken_back_for] if own and taken else "",
        areas=_areas(acting) if to_look_over else [],
    )


def _areas(acting: Acting) -> list[str]:
    try:
        desk = own_desk(acting)
    except NoDesk:
        return []
    return [*areas_of(desk), *(one.name for one in desk.partnership.partners)]
