"""Keeps the store in order: what has expired goes each hour, and what came lies in no order of time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Final, NoReturn

from lippen.site.speak.store import Store

SECONDS_BETWEEN_SWEEPS: Final = 3600.0
SECONDS_BETWEEN_LOOKS: Final = 15.0
"""For so long, and for as long as rewriting takes, what came together can lie side by side in the file."""

_SHARE: Final = 20
"""Rewriting takes at most one part in so many of the time, however much lies in the store."""


class Keeper:
    """Sweeps and rewrites a store, in a thread of its own that ends with the process."""

    def __init__(
        self,
        store: Store,
        today: Callable[[], date],
        between_sweeps: float = SECONDS_BETWEEN_SWEEPS,
        between_looks: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._store = store
        self._today = today
        self._between_sweeps, self._between_looks = between_sweeps, between_looks

    def start(self) -> None:
        """Begin with a sweep."""
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def _keep(self) -> None:
        while True:
            try:
                with self._store.rewriting() as rewrite:
                    self._go_on(rewrite)
            except Exception:
                # A full disk, or a file that is gone: it is tried again, and doctor names what is overdue.
                sys.stderr.write("lippen speak: the store could not be kept in order\n")
            time.sleep(self._between_looks)

    def _go_on(self, rewrite: Callable[[], None]) -> NoReturn:
        swept = float("-inf")
        while True:
            begun = time.monotonic()
            if begun - swept >= self._between_sweeps:
                self._store.sweep(self._today())
                swept = begun
            rewrite()
            time.sleep(max(self._between_looks, _SHARE * (time.monotonic() - begun)))
