"""A resident speaks on the page in a real Chromium, against a real door: what the desk then reads, what is
shown when she comes back, and each screen. On a slow telephone she speaks in `test_whole_life_in_browser`.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from partnership import Worker
from residents import STORY, TELLING, WORDS, Visit

from lippen.site.speak.envelope import REPORT

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]


WORK = 72
"""Bytes of a challenge and its proof, before what is sealed."""

LANGUAGES = Path(__file__).parents[3] / "web" / "speak" / "languages"
LOGIN = "<!doctype html><title>Free wifi</title><p>Log in"
MAILBOX = 15_936


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
    assert (report["desk"], report["language"], report["number"]) == ("harbour", "", 1)
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

    strange = iter(
        [
            {"status": 200, "content_type": "text/html", "body": LOGIN},
            {"status": 200, "content_type": "text/html", "body": LOGIN.ljust(MAILBOX)},
            {"status": 200, "content_type": "application/octet-stream", "body": b""},
            {"status": 200, "content_type": "application/octet-stream", "body": bytes(MAILBOX - 1)},
            {"status": 206, "content_type": "application/octet-stream", "body": bytes(MAILBOX)},
            {"status": 200, "content_type": "application/octet-stream", "body": bytes(MAILBOX)},
        ]
    )
    again.page.route("**/mailbox/read", lambda route: route.fulfill(**next(strange)))
    again.press("back")
    again.press("first.return")
    again.page.get_by_role("textbox").fill(" ".join(words))
    for _ in range(5):
        again.press("return.look")
        again.waits_for("return.failed")
        assert again.heading() == WORDS["return.title"], "a wifi's own page is no empty mailbox"
    again.press("return.look")
    again.sees("answers.title")
    assert again.reads("answers.none")
    again.page.unroute("**/mailbox/read")
    again.press("back")
    again.come_back(words)

    # Whoever writes once more is led to the desk that answered; telling it anew leads to none.
    again.press("answers.more")
    again.sees("desk.title")
    assert again.reads("desk.again")
    assert again.page.get_by_label("Harbour Desk").is_checked()
    again.press("back")
    again.press("first.tell")
    again.sees("desk.title")
    assert again.reads("desk.help")
    assert again.page.locator("input:checked").count() == 0
    again.press("back")
    again.come_back(words)
    again.press("answers.destroy")
    again.press("answers.destroy.yes")
    again.sees("answers.destroyed")
    assert "do not use them again" in again.page.locator("main").inner_text()
    assert again.page.get_by_role("button").count() == 0, "nothing is written under them just after"


def text_chunk(png: bytes) -> bytes:
    at = png.index(b"tEXt") - 4
    return png[at : at + 12 + int.from_bytes(png[at : at + 4])]


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


def test_what_the_door_does_not_take_is_told_in_words_that_help(visit: Visit) -> None:
    resident = visit()
    resident.tell()
    statuses = iter((429, 403, 503, 200))
    sent: list[bytes] = []

    def answering(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.fulfill(status=next(statuses), content_type="text/html", body=LOGIN)

    resident.page.route("**/reports", answering)
    # A wifi that asks for a login answers in the door's place: then it is not the desk that has too much.
    for told in ("send.busy", "send.lost", "send.desk_full", "send.lost"):
        resident.press("send.again" if sent else "read.send")
        resident.waits_for(told)
        assert resident.reads("send.kept")
        assert resident.page.get_by_role("link", name="01632 960101").is_visible()
    work, sealed = zip(*((one[:WORK], one[WORK:]) for one in sent), strict=True)
    assert len(set(work)) == 4
    assert len(set(sealed)) == 1, "the same bytes again: a lost answer does not make two reports of one"
    assert len(sealed[0]) == 64 + REPORT


def test_she_can_want_no_answer_and_is_then_given_no_words(visit: Visit, worker: Worker) -> None:
    resident = visit()
    resident.begin()
    for screen in resident.questions(STORY):
        if screen == "photos":
            one = {"name": "canary.png", "mimeType": "image/png", "buffer": picture()}
            resident.page.set_input_files("input[type=file]", [one] * 3)
            resident.page.get_by_text("Photograph 3").wait_for()
            resident.page.set_input_files("input[type=file]", [one] * 2)
            resident.waits_for("photos.full")
            assert resident.page.locator("ul.list li").count() == 4
            while resident.page.locator("ul.list li").count() > 0:
                resident.page.locator("ul.list li button").first.click()
        if screen == "conditions":
            assert not resident.reads("conditions.again")
            resident.choose(WORDS["conditions.no_answer"])
            resident.choose(WORDS["conditions.together"])
            day = resident.page.get_by_label(WORDS["conditions.not_before"])
            latest = dt.datetime.now(dt.UTC).date() + dt.timedelta(60)
            for refused in ("2026-01-01", f"{latest + dt.timedelta(1)}", "2199-12-31"):
                day.fill(refused)
                resident.press("next")
                resident.waits_for("conditions.past")
            day.fill("")
            day.press_sequentially("13")  # half a day, which has no value
            resident.press("next")
            resident.waits_for("conditions.past")
            day.fill(f"{latest}")
    resident.press("read.send")
    resident.sees("done.title")
    assert resident.reads("done.one_way")
    (report,) = worker.reports()
    assert report["mailbox"] is None
    assert report["conditions"] == {"together": True, "not_to": ["police"], "not_before": f"{latest}"}


def test_she_can_write_once_more_under_the_same_receipt(visit: Visit, worker: Worker) -> None:
    resident = visit()
    assert resident.reads("first.note"), "that a desk passes things on, before anything is told"
    resident.tell()
    asked = resident.page.locator(".told", has_text=WORDS["read.conditions"]).locator("p")
    others = ["Council", "Housing association", "Health service"]
    assert asked.all_inner_texts() == [
        *(WORDS["conditions.not_to"], "Police"),
        *(WORDS["read.note"], *others),
    ], "silence lets them; each on a line of its own"
    resident.page.get_by_role("button", name=f"{WORDS['change']}: {WORDS['read.conditions']}").click()
    resident.page.get_by_label("Police", exact=True).uncheck()
    resident.press("next")
    resident.sees("read.title")
    assert resident.reads("read.default"), "she asks for nothing, and is not told that she does"
    headings = resident.page.get_by_role("heading", name=WORDS["read.conditions"], exact=True)
    assert headings.count() == 0
    resident.page.get_by_role("button", name=f"{WORDS['change']}: {WORDS['read.default']}").click()
    resident.choose("Police")
    resident.press("next")
    resident.sees("read.title")
    words = resident.send()
    (first,) = worker.reports()
    again = visit()
    again.come_back(words)
    assert "If you destroyed it, do not use these words again." in again.page.locator("main").inner_text()
    again.press("answers.more")
    again.sees("desk.title")
    assert again.reads("desk.again")
    assert again.page.locator("input:checked").count() == 0, "nobody answered: the page cannot know which"
    again.choose("Harbour Desk")
    again.press("next")
    again.sees("what.title")
    for screen in again.questions("One thing more."):
        if screen == "conditions":
            assert again.reads("conditions.note")
            assert again.reads("conditions.again"), "the page cannot know what she asked for the first time"
            assert again.page.get_by_label("Police").is_checked() is False
    assert again.reads("read.answer.same")
    assert again.reads("read.number", number="2"), "the desk will see that it is the second"
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
        "": "return.count",
        "abacus abide": "return.count",
        "abacus " * 9: "return.count",
        "abacus " * 8: "return.mistake",
        "1234": "return.count",
        "9" * 28: "return.mistake",
        "9" * 29: "return.count",
    }
    for typed, told in slips.items():
        resident.page.get_by_role("textbox").fill(typed)
        resident.press("return.look")
        resident.waits_for(told)
    resident.page.get_by_role("textbox").fill("abacus abide <b>nonsense</b> zoom zoom zoom zoom")
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
            for _ in ("from my flat", "I was the only one there"):
                resident.page.get_by_role("button", name=WORDS["hints.drop"]).first.click()
            # She said that it was on a stair: few know that, however she puts the rest.
            assert resident.page.locator("strong").inner_text() == WORDS["hints.band.few"]
            resident.page.get_by_role("button", name=WORDS["hints.keep"]).click()
            assert resident.page.locator(".hint").count() == 0
            assert resident.reads("hints.band.few"), "what she kept still tells it"
            assert resident.reads("hints.band.kept"), "and it is said why few could know it"
            assert not resident.reads("hints.clear"), "something was found"
            resident.press("hints.off")
            assert resident.page.locator(".hint, strong").count() == 0
            assert {url.rpartition("/")[2] for url in asked} <= {"challenge"}, "it happens on the telephone"
    told = resident.page.locator(".told", has_text=WORDS["read.text"]).inner_text()
    assert "in the evening someone saw it." in told
    assert "22:41" not in told
    assert "only one" not in told


def test_a_name_goes_with_its_kin_word_and_without_a_place_no_number_is_told(visit: Visit) -> None:
    resident = visit()
    resident.begin()
    for title, answer in (
        ("what.title", "what.selling"),
        ("where.title", ""),
        ("when.title", "when.month"),
        ("going_on.title", "going_on.yes"),
    ):
        resident.sees(title)
        if answer:
            resident.choose(WORDS[answer])
        resident.press("next")
    resident.sees("text.title")
    resident.page.get_by_role("textbox").fill("My brother Tam sells.")
    resident.press("next")
    resident.sees("hints.title")
    assert resident.page.locator("strong").inner_text() == WORDS["hints.band.few"]
    resident.page.get_by_role("button", name="Write “someone” instead").click()
    assert resident.page.locator(".hint").count() == 0
    assert not resident.reads("hints.clear"), "something was found in this text"
    assert resident.reads("hints.band.nowhere")
    assert resident.page.locator("strong").count() == 0
    resident.press("back")
    field = resident.page.get_by_role("textbox")
    assert field.input_value() == "someone sells."
    field.fill("They sell.")
    resident.press("next")
    assert resident.reads("hints.clear")


def test_the_language_is_told_only_when_she_asks_for_it_and_the_last_look_says_so(
    visit: Visit, worker: Worker
) -> None:
    """Where few speak a language, it points at whoever reads the page in it."""
    polish = json.loads((LANGUAGES / "pl.json").read_text("utf-8"))
    page = visit().page
    assert page.get_by_role("link", name="0800 1111").is_visible(), "a number for children"
    page.get_by_role("button", name="Polski").click()
    page.get_by_role("button", name=polish["first.tell"], exact=True).click()
    page.get_by_label("Harbour Desk", exact=True).check()
    for title in ("what.title", "where.title", "when.title", "going_on.title", "text.title"):
        page.get_by_role("button", name=polish["next"], exact=True).click()
        page.get_by_role("heading", name=polish[title], exact=True).wait_for()
        if title != "text.title":
            page.locator("input[type=radio]").first.check()
    for title in ("hints.title", "photos.title", "conditions.title"):
        page.get_by_role("button", name=polish["next"], exact=True).click()
        page.get_by_role("heading", name=polish[title], exact=True).wait_for()
    ask = page.get_by_label(polish["conditions.language"], exact=True)
    assert not ask.is_checked()
    ask.check()
    page.get_by_role("button", name=polish["next"], exact=True).click()
    page.get_by_role("heading", name=polish["read.title"], exact=True).wait_for()
    told = page.locator(".told", has_text=polish["first.language"])
    assert "Polski" in told.inner_text()
    page.get_by_role("button", name=polish["read.send"], exact=True).click()
    page.get_by_role("heading", name=polish["receipt.title"], exact=True).wait_for()
    (report,) = worker.reports()
    assert report["language"] == "pl"
