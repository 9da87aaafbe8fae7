"""How long a resident waits from *Send it* to her receipt: Chromium on a slow line and processor.

No peer seals what is sent in the page. The door is a real one on this machine. A program answers the
questions: it is faster than any person, and leaves the page less time for what it begins beforehand.
"""

# ruff: noqa: PLC0415 - the tests' own modules are found once their folders are on the path

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.opened import opened
from benchmarks.report import Finding, Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS: Final = Path(__file__).parents[1] / "tests"
WORDS: Final = json.loads((TESTS.parent / "web" / "speak" / "languages" / "en.json").read_text())
PORT: Final = 8797
SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s, and 400 ms there and back."""

TIMES_SLOWER: Final = 6
FLAGS: Final = {"with a compiler": [], "without (--jitless)": ["--js-flags=--jitless"]}
READS_FOR: Final = {"at once": 0, "after 4 seconds": 4}
WAITED: Final = """
([send, receipt]) => new Promise((done) => {
  const began = performance.now();
  new MutationObserver(() => {
    if (document.querySelector("h1")?.textContent === receipt) done(performance.now() - began);
  }).observe(document.body, { childList: true, subtree: true });
  [...document.querySelectorAll("button")].find((one) => one.textContent === send).click();
})
"""


def run(repeats: int) -> Finding:
    """Send that many reports in each way, each from a browser window of its own."""
    from playwright.sync_api import sync_playwright

    rows: list[Row] = []
    with open_door(), sync_playwright() as playwright:
        for script, flags in FLAGS.items():
            browser = playwright.chromium.launch(
                executable_path=which("chromium-headless-shell") or which("chromium"),
                args=["--no-sandbox", "--disable-gpu", *flags],
            )
            for pressed, seconds in READS_FOR.items():
                took = [send(browser, seconds) for _ in range(repeats)]
                rows.append(
                    {
                        "script": script,
                        "pressed": pressed,
                        "median, s": median(took),
                        "longest, s": max(took),
                    }
                )
            browser.close()
    return Finding(
        title="How long a resident waits for her receipt",
        what="From the press on *Send it* to the receipt, proof of work included, with Chromium's processor"
        f" slowed {TIMES_SLOWER} times, at 400 kbit/s and 400 ms there and back.",
        columns={"script": "", "pressed": "", "median, s": ".2f", "longest, s": ".2f"},
        rows=rows,
        repeats=repeats,
        packages=["lippen", "granian", "playwright"],
        notes=[
            "The aim is 3 seconds, and 5 without a compiler.",
            "A program answers the questions, then presses at once or after four seconds of reading: the page"
            " begins its work with the screen for her own words.",
        ],
    )


def send(browser: Browser, seconds: float) -> float:
    """Seconds from the press to the receipt, by one who read it through for that long."""
    from residents import STORY, Resident

    context = browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("Network.enable")
    device.send("Network.emulateNetworkConditions", SLOW)
    device.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    resident = Resident(page)
    resident.open(f"http://localhost:{PORT}/")
    resident.tell(STORY)
    page.wait_for_timeout(seconds * 1000)
    took = float(page.evaluate(WAITED, [WORDS["read.send"], WORDS["receipt.title"]]))
    context.close()
    return took / 1000


@contextmanager
def open_door() -> Iterator[None]:
    """A door with the page that is shipped, and the partnership of its tests."""
    sys.path[:0] = [str(TESTS / "site"), str(TESTS / "site" / "speak")]
    import partnership

    with tempfile.TemporaryDirectory(prefix="lippen-speak-") as folder:
        partnership.publish(Path(folder), datetime.now(UTC).date())
        with opened("speak", "--workspace", folder, "--port", str(PORT), stdout=subprocess.PIPE) as door:
            if not any("The door is open" in line for line in door.stdout or ()):
                raise SystemExit("the door did not open")
            yield
