"""What people fill in about the columns of an export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from lippen.signals import Column, load_kind
from lippen.site.insight.authority_forms import HeldByRight
from lippen.site.insight.clock_words import clock_in_words
from lippen.site.insight.column_choices import (
    AUTHORITY,
    OUTCOMES,
    TWO_COLUMNS,
    Choices,
    key_of,
    mappable,
    title_of_column,
)

OUTCOME_WORDS: Final = {
    "unknown": "Nothing is known",
    "founded": "Something was found",
    "unfounded": "Nothing was found",
}

_WRITTEN: Final = (
    "iso",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d %b %Y %H:%M",
    "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%Y%m%d%H%M%S",
)  # fmt: skip
_DAYS: Final = (
    "iso", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%b-%Y", "%Y%m%d",
)  # fmt: skip
"""The same for kinds of signal that have a day and no clock."""

_EXAMPLE: Final = dt.datetime(2018, 12, 31, 22, 4, 31)
_SAYS: Final = {
    "iso": "2018-12-31 22:04:31",
    "unix": "seconds since 1970",
    "unix_ms": "thousandths of a second since 1970",
    "excel": "days since 1900, as Excel counts them",
}
LISTED_OPEN: Final = 40
FEW_MORE: Final = 10
"""Kinds that are listed one below the other, and how many more are not worth a fold."""

MOST_OFFERED: Final = 300
"""How many columns of an export are offered: each is in the list of each column of an incident."""

BETWEEN: Final = "|"
"""Stands between the formats of one choice; no format holds it."""


def way_of_writing(formats: Sequence[str]) -> str:
    """How times written in these formats look, by an example."""
    return " or ".join(
        _SAYS.get(one) or _EXAMPLE.strftime(one.replace("%*", "...").replace("%z", "+00:00"))
        for one in formats
    )


@dataclass(frozen=True)
class ColumnRow:
    """A column of a signal on the page: where it comes from, and what stands there before and after.
    What comes after is None where none of the rows that were read has anything there.
    """

    title: str
    says: str
    must: bool
    source: BoundField
    second: BoundField | None
    examples: Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class KindRow:
    """A kind of the export, with how often it occurs and what it is. `word` says that its name alone keeps it
    from being assessed.
    """

    key: str
    kind: str
    rows: int
    word: bool
    protected: bool
    own: bool
    sensor: bool


@dataclass(frozen=True)
class CodeRow:
    """A disposal code with how often it occurs and what it stands for."""

    key: str
    code: str
    rows: int
    outcome: str


class Columns(HeldByRight):
    """How an export is read: one field a column, the clock, the place, and what kinds and codes mean; and of
    a collection, by what right it is held. What its kind of signal does not have is not asked.

    `seen` is what `looking` saw, and `held` the clock of the site, once it has one. Kinds and codes are many,
    so the page draws their boxes itself: `kind_rows` and `code_rows`.
    """

    source = forms.CharField(
        label="What pages call it",
        max_length=120,
        help_text="Who made the export and what it holds, such as “Invermarrow control room”.",
    )
    zone = forms.ChoiceField(label="Whose clock its times are")
    times = forms.ChoiceField(
        label="How its times are written", help_text="The last evening of 2018 would be written so."
    )
    grid_km = forms.FloatField(
        label="Width of a small area, in kilometres",
        min_value=0.2,
        max_value=50,
        help_text="Used where no column holds small areas. 1 suits most towns.",
    )
    box = forms.BooleanField(label="", required=False)

    def __init__(
        self,
        kind: str,
        seen: Mapping[str, Any],
        choices: Choices,
        held: str | None,
        given: QueryDict | None = None,
        **named: Any,
    ) -> None:
        super().__init__(given, initial=_initial(choices), **named)
        self._kind = load_kind(kind)
        self._seen = seen
        self._given = given or QueryDict()
        self._choices = choices
        self._box = choices.box
        used = _used(choices)
        fit = [one for one in seen["headings"] if one not in seen["identity"] or one in used]
        self.not_offered = max(0, len(fit) - MOST_OFFERED)
        beyond = [one for one in fit[MOST_OFFERED:] if one in used]
        offered = [("", "Not in this export"), *((one, one) for one in [*fit[:MOST_OFFERED], *beyond])]
        self._columns = mappable(kind)
        for column in self._columns:
            title = title_of_column(column, self._kind.name)
            must = column.required and column.reads != "id"
            names = choices.columns.get(column.name, ())
            self.fields[f"column-{column.name}"] = _one_of(title, offered, names[:1], required=must)
            if column.name in TWO_COLUMNS:
                label = f"{title}: a second column"
                self.fields[f"second-{column.name}"] = _one_of(
                    label, [("", "No second column"), *offered[1:]], names[1:2]
                )
        self.fields["zone"].help_text = clock_in_words(choices.zone, held, seen["clock"], saved=seen["saved"])
        self._offer("zone", [(one, one.replace("_", " ")) for one in _zones(choices.zone)])
        usual = _DAYS if self._kind.when in self._kind.reading("day") else _WRITTEN
        ways = dict.fromkeys([choices.formats, tuple(seen["formats"]), *((one,) for one in usual)])
        self._offer("times", [(BETWEEN.join(one), way_of_writing(one)) for one in ways if one])
        if choices.box is None:
            del self.fields["box"]
        else:
            self.fields["box"].label = _box_in_words(choices.box)
        if not self._kind.reading("lat"):
            del self.fields["grid_km"]
        if not self._kind.needs_authority:
            for name in AUTHORITY:
                del self.fields[name]
        self.kinds = {key_of(one["kind"]): one["kind"] for one in seen["kinds"]}
        self.codes = {key_of(one["code"]): one["code"] for one in seen["codes"]}

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = offered

    @property
    def asks_right(self) -> bool:
        """Whether it asks by what right a collection is held."""
        return self._kind.needs_authority

    @property
    def column_rows(self) -> list[ColumnRow]:
        return [self._column_row(column) for column in self._columns]

    def _column_row(self, column: Column) -> ColumnRow:
        examples: list[tuple[str, str | None]] = [
            (row["before"].get(column.name, ""), row["after"].get(column.name, ""))
            for row in self._seen["first"]
        ]
        if not any(before for before, _ in examples):
            name = next(iter(self._choices.columns.get(column.name, ())), "")
            examples = [(value, None) for value in self._seen["before"].get(name, [])]
        return ColumnRow(
            title=title_of_column(column, self._kind.name),
            says=column.says.partition(". ")[0].rstrip(".").replace("`", "") + ".",
            must=column.required and column.reads != "id",
            source=self[f"column-{column.name}"],
            second=self[f"second-{column.name}"] if column.name in TWO_COLUMNS else None,
            examples=list(dict.fromkeys(one for one in examples if any(one)))[:3],
        )

    @property
    def kind_rows(self) -> list[KindRow]:
        own, sensor, protected = (self._ticked(name) for name in ("own", "sensor", "protected"))
        rows: dict[str, int] = {}
        words: dict[str, bool] = {}
        for one in self._seen["kinds"]:
            key = key_of(one["kind"])
            rows[key] = rows.get(key, 0) + one["rows"]
            words[key] = one["word"]
        return [
            KindRow(key, self.kinds[key], many, words[key], key in protected, key in own, key in sensor)
            for key, many in rows.items()
        ]

    @property
    def common_kinds(self) -> list[KindRow]:
        """The kinds that most rows are of, all if there are few more."""
        return self.kind_rows if len(self.kinds) <= LISTED_OPEN + FEW_MORE else self.kind_rows[:LISTED_OPEN]

    @property
    def rare_kinds(self) -> list[KindRow]:
        """Kinds that few rows are of, folded away: a control room may have hundreds."""
        return self.kind_rows[len(self.common_kinds) :]

    @property
    def rare_title(self) -> str:
        """What stands on the fold: how many kinds lie in it, and how many were ticked there."""
        rare = self.rare_kinds
        ticked = sum(one.word or one.protected or one.own or one.sensor for one in rare)
        return f"{len(rare)} rarer kinds: look through them too ({ticked} of them ticked or never assessed)"

    @property
    def code_rows(self) -> list[CodeRow]:
        rows: dict[str, int] = {}
        for one in self._seen["codes"]:
            key = key_of(one["code"])
            rows[key] = rows.get(key, 0) + one["rows"]
        return [CodeRow(key, self.codes[key], many, self._outcome(key)) for key, many in rows.items()]

    def _ticked(self, name: str) -> frozenset[str]:
        if self.is_bound:
            return frozenset(self._given.getlist(name)) & self.kinds.keys()
        held = {
            "own": self._choices.own_activity,
            "sensor": self._choices.sensor,
            "protected": self._choices.protected,
        }
        return held[name]

    def _outcome(self, key: str) -> str:
        told = self.data.get(f"outcome-{key}") if self.is_bound else self._choices.outcomes.get(key)
        return told if told in OUTCOMES else "unknown"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("column-lat")) != bool(cleaned.get("column-lon")):
            self.add_error("column-lon", "Latitude and longitude go together: choose both or neither.")
        for name in TWO_COLUMNS:
            second = cleaned.get(f"second-{name}")
            if second and second == cleaned.get(f"column-{name}"):
                self.add_error(f"second-{name}", "This is the same column twice.")
            if second and not cleaned.get(f"column-{name}"):
                self.add_error(f"column-{name}", "Choose the first column too.")
        return cleaned

    def chosen(self) -> Choices:
        """What was chosen, once it is valid."""
        cleaned = self.cleaned_data
        columns = {}
        for column in self._columns:
            names = [cleaned.get(f"{which}-{column.name}") for which in ("column", "second")]
            columns[column.name] = tuple(one for one in names if one)
        return Choices(
            columns=columns,
            zone=cleaned["zone"],
            formats=tuple(cleaned["times"].split(BETWEEN)),
            source=cleaned["source"],
            grid_km=cleaned.get("grid_km", self._choices.grid_km),
            box=self._box if cleaned.get("box") else None,
            outcomes={key: self._outcome(key) for key in self.codes},
            own_activity=self._ticked("own"),
            sensor=self._ticked("sensor"),
            protected=self._ticked("protected"),
            authority={name: str(cleaned[name]) for name in AUTHORITY if name in cleaned},
        )


def _initial(choices: Choices) -> dict[str, Any]:
    return {
        "source": choices.source,
        "zone": choices.zone,
        "times": BETWEEN.join(choices.formats),
        "grid_km": choices.grid_km,
        "box": choices.box is not None,
        **{name: said for name, said in choices.authority.items() if name != "expires"},
        "expires": _day(choices.authority.get("expires", "")),
    }


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _one_of(
    label: str, offered: list[tuple[str, str]], names: Sequence[str], *, required: bool = False
) -> forms.ChoiceField:
    absent = [(one, f"{one} (not in this file)") for one in names if one not in dict(offered)]
    return forms.ChoiceField(
        label=label,
        choices=[*offered, *absent],
        required=required,
        initial=names[0] if names else "",
        widget=forms.Select({"aria-label": label}),
    )


def _used(choices: Choices) -> set[str]:
    return {name for names in choices.columns.values() for name in names}


def _zones(chosen: str) -> list[str]:
    known = {
        one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "posix", "right"))
    }
    return sorted({*known, "UTC", *filter(None, [chosen])})


def _box_in_words(box: Mapping[str, float]) -> str:
    south, west, north, east = (box[side] for side in ("south", "west", "north", "east"))
    return f"Refuse rows that lie outside {south} to {north} degrees north and {west} to {east} degrees east"
