"""What each role may do, read from `permissions.toml`: the checks and the public page are both made from
it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import product
from typing import Any, Final

from lippen.site.accounts import entries, limits
from lippen.site.accounts.look_alikes import said_in

SCOPES: Final = ("own", "organisation", "shared", "all")
"""How far a rule can reach, from near to far."""


@dataclass(frozen=True)
class Kind:
    """A kind of organisation, and the regimes that one of this kind can work under."""

    name: str
    title: str
    regimes: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A role: who holds it, in which kinds of organisation, and whether it needs a second factor.
    `oversight` is true for the outsiders who check everybody's use.
    """

    name: str
    title: str
    who: str
    organisations: tuple[str, ...]
    second_factor: bool
    oversight: bool = False


@dataclass(frozen=True)
class Data:
    """A class of data as the permissions know it. `closed` says why those who cannot see it cannot; `built`
    is false while the part that holds it does not exist.
    """

    name: str
    title: str
    what: str
    part: str
    held_under: tuple[str, ...]
    about_people: bool
    closed: str
    built: bool = True


@dataclass(frozen=True)
class Purpose:
    """What an organisation's program may be given a key for, in which roles, and what that purpose needs."""

    name: str
    title: str
    roles: tuple[str, ...]
    verbs: tuple[str, ...]
    data: tuple[str, ...]


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
class Never:
    """Classes of data that no rule may open to these kinds of organisation or to these roles, and why."""

    kinds: tuple[str, ...]
    roles: tuple[str, ...]
    data: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed, how far (one of SCOPES; "" when refused), and why."""

    allowed: bool
    scope: str
    why: str

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Permissions:
    """The whole file. `excluded` are words for recipients that do not exist here, `excluded_why` says why."""

    verbs: Mapping[str, str]
    regimes: Mapping[str, str]
    scopes: Mapping[str, str]
    kinds: Mapping[str, Kind]
    roles: Mapping[str, Role]
    purposes: Mapping[str, Purpose]
    data: Mapping[str, Data]
    nevers: tuple[Never, ...]
    rules: tuple[Rule, ...]
    excluded: tuple[str, ...]
    excluded_why: str

    def may(self, role: str, verb: str, data: str, regime: str) -> Verdict:
        """Whether somebody in `role`, working under `regime`, may do `verb` to `data`, how far and why.

        Of several rules that allow it the one that reaches furthest counts. Raises KeyError for a role, verb
        or class of data that the file does not have: a check that asks for one would never allow and never be
        noticed.
        """
        known, act, of = self.roles[role], self.verbs[verb], self.data[data]
        allowing = self._allowing.get((role, verb, data, regime))
        if not allowing:
            why = f"{known.title}: this role may not {act} {_in_a_sentence(of.title)}."
            return Verdict(False, "", f"{why} {self._what_instead(role, verb, data, regime)}")
        widest = max(allowing, key=lambda rule: SCOPES.index(rule.scope))
        return Verdict(True, widest.scope, widest.why)

    @cached_property
    def _allowing(self) -> dict[tuple[str, str, str, str], list[Rule]]:
        """The rules that allow something, by role, verb, class of data and regime. A page about the whole
        file asks ten thousand times, and reading every rule for each took a fifth of a second.
        """
        found: dict[tuple[str, str, str, str], list[Rule]] = {}
        for rule in self.rules:
            for asked in product(rule.roles, rule.verbs, rule.data, rule.regimes):
                found.setdefault(asked, []).append(rule)
        return found

    def _what_instead(self, role: str, verb: str, data: str, regime: str) -> str:
        """What the role may do with a class of data, who may do what it may not and why; or why it does not
        get at it at all.
        """
        words = [word for one, word in self.verbs.items() if (role, one, data, regime) in self._allowing]
        if not words:
            return self.why_closed(role, data, regime)
        return " ".join([f"It may {listed(words)} this, and no more.", *self._who_may(verb, data, regime)])

    def _who_may(self, verb: str, data: str, regime: str) -> Iterator[str]:
        """Who may do this and why, rule by rule; under another regime where nobody may under this one."""
        under = self._allowing_anybody.get((verb, data, regime), [])
        for rule in under or [one for one in self.rules if verb in one.verbs and data in one.data]:
            titles = [f"{self.roles[one].title}s" for one in rule.roles]
            yield f"{listed(titles).capitalize()} may, because {_in_a_sentence(rule.why)}"

    @cached_property
    def _allowing_anybody(self) -> dict[tuple[str, str, str], list[Rule]]:
        """The rules that allow something to anybody, by verb, class of data and regime."""
        found: dict[tuple[str, str, str], list[Rule]] = {}
        for rule in self.rules:
            for asked in product(rule.verbs, rule.data, rule.regimes):
                found.setdefault(asked, []).append(rule)
        return found

    def whom_to_ask(self, role: str, *, officer: bool) -> str:
        """Whom somebody in this role can ask for more; `officer` says whether there is one but themselves."""
        others = ["another administrator" if role == "administrator" else "an administrator"]
        if officer:
            others.append("the data-protection officer")
        return f"ask {' or '.join(others)} where you work"

    def why_closed(self, role: str, data: str, regime: str) -> str:
        """Why a role under a regime does not get at a class of data, as one sentence or two."""
        kinds = self.kinds_of(role, regime)
        for never in self.nevers:
            if data in never.data and (role in never.roles or (kinds and kinds <= set(never.kinds))):
                return never.why
        return self.data[data].closed

    def kinds_of(self, role: str, regime: str) -> set[str]:
        """The kinds of organisation in which this role can be held under this regime."""
        return {kind for kind in self.roles[role].organisations if regime in self.kinds[kind].regimes}

    def excluded_word(self, text: str) -> str | None:
        """The first word in `text` that names a recipient who does not exist here, however it is spelt; None
        when there is none.
        """
        return said_in(text, self.excluded)


def listed(words: list[str]) -> str:
    """Words as a sentence lists them: one, two and three."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _in_a_sentence(title: str) -> str:
    return title[0].lower() + title[1:]


@cache
def permissions() -> Permissions:
    """The permissions that ship with the program. Raises ValueError when the file contradicts itself."""
    text = resources.files("lippen.site.accounts").joinpath("permissions.toml").read_text("utf-8")
    return parse(text)


def parse(text: str) -> Permissions:
    """Permissions from the text of a file like `permissions.toml`.

    Raises ValueError, saying which entry is wrong and how.
    """
    told: dict[str, Any] = tomllib.loads(text)
    try:
        found = Permissions(
            verbs=told["verbs"],
            regimes=told["regimes"],
            scopes=told["scopes"],
            kinds=_entries(told, "kinds", Kind),
            roles=_entries(told, "roles", Role),
            purposes=_entries(told, "purposes", Purpose),
            data=_entries(told, "data", Data),
            nevers=tuple(Never(**{"kinds": (), "roles": (), **_frozen(one)}) for one in told["never"]),
            rules=tuple(Rule(**_frozen(one)) for one in told["rules"]),
            excluded=_frozen(told["excluded"])["words"],
            excluded_why=told["excluded"]["why"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an entry is missing, or is one that nothing reads: {error}") from error
    unfit = list(entries.mistyped(found)) or list(entries.unknown_names(found))
    if trouble := unfit or list(_trouble(found)):
        raise ValueError("; ".join(trouble))
    return found


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _entries(told: Mapping[str, Any], section: str, kind: Any) -> dict[str, Any]:
    return {name: kind(name=name, **_frozen(one)) for name, one in told[section].items()}


def _trouble(found: Permissions) -> Iterator[str]:
    """What is wrong with a file whose entries name nothing unknown."""
    if tuple(found.scopes) != SCOPES:
        yield f"the scopes must be {', '.join(SCOPES)}, in this order"
    yield from _excluded_recipients(found)
    yield from limits.broken(found)
    for number, rule in enumerate(found.rules, start=1):
        for name in rule.data:
            yield from _too_far(found, number, rule, found.data[name])


def _excluded_recipients(found: Permissions) -> Iterator[str]:
    named = [
        *(("kind", one.name, one.title) for one in found.kinds.values()),
        *(("role", one.name, f"{one.title} {one.who}") for one in found.roles.values()),
        *(("purpose", one.name, one.title) for one in found.purposes.values()),
    ]
    for what, name, said in named:
        if word := found.excluded_word(f"{name} {said}"):
            yield f"{what} {name} names a recipient that is ruled out here ({word})"


def _too_far(found: Permissions, number: int, rule: Rule, data: Data) -> Iterator[str]:
    """Where one rule opens one class of data further than any rule may."""
    roles = [found.roles[name] for name in rule.roles]
    if data.about_people:
        if weak := [role.name for role in roles if not role.second_factor]:
            yield f"rule {number} opens data about people without a second factor: {', '.join(weak)}"
        if (over := set(rule.regimes) - set(data.held_under)) and rule.scope != "shared":
            yield (
                f"rule {number} reaches from {', '.join(sorted(over))} over to {data.name}, "
                'which is a disclosure: its scope must be "shared"'
            )
        if rule.scope == "all" and (inside := [role.name for role in roles if not role.oversight]):
            yield f"rule {number} opens every organisation's {data.name} to {', '.join(inside)}"
    for never in found.nevers:
        if data.name not in never.data:
            continue
        for role in roles:
            kinds = {kind for regime in rule.regimes for kind in found.kinds_of(role.name, regime)}
            if role.name in never.roles or kinds & set(never.kinds):
                yield f"rule {number} opens {data.name} to {role.name}, which a never closes"
