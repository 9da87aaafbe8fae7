"""The text of a scenario file, for whoever has to put something right in it: on which line a key stands, and
a value as TOML writes it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

_TABLE = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]?\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_PLACE = re.compile(r"(?:(\w+)\[(\d+)\]\.)?([^.]+)")


def line_of(text: str, key: str) -> int | None:
    """The line, from 1, on which a key such as `harm` or `bogus[1].hour` is set; for one that is missing from
    its table the line on which that begins. None when it stands nowhere.
    """
    wanted = _PLACE.fullmatch(key)
    if wanted is None:
        return None
    table, number, name = wanted[1], int(wanted[2] or 0), wanted[3]
    inside, begins, met = None, None, 0
    for at, line in enumerate(text.splitlines(), 1):
        header = _TABLE.match(line)
        if header is not None:
            inside = header[1]
            if inside == (table or name):
                met += 1
                begins = at if met == number + 1 else begins
            continue
        found = _KEY.match(line)
        if found and found[1] == name and inside == table and (table is None or met == number + 1):
            return at
        if found and found[1] == table and inside is None:
            begins = at  # tables written in line begin with their list
    return begins


def as_toml(value: Any) -> str:
    """A value as TOML writes it, a table shortened to what it is."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"[{', '.join(as_toml(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
