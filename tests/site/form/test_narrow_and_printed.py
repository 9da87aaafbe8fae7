"""Tables of a narrow screen, what stands before the title there, and what paper shows, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from people_factory import acting_as, make_colleague, make_organisation, signed_in
from playwright.sync_api import expect

from lippen.site.register.models import Act, Entry
from lippen.site.register.sealer import seal_once
from lippen.site.register.services import enter_reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from lippen.site.accounts.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ailsa() -> Person:
    homes = make_organisation("housing", name="Homes of the Harbour")
    make_colleague(homes, "worker", name="Bob Orr")
    return make_colleague(homes, "administrator", name="Ailsa Reid")


@pytest.fixture
def narrow(browser: Browser, live_server: LiveServer, ailsa: Person) -> Iterator[Page]:
    """A screen of 360 by 740, on which an administrator is signed in."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    cookie = signed_in(ailsa).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/people/", "/register/", "/organisations/", "/programs/"])
def test_a_narrow_table_shows_each_cell_whole_and_says_its_column(narrow: Page, path: str) -> None:
    narrow.goto("/people/")
    narrow.goto(path)
    outside = (
        "[...document.querySelectorAll('td, td a')].filter(e => e.getBoundingClientRect().right > 360).length"
    )
    assert narrow.evaluate(outside) == 0
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_narrow_row_still_is_a_row_of_a_table_to_a_screen_reader(narrow: Page) -> None:
    narrow.goto("/organisations/")
    homes = narrow.get_by_role("row", name="Homes of the Harbour")
    expect(homes.get_by_role("rowheader", name="Homes of the Harbour")).to_be_visible()
    heads = narrow.get_by_role("columnheader").all_inner_texts()
    cell = homes.get_by_role("cell").first
    assert cell.get_attribute("data-column") in heads
    said = cell.evaluate("e => getComputedStyle(e, '::before').content")
    assert said.strip('"') == f"{cell.get_attribute('data-column')}: "
    number = cell.evaluate("e => { e.classList.add('number'); return getComputedStyle(e).textAlign }")
    assert number == "left", "a number stands beside what it counts, and not at the far edge"


def test_the_name_of_a_narrow_table_stands_on_as_many_lines_as_it_needs(narrow: Page) -> None:
    narrow.goto("/people/")
    narrow.goto(f"/register/{Entry.objects.latest('pk').pk}/")
    named = narrow.get_by_text("Records it names", exact=True)
    box = named.bounding_box()
    assert box is not None
    assert box["width"] > 200


def test_the_title_stands_in_the_upper_part_of_a_narrow_screen(narrow: Page) -> None:
    narrow.goto("/register/")
    box = narrow.get_by_role("heading", level=1).bounding_box()
    assert box is not None
    assert box["y"] < 240


def test_paper_shows_no_button_that_stands_among_words(narrow: Page) -> None:
    narrow.goto("/people/")
    invite = narrow.get_by_role("link", name="Invite somebody")
    expect(invite).to_be_visible()
    narrow.emulate_media(media="print")
    expect(invite).to_be_hidden()
    narrow.goto("/you/security/")
    assert narrow.locator(".button").count() > 1
    assert narrow.locator(".button:visible").count() == 0


def test_paper_says_to_what_the_register_was_narrowed(narrow: Page, ailsa: Person) -> None:
    narrow.goto("/people/")
    narrow.goto("/register/")
    narrow.emulate_media(media="print")
    said = narrow.get_by_text("Only this is shown.")
    assert said.count() == 0
    asked = "act=consultation&since_day=1&since_month=11&since_year=2020&but_own=on"
    narrow.goto(f"/register/?{asked}&reader={ailsa.ref}")
    expect(said).to_be_visible()
    expect(said).to_have_text(
        "Only this is shown. What was done: Read. First day: 1 November 2020. Lines of one reader alone: "
        "Ailsa Reid. Left out: lines about keeping one's own account, such as looking at the page You."
    )
    expect(narrow.locator(".filters")).to_be_hidden()
    narrow.emulate_media(media="screen")
    expect(said).to_be_hidden()


def test_paper_gives_each_line_its_number_and_says_what_was_printed_and_when(
    narrow: Page, ailsa: Person
) -> None:
    for _ in range(52):
        enter_reading(acting_as(ailsa).reader, Act.CONSULTATION, "people", [], purpose="to see")
    newest = Entry.objects.latest("pk").pk
    narrow.goto("/register/")
    narrow.emulate_media(media="print")
    first = narrow.get_by_role("row").nth(1)
    assert first.inner_text().endswith(f"line {newest}")
    said = f"These are 50 lines, from line {newest} back to line {newest - 49}. There are older ones."
    expect(narrow.get_by_text(said)).to_be_visible()
    expect(narrow.get_by_text("Read on")).to_be_visible()
    expect(narrow.get_by_text("Older lines")).to_be_hidden()
    narrow.emulate_media(media="screen")
    expect(narrow.get_by_role("link", name=f"Open line {newest}")).to_be_visible()
    expect(narrow.get_by_text(said)).to_be_visible()
    expect(narrow.get_by_text("Read on")).to_be_hidden()
    narrow.get_by_text("Older lines").click()
    rest = "There are newer ones, and none older."
    expect(narrow.get_by_text(f"back to line {newest - 51}. {rest}")).to_be_visible()


def test_paper_shows_the_proof_of_a_line_that_a_screen_folds_away(narrow: Page) -> None:
    narrow.goto("/people/")
    read = Entry.objects.latest("pk")
    while seal_once() is not None:
        pass
    narrow.goto(f"/register/{read.pk}/")
    proof = narrow.get_by_text(bytes(read.digest).hex())
    seen = "e => e.checkVisibility({contentVisibilityAuto: true})"
    assert not proof.evaluate(seen)
    narrow.emulate_media(media="print")
    assert proof.evaluate(seen)
