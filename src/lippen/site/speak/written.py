"""Files that people write for the partnership: read whole, as text, and never more than is sensible."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lippen.errors import LippenError

_LARGEST: Final = 2**20


def text_of(file: Path, refused: type[LippenError], remedy: str) -> str:
    """The text of a file. Raises `refused` where there is none, it is no UTF-8, or it has more than 1 MiB;
    `remedy` says what to do about one that is not there.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise refused("this is larger than 1 MiB", file=file, remedy="Name another file.")
        return content.decode("utf-8-sig")  # some editors begin with its mark
    except FileNotFoundError as error:
        raise refused("this file is not there yet", file=file, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise refused(f"this cannot be read ({error})", file=file, remedy="Save it as UTF-8.") from error
