"""The reader of the newest week: what changed in the trade, and by what right its adverts are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.area_map import suppressed
from lippen.results import (
    TRADE_ADVERTS,
    TRADE_ALARMS,
    TRADE_CHANNELS,
    TRADE_PRICE_SHIFTS,
    TRADE_WEEKS,
)
from lippen.site.accounts.acting import Acting
from lippen.site.insight.place_names import larger_area
from lippen.site.trade import charts
from lippen.site.trade.answered import answers_of
from lippen.site.trade.channels_selectors import ChannelLine, moving
from lippen.site.trade.entering import enter_look
from lippen.site.trade.found import (
    BEFORE,
    SOURCES,
    Row,
    ask,
    facts,
    named,
    quoted,
    rows_of,
    sold_by,
    weeks_until,
)
from lippen.site.trade.loudest import (
    AdvertSeen,
    HeldSeen,
    advert,
    collections,
    held_now,
    how_often_wrong,
    number,
)
from lippen.site.trade.prices_selectors import ShiftLine, shift_lines
from lippen.site.trade.sight import TRADE, check
from lippen.site.trade.words_selectors import TermLine, lines_of, ranked_as_of
from lippen.wording import is_news, why_untold

FIRST_ADVERTS: Final = 3
MOST_ADVERTS: Final = 20
MOST_WORDS: Final = 10

NO_AREA: Final = {"everywhere": "all sightings together", "collections": "adverts of collections"}
"""What stands in TRADE_ALARMS where a count is of no larger area (`lippen.trade.tables.EVERYWHERE` and
`IN_COLLECTIONS`), and what pages say there.
"""


@dataclass(frozen=True)
class CameSeen:
    """What came from one source, in a sentence."""

    source: str
    says: str


@dataclass(frozen=True)
class AlarmSeen:
    """More of a substance than chance and season explain. A count of one area under five is told as "fewer
    than 5".
    """

    substance: Markup
    where: Markup
    reports: str
    expected: str
    upper: str


@dataclass(frozen=True)
class SubstanceLine:
    """A substance in the newest week beside the eight before."""

    substance: Markup
    family: Markup
    now: str
    usual: str
    copies: str
    sellers: str
    bars: Markup


@dataclass(frozen=True)
class SubstancesSeen:
    """The substances of a source, which is what pages call it: those that were met in the newest week, the
    most first, and those that were met in the eight before alone.
    """

    source: str
    met: tuple[SubstanceLine, ...]
    before: tuple[SubstanceLine, ...]

    @property
    def not_met(self) -> str:
        return f"{figures.plural(len(self.before), 'substance')} not met this week"


@dataclass(frozen=True)
class WeekSeen:
    """The newest week. `alarms_unknown` says why alarms cannot be told, "" where they can; `may_list` whether
    whole adverts and places are shown; `model` is how often an advert is wrongly taken for one, in sentences.
    """

    days: str
    came: tuple[CameSeen, ...]
    alarms: tuple[AlarmSeen, ...]
    alarms_unknown: Markup
    substances: tuple[SubstancesSeen, ...]
    adverts: tuple[AdvertSeen, ...]
    adverts_next: tuple[AdvertSeen, ...]
    adverts_left: int
    may_list: bool
    model: tuple[Markup, ...]
    shifts: tuple[ShiftLine, ...]
    words: tuple[TermLine, ...]
    why_no_words: Markup
    words_as_of: str
    moves: tuple[ChannelLine, ...]
    collections: str
    held: tuple[HeldSeen, ...]


def week(acting: Acting) -> WeekSeen | None:
    """The newest week, entered with the words and adverts that are shown; None where nothing was reckoned
    yet.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting)
    told = facts()
    if told is None:
        enter_look(acting, "the trade this week")
        return None
    may_list = bool(acting.may("list", TRADE))
    adverts = rows_of(TRADE_ADVERTS) if may_list else []
    shown = adverts[:MOST_ADVERTS]
    lines = [one for one in lines_of(answers_of(acting.organisation.ref)) if one.raised][:MOST_WORDS]
    enter_look(acting, "the trade this week", [one.id for one in lines], [row["first_id"] for row in shown])
    alarms = rows_of(TRADE_ALARMS)
    why_none = told["new_terms"]["why_none"]
    return WeekSeen(
        days=figures.span(told["week"], told["until"]),
        came=tuple(_came(source, told[source]) for source in ("listings", "sightings") if told[source]),
        alarms=tuple(_alarm(row) for row in alarms if row["alarm"] and _told_to(row, may_list=may_list)),
        alarms_unknown=_why_unknown(alarms),
        substances=_substances(date.fromisoformat(told["week"])),
        adverts=tuple(advert(row) for row in shown[:FIRST_ADVERTS]),
        adverts_next=tuple(advert(row) for row in shown[FIRST_ADVERTS:]),
        adverts_left=len(adverts) - len(shown),
        may_list=may_list,
        model=how_often_wrong(told["model"]),
        shifts=shift_lines(
            [
                row
                for row in rows_of(TRADE_PRICE_SHIFTS)
                if row["shifted"] and is_news(row["week"], date.fromisoformat(told["week"]))
            ],
            told["currency"],
        ),
        words=tuple(lines),
        why_no_words=quoted(why_none) if why_none else Markup(""),
        words_as_of=ranked_as_of(told),
        moves=moving(rows_of(TRADE_CHANNELS)),
        collections=collections(told["held"]),
        held=held_now(),
    )


def alarms_now(acting: Acting) -> int:
    """How many alarms stand that `acting` is shown. It shows none, so nothing is entered."""
    may_list = bool(acting.may("list", TRADE))
    return sum(bool(row["alarm"]) and _told_to(row, may_list=may_list) for row in rows_of(TRADE_ALARMS))


def _told_to(row: Row, *, may_list: bool) -> bool:
    """Whether an alarm is for this reader: where something was seen is for those who may see places."""
    return may_list or row["larger_area"] in NO_AREA


def _came(source: str, came: Mapping[str, object] | None) -> CameSeen:
    told = came or {}
    posts, different, adverts = (number(told.get(name)) for name in ("posts", "different", "adverts"))
    days = figures.span(str(told.get("first_day")), str(told.get("last_day")))
    if source == "sightings":
        return CameSeen(SOURCES[source], f"{figures.plural(posts, 'sighting')}, {days}.")
    taken = "" if adverts is None else f", of which {adverts:,} are taken for adverts of drugs"
    return CameSeen(
        SOURCES[source],
        f"{figures.plural(posts, 'post')} of collections, {days}. With copies gathered they are"
        f" {figures.plural(different, 'different one')}{taken}.",
    )


def _alarm(row: Row) -> AlarmSeen:
    where = NO_AREA.get(row["larger_area"])
    return AlarmSeen(
        substance=named(row["substance"]),
        where=named(where or larger_area(row["larger_area"])),
        reports=figures.count(row["reports"]) if where else suppressed(row["reports"]),
        expected=figures.decimal(row["expected"]),
        upper=figures.decimal(row["upper"], 0),
    )


def _why_unknown(alarms: Sequence[Row]) -> Markup:
    """Why it cannot be told whether more was seen than is ordinary; "" where it can of anything."""
    return quoted(why_untold(alarms))


def _substances(newest: date) -> tuple[SubstancesSeen, ...]:
    """What was offered in the newest week and the eight before, by source, the most offered now first."""
    weeks = weeks_until(newest, BEFORE + 1)
    found = ask(
        "SELECT source, substance, family, week, different, posts, sellers, of_one"  # noqa: S608 - a name of the library
        f" FROM {TRADE_WEEKS} WHERE week >= $since ORDER BY substance, week",
        {"since": weeks[0]},
    )
    told = []
    for source, title in SOURCES.items():
        of: dict[str, dict[date, Row]] = {}
        for row in found:
            if row["source"] == source:
                of.setdefault(row["substance"], {})[row["week"]] = row
        held = {week for rows in of.values() for week in rows}
        lines = [(_now(rows, newest), _substance(rows, weeks, held)) for rows in of.values()]
        lines.sort(key=lambda one: -one[0])
        if lines:
            met = tuple(line for now, line in lines if now)
            told.append(SubstancesSeen(title, met, tuple(line for now, line in lines if not now)))
    return tuple(told)


def _now(rows: Mapping[date, Row], newest: date) -> int:
    return int(rows[newest]["different"]) if newest in rows else 0


def _substance(rows: Mapping[date, Row], weeks: Sequence[date], held: Set[date]) -> SubstanceLine:
    """`held`: the weeks of which anything of the source was brought in. Of others nothing is known."""
    counts = [int(rows[week]["different"]) if week in rows else 0 for week in weeks]
    before = sorted(count for count, week in zip(counts[:-1], weeks, strict=False) if week in held)
    one, last = next(iter(rows.values())), rows.get(weeks[-1])
    return SubstanceLine(
        substance=named(one["substance"]),
        family=named(one["family"]),
        now=figures.count(counts[-1]),
        usual=f"{figures.count(before[0])} to {figures.count(before[-1])}" if before else "nothing held",
        copies=figures.count(last["posts"]) if last else "0",
        sellers=sold_by(last, "different") if last else "",
        bars=charts.bars(counts),
    )
