"""Takes the pictures of the documentation from the page that `make demo` writes. Run by `make pictures`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGE = Path("out/demo/index.html").resolve()
HERE = Path(__file__).parent


def save(page: Page, name: str, selector: str | None = None) -> None:
    """The window, or one element of it, as a PNG beside this file."""
    path = HERE / f"{name}.png"
    if selector is None:
        page.screenshot(path=path)
    else:
        page.locator(selector).first.screenshot(path=path)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not PAGE.exists():
        sys.exit("make pictures needs Chromium, and make demo to have run.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        wide = browser.new_page(viewport={"width": 1180, "height": 920})
        wide.goto(PAGE.as_uri())
        save(wide, "briefing-wide")
        save(wide, "came-in", "section[aria-labelledby=came-in] .scroll")
        save(wide, "volumes", "section[aria-labelledby=volumes] figure")
        save(wide, "episode", "article.card")
        save(wide, "ladder", "section[aria-labelledby=wrong] figure")
        narrow = browser.new_page(viewport={"width": 360, "height": 740})
        narrow.goto(PAGE.as_uri())
        save(narrow, "briefing-narrow")
        browser.close()


if __name__ == "__main__":
    main()
