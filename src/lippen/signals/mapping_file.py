"""Mapping files: TOML that an analyst writes once (`lippen inspect FILE` proposes one), checked whole.

Everything is checked before a row is read: an unknown key, a column that the kind does not have, a zone that
does not exist is an error that names the file, the key and what to do.
"""

from __future__ import annotations

import difflib
import tomllib
import zoneinfo
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any

from lippen.signals.folding import fold
from lippen.signals.kinds import Kind, kind_names, load_kind
from lippen.signals.mapping import Box, Mapping, MappingError
from lippen.signals.mapping_parts import read_authority, read_file_rules
from lippen.signals.mapping_sections import Sections
from lippen.signals.protected import PROTECTED_CLASSES
from lippen.signals.times import FormatError, TimeFormat

_SECTIONS = {
    "kind", "source", "zone", "columns", "times", "numbers", "file", "outcomes", "kinds", "protected_words",
    "places", "ignore", "allow", "join", "missing", "authority",
}  # fmt: skip
# What a kind must read, by one of these rules, for the section to mean anything in its mapping.
_SECTION_NEEDS = {
    "outcomes": ("disposal",),
    "places": ("lat",),
    "numbers": ("lat", "decimal"),
}
_OUTCOMES = ("founded", "unfounded", "unknown")
_ONE = ("lat", "lon", "decimal", "whole", "yes_no")
"""What is read by these rules cannot be put together from several columns."""


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


class _Check(Sections):
    """Turns the parsed TOML into a Mapping, complaining at the first thing that cannot be meant."""

    def mapping(self) -> Mapping:
        self.known("", self.raw, _SECTIONS)
        kind = self._kind()
        self._sections_of(kind)
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
        earliest, latest = self.day(times, "earliest") or Mapping.earliest, self.day(times, "latest")
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
            file=read_file_rules(self),
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
            missing=self._missing(columns),
            authority=read_authority(self, kind),
            source=self.typed("", self.raw, "source", (str,), "a text") or "",
            path=self.path,
        )

    def _kind(self) -> Kind:
        name = self.raw.get("kind", "incident")
        if name not in kind_names():
            raise self.fail("kind", f"is {name!r}", f"Known kinds: {', '.join(kind_names())}.")
        return load_kind(name)

    def _sections_of(self, kind: Kind) -> None:
        """A section about columns that the kind does not have was meant for another kind."""
        without = [name for name, rules in _SECTION_NEEDS.items() if not kind.reading(*rules)]
        without += [] if kind.has("protected") else ["kinds", "protected_words"]
        for name in without:
            if name in self.raw:
                raise self.fail(
                    name, f"says nothing about a {kind.name}, which has no such column", "Delete the section."
                )

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
            if len(names) > 1 and name in kind.reading(*_ONE):
                raise self.fail(f"columns.{name}", "can only come from one column", "Name one column.")
            columns[name] = names
        for column in kind.must_name():
            if column.name not in columns:
                raise self.fail(
                    f"columns.{column.name}", "is missing", "Name the export's column that holds it."
                )
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

    def _missing(self, columns: Table[str, Any]) -> dict[str, frozenset[str]]:
        section = self.section("missing")
        self.known("missing", section, set(columns))
        return {
            name: frozenset(text.strip() for text in self.strings(f"missing.{name}", texts))
            for name, texts in section.items()
        }
