"""The form for sightings in a real browser: as typed, on a narrow screen, with and without its script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from by_hand import count_presses, seconds_by_hand
from django.conf import settings
from people_factory import make_colleague, make_organisation, signed_in
from telling import HANDLE, NUMBER, SAME, takes

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, violations
from lippen.site.accounts.models import Person
from lippen.site.sightings.models import AccountsNamed, Waiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nurse(transactional_db: None) -> Person:  # noqa: ARG001
    takes(make_organisation("police", name="Milltown Police"))
    return make_colleague(make_organisation("health", name="Milltown Health"), "worker", name="Ailsa Gow")


def window(browser: Browser, live_server: LiveServer, person: Person, *, script: bool = True) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": signed_in(person).cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/sightings/new/")
    return page


def fill_in(page: Page, **other: str) -> None:
    """All but the texts that a test types itself."""
    page.select_option("[name=channel]", "social")
    page.select_option("[name=larger_area]", index=1)
    for name, text in other.items():
        page.fill(f"[name={name}]", text)


def look(page: Page) -> None:
    """Nothing for axe to object to, in both themes, and nothing off a narrow screen."""
    page.evaluate(UNFOLD)
    page.evaluate(PLAIN)
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 360, "height": 740})


def test_a_handle_is_taken_out_as_it_is_typed_and_never_leaves_the_browser(
    browser: Browser, live_server: LiveServer, nurse: Person
) -> None:
    page = window(browser, live_server, nurse)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.locator("[name=words]").press_sequentially(f"blues in, dm {HANDLE} now")
    assert page.input_value("[name=words]") == "blues in, dm [handle] now"
    page.wait_for_selector("text=was taken out")
    page.fill("[name=product]", f"tablets, {NUMBER}")
    page.locator("[name=product]").blur()
    assert page.input_value("[name=product]") == "tablets, [handle]"
    fill_in(page)
    page.click("button:has-text('Send it')")
    page.wait_for_selector("h1:has-text('Thank you')")
    look(page)
    (waiting,) = Waiting.objects.all()
    assert (waiting.words, waiting.product) == ("blues in, dm [handle] now", "tablets, [handle]")
    assert len(AccountsNamed.objects.get().hashes) == 2
    gone = " ".join(sent).lower()
    assert "words=" in gone
    for part in ("otter", "07700", "900123"):
        assert part not in gone


def test_what_is_pasted_dropped_or_still_typed_when_the_form_is_sent_is_taken_out(
    browser: Browser, live_server: LiveServer, nurse: Person
) -> None:
    page = window(browser, live_server, nurse)
    page.locator("[name=product]").focus()
    page.evaluate(
        "text => document.execCommand('insertText', false, text)", f"a bag, {SAME}"
    )  # as some keyboards put words in: no key is pressed
    fill_in(page)
    page.locator("[name=words]").press_sequentially(f"dm {HANDLE}")
    page.keyboard.press("Tab")
    assert page.input_value("[name=words]") == "dm [handle]"
    page.locator("[name=quantity]").press_sequentially(f"10 {HANDLE}")
    page.keyboard.press("Enter")  # sends it out of the field
    page.wait_for_selector("h1:has-text('Thank you')")
    (waiting,) = Waiting.objects.all()
    assert (waiting.product, waiting.quantity) == ("a bag, [handle]", "10 [handle]")
    assert len(AccountsNamed.objects.get().hashes) == 1, "one account in three ways of writing"


@pytest.mark.parametrize("script", [True, False])
def test_an_account_that_was_named_is_stopped_with_and_without_script(
    browser: Browser, live_server: LiveServer, nurse: Person, script: bool
) -> None:
    first = window(browser, live_server, nurse, script=not script)
    fill_in(first, product="blues", words=f"dm {HANDLE}")
    first.click("button:has-text('Send it')")
    first.wait_for_selector("h1:has-text('Thank you')")
    page = window(browser, live_server, nurse, script=script)
    fill_in(page, product="a bag of white", words=f"new in, {SAME}")
    page.click("button:has-text('Send it')")
    page.wait_for_selector("text=Stop: nothing was kept")
    assert Waiting.objects.count() == 1
    assert page.input_value("[name=words]") == "new in, [handle]"
    assert "otter" not in page.content().lower()
    if script:
        look(page)
    page.click("button:has-text('Send it')")
    page.wait_for_selector("h1:has-text('Thank you')")
    assert Waiting.objects.count() == 2


def test_the_form_is_one_screen_of_a_telephone_and_filled_in_within_a_minute(
    browser: Browser, live_server: LiveServer, nurse: Person
) -> None:
    page = window(browser, live_server, nurse)
    box = page.locator("#sighting").bounding_box()
    assert box is not None
    assert box["height"] <= 740
    danger = page.get_by_text("If somebody is in danger, call 999 first.").bounding_box()
    assert danger is not None
    assert danger["y"] + danger["height"] < min(740, box["y"]), "before the form, without scrolling"
    assert "Do not go back to look or to ask." in page.inner_text("main")
    assert "Such as: blue tablets in a bag" in page.inner_text("#sighting")
    look(page)
    count_presses(page)
    typed = {"product": "ten blue tablets in a bag", "words": "blues 10 for 20, hmu", "price_gbp": "20"}
    typed["quantity"] = "10"
    for name, text in typed.items():
        page.locator(f"[name={name}]").press_sequentially(text)
    fill_in(page)
    assert seconds_by_hand(page, *typed.values()) < 57, "and the button"
    page.click("button:has-text('Send it')")
    page.wait_for_selector("h1:has-text('Thank you')")
    page.click("text=Until then you can take it back")
    page.wait_for_selector("h1:has-text('Sightings')")
    look(page)
    page.click("button:has-text('Take back “ten blue')")
    page.wait_for_selector("text=still counts as named this month")
    assert not Waiting.objects.exists()


def test_what_has_to_be_put_right_is_said_beside_its_field(
    browser: Browser, live_server: LiveServer, nurse: Person
) -> None:
    page = window(browser, live_server, nurse)
    page.fill("[name=price_gbp]", "a tenner")
    page.click("button:has-text('Send it')")
    page.wait_for_selector("text=There is a problem")
    assert re.search(r"What was offered\? Fill this in", page.inner_text("main"))
    assert "Write a price in pounds" in page.inner_text("main")
    look(page)
