"""Somebody who has never seen it brings an export in, in a browser, on a site of its own processes."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from collected_posts import RIGHT, posts, sightings
from open_sites import Served, closed, environment, own_database, start, stop
from uploaded_exports import as_csv, calls

from accessible import COLOURS, PLAIN, UNFOLD, WCAG, violations
from forked import run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

MILWAUKEE = Path(__file__).parents[4] / "shared/data/milwaukee_calls/calls_2018-09_2019-02.csv.gz"
SINCE, CALLS = "2018-12-15", 132_445
"""The last eleven weeks, in which three episodes are found, are enough for what is asked of pages; all six
months are brought in and reckoned by `test_real_exports` and `test_milwaukee`."""
LONG_MS = 900_000
"""Longer than any of this takes: only a site that hangs is ended by it."""


@contextmanager
def new_site(place: Path) -> Iterator[Served]:
    with own_database() as database_url:
        opened = start("serve", closed("serve", place, database_url).workspace, database_url)
        try:
            yield opened
        finally:
            stop(opened)


@contextmanager
def seen_by_an_analyst(site: Served, browser: Browser) -> Iterator[Page]:
    """The first page, as an analyst sees it who has just signed in."""
    made = run(
        *("-m", "site_with_analyst", str(site.workspace)),
        cwd=Path(__file__).parent,
        env=environment(site.database_url),
    )
    assert made.returncode == 0, made.stderr
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "lippen-session", "value": made.stdout.strip(), "url": site.origin}])
    opened = context.new_page()
    opened.set_default_timeout(LONG_MS)
    opened.goto(f"{site.origin}/")
    yield opened
    context.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with new_site(tmp_path_factory.mktemp("imports") / "site") as opened:
        yield opened


@pytest.fixture
def page(site: Served, browser: Browser) -> Iterator[Page]:
    """A site in which others may have brought something in, and taken it back."""
    with seen_by_an_analyst(site, browser) as opened:
        yield opened


@pytest.fixture
def first_page(tmp_path: Path, browser: Browser) -> Iterator[Page]:
    """A site in which nobody has brought anything in: it takes no clock from what was said before."""
    with new_site(tmp_path / "site") as site, seen_by_an_analyst(site, browser) as opened:
        yield opened


def look(page: Page) -> None:
    """Nothing for axe to object to, in both themes, and nothing off a narrow screen."""
    address = page.url
    page.evaluate(UNFOLD)
    page.evaluate(PLAIN)
    assert violations(page, WCAG) == [], address
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == [], address
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_export_is_brought_in_put_right_and_taken_back(page: Page, tmp_path: Path) -> None:
    export = tmp_path / "calls.csv"
    export.write_bytes(as_csv(calls(80, spoiled=2)))
    page.click("nav >> text=Imports")
    look(page)
    page.click("text=Upload a file")
    look(page)
    page.click("main >> text=Closed incidents")
    look(page)
    page.click("button:has-text('Upload')")
    assert "Choose a file first" in page.inner_text("main")
    page.set_input_files("input[type=file]", export)
    page.click("button:has-text('Upload')")
    page.wait_for_selector("h1:has-text('Check the columns of calls.csv')")
    look(page)
    page.click("button:has-text('Check again')")
    page.wait_for_selector("h2:has-text('With your changes')")
    page.click("button:has-text('Go on')")
    page.wait_for_selector("text=Read a sample of the texts")
    assert "#" not in page.url, "the place on the page before is left behind"
    look(page)
    page.click("button:has-text('Bring it in')")
    assert "There is a problem" in page.inner_text("main")
    page.check("input[value=nobody]")
    page.check("input[name=cut]")
    page.click("button:has-text('Bring it in')")
    page.wait_for_selector("text=Look at the refused rows")
    look(page)
    assert "78 in, 2 refused" in page.inner_text("main")
    page.click("text=Look at the refused rows")
    look(page)
    page.check("input[name=row] >> nth=0")
    page.click("text=Put the ticked rows right")
    look(page)
    page.fill("input[value='31/02/2024 10:00']", "29/02/2024 10:00")
    page.click("button:has-text('Bring them in')")
    page.wait_for_selector("text=1 in")
    page.click("text=rows of an earlier import")
    page.click("text=Take this import back")
    look(page)
    page.click("button:has-text('Take it back')")
    page.wait_for_selector("h1 + p >> text='Taken back'")
    page.goto(page.url.partition("/imports/")[0] + "/imports/")
    assert page.inner_text("main").count("Taken back") == 2


def test_a_collection_is_asked_for_its_right_and_sightings_come_in(page: Page, tmp_path: Path) -> None:
    collection, seen = tmp_path / "posts.jsonl", tmp_path / "seen.csv"
    collection.write_bytes(posts(40))
    seen.write_bytes(sightings())
    page.click("nav >> text=Imports")
    imports = page.url
    page.click("text=Upload a file")
    page.click("main >> text=Adverts of a collection")
    look(page)
    page.set_input_files("input[type=file]", collection)
    page.click("button:has-text('Upload')")
    page.wait_for_selector("h1:has-text('Check the columns of posts.jsonl')")
    look(page)
    page.click("button:has-text('Go on') >> nth=-1")
    page.wait_for_selector("text=There is a problem")
    look(page)
    for name, said in RIGHT.items():
        page.fill(f"input[name={name}]", said)
    page.click("button:has-text('Go on') >> nth=-1")
    page.wait_for_selector("text=Read a sample of the texts")
    assert "Held by Milltown Trading Standards" in page.inner_text("main")
    look(page)
    page.goto(imports)
    look(page)
    assert "It goes on" in page.inner_text("main")
    page.click("text=Upload a file")
    page.click("main >> text=Sightings")
    look(page)
    page.set_input_files("input[type=file]", seen)
    page.click("button:has-text('Upload')")
    page.wait_for_selector("h1:has-text('Check the columns of seen.csv')")
    look(page)
    page.click("button:has-text('Go on') >> nth=-1")
    page.wait_for_selector("text=Read a sample of the texts")
    page.check("input[value=nobody]")
    page.check("input[name=cut]")
    page.click("button:has-text('Bring it in')")
    page.wait_for_selector("text=Take this import back")
    look(page)
    assert "30 in" in page.inner_text("main")
    page.click("text=Take this import back")
    look(page)
    assert "Its 30 sightings go" in page.inner_text("main")


def last_weeks(folder: Path) -> Path:
    """The rows of MILWAUKEE from SINCE on, as they stand, in a file of the same name."""
    made = folder / MILWAUKEE.name
    with gzip.open(MILWAUKEE, "rt", newline="") as whole, gzip.open(made, "wt", 1, newline="") as part:
        headings, *calls = csv.reader(whole)
        at = headings.index("call_time")
        csv.writer(part).writerows([headings, *(call for call in calls if call[at] >= SINCE)])
    return made


@pytest.mark.real
@pytest.mark.skipif(not MILWAUKEE.is_file(), reason=f"the real data is not here: {MILWAUKEE}")
def test_real_calls_are_brought_in_judged_and_printed_with_no_manual(
    first_page: Page, tmp_path: Path
) -> None:
    page = first_page
    page.click("nav >> text=Imports")
    page.click("text=Upload a file")
    page.click("main >> text=Closed incidents")
    page.set_input_files("input[type=file]", last_weeks(tmp_path))
    page.click("button:has-text('Upload')")
    page.wait_for_selector("h1:has-text('Check the columns of calls_2018-09_2019-02.csv.gz')")
    assert page.input_value("select[name=zone]") == "America/Chicago"
    assert page.input_value("select[name=column-disposal]") == "disposition"
    assert "address_id" not in page.inner_text("select[name=column-place]"), "it stands for one household"
    page.click("button:has-text('Go on')")
    page.check("input[name=cut]")
    page.click("button:has-text('Bring it in')")
    page.wait_for_selector("text=Take this import back")
    assert f"{CALLS:,} in" in page.inner_text("main")
    page.click("nav >> text=Episodes")
    page.click("main table a >> nth=0")
    page.wait_for_selector("text=Unfounded is not proof of bad faith")
    look(page)
    page.check("label:has-text('Cannot tell')")
    page.fill("textarea", "Nobody was asked yet.")
    page.click("button:has-text('Keep my decision')")
    page.wait_for_selector("text=Take back what you said")
    page.click("text=A note for a meeting, to print")
    page.wait_for_selector("text=How often this is wrong")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))) == 1
