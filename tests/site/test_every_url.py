"""Every address of the site and the API: who may open it, as permissions.toml says, and what is then entered.

The matrix is made from the addresses that are served, so an address that says nothing of who may open it, or
one that is added later, is tested with the rest or fails here.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, include, path
from django.urls.resolvers import RegexPattern
from django.views.generic import RedirectView
from every_address import EVERY, HOLDERS, RULES, Address, Town, within
from people_factory import KeyMade, make_program, signed_in

from lippen.site.accounts.access import Answering
from lippen.site.accounts.models import Person
from lippen.site.register.models import Entry, Shown


def silent(found: Iterable[Address]) -> list[str]:
    """Addresses that do not say who may open them."""
    return [one.route for one in found if not isinstance(one.view, Answering)]


def test_an_address_that_says_nothing_is_found_however_deep_it_lies() -> None:
    deep = path("a/", include([path("<int:number>/", RedirectView.as_view(url="/"), name="forgotten")]))
    assert silent(within(URLResolver(RegexPattern("^/"), [deep]), "", ())) == ["a/<number>/"]


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


def everybody_in(body: str) -> set[str]:
    """References of all whose name or address of e-mail stands in a page."""
    return {one.ref for one in Person.objects.all() if one.name in body or one.email in body}


def entered_since(number: int) -> set[str]:
    found = Shown.objects.filter(entry_id__gt=number, data_class="staff")
    return set(found.values_list("record", flat=True)) & set(Person.objects.values_list("ref", flat=True))


def entries_since(number: int) -> dict[int, str]:
    return dict(Entry.objects.filter(id__gt=number).values_list("id", "what"))


def last_entry() -> int:
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def text_of(answer: HttpResponse) -> str:
    return answer.getvalue().decode("utf-8", "replace")


PAGES = [one for one in EVERY if one.access.who != "key"]
FOR_KEYS = [one for one in EVERY if one.access.who == "key"]
FOR_ALL = {"add-organisation"}
"""What changes something for every partner, and so is closed to a role that reaches its own alone."""

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
        elif "GET" in one.methods:
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
    theirs = list(Person.objects.exclude(roles__organisation=town.organisations[kind]))
    for role in [name for of, name in HOLDERS if of == kind]:
        reader = town.people[kind, role]
        client = signed_in(reader)
        last = last_entry()
        for one in PAGES:
            if one.name in ENDS_THE_SESSION:
                continue
            path = one.path(town.known(kind))
            before = last
            answer = client.get(path)
            where = f"{role} in {kind}: {path}"
            entries = entries_since(before)
            assert len(entries) <= 1, f"{where}: one entry an answer, not {[*entries.values()]}"
            # What was shown stands under an entry: where there is none, nobody is looked for.
            entered = entered_since(before) if entries else set()
            last = max(entries, default=before)
            closed, why = False, ""
            if one.access.who == "permitted":
                verdict = RULES.may(role, one.access.verb, one.access.data, regime)
                closed = not verdict or (one.name in FOR_ALL and verdict.scope != "all")
                why = "" if verdict else verdict.why
            if closed:
                assert answer.status_code in ({403} if "GET" in one.methods else {405}), where
                assert why in html.unescape(text_of(answer)) or "GET" not in one.methods, where
                if "POST" in one.methods:
                    assert client.post(path).status_code == 403, where
                    assert not Entry.objects.filter(id__gt=before).exclude(act="consultation").exists(), where
                    entered, last = entered_since(before), last_entry()
                assert entered == set(), where
            elif "GET" not in one.methods:
                assert answer.status_code == 405, where
            else:
                assert answer.status_code in {200, 302, 404, 405, 410}, where
                assert not answer.get("Location", "").startswith("/sign-in"), where
            body = text_of(answer)
            if answer.status_code == 200 and one.access.who != "everybody":
                assert everybody_in(body) - {reader.ref} == entered - {reader.ref}, where
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
                assert len(entries_since(before)) == 1, where
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


NEED_NOT_ASK_AGAIN = {
    "invitations",
    "declarations",
    "imports",
    "import",
    "import-refused",
    "new-import",
    "import-columns",
    "cancel-import",
    "keep-draft",
    "answer-report",
    "keep-answer",
    "send-answer",
    "stop-answers",
    "decide-report",
}
"""Lists of what is open, a form that only closes records to whoever fills it in, and what comes before an
import is started: an upload is only looked at, and one that took an hour is not turned away at its end. At a
desk, what is sealed by a key that a passphrase opened in this tab, and what then takes a second person."""

ASK_AGAIN = [
    one
    for one in PAGES
    if one.access.verb in {"invite", "write", "export"} and one.name not in NEED_NOT_ASK_AGAIN
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("one", ASK_AGAIN, ids=lambda one: one.name)
def test_what_changes_something_or_takes_a_copy_out_asks_again_who_one_is(one: Address) -> None:
    """Whoever finds a screen left open gets no file out and changes nothing for anybody."""
    town = Town()
    kind, role = next(
        (kind, role)
        for kind, role in HOLDERS
        if RULES.may(role, one.access.verb, one.access.data, town.organisations[kind].regime)
    )
    client = signed_in(town.people[kind, role], just_now=False)
    before = last_entry()
    method = client.get if "GET" in one.methods else client.post
    answer = method(one.path(town.known(kind)))
    where, _, then = answer["Location"].partition("?next=")
    assert (answer.status_code, where) == (302, "/you/again/")
    assert last_entry() == before
    back = signed_in(town.people[kind, role]).get(unquote(then))
    assert back.status_code in {200, 404}, "one comes back to a page, and not to where only forms are sent"


@pytest.mark.django_db(transaction=True)
def test_every_method_that_an_address_does_not_name_is_refused() -> None:
    town = Town()
    client = signed_in(town.people["housing", "administrator"])
    for one in EVERY:
        if one.name in ENDS_THE_SESSION:
            continue
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            if method not in one.methods:
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
