"""What the site writes down of itself: never an address that somebody asked for, which can name a person or
hold a one-time link.
"""

from __future__ import annotations

import logging


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
