"""The charts of the room Trade, drawn on the server: bars of a few weeks, and a line of many with its band.

Numbers stand beside each in words or in a table, so nothing is told by a picture alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.charts import axis_top, day_labels
from lippen.brief.svg import element, path, picture, share, stretched, words

_TALL: Final = 28
_PLOT, _HEAD, _FOOT = 180, 14, 28
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True)
class Point:
    """A week and its value, None where there is none to tell; and the band around it, where it has one."""

    week: date
    value: float | None
    low: float | None = None
    high: float | None = None


def bars(values: Sequence[float]) -> Markup:
    """A bar a week, the newest last and darker. For a cell beside the numbers themselves."""
    most = max(1.0, *values) if values else 1.0
    wide = 1 / max(1, len(values))
    parts = [element("line", x1="0", x2="100%", y1=_TALL - 0.5, y2=_TALL - 0.5, class_="base")]
    for nth, value in enumerate(values):
        height = (_TALL - 2) * value / most
        if value:
            newest = nth == len(values) - 1
            parts.append(
                element(
                    "rect",
                    x=share(nth * wide + wide * 0.12),
                    y=_TALL - 1 - max(1.5, height),
                    width=share(wide * 0.76),
                    height=max(1.5, height),
                    class_="t4" if newest else "t2",
                )
            )
    return element("svg", *parts, class_="chart spark", width="100%", height=_TALL, aria_hidden="true")


def line(points: Sequence[Point], label: str, unit: str = "") -> Markup | None:
    """Values week by week over their bands; None where fewer than two weeks have one.

    `points` are in the order of weeks. Where weeks are left out, or have no value, the line breaks off.
    `label` says what is drawn, for those who cannot see it; `unit` stands before each number of the axis.
    """
    told = [one for one in points if one.value is not None]
    if len(told) < 2:
        return None
    first, last = told[0].week, told[-1].week
    top, step = axis_top(max(max(one.value or 0.0, one.high or 0.0) for one in told))
    if not unit and step < 1:  # there is no half a text
        top, step = math.ceil(top), 1.0

    def x(day: date) -> float:
        return 0.008 + 0.984 * (day - first).days / (last - first).days

    def run(held: Sequence[Point], name: str) -> list[tuple[float, float]]:
        values = ((one.week, getattr(one, name)) for one in held)
        return [(x(week) * 100, 100 - 100 * value / top) for week, value in values if value is not None]

    parts = []
    for value in (step * k for k in range(round(top / step) + 1)):
        y = _HEAD + _PLOT * (1 - value / top)
        css = "base" if value == 0 else "grid"
        parts.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_=css))
        parts.append(words(f"{unit}{figures.decimal(value, 2)}", "0", y + 4, "tick", anchor="end", dx=-8))
    lines = []
    for held in _unbroken(told):
        high, low = run(held, "high"), run(held, "low")
        if len(high) > 1 and len(low) > 1:
            lines.append(path([*high, *reversed(low)], "band", closed=True))
        lines.append(path(run(held, "value"), "line"))
    parts.append(stretched(lines, y=_HEAD, height=_PLOT))
    for one in told:
        y = _HEAD + _PLOT * (1 - (one.value or 0.0) / top)
        parts.append(element("circle", cx=share(x(one.week)), cy=y, r=2.6, class_="dot"))
    places = [(one.week, share(x(one.week))) for one in told]
    parts.extend(day_labels(places, _HEAD + _PLOT + 20))
    return picture(parts, height=_HEAD + _PLOT + _FOOT, label=label, css="weekly")


def _unbroken(told: Sequence[Point]) -> list[list[Point]]:
    """Runs of weeks of which each follows upon the one before."""
    begun = told[0].week
    runs = groupby(enumerate(told), lambda one: (one[1].week - begun) - _WEEK * one[0])
    return [[point for _, point in held] for _, held in runs]
