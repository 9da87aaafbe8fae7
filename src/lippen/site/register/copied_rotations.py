"""The notes about new seal keys in the folder of copies, each in a file of its own: `rotation-00000001.json`.

As with the checkpoints there, what this site did not write is neither believed nor touched: a note whose file
somebody damaged is written to another one beside it (`rotation-00000001-1.json`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from lippen.site.register.copied_files import append, is_its_own_fault, opened
from lippen.site.seal_keys import RotationNote, note_from

PATTERN: Final = "rotation-*.json"
_NAME: Final = re.compile(r"rotation-(\d{8,19})(?:-[1-9]\d{0,2})?\.json", re.ASCII)
_LONGEST: Final = 8_000
_FILES: Final = 1_000
"""More than a site ever writes; whoever else writes more there holds nothing up."""


def copy_notes(folder: Path, notes: Iterable[RotationNote]) -> None:
    """Copy each note that the folder lacks; it is on the disk afterwards, unless somebody took all the names
    that it could have. Raises OSError.
    """
    for note in notes:
        line = note.as_line().encode() + b"\n"
        for again in range(_FILES):
            file = folder / f"rotation-{note.number:08d}{f'-{again}' if again else ''}.json"
            there = _content(file)
            if there == line:
                break
            if there is not None and line.startswith(there):
                append(file, line, 0)  # what a crash left of it
                break


def copied_notes(folder: Path) -> Iterator[tuple[Path, RotationNote | None]]:
    """Each such file with the note in it, of the first thousand; with None where there is none."""
    for file in islice(sorted(folder.glob(PATTERN)), _FILES):
        yield file, _note(file)


def _content(file: Path) -> bytes | None:
    """What a file holds, as far as a note goes; nothing for one that is not there, and None for what is no
    file of this site's.
    """
    try:
        with opened(file) as handle:
            return os.pread(handle, _LONGEST, 0)
    except FileNotFoundError:
        return None if file.is_symlink() else b""
    except OSError as error:
        if is_its_own_fault(error):
            return None
        raise


def _note(file: Path) -> RotationNote | None:
    if not _NAME.fullmatch(file.name):
        return None
    try:
        return note_from((_content(file) or b"").decode().removesuffix("\n"))
    except (OSError, ValueError):
        return None
