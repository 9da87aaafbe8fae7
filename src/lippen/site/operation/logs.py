"""What the site writes down of itself: where something went wrong, never about whom.

An address can name a person or hold a one-time link, so the route stands in its place. What an error says
can quote a name or a whole row, so of most errors the kind alone is written, with the lines of the program.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Final

from django.db import OperationalError

_SAYS_NOTHING_OF_ANYBODY: Final = (OSError, OperationalError, ImportError)
"""What a disk, a connection or an installation lacks. Whoever runs the site needs to read that."""


class WithoutAddresses(logging.Filter):
    """Puts the route in the place of the address asked for: `invitations/<token>/` says which page it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is None:
            return True
        match = getattr(request, "resolver_match", None)
        route = match.route if match is not None else "an address that there is not"
        asked = {request.path, request.get_full_path()}
        if isinstance(record.args, tuple):
            record.args = tuple(route if one in asked else one for one in record.args)
        return True


class WithoutContent(logging.Formatter):
    """Writes of an error, and of each that it came of, the lines of the program and the kind."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        written = []
        error = ei[1]
        while error is not None:
            lines = "".join(traceback.format_tb(error.__traceback__))
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            said = f": {error}" if isinstance(error, _SAYS_NOTHING_OF_ANYBODY) else ""
            written.append(f"{lines}{kind}{said}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhich came of\n".join(written)
