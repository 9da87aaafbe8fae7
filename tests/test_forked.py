"""A fork of a process that has its libraries does what a process does that has yet to import them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from forked import run

PROGRAMS = {
    "prints": "import sys; print('one\\r\\ntwo'); print('three', file=sys.stderr)",
    "exits": "raise SystemExit(7)",
    "says why": "raise SystemExit('for a reason')",
    "is killed": "import os; os.kill(os.getpid(), 9)",
    "stops itself": "import signal; signal.raise_signal(signal.SIGTERM)",
    "reads": "import sys; print(repr(sys.stdin.read()))",
    "is told": "import os, sys; print(sys.argv, os.getcwd(), sorted(os.environ), __name__)",
    "tidies": "import atexit; atexit.register(print, 'at the end')",
    "waits for its threads": "import threading; threading.Timer(0.1, print, ['late']).start()",
    "imports": "import beside; print(beside.HERE)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_as_if_python_had_been_started(tmp_path: Path, name: str) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "beside.py").write_text("HERE = 'found'")
    asked = ("-c", PROGRAMS[name], "a", "b c")
    env = {"PYTHONPATH": str(tmp_path / "modules"), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
    started = subprocess.run(
        [sys.executable, *asked],
        **{"cwd": tmp_path, "env": env, "stdin": subprocess.DEVNULL},
        capture_output=True,
        text=True,
        check=False,
    )
    forked = run(*asked, cwd=tmp_path, env=env)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        started.returncode,
        started.stdout,
        started.stderr,
    )


def test_a_fault_is_shown_with_its_trace(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fall():\n    raise KeyError('on purpose')\n\n\nfall()\n")
    done = run("-m", "broken", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("KeyError: 'on purpose'\n")


def test_nothing_goes_from_one_to_the_next_and_several_may_run_at_once() -> None:
    said: dict[str, str] = {}

    def ask(word: str) -> None:
        program = "import builtins, sys; print(getattr(builtins, 'left', None)); builtins.left = sys.argv[1]"
        said[word] = run("-c", program, word).stdout

    threads = [threading.Thread(target=ask, args=(word,)) for word in "abc"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert said == dict.fromkeys("abc", "None\n")


def test_it_reads_what_it_is_told() -> None:
    assert run("-c", "import sys; print(sys.stdin.read()[::-1])", said="ü\n1").stdout == "1\nü\n"


def test_what_takes_too_long_is_killed() -> None:
    with pytest.raises(TimeoutError):
        run("-c", "import time; time.sleep(60)", timeout=0.2)
