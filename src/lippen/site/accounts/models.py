"""Organisations, the people who work in them, their dated roles, and what they declared. Views and the API
touch none of it: they call this app's verbs and readers.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike in print


def new_reference() -> str:
    """Sixteen letters and digits that say nothing of whom they stand for (79 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


class Regime(models.TextChoices):
    """The part of data protection law that an organisation works under."""

    UK_GDPR = "uk-gdpr", "UK GDPR"
    LAW_ENFORCEMENT = "law-enforcement", "Law enforcement (DPA 2018 Part 3)"


class OrganisationKind(models.TextChoices):
    COMMUNITY = "community-group", "Community group"
    HOUSING = "housing", "Housing"
    SOCIAL_WORK = "social-work", "Social work"
    SCHOOL = "school", "School"
    HEALTH = "health", "Health"
    POLICE = "police", "Police"
    TRADING_STANDARDS = "trading-standards", "Trading standards"
    SCRUTINY = "scrutiny-panel", "Scrutiny panel"


class Organisation(models.Model):
    """A partner. Its kind decides which roles it can give, its regime which law its people work under.

    `name_salt`, here and below, is what the register's entry of the name is keyed with (`names_entered`).
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    name = models.CharField(max_length=120, unique=True)
    name_salt = models.BinaryField(max_length=32, default=bytes)
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    regime = models.CharField(max_length=16, choices=Regime.choices)
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """What allauth and Django's sign-in ask of a model of users."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


GIVEN_UP: Final = "@left.invalid"
"""How the addresses of closed accounts end whose own address somebody new has. Mail to it goes nowhere."""


class Person(AbstractBaseUser):
    """Somebody who works with Lippen. Nobody else is ever in this table, and it has no number about
    anybody.

    `session_mark` goes into what binds a session to its person: a new mark ends every session at once.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    name = models.CharField(max_length=120)
    name_salt = models.BinaryField(max_length=32, default=bytes)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    session_mark = models.CharField(max_length=16, default=new_reference, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The e-mail address as pages show it; "" where somebody new has it since."""
        return "" if self.email.endswith(GIVEN_UP) else self.email

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        return salted_hmac(
            "lippen.session", f"{self.password}|{self.session_mark}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def roles_on(self, day: date) -> models.QuerySet[RoleHeld]:
        """Roles held on that day, in organisations that are open."""
        return self.roles.filter(
            models.Q(until__isnull=True) | models.Q(until__gt=day),
            organisation__closed_on__isnull=True,
            since__lte=day,
        ).select_related("organisation")


class RoleHeld(models.Model):
    """A role that a person holds in an organisation from one day until another (not included)."""

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=40)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    given_by = models.CharField(max_length=16, blank=True)
    ended_by = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="accounts_role_ends_after_it_begins",
            )
        ]


class Arrival(models.Model):
    """How somebody came into an organisation: who let them in, from which day, and who else has met them.

    One row for each person in each organisation, made anew when they come back after every role there ended.
    Until a second colleague says so (`met_by`), nobody but whoever let them in knows that they exist.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="arrivals")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(default=timezone.localdate)
    let_in_by = models.CharField(max_length=16)
    met_by = models.CharField(max_length=16, blank=True)
    met_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "organisation"], name="accounts_one_arrival_each")
        ]


class Invitation(models.Model):
    """A link that lets one person in, once. The link itself is not kept, only its digest.

    Without an organisation it is the link of the site's first administrator, who names the organisation.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    name_salt = models.BinaryField(max_length=32, default=bytes)
    email = models.EmailField(blank=True)
    invited_by = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Conflict(models.Model):
    """Somebody a person declared: themselves, family, or somebody they know. They open no record about them.

    `digest` is a keyed digest of the declared name, folded as `folding.folded` says, so that the list of whom
    staff know is not itself a list of names; `label` is the declarer's own word for them, encrypted, and
    shown to the declarer alone.
    """

    class Relation(models.TextChoices):
        SELF = "self", "Myself"
        FAMILY = "family", "Family"
        KNOWN = "known", "Somebody I know"

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="conflicts")
    relation = models.CharField(max_length=8, choices=Relation.choices)
    label = models.TextField()
    digest = models.BinaryField(max_length=32)
    declared_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class DeviceReplacement(models.Model):
    """A request to replace a lost second factor. Two colleagues must agree, of each organisation in which the
    person works at least one; then the old one goes and a link opens.

    `expires_at` is when the colleagues must have agreed by; once they have (`revoked_at`), when the link must
    have been used by. `done_at` is when a new device was there.
    `password_too` says that the person has forgotten the password as well and chooses a new one.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="replacements")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    password_too = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    link_digest = models.BinaryField(max_length=32, null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.CharField(max_length=16, blank=True)


class Approval(models.Model):
    """One colleague's yes to a device's replacement, said for one organisation."""

    replacement = models.ForeignKey(DeviceReplacement, on_delete=models.CASCADE, related_name="agreed")
    colleague = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["replacement", "colleague"], name="accounts_one_yes_each")
        ]


class Session(models.Model):
    """A browser's session, of a person once somebody signed in. Neither the cookie that opens it is kept, but
    its digest, nor from where it came (see `sessions`). `regime` is empty until the person acts in a role.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions", null=True)
    content = models.TextField()
    regime = models.CharField(max_length=16, blank=True)
    began = models.DateTimeField()
    used = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


class UsedCode(models.Model):
    """A step of time whose code a person has used: no code opens anything twice, in whichever process."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "step"], name="accounts_one_use_each")
        ]


class FailedAttempt(models.Model):
    """A try at a password or a code that failed, for a day. `key` is a keyed digest (see `lock_out`)."""

    key = models.BinaryField(max_length=32, db_index=True)
    at = models.DateTimeField(db_index=True)


class Notice(models.Model):
    """Something waits for a person, behind `path`. `says` is what, in a sentence that names nobody: it is
    told on the page to which the notice leads, and never before that or in an e-mail.

    What `stays` waits until it is settled, however often it was opened, or until `until`; anything else is
    settled once it has been opened.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    path = models.CharField(max_length=200)
    says = models.CharField(max_length=200, blank=True)
    stays = models.BooleanField(default=False)
    until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)


class ApiKey(models.Model):
    """A key by which an organisation's own program asks, for one purpose, in one role. Only its digest is
    kept.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    role = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    made_by = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    counted_minute = models.DateTimeField(null=True, blank=True)
    counted_answers = models.PositiveIntegerField(default=0)
