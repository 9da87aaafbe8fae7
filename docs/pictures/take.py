"""Takes the pictures of the documentation: of the page that `make briefing` writes, of three that it makes
itself (a drill, the small town of the examples and a comparison), of a demo's pages, of the room Trade, of
an alert, and of the page on which residents speak. Run by `make pictures`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from playwright.sync_api import Browser, Page, sync_playwright

from lippen.alert import read_alert, write_alert
from lippen.briefing import write_briefing
from lippen.comparing import compare_interventions
from lippen.credibility import Settings
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning_trade import reckon_trade
from lippen.sandbox import Scenario, load_scenario, write_sandbox
from lippen.signals import import_folder, load_mapping
from lippen.site.operation.demo_lake import HELD_BACK
from lippen.site.operation.demo_people import BROUGHT_IN_BY
from lippen.site.operation.demo_secrets import read_secrets
from lippen.workspace import Workspace

OUT = Path("out").resolve()
BRIEFING, DRILL, TOWN, COMPARISON = (
    OUT / name for name in ("briefing", "drill-briefing", "small-town", "compare")
)
DEMO, SPEAK, TRADE, ALERT = (OUT / name for name in ("demo", "speak", "trade", "alert"))
PORT = 8798
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


def take_site(browser: Browser) -> None:
    """The pages that the tutorial walks through, as the analyst who holds the incidents sees them."""
    for made in (DEMO, DEMO.with_name(f"{DEMO.name}-checkpoints")):
        shutil.rmtree(made, ignore_errors=True)
    command = [sys.executable, "-m", "lippen.cli", "demo", "--workspace", str(DEMO), "--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:  # noqa: S603 - the program itself
        try:
            if not any("The site is open" in line for line in site.stdout or ()):
                sys.exit("the demo did not open")
            page = browser.new_page(viewport={"width": 1180, "height": 920})
            page.goto(f"http://localhost:{PORT}/demo/")
            page.click(f"button:has-text('Be {BROUGHT_IN_BY}')")
            for name, path in (("today", "today/"), ("next", "episodes/next/"), ("incidents", "incidents/")):
                page.goto(f"http://localhost:{PORT}/{path}")
                save(page, f"site-{name}")
            page.goto(f"http://localhost:{PORT}/imports/new/")
            page.set_input_files("input[type=file]", DEMO / HELD_BACK)
            page.click("button:has-text('Upload')")
            page.wait_for_selector("h1:has-text('Check the columns')")
            save(page, "site-columns")
            take_desk(page, f"http://localhost:{PORT}")
            take_sighting(page, f"http://localhost:{PORT}")
        finally:
            site.send_signal(signal.SIGTERM)
            site.wait(60)


def take_desk(page: Page, site: str) -> None:
    """A desk of the demo: what waits, and a report that was opened."""
    page.goto(f"{site}/demo/")
    page.click("button:has-text('Be Nan Duffy')")
    page.goto(f"{site}/desk/")
    save(page, "desk-waits", "main")
    page.get_by_role("link", name="Open report").last.click()
    kept = read_secrets(DEMO)
    page.fill("#unlock input[name=passphrase]", kept.passphrase if kept else "")
    page.click("#unlock button")
    page.wait_for_selector("#opened:not([hidden]), #beside:not([hidden])")
    page.set_viewport_size({"width": 1180, "height": 1400})
    save(page, "desk-report")
    page.set_viewport_size({"width": 1180, "height": 920})


def take_sighting(page: Page, site: str) -> None:
    """The form on which a nurse tells what she saw for sale, on a telephone, as she fills it in."""
    page.goto(f"{site}/demo/")
    page.click("button:has-text('Be Ruth Adeyemi')")
    page.set_viewport_size({"width": 360, "height": 1000})
    page.goto(f"{site}/sightings/new/")
    page.fill("[name=product]", "blue tablets in a bag")
    page.locator("[name=words]").press_sequentially("blues in, dm @no_such_otter now")
    page.fill("[name=price_gbp]", "20")
    page.fill("[name=quantity]", "10")
    page.select_option("[name=channel]", "social")
    page.select_option("[name=larger_area]", index=1)
    page.evaluate("document.querySelector('h1').scrollIntoView()")
    save(page, "sighting-form")
    page.set_viewport_size({"width": 1180, "height": 920})


def take_trade(browser: Browser) -> None:
    """The room Trade over a year of the town that does not exist, as an analyst of its holder sees it."""
    shutil.rmtree(TRADE, ignore_errors=True)
    write_sandbox(TRADE / "town", days=365, seed=2, stages=QUIET)
    with connect() as engine:
        workspace = Workspace.open(TRADE / "site", engine)
        for kind in ("sighting", "listing"):
            export = TRADE / "town" / "streams" / kind
            import_folder(export, load_mapping(export / "mapping.toml"), workspace, QUIET)
        reckon_trade(workspace, QUIET)
    made = [sys.executable, str(HERE / "trade_site.py"), str(TRADE / "site")]
    key = subprocess.run(made, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own file
    command = [sys.executable, "-m", "lippen.cli", "serve", "--workspace", str(TRADE / "site")]
    command += ["--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:  # noqa: S603 - the program itself
        try:
            if not any("The site is open" in line for line in site.stdout or ()):
                sys.exit("the site did not open")
            address = f"http://localhost:{PORT}"
            page = browser.new_page(viewport={"width": 1180, "height": 1100})
            page.context.add_cookies([{"name": "lippen-session", "value": key, "url": address}])
            page.goto(f"{address}/trade/")
            save(page, "trade-week")
            page.goto(f"{address}/trade/prices/?substance=cannabis")
            save(page, "trade-prices", "figure")
            page.goto(f"{address}/trade/words/")
            page.locator("table a").first.click()
            page.set_viewport_size({"width": 1180, "height": 2200})
            save(page, "trade-word", "main")
        finally:
            site.send_signal(signal.SIGTERM)
            site.wait(60)


def take_briefing_of_trade(browser: Browser) -> None:
    """The section that the same year puts into a briefing, out of the workspace of the pictures before."""
    log, out = TRADE / "town" / "streams" / "incident", TRADE / "briefing"
    write_briefing(log, out, load_mapping(log / "mapping.toml"), Settings(), QUIET, trade=TRADE / "site")
    save(opened(browser, out), "briefing-trade", "section[aria-labelledby=trade]")


def take_alert(browser: Browser) -> None:
    """The alert that its how-to writes."""
    how_to = (HERE.parent / "how-to" / "warn-of-a-drug.md").read_text("utf-8")
    text = how_to.split("   ```toml\n")[1].split("   ```")[0]
    ALERT.mkdir(parents=True, exist_ok=True)
    (ALERT / "alert.toml").write_text(dedent(text), "utf-8")
    write_alert(read_alert(ALERT / "alert.toml"), ALERT / "out")
    page = browser.new_page(viewport={"width": 480, "height": 740})
    page.goto((ALERT / "out" / "alert.html").as_uri())
    page.screenshot(path=HERE / "alert.png", full_page=True)


def take_speak(browser: Browser) -> None:
    """The resident's page on a narrow telephone, with the partnership that its tests have."""
    sys.path[:0] = ["tests/site", "tests/site/speak"]
    import partnership  # noqa: PLC0415 - found once the folder of these tests is on the way
    from residents import TELLING, Resident  # noqa: PLC0415

    shutil.rmtree(SPEAK, ignore_errors=True)
    SPEAK.mkdir(parents=True, mode=0o700)
    partnership.publish(SPEAK, dt.datetime.now(dt.UTC).date())
    command = [sys.executable, "-m", "lippen.cli", "speak", "--workspace", str(SPEAK), "--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as door:  # noqa: S603 - the program itself
        try:
            if not any("The door is open" in line for line in door.stdout or ()):
                sys.exit("the door did not open")
            resident = Resident(browser.new_page(viewport={"width": 360, "height": 740}))
            resident.open(f"http://localhost:{PORT}/")
            save(resident.page, "speak-first")
            resident.begin()
            for screen in resident.questions(TELLING):
                if screen == "hints":
                    save(resident.page, "speak-hints")
            resident.send()
            save(resident.page, "speak-receipt")
        finally:
            door.send_signal(signal.SIGTERM)
            door.wait(60)


def main() -> None:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None or not (BRIEFING / "index.html").exists():
        sys.exit("make pictures needs Chromium, and make briefing to have run.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for take in (
            take_briefing,
            take_small_town,
            take_drill,
            take_comparison,
            take_site,
            take_trade,
            take_briefing_of_trade,
            take_alert,
            take_speak,
        ):
            take(browser)
        browser.close()


if __name__ == "__main__":
    main()
