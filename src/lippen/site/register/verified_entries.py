"""Whether an entry says what it said when it was made, and whether what was made with it is still there."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef

from lippen.site.keys import DigestKey
from lippen.site.register.alerts import ALERT_PREFIX, alert_record
from lippen.site.register.digests import digest_of
from lippen.site.register.in_order import NamedRecords
from lippen.site.register.models import Alert, Entry, Retention, Shown
from lippen.site.register.retention import NOTE_PREFIX
from lippen.site.register.stored_form import held
from lippen.site.register.verdict import Verdict, said
from lippen.wording import counted


class EntriesVerified:
    """Checks entries one by one, and tells the verdict. Without the digest key only that all their records,
    alerts and notes are there.
    """

    def __init__(self, digest_key: DigestKey | None, verdict: Verdict) -> None:
        self._digest_key = digest_key
        self._verdict = verdict

    def as_made(self, entry: Entry, shown: NamedRecords, checkpoint: int | None) -> bool:
        """Whether the entry says what it said, and what was made with it is there as it was."""
        complaint = self._complaint(entry, shown)
        if not complaint:
            return True
        if not Entry.objects.filter(pk=entry.pk).exists():
            return True  # its month expired while it was looked at, with all that belongs to it
        self._verdict.breach(f"{complaint}.", checkpoint, entry.pk)
        return False

    def _complaint(self, entry: Entry, shown: NamedRecords) -> str:
        if len(shown) != entry.shown_count:
            return (
                f"entry {entry.pk} of {said(entry.at)} names {counted(len(shown), 'record')} and says that "
                f"it showed {entry.shown_count:,}"
            )
        who = (entry.reader, entry.role, entry.organisation, entry.regime)
        about = (entry.what, entry.purpose, entry.case, entry.agreement)
        if self._digest_key is not None and digest_of(
            self._digest_key, entry.at, entry.act, who, *about, shown
        ) != bytes(entry.digest):
            return (
                f"entry {entry.pk} of {said(entry.at)} does not say what it said when it was made: it, or "
                "the records it names, were altered, or its digest was made with another key"
            )
        for data_class, record in shown:
            if data_class == "register" and record.startswith(ALERT_PREFIX):
                return self._alert_complaint(entry, record)
            if data_class == "register" and record.startswith(NOTE_PREFIX):
                return self._note_complaint(entry, record)
        return ""

    def _alert_complaint(self, entry: Entry, record: str) -> str:
        alert = held(Alert).filter(entry=entry).first()
        raised = f"the alert about unusual reading that was raised on {said(entry.at)} (entry {entry.pk})"
        if alert is None:
            return f"{raised} was taken out"
        if self._digest_key is not None and alert_record(self._digest_key, alert) != record:
            return f"{raised} was altered"
        return ""

    @staticmethod
    def _note_complaint(entry: Entry, record: str) -> str:
        number = record.removeprefix(NOTE_PREFIX)
        if number.isdecimal() and Retention.objects.filter(number=int(number)).exists():
            return ""
        return (
            f"the note of {said(entry.at)} about how long entries are kept (entry {entry.pk}) was taken out"
        )

    def alerts_put_in(self) -> None:
        """Tell of alerts that no entry raised."""
        raised = held(Shown).filter(data_class="register", record__startswith=ALERT_PREFIX)
        for alert in held(Alert).exclude(entry__in=raised.values("entry")).order_by("pk"):
            self._verdict.breach(
                f"an alert about unusual reading of {said(alert.made_at)} was put in: no entry raised it.",
                entry=alert.entry_id,
            )

    def records_of_no_entry(self) -> None:
        """Tell of records that belong to no entry: the next one of that number would seem to have shown
        them.
        """
        there = Entry.objects.filter(pk=OuterRef("entry"))
        left = held(Shown).filter(~Exists(there)).order_by("entry").values("entry").annotate(many=Count("pk"))
        for entry, many in left.values_list("entry", "many").iterator():
            verb = "is" if many == 1 else "are"
            self._verdict.breach(
                f"entry {entry} is not there, and {counted(many, 'record')} of it {verb}: the entry was "
                "taken out, or what it names was put in.",
                entry=entry,
            )
