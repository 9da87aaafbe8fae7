"""The demo: one click signs in as each fictional person, in a demo workspace and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import Resolver404, resolve
from open_sites import Client, Served

from lippen.engine import connect
from lippen.site.accounts.permissions import permissions
from lippen.site.operation.demo_people import ORGANISATIONS, PEOPLE, FictionalPerson
from lippen.workspace import Workspace


def test_everybody_in_it_holds_a_role_that_their_organisation_can_give() -> None:
    for one in PEOPLE:
        kind, _ = ORGANISATIONS[one.organisation]
        assert all(kind in permissions().roles[role].organisations for role in one.roles), one.name
        assert one.email.endswith("@example.org")
    assert {one.organisation for one in PEOPLE} == set(ORGANISATIONS)
    assert len({one.word for one in PEOPLE}) == len(PEOPLE)


def test_a_click_signs_in_as_each_of_them_and_every_page_says_that_it_is_a_demo(
    served: Served, signed_in: Callable[[FictionalPerson], Client]
) -> None:
    for one in PEOPLE:
        page = signed_in(one).get("/")
        assert page.status == 200, one.name
        assert one.name in page.text
        assert "Demo" in page.text
    assert "Demo" in served.client().get("/demo/").text
    assert "Demo" in served.client().get("/nowhere/").text


def test_nobody_signs_in_by_following_a_link_or_from_another_site(served: Served) -> None:
    client = served.client()
    assert client.get("/demo/nan-duffy/").status == 405
    assert client.post("/demo/nan-duffy/", token="").status == 403
    client.get("/demo/")
    assert client.post("/demo/nan-duffy/", token="x" * 32).status == 403
    assert client.post("/demo/somebody-else/").status == 404
    assert "lippen-session" not in client.cookies


def test_signing_in_as_another_leaves_nothing_of_the_first(
    served: Served, signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    client = signed_in(demo_people["Nan Duffy"])
    before = client.cookies["lippen-session"]
    client.post(f"/demo/{demo_people['Jean Abernethy'].word}/")
    assert client.cookies["lippen-session"] != before
    page = client.get("/").text
    assert "Jean Abernethy" in page
    assert "Nan Duffy" not in page
    old = Client(served.origin, {"lippen-session": before})
    assert "Nan Duffy" not in old.get("/").text


def test_a_year_of_invermarrow_s_closed_incidents_is_in_its_lake(served: Served) -> None:
    with connect() as engine:
        incidents = Workspace.open(served.workspace, engine, create=False).signals("incident")
        assert incidents.count().execute() > 5_000
        assert incidents.outcome.nunique().execute() == 3


def test_no_other_workspace_has_its_addresses() -> None:
    for path in ("/demo/", "/demo/nan-duffy/"):
        with pytest.raises(Resolver404):
            resolve(path)
