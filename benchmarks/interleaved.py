"""Runs timed side by side, each in turn and several times over: a slow minute hits them all."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timed:
    """What a run gave the first time, and the seconds of each time."""

    result: Any
    seconds: list[float]

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


def interleaved(runs: dict[str, Callable[[], Any]], repeats: int) -> dict[str, Timed]:
    """Do every run `repeats` times, each in turn: from first to last, then from last to first, and so on."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    results: dict[str, Any] = {}
    for turn in range(repeats):
        for name in list(runs)[:: 1 if turn % 2 == 0 else -1]:
            gc.collect()
            begin = time.perf_counter()
            result = runs[name]()
            seconds[name].append(time.perf_counter() - begin)
            results.setdefault(name, result)
            print(f"  {name}: {seconds[name][-1]:.2f} s", file=sys.stderr, flush=True)
    return {name: Timed(results[name], seconds[name]) for name in runs}
