"""Means of sign-in: each that comes or goes is entered in the register, whichever way it came or went."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from lippen.site.accounts import devices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Person, UsedCode
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change


def enter_changes() -> None:
    """Called once, when Django starts."""
    from allauth.mfa.models import Authenticator

    post_save.connect(_added, sender=Authenticator, dispatch_uid="lippen.means")
    post_delete.connect(_removed, sender=Authenticator, dispatch_uid="lippen.means")


def devices_of(person: Person) -> frozenset[int]:
    """Keys of the apps and passkeys that this person has."""
    from allauth.mfa.models import Authenticator

    found = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return frozenset(found.values_list("pk", flat=True))


def enter_change_of(person: Person, what: str) -> None:
    """Enter that a means of sign-in of this person was changed by whoever acts in this request."""
    with transaction.atomic():
        records = [Records("staff", (person.ref,))]
        enter_change(_whoever(person), Act.ALTERATION, what, records, purpose="sign-in")


def _added(sender: Any, instance: Any, created: bool, **_: Any) -> None:
    if created:
        enter_change_of(instance.user, f"a means of sign-in added ({instance.type})")
        if instance.type != "recovery_codes":
            devices.set_up(instance.user)


def _removed(sender: Any, instance: Any, **_: Any) -> None:
    if instance.type == "totp":
        UsedCode.objects.filter(person=instance.user).delete()  # they were of a secret that opens nothing now
    enter_change_of(instance.user, f"a means of sign-in removed ({instance.type})")


def _whoever(person: Person) -> Reader:
    """Who acts in this request; the person themself before they are signed in; else the program."""
    from allauth.core import context

    request = getattr(context, "request", None)
    if request is None:
        return SYSTEM
    acting: Acting | None = getattr(request, "acting", None)
    if acting is not None:
        return acting.themselves
    return Reader(person=person.ref, role="none", organisation="none", regime="uk-gdpr")
