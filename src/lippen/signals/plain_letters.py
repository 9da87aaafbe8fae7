"""A text as it is read for contacts: each sign as what it was meant to look like.

More than `folding.as_seen` undoes, which reads what people type: letters of another alphabet among ours (a
Cyrillic o in a number), slashes and stops that are none of ours, digits in black circles, and the escapes
that a forum's pages leave in what is saved of them (`&#64;`, `%40`). The browser reads the same list.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import as_seen, seen_otherwise

_LISTS = json.loads(files(__package__).joinpath("look_alikes.json").read_text("utf-8"))


def _pairs(key: str) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in _LISTS[key].split(" ")}


_ANYWHERE: Final = _pairs("anywhere")
_AMONG_OURS: Final = _pairs("among ours")
_NAMES: Final = _LISTS["names"]
_SIGNS_ANYWHERE: Final = str.maketrans(_ANYWHERE)
_LETTERS: Final = str.maketrans(_AMONG_OURS)
_ALIKE: Final = f"[{''.join((*_ANYWHERE, *_AMONG_OURS))}]"
_ALL_ALIKE: Final = frozenset((*_ANYWHERE, *_AMONG_OURS))
_RUN: Final = re.compile(r"[^ \t\n\r\f]+")
_OURS: Final = re.compile(r"[A-Za-z]")
# A blank is left escaped: where it stands in a link, the link would end there.
_ESCAPED: Final = rf"(?i)&(?:amp;)*(?:#\d{{2,6}}|#x[0-9a-f]{{2,5}}|{'|'.join(_NAMES)});|%(?:40|2[bdef]|3a|5f)"
_ESCAPES: Final = re.compile(_ESCAPED)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""Signs for a terminal, which part words as a blank does."""


def as_read(text: str) -> str:
    """The text with its escapes undone, in plain letters."""
    if "&" in text or "%" in text:
        text = _ESCAPES.sub(_unescaped, text)
    text = _CONTROLS.sub(" ", text)
    return text if text.isascii() else in_plain_letters(text)


def in_plain_letters(text: str) -> str:
    """The text as seen, each letter and sign as the one of ours that it looks like.

    Letters of another alphabet only where one of ours stands in the same run, or where all letters of the
    run can be read so: a word of that alphabet stays.
    """
    seen = as_seen(text)
    return seen if _ALL_ALIKE.isdisjoint(seen) else _with_ours(seen)


def all_as_read(texts: pa.StringArray) -> pa.StringArray:
    """`as_read` of a column; null stays null."""
    where, read = read_otherwise(texts)
    return pc.replace_with_mask(texts, where, read) if len(read) else texts


def read_otherwise(texts: pa.StringArray) -> tuple[pa.BooleanArray, pa.StringArray]:
    """Where a text as read is not the text as written, and those texts as read. Null is not."""
    escaped = pc.match_substring_regex(texts, _ESCAPED).fill_null(False)
    odd, seen = seen_otherwise(texts)
    alike = pc.match_substring_regex(seen, _ALIKE)
    if pc.any(alike).as_py():
        plain = pa.array([_with_ours(text) for text in seen.filter(alike).to_pylist()], pa.string())
        seen = pc.replace_with_mask(seen, alike, plain)
    if not pc.any(escaped).as_py():
        return odd, seen
    undone = pa.array([as_read(text) for text in texts.filter(escaped).to_pylist()], pa.string())
    read = pc.replace_with_mask(pc.replace_with_mask(texts, odd, seen), escaped, undone)
    either = pc.or_(odd, escaped)
    return either, read.filter(either)


def _unescaped(match: re.Match[str]) -> str:
    escape = match[0].casefold()
    if escape.startswith("%"):
        return chr(int(escape[1:], 16))
    name = escape.rstrip(";").rpartition(";")[2].removeprefix("&")
    if not name.startswith("#"):
        return str(_NAMES[name])
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return " " if 0xD800 <= code <= 0xDFFF else chr(code)


def _with_ours(seen: str) -> str:
    return _RUN.sub(_run_with_ours, seen.translate(_SIGNS_ANYWHERE))


def _run_with_ours(match: re.Match[str]) -> str:
    run = match[0]
    if run.isascii():
        return run
    ours = run.translate(_LETTERS)
    left = any(sign.isalpha() and not sign.isascii() for sign in ours)
    return run if left and not _OURS.search(run) else ours
