"""Files that people write or carry for the partnership: read whole, and never more than is sensible."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from lippen.errors import LippenError

_LARGEST: Final = 2**20
_AS_UTF8: Final = "Save it as UTF-8, without a mark before it (BOM)."


_SECRET: Final = re.compile(r"AGE-SECRET|AGE-PLUGIN|PRIVATE KEY|\b[0-9a-f]{64}\b", re.IGNORECASE)


def line_with_secret(text: str) -> int | None:
    """The line, from 1, in which a private key seems to stand: age's, one in PEM, or the partnership's, as
    its 64 hexadecimal digits; None where there is none. In a comment too, which programs pass over and
    backups do not.
    """
    found = _SECRET.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


class _Twice(ValueError):
    """A field stands twice in one object."""


def bytes_of(file: Path, refused: type[LippenError], remedy: str, largest: int = _LARGEST) -> bytes:
    """The bytes of a file. Raises `refused` where there is none, it is a folder or no plain file, it cannot
    be opened, or it has more than `largest` bytes; `remedy` says what to do about one that is not there.
    """
    try:
        if file.exists() and not file.is_file():
            what = "a folder" if file.is_dir() else "no plain file"
            raise refused(f"this is {what}, and a file is needed", file=file, remedy="Take it away.")
        with file.open("rb") as opened:
            content = opened.read(largest + 1)
    except FileNotFoundError as error:
        raise refused("this file is not there yet", file=file, remedy=remedy) from error
    except OSError as error:
        raise refused(
            f"this cannot be read ({error.strerror})", file=file, remedy="Ask for permission to it."
        ) from error
    if len(content) > largest:
        size = f"{largest // 2**20} MiB" if largest >= 2**20 else f"{largest // 2**10} KiB"
        raise refused(f"this is larger than {size}", file=file, remedy="Name another file.")
    return content


def text_of(file: Path, refused: type[LippenError], remedy: str) -> str:
    """The text of a file of at most 1 MiB, in UTF-8. Raises `refused` as `bytes_of` does, and with the line
    where it is no UTF-8.
    """
    content = bytes_of(file, refused, remedy)
    return _decoded(content.removeprefix(b"\xef\xbb\xbf"), refused, file)  # some editors begin with its mark


def object_in(content: bytes, refused: type[LippenError], remedy: str, file: Path | None) -> dict[str, Any]:
    """A JSON object as the page reads one: UTF-8 without a mark before it, each field once, nothing that is
    no JSON. Raises `refused` with the file, where there is one, and the line.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        raise refused("this begins with a mark (BOM), which no page reads", file=file, remedy=_AS_UTF8)
    text = _decoded(content, refused, file)
    try:
        told = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise refused(
            f"this is no JSON ({error.msg})", file=file, line=error.lineno, remedy=remedy
        ) from error
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, _Twice) else "a number too long, or too much in one another"
        raise refused(f"this is no JSON that a page reads ({what})", file=file, remedy=remedy) from error
    if not isinstance(told, dict):
        raise refused("this is no JSON object", file=file, remedy=remedy)
    return told


def canonical(told: object) -> bytes:
    """The one spelling of a JSON value: UTF-8, no blanks between, nothing escaped that need not be."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _decoded(content: bytes, refused: type[LippenError], file: Path | None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise refused("this is UTF-16, and must be UTF-8", file=file, remedy=_AS_UTF8) from error
        line = content.count(b"\n", 0, error.start) + 1
        raise refused("this is no text in UTF-8", file=file, line=line, remedy=_AS_UTF8) from error


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(f"{name!r} stands twice in it")
        found[name] = value
    return found


def _no_number(name: str) -> None:
    raise _Twice(f"{name} is no number")
