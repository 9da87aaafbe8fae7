"""What somebody's role lets them do and what not, with why, as the first page says it.

Made from `accounts.permissions` through `Acting.may`, the very question that every page asks before it opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from lippen.site.accounts.permissions import Verdict, listed, permissions

REACH: Final[Mapping[str, str]] = {
    "own": "what is about you, or what you wrote yourself",
    "organisation": "what your own organisation holds",
    "shared": "what your own organisation holds, and what another shared with it under an agreement",
    "all": "what every organisation holds",
}
"""How far a scope of `permissions.toml` reaches, said to the one whose it is."""


class Asking(Protocol):
    """Somebody of whom it can be asked what they may do: `accounts.acting.Acting`."""

    def may(self, verb: str, data: str) -> Verdict: ...


@dataclass(frozen=True)
class Reach:
    """Verbs that reach equally far, for the same reason."""

    verbs: tuple[str, ...]
    how_far: str
    why: str

    @property
    def said(self) -> str:
        """The verbs and how far they reach: "read and list what is about you"."""
        return f"{listed(list(self.verbs))} {self.how_far}"


@dataclass(frozen=True)
class Allowed:
    """What may be done with one class of data."""

    title: str
    reaches: tuple[Reach, ...]


@dataclass(frozen=True)
class Closed:
    """A class of data that stays closed, and why."""

    name: str
    title: str
    why: str


@dataclass(frozen=True)
class Role:
    """All that a role may do and not. `later` are titles of what nobody can do yet, as it is not built."""

    allowed: tuple[Allowed, ...]
    closed: tuple[Closed, ...]
    later: tuple[str, ...]


def what_the_role_may(acting: Asking) -> Role:
    """Class of data by class of data: how far each verb reaches and why, or why it is closed."""
    known = permissions()
    allowed: list[Allowed] = []
    closed: list[Closed] = []
    for data in known.data.values():
        if not data.built:
            continue
        found: dict[tuple[str, str], list[str]] = {}
        for verb, word in known.verbs.items():
            verdict = acting.may(verb, data.name)
            if verdict:
                found.setdefault((verdict.scope, verdict.why), []).append(word)
        if found:
            reaches = (Reach(tuple(verbs), REACH[scope], why) for (scope, why), verbs in found.items())
            allowed.append(Allowed(data.title, tuple(reaches)))
        else:
            closed.append(Closed(data.name, data.title, acting.may("read", data.name).why))
    return Role(
        tuple(allowed), tuple(closed), tuple(data.title for data in known.data.values() if not data.built)
    )
