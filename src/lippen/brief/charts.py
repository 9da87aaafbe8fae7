"""The charts of the briefing. Each takes rows of a result table and gives SVG, or None when there is nothing
to draw. Outcome, and whether a week lies outside what was expected, is told by shape as well as by colour.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.schema import Interval
from lippen.brief.svg import element, number, path, picture, share, stretched, words


class Week(TypedDict):
    """A row of table `volumes_week`."""

    week: date
    incidents: int | None
    expected: float | None
    low: float | None
    high: float | None
    unfounded: int | None


class CalibrationBin(TypedDict):
    """A row of table `calibration`."""

    bin: int
    incidents: int | None
    expected: float | None
    observed: float | None
    low: float | None
    high: float | None


def axis_top(largest: float) -> tuple[float, float]:
    """A round top for an axis and the step of its grid: 7,312 gives (8000, 2000)."""
    if not math.isfinite(largest) or largest <= 0:
        return 1.0, 1.0
    rough = largest / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= rough * (1 - 1e-9))
    if largest >= 4:
        step = max(1.0, step)
    return step * math.ceil(largest / step - 1e-9), step


def weekly(rows: Sequence[Week], since: date | None = None) -> Markup | None:
    """Incidents week by week over the expected band; weeks outside it are diamonds, and `since` is marked."""
    seen = [row for row in rows if row["incidents"] is not None]
    if len(seen) < 2:
        return None
    plot, head = 220, 30
    top, step = axis_top(max(max(row["incidents"] or 0, row["high"] or 0) for row in seen))
    inset = 0.008
    xs = [inset + (1 - 2 * inset) * i / (len(seen) - 1) for i in range(len(seen))]

    def y(value: float) -> float:
        return head + plot * (1 - value / top)

    def on_plot(pairs: list[tuple[float, float | None]]) -> list[tuple[float, float]]:
        return [(x * 100, 100 - 100 * value / top) for x, value in pairs if value is not None]

    parts = []
    value = 0.0
    while value <= top * 1.0001:
        parts.append(
            element(
                "line", x1="0", x2="100%", y1=y(value), y2=y(value), class_="base" if value == 0 else "grid"
            )
        )
        parts.append(words(figures.decimal(value), "0", y(value) + 4, "tick", anchor="end", dx=-8))
        value += step
    high, low = (
        on_plot([(x, r["high"]) for x, r in zip(xs, seen, strict=True)]),
        on_plot([(x, r["low"]) for x, r in zip(xs, seen, strict=True)]),
    )
    lines = []
    if len(high) > 1 and len(low) > 1:
        lines.append(path([*high, *reversed(low)], "band", closed=True))
    expected = on_plot([(x, r["expected"]) for x, r in zip(xs, seen, strict=True)])
    if len(expected) > 1:
        lines.append(path(expected, "expected"))
    lines.append(path(on_plot([(x, r["incidents"]) for x, r in zip(xs, seen, strict=True)]), "line"))
    parts.append(stretched(lines, y=head, height=plot))
    first_assessed = next((i for i, row in enumerate(seen) if since and row["week"] >= since), 0)
    if first_assessed:
        place, late = share(xs[first_assessed]), xs[first_assessed] > 0.6
        parts.append(element("line", x1=place, x2=place, y1=head - 8, y2=head + plot, class_="since"))
        anchor, aside = ("end", 5) if late else ("start", -5)
        parts.append(words("assessed from here", place, head - 14, "tick", anchor=anchor, dx=aside))
    for x, row in zip(xs, seen, strict=True):
        mark = "#m-out" if outside(row) else "#m-in"
        parts.append(element("use", href=mark, x=share(x), y=y(row["incidents"] or 0)))
    parts.extend(_day_labels([row["week"] for row in seen], xs, head + plot + 20))
    out = sum(outside(row) for row in seen)
    counts = [row["incidents"] or 0 for row in seen]
    label = (
        f"Line chart of incidents in each of {len(seen)} weeks, from {min(counts):,} to {max(counts):,}. "
        f"{figures.plural(out, 'week')} outside the expected band."
    )
    return picture(parts, height=head + plot + 28, label=label, css="weekly")


def outside(row: Week) -> bool:
    """Whether a week's count lies outside the band that was expected."""
    if row["incidents"] is None or row["low"] is None or row["high"] is None:
        return False
    return not row["low"] <= row["incidents"] <= row["high"]


def _day_labels(days: Sequence[date], xs: Sequence[float], y: float) -> list[Markup]:
    """At most five dates below a chart; every second one steps aside on a narrow screen (class `wide`)."""
    many = min(5, len(days))
    chosen = sorted({round(i * (len(days) - 1) / max(1, many - 1)) for i in range(many)})
    parts = []
    for place, i in enumerate(chosen):
        anchor = "start" if i == 0 else "end" if i == len(days) - 1 else "middle"
        css = "tick wide" if 0 < place < len(chosen) - 1 and place % 2 else "tick"
        text = f"{days[i].day} {days[i]:%b}" + (f" {days[i].year}" if i in (0, len(days) - 1) else "")
        parts.append(words(text, share(xs[i]), y, css, anchor=anchor))
    return parts


def change_whisker(low: float | None, high: float | None) -> Markup:
    """A small interval of change from -100% to +100%, beside the same figures in words."""
    if low is None or high is None:
        return Markup("")
    left, right = (min(1.0, max(0.0, (value + 1) / 2)) for value in (low, high))
    parts = [element("line", x1="50%", x2="50%", y1=2, y2=18, class_="base")]
    if low > 1:
        beyond = element("path", d="M-8-5 0 0-8 5Z", class_="dot")
        parts.append(element("svg", beyond, x="100%", y=10, overflow="visible"))
    else:
        parts.append(element("line", x1=share(left), x2=share(right), y1=10, y2=10, class_="whisker"))
        parts.append(element("circle", cx=share((left + right) / 2), cy=10, r=3, class_="dot"))
    return element("svg", *parts, class_="chart spark", width="100%", height=20, aria_hidden="true")


def ladder(rungs: Sequence[tuple[str, float, Interval | None]]) -> Markup | None:
    """AUC of each rung with its interval, on an axis from coin tossing to the next tenth above the best."""
    if not rungs:
        return None
    ends = [auc for _, auc, _ in rungs]
    for _, _, interval in rungs:
        if interval and interval["low"] is not None and interval["high"] is not None:
            ends += [interval["low"], interval["high"]]
    left = min(0.5, math.floor(min(ends) * 20) / 20)
    right = max(0.6, min(1.0, math.ceil(max(ends) * 20 + 0.2) / 20))
    row, head = 42, 8

    def x(value: float) -> str:
        return share(0.01 + 0.9 * (value - left) / (right - left))

    foot = head + row * len(rungs)
    parts = []
    tick = left
    while tick < right + 1e-9:
        css = "coin" if abs(tick - 0.5) < 1e-9 else "grid"
        parts.append(element("line", x1=x(tick), x2=x(tick), y1=head, y2=foot, class_=css))
        coin = abs(tick - 0.5) < 1e-9
        place = round((tick - 0.5) * 20)  # ticks from 0.5
        if place != 1:  # the words beside 0.5 need its room
            narrow = "" if place % 2 == 0 else " wide"
            anchor = "start" if coin else "middle"
            parts.append(words(f"{tick:.2f}".rstrip("0"), x(tick), foot + 18, f"tick{narrow}", anchor=anchor))
            if coin:
                parts.append(words("coin tossing", x(tick), foot + 18, "tick wide", dx=24))
        tick += 0.05
    for i, (name, auc, interval) in enumerate(rungs):
        y = head + row * i + 30
        own = " own" if i == len(rungs) - 1 and name == "Lippen" else ""
        low, high = (interval["low"], interval["high"]) if interval else (None, None)
        parts.append(words(name, "1%", y - 12, f"name{own}", dx=8))
        parts.append(
            element("line", x1=x(min(auc, 0.5)), x2=x(max(auc, 0.5)), y1=y, y2=y, class_=f"stem{own}")
        )
        if low is not None and high is not None:
            parts.append(
                element(
                    "rect",
                    x=x(low),
                    y=y - 5,
                    height=10,
                    width=_width(low, high, left, right),
                    class_=f"range{own}",
                )
            )
        parts.append(element("circle", cx=x(auc), cy=y, r=6 if own else 5, class_=f"dot{own}"))
        parts.append(words(figures.fixed(auc, 3), "100%", y + 4, f"value{own}", anchor="end"))
    label = "Dot chart of how often each model ranks two incidents the right way round: " + "; ".join(
        f"{name} {auc:.3f}" for name, auc, _ in rungs
    )
    return picture(parts, height=foot + 26, label=label, css="ladder")


def _width(low: float, high: float, left: float, right: float) -> str:
    return share(max(0.002, 0.9 * (high - low) / (right - left)))


def calibration(rows: Sequence[CalibrationBin]) -> Markup | None:
    """Observed beside expected share, with intervals, against the diagonal of a perfect model."""
    seen = [row for row in rows if row["expected"] is not None and row["observed"] is not None]
    if not seen:
        return None
    largest = max(max(row["expected"] or 0, row["high"] or row["observed"] or 0) for row in seen)
    top, step = axis_top(min(100.0, largest * 100))
    top, step = min(top, 100.0) / 100, step / 100
    size, head, foot = 300, 18, 26

    def x(value: float) -> str:
        return share(0.02 + 0.96 * value / top)

    def y(value: float) -> float:
        return head + size * (1 - value / top)

    parts = []
    for value in (step * k for k in range(round(top / step) + 1)):
        parts.append(
            element(
                "line", x1="0", x2="100%", y1=y(value), y2=y(value), class_="base" if value == 0 else "grid"
            )
        )
        parts.append(words(_share_label(value), "0", y(value) + 4, "tick", anchor="end", dx=-8))
        parts.append(words(_share_label(value), x(value), head + size + 18, "tick", anchor="middle"))
    parts.append(element("line", x1=x(0), y1=y(0), x2=x(top), y2=y(top), class_="expected"))
    for row in seen:
        place, value = x(row["expected"] or 0), row["observed"] or 0.0
        if row["low"] is not None and row["high"] is not None:
            ends = {"y1": y(min(1, max(0, row["low"]))), "y2": y(min(top, row["high"]))}
            parts.append(element("line", x1=place, x2=place, class_="whisker", **ends))
        parts.append(element("circle", cx=place, cy=y(value), r=4, class_="dot"))
    label = (
        f"Dot chart of expected against observed share of nothing found in {len(seen)} bins. "
        f"Dots on the slanting line mean the model counts rightly."
    )
    return picture(parts, height=head + size + foot, label=label, css="calibration")


def _share_label(value: float) -> str:
    return f"{number(value * 100)}%"
