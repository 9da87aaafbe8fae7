"""The site's keys in one file of their own, to be kept apart from the backups that they would open.

JSON: `{"lippen keys": 1, "files": {NAME: TEXT}}`, where the files are those of the folder of keys.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.keys import NAMES

_NAME = re.compile(r"[a-z]+\.(?:key|pub|pem)")
_VERSION: Final = "lippen keys"


class KeysRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """A file of keys cannot be written or used."""


def write(out: Path, keys: Path) -> None:
    """Write every key of the folder to a new file that its owner alone can read. Raises KeysRefused."""
    files = {one.name: one.read_text("ascii") for one in sorted(keys.iterdir()) if _NAME.fullmatch(one.name)}
    text = json.dumps({_VERSION: 1, "files": files}, indent=1) + "\n"
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeysRefused("this file is already there", file=out, remedy="Name a new one.") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def unpack(file: Path, keys: Path) -> None:
    """Put the keys of a file into a folder that has none. Raises KeysRefused, having written none."""
    try:
        told = json.loads(file.read_text("ascii"))
        if told[_VERSION] != 1:
            raise KeysRefused("a newer Lippen wrote this file of keys", file=file, remedy="Update Lippen.")
        files = {str(name): str(text) for name, text in told["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysRefused("this is no file of keys", file=file, remedy="Check the name.") from error
    if strange := [name for name in files if not _NAME.fullmatch(name)]:
        raise KeysRefused(f"{strange[0]!r} is no key of a site", file=file)
    if missing := [name for name in NAMES if name not in files]:
        raise KeysRefused(f"{missing[0]} is not in this file", file=file)
    if any((keys / name).exists() for name in NAMES):
        raise KeysRefused("there are keys here already", file=keys, remedy="Leave --keys out to use these.")
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys.chmod(0o700)
    for name, text in files.items():
        handle = os.open(keys / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
