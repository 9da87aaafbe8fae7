"""The time strip of an episode: one row a kind, one mark an incident, its shape telling the outcome.

Marks that would cover each other are piled up, so that they can be counted at any width. Where a pile would
be too high, those that are alike and close together are one mark with their number beside it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple, TypedDict

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import plain
from lippen.brief.svg import element, picture, share, words

_OUTCOMES = {
    "unfounded": ("#m-u", "nothing found"),
    "founded": ("#m-f", "something found"),
    "unknown": ("#m-n", "outcome not known"),
}
_MOST_ROWS = 5
_MOST_MARKS = 24
_HIGHEST = 4
_BINS = (240, 120, 60, 30, 12, 6)

_UP = 15
"""From one mark of a pile to the next, in pixels: its height and a little air."""

_HALF = 0.03
"""Half of what a mark takes of the strip's width at 320 pixels, with a little air."""


class StripRow(TypedDict):
    """A row of table `episode_strip`."""

    minute: int | None
    kind: str | None
    area: str | None
    outcome: str | None


class Strip(NamedTuple):
    """A strip as SVG, and whether any of its marks stands for several."""

    drawing: Markup
    numbered: bool


class _Mark(NamedTuple):
    minute: float
    shape: str
    many: int
    up: int


def mark_and_words(outcome: str | None) -> tuple[str, str]:
    """How an outcome is drawn and what it is called; whatever is no outcome is not known."""
    return _OUTCOMES.get(outcome or "", _OUTCOMES["unknown"])


def time_strip(
    rows: Sequence[StripRow], first_local: str | None, last_local: str | None = None
) -> Strip | None:
    """The strip; None when no incident has a time. Kinds beyond the fifth share one row.

    The clock below it runs from `first_local` to `last_local`, as the card's title does.
    """
    begin = min((row["minute"] for row in rows if row["minute"] is not None), default=None)
    if begin is None:
        return None
    seen: list[StripRow] = [
        {**row, "minute": row["minute"] - begin} for row in rows if row["minute"] is not None
    ]
    by_kind = Counter(row["kind"] or "" for row in seen)
    names = [kind for kind, _ in sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))]
    kept = names if len(names) <= _MOST_ROWS else names[: _MOST_ROWS - 1]
    lanes = [*kept, f"{len(names) - len(kept)} other kinds"] if len(kept) < len(names) else kept
    lane = {kind: i for i, kind in enumerate(kept)}
    mine: list[list[tuple[int, str]]] = [[] for _ in lanes]
    for row in seen:
        shape = mark_and_words(row["outcome"])[0]
        mine[lane.get(row["kind"] or "", len(kept))].append((row["minute"] or 0, shape))
    last = max(row["minute"] or 0 for row in seen) or 1
    tracks: list[Markup] = []
    drawn: list[Markup] = []
    top, numbered = 4, False
    for name, incidents in zip(lanes, mine, strict=True):
        marks = _marks(incidents, last)
        track = top + 28 + _UP * max(mark.up for mark in marks)
        tracks.append(words(name or "kind not given", "0", top + 15, "name", limit=44))
        tracks.append(element("line", x1="0", x2="100%", y1=track, y2=track, class_="track"))
        for mark in marks:
            drawn.extend(_drawn(mark, last, track - _UP * mark.up))
        numbered = numbered or any(mark.many > 1 for mark in marks)
        top = track + 12
    foot = top + 14
    told = "; ".join(f"{plain(kind, 30) or 'kind not given'} {by_kind[kind]}" for kind in names[:_MOST_ROWS])
    label = f"Time strip of {figures.plural(len(seen), 'incident')} over {figures.minutes(last)}: {told}"
    parts = [*tracks, *drawn, *_clock(first_local, last_local, last, foot)]
    return Strip(picture(parts, height=foot + 6, label=label, css="strip"), numbered)


def _marks(incidents: Sequence[tuple[int, str]], last: int) -> list[_Mark]:
    """The marks of a row, one an incident; merged in time as far as it takes to draw them apart."""
    counts = [(float(minute), shape, 1) for minute, shape in sorted(incidents)]
    marks = _piled(counts, last)
    for bins in _BINS:
        if len(marks) <= _MOST_MARKS and all(mark.up < _HIGHEST for mark in marks):
            break
        merged = Counter((round(minute / last * bins), shape) for minute, shape in incidents)
        counts = [(place * last / bins, shape, n) for (place, shape), n in sorted(merged.items())]
        marks = _piled(counts, last)
    return marks


def _piled(counts: Sequence[tuple[float, str, int]], last: int) -> list[_Mark]:
    """Each mark, given in order of time, as low as it does not touch one before it."""
    ends: list[float] = []
    marks = []
    for minute, shape, many in counts:
        before, after = _reach(minute, many, last)
        at = _across(minute, last)
        up = next((level for level, end in enumerate(ends) if end <= at - before), len(ends))
        ends[up : up + 1] = [at + after]
        marks.append(_Mark(minute, shape, many, up))
    return marks


def _reach(minute: float, many: int, last: int) -> tuple[float, float]:
    """How far a mark reaches to the left and to the right, with its number."""
    number = 0.035 + 0.03 * len(str(many)) if many > 1 else 0.0
    return (_HALF + number, _HALF) if _turned(minute, last) else (_HALF, _HALF + number)


def _turned(minute: float, last: int) -> bool:
    """Whether a number stands before its mark, for want of room behind it."""
    return minute / last > 0.85


def _across(minute: float, last: int) -> float:
    return 0.02 + 0.96 * minute / last


def _drawn(mark: _Mark, last: int, y: int) -> list[Markup]:
    place = share(_across(mark.minute, last))
    drawn = [element("use", href=mark.shape, x=place, y=y)]
    if mark.many > 1:
        dx, anchor = (-9, "end") if _turned(mark.minute, last) else (9, "")
        drawn.append(words(f"×{mark.many}", place, y + 5, "many", anchor=anchor, dx=dx))
    return drawn


def _clock(first_local: str | None, last_local: str | None, last: int, y: float) -> list[Markup]:
    """Local times below the strip; minutes when the local time is not known."""
    start, end = figures.moment(first_local), figures.moment(last_local)

    def name(minute: float) -> str:
        if start is None:
            return figures.minutes(minute)
        # A minute of the strip is a whole one, so the end would fall short by the seconds that it drops.
        moment = end if end is not None and minute == last else start + timedelta(minutes=minute)
        return f"{moment:%H:%M}" if last < 20 * 60 else f"{moment.day} {moment:%b %H:%M}"

    return [
        words(name(last * at), share(0.02 + 0.96 * at), y, css, anchor=anchor)
        for at, anchor, css in (
            (0.0, "start", "tick"),
            (0.25, "middle", "tick wide"),
            (0.5, "middle", "tick"),
            (0.75, "middle", "tick wide"),
            (1.0, "end", "tick"),
        )
    ]
