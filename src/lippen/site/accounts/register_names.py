"""Who the register's references stand for: told to it when the site starts, since it imports no other app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lippen.site.accounts import register_deeds
from lippen.site.accounts.folding import holds
from lippen.site.accounts.models import ApiKey, Invitation, Organisation, Person
from lippen.site.accounts.permissions import permissions
from lippen.site.register import resolvers
from lippen.site.register.models import Shown

_WITHOUT: Final = {"none": "no role", register_deeds.INVITED: "by an invitation"}
"""What stands in the place of a role where somebody holds none."""

_CAME_IN: Final = ("a person added", "a person came back")


def provide() -> None:
    """Tell the register how people, organisations, roles and acts are named, and whom a staff record is
    about.
    """
    resolvers.provide_names(resolvers.PEOPLE, _people)
    resolvers.provide_names(resolvers.ORGANISATIONS, _organisations)
    resolvers.provide_names(resolvers.ROLES, _roles)
    resolvers.provide_people_called(_called)
    resolvers.provide_words(register_deeds.in_words)
    resolvers.provide_class("staff", "person", "people", lambda ref: frozenset({ref}))
    for name, one, many in (
        ("organisation", "organisation", "organisations"),
        ("api-key", "key for a program", "keys for programs"),
        ("conflict", "declaration", "declarations"),
    ):
        resolvers.provide_class(name, one, many, lambda _: frozenset())


def _people(refs: Iterable[str]) -> Mapping[str, str]:
    asked = set(refs)
    keys = ApiKey.objects.filter(
        ref__in=[ref.removeprefix("key-") for ref in asked if ref.startswith("key-")]
    )
    known = {
        **dict(Person.objects.filter(ref__in=asked).values_list("ref", "name")),
        **{
            f"key-{key.ref}": f"A program of {key.organisation.name}"
            for key in keys.select_related("organisation")
        },
    }
    left = asked - known.keys()
    return {**known, **_invited(left)} if left else known


def _invited(refs: set[str]) -> Mapping[str, str]:
    """Names of those whom an invitation was for: as it was made out, and as they came in with it."""
    made_out = dict(Invitation.objects.filter(ref__in=refs).exclude(name="").values_list("ref", "name"))
    came_in = Shown.objects.filter(
        entry__reader__in=refs,
        entry__role=register_deeds.INVITED,
        entry__what__in=_CAME_IN,
        data_class="staff",
    )
    persons = dict(came_in.values_list("entry__reader", "record"))
    names = dict(Person.objects.filter(ref__in=persons.values()).values_list("ref", "name"))
    return {**made_out, **{ref: names[one] for ref, one in persons.items() if one in names}}


def _called(name: str) -> frozenset[str]:
    """Readers whose name holds this: people, and programs by their organisation's."""
    people = Person.objects.values_list("ref", "name")
    programs = ApiKey.objects.values_list("ref", "organisation__name")
    return frozenset(
        {ref for ref, own in people if holds(own, name)}
        | {f"key-{ref}" for ref, of in programs if holds(f"A program of {of}", name)}
    )


def _organisations(refs: Iterable[str]) -> Mapping[str, str]:
    return {"none": "", **dict(Organisation.objects.filter(ref__in=list(refs)).values_list("ref", "name"))}


def _roles(names: Iterable[str]) -> Mapping[str, str]:
    known = permissions().roles
    titles = {name: role.title for name, role in known.items()} | _WITHOUT
    return {name: titles[name] for name in names if name in titles}
