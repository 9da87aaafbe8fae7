"""The note for a meeting: one sheet of A4, which names no person, no incident and no small area."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from django.conf import settings as site_settings
from judges import Judges, flagged, next_state, shown_last, unflagged, words_of

from accessible import COLOURS, WCAG, violations
from lippen.credibility.reasons import Course, how_to_check, why_innocent
from lippen.results import ABOUT_ONE_SPOT
from lippen.site.insight.lake import lake
from lippen.site.register.models import Entry

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def row_of(episode_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in lake().result("episodes").to_pylist() if one["episode_id"] == episode_id
    )
    return found


def test_it_says_what_matters_and_names_nobody(judges: Judges) -> None:
    first = flagged()[0]
    page = judges.client("ann").get(f"/episodes/{first}/note/")
    assert page.status_code == 200
    said, row = words_of(page.content), row_of(first)
    for text in (*row["reasons"][:3], *row["innocent"][:3], *row["checks"][:3]):
        assert (text in said) is not text.startswith(ABOUT_ONE_SPOT)
    assert "Unfounded is not proof of bad faith" in said
    assert "How often this is wrong" in said
    for nobody in ("Ann Orr", "Bob Kerr", judges.police.name):
        assert nobody not in page.content.decode()
    for area in row["areas"]:
        assert not re.search(rf"\b{re.escape(area)}\b", said), "larger areas only"
    members = lake().result("episode_incidents").to_pylist()
    assert not [one for one in members if one["incident_id"] in page.content.decode()]


def test_a_sentence_about_one_spot_stands_on_the_card_and_on_no_paper(
    judges: Judges, lake_of_town: Path
) -> None:
    """It speaks of one person in need; with the hour and the area, somebody at the table knows who it is."""
    first = flagged()[0]
    course = Course(30, 0.5, ["NOISE"] * 3, 0.1, 0, 0, 0.5, 1.0, 0, most_at_one_spot=5, week_part="a weekday")
    row = {**row_of(first), "innocent": why_innocent(course), "checks": how_to_check(course)}
    next_state(
        lake_of_town / "lake",
        {"episodes": lambda table: pa.Table.from_pylist([row], table.schema)},
    )
    client = judges.client("ann")
    card, paper = (words_of(client.get(f"/episodes/{first}/{page}").content) for page in ("", "note/"))
    for spot in ("One of these spots had 5", "Ask the services that know the spot"):
        assert spot in card
        assert spot not in paper
    assert "People go home, and quarrels end" in paper


def test_it_is_entered_as_what_it_is(judges: Judges) -> None:
    first = flagged()[0]
    judges.client("ann").get(f"/episodes/{first}/note/")
    assert Entry.objects.latest("pk").what == "an episode, as a note to print"
    assert shown_last("episode") == {first}


def test_there_is_none_of_what_was_not_flagged_nor_for_those_who_see_no_episodes(judges: Judges) -> None:
    assert judges.client("ann").get(f"/episodes/{unflagged()[0]}/note/").status_code == 404
    assert judges.client("gow").get(f"/episodes/{flagged()[0]}/note/").status_code == 403


def _worst(lake_folder: Path, episode_id: str) -> None:
    """Give an episode all that a card can hold: five kinds in high piles, eight long sentences each."""
    long = "A sentence as long as any of them may be, with every figure that a card can name in it. " * 4
    kinds = [f"A KIND OF INCIDENT {n} WITH A LONG NAME" for n in range(5)]
    row = {**row_of(episode_id), "kinds": kinds, "incidents": 60}
    row |= {name: [long] * 8 for name in ("reasons", "innocent", "checks")}
    strip = [
        {"episode_id": episode_id, "minute": n % 6, "kind": kinds[n % 5], "area": "A1", "outcome": one}
        for n in range(60)
        for one in ("unfounded", "founded", "unknown")
    ]
    given = {"episodes": [row], "episode_strip": strip}
    next_state(
        lake_folder,
        {
            name: lambda table, rows=rows: pa.Table.from_pylist(rows, table.schema)
            for name, rows in given.items()
        },
    )


@pytest.fixture
def context(browser: Browser, live_server: LiveServer, judges: Judges) -> BrowserContext:
    session = judges.client("ann").cookies[site_settings.SESSION_COOKIE_NAME].value
    made = browser.new_context()
    made.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return made


@pytest.mark.browser
def test_it_is_one_sheet_of_a4_however_much_stands_in_it(
    context: BrowserContext, live_server: LiveServer, lake_of_town: Path
) -> None:
    first = flagged()[0]
    page = context.new_page()
    for worst in (False, True):
        if worst:
            _worst(lake_of_town / "lake", first)
        page.goto(f"{live_server.url}/episodes/{first}/note/")
        made = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", made)) == 1
        (box,) = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", made)
        assert [round(float(one) / 72 * 25.4) for one in box] == [210, 297]


@pytest.mark.browser
def test_nothing_is_wrong_with_any_page_of_an_episode_in_a_browser(
    context: BrowserContext, live_server: LiveServer
) -> None:
    """With a card, a form with errors, a history, the queue and the note: wide, narrow, light and dark."""
    first = flagged()[0]
    page = context.new_page()
    noted: list[str] = []
    page.on("console", lambda line: noted.append(line.text) if "Content Security" in line.text else None)

    def look() -> list[str]:
        found = [*noted]
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light")
            found += violations(page, WCAG)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{page.url} runs off a screen of {width}")
            page.emulate_media(color_scheme="dark")
            found += violations(page, COLOURS)
        return found

    for path in ("/episodes/", "/episodes/next/", f"/episodes/{first}/note/", "/method/", "/today/"):
        page.goto(f"{live_server.url}{path}")
        assert look() == [], path
    page.goto(f"{live_server.url}/episodes/{first}/")
    page.get_by_label("Why", exact=False).last.fill("Ring Jean Gow on 01234 567890")
    page.get_by_role("button", name="Keep my decision").click()
    assert page.locator(".error-summary").is_visible()
    assert page.evaluate("document.activeElement.className") == "error-summary", "what is wrong is gone to"
    assert look() == []
    page.get_by_label("Looks innocent").check()
    page.get_by_label("Why", exact=False).last.fill("The storm of that night")
    page.get_by_role("button", name="Keep my decision").click()
    assert "What was said of it" in page.inner_text("main")
    assert look() == []
