"""What cannot be in the truth of a sandbox, whoever wrote it there: the first value that is wrong, and why.

A truth that was edited, or joined from two, scores an assessment wrongly without a word. So every value that
the score stands on is looked at before anything is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.credibility.campaigns import STEALTHS

PURPOSES = ("divert", "harass")
"""What an episode of a sandbox is for; a truth may leave it out."""

_ONE_DAY = timedelta(days=1)

Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A value that cannot be: in which table, in which row of it (from 0), and what is wrong."""

    table: str
    row: int
    what: str


def first_fault(truth: Mapping[str, pa.Table], first: date, last: date) -> Fault | None:
    """The first fault of a truth, or None. `truth` has the tables of `truth.TRUTH`; the sandbox runs from its
    local day `first` to `last`.

    An incident is named once and has a cause; those of episodes bear the number of one that is told of.
    An episode is told once, has incidents, a stealth, a purpose that is known or none, times in order within
    the days, and areas that there are; its target has an area and a time or neither. An area lies in one
    larger area. A false trend has a kind, days in order within the days, and areas that there are.
    """
    return next(_faults(truth, first, last), None)


def _faults(truth: Mapping[str, pa.Table], first: date, last: date) -> Iterator[Fault]:
    yield from _areas(truth["areas"])
    yield from _episodes(truth["episodes"], first, last)
    yield from _incidents(truth["incidents"], truth["episodes"])
    yield from _without_incidents(truth["episodes"], truth["incidents"])
    areas = {name for column in truth["areas"].columns for name in column.unique().to_pylist()}
    yield from _places(truth, areas)
    yield from _trends(truth["false_trends"], first, last)


def _areas(areas: pa.Table) -> Iterator[Fault]:
    yield from _empty("areas", areas, "area", "larger_area")
    pairs = areas.group_by(["area", "larger_area"]).aggregate([])
    twice = pairs.filter(_repeated(pairs["area"]))["area"].unique()
    strange = pc.is_in(areas["area"], value_set=twice)
    yield from _where(
        "areas", areas, strange, lambda row: f"the area {row['area']!r} lies in two larger areas"
    )


def _episodes(episodes: pa.Table, first: date, last: date) -> Iterator[Fault]:
    def say(what: str) -> Callable[[Row], str]:
        return lambda row: f"the episode {row['episode']} {what.format(**row)}"

    yield from _empty("episodes", episodes, "episode", "stealth", "first_at", "last_at", "larger_areas")
    stealth, purpose = episodes["stealth"], episodes["purpose"]
    begins, ends, target = (episodes[name] for name in ("first_at", "last_at", "target_at"))
    for strange, what in (
        (pc.less(episodes["episode"], 0), "has a number below 0"),
        (_repeated(episodes["episode"]), "is in an earlier row already"),
        (
            pc.invert(pc.is_in(stealth, value_set=pa.array(STEALTHS))),
            f"has the stealth {{stealth!r}}, which is none of {', '.join(STEALTHS)}",
        ),
        (
            pc.and_(pc.is_valid(purpose), pc.invert(pc.is_in(purpose, value_set=pa.array(PURPOSES)))),
            f"has the purpose {{purpose!r}}, which is none of {', '.join(PURPOSES)}",
        ),
        (pc.less(ends, begins), "ends at {last_at}, before it begins at {first_at}"),
        (_outside(begins, first, last), f"begins at {{first_at}}, outside {first} to {last}"),
        (_outside(ends, first, last), f"ends at {{last_at}}, outside {first} to {last}"),
        (
            pc.xor(pc.is_valid(target), pc.is_valid(episodes["target_area"])),
            "has a target with a time and no area, or an area and no time",
        ),
        (pc.less(target, begins), "has a target at {target_at}, before it begins at {first_at}"),
        (_outside(target, first, last), f"has a target at {{target_at}}, outside {first} to {last}"),
    ):
        yield from _where("episodes", episodes, strange, say(what))


def _incidents(incidents: pa.Table, episodes: pa.Table) -> Iterator[Fault]:
    def say(what: str) -> Callable[[Row], str]:
        return lambda row: f"the incident {row['incident_id']!r} {what.format(**row)}"

    yield from _empty("incidents", incidents, "incident_id", "cause")
    yield from _where(
        "incidents", incidents, _repeated(incidents["incident_id"]), say("is in an earlier row already")
    )
    number, cause = incidents["episode"], incidents["cause"]
    of_one = pc.is_in(cause, value_set=pa.array(["episode", "target"]))
    for strange, what in (
        (pc.less(number, 0), "is of the episode {episode}, and numbers begin at 0"),
        (pc.and_(of_one, pc.is_null(number)), "has the cause {cause!r} and bears the number of no episode"),
        (
            pc.and_(pc.invert(of_one), pc.is_valid(number)),
            "bears the number of the episode {episode}, and its cause {cause!r} is none of one",
        ),
        (
            pc.and_(
                pc.equal(cause, "episode"),
                pc.invert(pc.is_in(number, value_set=episodes["episode"].combine_chunks())),
            ),
            "is of the episode {episode}, of which the table episodes says nothing",
        ),
    ):
        yield from _where("incidents", incidents, strange, say(what))


def _without_incidents(episodes: pa.Table, incidents: pa.Table) -> Iterator[Fault]:
    own = incidents.filter(pc.equal(incidents["cause"], "episode"))["episode"].unique()
    yield from _where(
        "episodes",
        episodes,
        pc.invert(pc.is_in(episodes["episode"], value_set=own)),
        lambda row: f"the episode {row['episode']} has no incident: the table incidents names none of it",
    )


def _places(truth: Mapping[str, pa.Table], areas: set[str]) -> Iterator[Fault]:
    """Areas that episodes and trends name, and the table areas does not."""
    for table, name, who in (
        ("episodes", "larger_areas", "episode {episode}"),
        ("episodes", "target_area", "episode {episode}"),
        ("false_trends", "areas", "trend {kind!r}"),
    ):
        for at, row in enumerate(truth[table].to_pylist()):
            named = row[name] if isinstance(row[name], list) else [row[name]] if row[name] else []
            strange = [one for one in named if one not in areas]
            if strange:
                said = f"names the area {strange[0]!r}" if strange[0] else "names an area that is empty"
                yield Fault(table, at, f"the {who.format(**row)} {said}, which the table areas does not have")


def _trends(trends: pa.Table, first: date, last: date) -> Iterator[Fault]:
    def say(what: str) -> Callable[[Row], str]:
        return lambda row: f"the trend {row['kind']!r} {what.format(**row)}"

    yield from _empty("false_trends", trends, "kind", "first_day", "last_day")
    for strange, what in (
        (pc.less(trends["last_day"], trends["first_day"]), "ends on {last_day}, before its first day"),
        (pc.less(trends["first_day"], pa.scalar(first)), f"begins on {{first_day}}, before {first}"),
        (pc.greater(trends["last_day"], pa.scalar(last)), f"ends on {{last_day}}, after {last}"),
    ):
        yield from _where("false_trends", trends, strange, say(what))


def _empty(table: str, rows: pa.Table, *names: str) -> Iterator[Fault]:
    def say(name: str) -> Callable[[Row], str]:
        return lambda _: f"{name} is empty"

    for name in names:
        yield from _where(table, rows, pc.is_null(rows[name]), say(name))


def _outside(moment: pa.ChunkedArray, first: date, last: date) -> pa.ChunkedArray:
    """Whether a time of UTC lies in none of the local days, whatever the zone."""
    midnight = datetime.min.time()
    begin = pa.scalar(datetime.combine(first, midnight) - _ONE_DAY, moment.type)
    end = pa.scalar(datetime.combine(last, midnight) + 2 * _ONE_DAY, moment.type)
    return pc.or_(pc.less(moment, begin), pc.greater_equal(moment, end))


def _repeated(values: pa.ChunkedArray) -> pa.Array:
    """Whether an equal value stands in an earlier row."""
    codes = values.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    _, earliest = np.unique(codes, return_index=True)
    repeated = np.ones(len(codes), dtype=bool)
    repeated[earliest] = False
    return pa.array(repeated)


def _where(
    table: str, rows: pa.Table, strange: pa.Array | pa.ChunkedArray, say: Callable[[Row], str]
) -> Iterator[Fault]:
    at = pc.index(strange, True).as_py()
    if at >= 0:
        yield Fault(table, at, say(rows.slice(at, 1).to_pylist()[0]))
