"""A resident tells what is for sale on the page in a real Chromium: few presses, accounts and numbers taken
out as she types, and from outside a report like any other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from by_hand import count_presses, seconds_by_hand
from partnership import Worker
from residents import WORDS, Resident, Visit

from accessible import COLOURS, WCAG, violations
from lippen.site.speak.envelope import REPORT

if TYPE_CHECKING:
    from playwright.sync_api import Request

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]

LANGUAGES = Path(__file__).parents[3] / "web" / "speak" / "languages"
AROUND = 40 + 32 + 16 + 16 + 32
"""Bytes beside a sealed report: challenge, proof, desk, mailbox, verifier."""


def tell(resident: Resident, **lines: str) -> list[str]:
    """Say what is for sale, to the last look; gives the name of each screen."""
    seen = []

    def on(title: str) -> None:
        resident.press("next")
        resident.sees(title)
        seen.append(title)

    resident.begin()
    resident.choose(WORDS["what.offer"])
    on("offer.title")
    for line, text in lines.items():
        resident.page.get_by_label(WORDS[f"offer.{line}"], exact=True).fill(text)
    resident.choose(WORDS["where.social"])
    on("where.title")
    resident.choose("Old Town")
    assert resident.page.get_by_text(WORDS["where.near"]).count() == 0, "it was asked how it is sold"
    on("when.title")
    resident.choose(WORDS["when.week"])
    on("hints.title")
    on("read.title")
    return seen


def test_what_is_for_sale_is_told_in_seven_screens_and_goes_as_any_report(
    visit: Visit, worker: Worker
) -> None:
    resident = visit()
    sent: list[Request] = []
    resident.page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    count_presses(resident.page)
    lines = {"product": "blue tablets", "words": "new in 🔌 ❄️", "price": "£20", "quantity": "ten"}
    tell(resident, **lines)
    assert seconds_by_hand(resident.page, *lines.values()) < 60
    assert resident.page.locator(".step").inner_text() == WORDS["step"].format(number=7, of=7)
    look = resident.page.locator("main").inner_text()
    for line in ("What it is: blue tablets", "Price: £20", "On social media"):
        assert line in look
    asked = resident.page.locator(".told", has_text=WORDS["conditions.title"])
    assert WORDS["conditions.note"] in asked.inner_text(), "who can see it unless she says no"
    asked.get_by_label("Police", exact=True).check()
    assert WORDS["going_on.title"] not in look
    resident.send()
    (report,) = worker.reports()
    assert report["answers"] == {
        **{"what": "offer", "where": "Old Town/social", "when": "week", "going_on": ""},
    }
    assert report["conditions"]["not_to"] == ["police"], "asked on the last look, without a screen of its own"
    assert report["text"] == "blue tablets\nnew in 🔌 ❄️\n£20\nten"
    (post,) = [one for one in sent if one.url.endswith("/reports")]
    assert len(post.post_data_buffer or b"") == AROUND + REPORT, "as of every report"


def test_the_steps_are_counted_once_the_way_is_known(visit: Visit) -> None:
    resident = visit()
    said = resident.page.locator(".step")
    resident.begin()
    assert said.inner_text() == "Step 2", "seven or ten come, by what she chooses"
    resident.choose(WORDS["what.offer"])
    resident.press("next")
    resident.sees("offer.title")
    assert said.inner_text() == "Step 3 of 7"


def test_accounts_and_numbers_are_taken_out_as_she_types(visit: Visit, worker: Worker) -> None:
    resident = visit()
    resident.begin()
    resident.choose(WORDS["what.offer"])
    resident.press("next")
    resident.sees("offer.title")
    resident.press("next")
    assert resident.reads("offer.none"), "something has to be said"
    words = resident.page.get_by_label(WORDS["offer.words"], exact=True)
    words.press_sequentially("blues add @wee.otter ")
    assert words.input_value() == "blues add … "
    words.press_sequentially("or ring 07700 900123 now")
    assert words.input_value() == "blues add … or ring … now"
    words.press_sequentially(" snap: weeotter99")
    assert words.input_value().endswith("snap: weeotter99"), "it may go on"
    price = resident.page.get_by_label(WORDS["offer.price"], exact=True)
    price.press_sequentially("5 10 20 50 100")
    assert words.input_value() == "blues add … or ring … now …", "the field was left"
    assert price.input_value() == "5 10 20 50 100"
    resident.choose(WORDS["where.dark"])
    resident.page.get_by_label(WORDS["offer.quantity"], exact=True).press_sequentially("t.me/wee.otter")
    # A press by script leaves no field: the look before the next screen takes it out all the same.
    resident.page.get_by_role("button", name=WORDS["next"], exact=True).evaluate("one => one.click()")
    resident.sees("where.title")
    for title in ("when.title", "hints.title"):
        resident.press("next")
        if title == "hints.title":
            resident.choose(WORDS["when.month"])
            resident.press("next")
        resident.sees(title)
    resident.press("next")
    resident.sees("read.title")
    resident.send()
    (report,) = worker.reports()
    assert report["text"] == "\nblues add … or ring … now …\n5 10 20 50 100\n…"
    assert "otter" not in json.dumps(report)


def test_how_it_is_sold_can_stay_untold(visit: Visit, worker: Worker) -> None:
    resident = visit()
    resident.begin()
    resident.choose(WORDS["what.selling"])
    resident.press("next")
    resident.sees("where.title")
    resident.choose(WORDS["where.street"])
    resident.press("back")
    resident.sees("what.title")
    resident.choose(WORDS["what.offer"])
    resident.press("next")
    resident.sees("offer.title")
    unsaid = resident.page.get_by_label(WORDS["offer.unsaid"], exact=True)
    assert unsaid.is_checked(), "what kind of place it was is no answer to how it is sold"
    resident.choose(WORDS["where.street"])
    unsaid.check()
    product = resident.page.get_by_label(WORDS["offer.product"], exact=True)
    product.fill("tablets at flat 2/1 and 22 Lintbrae Close")
    resident.press("next")
    resident.sees("where.title")
    resident.press("next")
    resident.sees("when.title")
    resident.choose(WORDS["when.unsaid"])
    resident.press("next")
    resident.sees("hints.title")
    for _ in range(2):  # of something for sale no smaller place than the area is proposed
        resident.page.get_by_role("button", name=WORDS["hints.drop"], exact=True).first.click()
    assert resident.page.locator(".hint").count() == 0
    resident.press("next")
    resident.sees("read.title")
    resident.send()
    (report,) = worker.reports()
    assert report["answers"]["where"] == "/"
    assert report["text"] == "tablets at and"


def test_she_can_add_her_own_words_and_say_that_it_is_about_something_else(
    visit: Visit, worker: Worker
) -> None:
    resident = visit()
    tell(resident, product="pills from my brother", quantity="ten")
    resident.page.get_by_role("button", name=f"{WORDS['change']}: {WORDS['read.text']}").click()
    resident.sees("text.title")
    field = resident.page.get_by_role("textbox")
    assert field.input_value() == "", "the lines of the offer stand elsewhere"
    field.fill("They come at night.")
    resident.press("next")
    resident.sees("hints.title")
    assert resident.page.locator(".hint").count() == 1
    resident.page.get_by_role("button", name="someone", exact=False).click()
    resident.press("next")
    resident.sees("read.title")
    assert "What it is: pills from someone" in resident.page.locator("main").inner_text()
    resident.page.get_by_role("button", name=f"{WORDS['change']}: {WORDS['what.title']}").click()
    resident.choose(WORDS["what.threat"])
    resident.press("next")
    resident.sees("read.title")
    resident.send()
    (report,) = worker.reports()
    assert report["answers"]["what"] == "threat"
    assert report["text"] == "pills from someone\n\n\nten\nThey come at night."


@pytest.mark.parametrize("language", ["pl", "ar"])
def test_in_another_language_what_is_sealed_says_nothing_of_it(
    visit: Visit, worker: Worker, language: str
) -> None:
    said = json.loads((LANGUAGES / f"{language}.json").read_text("utf-8"))
    page = visit().page
    page.get_by_role("button", name={"pl": "Polski", "ar": "العربية"}[language]).click()
    page.get_by_role("button", name=said["first.tell"], exact=True).click()
    page.get_by_label("Harbour Desk", exact=True).check()

    def on(title: str) -> None:
        page.get_by_role("button", name=said["next"], exact=True).click()
        page.get_by_role("heading", name=said[title], exact=True).wait_for()

    on("what.title")
    page.get_by_label(said["what.offer"], exact=True).check()
    on("offer.title")
    page.get_by_label(said["offer.product"], exact=True).fill("10 x 5 mg")
    page.get_by_label(said["where.shop"], exact=True).check()
    page.evaluate("scrollTo(0, 0)")  # what the way out covers half counts as too small
    assert violations(page, WCAG) == []
    on("where.title")
    on("when.title")
    page.get_by_label(said["when.month"], exact=True).check()
    on("hints.title")
    on("read.title")
    assert f"{said['offer.product']}: 10 x 5 mg" in page.locator("main").inner_text()
    page.get_by_role("button", name=said["read.send"], exact=True).click()
    page.get_by_role("heading", name=said["receipt.title"], exact=True).wait_for()
    (report,) = worker.reports()
    assert (report["text"], report["language"]) == ("10 x 5 mg", "")


def test_the_screen_of_an_offer_is_whole_for_everybody(visit: Visit) -> None:
    resident = visit()
    resident.begin()
    resident.choose(WORDS["what.offer"])
    resident.press("next")
    resident.sees("offer.title")
    page = resident.page
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    for width in (320, 180):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    for field in page.get_by_role("textbox").all():
        for kept, value in (("autocomplete", "off"), ("spellcheck", "false")):
            assert field.get_attribute(kept) == value
