"""What is wrong with a TOML file that cannot be read, and on which line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_NUMBER: Final = re.compile(r"\d{4300}")
_DEEP: Final = re.compile(r"(?:[\[{][^\[\]{}]*){50}")


@dataclass(frozen=True)
class TomlFault:
    """What the reader of TOML says, without the place; and the line, where it names it or it can be found."""

    what: str
    line: int | None


def fault_of(error: Exception, text: str) -> TomlFault:
    """Take apart what `tomllib.loads` raised for this text."""
    lines = list(enumerate(text.splitlines(), start=1))
    if isinstance(error, RecursionError):
        deep = next((number for number, line in lines if _DEEP.search(line)), None)
        return TomlFault("it holds brackets within brackets, too many to be meant", deep)
    said = str(error)
    if at := _AT_LINE.search(said):
        return TomlFault(said[: at.start()], int(at[1]) if at[1] else text.count("\n") + 1)
    return TomlFault(said, next((number for number, line in lines if _LONG_NUMBER.search(line)), None))
