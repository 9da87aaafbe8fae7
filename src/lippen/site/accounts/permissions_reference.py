"""The reference of permissions, made from the rules that the program checks:

python -m lippen.site.accounts.permissions_reference > docs/reference/permissions.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from lippen.site.accounts import explained
from lippen.site.accounts.permissions import Data, Permissions, permissions


def reference(known: Permissions) -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines(known)) + "\n"


def _lines(known: Permissions) -> Iterator[str]:
    yield "# Permissions"
    yield ""
    yield "Made from `src/lippen/site/accounts/permissions.toml`, as are the program's own checks."
    yield "What no rule allows is refused. The same stands in the product, for everybody, at `/permissions/`."
    yield ""
    yield "## How far a rule reaches"
    yield ""
    yield "| scope | reach |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {reach} |" for name, reach in known.scopes.items())
    yield ""
    yield "An organisation works under one regime. What is held under the other reaches it by `shared` alone,"
    yield "which is a disclosure under an agreement; the file is refused when a rule says anything else."
    yield ""
    yield "## Classes of data"
    yield ""
    yield "| class | what it holds | held under | about people | built |"
    yield "| --- | --- | --- | --- | --- |"
    for data in known.data.values():
        yield (
            f"| `{data.name}`: {data.title} | {data.what} | {', '.join(data.held_under)} | "
            f"{_yes(data.about_people)} | {_yes(data.built)} |"
        )
    yield ""
    yield "## What the police cannot see"
    yield ""
    police = next(one for one in explained.kinds(known) if one.name == "police")
    yield from _cannot(police.closed)
    yield ""
    yield "## Who never receives anything"
    yield ""
    yield f"{known.excluded_why} No organisation, role or purpose is accepted whose name says one of:"
    yield f"{', '.join(known.excluded)}."
    yield ""
    yield "## What a program may be given a key for"
    yield ""
    yield "| purpose | in the role of | verbs | classes of data |"
    yield "| --- | --- | --- | --- |"
    for purpose in known.purposes.values():
        roles = ", ".join(known.roles[one].title.lower() for one in purpose.roles)
        yield f"| {purpose.title} | {roles} | {', '.join(purpose.verbs)} | {', '.join(purpose.data)} |"
    yield ""
    yield "## Organisations"
    yield ""
    yield "| kind | works under | roles in it |"
    yield "| --- | --- | --- |"
    for kind in explained.kinds(known):
        yield f"| {kind.title} | {kind.law} | {', '.join(title.lower() for _, title in kind.roles)} |"
    for role in explained.roles(known):
        yield from _role(role)


def _role(role: explained.RoleExplained) -> Iterator[str]:
    yield ""
    yield f"## {role.title}{', under ' + role.under if role.under else ''}"
    yield ""
    factor = "Signs in with a second factor." if role.second_factor else "Needs no second factor."
    yield f"{role.who} Held in: {', '.join(one.lower() for one in role.kinds)}. {factor}"
    yield ""
    yield "| can | with | reaching | why |"
    yield "| --- | --- | --- | --- |"
    yield from (f"| {one.verbs} | {_titles(one.data)} | {one.reach} | {one.why} |" for one in role.can)
    yield ""
    yield "Cannot see:"
    yield ""
    yield from _cannot(role.cannot)


def _cannot(closed: Iterable[explained.Cannot]) -> Iterator[str]:
    yield from (f"- {_titles(one.data)}. {one.why}" for one in closed)


def _titles(data: Iterable[Data]) -> str:
    return ", ".join(f"**{one.title}**{'' if one.built else ' (not built yet)'}" for one in data)


def _yes(held: bool) -> str:
    return "yes" if held else "no"


if __name__ == "__main__":
    sys.stdout.write(reference(permissions()))
