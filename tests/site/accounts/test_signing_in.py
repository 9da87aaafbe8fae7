"""Signing in with a password and a code, and what it must not tell or open."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from entering_people import PASSWORD, Browser, code_of, person, signed_in_by_pages

from lippen.site.accounts import sign_in
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_password_alone_reaches_only_the_pages_that_set_up_a_second_step() -> None:
    browser = Browser()
    assert browser.enter(person("morag", "worker")).status_code == 302
    for path in ("/you/", "/people/", "/you/sessions/", "/second-step/lost/"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/you/security/"), path
    assert b"Set up a second step first" in browser.get("/you/security/").content


def test_with_a_second_step_the_page_opens_and_stays_open() -> None:
    browser = signed_in_by_pages(person("morag", "worker"))
    assert browser.get("/you/").status_code == 200
    assert browser.get("/people/").status_code == 200


def test_a_role_that_reads_about_nobody_needs_no_second_step() -> None:
    browser = Browser()
    browser.enter(person("ruth", "researcher"))
    assert browser.get("/you/").status_code == 200


def test_the_second_step_is_asked_at_the_next_sign_in() -> None:
    morag = person("morag", "worker")
    secret = Browser()
    secret.enter(morag)
    key = secret.set_up_app()
    browser = Browser()
    answer = browser.enter(morag)
    assert answer["Location"] == "/second-step/"
    assert browser.get("/you/")["Location"].startswith("/sign-in/")
    assert browser.give_code(key).status_code == 302
    assert browser.get("/you/").status_code == 200


def test_a_code_opens_nothing_twice_nor_in_another_browser() -> None:
    morag = person("morag", "worker")
    first = Browser()
    first.enter(morag)
    key = first.set_up_app()
    thief, owner = Browser(), Browser()
    for browser in (thief, owner):
        browser.enter(morag)
    code = code_of(key, 1)
    assert owner.post("/second-step/", {"code": code}).status_code == 302
    for written in (code, f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}"):
        assert b"This did not work" in thief.post("/second-step/", {"code": written}).content
    assert thief.get("/you/").status_code == 302


def test_the_code_that_set_the_app_up_does_not_sign_in() -> None:
    morag = person("morag", "worker")
    first = Browser()
    first.enter(morag)
    key = first.set_up_app()
    second = Browser()
    second.enter(morag)
    assert second.give_code(key, 0).status_code == 422
    assert second.get("/you/").status_code == 302


def test_a_spare_code_works_once() -> None:
    morag = person("morag", "worker")
    browser = signed_in_by_pages(morag)
    page = browser.get("/you/security/codes/").content.decode()
    code = page.split("<li><code>")[1].split("<")[0]
    again = browser.get("/you/security/codes/").content.decode()
    assert code not in again
    assert "<code>" not in again
    one, other = Browser(), Browser()
    one.enter(morag)
    assert one.post("/second-step/", {"code": code}).status_code == 302
    assert one.get("/you/").status_code == 200
    other.enter(morag)
    refused = other.post("/second-step/", {"code": code})
    assert refused.status_code == 422
    assert "A spare code works once: use another from your paper" in refused.content.decode()
    assert "wait for the next one" not in refused.content.decode()
    assert "wait for the next one" in other.post("/second-step/", {"code": "123456"}).content.decode()


def test_the_session_key_is_a_new_one_after_each_step() -> None:
    """Session fixation: whoever planted a session key in a browser holds nothing after sign-in."""
    morag = person("morag", "worker")
    key = (first := Browser()).enter(morag) and first.set_up_app()
    browser = Browser()
    browser.get("/sign-in/")
    browser.session["planted"] = 1
    browser.session.save()
    browser.enter(morag)
    pending = browser.cookies["lippen-session"].value
    browser.give_code(key)
    signed = browser.cookies["lippen-session"].value
    assert pending != signed
    attacker = Client()
    attacker.cookies["lippen-session"] = pending
    assert attacker.get("/you/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:evil.example",
        "https://localhost/",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "/\t/evil.example",
        "///evil.example",
    ],
)
def test_next_leads_to_no_other_site(target: str) -> None:
    answer = Browser().enter(person("ruth", "researcher"), next=target)
    assert answer["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked() -> None:
    ruth = person("ruth", "researcher")
    browser = Browser()
    assert browser.get("/you/")["Location"] == "/sign-in/?next=%2Fyou%2F"
    answer = browser.post("/sign-in/?next=%2Fyou%2F", {"login": ruth.email, "password": PASSWORD})
    assert answer["Location"] == "/you/"


def test_signing_out_takes_a_form_and_ends_the_session() -> None:
    browser = signed_in_by_pages(person("morag", "worker"))
    key = browser.cookies["lippen-session"].value
    assert browser.get("/sign-out/").status_code == 200
    assert browser.get("/you/").status_code == 200
    assert browser.post("/sign-out/").status_code == 302
    thief = Client()
    thief.cookies["lippen-session"] = key
    assert thief.get("/you/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-out/", "/sign-in/passkey/", "/you/role/", "/you/again/"]
)
def test_a_form_from_another_site_is_refused(path: str) -> None:
    morag = person("morag", "worker")
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(morag)
    assert browser.post(path, {"login": morag.email, "password": PASSWORD}).status_code == 403


def test_an_unknown_address_and_a_wrong_password_are_told_the_same() -> None:
    morag = person("morag", "worker")
    wrong = Browser().post("/sign-in/", {"login": morag.email, "password": "not this one at all"})
    unknown = Browser().post("/sign-in/", {"login": "nobody@example.org", "password": "not this one at all"})
    assert wrong.status_code == unknown.status_code == 422
    assert _told(wrong, morag.email) == _told(unknown, "nobody@example.org")
    assert wrong.headers.keys() == unknown.headers.keys()
    assert wrong.cookies.keys() == unknown.cookies.keys()


def _told(answer: Any, email: str) -> str:
    """A page without what differs from one time to the next: the form's token, and what was written."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return page.replace(email, "")


@pytest.mark.parametrize("kind", ["known", "unknown", "left", "without a password"])
def test_each_try_hashes_once_whoever_it_is(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """User enumeration by time: the slow hash is made once, whether or not there is an account."""
    morag = person("morag", "worker")
    if kind == "without a password":
        morag.set_unusable_password()
    morag.is_active = kind != "left"
    morag.save()
    hashed = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *a, **n: hashed.append(1) or encode(self, *a, **n)
    )
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *a, **n: hashed.append(1) or verify(self, *a, **n)
    )
    email = "nobody@example.org" if kind == "unknown" else morag.email
    answer = Browser().post("/sign-in/", {"login": email, "password": "not this one at all"})
    assert answer.status_code == 422
    assert len(hashed) == 1


def test_whoever_left_is_told_what_a_stranger_is_told() -> None:
    morag = person("morag", "worker")
    morag.is_active = False
    morag.save()
    answer = Browser().enter(morag)
    assert answer.status_code == 422
    assert b"The e-mail address or the password is not right" in answer.content


def test_nobody_signs_up() -> None:
    for path in ("/sign-up/", "/signup/", "/accounts/signup/", "/sign-in/code/", "/password/reset/"):
        assert Client().get(path).status_code == 404


def test_a_session_ends_after_eight_hours_however_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in_by_pages(person("morag", "worker"))
    now = time.time()
    for minutes in range(0, 480, 20):
        monkeypatch.setattr(sign_in.time, "time", lambda minutes=minutes: now + minutes * 60)
        assert browser.get("/you/").status_code == 200
    monkeypatch.setattr(sign_in.time, "time", lambda: now + 480 * 60 + 1)
    assert browser.get("/you/").status_code == 302
    assert b"signed out at the end of the day" in browser.get("/sign-in/").content


def test_half_an_hour_unused_ends_the_session_of_who_reads_about_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, does_not = signed_in_by_pages(person("morag", "worker")), Browser()
    does_not.enter(person("ruth", "researcher"))
    now = time.time()
    monkeypatch.setattr(sign_in.time, "time", lambda: now + 31 * 60)
    assert reads.get("/you/").status_code == 302
    assert does_not.get("/you/").status_code == 200


def test_the_last_second_step_of_a_role_that_needs_one_stays() -> None:
    morag = person("morag", "worker")
    browser = signed_in_by_pages(morag)
    assert b"Your role needs a second step" in browser.get("/you/security/app/remove/").content
    browser.post("/you/security/app/remove/")
    assert Authenticator.objects.filter(user=morag, type="totp").exists()


def test_the_secret_of_the_app_lies_in_no_database() -> None:
    morag = person("morag", "worker")
    browser = Browser()
    browser.enter(morag)
    secret = browser.set_up_app()
    assert secret not in str(Authenticator.objects.get(user=morag, type="totp").data)


def test_means_of_sign_in_and_own_pages_are_entered() -> None:
    morag = person("morag", "worker")
    browser = signed_in_by_pages(morag)
    browser.get("/you/")
    said = set(Entry.objects.filter(reader=morag.ref).values_list("what", flat=True))
    assert {"a means of sign-in added (totp)", "own account", "own app for codes"} <= said
    assert Entry.objects.filter(what="own account", shown__record=morag.ref).exists()


def test_a_new_password_signs_out_every_other_browser() -> None:
    morag = person("morag", "worker")
    here = Browser()
    here.enter(morag)
    key = here.set_up_app()
    elsewhere = Browser()
    elsewhere.enter(morag)
    elsewhere.give_code(key)
    assert elsewhere.get("/you/").status_code == 200
    new = "another four words unlike"
    answer = here.post("/you/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302, answer.content.decode()
    assert here.get("/you/").status_code == 200
    assert elsewhere.get("/you/").status_code == 302
    assert Browser().enter(morag).status_code == 422
    assert Browser().enter(morag, new).status_code == 302
    assert Entry.objects.filter(what="a password changed", shown__record=morag.ref).exists()


@pytest.mark.parametrize("weak", ["short", "password1234", "morag@example.org"])
def test_a_weak_password_is_refused(weak: str) -> None:
    browser = signed_in_by_pages(person("morag", "worker"))
    answer = browser.post("/you/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert answer.status_code == 422
    assert b"There is a problem" in answer.content
