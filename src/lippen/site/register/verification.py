"""Whether the register is as it was sealed: one walk over checkpoints and entries, in bounded memory.

The walk trusts nothing that the database says of itself. What it trusts is the public key, and the copy of
the checkpoints where one is held outside. It may run while the site runs: entries and checkpoints are only
ever added, and it looks no further than the last checkpoint at its start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import Error

from lippen.site.keys import DigestKey
from lippen.site.register.beside_copy import BesideCopy
from lippen.site.register.dialects import Dialect, dialect
from lippen.site.register.guarding import table_faults
from lippen.site.register.in_order import AT_ONCE, all_there, entries_between
from lippen.site.register.merkle import Tree, leaf_of
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.seals import NOTHING_BEFORE, checkpoint_digest, segment_of
from lippen.site.register.stored_form import held, verify_stored_form
from lippen.site.register.unsealed import verify_unsealed
from lippen.site.register.verdict import Verdict, said, span
from lippen.site.register.verified_entries import EntriesVerified
from lippen.site.register.verified_names import verify_names
from lippen.site.register.verified_notes import NotesVerified
from lippen.site.register.verified_seals import SealsVerified, sealed_nothing
from lippen.wording import counted

Progress = Callable[[int], None]


def verify(
    keys: Sequence[Ed25519PublicKey],
    *,
    digest_key: DigestKey | None = None,
    copy: Path | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Check the whole register against the public key that the asker trusts, and say what was found.

    It may be any of the register's seal keys: the notes about new ones lead from it to the others
    (`verified_seals`). Of some keys the first is trusted, and the notes have to lead to each.
    With `digest_key` also that each entry says what it said; with `copy` (a folder or file of copied
    checkpoints) also that the database holds the same. `progress` is told of entries as they are checked.
    Raises CopiesUnwritable when the copy cannot be read.
    """
    return _Walk(keys, digest_key, copy, progress).walk()


def entries_there() -> int:
    """How many entries there are to check, as far as that can be told before they are."""
    try:
        return Entry.objects.count()
    except Error:
        return 0  # the check says what is wrong


@dataclass
class _Found:
    """What stands in the database under one checkpoint."""

    tree: Tree = field(default_factory=Tree)
    missing: list[tuple[int, int]] = field(default_factory=list)
    broken: bool = False


class _Walk:
    def __init__(
        self,
        keys: Sequence[Ed25519PublicKey],
        digest_key: DigestKey | None,
        copy: Path | None,
        progress: Progress,
    ) -> None:
        self.keys = keys
        self.progress = progress
        self.verdict = Verdict()
        self.dialect: Dialect = dialect()
        self.copied_at = copy
        self.copy: BesideCopy | None = None
        self.digest_key = digest_key
        self.entries = EntriesVerified(digest_key, self.verdict)

    def walk(self) -> Verdict:
        for part in (self._tables, self._keys, self._rows, self._names, self._triggers):
            try:
                part()
            except Error as error:
                self.verdict.breach(
                    f"the check could not go on after {counted(self.verdict.checkpoints, 'checkpoint')}: "
                    "the database cannot be "
                    f"read ({error})."
                )
        return self.verdict

    def _keys(self) -> None:
        if sealed_nothing(self.keys, self.copied_at):
            self.verdict.no_key_fits()

    def _tables(self) -> None:
        """Whether what the database answers are the rows of the register: no view, no index that leaves some
        out.
        """
        for fault in table_faults():
            self.verdict.breach(
                f"{fault}: the pages may show something else than what was entered. Ask who owns "
                "the database."
            )
        for fault in self.dialect.damage():
            self.verdict.breach(
                f"the database is damaged, or an index was altered so that pages leave entries out: {fault}."
            )
        verify_stored_form(self.verdict)

    def _names(self) -> None:
        verify_names(self.verdict)

    def _triggers(self) -> None:
        for fault in self.dialect.trigger_faults():
            self.verdict.trigger_breach(
                f"{fault}: the database does not refuse every change any more. lippen register guard puts "
                "the program's own up again."
            )

    def _rows(self) -> None:
        if self.verdict.strange_keys:
            return
        newest = held(Checkpoint).order_by("-number").values_list("number", flat=True).first() or 0
        self.seals = SealsVerified(self.keys, self.copied_at, self.verdict)
        self.notes = NotesVerified(self.seals.known, self.verdict)
        if self.copied_at:
            self.copy = BesideCopy(self.copied_at, self.verdict, self.seals.known, newest)
        self.notes.take_in_retention()
        self.notes.take_in()
        before: Checkpoint | None = None
        for one in _ascending(newest):
            self._checkpoint(one, before)
            before = one
        self.seals.end(self.notes, newest)
        if self.copy:
            self.copy.end()
        else:
            self.verdict.unchecked.append(
                "no copy held outside was compared: who holds the seal key, or takes out the newest "
                "checkpoints with their entries, shows only against a copy (--copy)."
            )
        if self.digest_key is None:
            self.verdict.unchecked.append(
                "the digest key is not here: that the entries are those that were sealed was checked, and "
                "what they say was not."
            )
        verify_unsealed(before, self.verdict, self.entries, self.progress)
        self.entries.alerts_put_in()
        self.entries.records_of_no_entry()

    # --- one checkpoint

    def _checkpoint(self, one: Checkpoint, before: Checkpoint | None) -> None:
        verdict = self.verdict
        verdict.checkpoints += 1
        verdict.sealed_until = one.at
        self.seals.checkpoint(one)
        self._chain(one, before)
        if self.copy:
            self.copy.compare(one)
        start = before.to_position + 1 if before else 1
        if before is None and (early := held(Entry).filter(**{f"{self.dialect.position}__lte": 0}).first()):
            verdict.breach(
                f"entry {early.pk} stands before the first checkpoint, where nothing was sealed.",
                one.number,
                early.pk,
            )
        lossy = one.number != (before.number + 1 if before else 1)
        found = self._read(one, start, named=self.dialect.dense and not lossy)
        self._compare(one, found, start)

    def _chain(self, one: Checkpoint, before: Checkpoint | None) -> None:
        number = before.number if before else 0
        named = checkpoint_digest(before) if before else NOTHING_BEFORE
        if bytes(one.previous) != named:
            between = (
                f"checkpoints {number + 1} to {one.number - 1} are missing or cannot be read"
                if one.number - 1 > number + 1
                else f"checkpoint {number + 1} is missing or cannot be read"
                if one.number > number + 1
                else f"checkpoint {number} was altered"
            )
            self.verdict.breach(
                f"checkpoint {one.number} does not follow the one before: {between}.", one.number
            )
        elif one.number != number + 1:
            self.verdict.state(
                f"checkpoints {number + 1} to {one.number - 1} are lost with their entries: a backup was "
                f"restored before {said(one.at)}. Checkpoint {one.number} says so, signed."
            )
        start = before.to_position + 1 if before else 1
        if one.from_position != start:
            self.verdict.breach(
                f"checkpoint {one.number} begins at position {one.from_position} and not at {start}.",
                one.number,
            )
        if before and one.at < before.at and not one.clock_went_back:
            self.verdict.breach(
                f"checkpoint {one.number} says {said(one.at)}, which is before the one before it, and does "
                "not say that the clock went back.",
                one.number,
            )
        if one.clock_went_back:
            earlier = f" from {said(before.at)} or later" if before else ""
            self.verdict.state(
                f"the machine's clock went back{earlier} to {said(one.at)} (checkpoint {one.number}): "
                "times of entries around it are not in order."
            )

    def _read(self, one: Checkpoint, start: int, *, named: bool) -> _Found:
        found = _Found()
        expected = start
        for rows in entries_between(start, one.to_position):
            for entry, position, shown in rows:
                if named and position > expected and not all_there(expected, position - 1):
                    found.missing.append((expected, position - 1))
                expected = position + 1
                found.tree.add(leaf_of(position, entry.pk, bytes(entry.digest)))
                found.broken |= not self.entries.as_made(entry, shown, one.number)
            self.verdict.entries += len(rows)
            self.progress(len(rows))
        if named and expected <= one.to_position and not all_there(expected, one.to_position):
            found.missing.append((expected, one.to_position))
        return found

    def _compare(self, one: Checkpoint, found: _Found, start: int) -> None:
        verdict = self.verdict
        there = found.tree.leaves
        if there == one.entries and found.tree.root() == bytes(one.root):
            return
        note = self.notes.of(segment_of(one))
        if note is None and there < one.entries:  # it may have gone while the walk was under way
            self.notes.take_in()
            note = self.notes.of(segment_of(one))
        position = self.dialect.position
        if (
            note is not None
            and there < one.entries
            and not Entry.objects.filter(**{f"{position}__range": (start, one.to_position)}).exists()
        ):
            return
        # Rows that cannot be read are there, and have been told.
        unread = Entry.objects.filter(**{f"{position}__range": (start, one.to_position)}).count() - there
        if unread > 0 and there + unread == one.entries:
            return
        where = f"under checkpoint {one.number} of {said(one.at)}, positions {start} to {one.to_position}"
        if note is not None:
            verdict.breach(
                f"{where}, {there:,} of {one.entries:,} entries are there. Its month has expired, so none or "
                "all of them should be.",
                one.number,
            )
        elif there < one.entries:
            lacking = one.entries - there - max(unread, 0)
            named = "; ".join(span(*gap) for gap in found.missing[:5])
            verdict.breach(
                f"{where}, {lacking:,} of {one.entries:,} entries {'is' if lacking == 1 else 'are'} missing"
                + (f": {named}." if named else f"{self._beside(start, one.to_position)}."),
                one.number,
                found.missing[0][0] if found.missing else None,
            )
        elif there > one.entries:
            verdict.breach(
                f"{where}, {counted(there, 'entry', 'entries')} stand and {one.entries:,} were sealed: "
                f"{there - one.entries:,} were put in afterwards.",
                one.number,
            )
        elif not found.broken:
            verdict.breach(
                f"{where}, the entries are not those that were sealed: one was altered and given a new "
                "digest, put in for another, or they stand in another order.",
                one.number,
            )

    def _beside(self, start: int, end: int) -> str:
        """Where positions have honest gaps the missing ones cannot be named, only their neighbours."""
        position = self.dialect.position
        within = held(Entry).filter(**{f"{position}__range": (start, end)}).order_by(position, "id")
        first, last = within.first(), within.last()
        if first is None or last is None:
            return ": none is left"
        return f"; what is left goes from entry {first.pk} ({said(first.at)}) to {last.pk} ({said(last.at)})"


def _ascending(until: int) -> Iterator[Checkpoint]:
    """Checkpoints in order of their numbers, some at a time."""
    after = -(2**63)
    while rows := list(
        held(Checkpoint).filter(number__gt=after, number__lte=until).order_by("number")[:AT_ONCE]
    ):
        yield from rows
        after = rows[-1].number
