"""Whatever is sent and not accepted is answered with 422, on every page that takes something."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from entering_people import PASSWORD, Browser, person
from every_address import EVERY, Town
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.site.accounts import invitations
from lippen.site.accounts.access import Answering
from lippen.site.accounts.entering import first_administrator_link

pytestmark = pytest.mark.django_db(transaction=True)

WRONG = re.compile(r'class="(?:field[^"]* wrong|error-summary)"')
"""What a page marks that has to be put right."""

NO_PASSKEY = {"credential": '{"id": "x"}'}

SENDING = [
    one
    for one in EVERY
    if isinstance(one.view, Answering) and "POST" in one.methods and one.name != "close-organisation"
]
"""What takes something, but for the one that would end all others: it asks for nothing and closes at once."""


@pytest.mark.parametrize("nonsense", [{}, {"nonsense": "x"}], ids=["nothing", "nonsense"])
def test_no_page_on_which_something_was_refused_says_that_all_is_well(
    nonsense: dict[str, str], settings: Any
) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    town = Town()
    keeper = town.people["housing", "administrator"]
    token = invitations.invite(
        acting_as(keeper),
        organisation_ref=town.organisations["housing"].ref,
        role="worker",
        name="Morag Reid",
        email="morag@example.org",
    )
    known = {**town.known("housing"), "enter.token": token}
    refused = set()
    for one in SENDING:
        for client in (signed_in(keeper), Client()):
            answer = client.post(one.path(known), nonsense)
            page = answer.getvalue().decode()
            where = (one.route, answer.status_code)
            if WRONG.search(page):
                assert answer.status_code == 422, where
                refused.add(one.name)
            elif answer.status_code == 422:
                assert 'class="notice warning"' in page, where
    assert {"account_login", "enter", "invite", "give-role", "make-key", "declarations", "form"} <= refused
    assert {"account_change_password", "mfa_add_webauthn", "mfa_login_webauthn", "leave"} <= refused


def test_a_page_without_fields_says_so_too_when_it_does_not_do_what_was_asked() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator")
    client = signed_in(admin)
    for path in (
        f"/people/{admin.ref}/roles/{admin.roles.get().ref}/end/",
        f"/organisations/{ours.ref}/close/",
        "/you/role/",
    ):
        answer = client.post(path, {"role": "nonsense"})
        assert answer.status_code == 422, path
        assert "notice warning" in answer.content.decode(), path


def test_a_role_that_one_does_not_hold_is_not_chosen_and_the_page_says_why() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "worker"))
    answer = client.post("/you/role/", {"role": "a" * 16})
    assert answer.status_code == 422
    assert "You do not hold this role today." in answer.content.decode()


def test_the_link_of_the_first_administrator_refuses_in_the_same_way() -> None:
    link = first_administrator_link("http://localhost")
    assert link is not None
    answer = Client().post(link.removeprefix("http://localhost"), {})
    assert answer.status_code == 422


def test_an_answer_of_no_passkey_stays_where_one_can_go_on() -> None:
    morag = person("morag", "worker")
    browser = Browser()
    answer = browser.post("/sign-in/passkey/", NO_PASSKEY)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This did not work" in page
    assert 'action="/sign-in/"' in page, "the password goes to the page that takes it"
    browser.enter(morag)
    browser.set_up_app()
    other = Browser()
    other.enter(morag, PASSWORD)
    second = other.post("/second-step/", NO_PASSKEY)
    assert second.status_code == 422
    assert "This did not work" in second.content.decode()


def test_a_filter_that_cannot_be_understood_is_refused_as_well() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "worker"))
    long = "a" * 200
    for path in ("/register/?act=nonsense", "/you/reading/?act=nonsense", f"/people/?search={long}"):
        assert client.get(path).status_code == 422, path
    assert client.get("/people/?search=a").status_code == 200


def test_what_went_wrong_is_told_as_a_warning_and_what_was_done_as_good_news() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator")
    other = make_colleague(ours, "worker")
    client = signed_in(admin)
    done = client.post(f"/people/{other.ref}/roles/{other.roles.get().ref}/end/", follow=True)
    assert '<div class="notice good" role="status"><p>The role was ended.</p></div>' in done.content.decode()
    refused = client.post("/you/role/", {"role": "a" * 16}).content.decode()
    assert '<div class="notice good"' not in refused


def test_a_session_that_ended_by_itself_is_no_good_news() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "worker"))
    session = client.session
    session["began"] = session["seen"] = 0
    session.save()
    page = client.get("/you/", follow=True).content.decode()
    assert '<div class="notice" role="status"><p>You were signed out at the end of the day.' in page
