"""The page of a comparison in a real Chromium: for anybody, on any screen, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from comparisons import EACH
from test_page_in_browser import on_paper

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, stops, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser, compared: dict[str, Path]) -> Iterator[Visit]:
    """Opens a sample and makes sure that it asks for nothing else and complains of nothing."""
    contexts = []

    def go(name: str, width: int = 1280, height: int = 900, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        noted: list[str] = []
        page.on("request", lambda request: noted.append(request.url))
        page.on("console", lambda message: noted.append(message.text))
        page.on("pageerror", lambda error: noted.append(str(error)))
        address = (compared[name] / "index.html").as_uri()
        page.goto(address)
        assert noted == [address]
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.browser
@EACH
def test_axe_finds_nothing_on_the_comparison_to_object_to(name: str, visit: Visit) -> None:
    page = visit(name, color_scheme="light")
    page.evaluate(PLAIN)
    page.evaluate(UNFOLD)
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


@pytest.mark.browser
@EACH
def test_the_comparison_does_not_scroll_sideways_at_320_pixels(name: str, visit: Visit) -> None:
    page = visit(name, 320, 568)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    past = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(one => {
            const box = one.getBoundingClientRect();
            return box.width && box.right > 320.5 && !one.closest('.scroll, svg, .unseen, .skip');
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert past == []


@pytest.mark.browser
def test_words_of_the_charts_stay_large_and_apart(visit: Visit) -> None:
    for width in (320, 1280):
        page = visit("a year", width)
        heights = page.locator(".twin text").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert min(heights) > 11
        clashes = page.evaluate(
            """[...document.querySelectorAll('svg.twin')].flatMap(chart => {
                const seen = [...chart.querySelectorAll('text')].map(one => one.getBoundingClientRect());
                return seen.flatMap((a, i) => seen.slice(0, i).filter(b =>
                    a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                    .map(() => chart.getAttribute('aria-label')));
            })"""
        )
        assert clashes == []


@pytest.mark.browser
def test_sources_and_changes_are_in_sight_at_360_pixels_and_no_word_is_broken(visit: Visit) -> None:
    page = visit("a year", 360)
    for section in ("assumed", "before"):
        hidden = page.locator(f"section[aria-labelledby={section}] .scroll").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
        )
        assert hidden == 0, section
    broken = page.locator("section[aria-labelledby=assumed] tbody :is(th, td)").evaluate_all(
        r"""all => all.flatMap(cell => [...cell.textContent.matchAll(/\S+/g)].filter(word => {
            const range = document.createRange();
            range.setStart(cell.firstChild, word.index);
            range.setEnd(cell.firstChild, word.index + word[0].length);
            return !/[-−]/.test(word[0]) && range.getClientRects().length > 1;
        }).map(word => word[0]))"""
    )
    assert broken == []


@pytest.mark.browser
def test_the_truth_stands_left_of_the_streams_where_there_is_room(visit: Visit) -> None:
    for width, beside in ((1280, True), (360, False)):
        page = visit("a year", width)
        left, right = (
            page.locator(f"#safe-reporting-{side}").bounding_box() for side in ("truth", "streams")
        )
        assert left is not None
        assert right is not None
        assert (abs(left["y"] - right["y"]) < 1 and left["x"] < right["x"]) is beside


@pytest.mark.browser
def test_the_comparison_is_whole_without_script_and_by_keyboard(visit: Visit) -> None:
    page = visit("a year", java_script_enabled=False)
    fold = page.get_by_text("The figures as tables").first
    cell = page.locator("[aria-labelledby=t-truth-safe-reporting] tbody th").first
    assert not cell.is_visible()
    fold.click()
    assert cell.is_visible()
    found = stops(visit("everywhere", 320, 568))
    assert found[0]["text"] == "Skip to the comparison"
    assert all(one["outline"] == "solid" and one["within"] for one in found)


@pytest.mark.browser
def test_the_comparison_prints_with_its_own_line_at_the_foot(visit: Visit, compared: dict[str, Path]) -> None:
    page = visit("a year")
    on_paper(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    for fold in page.locator("details").all():
        (named,) = re.findall(r": see (\S+)$", fold.locator("summary").inner_text())
        assert (compared["a year"] / named).is_file()
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).page") == "comparison"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
