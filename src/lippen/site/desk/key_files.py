"""The files from which the manifest takes the keys of a desk's workers: `speak/desks/<desk>/<person>.json`.

Some are put there by hand, where a worker has no account here. So this program alters and takes away what it
wrote itself and nothing else: of each text that it writes, it first adds the digest to `.written` beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lippen.manifest import settle, write_in_one_step

_WRITTEN: Final = ".written"
_LARGEST: Final = 64 * 1_024


def replace_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Let the files that this program wrote to `folder` be these, by name, and leave every other as it is,
    also one that stands in the place of one of these.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = _written(folder)
    for file in folder.glob("*.json"):
        if file.name not in texts and _digest(file) in written:
            file.unlink(missing_ok=True)
    by_hand = set(by_other_hands(folder))
    for name, text in texts.items():
        if name not in by_hand:
            _note(folder, name, text, written)
            write_in_one_step(folder / name, text)


def by_other_hands(folder: Path) -> list[str]:
    """The names of the files here that this program did not write, apart from the recovery key's."""
    written = _written(folder)
    return sorted(
        file.name
        for file in folder.glob("*.json")
        if file.name != "recovery.json" and _digest(file) not in written
    )


def halves_by_other_hands(folder: Path) -> set[str]:
    """The public halves, in base64, in those files and in the recovery key's, as far as they can be read."""
    found: set[str] = set()
    for name in [*by_other_hands(folder), "recovery.json"]:
        told: Any = None
        with suppress(OSError, ValueError, RecursionError):
            told = json.loads(_content(folder / name))
        if isinstance(told, dict):
            found |= {told[one] for one in ("recipient", "signature") if isinstance(told.get(one), str)}
    return found


def _written(folder: Path) -> set[str]:
    try:
        return set((folder / _WRITTEN).read_text("ascii").split())
    except FileNotFoundError:
        return set()


def _note(folder: Path, name: str, text: str, written: set[str]) -> None:
    """Before the file itself, and added at the end in one go: so that neither a power cut nor a second
    process makes a file of this program's look like one of somebody else's.
    """
    digest = sha256(f"{name}\0{text}".encode()).hexdigest()
    if digest in written:
        return
    handle = os.open(folder / _WRITTEN, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, f"{digest}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    settle(folder)


def _digest(file: Path) -> str:
    with suppress(OSError):
        return sha256(f"{file.name}\0".encode() + _content(file)).hexdigest()
    return ""


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_LARGEST)
