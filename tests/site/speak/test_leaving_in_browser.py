"""Leaving by the door's own address, in a real Chromium: nothing that a page has stored is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from doors import open_door
from playwright.sync_api import Browser

ELSEWHERE = "https://127.0.0.1:1/weather"
"""Where nobody answers: that the browser went there is all that is asked."""


@pytest.mark.browser
def test_leaving_clears_what_was_stored_and_goes_elsewhere(tmp_path: Path, browser: Browser) -> None:
    with open_door(tmp_path, leave=ELSEWHERE) as door:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://localhost:{door.port}/")
        page.evaluate("localStorage.setItem('said', 'something'); document.cookie = 'said=something'")
        assert page.evaluate("[localStorage.length, document.cookie]") == [1, "said=something"]
        before = page.evaluate("history.length")
        with page.expect_event("requestfailed") as gone:
            page.evaluate("location.replace('/leave')")
        assert gone.value.url == ELSEWHERE
        page.wait_for_url("chrome-error://**")
        assert page.evaluate("history.length") == before
        again = context.new_page()
        again.goto(f"http://localhost:{door.port}/")
        assert again.evaluate("[localStorage.length, document.cookie]") == [0, ""]
        assert context.cookies() == []
        context.close()
