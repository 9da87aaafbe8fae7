"""What the page does not trust, in a real Chromium: a manifest that does not hold, unsigned keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import partnership
import pytest
from doors import OpenDoor
from residents import WORDS, Visit, address_of

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]

TODAY = dt.datetime.now(dt.UTC).date()

Change = Callable[[Path], None]


@pytest.mark.parametrize(
    ("change", "ways"),
    [
        (lambda folder: partnership.alter(folder / "manifest.json"), False),
        (lambda folder: (folder / "manifest.json").write_text("{}"), False),
        (lambda folder: partnership.publish(folder.parent, TODAY - dt.timedelta(60)), True),
    ],
    ids=["altered", "no manifest", "run out"],
)
def test_a_manifest_that_does_not_hold_ends_it_and_tells_other_ways(
    visit: Visit, page_door: OpenDoor, tmp_path: Path, change: Change, ways: bool
) -> None:
    partnership.publish(tmp_path, TODAY)
    change(tmp_path / "speak")
    body = (tmp_path / "speak" / "manifest.json").read_bytes()
    resident = visit(opened=False)
    resident.page.route("**/manifest.json", lambda route: route.fulfill(body=body))
    resident.page.goto(address_of(page_door.port))
    resident.sees("refused.title")
    assert resident.reads("refused.manifest")
    assert resident.reads("refused.else")
    assert resident.page.get_by_role("link", name="999").is_visible()
    assert resident.page.get_by_role("link", name="01632 960101").count() == ways
    assert resident.page.locator("button, input, textarea").count() == 0, "there is nothing to go on with"


def test_keys_of_a_desk_that_are_not_the_signed_ones_are_not_used(visit: Visit) -> None:
    resident = visit()

    def others(route: Route) -> None:
        body = route.fetch().body()
        route.fulfill(body=body.replace(b"AA", b"AB", 1) if b"AA" in body else body + b" ")

    resident.page.route("**/desks/harbour.json", others)
    resident.press("first.tell")
    resident.sees("desk.title")
    resident.choose("Harbour Desk")
    resident.press("next")
    resident.waits_for("refused.desk")
    assert resident.heading() == WORDS["desk.title"]
    resident.choose("Hillhead Women’s Desk")
    resident.press("next")
    resident.sees("what.title")


def test_a_desk_whose_keys_have_run_out_cannot_be_chosen(
    visit: Visit, page_door: OpenDoor, tmp_path: Path
) -> None:
    partnership.publish(tmp_path, TODAY, until={"harbour": TODAY})
    body = (tmp_path / "speak" / "manifest.json").read_bytes()
    resident = visit(opened=False)
    resident.page.route("**/manifest.json", lambda route: route.fulfill(body=body))
    resident.open(address_of(page_door.port))
    resident.press("first.tell")
    resident.sees("desk.title")
    assert resident.page.get_by_role("radio").count() == 1
    resident.press("back")
    resident.press("first.ways")
    assert resident.page.get_by_role("link", name="01632 960101").is_visible(), "it can still be called"
