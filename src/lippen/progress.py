"""How far a run has come, said while it runs, and how long each stage took, kept for the briefing."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lippen.wording import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

SECONDS_BETWEEN_LINES = 10.0
"""A log that nobody watches needs a sign of life now and then, not a line for each batch."""


class Stage:
    """One step under way. `rows` counts what `advance` was told; `total` may be learned on the way."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name = name
        self.total = total
        self.rows = 0

    def advance(self, rows: int = 1) -> None:
        """Count `rows` more as done."""
        self.rows += rows
        self._show()

    def expect(self, total: int) -> None:
        """Say how many rows there will be, once that is known: time left is reckoned from it."""
        self.total = total
        self._show()

    def _show(self) -> None:
        """Quiet unless a subclass has somewhere to show it."""

    def finish(self, seconds: float | None) -> None:
        """Close the display; `seconds` is None when the stage was left by an error."""


class _LineStage(Stage):
    """For a log file or a pipe: a line when the stage ends, and one every ten seconds before."""

    def __init__(self, name: str, total: int | None, console: Console) -> None:
        super().__init__(name, total)
        self._console = console
        self._last = time.monotonic()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            rows = (
                f"{self.rows:,} of {counted(self.total, 'row')}" if self.total else counted(self.rows, "row")
            )
            self._say(f"{self.name}: {rows} so far")

    def finish(self, seconds: float | None) -> None:
        rows = f", {counted(self.rows, 'row')}" if self.rows else ""
        self._say(f"{self.name}: stopped{rows}" if seconds is None else f"{self.name}: {seconds:.1f} s{rows}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class _BarStage(Stage):
    """For a terminal: a bar with rows and time left, replaced by one line when the stage ends."""

    def __init__(self, name: str, total: int | None, console: Console, bar: Progress) -> None:
        super().__init__(name, total)
        self._bar = bar
        self._last_line = _LineStage(name, total, console)
        self._task: TaskID = bar.add_task(name, total=total)
        bar.start()

    def _show(self) -> None:
        self._bar.update(self._task, completed=self.rows, total=self.total)

    def finish(self, seconds: float | None) -> None:
        self._bar.stop()
        self._last_line.rows = self.rows
        self._last_line.finish(seconds)


class Stages:
    """The stages of one run, in order. Stages do not nest: each second belongs to one of them.

    Progress goes to standard error, so that what a verb prints can be piped on. `quiet` shows nothing and
    still keeps the times.
    """

    def __init__(self, console: Console | None = None, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._seconds: list[tuple[str, float]] = []
        self._open: str | None = None

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        """Run the body as the stage `name`; `total` is the number of rows to come, where it is known.

        Raises RuntimeError inside another stage. A stage left by an error is shown as stopped and not timed.
        """
        if self._open is not None:
            raise RuntimeError(f"the stage {name!r} was started inside the stage {self._open!r}")
        self._open = name
        stage = self._display(name, total)
        start = time.perf_counter()
        seconds: float | None = None
        try:
            yield stage
            seconds = time.perf_counter() - start
            self._seconds.append((name, seconds))
        finally:
            self._open = None
            stage.finish(seconds)

    def seconds(self) -> list[dict[str, str | float]]:
        """The finished stages in order, each as {"name", "seconds"}, to the millisecond."""
        return [{"name": name, "seconds": round(seconds, 3)} for name, seconds in self._seconds]

    def _display(self, name: str, total: int | None) -> Stage:
        if self._quiet:
            return Stage(name, total)
        if self._console is None:
            from rich.console import Console  # noqa: PLC0415 - a quiet run need not wait for it

            self._console = Console(stderr=True)
        if not self._console.is_terminal:
            return _LineStage(name, total, self._console)
        from rich import progress  # noqa: PLC0415 - as above

        bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TextColumn("rows: {task.completed:,.0f}"),
            progress.TimeElapsedColumn(),
            progress.TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        return _BarStage(name, total, self._console, bar)


def peak_memory_mib() -> float:
    """The most memory held so far, in MiB: this process or its largest finished child, whichever was more.

    Not their sum: Linux starts a child with what its parent held on its account, which would count it twice.
    For the same reason this process is asked for its own high-water mark, where the system keeps one.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(max(_own_peak_kib(), _kib(children)) / 1024, 1)


def _own_peak_kib() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1])
    return _kib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _kib(maxrss: int) -> float:
    return maxrss / 1024 if sys.platform == "darwin" else maxrss  # macOS counts bytes, Linux KiB
