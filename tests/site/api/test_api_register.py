"""What the API answers of the register: to whom, narrowed how, page by page and as a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from people_factory import acting_as, make_colleague, make_organisation, make_program, signed_in

from lippen.site.accounts import conflicts
from lippen.site.accounts.register_forms import Narrow
from lippen.site.register import selectors
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_register_answers_for_the_own_organisation_and_for_all_to_the_panel() -> None:
    housing, police, panel = (make_organisation(one) for one in ("housing", "police", "scrutiny-panel"))
    for organisation, role in ((housing, "worker"), (police, "police-officer")):
        signed_in(make_colleague(organisation, role)).get("/people/")
    officer = make_program(housing, "check-reading", "protection-officer")
    overseer = make_program(panel, "check-reading", "panel")
    told = Client().get("/api/v1/register", headers=officer.headers).json()["entries"]
    assert {one["organisation"] for one in told} == {housing.ref}
    told = Client().get("/api/v1/register", headers=overseer.headers).json()["entries"]
    assert {one["organisation_name"] for one in told} >= {housing.name, police.name}
    assert all("onward sharing" in one["handling"] and one["regime"] in one["handling"] for one in told)
    constable = next(one["reader"] for one in told if one["role"] == "Police officer")
    narrowed = Client().get(
        f"/api/v1/register?record=staff:{constable}&until=9999-12-31", headers=overseer.headers
    )
    assert constable in {one["reader"] for one in narrowed.json()["entries"]}
    assert len(narrowed.json()["entries"]) < len(told)
    theirs = next(one["id"] for one in told if one["organisation"] == police.ref)
    assert (
        Client().get(f"/api/v1/register/{theirs}", headers=overseer.headers).json()["entry"]["id"] == theirs
    )
    answers = [
        Client().get(f"/api/v1/register/{one}", headers=officer.headers) for one in (theirs, 10**9, 10**40)
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert len({one.content for one in answers}) == 1


def test_the_register_is_narrowed_as_on_its_page() -> None:
    ours, theirs = make_organisation("housing"), make_organisation("police")
    panel = make_program(make_organisation("scrutiny-panel"), "check-reading", "panel")
    ailsa, iain = make_colleague(ours, "worker", name="Ailsa Reid"), make_colleague(theirs, "police-officer")
    for one in (ailsa, iain):
        signed_in(one).get("/people/")
        signed_in(one).get("/you/")
    conflicts.declare(acting_as(ailsa), "family", "Jean", "Gow", "my aunt")

    def found(asked: str) -> list[dict[str, Any]]:
        told = Client().get(f"/api/v1/register?{asked}", headers=panel.headers)
        assert told.status_code == 200, told.content
        taken = Client().get(f"/api/v1/register/export.jsonl?{asked}", headers=panel.headers)
        rows = [json.loads(line) for line in taken.getvalue().decode().splitlines()]
        entries: list[dict[str, Any]] = told.json()["entries"]
        before = {one["id"] for one in entries}
        assert before <= {int(row["id"]) for row in rows}, "the file is narrowed by the same"
        return entries

    changed = found(f"act=alteration&reader={ailsa.ref}")
    assert {one["what"] for one in changed} == {"somebody declared"}
    assert {one["reader"] for one in found("name=AILSA")} == {ailsa.ref}
    assert found("name=nobody+of+this+name") == []
    assert {one["reader"] for one in found(f"organisation={theirs.ref}")} == {iain.ref}
    of_class = found(f"data_class=organisation&reader={ailsa.ref}")
    assert of_class == []
    assert found(f"data_class=staff&reader={ailsa.ref}")
    about_oneself = {one["what"] for one in found(f"reader={ailsa.ref}")}
    assert "own account" in about_oneself
    assert "own account" not in {one["what"] for one in found(f"reader={ailsa.ref}&but_own=true")}


def test_the_register_takes_no_filter_that_its_page_lacks_and_lacks_none_that_it_has() -> None:
    jean = acting_as(make_colleague(make_organisation("scrutiny-panel"), "panel"))
    described = Client().get("/api/v1/openapi.json").json()["paths"]
    for path in ("register", "register/export.csv", "register/export.jsonl"):
        asked = described[f"/api/v1/{path}"]["get"]["parameters"]
        names = {one["name"] for one in asked}
        assert names - {"before", "record"} == set(Narrow(jean, "all").fields)
        acts = next(one["schema"] for one in asked if one["name"] == "act")
        assert {value for value, _ in selectors.acts()} == set(acts["anyOf"][0]["enum"])
        assert all(one["schema"].get("description") or one.get("description") for one in asked)


def test_the_register_goes_on_page_by_page_and_each_page_is_entered() -> None:
    ours = make_organisation("housing")
    client = signed_in(make_colleague(ours, "worker"))
    for _ in range(60):
        client.get("/people/")
    program = make_program(ours, "check-reading", "protection-officer")
    address, seen = f"/api/v1/register?organisation={ours.ref}", []
    while address:
        before = Entry.objects.order_by("-id")[0].pk
        told = Client().get(address, headers=program.headers).json()
        entry = Entry.objects.get(id__gt=before)
        named = Shown.objects.filter(entry=entry, data_class="register").values_list("record", flat=True)
        assert set(named) == {str(one["id"]) for one in told["entries"]}
        seen += [one["id"] for one in told["entries"]]
        address = told["next"]
    assert len(seen) == len(set(seen)) >= 60
    assert seen == sorted(seen, reverse=True)


def test_the_register_as_a_file_is_entered_and_says_how_it_is_handled() -> None:
    ours = make_organisation("housing", name="+Housing")
    signed_in(make_colleague(ours, "worker", name="=1+1")).get("/people/")
    program = make_program(ours, "check-reading", "protection-officer")
    before = Entry.objects.order_by("-id")[0].pk
    answer = Client().get("/api/v1/register/export.csv?since=2020-01-01", headers=program.headers)
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    entry = Entry.objects.get(id__gt=before)
    assert entry.act == "disclosure"
    named = Shown.objects.filter(entry=entry, data_class="register").values_list("record", flat=True)
    assert set(named) == {one["id"] for one in rows}
    assert "'=1+1" in {one["reader_name"] for one in rows}
    assert {one["organisation_name"] for one in rows} == {"'+Housing"}
    assert all("register | uk-gdpr" in one["handling"] for one in rows)
