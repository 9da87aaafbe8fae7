"""The reader of the room Method: how often the model is wrong, what people said, and the pause.

Whoever does not see episodes gets the figures that hold for the whole and no count, no area and no month: a
count beside the published ones could give away one that was held back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from lippen.brief import Facts, figures, words
from lippen.brief.charts import monthly
from lippen.brief.doubt import Doubt, doubt
from lippen.brief.plain_text import plain
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation, Person
from lippen.site.insight.judged import Said, agreement_over_all, said_of
from lippen.site.insight.lake import lake
from lippen.site.insight.models import Pause, Verdict
from lippen.site.insight.said import for_page
from lippen.site.insight.sight import sight_of
from lippen.site.insight.standing import Standing, WayBack, standing, way_back, why_not_seen
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

CHECKING = "to see how assessment works and how often it is wrong"
HOW_TO_MEASURE = "Whoever runs this site can do that: the guide “Measure it on your own incidents” says how."
_DOUBTED = ("calibration", "calibration_month")


@dataclass(frozen=True)
class ErrorRate:
    """How often episodes are wrong, in sentences: what chance brings, what was found of planted campaigns,
    and on what both were tested.
    """

    standing_line: str
    budget: str
    planted: str
    planted_short: str
    tested: str


@dataclass(frozen=True)
class Made:
    """What the newest reckoning was made by and when."""

    at: str
    seed: str
    versions: list[tuple[str, str]]
    stages: list[tuple[str, str]]


@dataclass(frozen=True)
class Answers:
    """What people said of one sort of groups, as a row of a table."""

    title: str
    groups: int
    given: tuple[str, ...]
    agreement: str


@dataclass(frozen=True)
class PauseSeen:
    """The pause that stands. `who` and `asked_by` name somebody of one's own organisation, or say of which
    partner they are.
    """

    since: datetime
    who: str
    why: str
    asked_by: str
    asked_at: datetime | None
    asked_oneself: bool


@dataclass(frozen=True)
class MethodSeen:
    """All that the page tells. For those who see no episodes there is no `doubt`, `months` or `answers`.

    `rate` says how many episodes were found, and is for those who see them, while they are shown; `in_short`
    is for everybody.
    """

    now: Standing
    way_back: WayBack | None
    pauses: tuple[PauseSeen, ...]
    may_switch: bool
    rate: ErrorRate
    in_short: str
    ranking: str
    calibration: str
    doubt: Doubt | None
    months: Markup | None
    answers: tuple[Answers, ...]
    agreement: str
    made: Made | None
    why_closed: str


def error_rate() -> ErrorRate:
    """How often episodes are wrong, of the newest reckoning. It shows no record, so nothing is entered."""
    facts = lake().facts()
    credibility = facts["credibility"] if facts else None
    counts = credibility["episodes"] if credibility else None
    model = credibility["model"] if credibility else None
    planted = credibility["planted"] if credibility else None
    tested = []
    if counts and counts["replicates"] and counts["days"]:
        copies = figures.plural(counts["replicates"], "shuffled copy", "shuffled copies")
        tested.append(f"Chance was measured on {copies} of {figures.plural(counts['days'], 'day')}.")
    if model and model["incidents"] is not None:
        tested.append(
            f"What is normal was tested on {figures.plural(model['incidents'], 'incident')} of later days, "
            "which it had never seen."
        )
    line = counts["standing_line"] if counts else None
    known = planted is not None and planted["recall"] is not None
    missed = plain(words.planted(planted), 700) if known else "How many true ones are missed was not measured"
    return ErrorRate(
        plain(line or words.STANDING_LINE, 300),
        plain(words.budget(credibility), 700),
        missed if known else f"{missed} on these incidents. {HOW_TO_MEASURE}",
        missed if known else f"{missed} here.",
        plain(" ".join(tested), 400),
    )


def method(acting: Acting) -> MethodSeen:
    """What the room tells to `acting`. The reading is entered. Raises PermissionError."""
    seen, now, facts = sight_of(acting), standing(), lake().facts()
    if not seen.counts:
        raise PermissionError(acting.may("read", "counts").why)
    pauses = _pauses(acting)
    whole = seen.episodes and facts is not None
    credibility = facts["credibility"] if facts else None
    model = credibility["model"] if credibility else None
    no_model = f"We cannot tell. {for_page(words.why_no_model(credibility))}"
    flagged, sampled = said_of(sample=False), said_of(sample=True)
    answers = (
        (_row("Flagged as an episode", flagged), _row("Not flagged, drawn at random", sampled))
        if seen.episodes
        else ()
    )
    named = [one for one in pauses[1] if one != acting.person.ref]
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "how assessment works",
        [Records("staff", tuple(named))],
        purpose=CHECKING,
    )
    told, months = _doubted(lake().state().stamp) if whole else (None, None)
    return MethodSeen(
        now=now,
        way_back=way_back(acting),
        pauses=pauses[0],
        may_switch=bool(acting.may("write", "episode")),
        rate=error_rate(),
        in_short=plain(words.how_often_wrong(credibility), 500),
        ranking=plain(words.ranking(model) if model else no_model, 700),
        calibration=plain(words.calibration(model) if model else no_model, 700),
        doubt=told,
        months=months,
        answers=answers,
        agreement=_agreement() if seen.episodes else "",
        made=_made(facts) if facts is not None else None,
        why_closed=why_not_seen(acting),
    )


@lru_cache(maxsize=2)
def _doubted(_stamp: tuple[int, int]) -> tuple[Doubt | None, Markup | None]:
    """How often the model is wrong, and the chart of months, for as long as the state of the lake lasts."""
    facts = lake().facts()
    tables = {name: table for name in _DOUBTED if (table := lake().result(name)) is not None}
    if facts is None or len(tables) < len(_DOUBTED):
        return None, None
    return doubt(facts, tables), monthly(tables["calibration_month"].to_pylist())


def pauses(acting: Acting) -> tuple[PauseSeen, ...]:
    """The pauses that stand, as a rule none or one. The reading is entered. Raises PermissionError."""
    verdict = acting.may("write", "episode")
    if not verdict:
        raise PermissionError(verdict.why)
    seen, named = _pauses(acting)
    shown = [one for one in named if one != acting.person.ref]
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "the pause of assessment",
        [Records("staff", tuple(shown))],
        purpose=CHECKING,
    )
    return seen


def waits_for_agreement(acting: Acting) -> bool:
    """Whether somebody else asked to lift the pause, and `acting` may agree. It shows nobody."""
    asked = Pause.objects.filter(lifted_at__isnull=True).exclude(lift_asked_by="")
    return bool(acting.may("write", "episode")) and asked.exclude(lift_asked_by=acting.person.ref).exists()


def _pauses(acting: Acting) -> tuple[tuple[PauseSeen, ...], list[str]]:
    """The pauses that stand, and the references of those whom they name."""
    paused = list(Pause.objects.filter(lifted_at__isnull=True).order_by("pk"))
    refs = {ref for one in paused for ref in (one.by, one.lift_asked_by) if ref}
    names = _colleagues(acting, refs)
    seen = tuple(
        PauseSeen(
            since=one.at,
            who=_who(acting, one.by, names, one.organisation),
            why=one.why,
            asked_by=_who(acting, one.lift_asked_by, names, "") if one.lift_asked_by else "",
            asked_at=one.lift_asked_at,
            asked_oneself=one.lift_asked_by == acting.person.ref,
        )
        for one in paused
    )
    return seen, sorted(names)


def _colleagues(acting: Acting, refs: set[str]) -> Mapping[str, str]:
    """Names of those of these people who work in one's own organisation, for whoever may see that."""
    if not acting.may("list", "staff"):
        return {}
    here = Person.objects.filter(ref__in=refs, roles__organisation=acting.organisation)
    return dict(here.values_list("ref", "name"))


def _who(acting: Acting, ref: str, names: Mapping[str, str], organisation: str) -> str:
    """A colleague by name, anybody else by their organisation, where it is known."""
    if ref == acting.person.ref:
        return "you"
    of = Organisation.objects.filter(ref=organisation).first()
    return names.get(ref) or (f"somebody of {of.name}" if of else "somebody of a partner")


def _row(title: str, said: Said) -> Answers:
    given = (
        tuple(figures.count(said.answers[str(one)]) for one in Verdict if one != Verdict.REOPENED)
        if said.answers is not None
        else ("too few to tell",) * 3
    )
    found = said.agreement
    agreeing = (
        f"{found.agreed} of {found.units}"
        if said.answers is not None and found.units
        else figures.CANNOT_TELL
    )
    return Answers(title, said.groups, given, agreeing)


def _agreement() -> str:
    """How far people agree, in a sentence."""
    found = agreement_over_all()
    if not found.units:
        return "No group was judged by two people yet, so how far they agree cannot be told."
    begin = (
        f"{figures.plural(found.units, 'group was', 'groups were')} judged by two people or more; on "
        f"{found.agreed} of them all said the same."
    )
    if found.alpha is None:
        return f"{begin} How much more that is than chance would bring, we cannot tell. {found.why}"
    return (
        f"{begin} How far they agree beyond chance is {figures.fixed(found.alpha)}, likely between "
        f"{figures.fixed(found.low)} and {figures.fixed(found.high)} (Krippendorff’s alpha and its "
        "interval): 1 when all agree, 0 when they agree as often as by chance."
    )


def _made(facts: Facts) -> Made:
    clock, versions = facts["clock"], facts["versions"] or {}
    written = figures.moments(clock["written_at"], None) if clock and clock["written_at"] else None
    return Made(
        at=f"{written} UTC" if written else figures.CANNOT_TELL,
        seed=figures.CANNOT_TELL if facts["seed"] is None else str(facts["seed"]),
        versions=[(plain(name, 40), plain(versions[name] or "", 40)) for name in sorted(versions)],
        stages=[(plain(one["name"], 60), figures.seconds(one["seconds"])) for one in facts["stages"] or []],
    )
