"""What a person can put right: errors that carry the place and the remedy beside the complaint."""

from __future__ import annotations

from pathlib import Path


class LippenError(Exception):
    """An expected failure, shown as one line and never as a traceback.

    `what` says what is wrong, `file` and `line` say where when that is known, and `remedy` says what to do
    about it. The command line prints `str(error)` and ends with exit code 2.
    """

    def __init__(
        self, what: str, *, file: str | Path | None = None, line: int | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.file = str(file) if file is not None else None
        self.line = line
        self.remedy = remedy

    @property
    def seen(self) -> str:
        """What is wrong and where, without what to do about it."""
        where = ""
        if self.file is not None:
            where = f"{self.file}: " if self.line is None else f"{self.file}, line {self.line}: "
        return f"{where}{self.what}"

    def __str__(self) -> str:
        sentence = self.seen
        if self.remedy:
            sentence = f"{sentence.rstrip('.')}. {self.remedy}"
        return " ".join(sentence.split())
