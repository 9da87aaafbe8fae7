"""What the desk's own pages show: what waits, and what the browser needs to open a report or a draft."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import Colleague, named
from lippen.site.accounts.said import sentence
from lippen.site.desk import (
    answer_drafts,
    answering,
    at_once,
    closing,
    deciding,
    drafts,
    fetching,
    surroundings,
    worker_keys,
)
from lippen.site.desk.answer_drafts import AnswerWaiting
from lippen.site.desk.at_once import AtOnceSeen
from lippen.site.desk.deciding import DecisionSeen
from lippen.site.desk.drafts import DraftSeen
from lippen.site.desk.fetching import Waiting
from lippen.site.desk.limits import FOLLOW_UPS_BEFORE_ADVICE, REPORTS_A_DAY
from lippen.site.desk.log_content import GAINS, HANDLING, INFORMATION, KINDS, SOURCES
from lippen.site.desk.models import Decision, DeskKey, Log, LogState, Matter
from lippen.site.desk.own_desk import (
    GoingTo,
    areas_of,
    colleagues,
    going_to,
    own_desk,
    today,
)
from lippen.site.desk.sighting_content import CHANNELS
from lippen.site.desk.sightings_going import SightingsGoTo, areas_of_sightings, sightings_go_to
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

PURPOSE: Final = "to hear what residents told the desk"


@dataclass(frozen=True)
class DeskSeen:
    """The desk as its first page shows it. `to_close` and `to_decide` are the reports, by their ids, that a
    colleague asks one to close or to decide about. `key_until` is when one's own newest key runs out, None
    without one; `alone` says that nobody else works here who could sign off.
    """

    name: str
    waiting: Sequence[Waiting]
    to_close: Set[str]
    to_decide: Set[str]
    drafts: Sequence[DraftSeen]
    answers: Sequence[AnswerWaiting]
    at_once: Sequence[AtOnceSeen]
    signed: int
    flood: bool
    key_until: date | None
    alone: bool
    most: int


@dataclass(frozen=True)
class ReportSeen:
    """A report's page: what the tab is told (`told`), and what stands on it. `goes_to` says who can have its
    log, `sightings` who can have a sighting from it. `decisions` are raised or asked for, but that of
    closing, which stands by itself; `hindrance` says in a sentence why it cannot be closed now, "" where it
    can; `exits` are the protections to which nobody has handed it yet; `answer` is the one that waits for a
    second person. `alone` says that nobody else has a key to whom anything could be sealed.
    """

    ident: str
    short: str
    week: date
    has_key: bool
    areas: list[str]
    goes_to: GoingTo
    sightings: SightingsGoTo
    areas_of_sightings: list[str]
    colleagues: Sequence[Colleague]
    decisions: Sequence[DecisionSeen]
    closing: DecisionSeen | None
    hindrance: str
    exits: Sequence[str]
    answer: AnswerWaiting | None
    alone: bool
    told: dict[str, Any]


@dataclass(frozen=True)
class AnswerPage:
    """The page of an answer that waits for a second person."""

    answer: AnswerWaiting
    has_key: bool
    report_waits: bool
    colleagues: Sequence[Colleague]
    told: dict[str, Any]


@dataclass(frozen=True)
class DraftPage:
    """A draft's page."""

    draft: DraftSeen
    has_key: bool
    report_waits: bool
    colleagues: Sequence[Colleague]
    told: dict[str, Any]


def desk(acting: Acting) -> DeskSeen:
    """What waits at one's own desk; entered. Raises PermissionError, NoDesk."""
    here = own_desk(acting)
    waiting = fetching.waiting(acting)
    kept = drafts.drafts(acting)
    gone_at_once = at_once.released_at_once(acting)
    keys = worker_keys.opening_keys(acting.organisation, acting.person)
    signed = Log.objects.filter(organisation=acting.organisation.ref, state=LogState.SIGNED).count()
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "the desk",
        [
            Records("sealed-report", tuple(one.ident for one in waiting)),
            Records("desk-log", (*(one.ref for one in kept), *(one.ref for one in gone_at_once))),
        ],
        purpose=PURPOSE,
    )
    asked = Decision.objects.filter(organisation=acting.organisation.ref, agreed_by="")
    of_colleagues = asked.exclude(asked_by__in=["", acting.person.ref])
    return DeskSeen(
        here.name,
        waiting,
        set(of_colleagues.filter(matter=Matter.CLOSE).values_list("report", flat=True)),
        set(of_colleagues.exclude(matter=Matter.CLOSE).values_list("report", flat=True)),
        kept,
        list(answer_drafts.answers_that_wait(acting).values()),
        gone_at_once,
        signed,
        fetching.flooded(acting),
        keys[0].until if keys else None,
        not colleagues(acting).exists(),
        REPORTS_A_DAY,
    )


def report(acting: Acting, ident: str) -> ReportSeen:
    """The page of a report that waits; entered, as are the names of the colleagues on it. Raises
    PermissionError, NoDesk, ReportUnknown.
    """
    here = own_desk(acting)
    week = fetching.week_of(acting, ident)
    own = worker_keys.opening_keys(acting.organisation, acting.person)
    beside = _beside(acting, ident)
    left_by = fetching.left_by(ident)
    alone = not worker_keys.recipients(acting.organisation, left_by | {acting.person.ref})
    sightings = sightings_go_to(acting, week)
    raised = {one.matter: one for one in deciding.decisions(acting, ident)}
    records = [
        Records("sealed-report", (ident,)),
        Records("staff", tuple(one.ref for one in beside)),
    ]
    enter_reading(acting.reader, Act.CONSULTATION, "a sealed report", records, purpose=PURPOSE)
    return ReportSeen(
        ident=ident,
        short=ident[:6],
        week=week,
        has_key=bool(own),
        areas=areas_of(here),
        goes_to=going_to(acting, week),
        sightings=sightings,
        areas_of_sightings=areas_of_sightings(here),
        colleagues=beside,
        decisions=[one for matter, one in raised.items() if matter != Matter.CLOSE],
        closing=raised.get(Matter.CLOSE),
        hindrance=_hindrance(ident),
        exits=[one for one in (Matter.CHILD, Matter.ADULT) if one not in raised],
        answer=answer_drafts.answers_that_wait(acting).get(ident),
        alone=alone,
        told={
            **surroundings.around(here),
            **surroundings.choices(acting, here, week),
            "report": ident,
            "week": f"{week}",
            "alone": alone,
            "keys": worker_keys.wrapped_of(own),
            "recipients": worker_keys.recipients(acting.organisation, left_by),
            "templates": _ready(),
            "claims": {one.ident: one.claims for one in answering.templates()},
            # The site cannot read whom the resident named: the page leaves out what does not fit.
            "where_named": {
                one.ident: one.where_named for one in answering.templates() if one.where_named is not None
            },
            "advice": FOLLOW_UPS_BEFORE_ADVICE,
        },
    )


def answer_that_waits(acting: Acting, ref: str) -> AnswerPage:
    """The page of an answer that waits; entered, as are the names of the colleagues on it. Raises
    PermissionError, NoDesk, DraftUnknown.
    """
    here = own_desk(acting)
    seen = answer_drafts.answer_that_waits(acting, ref)
    own = worker_keys.opening_keys(acting.organisation, acting.person)
    waits = [one for one in fetching.waiting(acting) if one.ident == seen.report]
    beside = _beside(acting, seen.report) if waits else []
    records = [*answering.of_the_desk(acting), Records("staff", tuple(one.ref for one in beside))]
    enter_reading(acting.reader, Act.CONSULTATION, "an answer that waits", records, purpose=answering.PURPOSE)
    told = {
        **surroundings.choices(acting, here, waits[0].week if waits else today()),
        "desk": here.ident,
        "today": f"{today()}",
        "report": seen.report,
        "draft": seen.ref,
        "sealed": seen.sealed,
        "keys": worker_keys.wrapped_of(own),
        "templates": _ready(),
        "advice": FOLLOW_UPS_BEFORE_ADVICE,
        "advised": any(one.matter == Matter.ADVICE for one in deciding.decisions(acting, seen.report)),
    }
    return AnswerPage(seen, bool(own), bool(waits), beside, told)


def draft(acting: Acting, ref: str) -> DraftPage:
    """The page of a draft; entered, as are the names of the colleagues on it. Raises PermissionError, NoDesk,
    DraftUnknown.
    """
    here = own_desk(acting)
    seen = drafts.draft(acting, ref)
    own = worker_keys.opening_keys(acting.organisation, acting.person)
    waits = [one for one in fetching.waiting(acting) if one.ident == seen.report]
    beside = _beside(acting, seen.report) if waits else []
    records = [Records("desk-log", (ref,)), Records("staff", tuple(one.ref for one in beside))]
    enter_reading(acting.reader, Act.CONSULTATION, "a draft of a log", records, purpose=drafts.PURPOSE)
    told = {
        **surroundings.around(here),
        **surroundings.choices(acting, here, waits[0].week if waits else today()),
        "report": seen.report,
        "sealed": seen.sealed,
        "channels": dict(CHANNELS),
        "kinds": dict(KINDS),
        "gains": dict(GAINS),
        "grades": {
            "source": dict(SOURCES),
            "information": dict(INFORMATION),
            "handling": dict(HANDLING),
        },
        "keys": worker_keys.wrapped_of(own),
    }
    return DraftPage(seen, bool(own), bool(waits), beside, told)


def _beside(acting: Acting, report: str) -> list[Colleague]:
    """Who could open this report together with `acting`: colleagues with a key who did not leave it."""
    if not acting.may("list", "staff"):
        return []
    with_keys = DeskKey.objects.filter(destroyed_on__isnull=True).values("person")
    return named(fetching.others_for(acting, report).filter(ref__in=with_keys))


def _ready() -> dict[str, str]:
    """The answers that stand ready, by their ids; nothing stands before words that are a worker's alone."""
    return {**{one.ident: one.text for one in answering.templates()}, answering.OWN_ALONE: ""}


def _hindrance(report: str) -> str:
    """Why a report cannot be closed now, on whatever ground."""
    try:
        closing.must_be_closable(report, "unreadable")
    except answering.AnswerRefused as why:
        return sentence(why)
    return ""
