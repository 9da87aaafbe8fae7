"""What each role may do, read from `permissions.toml`: the checks and the public page are both made from
it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Role:
    """A role: who holds it, in which kinds of organisation, and whether it needs a second factor."""

    name: str
    title: str
    who: str
    organisations: tuple[str, ...]
    second_factor: bool


@dataclass(frozen=True)
class Data:
    """A class of data as the permissions know it. `built` is false while the part that holds it does not
    exist.
    """

    name: str
    title: str
    what: str
    about_people: bool
    built: bool


@dataclass(frozen=True)
class Rule:
    """Roles that may do verbs to classes of data under a regime, how far that reaches, and why."""

    roles: tuple[str, ...]
    verbs: tuple[str, ...]
    data: tuple[str, ...]
    regimes: tuple[str, ...]
    scope: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed, how far ("own", "organisation" or "all"; "" when refused), and why."""

    allowed: bool
    scope: str
    why: str

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Permissions:
    """The whole file."""

    verbs: Mapping[str, str]
    regimes: tuple[str, ...]
    scopes: tuple[str, ...]
    roles: Mapping[str, Role]
    data: Mapping[str, Data]
    rules: tuple[Rule, ...]

    def may(self, role: str, verb: str, data: str, regime: str) -> Verdict:
        """Whether somebody in `role`, working under `regime`, may do `verb` to `data`, how far and why.

        Of several rules that allow it the one that reaches furthest counts. Raises KeyError for a role, verb
        or class of data that the file does not have: a check that asks for one would never allow and never be
        noticed.
        """
        known, act, of = self.roles[role], self.verbs[verb], self.data[data]
        allowing = [
            rule
            for rule in self.rules
            if role in rule.roles and verb in rule.verbs and data in rule.data and regime in rule.regimes
        ]
        if not allowing:
            return Verdict(
                False,
                "",
                f"{known.title}: no rule lets this role {act} {of.title.lower()} under {regime}.",
            )
        widest = max(allowing, key=lambda rule: self.scopes.index(rule.scope))
        return Verdict(True, widest.scope, widest.why)


@cache
def permissions() -> Permissions:
    """The permissions that ship with the program. Raises ValueError when the file contradicts itself."""
    text = resources.files("lippen.site.accounts").joinpath("permissions.toml").read_text("utf-8")
    return parse(text)


def parse(text: str) -> Permissions:
    """Permissions from the text of a file like `permissions.toml`. Raises ValueError, naming the rule."""
    told: dict[str, Any] = tomllib.loads(text)
    found = Permissions(
        verbs=told["verbs"],
        regimes=tuple(told["regimes"]),
        scopes=("own", "organisation", "all"),
        roles={
            name: Role(name, one["title"], one["who"], tuple(one["organisations"]), one["second_factor"])
            for name, one in told["roles"].items()
        },
        data={
            name: Data(name, one["title"], one["what"], one["about_people"], one.get("built", True))
            for name, one in told["data"].items()
        },
        rules=tuple(
            Rule(
                tuple(one["roles"]),
                tuple(one["verbs"]),
                tuple(one["data"]),
                tuple(one["regimes"]),
                one["scope"],
                one["why"],
            )
            for one in told["rules"]
        ),
    )
    for number, rule in enumerate(found.rules, start=1):
        for words, known, what in (
            (rule.roles, found.roles, "role"),
            (rule.verbs, found.verbs, "verb"),
            (rule.data, found.data, "class of data"),
            (rule.regimes, found.regimes, "regime"),
            ((rule.scope,), found.scopes, "scope"),
        ):
            if unknown := [word for word in words if word not in known]:
                raise ValueError(
                    f"rule {number} names a {what} that the file does not have: {', '.join(unknown)}"
                )
        if not rule.why.strip():
            raise ValueError(f"rule {number} does not say why")
        if any(found.data[name].about_people for name in rule.data) and (
            weak := [role for role in rule.roles if not found.roles[role].second_factor]
        ):
            raise ValueError(
                f"rule {number} opens data about people without a second factor: {', '.join(weak)}"
            )
    return found
