"""Passkeys in a real Chromium with a virtual authenticator; and what a forged answer must not open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from entering_people import PASSWORD, Browser, code_of, person, signed_in
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from lippen.site.accounts.models import Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


ANSWER_HAS = (
    "id",
    "rawId",
    "type",
    "response",
    "userHandle",
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "clientExtensionResults",
)


@pytest.fixture
def chromium(browser: Chromium) -> Iterator[Any]:
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture
def origin(live_server: Any) -> str:
    return str(live_server.url).replace("127.0.0.1", "localhost")


def with_authenticator(page: Page, *, verifies: bool = True) -> Any:
    """Give the browser a phone that holds passkeys; `verifies` when it checks a finger or a PIN."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return tools, made["authenticatorId"]


def sign_in(page: Page, origin: str, who: Person) -> None:
    page.goto(f"{origin}/sign-in/")
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, origin: str) -> None:
    page.goto(f"{origin}/you/security/passkeys/add/")
    if "/you/again/" in page.url:
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(f"{origin}/you/security/codes/")


@pytest.mark.browser
def test_a_passkey_is_set_up_and_signs_in_alone_and_asks_nothing_elsewhere(
    chromium: Any, origin: str
) -> None:
    morag = person("morag", "worker")
    page = chromium.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text))
    with_authenticator(page)
    sign_in(page, origin, morag)
    page.wait_for_url(f"{origin}/you/security/")
    add_passkey(page, origin)
    page.goto(f"{origin}/you/")
    expect(page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{origin}/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{origin}/")
    page.goto(f"{origin}/you/")
    expect(page.get_by_text("morag@example.org")).to_be_visible()
    page.goto(f"{origin}/second-step/lost/")
    assert page.url == f"{origin}/second-step/lost/", "it answered seconds ago, and is not asked again"
    assert all(one.startswith(origin) for one in asked)
    assert not [one for one in said if "Content Security Policy" in one]
    assert Entry.objects.filter(what="a means of sign-in added (webauthn)", reader=morag.ref).exists()


@pytest.mark.browser
def test_a_passkey_is_the_second_step_after_a_password_and_says_again_who_one_is(
    chromium: Any, origin: str
) -> None:
    morag = person("morag", "worker")
    page = chromium.new_page()
    with_authenticator(page)
    sign_in(page, origin, morag)
    add_passkey(page, origin)
    page.context.clear_cookies()
    sign_in(page, origin, morag)
    page.wait_for_url(f"{origin}/second-step/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{origin}/")
    page.goto(f"{origin}/you/again/passkey/?next=/you/security/codes/new/")
    forged = 'f => { f.elements.credential.value = \'{"id": "x"}\'; f.submit() }'
    with page.expect_navigation():
        page.locator("form[data-passkey]").evaluate(forged)
    expect(page.get_by_text("This did not work")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{origin}/you/security/codes/new/")


@pytest.mark.browser
def test_a_passkey_always_works_while_others_guess(chromium: Any, origin: str) -> None:
    morag = person("morag", "worker")
    page = chromium.new_page()
    with_authenticator(page)
    sign_in(page, origin, morag)
    add_passkey(page, origin)
    page.context.clear_cookies()
    for number in range(12):
        Browser().post("/sign-in/", {"login": morag.email, "password": f"guess number {number}"})
    sign_in(page, origin, morag)
    expect(page.get_by_text("Too many tries failed").first).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{origin}/")
    page.goto(f"{origin}/you/")
    expect(page.get_by_text("morag@example.org")).to_be_visible()


@pytest.mark.browser
def test_an_authenticator_that_checks_nobody_is_told_so_and_makes_no_passkey(
    chromium: Any, origin: str
) -> None:
    morag = person("morag", "worker")
    page = chromium.new_page()
    with_authenticator(page, verifies=False)
    sign_in(page, origin, morag)
    page.goto(f"{origin}/you/security/passkeys/add/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("No passkey was made").wait_for()
    assert not Authenticator.objects.filter(user=morag).exists()


@pytest.mark.browser
def test_without_javascript_an_app_is_set_up_and_the_way_is_shown(chromium: Any, origin: str) -> None:
    morag = person("morag", "worker")
    page = chromium.new_context(java_script_enabled=False).new_page()
    sign_in(page, origin, morag)
    page.goto(f"{origin}/you/security/passkeys/add/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("A passkey needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()
    page.get_by_role("link", name="Set up an app for codes").click()
    in_groups = page.locator("code.secret").inner_text()
    page.get_by_label("Code that the app shows now").fill(code_of("".join(in_groups.split())))
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", name="Your spare codes")).to_be_visible()


def test_whatever_is_sent_as_a_passkey_s_answer_signs_nobody_in_and_breaks_nothing() -> None:
    morag = person("morag", "worker")
    setting_up = Browser()
    setting_up.enter(morag)
    setting_up.again()
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(ANSWER_HAS),
                inner,
            )
        ),
        max_leaves=12,
    )

    def sent(answer: Any) -> None:
        forged = {"credential": json.dumps(answer), "name": "mine"}
        browser = Browser()
        browser.get("/sign-in/passkey/", HTTP_ACCEPT="application/json")
        assert browser.post("/sign-in/passkey/", forged).status_code == 422
        assert browser.get("/you/").status_code == 302
        setting_up.get("/you/security/passkeys/add/")
        assert setting_up.post("/you/security/passkeys/add/", forged).status_code == 422

    settings(max_examples=30, deadline=None)(given(anything)(sent))()
    assert not Authenticator.objects.filter(user=morag).exists()


def test_nobody_touches_a_passkey_of_somebody_else() -> None:
    morag, ewan = person("morag", "worker"), person("ewan", "worker")
    hers = Authenticator.objects.create(user=morag, type="webauthn", data={"name": "hers", "credential": {}})
    browser = signed_in(ewan)
    for step in ("remove", "name"):
        path = f"/you/security/passkeys/{hers.pk}/{step}/"
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"name": "mine"}).status_code == 404
    hers.refresh_from_db()
    assert hers.data["name"] == "hers"
