"""Whether the notes about months that have gone, and about how long entries are kept, are the site's own."""

from __future__ import annotations

from datetime import UTC, date

from lippen.site.register.expiry import months_after
from lippen.site.register.models import Expiry, Retention
from lippen.site.register.retention import SHORTER_WAITS, months_in_force, signed_notes
from lippen.site.register.seals import signer_of
from lippen.site.register.stored_form import held
from lippen.site.register.verdict import Verdict, said
from lippen.site.seal_keys import SealKeys
from lippen.wording import counted


class NotesVerified:
    """Checks notes, and knows which months have gone by one that holds."""

    def __init__(self, known: SealKeys, verdict: Verdict) -> None:
        self._keys = known.keys
        self._verdict = verdict
        self._noted: set[date] = set()
        self._expired: dict[date, Expiry] = {}
        self._retention: list[Retention] = []

    def take_in_retention(self) -> None:
        """Check the notes about how long entries are kept, before the other notes."""
        self._retention, unsigned = signed_notes(self._keys)
        for one in unsigned:
            self._verdict.breach(
                f"note {one.number} about how long entries are kept does not bear the signature of this key."
            )
        for at, one in enumerate(self._retention):
            if one.keep_months < months_in_force(self._retention[:at], one.at):
                self._verdict.state(
                    f"on {said(one.at)} the site said that it means to keep entries for a shorter time: "
                    f"{one.policy}. It counts {SHORTER_WAITS.days} days later."
                )

    def take_in(self) -> None:
        """Check the notes about months that have gone, those too that were made since the last time."""
        for note in held(Expiry).order_by("month"):
            if note.month not in self._noted:
                self._noted.add(note.month)
                if self._holds(note):
                    self._expired[note.month] = note

    def of(self, month: date) -> Expiry | None:
        """The note by which this month has gone; None when there is none that holds."""
        return self._expired.get(month)

    def reach_beyond(self, checkpoint: int) -> bool:
        """Whether a month has gone in which something was sealed after this checkpoint."""
        return any(note.last_checkpoint > checkpoint for note in self._expired.values())

    def _holds(self, note: Expiry) -> bool:
        month = f"{note.month:%Y-%m}"
        if signer_of(note, self._keys) is None:
            self._verdict.breach(
                f"the note that {month} has expired does not bear the signature of this key."
            )
            return False
        due = months_after(note.month, note.keep_months + 1)
        if note.at.astimezone(UTC).date() < due:
            self._verdict.breach(
                f"{month} expired on {said(note.at)} and its own policy kept it until {due:%Y-%m-%d}."
            )
        kept = months_in_force([one for one in self._retention if one.at <= note.at], note.at)
        if note.keep_months < kept:
            self._verdict.breach(
                f"{month} expired on {said(note.at)} by a policy of {counted(note.keep_months, 'month')}, "
                f"when {kept} counted."
            )
        self._verdict.state(
            f"{month} has expired: {counted(note.entries, 'entry', 'entries')} under checkpoints "
            f"{note.first_checkpoint} to {note.last_checkpoint} went on {said(note.at)} ({note.policy})."
        )
        return True
