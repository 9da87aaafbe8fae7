"""How far an import has come: what its process says, kept with the job, for the page that is watched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from lippen.progress import Stage, Stages
from lippen.site.insight.kinds import OF_TRADE
from lippen.site.insight.models import ImportJob

_SECONDS_BETWEEN: Final = 0.5

BRINGING_IN: Final = (
    ("read", "Read and check each row"),
    ("settle", "Find rows that are here already, and take the rest in"),
)
RECKONING: Final = (
    ("count what is left out", "Count what is never assessed"),
    ("look around each call", "Look at what happened around each call"),
    ("learn what is normal", "Learn what is normal"),
    ("count volumes", "Count by kind, area and time"),
    ("link incidents", "Look for calls alike"),
    ("measure chance", "Measure what chance alone would show"),
    ("look for episodes", "Look for episodes"),
    ("look elsewhere", "Look at what happened elsewhere meanwhile"),
    ("count by week", "Count for the pages"),
    ("index for search", "Make the words of the texts searchable"),
)
RECKONING_TRADE: Final = (
    ("learn what adverts look like", "Learn what adverts look like"),
    ("gather copies", "Gather copies of the same post"),
    ("tell adverts, read offers", "Tell adverts from other posts, and read what they offer"),
    ("read sightings", "Read the sightings"),
    ("count by week", "Count by week"),
    ("compare with the season", "Compare with the season"),
    ("compare prices", "Compare prices"),
    ("look for new words", "Look for new words"),
    ("gather the loudest", "Gather the loudest adverts"),
)
"""Stages by the names that the library gives them, in their order, with what they are called on a page."""


@dataclass(frozen=True)
class StageSeen:
    """A stage as a page shows it: `state` is done, under way or to come."""

    words: str
    state: str


class KeptStages(Stages):
    """Stages that are written into a job about twice a second."""

    def __init__(self, ref: str) -> None:
        super().__init__(quiet=True)
        self._ref = ref

    def _display(self, name: str, total: int | None) -> Stage:
        return _KeptStage(self._ref, name, total)


class _KeptStage(Stage):
    def __init__(self, ref: str, name: str, total: int | None) -> None:
        super().__init__(name, total)
        self._ref = ref
        self._last = time.monotonic()
        now = timezone.now()
        ImportJob.objects.filter(ref=ref).update(stage=name, rows=0, total=total, stage_at=now, beat_at=now)

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN:
            self._last = now
            ImportJob.objects.filter(ref=self._ref).update(
                rows=self.rows, total=self.total, beat_at=timezone.now()
            )


def stages_of(name: str, kind: str, *, bringing_in: bool) -> list[StageSeen]:
    """Every stage of an import of this kind, or of taking one back, given the `name` of the one under way."""
    reckoning = RECKONING_TRADE if kind in OF_TRADE else RECKONING
    every = (*(BRINGING_IN if bringing_in else ()), *reckoning)
    names = [one for one, _ in every]
    here = names.index(name) if name in names else -1
    return [
        StageSeen(words, "done" if at < here else "under way" if at == here else "to come")
        for at, (_, words) in enumerate(every)
    ]


def time_left(rows: int, total: int | None, so_far: timedelta) -> timedelta | None:
    """How long the rest of a stage takes, if it goes on as before; None while nothing can be told."""
    if not total or rows <= 0 or so_far < timedelta(seconds=1):
        return None
    return so_far * max(0, total - rows) / rows
