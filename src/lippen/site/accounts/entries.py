"""Whether each entry of the file of permissions has the fields it should, and names only what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:  # it imports this
    from lippen.site.accounts.permissions import Permissions


def _listed_entries(found: Permissions) -> list[tuple[str, Any]]:
    """Every entry that has fields, with what a complaint calls it."""
    return [
        *((f"rule {number}", one) for number, one in enumerate(found.rules, start=1)),
        *((f"never {number}", one) for number, one in enumerate(found.nevers, start=1)),
        *((f"kind {one.name}", one) for one in found.kinds.values()),
        *((f"role {one.name}", one) for one in found.roles.values()),
        *((f"purpose {one.name}", one) for one in found.purposes.values()),
        *((f"data {one.name}", one) for one in found.data.values()),
    ]


def mistyped(found: Permissions) -> Iterator[str]:
    """Where a field is of another type: "no" would count as yes, and one word as a list of its letters."""
    for entry, one in _listed_entries(found):
        for field, kind in get_type_hints(type(one)).items():
            given = getattr(one, field)
            if kind is bool and not isinstance(given, bool):
                yield f"{entry}: {field} must be true or false"
            elif kind is str and not isinstance(given, str):
                yield f"{entry}: {field} must be a text"
            elif kind not in (bool, str) and not _words(given):
                yield f"{entry}: {field} must be a list of words"
    if not _words(found.excluded):
        yield "excluded: words must be a list of words"
    if not isinstance(found.excluded_why, str):
        yield "excluded: why must be a text"


def _words(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(word, str) for word in given)


def unknown_names(found: Permissions) -> Iterator[str]:
    """Where an entry names a role, verb, class of data, regime, kind or scope that the file does not have."""
    known: dict[str, tuple[Iterable[str], str]] = {
        "roles": (found.roles, "role"),
        "verbs": (found.verbs, "verb"),
        "data": (found.data, "class of data"),
        "regimes": (found.regimes, "regime"),
        "held_under": (found.regimes, "regime"),
        "kinds": (found.kinds, "kind of organisation"),
        "organisations": (found.kinds, "kind of organisation"),
    }
    for entry, one in _listed_entries(found):
        for field, (names, what) in known.items():
            if unknown := [word for word in getattr(one, field, ()) if word not in names]:
                yield f"{entry} names a {what} that the file does not have: {', '.join(unknown)}"
    for number, rule in enumerate(found.rules, start=1):
        if rule.scope not in found.scopes:
            yield f"rule {number} names a scope that the file does not have: {rule.scope}"
