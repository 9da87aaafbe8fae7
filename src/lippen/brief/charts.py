"""The charts of the briefing. Each takes rows of a result table and gives SVG, or None when there is nothing
to draw. Outcome, and whether a week lies outside what was expected, is told by shape as well as by colour.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any, TypedDict

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
    """Incidents week by week over the expected band; weeks outside it are diamonds, and `since` is marked.

    Where weeks have no data (null incidents) the line breaks off, and words stand in the gap.
    """
    seen = [row for row in rows if row["incidents"] is not None]
    if len(seen) < 2:
        return None
    whole = rows[rows.index(seen[0]) : rows.index(seen[-1]) + 1]
    runs = groupby(whole, lambda row: row["incidents"] is not None)
    stretches = [list(held) for told, held in runs if told]
    plot, head = 220, 30
    counts = [row["incidents"] or 0 for row in seen]
    top, step = axis_top(max(*counts, *(row["high"] or 0 for row in seen)))
    first, last = seen[0]["week"], seen[-1]["week"]

    def x(day: date) -> float:
        return 0.008 + 0.984 * (day - first).days / (last - first).days

    def y(value: float) -> float:
        return head + plot * (1 - value / top)

    def run(values: Iterable[tuple[date, float | None]]) -> list[tuple[float, float]]:
        return [(x(day) * 100, 100 - 100 * value / top) for day, value in values if value is not None]

    parts = []
    for value in (step * k for k in range(round(top / step) + 1)):
        css = "base" if value == 0 else "grid"
        parts.append(element("line", x1="0", x2="100%", y1=y(value), y2=y(value), class_=css))
        parts.append(words(figures.decimal(value), "0", y(value) + 4, "tick", anchor="end", dx=-8))
    lines = []
    for held in stretches:
        high, low = run((r["week"], r["high"]) for r in held), run((r["week"], r["low"]) for r in held)
        expected = run((r["week"], r["expected"]) for r in held)
        if len(high) > 1 and len(low) > 1:
            lines.append(path([*high, *reversed(low)], "band", closed=True))
        if len(expected) > 1:
            lines.append(path(expected, "expected"))
        lines.append(path(run((r["week"], r["incidents"]) for r in held), "line"))
    for earlier, later in pairwise(stretches):
        left, right = x(earlier[-1]["week"]), x(later[0]["week"])
        parts.append(_gap(left, right, head, plot))
        if right - left > 0.12:  # narrower, the words would stand on the lines beside it
            css = "tick" if right - left > 0.25 else "tick wide"
            parts.append(words("no data", share((left + right) / 2), head + plot / 2, css, anchor="middle"))
    parts.append(stretched(lines, y=head, height=plot))
    if since and first < since <= last:
        place, late = share(x(since)), x(since) > 0.6
        parts.append(element("line", x1=place, x2=place, y1=head - 8, y2=head + plot, class_="since"))
        anchor, aside = ("end", 5) if late else ("start", -5)
        parts.append(words("assessed from here", place, head - 14, "tick", anchor=anchor, dx=aside))
    for row, incidents in zip(seen, counts, strict=True):
        mark = "#m-out" if outside(row) else "#m-in"
        parts.append(element("use", href=mark, x=share(x(row["week"])), y=y(incidents)))
    parts.extend(day_labels([(row["week"], share(x(row["week"]))) for row in whole], head + plot + 20))
    out = sum(outside(row) for row in seen)
    missing = figures.plural(len(whole) - len(seen), "week")
    label = (
        f"Line chart of incidents in each of {len(seen)} weeks, from {min(counts):,} to {max(counts):,}. "
        f"{figures.plural(out, 'week')} outside the expected band."
    )
    if len(stretches) > 1:
        label += f" The line breaks off for {missing} without data."
    return picture(parts, height=head + plot + 28, label=label, css="weekly")


def outside(row: Week) -> bool:
    """Whether a week's count lies outside the band that was expected."""
    if row["incidents"] is None or row["low"] is None or row["high"] is None:
        return False
    return not row["low"] <= row["incidents"] <= row["high"]


def day_labels(days: Sequence[tuple[date, str]], y: float) -> list[Markup]:
    """At most five dates below a chart; every second one steps aside on a narrow screen (class `wide`)."""
    many = min(5, len(days))
    chosen = [round(i * (len(days) - 1) / (many - 1)) for i in range(many)]
    parts = []
    for nth, i in enumerate(chosen):
        day, place = days[i]
        ends = i in (0, len(days) - 1)
        anchor = "middle" if not ends else "end" if i else "start"
        text = f"{day.day} {day:%b}" + (f" {day.year}" if ends else "")
        parts.append(words(text, place, y, "tick" if ends or nth % 2 == 0 else "tick wide", anchor=anchor))
    return parts


def change_whisker(low: float | None, high: float | None, change: float | None) -> Markup:
    """A change and its interval, drawn from -100% to +100%; nothing where there is no interval."""
    if low is None or high is None:
        return Markup("")

    def place(value: float) -> str:
        return share(min(1.0, max(0.0, (value + 1) / 2)))

    parts = [element("line", x1="50%", x2="50%", y1=2, y2=18, class_="base")]
    if low > 1:
        beyond = element("path", d="M-8-5 0 0-8 5Z", class_="dot")
        parts.append(element("svg", beyond, x="100%", y=10, overflow="visible"))
    else:
        parts.append(element("line", x1=place(low), x2=place(high), y1=10, y2=10, class_="whisker"))
        if change is not None:
            parts.append(element("circle", cx=place(change), cy=10, r=3, class_="dot"))
    return element("svg", *parts, class_="chart spark", width="100%", height=20, aria_hidden="true")


def ladder(rungs: Sequence[tuple[str, float, Interval | None]]) -> Markup | None:
    """AUC of each rung with its interval, on an axis from coin tossing to the next tick above the best."""
    if not rungs:
        return None
    ends = [auc for _, auc, _ in rungs]
    for _, _, interval in rungs:
        if interval and interval["low"] is not None and interval["high"] is not None:
            ends += [interval["low"], interval["high"]]
    # Ticks are twentieths; the tenth of them is coin tossing.
    left = min(10, math.floor(min(ends) * 20))
    right = max(12, min(20, math.ceil(max(ends) * 20 + 0.2)))
    row, head = 42, 8
    foot = head + row * len(rungs)

    def x(value: float) -> float:
        return 0.01 + 0.9 * (value * 20 - left) / (right - left)

    parts = []
    for tick in range(left, right + 1):
        place, coin = share(x(tick / 20)), tick == 10
        parts.append(element("line", x1=place, x2=place, y1=head, y2=foot, class_="coin" if coin else "grid"))
        if tick != 11:  # the words beside 0.5 need its room
            css, anchor = "tick wide" if tick % 2 else "tick", "start" if coin else "middle"
            parts.append(words(number(tick / 20), place, foot + 18, css, anchor=anchor))
    parts.append(words("coin tossing", share(x(0.5)), foot + 18, "tick wide", dx=24))
    for i, (name, auc, interval) in enumerate(rungs):
        y = head + row * i + 30
        own = " own" if i == len(rungs) - 1 and name == "Lippen" else ""
        low, high = (interval["low"], interval["high"]) if interval else (None, None)
        parts.append(words(name, "1%", y - 12, f"name{own}", dx=8))
        stem = {"x1": share(x(min(auc, 0.5))), "x2": share(x(max(auc, 0.5)))}
        parts.append(element("line", y1=y, y2=y, class_=f"stem{own}", **stem))
        if low is not None and high is not None:
            wide = share(max(0.002, x(high) - x(low)))
            parts.append(
                element("rect", x=share(x(low)), y=y - 5, width=wide, height=10, class_=f"range{own}")
            )
        parts.append(element("circle", cx=share(x(auc)), cy=y, r=6 if own else 5, class_=f"dot{own}"))
        parts.append(words(figures.fixed(auc, 3), "100%", y + 4, f"value{own}", anchor="end"))
    label = "Dot chart of how often each model ranks two incidents the right way round: " + "; ".join(
        f"{name} {auc:.3f}" for name, auc, _ in rungs
    )
    return picture(parts, height=foot + 26, label=label, css="ladder")


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


def monthly(rows: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Expected (dashed) and observed share of nothing found, month by month; None with fewer than two months.

    `rows` are those of table `calibration_month`.
    """
    seen = [row for row in rows if row["expected"] is not None and row["observed"] is not None]
    if len(seen) < 2:
        return None
    top, step = axis_top(min(100.0, 100 * max(max(row["expected"], row["observed"]) for row in seen)))
    top, step = min(top, 100.0) / 100, step / 100
    plot, head = 180, 12
    at = _places_of_months([row["month"] for row in seen])
    # Months in a row share a number less their place in the table: where it changes, the line breaks off.
    stretches = [list(held) for _, held in groupby(range(len(seen)), lambda nth: at[nth] - nth)]

    def x(nth: int) -> float:
        return 0.02 + 0.96 * at[nth] / at[-1]

    def run(name: str, held: list[int]) -> list[tuple[float, float]]:
        return [(x(nth) * 100, 100 - 100 * seen[nth][name] / top) for nth in held]

    parts = []
    for value in (step * k for k in range(round(top / step) + 1)):
        y, css = head + plot * (1 - value / top), "base" if value == 0 else "grid"
        parts.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_=css))
        parts.append(words(_share_label(value), "0", y + 4, "tick", anchor="end", dx=-8))
    lines = [
        path(run(name, held), css)
        for held in stretches
        for name, css in (("expected", "expected"), ("observed", "line"))
    ]
    for earlier, later in pairwise(stretches):
        left, right = x(earlier[-1]), x(later[0])
        parts.append(_gap(left, right, head, plot))
        middle = share((left + right) / 2)
        parts.append(words("no figure", middle, head + plot / 2, "tick", anchor="middle"))
    parts.append(stretched(lines, y=head, height=plot))
    for nth, row in enumerate(seen):
        y = head + plot * (1 - row["observed"] / top)
        parts.append(element("use", href="#m-in", x=share(x(nth)), y=y))
    for nth, anchor in ((0, "start"), (len(seen) - 1, "end")):
        name = figures.month(seen[nth]["month"])
        parts.append(words(name, share(x(nth)), head + plot + 20, "tick", anchor=anchor))
    label = (
        f"Line chart of expected and observed share of nothing found over {len(seen)} months. "
        "The closer the two lines, the better the model counts."
    )
    if len(stretches) > 1:
        label += f" The lines break off where a month has no figure: {at[-1] + 1 - len(seen)} in all."
    return picture(parts, height=head + plot + 28, label=label, css="calibration")


def _gap(left: float, right: float, y: int, height: int) -> Markup:
    """What stands where a line breaks off, from one share of the width to another."""
    return element("rect", x=share(left), width=share(right - left), y=y, height=height, class_="gap")


def _places_of_months(months: Sequence[str]) -> list[int]:
    """How many months each lies after the first, as 2019-01; one after another where some is no month."""
    try:
        days = [date.fromisoformat(f"{one}-01") for one in months]
    except ValueError:
        return list(range(len(months)))
    return [12 * (day.year - days[0].year) + day.month - days[0].month for day in days]


def _share_label(value: float) -> str:
    return f"{number(value * 100)}%"
