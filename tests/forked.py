"""Python as tests start it again and again, without the second in which it imports libraries.

`run` does what `subprocess.run([sys.executable, ...])` does with text captured: a process of its own, with
arguments, folder, environment and exit code of its own. It is a fork of a process that has imported the
libraries and knows no settings; what Python itself takes from the environment as it starts (how it buffers,
which encoding it writes) it has from the tests.

That the program starts from nothing is tried wherever a test starts it by `subprocess`: every site that is
opened, every run that is stopped.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from runpy import run_module
from shutil import rmtree
from types import ModuleType
from typing import IO, Any

LIBRARIES = (
    *("lippen.cli", "lippen.briefing", "lippen.comparing", "lippen.evaluating.credibility"),
    *("lippen.reckoning", "lippen.reckoning_trade", "lippen.weekly_return", "lippen.evaluating.trade"),
    *("lippen.signals.committing", "ibis.backends.duckdb.converter", "ibis.formats.pyarrow"),
    *("pyarrow.dataset", "_strptime"),
    *("lippen.sandbox", "lippen.workspace", "ibis.backends.duckdb", "sklearn.ensemble", "openpyxl"),
    *("typer._adapters", "rich._emoji_codes", "argon2", "cryptography.x509", "fido2.webauthn", "psycopg"),
    *("pydantic.json_schema", "pydantic.types", "django.core.management", "django.db.migrations.executor"),
    *("django.db.backends.sqlite3.base", "django.forms", "django.http", "django.middleware.csrf"),
    *("django.template.defaultfilters", "django.template.defaulttags", "django.urls", "django.views.generic"),
    *("django.contrib.messages.middleware", "django.core.handlers.wsgi", "django.db.migrations.autodetector"),
    *("django.test.signals", "django_stubs_ext", "django_tasks.backends", "django_tasks_db.compat"),
    *("fido2.server", "pydantic.networks", "whitenoise.middleware", "allauth.core.internal.ratelimit"),
    *("lippen.site.configuration", "lippen.site.seal_keys", "lippen.site.operation.backup_file"),
    *("lippen.site.accounts.permissions", "lippen.search", "lippen.site.operation.doctor"),
    *("lippen.site.form.living_page", "lippen.site.form.door", "lippen.site.desk.log_content"),
)
"""What the first process imports. None of them may read Django's settings."""


def run(
    *arguments: str,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    said: str = "",
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `python *arguments` (`-m module` or `-c code`, and what they are given) to its end.

    It reads `said` from its standard input.
    Raises TimeoutError, and kills the process, when it takes longer than `timeout` (seconds).
    """
    asked = {
        "arguments": arguments,
        "cwd": str(cwd or Path.cwd()),
        "env": dict(os.environ if env is None else env),
    }
    with (
        socket.socket(socket.AF_UNIX) as asking,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as errors,
    ):
        given.write(said.encode())
        given.seek(0)
        asking.connect(str(_first()))
        asking.settimeout(timeout)
        told = json.dumps(asked).encode()
        socket.send_fds(
            asking, [len(told).to_bytes(4, "big")], [given.fileno(), out.fileno(), errors.fileno()]
        )
        asking.sendall(told)
        with asking.makefile() as answers:
            number = int(answers.readline())
            try:
                code = int(answers.readline())
            except TimeoutError:
                os.kill(number, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess([sys.executable, *arguments], code, _text(out), _text(errors))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    # As `text=True` reads it: any end of a line is one.
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


@cache
def _first() -> Path:
    """Start the process that is forked, once for a run of the tests: those that run them side by side share
    it. Returns where it listens.
    """
    of_many = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    place = Path(tempfile.gettempdir()) / f"forked-{of_many or secrets.token_hex(16)}"
    place.mkdir(mode=0o700, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "asked").exists():
            _start(place, os.getppid() if of_many else os.getpid())
    return place / "asked"


@cache
def _start(place: Path, whole: int) -> subprocess.Popen[bytes]:
    """Start it, to end when the process `whole` does, and wait until it listens."""
    process = subprocess.Popen([sys.executable, __file__, str(place), str(whole)], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    return process


def _loaded() -> None:
    """Load what the program has compiled, and patterns that it compiles: each fork else took half a second of
    processor time for them.
    """
    import pyarrow as pa

    from lippen.near_copies import near_copies
    from lippen.signals.contacts import remove_contacts
    from lippen.trade.hashed import hashed

    near_copies(["one and the same text"] * 2)
    hashed(["a text"])
    remove_contacts(pa.array(["telegram - otterly", "add otterly on snap", "t . me / otterly"]))


def _serve(place: Path, whole: int) -> None:
    """Fork for whoever asks, until the process that runs all of the tests has ended."""
    for name in LIBRARIES:
        __import__(name)
    _loaded()
    gc.freeze()  # what is never collected is never copied
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "asked"))
        listening.listen()
        listening.settimeout(1)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for forks that have answered
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while _lives(whole):
            try:
                asked, _ = listening.accept()
            except TimeoutError:
                continue
            # Several tests may ask at once, and somebody has to wait for each of the processes.
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                with suppress(BrokenPipeError):  # whoever asked has waited long enough
                    _answer(asked)
                os._exit(0)
            asked.close()
    rmtree(place)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _answer(asking: socket.socket) -> None:
    """Run what is asked in one more process, and tell its number and, at its end, its exit code."""
    size, fds, _, _ = socket.recv_fds(asking, 4, 3)
    with asking, asking.makefile("rwb") as said:
        asked = json.loads(said.read(int.from_bytes(size, "big")))
        process = multiprocessing.get_context("fork").Process(target=_begin, args=(asked, fds))
        process.start()
        said.write(f"{process.pid}\n".encode())
        said.flush()
        process.join()
        said.write(f"{process.exitcode}\n".encode())


def _begin(asked: dict[str, Any], fds: list[int]) -> None:
    """Do what Python does with such arguments, in this process."""
    for at, fd in enumerate(fds):
        os.dup2(fd, at)
        os.close(fd)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing gives it none
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    option, what, *more = asked["arguments"]
    # The first place to look for modules is not the folder of this file any more.
    added = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one and one not in sys.path]
    sys.path[:1] = ["" if option == "-c" else str(Path.cwd()), *added]
    atexit._clear()  # a fork ends by its own exit handlers, and multiprocessing calls none
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        if option == "-m":
            sys.argv = [what, *more]
            run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.argv = [option, *more]
            exec(compile(what, "<string>", "exec"), main.__dict__)  # noqa: S102 - as `python -c` does
    finally:
        atexit._run_exitfuncs()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
