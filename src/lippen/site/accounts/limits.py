"""What no file of permissions may open, whatever it says: the limits are here and not in the file they limit.

The file may close more than this, and say more; it is refused when it says less. What it says about a class
of data or an organisation is believed only within these bounds, and a class that is not known here counts as
data about people, held under UK GDPR alone, and closed to all who are bound below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from lippen.site.accounts.look_alikes import unseen

if TYPE_CHECKING:  # it imports this
    from lippen.site.accounts.permissions import Permissions

UK_GDPR: Final = "uk-gdpr"
LAW_ENFORCEMENT: Final = "law-enforcement"

KINDS: Final[Mapping[str, frozenset[str]]] = {
    "community-group": frozenset({UK_GDPR}),
    "housing": frozenset({UK_GDPR}),
    "social-work": frozenset({UK_GDPR}),
    "school": frozenset({UK_GDPR}),
    "health": frozenset({UK_GDPR}),
    "police": frozenset({LAW_ENFORCEMENT}),
    "trading-standards": frozenset({UK_GDPR, LAW_ENFORCEMENT}),
    "scrutiny-panel": frozenset({UK_GDPR}),
}
"""Every kind of organisation that there can be, and the laws under which one of it can work."""

PANEL, PANEL_KIND = "panel", "scrutiny-panel"
"""The one role that may have oversight of all, and where alone it is held."""

OVERSEEN: Final = frozenset({"register", "disclosure"})
OVERSEEING: Final = frozenset({"read", "list", "export", "verify"})
"""Of which data about people oversight reaches every organisation's, and what may be done with it."""

ABOUT_NOBODY: Final = frozenset(
    {"organisation", "api-key", "agreement", "episode", "market", "counts", "story"}
)
"""Classes that may be said to hold nothing about people."""

UNDER_BOTH_LAWS: Final = ABOUT_NOBODY | {
    "staff", "conflict", "register", "disclosure", "joint-visit", "incident", "sighting", "listing",
    "trade", "statement",
}  # fmt: skip
"""Classes that may be held under law enforcement as well. What a community told stays under UK GDPR."""

_ACCOUNT: Final = frozenset({"staff", "conflict", "register"})
_SHARED: Final = frozenset({"disclosure", "desk-log", "concern", "joint-visit", "statement"})
_OBSERVED: Final = frozenset({"incident", "sighting", "listing", "trade"})
_PARTNER: Final = _ACCOUNT | _SHARED | _OBSERVED | {"community-note", "survey-answer"}

ROLES_REACH: Final[Mapping[str, frozenset[str]]] = {
    "administrator": _ACCOUNT,
    PANEL: _ACCOUNT | OVERSEEN,
    "researcher": frozenset({"register"}),
}
"""All data about people that a rule may give to somebody in these roles, of whatever organisation."""

OWN_ALONE: Final[Mapping[str, frozenset[str]]] = {
    "administrator": frozenset({"register", "conflict"}),
    "researcher": frozenset({"register"}),
}
"""Of which of these they get at no more than their own."""

KINDS_REACH: Final[Mapping[str, frozenset[str]]] = {
    "police": _ACCOUNT | _SHARED | _OBSERVED,
    PANEL_KIND: _ACCOUNT | OVERSEEN,
    **dict.fromkeys(("housing", "social-work", "school", "health", "trading-standards"), _PARTNER),
}
"""The same for anybody in these kinds of organisation. Only community groups are not bound."""

EXCLUDED: Final = (
    "immigration", "home office", "border force", "visa enforcement", "deportation", "asylum enforcement",
    "ukvi", "dwp", "work and pensions", "work pensions", "jobcentre", "jobcenter", "benefit fraud",
    "benefits fraud", "benefit enforcement", "benefits enforcement", "benefit investigation",
    "benefits investigation", "hmrc", "revenue and customs", "revenue customs", "uk visa",
)  # fmt: skip
"""The least that the file says of recipients who do not exist here."""

FEWEST_WORDS: Final = 2
"""Of a reason: one word gives none."""


def broken(found: Permissions) -> Iterator[str]:
    """Each limit that a file breaks, as a sentence that names the entry. It names nothing unknown."""
    yield from _kinds(found)
    yield from _oversight(found)
    yield from _classes(found)
    yield from _closed(found)
    yield from _reasons(found)
    if fewer := [word for word in EXCLUDED if word not in found.excluded]:
        yield f"excluded lacks words that always stand there: {', '.join(fewer)}"


def _kinds(found: Permissions) -> Iterator[str]:
    if laws := set(found.regimes) - {UK_GDPR, LAW_ENFORCEMENT}:
        yield f"there is no such regime: {', '.join(sorted(laws))}"
    for kind in found.kinds.values():
        if kind.name not in KINDS:
            yield f"kind {kind.name} can take no part: the kinds are {', '.join(KINDS)}"
        elif over := set(kind.regimes) - KINDS[kind.name]:
            yield f"kind {kind.name} cannot work under {', '.join(sorted(over))}"


def _oversight(found: Permissions) -> Iterator[str]:
    for role in found.roles.values():
        if role.oversight and role.name != PANEL:
            yield f"role {role.name} has oversight, which only {PANEL} may have"
    if PANEL in found.roles and set(found.roles[PANEL].organisations) - {PANEL_KIND}:
        yield f"role {PANEL} is held outside a {PANEL_KIND}"
    for number, rule in enumerate(found.rules, start=1):
        about_people = {name for name in rule.data if found.data[name].about_people}
        if rule.scope != "all" or not about_people:
            continue
        if over := about_people - OVERSEEN:
            yield f"rule {number} oversees {', '.join(sorted(over))}, which nobody may"
        if over := set(rule.verbs) - OVERSEEING:
            yield f"rule {number} lets oversight {', '.join(sorted(over))}, and it may only look"


def _classes(found: Permissions) -> Iterator[str]:
    for data in found.data.values():
        if not data.about_people and data.name not in ABOUT_NOBODY:
            yield f"data {data.name} is about people, and the file says that it is not"
        if LAW_ENFORCEMENT in data.held_under and data.name not in UNDER_BOTH_LAWS:
            yield f"data {data.name} is not held under {LAW_ENFORCEMENT}"


def _closed(found: Permissions) -> Iterator[str]:
    """Where no [[never]] closes what is closed for good, which no rule opens then; and where a rule opens
    what is others'.
    """
    about_people = {data.name for data in found.data.values() if data.name not in ABOUT_NOBODY}
    for role, reach in ROLES_REACH.items():
        told = {name for never in found.nevers if role in never.roles for name in never.data}
        yield from _lacking(f"role {role}", about_people - reach - told)
    for kind, reach in KINDS_REACH.items():
        told = {name for never in found.nevers if kind in never.kinds for name in never.data}
        yield from _lacking(f"kind {kind}", about_people - reach - told)
    for number, rule in enumerate(found.rules, start=1):
        for role in set(rule.roles) & set(OWN_ALONE):
            if rule.scope != "own" and (over := set(rule.data) & OWN_ALONE[role]):
                yield f"rule {number} opens others' {', '.join(sorted(over))} to {role}"


def _lacking(whom: str, data: set[str]) -> Iterator[str]:
    if data:
        yield f"no never closes {', '.join(sorted(data))} to {whom}, and one must"


def _reasons(found: Permissions) -> Iterator[str]:
    said = [
        *((f"rule {number}", rule.why) for number, rule in enumerate(found.rules, start=1)),
        *((f"never {number}", never.why) for number, never in enumerate(found.nevers, start=1)),
        *((f"data {data.name}", data.closed) for data in found.data.values()),
        ("excluded", found.excluded_why),
    ]
    for entry, why in said:
        words = [word for word in why.split() if any(sign.isalpha() for sign in word)]
        if len(words) < FEWEST_WORDS or any(unseen(sign) for sign in why):
            yield f"{entry} does not say why in words that a person can read"
