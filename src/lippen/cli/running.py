"""How a run ends: what can be put right, an interrupt, and a fault of ours."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import typer

from lippen.errors import LippenError
from lippen.wording import plain

if TYPE_CHECKING:
    from types import FrameType

_stopped_by: list[int] = []
"""The signals that asked this run to stop."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A full disk, a quota that is used up, a file larger than this user may write: none names a file."""

_FILES_OPEN = (errno.EMFILE, errno.ENFILE)
"""More files open at once than the system lets one program, or all of them together, have."""


def run(app: Callable[[], None]) -> NoReturn:
    """Run the command line, and end with the exit code that says how it went."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Who starts a run with nohup has it go on when the terminal is closed.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        app()
    except Exception as error:
        # A library that is stopped in the middle of its work says so in an error of its own.
        if _stopped_by:
            sys.exit(128 + _stopped_by[0])
        if isinstance(error, LippenError):
            _fail(str(error))
        if isinstance(error, OSError):
            _fail(_about_the_disk(error))
        raise
    sys.exit(0)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # Raised and not killed, so that whatever is half-written is taken away on the way out.
    _stopped_by.append(number)
    sys.exit(128 + number)


def _fail(line: str) -> NoReturn:
    # A name given in bytes that are no text is shown with its bytes spelt out.
    # What a database says can be quoted in it, with signs that a terminal would act on.
    typer.echo(plain(f"lippen: {line}".encode(errors="backslashreplace").decode()), err=True)
    sys.exit(2)


def _about_the_disk(error: OSError) -> str:
    """One line for what the system refused. Raised again when it names no file: that is no user's doing."""
    if error.errno in _FILES_OPEN:
        # Libraries word it at length, with the name of a hidden folder that goes away.
        return str(
            LippenError(
                os.strerror(error.errno), remedy="Raise the limit (ulimit -n 1024), and run it again."
            )
        )
    if error.filename is None and error.errno not in _FULL:
        raise error
    remedies = {
        **dict.fromkeys(_FULL, "Make room on the disk or raise its limit, and run it again."),
        errno.EACCES: "Ask for permission, or name another folder.",
        errno.EROFS: "Name a folder that can be written to.",
        errno.ENOENT: "Check the name.",
        errno.EEXIST: "A file stands where a folder would: name another folder.",
        errno.EISDIR: "This is a folder: name a file.",
        errno.ENOTDIR: "A file stands where a folder would: name another folder.",
        errno.ENAMETOOLONG: "Give a shorter name.",
        errno.ELOOP: "The links in the name lead in a circle: name another folder.",
    }
    remedy = remedies.get(error.errno or 0)
    return str(LippenError(error.strerror or str(error), file=error.filename, remedy=remedy))
