"""What a check of the register found, in plain words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from lippen.wording import counted, plain

BREACHES_TOLD: Final = 20
"""Breaches that are told one by one; the rest are counted."""

_KEEP_ALL: Final = (
    "Stop the site and tell the scrutiny panel. Keep the workspace, the copies and these lines as they are: "
    "repair, resume and restore nothing."
)


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
    """What was checked, what is broken, what is stated, and what could not be checked.

    What a database or a copy holds can be quoted in it: signs that a terminal or a page would act on are
    shown as a mark and do nothing.
    """

    entries: int = 0
    checkpoints: int = 0
    breaches: list[Breach] = field(default_factory=list)
    breaches_in_all: int = 0
    trigger_breaches: int = 0
    """How many of them are about the triggers alone, which `guarding.guard` puts up again."""

    copy_faults: list[str] = field(default_factory=list)
    copy_faults_in_all: int = 0
    stated: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    tail_entries: int = 0
    tail_since: datetime | None = None
    sealed_until: datetime | None = None
    seal_keys: list[dict[str, Any]] = field(default_factory=list)
    """Each seal key in order: `key` in hexadecimal, the numbers of the checkpoints `from` and `to` which it
    seals (null: on and on), and whether it is the one that was `trusted`.
    """

    strange_keys: bool = False
    """Whether none of the keys that were named has sealed anything here, so that little could be checked."""

    strange_copy: bool = False
    """Whether nothing in the copy is signed with the register's key, so that it was not compared."""

    @property
    def sound(self) -> bool:
        return not self.breaches

    def breach(self, what: str, checkpoint: int | None = None, entry: int | None = None) -> None:
        self.breaches_in_all += 1
        if len(self.breaches) < BREACHES_TOLD:
            self.breaches.append(Breach(plain(what), checkpoint, entry))

    def trigger_breach(self, what: str) -> None:
        self.trigger_breaches += 1
        self.breach(what)

    @property
    def worse_than_triggers(self) -> Breach | None:
        """The first breach when any is about something else than the triggers; None when none is. The walk
        comes to the triggers last, so the first of all is never about them then.
        """
        return self.breaches[0] if self.breaches_in_all > self.trigger_breaches else None

    def no_key_fits(self) -> None:
        """Say that none of the keys that were named has sealed anything here."""
        self.strange_keys = True
        self.breach(
            "none of the keys named has sealed anything here: is it this site's? Compare it with the "
            "seal.pub that was handed over. If that is the one you named, the register was sealed anew by "
            "somebody without its key: stop the site, and keep your copies."
        )
        self.unchecked.append("entries, checkpoints, notes and copies, for which the right key is needed.")

    def must_seal_now(self, own: str) -> None:
        """Add a breach where the notes about new seal keys end with another key than the site's `own`
        (hexadecimal).
        """
        newest = self.seal_keys[-1]["key"] if self.seal_keys else own
        if newest != own and len(self.seal_keys) > 1:
            self.breach(
                f"by the notes about new seal keys {newest[:16]}… seals now, and the workspace's own seal.pub"
                f" is {own[:16]}…: a replacement was stopped half-way, which opening the site finishes, or"
                " somebody else replaced the key by one of theirs."
            )

    def copy_fault(self, what: str) -> None:
        """Tell of damage to the copy, which says nothing against the register."""
        self.copy_faults_in_all += 1
        if len(self.copy_faults) < BREACHES_TOLD:
            self.copy_faults.append(plain(what))

    def copy_of_another(self) -> None:
        """Say once, in the place of each fault of the copy, that nothing in it is signed with the register's
        key.
        """
        self.strange_copy = True
        self.copy_faults = [
            "no checkpoint in the copy is signed with the register's key: it is the copy of another site, or "
            "the public key was exchanged with all that it signed."
        ]
        self.copy_faults_in_all = 1

    def state(self, what: str) -> None:
        self.stated.append(plain(what))

    def as_text(self) -> str:
        """Some lines for a person, the most important first."""
        lines = []
        if self.sound:
            lines.append(
                f"The register is whole: {counted(self.entries, 'entry', 'entries')} under "
                f"{counted(self.checkpoints, 'checkpoint')}."
            )
        else:
            first, *others = self.breaches
            if self.strange_keys:
                lines.append(f"{first.what[0].upper()}{first.what[1:]}")
            else:
                lines += ["The register is broken.", f"First: {first.what}", self._what_to_do()]
            lines += [f"Also: {one.what}" for one in others]
            if more := self.breaches_in_all - len(self.breaches):
                lines.append(f"And {more:,} more like these.")
        if self.strange_copy and self.sound:
            lines = [*self._copy_damage(), *lines]
        else:
            lines += self._copy_damage()
        lines += [f"Stated: {one}" for one in self.stated]
        lines += [f"Not checked: {one}" for one in self.unchecked]
        if not self.strange_keys:
            lines.append(self._tail())
        return "".join(f"{plain(line)}\n" for line in lines)

    def _what_to_do(self) -> str:
        if self.worse_than_triggers is None:
            do, section = "Tell the scrutiny panel.", "A trigger is missing"
        else:
            do, section = _KEEP_ALL, "The register is broken"
        return f"{do} docs/how-to/administer-a-site.md, {section}, says the rest."

    def _copy_damage(self) -> list[str]:
        if not self.copy_faults:
            return []
        if self.strange_copy:
            what = self.copy_faults[0]
            return [
                f"{what[0].upper()}{what[1:]} Name this site's own copy. If this is the one that it wrote, "
                "somebody exchanged it or the key: check with the key and a copy that the panel holds."
            ]
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
            f"Unsealed tail: {counted(self.tail_entries, 'entry', 'entries')}{since}; {sealed}. Whoever "
            "takes these out before they are sealed is not found out: that is the risk that remains."
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
            "seal_keys": self.seal_keys,
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
