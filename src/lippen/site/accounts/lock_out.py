"""Guessing is stopped, and nobody can use that to keep somebody else out.

As OWASP describes device cookies: a browser from which a person signed in before carries a signed cookie and
has counters of its own. All other browsers together share one counter for each account, and one for each
network address. So an attacker uses up the counter of unknown browsers, and the person's own still opens; a
passkey, which cannot be guessed, is never counted. An account that does not exist is counted as one that
does.

Everything that comes by an onion service, or by a proxy that `site.toml` does not name, has the address of
this machine. That counter allows ten times as much: enough to stop who goes through many accounts, and too
much to be used up in passing.

No address is kept: a counter is a keyed digest of it, for a day.

A try is counted before it is checked, so that many at once do not slip through, and taken back when it
succeeds. A try that is refused without a check is not counted: refusals do not prolong themselves.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lippen.site.accounts.models import FailedAttempt, Person

PASSWORD: Final = "password"  # noqa: S105 - the name of what is tried
CODE: Final = "code"

COOKIE: Final = "lippen-device"
_COOKIE_LASTS: Final = timedelta(days=180)
_PEOPLE_ON_ONE_DEVICE: Final = 8


class LockedOut(Exception):
    """Too many tries failed; nothing was checked."""


@dataclass(frozen=True)
class Limit:
    tries: int
    within: timedelta


_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)

LIMITS: Final = {
    (PASSWORD, "device"): (Limit(10, _QUARTER), Limit(50, _DAY)),
    (PASSWORD, "account"): (Limit(10, _QUARTER), Limit(50, _DAY)),
    (PASSWORD, "address"): (Limit(40, _QUARTER), Limit(200, _DAY)),
    (PASSWORD, "machine"): (Limit(400, _QUARTER), Limit(2_000, _DAY)),
    # Six figures, three of a million right at a time: 20 guesses a day open one account in 45 years.
    (CODE, "device"): (Limit(5, _QUARTER), Limit(20, _DAY)),
    (CODE, "account"): (Limit(5, _QUARTER), Limit(20, _DAY)),
}


@dataclass(frozen=True)
class Attempt:
    """A try that was counted as failed until it is taken back."""

    rows: tuple[int, ...]

    def succeeded(self) -> None:
        FailedAttempt.objects.filter(pk__in=self.rows).delete()


def begin(request: HttpRequest, what: str, email: str) -> Attempt:
    """Count a try at this account's password or code. Raises LockedOut when it may not be checked."""
    from allauth.account.adapter import get_adapter

    email = email.strip().lower()
    device = _known_device(request, email)
    if device:
        counters = [(_key(what, "device", device), LIMITS[what, "device"])]
    else:
        counters = [(_key(what, "account", email), LIMITS[what, "account"])]
        if what == PASSWORD:
            kind, network = _network(get_adapter().get_client_ip(request))
            counters.append((_key(what, kind, network), LIMITS[what, kind]))
    now = timezone.now()
    FailedAttempt.objects.filter(at__lt=now - _DAY).delete()
    rows = FailedAttempt.objects.bulk_create(FailedAttempt(key=key, at=now) for key, _ in counters)
    attempt = Attempt(tuple(row.pk for row in rows))
    for key, limits in counters:
        if _exceeded(key, limits):
            attempt.succeeded()
            raise LockedOut
    return attempt


def remember_device(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Give this browser, from which the person has just signed in, counters of its own."""
    known = _cookie(request)
    known.pop(person.ref, None)
    kept = dict(list(known.items())[-_PEOPLE_ON_ONE_DEVICE + 1 :])
    kept[person.ref] = [secrets.token_hex(16), _bound(person)]
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=COOKIE),
        max_age=_COOKIE_LASTS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )


def _exceeded(key: bytes, limits: Sequence[Limit]) -> bool:
    now = timezone.now()
    return any(
        FailedAttempt.objects.filter(key=key, at__gt=now - limit.within).count() > limit.tries
        for limit in limits
    )


def _cookie(request: HttpRequest) -> dict[str, list[str]]:
    try:
        held = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=_COOKIE_LASTS)
    except signing.BadSignature:
        return {}
    return dict(held)


def _known_device(request: HttpRequest, email: str) -> str:
    """What stands for this browser, when the person of this address has signed in from it; else "".

    A new session mark (a lost device, a colleague who left) makes every device unknown again.
    """
    known = _cookie(request)
    if not known:
        return ""
    person = Person.objects.filter(email=email, ref__in=known).first()
    if person is None or not secrets.compare_digest(known[person.ref][1], _bound(person)):
        return ""
    return known[person.ref][0]


def _bound(person: Person) -> str:
    return _key("device", person.ref, person.session_mark).hex()[:32]


def _network(address: str) -> tuple[str, str]:
    """Which counter an address has, and the network that counts as one."""
    ip = ip_address(address)
    if ip.is_loopback:
        return "machine", ""
    return "address", str(ip) if ip.version == 4 else ip.exploded[:19]  # a household's IPv6 network: 64 bits


def _key(*parts: str) -> bytes:
    return hmac.new(
        settings.KEYS.session.reveal(), "\x00".join(("attempt", *parts)).encode(), sha256
    ).digest()
