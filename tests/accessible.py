"""What is looked at on every page in a browser: what axe objects to, and where the tab key stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

# All else that it tells of a page would be written out and read in again for nothing.
_RUN: Final = "([context, rules]) => axe.run(context ?? document, rules).then(found => found.violations)"

_VIOLATIONS: Final = {"resultTypes": ["violations"]}

WCAG: Final[dict[str, Any]] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    **_VIOLATIONS,
}
"""WCAG 2.2 AA, and what axe itself recommends."""

COLOURS: Final[dict[str, Any]] = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    **_VIOLATIONS,
}
"""What another theme can change."""

# axe judges no words on a gradient. Those that hint at more to scroll to lie at the edges of tables.
PLAIN: Final = (
    "document.querySelectorAll('.scroll:not(pre)').forEach(one => one.style.backgroundImage = 'none')"
)
UNFOLD: Final = "document.querySelectorAll('details').forEach(one => one.open = true)"


def violations(page: Page, rules: dict[str, Any], context: dict[str, Any] | None = None) -> list[str]:
    """What axe objects to: the rule, where, and why. `context` limits it to a part of the page."""
    if not page.evaluate("'axe' in window"):  # once a page is enough to bring it in
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN, [context, rules])
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def stops(page: Page) -> list[dict[str, Any]]:
    """Every stop of the tab key, in order, with how its focus is shown."""
    found: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """(() => {
                const one = document.activeElement;
                if (one === document.body) return null;
                one.dataset.reached = 'yes';
                const style = getComputedStyle(one), box = one.getBoundingClientRect();
                return {
                    tag: one.localName, text: one.textContent.slice(0, 40).trim(),
                    outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
                    within: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
                };
            })()"""
        )
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError("the tab key never leaves the page")
