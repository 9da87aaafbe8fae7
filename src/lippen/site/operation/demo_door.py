"""The residents' door of a demo: a process of its own beside the site, on a port of its own.

    python -m lippen.site.operation.demo_door WORKSPACE PORT

It is opened at 127.0.0.1 and the site at localhost: so no cookie of the site reaches it, and who leaves the
page is not signed out of the site. It listens on this machine alone, and ends with the site.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.listening import PortTaken, refuse_taken
from lippen.site.operation.demo_mark import refuse_real
from lippen.site.operation.demo_secrets import DOOR
from lippen.site.operation.kept_process import REFUSED, Kept
from lippen.site.operation.lock import alone_with
from lippen.site.process_tree import end_with_parent
from lippen.site.speak.page import BUILT
from lippen.site.speak.serving import Served, serve
from lippen.site.speak.store import Quota

HOST: Final = "127.0.0.1"


def beside(workspace: Path, port: int) -> Kept:
    """The door as the site keeps it running."""
    arguments = (str(workspace), str(port))
    return Kept("the residents' door", __name__, failing="it stays shut", arguments=arguments)


def address(port: int) -> str:
    return f"http://{HOST}:{port}/"


def forget(workspace: Path) -> None:
    """Forget the address of a door that was killed: it is not open."""
    (workspace / DOOR).unlink(missing_ok=True)


def main(workspace: Path, port: int) -> int:
    """Keep the door open until told to stop. Returns the exit code: REFUSED where it said why it cannot."""
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server takes it over
    served = Served(workspace, BUILT, Quota(), demonstration=True)
    shown = workspace / DOOR
    try:
        refuse_real(workspace)
        with alone_with(served.published, "this door is open already"):
            refuse_taken(HOST, port)
            served.check()

            def opened() -> None:
                write_in_one_step(shown, f"{address(port)}\n")
                sys.stdout.write(f"The residents' door is open: {address(port)}\n")
                sys.stdout.flush()

            try:
                return serve(served, HOST, port, None, opened)
            finally:
                shown.unlink(missing_ok=True)
    except PortTaken as error:
        said = f"{error.what}. Name another with --door-port."
    except LippenError as error:
        said = str(error)
    sys.stderr.write(f"The residents' door stays shut: {said}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
