"""From clusters strong enough to be told to the tables of episodes.

Invariant: no episode lies at one residence. Repeated reports from a spot are one point of the stream, the
search wants three points at least, and a cluster whose points still name fewer than three places is dropped
here: it is a household, perhaps in trouble.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.credibility.background import Background
from lippen.credibility.chance import Chance
from lippen.credibility.diversion import Drawn
from lippen.credibility.reasons import Course, how_to_check, why, why_innocent
from lippen.credibility.scan import EVERYWHERE_S, Cluster, join_clusters
from lippen.credibility.stream import Stream

LEAST_PLACES = 3
NEAR_KM = 1.0
LEAST_ELSEWHERE = 3
"""Fewer incidents elsewhere say nothing of a busy hour."""

_TEXTS = pa.list_(pa.string())
EPISODE_TABLES = {
    "episodes": pa.schema(
        [
            ("episode_id", pa.string()),
            ("first_at", pa.timestamp("us")),
            ("last_at", pa.timestamp("us")),
            ("first_local", pa.string()),
            ("last_local", pa.string()),
            ("incidents", pa.int64()),
            ("areas", _TEXTS),
            ("kinds", _TEXTS),
            ("p_value", pa.float64()),
            ("q_value", pa.float64()),
            ("expected_unfounded", pa.float64()),
            ("found_unfounded", pa.int64()),
            ("diversion", pa.string()),
            ("reasons", _TEXTS),
            ("innocent", _TEXTS),
            ("checks", _TEXTS),
        ]
    ),
    "episode_incidents": pa.schema([("episode_id", pa.string()), ("incident_id", pa.string())]),
    "episode_strip": pa.schema(
        [
            ("episode_id", pa.string()),
            ("minute", pa.int64()),
            ("kind", pa.string()),
            ("area", pa.string()),
            ("outcome", pa.string()),
        ]
    ),
}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Episode:
    """One episode: its cluster, `rows` of the feature table in order of time, p- and q-value."""

    cluster: Cluster
    rows: NDArray[np.int64]
    p_value: float
    q_value: float
    ids: tuple[str, ...]

    @property
    def episode_id(self) -> str:
        """Made from the ids of its incidents: the same incidents always make the same id."""
        return "ep-" + hashlib.sha256("\n".join(sorted(self.ids)).encode()).hexdigest()[:16]


def told(stream: Stream, clusters: list[Cluster], chance: Chance, features: pa.Table) -> list[Episode]:
    """The clusters beyond the threshold, joined where they lie together, strongest first.

    `clusters` are all of the real stream, strongest first; `features` has incident_id and place.
    """
    q_values = chance.q_values([cluster.score for cluster in clusters])
    q_of = {cluster.score: q for cluster, q in zip(clusters, q_values, strict=True)}
    strong = [cluster for cluster in clusters if cluster.score > chance.threshold]
    return [
        as_episode(stream, cluster, chance.p_value(cluster.score), q_of[cluster.score], features)
        for cluster in join_clusters(stream, strong)
        if not may_be_a_home(stream, cluster, features)
    ]


def may_be_a_home(stream: Stream, cluster: Cluster, features: pa.Table) -> bool:
    """Whether a cluster spans so few places that it may be one household's calls."""
    names = features["place"].take(pa.array(stream.row[cluster.members])).to_pylist()
    return _places(stream, cluster, names) < LEAST_PLACES


def as_episode(
    stream: Stream, cluster: Cluster, p_value: float, q_value: float, features: pa.Table
) -> Episode:
    """A cluster with its rows of the feature table and the ids of its incidents."""
    rows = stream.row[cluster.members]
    ids = tuple(features["incident_id"].take(pa.array(rows)).to_pylist())
    return Episode(cluster, rows, p_value, q_value, ids)


def _places(stream: Stream, cluster: Cluster, names: list[str | None]) -> int:
    """How many places a cluster spans: by name, by position where there is no name, the lower of the two."""
    spots = [(float(stream.x_km[m]), float(stream.y_km[m])) for m in cluster.members]
    return min(len(set(spots)), len({name or spot for name, spot in zip(names, spots, strict=True)}))


def courses(
    episodes: Sequence[Episode],
    stream: Stream,
    background: Background,
    features: pa.Table,
    company: NDArray[np.int64],
    usual_company: NDArray[np.float64],
) -> list[Course]:
    """What the sentences of each card are made from.

    `company` counts, for each row of `features`, other calls that seem to speak of the same event;
    `usual_company` is the share of its kind that has any.
    """
    if not episodes:
        return []
    place = features["place"].to_pylist()
    at_spot = Counter(
        place[row] for row in stream.row[stream.unfounded] if row >= 0 and place[row] is not None
    )
    found = []
    for episode in episodes:
        m = episode.cluster.members
        first, last = int(stream.at_s[m[0]]), int(stream.at_s[m[-1]])
        x, y = stream.x_km[m], stream.y_km[m]
        across = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
        meanwhile = (stream.at_s >= first) & (stream.at_s <= last) & ~stream.unfounded
        near = (
            np.hypot(stream.x_km[:, None] - x[None, :], stream.y_km[:, None] - y[None, :]).min(axis=1)
            <= NEAR_KM
        )
        groups = Counter(int(g) for g in stream.copies[m] if g >= 0)
        alone = company[episode.rows] == 0
        hour = int(stream.hour_of_week[m[0]])
        found.append(
            Course(
                lasted_min=last // 60 - first // 60,
                reach_km=float(across.max()),
                kinds=features["kind"].take(pa.array(episode.rows)).to_pylist(),
                expected=episode.cluster.expected,
                copied=sum(n for n in groups.values() if n > 1),
                lone=int(alone.sum()),
                usual_company=float(usual_company[episode.rows][alone].mean()) if alone.any() else 0.0,
                busy_everywhere=_busy_everywhere(stream, background, m, hour),
                founded_near=int((meanwhile & near).sum()),
                most_at_one_spot=max((at_spot[place[row]] for row in episode.rows), default=0),
                week_part=_week_part(hour),
            )
        )
    return found


def _busy_everywhere(stream: Stream, background: Background, members: NDArray[np.int64], hour: int) -> float:
    """Incidents of the same kinds elsewhere around that time, over the usual number (one added to each)."""
    first = int(stream.at_s[members[0]])
    around = (np.abs(stream.at_s - first) <= EVERYWHERE_S) & stream.unfounded & ~stream.repeat
    kinds = np.unique(stream.kind[members])
    n = int(np.isin(stream.kind[around], kinds).sum()) - int(
        (np.abs(stream.at_s[members] - first) <= EVERYWHERE_S).sum()
    )
    usual = float(background.unfounded[kinds, hour].sum()) * 2 * EVERYWHERE_S / 3600
    return (n + 1) / (usual + 1) if n >= LEAST_ELSEWHERE else 1.0


def _week_part(hour_of_week: int) -> str:
    hour = hour_of_week % 24
    part = "night" if hour < 6 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return f"{_DAYS[hour_of_week // 24]} {part}"


def episode_tables(
    episodes: Sequence[Episode],
    courses: Sequence[Course],
    drawn: Sequence[Drawn],
    features: pa.Table,
    stream: Stream,
    zone: ZoneInfo,
) -> dict[str, pa.Table]:
    """The result tables `episodes`, `episode_incidents` and `episode_strip`, as `lippen.brief` has them.

    `zone` is that of the source, for the wall clock of the cards.
    """
    rows: list[dict[str, Any]] = []
    members: list[dict[str, str]] = []
    strip: list[dict[str, Any]] = []
    for episode, course, diversion in zip(episodes, courses, drawn, strict=True):
        taken = features.take(pa.array(episode.rows))
        at = [int(one) for one in taken["at_s"].to_pylist()]
        local = [dt.datetime.fromtimestamp(one, zone).replace(tzinfo=None).isoformat() for one in at]
        areas = [area for area, _ in Counter(a for a in taken["area"].to_pylist() if a).most_common()]
        rows.append(
            {
                "episode_id": episode.episode_id,
                "first_at": dt.datetime.fromtimestamp(at[0], dt.UTC).replace(tzinfo=None),
                "last_at": dt.datetime.fromtimestamp(at[-1], dt.UTC).replace(tzinfo=None),
                "first_local": local[0],
                "last_local": local[-1],
                "incidents": len(at),
                "areas": sorted(areas),
                "kinds": sorted(set(course.kinds)),
                "p_value": episode.p_value,
                "q_value": episode.q_value,
                "expected_unfounded": episode.cluster.expected,
                "found_unfounded": int(np.sum(stream.unfounded[episode.cluster.members])),
                "diversion": diversion.verdict,
                "reasons": why(course),
                "innocent": why_innocent(course),
                "checks": how_to_check(course),
            }
        )
        members += [{"episode_id": episode.episode_id, "incident_id": one} for one in episode.ids]
        strip += [
            {
                "episode_id": episode.episode_id,
                "minute": (second - at[0]) // 60,
                "kind": kind,
                "area": area,
                "outcome": "unfounded" if unfounded else "founded",
            }
            for second, kind, area, unfounded in zip(
                at,
                taken["kind"].to_pylist(),
                taken["area"].to_pylist(),
                taken["unfounded"].to_pylist(),
                strict=True,
            )
        ]
    lists = {"episodes": rows, "episode_incidents": members, "episode_strip": strip}
    return {name: pa.Table.from_pylist(lists[name], schema) for name, schema in EPISODE_TABLES.items()}
