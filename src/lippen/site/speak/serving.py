"""The process of the door: one that listens, and is started anew when it fails.

It is one, since challenges and what was spent of them are in its memory. The one that starts it holds no
store and reads no message; when it is gone, the door is too.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lippen.site.listening import when_open
from lippen.site.process_tree import VARIABLE, end_with_parent
from lippen.site.speak.door import Door
from lippen.site.speak.keeping import Keeper
from lippen.site.speak.page import FOLDER, Published, read_page
from lippen.site.speak.proof import Challenges
from lippen.site.speak.senders import Senders
from lippen.site.speak.store import FILE, Quota, Store
from lippen.site.speak.store_file import refuse_exposed

TOLD: Final = "LIPPEN_SPEAK"
"""The environment variable by which the process learns what it serves."""

_SECONDS_TO_FINISH: Final = 5


@dataclass(frozen=True)
class Served:
    """What is served: a workspace, the folder of the page, what a desk takes in a week, and whether it is a
    demo's.
    """

    workspace: Path
    page: Path
    quota: Quota
    demonstration: bool = False

    @property
    def published(self) -> Path:
        """Where the partnership's manifest lies."""
        return self.workspace / FOLDER

    def check(self) -> None:
        """Make the store where there is none. Raises PageMissing, ManifestRefused, OnlyADemonstration,
        StoreNewer, StoreUnusable, and FolderUnsafe where others can write to the workspace.
        """
        read_page(self.page)
        self.publication()
        refuse_exposed(self.store().file)

    def publication(self) -> Published:
        """What the partnership has published."""
        return Published(self.published, demonstration=self.demonstration)

    def store(self) -> Store:
        """Its store, opened."""
        return Store(self.workspace / FILE, self.quota)

    def as_text(self) -> str:
        """As it is told to the process."""
        limits = [self.quota.reports, self.quota.photograph_bytes]
        return json.dumps([str(self.workspace), str(self.page), self.demonstration, *limits])

    @classmethod
    def from_text(cls, text: str) -> Served:
        """What `as_text` wrote."""
        workspace, page, demonstration, *limits = json.loads(text)
        return cls(Path(workspace), Path(page), Quota(*limits), demonstration)


def application() -> Door:
    """The door, made in the process that listens: it ends with its parent, and keeps the store in order."""
    end_with_parent()
    # When it ends, threads of the server beneath still hold to the interpreter: taken down under them, it
    # makes them write of a panic. Whatever is kept is on the disk by then.
    atexit.register(os._exit, 0)
    served = Served.from_text(os.environ[TOLD])
    # SQLite rewrites a file by way of a second one, which lies beside it and never in a folder of others'.
    os.environ["SQLITE_TMPDIR"] = str(served.workspace)
    store = served.store()
    Keeper(store, lambda: datetime.now(UTC).date()).start()
    return Door(read_page(served.page), served.publication(), store, Challenges(), Senders())


def serve(
    served: Served, host: str, port: int, certificate: tuple[Path, Path] | None, opened: Callable[[], None]
) -> int:
    """Serve until told to stop; `opened` is called once when somebody can knock. Returns the exit code.

    `certificate` is one and its key, as PEM files; without it the door is opened by HTTP.
    """
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.server import Server

    os.environ[VARIABLE] = str(os.getpid())
    os.environ[TOLD] = served.as_text()
    # Not forked: a copy of this process would hold whatever this one does.
    multiprocessing.set_start_method("spawn", force=True)
    tls: dict[str, Any] = {}
    if certificate is not None:
        tls = {
            "ssl_cert": certificate[0],
            "ssl_key": certificate[1],
            "ssl_protocol_min": SSLProtocols.tls12,
        }
    server = Server(
        "lippen.site.speak.serving:application",
        factory=True,
        address="127.0.0.1" if host == "localhost" else host,
        port=port,
        # Asynchronous, so that whoever sends slowly costs no thread and can be given up on.
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,  # ends whatever falls silent for 30 seconds, which with HTTP/2 it does not
        workers=1,
        backlog=1024,
        websockets=False,
        log_enabled=False,  # what the server beneath says of a request that went wrong can quote it
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        **tls,
    )
    threading.Thread(target=when_open, args=(host, port, opened), daemon=True).start()
    try:
        server.serve()
    except SystemExit as end:
        return int(bool(end.code))
    return 0
