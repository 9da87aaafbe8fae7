"""What the register keeps. Triggers refuse every change to entries (`migrations`); only `services` writes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Act(models.TextChoices):
    """What was done, in the words of section 62 of the Data Protection Act 2018."""

    CONSULTATION = "consultation", "read"
    ALTERATION = "alteration", "changed"
    DISCLOSURE = "disclosure", "shared"
    COMBINATION = "combination", "combined"
    ERASURE = "erasure", "erased"


class Entry(models.Model):
    """One answer or change: who, in what role and for whom, under what law, did what, why, under what
    agreement.

    `reader` and `organisation` are opaque references and not names, so that erasing a person leaves nothing
    here. `turn` is the database's own order of transactions where ids alone do not give one (PostgreSQL,
    see `dialects`), and is sealed as the entry's position there; elsewhere null, and anything else is a
    breach. `digest` is keyed and covers every column above it and the records shown.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    act = models.CharField(max_length=16, choices=Act.choices)
    reader = models.CharField(max_length=64, db_index=True)
    role = models.CharField(max_length=64)
    organisation = models.CharField(max_length=64, db_index=True)
    regime = models.CharField(max_length=16)
    what = models.CharField(max_length=120)
    purpose = models.CharField(max_length=400)
    case = models.CharField(max_length=64, blank=True)
    agreement = models.CharField(max_length=64, blank=True)
    shown_count = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    turn = models.BigIntegerField(null=True, db_index=True)


class Shown(models.Model):
    """One record that an answer showed, or that a change touched."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.DO_NOTHING, related_name="shown")
    data_class = models.CharField(max_length=64)
    record = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["data_class", "record"], name="register_shown_record")]


class Checkpoint(models.Model):
    """The seal over all entries between two positions (both included), chained to the one before and signed
    with a key held outside.

    `previous` is the digest of the checkpoint before, 32 zero bytes for the first; no two may name the same,
    so the chain cannot fork, whoever seals at once. `clock_went_back` says that the machine's clock stood
    before the last checkpoint's time when this one was made. A number left out says that checkpoints were
    sealed and then lost, with a backup restored (`sealer.resume_after_restore`). `seals` says what is signed.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    from_position = models.BigIntegerField()
    to_position = models.BigIntegerField(unique=True)
    entries = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32, unique=True)
    clock_went_back = models.BooleanField(default=False)
    signature = models.BinaryField(max_length=64)


class Expiry(models.Model):
    """The signed note that stays when a month's entries have gone by policy. Without it a gap is a breach.

    The month is the one, in UTC, in which the entries were sealed, and `month` is its first day. The
    checkpoints of the month stay; `entries` is how many entries they had sealed.
    """

    month = models.DateField(primary_key=True)
    at = models.DateTimeField()
    policy = models.CharField(max_length=120)
    keep_months = models.PositiveIntegerField()
    first_checkpoint = models.BigIntegerField()
    last_checkpoint = models.BigIntegerField()
    entries = models.BigIntegerField()
    signature = models.BinaryField(max_length=64)


class Retention(models.Model):
    """The signed note that from `at` on the site means to keep entries for `keep_months` whole months.

    One is written before a policy can let anything go, so that a shorter one waits and is known (`expiry`).
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    policy = models.CharField(max_length=120)
    keep_months = models.PositiveIntegerField()
    signature = models.BinaryField(max_length=64)


class Rotation(models.Model):
    """The note, signed by both, that from `at` on the seal key `new_public` seals in the place of
    `old_public`.

    `last_checkpoint` is the last that the old key sealed, 0 for none, and `last_digest` its digest.
    `standing` is the digest of the notes about expiry and retention that stood then.
    `seal_keys.RotationNote` is the same outside the database.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    old_public = models.BinaryField(max_length=32)
    new_public = models.BinaryField(max_length=32)
    last_checkpoint = models.BigIntegerField()
    last_digest = models.BinaryField(max_length=32)
    standing = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=200)
    signature = models.BinaryField(max_length=64)
    countersignature = models.BinaryField(max_length=64)


class Alert(models.Model):
    """Readings that a rule of `unusual.toml` calls unusual: about a set of readings, never about a person.

    `reason` says which rule and by how much; the readings are those of the reader between two times. Nobody's
    alerts are counted or added up. `entry` is the line of the register that was written when it was raised:
    it names the alert's digest (`alerts`), so that the seal covers the alert, and they go together.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.DO_NOTHING, related_name="alert")
    made_at = models.DateTimeField(db_index=True)
    rule = models.CharField(max_length=40)
    reader = models.CharField(max_length=64)
    organisation = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    readings = models.PositiveIntegerField()
    reason = models.CharField(max_length=400)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "reader", "first_at"], name="register_one_alert_each")
        ]
