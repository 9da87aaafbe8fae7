"""What insight keeps beside the lake. The lake holds what was imported and found; here stands who brought it
in and who decided what. Only the services of each room write.

People and organisations stand here as references, as in the register.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from lippen.site.accounts.models import new_reference


class Holding(models.Model):
    """Which organisation holds the imported signals of a kind, and answers for them under its regime.

    One kind has one holder: signals of two control rooms under two laws do not lie in one lake. Listings and
    sightings are held together, so that a row's `kind` is the key of `kinds.BroughtIn.held_as`.
    """

    kind = models.CharField(max_length=40, primary_key=True)
    organisation = models.CharField(max_length=16)
    since = models.DateTimeField(default=timezone.now)


class ImportState(models.TextChoices):
    """Where an import stands. Of those that are DONE, CANCELLED or UNDONE the upload is gone from the disk.
    One that is REFUSED keeps it for a week, so that its columns can be chosen anew; one that is DONE may wait
    once more, to be taken back.
    """

    GIVEN = "given", "waits for its columns to be checked"
    WAITING = "waiting", "waits for its turn"
    RUNNING = "running", "under way"
    DONE = "done", "done"
    REFUSED = "refused", "not made"
    CANCELLED = "cancelled", "cancelled"
    UNDONE = "undone", "taken back"


class ImportTask(models.TextChoices):
    """What is done for an import that waits or is under way."""

    BRING_IN = "bring in", "brought in"
    TAKE_BACK = "take back", "taken back"


class ImportJob(models.Model):
    """One import through the site, from the upload to its end.

    The uploaded file lies in the workspace under `uploads/<ref>/`, by a name that the site gave it; `name` is
    what the person's computer called it, shown and never used as a path. `mapping` is TOML, as
    `lippen.signals` reads it. `task` is what is to be done or is being done; `stage`, `rows` and `total` say
    how far it has come since `stage_at`; `beat_at` is when it last said so, and `begun` how often it was
    begun. `said` is the reason of a refusal, or what else there is to say of it, in plain words. `import_id`
    is the lake's own id of it, once it is in. `corrects` is the reference of the import whose refused rows
    this one brings in, put right.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=40)
    organisation = models.CharField(max_length=16)
    by = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    mapping = models.TextField(blank=True)
    consent = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.GIVEN)
    task = models.CharField(max_length=12, choices=ImportTask.choices, default=ImportTask.BRING_IN)
    corrects = models.CharField(max_length=16, blank=True, db_index=True)
    stage = models.CharField(max_length=80, blank=True)
    stage_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    begun = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    import_id = models.CharField(max_length=128, blank=True)
    accepted = models.BigIntegerField(null=True)
    duplicates = models.BigIntegerField(null=True)
    quarantined = models.BigIntegerField(null=True)
    said = models.TextField(blank=True)


class PutRight(models.Model):
    """A refused row that somebody put right: where it stands in the quarantine of `of`, and the import `by`
    that brings it in. It is off the list of refused rows while that import waits, runs or is done.
    """

    of = models.CharField(max_length=16, db_index=True)
    by = models.CharField(max_length=16, db_index=True)
    file = models.CharField(max_length=255)
    line = models.BigIntegerField()


class SavedMapping(models.Model):
    """A mapping that somebody checked, for the next export with the same headings. `headings` is a digest of
    them.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    organisation = models.CharField(max_length=16)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    headings = models.CharField(max_length=64)
    mapping = models.TextField()
    by = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "headings"], name="insight_one_mapping_for_headings"
            )
        ]


class Verdict(models.TextChoices):
    """What somebody decided of an episode; REOPENED takes their own earlier word back."""

    REAL = "real", "looks real"
    INNOCENT = "innocent", "looks innocent"
    CANNOT_TELL = "cannot-tell", "cannot tell"
    REOPENED = "reopened", "reopened"


class Decision(models.Model):
    """What one person decided of one episode, or of an unflagged group that was asked about (`sample`).

    Rows are only ever added; the newest of each person counts.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    episode_id = models.CharField(max_length=64, db_index=True)
    sample = models.BooleanField(default=False)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    note = models.TextField(blank=True, max_length=2000)
    by = models.CharField(max_length=16)
    organisation = models.CharField(max_length=16)
    at = models.DateTimeField(default=timezone.now)


class Pause(models.Model):
    """Assessment stands still from `at` until two people have lifted the pause: who asks, and who agrees."""

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=16)
    organisation = models.CharField(max_length=16)
    why = models.TextField(max_length=2000)
    lift_asked_by = models.CharField(max_length=16, blank=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=16, blank=True)
    lifted_at = models.DateTimeField(null=True)
