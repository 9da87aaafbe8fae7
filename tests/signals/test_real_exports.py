"""The two shipped mappings, and proposals, on real exports. The figures come from the READMEs of the data.

The data is beside the checkout and is never copied into it.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
import tomllib
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from exports import BroughtIn, bring_in

from lippen.engine import Engine
from lippen.signals import load_mapping, parse_mapping, propose_mapping

pytestmark = pytest.mark.real

MAPPINGS = Path(__file__).parents[2] / "examples" / "mappings"
MILWAUKEE, MONTGOMERY = "milwaukee_calls", "montgomery_911"


@pytest.fixture(scope="module")
def milwaukee(duck: Engine, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> BroughtIn:
    workspace = tmp_path_factory.mktemp("milwaukee") / "workspace"
    return bring_in(duck, real_data / MILWAUKEE, load_mapping(MAPPINGS / "milwaukee.toml"), workspace)


@pytest.fixture(scope="module")
def montgomery(duck: Engine, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> BroughtIn:
    workspace = tmp_path_factory.mktemp("montgomery") / "workspace"
    return bring_in(duck, real_data / MONTGOMERY, load_mapping(MAPPINGS / "montgomery_911.toml"), workspace)


@lru_cache
def given(real_data: Path, name: str) -> list[dict[str, str]]:
    """The export as Python's own csv module reads it."""
    (file,) = (real_data / name).glob("*.csv.gz")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def column(brought: BroughtIn, name: str) -> list[Any]:
    """One column of the accepted signals, in the order of the export."""
    (table,) = brought.tables("signals", ["line", name])
    values: list[Any] = table.sort_by("line")[name].to_pylist()
    return values


def test_every_call_of_milwaukee_is_taken_as_it_stands(milwaukee: BroughtIn, real_data: Path) -> None:
    report = milwaukee.report
    assert (report.rows, report.accepted, report.duplicates, report.quarantined) == (297_498, 297_498, 0, 0)
    (one,) = report.inputs
    assert one.left_out == {"address_id": "one household"}
    assert [left.file for left in report.not_read] == ["README.md"]
    assert report.unlisted_codes == {}
    rows = given(real_data, MILWAUKEE)
    assert column(milwaukee, "incident_id") == [row["call_id"] for row in rows]
    assert column(milwaukee, "kind") == [row["nature_first"] for row in rows]
    zone = ZoneInfo("America/Chicago")
    times = [dt.datetime.fromisoformat(row["call_time"]) for row in rows]
    assert column(milwaukee, "local_hour") == [time.hour for time in times]
    assert column(milwaukee, "reported_at") == [
        time.replace(tzinfo=zone).astimezone(dt.UTC).replace(tzinfo=None) for time in times
    ]


def test_outcomes_of_milwaukee_are_those_of_its_readme(milwaukee: BroughtIn, real_data: Path) -> None:
    """About 104,000 calls by citizens with an outcome, 26.4 % of them with nobody found."""
    incidents = milwaukee.workspace.signals("incident")
    calls = incidents.filter(~incidents.own_activity & incidents.disposal.notnull())
    counts = Counter(milwaukee.workspace.engine.collect(calls.select("outcome"))["outcome"].to_pylist())
    assert 103_500 < counts.total() < 104_500
    assert set(counts) == {"founded", "unfounded"}
    # The README counts only "Unable to Locate Complainant"; false alarms are a thousandth more.
    assert 0.260 < counts["unfounded"] / counts.total() < 0.268
    nobody = {"Unable to Locate Complainant", "False Alarm", "False Alarm (Weather Related)"}
    assert column(milwaukee, "outcome").count("unfounded") == sum(
        row["disposition"] in nobody for row in given(real_data, MILWAUKEE)
    )


def test_the_microphones_of_milwaukee_are_a_sensor_and_its_patrols_its_own(milwaukee: BroughtIn) -> None:
    kinds = column(milwaukee, "kind")
    flags = list(
        zip(*(column(milwaukee, name) for name in ("own_activity", "sensor", "protected")), strict=True)
    )
    seen = {kind: flag for kind, flag in zip(kinds, flags, strict=True) if kind != ""}
    assert seen["SHOTSPOTTER"] == (False, True, False)
    assert seen["BUSINESS CHECK"] == seen["TRAFFIC STOP"] == (True, False, False)
    for kind in (
        "BATTERY DV",
        "FAMILY TROUBLE",
        "WELFARE CITIZEN",
        "CHILD CUSTODY",
        "SEX ASSAULT-DV",
        "ABDUCTION",
    ):
        if kind in seen:
            assert seen[kind][2], kind
    assert seen["FAMILY TROUBLE"] == (False, False, True)
    heard = [
        outcome
        for kind, outcome in zip(kinds, column(milwaukee, "outcome"), strict=True)
        if kind == "SHOTSPOTTER"
    ]
    assert 0.70 < heard.count("unfounded") / len(heard) < 0.80  # 77 % of those with an outcome


def test_no_address_of_milwaukee_is_finer_than_its_block_and_places_are_filled_in(
    milwaukee: BroughtIn, real_data: Path
) -> None:
    rows = given(real_data, MILWAUKEE)
    placed, lat = column(milwaukee, "placed"), column(milwaukee, "lat")
    empty = [row["lat"] == "" for row in rows]
    assert 0.45 < sum(empty) / len(empty) < 0.50
    filled = [one is True for one in placed]
    assert all(was for was, now in zip(empty, filled, strict=True) if now)
    assert sum(filled) > 80_000
    assert [round(value, 3) for value, was in zip(lat, empty, strict=True) if not was] == [
        float(row["lat"]) for row, was in zip(rows, empty, strict=True) if not was
    ]


def test_the_duplicates_of_montgomery_are_one_call_each(montgomery: BroughtIn, real_data: Path) -> None:
    """The README: 970 exact duplicates were kept on purpose. 792 of them lie in the part held here."""
    box = load_mapping(MAPPINGS / "montgomery_911.toml").box
    assert box is not None
    rows = given(real_data, MONTGOMERY)
    inside = [
        tuple(value for name, value in row.items() if name not in ("call_id", "zip", "station"))
        for row in rows
        if row["lat"] == ""
        or (box.south <= float(row["lat"]) <= box.north and box.west <= float(row["lon"]) <= box.east)
    ]
    report = montgomery.report
    assert (report.rows, report.quarantined) == (78_277, 78_277 - len(inside))
    assert report.duplicates == len(inside) - len(set(inside))
    assert 780 <= report.duplicates <= 800
    assert len(set(column(montgomery, "incident_id"))) == report.accepted


def test_protected_calls_of_montgomery_are_marked(montgomery: BroughtIn) -> None:
    seen = dict(zip(column(montgomery, "kind"), column(montgomery, "protected"), strict=True))
    for kind in ("EMS: OVERDOSE", "EMS: MATERNITY", "EMS: ASSAULT VICTIM", "EMS: UNCONSCIOUS SUBJECT"):
        assert seen[kind], kind
    assert not seen["Traffic: VEHICLE ACCIDENT"]


@pytest.mark.parametrize(
    ("name", "columns", "zone"),
    [
        (
            MILWAUKEE,
            {
                "incident_id": "call_id", "kind": "nature_first", "reported_at": "call_time", "lat": "lat",
                "lon": "lon", "place": "address_block", "larger_area": "district", "disposal": "disposition",
            },
            "America/Chicago",
        ),
        (
            MONTGOMERY,
            {
                "incident_id": "call_id", "kind": "reason", "reported_at": "call_time",
                "lat": "lat", "lon": "lon",
                "place": "address_block", "larger_area": "township",
            },
            "America/New_York",
        ),
        (
            "charlottesville_incidents",
            {
                "incident_id": "RecordID", "kind": "Offense", "reported_at": ["DateReported", "HourReported"],
                "lat": "lat", "lon": "lon", "place": ["BlockNumber", "StreetName"],
            },
            "America/New_York",
        ),
    ],
)  # fmt: skip
def test_a_real_export_is_proposed_for_rightly_and_imports_so(
    duck: Engine, real_data: Path, tmp_path: Path, name: str, columns: dict[str, object], zone: str
) -> None:
    proposal = propose_mapping(real_data / name)
    proposed = tomllib.loads(proposal.toml)
    assert proposed["columns"] == columns
    assert proposed["zone"] == zone
    mapping = parse_mapping(proposal.toml)
    brought = bring_in(duck, real_data / name, mapping, tmp_path / "workspace")
    assert brought.report.quarantined < 0.01 * brought.report.rows
    if name == MILWAUKEE:
        # What its README names as officer activity, in so far as it occurs.
        (named,) = re.findall(
            "that are officer activity, not reports: (.*)\\.", (real_data / name / "README.md").read_text()
        )
        occur = {row["nature_first"] for row in given(real_data, name)}
        assert set(named.split(", ")) & occur <= set(proposed["kinds"]["own_activity"])
        assert not {"TRBL W/SUBJ", "SUBJ WANTED", "CALL FOR POLICE"} & set(proposed["kinds"]["own_activity"])
    if name == "charlottesville_incidents":
        # The day comes from one column and the clock from another; beside the day stands 04:00 or 05:00.
        rows = given(real_data, name)
        hours = dict(zip(column(brought, "incident_id"), column(brought, "local_hour"), strict=True))
        agree = [
            hours[row["RecordID"]] == int(row["HourReported"] or 0) // 100
            for row in rows
            if row["RecordID"] in hours
        ]
        assert sum(agree) > 0.99 * len(agree)
