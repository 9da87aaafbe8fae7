"""Colleagues agree that a lost device is replaced. `devices` says what happens then.

Neither the person, who cannot sign in, nor an administrator alone decides. Two colleagues do, the last
administrator's too, and at least one of them in each organisation in which the person works: it is one
account, and whoever takes it over has what it opens in all of them. Each says yes in their own session, under
their own organisation's law, and learns from the others only that they agreed. Only those count who have been
met and have been there for a while (`arrivals`), so that an administrator gains nothing by a colleague
invented today. Any colleague, or the person from a session still open, can refuse.

So one hostile colleague can refuse every request. What stops them is that the request says who refused and
that officers and administrators are told: an administrator ends that colleague's role, and it is asked for
anew. Where the only administrator is the one who refuses, or the one who lost the device, nobody can.

Each request and each refusal tells others, so that whoever asked and refused in turn would bury them in
notices: one colleague's requests of a day that lead to nothing are few. Any other colleague can still ask.

Two colleagues who lie can still take over an account whose password they say is forgotten, if they have both
been there for two weeks and nobody refuses in time. That is the price of a site without e-mail; it is
entered, and the person, the officers and the administrators are told when it is asked for and when it is
done. Somebody who works alone in one of their organisations gets no new device: nobody there can agree.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import devices, notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.arrivals import why_not_counted
from lippen.site.accounts.colleagues import answering_for, with_access
from lippen.site.accounts.devices import PURPOSE, path_of
from lippen.site.accounts.models import Approval, DeviceReplacement, Organisation, Person
from lippen.site.accounts.replacement_rules import (
    COLLEAGUES_HAVE,
    IN_VAIN_AT_MOST,
    asked_in_vain,
    enough_can_agree,
    see_colleagues,
    still,
    waiting_now,
    works_in,
)
from lippen.site.accounts.replacements_seen import of, sees_colleagues
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

ASKED: Final = "A colleague has lost a device. Somebody has to agree that they get a new one, or to refuse."
YOURS: Final = "Somebody asked for a new device for you. If you did not, refuse it."
AGREED: Final = "A colleague's device was replaced. Ask them whether it was they who asked for it."
REFUSED: Final = "Somebody refused that a colleague gets a new device. See who, and ask both why."


class ReplacementRefused(LippenError):
    """A device cannot be replaced so. The message says why, and what to do instead."""


def ask(acting: Acting, person_ref: str, *, password_too: bool) -> str:
    """Ask that a colleague's device be replaced, which is the first yes; returns its reference.

    Raises PermissionError; RecordUnknown for anybody but a colleague; ReplacementRefused when it is asked for
    already, one's own yes does not count yet, or one has asked too often today.
    """
    own = sees_colleagues(acting)
    with transaction.atomic():
        person = with_access(own).exclude(pk=acting.person.pk).filter(ref=person_ref).first()
        if person is None:
            raise RecordUnknown
        _must_count(acting, own)
        for one in (person, acting.person):  # themself, so that of many at once none goes uncounted
            Person.objects.select_for_update().get(pk=one.pk)
        if waiting_now().filter(person=person).exists():
            raise ReplacementRefused("somebody has asked for this already", remedy="Agree to that request.")
        if asked_in_vain(acting.person) >= IN_VAIN_AT_MOST:
            raise ReplacementRefused(
                "you have asked three times within a day, and nobody got a new device by it",
                remedy="Let another colleague ask, or wait until tomorrow.",
            )
        if not enough_can_agree(person):
            raise ReplacementRefused(
                "too few colleagues are there whose yes counts, so nobody could complete this",
                remedy="Two have to agree besides the person, and one in each organisation where they work."
                " Until then, let everybody set up two devices and keep their spare codes safe.",
            )
        asked = DeviceReplacement.objects.create(
            person=person,
            organisation=own,
            password_too=password_too,
            expires_at=timezone.now() + COLLEAGUES_HAVE,
        )
        Approval.objects.create(replacement=asked, colleague=acting.person, organisation=own)
        _enter(acting, "a device's replacement asked for", person)
        notices.tell([person], path_of(asked), YOURS, stays=True, until=asked.expires_at)
        for place in works_in(person):
            told = see_colleagues(with_access(place), place).exclude(pk=acting.person.pk)
            notices.tell(told, path_of(asked), ASKED, stays=True, until=asked.expires_at)
    return asked.ref


def agree(acting: Acting, ref: str) -> str | None:
    """Say yes. The yes that completes them revokes the old device and returns the link; None before that.

    The link is shown this once, to whoever says the last yes, who hands it over. Raises PermissionError,
    RecordUnknown, ReplacementRefused for the person themself, for a second yes of the same colleague, and for
    one that does not count yet.
    """
    own = sees_colleagues(acting)
    with transaction.atomic():
        asked = _locked(own, ref)
        if asked.person_id == acting.person.pk:
            raise ReplacementRefused(
                "nobody agrees to their own request", remedy="If you did not ask for it, refuse it."
            )
        if asked.agreed.filter(colleague=acting.person).exists():
            raise ReplacementRefused("you have agreed already", remedy="Somebody else has to agree as well.")
        _must_count(acting, own)
        Approval.objects.create(replacement=asked, colleague=acting.person, organisation=own)
        _enter(acting, "a device's replacement agreed to", asked.person)
        notices.settle(path_of(asked), [acting.person])
        if still(asked, own):
            return None
        token = devices.revoke(acting, asked)
        _tell_how_it_ended(acting, asked, AGREED)
        return token


def refuse(acting: Acting, ref: str) -> None:
    """Say no, as any colleague or as the person themself: nothing is replaced. Raises PermissionError,
    RecordUnknown.

    The request says who refused, and those who answer for each of the person's organisations are told.
    """
    if acting.must_set_up:
        raise PermissionError("Set up your own second step first.")
    with transaction.atomic():
        asked = _locked(acting.organisation, ref)
        if asked.person_id != acting.person.pk and not acting.may("list", "staff"):
            raise RecordUnknown
        asked.refused_at, asked.refused_by = timezone.now(), acting.person.ref
        asked.save(update_fields=["refused_at", "refused_by"])
        _enter(acting, "a device's replacement refused", asked.person)
        _tell_how_it_ended(acting, asked, REFUSED)


def _tell_how_it_ended(acting: Acting, asked: DeviceReplacement, says: str) -> None:
    """Nobody has to answer any more, and those who answer for the person's organisations look at it."""
    notices.settle(path_of(asked))
    for place in works_in(asked.person):
        notices.tell(answering_for(place).exclude(pk=acting.person.pk), path_of(asked), says)


def _locked(own: Organisation, ref: str) -> DeviceReplacement:
    """A request that waits, with the rows of its person and of the asker's organisation locked, so that of
    two answers the second sees the first, and nobody takes back meanwhile that they met who answers
    (`meeting`).

    Raises RecordUnknown.
    """
    Organisation.objects.select_for_update().get(pk=own.pk)
    list(Person.objects.select_for_update(of=("self",)).filter(replacements__ref=ref).values_list("pk"))
    asked = of(own, waiting_now()).filter(ref=ref).first()
    if asked is None:
        raise RecordUnknown
    return asked


def _must_count(acting: Acting, own: Organisation) -> None:
    if why := why_not_counted(acting.person, own):
        raise ReplacementRefused(why)


def _enter(acting: Acting, what: str, person: Person) -> None:
    enter_change(acting.reader, Act.ALTERATION, what, [Records("staff", (person.ref,))], purpose=PURPOSE)
