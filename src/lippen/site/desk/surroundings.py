"""What a log or a sighting would go out among, and to whom it can go, as the pages of a desk are told it."""

from __future__ import annotations

from datetime import date
from typing import Any

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.desk import releasing
from lippen.site.desk.log_content import latest
from lippen.site.desk.own_desk import OwnDesk, may_have_logs, shown_to_residents, speak_folder, today
from lippen.site.desk.sightings_going import sightings_go_to


def choices(acting: Acting, here: OwnDesk, week: date) -> dict[str, Any]:
    """To whom what is made of a report of this week could go: who could have logs, and who a sighting (null
    where nobody can); whom a resident can have named; and the last day that she can have asked for.
    """
    shown = shown_to_residents(speak_folder())
    named = here.partnership.partners if shown is None else shown
    others = [one for one in may_have_logs() if one.pk != acting.organisation.pk]
    holder = sightings_go_to(acting, week).organisation
    return {
        "partners": [_as_told(one) for one in others],
        "holder": _as_told(holder) if holder else None,
        "named": [{"id": one.id, "name": one.name} for one in named],
        "latest": f"{latest(week)}",
    }


def _as_told(one: Organisation) -> dict[str, str]:
    return {"ref": one.ref, "name": one.name, "kind": one.kind}


def around(here: OwnDesk) -> dict[str, Any]:
    """What a log would go out among."""
    near = releasing.nearby()
    return {
        "desk": here.ident,
        "today": f"{today()}",
        "together": releasing.waiting_together(),
        "areas": {one.name: list(one.small_areas) for one in here.partnership.areas},
        "nearby": {area: {"hours": one.hours, "days": one.days} for area, one in near.items()},
    }
