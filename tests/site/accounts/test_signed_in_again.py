"""Saying again who one is: when it is asked, what is kept over it, and what is not."""

from __future__ import annotations

import html
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from entering_people import PASSWORD, Browser, organisation, person, signed_in

from lippen.site.accounts.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_adding_a_device_asks_again_who_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(person("morag", "worker"))
    later = time.time() + 11 * 60
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    for path in ("/you/security/passkeys/add/", "/you/security/codes/", "/second-step/lost/"):
        assert browser.get(path)["Location"].startswith("/you/again/?next="), path


def after(minutes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + minutes * 60
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)


def with_a_code(who: Person) -> Browser:
    """A browser in which somebody who has an app for codes has just signed in with one."""
    first = Browser()
    first.enter(who)
    key = first.set_up_app()
    browser = Browser()
    browser.enter(who)
    assert browser.give_code(key).status_code == 302
    return browser


def test_who_has_just_signed_in_with_a_second_step_is_not_asked_at_once_and_is_ten_minutes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = with_a_code(person("agnes", "administrator"))
    sensitive = (
        "/second-step/lost/",
        "/people/export.csv",
        "/you/security/passkeys/add/",
        "/invitations/new/",
    )
    for path in sensitive:
        assert browser.get(path).status_code == 200, path
    after(11, monkeypatch)
    for path in sensitive:
        assert browser.get(path)["Location"].startswith("/you/again/?next="), path


def test_a_password_alone_is_asked_for_again_at_once() -> None:
    browser = Browser()
    browser.enter(person("morag", "worker"))
    assert browser.get("/you/security/app/")["Location"].startswith("/you/again/?next=")


def test_what_narrows_a_page_or_a_file_is_still_asked_for_after_saying_again_who_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else whoever narrows the register and takes that out gets the whole of it."""
    dina = person("dina", "protection-officer")
    browser = with_a_code(dina)
    browser.get("/people/")
    assert browser.get("/you/").status_code == 200
    asked = "/register/export.csv?name=din&act=consultation&but_own=on"
    after(11, monkeypatch)
    again = browser.get(asked)["Location"]
    assert again.startswith("/you/again/?next=")
    other_way = re.search(r'href="(/you/again/code/[^"]+)"', browser.get(again).content.decode())
    assert other_way, "each way leads on to the same"
    assert parse_qs(urlsplit(html.unescape(other_way[1])).query) == {"next": [asked]}
    back = browser.post(again, {"password": PASSWORD})
    assert back["Location"] == asked
    taken = b"".join(browser.get(back["Location"]).streaming_content).decode()  # type: ignore[attr-defined]
    assert "people" in taken
    assert "own account" not in taken


def test_signing_in_leads_back_with_all_that_was_asked_for() -> None:
    homes = organisation("Invermarrow Homes", "housing")
    asked = f"/invitations/new/?organisation={homes.ref}"
    browser = Browser()
    agnes = person("agnes", "administrator")
    browser.enter(agnes)
    key = browser.set_up_app()
    stranger = Browser()
    to_sign_in = stranger.get(asked)["Location"]
    assert parse_qs(urlsplit(to_sign_in).query) == {"next": [asked]}
    stranger.post(to_sign_in, {"login": agnes.email, "password": PASSWORD, "next": asked})
    then = stranger.give_code(key)
    assert then["Location"] == asked
    assert f'value="{homes.ref}"' in stranger.get(asked).content.decode()


@pytest.mark.parametrize(
    "asked",
    ["/second-step/lost/?next=https://evil.example/", "/people/export.csv?x=//evil.example/&next=//e.x"],
)
def test_a_query_leads_to_no_other_site(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = with_a_code(person("agnes", "administrator"))
    after(11, monkeypatch)
    again = browser.get(asked)["Location"]
    assert browser.post(again, {"password": PASSWORD})["Location"] == asked


def test_a_form_sent_too_late_is_not_kept_and_the_page_one_comes_back_to_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = with_a_code(person("agnes", "administrator"))
    after(11, monkeypatch)
    sent = {"name": "Zachary Filled-In", "email": "z@example.org", "role": "worker"}
    again = browser.post("/invitations/new/", {**sent, "organisation": organisation().ref})["Location"]
    between = browser.get(again).content.decode()
    assert "was not kept" not in between, "said where one can do something about it"
    back = browser.post(again, {"password": PASSWORD}, follow=True).content.decode()
    assert "Nothing was done yet. What you had filled in or chosen was not kept" in back
    assert "<h1>Invite somebody</h1>" in back
    assert "Filled-In" not in back
    assert "Filled-In" not in str(dict(browser.session))
    assert "was not kept" not in browser.get("/invitations/new/").content.decode(), "said once"


def test_a_button_pressed_too_late_says_so_too_and_a_page_that_was_only_opened_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = with_a_code(person("agnes", "administrator"))
    after(11, monkeypatch)
    opened = browser.get("/invitations/new/")["Location"]
    assert "was not kept" not in browser.post(opened, {"password": PASSWORD}, follow=True).content.decode()
    after(22, monkeypatch)
    pressed = browser.post("/invitations/aaaaaaaaaaaaaaaa/withdraw/")["Location"]
    back = browser.post(pressed, {"password": PASSWORD}, follow=True).content.decode()
    assert "Nothing was done yet" in back
    assert "<h1>Invitations</h1>" in back
