"""What the page of a comparison says: names of what is done and measured, and what readers would make of it.

Every sentence is put together from the table of differences. None says what an intervention would do in a
real town, because nothing here knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from lippen.brief import figures

SAME_WAY, OTHER_WAY, MOVES_ALONE, NOT_SEEN = "same way", "other way", "moves alone", "not seen"
TOO_LITTLE = "too little to say"
STREAMS = "streams"
_FURTHER = 2.0  # times: from here on, what is shown is said to look larger than it is


Difference = TypedDict(
    "Difference",
    {
        "variant": str,
        "side": str,
        "measure": str,
        "where": str,
        "before": float | None,
        "without": float | None,
        "with": float | None,
        "difference": float | None,
        "per_cent": float | None,
        "weeks_vary_by": float | None,
        "count_before": float | None,
        "count_without": float | None,
        "count_with": float | None,
        "too_little": bool,
        "read_as": str | None,
        "looks_like": str | None,
    },
)
"""A row of table `differences`; see `lippen.sandbox.compare.Comparison`."""


class Measure(NamedTuple):
    """A measure's name, the same within a sentence, what it counts, and whether it is a share, a level or a
    count."""

    title: str
    inside: str
    counts: str
    form: str


@dataclass(frozen=True)
class Done:
    """The name of an intervention and what it is, in one sentence."""

    title: str
    says: str


INTERVENTIONS = {
    "safe_reporting": Done(
        "Safe reporting",
        "People can tell somebody they trust without being seen to tell. It is assumed that more is told.",
    ),
    "joint_visits": Done(
        "Joint visits",
        "Partners go together to homes that were taken over. They are assumed to be free again sooner.",
    ),
    "counter_story": Done(
        "A counter-story",
        "Young people hear the truth about the life. Fewer of them are assumed to be drawn in.",
    ),
    "channel_recognition": Done(
        "Recognising a channel sooner",
        "Services see sooner what is sold over social media. Some supply is assumed to end, some to move.",
    ),
    "police_drive": Done(
        "A police drive",
        "Many patrols for a while. Activity is assumed to fall as long as they last, and so is trust.",
    ),
}

MEASURES = {
    "activity": Measure("Activity of groups", "the activity of groups", "1 is an ordinary day", "level"),
    "fear": Measure("Fear of speaking up", "fear", "from 0 to 1", "level"),
    "trust": Measure("Trust in the police", "trust", "adults who trust them to do a good job", "share"),
    "reporting": Measure("Told", "how much is told", "of what happens", "share"),
    "affected": Measure(
        "Affected", "the share of people affected", "residents affected within three years", "share"
    ),
    "homes_taken_over": Measure("Homes taken over", "homes taken over", "on one day", "count"),
    "young_people_drawn_in": Measure("Young people drawn in", "young people drawn in", "so far", "count"),
    "incident": Measure("Incidents", "incidents", "a week", "count"),
    "sighting": Measure("Sightings", "sightings", "a week", "count"),
    "listing": Measure("Listings", "listings", "a week", "count"),
    "record": Measure("Partners’ records", "partners’ records", "entries a week", "count"),
    "concern": Measure("Concerns", "concerns", "a week", "count"),
    "report": Measure("Reports to the desk", "reports to the desk", "a week", "count"),
    "answer_good_police": Measure(
        "Answers: police do a good job",
        "answers that the police do a good job",
        "of those who answered",
        "share",
    ),
    "answer_affected": Measure(
        "Answers: affected", "answers of being affected", "of those who answered", "share"
    ),
}

_VERDICTS = {
    "activity": ("groups had become more active", "groups had become less active"),
    "homes_taken_over": ("more homes had been taken over", "fewer homes had been taken over"),
    "trust": ("trust had grown", "trust had fallen"),
    "affected": ("more people had been affected", "fewer people had been affected"),
}
"""What a reader makes of more and of less of what is read as each true measure."""

FALSE_TRENDS = {
    "reporting_drive": "a reporting drive (more is told, nothing else changes)",
    "school_term": "a school term (more youth calls and absences are put down)",
}


def value(measure: str, given: float | None) -> str:
    """A value of a measure as people read it; a table says in which unit."""
    if given is None:
        return figures.CANNOT_TELL
    form = MEASURES[measure].form
    if form == "share":
        return figures.percent(given, 1)
    if form == "level":
        return figures.fixed(given)
    return f"{given:,.0f}" if abs(given) >= 1000 else _counted(given)


def change(row: Difference) -> str:
    """+5.2%, with a true minus sign; "none" only where nothing differs at all. Where little stands behind it,
    of the truth in its own unit, and of streams in words."""
    if row["difference"] is None:
        return figures.CANNOT_TELL
    if row["difference"] == 0:
        return "none"
    if row["too_little"] and row["side"] == STREAMS:
        return TOO_LITTLE
    if row["too_little"] or row["per_cent"] is None:
        apart = _shown_apart(row)
        return f"{_sign(apart)}{value(row['measure'], abs(apart))}" if apart else "almost none"
    return _per_cent(row["per_cent"])


def _shown_apart(row: Difference) -> float:
    """How far the two values lie apart as they are shown, so that the sum comes out for whoever checks it."""
    places = {"share": 3, "level": 2}.get(MEASURES[row["measure"]].form, 1)
    with_it, without = row["with"], row["without"]
    return 0.0 if with_it is None or without is None else round(with_it, places) - round(without, places)


def gap(row: Difference) -> str:
    """A change as it stands in a sentence: two counts, with and without, where little stands behind it."""
    if not row["too_little"]:
        return change(row)
    return f"{_counted(row['count_with'])} against {_counted(row['count_without'])}"


def looks_like(row: Difference, true: Difference | None) -> str:
    """How what is shown stands to what it is read as, in a cell of the table."""
    if row["looks_like"] is None or row["read_as"] is None:
        return figures.CANNOT_TELL
    what = MEASURES[row["read_as"]].inside
    times = _times(row, true) if true is not None else None
    said = {
        SAME_WAY: f"goes the same way as {what}" + (f", {times} times as far" if times else ""),
        OTHER_WAY: f"goes the other way than {what}",
        MOVES_ALONE: f"moves, unlike {what}",
        NOT_SEEN: f"stays, unlike {what}",
        TOO_LITTLE: TOO_LITTLE,
    }.get(row["looks_like"], f"stays, like {what}")
    if row["looks_like"] in (SAME_WAY, OTHER_WAY, MOVES_ALONE) and _drowned(row):
        said += "; less than weeks differ by themselves"
    return said


def moves(rows: Sequence[Difference], least: float) -> str:
    """The measures that differ by `least` per cent or more, largest first, such as "trust +2%"; then those of
    few, as counts, of streams with the word that this is too little to say."""
    moved = [row for row in rows if _moved(row, least)]
    moved.sort(key=lambda row: -abs(row["per_cent"] if row["per_cent"] is not None else 1e9))
    clear, unsure = (
        [_with_change(row) for row in moved if row["too_little"] is few] for few in (False, True)
    )
    if unsure and moved[0]["side"] == STREAMS:
        counted = f"{TOO_LITTLE}: {figures.listing(unsure, 8)}"
        return f"{figures.listing(clear, 8)}; {counted}" if clear else counted
    return figures.listing(clear + unsure, 8) if moved else "nothing moves"


def misled(shown: Sequence[Difference], true: dict[str, Difference], least: float) -> list[str]:
    """What somebody would conclude who sees how the streams differ, not the truth; what would escape them."""
    said: list[str] = []
    for read_as in dict.fromkeys(row["read_as"] for row in shown if row["read_as"] is not None):
        what = MEASURES[read_as].inside
        rows = [row for row in shown if row["read_as"] == read_as]
        for more in (True, False):
            way = [row for row in rows if row["difference"] and (row["difference"] > 0) is more]
            alone = [row for row in way if row["looks_like"] == MOVES_ALONE]
            against = [row for row in way if row["looks_like"] == OTHER_WAY]
            wrong = _verdict(read_as, more)
            if alone:
                said.append(
                    f"{_named(alone)}, with {_no_change(true[read_as])} in {what}. It looks as if {wrong}."
                )
            if against:
                said.append(
                    f"{_named(against)}, while {what} goes the other way ({gap(true[read_as])}). "
                    f"It looks as if {wrong}."
                )
        for row in rows:
            times = _times(row, true[read_as])
            if row["looks_like"] == SAME_WAY and times:
                said.append(
                    f"{_named([row])}, while {what} changes by {gap(true[read_as])}. "
                    f"It looks {times} times as large as it is."
                )
    moved = [row for row in shown if _moved(row, least)]
    unsure = [row for row in moved if row["too_little"]]
    if unsure:
        said.append(f"{_named(unsure)}: {TOO_LITTLE}.")
    moved = [row for row in moved if row["weeks_vary_by"] and not row["too_little"]]
    if moved and all(_drowned(row) for row in moved):
        said.append("No week stands out: all that moves does so by less than weeks differ by themselves.")
    unseen = _unseen(shown, true, least)
    if unseen:
        said.append(f"Nothing in the streams tells of {figures.listing(unseen, 8)}.")
    return said


def _unseen(shown: Sequence[Difference], true: dict[str, Difference], least: float) -> list[str]:
    """True changes that no measure of the streams goes along with."""
    told = {row["read_as"] for row in shown if row["looks_like"] in (SAME_WAY, OTHER_WAY)}
    return [_with_change(row) for name, row in true.items() if _moved(row, least) and name not in told]


def _no_change(true: Difference) -> str:
    return "no change" if true["difference"] == 0 else f"next to no change ({gap(true)})"


def _verdict(read_as: str, more: bool) -> str:
    for_more, for_less = _VERDICTS[read_as]
    return for_more if more else for_less


def _named(rows: Sequence[Difference]) -> str:
    text = figures.listing([_with_change(row) for row in rows], 8)
    return f"{text[:1].upper()}{text[1:]}"


def _with_change(row: Difference) -> str:
    return f"{MEASURES[row['measure']].inside} {gap(row)}"


def _drowned(row: Difference) -> bool:
    """Whether the difference is smaller than the swing from week to week."""
    return bool(row["weeks_vary_by"]) and abs(row["difference"] or 0) < (row["weeks_vary_by"] or 0)


def _moved(row: Difference, least: float) -> bool:
    return bool(row["difference"]) and (row["per_cent"] is None or abs(row["per_cent"]) >= least)


def _times(row: Difference, true: Difference | None) -> str | None:
    """How many times further it goes than the truth, where that is far enough to mislead."""
    if true is None or row["too_little"] or true["too_little"]:
        return None
    if not row["per_cent"] or not true["per_cent"]:
        return None
    times = row["per_cent"] / true["per_cent"]
    return figures.decimal(times, 0 if times >= 10 else 1) if times >= _FURTHER else None


def _counted(given: float | None) -> str:
    if given is None:
        return figures.CANNOT_TELL
    return f"{given:,.0f}" if given == round(given) else figures.fixed(given, 1)


def _per_cent(given: float) -> str:
    if abs(given) < 0.05:
        return "almost none"
    return f"{_sign(given)}{abs(given):,.1f}%"


def _sign(given: float) -> str:
    return "+" if given > 0 else "−"
