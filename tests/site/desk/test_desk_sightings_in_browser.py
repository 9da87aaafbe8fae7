"""A sighting in two workers' browsers: what a resident told of something for sale stands in the fields, the
gate looks over each, a second person signs the very words, and it goes on as a signal among others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from open_desks import open_desk, own_store, receive
from people_factory import make_colleague, make_organisation
from test_desk_in_browser import found_on_disk, make_key, sealed, unlock, window

from accessible import WCAG, violations
from lippen.site.desk import releasing
from lippen.site.desk.models import Log
from lippen.site.insight.holding import hold_for
from lippen.site.sightings.models import Waiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from lippen.site.accounts.models import Organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CANARY = "quinquireme"


class Desk:
    """A desk with two workers at their browsers, and an organisation that takes sightings."""

    def __init__(self, browser: Browser, live_server: LiveServer) -> None:
        group = make_organisation("community-group")
        self.homes: Organisation = make_organisation("housing", name="Homes")
        ann, bel = make_colleague(group, "desk"), make_colleague(group, "desk")
        self.site, self.organisation = live_server.url, group.ref
        self.desk = open_desk(group)
        hold_for(self.homes.ref, "trade")
        self.first, self.second = (window(browser, live_server, one) for one in (ann, bel))
        self.words = [make_key(one, self.site) for one in (self.first, self.second)]

    def comes(self, text: str, where: str = "Harbour/social", when: str = "week", **conditions: Any) -> None:
        """A report on something for sale comes in, and the first worker opens it."""
        told = {"together": False, "not_to": [], "not_before": None} | conditions
        answers = {"what": "offer", "where": where, "when": when, "going_on": ""}
        head = {"v": 1, "kind": "report", "desk": "braeside", "number": 1, "language": ""}
        body = {"answers": answers, "text": text, "conditions": told, "mailbox": None, "photographs": []}
        ident = receive(self.desk, timezone.localdate(), sealed(json.dumps(head | body)))
        self.first.goto(f"{self.site}/desk/reports/{ident}/")
        unlock(self.first, self.words[0])
        self.first.click("#sighting > summary")


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer) -> Iterator[Desk]:
    made = Desk(browser, live_server)
    yield made
    for page in (made.first, made.second):
        page.context.close()
    own_store().file.unlink()


def look(page: Page) -> str:
    """What the gate says of the sighting as it stands, once all that one may tick is ticked."""
    page.click("#sighting form button")
    page.wait_for_selector("#sighting-gate:not([hidden])")
    for tick in page.query_selector_all("#sighting-findings input"):
        tick.check()
    return page.inner_text("#sighting-findings")


def test_what_a_resident_told_is_cleaned_signed_and_goes_on_among_others(desk: Desk) -> None:
    first, second = desk.first, desk.second
    desk.comes(f"blue {CANARY} tablets\nask @wee.otter ❄️\n£35.5\n3.5 g\nMy brother buys it.")
    assert "What it is" in first.inner_text("#answers")
    assert first.inner_text("#words") == "My brother buys it.", "the rest is her own words"
    expected = {
        **{"product": f"blue {CANARY} tablets", "channel": "social", "words": "ask [handle] ❄"},
        **{"price": "35.50", "quantity": "3.5 g", "area": "Harbour"},
    }
    assert {name: first.input_value(f"#sighting_{name}") for name in expected} == expected
    assert violations(first, WCAG) == []
    first.fill("#sighting_words", "ask @wee.otter")
    assert "“@wee.otter”: In the words." in look(first)
    assert "Mend it: it cannot leave so." in first.inner_text("#sighting-findings")
    first.click("#keep-sighting")
    first.wait_for_selector("#said:has-text('Mend or tick each thing')")
    first.fill("#sighting_words", "new in ❄️")
    assert first.is_hidden("#sighting-gate"), "what was looked at is no longer what stands there"
    first.fill("#sighting_product", "blue tablets that his brother sells")
    assert "a second person has to let it stand" in look(first)
    first.fill("#sighting_product", "blue tablets")
    first.fill("#sighting_price", "35,50")
    first.click("#sighting form button")
    first.wait_for_selector(".field:has(#sighting_price) #missing >> text=35, or 35.50")
    first.fill("#sighting_price", "35.50")
    first.select_option("#sighting_area", "")
    first.click("#sighting form button")
    first.wait_for_selector(".field:has(#sighting_area) #missing")
    first.select_option("#sighting_area", "Harbour")
    assert "Say the whole town, or wait." in look(first)
    assert violations(first, WCAG) == []
    first.click("#keep-sighting")
    first.wait_for_selector("text=It is kept, sealed")
    assert found_on_disk(CANARY, "blue tablets", "wee.otter") == []

    second.goto(f"{desk.site}/desk/drafts/{Log.objects.get().ref}/")
    unlock(second, desk.words[1])
    parts = second.inner_text("#parts")
    for line in ("blue tablets", "new in ❄", "35.50", "3.5 g", "Harbour", "Homes"):
        assert line in parts
    assert "My brother buys it." in second.inner_text("#words"), "the report is beside it"
    second.click("#sign button")
    second.wait_for_selector("text=Tick each thing")
    for tick in second.query_selector_all("#findings input"):
        tick.check()
    assert violations(second, WCAG) == []
    second.click("#sign button")
    second.wait_for_selector("text=You signed it off")
    assert releasing.release_due(timezone.now() + timedelta(hours=73)) == 1
    waiting = Waiting.objects.get()
    assert (waiting.product, waiting.words, waiting.seen_by) == ("blue tablets", "new in ❄", "resident")
    assert (waiting.goes_to, waiting.larger_area, waiting.by) == (desk.homes.ref, "Harbour", "")
    assert not Log.objects.exists()
    assert found_on_disk(CANARY, "wee.otter") == []


def test_what_cannot_be_read_as_a_price_stands_beside_the_field_and_a_street_stops_it(desk: Desk) -> None:
    first = desk.first
    desk.comes("blue tablets\nsold in Lintbrae Close\na pound fifty", where="Harbour/")
    assert first.input_value("#sighting_price") == ""
    assert "“a pound fifty”" in first.inner_text(".field:has(#sighting_price)")
    assert first.input_value("#sighting_channel") == "", "the resident did not say how it is sold"
    assert violations(first, WCAG) == []
    first.select_option("#sighting_channel", "street")
    told = look(first)
    assert "“Lintbrae Close”: In the words. A street, a house or a flat." in told
    assert "Mend it: it cannot leave so." in told
    first.fill("#sighting_words", "")
    assert "Lintbrae" not in look(first)


def test_where_somebody_must_not_see_it_no_sighting_is_made_of_it(desk: Desk) -> None:
    first, second = desk.first, desk.second
    desk.comes("blue tablets", not_to=["police"])
    assert "carries no condition. Write a log, which does." in first.inner_text("#no-sighting")
    assert first.is_hidden("#sighting form")
    desk.comes("blue tablets", not_to=["housing"])
    assert "The resident said that Homes must not see it." in first.inner_text("#no-sighting")
    assert first.is_hidden("#sighting-goes")
    assert violations(first, WCAG) == []
    ident = first.url.rsplit("/", 2)[1]

    # What a page that was altered keeps all the same, the second one does not sign.
    week = f"{timezone.localdate() - timedelta(days=timezone.localdate().weekday())}"
    told = {"v": 1, "sighting": "offer", "product": "blue tablets", "channel": "shop", "words": ""}
    told |= {"price": "", "quantity": "", "area": "Harbour", "week": week, "not_before": None}
    told["holder"] = desk.homes.ref
    head = {"v": 1, "kind": "draft", "salt": "0" * 32, "content": json.dumps(told), "report": ident}
    kept = sealed(json.dumps(head | {"source_reason": "", "gain": ""}))
    draft = Log.objects.create(
        organisation=desk.organisation,
        report=ident,
        sealed=base64.b64encode(kept).decode(),
        commitment="0" * 64,
        written_by="somebody",
        written_at=timezone.now(),
        destroy_on=timezone.localdate() + timedelta(days=9),
    )
    second.goto(f"{desk.site}/desk/drafts/{draft.ref}/")
    unlock(second, desk.words[1])
    assert "The resident said that Homes must not see it." in second.inner_text("#findings")
    assert second.is_hidden("#sign")


def test_a_day_that_was_asked_for_is_kept(desk: Desk) -> None:
    first = desk.first
    day = timezone.localdate() + timedelta(days=9)
    desk.comes("blue tablets " * 10, where="Harbour/dark", when="month", not_before=f"{day}")
    assert first.input_value("#sighting_not_before") == f"{day}"
    assert first.input_value("#sighting_channel") == "dark web"
    first.click("#sighting form button")
    first.wait_for_selector(".field:has(#sighting_week) #missing >> text=where and when")
    first.select_option("#sighting_week", index=1)
    first.click("#sighting form button")
    first.wait_for_selector(".field:has(#sighting_product) #missing >> text=at most 120 characters")
    first.fill("#sighting_product", "blue tablets")
    assert "or later" not in look(first)
    first.evaluate("document.querySelector('#sighting_not_before').value = ''")
    assert "or later" in look(first)
    first.click("#keep-sighting")
    first.wait_for_selector("#said:has-text('Mend or tick each thing')")
    assert not Log.objects.exists()
