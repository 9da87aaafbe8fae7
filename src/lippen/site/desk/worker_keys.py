"""The keys of a desk's workers: made in the browser, kept wrapped, and destroyed when they open no more.

The site has the public halves, which go to `speak/desks/<desk>/<person>.json` for the manifest, and the
private ones in a box that only the worker's passphrase opens.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.roles import locked
from lippen.site.accounts.said import Refusal
from lippen.site.desk.limits import KEY_LIVES, KEY_OPENS_AFTER, MOST_KEYS_OF_ONE, MOST_WORKERS
from lippen.site.desk.models import DeskKey
from lippen.site.desk.own_desk import NoDesk, OwnDesk, colleagues, desk_of, must, own_desk, today, workers
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change, enter_reading

PURPOSE: Final = "to open what residents sealed to the desk"
RECIPIENT, SIGNATURE = 1_216, 32
_BOX: Final = {"salt": 16, "nonce": 12, "box": 80}
"""Bytes of each part of what is wrapped: two seeds of 32 and a tag of 16 are in the box."""


class KeyRefused(Refusal):
    """This is no key that could be kept."""


@dataclass(frozen=True)
class KeySeen:
    """A key of one's own, as its page shows it."""

    ref: str
    made_on: date
    until: date
    opens_until: date
    newest: bool


def keep_key(acting: Acting, recipient: str, signature: str, wrapped: str) -> str:
    """Keep a key that was made in the browser: public halves in base64, the wrapped ones as JSON. Returns its
    reference.

    Raises PermissionError, NoDesk, and KeyRefused when a part has another form, when three others have keys,
    or while three of one's own are not destroyed.
    """
    must(acting, "write", "desk")
    desk = own_desk(acting)
    _check(recipient, RECIPIENT)
    _check(signature, SIGNATURE)
    _check_wrapped(wrapped)
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
        if DeskKey.objects.filter(recipient=recipient).exists():
            raise KeyRefused("this key is kept already", remedy="Make another.")
        made = DeskKey.objects.create(
            organisation=acting.organisation.ref,
            person=acting.person.ref,
            recipient=recipient,
            signature=signature,
            wrapped=wrapped,
            made_on=day,
            until=day + KEY_LIVES,
            opens_until=day + KEY_LIVES + KEY_OPENS_AFTER,
        )
        _enter(acting.reader, "a desk key made", made.ref)
    publish(desk, acting.organisation)
    return made.ref


def destroy_key(acting: Acting, ref: str) -> None:
    """Destroy a key of one's own at once: what was sealed to it alone opens no more.

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
        KeySeen(one.ref, one.made_on, one.until, one.opens_until, at == 0) for at, one in enumerate(found)
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
    """Write the public halves of the workers' newest keys for the manifest, and take away what is no longer
    one. The recovery key is left alone. What was replaced still says whose an answer is; what was destroyed
    before its time may be somebody else's by now, and says nothing more.
    """
    standing: dict[str, list[DeskKey]] = {}
    for one in DeskKey.objects.filter(organisation=organisation.ref).order_by("-made_on", "-pk"):
        standing.setdefault(one.person, []).append(one)
    at_work = set(workers(organisation).values_list("ref", flat=True))
    told = {}
    for person, (newest, *before) in standing.items():
        if person in at_work and newest.destroyed_on is None and newest.until > today():
            told[f"{person}.json"] = {
                "recipient": newest.recipient,
                "signature": newest.signature,
                "made": f"{newest.made_on}",
                "until": f"{newest.until}",
                "before": [
                    {"signature": one.signature, "until": f"{min(one.until, newest.made_on)}"}
                    for one in before
                    if one.destroyed_on is None or one.destroyed_on >= one.opens_until
                ][:MOST_KEYS_OF_ONE],
            }
    desk.folder.mkdir(parents=True, exist_ok=True)
    for file in desk.folder.glob("????????????????.json"):
        if file.name not in told and len(file.stem) == 16:
            file.unlink()
    for name, halves in told.items():
        _replace(desk.folder / name, json.dumps(halves) + "\n")


def _replace(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)  # noqa: PTH105 - so that nobody reads half a key


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


def _check(text: str, length: int) -> None:
    try:
        whole = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise KeyRefused("a half of this key is no base64") from error
    if len(whole) != length or base64.b64encode(whole).decode() != text:
        raise KeyRefused(f"a half of this key has not {length:,} bytes")


def _check_wrapped(wrapped: str) -> None:
    """Exactly a box of the size of two wrapped seeds, so that nothing else is ever kept as one."""
    try:
        told = json.loads(wrapped) if len(wrapped) < 1_000 else None
    except (ValueError, RecursionError):  # brackets within brackets
        told = None
    if not isinstance(told, dict) or set(told) != {"v", *_BOX} or told["v"] != 1:
        raise KeyRefused("what is to be kept is no wrapped key")
    for part, length in _BOX.items():
        if not isinstance(told[part], str):
            raise KeyRefused("what is to be kept is no wrapped key")
        _check(told[part], length)


def _enter(reader: Reader, what: str, ref: str) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("desk", (ref,))], purpose=PURPOSE)
