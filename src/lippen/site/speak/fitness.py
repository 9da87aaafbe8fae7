"""What a payload may say, whoever wrote it: the same for what is to be signed, is signed, and is published.

A payload is carried, so it can hold what `partnership.toml` and `areas.csv` cannot. The page would show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Final

from lippen.site.speak.alike import first_alike
from lippen.site.speak.areas import MOST_LARGER, MOST_RESIDENTS, MOST_SMALL, is_area
from lippen.site.speak.partnership import ID, LONGEST, MOST, REACHED, is_way_out
from lippen.site.speak.seen import is_line

if TYPE_CHECKING:
    from lippen.site.speak.manifest import Payload, SignedDesk

_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9]+)+", re.ASCII)


def unfit(payload: Payload) -> str | None:
    """The first thing in a payload that no partnership may say of itself; None where there is none."""
    return next(_faults(payload), None)


def _faults(payload: Payload) -> Iterator[str]:
    for what, ids in (
        ("desks", [one.id for one in payload.desks]),
        ("partners", [one.id for one in payload.partners]),
    ):
        if len(set(ids)) != len(ids) or not all(map(ID.fullmatch, ids)):
            yield f"its {what} have not each an id of their own"
        if len(ids) > MOST[what]:
            yield f"it has {len(ids)} {what}, and a page shows at most {MOST[what]}"
    if not payload.desks:
        yield "there is no desk in it"
    if not all(map(_FILE.fullmatch, payload.files)) or not is_way_out(payload.leave):
        yield "it names a file, or a way out, that is none"
    if not is_line(payload.name, LONGEST):
        yield _no_line("the name of the partnership")
    for partner in payload.partners:
        if not is_line(partner.name, LONGEST):
            yield _no_line(f"the name of the partner {partner.id}")
    for desk in payload.desks:
        yield from _faults_of_desk(desk)
    for one, other in combinations(payload.desks, 2):
        if set(one.signatures) & set(other.signatures):
            yield f"one key signs the answers of {one.id} and of {other.id}: each worker makes their own"
    yield from _faults_of_areas(payload)
    for names in (payload.desks, payload.partners, payload.areas):
        if (alike := first_alike(one.name for one in names)) is not None:
            yield f"nobody tells {names[alike[0]].name!r} and {names[alike[1]].name!r} apart"


def _faults_of_desk(desk: SignedDesk) -> Iterator[str]:
    ways = [getattr(desk, one) for one in REACHED]
    for text in (desk.name, desk.serves, *filter(None, ways)):
        if not is_line(text, LONGEST):
            yield _no_line(f"what it says of the desk {desk.id}")
    if not any(ways):
        yield f"{desk.id} cannot be reached when the page cannot be trusted"
    if not desk.signatures:
        yield f"nobody can sign an answer of {desk.id}"


def _faults_of_areas(payload: Payload) -> Iterator[str]:
    counts = [residents for area in payload.areas for residents in area.small_areas]
    if not payload.areas or not all(area.small_areas for area in payload.areas):
        yield "it has no areas, or one without a small area"
    if len(payload.areas) > MOST_LARGER or len(counts) > MOST_SMALL:
        yield f"it has more than {MOST_LARGER} larger or {MOST_SMALL:,} small areas"
    if not all(is_area(area.name) for area in payload.areas):
        yield "an area has a name with '/', or one that is no line of signs that can be seen"
    if not all(1 <= residents <= MOST_RESIDENTS for residents in counts):
        yield f"a small area has not between 1 and {MOST_RESIDENTS:,} residents"


def _no_line(what: str) -> str:
    return f"{what} is not one line of 1 to {LONGEST} signs that can be seen"
