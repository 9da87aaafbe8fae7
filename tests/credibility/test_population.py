"""Who is assessed, and that a protected incident never is, whatever else is true of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from towns import (
    SINCE,
    Row,
    SmallTown,
    assess_town,
    at,
    campaign,
    found_ids,
    incidents,
    ordinary_rows,
    random_texts,
    spot,
)

from lippen.credibility.features import collect_features
from lippen.credibility.population import left_out
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace
from tables import assert_same_table

FLAGS = [
    {"protected": protected, "own_activity": own, "sensor": sensor, "outcome": outcome, **place}
    for protected, own, sensor, outcome, place in product(
        (True, False),
        (True, False),
        (True, False),
        ("founded", "unfounded", "unknown"),
        (spot(3, 1), {"place": "ON THE MOOR"}),
    )
]
"""Every incident that there can be, so far as being assessed goes."""


def first_reason(row: Row) -> str:
    for reason in ("protected", "own_activity", "sensor"):
        if row[reason]:
            return reason
    if row["outcome"] == "unknown":
        return "no_outcome"
    return "assessed" if "lat" in row else "no_place"


def test_each_incident_is_counted_once_under_the_first_reason_that_holds(duck: Engine) -> None:
    rows = [{"reported_at": at(90, 3, n), **flags} for n, flags in enumerate(FLAGS)]
    counted = left_out(duck.table(incidents(rows)), duck)
    reasons = [first_reason(row) for row in rows]
    assert counted == {
        name: reasons.count(name)
        for name in ("protected", "own_activity", "sensor", "no_outcome", "no_place")
    }
    assert sum(counted.values()) == len(rows) - reasons.count("assessed")


def test_only_incidents_that_may_be_assessed_have_features(duck: Engine) -> None:
    rows = [{"reported_at": at(90, 3, n), **flags} for n, flags in enumerate(FLAGS)]
    features = collect_features(duck.table(incidents(rows)), duck, SINCE)
    wanted = [n for n, row in enumerate(rows) if first_reason(row) in ("assessed", "no_place")]
    assert features["incident_id"].to_pylist() == [f"i{n:06d}" for n in wanted]


protected_rows = st.lists(
    st.fixed_dictionaries(
        {
            "reported_at": st.datetimes(at(0, 0), at(111, 23)),
            "kind": st.sampled_from(["NOISE", "PROWLER", "PATROL", "GUNSHOT SENSOR", "ASSAULT", ""]),
            "outcome": st.sampled_from(["founded", "unfounded", "unknown"]),
            "own_activity": st.booleans(),
            "sensor": st.booleans(),
            "text": st.none() | st.text(max_size=30),
            "where": st.none() | st.tuples(st.integers(0, 23), st.integers(0, 8)),
        }
    ),
    min_size=1,
    max_size=40,
)


@pytest.fixture(scope="module")
def without(duck: Engine) -> tuple[pa.Table, pa.Table]:
    """A town with nothing protected in it, and its features."""
    table = incidents(ordinary_rows(seed=4, per_day=4))
    return table, collect_features(duck.table(table), duck, SINCE)


@given(protected_rows)
@examples(max_examples=6)
def test_no_protected_incident_changes_a_feature_of_any_other(
    without: tuple[pa.Table, pa.Table], duck: Engine, rows: list[dict[str, Any]]
) -> None:
    town, expected = without
    added = [
        {**row, **(spot(*row["where"]) if row["where"] else {}), "incident_id": f"p{n}", "protected": True}
        for n, row in enumerate(rows)
    ]
    more = incidents([{k: v for k, v in row.items() if k != "where"} for row in added])
    features = collect_features(duck.table(pa.concat_tables([town, more])), duck, SINCE)
    assert features.equals(expected)


def test_protected_incidents_are_in_no_table_and_no_episode(duck: Engine) -> None:
    """The same group of calls is an episode when it is not protected, and nothing at all when it is."""
    rows = ordinary_rows(seed=1)
    script = random_texts(1)()
    group = campaign("x", at(95, 21), [(14, b) for b in (0, 2, 4, 6, 8)] + [(15, 3)], text=script)
    rng = [{"reported_at": at(day, 21, 7), **flags} for day in (20, 95) for flags in FLAGS]
    hidden = [{**row, "protected": True, "kind": "KEPT APART"} for row in rng]
    plain = assess_town(incidents(rows), duck)
    seen = assess_town(incidents([*rows, *group]), duck)
    assert any({row["incident_id"] for row in group} <= ids for ids in found_ids(seen))
    shielded = assess_town(incidents([*rows, *({**row, "protected": True} for row in group), *hidden]), duck)
    assert shielded.facts["excluded"]["protected"] == len(group) + len(hidden)
    assert {**shielded.facts, "excluded": None} == {**plain.facts, "excluded": None}
    assert shielded.tables.keys() == plain.tables.keys()
    for name, table in plain.tables.items():
        assert_same_table(shielded.tables[name], table)


EXPORT = """id,kind,time,lat,lon,ward,note,closed as
1,NOISE,2024-03-01 20:00:00,56.201,-1.801,A,loud music,NT
2,NOISE,2024-03-01 20:05:00,56.201,-1.801,A,shouting and a rape alarm going off,NT
3,CUSTODY CHECK,2024-03-01 20:10:00,56.201,-1.801,A,,NT
4,Missing person,2024-03-01 20:15:00,56.201,-1.801,A,not home since noon,CR
5,NOISE,2024-03-01 20:20:00,56.201,-1.801,A,"band practice, finished",CR
"""
MAPPING = """kind = "incident"
zone = "Europe/London"
[columns]
incident_id = "id"
kind = "kind"
reported_at = "time"
lat = "lat"
lon = "lon"
larger_area = "ward"
text = "note"
disposal = "closed as"
[times]
formats = ["%Y-%m-%d %H:%M:%S"]
[outcomes]
founded = ["CR"]
unfounded = ["NT"]
[kinds.protected]
domestic = ["CUSTODY CHECK"]
"""


def test_an_import_tells_protected_incidents_by_list_by_kind_and_by_words(
    duck: Engine, tmp_path: Path
) -> None:
    """2 has a protected word in its text, 3 is a kind that the mapping lists, 4 one that says so."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "closed.csv").write_text(EXPORT)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    workspace = Workspace.open(tmp_path / "workspace", duck)
    import_folder(tmp_path / "folder", load_mapping(tmp_path / "mapping.toml"), workspace, Stages(quiet=True))
    taken = workspace.signals("incident")
    assert left_out(taken, duck)["protected"] == 3
    assert collect_features(taken, duck, SINCE)["incident_id"].to_pylist() == ["1", "5"]


def test_no_table_of_the_small_town_names_a_protected_kind_or_incident(
    small_town: SmallTown, duck: Engine
) -> None:
    protected = duck.collect(small_town.incidents.filter(small_town.incidents.protected))
    assert small_town.assessment.facts["excluded"]["protected"] == protected.num_rows > 1000
    others = duck.collect(small_town.incidents.filter(~small_town.incidents.protected))
    # Some are protected by a word in their text alone; their kinds have other incidents.
    kinds = set(protected["kind"].to_pylist()) - set(others["kind"].to_pylist())
    assert kinds
    names = set(protected["incident_id"].to_pylist()) | kinds
    for table in small_town.assessment.tables.values():
        for column in table.columns:
            for value in column.to_pylist():
                assert not names & set(value if isinstance(value, list) else [value])
