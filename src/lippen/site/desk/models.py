"""What the desk keeps. Of a resident's words nothing stands here: drafts lie sealed to the workers' own keys,
and text is kept from the moment two of them signed it off. Only the services of each part write.

People and organisations stand here as references, as in the register; `report` is the id of a sealed report
in hexadecimal digits.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from lippen.site.accounts.models import new_reference


class DeskKey(models.Model):
    """A worker's key: both public halves in base64, and the private ones wrapped under her passphrase, her
    passkey, or each (`wrapped_keys`), which the site never has. When it is destroyed `wrapped` is emptied;
    the public halves stay.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    organisation = models.CharField(max_length=16, db_index=True)
    person = models.CharField(max_length=16, db_index=True)
    recipient = models.TextField()
    signature = models.CharField(max_length=44)
    wrapped = models.TextField(blank=True)
    made_on = models.DateField()
    until = models.DateField()
    opens_until = models.DateField()
    destroyed_on = models.DateField(null=True)


class Fetch(models.Model):
    """One sealed thing that one worker fetched on one day: what the daily cap counts."""

    organisation = models.CharField(max_length=16)
    person = models.CharField(max_length=16, db_index=True)
    sealed = models.CharField(max_length=32, db_index=True)
    photograph = models.BooleanField(default=False)
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "sealed", "photograph", "on"], name="desk_one_fetch_a_day"
            )
        ]


class PassedOn(models.Model):
    """A report that one worker leaves to the others, because it may be about somebody she knows."""

    organisation = models.CharField(max_length=16)
    person = models.CharField(max_length=16)
    report = models.CharField(max_length=32, db_index=True)
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "report"], name="desk_passed_on_once")
        ]


class Answered(models.Model):
    """A report to which word went back. Not how often: that would tell of the mailbox."""

    organisation = models.CharField(max_length=16)
    report = models.CharField(max_length=32, unique=True)
    on = models.DateField()


class AnswerDraft(models.Model):
    """An answer with a worker's own words, which waits for a colleague to send it: `sealed` to the desk's own
    keys, in base64, in the envelope of a log's draft. It goes when it is sent.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    organisation = models.CharField(max_length=16)
    report = models.CharField(max_length=32, unique=True)
    sealed = models.TextField()
    written_by = models.CharField(max_length=16)
    on = models.DateField()


class Matter(models.TextChoices):
    """What takes two of a desk to decide about a report, beside its log and words of one's own."""

    ADVICE = "advice", "answering somebody who writes again and again"
    CHILD = "child", "handing a child's safety to child protection"
    ADULT = "adult", "handing an adult's safety to adult protection"
    CLOSE = "close", "closing it, which deletes it"


class Decision(models.Model):
    """One such matter: raised, asked for by one worker with a ground, and agreed to by another. `photographs`
    are the ids of those that go with a report which is closed, in their order, with a blank between.
    """

    organisation = models.CharField(max_length=16)
    report = models.CharField(max_length=32, db_index=True)
    matter = models.CharField(max_length=8, choices=Matter.choices)
    ground = models.CharField(max_length=40, blank=True)
    photographs = models.CharField(max_length=131, blank=True)
    on = models.DateField()
    asked_by = models.CharField(max_length=16, blank=True)
    agreed_by = models.CharField(max_length=16, blank=True)
    agreed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["report", "matter"], name="desk_one_decision_on_a_matter")
        ]


class LogState(models.TextChoices):
    """Where a log stands. Of a DRAFT and one that is HELD the site has sealed bytes alone."""

    DRAFT = "draft", "waits for a second person"
    HELD = "held", "held at the desk"
    SIGNED = "signed", "signed off, waits for its batch"
    RELEASED = "released", "released"
    TAKEN_BACK = "taken", "taken back by the desk"


class Log(models.Model):
    """One log, from its draft to its release.

    `sealed` is the draft in base64, an envelope like a report's, and `commitment` the SHA-256 of a salt and
    the words in it: so the second person signs exactly what the first one wrote. `content` is the log itself
    (`log_content`). At the sign-off the draft's row is deleted, and the log gets one of its own, with another
    reference and without anybody's name; at its release it gets one more (`releasing`). So nothing leads from
    what went out to its draft, and thereby to the report. `written_by` and `written_at` are of drafts and of
    what was released at once. Of one that was TAKEN_BACK the words are gone, and `taken_back_for` says on
    what ground (`at_once`).
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    organisation = models.CharField(max_length=16, db_index=True)
    report = models.CharField(max_length=32, blank=True, db_index=True)
    state = models.CharField(max_length=8, choices=LogState.choices, default=LogState.DRAFT)
    sealed = models.TextField(blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    written_by = models.CharField(max_length=16, blank=True)
    written_at = models.DateTimeField(null=True)
    content = models.JSONField(null=True)
    rests_until = models.DateTimeField(null=True)
    goes_by = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True, db_index=True)
    at_once = models.BooleanField(default=False)
    reviewed_by = models.CharField(max_length=16, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    taken_back_for = models.CharField(max_length=12, blank=True)
    destroy_on = models.DateField()


class LogGoesTo(models.Model):
    """An organisation to which a log goes."""

    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="goes_to")
    organisation = models.CharField(max_length=16, db_index=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["log", "organisation"], name="desk_log_goes_once")
        ]
