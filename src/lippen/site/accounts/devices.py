"""A lost device is replaced when two colleagues agree: the old one goes, a link lets in a new one.

Neither the person, who cannot sign in, nor an administrator alone decides. Any two who hold a role in the
same organisation do, for its last administrator too; and any colleague, or the person from a session still
open, can refuse. From the second yes on the old device, every session and every remembered browser are gone,
and a new device is set up by the link alone, which a password alone does not replace.

Two colleagues together could take over an account whose password they say is forgotten. That is the price of
a site without e-mail; it is entered in the register, and the person finds a notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices, sign_in
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import Colleague, named, with_access
from lippen.site.accounts.invitations import LinkSpent
from lippen.site.accounts.links import digest_of, new_link
from lippen.site.accounts.models import Approval, DeviceReplacement, Organisation, Person
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

AGREED_BY: Final = 2
COLLEAGUES_HAVE: Final = timedelta(days=3)
LINK_LASTS: Final = timedelta(days=1)
PURPOSE: Final = "replacing a lost device"


class ReplacementRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """A device cannot be replaced so. The message says why, and what to do instead."""


@dataclass(frozen=True)
class ReplacementSeen:
    """A request to replace a device as colleagues see it. `yes` are the names of those who agreed."""

    ref: str
    person: Colleague
    password_too: bool
    asked_at: datetime
    expires_at: datetime
    yes: tuple[str, ...]
    may_agree: bool


def colleagues(acting: Acting) -> list[Colleague]:
    """Those whose device one can ask to replace, by name, entered in the register. Raises PermissionError."""
    own = _organisation(acting)
    found = named(with_access(own).exclude(pk=acting.person.pk))
    _entered(acting, "colleagues", [one.ref for one in found])
    return found


def ask(acting: Acting, person_ref: str, *, password_too: bool) -> str:
    """Ask that a colleague's device be replaced, which is the first of the two yeses; returns its reference.

    Raises PermissionError; RecordUnknown for anybody but a colleague; ReplacementRefused when it is asked for
    already.
    """
    own = _organisation(acting)
    with transaction.atomic():
        person = with_access(own).exclude(pk=acting.person.pk).filter(ref=person_ref).first()
        if person is None:
            raise RecordUnknown
        Person.objects.select_for_update().get(pk=person.pk)
        if _waiting().filter(person=person).exists():
            raise ReplacementRefused("somebody has asked for this already", remedy="Agree to that request.")
        asked = DeviceReplacement.objects.create(
            person=person,
            organisation=own,
            password_too=password_too,
            expires_at=timezone.now() + COLLEAGUES_HAVE,
        )
        Approval.objects.create(replacement=asked, colleague=acting.person)
        _enter(acting.reader, "a device's replacement asked for", person)
        notices.tell(with_access(own).exclude(pk=acting.person.pk), f"/second-step/lost/{asked.ref}/")
    return asked.ref


def waiting_replacements(acting: Acting) -> list[ReplacementSeen]:
    """Requests in one's organisation that wait for colleagues, entered in the register. Raises
    PermissionError.
    """
    own = _organisation(acting)
    found = [_seen(one, acting) for one in _waiting().filter(organisation=own).order_by("asked_at", "pk")]
    _entered(acting, "devices to be replaced", [one.person.ref for one in found])
    return found


def waiting_replacement(acting: Acting, ref: str) -> ReplacementSeen | None:
    """One request that waits, entered in the register; None when there is none. Raises PermissionError."""
    own = _organisation(acting)
    found = [_seen(one, acting) for one in _waiting().filter(organisation=own, ref=ref)]
    _entered(acting, "a device to be replaced", [one.person.ref for one in found])
    return found[0] if found else None


def agree(acting: Acting, ref: str) -> str | None:
    """Say yes. The second yes of somebody who still has access revokes the old device and returns the link.

    The link is shown this once, to whoever says the second yes, who hands it over. Raises PermissionError,
    RecordUnknown, ReplacementRefused for the person themself and for a second yes of the same colleague.
    """
    own = _organisation(acting)
    with transaction.atomic():
        asked = _waiting().select_for_update(of=("self",)).filter(organisation=own, ref=ref).first()
        if asked is None:
            raise RecordUnknown
        if asked.person_id == acting.person.pk:
            raise ReplacementRefused(
                "nobody agrees to their own request", remedy="If you did not ask for it, refuse it."
            )
        if asked.agreed.filter(colleague=acting.person).exists():
            raise ReplacementRefused("you have agreed already", remedy="Somebody else has to agree as well.")
        Approval.objects.create(replacement=asked, colleague=acting.person)
        _enter(acting.reader, "a device's replacement agreed to", asked.person)
        if asked.agreed.filter(colleague__in=with_access(own)).count() < AGREED_BY:
            return None
        return _revoke(acting, asked)


def refuse(acting: Acting, ref: str) -> None:
    """Say no, as any colleague or as the person themself: nothing is replaced. Raises PermissionError,
    RecordUnknown.
    """
    own = _organisation(acting)
    with transaction.atomic():
        asked = _waiting().filter(organisation=own, ref=ref).first()
        if asked is None or not _waiting().filter(pk=asked.pk).update(refused_at=timezone.now()):
            raise RecordUnknown
        _enter(acting.reader, "a device's replacement refused", asked.person)


def awaits_link(person: Person) -> bool:
    """Whether this person's device was revoked and none set up since: a password alone then sets up none."""
    return _revoked(person).exists()


def holds_link(person: Person, ref: str | None) -> bool:
    """Whether the link of the person's replacement of this reference has been used, and no device set up."""
    return _revoked(person).filter(ref=ref or "", link_digest__isnull=True).exists()


def set_up(person: Person) -> None:
    """Called when a new device is there: what was replaced is done."""
    _revoked(person).update(done_at=timezone.now(), link_digest=None)


def behind(token: str) -> tuple[Person, bool]:
    """Whose link this is, and whether it also chooses a new password. Raises LinkSpent."""
    found = _linked(token).select_related("person").first()
    if found is None:
        raise LinkSpent
    return found.person, found.password_too


def use_link(token: str, new_password: str | None) -> tuple[Person, str]:
    """Use the link up: whoever holds it sets up a new device next, in this session alone. Returns whose it
    is and the replacement's reference. Raises LinkSpent.

    The caller has checked the password, unless the link chooses a new one.
    """
    with transaction.atomic():
        found = _linked(token).select_related("person", "organisation").first()
        if found is None or not _linked(token).update(link_digest=None):
            raise LinkSpent
        person = found.person
        if found.password_too:
            person.set_password(new_password)
            person.save(update_fields=["password"])
        reader = Reader(person.ref, "none", found.organisation.ref, found.organisation.regime)
        _enter(reader, "a link to a new device used", person)
    return person, found.ref


def _revoke(acting: Acting, asked: DeviceReplacement) -> str:
    from allauth.mfa.models import Authenticator

    person = asked.person
    Authenticator.objects.filter(user=person).delete()
    if asked.password_too:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    sign_in.end_all(person)
    person.replacements.exclude(pk=asked.pk).filter(done_at__isnull=True).update(
        done_at=timezone.now(), link_digest=None
    )
    token, asked.link_digest = new_link()
    asked.revoked_at = timezone.now()
    asked.expires_at = asked.revoked_at + LINK_LASTS
    asked.save(update_fields=["link_digest", "revoked_at", "expires_at"])
    notices.tell([person], "/you/security/")
    _enter(acting.reader, "a lost device revoked", person)
    return token


def _revoked(person: Person) -> QuerySet[DeviceReplacement]:
    return DeviceReplacement.objects.filter(person=person, revoked_at__isnull=False, done_at__isnull=True)


def _linked(token: str) -> QuerySet[DeviceReplacement]:
    return DeviceReplacement.objects.filter(
        link_digest=digest_of(token),
        done_at__isnull=True,
        expires_at__gt=timezone.now(),
        person__is_active=True,
    )


def _waiting() -> QuerySet[DeviceReplacement]:
    return DeviceReplacement.objects.filter(
        refused_at__isnull=True,
        done_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
        person__is_active=True,
    ).select_related("person", "organisation")


def _organisation(acting: Acting) -> Organisation:
    """The organisation that they act in, with whatever their role needs. Raises PermissionError."""
    if acting.held is None:
        raise PermissionError(acting.without)
    if acting.must_set_up:
        raise PermissionError("Set up your own second step first.")
    return acting.held.organisation


def _seen(one: DeviceReplacement, acting: Acting) -> ReplacementSeen:
    yes = list(one.agreed.select_related("colleague").order_by("at", "pk"))
    return ReplacementSeen(
        ref=one.ref,
        person=Colleague(one.person.ref, one.person.name),
        password_too=one.password_too,
        asked_at=one.asked_at,
        expires_at=one.expires_at,
        yes=tuple(each.colleague.name for each in yes),
        may_agree=acting.person.pk not in {one.person_id, *(each.colleague_id for each in yes)},
    )


def _entered(acting: Acting, what: str, refs: list[str]) -> None:
    enter_reading(acting.reader, Act.CONSULTATION, what, [Records("staff", tuple(refs))], purpose=PURPOSE)


def _enter(reader: Reader, what: str, person: Person) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("staff", (person.ref,))], purpose=PURPOSE)
