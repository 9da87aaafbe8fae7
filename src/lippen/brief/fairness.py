"""Is it wrong more often in some places? Groups of areas beside the rate over all of them."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import isolated
from lippen.brief.schema import FairnessGroup

WORST_RATIO = 1.25
"""A group is more often wrong when even the lower end of its interval is this much above the overall rate."""

_PER = 10_000
_VERDICTS = {
    "ok": "no sign that it is worse here",
    "higher": "more often wrong here",
    "cannot tell": "cannot tell: too few",
}
_EITHER = "cannot tell: the likely range reaches beyond what would be worse"


def rows(
    groups: Sequence[FairnessGroup], replicates: int | None
) -> list[tuple[Markup, str, str, str, str, str]]:
    """The table: group, incidents, false episodes, rate for each 10,000 incidents, interval, verdict.

    "No sign" is said only where the whole interval lies below what would be called worse; where it reaches
    beyond, it could be either.
    """
    overall = _overall(groups, replicates)
    limit = math.inf if overall is None else WORST_RATIO * overall
    return [_row(group, limit) for group in groups]


def _row(group: FairnessGroup, limit: float) -> tuple[Markup, str, str, str, str, str]:
    few = group["verdict"] not in ("ok", "higher")
    low, high = group["low"], group["high"]
    interval = (
        ""
        if few or low is None or high is None
        else f"{figures.decimal(low * _PER)} to {figures.decimal(high * _PER)}"
    )
    return (
        isolated(group["area_group"], 48),
        figures.count(group["incidents"]),
        figures.count(group["false_episodes"]),
        figures.CANNOT_TELL if few or group["rate"] is None else figures.decimal(group["rate"] * _PER),
        interval,
        _EITHER
        if group["verdict"] == "ok" and high is not None and high > limit
        else _VERDICTS.get(group["verdict"] or "cannot tell", _VERDICTS["cannot tell"]),
    )


def note(groups: Sequence[FairnessGroup], replicates: int | None) -> str:
    """What was counted, the yardstick, and the rule by which a group is called worse off."""
    copies = (
        figures.plural(replicates, "shuffled copy", "shuffled copies") if replicates else "shuffled copies"
    )
    line = f"Counted over {copies} of these days, in which every episode is false."
    overall = _overall(groups, replicates)
    if overall is None:
        return line
    return (
        f"{line} Over all areas the rate is {figures.decimal(overall * _PER)}. A group is called more often "
        f"wrong when even the lower end of its interval lies above {WORST_RATIO:g} times that, "
        f"{figures.decimal(WORST_RATIO * overall * _PER)}."
    )


def _overall(groups: Sequence[FairnessGroup], replicates: int | None) -> float | None:
    searched = sum(group["incidents"] or 0 for group in groups)
    if not replicates or not searched or any(group["false_episodes"] is None for group in groups):
        return None
    return sum(group["false_episodes"] or 0 for group in groups) / (searched * replicates)


def worse(groups: Sequence[FairnessGroup]) -> Markup | None:
    """Names the groups where it is more often wrong; None when there is none."""
    named = [group["area_group"] for group in groups if group["verdict"] == "higher"]
    if not named:
        return None
    shown = Markup(", ").join(isolated(name, 48) for name in named[:4])
    further = f" and {len(named) - 4:,} more" if len(named) > 4 else ""
    return Markup("It is more often wrong in some areas than over all: {}{}.").format(shown, further)
