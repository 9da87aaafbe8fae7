"""What is sold, reckoned anew from all adverts and sightings that are in: `python -m
lippen.site.insight.trade_anew` does so in a process of its own, whose memory is gone with it.

An import and its taking back reckon in their own process (`importing`). What comes or goes otherwise is
found by the worker (`import_queue`): a collection whose right ran out took all that was reckoned with it, an
import by command and a restore bring none.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lippen.errors import LippenError
from lippen.results import TRADE_FACTS
from lippen.site.insight.kinds import OF_TRADE
from lippen.site.insight.words_answered import answers
from lippen.site.process_tree import work_beside_pages

if TYPE_CHECKING:
    from lippen.manifest import Manifest
    from lippen.progress import Stages
    from lippen.workspace import Workspace

_MOST_MEMORY: Final = 12 << 30


def is_missing(manifest: Manifest) -> bool:
    """Whether there are adverts or sightings that nothing was reckoned from."""
    if TRADE_FACTS in manifest.results:
        return False
    expired = manifest.expired(datetime.now(UTC).date())
    return any(one.kind in OF_TRADE and one.signals and one not in expired for one in manifest.imports)


def reckon_trade_anew(workspace: Workspace, stages: Stages) -> None:
    """Reckon it, by what people said of words before, and enter that in the register. Raises as
    `reckon_trade`.
    """
    from lippen.reckoning_trade import reckon_trade
    from lippen.site.insight.import_ends import trade_reckoned

    reckon_trade(workspace, stages, decisions=answers())
    trade_reckoned()


def main() -> int:
    """Reckon in the workspace that the environment names. Returns 0, `import_ends.BUSY` while somebody else
    writes there, or 1 where it cannot be.
    """
    work_beside_pages(_MOST_MEMORY)
    from lippen.site.configuration import WORKSPACE_VARIABLE
    from lippen.site.operation.starting import start_site

    directory = Path(os.environ[WORKSPACE_VARIABLE])
    start_site(directory)
    from lippen.engine import connect
    from lippen.progress import Stages
    from lippen.site.insight.import_ends import BUSY
    from lippen.workspace import Workspace, WorkspaceBusy

    try:
        with connect() as engine:
            reckon_trade_anew(Workspace.open(directory, engine), Stages(quiet=True))
    except WorkspaceBusy:
        return BUSY
    except (LippenError, OSError) as why:
        logging.getLogger(__name__).error("what is sold could not be reckoned: %s", why)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
