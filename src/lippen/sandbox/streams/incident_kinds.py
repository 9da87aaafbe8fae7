"""What a control room's year is made of, from `incidents.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.parameters import number


@dataclass(frozen=True)
class IncidentKinds:
    """Arrays over the opening codes, in the order of the file. See the head of `incidents.toml` for their
    meaning; `hours`, `week` and `where` are looked up already (kind by 24, 7 and type of area)."""

    names: tuple[str, ...]
    per_1000: Floats
    harm: Floats
    hours: Floats
    week: Floats
    where: Floats
    summer: Floats
    nothing: Floats
    crime: Floats
    units: Floats
    minutes: Floats

    def index(self, *names: str) -> Ints:
        """The places of some codes in the order."""
        return np.array([self.names.index(name) for name in names])


@lru_cache
def incident_kinds() -> IncidentKinds:
    """The opening codes, scaled so that with what follows from them they add up to `incident.per_1000`."""
    raw = tomllib.loads(files(__package__).joinpath("incidents.toml").read_text(encoding="utf-8"))
    kinds = raw["kind"]

    def column(name: str) -> Floats:
        return np.array([kind[name] for kind in kinds], dtype=np.float64)

    def shape(name: str) -> Floats:
        return np.array([raw[name][kind[name]] for kind in kinds], dtype=np.float64)

    week = shape("week")
    return IncidentKinds(
        names=tuple(kind["name"] for kind in kinds),
        per_1000=column("per_1000")
        * number("incident.first_calls")
        * number("incident.per_1000")
        / column("per_1000").sum(),
        harm=column("harm"),
        hours=shape("hours"),
        week=week / week.mean(axis=1, keepdims=True),
        where=shape("where"),
        summer=column("summer"),
        nothing=column("nothing"),
        crime=column("crime") * number("incident.crime_scale"),
        units=column("units"),
        minutes=column("minutes"),
    )
