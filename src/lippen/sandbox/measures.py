"""What is measured of a world day by day: what is true of it, and what its streams would show.

The invariant: a measure of the streams is reckoned from rows as a partner would export them, and from nothing
else.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.streams.clock import DAY_S, epoch_day
from lippen.sandbox.streams.drawn import Drawn
from lippen.sandbox.world import DAILY, World
from lippen.signals import load_kind

WEEK = 7
FEWEST_ANSWERS = 30
"""A share of fewer answers than this is not given."""
FEWEST_COUNTED = 30
"""A change in fewer than this, with or without, is too little to say."""
_FEWEST_WEEKS = 8  # a swing of fewer weeks is no swing


@dataclass(frozen=True)
class Series:
    """One measure day by day: `amount` out of `out_of`; of `answers`, where it comes from a survey.

    `week_by` is "mean", "first day" or "so far". `counts` is how many stand behind it on each day: rows,
    homes, people, answers of yes; None where nothing is counted.
    """

    amount: Floats
    out_of: Floats
    week_by: str = "mean"
    answers: Ints | None = None
    counts: Floats | None = None

    def over(self, days: slice) -> float | None:
        """The value over some days; people drawn in are counted, all else is averaged."""
        if self.week_by == "so far":
            return float(self.amount[days].sum())
        if self.answers is not None and self.answers[days].sum() < FEWEST_ANSWERS:
            return None
        out_of = float(self.out_of[days].sum())
        return float(self.amount[days].sum()) / out_of if out_of else None

    def counted(self, days: slice) -> float | None:
        """How many stand behind the value over some days; of homes taken over, how many on one day."""
        if self.counts is None:
            return None
        counts = self.counts[days]
        return float(counts.mean() if self.week_by == "first day" else counts.sum()) if len(counts) else None

    def by_week(self) -> list[float | None]:
        """The value of each whole week; None where too few answered."""
        weeks = range(len(self.amount) // WEEK)
        if self.week_by == "so far":
            return [float(one) for one in np.cumsum(self.amount)[WEEK - 1 :: WEEK]]
        long = 1 if self.week_by == "first day" else WEEK
        return [self.over(slice(week * WEEK, week * WEEK + long)) for week in weeks]


def swing(series: Series, on: slice) -> float | None:
    """How far weeks stray from each other; nothing for what is counted up or asked in too few weeks."""
    if series.week_by != "mean":
        return None
    weeks = slice(-(-on.start // WEEK), None if on.stop is None else on.stop // WEEK)
    values = [one for one in series.by_week()[weeks] if one is not None]
    return float(np.std(values, ddof=1)) if len(values) >= _FEWEST_WEEKS else None


def too_little(without: Series, with_it: Series, on: slice) -> bool:
    """Whether few are counted in either world, or their gap goes to and fro more than it goes one way.

    What is true is counted whole and has no chance in it but that of few.
    """
    if without.counts is None or with_it.counts is None:
        return False
    if min(without.counted(on) or 0.0, with_it.counted(on) or 0.0) < FEWEST_COUNTED:
        return True
    if without.week_by != "mean":
        return False
    gaps = with_it.counts[on] - without.counts[on]
    weeks = gaps[: len(gaps) // WEEK * WEEK].reshape(-1, WEEK).sum(axis=1)
    return len(weeks) < _FEWEST_WEEKS or bool(abs(weeks.mean()) <= weeks.std(ddof=1))


def true_of(world: World, areas: Mask) -> dict[str, Series]:
    """What is true of areas (one at least): means over residents, homes taken over, young people drawn in."""
    residents = world.place.residents[areas].astype(np.float64)
    every_day = np.ones(world.days)
    day = np.arange(world.days)
    found = {
        name: Series(residents @ getattr(world, name)[areas] / residents.sum(), every_day) for name in DAILY
    }
    homes, roles = world.groups.homes, world.groups.roles
    taken = areas[world.people.home_area[homes.home]]
    held = (homes.taken_from[taken, None] <= day) & (day < world.taken_to[taken, None])
    homes_held = held.sum(axis=0).astype(np.float64)
    found["homes_taken_over"] = Series(homes_held, every_day, "first day", counts=homes_held)
    drawn_in = world.recruited & roles.drawn_in & areas[world.people.area[roles.person]]
    new = np.bincount(roles.since[drawn_in], minlength=world.days).astype(np.float64)
    found["young_people_drawn_in"] = Series(new, every_day, "so far", counts=new)
    return found


def shown_by(world: World, streams: dict[str, Drawn]) -> dict[str, Series]:
    """What the streams show of the whole town: rows a week of each kind, and two answers of the survey."""
    found: dict[str, Series] = {}
    for kind, drawn in streams.items():
        if kind != "answer":
            rows = _on_day(world, _day(world, drawn))
            found[kind] = Series(rows, np.full(world.days, 1 / WEEK), counts=rows)
    if "answer" in streams:
        found |= _answered(world, streams["answer"])
    return found


def _answered(world: World, drawn: Drawn) -> dict[str, Series]:
    """Shares of those who answered, weighted by the design."""
    headers, rows, day = _headers("answer"), drawn.rows, _day(world, drawn)
    weight = rows[headers["weight"]].to_numpy()
    police, affected = rows[headers["police_job"]], rows[headers["affected"]].cast(pa.string())
    asked = {
        "answer_good_police": (police, pc.less_equal(police, 2)),
        "answer_affected": (affected, pc.equal(affected, "yes")),
    }
    found: dict[str, Series] = {}
    for name, (answer, is_yes) in asked.items():
        said = pc.is_valid(answer).to_numpy()
        yes = pc.fill_null(is_yes, False).to_numpy()
        found[name] = Series(
            amount=_on_day(world, day[yes], weight[yes]),
            out_of=_on_day(world, day[said], weight[said]),
            answers=_on_day(world, day[said]).astype(np.int64),
            counts=_on_day(world, day[yes]),
        )
    return found


def _day(world: World, drawn: Drawn) -> Ints:
    """The day of each row, counted from the first day, by the column that says when."""
    when = drawn.rows[_headers(drawn.kind)[load_kind(drawn.kind).when]]
    if pa.types.is_timestamp(when.type):
        since_1970 = when.cast(pa.int64()).to_numpy() // DAY_S
    else:
        since_1970 = when.cast(pa.int32()).to_numpy()
    return np.asarray(since_1970 - epoch_day(world.first_day), dtype=np.int64)


def _on_day(world: World, day: Ints, weight: Floats | None = None) -> Floats:
    """Rows of each day, or their weights; a row about a day before the first is left out."""
    inside = (day >= 0) & (day < world.days)
    weights = None if weight is None else weight[inside]
    return np.bincount(day[inside], weights=weights, minlength=world.days).astype(np.float64)


@lru_cache
def _headers(kind: str) -> dict[str, str]:
    """The header of each column of a kind in the sandbox's own exports."""
    mapping = files(__package__).joinpath("streams", "mappings", f"{kind}.toml").read_text(encoding="utf-8")
    headers: dict[str, str] = tomllib.loads(mapping)["columns"]
    return headers
