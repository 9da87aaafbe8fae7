"""Replaces the seal key of a site that nobody serves; killed at any step, the next start or the same command
finishes it or drops it.

The order makes it so. The new key is on the disk beside the old one before anything says that there is one.
The note about it, committed in the database, decides: without it the new key is dropped; with it the files
are swapped, of which the last step is one rename, so that until then the new key lies where it lay. Then the
note is copied outside, and the list of what has ended is signed with the new key. Whoever holds the workspace
(`lock`) does this, so nobody drops a key that another is about to name.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from lippen.errors import LippenError
from lippen.site.configuration import Configuration
from lippen.site.keys import (
    NEXT,
    SealKey,
    drop_next_seal,
    make_next_seal,
    next_seal,
    read_keys,
    take_next_seal,
    write_rotations,
)
from lippen.site.operation import ended_list
from lippen.site.operation.keys_file import notes_in
from lippen.site.register.copied_rotations import copied_notes
from lippen.site.register.copies import Copies
from lippen.site.register.rotation import (
    RotationRefused,
    rotation_notes,
    sealing_key,
    take_up,
    write_rotation,
)
from lippen.site.register.sealer import seal_once
from lippen.site.seal_keys import RotationNote, SealKeys, seal_keys


@dataclass(frozen=True)
class Rotated:
    """The note about the new key; whether the replacement was an earlier one that had been interrupted; and
    whether the note is in the folder of copies, to which it else goes when the site is open.
    """

    note: RotationNote
    earlier: bool
    copied: bool


def rotate(configuration: Configuration, reason: str) -> Rotated:
    """Replace the seal key of a site that Django is ready for and nobody serves; see `lock`.

    One that was interrupted is finished, and no other begun. Raises RotationRefused, CopiesAhead,
    CopiesUnwritable, CopiesDisagree and SealKeyReplaced when it cannot be done, having changed nothing.
    """
    if not reason.strip():
        raise RotationRefused(
            "a new seal key needs a reason, which stays in the register",
            remedy='Say it in a line: --reason "a drawer was found open"',
        )
    note = settle(configuration)
    earlier = note is not None
    if note is None:
        old = sealing_key()
        while seal_once() is not None:
            pass
        new = make_next_seal(configuration.keys)
        try:
            note = write_rotation(old, new, reason)
        finally:
            # Whether the note was committed is asked of the database, also when that is not clear here.
            settle(configuration)
    try:
        Copies(configuration.checkpoint_copies).catch_up()
    except LippenError:
        return Rotated(note, earlier, copied=False)
    return Rotated(note, earlier, copied=True)


def settle(configuration: Configuration) -> RotationNote | None:
    """Finish a replacement of the seal key whose note was written, and drop one that has none; and put notes
    back that a restored database lacks. For the start of a site, and of what restores one.

    Returns the note of a replacement that was finished. Raises KeyMissing, KeyExposed.
    """
    present = read_keys(configuration.keys).seal
    kept = notes_in(configuration.keys)
    copied = [note for _, note in copied_notes(configuration.checkpoint_copies) if note is not None]
    finished: RotationNote | None = None
    if (configuration.keys / NEXT).exists():
        coming = next_seal(configuration.keys)
        following = [
            note
            for note in (*rotation_notes(), *kept, *copied)
            if note.old == present.public_bytes() and not note.fault()
        ]
        named = [note for note in following if coming is not None and note.new == coming.public_bytes()]
        if coming is not None and named:
            finished = named[0]
            _swap(configuration, coming, [finished, *rotation_notes(), *kept, *copied])
        elif not following:
            drop_next_seal(configuration.keys)
    own = settings.KEYS.seal.public_bytes()
    known = seal_keys(own, [*rotation_notes(), *kept, *copied]).before(own)
    take_up(known.notes)
    if known.notes and known.as_text() != seal_keys(own, kept).before(own).as_text():
        write_rotations(configuration.keys, known.as_text())
    return finished


def _swap(configuration: Configuration, coming: SealKey, notes: list[RotationNote]) -> None:
    """Put the new key in its place, for this process too, and sign with it what the old one signed."""
    public = coming.public_bytes()
    known = seal_keys(public, notes).before(public)
    take_next_seal(configuration.keys, known.as_text())
    settings.KEYS = read_keys(configuration.keys)
    try:
        ended_list.sign_anew(configuration, coming, SealKeys(known.first, known.notes[:-1]))
    except (LippenError, OSError):
        return  # the hourly job says what is wrong with it
