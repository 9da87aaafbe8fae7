"""A lost device goes, and a link lets in a new one.

Once colleagues have agreed (`replacements`), the old device, every session and every remembered browser are
gone, and a new device is set up by the link alone, which a password alone does not replace.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.site.accounts import notices, sign_in
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.links import LinkSpent, digest_of, new_link
from lippen.site.accounts.models import DeviceReplacement, Person
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change

LINK_LASTS: Final = timedelta(days=1)
PURPOSE: Final = "replacing a lost device"
OWN_DEVICES: Final = "/you/security/"
REPLACED: Final = (
    "Colleagues agreed that your device was lost, so it was shut out. If you did not ask for it, tell an "
    "administrator today, and your data-protection officer if you have one."
)


def revoke(acting: Acting, asked: DeviceReplacement) -> str:
    """Take away every device and session of whom colleagues agreed on, in the caller's transaction; returns
    what stands in the link. Their password goes too where it was said to be forgotten.
    """
    from allauth.mfa.models import Authenticator

    person = asked.person
    Authenticator.objects.filter(user=person).delete()
    if asked.password_too:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    sign_in.end_all(person)
    end_links(person, but=asked)
    token, asked.link_digest = new_link()
    asked.revoked_at = timezone.now()
    asked.expires_at = asked.revoked_at + LINK_LASTS
    asked.save(update_fields=["link_digest", "revoked_at", "expires_at"])
    notices.tell([person], OWN_DEVICES, REPLACED)
    _enter(acting.reader, "a lost device revoked", person)
    return token


def end_links(person: Person, but: DeviceReplacement | None = None) -> None:
    """End every request and link for this person's device, but for one."""
    others = person.replacements.filter(done_at__isnull=True)
    if but is not None:
        others = others.exclude(pk=but.pk)
    others.update(done_at=timezone.now(), link_digest=None)


def end_requests(person: Person) -> None:
    """End what colleagues still have to agree to for this person, who works nowhere any more: nobody sees
    such a request, so nobody has to answer it. A device that was revoked stays revoked.
    """
    waits = person.replacements.filter(refused_at__isnull=True, revoked_at__isnull=True, done_at__isnull=True)
    for one in waits:
        notices.settle(path_of(one))
    waits.update(done_at=timezone.now())


def path_of(asked: DeviceReplacement) -> str:
    """Where a request is seen and answered."""
    return f"/second-step/lost/{asked.ref}/"


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
        if found is None:
            raise LinkSpent
        # Of its own columns alone: of two at once PostgreSQL looks at these again, and not at a join's.
        unused = DeviceReplacement.objects.filter(pk=found.pk, link_digest=digest_of(token))
        if not unused.update(link_digest=None):
            raise LinkSpent
        person = found.person
        if found.password_too:
            person.set_password(new_password)
            person.save(update_fields=["password"])
        reader = Reader(person.ref, "none", found.organisation.ref, found.organisation.regime)
        _enter(reader, "a link to a new device used", person)
    return person, found.ref


def _revoked(person: Person) -> QuerySet[DeviceReplacement]:
    return DeviceReplacement.objects.filter(person=person, revoked_at__isnull=False, done_at__isnull=True)


def _linked(token: str) -> QuerySet[DeviceReplacement]:
    return DeviceReplacement.objects.filter(
        link_digest=digest_of(token),
        done_at__isnull=True,
        expires_at__gt=timezone.now(),
        person__is_active=True,
    )


def _enter(reader: Reader, what: str, person: Person) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("staff", (person.ref,))], purpose=PURPOSE)
