"""How long the register keeps its entries, and why a shorter time comes into force late.

`keep_register_months` is a line in a file, and whoever can write that file could otherwise let years of
entries go with the next restart. So the site says in a signed note what it means to keep, before anything
goes by it. A longer time counts at once. A shorter one counts thirty days after its note; the panel is told
on the first of them. The time that ships with the program stands before all notes, so that taking notes out
shortens nothing, and a note that the site's key did not sign is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from lippen.errors import LippenError
from lippen.site.register import resolvers
from lippen.site.register.dialects import dialect
from lippen.site.register.models import Act, Checkpoint, Retention
from lippen.site.register.rotation import own_seal_keys, sealing_key
from lippen.site.register.seals import retention_bytes, signer_of
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change
from lippen.site.register.standing_notes import not_standing
from lippen.site.register.stored_form import held
from lippen.wording import counted

SHORTER_WAITS: Final = timedelta(days=30)
"""Long enough for a panel that meets once a month to hear of it and object."""

NOTE_PREFIX: Final = "retention-"
"""Under this and its number an entry names the note that was written with it."""


@dataclass(frozen=True)
class Policy:
    """How many whole months an entry is kept after the month in which it was sealed, and why."""

    keep_months: int
    why: str

    def __str__(self) -> str:
        return f"{counted(self.keep_months, 'month')}: {self.why}"[:120]


@dataclass(frozen=True)
class Shortening:
    """A shorter time that was stated and does not count yet: months now, months then, and from when on."""

    months_now: int
    months_then: int
    since: datetime


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(
        resources.files("lippen.site.register").joinpath("retention.toml").read_text("utf-8")
    )


def policy() -> Policy:
    """What this site means to keep: `retention.toml`, unless `keep_register_months` in site.toml says
    otherwise. Raises LippenError when that is no month at all.
    """
    months = int(getattr(settings, "REGISTER_KEEP_MONTHS", _shipped()["keep_months"]))
    if months < 1:
        raise LippenError(
            "the register keeps its entries for at least a month",
            remedy="Set keep_register_months in site.toml to 1 or more.",
        )
    return _policy(months)


def policy_in_force() -> Policy:
    """What counts now: the longest of what the site means to keep and what its notes still keep."""
    return _policy(max(policy().keep_months, months_in_force(_own_notes(), register_time())))


def months_in_force(notes: Sequence[Retention], at: datetime) -> int:
    """How many months notes keep at this moment, the notes in order and made by then.

    It is the longest of the notes of the last thirty days and the one before them. Before the first note
    stands what ships with the program.
    """
    settled = at - SHORTER_WAITS
    months = int(_shipped()["keep_months"])
    recent = [months]
    for one in notes:
        if one.at <= settled:
            recent = [one.keep_months]
        else:
            recent.append(one.keep_months)
    return max(recent)


def state_policy(reader: Reader = SYSTEM) -> None:
    """Write the signed note of what this site means to keep, unless the last one says just that.

    The first one is written even when it says what ships with the program, of which a later program may ship
    another.

    The note, its entry, and the notice to the panel when it is shorter stand or fall together. What it says
    and who signs it are asked where nobody else signs, so that no seal key is replaced in between.
    """
    meant = policy()
    with transaction.atomic(), dialect().nobody_signs():
        notes = _own_notes()
        if notes and meant.keep_months == notes[-1].keep_months:
            return
        in_force = policy_in_force()
        newest = Retention.objects.order_by("-number").first()
        note = Retention(
            number=newest.number + 1 if newest else 1,
            # Never before what was stated or sealed already: a clock set back would shorten the wait.
            at=max([datetime.now(UTC), *(one.at for one in notes[-1:]), *_sealed_at()]),
            policy=str(meant),
            keep_months=meant.keep_months,
        )
        note.signature = sealing_key().signer().sign(retention_bytes(note))
        note.save(force_insert=True)
        enter_change(
            reader,
            Act.ALTERATION,
            "how long the register keeps its lines",
            [Records("register", (f"{NOTE_PREFIX}{note.number}",))],
            purpose=f"to keep them for {counted(meant.keep_months, 'month')};"
            f" {in_force.keep_months} count now",
        )
        if meant.keep_months < in_force.keep_months:
            resolvers.tell_panel(resolvers.KEPT_SHORTER)


def shortening() -> Shortening | None:
    """The shorter time that was stated and waits; None when there is none, or it was taken back."""
    notes = _own_notes()
    now = policy_in_force().keep_months
    for one in notes:
        counts = one.at + SHORTER_WAITS
        then = max(policy().keep_months, months_in_force(notes, counts))
        if then < now:
            return Shortening(now, then, counts)
    return None


def register_time() -> datetime:
    """The moment that policies are reckoned from: the clock's, or the last seal's where the clock is ahead.

    Setting the clock forward lets nothing go before something was sealed under that clock, which then shows
    for ever.
    """
    return min([datetime.now(UTC), *_sealed_at()])


def signed_notes(keys: Sequence[bytes]) -> tuple[list[Retention], list[Retention]]:
    """The notes that any of these public keys signed, and those that none did, each in order."""
    signed: list[Retention] = []
    unsigned: list[Retention] = []
    for one in held(Retention).order_by("number"):
        (unsigned if signer_of(one, keys) is None else signed).append(one)
    return signed, unsigned


def _own_notes() -> list[Retention]:
    """The notes that this site's seal keys signed: the present one alone, where what the earlier ones signed
    is not what stood when they were replaced.
    """
    known = own_seal_keys()
    changed, untold = not_standing(known)
    return signed_notes((known.newest,) if changed or untold else known.keys)[0]


def _sealed_at() -> list[datetime]:
    newest = Checkpoint.objects.order_by("-number").first()
    return [newest.at] if newest else []


def _policy(months: int) -> Policy:
    if months == _shipped()["keep_months"]:
        return Policy(months, _shipped()["why"])
    return Policy(months, "set by this site in place of the policy that ships with Lippen")
