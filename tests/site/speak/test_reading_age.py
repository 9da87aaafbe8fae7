"""What a resident reads is plain enough for a child of eleven (grade 6)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reading_age import grade, syllables

SPEAK = Path(__file__).parents[3] / "web" / "speak"
WORDS: dict[str, str] = json.loads((SPEAK / "languages" / "en.json").read_text("utf-8"))
SENTENCES = {
    key: text for key, text in WORDS.items() if not key.startswith("cue.") and re.search(r"[.?!]$", text)
}
MOST_OF_ALL, MOST_OF_ONE = 5.0, 6.0


class _Text(HTMLParser):
    """The words between the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())


def test_syllables_are_counted_as_spoken() -> None:
    counted = {
        word: syllables(word) for word in ("desk", "answer", "page", "pages", "opened", "wanted", "little")
    }
    assert counted == {"desk": 1, "answer": 2, "page": 1, "pages": 2, "opened": 2, "wanted": 2, "little": 2}


def test_the_measure_tells_plain_words_from_a_clerks() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 2
    assert grade("Information communicated confidentially necessitates organisational authorisation.") > 20


def test_all_that_the_page_says_is_read_at_eleven() -> None:
    assert len(SENTENCES) > 60
    assert grade(" ".join(SENTENCES.values())) <= MOST_OF_ALL


@pytest.mark.parametrize("screen", sorted({key.partition(".")[0] for key in SENTENCES}))
def test_no_screen_is_much_harder_than_the_others(screen: str) -> None:
    """Single sentences are too short to be measured: a screen's together."""
    texts = [text for key, text in SENTENCES.items() if key.partition(".")[0] == screen]
    assert grade(" ".join(texts)) <= MOST_OF_ONE, texts


def test_what_stands_there_without_script_is_read_at_eleven_too() -> None:
    page = _Text()
    page.feed((SPEAK / "index.html").read_text("utf-8").partition("<body>")[2])
    assert grade(" ".join(one if one.endswith((".", ":")) else f"{one}." for one in page.found if one)) <= 6
