"""The verbs of accounts: the only writer of people, roles, invitations and declarations."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction

from lippen.site.accounts.models import Person
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Records, enter_change


def erase_person(ref: str) -> int:
    """Erase everything held about the person of this reference, and end their sessions. Returns how many
    went.
    """
    with transaction.atomic():
        found = Person.objects.filter(ref=ref).first()
        if found is None:
            return 0
        ended = [
            one.pk for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(found.pk)
        ]
        Session.objects.filter(pk__in=ended).delete()
        gone, _ = found.delete()
        enter_change(SYSTEM, Act.ERASURE, "a person erased", [Records("staff", (ref,))], purpose="erasure")
    return gone + len(ended)
