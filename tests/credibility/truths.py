"""What is true of made-up incidents, as a sandbox tells it: drawn for a whole town, or a few rows by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from towns import SINCE, Row, assess_town, incidents, ordinary_rows, random_texts

from lippen.credibility import Assessment, Settings
from lippen.credibility.against_truth import evaluate_against_truth
from lippen.credibility.campaigns import draw_campaigns, planted_texts, spread_out
from lippen.credibility.diversion import DIVERSION
from lippen.credibility.episodes import EPISODE_TABLES
from lippen.credibility.expected import learn_rates
from lippen.credibility.features import collect_features, day_number
from lippen.credibility.scored import AgainstTruth
from lippen.credibility.searched import searched_stream
from lippen.credibility.truth import TRUTH, Accepted, lay_beside
from lippen.engine import Engine
from lippen.progress import Stages

Tables = dict[str, pa.Table]
QUIET = Stages(quiet=True)
DAY = dt.date(2024, 4, 10)
"""One of the days assessed."""

NORTH, SOUTH = {"area": "A1", "larger_area": "North"}, {"area": "B1", "larger_area": "South"}


@dataclass(frozen=True)
class Planted:
    """A town with campaigns in it, what is true of it, and what is found."""

    table: pa.Table
    truth: Tables
    assessment: Assessment
    scored: AgainstTruth


def truth_tables(**rows: list[Row]) -> Tables:
    return {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TRUTH.items()}


def with_units(row: Row, n: int) -> Row:
    sent = row["reported_at"] + dt.timedelta(minutes=3 + n % 7)
    return {**row, "dispatched_at": sent, "cleared_at": sent + dt.timedelta(minutes=20 + n % 30), "units": 1}


def moment(second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(second), dt.UTC).replace(tzinfo=None)


def plant(engine: Engine, seed: int = 5) -> tuple[pa.Table, Tables]:
    """A made-up town of 30 incidents a day, a month of it with campaigns of every stealth planted."""
    text = random_texts(seed)
    # A04 ROW would be masked on the way in: it has the shape of a vehicle registration.
    ordinary = [
        with_units(
            {**row, "place": row["place"].replace("ROW", "GATE"), "text": text(), "incident_id": f"i{n:05d}"},
            n,
        )
        for n, row in enumerate(ordinary_rows(seed=seed, per_day=30))
    ]
    features = collect_features(engine.table(incidents(ordinary)), engine, SINCE)
    searched = searched_stream(
        features, learn_rates(features, day_number(SINCE), 0), engine, engine.table(incidents(ordinary))
    )
    assert searched is not None
    stream, kinds = searched.stream, sorted(set(features["kind"].to_pylist()))
    drawn = spread_out(draw_campaigns(stream, 1, seed), searched.days())[0]
    words = {row["incident_id"]: row["text"] for row in ordinary}
    places = [features.slice(int(row), 1).to_pylist()[0] for row in stream.row]
    texts = pa.array([words[place["incident_id"]] for place in places])
    written = iter(planted_texts(drawn, stream, texts, seed).to_pylist())
    made: list[Row] = []
    true: list[Row] = []
    episodes: list[Row] = []
    for number, one in enumerate(drawn, start=100):
        calls = [
            (moment(at), places[source], kinds[kind], "unfounded" if nothing else "founded", "episode")
            for at, source, kind, nothing in zip(one.at_s, one.source, one.kind, one.unfounded, strict=True)
        ]
        attacks = [
            (moment(at), places[source], places[source]["kind"], "founded", "target")
            for at, source in zip(one.attack_at_s, one.attack_source, strict=True)
        ]
        for n, (at, place, kind, outcome, cause) in enumerate(calls + attacks):
            row = {name: place[name] for name in ("place", "area", "larger_area", "lat", "lon")}
            made.append(
                with_units(
                    {
                        **row, "incident_id": f"p{number}-{n:02d}", "reported_at": at, "kind": kind,
                        "outcome": outcome, "text": next(written),
                    },
                    n,
                )
            )  # fmt: skip
            true.append({"incident_id": made[-1]["incident_id"], "cause": cause, "episode": number})
        episodes.append(
            {
                "episode": number,
                "purpose": "divert" if attacks else "harass",
                "stealth": one.stealth,
                "first_at": calls[0][0],
                "last_at": calls[-1][0],
                "larger_areas": sorted({call[1]["larger_area"] for call in calls}),
                "target_area": attacks[0][1]["area"] if attacks else None,
                "target_at": attacks[0][0] if attacks else None,
            }
        )
    ids = [{"incident_id": row["incident_id"], "cause": "ordinary", "episode": None} for row in ordinary]
    areas = {row["area"]: row["larger_area"] for row in ordinary}
    trend = {"kind": "school term", "first_day": SINCE, "last_day": SINCE + dt.timedelta(13), "areas": []}
    return incidents([*ordinary, *made]), truth_tables(
        incidents=ids + true,
        episodes=episodes,
        # As in a sandbox, an area has a row for each day.
        areas=[{"area": area, "larger_area": larger} for area, larger in areas.items()] * 2,
        false_trends=[trend],
    )


def planted_town(engine: Engine) -> Planted:
    table, truth = plant(engine)
    scored = evaluate_against_truth(engine.table(table), engine, Settings(since=SINCE), QUIET, truth)
    return Planted(table, truth, assess_town(table, engine), scored)


def true_ids(truth: Tables) -> dict[int, set[str]]:
    own: dict[int, set[str]] = {}
    for row in truth["incidents"].to_pylist():
        if row["cause"] == "episode":
            own.setdefault(row["episode"], set()).add(row["incident_id"])
    return own


def accepted_row(name: str, **more: Any) -> Row:
    at_s = int(dt.datetime(2024, 4, 10, tzinfo=dt.UTC).timestamp()) + 60 * int(name[1:])
    return {
        "incident_id": name, "local_day": DAY, "at_s": at_s, "searched": True, "countable": True,
        **NORTH, **more,
    }  # fmt: skip


def accepted_rows(*rows: Row) -> pa.Table:
    names = ("incident_id", "local_day", "area", "larger_area", "at_s", "searched", "countable")
    types = (pa.string(), pa.date32(), pa.string(), pa.string(), pa.int64(), pa.bool_(), pa.bool_())
    return pa.Table.from_pylist(list(rows), pa.schema(list(zip(names, types, strict=True))))


def known(**episode_of: int | None) -> list[Row]:
    return [
        {"incident_id": name, "cause": "ordinary" if number is None else "episode", "episode": number}
        for name, number in episode_of.items()
    ]


def assessed(
    told: dict[str, tuple[list[str], str, str | None]],
    suspended: str | None = None,
    weeks: list[Row] | None = None,
) -> Assessment:
    """An assessment that told these episodes: the ids of each, its verdict on diversion, the area named."""
    names = EPISODE_TABLES["episodes"].names
    episodes = [dict.fromkeys(names) | {"episode_id": name, "diversion": told[name][1]} for name in told]
    members = [{"episode_id": name, "incident_id": one} for name, (ids, *_) in told.items() for one in ids]
    drawn = [
        dict.fromkeys(DIVERSION.names) | {"episode_id": name, "area": area}
        for name, (*_, area) in told.items()
    ]
    week = pa.schema(
        [("week", pa.date32()), ("incidents", pa.int64()), ("low", pa.float64()), ("high", pa.float64())]
    )
    change = [("kind", pa.string()), ("change_low", pa.float64()), ("change_high", pa.float64())]
    kinds = [
        {"kind": "NOISE", "change_low": -0.1, "change_high": 0.3},
        {"kind": "FIRE", "change_low": 0.1, "change_high": 0.5},
        {"kind": "NEW", "change_low": None, "change_high": None},
    ]
    facts = {
        "episodes": {
            "found": None if suspended else len(told),
            "days": None if suspended else 30,
            "why_none": suspended,
            "expected_false_per_30_days": None if suspended else 0.9,
        },
        "diversion": None if suspended else {"can_tell": True, "why": None},
        "suspended": suspended,
    }
    return Assessment(
        facts,
        {
            "episodes": pa.Table.from_pylist(episodes, EPISODE_TABLES["episodes"]),
            "episode_incidents": pa.Table.from_pylist(members, EPISODE_TABLES["episode_incidents"]),
            "diversion": pa.Table.from_pylist(drawn, DIVERSION),
            "volumes_week": pa.Table.from_pylist(weeks or [], week),
            "volumes_kind": pa.Table.from_pylist(kinds, pa.schema(change)),
        },
        {},
    )


def four_episodes() -> tuple[Tables, Accepted]:
    """1 and 2 drew response from the South and from area N2, 3 and 4 had no target; x is ordinary."""
    names = [f"{name}{n}" for name in "abcdx" for n in (1, 2, 3)]
    target = {"target_at": dt.datetime(2024, 4, 10, 1), "first_at": dt.datetime(2024, 4, 10)}
    truth = truth_tables(
        incidents=known(**{name: {"a": 1, "b": 2, "c": 3, "d": 4}.get(name[0]) for name in names}),
        episodes=[
            {"episode": 1, "stealth": "S1", "purpose": "divert", "target_area": "B1", **target},
            {"episode": 2, "stealth": "S2", "purpose": "divert", "target_area": "South", **target},
            {"episode": 3, "stealth": "S2", "purpose": "harass"},
            {"episode": 4, "stealth": "S4", "purpose": None},
        ],
        areas=[{"area": "A1", "larger_area": "North"}, {"area": "B1", "larger_area": "South"}],
    )
    return truth, lay_beside(accepted_rows(*map(accepted_row, names)), truth, SINCE, 0)
