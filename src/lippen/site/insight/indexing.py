"""The index for search over what is in, made where it is missing, in a process of its own:
`python -m lippen.site.insight.indexing`. What it needs of memory is gone with it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

from lippen.engine import connect
from lippen.errors import LippenError
from lippen.progress import Stages
from lippen.search import make_index
from lippen.site.configuration import WORKSPACE_VARIABLE
from lippen.site.process_tree import work_beside_pages
from lippen.workspace import Workspace

_MOST_MEMORY: Final = 4 << 30


def main() -> int:
    """Make the index of the workspace that the environment names. Returns the exit code."""
    work_beside_pages(_MOST_MEMORY)
    try:
        with connect() as engine:
            make_index(Workspace.open(Path(os.environ[WORKSPACE_VARIABLE]), engine), Stages(quiet=True))
    except (LippenError, OSError, sqlite3.Error) as why:
        sys.stderr.write(f"what was brought in cannot be searched yet: {why}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
