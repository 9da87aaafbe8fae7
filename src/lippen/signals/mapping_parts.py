"""Two parts of a mapping file that stand for themselves: how its files are read, and under what authority."""

from __future__ import annotations

import codecs
from typing import Any

from lippen.signals.authority import LAST_DAY, Authority
from lippen.signals.kinds import Kind
from lippen.signals.mapping import FileRules
from lippen.signals.mapping_sections import Sections


def read_file_rules(sections: Sections) -> FileRules:
    """What [file] says is to be taken as given about the files."""
    section = sections.section("file")
    delimiter = sections.typed("file", section, "delimiter", (str,), "one character")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0' or not delimiter.isascii()):
        raise sections.fail(
            "file.delimiter", f"is {delimiter!r}", r'It must be one character, such as ";" or "\t".'
        )
    return FileRules(
        delimiter=delimiter,
        encoding=_encoding(sections, section),
        sheet=sections.typed("file", section, "sheet", (str,), "the name of a sheet"),
        header_row=_count(sections, section, "header_row", "a row number counted from 1"),
        longest_line=_count(sections, section, "longest_line", "a number of bytes") or FileRules.longest_line,
        largest_unpacked=_count(sections, section, "largest_unpacked", "a number of bytes", 1 << 62)
        or FileRules.largest_unpacked,
    )


def _count(
    sections: Sections, section: dict[str, Any], name: str, words: str, most: int = 1 << 30
) -> int | None:
    value: int | None = sections.typed("file", section, name, (int,), words)
    if value is not None and not 1 <= value <= most:
        raise sections.fail(f"file.{name}", f"is {value}", f"It must lie between 1 and {most:,}.")
    return value


def _encoding(sections: Sections, section: dict[str, Any]) -> str | None:
    encoding: str | None = sections.typed("file", section, "encoding", (str,), "the name of an encoding")
    if encoding is None:
        return None
    try:
        # Some of Python's codecs are no encodings of text (base64), or cannot read a stream (idna).
        decoded = codecs.getincrementaldecoder(encoding)("strict").decode(b"", True)
    except (LookupError, ValueError, TypeError):
        decoded = None
    if not isinstance(decoded, str) or encoding == "undefined":
        raise sections.fail("file.encoding", f"is {encoding!r}", 'Such as "utf-8", "cp1252" or "utf-16".')
    return encoding


def read_authority(sections: Sections, kind: Kind) -> Authority | None:
    """The [authority] of a mapping; None where there is none and the kind asks for none."""
    section = sections.section("authority")
    if "authority" not in sections.raw:
        if not kind.needs_authority:
            return None
        raise sections.fail(
            "authority",
            f"is missing: a {kind.name} is read only under the authority of whoever lawfully holds it",
            "Write [authority] with who, basis, purpose and expires below.",
        )
    said = {}
    for name, example in (
        ("who", "the organisation that lawfully holds it"),
        ("basis", "its lawful basis"),
        ("purpose", "what it is used for"),
    ):
        text = sections.typed("authority", section, name, (str,), "a text")
        if text is None or not text.strip():
            raise sections.fail(f"authority.{name}", "is missing", f"Write {example}.")
        said[name] = text.strip()
    expires = sections.day(section, "expires", "authority")
    if expires is None:
        raise sections.fail("authority.expires", "is missing", "Write the day from which it no longer holds.")
    if expires > LAST_DAY:
        raise sections.fail(
            "authority.expires",
            f"is {expires}, which is after {LAST_DAY}, as if for good: an authority runs out",
            "Write the day on which whoever answers for it decides anew.",
        )
    return Authority(**said, expires=expires)
