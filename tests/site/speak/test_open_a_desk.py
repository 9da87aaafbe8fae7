"""The how-to page "open a desk", walked as a reader does: from the key to the leaflet."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_partnership import worker_file, write_keys
from open_sites import free_port

from command_line import lippen
from forked import run
from walked import LIPPEN, Step, Walk, assert_prints_what_the_page_says, given

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "how-to" / "open-a-desk.md").read_text("utf-8")
OF_A_WORKER = re.compile(r'^    \{"recipient": .*\n', re.M)
ON_YOUR_PAPER = "SIX WORDS FROM YOUR PAPER"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The page's commands in their order, with what others do: the workers' files, and the words."""
    place = tmp_path_factory.mktemp("desk")
    for name, text in re.findall(r"`(partnership/[^`\n]+)`:\n\n```\w+\n(.*?)```", PAGE, re.S):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    for desk, worker in (("harbour", "ada"), ("harbour", "bea"), ("hill", "cat")):
        made = worker_file(f"{desk} {worker}", datetime.now(UTC).date())
        write_keys(place / "partnership", desk, worker, made)
    steps: list[Step] = []
    for command, said in given(OF_A_WORKER.sub("", PAGE)):
        typed = command.replace(ON_YOUR_PAPER, words_of(steps[0]) if steps else "")
        done = run("-m", "lippen.cli", *shlex.split(typed.removeprefix(LIPPEN)), cwd=place)
        assert done.returncode == 0, f"{typed}\n{done.stderr}"
        steps.append(Step(command, tuple(said), done.stdout))
    return Walk(" ".join(PAGE.split()), place, tuple(steps))


def words_of(step: Step) -> str:
    """The six words that a command says."""
    return re.findall(r"Its six words: +(.+)", step.printed)[0]


def test_each_command_prints_what_the_page_says(walked: Walk) -> None:
    verbs = [re.findall(r"speak ([a-z-]+)", one.command)[0] for one in walked.steps]
    assert verbs == ["key", "recovery-key", "recovery-key", "manifest", "sign", "publish", "leaflet"]
    assert_prints_what_the_page_says(walked)
    assert len({words_of(one) for one in walked.steps if "six words:" in one.printed}) == 1


def test_what_the_page_says_of_a_workers_file_is_what_one_has() -> None:
    (example,) = OF_A_WORKER.findall(PAGE)
    assert re.findall(r'"(\w+)":', example) == list(worker_file("anybody"))


def test_the_door_opens_with_what_was_published_and_is_found_to_be_the_page(walked: Walk) -> None:
    port = free_port()
    command = [sys.executable, "-m", "lippen.cli", "speak", "--workspace", "partnership", "--port", str(port)]
    with subprocess.Popen(command, cwd=walked.place, stdout=subprocess.PIPE, text=True) as door:
        try:
            assert door.stdout
            assert "The door is open" in door.stdout.readline()
            address, words = f"http://localhost:{port}", words_of(walked.steps[0])
            told = lippen("speak", "verify-page", address, "--fingerprint", words)
            assert told.returncode == 0, told.stderr
            assert "same    /desks/harbour.json" in told.stdout
            # The door takes a new manifest by itself, and whoever checks then sees that one.
            (walked.place / "partnership" / "speak" / "manifest.json").write_bytes(b"{}")
            time.sleep(1.2)
            assert lippen("speak", "verify-page", address, "--fingerprint", words).returncode == 0
        finally:
            door.terminate()


@pytest.mark.parametrize("step", ["partnership.key", "recovery.json", "<worker>.json", "manifest.json"])
def test_each_key_of_the_door_is_explained_where_keys_are(step: str) -> None:
    page = (DOCS / "how-to" / "keep-the-keys.md").read_text("utf-8")
    (section,) = re.findall(r"## The keys of the residents' door\n(.*?)(?=\n## |\Z)", page, re.S)
    assert f"`{step}`" in section
