"""To whom a desk's sightings go: whoever takes sightings here, if the residents' page names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.desk.log_content import LogRefused
from lippen.site.desk.own_desk import OwnDesk, own_desk, shown_to_residents, speak_folder, today, was_named
from lippen.site.desk.sighting_content import SightingContent, read_sighting, sighting_in
from lippen.site.sightings.limits import AREA
from lippen.site.sightings.selectors import everywhere
from lippen.site.sightings.services import takes_them


@dataclass(frozen=True)
class SightingsGoTo:
    """Who can have a sighting from a report; `why` says in a sentence why nobody can, "" where somebody
    does.
    """

    organisation: Organisation | None
    why: str


def sightings_go_to(acting: Acting, week: date) -> SightingsGoTo:
    """Who can have a sighting from a report of one's own desk that came in the week of this Monday.

    As with logs, nobody whom the residents' page does not name, or did not when the report came
    (`own_desk.going_to`). Nor the desk's own organisation: no resident can refuse it.
    """
    if shown_to_residents(speak_folder()) is None:
        return SightingsGoTo(None, "Nothing is published here that says whom our page names to residents.")
    holder = takes_them()
    if holder is None:
        return SightingsGoTo(None, "Nobody here takes sightings yet.")
    if holder.pk == acting.organisation.pk:
        why = "Your own organisation takes the sightings here, and no resident can keep one from it."
        return SightingsGoTo(None, why)
    if not was_named(holder, week):
        why = (
            f"{holder.name} takes the sightings here. Our page does not name them to residents, or did not"
            " when this was told."
        )
        return SightingsGoTo(None, why)
    return SightingsGoTo(holder, "")


def areas_of_sightings(desk: OwnDesk) -> list[str]:
    """The larger areas that a sighting can be of, and at last the whole of them, as sightings call it. A name
    that is longer than theirs can be is none.
    """
    return [*(one.name for one in desk.partnership.areas if len(one.name) <= AREA), everywhere()]


def read_own_sighting(acting: Acting, week: date, content: str) -> SightingContent | None:
    """A sighting of one's own desk from a report of this week, from the JSON that its browser wrote; None
    where that is no sighting.

    Raises NoDesk, and LogRefused, also where nobody can have one.
    """
    told = sighting_in(content)
    if told is None:
        return None
    to = sightings_go_to(acting, week)
    if to.organisation is None:
        raise LogRefused(
            to.why[:1].lower() + to.why[1:-1], remedy="Throw the draft away. A log may still go on."
        )
    return read_sighting(told, areas_of_sightings(own_desk(acting)), to.organisation.ref, today())
