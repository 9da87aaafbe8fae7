"""Search over everything that somebody may see: incidents, episodes, kinds and areas of the counts,
colleagues and partners.

What is found is limited by sight before it is looked for, so that no count, order or spelling tells of what
lies out of it. The words are not entered in the register, for they may hold a name; what they found is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from lippen import searching
from lippen.site.accounts import selectors as people_selectors
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.folding import holds
from lippen.site.accounts.selectors import OrganisationSeen, PersonSeen
from lippen.site.insight.counts_selectors import offered
from lippen.site.insight.lake import lake
from lippen.site.insight.record_ids import record_id
from lippen.site.insight.sight import Sight, sight_of
from lippen.site.insight.standing import standing
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading
from lippen.telling import NOT_PLACED

PURPOSE: Final = "to find what is known"
A_PAGE: Final = 50
LAST_PAGE: Final = searching.COUNTED // A_PAGE
_MOST: Final = 20


@dataclass(frozen=True)
class EpisodeFound:
    """An episode with one of the words among its kinds, areas and reasons."""

    episode_id: str
    first_local: str
    incidents: int
    kinds: str
    areas: str


@dataclass(frozen=True)
class CountFound:
    """A kind or larger area of which counts are told."""

    field: str
    value: str


@dataclass(frozen=True)
class Found:
    """All that one search found. `incidents` is null where they may not be seen, or no index was made yet;
    `late` tells which.
    """

    sight: Sight
    incidents: searching.Answer | None
    late: bool
    page: int
    episodes: tuple[EpisodeFound, ...]
    counts: tuple[CountFound, ...]
    people: tuple[PersonSeen, ...]
    organisations: tuple[OrganisationSeen, ...]

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
    asked = asked[: searching.LONGEST]
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
    return Found(sight, incidents, late, page, episodes, counts, people, organisations)


def _incidents(asked: str, page: int) -> tuple[searching.Answer | None, bool]:
    held = lake()
    index = searching.index_file(held.directory, held.state().manifest)
    try:
        return searching.search(index, asked, (page - 1) * A_PAGE, A_PAGE), False
    except FileNotFoundError:
        return None, any(one.kind == "incident" for one in held.imports())


def _episodes(asked: str) -> tuple[EpisodeFound, ...]:
    told = lake().result("episodes")
    if told is None or not asked.strip():
        return ()
    rows = [row for row in told.to_pylist() if holds(_text_of(row), asked)]
    return tuple(
        EpisodeFound(
            row["episode_id"],
            row["first_local"],
            row["incidents"],
            ", ".join(row["kinds"] or ()),
            ", ".join(row["areas"] or ()),
        )
        for row in rows[:_MOST]
    )


def _text_of(row: dict[str, Any]) -> str:
    return " ".join(
        [row["episode_id"], *(row["kinds"] or ()), *(row["areas"] or ()), *(row["reasons"] or ())]
    )


def _counts(asked: str) -> tuple[CountFound, ...]:
    if not asked.strip():
        return ()
    told = offered()
    found = [
        CountFound(field, value)
        for field, values in (("kind", told.kinds), ("larger_area", told.larger))
        for value in values
        if value != NOT_PLACED and holds(value, asked)
    ]
    return tuple(found[:_MOST])


def _people(acting: Acting, asked: str) -> tuple[PersonSeen, ...]:
    if not asked.strip() or not acting.may("list", "staff"):
        return ()
    return tuple(people_selectors.people(acting, search=asked, purpose=PURPOSE).object_list[:_MOST])


def _organisations(acting: Acting, asked: str) -> tuple[OrganisationSeen, ...]:
    if not asked.strip() or not acting.may("list", "organisation"):
        return ()
    return tuple(one for one in people_selectors.organisations(acting) if holds(one.name, asked))[:_MOST]
