"""What of the residents' door goes into a backup: what is public, so that the door can be opened again.

    speak/partnership.toml                  what the partnership says of itself, and
    speak/<areas>                           the areas' file that it names
    speak/desks/<desk>/<worker>.json        public halves of the desks' keys
    speak/desks/<desk>.json, manifest.json  what is published of them, and
    speak/manifest-until-<day>.json         what was, where it named other partners

Nothing else in that folder is looked at, no link is followed, and each file is taken only where it reads as
what it is to be: a private half that somebody left there stays on this machine, as do the sealed things
(`lippen.site.speak.store`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.speak.areas import AreasRefused, read_areas
from lippen.site.speak.desk_keys import is_public_half
from lippen.site.speak.manifest import LARGEST, ManifestUnreadable, desk_of_file, read_manifest
from lippen.site.speak.page import FOLDER, MANIFEST
from lippen.site.speak.partnership import ID, NAME, PartnershipRefused
from lippen.site.speak.publishing import before
from lippen.site.speak.written import bytes_of, line_with_secret, text_of


class DoorHoldsSecret(LippenError):
    """A private key was written into what goes into a backup as it stands."""


def public_files(workspace: Path) -> Iterator[tuple[str, bytes]]:
    """Each file's name below the workspace and its content; none where there is no door.

    Raises DoorHoldsSecret where a private key seems to stand in what the partnership says, in a comment too:
    to leave that file out would let a backup lack it, and nobody look for the key.
    """
    folder = workspace / FOLDER
    yield from _said(folder)
    for desk in sorted((folder / "desks").glob("*")):
        if desk.is_symlink():
            continue
        if desk.is_dir() and ID.fullmatch(desk.name):
            for file in sorted(desk.glob("*.json")):
                if not file.is_symlink() and ID.fullmatch(file.stem) and is_public_half(file):
                    yield from _plain(file, f"{FOLDER}/desks/{desk.name}/{file.name}")
        elif desk.suffix == ".json" and ID.fullmatch(desk.stem):
            for name, content in _plain(desk, f"{FOLDER}/desks/{desk.name}"):
                if desk_of_file(content) == desk.stem:
                    yield name, content
    for file in (folder / MANIFEST, *(file for _, file in before(folder))):
        for name, content in _plain(file, f"{FOLDER}/{file.name}"):
            try:
                read_manifest(content)
            except LippenError:
                continue
            yield name, content


def _said(folder: Path) -> Iterator[tuple[str, bytes]]:
    """`partnership.toml`, and the areas where it names them and they can be read."""
    file = folder / NAME
    if file.is_symlink():
        return
    try:
        text = text_of(file, PartnershipRefused, "")
        areas = tomllib.loads(text).get("areas")
    except (LippenError, ValueError, RecursionError):
        return
    _refuse_secret(file, text)
    yield f"{FOLDER}/{NAME}", text.encode()
    if not isinstance(areas, str) or Path(areas).name != areas or (folder / areas).is_symlink():
        return
    try:
        read_areas(folder / areas)
    except AreasRefused:
        return
    for name, content in _plain(folder / areas, f"{FOLDER}/{areas}"):
        _refuse_secret(folder / areas, content.decode("utf-8", "replace"))
        yield name, content


def _refuse_secret(file: Path, text: str) -> None:
    if (line := line_with_secret(text)) is not None:
        raise DoorHoldsSecret(
            "a private key seems to stand here, and would be in every backup",
            file=file,
            line=line,
            remedy="Take it out, and replace that key: earlier backups may hold it.",
        )


def _plain(file: Path, name: str) -> Iterator[tuple[str, bytes]]:
    if file.is_symlink():
        return
    try:
        content = bytes_of(file, ManifestUnreadable, "", LARGEST * 4)
    except LippenError:
        return
    yield name, content
