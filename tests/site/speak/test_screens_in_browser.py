"""Each screen of the resident's page in a real Chromium: for whom it can be used, and how one leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doors import OpenDoor
from partnership import LEAVE
from residents import STORY, TELLING, WORDS, Resident, Visit, address_of

from accessible import COLOURS, WCAG, stops, violations
from coming_true import comes_true

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]

TARGETS = """() => [...document.querySelectorAll('button, #leave, .option label, textarea, .field input')]
    .filter((one) => { const box = one.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
    .map((one) => one.textContent)"""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


def look(resident: Resident, screen: str) -> None:
    """What holds of every screen."""
    page = resident.page
    assert page.locator("h1").count() == 1, screen
    # The first screen leaves the tab key at the way out; every other is read out from its heading on.
    assert page.evaluate("document.activeElement.localName") == ("body" if screen == "first" else "h1"), (
        screen
    )
    assert page.title() == "Local information"
    assert page.get_by_role("link", name="999").is_visible(), screen
    assert page.locator("form, iframe, img, [style]").count() == 0
    assert page.evaluate("document.documentElement.translate") is False, (
        "a translator would be sent all of it"
    )
    assert page.evaluate(TARGETS) == [], screen
    assert remembered(page) == [], screen
    assert violations(page, WCAG) == [], screen
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == [], f"{screen}, dark"
    page.emulate_media(color_scheme="light")
    for width in (320, 180):  # 180 is a telephone of 360 at 200 %
        page.set_viewport_size({"width": width, "height": 640})
        assert not page.evaluate(SIDEWAYS), f"{screen} at {width}"
    page.set_viewport_size({"width": 360, "height": 640})
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")


def remembered(page: Page) -> list[str]:
    """Fields that let the browser remember, complete or check the spelling of what is written."""
    found = []
    for field in page.locator("textarea, input").all():
        kind = field.get_attribute("type")
        plain = kind in ("radio", "checkbox", "file")
        wanted = {"autocomplete": None if kind == "file" else "off"}
        if not plain:
            wanted |= {"spellcheck": "false", "autocorrect": "off", "name": None}
        found += [f"{kind}: {one}" for one, value in wanted.items() if field.get_attribute(one) != value]
    return found


def test_every_screen_is_accessible_in_light_and_dark_and_narrow(visit: Visit) -> None:
    resident = visit()
    look(resident, "first")
    for key in ("first.limits", "first.ways"):
        resident.press(key)
        comes_true(resident.page, "document.activeElement.localName === 'h1'")
        look(resident, key)
        resident.press("back")
    resident.press("first.tell")
    resident.sees("desk.title")
    look(resident, "desk")
    resident.choose("Harbour Desk")
    resident.press("next")
    resident.sees("what.title")
    for screen in resident.questions(TELLING):
        look(resident, screen)
    words = resident.send()
    look(resident, "receipt")
    resident.press("receipt.digits")
    look(resident, "digits")
    resident.press("receipt.words")
    resident.press("receipt.hide")
    look(resident, "check")
    resident.press("check.skip")
    look(resident, "done")
    back = visit()
    back.press("first.return")
    back.sees("return.title")
    look(back, "return")
    back.page.get_by_role("textbox").fill(" ".join(words))
    back.press("return.look")
    back.sees("answers.title")
    look(back, "answers")
    back.press("answers.destroy")
    look(back, "destroy")


def test_with_the_keyboard_alone_the_way_out_comes_first(visit: Visit) -> None:
    resident = visit()
    page = resident.page
    first, *others = stops(page)
    assert first["text"] == WORDS["leave"]
    assert all(one["outline"] == "solid" and one["width"] >= 3 for one in (first, *others))
    texts = [one["text"] for one in others]
    assert "999" in texts[0]
    assert WORDS["first.tell"] in texts
    assert resident.reads("leave.key")

    page.get_by_role("button", name=WORDS["first.tell"]).focus()
    page.keyboard.press("Enter")
    resident.sees("desk.title")
    for steps in (1, 2):  # the first desk's choice, its telephone, the next button
        page.keyboard.press("Tab")
        if steps == 1:
            page.keyboard.press("Space")
    press_with_keys(page, WORDS["next"])
    resident.sees("what.title")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.get_by_label(WORDS["what.selling"]).is_checked()
    press_with_keys(page, WORDS["back"])
    resident.sees("desk.title")
    assert page.get_by_label("Harbour Desk").is_checked(), "what was chosen is still there"
    page.keyboard.press("Escape")
    page.wait_for_timeout(2_100)
    page.keyboard.press("Escape")
    assert page.url != LEAVE, "once is no wish to leave"
    page.keyboard.press("Escape")
    page.wait_for_url(LEAVE)


def press_with_keys(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by the tab key")


def test_leaving_wipes_what_was_written(visit: Visit, page_door: OpenDoor) -> None:
    resident = visit()
    page = resident.page
    resident.begin()
    for screen in resident.questions(STORY):
        if screen == "hints":
            page.get_by_role("button", name=WORDS["back"]).click()
            resident.sees("text.title")
            break
    assert page.get_by_role("textbox").input_value() == STORY
    page.evaluate("localStorage.setItem('kept', 'by another version of the page')")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # Where she leaves to does not answer: the page stays, and has nothing left in it.
    page.context.unroute(LEAVE)
    page.context.route(LEAVE, lambda route: route.fulfill(status=204))
    page.get_by_role("link", name=WORDS["leave"]).click()
    comes_true(page, "document.querySelector('main').textContent === ''")
    assert page.locator("textarea, input, button").count() == 0
    comes_true(page, "localStorage.length === 0")
    assert {f"{address_of(page_door.port)}leave", LEAVE} <= set(asked), (
        "the first tells the browser to keep nothing"
    )


def test_without_script_it_says_what_it_cannot_do_and_has_nothing_to_write_in(
    browser: Browser, page_door: OpenDoor
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(address_of(page_door.port))
    assert page.get_by_text("Without JavaScript this page cannot protect what you write.").is_visible()
    assert page.get_by_role("link", name="999").is_visible()
    for way in ("Call it.", "Visit it when it is open.", "Post a letter."):
        assert page.get_by_text(way).is_visible()
    assert page.locator("form, input, textarea, button, select, [contenteditable]").count() == 0
    assert page.get_by_role("link", name="Leave this page").get_attribute("href") == "/leave"
    context.close()


def test_a_language_from_right_to_left_says_that_no_speaker_has_checked_it(visit: Visit) -> None:
    resident = visit()
    page = resident.page
    page.context.set_offline(True)
    page.get_by_role("button", name="العربية").click()
    resident.waits_for("first.not_loaded")
    page.context.set_offline(False)
    page.get_by_role("button", name="العربية").click()
    page.locator("html[dir=rtl][lang=ar]").wait_for(state="attached")
    assert page.locator(".unchecked").is_visible()
    assert violations(page, WCAG) == []
    assert page.locator("#leave").inner_text() == "اخرج من هذه الصفحة"
    page.locator("button.main").click()
    page.locator("input[type=radio]").first.check()
    box, words = (
        page.locator(".option input").first.bounding_box(),
        page.locator(".option label").first.bounding_box(),
    )
    assert box is not None
    assert words is not None
    assert box["x"] > words["x"] + words["width"] / 2, "the circle stands on the right"
    telephone = page.get_by_role("link", name="01632 960101")
    assert telephone.evaluate("one => getComputedStyle(one).direction") == "ltr", "digits keep their order"
    page.set_viewport_size({"width": 320, "height": 640})
    assert not page.evaluate(SIDEWAYS)
    page.locator("button.main").click()
    page.locator("fieldset").wait_for()
    assert page.locator(".unchecked").is_visible(), "on every screen"
