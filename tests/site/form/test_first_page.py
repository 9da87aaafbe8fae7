"""The first page: what this is for somebody who is not signed in; what waits, what a role may and why, for
somebody who is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings
from read_html import read, said
from signed_in import make_person, session_of

from lippen.site.accounts.models import Notice, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.form.may import REACH
from lippen.site.form.navigation import ROOMS
from lippen.site.form.operating_code import operating_code

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


def open_as(person: Person, address: str = "/", *, second_factor: bool = True) -> str:
    """The page at this address for somebody who has just signed in."""
    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person, second_factor=second_factor)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_somebody_not_signed_in_reads_what_this_is_and_what_it_promises() -> None:
    """Without a question to the database, which this test could not ask."""
    html = Client(headers={"host": "localhost"}).get("/").content.decode()
    text = said(html)
    for promise in operating_code().promises:
        assert promise.title in text
    assert "ring 999" in text
    assert "For whom this is" in text
    links = [one.attributes["href"] for one in read(html).named("a")]
    assert "/sign-in/" in links
    assert not [
        one for one in read(html).elements if one.attributes.get("aria-label") == "Rooms of this site"
    ]


def test_a_resident_is_led_to_the_door_where_one_is_known_and_told_what_is_true_where_not(
    settings: Settings, tmp_path: Path
) -> None:
    def welcome() -> str:
        return Client(headers={"host": "localhost"}).get("/").content.decode()

    settings.CONFIGURATION = replace(settings.CONFIGURATION, workspace=tmp_path)
    assert "No door for residents is open here." in said(welcome())
    (tmp_path / "speak").mkdir()
    (tmp_path / "speak" / "manifest.json").touch()
    assert "Its address is on their leaflet" in said(welcome())
    settings.CONFIGURATION = replace(settings.CONFIGURATION, door="https://speak.example.org")
    (link,) = (one for one in read(welcome()).named("a") if "speak" in one.attributes["href"])
    assert link.attributes["href"] == "https://speak.example.org/"
    assert link.attributes["rel"] == "noreferrer"
    assert "demonstration" not in said(welcome())
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    assert "No door for residents is open here." in said(welcome()), "a demo leads to its own door alone"


@pytest.mark.django_db(transaction=True)
def test_a_good_day_says_so() -> None:
    text = said(open_as(make_person()))
    assert "Nothing waits for you. That is a good day." in text


@pytest.mark.django_db(transaction=True)
def test_what_waits_says_that_it_waits_and_not_what_it_is() -> None:
    person, other = make_person(), make_person("Rory Tennant")
    Notice.objects.create(person=person, path="/people/about-somebody/")
    Notice.objects.create(person=other, path="/people/about-somebody-else/")
    html = open_as(person)
    assert said(html).count("Something has waited for you since") == 1
    assert "about-somebody" not in html
    assert "good day" not in said(html)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", permissions().roles)
def test_the_page_says_of_each_class_of_data_what_the_role_may_do_and_why(role: str) -> None:
    kind = permissions().roles[role].organisations[0]
    regime = "law-enforcement" if kind == "police" else "uk-gdpr"
    person = make_person(roles=(role,), kind=kind, regime=regime)
    html = open_as(person)
    text = said(html)
    assert permissions().roles[role].title in text
    for data in permissions().data.values():
        assert data.title in text
        if not data.built:
            continue
        verdicts = [permissions().may(role, verb, data.name, regime) for verb in permissions().verbs]
        for verdict in verdicts:
            if verdict:
                assert " ".join(verdict.why.split()) in text
                assert REACH[verdict.scope] in text
        if not any(verdicts):
            assert permissions().may(role, "read", data.name, regime).why in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", permissions().roles)
def test_only_those_rooms_stand_at_the_head_that_open(role: str) -> None:
    kind = permissions().roles[role].organisations[0]
    regime = "law-enforcement" if kind == "police" else "uk-gdpr"
    person = make_person(roles=(role,), kind=kind, regime=regime)
    html = open_as(person)
    shown = {
        one.attributes["href"] for one in read(html).named("a") if "nav" in one.around and "li" in one.around
    }
    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)
    for room, _ in ROOMS:
        assert (client.get(room).status_code == 200) == (room in shown), room


@pytest.mark.django_db(transaction=True)
def test_who_acts_in_which_role_is_on_every_page_with_a_way_out() -> None:
    person = make_person(roles=("worker", "co-ordinator"))
    for address in ("/", "/operating-code/", "/form/"):
        html = open_as(person, address)
        text = said(html)
        assert "Ailsa Gow" in text
        assert "Worker, Invermarrow Homes" in text
        assert "Change role" in text
        (out,) = [one for one in read(html).named("form") if one.attributes["action"] == "/sign-out/"]
        assert out.attributes["method"] == "post"
        assert "csrfmiddlewaretoken" in html
    assert "Change role" not in said(open_as(make_person("Rory Tennant")))


@pytest.mark.django_db(transaction=True)
def test_somebody_without_a_role_is_told_why_nothing_is_open() -> None:
    person = make_person()
    RoleHeld.objects.filter(person=person).update(until=date(2026, 2, 1))
    text = said(open_as(person))
    assert "You act in no role just now" in text
    assert "Ask an administrator of your organisation." in text
    assert "Open to you" not in text


@pytest.mark.django_db(transaction=True)
def test_somebody_without_the_second_step_is_led_to_it() -> None:
    html = open_as(make_person(), second_factor=False)
    assert "Nothing is open to you yet" in said(html)
    assert "/you/security/" in [one.attributes["href"] for one in read(html).named("a")]


@pytest.mark.django_db(transaction=True)
def test_names_that_people_and_organisations_gave_themselves_are_never_run() -> None:
    html = open_as(make_person(HOSTILE, f"{HOSTILE} & sons"))
    assert read(html).named("script") == []
    assert HOSTILE in read(html).words
    assert f"{HOSTILE} & sons" in read(html).words


def test_every_scope_can_be_said_to_whoever_has_it() -> None:
    assert list(REACH) == list(permissions().scopes)
