"""The site's keys in one file of their own, to be kept apart from the backups that they would open.

JSON: `{"lippen keys": 1, "files": {NAME: TEXT}}`, where the files are those of the folder of keys.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.keys import NAMES, NEXT, PUBLIC, ROTATIONS, SealKey, prepare_folder, read_keys
from lippen.site.operation.certificates import CERTIFICATE, CERTIFICATE_KEY
from lippen.site.register.copied_files import whole
from lippen.site.seal_keys import RotationNote, SealKeys, note_from, seal_keys

OURS: Final = (*NAMES, PUBLIC, ROTATIONS, CERTIFICATE, CERTIFICATE_KEY)
"""Every file that Lippen puts into the folder of keys. What else lies there belongs to somebody else."""

LONGEST: Final = 2**20
"""Bytes; a file of keys has a few thousand, and some hundred more for each seal key that was replaced."""

_VERSION: Final = "lippen keys"


class KeysRefused(LippenError):
    """A file of keys cannot be written or used."""


def write(out: Path, keys: Path) -> None:
    """Write every key of the site to a new file that its owner alone can read.

    Raises KeysRefused, also while the seal key is being replaced: a file with the old one would open nothing.
    """
    if (keys / NEXT).exists():
        raise KeysRefused(
            "the seal key is being replaced, or that was interrupted",
            file=keys / NEXT,
            remedy="Run lippen register rotate-seal-key again with the site stopped, or open the site.",
        )
    files = {name: (keys / name).read_text("utf-8") for name in sorted(OURS) if (keys / name).is_file()}
    text = json.dumps({_VERSION: 1, "files": files}, indent=1) + "\n"
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeysRefused("this file is already there", file=out, remedy="Name a new one.") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def seal_keys_of(keys: Path) -> SealKeys:
    """The public seal keys that a file of keys, or the folder of them, vouches for: that of the seal key in
    it, and the earlier ones to which the notes beside it lead. Raises KeysRefused, KeyMissing, KeyExposed.
    """
    if keys.is_dir():
        own, notes = read_keys(keys).seal.public_bytes(), notes_in(keys)
    else:
        files = _read(keys)
        try:
            own = SealKey(bytes.fromhex(files["seal.key"])).public_bytes()
        except ValueError as error:
            raise KeysRefused(
                "seal.key in this file is no key", file=keys, remedy="Use another copy."
            ) from error
        notes = _notes(files.get(ROTATIONS, ""))
    return seal_keys(own, notes).before(own)


def notes_in(keys: Path) -> list[RotationNote]:
    """The notes about new seal keys that lie in a folder of keys; what is none of them is left out."""
    file = keys / ROTATIONS
    return _notes(file.read_text("utf-8")) if file.is_file() else []


def _notes(text: str) -> list[RotationNote]:
    found: list[RotationNote] = []
    for line in text.splitlines():
        try:
            found.append(note_from(line))
        except ValueError:
            continue  # it vouches for nothing
    return found


def unpack(file: Path, keys: Path) -> list[Path]:
    """Put the keys of a file into a folder that has none, or the very same. Returns the files made.

    Raises KeysRefused or FolderUnsafe, having written none.
    """
    files = _read(file)
    prepare_folder(keys)
    missing = [name for name in files if not os.path.lexists(keys / name)]
    if any((keys / name).read_text("utf-8") != files[name] for name in files if name not in missing):
        raise KeysRefused(
            "there are other keys here already", file=keys, remedy="Move them away if nothing needs them."
        )
    for name in missing:
        handle = os.open(keys / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(files[name])
            opened.flush()
            os.fsync(opened.fileno())
    return [keys / name for name in missing]


def _read(file: Path) -> dict[str, str]:
    try:
        told = json.loads(whole(file, LONGEST).decode("ascii"))
        if told[_VERSION] != 1:
            raise KeysRefused("a newer Lippen wrote this file of keys", file=file, remedy="Update Lippen.")
        files = {str(name): str(text) for name, text in told["files"].items()}
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeysRefused("this is no file of keys", file=file, remedy="Check the name.") from error
    if strange := [name for name in files if name not in OURS]:
        raise KeysRefused(f"{strange[0]!r} is no key of a site", file=file)
    if missing := [name for name in NAMES if name not in files]:
        raise KeysRefused(f"{missing[0]} is not in this file", file=file)
    return files
