"""A resident speaks on the page in a real Chromium, against a real door: what the desk then reads, what is
shown when she comes back, and each screen. On a slow telephone she speaks in `test_whole_life_in_browser`.
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import partnership
import pytest
from doors import OpenDoor, open_door
from envelopes import desk_id
from partnership import LEAVE, Worker
from residents import STORY, TELLING, WORDS, Resident

from accessible import COLOURS, WCAG, stops, violations
from lippen.site.speak.page import BUILT
from lippen.site.speak.store import FILE, Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

TODAY = dt.datetime.now(dt.UTC).date()
Visit = Callable[..., Resident]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDoor]:
    """A door with the page that is shipped and a partnership that has published."""
    place = tmp_path_factory.mktemp("speaking")
    (place / "workspace").mkdir(mode=0o700)
    (place / "page").symlink_to(BUILT)
    partnership.publish(place / "workspace", TODAY)
    with open_door(place) as opened:
        yield opened


@pytest.fixture(autouse=True)
def worker(door: OpenDoor) -> Iterator[Worker]:
    """Whoever opens what comes to the harbour's desk. What is left there is taken away."""
    one = Worker("harbour", Store(door.workspace / FILE))
    yield one
    for waiting in one.store.waiting(desk_id(one.desk)):
        one.store.remove(desk_id(one.desk), waiting.id)


@pytest.fixture
def visit(browser: Browser, door: OpenDoor) -> Iterator[Visit]:
    """Opens the page in a browser of its own. What leads out of this machine is answered here, and noted."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def go(opened: bool = True, **settings: Any) -> Resident:
        context = browser.new_context(**{"viewport": {"width": 360, "height": 640}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        context.route(
            LEAVE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
        )
        resident = Resident(page)
        if opened:
            resident.open(address_of(door))
        return resident

    yield go
    for context in contexts:
        context.close()
    assert errors == []


def address_of(door: OpenDoor) -> str:
    return f"http://localhost:{door.port}/"


def picture() -> bytes:
    """A small PNG with a canary in its text."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\1\2" * 2)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", b"Location\0canary of Fisher Row")
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def test_what_she_says_is_what_the_desk_opens_and_its_answer_is_what_she_reads(
    visit: Visit, worker: Worker
) -> None:
    """Opened and answered by another library than the one that runs in the browser."""
    resident = visit()
    resident.begin()
    for screen in resident.questions(STORY):
        if screen == "photos":
            resident.page.set_input_files(
                "input[type=file]", {"name": "canary.png", "mimeType": "image/png", "buffer": picture()}
            )
            resident.page.get_by_text("Photograph 1").wait_for()
    words = resident.send()

    (report,) = worker.reports()
    assert report["text"] == STORY
    assert report["answers"] == {
        "what": "selling",
        "where": "Old Town/stair",
        "when": "month",
        "going_on": "yes",
    }
    assert report["conditions"] == {"together": False, "not_to": ["police"], "not_before": None}
    assert (report["desk"], report["language"], report["number"]) == ("harbour", "en", 1)
    (photograph,) = report["photographs"]
    assert b"canary" in picture()
    assert worker.photograph(photograph) == picture().replace(text_chunk(picture()), b"")

    worker.answer(report, "Thank you. <i>We</i> have read it.")
    worker.answer(report, "This is not from the desk.", signed_by="hillhead")
    again = visit()
    again.come_back(words[:7])
    assert again.page.get_by_text("Thank you. <i>We</i> have read it.").is_visible()
    assert again.page.get_by_text("not from the desk").count() == 0
    assert STORY not in again.page.content()


def text_chunk(png: bytes) -> bytes:
    at = png.index(b"tEXt") - 4
    return png[at : at + 12 + int.from_bytes(png[at : at + 4])]


def leave_by_key(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(LEAVE)


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
        resident.page.wait_for_function("document.activeElement.localName === 'h1'")
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
    leave_by_key(page)


def press_with_keys(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by the tab key")


def test_leaving_wipes_what_was_written(visit: Visit, door: OpenDoor) -> None:
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
    page.wait_for_function("document.querySelector('main').textContent === ''")
    assert page.locator("textarea, input, button").count() == 0
    page.wait_for_function("localStorage.length === 0")
    assert {f"{address_of(door)}leave", LEAVE} <= set(asked), "the first tells the browser to keep nothing"


def test_without_script_it_says_what_it_cannot_do_and_has_nothing_to_write_in(
    browser: Browser, door: OpenDoor
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(address_of(door))
    assert page.get_by_text("Without JavaScript this page cannot protect what you write.").is_visible()
    assert page.get_by_role("link", name="999").is_visible()
    for way in ("Call it.", "Visit it when it is open.", "Post a letter."):
        assert page.get_by_text(way).is_visible()
    assert page.locator("form, input, textarea, button, select, [contenteditable]").count() == 0
    assert page.get_by_role("link", name="Leave this page").get_attribute("href") == "/leave"
    context.close()


def test_on_a_lost_network_nothing_is_lost_and_trying_again_sends_it_once(
    visit: Visit, worker: Worker
) -> None:
    resident = visit()
    resident.tell()
    resident.page.context.set_offline(True)
    resident.press("read.send")
    resident.sees("send.failed")
    assert resident.reads("send.lost")
    assert resident.page.get_by_role("link", name="01632 960101").is_visible()
    resident.press("send.read")
    resident.sees("read.title")
    assert resident.page.get_by_text(STORY).is_visible()
    resident.press("read.send")
    resident.sees("send.failed")
    assert worker.reports() == []
    resident.page.context.set_offline(False)
    resident.press("send.again")
    resident.sees("receipt.title")
    assert [report["text"] for report in worker.reports()] == [STORY]


def answering(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status)


def test_what_the_door_does_not_take_is_told_in_words_that_help(visit: Visit) -> None:
    resident = visit()
    resident.tell()
    again = "read.send"
    for status, told in {429: "send.busy", 403: "send.busy", 503: "send.desk_full", 500: "send.busy"}.items():
        resident.page.unroute("**/reports")
        resident.page.route("**/reports", answering(status))
        resident.press(again)
        resident.waits_for(told)
        assert resident.reads("send.kept")
        again = "send.again"


def test_she_can_want_no_answer_and_is_then_given_no_words(visit: Visit, worker: Worker) -> None:
    resident = visit()
    resident.begin()
    for screen in resident.questions(STORY):
        if screen == "conditions":
            resident.choose(WORDS["conditions.no_answer"])
            resident.choose(WORDS["conditions.together"])
            resident.page.get_by_label(WORDS["conditions.not_before"]).fill("2026-01-01")
            resident.press("next")
            assert resident.reads("conditions.past")
            resident.page.get_by_label(WORDS["conditions.not_before"]).fill("2199-12-31")
    resident.press("read.send")
    resident.sees("done.title")
    assert resident.reads("done.one_way")
    (report,) = worker.reports()
    assert report["mailbox"] is None
    assert report["conditions"] == {"together": True, "not_to": ["police"], "not_before": "2199-12-31"}


def test_she_can_write_once_more_under_the_same_receipt(visit: Visit, worker: Worker) -> None:
    resident = visit()
    resident.tell()
    words = resident.send()
    (first,) = worker.reports()
    again = visit()
    again.come_back(words)
    again.press("answers.more")
    again.sees("desk.title")
    again.choose("Harbour Desk")
    again.press("next")
    again.sees("what.title")
    for _ in again.questions("One thing more."):
        pass
    assert again.reads("read.answer.same")
    again.press("read.send")
    again.sees("done.title")
    assert again.reads("done.same")
    (more,) = [report for report in worker.reports() if report["text"] == "One thing more."]
    assert (more["number"], more["mailbox"]) == (2, first["mailbox"])


def test_slips_in_the_words_are_found_before_anything_is_asked(visit: Visit) -> None:
    resident = visit()
    asked: list[str] = []
    resident.press("first.return")
    resident.sees("return.title")
    resident.page.on("request", lambda request: asked.append(request.url))
    slips = {
        "": "return.short",
        "abacus abdomen": "return.short",
        "abacus " * 9: "return.long",
        "abacus " * 8: "return.mistake",
        "1234": "return.short",
        "9" * 28: "return.mistake",
    }
    for typed, told in slips.items():
        resident.page.get_by_role("textbox").fill(typed)
        resident.press("return.look")
        resident.waits_for(told)
    resident.page.get_by_role("textbox").fill("abacus abdomen <b>nonsense</b> zoom zoom zoom zoom")
    resident.press("return.look")
    assert resident.page.get_by_text(WORDS["return.unknown"].format(word="b")).is_visible()
    assert asked == []


def test_hints_change_the_text_in_one_press_and_can_be_turned_off(visit: Visit) -> None:
    resident = visit()
    resident.begin()
    asked: list[str] = []
    resident.page.on("request", lambda request: asked.append(request.url))
    for screen in resident.questions(TELLING):
        if screen == "hints":
            assert resident.page.locator(".hint").count() == 5
            assert resident.reads("hints.band.few")
            resident.page.get_by_role("button", name="Write “in the evening” instead").click()
            resident.page.get_by_role("button", name="Write “someone” instead").click()
            resident.page.get_by_role("button", name=WORDS["hints.drop"]).click()
            resident.page.get_by_role("button", name="Write “a home” instead").click()
            # She said that it was on a stair: few know that, however she puts the rest.
            assert resident.page.locator("strong").inner_text() == WORDS["hints.band.few"]
            resident.page.get_by_role("button", name=WORDS["hints.keep"]).click()
            assert resident.page.locator(".hint").count() == 0
            resident.press("hints.off")
            assert resident.page.locator(".hint, strong").count() == 0
            assert asked == [], "all of it happens on the telephone"
    told = resident.page.locator(".told", has_text=WORDS["read.text"]).inner_text()
    assert "in the evening someone saw it from a home." in told
    assert "22:41" not in told
    assert "only one" not in told


Change = Callable[[Path], None]


@pytest.mark.parametrize(
    ("change", "ways"),
    [
        (lambda folder: partnership.alter(folder / "manifest.json"), False),
        (lambda folder: (folder / "manifest.json").write_text("{}"), False),
        (lambda folder: partnership.publish(folder.parent, TODAY - dt.timedelta(60)), True),
    ],
    ids=["altered", "no manifest", "run out"],
)
def test_a_manifest_that_does_not_hold_ends_it_and_tells_other_ways(
    visit: Visit, door: OpenDoor, tmp_path: Path, change: Change, ways: bool
) -> None:
    partnership.publish(tmp_path, TODAY)
    change(tmp_path / "speak")
    body = (tmp_path / "speak" / "manifest.json").read_bytes()
    resident = visit(opened=False)
    resident.page.route("**/manifest.json", lambda route: route.fulfill(body=body))
    resident.page.goto(address_of(door))
    resident.sees("refused.title")
    assert resident.reads("refused.manifest")
    assert resident.reads("refused.else")
    assert resident.page.get_by_role("link", name="999").is_visible()
    assert resident.page.get_by_role("link", name="01632 960101").count() == ways
    assert resident.page.locator("button, input, textarea").count() == 0, "there is nothing to go on with"


def test_keys_of_a_desk_that_are_not_the_signed_ones_are_not_used(visit: Visit) -> None:
    resident = visit()

    def others(route: Route) -> None:
        body = route.fetch().body()
        route.fulfill(body=body.replace(b"AA", b"AB", 1) if b"AA" in body else body + b" ")

    resident.page.route("**/desks/harbour.json", others)
    resident.press("first.tell")
    resident.sees("desk.title")
    resident.choose("Harbour Desk")
    resident.press("next")
    resident.waits_for("refused.desk")
    assert resident.heading() == WORDS["desk.title"]
    resident.choose("Hillhead Women’s Desk")
    resident.press("next")
    resident.sees("what.title")


def test_a_desk_whose_keys_have_run_out_cannot_be_chosen(
    visit: Visit, door: OpenDoor, tmp_path: Path
) -> None:
    partnership.publish(tmp_path, TODAY, until={"harbour": TODAY})
    body = (tmp_path / "speak" / "manifest.json").read_bytes()
    resident = visit(opened=False)
    resident.page.route("**/manifest.json", lambda route: route.fulfill(body=body))
    resident.open(address_of(door))
    resident.press("first.tell")
    resident.sees("desk.title")
    assert resident.page.get_by_role("radio").count() == 1
    resident.press("back")
    resident.press("first.ways")
    assert resident.page.get_by_role("link", name="01632 960101").is_visible(), "it can still be called"


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
