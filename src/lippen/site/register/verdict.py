"""What a check of the register found, in plain words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

BREACHES_TOLD: Final = 20
"""Breaches that are told one by one; the rest are counted."""


@dataclass(frozen=True)
class Breach:
    """Something that is not as it was sealed. The first one counts: what follows may follow from it.

    `checkpoint` is the number of the checkpoint where it shows, `entry` the id of the entry, when one can be
    named; `what` says it in plain words.
    """

    what: str
    checkpoint: int | None = None
    entry: int | None = None


@dataclass
class Verdict:
    """What was checked, what is broken, what is stated, and what could not be checked."""

    entries: int = 0
    checkpoints: int = 0
    breaches: list[Breach] = field(default_factory=list)
    breaches_in_all: int = 0
    copy_faults: list[str] = field(default_factory=list)
    copy_faults_in_all: int = 0
    stated: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    tail_entries: int = 0
    tail_since: datetime | None = None
    sealed_until: datetime | None = None

    @property
    def sound(self) -> bool:
        return not self.breaches

    def breach(self, what: str, checkpoint: int | None = None, entry: int | None = None) -> None:
        self.breaches_in_all += 1
        if len(self.breaches) < BREACHES_TOLD:
            self.breaches.append(Breach(what, checkpoint, entry))

    def copy_fault(self, what: str) -> None:
        """Tell of damage to the copy, which says nothing against the register."""
        self.copy_faults_in_all += 1
        if len(self.copy_faults) < BREACHES_TOLD:
            self.copy_faults.append(what)

    def state(self, what: str) -> None:
        self.stated.append(what)

    def as_text(self) -> str:
        """Some lines for a person, the most important first."""
        lines = []
        if self.sound:
            lines.append(
                f"The register is whole: {_many(self.entries, 'entry', 'entries')} under "
                f"{_many(self.checkpoints, 'checkpoint', 'checkpoints')}."
            )
        else:
            first, *others = self.breaches
            lines.append("The register is broken.")
            lines.append(f"First: {first.what}")
            lines += [f"Also: {one.what}" for one in others]
            if more := self.breaches_in_all - len(self.breaches):
                lines.append(f"And {more:,} more like these.")
        lines += self._copy_damage()
        lines += [f"Stated: {one}" for one in self.stated]
        lines += [f"Not checked: {one}" for one in self.unchecked]
        lines.append(self._tail())
        return "".join(f"{line}\n" for line in lines)

    def _copy_damage(self) -> list[str]:
        if not self.copy_faults:
            return []
        which = "and not the register" if self.sound else "too"
        first, *others = self.copy_faults
        lines = [f"The copy is damaged, {which}: {first}", *(f"Also in the copy: {one}" for one in others)]
        if more := self.copy_faults_in_all - len(self.copy_faults):
            lines.append(f"And {more:,} more in the copy.")
        return [
            *lines,
            "Whoever can write in the folder of copies can do that. What was damaged proves "
            "nothing; find out who it "
            "was, and compare with a copy that the panel took away.",
        ]

    def _tail(self) -> str:
        sealed = f"sealed up to {said(self.sealed_until)}" if self.sealed_until else "nothing is sealed yet"
        if not self.tail_entries:
            return f"Unsealed tail: none; {sealed}. What is made after that can be lost until it is sealed."
        since = f" since {said(self.tail_since)}" if self.tail_since else ""
        return (
            f"Unsealed tail: {_many(self.tail_entries, 'entry', 'entries')}{since}; {sealed}. Whoever takes "
            "these out before they are sealed is not found out: that is the risk that remains."
        )

    def as_json(self) -> dict[str, Any]:
        """The same for a program. Times are ISO 8601 in UTC."""
        return {
            "sound": self.sound,
            "entries": self.entries,
            "checkpoints": self.checkpoints,
            "breaches": [vars(one) for one in self.breaches],
            "breaches_in_all": self.breaches_in_all,
            "copy_faults": self.copy_faults,
            "copy_faults_in_all": self.copy_faults_in_all,
            "stated": self.stated,
            "unchecked": self.unchecked,
            "unsealed_tail": {
                "entries": self.tail_entries,
                "since": self.tail_since.isoformat() if self.tail_since else None,
            },
            "sealed_until": self.sealed_until.isoformat() if self.sealed_until else None,
        }


def said(at: datetime | None) -> str:
    """A time as a sentence says it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "an unknown time"


def span(first: int, last: int) -> str:
    """Entries between two positions that lie without a gap, as a sentence names them."""
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
