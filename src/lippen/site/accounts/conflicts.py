"""Whom somebody declared: themselves, family, or somebody they know. They open no record about them.

What is kept is a digest under a key, so that whoever holds the database has no list of whom staff know. That
key is derived by HKDF (RFC 5869) from `digest.key`, under a label of its own. `session.key` would not do: it
is replaced whenever sessions must end, and every declaration would silently stop barring. `digest.key` stays
as long as the register's entries do, and from the derived key nothing leads back to it.

A declaration keeps two digests of 16 bytes each, side by side: of the first name with the last, and of the
last name with the first letter of the first. With them a name on a record bars whether it is written
"Smith, Mary", "MARY SMITH", "Mary Jane Smith" or "M. Smith", with accents or without. A full first name that
differs does not bar. Not found are other spellings, nicknames, and names changed since: a colleague who sees
it says so, and whoever reads declares it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import permutations
from typing import Final

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import officers
from lippen.site.accounts.encryption import cipher
from lippen.site.accounts.folding import folded
from lippen.site.accounts.models import Conflict
from lippen.site.accounts.permissions import Verdict
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import Refusal
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change, enter_reading

PURPOSE: Final = "opening no record about somebody one knows"

TAKING_BACK: Final = "taking back whom one had declared"
SAYS_TAKEN_BACK: Final = "Somebody took back a declaration of whom they know. Ask them why."
"""Apart from the other, because the officer who is told reads it in a line of the register."""

LABEL: Final = b"lippen: names that staff declared, 1"
"""What sets the derived key apart from any other derived from the same."""

OWN_WORD: Final = b"lippen: words of staff for whom they declared, 1"
"""The same for the key under which the declarer's own word for somebody is encrypted."""

UNREADABLE: Final = "(cannot be read: the key of this site was changed)"

MOST_WORDS: Final = 12
"""Names longer than this are cut: nobody has one, and each word more is compared with all others."""


class DeclarationRefused(Refusal):
    """A declaration names nobody."""


@dataclass(frozen=True)
class Declared:
    """A declaration as its maker sees it, and nobody else."""

    ref: str
    relation: str
    label: str
    declared_at: datetime


def declare(acting: Acting, relation: str, first: str, last: str, label: str) -> str:
    """Declare somebody by first and last name (either may be missing); returns the declaration's reference.

    `label` is the declarer's own word for them, kept encrypted and shown to the declarer alone. Raises
    PermissionError, and DeclarationRefused when no name is given or the relation is none that is known.
    """
    _allowed(acting, "write")
    if relation not in Conflict.Relation.values:
        raise DeclarationRefused("there is no such relation")
    units = (_unit(first), _unit(last))
    if not any(units):
        raise DeclarationRefused(
            "nobody is named", remedy="Write a first name, a last name or both.", about="first"
        )
    with transaction.atomic():
        made = Conflict.objects.create(
            person=acting.person,
            relation=relation,
            label=cipher(OWN_WORD).encrypt(label.strip()[:60].encode()).decode(),
            digest=_declared_digest(_key(), *units),
        )
        _enter(acting, "somebody declared", made.ref)
    return made.ref


def withdraw(acting: Acting, ref: str) -> None:
    """Take back a declaration of one's own. Raises PermissionError, RecordUnknown.

    The officers of the organisation are told: whoever takes one back, reads, and declares anew has read about
    somebody they know.
    """
    _allowed(acting, "write")
    with transaction.atomic():
        found = Conflict.objects.filter(person=acting.person, ref=ref, withdrawn_at__isnull=True).first()
        if found is None:
            raise RecordUnknown
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at"])
        _enter(acting, "a declaration taken back", ref, TAKING_BACK)
        others = officers(acting.organisation).exclude(pk=acting.person.pk)
        notices.tell(others, f"/register/record/staff/{acting.person.ref}/", SAYS_TAKEN_BACK)


def declared(acting: Acting) -> list[Declared]:
    """One's own declarations, the newest first; entered as a reading. Raises PermissionError."""
    _allowed(acting, "list")
    found = Conflict.objects.filter(person=acting.person, withdrawn_at__isnull=True).order_by(
        "-declared_at", "-pk"
    )
    shown = [
        Declared(one.ref, Conflict.Relation(one.relation).label, _own_word(one), one.declared_at)
        for one in found
    ]
    records = _records(acting, [one.ref for one in shown])
    enter_reading(acting.reader, Act.CONSULTATION, "own declarations", records, purpose=PURPOSE)
    return shown


def bars(acting: Acting, names: Iterable[str]) -> Verdict:
    """Whether `acting` may open a record that carries these names: refused when one of them is theirs, or of
    somebody they declared and did not take back.

    Asked by every part that opens records about people, after the permissions and before the reading.
    """
    key = _key()
    words = folded(acting.person.name).split()
    own = _declared_digest(key, words[0], words[-1] if len(words) > 1 else "") if words else b""
    held = Conflict.objects.filter(person=acting.person, withdrawn_at__isnull=True)
    declared_ones = [bytes(one) for one in held.values_list("digest", flat=True)]
    for name in names:
        written = _as_written(key, name)
        if written.fits(own):
            return _barred(acting, "you seem to be named in it yourself")
        if any(written.fits(one) for one in declared_ones):
            return _barred(acting, "somebody whom you declared seems to be named in it")
    return Verdict(True, "", "Nobody whom you declared is named in it.")


def _own_word(one: Conflict) -> str:
    try:
        return cipher(OWN_WORD).decrypt(one.label.encode()).decode()
    except InvalidToken:  # the declaration itself bars no more either, and has to be made anew
        return UNREADABLE


def _barred(acting: Acting, why: str) -> Verdict:
    ask = f"Ask a colleague who does not know them to open it, or {acting.whom_to_tell}."
    return Verdict(False, "", f"You do not open this record: {why}. {ask}")


@dataclass(frozen=True)
class _Written:
    """The digests that a declared name can have if it is this one as a record writes it."""

    whole: frozenset[bytes]
    brief: frozenset[bytes]

    def fits(self, declaration: bytes) -> bool:
        return declaration[:16] in self.whole or declaration[16:] in self.brief


def _as_written(key: bytes, name: str) -> _Written:
    """Each pair of units of the name in both orders, and each unit alone.

    A unit is a word, or up to three that follow one another and may be written as one (Mac Donald, Mary-Ann).
    Brief digests are there only where the record has one letter for the first name.
    """
    units = list(_units(folded(name).split()[:MOST_WORDS]))
    whole = {_digest(key, "whole", "", unit) for unit, _ in units}
    brief: set[bytes] = set()
    for (first, at), (last, other) in permutations(units, 2):
        if at & other:
            continue
        whole |= {_digest(key, "whole", first, last), _digest(key, "whole", first[0], last)}
        if len(first) == 1:
            brief.add(_digest(key, "brief", first, last))
    return _Written(frozenset(whole), frozenset(brief))


def _units(words: list[str]) -> Iterator[tuple[str, frozenset[int]]]:
    for start in range(len(words)):
        for size in range(1, min(3, len(words) - start) + 1):
            yield "".join(words[start : start + size]), frozenset(range(start, start + size))


def _declared_digest(key: bytes, first: str, last: str) -> bytes:
    """Both digests of a declared name, 32 bytes. One name alone bars each record in which that word is."""
    first, last = (first, last) if first and last else ("", first or last)
    return _digest(key, "whole", first, last) + _digest(key, "brief", first[:1], last)


def _unit(name: str) -> str:
    return "".join(folded(name).split())


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=LABEL).derive(settings.KEYS.digest.reveal())


def _digest(key: bytes, form: str, first: str, last: str) -> bytes:
    """16 bytes of HMAC-SHA256 of a name in its form, in the order first and last."""
    return hmac.new(key, f"{form}|{first}|{last}".encode(), sha256).digest()[:16]


def _allowed(acting: Acting, verb: str) -> None:
    verdict = acting.may(verb, "conflict")
    if not verdict:
        raise PermissionError(verdict.why)


def _enter(acting: Acting, what: str, ref: str, purpose: str = PURPOSE) -> None:
    enter_change(acting.reader, Act.ALTERATION, what, _records(acting, [ref]), purpose=purpose)


def _records(acting: Acting, refs: Iterable[str]) -> list[Records]:
    """The declarations by their references, which say nothing of who is meant, and whose they are."""
    return [Records("conflict", tuple(refs)), Records("staff", (acting.person.ref,))]
