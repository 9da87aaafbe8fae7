"""Contrast is judged once for each look on a page, and what is too faint is told wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accessible import COLOURS, PASSED, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

STYLE = "body { background: #fff; color: #444 } .dark { background: #333 }"


@pytest.fixture(autouse=True)
def _nothing_passed_before() -> None:
    PASSED.clear()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 600, "height": 400}).new_page()


def faint(page: Page, body: str) -> list[str]:
    """Where axe finds too little contrast on such a page."""
    page.set_content(f"<!doctype html><title>x</title><style>{STYLE}</style>{body}")
    found = violations(page, COLOURS)
    assert all(one.startswith("color-contrast: ") for one in found)
    return [one.split("'")[1] for one in found]


@pytest.mark.parametrize(
    "second",
    [
        "<div class=dark><p id=x>words</p></div>",
        "<div style='opacity: .4'><p id=x>words</p></div>",
        "<div style='opacity: .8'><p>words</p><div style='opacity: .8'><p id=x>words</p></div></div>",
        "<p id=x style='color: #bbb'>words</p>",
        "<p id=x class=dark style='position: relative; top: 3px'>words</p>",
        "<div class=dark style='position: absolute; width: 9em; height: 9em'></div>"
        "<p id=x style='position: relative'>words</p>",
        "<label style='color: #bbb' id=x>words <input></label>",
        "<input id=x value=words style='color: #bbb'>",
    ],
)
def test_words_like_others_that_pass_are_told_where_they_are_too_faint(page: Page, second: str) -> None:
    assert "#x" in faint(page, f"<p>words</p><p>words</p>{second}<p>words</p>")


@pytest.mark.parametrize("unseen", ["hidden", "style='visibility: hidden'", "style='clip-path: inset(50%)'"])
def test_what_is_not_seen_speaks_for_nothing(page: Page, unseen: str) -> None:
    first = f"<p style='color: #bbb' {unseen}>words</p>"
    assert "#x" in faint(page, f"{first}<p style='color: #bbb' id=x>words</p>")


def test_what_passed_on_one_page_is_told_on_the_next_where_something_around_it_differs(page: Page) -> None:
    assert faint(page, "<p>words</p>") == []
    assert PASSED
    assert faint(page, "<p>words</p><p id=x class=dark>words</p>") == ["#x"]
    assert faint(page, "<p>words</p><p id=x class=dark>words</p>") == ["#x"], "it did not pass"


def test_each_look_is_judged_once(page: Page) -> None:
    faint(page, "<p>words</p>" * 50)
    assert len(PASSED) == 1
    assert len(faint(page, "<p style='color: #bbb'>words</p>" * 3)) == 3, "all of a look that does not pass"
