"""Who the register's references stand for: told to it when the site starts, since it imports no other app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lippen.site.accounts.models import ApiKey, Organisation, Person
from lippen.site.accounts.permissions import permissions
from lippen.site.register import resolvers


def provide() -> None:
    """Tell the register how people, organisations and roles are named, and whom a staff record is about."""
    resolvers.provide_names(resolvers.PEOPLE, _people)
    resolvers.provide_names(resolvers.ORGANISATIONS, _organisations)
    resolvers.provide_names(resolvers.ROLES, _roles)
    resolvers.provide_class("staff", "person", "people", lambda ref: frozenset({ref}))


def _people(refs: Iterable[str]) -> Mapping[str, str]:
    asked = list(refs)
    keys = ApiKey.objects.filter(
        ref__in=[ref.removeprefix("key-") for ref in asked if ref.startswith("key-")]
    )
    return {
        **dict(Person.objects.filter(ref__in=asked).values_list("ref", "name")),
        **{
            f"key-{key.ref}": f"A program of {key.organisation.name}"
            for key in keys.select_related("organisation")
        },
    }


def _organisations(refs: Iterable[str]) -> Mapping[str, str]:
    return dict(Organisation.objects.filter(ref__in=list(refs)).values_list("ref", "name"))


def _roles(names: Iterable[str]) -> Mapping[str, str]:
    known = permissions().roles
    return {name: known[name].title for name in names if name in known}
