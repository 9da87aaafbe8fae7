"""The page in a real Chromium: accessible, readable on a narrow screen and on paper, silent on the network.

WCAG 2.2 AA is checked by axe, in light and dark; what axe cannot see (reflow at 320 px, focus, print) here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hostile import hostile
from sample import Facts, Tables, nothing_known, sample, suspended
from trade_sample import with_much_trade, with_trade

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, stops, violations
from lippen.brief import write_brief

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser

SAMPLES: dict[str, Callable[[], tuple[Facts, Tables]]] = {
    "no episode": lambda: sample(0),
    "three episodes": sample,
    "sixty episodes": lambda: sample(60),
    "nothing known": nothing_known,
    "suspended": suspended,
    "hostile": hostile,
    "trade": with_trade,
    "much trade": with_much_trade,
}
Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each sample as a written page."""
    return {name: write_brief(tmp_path_factory.mktemp("brief"), *made()) for name, made in SAMPLES.items()}


@pytest.fixture
def visit(browser: Browser, folders: dict[str, Path]) -> Iterator[Visit]:
    """Opens a sample; whatever the page asks for, says to the console or pops up is noted on it."""
    contexts = []

    def go(name: str, width: int = 1280, height: int = 900, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        noted: list[str] = []

        def note_and_dismiss(dialog: Dialog) -> None:
            noted.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: noted.append(request.url))
        page.on("console", lambda message: noted.append(message.text))
        page.on("pageerror", lambda error: noted.append(str(error)))
        page.on("dialog", note_and_dismiss)
        address = folders[name].as_uri()
        page.goto(address)
        assert noted == [address], (
            "the page is one file, asks for nothing else and has nothing to complain of"
        )
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_nothing_to_object_to(name: str, visit: Visit) -> None:
    """In the dark only colours differ (`test_style.py`)."""
    page = visit(name, color_scheme="light")
    page.evaluate(PLAIN)
    if name != "sixty episodes":  # the tables folded into its cards are those of three episodes, twentyfold
        page.evaluate(UNFOLD)
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert background(page) == "rgb(17, 25, 30)"
    assert violations(page, COLOURS) == []


def test_axe_would_object(visit: Visit) -> None:
    """The test above can fail, in both parts."""
    page = visit("no episode")
    page.evaluate("document.querySelector('svg.weekly').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('section[aria-labelledby=volumes] .lede').style.color = '#bbb'")
    section = "section[aria-labelledby=volumes]"
    said = violations(page, WCAG, section)
    assert {one.split(":")[0] for one in said} == {"svg-img-alt", "color-contrast"}
    assert {one.split(":")[0] for one in violations(page, COLOURS, section)} == {"color-contrast"}


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("name", SAMPLES)
def test_no_page_scrolls_sideways_at_320_pixels(name: str, visit: Visit) -> None:
    """WCAG 1.4.10. A window of 1280 pixels at 400 % is 320 CSS pixels of 4 device pixels each."""
    for height, settings in ((568, {}), (256, {"device_scale_factor": 4})):
        page = visit(name, 320, height, **settings)
        page.evaluate(UNFOLD)
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1] == 320
        past = page.evaluate(
            """[...document.querySelectorAll('body *')].filter(one => {
                const box = one.getBoundingClientRect();
                return box.width && box.right > 320.5 && !one.closest('.scroll, svg, .unseen, .skip');
            }).map(one => one.outerHTML.slice(0, 120))"""
        )
        assert past == [], "nothing is cut off at the edge"


def test_charts_keep_the_size_of_their_words_on_a_narrow_screen(visit: Visit) -> None:
    page = visit("three episodes", 320, 568)
    heights = page.locator(".chart text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(height for height in heights if height) > 11
    clash = """(() => {
        const clashes = [];
        for (const chart of document.querySelectorAll('svg.chart')) {
            const seen = [...chart.querySelectorAll('text')]
                .map(one => [one.getBoundingClientRect(), one.textContent]).filter(([box]) => box.width);
            for (const [i, [a, one]] of seen.entries()) for (const [b, two] of seen.slice(0, i))
                if (a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                    clashes.push([chart.getAttribute('class'), one, two]);
        }
        return clashes;
    })()"""
    assert page.evaluate(clash) == []
    assert visit("three episodes").evaluate(clash) == []


def test_the_page_is_whole_without_javascript(visit: Visit) -> None:
    page = visit("three episodes", java_script_enabled=False)
    for heading in ("In short", "What came in", "How volumes move", "Episodes", "How often this is wrong"):
        assert page.get_by_role("heading", name=heading, exact=True).is_visible()
    assert page.locator(".card").count() == 3
    cell = page.locator("[aria-labelledby=t-weeks] tbody th").first
    assert not cell.is_visible()
    page.get_by_text("The weeks as a table").click()
    assert cell.is_visible()
    page.get_by_role("link", name="How often this is wrong").click()
    assert page.url.endswith("#wrong")


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_lead_through_the_page_in_order(name: str, visit: Visit) -> None:
    page = visit(name)
    levels = [int(level) for level in re.findall(r"\[level=(\d)\]", page.locator("body").aria_snapshot())]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_keyboard_reaches_everything_and_always_shows_where_it_is(visit: Visit) -> None:
    page = visit("three episodes", 320, 568)
    page.evaluate(UNFOLD)
    found = stops(page)
    assert found[0]["text"] == "Skip to the briefing"
    assert [stop["text"] for stop in found if stop["tag"] == "a"][1:7] == [
        "In short",
        "What came in",
        "How volumes move",
        "Episodes",
        "How often this is wrong",
        "About this page",
    ]
    for stop in found:
        assert stop["outline"] == "solid", stop
        assert stop["width"] >= 2, stop
        assert stop["within"], stop
    missed = page.evaluate(
        """[...document.querySelectorAll('*')].filter(one =>
            one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'auto'
            && one.dataset.reached !== 'yes').map(one => one.outerHTML.slice(0, 120))"""
    )
    assert missed == []
    assert page.evaluate("document.querySelectorAll('.scroll[data-reached]').length") > 10
    assert page.evaluate("document.querySelectorAll('summary:not([data-reached])').length") == 0


def test_a_wide_table_scrolls_by_the_arrow_keys(visit: Visit) -> None:
    page = visit("three episodes", 320, 568)
    scroller = page.locator("[role=group][aria-labelledby=t-moved]")
    scroller.focus()
    assert scroller.evaluate("one => one.scrollWidth > one.clientWidth")
    for _ in range(100):  # scrolling is animated
        page.keyboard.press("ArrowRight")
        if scroller.evaluate("one => one.scrollLeft > 40"):
            return
    raise AssertionError("the arrow keys do not scroll it")


def test_the_skip_link_comes_into_sight_and_leads_past_the_contents(visit: Visit) -> None:
    page = visit("no episode")
    link = page.get_by_role("link", name="Skip to the briefing")
    assert link.bounding_box()["y"] < 0  # type: ignore[index]
    page.keyboard.press("Tab")
    assert link.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_scrolls_sideways_shows_that_it_does(visit: Visit) -> None:
    """Shadows lie still at both edges, under covers that move along with what is scrolled."""
    page = visit("three episodes", 360, 568)
    scroller = page.locator("[role=group][aria-labelledby=t-moved]")
    assert scroller.evaluate("one => one.scrollWidth > one.clientWidth")
    said = scroller.evaluate("one => getComputedStyle(one).backgroundAttachment")
    assert said == "local, local, scroll, scroll"
    assert page.get_by_text("Move the map sideways to see all of it.").is_visible()
    assert not visit("three episodes").get_by_text("Move the map sideways").is_visible()


def test_how_many_rows_were_put_aside_is_seen_without_scrolling_on_a_telephone(visit: Visit) -> None:
    page = visit("three episodes", 360, 640)
    for cell in page.locator("[role=group][aria-labelledby=t-inputs] tr > :last-child").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360


def test_touch_targets_are_large_enough(visit: Visit) -> None:
    """WCAG 2.5.8: 24 by 24 CSS pixels, but for links within a sentence."""
    page = visit("three episodes", 320, 568)
    boxes = page.evaluate(
        """[...document.querySelectorAll('a, summary')].filter(one => !one.closest('p')).map(one => {
            const box = one.getBoundingClientRect(); return [box.width, box.height, one.textContent]; })"""
    )
    assert len(boxes) > 10
    assert [box for box in boxes if box[0] < 24 or box[1] < 24] == []


def on_paper(page: Page) -> None:
    """As a browser lays the page out for A4 within its margins, 178 mm by 261 mm."""
    page.set_viewport_size({"width": 673, "height": 986})
    page.emulate_media(media="print", color_scheme="dark")


def test_what_is_folded_away_says_on_paper_in_which_file_it_is(
    visit: Visit, folders: dict[str, Path]
) -> None:
    page = visit("three episodes")
    assert not page.locator(".on-paper").first.is_visible()
    on_paper(page)
    assert page.locator("details").count() == 12
    for fold in page.locator("details").all():
        line = fold.locator("summary").inner_text()
        (named,) = re.findall(r": see (\S+)$", line)
        assert (folders["three episodes"].parent / named).is_file(), line
        assert fold.locator(".on-paper").is_visible()


def test_what_was_unfolded_is_printed(visit: Visit) -> None:
    page = visit("three episodes")
    page.get_by_text("The weeks as a table").click()
    on_paper(page)
    assert page.locator("[aria-labelledby=t-weeks] tbody tr").first.is_visible()
    assert not page.get_by_text("The weeks as a table").is_visible()


@pytest.mark.parametrize("name", ["three episodes", "sixty episodes"])
def test_a_card_is_cut_in_two_only_where_it_is_longer_than_a_page(name: str, visit: Visit) -> None:
    page = visit(name)
    on_paper(page)
    cards = page.locator(".card").evaluate_all(
        "all => all.map(one => [getComputedStyle(one).breakInside, one.offsetHeight])"
    )
    assert {rule for rule, _ in cards} == {"avoid"}
    assert max(height for _, height in cards) < 986
    for rule in page.locator("h2, h3, h4").evaluate_all(
        "all => all.map(one => getComputedStyle(one).breakAfter)"
    ):
        assert rule == "avoid"


def test_paper_is_white_and_nothing_runs_off_its_edge(visit: Visit) -> None:
    page = visit("sixty episodes")
    on_paper(page)
    assert background(page) == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert not page.locator("nav").is_visible()
    past = page.evaluate(
        """[...document.querySelectorAll('td, th, p, li, svg.chart')].filter(one =>
            one.getBoundingClientRect().right > 674 && !one.closest('.unseen'))
            .map(one => one.outerHTML.slice(0, 120))"""
    )
    assert past == [], "a printed table must not be cut off"


@pytest.mark.parametrize("name", ["trade", "much trade"])
def test_the_trade_is_one_page_of_paper(name: str, visit: Visit) -> None:
    page = visit(name)
    on_paper(page)
    section = page.locator("section.trade")
    assert section.evaluate("one => one.offsetHeight") <= 986
    assert section.evaluate("one => getComputedStyle(one).breakBefore") == "page"
    assert page.locator(".trade + section").evaluate("one => getComputedStyle(one).breakBefore") == "page"


def test_it_prints(visit: Visit) -> None:
    page = visit("three episodes")
    made = page.pdf(prefer_css_page_size=True)
    assert made.startswith(b"%PDF-")
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", made)) <= 12
