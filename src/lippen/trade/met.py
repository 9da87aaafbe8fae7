"""What was offered by one source, as it was met day by day, and what is counted of that.

Adverts of a collection and sightings are brought to one form here: something *different* (a group of copies,
a sighting) in one or more *wordings*, met on days. What is offered hangs on the wording, what is counted on
the day; so what grows is joined and counted on the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.trade.channels import channel_weeks
from lippen.trade.posted import Posted, first_contacts
from lippen.trade.seen import NOT_NAMED
from lippen.trade.tables import WEEKS
from lippen.trade.vocabulary import families


@dataclass(frozen=True)
class Met:
    """`source` by its name. `each`, an expression: a row each time that something was met, with `group` (what
    it is), `wording`, `day`, `week` (its first day) and `channel`. `named`: the substances of each `wording`
    (`substance`). `offers`: what each `wording` offers, beside the columns of `extraction.OFFERS`. `sellers`:
    of each `wording` with a contact the first of them, hashed (`seller`)."""

    source: str
    each: ibis.Table
    named: pa.Table
    offers: pa.Table
    sellers: pa.Table


def met_in_collections(source: str, posted: Posted, engine: Engine, until: date) -> Met:
    """Adverts as they were posted."""
    offers = posted.offers.rename_columns({"same_as": "wording"})
    wordings = posted.wordings["same_as"]
    return Met(
        source,
        _in_weeks(posted.each.rename(wording="same_as"), engine, until),
        _named(pc.cast(wordings, pa.string()), offers),
        offers,
        _sellers(wordings, first_contacts(posted.wordings["text"])),
    )


def met_by_people(source: str, seen: pa.Table, offers: pa.Table, engine: Engine, until: date) -> Met:
    """Sightings (`seen.SEEN`) and what they offer, each by itself."""
    each = seen.select(["group", "day", "channel"]).append_column("wording", seen["group"])
    lists = seen["substances"].combine_chunks()
    named = pa.table(
        {
            "wording": seen["group"].combine_chunks().take(pc.list_parent_indices(lists)),
            "substance": lists.flatten(),
        }
    )
    return Met(
        source,
        _in_weeks(engine.table(each), engine, until),
        named,
        offers.rename_columns({"group": "wording"}),
        _sellers(seen["group"], pa.nulls(len(seen), pa.string())),
    )


def weeks_until(days: pa.ChunkedArray, until: date) -> pa.Table:
    """Of different days (column `day`) the first day of their week (`week`): seven days, the last of which
    ends with `until`."""
    told = sorted(day for day in pc.unique(days).to_pylist() if day is not None)
    weeks = [until - timedelta(days=6 + 7 * ((until - day).days // 7)) for day in told]
    return pa.table({"day": pa.array(told, pa.date32()), "week": pa.array(weeks, pa.date32())})


def substance_weeks(met: Met, engine: Engine) -> pa.Table:
    """What was offered week by week (`tables.WEEKS`), in the order of substances and weeks."""
    named = engine.table(met.named)
    each = met.each.join(named, "wording")
    counted = each.group_by(["substance", "week"]).aggregate(
        different=each.group.nunique(), posts=each.count()
    )
    told = engine.collect(counted, ["substance", "week"])
    known = families()
    by_seller = (
        each.join(engine.table(met.sellers), "wording")
        .group_by(["substance", "week", "seller"])
        .aggregate(of_one=lambda of: of.group.nunique())
    )
    sold = by_seller.group_by(["substance", "week"]).aggregate(
        sellers=by_seller.count(), of_one=by_seller.of_one.max()
    )
    of = {
        (row["substance"], row["week"]): row
        for row in engine.collect(sold, ["substance", "week"]).to_pylist()
    }
    rows = [
        {
            "source": met.source,
            "family": known.get(row["substance"]),
            **row,
            **of.get((row["substance"], row["week"]), {}),
        }
        for row in told.to_pylist()
    ]
    return pa.Table.from_pylist(rows, WEEKS)


def weeks_of_channels(met: Met, engine: Engine) -> pa.Table:
    """Different posts by week and channel (`channels.CHANNEL_WEEKS`)."""
    return channel_weeks(met.each, engine)


def first_met(met: Met, engine: Engine) -> pa.Table:
    """The day on which each different advert was first met, for each substance in it: `substance`, `day`."""
    firsts = met.each.group_by("group").aggregate(day=met.each.day.min())
    wordings = met.each.select("group", "wording").distinct()
    named = wordings.join(engine.table(met.named), "wording").select("group", "substance").distinct()
    return engine.collect(firsts.join(named, "group").select("substance", "day"), ["substance", "day"])


def asked_by_week(met: Met, engine: Engine) -> pa.Table:
    """What was asked week by week, as `prices.prices` reads it: once for each wording, week and offer."""
    wanted = ("substance", "unit", "quantity", "price", "currency")
    offers = met.offers.select(["wording", *wanted])
    whole = offers.filter(
        pc.and_(
            pc.is_valid(offers["price"]),
            pc.and_(pc.is_valid(offers["quantity"]), pc.is_valid(offers["unit"])),
        )
    )
    weeks = met.each.select("group", "wording", "week").distinct()
    joined = weeks.join(engine.table(whole), "wording")
    sold = joined.left_join(engine.table(met.sellers), "wording")
    # Not by the seller: that is a hash, and every workspace has others.
    order = ["substance", "unit", "group", "week", "quantity", "price", "wording"]
    return engine.collect(sold.select("group", "wording", "week", "seller", *wanted), order)


def _in_weeks(each: ibis.Table, engine: Engine, until: date) -> ibis.Table:
    days = engine.collect(each.select("day").distinct())["day"]
    weeks = engine.table(weeks_until(days, until))
    return engine.keep(each.join(weeks, "day").select("group", "wording", "day", "week", "channel"))


def _sellers(wordings: pa.ChunkedArray, sellers: pa.Array) -> pa.Table:
    table = pa.table({"wording": pc.cast(wordings, pa.string()), "seller": sellers})
    return table.filter(pc.is_valid(table["seller"]))


def _named(wordings: pa.ChunkedArray, offers: pa.Table) -> pa.Table:
    """The substances of each wording; NOT_NAMED where an advert offers nothing that the vocabulary knows."""
    pairs = offers.select(["wording", "substance"]).group_by(["wording", "substance"]).aggregate([])
    unnamed = wordings.filter(pc.invert(pc.is_in(wordings, pairs["wording"].combine_chunks())))
    nothing = pa.table({"wording": unnamed, "substance": pa.array([NOT_NAMED] * len(unnamed), pa.string())})
    return pa.concat_tables([pairs.select(["wording", "substance"]), nothing])
