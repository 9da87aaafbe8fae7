"""What a site was made as, which its workspace remembers: a forgotten line of the environment or of
`site.toml` is not to make it another site.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.site.configuration_error import ConfigurationError
from lippen.site.database_address import DATABASE_VARIABLE, database_parts
from lippen.site.register.copied_files import whole

MADE_AS: Final = "made-as.json"
"""The file of a workspace in which the program writes what its site was made as. It holds no secret."""

_LONGEST: Final = 2**20


@dataclass(frozen=True)
class MadeAs:
    """What a site was made as: `database` is `sqlite` or `postgresql`, `name` what it is called there, "" for
    SQLite's file; and whether it was a demo.
    """

    database: str
    name: str
    demo: bool

    def as_text(self) -> str:
        told = {"database": self.database, "name": self.name, "demo": self.demo}
        return json.dumps(told, indent=1) + "\n"

    def differs(self, workspace: Path, *, demo: bool) -> ConfigurationError | None:
        """What is raised where the site would now be opened as something else, on another database say: that
        would be a second site with the first one's keys.
        """
        parts, file = database_parts(), workspace / MADE_AS
        if self.database == "postgresql" and parts is None:
            return ConfigurationError(
                f"this site is in the PostgreSQL database {self.name}, and {DATABASE_VARIABLE} is not set",
                file=file,
                remedy="Set it as it was when the site was opened (docs/how-to/run-it-for-a-year.md).",
            )
        if self.database == "sqlite" and parts is not None:
            return ConfigurationError(
                f"this site is on SQLite, in its workspace, and {DATABASE_VARIABLE} is set",
                file=file,
                remedy=f"Unset {DATABASE_VARIABLE}, or name another workspace for a site on PostgreSQL.",
            )
        if parts is not None and parts.name != self.name:
            return ConfigurationError(
                f"this site is in the database {self.name}, and {DATABASE_VARIABLE} names another",
                file=file,
                remedy=f"Put {DATABASE_VARIABLE} right; or, if you gave the database another name, delete "
                "this file: it is written anew when the site is opened.",
            )
        if demo and not self.demo:
            return ConfigurationError(
                "demo = true, and this site was made as a real one",
                file=workspace / "site.toml",
                remedy="Take that line out; for a demo, run lippen demo with a new folder.",
            )
        return None


def made_as(workspace: Path) -> MadeAs | None:
    """What the site of this workspace was made as; None where none was opened yet.

    Raises ConfigurationError.
    """
    file = workspace / MADE_AS
    if not file.exists():
        return None
    try:
        told = json.loads(whole(file, _LONGEST))
        found = MadeAs(str(told["database"]), str(told["name"]), told["demo"] is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(
            "this cannot be read, and says on which database the site is",
            file=file,
            remedy=f"Delete it once {DATABASE_VARIABLE} is as it should be: it is written anew when the site "
            "is opened.",
        ) from error
    return found


def now_made_as(*, demo: bool) -> MadeAs:
    """What the site is if it is made now, on the database that is set."""
    parts = database_parts()
    database, name = ("sqlite", "") if parts is None else ("postgresql", parts.name)
    return MadeAs(database, name, demo)
