"""Whether the register is as it was sealed: one walk over checkpoints and entries, in bounded memory.

The walk trusts nothing that the database says of itself. What it trusts is the public key, and the copy of
the checkpoints where one is held outside. It may run while the site runs: entries and checkpoints are only
ever added, and it looks no further than the last checkpoint at its start.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Min

from lippen.site.keys import DigestKey
from lippen.site.register.beside_copy import BesideCopy
from lippen.site.register.dialects import Dialect, dialect
from lippen.site.register.digests import digest_of
from lippen.site.register.expiry import months_after
from lippen.site.register.in_order import AT_ONCE, entries_between, position_of
from lippen.site.register.merkle import Tree, leaf_of
from lippen.site.register.models import Checkpoint, Entry, Expiry
from lippen.site.register.seals import (
    NOTHING_BEFORE,
    checkpoint_bytes,
    checkpoint_digest,
    expiry_bytes,
    is_signed,
    segment_of,
)
from lippen.site.register.verdict import Verdict, said

SEALED_WITHIN: Final = timedelta(minutes=1)
"""Sealing takes a second or two; what is unsealed for longer says that something is wrong with it."""

Progress = Callable[[int], None]


def verify(
    keys: Sequence[Ed25519PublicKey],
    *,
    digest_key: DigestKey | None = None,
    copy: Path | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Check the whole register against these public keys, and say what was found.

    With `digest_key` also that each entry says what it said; with `copy` (a folder or file of copied
    checkpoints) also that the database holds the same. `progress` is told of entries as they are checked.
    Raises CopiesUnwritable when the copy cannot be read.
    """
    return _Walk(keys, digest_key, copy, progress).walk()


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
        self.digest_key = digest_key
        self.progress = progress
        self.verdict = Verdict()
        self.dialect: Dialect = dialect()
        self.copy = BesideCopy(copy, self.verdict, keys) if copy else None
        self.noted: set[date] = set()
        self.expired: dict[date, Expiry] = {}

    def walk(self) -> Verdict:
        newest = Checkpoint.objects.order_by("-number").first()
        self._expiries()
        before: Checkpoint | None = None
        if newest is not None:
            for one in _ascending(newest.number):
                self._checkpoint(one, before)
                before = one
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
        self._tail(before)
        return self.verdict

    # --- one checkpoint

    def _checkpoint(self, one: Checkpoint, before: Checkpoint | None) -> None:
        verdict = self.verdict
        verdict.checkpoints += 1
        verdict.sealed_until = one.at
        self._signature(one)
        self._chain(one, before)
        if self.copy:
            self.copy.compare(one)
        start = before.to_position + 1 if before else 1
        if before is None and (early := Entry.objects.filter(**{f"{self.dialect.position}__lte": 0}).first()):
            verdict.breach(
                f"entry {early.pk} stands before the first checkpoint, where nothing was sealed.",
                one.number,
                early.pk,
            )
        lossy = one.number != (before.number + 1 if before else 1)
        found = self._read(one, start, named=self.dialect.dense and not lossy)
        self._compare(one, found, start)

    def _signature(self, one: Checkpoint) -> None:
        try:
            signed = is_signed(checkpoint_bytes(one), bytes(one.signature), self.keys)
        except struct.error:
            signed = False
        if not signed:
            self.verdict.breach(
                f"checkpoint {one.number} of {said(one.at)} does not bear the signature of this key: it was "
                "altered, or sealed with another key.",
                one.number,
            )

    def _chain(self, one: Checkpoint, before: Checkpoint | None) -> None:
        number = before.number if before else 0
        named = checkpoint_digest(before) if before else NOTHING_BEFORE
        if bytes(one.previous) != named:
            between = (
                f"checkpoints {number + 1} to {one.number - 1} are missing"
                if one.number - 1 > number + 1
                else f"checkpoint {number + 1} is missing"
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
                if named and position > expected:
                    found.missing.append((expected, position - 1))
                expected = position + 1
                found.tree.add(leaf_of(position, entry.pk, bytes(entry.digest)))
                found.broken |= not self._entry(entry, shown, one.number)
            self.verdict.entries += len(rows)
            self.progress(len(rows))
        if named and expected <= one.to_position:
            found.missing.append((expected, one.to_position))
        return found

    def _compare(self, one: Checkpoint, found: _Found, start: int) -> None:
        verdict = self.verdict
        there = found.tree.leaves
        if there == one.entries and found.tree.root() == bytes(one.root):
            return
        note = self.expired.get(segment_of(one))
        if note is None and there < one.entries:  # it may have gone while the walk was under way
            self._expiries()
            note = self.expired.get(segment_of(one))
        position = self.dialect.position
        if (
            note is not None
            and there < one.entries
            and not Entry.objects.filter(**{f"{position}__range": (start, one.to_position)}).exists()
        ):
            return
        where = f"under checkpoint {one.number} of {said(one.at)}, positions {start} to {one.to_position}"
        if note is not None:
            verdict.breach(
                f"{where}, {there:,} of {one.entries:,} entries are there. Its month has expired, so none or "
                "all of them should be.",
                one.number,
            )
        elif there < one.entries:
            lacking = one.entries - there
            named = "; ".join(_range(*gap) for gap in found.missing[:5])
            verdict.breach(
                f"{where}, {lacking:,} of {one.entries:,} entries {'is' if lacking == 1 else 'are'} missing"
                + (f": {named}." if named else f"{self._beside(start, one.to_position)}."),
                one.number,
                found.missing[0][0] if found.missing else None,
            )
        elif there > one.entries:
            verdict.breach(
                f"{where}, {there:,} entries stand and {one.entries:,} were sealed: "
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
        within = Entry.objects.filter(**{f"{position}__range": (start, end)}).order_by(position, "id")
        first, last = within.first(), within.last()
        if first is None or last is None:
            return ": none is left"
        return f"; what is left goes from entry {first.pk} ({said(first.at)}) to {last.pk} ({said(last.at)})"

    # --- one entry

    def _entry(self, entry: Entry, shown: list[tuple[str, str]], checkpoint: int | None) -> bool:
        """Whether the entry says what it said. Without the digest key only that its records are all there."""
        if len(shown) != entry.shown_count:
            self.verdict.breach(
                f"entry {entry.pk} of {said(entry.at)} names {len(shown):,} records and says that it showed "
                f"{entry.shown_count:,}.",
                checkpoint,
                entry.pk,
            )
            return False
        if self.digest_key is None:
            return True
        who = (entry.reader, entry.role, entry.organisation, entry.regime)
        about = (entry.what, entry.purpose, entry.case, entry.agreement)
        if digest_of(self.digest_key, entry.at, entry.act, who, *about, shown) == bytes(entry.digest):
            return True
        self.verdict.breach(
            f"entry {entry.pk} of {said(entry.at)} does not say what it said when it was made: it, or the "
            "records it names, were altered, or its digest was made with another key.",
            checkpoint,
            entry.pk,
        )
        return False

    # --- expiries

    def _expiries(self) -> None:
        """Take in the notes about months that have gone, those too that were made since the walk began."""
        for note in Expiry.objects.order_by("month"):
            if note.month not in self.noted:
                self.noted.add(note.month)
                if self._expiry(note):
                    self.expired[note.month] = note

    def _expiry(self, note: Expiry) -> bool:
        month = f"{note.month:%Y-%m}"
        try:
            signed = is_signed(expiry_bytes(note), bytes(note.signature), self.keys)
        except (struct.error, OverflowError):
            signed = False
        if not signed:
            self.verdict.breach(f"the note that {month} has expired does not bear the signature of this key.")
            return False
        due = months_after(note.month, note.keep_months + 1)
        if note.at.astimezone(UTC).date() < due:
            self.verdict.breach(
                f"{month} expired on {said(note.at)} and its own policy kept it until {due:%Y-%m-%d}."
            )
        self.verdict.state(
            f"{month} has expired: {note.entries:,} entries under checkpoints {note.first_checkpoint} to "
            f"{note.last_checkpoint} went on {said(note.at)} ({note.policy})."
        )
        return True

    # --- what is not sealed yet

    def _tail(self, last: Checkpoint | None) -> None:
        position = self.dialect.position
        end = last.to_position if last else 0
        verdict = self.verdict
        tail = Entry.objects.filter(**{f"{position}__gt": end})
        verdict.tail_since = tail.aggregate(first=Min("at"))["first"]
        nowhere = Entry.objects.filter(**{f"{position}__isnull": True}).order_by("id").first()
        if nowhere is not None:
            verdict.breach(
                f"entry {nowhere.pk} has no position, so it was put in past the triggers.", entry=nowhere.pk
            )
        expected = end + 1
        highest = tail.order_by(f"-{position}").first()
        if highest is None:
            return
        for rows in entries_between(end + 1, position_of(highest)):
            for entry, at, shown in rows:
                if self.dialect.dense and at > expected:
                    verdict.breach(
                        f"missing among those that are not sealed yet: {_range(expected, at - 1)}.",
                        entry=expected,
                    )
                expected = at + 1
                self._entry(entry, shown, None)
            verdict.tail_entries += len(rows)
            self.progress(len(rows))
        if verdict.tail_since and datetime.now(UTC) - verdict.tail_since > SEALED_WITHIN:
            verdict.state(
                "the oldest entry that is not sealed is more than a minute old: the sealer does not run, or "
                "somebody keeps a transaction of the database open."
            )


def _ascending(until: int) -> Iterator[Checkpoint]:
    """Checkpoints in order of their numbers, some at a time."""
    after = -(2**63)
    while rows := list(
        Checkpoint.objects.filter(number__gt=after, number__lte=until).order_by("number")[:AT_ONCE]
    ):
        yield from rows
        after = rows[-1].number


def _range(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"
