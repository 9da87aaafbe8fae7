"""Copies of the checkpoints, one a line of JSON, in a folder outside the workspace where the panel can hold
them.

The invariants: a checkpoint is committed in the database before it is copied, so a copy is never ahead unless
the database lost something; lines are only ever added, in the order of their numbers; what a crash left
half-written is cut off and written again. A hundred thousand checkpoints make one file.

Whoever else can write in the folder can damage the copies, and nothing but the copies. What this site did not
write is neither believed nor touched: copying goes on in a new file beside it
(`checkpoints-00000000-1.jsonl`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.register.copied_files import (
    LONGEST_LINE,
    alone,
    append,
    files_in,
    is_its_own_fault,
    last_lines,
    lines_of,
    name_of,
    opened,
    place_of,
)
from lippen.site.register.copied_rotations import copied_notes, copy_notes
from lippen.site.register.models import Checkpoint
from lippen.site.register.rotation import own_seal_keys
from lippen.site.register.seals import as_line, from_line, seals
from lippen.site.seal_keys import SealKeys, seal_keys

LINES_A_FILE: Final = 100_000

_log = logging.getLogger(__name__)


class CopiesUnwritable(LippenError):
    """The folder of copies cannot be read or written. Sealing goes on; nothing is copied meanwhile."""


class CopiesMissing(LippenError):
    """There are checkpoints and not one copy of them, so that nothing tells what a restored backup lacks."""


class CopiesDisagree(LippenError):
    """The copies hold another checkpoint than the database, or end with what is not this site's."""


@dataclass(frozen=True)
class Copied:
    """A line of the copies: the checkpoint in it, or why there is none (`complaint`), and where it stands.
    The line is 0 where the complaint is about the file.
    """

    file: Path
    line: int
    checkpoint: Checkpoint | None
    complaint: str = ""


@dataclass(frozen=True)
class _End:
    """How a file of copies ends: its last checkpoint that is this site's, whether nothing else follows it,
    and where its whole lines end.
    """

    newest: Checkpoint | None
    sound: bool
    at: int | None


def copied_lines(place: Path) -> Iterator[Copied]:
    """Every line of a copy in order: of a folder with files of checkpoints, or of one such file.

    Raises CopiesUnwritable when there is nothing to read.
    """
    files = files_in(place) if place.is_dir() else [place]
    if not files or not (place.is_dir() or place.exists()):
        raise CopiesUnwritable(
            "there are no copies of checkpoints here", file=place, remedy="Name the folder or file of a copy."
        )
    for file in files:
        if place.is_dir() and place_of(file) is None:
            yield Copied(file, 0, None, "the site gives no file such a name")
            continue
        try:
            with opened(file) as handle:
                for number, line in lines_of(handle):
                    yield _copied(file, number, line)
        except OSError as error:
            yield Copied(file, 0, None, f"it cannot be read ({error.strerror})")


def _copied(file: Path, number: int, line: bytes | None) -> Copied:
    if line is None:
        return Copied(file, number, None, f"it has more than {LONGEST_LINE:,} bytes")
    try:
        return Copied(file, number, from_line(line.decode("ascii")))
    except ValueError as error:
        return Copied(file, number, None, str(error))


class Copies:
    """The folder of copies that this site writes. Raises CopiesUnwritable when the system refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self) -> Checkpoint | None:
        """The last checkpoint of this site that was copied; None when none was. Only the end of the last
        files is read, for this is asked each second.
        """
        with self._refusals():
            for file in reversed(files_in(self._folder)):
                end = self._end_of(file) if place_of(file) else None
                if end is not None and end.newest is not None:
                    return end.newest
        return None

    def seal_keys(self, known: bytes) -> SealKeys:
        """The seal keys as they follow from this one by the notes that were copied."""
        with self._refusals():
            return seal_keys(known, [note for _, note in copied_notes(self._folder) if note])

    def faults(self) -> list[str]:
        """What in the folder is not this site's, as far as the ends of files tell, each in words.
        `verification` reads all of it.
        """
        found: list[str] = []
        with self._refusals():
            files = files_in(self._folder)
        for file in files:
            place = place_of(file)
            if place is None:
                found.append(f"{file.name} has a name that the site gives no file")
            elif (end := self._end_of(file)) is None:
                found.append(f"{file.name} is no file that can be read")
            elif not end.sound:
                found.append(f"the end of {file.name} is not what this site wrote")
            elif place[1]:
                found.append(f"{file.name} had to be begun beside a file that was damaged")
        return found

    def end_well(self) -> bool:
        """Whether the last file that this site may have written ends with what it wrote."""
        with self._refusals():
            ends = [self._end_of(file) for file in files_in(self._folder) if place_of(file)]
        return not ends or (ends[-1] is not None and ends[-1].sound)

    def catch_up(self) -> int:
        """Copy every checkpoint that the copies lack, and return how many. They are on the disk afterwards.

        Raises CopiesDisagree, and adds nothing, when the last one copied is not the database's own.
        """
        with self._refusals(), alone(self._folder):
            copy_notes(self._folder, own_seal_keys().notes)
            newest = self.newest()
            after = newest.number if newest else 0
            if newest is not None:
                self._compare(newest)
            added = 0
            files: dict[int, tuple[Path, int | None]] = {}
            for one in Checkpoint.objects.filter(number__gt=after).order_by("number").iterator(500):
                segment = one.number // LINES_A_FILE
                file, end = files.get(segment) or self._file_for(segment)
                append(file, as_line(one).encode("ascii") + b"\n", end)
                files[segment] = file, None
                added += 1
            return added

    def _compare(self, newest: Checkpoint) -> None:
        ours = Checkpoint.objects.filter(number=newest.number).first()
        later = Checkpoint.objects.filter(number__gt=newest.number).exists()
        # One that the database lacks, though it has later ones, was lost before these were sealed, which
        # they say themselves; `verification` tells whether they do.
        if (ours is None and not later) or (ours is not None and as_line(ours) != as_line(newest)):
            raise CopiesDisagree(
                f"checkpoint {newest.number} of the copies is not the database's",
                file=self._folder,
                remedy="Run lippen register verify, and tell the panel.",
            )

    def _file_for(self, segment: int) -> tuple[Path, int | None]:
        """The file that goes on with these checkpoints, and where its whole lines end: the last one of them,
        or a new one where that is not this site's any more.
        """
        there = [
            place[1] for file in files_in(self._folder) if (place := place_of(file)) and place[0] == segment
        ]
        if not there:
            return self._folder / name_of(segment, 0), None
        last = self._folder / name_of(segment, max(there))
        end = self._end_of(last, to_write=True)
        if end is not None and end.sound:
            return last, end.at
        fresh = self._folder / name_of(segment, max(there) + 1)
        _log.error("%s was damaged by somebody: the copies of the register go on in %s", last, fresh.name)
        return fresh, None

    def _end_of(self, file: Path, *, to_write: bool = False) -> _End | None:
        """How a file ends; None for what is no ordinary file, or not this site's to open."""
        try:
            with opened(file, to_write=to_write) as handle:
                lines, at = last_lines(handle)
        except FileNotFoundError:
            return None  # it went this moment, or is a link to nowhere
        except OSError as error:
            if is_its_own_fault(error):
                return None
            raise
        known = own_seal_keys()
        for back, line in enumerate(lines):
            if (one := _own(line, known)) is not None:
                return _End(one, back == 0 and at is not None, at)
        return _End(None, not lines and at is not None, at)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CopiesUnwritable(
                f"checkpoints cannot be copied ({error.strerror})",
                file=error.filename or self._folder,
                remedy="Mount the folder, make room in it, or set checkpoint_copies in site.toml.",
            ) from error


def _own(line: bytes, known: SealKeys) -> Checkpoint | None:
    """The checkpoint in a line that this site wrote: it bears the signature of that one of its seal keys that
    sealed this number, or is the database's own. None for any other line.
    """
    try:
        one = from_line(line.decode("ascii"))
    except ValueError:
        return None
    if seals(known.of_checkpoint(one.number), one):
        return one
    ours = Checkpoint.objects.filter(number=one.number).first()
    return one if ours is not None and as_line(ours) == as_line(one) else None
