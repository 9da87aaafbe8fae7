"""What a person may set for an assessment, and what is fixed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lippen.errors import LippenError
from lippen.wording import counted

STANDING_LINE = "Unfounded is not proof of bad faith. Nothing here lowers the response to a call."


class AssessmentError(LippenError):
    """The incidents cannot be assessed as asked."""


@dataclass(frozen=True)
class Settings:
    """The choices of one assessment.

    `since` is the first local day that is assessed; everything before it is what the model learns from, or
    None for the last quarter of the days there are. `budget` is the number of false episodes that may be
    expected in 30 days. `seed` drives every random draw. `replicates` is the number of shuffled streams that
    chance is measured on, so the smallest p-value that can be told is 1 / (replicates + 1).
    """

    since: date | None = None
    budget: float = 1.0
    seed: int = 0
    replicates: int = 39

    def __post_init__(self) -> None:
        if not 0 < self.budget <= 1000:
            raise AssessmentError(
                f"the budget is {counted(self.budget, 'false episode')} in 30 days",
                remedy="Give a number above 0 and up to 1000; 1 is the usual choice.",
            )
        if not 0 <= self.seed < 2**32:
            raise AssessmentError(
                f"the seed is {self.seed}", remedy="Give a whole number from 0 to 4294967295."
            )
        if not 19 <= self.replicates <= 9999:
            raise AssessmentError(
                f"{self.replicates} shuffled streams were asked for",
                remedy="Give 19 to 9999: with fewer than 19 no p-value of 0.05 can be told.",
            )

    def first_day(self) -> date:
        """The first day to assess. Raises AssessmentError when none was set."""
        if self.since is None:
            raise AssessmentError("no first day to assess was given", remedy="Set Settings(since=...).")
        return self.since
