"""The API: keys, permissions, what is entered, files, and refusals that say why."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from people_factory import make_colleague, make_organisation, make_program, signed_in

from lippen.site.accounts.models import ApiKey
from lippen.site.accounts.permissions import permissions
from lippen.site.api import key as api_key
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)

reads_nothing = pytest.mark.django_db
"""For tests in which no reading is entered: quicker, as what they write is taken back."""

PROBLEM = "application/problem+json"


def shown_in(entry: Entry) -> set[str]:
    return set(Shown.objects.filter(entry=entry).values_list("record", flat=True))


def test_people_are_answered_with_handling_and_entered_under_the_keys_purpose() -> None:
    ours, theirs = make_organisation("housing"), make_organisation("police")
    colleague, stranger = make_colleague(ours, "worker"), make_colleague(theirs, "police-officer")
    program = make_program(ours, "staff-in-step", "administrator")
    before = Entry.objects.order_by("-id")[0].pk
    answer = Client().get("/api/v1/people", headers=program.headers)
    assert answer.status_code == 200
    told = answer.json()
    assert colleague.email in {one["email"] for one in told["people"]}
    assert stranger.email not in answer.content.decode()
    assert all(
        "not for onward sharing" in one["handling"] and ours.name in one["handling"] for one in told["people"]
    )
    entry = Entry.objects.get(id__gt=before)
    assert shown_in(entry) == {one["ref"] for one in told["people"]}
    assert (entry.reader, entry.role) == (f"key-{program.key.ref}", "administrator")
    assert entry.purpose == permissions().purposes["staff-in-step"].title
    assert ApiKey.objects.get().last_used_on == timezone.localdate()


def test_a_long_list_comes_in_pages_each_entered_with_exactly_its_people() -> None:
    ours = make_organisation("housing")
    for _ in range(60):
        make_colleague(ours, "worker")
    program = make_program(ours, "staff-in-step", "administrator")
    address, seen = "/api/v1/people?search=example", []
    while address:
        before = Entry.objects.order_by("-id")[0].pk
        told = Client().get(address, headers=program.headers).json()
        refs = [one["ref"] for one in told["people"]]
        assert shown_in(Entry.objects.get(id__gt=before)) == set(refs)
        seen += refs
        address = told["next"]
    assert len(seen) == len(set(seen)) == told["count"] == 61


def test_a_page_behind_the_last_one_names_nobody_so_that_counting_pages_ends() -> None:
    ours = make_organisation("housing")
    make_colleague(ours, "worker")
    program = make_program(ours, "staff-in-step", "administrator")
    for number in (2, 100_000):
        before = Entry.objects.order_by("-id")[0].pk
        told = Client().get(f"/api/v1/people?page={number}", headers=program.headers).json()
        assert told == {"count": 2, "page": number, "next": None, "people": []}
        assert shown_in(Entry.objects.get(id__gt=before)) == set()
    nobody = Client().get("/api/v1/people?page=1&search=xxxx", headers=program.headers).json()
    assert nobody == {"count": 0, "page": 1, "next": None, "people": []}


@pytest.mark.parametrize("search", ["%00", "%E2%80%8B", "%3F", "%CC%81", "'", "%01%20%02"])
def test_a_search_for_signs_that_no_name_has_finds_nobody(search: str) -> None:
    program = make_program(make_organisation("housing"), "staff-in-step", "administrator")
    told = Client().get(f"/api/v1/people?search={search}", headers=program.headers).json()
    assert (told["count"], told["people"]) == (0, [])


def test_a_person_of_another_organisation_answers_exactly_like_an_unknown_one() -> None:
    program = make_program(make_organisation("housing"), "staff-in-step", "administrator")
    stranger = make_colleague(make_organisation("police"), "police-officer")
    answers = [
        Client().get(f"/api/v1/people/{ref}", headers=program.headers) for ref in (stranger.ref, "a" * 16)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0]["Content-Type"] == PROBLEM


@reads_nothing
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "},
        {"Authorization": "Bearer lippen-guess"}, {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer \u00ff\u0000x"},
        {"X-API-Key": "lippen-guess"},
    ],
)  # fmt: skip
def test_without_a_key_nothing_is_told_and_the_answer_says_what_to_do(headers: dict[str, str]) -> None:
    make_colleague(make_organisation("housing"), "worker")
    answer = Client().get("/api/v1/people", headers=headers)
    assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (
        401,
        PROBLEM,
        "Bearer",
    )
    assert "administrator" in answer.json()["detail"]
    assert not Entry.objects.exists()


@reads_nothing
def test_somebody_signed_in_on_the_pages_is_nobody_here() -> None:
    admin = make_colleague(make_organisation("housing"), "administrator")
    assert signed_in(admin).get("/api/v1/people").status_code == 401


def test_a_key_for_another_purpose_is_refused_and_the_refusal_is_entered() -> None:
    program = make_program(make_organisation("housing"), "check-reading", "protection-officer")
    before = Entry.objects.order_by("-id")[0].pk
    answer = Client().get("/api/v1/people", headers=program.headers)
    assert answer.status_code == 403
    assert answer["Content-Type"] == PROBLEM
    assert "made to" in answer.json()["detail"]
    entry = Entry.objects.get(id__gt=before)
    assert (entry.what, entry.shown_count) == ("refused: list staff", 0)


@reads_nothing
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"ended_at": timezone.now()}, "ended"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "run out"),
    ],
)
def test_a_key_that_no_longer_opens_says_why(change: dict[str, object], why: str) -> None:
    program = make_program(make_organisation("housing"), "staff-in-step", "administrator")
    ApiKey.objects.update(**change)
    answer = Client().get("/api/v1/people", headers=program.headers)
    assert answer.status_code == 401
    assert why in answer.json()["detail"]


class Clock:
    """What the API takes for now, 20 seconds into a minute."""

    def __init__(self) -> None:
        self.moment = timezone.now().replace(second=20)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def three_a_minute(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A key gets three answers a minute."""
    clock = Clock()
    monkeypatch.setattr(api_key, "ANSWERS_A_MINUTE", 3)
    monkeypatch.setattr(api_key, "timezone", clock)
    return clock


def test_a_key_gets_no_more_answers_in_a_minute_than_it_may(three_a_minute: Clock) -> None:
    ours = make_organisation("housing")
    program, other = (make_program(ours, "staff-in-step", "administrator") for _ in range(2))
    asked = ["/api/v1/people", "/api/v1/organisations", f"/api/v1/people/{'a' * 16}", "/api/v1/people"]
    answers = [Client().get(one, headers=program.headers) for one in asked]
    assert [one.status_code for one in answers] == [200, 200, 404, 429]
    assert answers[-1]["Retry-After"] == "40"
    assert "Wait 40 seconds" in answers[-1].json()["detail"]
    assert Client().get("/api/v1/people", headers=other.headers).status_code == 200
    three_a_minute.moment += timedelta(seconds=40)
    answers = [Client().get(one, headers=program.headers) for one in asked]
    assert [one.status_code for one in answers] == [200, 200, 404, 429], "and in the next minute as many"


@pytest.mark.usefixtures("three_a_minute")
def test_of_many_who_ask_at_once_with_one_key_no_two_get_the_same_answer(
    at_once: Callable[..., list[int]],
) -> None:
    program = make_program(make_organisation("housing"), "staff-in-step", "administrator")

    def ask(_: int) -> int:
        return Client().get("/api/v1/people", headers=program.headers).status_code

    assert sorted(at_once(ask, list(range(8)))) == [200] * 3 + [429] * 5
    assert Entry.objects.filter(reader=f"key-{program.key.ref}").count() == 3


def test_a_file_is_entered_as_a_disclosure_before_it_streams_and_cannot_run() -> None:
    ours = make_organisation("housing", name="=Housing")
    hostile = make_colleague(ours, "worker", name="@SUM(1+1)*cmd|' /C calc'!A0")
    program = make_program(ours, "staff-in-step", "administrator")
    before = Entry.objects.order_by("-id")[0].pk
    answer = Client().get("/api/v1/people/export.csv", headers=program.headers)
    assert answer.streaming
    entry = Entry.objects.get(id__gt=before)
    assert entry.act == "disclosure"
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    assert shown_in(entry) == {one["ref"] for one in rows}
    assert {one["name"] for one in rows if one["ref"] == hostile.ref} == {f"'{hostile.name}"}
    assert all(one["organisation"] == "'=Housing" and "onward sharing" in one["handling"] for one in rows)
    lines = Client().get("/api/v1/people/export.jsonl", headers=program.headers)
    told = [json.loads(line) for line in b"".join(lines.streaming_content).decode().splitlines()]
    assert hostile.name in {one["name"] for one in told}
    answered = Client().get("/api/v1/people", headers=program.headers).json()["people"]
    of_the_file = {(one["role"], one["role_title"]) for one in rows}
    assert of_the_file == {(one["role"], one["role_title"]) for one in told}
    assert of_the_file == {(role["role"], role["role_title"]) for one in answered for role in one["roles"]}
    assert of_the_file == {("worker", "Worker"), ("administrator", "Administrator")}
    assert all("onward sharing" in one["handling"] for one in told)


@contextmanager
def register_refusing_entries() -> Iterator[None]:
    """The database takes no entry, as when its disk is full."""
    sqlite = connection.vendor == "sqlite"
    refuse = (
        "CREATE TRIGGER full BEFORE INSERT ON register_entry BEGIN SELECT RAISE(ABORT, 'full'); END"
        if sqlite
        else 'ALTER TABLE register_entry ADD CONSTRAINT "full" CHECK (false) NOT VALID'
    )
    with connection.cursor() as cursor:
        cursor.execute(refuse)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full" if sqlite else 'ALTER TABLE register_entry DROP CONSTRAINT "full"')


def test_when_the_register_cannot_be_written_nothing_leaves() -> None:
    ours = make_organisation("housing")
    colleague = make_colleague(ours, "worker")
    client = signed_in(make_colleague(ours, "administrator"))
    program = make_program(ours, "staff-in-step", "administrator")
    with register_refusing_entries():
        for address in ("people", f"people/{colleague.ref}", "people/export.csv", "organisations"):
            answer = Client().get(f"/api/v1/{address}", headers=program.headers)
            assert answer.status_code == 503, address
            assert answer["Content-Type"] == PROBLEM
            assert colleague.name not in answer.content.decode()
        for address in ("/people/", f"/people/{colleague.ref}/", "/people/export.csv", "/you/declared/"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert colleague.name not in answer.content.decode()


@reads_nothing
def test_nothing_can_be_changed_and_no_other_method_is_a_way_in() -> None:
    program = make_program(make_organisation("housing"), "staff-in-step", "administrator")
    headers = {**program.headers, "X-HTTP-Method-Override": "GET"}
    for address in ("people", "organisations", "openapi.json", "none"):
        for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
            answer = Client().generic(method, f"/api/v1/{address}", headers=headers)
            assert answer.status_code == 405, f"{method} {address}"
            assert answer["Allow"] == "GET"


@reads_nothing
@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/people?page=0", "/api/v1/people?page=x", f"/api/v1/people?page={10**30}",
        "/api/v1/people?gone=perhaps", "/api/v1/people?search=a&search=b",
        "/api/v1/register?act=erasure&act=disclosure",
        "/api/v1/register?until=0", "/api/v1/register?since=20261126", "/api/v1/register?since=1764000000",
        f"/api/v1/people?search={'a' * 101}",
        "/api/v1/register?act=nonsense", "/api/v1/register/export.csv?act=read",
        f"/api/v1/register?name={'a' * 121}", "/api/v1/register?data_class=Staff",
        "/api/v1/register?but_own=perhaps", "/api/v1/register/5?number=5",
    ],
)  # fmt: skip
def test_what_is_not_understood_says_what(address: str) -> None:
    program = make_program(make_organisation("housing"), "check-reading", "protection-officer")
    answer = Client().get(address, headers=program.headers)
    assert answer.status_code == 422
    assert re.split(r"[?=]", address)[1] in answer.json()["detail"]


@reads_nothing
@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/none", "/api/v2/people", "/api/v1/people/../..", "/api/v1/docs"]
)
def test_an_address_that_does_not_exist_says_where_to_look(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert "openapi.json" in answer.json()["detail"]


@reads_nothing
def test_a_misspelt_limit_is_refused_and_does_not_show_everybody() -> None:
    ours = make_organisation("housing")
    colleague = make_colleague(ours, "worker")
    program = make_program(ours, "staff-in-step", "administrator")
    answer = Client().get("/api/v1/people?serch=nobody", headers=program.headers)
    assert answer.status_code == 422
    assert "serch" in answer.json()["detail"]
    assert "search" in answer.json()["detail"]
    assert colleague.email not in answer.content.decode()


@reads_nothing
def test_permissions_are_public_and_are_those_that_are_checked() -> None:
    told = Client().get("/api/v1/permissions").json()
    assert len(told["rules"]) == len(permissions().rules)
    assert {one["name"]: one["built"] for one in told["data"]} == {
        one.name: one.built for one in permissions().data.values()
    }


@reads_nothing
def test_no_number_about_a_person_is_in_any_answer() -> None:
    schemas = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]
    for name in ("PersonOut", "RoleOut"):
        for field, schema in schemas[name]["properties"].items():
            assert "integer" not in str(schema), f"{name}.{field}"
            assert "number" not in str(schema), f"{name}.{field}"
