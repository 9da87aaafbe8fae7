"""Takes the pictures of the documentation: of the page that `make briefing` writes, and of three that it
makes itself, a drill, the small town of the examples and a comparison. Run by `make pictures`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lippen.briefing import write_briefing
from lippen.comparing import compare_interventions
from lippen.credibility import Settings
from lippen.progress import Stages
from lippen.sandbox import Scenario, load_scenario, write_sandbox
from lippen.signals import load_mapping

OUT = Path("out").resolve()
BRIEFING, DRILL, TOWN, COMPARISON = (
    OUT / name for name in ("briefing", "drill-briefing", "small-town", "compare")
)
EXAMPLE = Path("examples/small-town")
HERE = Path(__file__).parent
QUIET = Stages(quiet=True)


def opened(browser: Browser, folder: Path, width: int = 1180, height: int = 920) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto((folder / "index.html").as_uri())
    return page


def save(page: Page, name: str, selector: str | None = None, which: int = 0) -> None:
    """The window, or one element of it, as a PNG beside this file."""
    path = HERE / f"{name}.png"
    if selector is None:
        page.screenshot(path=path)
    else:
        page.locator(selector).nth(which).screenshot(path=path)


def take_briefing(browser: Browser) -> None:
    wide = opened(browser, BRIEFING)
    save(wide, "briefing-wide")
    save(wide, "volumes", "section[aria-labelledby=volumes] figure")
    save(wide, "episode", "article.card", 1)
    save(wide, "ladder", "section[aria-labelledby=wrong] figure")
    save(opened(browser, BRIEFING, 360, 740), "briefing-narrow")


def take_small_town(browser: Browser) -> None:
    write_briefing(EXAMPLE, TOWN, load_mapping(EXAMPLE / "mapping.toml"), Settings(), QUIET)
    save(opened(browser, TOWN), "came-in", "section[aria-labelledby=came-in] .scroll")


def take_drill(browser: Browser) -> None:
    write_sandbox(OUT / "drill", days=120, seed=15, scenario=load_scenario("control-room-drill"))
    log = OUT / "drill" / "streams" / "incident"
    write_briefing(log, DRILL, load_mapping(log / "mapping.toml"), Settings(since=dt.date(2026, 2, 1)), QUIET)
    page = opened(browser, DRILL)
    save(page, "drill-in-short", "section[aria-labelledby=short]")
    save(page, "drill-first", "article.card")
    save(page, "drill-third", "article.card", 2)


def take_comparison(browser: Browser) -> None:
    compare_interventions(COMPARISON, Scenario(), QUIET, ("safe_reporting",))
    save(opened(browser, COMPARISON), "compare", "section[aria-labelledby=safe-reporting] .twins")


def main() -> None:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None or not (BRIEFING / "index.html").exists():
        sys.exit("make pictures needs Chromium, and make briefing to have run.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for take in (take_briefing, take_small_town, take_drill, take_comparison):
            take(browser)
        browser.close()


if __name__ == "__main__":
    main()
