"""Only the verb that is asked for is built: building them all takes longer than most of what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import typer


def only_asked(app: typer.Typer, arguments: Sequence[str]) -> typer.Typer:
    """The command line with no verb but the one that stands first among `arguments`.

    What begins otherwise (no word, an option, a verb that is not there) is answered with all verbs by name,
    so it gets the whole of `app`, which stays as it is.
    """
    commands = [one for one in app.registered_commands if one.name == arguments[0]] if arguments else []
    groups = [one for one in app.registered_groups if one.name == arguments[0]] if arguments else []
    if not commands and not groups:
        return app
    only = copy(app)
    only.registered_commands, only.registered_groups = commands, groups
    return only
