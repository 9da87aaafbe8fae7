"""A resident at the page: what she presses, chooses and reads, in words of the English page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partnership import LEAVE

if TYPE_CHECKING:
    from playwright.sync_api import Page

WORDS: Final[dict[str, str]] = json.loads(
    (Path(__file__).parents[3] / "web" / "speak" / "languages" / "en.json").read_text("utf-8")
)
STORY: Final = "Two men carry boxes up most evenings <b>canary</b> & it smells."
TELLING: Final = (
    "At 22:41 my brother saw it from my flat. He said “keep quiet about it”. I was the only one there."
)
SECONDS: Final = 180

STORED: Final = """async () => [
    document.cookie, localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""
NOTHING_STORED: Final = ["", 0, 0, 0, 0, 0]


@dataclass
class Resident:
    """Somebody in front of the page."""

    page: Page

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.sees("first.title")

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def sees(self, key: str) -> None:
        """Wait until a screen is there."""
        self.page.get_by_role("heading", name=WORDS[key], exact=True, level=1).wait_for(
            timeout=SECONDS * 1000
        )

    def press(self, key: str) -> None:
        self.page.get_by_role("button", name=WORDS[key], exact=True).click()

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def reads(self, key: str, **values: str) -> bool:
        return self.page.get_by_text(WORDS[key].format(**values)).first.is_visible()

    def waits_for(self, key: str) -> None:
        self.page.get_by_text(WORDS[key]).first.wait_for(timeout=SECONDS * 1000)

    def begin(self, desk: str = "Harbour Desk") -> None:
        """To the first question."""
        self.press("first.tell")
        self.sees("desk.title")
        self.choose(desk)
        self.press("next")
        self.sees("what.title")

    def tell(self, story: str = STORY, desk: str = "Harbour Desk") -> None:
        """Through every question to the last look, without a photograph."""
        self.begin(desk)
        for _ in self.questions(story):
            pass

    def questions(self, story: str) -> Iterator[str]:
        """Answer one question after the other; gives the name of each screen before it is answered."""
        yield "what"
        self.choose(WORDS["what.selling"])
        self.press("next")
        self.sees("where.title")
        yield "where"
        self.choose("Old Town")
        self.choose(WORDS["where.stair"])
        self.press("next")
        self.sees("when.title")
        yield "when"
        self.choose(WORDS["when.month"])
        self.press("next")
        self.sees("going_on.title")
        yield "going_on"
        self.choose(WORDS["going_on.yes"])
        self.press("next")
        self.sees("text.title")
        yield "text"
        self.page.get_by_role("textbox").fill(story)
        self.press("next")
        self.sees("hints.title")
        yield "hints"
        self.press("next")
        self.sees("photos.title")
        yield "photos"
        self.press("next")
        self.sees("conditions.title")
        yield "conditions"
        self.choose("Police")
        self.press("next")
        self.sees("read.title")
        yield "read"

    def send(self) -> list[str]:
        """Send it, and keep the words."""
        self.press("read.send")
        self.sees("receipt.title")
        return self.page.locator("ol.receipt li").all_inner_texts()

    def come_back(self, words: list[str]) -> None:
        self.press("first.return")
        self.sees("return.title")
        self.page.get_by_role("textbox").fill(" ".join(words))
        self.press("return.look")
        self.sees("answers.title")


Visit = Callable[..., Resident]


def address_of(port: int) -> str:
    return f"http://localhost:{port}/"


def leave_by_key(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(LEAVE)
