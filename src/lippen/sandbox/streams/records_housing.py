"""What two social landlords write down: rent accounts by the month, repairs, visits refused, fobs for doors.

A home that was taken over shows in all of them, and so do leaks, lost keys and late wages. Who frees a home
sooner changes that home's entries alone, and only from that day on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import LOTS, Floats, Ints, Lots, Mask, drawn_by, drawn_within, lots_of
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import TENURES
from lippen.sandbox.roles import NEVER
from lippen.sandbox.streams.clock import season_of
from lippen.sandbox.streams.records_entries import (
    ASSOCIATION,
    COUNCIL,
    Entries,
    Whole,
    entries_of,
    everyday,
    sorts_named,
    together,
    while_lasting,
)
from lippen.sandbox.world import World

_HARDER_IN_WINTER = ("plumbing", "heating", "damp")
_OF_ACTIVITY = ("door", "lock", "window", "no_access", "fob")
_DIRECT_DEBIT, _PAID_DIRECT, _STANDING_ORDER, CASH = 0, 1, 3, 4
"""Some of the ways of paying of words/records.toml, by their place there."""
_LAST_DUE = 26
"""The last day of a month on which rent is due: the working day that follows is in the same month."""


@dataclass(frozen=True)
class Tenancies:
    """The social homes of a burgh in the order of their areas: `home`, `area`, `tenant` (a person), `book` of
    the landlord, and of a take-over the days `taken_from`, `taken_to` and `planned_to` (as if nobody did
    anything)."""

    home: Ints
    area: Ints
    tenant: Ints
    book: Ints
    taken_from: Ints
    taken_to: Ints
    planned_to: Ints


@dataclass(frozen=True)
class Payments:
    """What rent accounts say beyond arrears, one for each rent entry: `paid` (whole GBP), `way`, and the lot
    of the words' `form`."""

    paid: Whole
    way: Ints
    form: Lots

    def only(self, which: Mask) -> Payments:
        """These payments alone."""
        return Payments(self.paid[which], self.way[which], self.form[which])


def tenancies(world: World) -> Tenancies:
    """The social homes, each with its landlord and its take-over, if it has one."""
    people, taken = world.people, world.groups.homes
    homes = len(people.home_area)
    council = world.draw("records", "landlord").random(homes) < number("records.council_share")
    since, until, planned = (np.full(homes, NEVER), np.full(homes, -NEVER), np.full(homes, -NEVER))
    since[taken.home], until[taken.home], planned[taken.home] = (
        taken.taken_from,
        world.taken_to,
        taken.taken_to,
    )
    home = np.flatnonzero(people.tenure == TENURES.index("social"))
    return Tenancies(
        home=home,
        area=people.home_area[home],
        tenant=people.oldest[home],
        book=np.where(council[home], COUNCIL, ASSOCIATION),
        taken_from=since[home],
        taken_to=until[home],
        planned_to=planned[home],
    )


def repairs(world: World, let: Tenancies) -> Entries:
    """Repairs, visits that found nobody in or were refused, and fobs."""
    rates = by_name("records.repairs") | {"fob": number("records.fobs")}
    names = tuple(rates)
    homes = np.bincount(let.area, minlength=world.place.areas).astype(np.float64)
    per_year = np.array(list(rates.values()))[:, None] * homes
    share = number("records.repairs_with_activity")
    week, winter = np.array(numbers("records.repairs_week")), number("records.repairs_winter")
    season = np.array([season_of(world, week, -winter * (name in _HARDER_IN_WINTER)) for name in names])
    with_activity = share * np.isin(names, _OF_ACTIVITY).astype(np.float64)
    found = everyday(world, "repairs", per_year, with_activity, season)
    edges = np.cumsum(
        world.draw("records", "repairs", "homes").gamma(number("records.repairs_shape"), size=len(let.home))
    )
    offsets = np.searchsorted(let.area, np.arange(world.place.areas + 1))
    at = drawn_within(found.area, offsets, edges, found.whom)
    ordinary = _written(let, at, sorts_named(*names)[found.sort], found.day, found.lots)
    more = by_name("records.home_taken")
    taken = np.flatnonzero(let.taken_from < NEVER)
    who, sort, day, lots = while_lasting(
        world,
        "homes",
        np.array(list(more.values())),
        season[[names.index(name) for name in more]],
        let.taken_from[taken],
        let.planned_to[taken],
    )
    at = taken[who]
    traces = _written(let, at, sorts_named(*more)[sort], day, lots)
    return together(ordinary, traces.only(day < let.taken_to[at]))


def _written(let: Tenancies, at: Ints, sort: Ints, day: Ints, lots: Lots) -> Entries:
    """Entries about tenancies `at`: a repair has its cost, a fob its charge and how many were given out."""
    fob, no_access = (sort == one for one in sorts_named("fob", "no_access"))
    # What is a fob is no repair, so one lot does for the number of fobs and for the cost.
    lot = (lots[0] + 0.5) / LOTS
    asked, price = by_name("records.fob"), by_name("records.repair_cost")
    fobs = 1 + (lot < asked["two"]) + (lot < asked["three"])
    cost = np.rint(100 * np.exp(price["log_mean"] + price["spread"] * _normal(lot))).astype(np.int64)
    return entries_of(
        sort=sort,
        day=day,
        person=let.tenant[at],
        book=let.book[at],
        pence=np.where(fob, int(100 * asked["charge_gbp"]) * fobs, np.where(no_access, -1, cost)),
        count=np.where(fob, fobs, -1),
        lots=lots,
    )


def _normal(uniform: Floats) -> Floats:
    """Nearly standard normal numbers from uniforms (the logistic of the same spread)."""
    return np.asarray(np.log(uniform / (1 - uniform)) * 0.5513)


def rents(world: World, let: Tenancies) -> tuple[Entries, Payments]:
    """One entry a month for each social home: what is owed after what was paid, in GBP and in whole weeks."""
    homes, draw = len(let.home), world.draw("records", "rents")
    size = draw.integers(0, 5, homes) + 5 * (let.book == ASSOCIATION)
    rent = np.array(numbers("records.rent_gbp"), dtype=np.int32)[size]
    frail = world.people.vulnerability[let.tenant]
    model = by_name("records.rent_trouble")
    trouble = number("records.rent_missed") * draw.gamma(model["shape"], 1 / model["shape"], homes)
    trouble = trouble * (model["level"] + model["with_vulnerability"] * frail)
    trouble = np.minimum(trouble, model["most"])
    usual = drawn_by(np.array(numbers("records.rent_ways")), draw.random(homes))
    before = np.round(
        rent * number("records.rent_owed_before") * trouble * draw.exponential(size=homes)
    ).astype(np.int32)
    first = _firsts_of_months(world.first_day, world.days)
    day = _next_working_days(world, first[:, None] + _due(usual, draw.integers(0, _LAST_DUE, homes)))
    lots = lots_of(draw, day.size)
    coins = np.concatenate([lots_of(draw, day.size), lots_of(draw, day.size)]).reshape(-1, *day.shape)
    taken = (day >= let.taken_from) & (day < let.taken_to)
    owed, paid, cleared = _accounts(rent, trouble, before, taken, coins)
    cash = taken & (coins[4] < int(LOTS * by_name("records.rent_taken_over")["cash"]))
    cash |= cleared & (coins[5] < int(LOTS * number("records.rent_cleared_in_cash")))
    way = np.where(cash, CASH, usual)
    months = len(first)
    entries = entries_of(
        sort=sorts_named("rent")[0],
        day=day.ravel(),
        person=np.tile(let.tenant, months),
        book=np.tile(let.book, months),
        pence=100 * owed.ravel(),
        count=(owed * 52 // (rent * 12)).ravel(),  # 52 weeks are 12 months
        lots=lots,
    )
    inside = ((day >= 0) & (day < world.days)).ravel()
    return entries.only(inside), Payments(paid.ravel(), way.ravel(), lots[1]).only(inside)


def _due(usual: Ints, any_day: Ints) -> Ints:
    """The day of the month (from 0) on which each home's rent is due, by how it is paid: banks collect on a
    few days, housing costs come to a landlord on one, and others pay on a day of their own (`any_day`).
    """
    collected = np.array(numbers("records.rent_days"), dtype=np.int64) - 1
    due = np.where(
        (usual == _DIRECT_DEBIT) | (usual == _STANDING_ORDER), collected[any_day % len(collected)], any_day
    )
    return np.where(usual == _PAID_DIRECT, int(number("records.rent_day_paid_direct")) - 1, due)


def _next_working_days(world: World, day: Ints) -> Ints:
    """Each day (counted from the world's first), or the Monday after it where it falls on a weekend."""
    weekday = (world.first_day.weekday() + day) % 7
    return np.where(weekday >= 5, day + 7 - weekday, day)


def _accounts(
    rent: Whole, trouble: Floats, before: Whole, taken: Mask, coins: Lots
) -> tuple[Whole, Whole, Mask]:
    """Month by home: what is owed, what was paid, and whether all that was owed was paid at once."""
    times = by_name("records.rent_taken_over")
    missed = (LOTS * np.where(taken, trouble * times["missed"], trouble)).astype(np.int32)
    clears = LOTS * number("records.rent_cleared")
    cleared = coins[3] < np.where(taken, int(clears * times["cleared"]), int(clears))
    none, part = coins[0] < missed, coins[0] < 2 * missed
    up = ~part & (coins[1] < int(LOTS * number("records.rent_caught_up")))
    share = rent * coins[2] // LOTS
    paid = np.where(none, 0, np.where(part, _in_tens(share), rent))
    more = (10 + _in_tens(share // 2)) * up
    owed, last = np.empty_like(paid), before
    for month in range(len(paid)):
        cleared[month] &= last > 0
        all_of_it = last + rent
        usual = paid[month] + np.minimum(last, more[month])
        paid[month] = np.where(cleared[month], all_of_it, usual)
        last = all_of_it - paid[month]
        owed[month] = last
    return owed, paid, cleared


def _in_tens(gbp: Whole) -> Whole:
    return gbp // 10 * 10


def _firsts_of_months(first_day: dt.date, days: int) -> Ints:
    """The first of each month that has days among these, counted from the first day."""
    start = np.datetime64(first_day, "M")
    end = np.datetime64(first_day + dt.timedelta(days=max(days - 1, 0)), "M")
    firsts = np.arange(start, end + 1).astype("datetime64[D]")
    return np.asarray((firsts - np.datetime64(first_day, "D")).astype(np.int64))
