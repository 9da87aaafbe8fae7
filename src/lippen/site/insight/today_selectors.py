"""The reader of Today: what needs this person now.

It counts and shows no record; each line leads to a page that enters what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lippen.brief import figures
from lippen.site.accounts.acting import Acting
from lippen.site.form.navigation import opens
from lippen.site.insight import episodes_selectors, method_selectors
from lippen.site.insight.holding import brought_in_by
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.insight.needed import Needed, of_rooms
from lippen.site.insight.sight import sight_of
from lippen.site.insight.standing import PAUSED, SUSPENDED, standing, way_back

STAYS: Final = "It stays here until that file is brought in, or somebody cancels the import."
"""Said of an import that was not made."""


@dataclass(frozen=True)
class TodaySeen:
    """What needs somebody now, and, where their role sees no incidents, what comes to them instead."""

    needed: tuple[Needed, ...]
    comes: tuple[str, ...]


def today(acting: Acting) -> TodaySeen:
    """What needs `acting` now, in the role they act in, the most urgent first."""
    if acting.held is None:
        return TodaySeen((), (acting.without,))
    needed = [*_assessment(acting), *_episodes(acting), *of_rooms(acting), *_imports(acting)]
    open_to_them = tuple(one for one in needed if opens(one.path, acting))
    return TodaySeen(open_to_them, _comes(acting))


def _assessment(acting: Acting) -> list[Needed]:
    """A pause that waits for a second person, a pause, or a model that no longer holds."""
    if not acting.may("read", "episode"):
        return []
    now = standing()
    if method_selectors.waits_for_agreement(acting):
        return [
            Needed(
                "The pause waits for a second person",
                "A colleague asks to lift it. Read why it was paused, and agree or leave it.",
                "/method/pause/",
            )
        ]
    if now.state == PAUSED:
        path = "/method/pause/" if acting.may("write", "episode") else "/method/"
        return [Needed(now.title, "No episode is shown. It takes two people to lift the pause.", path)]
    if now.state == SUSPENDED and sight_of(acting).episodes:
        back = way_back(acting)
        return [Needed(now.title, f"{now.says} {back.says if back else ''}".strip(), "/method/")]
    return []


def _episodes(acting: Acting) -> list[Needed]:
    if not sight_of(acting, "write").episodes or not standing().shown:
        return []
    every = episodes_selectors.asked(acting)
    reopened = episodes_selectors.reopened_by_others(acting, every)
    waiting = [one for one in every if one not in reopened]
    needed = [
        Needed(
            "An episode that you judged was reopened",
            "A colleague took back what they had said, and gave a reason. Look at it again.",
            f"/episodes/{one}/",
        )
        for one in reopened
    ]
    if waiting:
        needed.append(
            Needed(
                f"{figures.plural(len(waiting), 'group')} of incidents to judge",
                "Some were flagged as episodes and some drawn at random. You are told when you have judged."
                if episodes_selectors.some_drawn()
                else "Each was flagged as an episode: there was no other group to draw.",
                "/episodes/next/",
            )
        )
    return needed


def _imports(acting: Acting) -> list[Needed]:
    """Imports of one's own organisation that wait for somebody.

    One that was refused waits until it is brought in after all, as it was given or as the same file once
    more, or until somebody cancels it: another file that came in says nothing of this one.
    """
    kinds = brought_in_by(acting)
    if not kinds:
        return []
    own = ImportJob.objects.filter(organisation=acting.organisation.ref, kind__in=kinds)
    needed = [
        Needed("An import waits for its columns to be checked", _file(one), f"/imports/{one.ref}/columns/")
        for one in own.filter(state=ImportState.GIVEN).order_by("made_at", "pk")
    ]
    came_in = own.filter(state=ImportState.DONE).values("digest")
    refused = own.filter(state=ImportState.REFUSED).exclude(digest__in=came_in)
    needed += [
        Needed("An import was not made", f"{_file(one)} {STAYS}", f"/imports/{one.ref}/")
        for one in refused.order_by("made_at", "pk")
    ]
    return needed


def _file(one: ImportJob) -> str:
    return (
        f"The file is called {one.name}." if len(one.name) <= 80 else f"The file is called {one.name[:80]}…"
    )


def _comes(acting: Acting) -> tuple[str, ...]:
    """What comes to somebody whose role sees no single incident."""
    seen = sight_of(acting)
    if seen.incidents or seen.episodes:
        return ()
    if seen.counts:
        return (
            "You see counts over larger areas and quarters. Those so small that they could point at somebody"
            " are left out.",
            "What is shared with you under an agreement is told to you as a notice, on your first page.",
        )
    return ("Your role sees no incidents, episodes or counts. What waits for you stands on your first page.",)
