"""The seal key replaced under a register that goes on: a note that both keys sign, an entry, the panel told.

The invariant: what seals is the key that the newest note names, and no other. The files of keys are swapped
by `operation/seal_rotation.py`, once the note is committed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from lippen.errors import LippenError
from lippen.site.keys import SealKey
from lippen.site.register import resolvers
from lippen.site.register.dialects import dialect
from lippen.site.register.models import Act, Checkpoint, Rotation
from lippen.site.register.seals import NOTHING_BEFORE, checkpoint_digest, seals
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change
from lippen.site.register.standing_notes import not_standing, standing_digest
from lippen.site.register.stored_form import held
from lippen.site.seal_keys import LONGEST_REASON, RotationNote, SealKeys, seal_keys, short

ROTATION_PREFIX: Final = "rotation-"
"""Under this and its number an entry names the note that was written with it."""

_WHAT: Final = "the key that seals the register"


class SealKeyReplaced(LippenError):
    """The seal key that lies with the site is not the one that seals its register any more."""


class RotationRefused(LippenError):
    """The seal key cannot be replaced now."""


def rotation_notes() -> list[RotationNote]:
    """The notes in the database, in order, whoever signed them; without those that are in no form of ours."""
    return [
        RotationNote(
            number=one.number,
            at=one.at,
            old=bytes(one.old_public),
            new=bytes(one.new_public),
            last_checkpoint=one.last_checkpoint,
            last_digest=bytes(one.last_digest),
            standing=bytes(one.standing),
            reason=one.reason,
            signature=bytes(one.signature),
            countersignature=bytes(one.countersignature),
        )
        for one in held(Rotation).order_by("number")
    ]


def row_of(note: RotationNote) -> Rotation:
    """The note as the database holds it, not saved."""
    return Rotation(
        number=note.number,
        at=note.at,
        old_public=note.old,
        new_public=note.new,
        last_checkpoint=note.last_checkpoint,
        last_digest=note.last_digest,
        standing=note.standing,
        reason=note.reason,
        signature=note.signature,
        countersignature=note.countersignature,
    )


def own_seal_keys() -> SealKeys:
    """The seal keys of this site, as they follow by its notes from the key that lies with it."""
    return seal_keys(settings.KEYS.seal.public_bytes(), rotation_notes())


def sealing_key() -> SealKey:
    """The key to sign with. Raises SealKeyReplaced when a note says that another took its place."""
    own: SealKey = settings.KEYS.seal
    known = own_seal_keys()
    if known.newest != own.public_bytes():
        raise replaced(known)
    return own


def replaced(known: SealKeys) -> SealKeyReplaced:
    """What is raised where these keys end with another one than the site has."""
    last = known.notes[-1]
    return SealKeyReplaced(
        f"note {last.number} of {last.at:%Y-%m-%d %H:%M} UTC says that the seal key was replaced by "
        f"{short(last.new)}, which is not here",
        file=settings.CONFIGURATION.keys,
        remedy="If that was stopped half-way, opening the site finishes it. Otherwise put the newest file of "
        "keys back; and if nobody here replaced the key, somebody has it: tell the panel.",
    )


def write_rotation(old: SealKey, new: SealKey, reason: str, reader: Reader = SYSTEM) -> RotationNote:
    """Write the note that `new` seals from now on in the place of `old`, and return it.

    The note, its entry and the notice to the panel stand or fall together. What stands before it is asked
    where nobody else signs: whatever `old` signed and the note does not know of would be a breach for ever.
    Raises RotationRefused when something is wrong with the register that the note would cover up, or the
    reason is none; SealKeyReplaced when `old` is not what seals any more.
    """
    if len(reason) > LONGEST_REASON or any(unicodedata.category(one)[0] == "C" for one in reason):
        raise RotationRefused(
            f"a reason is one line of at most {LONGEST_REASON} characters", remedy="Say it in fewer words."
        )
    with transaction.atomic(), dialect().nobody_signs():
        note = _signed(old, new, reason)
        _enter(note, reader, reason)
        resolvers.tell_panel(resolvers.SEAL_KEY_REPLACED)
    return note


def _signed(old: SealKey, new: SealKey, reason: str) -> RotationNote:
    last = Checkpoint.objects.order_by("-number").first()
    known = seal_keys(old.public_bytes(), rotation_notes())
    if known.newest != old.public_bytes():
        raise replaced(known)
    if last is not None and not seals(known.of_checkpoint(last.number), last):
        raise _unsound(f"checkpoint {last.number} was not sealed with this site's key")
    if not_standing(known)[0]:
        raise _unsound("notes of an earlier seal key were put in or taken out since it was replaced")
    newest = Rotation.objects.order_by("-number").first()
    return RotationNote(
        number=newest.number + 1 if newest else 1,
        at=max([datetime.now(UTC), *([last.at] if last else []), *(one.at for one in known.notes)]),
        old=old.public_bytes(),
        new=new.public_bytes(),
        last_checkpoint=last.number if last else 0,
        last_digest=checkpoint_digest(last) if last else NOTHING_BEFORE,
        standing=standing_digest(known.keys),
        reason=reason,
    ).signed(old.signer(), new.signer())


def take_up(notes: Iterable[RotationNote], reader: Reader = SYSTEM) -> list[RotationNote]:
    """Put notes back that a restored database lacks, each with an entry, and return them."""
    numbers = set(Rotation.objects.values_list("number", flat=True))
    lacking = [note for note in notes if note.number not in numbers]
    for note in lacking:
        with transaction.atomic():
            _enter(note, reader, f"put back after a restore: replaced on {note.at:%Y-%m-%d %H:%M} UTC")
    return lacking


def _enter(note: RotationNote, reader: Reader, purpose: str) -> None:
    row_of(note).save(force_insert=True)
    named = [Records("register", (f"{ROTATION_PREFIX}{note.number}",))]
    enter_change(reader, Act.ALTERATION, _WHAT, named, purpose=purpose)


def _unsound(why: str) -> RotationRefused:
    return RotationRefused(
        f"{why}, and a note about a new key would stand above that",
        remedy="Run lippen register verify, and tell the panel.",
    )
