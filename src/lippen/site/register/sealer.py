"""Each second what is committed and not sealed yet gets a checkpoint: chained to the last, signed, copied.

The invariants: a checkpoint covers only what is settled (`dialects`), so what it covers can never grow; the
chain cannot fork, whoever seals at once, because the database takes no two checkpoints that name the same one
before; a checkpoint leaves for the copies only when it is committed. Killed at any step, the next sealing
finds either no trace of the last or a whole checkpoint that is perhaps not copied, and goes on from there.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import Error, IntegrityError, connection, transaction

from lippen.errors import LippenError
from lippen.site.register import losses
from lippen.site.register.copies import Copies, CopiesDisagree, CopiesMissing
from lippen.site.register.dialects import dialect
from lippen.site.register.merkle import Tree, leaf_of
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.rotation import own_seal_keys, replaced, sealing_key
from lippen.site.register.seals import NOTHING_BEFORE, checkpoint_bytes, checkpoint_digest

SECONDS_BETWEEN: Final = 1.0
LARGEST_PIECE: Final = 10_000
"""Entries under one checkpoint, but for those of one transaction, which stay together."""

_log = logging.getLogger(__name__)


class CopiesAhead(LippenError):
    """The copies hold checkpoints that the database lacks: it lost them, or somebody took them out."""


def seal_once() -> Checkpoint | None:
    """Seal what is settled, at most one piece of it, and bring the copies up to date.

    Returns the checkpoint made; None when there was nothing to seal, or another sealer was faster. Raises
    CopiesAhead, and seals nothing, when the copies, or the note about a new seal key, prove that checkpoints
    are lost: two checkpoints of one number must never be signed. Raises SealKeyReplaced, and seals nothing,
    when the database or the copies hold a note that another key seals now. Raises CopiesUnwritable or
    CopiesDisagree after sealing: the register goes on, and the copies wait. Raises the database's errors.
    """
    copies = Copies(settings.CONFIGURATION.checkpoint_copies)
    seal = sealing_key()
    try:
        copied = copies.newest()
        now = copies.seal_keys(seal.public_bytes())
    except LippenError:
        copied, now = None, None  # raised again below, when the entries are sealed
    if now is not None and now.newest != seal.public_bytes():
        raise replaced(now)
    last = newest_checkpoint()
    reached = _sealed_before(copied)
    if reached > (last.number if last else 0):
        raise CopiesAhead(
            f"checkpoint {reached} was sealed once, and the database's last is "
            f"{last.number if last else 'not there'}: nothing is sealed until it is known why",
            file=settings.CONFIGURATION.checkpoint_copies,
            remedy="If a backup was restored, run lippen register resume. Otherwise tell the panel.",
        )
    append_only = dialect()
    if append_only.went_back():
        append_only.lift(0)
    made = _seal(last, append_only.settled())
    copies.catch_up()
    return made


def run_sealer(stop: threading.Event) -> None:
    """Seal each second until `stop` is set; a backlog without waiting. What fails is logged and tried again.

    For the background worker: it uses a database connection of this thread, and closes it at the end.
    """
    said = ""
    try:
        while not stop.is_set():
            backlog = False
            try:
                made = seal_once()
                backlog = made is not None and made.entries >= LARGEST_PIECE
                said = ""
            except (LippenError, Error) as error:
                if str(error) != said:  # each second the same would bury what else is logged
                    _log.error("the register's sealer: %s", error)
                said = str(error)
                if isinstance(error, Error):
                    connection.close()
            if not backlog:
                stop.wait(SECONDS_BETWEEN)
    finally:
        connection.close()


def resume_after_restore(*, copies_are_gone: bool = False) -> Checkpoint | None:
    """Go on after a backup was put in the place of a later database.

    Checkpoints that the copies hold and the restored database lacks are lost with their entries. The next one
    takes the number after the highest lost: the numbers left out say for ever that something was lost, and
    nothing signed is contradicted. It seals what the restored database held unsealed. Positions go on above
    the highest that was ever sealed. An entry says what was lost, and the panel gets a notice. Returns that
    checkpoint; None when nothing was lost.

    Nobody may write to the site meanwhile. Raises CopiesUnwritable when the copies cannot be read,
    CopiesMissing when there are none, as in a new folder whose site.toml names no other (unless
    `copies_are_gone` says that it is so), and CopiesDisagree when their end is not this site's: then nobody
    can tell what was lost.
    """
    copies = Copies(settings.CONFIGURATION.checkpoint_copies)
    copied = copies.newest()
    last = newest_checkpoint()
    append_only = dialect()
    made: Checkpoint | None = None
    if not copies.end_well():
        raise CopiesDisagree(
            "the copies end with what was not sealed by this site: nobody can tell what was lost",
            file=settings.CONFIGURATION.checkpoint_copies,
            remedy="Run lippen register verify, which names it. Keep that file elsewhere for the panel, or "
            "name this site's own folder as checkpoint_copies in site.toml.",
        )
    reached = _sealed_before(copied)
    if copied is None and last is not None and reached <= last.number and not copies_are_gone:
        raise CopiesMissing(
            "there are no copies of the checkpoints here, so nobody can tell what was lost since the backup",
            file=settings.CONFIGURATION.checkpoint_copies,
            remedy="Name the folder of copies of the site that was backed up as checkpoint_copies in "
            "site.toml, and run this again. If they are lost too, add --copies-are-gone, and have the panel "
            "compare the copies that it was given.",
        )
    if reached > (last.number if last else 0):
        with transaction.atomic(), append_only.nobody_signs(), append_only.nobody_writes():
            highest = Entry.objects.order_by(f"-{append_only.position}").first()
            there = max(
                getattr(highest, append_only.position) if highest else 0, copied.to_position if copied else 0
            )
            made = _seal(last, there, number=reached + 1)
            append_only.lift(there)
            if made is not None:
                losses.enter(made, last.number + 1 if last else 1)
    if append_only.went_back():
        append_only.lift(0)
    copies.catch_up()
    return made


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-number").first()


def _sealed_before(copied: Checkpoint | None) -> int:
    """The highest number that was ever sealed, as far as the copies and the notes about seal keys tell."""
    return max(copied.number if copied else 0, *(one.last_checkpoint for one in own_seal_keys().notes), 0)


def _seal(last: Checkpoint | None, settled: int, number: int | None = None) -> Checkpoint | None:
    """Seal from after the last checkpoint up to `settled`. With a number of its own it seals all of that, and
    also when there is no entry in it.
    """
    position = dialect().position
    start = last.to_position + 1 if last else 1
    open_ones = Entry.objects.filter(**{f"{position}__range": (start, settled)}).order_by(position, "id")
    if number is None:
        piece = open_ones.values_list(position, flat=True)[LARGEST_PIECE - 1 : LARGEST_PIECE]
        settled = min(settled, *piece) if piece else settled
        open_ones = open_ones.filter(**{f"{position}__lte": settled})
    tree = Tree()
    for at, entry, digest in open_ones.values_list(position, "id", "digest").iterator(2_000):
        tree.add(leaf_of(at, entry, digest))
    if not tree.leaves and number is None:
        return None
    now = datetime.now(UTC)
    made = Checkpoint(
        number=number or (last.number + 1 if last else 1),
        at=now,
        from_position=start,
        to_position=settled,
        entries=tree.leaves,
        root=tree.root(),
        previous=checkpoint_digest(last) if last else NOTHING_BEFORE,
        clock_went_back=last is not None and now < last.at,
    )
    try:
        with transaction.atomic(), dialect().nobody_signs():
            made.signature = sealing_key().signer().sign(checkpoint_bytes(made))
            made.save(force_insert=True)
    except IntegrityError:
        return None  # another sealer was faster: its checkpoint names the same one before
    return made
