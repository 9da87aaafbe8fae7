"""Sessions: how one begins, how long it lasts, and how all of a person's end at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.models import Person, Session, new_reference
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.sessions import BEGAN, SEEN, digest_of
from lippen.site.accounts.sign_in_settings import IDLE_ENDS_AFTER, SESSION_ENDS_AFTER
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change


@dataclass(frozen=True)
class OpenSession:
    """A browser in which one is signed in: since when, when it was last used, and whether it is this one."""

    began: datetime
    used: datetime
    here: bool


def begin(request: HttpRequest, person: Person) -> None:
    """Sign `person` in: a new session key, so that nobody who planted the old one shares it."""
    from allauth.account.adapter import get_adapter

    get_adapter(request).login(request, person)


def begin_with_password(request: HttpRequest, person: Person) -> None:
    """The same for somebody who has just chosen or given a password on the page of a one-time link."""
    from allauth.account.internal.flows.login import record_authentication

    request.session.flush()
    record_authentication(request, person, "password", reauthenticated=True)
    begin(request, person)


def sign_in_demo(request: HttpRequest, person: Person) -> None:
    """Sign in as a fictional person with one click, as if with a second factor.

    Raises PermissionError in any workspace but one that `lippen demo` made.
    """
    from allauth.account.internal.flows.login import record_authentication

    if not settings.CONFIGURATION.demo:
        raise PermissionError("only a demo signs in without a password")
    request.session.flush()
    record_authentication(request, person, "mfa", type="demo")
    begin(request, person)


def keep_time(request: HttpRequest) -> None:
    """End the session when it is too old, or has stood unused too long for somebody who reads about people.

    When it was last used is written once a minute and not at each page.
    """
    session = request.session
    if SESSION_KEY not in session:
        return
    now = time.time()
    began = session.setdefault(BEGAN, now)
    seen = session.setdefault(SEEN, now)
    if now - began >= SESSION_ENDS_AFTER.total_seconds():
        _end(request, "You were signed out at the end of the day. Sign in again to go on.")
    elif now - seen >= IDLE_ENDS_AFTER.total_seconds() and _reads_about_people(request.user):
        _end(
            request, "You were signed out because nothing was done for half an hour. Sign in again to go on."
        )
    elif now - seen >= 60:
        session[SEEN] = now


def end_all(person: Person) -> int:
    """End every session of this person, and forget the devices from which they signed in; returns how many
    ended.

    The mark alone ends them, at the next request of each; the rows go so that nothing stays that could be
    read.
    """
    person.session_mark = new_reference()
    person.save(update_fields=["session_mark"])
    return person.sessions.all().delete()[0]


def open_sessions(request: SignedInRequest) -> list[OpenSession]:
    """Where whoever asks is signed in, the oldest first."""
    person = request.acting.person
    now = timezone.now()
    still = person.sessions.filter(expires_at__gt=now, began__gt=now - SESSION_ENDS_AFTER)
    if _reads_about_people(person):
        still = still.filter(used__gt=now - IDLE_ENDS_AFTER)
    own = digest_of(request.session.session_key)
    return [OpenSession(one.began, one.used, bytes(one.digest) == own) for one in still.order_by("began")]


def end_others(request: SignedInRequest) -> int:
    """End every session of whoever asks but this one, at once; returns how many ended. It is entered."""
    person = request.acting.person
    with transaction.atomic():
        others = Session.objects.filter(person=person).exclude(digest=digest_of(request.session.session_key))
        ended = others.delete()[0]
        records = [Records("staff", (person.ref,))]
        what = "every other browser signed out"
        enter_change(request.acting.themselves, Act.ALTERATION, what, records, purpose="sign-in")
    return ended


def _end(request: HttpRequest, why: str) -> None:
    logout(request)
    messages.info(request, why)


def _reads_about_people(person: object) -> bool:
    if not isinstance(person, Person):
        return False
    known = permissions()
    about_people = {
        role
        for rule in known.rules
        for role in rule.roles
        if any(known.data[name].about_people for name in rule.data)
    }
    return person.roles_on(timezone.localdate()).filter(role__in=about_people).exists()
