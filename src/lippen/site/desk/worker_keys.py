"""The keys of a desk's workers: made in the browser, kept wrapped, and destroyed when they open no more.

The site has the public halves, which go to `speak/desks/<desk>/<person>.json` for the manifest, and the
private ones in a box that only the worker's passphrase or passkey opens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.roles import locked
from lippen.site.desk.key_files import by_other_hands, halves_by_other_hands, replace_files
from lippen.site.desk.limits import KEY_LIVES, KEY_OPENS_AFTER, MOST_KEYS_OF_ONE, MOST_WORKERS
from lippen.site.desk.models import DeskKey
from lippen.site.desk.own_desk import NoDesk, OwnDesk, colleagues, desk_of, must, own_desk, today, workers
from lippen.site.desk.wrapped_keys import KeyRefused, as_kept, check_own, check_recipient, opened_by
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change, enter_reading

PURPOSE: Final = "to open what residents sealed to the desk"


@dataclass(frozen=True)
class KeySeen:
    """A key of one's own, as its page shows it. `number` counts those that stand, the oldest first: two can
    be made on one day.
    """

    ref: str
    number: int
    made_on: date
    until: date
    opens_until: date
    newest: bool
    opened_by: str


@dataclass(frozen=True)
class Destroying:
    """What it would mean to destroy a key. `newest` says that it is the one that residents seal to,
    `next_made_on` when the older one was made that takes its place, None without one; `others` is how many
    colleagues have keys.
    """

    ref: str
    number: int
    made_on: date
    newest: bool
    next_made_on: date | None
    others: int


def keep_key(acting: Acting, recipient: str, signature: str, proof: str, wrapped: str) -> str:
    """Keep a key that was made in the browser: public halves and the proof of having the private ones in
    base64 (`wrapped_keys`), what is wrapped as JSON. Returns its reference.

    Raises PermissionError, NoDesk, and KeyRefused when a part has another form, is somebody's already or not
    the worker's own, when three others have keys, while three of one's own are not destroyed, or while a file
    by another hand stands in the place of one's own.
    """
    must(acting, "write", "desk")
    desk = own_desk(acting)
    check_recipient(recipient)
    check_own(desk.ident, acting.person.ref, recipient, signature, proof)
    kept = as_kept(wrapped)
    if f"{acting.person.ref}.json" in by_other_hands(desk.folder):
        raise KeyRefused(
            f"{acting.person.ref}.json lies in the place of your key, and this site did not write it",
            remedy="Whoever runs this site takes it away first.",
        )
    day = today()
    with transaction.atomic():
        locked(acting)  # so that two who make keys at one moment are not a fourth
        standing = _standing(acting.organisation)
        others = set(standing.filter(until__gt=day).values_list("person", flat=True)) - {acting.person.ref}
        if len(others) >= MOST_WORKERS:
            raise KeyRefused(
                f"{MOST_WORKERS} of your colleagues have keys, and a report is sealed to no more",
                remedy="One of them destroys theirs first.",
            )
        if standing.filter(person=acting.person.ref).count() >= MOST_KEYS_OF_ONE:
            raise KeyRefused("you have three keys already", remedy="Destroy the oldest first.")
        if DeskKey.objects.filter(Q(recipient=recipient) | Q(signature=signature)).exists() or {
            recipient,
            signature,
        } & halves_by_other_hands(desk.folder):
            raise KeyRefused("this key is kept already", remedy="Make another.")
        made = DeskKey.objects.create(
            organisation=acting.organisation.ref,
            person=acting.person.ref,
            recipient=recipient,
            signature=signature,
            wrapped=kept,
            made_on=day,
            until=day + KEY_LIVES,
            opens_until=day + KEY_LIVES + KEY_OPENS_AFTER,
        )
        _enter(acting.reader, "a desk key made", made.ref)
    publish(desk, acting.organisation)
    return made.ref


def destroying(acting: Acting, ref: str) -> Destroying:
    """What it would mean to destroy a key of one's own. Raises PermissionError, and KeyRefused when there is
    no such key.
    """
    must(acting, "write", "desk")
    own = opening_keys(acting.organisation, acting.person)
    found = next((one for one in own if one.ref == ref), None)
    if found is None:
        raise KeyRefused("you have no such key")
    sealed_to = [one for one in own if one.until > today()]
    newest = found in sealed_to[:1]
    others = set(_standing(acting.organisation).values_list("person", flat=True)) - {acting.person.ref}
    after = sealed_to[1].made_on if newest and len(sealed_to) > 1 else None
    number = len(own) - own.index(found)
    return Destroying(ref, number, found.made_on, newest, after, len(others))


def destroy_key(acting: Acting, ref: str) -> None:
    """Destroy a key of one's own at once: what was sealed to it alone opens no more. Where it was the newest,
    an older one that still stands is published again.

    Raises PermissionError, and KeyRefused when there is no such key.
    """
    must(acting, "write", "desk")
    with transaction.atomic():
        found = _standing(acting.organisation).filter(person=acting.person.ref, ref=ref).first()
        if found is None:
            raise KeyRefused("you have no such key")
        _destroy([found])
        _enter(acting.reader, "a desk key destroyed", ref)
    try:
        publish(own_desk(acting), acting.organisation)
    except NoDesk:
        return  # a desk that was renamed has no folder; the hourly job finds it when it has one again


def own_keys(acting: Acting) -> list[KeySeen]:
    """One's own keys that open something, the newest first; entered as a reading. Raises PermissionError."""
    must(acting, "read", "desk")
    found = list(opening_keys(acting.organisation, acting.person))
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "own desk key",
        [Records("desk", tuple(one.ref for one in found))],
        purpose=PURPOSE,
    )
    return [
        KeySeen(
            one.ref, len(found) - at, one.made_on, one.until, one.opens_until, at == 0, opened_by(one.wrapped)
        )
        for at, one in enumerate(found)
    ]


def opening_keys(organisation: Organisation, person: Person) -> list[DeskKey]:
    """The keys of somebody that open something, the newest first."""
    return list(_standing(organisation).filter(person=person.ref).order_by("-made_on", "-pk"))


def wrapped_of(keys: list[DeskKey]) -> list[dict[str, Any]]:
    """What the browser needs to open these keys: each wrapped half with its public one."""
    return [
        {"recipient": one.recipient, "signature": one.signature, **json.loads(one.wrapped)} for one in keys
    ]


def colleague_keys(acting: Acting, person: str) -> list[dict[str, Any]]:
    """The wrapped keys of a colleague who sits beside, for a report that two are to open; entered.

    Raises PermissionError, KeyRefused.
    """
    must(acting, "read", "desk")
    beside = colleagues(acting).filter(ref=person).first()
    found = opening_keys(acting.organisation, beside) if beside is not None else []
    if not found:
        raise KeyRefused("there is no such colleague with a key")
    records = [Records("desk", tuple(one.ref for one in found)), Records("staff", (person,))]
    enter_reading(acting.reader, Act.CONSULTATION, "the wrapped key of a colleague", records, purpose=PURPOSE)
    return wrapped_of(found)


def recipients(organisation: Organisation, leaving_out: set[str]) -> list[str]:
    """To whom a draft is sealed: the newest public half of each worker, without those left out."""
    newest: dict[str, str] = {}
    for one in _standing(organisation).filter(until__gt=today()).order_by("made_on", "pk"):
        newest[one.person] = one.recipient
    at_work = set(workers(organisation).values_list("ref", flat=True)) - leaving_out
    return sorted(recipient for person, recipient in newest.items() if person in at_work)


def publish(desk: OwnDesk, organisation: Organisation) -> None:
    """Write the public halves of each worker's newest key that stands for the manifest, and take away what is
    no longer one. What this site did not write is left alone. What was replaced still says whose an answer
    is; what was destroyed before its time may be somebody else's by now, and says nothing more.
    """
    trusted: dict[str, list[DeskKey]] = {}
    for one in DeskKey.objects.filter(organisation=organisation.ref).order_by("-made_on", "-pk"):
        if one.destroyed_on is None or one.destroyed_on >= one.opens_until:
            trusted.setdefault(one.person, []).append(one)
    at_work = set(workers(organisation).values_list("ref", flat=True))
    told = {}
    for person, (newest, *before) in trusted.items():
        if person in at_work and newest.destroyed_on is None and newest.until > today():
            halves = {
                "recipient": newest.recipient,
                "signature": newest.signature,
                "made": f"{newest.made_on}",
                "until": f"{newest.until}",
                "before": [
                    {"signature": one.signature, "until": f"{min(one.until, newest.made_on)}"}
                    for one in before[:MOST_KEYS_OF_ONE]
                ],
            }
            told[f"{person}.json"] = json.dumps(halves) + "\n"
    replace_files(desk.folder, told)


def let_go_of_keys() -> int:
    """Destroy keys that open nothing any more, and those of people who no longer work at a desk. Returns how
    many. For the hourly list.
    """
    gone = 0
    for ref in set(_all_standing().values_list("organisation", flat=True)):
        organisation = Organisation.objects.filter(ref=ref).first()
        at_work = set(workers(organisation).values_list("ref", flat=True)) if organisation else set()
        with transaction.atomic():
            over = [
                one
                for one in _all_standing().filter(organisation=ref)
                if one.opens_until <= today() or one.person not in at_work
            ]
            _destroy(over)
            for one in over:
                _enter(SYSTEM, "a desk key destroyed", one.ref)
        gone += len(over)
        if organisation is not None:
            try:
                publish(desk_of(organisation), organisation)
            except NoDesk:
                continue
    return gone


def _destroy(keys: list[DeskKey]) -> None:
    for one in keys:
        one.wrapped, one.destroyed_on = "", today()
        one.save(update_fields=["wrapped", "destroyed_on"])


def _standing(organisation: Organisation) -> Any:
    return _all_standing().filter(organisation=organisation.ref, opens_until__gt=today())


def _all_standing() -> Any:
    return DeskKey.objects.filter(destroyed_on__isnull=True)


def _enter(reader: Reader, what: str, ref: str) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("desk", (ref,))], purpose=PURPOSE)
