"""A mapping as a person sees and changes it on a page: from its TOML to choices, and back.

What the page does not offer (a delimiter, a longest line, texts that stand for nothing) is kept as it is.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lippen.signals import Column, load_kind
from lippen.signals.folding import fold
from lippen.signals.guessing import looks_protected
from lippen.signals.protected import PROTECTED_CLASSES, protected_classes_of
from lippen.site.insight.kinds import INCIDENT, LISTING
from lippen.site.insight.toml_text import toml_text

TWO_COLUMNS: Final = ("reported_at", "place", "disposal")
"""What an export often has in two columns: a day and a clock, a block and a street, two closing codes."""

TITLES: Final = {
    "incident_id": "Number of the incident",
    "kind": "Kind of incident, when it came in",
    "reported_at": "When it was reported",
    "closed_at": "When it was closed",
    "dispatched_at": "When the first unit was sent",
    "arrived_at": "When the first unit arrived",
    "cleared_at": "When the last unit was free again",
    "lat": "Latitude",
    "lon": "Longitude",
    "place": "Street or block",
    "area": "Small area",
    "larger_area": "District or other larger area",
    "priority": "Priority",
    "text": "What was written down",
    "disposal": "How it ended (disposal code)",
    "units": "How many units were sent",
    "listing_id": "Number of the advert",
    "posted_at": "When it was posted",
    "collection": "Which collection it stands in",
    "channel": "Through what it was offered",
    "title": "Heading",
    "price_gbp": "Price in pounds",
    "quantity": "How much for that price",
    "origin": "Sent from",
    "destination": "Sent to",
    "sighting_id": "Number of the sighting",
    "seen_on": "Day or week it was seen",
    "product": "What was offered",
    "words": "Words and signs it was offered in",
    "seen_by": "Seen by a resident or a worker",
}
"""What a page calls the columns of a signal; any other is called by its name."""

_REST_OF_ADVERT: Final = "The rest of the advert"

OUTCOMES: Final = ("unknown", "founded", "unfounded")

GRAVEST: Final = "threat_to_life"
"""Where a kind is kept that a person protects and whose name does not say why."""


def key_of(text: str) -> str:
    """A short name for a kind or a code, for the fields of a form."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


AUTHORITY: Final = ("who", "basis", "purpose", "expires")
"""What is said of the authority that a collection is held under, by the mapping's own keys."""


@dataclass(frozen=True)
class Choices:
    """What a page shows of a mapping: source columns, clock, outcomes by code, and what each kind is, both by
    `key_of`; and the authority of a collection by AUTHORITY, its day in ISO 8601 (empty where none is said).
    """

    columns: Mapping[str, tuple[str, ...]]
    zone: str
    formats: tuple[str, ...]
    source: str
    grid_km: float
    box: Mapping[str, float] | None
    outcomes: Mapping[str, str]
    own_activity: frozenset[str]
    sensor: frozenset[str]
    protected: frozenset[str]
    authority: Mapping[str, str] = field(default_factory=dict)


def mappable(kind: str) -> tuple[Column, ...]:
    """The columns of this kind of signal that an export may fill."""
    return load_kind(kind).mappable()


def title_of_column(column: Column, kind: str) -> str:
    """What a page calls a column of this kind of signal."""
    if kind == LISTING and column.name == "text":
        return _REST_OF_ADVERT
    return TITLES.get(column.name, column.words.capitalize())


def choices_of(text: str) -> Choices:
    """What a mapping's TOML says, whole or not."""
    raw = tomllib.loads(text)
    kinds, places = raw.get("kinds", {}), raw.get("places", {})
    outcomes = raw.get("outcomes", {})
    return Choices(
        columns={ours: _names(theirs) for ours, theirs in raw.get("columns", {}).items()},
        zone=str(raw.get("zone", "")),
        formats=tuple(raw.get("times", {}).get("formats", ["iso"])),
        source=str(raw.get("source", "")),
        grid_km=float(places.get("grid_km", 1.0)),
        box=places.get("box"),
        outcomes={
            key_of(code): outcome for outcome in OUTCOMES for code in _names(outcomes.get(outcome, ()))
        },
        own_activity=frozenset(map(key_of, kinds.get("own_activity", ()))),
        sensor=frozenset(map(key_of, kinds.get("sensor", ()))),
        protected=frozenset(
            key_of(kind) for listed in kinds.get("protected", {}).values() for kind in listed
        ),
        authority={name: str(raw.get("authority", {}).get(name, "")) for name in AUTHORITY},
    )


def reads_alike(one: str, other: str) -> bool:
    """Whether two mappings of one export, one of them a change of the other, read it alike: what a person may
    choose is the same in both.
    """
    return _reading(one) == _reading(other)


def _reading(text: str) -> Choices:
    """The choices, without codes of which the mapping says what it says of any code."""
    choices = choices_of(text)
    by_default = tomllib.loads(text).get("outcomes", {}).get("default", "unknown")
    listed = {code: outcome for code, outcome in choices.outcomes.items() if outcome != by_default}
    return replace(choices, outcomes=listed)


def changed(text: str, choices: Choices, kinds: Sequence[str], codes: Sequence[str]) -> str:
    """The mapping `text` with what a person chose. `kinds` and `codes` are those that they were shown: any
    other that it lists stays listed as it is. What its kind of signal does not have is left out.
    """
    raw = tomllib.loads(text)
    kind = load_kind(raw.get("kind", INCIDENT))
    raw["zone"], raw["source"] = choices.zone, choices.source
    raw["columns"] = {
        ours: theirs[0] if len(theirs) == 1 else list(theirs)
        for ours, theirs in choices.columns.items()
        if theirs
    }
    used = {name for theirs in choices.columns.values() for name in theirs}
    raw["ignore"] = [name for name in raw.get("ignore", []) if name not in used]
    for section in ("join", "missing"):
        if section in raw:
            raw[section] = {ours: value for ours, value in raw[section].items() if choices.columns.get(ours)}
    if "allow" in raw:
        raw["allow"] = {name: why for name, why in raw["allow"].items() if name in used}
    raw.setdefault("times", {})["formats"] = list(choices.formats)
    if kind.reading("lat"):
        places = raw.setdefault("places", {})
        places["grid_km"] = choices.grid_km
        places.pop("box", None)
        if choices.box is not None and choices.columns.get("lat"):
            places["box"] = dict(choices.box)
    if kind.reading("disposal"):
        raw["outcomes"] = _outcomes(raw.get("outcomes", {}), choices, codes)
    if kind.has("protected"):
        raw["kinds"] = _kinds(raw.get("kinds", {}), choices, kinds)
    if kind.needs_authority:
        raw["authority"] = {name: said for name, said in choices.authority.items() if said}
    return toml_text(raw)


def _outcomes(before: Mapping[str, Any], choices: Choices, codes: Sequence[str]) -> dict[str, Any]:
    shown = {key_of(code) for code in codes}
    listed: dict[str, Any] = {"default": before.get("default", "unknown")}
    if not choices.columns.get("disposal"):
        return listed
    for outcome in OUTCOMES:
        kept = [code for code in _names(before.get(outcome, ())) if key_of(code) not in shown]
        listed[outcome] = kept + [code for code in codes if choices.outcomes.get(key_of(code)) == outcome]
    return listed


def _kinds(before: Mapping[str, Any], choices: Choices, kinds: Sequence[str]) -> dict[str, Any]:
    shown = {key_of(kind) for kind in kinds}
    listed: dict[str, Any] = {}
    for name, ticked in (("own_activity", choices.own_activity), ("sensor", choices.sensor)):
        kept = [kind for kind in before.get(name, []) if key_of(kind) not in shown]
        listed[name] = kept + [kind for kind in kinds if key_of(kind) in ticked]
    protected = {
        name: [kind for kind in before.get("protected", {}).get(name, []) if key_of(kind) not in shown]
        for name in PROTECTED_CLASSES
    }
    for kind in kinds:
        if key_of(kind) in choices.protected:
            named = looks_protected(kind) or next(iter(protected_classes_of(kind)), GRAVEST)
            protected[named].append(kind)
    listed["protected"] = {name: listed_kinds for name, listed_kinds in protected.items() if listed_kinds}
    return listed


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())
