"""Search over everything that somebody may see: incidents, episodes, kinds and areas of the counts,
colleagues and partners.

What is found is limited by sight before it is looked for, so that no count, order or spelling tells of what
lies out of it. The words are not entered in the register, for they may hold a name; what they found is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any, Final, TypeVar

from lippen import search
from lippen.brief import figures
from lippen.signals.protected import protected_classes_of
from lippen.site.accounts import selectors as people_selectors
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.selectors import OrganisationSeen, PersonSeen
from lippen.site.insight.counts_selectors import offered
from lippen.site.insight.incidents_selectors import shortened
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import larger_area, small_areas
from lippen.site.insight.record_ids import record_id
from lippen.site.insight.sight import Sight, sight_of
from lippen.site.insight.standing import standing
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading
from lippen.telling import NOT_PLACED

PURPOSE: Final = "to find what is known"
A_PAGE: Final = 50
LAST_PAGE: Final = search.COUNTED // A_PAGE
_MOST: Final = 20
Named = TypeVar("Named")


@dataclass(frozen=True)
class EpisodeFound:
    """An episode with the words among its kinds, areas, reasons and first day. `why` says how they were
    found, and `began` when it did, as pages write it.
    """

    episode_id: str
    began: str
    incidents: int
    kinds: str
    areas: str
    why: str


@dataclass(frozen=True)
class CountFound:
    """A kind or larger area of which counts are told: its `name` on pages, and in words why it was found."""

    field: str
    value: str
    name: str
    why: str


@dataclass(frozen=True)
class Found:
    """All that one search found. `incidents` is null where they may not be seen, or no index was made yet;
    `late` tells which. `closed` says why single incidents may not be seen, "" where they may. `protected` is
    whether none was found and a word is one of those that keep an incident out of the search, and `paused`
    whether episodes are out of it just now.
    """

    sight: Sight
    closed: str
    incidents: search.Answer | None
    late: bool
    page: int
    episodes: tuple[EpisodeFound, ...]
    counts: tuple[CountFound, ...]
    people: tuple[PersonSeen, ...]
    organisations: tuple[OrganisationSeen, ...]
    protected: bool
    paused: bool

    @property
    def more(self) -> bool:
        """Whether there is another page of incidents."""
        if self.incidents is None or self.page >= LAST_PAGE:
            return False
        return self.incidents.more or self.incidents.many > self.page * A_PAGE

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was found."""
        hits = self.incidents.hits if self.incidents else ()
        return not (hits or self.episodes or self.counts or self.people or self.organisations)


def found(acting: Acting, asked: str, page: int = 1) -> Found:
    """What `acting` may see and `asked` finds, entered as shown. Raises RegisterUnavailable."""
    asked = asked[: search.LONGEST]
    sight = sight_of(acting, "list")
    incidents, late = _incidents(asked, page) if sight.incidents else (None, False)
    first = page == 1
    episodes = _episodes(asked) if sight.episodes and first and standing().shown else ()
    counts = _counts(asked) if sight.counts and first else ()
    people = _people(acting, asked) if first else ()
    organisations = _organisations(acting, asked) if first else ()
    shown = [
        Records("incident", tuple(record_id(hit.incident_id) for hit in incidents.hits) if incidents else ()),
        Records("episode", tuple(one.episode_id for one in episodes)),
    ]
    enter_reading(acting.reader, Act.CONSULTATION, "incidents and episodes, searched", shown, purpose=PURPOSE)
    return Found(
        sight,
        _why_closed(acting, sight),
        incidents,
        late,
        page,
        episodes,
        counts,
        people,
        organisations,
        protected=incidents is not None and not incidents.hits and bool(protected_classes_of(asked)),
        paused=sight.episodes and not standing().shown,
    )


def _why_closed(acting: Acting, sight: Sight) -> str:
    if sight.counts and not acting.may("list", "incident"):
        return "your role sees counts alone."
    return sight.why_closed


def _incidents(asked: str, page: int) -> tuple[search.Answer | None, bool]:
    held = lake()
    index = held.directory / held.state().manifest.search_index
    try:
        called = small_areas()
        answer = search.search(index, _by_code(asked, called), (page - 1) * A_PAGE, A_PAGE)
        named = tuple(
            replace(hit, area=hit.area and called.get(hit.area, hit.area), text=shortened(hit.text))
            for hit in answer.hits
        )
        return replace(answer, hits=named), False
    except FileNotFoundError:
        return None, any(one.kind == "incident" for one in held.imports())


def _by_code(asked: str, called: Mapping[str, str]) -> str:
    """The words with each small area that pages call by a name of ours as the log itself calls it."""
    low = asked.casefold()
    if "small area" not in low:
        return asked
    code = next((code for code, name in called.items() if code != name and name.casefold() in low), None)
    if code is None:
        return asked
    at = low.index(called[code].casefold())
    return f'{asked[:at]} "{code}" {asked[at + len(called[code]) :]}'


def _episodes(asked: str) -> tuple[EpisodeFound, ...]:
    if not asked.strip():
        return ()
    named = _episodes_named(lake().state().stamp)
    return tuple(replace(one, why=why) for one, why in _closest(named, asked))


@lru_cache(maxsize=2)
def _episodes_named(_stamp: tuple[int, int]) -> tuple[tuple[str, EpisodeFound], ...]:
    """Each episode with all that it is found by: its kinds, areas by code and name, reasons and first day."""
    told, called = lake().result("episodes"), small_areas()
    rows: list[dict[str, Any]] = [] if told is None else told.to_pylist()
    named = []
    for row in rows:
        areas = [(one, called.get(one, one)) for one in row["areas"] or ()]
        began = figures.moments(row["first_local"], None)
        words = [row["episode_id"], *(row["kinds"] or ()), *chain(*areas), *(row["reasons"] or ()), began]
        kinds, where = ", ".join(row["kinds"] or ()), ", ".join(name for _, name in areas)
        one = EpisodeFound(row["episode_id"], began, row["incidents"], kinds, where, why="")
        named.append((" ".join(words), one))
    return tuple(named)


def _counts(asked: str) -> tuple[CountFound, ...]:
    if not asked.strip():
        return ()
    told = offered()
    named = [
        *((kind, ("kind", kind, kind)) for kind in told.kinds),
        *((larger_area(one), ("larger", one, larger_area(one))) for one in told.larger if one != NOT_PLACED),
    ]
    return tuple(CountFound(*one, why) for one, why in _closest(named, asked))


def _closest(named: Iterable[tuple[str, Named]], asked: str) -> list[tuple[Named, str]]:
    """Of what has these names, what `asked` finds and why, the closest spellings first."""
    all_named = tuple(named)
    alike = search.likenesses((name for name, _ in all_named), asked)
    found = [(likenesses, one) for likenesses, (_, one) in zip(alike, all_named, strict=True) if likenesses]
    found.sort(key=lambda pair: sum(like.slips for like in pair[0]))
    return [(one, why_found(likenesses)) for likenesses, one in found[:_MOST]]


def why_found(likenesses: Iterable[search.Likeness]) -> str:
    """Why something was found, in words: for each word asked for."""
    return "; ".join(dict.fromkeys(map(_why, likenesses)))


def _why(like: search.Likeness) -> str:
    if like.slips:
        return f"“{like.word}” is spelt nearly like “{like.asked}”"
    return f"“{like.word}” begins with “{like.asked}”" if like.begins else f"it holds “{like.asked}”"


def _people(acting: Acting, asked: str) -> tuple[PersonSeen, ...]:
    if not asked.strip() or not acting.may("list", "staff"):
        return ()
    return tuple(people_selectors.people(acting, search=asked, purpose=PURPOSE).object_list[:_MOST])


def _organisations(acting: Acting, asked: str) -> tuple[OrganisationSeen, ...]:
    if not asked.strip() or not acting.may("list", "organisation"):
        return ()
    named = ((one.name, one) for one in people_selectors.organisations(acting))
    return tuple(one for one, _ in _closest(named, asked))
