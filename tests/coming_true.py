"""Waiting in a browser until something is so."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS: Final = 180


def comes_true(page: Page, expression: str) -> None:
    """Ask a page again and again, from outside, until an expression holds.

    Playwright's own `wait_for_function` asks from within the page where the first answer was no. There the
    site's policy lets no text become a program, so such a test fails whenever the page is slower than it.
    """
    ended = time.monotonic() + SECONDS
    while not page.evaluate(expression):
        assert time.monotonic() < ended, f"it never came true: {expression}"
        page.wait_for_timeout(50)
