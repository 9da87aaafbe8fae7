"""Keys of programs: made by an administrator for one purpose and one role, shown once, kept as a digest.

A key reaches no further than its purpose, than its role, and than whoever made it: at each request the maker
must still hold roles in that organisation that could do as much themselves. So nobody reads through a program
what they could not read on a page, and a leaver's keys end with their roles.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import ApiKey, Organisation, Person
from lippen.site.accounts.permissions import SCOPES, Verdict, permissions
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import Refusal
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

PURPOSE: Final = "letting programs in and taking their access away"

ANOTHER_KEY: Final = "Ask your administrator for a key for what you need."

LONGEST: Final = timedelta(days=365)


class KeyRefused(Refusal):
    """A key cannot be made so, or is no key that opens anything now."""


@dataclass(frozen=True)
class Program:
    """An organisation's program that asks with a key."""

    key: ApiKey

    @property
    def ref(self) -> str:
        return self.key.ref

    @property
    def organisation(self) -> str:
        return self.key.organisation.name

    @property
    def purpose(self) -> str:
        """The purpose in words, as the register keeps it."""
        return permissions().purposes[self.key.purpose].title

    @property
    def reader(self) -> Reader:
        return Reader(
            person=f"key-{self.key.ref}",
            role=self.key.role,
            organisation=self.key.organisation.ref,
            regime=self.key.organisation.regime,
        )

    def may(self, verb: str, data: str) -> Verdict:
        """Whether the key's purpose and its role both allow it. See `permissions.Permissions.may`."""
        purpose = permissions().purposes[self.key.purpose]
        verdict = permissions().may(self.key.role, verb, data, self.key.organisation.regime)
        if verdict and not (verb in purpose.verbs and data in purpose.data):
            said = (
                f'This key was made to "{purpose.title[0].lower()}{purpose.title[1:]}" and for nothing else.'
            )
            return Verdict(False, "", f"{said} {ANOTHER_KEY}")
        return verdict or Verdict(False, "", f"{verdict.why} {ANOTHER_KEY}")


@dataclass(frozen=True)
class KeySeen:
    """A key as its page shows it: never the key itself."""

    ref: str
    purpose: str
    role: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_on: date | None

    @property
    def state(self) -> str:
        if self.ended_at is not None:
            return "ended"
        return "run out" if self.expires_at <= timezone.now() else "open"


def choices(acting: Acting) -> list[tuple[str, str]]:
    """What `acting` can make a key for: `purpose:role`, and the same in words."""
    found = []
    for purpose in permissions().purposes.values():
        for role in purpose.roles:
            if not _beyond(acting.person, acting.organisation, role, purpose.name):
                title = permissions().roles[role].title
                found.append((f"{purpose.name}:{role}", f"{purpose.title} (as {title.lower()})"))
    return found


def make_key(acting: Acting, purpose: str, role: str, days: int) -> tuple[str, str]:
    """Make a key for one's own organisation; returns its reference and the key, which is kept nowhere.

    `days` is how long it opens anything, at most a year. Raises PermissionError, and KeyRefused for a purpose
    that the role does not serve or that reaches further than whoever makes the key.
    """
    _allowed(acting, "write")
    rules = permissions()
    organisation = acting.organisation
    if purpose not in rules.purposes or role not in rules.purposes[purpose].roles:
        raise KeyRefused("there is no such purpose for this role")
    if not timedelta(days=1) <= timedelta(days=days) <= LONGEST:
        raise KeyRefused("a key runs out after a day at the least and after a year at the most")
    if beyond := _beyond(acting.person, organisation, role, purpose):
        raise KeyRefused(
            beyond, remedy="Ask somebody who holds that role and is an administrator too.", about="use"
        )
    secret = f"lippen-{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        made = ApiKey.objects.create(
            digest=_digest(secret),
            organisation=organisation,
            role=role,
            purpose=purpose,
            made_by=acting.person.ref,
            expires_at=timezone.now() + timedelta(days=days),
        )
        records = [Records("api-key", (made.ref,))]
        enter_change(acting.reader, Act.ALTERATION, f"a key made: {purpose}", records, purpose=PURPOSE)
    return made.ref, secret


def end_key(acting: Acting, ref: str) -> None:
    """End a key of one's own organisation: it opens nothing from now on. Raises PermissionError,
    RecordUnknown.
    """
    _allowed(acting, "write")
    with transaction.atomic():
        found = ApiKey.objects.filter(ref=ref, organisation=acting.organisation).first()
        if found is None:
            raise RecordUnknown
        if found.ended_at is None:
            found.ended_at = timezone.now()
            found.save(update_fields=["ended_at"])
            what, records = f"a key ended: {found.purpose}", [Records("api-key", (ref,))]
            enter_change(acting.reader, Act.ALTERATION, what, records, purpose=PURPOSE)


def keys(acting: Acting) -> list[KeySeen]:
    """The keys of one's own organisation, the newest first, with who made each: that is a reading of the keys
    and of these people, and is entered. Raises PermissionError, and RegisterUnavailable.
    """
    _allowed(acting, "list")
    rules = permissions()
    found = ApiKey.objects.filter(organisation=acting.organisation).order_by("-made_at", "-pk")
    makers = Person.objects.filter(ref__in=found.values("made_by"))
    names = dict(makers.values_list("ref", "name"))
    shown = [Records("api-key", tuple(one.ref for one in found)), Records("staff", tuple(sorted(names)))]
    enter_reading(acting.reader, Act.CONSULTATION, "keys for programs", shown, purpose=PURPOSE)
    return [
        KeySeen(
            ref=one.ref,
            purpose=rules.purposes[one.purpose].title if one.purpose in rules.purposes else one.purpose,
            role=rules.roles[one.role].title if one.role in rules.roles else one.role,
            made_by=names.get(one.made_by, "somebody who is gone"),
            made_at=one.made_at,
            expires_at=one.expires_at,
            ended_at=one.ended_at,
            last_used_on=one.last_used_on,
        )
        for one in found
    ]


def program_of(secret: str) -> Program:
    """Who asks with this key. Raises KeyRefused, saying why it opens nothing."""
    found = ApiKey.objects.filter(digest=_digest(secret)).select_related("organisation").first()
    if found is None:
        raise KeyRefused("this is no key of this site", remedy="Ask your administrator for one.")
    today = timezone.localdate()
    renew = "Ask your administrator for a new one."
    if found.ended_at is not None or found.organisation.closed_on is not None:
        raise KeyRefused("this key was ended", remedy=renew)
    if found.expires_at <= timezone.now():
        raise KeyRefused("this key has run out", remedy=renew)
    maker = Person.objects.filter(ref=found.made_by, is_active=True).first()
    purpose_known = found.purpose in permissions().purposes
    if maker is None or not purpose_known or _beyond(maker, found.organisation, found.role, found.purpose):
        raise KeyRefused("whoever made this key may no longer do what it does", remedy=renew)
    if found.last_used_on != today:
        ApiKey.objects.filter(pk=found.pk).update(last_used_on=today)
    return Program(found)


def check(program: Program, verb: str, data: str) -> None:
    """Raise PermissionError, saying why, when the program may not do this; the refusal is entered too."""
    verdict = program.may(verb, data)
    if not verdict:
        enter_answer(program, f"refused: {verb} {data}")
        raise PermissionError(verdict.why)


def enter_answer(program: Program, what: str) -> None:
    """Enter an answer that shows no record. Raises RegisterUnavailable."""
    enter_reading(program.reader, Act.CONSULTATION, what, [], purpose=program.purpose)


def took_answer(program: Program, now: datetime, limit: int) -> bool:
    """Count an answer of this minute of the clock; False when the key has had `limit` of them already.

    One statement looks and counts, so that of many who ask at once no two take the same answer.
    """
    minute = now.replace(second=0, microsecond=0)
    within = Q(counted_minute=minute)
    one_more = Case(When(within, then=F("counted_answers") + 1), default=1)
    left = ApiKey.objects.filter(~within | Q(counted_answers__lt=limit), pk=program.key.pk)
    return left.update(counted_minute=minute, counted_answers=one_more) == 1


def _beyond(maker: Person, organisation: Organisation, role: str, purpose: str) -> str:
    """Why a key in this role reaches further than its maker may; "" when it does not."""
    rules = permissions()
    held = {
        one.role for one in maker.roles_on(timezone.localdate()) if one.organisation_id == organisation.pk
    }
    if "administrator" not in held:
        return "whoever makes a key is an administrator of that organisation"
    if organisation.kind not in rules.roles[role].organisations:
        return "this role does not exist in your kind of organisation"
    for verb in rules.purposes[purpose].verbs:
        for data in rules.purposes[purpose].data:
            asked = rules.may(role, verb, data, organisation.regime)
            own = [rules.may(one, verb, data, organisation.regime) for one in held if one in rules.roles]
            reach = max((SCOPES.index(one.scope) for one in own if one), default=-1)
            if asked and reach < SCOPES.index(asked.scope):
                title = rules.roles[role].title.lower()
                return f"a key in the role of {title} would read more than you may yourself"
    return ""


def _allowed(acting: Acting, verb: str) -> None:
    verdict = acting.may(verb, "api-key")
    if not verdict:
        raise PermissionError(verdict.why)


def _digest(secret: str) -> bytes:
    """Of a key with 256 bits of chance in it, so that a plain hash is enough."""
    return sha256(secret.encode()).digest()
