"""The time strip of an episode: one row a kind, one mark an incident, its shape telling the outcome."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict

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
_MOST_MARKS = 120


class StripRow(TypedDict):
    """A row of table `episode_strip`."""

    minute: int | None
    kind: str | None
    area: str | None
    outcome: str | None


def mark_and_words(outcome: str | None) -> tuple[str, str]:
    """How an outcome is drawn and what it is called; whatever is no outcome is not known."""
    return _OUTCOMES.get(outcome or "", _OUTCOMES["unknown"])


def time_strip(
    rows: Sequence[StripRow], first_local: str | None, last_local: str | None = None
) -> Markup | None:
    """The strip as SVG; None when no incident has a time. Kinds beyond the fifth share one row.

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
    last = max(row["minute"] or 0 for row in seen) or 1
    height, head = 40, 4
    parts = []
    for i, name in enumerate(lanes):
        y = head + height * i + 28
        parts.append(words(name or "kind not given", "0", y - 13, "name", limit=44))
        parts.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="track"))
    for lane, minute, mark in _marks(seen, kept, last):
        place = share(0.02 + 0.96 * minute / last)
        parts.append(element("use", href=mark, x=place, y=head + height * lane + 28))
    foot = head + height * len(lanes) + 14
    parts.extend(_clock(first_local, last_local, last, foot))
    told = "; ".join(f"{plain(kind, 30) or 'kind not given'} {by_kind[kind]}" for kind in names[:_MOST_ROWS])
    label = f"Time strip of {figures.plural(len(seen), 'incident')} over {figures.minutes(last)}: {told}"
    return picture(parts, height=foot + 6, label=label, css="strip")


def _marks(seen: Sequence[StripRow], kept: Sequence[str], last: int) -> list[tuple[int, float, str]]:
    """Marks as (lane, minute, mark), merged in time until few enough to draw."""
    lane = {kind: i for i, kind in enumerate(kept)}
    for bins in (240, 120, 60, 30, 12, 6):
        marks = {
            (
                lane.get(row["kind"] or "", len(kept)),
                round((row["minute"] or 0) / last * bins),
                mark_and_words(row["outcome"])[0],
            )
            for row in seen
        }
        if len(marks) <= _MOST_MARKS:
            break
    return [(row, place * last / bins, mark) for row, place, mark in sorted(marks)]


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
