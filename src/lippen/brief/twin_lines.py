"""One measure twice on one chart, week by week: solid with what was done, dashed without it.

Which line is which is told by its dashes, not by colour alone. Where nothing is known there is no line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from lippen.brief.charts import axis_top
from lippen.brief.svg import element, path, picture, share, stretched, words

_HEAD, _PLOT, _FOOT, _LINE = 20, 104, 22, 18
_LEFT, _WIDTH = 0.01, 0.98
_CUT = "axis does not begin at 0"


class Week(NamedTuple):
    """A week by its first day, and a measure in it in both worlds; None where it cannot be told."""

    week: date
    without: float | None
    with_it: float | None


def twin_lines(
    rows: Sequence[Week],
    since: date,
    until: date | None,
    said: Callable[[float], str],
    label: str,
    *,
    from_nought: bool,
) -> Markup | None:
    """The chart, or None when there are fewer than two weeks or nothing is known.

    `since` and `until` mark when something begins and ends (None: not within the weeks), `said` writes a
    value, `label` tells the chart to those who cannot see it. The axis begins at nought with `from_nought`;
    without, only if some value lies near it. Where it does not, that stands beneath the chart.
    """
    values = [one for row in rows for one in (row.without, row.with_it) if one is not None]
    if len(rows) < 2 or not values:
        return None
    low, high, step = _axis(0.0 if from_nought else min(values), max(values))
    first, last = rows[0].week, rows[-1].week

    def x(day: date) -> float:
        return _LEFT + _WIDTH * (day - first).days / (last - first).days

    def y(value: float) -> float:
        return 100 - 100 * (value - low) / (high - low)

    parts: list[Markup] = []
    for nth in range(round((high - low) / step) + 1):
        at = _HEAD + _PLOT * y(low + nth * step) / 100
        parts.append(element("line", x1="0", x2="100%", y1=at, y2=at, class_="base" if nth == 0 else "grid"))
    parts += [
        words(said(value), "0", _HEAD + _PLOT * y(value) / 100 + 4, "tick", anchor="end", dx=-8)
        for value in (low, high)
    ]
    lines: list[Markup] = []
    for css, dot, known in (
        ("expected", "m-n", [(row.week, row.without) for row in rows]),
        ("line", "dot", [(row.week, row.with_it) for row in rows]),
    ):
        for run in _runs(known):
            points = [(x(day) * 100, y(value)) for day, value in run]
            if len(points) > 1:
                lines.append(path(points, css))
            else:
                at = _HEAD + _PLOT * points[0][1] / 100
                parts.append(element("circle", cx=share(points[0][0] / 100), cy=at, r=3, class_=dot))
    parts.append(stretched(lines, y=_HEAD, height=_PLOT))
    if first <= since <= last:
        parts += _mark(x(since), "begins", leftwards=x(since) > 0.2)
    if until is not None and first <= until <= last:
        parts += _mark(x(until), "ends", leftwards=x(until) > 0.8)
    foot = _HEAD + _PLOT + 18
    parts.append(words(_day(first), share(x(first)), foot, "tick", anchor="start"))
    parts.append(words(_day(last), share(x(last)), foot, "tick", anchor="end"))
    height = _HEAD + _PLOT + _FOOT
    if low:
        height += _LINE
        parts.append(words(_CUT, share(x(first)), foot + _LINE, "tick", anchor="start"))
        label = f"{label} The {_CUT}."
    return picture(parts, height=height, label=label, css="weekly twin")


def _axis(least: float, most: float) -> tuple[float, float, float]:
    """Round ends of an axis over the values, and the step of its grid."""
    if least >= 0 and (least < most / 2 or least == most):
        top, step = axis_top(most)
        return 0.0, top, step
    # A step of axis_top is at least 1 where values are counts: here they lie close together, far from nought.
    size = 10.0 ** math.floor(math.log10((most - least) / 2))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= (most - least) / 2 * (1 - 1e-9))
    return step * math.floor(least / step + 1e-9), step * math.ceil(most / step - 1e-9), step


def _runs(values: Sequence[tuple[date, float | None]]) -> Iterator[list[tuple[date, float]]]:
    """Weeks that follow each other and whose value is known."""
    run: list[tuple[date, float]] = []
    for day, value in values:
        if value is not None:
            run.append((day, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _mark(place: float, text: str, *, leftwards: bool) -> list[Markup]:
    anchor, aside = ("end", -4) if leftwards else ("start", 4)
    at = share(place)
    return [
        element("line", x1=at, x2=at, y1=_HEAD - 12, y2=_HEAD + _PLOT, class_="since"),
        words(text, at, _HEAD - 6, "tick", anchor=anchor, dx=aside),
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
