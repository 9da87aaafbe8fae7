"""Sightings of desks as they leave: they wait among those that workers told, for whoever takes sightings.

Of one that is handed on nothing stays at the desk. It is a row among others then, of a week and a larger
area, without the desk that it came from and without anybody's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from lippen.site.desk.models import Log
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import SYSTEM, Records, enter_change
from lippen.site.sightings.models import SeenBy
from lippen.site.sightings.services import let_wait, takes_them
from lippen.site.sightings.told import Told

PURPOSE: Final = "to count what residents saw offered for sale without showing who saw it"
RELEASED: Final = "sightings of desks released"
LET_GO: Final = "sightings of desks let go"


def hand_on(rows: Sequence[Log]) -> None:
    """Hand these sightings on, in their order, and delete their rows here. Call it in the transaction that
    releases them.

    One goes to the organisation that its two workers were shown. Where another takes sightings by now, or
    nobody, it goes to no one: it is deleted, and that is entered. So is one that newer rules for sightings no
    longer take: it must not keep back the rest of its batch.
    """
    taker = takes_them()
    here = taker.ref if taker else ""
    waiting: list[str] = []
    gone: list[str] = []
    for one in rows:
        ref = _waits(one, here) if one.goes_to.filter(organisation=here).exists() else ""
        if ref:
            waiting.append(ref)
        else:
            gone.append(one.ref)
    Log.objects.filter(pk__in=[one.pk for one in rows]).delete()
    if waiting:
        enter_change(SYSTEM, Act.DISCLOSURE, RELEASED, [Records("sighting", tuple(waiting))], purpose=PURPOSE)
    if gone:
        enter_change(SYSTEM, Act.ERASURE, LET_GO, [Records("desk-log", tuple(gone))], purpose=PURPOSE)


def went_since(moment: datetime) -> bool:
    """Whether sightings were handed on since then. No row here says so, so the register is asked."""
    return Entry.objects.filter(what=RELEASED, at__gt=moment).exists()


def _waits(one: Log, here: str) -> str:
    """The reference under which it waits for this organisation; "" where it cannot."""
    try:
        return let_wait(_told(one), seen_by=SeenBy.RESIDENT, goes_to=here)
    except ValueError:
        return ""


def _told(one: Log) -> Told:
    content = one.content
    assert isinstance(content, dict)  # noqa: S101 - what was signed off has its words
    return Told(
        product=content["product"],
        channel=content["channel"],
        larger_area=content["area"],
        week=date.fromisoformat(content["week"]),
        words=content["words"],
        price_gbp=Decimal(content["price"]) if content["price"] else None,
        quantity=content["quantity"],
    )
