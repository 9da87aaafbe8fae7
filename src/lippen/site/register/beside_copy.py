"""The copy of the checkpoints that is held outside, read line by line beside the database's own.

Against the register stands only what the copy holds signed. Whatever else is in it is a fault of the copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lippen.site.register.copies import Copied, copied_lines
from lippen.site.register.models import Checkpoint
from lippen.site.register.seals import as_line, seals
from lippen.site.register.verdict import Verdict, said
from lippen.site.seal_keys import SealKeys
from lippen.wording import counted


class BesideCopy:
    """The copy held outside, read line by line beside the database's checkpoints."""

    def __init__(self, place: Path, verdict: Verdict, known: SealKeys, newest: int) -> None:
        self._any = self._any_signed = False
        self._lines = self._sound(copied_lines(place))
        self._verdict = verdict
        self._known = known
        self._newest = newest
        self._next = next(self._lines, None)
        self._last: Checkpoint | None = None
        self._compared = 0
        self._begins_later = False
        self._fits = False

    def _sound(self, lines: Iterator[Copied]) -> Iterator[tuple[Copied, Checkpoint]]:
        """Lines that hold a checkpoint of a higher number than the last; each other one is a fault of the
        copy.

        One that leaves numbers out, or goes beyond the database, has to be signed, or it would hide those
        behind it.
        """
        number = 0
        for line in lines:
            where = f"{line.file.name}, line {line.line}," if line.line else f"{line.file.name}"
            one = line.checkpoint
            self._any |= one is not None
            if one is None:
                self._verdict.copy_fault(f"{where} is no checkpoint: {line.complaint}.")
            elif (one.number != number + 1 or one.number > self._newest) and not self._copied_signed(one):
                self._verdict.copy_fault(
                    f"{where} holds a checkpoint {one.number} that does not bear the signature of this key."
                )
            elif one.number <= number:
                self._verdict.copy_fault(f"{where} holds checkpoint {one.number} once more.")
            else:
                number = one.number
                yield line, one

    def _signed(self, one: Checkpoint) -> bool:
        return seals(self._known.of_checkpoint(one.number), one)

    def _copied_signed(self, copied: Checkpoint) -> bool:
        signed = self._signed(copied)
        self._any_signed |= signed
        return signed

    def compare(self, one: Checkpoint) -> None:
        """Hold the database's next checkpoint against the copy; called for each in order."""
        while self._next is not None and self._next[1].number < one.number:
            self._lost(*self._next, stated=self._next[1].number > self._compared)
            self._advance()
        self._compared = one.number
        if self._next is None:
            return
        line, copied = self._next
        if copied.number == one.number:
            if as_line(copied) == as_line(one):
                self._fits = True
            else:
                self._differing(one, copied, line)
            self._advance()
        elif self._last is not None:
            self._verdict.copy_fault(
                f"checkpoint {one.number} is in the database and not in the copy, which goes on with "
                f"{copied.number} ({line.file.name}, line {line.line})."
            )
        elif not self._begins_later:
            self._begins_later = True
            self._verdict.unchecked.append(
                f"the copy begins with checkpoint {copied.number}: those before it were not compared."
            )

    def _differing(self, one: Checkpoint, copied: Checkpoint, line: Copied) -> None:
        where = (
            f"checkpoint {one.number} of the database is not that of the copy "
            f"({line.file.name}, line {line.line})"
        )
        theirs, ours = self._copied_signed(copied), self._signed(one)
        if ours and not theirs:
            self._verdict.copy_fault(f"{where}: the copy's is not signed.")
            return
        why = (
            ", and both are signed: whoever holds the seal key sealed twice"
            if ours
            else ": the database's is not signed, so the database was altered"
            if theirs
            else ", and neither is signed with this key"
        )
        self._verdict.breach(f"{where}{why}.", one.number)

    def _lost(self, line: Copied, copied: Checkpoint, *, stated: bool) -> None:
        """A checkpoint of the copy that the database lacks: breach, unless the database's next leaves
        its number out, which the walk has told. A line that nobody signed is no proof of a loss.
        """
        if not self._copied_signed(copied):
            self._verdict.copy_fault(
                f"{line.file.name}, line {line.line}, holds a checkpoint {copied.number} that does "
                "not bear the signature of this key."
            )
        elif not stated:
            self._verdict.breach(
                f"checkpoint {copied.number} of {said(copied.at)} is in the copy and not in the database.",
                copied.number,
            )

    def _advance(self) -> None:
        if self._next is not None:
            self._last = self._next[1]
        self._next = next(self._lines, None)

    def end(self) -> None:
        """Tell what the copy holds after the database's last checkpoint, and how far it goes; once, where
        nothing in it is signed, that it is another's.
        """
        beyond: list[Checkpoint] = []
        many = entries = 0
        while self._next is not None:
            line, copied = self._next
            if Checkpoint.objects.filter(number=copied.number).exists():
                break  # sealed since the walk began
            if self._copied_signed(copied):
                beyond = [*beyond[:1], copied]
                many += 1
                entries += copied.entries
            else:
                self._lost(line, copied, stated=False)
            self._advance()
        if beyond:
            self._verdict.breach(
                f"{'checkpoint' if many == 1 else 'checkpoints'} {beyond[0].number}"
                + (f" to {beyond[-1].number}" if many > 1 else "")
                + f", sealed {said(beyond[0].at)} to {said(beyond[-1].at)} over "
                f"{counted(entries, 'entry', 'entries')}, "
                f"{'is' if many == 1 else 'are'} in the copy and not in the database: its end was cut off, "
                "or an older backup was put in its place.",
                beyond[0].number,
            )
        if self._any and not (self._fits or self._any_signed) and self._verdict.copy_faults:
            self._verdict.copy_of_another()
            return
        if self._last is not None and not self._fits:
            self._verdict.unchecked.append(
                "not one checkpoint of the copy is the database's: either it is no copy of this "
                "register, or the public "
                "key was exchanged with all that it signed. Check with the key that the panel holds."
            )
        reached = self._last.number if self._last else 0
        if reached < self._compared:
            self._verdict.unchecked.append(
                f"the copy ends with checkpoint {reached} and the database with {self._compared}: what was "
                "sealed in between was not compared."
            )
