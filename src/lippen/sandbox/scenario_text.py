"""The text of a scenario file, for whoever has to put something right in it: on which line a key stands, and
a value as TOML writes it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from lippen.errors import LippenError

_MOST_SIGNS = 80
"""What is quoted from a scenario in a message of one line, at most."""

_PLACE = re.compile(r"(?:(\w+)\[(\d+)\]\.)?([^.]+)")
_TOKEN = re.compile(
    r"""
      (?P<header> ^[ \t]* \[\[? [ \t]* ["']? (?P<table> [\w-]+ ) [^\]\n]* \]\]? )
      (?= [ \t]* (?: \# | \r? $ ) )
    | ^[ \t]* (?P<dotted> [\w-]+ ) (?= [ \t]* \. )
    | (?P<key> [\w-]+ | "[^"\n]*" | '[^'\n]*' ) (?= [ \t]* = )
    | (?P<bracket> [\[\]{}] )
    | \"{3} (?: \\. | [^\\] )*? \"{3} | '{3} .*? '{3}
    | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* '
    | \# [^\n]*
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
"""What of TOML matters for finding a key: headers, keys, brackets; strings and comments are passed over."""

_IN_LIST, _IN_LIST_OF_TABLES = 1, 2


class ScenarioError(LippenError):
    """A scenario that cannot be drawn: the message names the key and the remedy, and where the scenario was
    read from a file that file and the line.
    """


@dataclass(frozen=True)
class ScenarioText:
    """What a scenario was read from: `path` and `text`."""

    path: Path
    text: str

    def refused(self, key: str, what: str, remedy: str | None) -> ScenarioError:
        """The error of a key that cannot be meant, with file and line."""
        return ScenarioError(what, file=self.path, line=line_of(self.text, key), remedy=remedy)

    @property
    def head(self) -> str:
        """The comment with which it begins, on one line; "" without one."""
        lines = takewhile(lambda line: line.startswith("# "), self.text.splitlines())
        return " ".join(line[2:] for line in lines)


def line_of(text: str, key: str) -> int | None:
    """The line, from 1, on which a key such as `harm` or `bogus[1].hour` is set; for one that is missing from
    its table the line on which that begins. None when it stands nowhere. `text` must be valid TOML.
    """
    wanted = _PLACE.fullmatch(key)
    if wanted is None:
        return None
    table, name = wanted[1], wanted[3]
    number = int(wanted[2] or 0) + 1
    inside, top, begins = None, None, None  # the header above, the key whose value this is, the table sought
    line, passed, depth, met = 1, 0, 0, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", passed, token.start())
        passed = token.start()
        if token["header"] and not depth:
            inside, top = token["table"], None
            if inside == (table or name):
                met += 1
                begins = line if met == number else begins
            continue
        found = (token["key"] or token["dotted"] or "").strip("\"'")
        if found and not depth and inside is None:
            top = found
            if table is None and found == name:
                return line
        elif found == name and table is not None and met == number:
            if inside == table and not depth:
                return line
            if inside is None and top == table and depth == _IN_LIST_OF_TABLES:
                return line
        brackets = token["bracket"] or token["header"] or ""
        if brackets == "{" and depth == _IN_LIST and inside is None and top == table:
            met += 1
            begins = line if met == number else begins
        depth += brackets.count("[") + brackets.count("{") - brackets.count("]") - brackets.count("}")
    return begins


def cut(text: str) -> str:
    """What a message quotes of a text: its beginning, where it is long."""
    return text if len(text) <= _MOST_SIGNS else f"{text[:_MOST_SIGNS]}…"


def as_toml(value: Any) -> str:
    """A value as TOML writes it, a table shortened to what it is, and whatever is long to its beginning."""
    return cut(_as_toml(value))


def _as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"[{', '.join(_as_toml(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
