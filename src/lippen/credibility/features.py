"""What was known at or around a call, as one Ibis expression that runs alike on DuckDB and on Spark.

Invariants: every column but a coordinate is an integer or a string, so both engines give the same bits; no
column looks at the incident's own outcome, its text or its closing; history ends with the second local day
before the call, because outcomes arrive late; and no history is finer than a small area, since one address's
history would be a profile of a household.
"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.credibility.population import reason_left_out
from lippen.engine import Engine

HOUR_S = 3600
SLOT_S = 600
"""Wide counts run over whole ten minutes: to the second, each is a window over every incident of the town."""

LAG_DAYS = 2
"""The last local day whose outcomes history may know lies this many days before the call's."""

MILLION = 1_000_000

HISTORIES: dict[str, tuple[tuple[str, ...], int]] = {
    "area": (("area_key",), 90),
    "area_kind": (("area_key", "kind"), 90),
    "larger": (("larger_key",), 28),
    "larger_kind": (("larger_key", "kind"), 90),
    "kind": (("kind",), 28),
}
"""Each history: what it is kept by, and how many days it looks back."""

SURROUNDINGS = (
    "place_calls",
    "area_kind_calls",
    "kind_before",
    "kind_after",
    "calls_before",
    "larger_before",
    "larger_before_4h",
    "own_before",
    "sensor_near",
)
"""Counts of other incidents near the call: see `feature_table` for each."""

_FOR_COUNTING = frozenset({"area_key", "larger_key", "call", "own", "sensed", "slot", "reason"})
"""Columns that only count and join."""

MOST_LEARNED = 150_000
"""Incidents learned from at most, the latest: memory and time stay bounded however long the past."""


def collect_features(incidents: ibis.Table, engine: Engine, since: date) -> pa.Table:
    """The feature table of the days assessed and of those learned from, in order of time and id.

    `incidents` has the columns of the kind `incident`; columns as `feature_table` gives them. Whole days are
    learned from, the latest before `since`, up to MOST_LEARNED incidents. On either engine the result is the
    same.
    """
    first = _first_learned(incidents, engine, since)
    rates = kind_rates(incidents, engine, since)
    learned, unfounded = sum(rates["learned"].to_pylist()), sum(rates["unfounded"].to_pylist())
    overall_ppm = MILLION * unfounded // max(learned, 1)
    return engine.collect(
        feature_table(incidents, engine.table(rates), overall_ppm, first), order_by=["at_s", "incident_id"]
    )


def _first_learned(incidents: ibis.Table, engine: Engine, since: date) -> date:
    before = incidents.filter(
        reason_left_out(incidents) == "assessed", incidents.local_day < ibis.date(since.isoformat())
    )
    days = engine.collect(before.group_by("local_day").aggregate(n=ibis._.count()), order_by="local_day")
    first, total = since, 0
    for day, n in reversed(list(zip(days["local_day"].to_pylist(), days["n"].to_pylist(), strict=True))):
        total += n
        if total > MOST_LEARNED and first != since:
            break
        first = day
    return first


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def ints(features: pa.Table, name: str) -> NDArray[np.int64]:
    """One whole-number column of the feature table."""
    return np.asarray(features[name].to_numpy(), dtype=np.int64)


def floats(features: pa.Table, name: str) -> NDArray[np.float64]:
    """One column of degrees; NaN where there is none."""
    return np.asarray(features[name].to_numpy(), dtype=np.float64)


def kind_rates(incidents: ibis.Table, engine: Engine, since: date) -> pa.Table:
    """How often each kind ended with nothing found before `since`.

    Returns columns kind, learned (incidents), unfounded (incidents), rate_ppm (int64, parts per million,
    drawn towards the overall rate with the weight of ten incidents). Kinds first seen later are not in it.
    """
    assessed = incidents.filter(reason_left_out(incidents) == "assessed")
    by_kind = (
        assessed.filter(assessed.local_day < ibis.date(since.isoformat()))
        .group_by("kind")
        .aggregate(learned=ibis._.count(), unfounded=(ibis._.outcome == "unfounded").sum().cast("int64"))
    )
    rows = engine.collect(by_kind, order_by="kind")
    learned = rows["learned"].to_pylist()
    unfounded = rows["unfounded"].to_pylist()
    overall_ppm = MILLION * sum(unfounded) // max(sum(learned), 1)
    rates = [(MILLION * u + 10 * overall_ppm) // (n + 10) for n, u in zip(learned, unfounded, strict=True)]
    return rows.append_column("rate_ppm", pa.array(rates, pa.int64()))


def feature_table(incidents: ibis.Table, rates: ibis.Table, overall_ppm: int, first: date) -> ibis.Table:
    """The assessed incidents from the local day `first` on, with what was known around each of them.

    `rates` has kind and rate_ppm (from `kind_rates`); `overall_ppm` stands in for a kind that was not seen
    while learning. Earlier incidents count towards history; protected ones are not seen at all. Returns, one
    row an assessed incident:

    * incident_id, kind, area, larger_area, place (string), lat, lon (degrees);
    * at_s (int64, seconds of naive UTC), day_n (int64, local days since 1970), weekday (0 is Monday),
      local_hour, unfounded (0 or 1; the outcome, not a feature), rate_ppm;
    * place_form: 0 not known, 1 a junction, 2 begins with a number, 3 another name;
    * `<history>_n`, `<history>_found`, `<history>_expected_ppm` for each of HISTORIES: incidents, those with
      nothing found, and what their kinds would lead one to expect (ppm), in the days before;
    * the counts named in SURROUNDINGS. To the second: other calls at the same place within the hour; of the
      same kind in the same small area within the hour; sensor incidents in the small area within half an
      hour. In whole ten minutes: calls of the same kind anywhere in the hour before, in the hour after; calls
      anywhere in the hour before; in the larger area in the hour before, in four hours before; the police's
      own activity in the larger area in the hour before.
    """
    first_n = day_number(first)
    # The longest history looks this much further back.
    reach = max(days for _, days in HISTORIES.values()) + LAG_DAYS
    begin = ibis.date((first - timedelta(days=reach)).isoformat())
    keyed = _rated(
        _keyed(incidents.filter(incidents.local_day >= begin, ~incidents.protected)), rates, overall_ppm
    )
    known = keyed.filter(keyed.reason == "assessed")
    about = keyed.filter(keyed.day_n >= first_n - 1)
    near = _near(about)
    calls = near.filter(near.reason == "assessed", near.day_n >= first_n)
    histories = [
        (_history(known, name, keys, days), (*keys, "day_n")) for name, (keys, days) in HISTORIES.items()
    ]
    return _beside(calls, [*_wide(about), *histories])


def _rated(rows: ibis.Table, rates: ibis.Table, overall_ppm: int) -> ibis.Table:
    rated = rows.left_join(rates, "kind")
    return rated.select(*rows.columns, rate_ppm=rated.rate_ppm.fill_null(overall_ppm).cast("int64"))


def _beside(calls: ibis.Table, counts: list[tuple[ibis.Table, tuple[str, ...]]]) -> ibis.Table:
    """What is known of each call, and beside it each of `counts`, which has one row for each value of its
    keys that occurs.

    In one select: columns chosen after each join cost as much to compile as all the rest.
    """
    joined = calls
    columns = [calls[name] for name in calls.columns if name not in _FOR_COUNTING]
    for table, keys in counts:
        joined = joined.left_join(table, [calls[key] == table[key] for key in keys])
        columns += [table[name] for name in table.columns if name not in keys]
    return joined.select(*columns)


def _keyed(incidents: ibis.Table) -> ibis.Table:
    call = ~incidents.own_activity & ~incidents.sensor
    place = incidents.place
    junction = place.contains(" / ") | place.contains(" & ") | place.contains(" @ ")
    numbered = place.substr(0, 1).between("0", "9")
    return incidents.select(
        "incident_id",
        "kind",
        "area",
        "larger_area",
        "place",
        "lat",
        "lon",
        "local_hour",
        at_s=incidents.reported_at.truncate("s").epoch_seconds().cast("int64"),
        day_n=incidents.local_day.epoch_days().cast("int64"),
        weekday=incidents.local_day.day_of_week.index().cast("int64"),
        unfounded=(incidents.outcome == "unfounded").cast("int64"),
        area_key=ibis.coalesce(incidents.area, incidents.larger_area, ibis.literal("")),
        larger_key=ibis.coalesce(incidents.larger_area, ibis.literal("")),
        place_form=ibis.cases((place.isnull(), 0), (junction, 1), (numbered, 2), else_=3).cast("int64"),
        reason=reason_left_out(incidents),
        call=call.cast("int64"),
        own=incidents.own_activity.cast("int64"),
        sensed=incidents.sensor.cast("int64"),
    ).mutate(slot=ibis._.at_s // SLOT_S)


def _near(t: ibis.Table) -> ibis.Table:
    """The incidents with the counts of SURROUNDINGS that are to the second."""

    def within(keys: list[str], seconds: int) -> ibis.Value:
        return ibis.range_window(group_by=keys, order_by="at_s", preceding=seconds, following=seconds)

    def count(column: ibis.Value, window: ibis.Value) -> ibis.Value:
        return column.sum().over(window).fill_null(0).cast("int64")

    others_at_place = count(t.call, within(["place"], HOUR_S)) - t.call
    return t.mutate(
        place_calls=ibis.ifelse(t.place.isnull(), 0, others_at_place).cast("int64"),
        area_kind_calls=count(t.call, within(["area_key", "kind"], HOUR_S)) - t.call,
        sensor_near=count(t.sensed, within(["area_key"], HOUR_S // 2)),
    )


def _wide(t: ibis.Table) -> list[tuple[ibis.Table, tuple[str, ...]]]:
    """The counts of SURROUNDINGS in whole ten minutes, each table with its keys."""
    counted: dict[tuple[str, ...], dict[str, tuple[str, int]]] = {
        ("kind",): {"kind_before": ("call", -1), "kind_after": ("call", 1)},
        (): {"calls_before": ("call", -1)},
        ("larger_key",): {
            "larger_before": ("call", -1),
            "larger_before_4h": ("call", -4),
            "own_before": ("own", -1),
        },
    }
    return [(_by_slot(t, list(keys), counts), (*keys, "slot")) for keys, counts in counted.items()]


def _by_slot(t: ibis.Table, keys: list[str], counts: dict[str, tuple[str, int]]) -> ibis.Table:
    """Sums of `call` or `own` over so many hours before (below 0) or after each slot, by `keys`."""
    slots = t.group_by([*keys, "slot"]).aggregate(
        call=t.call.sum().cast("int64"), own=t.own.sum().cast("int64")
    )

    def window(hours: int) -> ibis.Value:
        span = abs(hours) * HOUR_S // SLOT_S
        sides = {"preceding": (span, 1)} if hours < 0 else {"following": (1, span)}
        return ibis.range_window(group_by=keys or None, order_by="slot", **sides)

    return slots.select(
        *keys,
        "slot",
        **{
            name: slots[column].sum().over(window(hours)).fill_null(0).cast("int64")
            for name, (column, hours) in counts.items()
        },
    )


def _history(rows: ibis.Table, name: str, keys: tuple[str, ...], days: int) -> ibis.Table:
    """Sums over the days before, by day, so that the window runs over days and not over incidents."""
    daily = rows.group_by([*keys, "day_n"]).aggregate(
        n=ibis._.count().cast("int64"),
        found=rows.unfounded.sum().cast("int64"),
        expected=rows.rate_ppm.sum().cast("int64"),
    )
    before = ibis.range_window(
        group_by=list(keys), order_by="day_n", preceding=(days + LAG_DAYS - 1, LAG_DAYS)
    )
    return daily.select(
        *keys,
        "day_n",
        **{
            f"{name}_n": daily.n.sum().over(before).fill_null(0).cast("int64"),
            f"{name}_found": daily.found.sum().over(before).fill_null(0).cast("int64"),
            f"{name}_expected_ppm": daily.expected.sum().over(before).fill_null(0).cast("int64"),
        },
    )
