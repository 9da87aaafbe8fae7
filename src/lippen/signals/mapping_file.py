"""Mapping files: TOML that an analyst writes once (`lippen inspect FILE` proposes one), checked whole.

Everything is checked before a row is read: an unknown key, a column that the kind does not have, a zone that
does not exist is an error that names the file, the key and what to do.
"""

from __future__ import annotations

import codecs
import datetime as dt
import difflib
import tomllib
import zoneinfo
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any

from lippen.signals.folding import fold
from lippen.signals.kinds import Kind, kind_names, load_kind
from lippen.signals.mapping import Box, FileRules, Mapping, MappingError
from lippen.signals.protected import PROTECTED_CLASSES
from lippen.signals.times import FormatError, TimeFormat

_SECTIONS = {
    "kind", "source", "zone", "columns", "times", "numbers", "file", "outcomes", "kinds", "protected_words",
    "places", "ignore", "allow", "join",
}  # fmt: skip
_KEYS = {
    "times": {"formats", "earliest", "latest"},
    "numbers": {"decimal_comma"},
    "file": {"delimiter", "encoding", "sheet", "header_row", "longest_line", "largest_unpacked"},
    "outcomes": {"founded", "unfounded", "unknown", "default"},
    "kinds": {"own_activity", "sensor", "protected"},
    "places": {"grid_km", "box", "missing", "fill"},
    "places.box": {"south", "west", "north", "east"},
}
_OUTCOMES = ("founded", "unfounded", "unknown")
_TIME_COLUMNS = ("reported_at", "closed_at", "dispatched_at", "arrived_at", "cleared_at")
_SEVERAL = (*_TIME_COLUMNS, "kind", "place", "text", "disposal", "incident_id", "area", "larger_area")


def load_mapping(path: str | Path) -> Mapping:
    """Read and check a mapping file; raises MappingError naming the file, the key and the remedy."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MappingError(
            "there is no such mapping file", file=path, remedy="Make one with `lippen inspect`."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            f"the mapping cannot be read ({error})", file=path, remedy="It must be UTF-8 text."
        ) from error
    return parse_mapping(text, path)


def parse_mapping(text: str, path: Path | None = None) -> Mapping:
    """Check the text of a mapping file; `path` is only for messages. Raises as `load_mapping` does."""
    try:
        raw = tomllib.loads(text)
        repr(raw)  # a message may have to show any of it
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            f"the mapping is not valid TOML: {error}", file=path, remedy="Text values stand in quotes."
        ) from error
    except (RecursionError, ValueError) as error:
        raise MappingError(
            "the mapping holds brackets too deep or a number too long to be meant",
            file=path,
            remedy="Delete them, or make a new one with `lippen inspect`.",
        ) from error
    return _Check(raw, path).mapping()


class _Check:
    """Turns the parsed TOML into a Mapping, complaining at the first thing that cannot be meant."""

    def __init__(self, raw: dict[str, Any], path: Path | None) -> None:
        self.raw = raw
        self.path = path

    def fail(self, key: str, what: str, remedy: str) -> MappingError:
        return MappingError(f"`{key}` {what}", file=self.path, remedy=remedy)

    def known(self, key: str, found: Table[str, Any], allowed: set[str]) -> None:
        for name in found:
            if name not in allowed:
                near = difflib.get_close_matches(name, sorted(allowed), n=1)
                where = f"{key}.{name}" if key else name
                hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(allowed))}."
                raise self.fail(where, "is not a key Lippen knows", hint)

    def section(self, key: str) -> dict[str, Any]:
        found: Any = self.raw
        for part in key.split("."):
            found = found.get(part, {})
        if not isinstance(found, dict):
            raise self.fail(key, "must be a table", f"Write it as [{key}] with its keys below.")
        if key in _KEYS:
            self.known(key, found, _KEYS[key])
        return found

    def strings(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fail(key, "must be a list of texts", 'Write it as ["one", "two"].')
        return tuple(value)

    def typed(self, key: str, table: dict[str, Any], name: str, kinds: tuple[type, ...], words: str) -> Any:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.fail(f"{key}.{name}" if key else name, f"must be {words}", f"It is {value!r} now.")
        if isinstance(value, int) and abs(value) >= 1 << 63:
            raise self.fail(f"{key}.{name}", "is a number too long to be meant", "Correct it.")
        return value

    def mapping(self) -> Mapping:
        self.known("", self.raw, _SECTIONS)
        kind = self._kind()
        columns = self._columns(kind)
        times, numbers, places = self.section("times"), self.section("numbers"), self.section("places")
        missing = self.strings("places.missing", places.get("missing", ["0", "0.0"]))
        grid = self.typed("places", places, "grid_km", (int, float), "a number of kilometres")
        grid = 1.0 if grid is None else grid
        if not 0.2 <= grid <= 50:
            raise self.fail("places.grid_km", "must lie between 0.2 and 50", "1.0 suits most towns.")
        fill = self.typed("places", places, "fill", (bool,), "true or false")
        default = self.section("outcomes").get("default", "unknown")
        if default not in _OUTCOMES:
            raise self.fail(
                "outcomes.default", f"is {default!r}", f"It must be one of {', '.join(_OUTCOMES)}."
            )
        earliest, latest = self._day(times, "earliest") or Mapping.earliest, self._day(times, "latest")
        if latest is not None and latest < earliest:
            raise self.fail(
                "times.latest", f"is {latest}, before the earliest ({earliest})", "Correct one of the two."
            )
        return Mapping(
            kind=kind,
            zone=self._zone(),
            columns=columns,
            join=self._join(columns),
            formats=self._formats(times),
            earliest=earliest,
            latest=latest,
            decimal_comma=bool(self.typed("numbers", numbers, "decimal_comma", (bool,), "true or false")),
            file=self._file(),
            outcomes=self._outcomes(columns),
            default_outcome=default,
            own_activity=self._kind_list("own_activity"),
            sensor=self._kind_list("sensor"),
            protected_kinds=self._protected_kinds(),
            protected_words=self._protected_words(),
            grid_km=float(grid),
            box=self._box(),
            missing_coordinates=frozenset(value.strip() for value in missing),
            fill_places=True if fill is None else fill,
            ignore=frozenset(self.strings("ignore", self.raw.get("ignore", []))),
            allow=self._allow(),
            source=self.typed("", self.raw, "source", (str,), "a text") or "",
            path=self.path,
        )

    def _kind(self) -> Kind:
        name = self.raw.get("kind", "incident")
        if name not in kind_names():
            raise self.fail("kind", f"is {name!r}", f"Known kinds: {', '.join(kind_names())}.")
        return load_kind(name)

    def _zone(self) -> str:
        name = self.raw.get("zone")
        remedy = 'Write the IANA name of the time zone, such as zone = "Europe/London".'
        if not isinstance(name, str):
            raise self.fail("zone", "is missing", remedy)
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            near = difflib.get_close_matches(name, sorted(zoneinfo.available_timezones()), n=1)
            raise self.fail(
                "zone", f"is {name!r}", f"Did you mean `{near[0]}`?" if near else remedy
            ) from error
        return name

    def _columns(self, kind: Kind) -> dict[str, tuple[str, ...]]:
        section = self.section("columns")
        self.known("columns", section, {column.name for column in kind.mappable()})
        columns: dict[str, tuple[str, ...]] = {}
        for name, value in section.items():
            names = (value,) if isinstance(value, str) else self.strings(f"columns.{name}", value)
            if not names or not all(part.strip() for part in names):
                raise self.fail(
                    f"columns.{name}", "names no column", "Give the export's header, or delete the line."
                )
            if len(names) > 1 and name not in _SEVERAL:
                raise self.fail(f"columns.{name}", "can only come from one column", "Name one column.")
            columns[name] = names
        for name in ("kind", "reported_at"):
            if name not in columns:
                raise self.fail(f"columns.{name}", "is missing", "Name the export's column that holds it.")
        if ("lat" in columns) != ("lon" in columns):
            raise self.fail("columns.lat", "and `columns.lon` go together", "Name both or neither.")
        ignored = set(self.strings("ignore", self.raw.get("ignore", [])))
        for name, names in columns.items():
            both = ignored.intersection(names)
            if both:
                raise self.fail(
                    f"columns.{name}", f"names {min(both)!r}, which `ignore` lists", "Delete one of the two."
                )
        return columns

    def _join(self, columns: Table[str, Any]) -> dict[str, str]:
        joins = self.section("join")
        self.known("join", joins, set(columns))
        for name, value in joins.items():
            if not isinstance(value, str):
                raise self.fail(f"join.{name}", "must be a text", 'Such as ": ".')
        return joins

    def _formats(self, times: dict[str, Any]) -> tuple[TimeFormat, ...]:
        formats = self.strings("times.formats", times.get("formats", ["iso"]))
        made = []
        for text in formats:
            try:
                made.append(TimeFormat(text))
            except FormatError as error:
                raise self.fail(
                    "times.formats", f"holds {text!r}: {error}", 'Such as "%d/%m/%Y %H:%M" or "iso".'
                ) from error
        if not made:
            raise self.fail(
                "times.formats", "is empty", "Give at least one, or delete the line for ISO times."
            )
        return tuple(made)

    def _day(self, times: dict[str, Any], name: str) -> dt.date | None:
        value = times.get(name)
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                value = 0
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        raise self.fail(f"times.{name}", "must be a day", "Such as 2018-01-01.")

    def _file(self) -> FileRules:
        section = self.section("file")
        delimiter = self.typed("file", section, "delimiter", (str,), "one character")
        if delimiter is not None and (
            len(delimiter) != 1 or delimiter in '"\r\n\0' or not delimiter.isascii()
        ):
            raise self.fail(
                "file.delimiter", f"is {delimiter!r}", r'It must be one character, such as ";" or "\t".'
            )
        return FileRules(
            delimiter=delimiter,
            encoding=self._encoding(section),
            sheet=self.typed("file", section, "sheet", (str,), "the name of a sheet"),
            header_row=self._count(section, "header_row", "a row number counted from 1"),
            longest_line=self._count(section, "longest_line", "a number of bytes") or FileRules.longest_line,
            largest_unpacked=self._count(section, "largest_unpacked", "a number of bytes", 1 << 62)
            or FileRules.largest_unpacked,
        )

    def _count(self, section: dict[str, Any], name: str, words: str, most: int = 1 << 30) -> int | None:
        value: int | None = self.typed("file", section, name, (int,), words)
        if value is not None and not 1 <= value <= most:
            raise self.fail(f"file.{name}", f"is {value}", f"It must lie between 1 and {most:,}.")
        return value

    def _encoding(self, section: dict[str, Any]) -> str | None:
        encoding: str | None = self.typed("file", section, "encoding", (str,), "the name of an encoding")
        if encoding is None:
            return None
        try:
            # Some of Python's codecs are no encodings of text (base64), or cannot read a stream (idna).
            decoded = codecs.getincrementaldecoder(encoding)("strict").decode(b"", True)
        except (LookupError, ValueError, TypeError):
            decoded = None
        if not isinstance(decoded, str) or encoding == "undefined":
            raise self.fail("file.encoding", f"is {encoding!r}", 'Such as "utf-8", "cp1252" or "utf-16".')
        return encoding

    def _outcomes(self, columns: Table[str, Any]) -> dict[str, str]:
        section = self.section("outcomes")
        found: dict[str, str] = {}
        for outcome in _OUTCOMES:
            for code in self.strings(f"outcomes.{outcome}", section.get(outcome, [])):
                if found.setdefault(fold(code), outcome) != outcome:
                    raise self.fail(
                        f"outcomes.{outcome}", f"lists {code!r}, which another outcome lists too", "Keep one."
                    )
        if found and "disposal" not in columns:
            raise self.fail(
                "outcomes", "lists codes but no column holds them", "Name it under [columns] as `disposal`."
            )
        return found

    def _kind_list(self, name: str) -> frozenset[str]:
        return frozenset(
            fold(kind) for kind in self.strings(f"kinds.{name}", self.section("kinds").get(name, []))
        )

    def _protected_kinds(self) -> frozenset[str]:
        self.section("kinds")
        section = self.section("kinds.protected")
        self.known("kinds.protected", section, set(PROTECTED_CLASSES))
        return frozenset(
            fold(kind)
            for name, kinds in section.items()
            for kind in self.strings(f"kinds.protected.{name}", kinds)
        )

    def _protected_words(self) -> dict[str, tuple[str, ...]]:
        section = self.section("protected_words")
        self.known("protected_words", section, set(PROTECTED_CLASSES))
        words = {name: self.strings(f"protected_words.{name}", listed) for name, listed in section.items()}
        for name, listed in words.items():
            if not all(word.strip() for word in listed):
                raise self.fail(
                    f"protected_words.{name}", "holds an empty word, which stands in every text", "Delete it."
                )
        return words

    def _box(self) -> Box | None:
        section = self.section("places.box")
        if not section:
            return None
        sides = {}
        for name in ("south", "west", "north", "east"):
            value = self.typed("places.box", section, name, (int, float), "a number of degrees")
            if value is None:
                raise self.fail(f"places.box.{name}", "is missing", "A box has south, west, north and east.")
            sides[name] = float(value)
        box = Box(**sides)
        if not (-90 <= box.south < box.north <= 90 and -180 <= box.west < box.east <= 180):
            raise self.fail(
                "places.box", "is not a box on the globe", "South is below north, and west is left of east."
            )
        return box

    def _allow(self) -> dict[str, str]:
        section = self.section("allow")
        for name, why in section.items():
            if not isinstance(why, str) or len(why.split()) < 3:
                raise self.fail(f"allow.{name}", "must say why it is not identity", "Write a short sentence.")
        return section
