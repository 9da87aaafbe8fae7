"""The permissions in plain words, for the public page and the reference: who can do what, who cannot, and
why.

Made from `permissions.Permissions.may`, the very question that every page asks before it opens, so neither
can say anything that the program does not do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lippen.site.accounts.permissions import Data, Permissions, Role, listed


@dataclass(frozen=True)
class Can:
    """What can be done, with which classes of data, how far that reaches, and why."""

    verbs: str
    data: tuple[Data, ...]
    reach: str
    why: str


@dataclass(frozen=True)
class Cannot:
    """Classes of data that stay closed for one reason."""

    data: tuple[Data, ...]
    why: str


@dataclass(frozen=True)
class RoleExplained:
    """A role under one regime, or under both where they make no difference to it. `kinds` are the titles of
    the kinds of organisation in which it is held so.
    """

    name: str
    title: str
    who: str
    under: str
    kinds: tuple[str, ...]
    second_factor: bool
    can: tuple[Can, ...]
    cannot: tuple[Cannot, ...]


@dataclass(frozen=True)
class KindExplained:
    """A kind of organisation, its law, its roles (name and title), and what nobody in it can see."""

    name: str
    title: str
    law: str
    roles: tuple[tuple[str, str], ...]
    closed: tuple[Cannot, ...]


def kinds(known: Permissions) -> tuple[KindExplained, ...]:
    """Every kind of organisation, in the order of the file."""
    found = []
    for kind in known.kinds.values():
        roles = [role for role in known.roles.values() if kind.name in role.organisations]
        closed: list[tuple[str, Data]] = []
        for data in known.data.values():
            if not any(_verbs(known, role.name, data, one) for role in roles for one in kind.regimes):
                never = (one.why for one in known.nevers if kind.name in one.kinds and data.name in one.data)
                closed.append((next(never, data.closed), data))
        found.append(
            KindExplained(
                kind.name,
                kind.title,
                " or ".join(known.regimes[one] for one in kind.regimes),
                tuple((role.name, role.title) for role in roles),
                _by_reason(closed),
            )
        )
    return tuple(found)


def roles(known: Permissions) -> tuple[RoleExplained, ...]:
    """Every role in the order of the file, once for each regime that makes a difference to it."""
    return tuple(one for role in known.roles.values() for one in _explained(known, role))


def _explained(known: Permissions, role: Role) -> list[RoleExplained]:
    regimes = [regime for regime in known.regimes if known.kinds_of(role.name, regime)]
    alike: dict[tuple[tuple[Can, ...], tuple[Cannot, ...]], list[str]] = {}
    for regime in regimes:
        alike.setdefault((_can(known, role, regime), _cannot(known, role, regime)), []).append(regime)
    return [
        RoleExplained(
            name=role.name,
            title=role.title,
            who=role.who,
            under=known.regimes[under[0]] if len(alike) > 1 else "",
            kinds=tuple(
                known.kinds[kind].title
                for kind in role.organisations
                if any(kind in known.kinds_of(role.name, regime) for regime in under)
            ),
            second_factor=role.second_factor,
            can=can,
            cannot=cannot,
        )
        for (can, cannot), under in alike.items()
    ]


def _can(known: Permissions, role: Role, regime: str) -> tuple[Can, ...]:
    found: dict[tuple[str, str, str], list[Data]] = {}
    for data in known.data.values():
        for (scope, why), verbs in _verbs(known, role.name, data, regime).items():
            found.setdefault((listed(verbs), known.scopes[scope], why), []).append(data)
    return tuple(Can(verbs, tuple(data), reach, why) for (verbs, reach, why), data in found.items())


def _cannot(known: Permissions, role: Role, regime: str) -> tuple[Cannot, ...]:
    return _by_reason(
        (known.why_closed(role.name, data.name, regime), data)
        for data in known.data.values()
        if not _verbs(known, role.name, data, regime)
    )


def _by_reason(closed: Iterable[tuple[str, Data]]) -> tuple[Cannot, ...]:
    found: dict[str, list[Data]] = {}
    for why, data in closed:
        found.setdefault(why, []).append(data)
    return tuple(Cannot(tuple(data), why) for why, data in found.items())


def _verbs(known: Permissions, role: str, data: Data, regime: str) -> dict[tuple[str, str], list[str]]:
    """Words for what the role can do with the class, by how far that reaches and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for verb, word in known.verbs.items():
        verdict = known.may(role, verb, data.name, regime)
        if verdict:
            found.setdefault((verdict.scope, verdict.why), []).append(word)
    return found
