"""The cells of a refused row are kept so that somebody can put them right, and they identify nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, parse_mapping
from lippen.workspace import Workspace

MAPPING = parse_mapping(
    """
kind = "incident"
zone = "Europe/London"
[columns]
incident_id = "No"
kind = "Kind"
reported_at = "When"
place = "Street"
lat = "Lat"
lon = "Lon"
text = "Notes"
[times]
formats = ["%Y%m%d%H"]
"""
)
HEAD = "No,Kind,When,Street,Lat,Lon,Notes\n"


def refused(tmp_path: Path, duck: Engine, rows: str) -> list[dict[str, object]]:
    export = tmp_path / "calls.csv"
    export.write_text(HEAD + rows)
    workspace = Workspace.open(tmp_path / "workspace", duck)
    import_folder(export, MAPPING, workspace, Stages(quiet=True))
    return duck.collect(workspace.quarantine(), ["file", "line"]).to_pylist()


def test_they_are_kept_as_accepted_ones_are(tmp_path: Path, duck: Engine) -> None:
    (row,) = refused(
        tmp_path,
        duck,
        "1,NOISE,2024011510,2317 N 49TH ST,55.6114321,-4.4961234,ring 07700 900123\n"
        "2,,2024011510,2317 N 49TH ST,55.6114321,-4.4961234,ring 07700 900123\n",
    )
    assert json.loads(str(row["row"])) == {
        "No": "2",
        "Kind": "",
        "When": "2024011510",
        "Street": "2300 N 49TH ST",
        "Lat": "55.611",
        "Lon": "-4.496",
        "Notes": "ring [telephone removed]",
    }


def test_what_only_looks_like_somebodys_number_is_kept(tmp_path: Path, duck: Engine) -> None:
    numbers = "".join(f"{2019004711 + at},NOISE,2024011510,,,,\n" for at in range(30))
    (row,) = refused(tmp_path, duck, f"{numbers}2019004800,,2024011510,,,,\n")
    cells = json.loads(str(row["row"]))
    assert (cells["No"], cells["When"]) == ("2019004800", "2024011510")


def test_a_telephone_number_in_the_place_of_an_id_or_a_time_is_not(tmp_path: Path, duck: Engine) -> None:
    rows = refused(
        tmp_path,
        duck,
        "A1,NOISE,2024011510,,,,\n07700 900123,NOISE,2024011510,,,,\nA2,NOISE,07700 900456,,,,\n",
    )
    assert len(rows) == 2
    assert all("900" not in str(row["row"]) for row in rows)


def test_a_record_that_was_not_cut_into_cells_has_none(tmp_path: Path, duck: Engine) -> None:
    rows = refused(tmp_path, duck, "1,NOISE,2024011510,,,,\n2,NOISE\n3,,2024011510,,,,\n")
    assert [row["row"] is None for row in rows] == [True, False]


@pytest.mark.parametrize("newer", [False, True])
def test_what_an_older_lippen_refused_still_reads(tmp_path: Path, duck: Engine, newer: bool) -> None:
    refused(tmp_path, duck, "1,NOISE,2024011510,,,,\n2,,2024011510,,,,\n")
    workspace = Workspace.open(tmp_path / "workspace", duck)
    (name,) = workspace.imports()[0].quarantine
    old = pq.read_table(workspace.lake / name).drop_columns(["row"])
    pq.write_table(old, workspace.lake / name)
    if newer:
        (tmp_path / "calls.csv").write_text(f"{HEAD}5,,2024011511,,,,\n")
        import_folder(tmp_path / "calls.csv", MAPPING, workspace, Stages(quiet=True))
    told = duck.collect(workspace.quarantine(), ["line", "value"]).to_pylist()
    assert [row["row"] is None for row in told].count(True) == 1
    assert len(told) == (2 if newer else 1)
