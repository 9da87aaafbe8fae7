"""Every incident of a time strip can be seen and counted in a real Chromium, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sample import sample, table

from lippen.brief import write_brief

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AT_ONCE = [0, 0, 1, 1, 90]
"""Minutes: two and two calls within 16 seconds of each other."""

SEEN = """strips => strips.map(strip => {
    const marks = [...strip.querySelectorAll('use')].map(one => [one, 1]);
    const numbers = [...strip.querySelectorAll('text.many')].map(one => [one, 0]);
    const boxes = [...marks, ...numbers].map(([one]) => one.getBoundingClientRect());
    const touching = boxes.flatMap((a, i) => boxes.slice(0, i).filter(b =>
        a.left < b.right - .5 && b.left < a.right - .5 && a.top < b.bottom - 2 && b.top < a.bottom - 2));
    const many = numbers.map(([one]) => Number(one.textContent.slice(1)));
    return {
        counted: marks.length - many.length + many.reduce((a, b) => a + b, 0),
        touching: touching.length,
        past: boxes.filter(one => one.right > innerWidth || one.left < 0).length,
    };
})"""


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A briefing of two episodes: five calls, four of them at once, and a crowd of 60 in five hours."""
    facts, tables = sample(2)
    first, second = tables["episodes"]["episode_id"].to_pylist()
    rows: list[dict[str, Any]] = [
        {"episode_id": first, "minute": minute, "kind": "FIGHT", "area": "X01", "outcome": "unfounded"}
        for minute in AT_ONCE
    ]
    rows += [
        {
            "episode_id": second,
            "minute": n * n % 301,
            "kind": "NOISE" if n % 3 else "FIGHT",
            "area": "X01",
            "outcome": ("unfounded", "unfounded", "founded", "unknown")[n % 4],
        }
        for n in range(60)
    ]
    opened = browser.new_page()
    opened.goto(
        write_brief(tmp_path, facts, {**tables, "episode_strip": table("episode_strip", rows)}).as_uri()
    )
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("width", "media"), [(1280, "screen"), (360, "screen"), (320, "screen"), (673, "print")]
)
def test_every_incident_can_be_counted_and_no_mark_covers_another(page: Page, width: int, media: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media)
    seen = page.locator("svg.strip").evaluate_all(SEEN)
    assert [one["counted"] for one in seen] == [5, 60]
    assert [one["touching"] for one in seen] == [0, 0]
    assert [one["past"] for one in seen] == [0, 0]


def test_the_number_beside_a_mark_is_explained_where_there_is_one(page: Page) -> None:
    assert "×2" in page.locator("ul.legend").first.inner_text()
    assert page.locator("svg.strip").nth(0).locator(".many").count() == 0
    assert page.locator("svg.strip").nth(1).locator(".many").count() > 0
