"""The notes that stood when a seal key was replaced: afterwards that key can put none among them.

Whoever has a key that was replaced can still sign with it a note that a month has expired, or that entries
are kept for a shorter time, and date it back. So the note about the new key holds a digest of those that
stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from lippen.site.register.models import Checkpoint, Expiry, Retention
from lippen.site.register.seals import expiry_bytes, retention_bytes, signer_of
from lippen.site.register.stored_form import held
from lippen.site.seal_keys import RotationNote, SealKeys


def standing_digest(keys: Sequence[bytes]) -> bytes:
    """SHA-256 over the notes in the database that these keys signed: each as it was signed, and its
    signature; those about expired months by month, then those about how long entries are kept by number.
    """
    running = sha256()
    for month in held(Expiry).order_by("month"):
        if signer_of(month, keys) is not None:
            running.update(expiry_bytes(month) + bytes(month.signature))
    for kept in held(Retention).order_by("number"):
        if signer_of(kept, keys) is not None:
            running.update(retention_bytes(kept) + bytes(kept.signature))
    return running.digest()


def not_standing(known: SealKeys) -> tuple[list[RotationNote], list[RotationNote]]:
    """Rotations since which the notes of the earlier keys changed; and those of which that cannot be told, as
    the database they were made in was lost.
    """
    changed: list[RotationNote] = []
    untold: list[RotationNote] = []
    for at, note in enumerate(known.notes, start=1):
        if note.last_checkpoint and not Checkpoint.objects.filter(number=note.last_checkpoint).exists():
            untold.append(note)
        elif standing_digest(known.keys[:at]) != note.standing:
            changed.append(note)
    return changed, untold
