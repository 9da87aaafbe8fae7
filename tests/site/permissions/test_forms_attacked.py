"""Attacks on the pages of people, partners, programs and declarations."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, make_program, make_role, signed_in

from lippen.site.accounts import conflicts, partners
from lippen.site.accounts.models import ApiKey, Conflict, Organisation, Person, RoleHeld

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='",
    "{{ 7|add:7 }}{% csrf_token %}", "</title><svg onload=alert(1)>", "javascript:alert(1)", "&lt;b&gt;",
]  # fmt: skip


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(page: str) -> None:
    for tag, attributes in Tags(page).found:
        assert tag not in {"script", "svg", "img", "iframe", "object"}, tag
        allowed = {"autofocus"} if attributes.get("class") == "error-summary" else set()
        wrong = {name for name in attributes if name.startswith("on") or name in {"style", "autofocus"}}
        assert wrong <= allowed
        for address in (attributes.get("href"), attributes.get("src"), attributes.get("action")):
            assert not address or address.startswith(("/", "#", "?")), address


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_is_shown_as_text_on_every_page(text: str) -> None:
    ours, other = make_organisation("housing", name=f"{text} ours"), make_organisation("school")
    admin = make_colleague(ours, "administrator", name=f"{text} admin")
    colleague = make_colleague(ours, "worker", name=f"{text} colleague")
    make_role(admin, ours, "protection-officer")
    partners.add_organisation(acting_as(admin), f"{text} partner", "health", "uk-gdpr")
    partners.close_organisation(acting_as(admin), other.ref)
    conflicts.declare(acting_as(admin), "known", text, text, text)
    make_program(ours, "staff-in-step", "administrator")
    client = signed_in(admin)
    own_role = admin.roles.get(role="administrator").ref
    for path, shows in (
        ("/people/", f"{text} colleague"),
        (f"/people/?search={text}", f"{text} colleague"),
        (f"/people/{colleague.ref}/", f"{text} colleague"),
        (f"/people/{colleague.ref}/give-role/", f"{text} colleague"),
        (f"/people/{admin.ref}/roles/{own_role}/end/", f"{text} admin"),
        ("/organisations/", f"{text} partner"),
        ("/organisations/add/", ""),
        (f"/organisations/{ours.ref}/close/", f"{text} ours"),
        ("/programs/", f"{text} ours"),
        ("/programs/add/", ""),
        ("/you/declared/", text),
    ):
        page = client.get(path).content.decode()
        assert_harmless(page)
        assert shows in html.unescape(page), path
    sent_back = client.post("/organisations/add/", {"name": text, "kind": text, "regime": text})
    assert sent_back.status_code == 422
    assert_harmless(sent_back.content.decode())
    sent_back = client.post(f"/people/{colleague.ref}/give-role/", {"role": text, "since_day": text})
    assert sent_back.status_code == 422
    assert_harmless(sent_back.content.decode())


def test_a_form_without_the_token_of_its_browser_changes_nothing() -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    program = make_program(ours, "staff-in-step", "administrator")
    ref = conflicts.declare(acting_as(admin), "known", "Mary", "Smith", "x")
    client = signed_in(admin, enforce_csrf=True)
    today = timezone.localdate()
    role = colleague.roles.get().ref
    for path, sent in (
        (
            f"/people/{colleague.ref}/give-role/",
            {"role": "analyst", "since_day": today.day, "since_month": today.month, "since_year": today.year},
        ),
        (f"/people/{colleague.ref}/roles/{role}/end/", {}),
        ("/organisations/add/", {"name": "A front", "kind": "health", "regime": "uk-gdpr"}),
        (f"/organisations/{ours.ref}/close/", {}),
        ("/programs/add/", {"use": "staff-in-step:administrator", "days": 30}),
        (f"/programs/{program.key.ref}/end/", {}),
        ("/you/declared/", {"relation": "known", "first": "A", "last": "B", "label": "c"}),
        (f"/you/declared/{ref}/withdraw/", {}),
    ):
        for token in ("", "X" * 64):
            answer = client.post(path, {**sent, "csrfmiddlewaretoken": token})
            assert answer.status_code == 403, path
    assert colleague.roles.filter(until__isnull=True).count() == 1
    assert Organisation.objects.filter(closed_on__isnull=True).count() == 1
    assert ApiKey.objects.filter(ended_at__isnull=True).count() == 1
    assert Conflict.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_fields_that_no_form_has_are_not_taken() -> None:
    ours, other = make_organisation("housing"), make_organisation("health")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    client = signed_in(admin)
    today = timezone.localdate()
    days = {"since_day": today.day, "since_month": today.month, "since_year": today.year}
    extra = {
        "organisation": other.pk, "organisation_ref": other.ref, "person": admin.ref, "given_by": "x",
        "ref": "a" * 16,
        "is_active": "0", "email": "x@example.org", "closed_on": "2020-01-01", "made_by": "x", "digest": "x",
    }  # fmt: skip
    assert (
        client.post(f"/people/{colleague.ref}/give-role/", {"role": "analyst", **days, **extra}).status_code
        == 302
    )
    given = RoleHeld.objects.get(role="analyst")
    assert (given.organisation, given.person, given.given_by) == (ours, colleague, admin.ref)
    sent = {"name": "A clinic", "kind": "health", "regime": "uk-gdpr", **extra}
    assert client.post("/organisations/add/", sent).status_code == 302
    added = Organisation.objects.get(name="A clinic")
    assert (added.closed_on, added.ref == "a" * 16) == (None, False)
    assert (
        client.post("/programs/add/", {"use": "staff-in-step:administrator", "days": 5, **extra}).status_code
        == 200
    )
    key = ApiKey.objects.get()
    assert (key.organisation, key.made_by) == (ours, admin.ref)
    assert not Person.objects.filter(email="x@example.org").exists()


def test_a_method_that_changes_is_never_taken_from_an_address_or_a_field() -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    role = colleague.roles.get().ref
    client = signed_in(admin)
    path = f"/people/{colleague.ref}/roles/{role}/end/"
    for ask in (
        lambda: client.get(path, {"_method": "POST"}),
        lambda: client.get(path, headers={"X-HTTP-Method-Override": "POST"}),
        lambda: client.put(path, b""),
        lambda: client.delete(path),
        lambda: client.head(path),
    ):
        ask()
    assert colleague.roles.filter(until__isnull=True).count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/people/../keys/session.key", "/people/..%2f..%2fkeys/", "/people/%2e%2e/%2e%2e/etc/passwd/",
        "/people/aaaaaaaaaaaaaaa%00/", "/people/aaaaaaaaaaaaaaa\u0430/", "/people/AAAAAAAAAAAAAAAA/",
        "/people/1/",
        "/people/export.csv/../../keys", "/people/export.csv%00", "/people/export.exe",
        "/people/aaaaaaaaaaaaaaaa",
        "/organisations/../add/", "/programs/%0d%0aSet-Cookie:x/end/", "/people//aaaaaaaaaaaaaaaa/",
    ],
)  # fmt: skip
def test_no_path_leads_anywhere_but_to_what_the_site_has(path: str) -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    answer = client.get(path)
    assert answer.status_code in {301, 404}, path
    if answer.status_code == 301:
        assert re.fullmatch(r"/(people/a{16}/|organisations/add/)", answer["Location"])


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u202e"]
)
def test_null_bytes_and_broken_text_are_no_failure_of_the_server(text: str) -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    client = signed_in(admin)
    asked = [
        client.get("/people/", {"search": text, "page": text, "gone": text}),
        client.post(
            f"/people/{colleague.ref}/give-role/", {"role": text, "since_day": text, "since_month": "1"}
        ),
        client.post("/organisations/add/", {"name": f"x{text}", "kind": "health", "regime": "uk-gdpr"}),
        client.post("/programs/add/", {"use": text, "days": text}),
        client.post(
            "/you/declared/", {"relation": "known", "first": f"A{text}", "last": "B", "label": f"c{text}"}
        ),
        client.get("/api/v1/people", headers={"Authorization": f"Bearer {text}"}),
    ]
    assert [one.status_code for one in asked if one.status_code >= 500] == []
    assert not [one for one in Organisation.objects.values_list("name", flat=True) if text in one]


def test_too_large_a_body_is_refused_and_not_read_through() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    sent = {"name": "x" * (2 * 1024 * 1024), "kind": "health", "regime": "uk-gdpr"}
    before = Organisation.objects.count()
    assert client.post("/organisations/add/", sent).status_code in {400, 413}
    many = "&".join(f"f{number}=1" for number in range(2000))
    answer = client.post("/organisations/add/", many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert Organisation.objects.count() == before


def test_who_is_not_signed_in_comes_back_to_this_site_and_nowhere_else() -> None:
    for path in ("/people/", "/people/?next=https://evil.example/", "/people/export.csv"):
        location = urlsplit(Client().get(path)["Location"])
        assert (location.netloc, location.path) == ("", "/sign-in/")
        assert parse_qs(location.query) == {"next": [path]}, "what was asked here, and nothing beside it"
    admin = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    assert admin.get("/people/?next=https://evil.example/").status_code == 200
    assert Client().post("/programs/add/")["Location"] == "/sign-in/"
