"""Whether each checkpoint bears the signature of the key that sealed at its time, and the notes about new
seal keys lead from the key that the asker holds to that one.

One key is trusted: the one that was named. From it the notes go on to later keys by the signature of the key
that went, and back to earlier ones by that of the key that came. What both say is told, so that the asker can
see what their own key vouches for, and ask about a key that nobody gave them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.site.register.copied_rotations import copied_notes
from lippen.site.register.copies import copied_lines
from lippen.site.register.models import Checkpoint, Rotation, Shown
from lippen.site.register.rotation import ROTATION_PREFIX, rotation_notes
from lippen.site.register.seals import NOTHING_BEFORE, checkpoint_digest, seals
from lippen.site.register.standing_notes import not_standing
from lippen.site.register.stored_form import held
from lippen.site.register.verdict import Verdict, said
from lippen.site.register.verified_notes import NotesVerified
from lippen.site.seal_keys import RotationNote, SealKeys, seal_keys, short

_ABOUT: Final = "about a new seal key"


def sealed_nothing(trusted: Sequence[Ed25519PublicKey], copy: Path | None) -> bool:
    """Whether there are checkpoints, in the database or in the copy, and none of them bears the signature of
    a key that is trusted or that follows from one. Raises CopiesUnwritable.
    """
    notes = rotation_notes()
    if copy is not None and copy.is_dir():
        notes += [note for _, note in copied_notes(copy) if note is not None]
    keys = {key for one in trusted for key in seal_keys(one.public_bytes_raw(), notes).keys}
    here = held(Checkpoint).order_by("number").iterator(2_000)
    copied = (line.checkpoint for line in copied_lines(copy)) if copy is not None else ()
    some = False
    for one in chain(here, copied):
        if one is not None:
            some = True
            if any(seals(key, one) for key in keys):
                return False
    return some


class SealsVerified:
    """Follows the seal keys from the one that is trusted, and checks the seals of checkpoints with them.

    `known` are the keys that follow. `copy` is the folder of copies, which holds the notes too; a single file
    of copies holds none.
    """

    def __init__(self, trusted: Sequence[Ed25519PublicKey], copy: Path | None, verdict: Verdict) -> None:
        self._verdict = verdict
        self._trusted = [key.public_bytes_raw() for key in trusted]
        self._here = rotation_notes()
        folder = copy if copy is not None and copy.is_dir() else None
        self._copied = self._read_copied(folder) if folder else []
        self.known: SealKeys = seal_keys(self._trusted[0], [*self._here, *self._copied])
        self._last_of_key: dict[int, list[RotationNote]] = {}
        for note in self.known.notes:
            self._last_of_key.setdefault(note.last_checkpoint, []).append(note)
        named = held(Shown).filter(data_class="register", record__startswith=ROTATION_PREFIX)
        self._entered = dict(named.order_by("-entry_id").values_list("record", "entry_id"))
        self._here_faults()
        self._copied_faults()
        if folder:
            self._not_copied()
        self._taken_out()
        self._told()

    def checkpoint(self, one: Checkpoint) -> None:
        """Check the seal of one checkpoint, and that it is the one that a note names as its key's last."""
        due = self.known.of_checkpoint(one.number)
        if not seals(due, one):
            other = next((key for key in self.known.keys if seals(key, one)), None)
            if other is not None:
                self._verdict.breach(
                    f"checkpoint {one.number} of {said(one.at)} is sealed with key {short(other)}, and by "
                    f"the notes {_ABOUT} {short(due)} seals that number: whoever has the other one sealed "
                    "it.",
                    one.number,
                )
            else:
                which = "this key" if len(self.known.keys) == 1 else f"key {short(due)}"
                self._verdict.breach(
                    f"checkpoint {one.number} of {said(one.at)} does not bear the signature of {which}: it "
                    "was altered, or sealed with another key.",
                    one.number,
                )
        for note in self._last_of_key.pop(one.number, []):
            if checkpoint_digest(one) != note.last_digest:
                self._verdict.breach(
                    f"checkpoint {one.number} is not the one that note {note.number} {_ABOUT} names as the "
                    "last of the old key: everything up to it was sealed anew.",
                    one.number,
                )

    def end(self, notes: NotesVerified, newest: int) -> None:
        """Check what shows once all checkpoints were seen: `newest` is the number of the last of them."""
        for note in self._last_of_key.pop(0, []):
            if note.last_digest != NOTHING_BEFORE:
                self._verdict.breach(f"note {note.number} {_ABOUT} names no checkpoint and a digest of one.")
        for number, named in self._last_of_key.items():
            if number > newest:
                self._verdict.breach(
                    f"note {named[0].number} {_ABOUT} names checkpoint {number} as sealed, and the last "
                    f"one in the database is {newest or 'not there'}: its end was cut off, or an older "
                    "backup was put in its place.",
                    newest or None,
                )
        changed, untold = not_standing(self.known)
        for note in changed:
            self._verdict.breach(
                "notes about expired months, or about how long entries are kept, that were signed before the "
                f"seal key was replaced on {said(note.at)} were put in or taken out since: whoever has the "
                "old key can do that."
            )
        for note in untold:
            self._verdict.unchecked.append(
                f"checkpoint {note.last_checkpoint}, which note {note.number} {_ABOUT} names, is lost: "
                "whether the notes about expired months from before are those of then was not checked."
            )
        self._put_in(notes)

    # --- the notes

    def _read_copied(self, folder: Path) -> list[RotationNote]:
        found: list[RotationNote] = []
        for file, note in copied_notes(folder):
            if note is None:
                self._verdict.copy_fault(f"{file.name} is no note {_ABOUT}.")
            elif note not in found:
                found.append(note)
        return found

    def _here_faults(self) -> None:
        for note in self._here:
            if fault := note.fault():
                self._verdict.breach(f"note {note.number} {_ABOUT} {fault}.")
            elif note not in self.known.notes:
                self._beside(note, "in the database")
        for key in self._trusted[1:]:
            if key not in self.known.keys:
                self._verdict.breach(
                    f"no note {_ABOUT} leads from {short(self._trusted[0])} to {short(key)}: one of them is "
                    "no key of this register, or a note was taken out."
                )

    def _copied_faults(self) -> None:
        for note in self._copied:
            if note in self.known.notes:
                if note not in self._here:
                    self._verdict.breach(
                        f"note {note.number} {_ABOUT} is in the copy and not in the database."
                    )
            elif not note.fault() and note.old in self.known.keys:
                self._beside(note, "in the copy")
            else:
                self._verdict.copy_fault(
                    f"a note {_ABOUT} of {said(note.at)} is none that this register's keys signed."
                )

    def _not_copied(self) -> None:
        for note in self.known.notes:
            if note not in self._copied:
                self._verdict.unchecked.append(
                    f"note {note.number} {_ABOUT} is not in the copy: it was taken away before, or has not "
                    "been copied yet, or the key was replaced past the program."
                )

    def _beside(self, note: RotationNote, where: str) -> None:
        """A note that both its keys signed, and that is none of those that lead from the trusted key."""
        other = next((one for one in self.known.notes if one.old == note.old), None)
        if other is not None:
            self._verdict.breach(
                f"the seal key {short(note.old)} was replaced twice: by {short(other.new)} on "
                f"{said(other.at)}, and {where} by {short(note.new)} on {said(note.at)}. Whoever has the "
                "old key signed both, and one of the new ones may be a thief's."
            )
        else:
            self._verdict.breach(
                f"note {note.number} {_ABOUT} was put in, or others were taken out: no note leads to it from "
                f"{short(self._trusted[0])}."
            )

    def _taken_out(self) -> None:
        numbers = set(Rotation.objects.values_list("number", flat=True))
        numbers |= {one.number for one in self.known.notes}
        gone = {
            number: entry
            for record, entry in self._entered.items()
            if (number := record.removeprefix(ROTATION_PREFIX)).isdecimal() and int(number) not in numbers
        }
        for number, entry in sorted(gone.items(), key=lambda one: int(one[0])):
            self._verdict.breach(
                f"note {number} {_ABOUT} was taken out: entry {entry} says that it was written.", None, entry
            )
        for at, note in enumerate(self.known.notes, start=1):
            if note.number != at and at not in numbers:
                self._verdict.breach(
                    f"note {at} {_ABOUT} was taken out: the first one left is {note.number}."
                )
                break

    def _put_in(self, notes: NotesVerified) -> None:
        """Tell of notes that no entry names, unless it went with its month."""
        for note in self.known.notes:
            if f"{ROTATION_PREFIX}{note.number}" not in self._entered and not notes.reach_beyond(
                note.last_checkpoint
            ):
                self._verdict.breach(
                    f"note {note.number} {_ABOUT} of {said(note.at)} was put in past the program: no entry "
                    "says that it was written. Whoever has the old key may have replaced it by one of theirs."
                )

    def _told(self) -> None:
        known, first = self.known, 1
        for at, key in enumerate(known.keys):
            last = known.notes[at].last_checkpoint if at < len(known.notes) else None
            self._verdict.seal_keys.append(
                {"key": key.hex(), "from": first, "to": last, "trusted": key in self._trusted}
            )
            first = (last or 0) + 1
        for note in known.notes:
            self._verdict.state(
                f"on {said(note.at)} the seal key {short(note.old)} was replaced by {short(note.new)} "
                f"({note.reason}), by note {note.number}, which both signed. Up to checkpoint "
                f"{note.last_checkpoint} the old one seals, from then on the new one."
            )
        if known.notes:
            self._verdict.state(self._in_words())

    def _in_words(self) -> str:
        """What the trusted key vouches for by itself, and what by which notes."""
        mine, keys = self._trusted[0], self.known.keys
        at = keys.index(mine)
        own = next(one for one in self._verdict.seal_keys if one["key"] == mine.hex())
        first, last = own["from"], own["to"]
        reach = f"checkpoint {first} and all after it" if last is None else f"checkpoints {first} to {last}"
        if last is not None and last < first:
            reach = "no checkpoint"
        earlier = [note.number for note in self.known.notes[:at]]
        later = [note.number for note in self.known.notes[at:]]
        words = f"the key that was named, {short(mine)}, itself seals {reach}"
        if earlier:
            held = (
                "which names the last of them and so holds all of them fast"
                if len(earlier) == 1
                else "which name the last of each key before it and so hold all of them fast"
            )
            words += f"; for those before it stands by {_notes(earlier)}, {held}"
        if later:
            words += (
                f"; for those after it stands by {_notes(later)} alone. Whoever had that key could "
                f"sign such a note too: compare {short(self.known.newest)} with the seal.pub that was handed "
                "over, and check with that one"
            )
        return f"{words}."


def _notes(numbers: list[int]) -> str:
    """Notes by their numbers as a sentence names them: `note 1`, `notes 1 and 2`, `notes 1, 2 and 3`."""
    *before, last = map(str, numbers)
    return f"notes {', '.join(before)} and {last}" if before else f"note {last}"
