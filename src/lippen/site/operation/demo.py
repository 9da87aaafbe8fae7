"""A workspace in which everybody is made up, to be looked at by signing in as each of them.

`site.toml` marks it as a demo, every page says so, and it is served on this machine alone. Only the people
of `demo_people` can be signed in as, so that marking a real workspace as a demo opens nobody's account.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices, replacements, selectors
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Arrival, Organisation, Person, RoleHeld
from lippen.site.accounts.services import make_organisation, make_person
from lippen.site.accounts.sign_in import sign_in_demo
from lippen.site.desk.own_desk import workers
from lippen.site.insight.holding import hold
from lippen.site.insight.kinds import INCIDENT, LISTING
from lippen.site.operation.demo_people import (
    BROUGHT_IN_BY,
    COLLECTED_BY,
    DESKS,
    HERE_FOR,
    LOST,
    ORGANISATIONS,
    PEOPLE,
    READINGS,
    FictionalPerson,
)
from lippen.site.operation.demo_secrets import write_secrets
from lippen.site.register.models import Act, Entry

WELCOME: Final = "You came in as somebody who does not exist. Here you see in which role you act."


class DesksGone(LippenError):
    """A demo has nobody at a desk."""


def fill() -> None:
    """Put the fictional partners, people and some reading into a demo that has none yet."""
    with transaction.atomic():
        if not Person.objects.exists():
            _add_people()
    if not Entry.objects.filter(act=Act.CONSULTATION).exists():
        _read_a_little()


def set_up_desks(workspace: Path) -> None:
    """Have both desks keys that stand, a signed manifest, and something that waits: see `demo_desks`.

    Raises LippenError where a visitor changed what that needs, or the demo is older than its desks.
    """
    from lippen.site.operation import demo_desks  # with what a site that is no demo does not load

    colleagues = {desk: _workers(name) for desk, name in DESKS.items()}
    if not all(colleagues.values()):
        raise DesksGone(
            "nobody works at one of this demo's desks",
            file=workspace,
            remedy="Name a new folder for a demo that has its desks.",
        )
    kept = demo_desks.open_desks(workspace, colleagues)
    if not demo_desks.anything_waits(workspace):
        from lippen.site.operation import demo_planted  # with all that makes a town

        write_secrets(workspace, demo_planted.plant(workspace, colleagues, kept))


def _workers(organisation: str) -> list[Acting]:
    """The made-up workers of this organisation's desk who are still there."""
    known = [one.email for one in PEOPLE if one.organisation == organisation and one.roles == ("desk",)]
    found = Organisation.objects.filter(name=organisation).first()
    at_work = workers(found).filter(email__in=known).order_by("pk") if found else []
    return [_acting(one.name) for one in at_work]


def _add_people() -> None:
    partners = {name: make_organisation(name, kind, regime) for name, (kind, regime) in ORGANISATIONS.items()}
    made = [
        make_person(
            one.name,
            one.email,
            [(partners[one.organisation], role) for role in one.roles],
            purpose="opening the demo",
        )
        for one in PEOPLE
    ]
    notices.tell(made, "/you/", WELCOME)
    _here_for_a_while()
    asked_by, lost_by = (_acting(name) for name in LOST)
    replacements.ask(asked_by, lost_by.person.ref, password_too=False)
    hold(_acting(BROUGHT_IN_BY), INCIDENT)
    hold(_acting(COLLECTED_BY), LISTING)


def _here_for_a_while() -> None:
    """They have worked here for two months: whoever came today could not agree to anything (`arrivals`)."""
    since = timezone.localdate() - HERE_FOR
    Arrival.objects.update(on=since, met_on=since)
    RoleHeld.objects.update(since=since)


def _acting(name: str) -> Acting:
    person = Person.objects.get(name=name)
    held = person.roles.select_related("organisation").order_by("pk")[0]
    return Acting(person, held, second_factor=True)


def _read_a_little() -> None:
    """What colleagues looked up before the visitor came, so that the register is not empty."""
    for name, search, purpose in READINGS:
        selectors.people(_acting(name), search=search, purpose=purpose)


def find(word: str) -> FictionalPerson | None:
    """The fictional person whose address ends in this word."""
    return next((one for one in PEOPLE if one.word == word), None)


def sign_in(request: HttpRequest, who: FictionalPerson) -> None:
    """Sign this browser in as somebody fictional. Raises Http404 when they have left."""
    sign_in_demo(request, get_object_or_404(Person, email=who.email, is_active=True))
