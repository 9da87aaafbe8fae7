"""How long somebody takes at a page, told by what there is to do. How long this machine takes says nothing of
them: with other work it took longer for one page than they have for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

A_PRESS: Final = 3.0
A_KEY: Final = 0.4
"""Seconds, for a thumb on a telephone: to find and press what comes next, and to type one character."""

_COUNT: Final = """() => {
    window.presses = 0;
    addEventListener("change", () => window.presses++, true);
    addEventListener("click", (click) => { if (click.target.closest("button")) window.presses++; }, true);
}"""


def count_presses(page: Page) -> None:
    """Count from here on: each button, and each field that is chosen in or written in."""
    page.evaluate(_COUNT)


def seconds_by_hand(page: Page, *typed: str) -> float:
    """For what was pressed since, with these texts typed."""
    presses: int = page.evaluate("window.presses")
    assert presses > 0
    return presses * A_PRESS + sum(map(len, typed)) * A_KEY
