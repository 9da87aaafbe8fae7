"""Areas named in a scenario, found in a burgh."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lippen.sandbox.chance import Mask
from lippen.sandbox.place import AREAS, NATION, TYPES, Burgh, burgh
from lippen.sandbox.scenario import EVERYWHERE, PARTS, Scenario
from lippen.sandbox.scenario_text import ScenarioError, cut

_OF_AREAS = ("areas", "area", "larger", "target")
"""The keys of a scenario's parts that name areas."""


def named_areas(place: Burgh, names: tuple[str, ...]) -> Mask:
    """Which small areas of `place` the names mean.

    A name is a small area's code, a larger area's code, a type of larger area, "all", or the name of one of
    Invermarrow's larger areas: in another burgh that means the larger area of the same type. Raises
    ScenarioError for a name that means nothing in any burgh.
    """
    found = np.zeros(place.areas, dtype=np.bool_)
    for name in names:
        if name in EVERYWHERE:
            found[:] = True
        elif name in TYPES:
            found |= place.type_of == TYPES.index(name)
        elif name in place.larger_names:
            found |= place.larger_of == place.larger_names.index(name)
        elif name in burgh(0).larger_names:
            found |= place.type_of == burgh(0).larger_names.index(name)
        elif name in place.codes:
            found[place.codes.index(name)] = True
        elif name in place.larger_codes:
            found |= place.larger_of == place.larger_codes.index(name)
        elif not _is_code(name):
            known = ", ".join((*burgh(0).larger_names, *TYPES))
            raise ScenarioError(
                f"there is no area {cut(name)!r} in any burgh",
                remedy=f"Name a code (X01...), all, or one of: {known}.",
            )
    return found


def check_areas(scenario: Scenario, burghs: int = NATION) -> None:
    """Raises ScenarioError when a scenario names an area that is nowhere in the first `burghs`, or several or
    a small one where a larger one is meant, or has an episode divert to where it draws response from.
    """
    for key, names in _named(scenario):
        try:
            named_areas(burgh(0), names)
        except ScenarioError as nowhere:
            raise scenario.refused(key, f"`{key}`: {nowhere.what}", nowhere.remedy) from nowhere
        if all(_is_code(name) and _burgh_of(name) >= burghs for name in names):
            made = burgh(0).name if burghs == 1 else f"the {burghs} burghs that are made"
            raise scenario.refused(
                key,
                f"`{key}`: {names[0]} does not lie in {made}",
                f"Make more with --place nation, or name one of: {', '.join(burgh(0).larger_names)}.",
            )
    for at, occasion in enumerate(scenario.occasion):
        _check_larger(scenario, f"occasion[{at}].larger", occasion.larger)
    for at, one in enumerate(scenario.bogus):
        if one.larger is not None:
            _check_larger(scenario, f"bogus[{at}].larger", one.larger)
        if one.target in EVERYWHERE:
            raise scenario.refused(
                f"bogus[{at}].target",
                f"`bogus[{at}].target` is everywhere, and something is done in one area",
                f"Name a code (X01...), or one of: {', '.join(burgh(0).larger_names)}.",
            )
        if one.larger is not None and one.target is not None and _meet(one.larger, one.target):
            raise scenario.refused(
                f"bogus[{at}].target",
                f"`bogus[{at}]` diverts to {one.target}, which lies where it draws response from",
                "Name a `target` elsewhere, or another `larger`.",
            )


def _named(scenario: Scenario) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key that names areas, and what it names."""
    for part in PARTS:
        for at, one in enumerate(getattr(scenario, part)):
            for key in _OF_AREAS:
                names = getattr(one, key, None)
                if names is not None:
                    yield f"{part}[{at}].{key}", (names,) if isinstance(names, str) else names


def _check_larger(scenario: Scenario, key: str, name: str) -> None:
    if name in EVERYWHERE or name.startswith("X01"):
        what = "everywhere" if name in EVERYWHERE else f"the small area {name}"
        raise scenario.refused(
            key,
            f"`{key}` is {what}, and must be one larger area",
            f"Name a code (X02...), or one of: {', '.join((*burgh(0).larger_names, *TYPES))}.",
        )


def _meet(one: str, other: str) -> bool:
    """Whether two names have a small area in common in any burgh. Names mean much the same in all of them,
    and a code lies in one.
    """
    of_codes = {_burgh_of(name) for name in (one, other) if _is_code(name)}
    return any(
        bool((named_areas(place, (one,)) & named_areas(place, (other,))).any())
        for place in map(burgh, of_codes or {0})
    )


def _is_code(name: str) -> bool:
    most = {"X01": NATION * AREAS, "X02": NATION * len(TYPES)}
    number = name[3:]
    return len(name) == 9 and number.isdigit() and 1 <= int(number) <= most.get(name[:3], 0)


def _burgh_of(code: str) -> int:
    """The number of the burgh in which the area of a code lies."""
    return (int(code[3:]) - 1) // (AREAS if code.startswith("X01") else len(TYPES))
