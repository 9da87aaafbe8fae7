"""What changed in what is sold: from listings and sightings to the result tables of the trade.

The steps, each in a file of its own: copies are gathered, posts are told from adverts and taken apart once
for each wording (`posted`), sightings are read (`seen`); from both come counts against the season
(`expected_counts`), prices and their shifts, channels, and words that may be new. Listings and sightings are
counted beside each other and never added up.

Invariant: no table has a column that stands for who posted, and no contact, hashed or not, is in any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.results import (
    TRADE_ADVERTS,
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNEL_WEEKS,
    TRADE_CHANNELS,
    TRADE_CONFIRMED,
    TRADE_PRICE_SHIFTS,
    TRADE_PRICE_WEEKS,
    TRADE_PRICES,
    TRADE_TERM_WEEKS,
    TRADE_TERMS,
    TRADE_WEEKS,
)
from lippen.trade.adverts import AdvertModel
from lippen.trade.channels import channel_changes
from lippen.trade.expected_counts import count_alarms
from lippen.trade.lexicon import Lexicon
from lippen.trade.loudest import loudest
from lippen.trade.met import (
    Met,
    asked_by_week,
    first_met,
    met_by_people,
    met_in_collections,
    substance_weeks,
    weeks_of_channels,
    weeks_until,
)
from lippen.trade.posted import Posted, read_posted
from lippen.trade.price_shifts import price_shifts
from lippen.trade.prices import price_weeks, prices
from lippen.trade.seen import read_seen
from lippen.trade.tables import (
    ADVERTS,
    AREA_WEEKS,
    EVERYWHERE,
    IN_COLLECTIONS,
    SCHEMAS,
    SOURCES,
    Came,
    TermFacts,
)
from lippen.trade.term_decisions import Taught
from lippen.trade.vocabulary import families
from lippen.trade.words_put_forward import put_forward

LISTINGS, SIGHTINGS = SOURCES


@dataclass(frozen=True)
class Settings:
    """`until` is a day of the newest week (the last day of all that is given where it is None), `currency`
    that of every price, and `seed` what every drawing of chance begins with."""

    until: date | None = None
    currency: str = "GBP"
    seed: int = 0


@dataclass(frozen=True)
class Assessment:
    """`tables` by name (`tables.SCHEMAS`), the last day of the newest week (a Sunday), and what came of each
    source and of the search for new words."""

    tables: dict[str, pa.Table]
    until: date
    listings: Came | None
    sightings: Came | None
    new_terms: TermFacts

    @property
    def week(self) -> date:
        """The first day of the newest week."""
        return _week(self.until)


def assess(
    listings: ibis.Table | None,
    sightings: ibis.Table | None,
    engine: Engine,
    model: AdvertModel | None,
    settings: Settings | None = None,
    stages: Stages | None = None,
    decisions: pa.Table | None = None,
) -> Assessment:
    """Assess what is sold (the columns of the kinds `listing` and `sighting`), with the words of the
    vocabulary. `model` tells adverts from other posts, and is needed where there are listings. `decisions`
    (term_decisions.DECISIONS) are what people said of words before: one that they took for a new term, and of
    which they said what it means, is counted as that from then on.

    A week is one of the calendar, from Monday to Sunday, since people tell what they saw by such a week; the
    newest is the one in which `settings.until` or the last day lies, over or not. Words are ranked as of the
    last day in it, or of the newest advert where hardly anything came since.

    What came after that week is left out. Raises ValueError when nothing is left, or there are
    listings and no model; and DecisionsUnusable.
    """
    chosen, stages = settings or Settings(), stages or Stages(quiet=True)
    upto = None if chosen.until is None else _sunday(chosen.until)
    days = [
        _last_day(table, column, upto, engine)
        for table, column in ((listings, "local_day"), (sightings, "seen_on"))
    ]
    known = [day for day in days if day is not None]
    if not known:
        raise ValueError("there is neither a listing nor a sighting to assess")
    last = max(known)
    until = upto or _sunday(last)
    lexicon = _words(decisions)
    posted, seen = None, None
    met: list[Met] = []
    if listings is not None and days[0] is not None:
        if model is None:
            raise ValueError("listings are told from other posts by a model, and none was given")
        posts = listings.filter(listings.local_day <= last)
        posted = read_posted(posts, engine, model, lexicon, stages)
        met.append(met_in_collections(LISTINGS, posted, engine, until))
    if sightings is not None and days[1] is not None:
        with stages.stage("read sightings"):
            seen, offers = read_seen(sightings.filter(sightings.seen_on <= last), engine, lexicon)
            met.append(met_by_people(SIGHTINGS, seen, offers, engine, until))
    tables = _counts(met, seen, engine, until, stages) | _prices(met, engine, chosen, stages)
    with stages.stage("look for new words"):
        words = put_forward(posted, seen, engine, lexicon, last, until, decisions, chosen.seed)
    tables |= {
        TRADE_TERMS: words.terms,
        TRADE_TERM_WEEKS: words.weeks,
        TRADE_CONFIRMED: words.confirmed,
        TRADE_ADVERTS: ADVERTS.empty_table(),
    }
    if posted is not None and model is not None:
        with stages.stage("gather the loudest"):
            tables[TRADE_ADVERTS] = loudest(posted, met[0], engine, model, _week(until))
    return Assessment(
        tables={name: tables[name].cast(schema).combine_chunks() for name, schema in SCHEMAS.items()},
        until=until,
        listings=None if posted is None else _came_posted(posted),
        sightings=None if seen is None else _came_seen(seen),
        new_terms=words.facts,
    )


def _words(decisions: pa.Table | None) -> Lexicon:
    """The words of the vocabulary, and those that people took for new terms and said the meaning of."""
    known = families()
    answered = [term for term in Taught.by(decisions).seeds if term.substance in known]
    return Lexicon([*Lexicon.of_vocabulary().terms, *answered])


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _week(until: date) -> date:
    return until - timedelta(days=6)


def _last_day(table: ibis.Table | None, column: str, until: date | None, engine: Engine) -> date | None:
    if table is None:
        return None
    kept = table if until is None else table.filter(table[column] <= until)
    last: date | None = engine.collect(kept.aggregate(last=kept[column].max()))["last"][0].as_py()
    return last


def _counts(
    met: list[Met], seen: pa.Table | None, engine: Engine, until: date, stages: Stages
) -> dict[str, pa.Table]:
    with stages.stage("count by week"):
        by_week = [substance_weeks(one, engine) for one in met]
        channels = {one.source: weeks_of_channels(one, engine) for one in met}
    with stages.stage("compare with the season"):
        # Each source by itself: a week in which nobody brought adverts in may have many sightings.
        found = [
            count_alarms(reports, until, what=what) for what, reports in _reports(met, seen, engine).items()
        ]
        order = [("alarm", "descending"), ("reports", "descending")]
        alarms = pa.concat_tables([SCHEMAS[TRADE_ALARMS].empty_table(), *found]).sort_by(order)
    changes = {source: channel_changes(weeks, _week(until)) for source, weeks in channels.items()}
    return {
        TRADE_WEEKS: pa.concat_tables([SCHEMAS[TRADE_WEEKS].empty_table(), *by_week]),
        TRADE_AREA_WEEKS: AREA_WEEKS.empty_table() if seen is None else _area_weeks(seen, until),
        TRADE_ALARMS: alarms,
        TRADE_CHANNEL_WEEKS: _sourced(TRADE_CHANNEL_WEEKS, channels),
        TRADE_CHANNELS: _sourced(TRADE_CHANNELS, changes),
    }


def _prices(met: list[Met], engine: Engine, chosen: Settings, stages: Stages) -> dict[str, pa.Table]:
    with stages.stage("compare prices"):
        asked = {one.source: asked_by_week(one, engine) for one in met}
        bands = {source: prices(table, chosen.seed, chosen.currency) for source, table in asked.items()}
        weeks = {source: price_weeks(table, chosen.seed, chosen.currency) for source, table in asked.items()}
        shifts = {source: price_shifts(table, chosen.seed) for source, table in weeks.items()}
    return {
        TRADE_PRICES: _sourced(TRADE_PRICES, bands),
        TRADE_PRICE_WEEKS: _sourced(TRADE_PRICE_WEEKS, weeks),
        TRADE_PRICE_SHIFTS: _sourced(TRADE_PRICE_SHIFTS, shifts),
    }


_REPORTS: Final = pa.schema([("substance", pa.string()), ("larger_area", pa.string()), ("day", pa.date32())])


def _reports(met: list[Met], seen: pa.Table | None, engine: Engine) -> dict[str, pa.Table]:
    """What is counted against the season, by what it is: each different advert of a collection on the day on
    which it was first met, and each sighting in its larger area and everywhere."""
    parts: dict[str, pa.Table] = {}
    for one in met:
        if one.source == LISTINGS:
            parts["adverts that were new"] = _at(first_met(one, engine), IN_COLLECTIONS)
    if seen is not None:
        named = _by_substance(seen)
        both = [named.select(_REPORTS.names).cast(_REPORTS), _at(named, EVERYWHERE)]
        parts["sightings"] = pa.concat_tables(both)
    return parts


def _at(table: pa.Table, place: str) -> pa.Table:
    there = pa.array([place] * len(table), pa.string())
    return pa.table([table["substance"], there, table["day"]], schema=_REPORTS)


def _by_substance(seen: pa.Table) -> pa.Table:
    """A row for each sighting and substance: `substance`, `larger_area`, `day`."""
    lists = seen["substances"].combine_chunks()
    each = seen.select(["larger_area", "day"]).take(pc.list_parent_indices(lists))
    return each.append_column("substance", lists.flatten())


def _area_weeks(seen: pa.Table, until: date) -> pa.Table:
    named = _by_substance(seen)
    weeks = weeks_until(named["day"], until)
    counted = (
        named.join(weeks, "day").group_by(["larger_area", "substance", "week"]).aggregate([([], "count_all")])
    )
    told = counted.rename_columns({"count_all": "sightings"}).select(AREA_WEEKS.names)
    return told.sort_by([(name, "ascending") for name in ("larger_area", "substance", "week")])


def _sourced(name: str, tables: dict[str, pa.Table]) -> pa.Table:
    """Tables of the same columns as one, each row with its source."""
    parts = [SCHEMAS[name].empty_table()]
    for source, table in tables.items():
        column = pa.array([source] * len(table), pa.string())
        parts.append(table.add_column(0, "source", column).cast(SCHEMAS[name]))
    return pa.concat_tables(parts)


def _came_posted(posted: Posted) -> Came:
    return {
        "posts": posted.posts,
        "different": posted.different,
        "wordings": posted.different_wordings,
        "adverts": pc.count_distinct(posted.wordings["group"]).as_py(),
        "first_day": posted.first_day.isoformat(),
        "last_day": posted.last_day.isoformat(),
    }


def _came_seen(seen: pa.Table) -> Came:
    days = pc.min_max(seen["day"]).as_py()
    return {
        "posts": len(seen),
        "different": len(seen),
        "wordings": pc.count_distinct(seen["text"]).as_py(),
        "adverts": None,
        "first_day": days["min"].isoformat(),
        "last_day": days["max"].isoformat(),
    }
