"""The sentences of the briefing. Each is made from figures and never says more than they do.

Plain words, about the reading age of eleven; the words of trade are those of `glossary` (design 4).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from lippen.brief import figures
from lippen.brief.schema import Credibility, EpisodeCount, Facts, InputFile, Interval, Model, NotRead, Planted

STANDING_LINE = "Unfounded is not proof of bad faith. Nothing here lowers the response to a call."

MOST_ERROR = 0.05
"""The calibration error that is allowed beside chance; beyond it, assessment suspends itself."""

STANDS_OUT = 0.05
"""The share of chance (q-value) up to which an episode stands out."""

_NO_EXPORT = "not a format that Lippen reads"

NEVER_ASSESSED = (
    "Sexual, domestic, child, hate, mental health, missing person, stalking, trafficking and "
    "threat-to-life incidents are never assessed, whatever else is true of them. Nothing was learned from "
    "them, and no episode holds one."
)

WRITTEN_DOWN = (
    "Counts are of what was reported and written down. A drive to report, a school term that begins or a new "
    "way of recording changes them with nothing else changed."
)

EXCLUDED: dict[str, tuple[str, str]] = {
    "protected": (
        "Protected incidents",
        "By kind, or by words in the text. They are never assessed: see below.",
    ),
    "own_activity": (
        "The police's own activity",
        "Patrols, stops and paperwork are not reports from people.",
    ),
    "sensor": ("Sensors", "A gunshot detector or an alarm is not a person speaking up."),
    "no_outcome": ("No outcome given", "There is nothing to compare with what is normal."),
    "no_place": ("No place given", "They cannot be near to anything, or far from it."),
}

BASELINE_NAMES: tuple[tuple[str, str], ...] = (
    ("global", "One rate for everything"),
    ("kind", "A rate for each kind"),
    ("kind_hour", "A rate for each kind and hour"),
    ("logistic", "Logistic model"),
    ("boosted", "Boosted trees"),
)


def excluded_words(reason: str) -> tuple[str, str]:
    """A reason for leaving incidents out, as a name and a sentence."""
    return EXCLUDED.get(reason, (reason.replace("_", " ").strip().capitalize(), ""))


def why_no_model(credibility: Credibility | None) -> str:
    """Why there is no expected rate."""
    if credibility is None:
        return "No assessment was made in this run."
    return credibility["why_no_model"] or (
        "The export holds too few incidents with a known outcome to learn what is normal."
    )


def why_no_episodes(credibility: Credibility | None) -> str | None:
    """Why no episode could be looked for; None when episodes were looked for."""
    counts = credibility["episodes"] if credibility else None
    if counts is not None and counts["found"] is not None:
        return None
    given = counts["why_none"] if counts else None
    return given or why_no_model(credibility)


def is_no_export(one: NotRead) -> bool:
    """Whether a file was left alone because it plainly is no export, such as a README or the mapping."""
    return one["reason"].startswith(_NO_EXPORT) if one["export"] is None else not one["export"]


def unread(facts: Facts) -> str:
    """How many files were not read that may well be exports; nothing when none is."""
    many = sum(not is_no_export(one) for one in facts["not_read"] or [])
    return f"{figures.plural(many, 'file')} {'was' if many == 1 else 'were'} not read" if many else ""


def came_in(facts: Facts) -> str:
    """How many rows came in, and what became of them; a file that was not read is told first."""
    inputs, missed = facts["inputs"], unread(facts)
    before = f"{missed}: the reasons stand first under “What came in”. " if missed else ""
    return before + _rows_came_in(inputs, whole=not missed)


def _rows_came_in(inputs: list[InputFile] | None, *, whole: bool) -> str:
    if not inputs:
        return "No file was read, so there is nothing to tell."
    rows = sum(f["rows"] for f in inputs)
    taken, twice = sum(f["accepted"] for f in inputs), sum(f["duplicates"] for f in inputs)
    aside = sum(f["quarantined"] for f in inputs)
    if rows == 0:
        return f"{figures.plural(len(inputs), 'file').capitalize()} held no rows at all."
    rest = []
    if twice:
        rest.append(f"{figures.plural(twice, 'row')} repeated one already taken")
    if aside:
        rest.append(f"{figures.count(aside)} {'was' if aside == 1 else 'were'} put aside with a reason")
    tail = f"; {' and '.join(rest)}" if rest else "; none was refused" if whole else ""
    became = "was taken as an incident" if taken == 1 else "were taken as incidents"
    return f"{figures.plural(rows, 'row')} came in. {figures.count(taken)} {became}{tail}."


def volumes(weekly: list[int], rising: int, falling: int, compared: int) -> str:
    """How many incidents a week, and how many kinds moved."""
    if not weekly:
        return "There is no whole week to count, so we cannot tell how volumes move."
    middle = sorted(weekly)[len(weekly) // 2]
    start = f"A usual week has about {figures.plural(middle, 'incident')}."
    if not compared:
        return f"{start} There is no earlier time to compare with, so we cannot tell what rises or falls."
    if not rising and not falling:
        return f"{start} No kind rose or fell by more than chance would explain."
    spell = max(rising, falling) <= 10  # one sentence has its numbers in words or in digits, not both
    moves = [
        f"{figures.plural(many, 'kind', in_words=spell)} {did}"
        for many, did in ((rising, "rose"), (falling, "fell"))
        if many
    ]
    return f"{start} {' and '.join(moves).capitalize()} by more than chance would explain."


def without_data(gaps: Sequence[tuple[date, date]]) -> str:
    """Which weeks have no data, and by what rule; nothing where each has some. A gap is two Mondays: of its
    first week, and of its last.
    """
    if not gaps:
        return ""
    named = [figures.span(first.isoformat(), (last + timedelta(days=6)).isoformat()) for first, last in gaps]
    return (
        f"There is no data for {figures.listing(named)}. These weeks are left out: they are no quiet time. "
        "The rule: a week in which no incident of any kind came in, from anywhere, has no data. The same "
        "goes for a week beside it that is not whole."
    )


def episodes(credibility: Credibility | None) -> str:
    """What was found, in the fewest words. Nothing found is a good answer and is said to be one."""
    if credibility is not None and credibility["suspended"] is not None:
        return "Assessment has suspended itself, so no episode is shown. The reason heads this page."
    why = why_no_episodes(credibility)
    if credibility is None or why is not None:
        return f"We did not look for episodes. {why}"
    counts = credibility["episodes"]
    found = (counts["found"] if counts else None) or 0
    if found == 0:
        return (
            "No episode was found. That is a good answer: no group of incidents belonged together "
            "more than chance allows."
        )
    number = figures.plural(found, "episode", in_words=True).capitalize()
    what = "a group of incidents" if found == 1 else "groups of incidents"
    were = "was" if found == 1 else "were"
    line = f"{number} {were} found: {what} that came closer together than is usual here."
    return f"{line} {_beside_chance(counts)}".rstrip()


def how_often_wrong(credibility: Credibility | None) -> str:
    """The error rate in a line, for the head of the page."""
    if credibility is not None and credibility["suspended"] is not None:
        return "More often than we allow. Until that is mended, no error rate holds."
    counts = credibility["episodes"] if credibility else None
    false = counts["expected_false_per_30_days"] if counts else None
    model = credibility["model"] if credibility else None
    parts = []
    if false is not None:
        parts.append(f"Chance alone brings about {_episodes(false)} in 30 days.")
    if model is not None and model["auc"] is not None:
        times = round(model["auc"] * 100)
        parts.append(
            "Shown one incident that ended with nothing found and one that did not, the model tells which is "
            f"which {times} times in 100."
        )
    return " ".join(parts) or f"We cannot tell. {why_no_model(credibility)}"


def budget(credibility: Credibility | None) -> str:
    """The false-episode budget, for a chief inspector."""
    if credibility is not None and credibility["suspended"] is not None:
        return "Assessment is suspended, so we promise no error rate. Below is what was measured before."
    counts = credibility["episodes"] if credibility else None
    if counts is None or counts["expected_false_per_30_days"] is None:
        return "We cannot tell how many false episodes to expect, because none could be looked for."
    false = counts["expected_false_per_30_days"]
    allowed = counts["budget"]
    asked = f"This run allows {_episodes(allowed, most=True)} in 30 days. " if allowed is not None else ""
    line = (
        f"{asked}We shuffled the incidents so that nothing joined them, and looked again: chance alone "
        f"brings about {_episodes(false)} in 30 days."
    )
    if counts["days"] is None or counts["found"] is None:
        return line
    return f"{line} {_beside_chance(counts)}"


def _episodes(value: float, *, most: bool = False) -> str:
    number = figures.decimal(value)
    word = "false episode" if number == "1" else "false episodes"
    return f"at most {number} {word}" if most else f"{number} {word}"


def _beside_chance(counts: EpisodeCount | None) -> str:
    """Compares the number found with what chance alone would bring over the same days (Poisson tail)."""
    if counts is None or counts["expected_false_per_30_days"] is None or not counts["days"]:
        return ""
    expected = counts["expected_false_per_30_days"] * counts["days"] / 30
    found = counts["found"] or 0
    days = figures.plural(counts["days"], "day")
    span = f"Over the {days} that were assessed, chance alone would bring about"
    line = f"{span} {figures.decimal(expected)}"
    if found == 0:
        return f"{line}; none was found."
    strong = counts["strong"]
    if strong:
        which = (
            "It" if found == 1 else "All of them" if strong == found else figures.spelled(strong).capitalize()
        )
        one = strong == 1
        rest = (
            ""
            if strong == found
            else " The others may be chance."
            if found - strong > 1
            else " The other may be."
        )
        return (
            f"{line}. {which} {'is' if one else 'are'} stronger than that: at most 1 in 20 like "
            f"{'it' if one else 'them'} would be chance.{rest}"
        )
    if strong is None and (expected <= 0 or _at_least(found, expected) < 0.05):
        some = "It" if found == 1 else "Some"
        return f"{line}, so this is more than chance usually brings. {some} may be chance all the same."
    return f"{line}, so {'it' if found == 1 else 'all of them'} may be chance."


def _at_least(found: int, expected: float) -> float:
    """Probability that a Poisson count of mean `expected` is `found` or more."""
    below = sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(found))
    return max(0.0, 1.0 - below)


def ranking(model: Model) -> str:
    """What the AUC means, said with this model's own figure."""
    if model["auc"] is None:
        return "We cannot tell how well the model ranks incidents: too few had a known outcome."
    line = (
        f"Take one incident that ended with nothing found and one that did not. The model tells which is "
        f"which {round(model['auc'] * 100)} times in 100. Coin tossing would be right 50 times."
    )
    if model["auc_low"] is not None and model["auc_low"] <= 0.5:
        return f"{line} So far as we can tell, it knows no more than that."
    kind = model["baselines"]["kind"] if model["baselines"] else None
    if kind is None:
        return line
    gain = round(model["auc"] * 100) - round(kind * 100)
    if gain <= 0:
        return f"{line} That is no better than knowing only the kind of incident."
    return (
        f"{line} Knowing only the kind of incident is right {round(kind * 100)} times; hour, area and what "
        f"else was happening add {gain}."
    )


def ladder(model: Model) -> list[tuple[str, float, Interval | None]]:
    """The rungs of the ladder that have a figure: name, AUC, interval. Lippen's own comes last."""
    baselines = cast(Mapping[str, float | None], model["baselines"] or {})
    intervals = model["baseline_intervals"] or {}
    rungs: list[tuple[str, float, Interval | None]] = [
        (name, auc, intervals.get(key))
        for key, name in BASELINE_NAMES
        if (auc := baselines.get(key)) is not None
    ]
    if model["auc"] is not None:
        rungs.append(("Lippen", model["auc"], {"low": model["auc_low"], "high": model["auc_high"]}))
    return rungs


def calibration(model: Model) -> str:
    """What the calibration error means, beside the most that is allowed."""
    if model["ece"] is None:
        return "We cannot tell how far the expected shares are off."
    within = model["ece"] <= MOST_ERROR
    return (
        f"When the model expects 30 in 100 to end with nothing found, the count should come out near 30. "
        f"Over all, it is off by about {figures.decimal(model['ece'] * 100)} in 100. "
        f"{'That is within what we allow' if within else 'That is much'}: up to about "
        f"{figures.decimal(MOST_ERROR * 100)} in 100, beside what chance brings when incidents are few."
    )


def months(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether all months were off to one side; nothing when they were not."""
    gaps = [
        row["observed"] - row["expected"]
        for row in rows
        if row["observed"] is not None and row["expected"] is not None
    ]
    if len(gaps) < 2 or not (min(gaps) > 0 or max(gaps) < 0):
        return ""
    return f"In every month {'more' if min(gaps) > 0 else 'fewer'} ended with nothing found than expected."


def planted(measured: Planted | None, command: str | None = None) -> str:
    """What share of planted campaigns was found, beside the best plain counting rule.

    Without one, how to measure it: with the same options as `command`, which made the briefing.
    """
    if measured is None or measured["recall"] is None:
        made, briefing = command or "", "lippen brief "
        rest = made.removeprefix(briefing) if made.startswith(briefing) else "FOLDER --mapping FILE"
        return (
            "This run planted no campaigns, so it cannot say how many true episodes it would miss. "
            "Measure it on these incidents, and give the evaluation.json that it writes to lippen brief "
            f"--evaluation: lippen evaluate credibility {rest} --out evaluation"
        )
    line = (
        f"We planted {figures.plural(measured['campaigns'], 'made-up campaign')} among these incidents "
        f"to see how many come to light. {figures.percent(measured['recall'])} did"
    )
    low, high = measured["recall_low"], measured["recall_high"]
    if low is not None and high is not None:
        line += f" (interval {figures.percent(low)} to {figures.percent(high)})"
    line += "; the rest stayed hidden."
    if measured["best_rule_recall"] is not None:
        line += f" The best plain counting rule found {figures.percent(measured['best_rule_recall'])}."
    return line


def unknowns(facts: Facts) -> list[str]:
    """What the page does not know: always, and in this run."""
    always = [
        "Who called, or why. The export holds no caller, and a column that looked like one would be refused.",
        "Whether a call that ended with nothing found was made in bad faith. Known malicious calls are rare.",
        "What was never reported. A quiet area may be a safe one, or one where nobody feels able to speak.",
        "Whether the outcome was right. It is what the officers wrote at the time.",
    ]
    credibility = facts["credibility"]
    if credibility is None:
        return always
    if credibility["model"] is None:
        always.append(f"What is normal here. {why_no_model(credibility)}")
    diversion = credibility["diversion"]
    if diversion is None or not diversion["can_tell"]:
        why = (diversion["why"] if diversion else None) or "The export has no unit times."
        always.append(f"Whether an episode drew response away. {why}")
    if credibility["planted"] is None:
        always.append("How many true episodes it missed. This run planted no campaigns to find out.")
    return always


def strength(q_value: float | None) -> str:
    """Whether an episode stands out from chance, in a label: at most 1 in 20 like it would be chance."""
    if q_value is None:
        return "cannot tell it from chance"
    return "stands out" if q_value <= STANDS_OUT else "may be chance"


def q_words(q_value: float | None) -> tuple[str, str]:
    """A q-value for a reader who has met none: a figure and what it means."""
    if q_value is None:
        return "Cannot tell", "how many episodes at least this strong are chance"
    return figures.odds(q_value), "of episodes at least this strong will be chance"


def found_words(incidents: int | None, found: int | None, expected: float | None) -> tuple[str, str]:
    """What an episode ended in, beside what is normal."""
    if incidents is None or found is None:
        return "Cannot tell", "how its incidents ended"
    normal = (
        "we cannot tell what would be normal"
        if expected is None
        else f"about {figures.decimal(expected)} would be normal for such kinds, hours and areas"
    )
    share = (
        figures.count(found)
        if found == incidents
        else f"{figures.count(found)} of {figures.count(incidents)}"
    )
    noun = "incident" if incidents == 1 else "incidents"
    return share, f"{noun} ended with nothing found; {normal}"
