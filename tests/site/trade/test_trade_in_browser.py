"""The room Trade in a real Chromium: nothing for axe to object to in either theme, nothing off a narrow
screen, nothing that the policy refuses, and a word answered by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from django.conf import settings
from trade_people import PAGES, People, alter, table

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, violations
from lippen.results import TRADE_ALARMS, TRADE_CHANNELS, TRADE_PRICE_SHIFTS, TRADE_TERMS
from lippen.site.trade.found import term_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, NARROW = 1280, 320


@pytest.fixture
def noted() -> list[str]:
    """What the policy refused, and what went wrong in scripts."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, people: People, noted: list[str]) -> Iterator[Page]:
    """A window in which an analyst of the holder is signed in."""
    name = settings.SESSION_COOKIE_NAME
    session = people.client("ann").cookies[name].value
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, base_url=live_server.url)
    context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    opened = context.new_page()
    opened.on("console", lambda line: "Content Security" in line.text and noted.append(line.text))
    opened.on("pageerror", lambda error: noted.append(str(error)))
    yield opened
    context.close()


def look(page: Page, path: str) -> None:
    """Open a page at both widths, light and dark."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(path)
        page.evaluate(UNFOLD)
        page.evaluate(PLAIN)
        assert violations(page, WCAG) == [], f"{path} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
        page.emulate_media(color_scheme="dark")
        assert violations(page, COLOURS) == [], f"{path} at {width}, dark"


def _first(**said: object) -> object:
    def changed(rows: pa.Table) -> pa.Table:
        first, *rest = rows.to_pylist()
        return pa.Table.from_pylist([{**first, **said}, *rest], rows.schema)

    return changed


def test_nothing_is_wrong_with_any_page_of_the_room(page: Page, trade_lake: Path, noted: list[str]) -> None:
    alter(
        trade_lake,
        {
            TRADE_ALARMS: _first(alarm=True, expected=0.4, upper=2.0),
            TRADE_CHANNELS: _first(change=0.25, low=0.12, high=0.37, moves=True),
            TRADE_PRICE_SHIFTS: _first(change=0.3, shifted=True),
            TRADE_TERMS: _first(alike_answered=12, alike_right=3, right_low=0.09, right_high=0.53),
        },
    )
    word = f"/trade/words/{term_id(table(trade_lake, TRADE_TERMS)[0]['term'])}/"
    page.goto(word)
    page.click("button:has-text('Keep my answer')")
    assert "Choose one, or go back to the list" in page.inner_text("main")
    page.get_by_label("A new term of the trade").check()
    page.select_option("select", "ketamine")
    page.click("button:has-text('Keep my answer')")
    assert "Your answer is kept" in page.inner_text("main")
    for path in (*PAGES, word, f"{word}take-back/", "/trade/prices/?substance=cannabis", "/trade/areas/?x=1"):
        look(page, path)
    assert noted == []


def test_whoever_is_refused_reads_why(page: Page, people: People) -> None:
    people.held_by("housing")
    look(page, "/trade/")
    assert "Invermarrow Homes holds the adverts and sightings here" in page.inner_text("main")
