"""Serves a site: web workers and the background worker in one process tree that ends together."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lippen.site.configuration import Configuration
from lippen.site.listening import LOCAL, NotServedSafely, refuse_taken, when_open
from lippen.site.operation.certificates import Certificate
from lippen.site.operation.kept_process import SECONDS_TO_FINISH, Kept, KeptProcess
from lippen.site.process_tree import VARIABLE

THREADS: Final = 8
"""Of each web worker. Measured with `benchmarks/site_pages.py` on two cores: 1 to 4 are slower, since entries
of the register that wait together share a commit; 16 are no faster.
"""

BACKGROUND: Final = Kept(
    "the background worker", "lippen.site.operation.worker", failing="the site is closed"
)


@dataclass(frozen=True)
class Door:
    """Where the site listens, and with which certificate. Without one it listens on this machine alone."""

    host: str
    port: int
    certificate: Certificate | None

    def origin(self, configuration: Configuration) -> str:
        """The address that people type: the partnership's own when there is one, else localhost."""
        if self.host in LOCAL and self.certificate is None:
            return f"http://localhost:{self.port}"
        return configuration.origins[0] if configuration.origins else f"https://localhost:{self.port}"

    def check(self, configuration: Configuration) -> None:
        """Raises NotServedSafely, CertificateRefused or PortTaken when the site cannot be served here."""
        if self.certificate is not None:
            self.certificate.check()
        if self.host not in LOCAL:
            if configuration.demo:
                raise NotServedSafely(
                    "a demo lets anybody in as anybody, so it listens on this machine alone",
                    remedy="Leave --host out.",
                )
            if self.certificate is None:
                raise NotServedSafely(
                    f"off this machine ({self.host}) the site is served by HTTPS only",
                    remedy="Name --certificate and --key, or run lippen serve --make-certificate NAME once.",
                )
            if not any(one.startswith("https://") for one in configuration.origins):
                raise NotServedSafely(
                    "nothing says under which address people reach this site",
                    file=configuration.workspace / "site.toml",
                    remedy='Add a line such as origins = ["https://lippen.example.org"].',
                )
        refuse_taken(self.host, self.port)


def serve(
    configuration: Configuration,
    door: Door,
    opened: Callable[[], None],
    workers: int,
    beside: Sequence[Kept] = (),
) -> int:
    """Serve with so many web workers until told to stop; `opened` is called once when the first page can be
    asked for. What is `beside` is kept running for as long, and the site goes on without it where that fails.

    Returns the exit code: 0 when it was asked to stop, 1 when a worker failed again and again.
    """
    from django.db import connections
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    connections.close_all()
    os.environ[VARIABLE] = str(os.getpid())
    # Not forked: a copy of this process would share its locks and its place in the database's files.
    multiprocessing.set_start_method("spawn", force=True)
    tls: dict[str, Any] = {}
    if door.certificate is not None:
        tls = {
            "ssl_cert": door.certificate.certificate,
            "ssl_key": door.certificate.key,
            "ssl_protocol_min": SSLProtocols.tls12,
        }
    server = Server(
        "lippen.site.wsgi:application",
        address="127.0.0.1" if door.host == "localhost" else door.host,
        port=door.port,
        interface=Interfaces.WSGI,
        # With HTTP/2 offered too, the server waits without end for the first word of a connection. So it ends
        # whatever has said nothing, or only half of what it asks, for 30 seconds.
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        backlog=1024,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        **tls,
    )
    background = KeptProcess(BACKGROUND, server.signal_handler_interrupt)
    others = [KeptProcess(one, lambda: None) for one in beside]
    threading.Thread(target=when_open, args=(door.host, door.port, opened), daemon=True).start()
    for one in (background, *others):
        one.start()
    try:
        server.serve()
    except SystemExit as end:
        return int(bool(end.code)) or int(background.gave_up)
    finally:
        for one in others:
            one.ask_to_end()  # beside the background worker, not after it
        for one in (background, *others):
            one.stop()
    return int(background.gave_up)
