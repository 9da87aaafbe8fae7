"""The reader of episodes: it filters by how far somebody sees, and enters each reading before it answers.

Two rules are kept here. Nobody is shown what others said of a group before they have said it themselves. And
a group from the queue is shown without whether it was flagged, until it is decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, cast

import pyarrow as pa
import pyarrow.compute as pc
from django.core.paginator import Page, Paginator
from markupsafe import Markup

from lippen.brief import cards, words
from lippen.brief.plain_text import isolated
from lippen.results import ABOUT_ONE_SPOT, AREAS
from lippen.site.accounts.acting import Acting
from lippen.site.insight import episode_tables
from lippen.site.insight.decisions_seen import DecisionSeen, agreeing, named, said, title
from lippen.site.insight.episode_incidents import MOST, IncidentLink, incidents_of
from lippen.site.insight.episode_tables import Tables
from lippen.site.insight.episodes import JUDGING, may_decide
from lippen.site.insight.judged import newest
from lippen.site.insight.lake import lake
from lippen.site.insight.models import Decision, Verdict
from lippen.site.insight.place_names import larger_area
from lippen.site.insight.record_ids import record_id
from lippen.site.insight.sight import sight_of
from lippen.site.insight.standing import must_be_shown, why_not_seen
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

A_PAGE: Final = 25
PLANNING: Final = "to see where incidents look bogus, and how often that is wrong"
OPEN, DECIDED, ALL = "open", "decided", "all"
NEWEST, STRONGEST = "newest", "strongest"

_LOW_STRIP: Final = 2
_COLUMNS: Final = (
    ("Why they may belong together", "reasons"),
    ("Why it may be innocent", "innocent"),
    ("How to check", "checks"),
)


@dataclass(frozen=True)
class Narrowed:
    """What narrows the list: OPEN, DECIDED or ALL, NEWEST or STRONGEST first, the days on which it began."""

    state: str = ALL
    order: str = STRONGEST
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class LineSeen:
    """An episode in the list: the line of a briefing, whether it stands out, and what one said oneself."""

    id: str
    line: cards.Line
    strength: str
    own: str


@dataclass(frozen=True)
class EpisodeSeen:
    """One group of incidents with its card. `blind` hides whether it was flagged, and how strong it is.

    `asked` says whether the asker is asked what they think, `own` what they said last ("" for nothing),
    `said` what everybody said, the newest first: empty until one has said something oneself.
    """

    id: str
    card: cards.Card
    legend: list[tuple[str, str]]
    incidents: tuple[IncidentLink, ...]
    more_incidents: bool
    flagged: bool
    blind: bool
    asked: bool
    own: str
    said: tuple[DecisionSeen, ...]
    agreeing: str


@dataclass(frozen=True)
class NoteSeen:
    """An episode as a note for a meeting has it: no person, no incident's number, and larger areas only.

    `tall` says that the strip has many rows, and `columns` holds the sentences under their headings.
    """

    id: str
    card: cards.Card
    legend: list[tuple[str, str]]
    tall: bool
    larger_areas: list[Markup]
    columns: list[tuple[str, list[Markup]]]


@dataclass(frozen=True)
class GoneSeen:
    """An episode that is found no longer, with what was said of it."""

    id: str
    sample: bool
    said: tuple[DecisionSeen, ...]


def episodes(acting: Acting, narrowed: Narrowed, number: int | str = 1) -> Page[LineSeen]:
    """A page of the episodes that were flagged. Raises PermissionError, and NothingShown."""
    _must_see(acting)
    tables = episode_tables.flagged()
    table = tables["episodes"]
    own = _own(acting)
    ids = episode_tables.ids_of(tables)
    days = [str(one or "")[:10] for one in table["first_local"].to_pylist()]
    places = [
        place
        for place, (episode, day) in enumerate(zip(ids, days, strict=True))
        if _within(day, narrowed) and _in_state(own.get(episode, ""), narrowed.state)
    ]
    if narrowed.order == NEWEST:
        first = table["first_at"].to_pylist()
        places.sort(key=lambda place: (first[place] is not None, first[place]), reverse=True)
    page = Paginator(places, A_PAGE).get_page(number)
    q_values = table["q_value"].to_pylist()
    shown = tuple(page.object_list)
    lines = [
        LineSeen(ids[place], line, words.strength(q_values[place]), title(own.get(ids[place], "")))
        for place, line in zip(shown, _lines(lake().state().stamp, shown), strict=True)
    ]
    _enter(acting, [ids[place] for place in shown], [], [], PLANNING)
    return Page(lines, page.number, cast("Paginator[LineSeen]", page.paginator))


@lru_cache(maxsize=32)
def _lines(_stamp: tuple[int, int], places: tuple[int, ...]) -> Sequence[cards.Line]:
    """What the list says of these episodes, for as long as the state of the lake lasts."""
    return cards.lines_of(episode_tables.called(flagged=True)["episodes"], places)


def episode(acting: Acting, episode_id: str) -> EpisodeSeen | None:
    """One group of incidents, flagged or not; None when there is none of this id.

    Raises PermissionError, and NothingShown.
    """
    _must_see(acting)
    seen = _found(acting, episode_id)
    _enter_seen(acting, seen, PLANNING)
    return seen


def next_asked(acting: Acting, after: str = "") -> EpisodeSeen | None:
    """The next group that `acting` is asked about, shown blind; None when they have said of all what they
    think.

    They come in the order of their ids, which are digests: it is the same for everybody and tells nothing.
    The first beyond `after` comes, or else the first of all. Raises PermissionError, and NothingShown.
    """
    _must_see(acting)
    waiting = asked(acting)
    chosen = next((one for one in waiting if one > after), waiting[0] if waiting else None)
    seen = _found(acting, chosen, blind=True) if chosen else None
    _enter_seen(acting, seen, JUDGING)
    return seen


def next_named(acting: Acting, episode_id: str) -> EpisodeSeen | None:
    """The group of this id, shown blind, where `acting` is asked about it; None where not.

    Raises PermissionError, and NothingShown.
    """
    _must_see(acting)
    seen = _found(acting, episode_id, blind=True) if episode_id in asked(acting) else None
    _enter_seen(acting, seen, JUDGING)
    return seen


def some_drawn() -> bool:
    """Whether any group of those that people are asked about was drawn, and not flagged."""
    return bool(episode_tables.ids_of(episode_tables.unflagged()))


def asked(acting: Acting) -> list[str]:
    """The ids of all groups that `acting` is asked about, sorted. It shows none, so nothing is entered."""
    ids = episode_tables.all_ids()
    latest = newest(Decision.objects.filter(episode_id__in=ids))
    reopened: dict[str, int] = {}
    for (episode, _), one in latest.items():
        if one.verdict == Verdict.REOPENED:
            reopened[episode] = max(one.pk, reopened.get(episode, 0))
    waiting = []
    for episode in ids:
        own = latest.get((episode, acting.person.ref))
        if own is None or own.pk <= reopened.get(episode, 0):
            waiting.append(episode)
    return sorted(waiting)


def reopened_by_others(acting: Acting, waiting: Sequence[str]) -> list[str]:
    """Of the groups that `acting` is `asked` about, those that they decided and somebody else reopened."""
    own = {one for one, verdict in _own(acting).items() if verdict != Verdict.REOPENED}
    return [one for one in waiting if one in own]


def own_episode(acting: Acting, episode_id: str) -> str:
    """What `acting` said last of an episode, found or found no longer; "" when they said nothing."""
    _must_see(acting)
    return _own(acting).get(episode_id, "")


def gone(acting: Acting) -> list[GoneSeen]:
    """Groups of which `acting` has said something and that are found no longer, the newest word first.

    Raises PermissionError, and NothingShown.
    """
    _must_see(acting)
    here = episode_tables.all_ids()
    mine = Decision.objects.filter(by=acting.person.ref).exclude(episode_id__in=here)
    ids = list(dict.fromkeys(mine.order_by("-pk").values_list("episode_id", flat=True)))[:A_PAGE]
    of: dict[str, list[Decision]] = {one: [] for one in ids}
    for one in Decision.objects.filter(episode_id__in=ids).order_by("-pk"):
        of[one.episode_id].append(one)
    seen = [GoneSeen(one, any(each.sample for each in of[one]), said(acting, of[one])) for one in ids]
    _enter(acting, ids, [], named(acting, [each for one in ids for each in of[one]]), PLANNING)
    return seen


def note(acting: Acting, episode_id: str) -> NoteSeen | None:
    """A flagged episode, to be printed for a meeting; None when there is none of this id.

    Raises PermissionError, and NothingShown.
    """
    _must_see(acting)
    tables = episode_tables.flagged()
    card = cards.card_of(episode_tables.called(flagged=True), episode_id)
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "an episode, as a note to print",
        [Records("episode", (episode_id,) if card else ())],
        purpose="to talk it over in a meeting",
    )
    if card is None:
        return None
    table = tables["episodes"]
    (row,) = table.filter(pc.equal(table["episode_id"], episode_id)).to_pylist()
    tall = len(row["kinds"] or []) > _LOW_STRIP
    return NoteSeen(
        id=episode_id,
        card=card,
        legend=_legend(tables, episode_id),
        tall=tall,
        larger_areas=_larger_areas(row["areas"] or []),
        columns=[(title, _short(_for_paper(row[name] or []), 3 if tall else 4)) for title, name in _COLUMNS],
    )


def _for_paper(sentences: Sequence[str]) -> list[str]:
    return [one for one in sentences if not one.startswith(ABOUT_ONE_SPOT)]


def _legend(tables: Tables, episode_id: str) -> list[tuple[str, str]]:
    strip = tables["episode_strip"]
    return cards.legend_of(strip.filter(pc.equal(strip["episode_id"], episode_id)).to_pylist())


def _larger_areas(small: list[str]) -> list[Markup]:
    """The larger areas in which these small ones lie, by name; none where the export has none."""
    areas = lake().result(AREAS)
    if areas is None:
        return []
    within = areas.filter(pc.is_in(areas["area"], pa.array(small, pa.string())))
    named = {larger_area(name) for name in within["larger_area"].to_pylist() if name}
    return [isolated(one, 40) for one in sorted(named)]


def _short(sentences: list[str], most: int) -> list[Markup]:
    """As much as a sheet has room for. No sentence that the library says is as long as this."""
    return [isolated(one, 170) for one in sentences[:most]]


def _must_see(acting: Acting) -> None:
    if why := why_not_seen(acting):
        raise PermissionError(why)
    must_be_shown()


def _own(acting: Acting) -> dict[str, str]:
    """What one said last of each group, by its id."""
    mine = Decision.objects.filter(by=acting.person.ref).order_by("pk")
    return dict(mine.values_list("episode_id", "verdict"))


def _within(day: str, narrowed: Narrowed) -> bool:
    after = narrowed.since is None or day >= narrowed.since.isoformat()
    return after and (narrowed.until is None or "" < day <= narrowed.until.isoformat())


def _in_state(own: str, state: str) -> bool:
    return state == ALL or (own in ("", Verdict.REOPENED)) == (state == OPEN)


def _found(acting: Acting, episode_id: str, *, blind: bool = False) -> EpisodeSeen | None:
    tables, flagged = episode_tables.flagged(), True
    card = cards.card_of(episode_tables.called(flagged=True), episode_id)
    if card is None:
        tables, flagged = episode_tables.unflagged(), False
        card = cards.card_of(episode_tables.called(flagged=False), episode_id)
    if card is None:
        return None
    incidents = incidents_of(tables, episode_id) if sight_of(acting).incidents else []
    decisions = list(Decision.objects.filter(episode_id=episode_id).order_by("-pk"))
    own = next((one.verdict for one in decisions if one.by == acting.person.ref), "")
    return EpisodeSeen(
        id=episode_id,
        card=card,
        legend=_legend(tables, episode_id),
        incidents=tuple(incidents[:MOST]),
        more_incidents=len(incidents) > MOST,
        flagged=flagged,
        blind=not own and (blind or not flagged),
        asked=bool(sight_of(acting, "write").episodes) and may_decide(episode_id, acting.person.ref),
        own=title(own),
        said=said(acting, decisions) if own else (),
        agreeing=agreeing(decisions) if own else "",
    )


def _enter_seen(acting: Acting, seen: EpisodeSeen | None, purpose: str) -> None:
    if seen is None:
        _enter(acting, [], [], [], purpose)
        return
    people = named(acting, Decision.objects.filter(episode_id=seen.id)) if seen.said else []
    _enter(acting, [seen.id], [one.id for one in seen.incidents], people, purpose)


def _enter(
    acting: Acting, episodes: list[str], incidents: list[str], people: list[str], purpose: str
) -> None:
    records = [
        Records("episode", tuple(episodes)),
        Records("incident", tuple(record_id(one) for one in incidents)),
        Records("staff", tuple(people)),
    ]
    enter_reading(acting.reader, Act.CONSULTATION, "episodes", records, purpose=purpose)
