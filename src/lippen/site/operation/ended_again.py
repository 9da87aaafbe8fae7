"""What a site can hold open, by reference, and how each of it is ended again after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Set
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import leaving, sign_in
from lippen.site.accounts.models import ApiKey, DeviceReplacement, Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.services import erase_person
from lippen.site.configuration import Configuration
from lippen.site.insight import holding, import_ends
from lippen.site.insight.models import ImportJob
from lippen.site.operation import ended_imports, ended_list
from lippen.site.register.models import Act
from lippen.site.register.rotation import own_seal_keys
from lippen.site.register.services import SYSTEM, Records, enter_change
from lippen.wording import counted

PURPOSE: Final = "ending again what had ended before a restore"


class TooMuchEnds(LippenError):
    """A list would end more than half of the people, accounts or organisations of a site."""


def state(workspace: Path) -> dict[str, bool]:
    """All that can be open, as `kind:reference`, and whether it is: in the database, and in this workspace's
    lake (`ended_imports.state`).

    Somebody who was erased, and a device that was taken away, are not in it any more: that they were there
    before is what tells (`ended_list.keep`).
    """
    today = timezone.localdate()
    held = ended_imports.state(workspace)
    for person in Person.objects.all():
        held[f"person:{person.ref}"] = True
        held[f"account:{person.ref}"] = person.is_active
    for device in Authenticator.objects.select_related("user"):
        held[f"device:{device.user.ref}:{device.created_at.isoformat()}"] = True
    for role in RoleHeld.objects.all():
        held[f"role:{role.ref}"] = role.until is None or role.until > today
    for one in Organisation.objects.all():
        held[f"organisation:{one.ref}"] = one.closed_on is None
    for key in ApiKey.objects.all():
        held[f"key:{key.ref}"] = key.ended_at is None
    for invitation in Invitation.objects.all():
        held[f"invitation:{invitation.ref}"] = invitation.used_at is None and invitation.withdrawn_at is None
    for asked in DeviceReplacement.objects.all():
        held[f"replacement:{asked.ref}"] = asked.done_at is None and asked.refused_at is None
    return held


def go_through(
    configuration: Configuration, say: Callable[[str], None] = lambda _: None, *, end_all: bool = False
) -> list[str]:
    """End again what is on the list that a restore took up; returns what, as `kind:reference`, an import with
    the day until which it is held now.

    Before that `say` is told how many of what kind. All of it ends in one transaction, with an entry for
    each; the lake goes last, and is gone through once more where that fails. Nothing to do gives an empty
    list. Raises ListUnsound; and TooMuchEnds, having ended nothing, when it is more than half of all people,
    accounts or organisations, and not `end_all`.
    """
    ended = ended_list.left_to_go_through(configuration.workspace, own_seal_keys())
    if not ended:
        return []
    open_now = {item for item, is_open in state(configuration.workspace).items() if is_open}
    ends = ended_imports.to_end(configuration.workspace, ended)
    imports = {f"{ended_imports.KIND}:{one} until {day}" for one, day in ends.items()}
    going = {item for item in ended.keys() & open_now if item.partition(":")[0] in _ENDS}
    if not end_all:
        _refuse_most(going, open_now)
    if going or imports:
        say(f"The list ends again: {_how_many(going | imports)}.")
    again = []
    with transaction.atomic():
        for kind, end in _ENDS.items():
            for item in sorted(going):
                if item.startswith(f"{kind}:") and end(item.partition(":")[2]):
                    again.append(item)
        if ends:
            _end_imports(configuration.workspace, ends, open_now)
    ended_list.gone_through(configuration.workspace, state(configuration.workspace), ended)
    return again + sorted(imports)


def _refuse_most(going: Set[str], open_now: Set[str]) -> None:
    """A list that says that everybody has left is more likely wrong than true."""
    of = {kind: {item.partition(":")[2] for item in going if item.startswith(f"{kind}:")} for kind in _ENDS}
    of["account"] |= of["person"]
    for kind in ("person", "account", "organisation"):
        there = {item.partition(":")[2] for item in open_now if item.startswith(f"{kind}:")}
        if 2 * len(of[kind] & there) > len(there):
            raise TooMuchEnds(
                f"the list of what has ended would end {len(of[kind] & there):,} of "
                f"{counted(len(there), *_CALLED[kind])}; in all {_how_many(going)}",
                remedy="If all of that did end, say --end-all to lippen restore, or to lippen upgrade where "
                "the site waits for one. Otherwise somebody may have made that list: name another with "
                "--ended, and tell the panel.",
            )


def _how_many(going: Set[str]) -> str:
    kinds = Counter(item.partition(":")[0] for item in going)
    return ", ".join(counted(kinds[kind], *called) for kind, called in _CALLED.items() if kinds[kind])


def _end_person(ref: str) -> bool:
    return erase_person(ref) > 0


def _end_account(ref: str) -> bool:
    person = Person.objects.filter(ref=ref).first()
    if person is not None:
        sign_in.end_all(person)
        leaving.close_account(person)
        _enter("an account", person.ref)
    return person is not None


def _end_device(ref: str) -> bool:
    """The device goes. Whoever has none left sets a new one up by a link from two colleagues, not by a
    password alone: whoever has the lost device may know the password too.
    """
    owner, _, made = ref.partition(":")
    try:
        at = datetime.fromisoformat(made).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    device = Authenticator.objects.filter(user__ref=owner, created_at=at).first()
    if device is None:
        return False
    person = device.user
    device.delete()
    sign_in.end_all(person)
    left = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    role = person.roles_on(timezone.localdate()).first()
    if role is not None and not left.exists():
        now = timezone.now()
        DeviceReplacement.objects.create(
            person=person, organisation=role.organisation, asked_at=now, expires_at=now, revoked_at=now
        )
    _enter("a means of sign-in", person.ref)
    return True


def _end_role(ref: str) -> bool:
    role = RoleHeld.objects.filter(ref=ref).select_related("person").first()
    if role is not None:
        role.until, role.ended_by = max(timezone.localdate(), role.since), SYSTEM.person
        role.save(update_fields=["until", "ended_by"])
        _enter("a role", role.person.ref)
    return role is not None


def _end_organisation(ref: str) -> bool:
    closed = Organisation.objects.filter(ref=ref).update(closed_on=timezone.localdate())
    _enter("an organisation")
    return closed > 0


def _end_key(ref: str) -> bool:
    ended = ApiKey.objects.filter(ref=ref).update(ended_at=timezone.now())
    _enter("a program's key")
    return ended > 0


def _end_invitation(ref: str) -> bool:
    ended = Invitation.objects.filter(ref=ref).update(withdrawn_at=timezone.now())
    _enter("an invitation", ref)
    return ended > 0


def _end_replacement(ref: str) -> bool:
    """The link opens nothing. That the old device was revoked stays, for a password alone must not do."""
    ended = DeviceReplacement.objects.filter(ref=ref).update(expires_at=timezone.now(), link_digest=None)
    _enter("a link to a new device")
    return ended > 0


def _end_imports(workspace: Path, ends: Mapping[str, date], open_now: Set[str]) -> None:
    jobs = ImportJob.objects.filter(import_id__in=ends)
    for one in ends:
        records = [Records(job.kind, (job.ref,)) for job in jobs.filter(import_id=one)]
        enter_change(
            SYSTEM, Act.ALTERATION, "ended again after a restore: an import", records, purpose=PURPOSE
        )
    # Of one that was held by a right its pages say themselves that it is held no longer.
    import_ends.taken_back([job for job in jobs if f"{ended_imports.KIND}:{job.import_id}" in open_now])
    ended_imports.end(workspace, ends)
    holding.let_go_of_all_but(ended_imports.kinds(workspace))


_ENDS: Final[dict[str, Callable[[str], bool]]] = {
    "person": _end_person,
    "account": _end_account,
    "replacement": _end_replacement,
    "device": _end_device,
    "role": _end_role,
    "organisation": _end_organisation,
    "key": _end_key,
    "invitation": _end_invitation,
}
"""In this order: who is erased needs no other ending, and a device that goes may leave a replacement open."""


_CALLED: Final = {
    "person": ("person who was erased", "people who were erased"),
    "account": ("account", "accounts"),
    "replacement": ("link to a new device", "links to new devices"),
    "device": ("means of sign-in", "means of sign-in"),
    "role": ("role", "roles"),
    "organisation": ("organisation", "organisations"),
    "key": ("key of a program", "keys of programs"),
    "invitation": ("invitation", "invitations"),
    ended_imports.KIND: ("import", "imports"),
}


def _enter(what: str, *staff: str) -> None:
    records = [Records("staff", staff)]
    enter_change(SYSTEM, Act.ALTERATION, f"ended again after a restore: {what}", records, purpose=PURPOSE)
