"""Every address of the site and the API: who may open it, as permissions.toml says, and what is then entered.

The matrix is made from the addresses that are served, so an address that says nothing of who may open it, or
one that is added later, is tested with the rest or fails here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.urls.resolvers import RegexPattern
from django.views.generic import RedirectView
from people_factory import KeyMade, make_colleague, make_organisation, make_program, signed_in

from lippen.site.accounts.access import Access
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Entry, Shown

RULES = permissions()

HOLDERS = [(kind, role.name) for role in RULES.roles.values() for kind in role.organisations]
"""Every role of every kind of organisation."""


UNKNOWN = ("0", "a" * 16, "a" * 43, "a" * 32, "a" * 64, "staff", "2026-11-26")
"""What stands in an address where a test knows nothing that exists: the first that the address takes."""


@dataclass(frozen=True)
class Address:
    """One address as it is served. `route` is its pattern, `taken` the converters of what stands in it."""

    route: str
    name: str
    view: Any
    taken: tuple[tuple[str, Any], ...]

    @property
    def access(self) -> Access:
        return self.view.access  # type: ignore[no-any-return]

    def path(self, known: dict[str, str]) -> str:
        """The address with what stands in it filled from `known`, or with something that does not exist."""
        found = self.route
        for name, converter in self.taken:
            unknown = next(one for one in UNKNOWN if re.fullmatch(converter.regex, one))
            found = found.replace(f"<{name}>", known.get(f"{self.name}.{name}", known.get(name, unknown)))
        return "/" + found


def addresses() -> Iterator[Address]:
    yield from _within(get_resolver(), "", ())


def _within(resolver: URLResolver, before: str, taken: tuple[tuple[str, Any], ...]) -> Iterator[Address]:
    for one in resolver.url_patterns:
        route = before + _plain(str(one.pattern))
        inside = (*taken, *one.pattern.converters.items())
        if isinstance(one, URLResolver):
            yield from _within(one, route, inside)
        else:
            assert isinstance(one, URLPattern)
            yield Address(route, one.name or "", one.callback, inside)


def _plain(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route.removeprefix("^"))


EVERY = sorted(addresses(), key=lambda one: one.route)


def silent(found: Iterable[Address]) -> list[str]:
    """Addresses that do not say who may open them."""
    return [one.route for one in found if not isinstance(getattr(one.view, "access", None), Access)]


def test_an_address_that_says_nothing_is_found_however_deep_it_lies() -> None:
    within = path("a/", include([path("<int:number>/", RedirectView.as_view(url="/"), name="forgotten")]))
    assert silent(_within(URLResolver(RegexPattern("^/"), [within]), "", ())) == ["a/<number>/"]


def test_every_address_says_who_may_open_it() -> None:
    assert silent(EVERY) == []
    for one in EVERY:
        assert one.access.who in {"everybody", "signed-in", "permitted", "key"}, one.route
        if one.access.who in {"permitted", "key"}:
            assert one.access.verb in RULES.verbs, one.route
            assert one.access.data in RULES.data, one.route


def test_every_verb_of_the_api_is_among_them() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    served = {one.route for one in EVERY}
    for route, verbs in described["paths"].items():
        assert set(verbs) == {"get"}, route
        assert route.removeprefix("/").replace("{", "<").replace("}", ">") in served


class Town:
    """One organisation of each kind with somebody in every role, and what stands in addresses of each."""

    def __init__(self) -> None:
        self.organisations: dict[str, Organisation] = {kind: make_organisation(kind) for kind in RULES.kinds}
        self.people: dict[tuple[str, str], Person] = {
            (kind, role): make_colleague(self.organisations[kind], role) for kind, role in HOLDERS
        }

    def known(self, kind: str) -> dict[str, str]:
        """What exists in this organisation, by the name that it has in addresses."""
        somebody = self.people[kind, "administrator"]
        return {
            "person.ref": somebody.ref,
            "api-person.ref": somebody.ref,
            "give-role.ref": somebody.ref,
            "end-role.ref": somebody.ref,
            "end-role.role": somebody.roles.get().ref,
            "close-organisation.ref": self.organisations[kind].ref,
            "api-entry.number": str(
                Entry.objects.filter(organisation=self.organisations[kind].ref)
                .values_list("id", flat=True)
                .first()
                or 0
            ),
        }


def everybody_in(body: str) -> set[str]:
    """References of all whose name or address of e-mail stands in a page."""
    return {one.ref for one in Person.objects.all() if one.name in body or one.email in body}


def entered_since(number: int) -> set[str]:
    found = Shown.objects.filter(entry_id__gt=number, data_class="staff")
    return set(found.values_list("record", flat=True)) & set(Person.objects.values_list("ref", flat=True))


def last_entry() -> int:
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def text_of(answer: HttpResponse) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return whole.decode("utf-8", "replace")


PAGES = [one for one in EVERY if one.access.who != "key"]
FOR_KEYS = [one for one in EVERY if one.access.who == "key"]
ENDS_THE_SESSION = {"account_logout", "account_reauthenticate"}


@pytest.mark.django_db(transaction=True)
def test_nobody_opens_only_what_is_for_everybody() -> None:
    town = Town()
    for one in EVERY:
        path = one.path(town.known("housing"))
        before = last_entry()
        answer = Client().get(path)
        if one.access.who == "everybody":
            assert answer.status_code in {200, 302, 404, 405, 410}, path
            assert everybody_in(text_of(answer)) == set() or "demo" in path, path
            assert entered_since(before) == set(), path
        elif one.access.who == "key":
            assert answer.status_code == 401, path
        elif "GET" in getattr(one.view, "methods", ("GET",)):
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/sign-in/"), path
        else:
            assert answer.status_code in {302, 405}, path
        if one.access.who in {"permitted", "signed-in"}:
            sent = Client().post(path)
            assert sent.status_code == 405 or sent["Location"].startswith("/sign-in/"), path


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", list(RULES.kinds))
def test_every_role_opens_exactly_what_the_file_says(kind: str) -> None:
    town = Town()
    regime = town.organisations[kind].regime
    for role in [name for of, name in HOLDERS if of == kind]:
        reader = town.people[kind, role]
        client = signed_in(reader)
        for one in PAGES:
            if one.name in ENDS_THE_SESSION:
                continue
            path = one.path(town.known(kind))
            before = last_entry()
            answer = client.get(path)
            methods = getattr(one.view, "methods", ("GET",))
            where = f"{role} in {kind}: {path}"
            if one.access.who == "permitted" and not RULES.may(
                role, one.access.verb, one.access.data, regime
            ):
                assert answer.status_code in ({403} if "GET" in methods else {405}), where
                why = RULES.may(role, one.access.verb, one.access.data, regime).why
                assert why in html.unescape(text_of(answer)) or "GET" not in methods, where
                if "POST" in methods:
                    assert client.post(path).status_code == 403, where
                    assert not Entry.objects.filter(id__gt=before).exclude(act="consultation").exists(), where
                assert entered_since(before) == set(), where
            elif "GET" not in methods:
                assert answer.status_code == 405, where
            else:
                assert answer.status_code in {200, 302, 404, 405, 410}, where
                assert not answer.get("Location", "").startswith("/sign-in"), where
            body = text_of(answer)
            if answer.status_code == 200 and one.access.who != "everybody":
                assert everybody_in(body) - {reader.ref} == entered_since(before) - {reader.ref}, where
                theirs = Person.objects.exclude(roles__organisation=town.organisations[kind])
                if one.access.data == "staff":
                    assert not [them.name for them in theirs if them.name in body], where


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", list(RULES.purposes))
def test_every_key_opens_exactly_what_its_purpose_and_role_may(purpose: str) -> None:
    town = Town()
    for role in RULES.purposes[purpose].roles:
        for kind in RULES.roles[role].organisations:
            organisation = town.organisations[kind]
            program: KeyMade = make_program(organisation, purpose, role)
            for one in FOR_KEYS:
                path = one.path(town.known(kind))
                before = last_entry()
                answer = Client().get(path, headers=program.headers)
                where = f"{purpose} as {role} in {kind}: {path}"
                allowed = (
                    one.access.verb in RULES.purposes[purpose].verbs
                    and one.access.data in RULES.purposes[purpose].data
                    and RULES.may(role, one.access.verb, one.access.data, organisation.regime)
                )
                assert answer.status_code == (200 if allowed else 403), where
                assert Entry.objects.filter(id__gt=before).exists(), where
                assert everybody_in(text_of(answer)) == entered_since(before), where


@pytest.mark.django_db(transaction=True)
def test_who_signed_in_without_a_second_step_reads_nothing_about_people() -> None:
    town = Town()
    for kind, role in HOLDERS:
        if not RULES.roles[role].second_factor:
            continue
        client = signed_in(town.people[kind, role], second_factor=False)
        for one in PAGES:
            if one.access.who == "permitted" and one.access.data == "staff":
                path = one.path(town.known(kind))
                before = last_entry()
                assert client.get(path).status_code in {302, 403, 405}, path
                assert entered_since(before) == set(), path


@pytest.mark.django_db(transaction=True)
def test_every_method_that_an_address_does_not_name_is_refused() -> None:
    town = Town()
    client = signed_in(town.people["housing", "administrator"])
    for one in EVERY:
        if one.name in ENDS_THE_SESSION:
            continue
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            if method not in getattr(one.view, "methods", ("GET", "HEAD", "POST")):
                answer = client.generic(method, one.path(town.known("housing")))
                assert answer.status_code == 405, f"{method} {one.route}"


@pytest.mark.django_db(transaction=True)
def test_every_form_is_refused_without_the_token_of_its_browser() -> None:
    town = Town()
    client = signed_in(town.people["housing", "administrator"], enforce_csrf=True)
    before = last_entry()
    for one in EVERY:
        path = one.path(town.known("housing"))
        answer = client.post(path, {"name": "x"})
        assert answer.status_code in {403, 405}, path
    changed = Entry.objects.filter(id__gt=before).exclude(act="consultation")
    assert list(changed.values_list("what", flat=True)) == []
