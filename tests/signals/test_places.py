"""Where: coordinates checked and rounded, addresses cut to the block, cells made, gaps filled in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from exports import MAPPING, bring_in_rows, call
from hypothesis import given
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.signals import ImportRefused, parse_mapping
from lippen.signals.coordinates import check_coordinates
from lippen.signals.places import cell_names
from lippen.signals.refusing import Refusals

BOX = MAPPING + "[places]\nbox = { south = 56.0, west = -2.2, north = 56.5, east = 0.5 }\n"
NO_PLACE = MAPPING.replace('place = "Street"\n', "")


def test_coordinates_that_cannot_be_are_refused(duck: Engine, tmp_path: Path) -> None:
    cases = [
        ("-1.8", "56.2", "latitude and longitude look swapped; swap them in the mapping"),
        ("56.2", "-3.5", "the coordinates lie outside the mapping's box; widen [places] box, or list them"),
        ("56.2", "", "one of latitude and longitude is missing; complete it at the source"),
        ("", "-1.8", "one of latitude and longitude is missing; complete it at the source"),
        ("56.2", "west", "the coordinate is not a number of degrees; if it stands for nothing, list it"),
        ("56°12'N", "-1.8", "the coordinate is not a number of degrees; if it stands for nothing, list it"),
        ("5620000", "-1.8", "the coordinate is not a number of degrees; if it stands for nothing, list it"),
        ("nan", "-1.8", "the coordinate is not a number of degrees; if it stands for nothing, list it"),
        ("56,2", "-1,8", "the coordinate has a decimal comma; set decimal_comma = true under [numbers]"),
        ("56.2", "-1,8", "the coordinate has a decimal comma; set decimal_comma = true under [numbers]"),
        ("56,2,1", "-1.8", "the coordinate is not a number of degrees; if it stands for nothing, list it"),
    ]
    rows = [call(at, Lat=lat, Long=lon) for at, (lat, lon, _) in enumerate(cases, 1)]
    brought = bring_in_rows(duck, tmp_path / "in", [call(0), *rows], BOX)
    assert len(brought.taken) == 1
    said = [row["reason"] for row in brought.refused]
    assert [whole[: len(begun)] for whole, (_, _, begun) in zip(said, cases, strict=True)] == [
        begun for _, _, begun in cases
    ]
    assert {row["column"] for row in brought.refused} == {"Lat", "Long", "Lat, Long"}


def test_without_a_box_the_globe_is_the_box(duck: Engine, tmp_path: Path) -> None:
    rows = [
        call(1, Lat="-90", Long="180"),
        call(2, Lat="90.001", Long="120"),
        call(3, Lat="12", Long="-180.5"),
    ]
    brought = bring_in_rows(duck, tmp_path / "in", rows, NO_PLACE)
    assert [row["line"] for row in brought.taken] == [2]
    assert all("outside the globe" in reason for reason in brought.reasons.values())


def test_two_zeros_are_no_coordinates_however_they_are_written(duck: Engine, tmp_path: Path) -> None:
    zeros = ["0", "0.0", "0.000000", "-0", "0e0", ""]
    rows = [call(at, Lat=zero, Long=zero) for at, zero in enumerate(zeros)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, NO_PLACE)
    assert [(row["lat"], row["lon"], row["area"]) for row in brought.taken] == [(None, None, None)] * len(
        zeros
    )


def test_a_zero_beside_a_real_coordinate_is_greenwich_where_the_box_takes_it_in(
    duck: Engine, tmp_path: Path
) -> None:
    rows = [call(1, Lat="56.2", Long="0.0")]
    (row,) = bring_in_rows(duck, tmp_path / "in", rows, BOX).taken
    assert (row["lat"], row["lon"]) == (56.2, 0.0)
    outside = bring_in_rows(duck, tmp_path / "west", rows, BOX.replace("east = 0.5", "east = -1.0"))
    assert outside.reasons[2].startswith("one of latitude and longitude is missing")


def test_what_stands_for_nothing_is_as_the_mapping_says(duck: Engine, tmp_path: Path) -> None:
    mapping = NO_PLACE + '[places]\nmissing = ["-1", "n/a"]\n'
    rows = [call(1, Lat="-1", Long="-1.0000"), call(2, Lat="n/a", Long="n/a"), call(3, Lat="0", Long="0")]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping)
    assert [row["lat"] for row in brought.taken] == [None, None, 0.0]


def test_a_decimal_comma_is_read_where_the_mapping_says_so(duck: Engine, tmp_path: Path) -> None:
    mapping = NO_PLACE + '[numbers]\ndecimal_comma = true\n[places]\nmissing = ["9,9"]\n'
    rows = [call(1, Lat="56,2134", Long="-1,8"), call(2, Lat="9,90", Long="9,9")]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping)
    assert [(row["lat"], row["lon"]) for row in brought.taken] == [(56.213, -1.8), (None, None)]


@given(lat=st.floats(-89.9, 89.9), lon=st.floats(-179.9, 179.9))
def test_no_point_is_kept_finer_than_a_hundred_metres(lat: float, lon: float) -> None:
    text = (pa.array([f"{lat:.9f}"]), pa.array([f"{lon:.9f}"]))
    kept = check_coordinates(*text, parse_mapping(BOX.split("[places]")[0]), Refusals("a", np.array([2])))
    for given_degrees, degrees in zip((lat, lon), kept, strict=True):
        if not np.isnan(degrees[0]):
            assert degrees[0] == round(degrees[0], 3)
            assert abs(degrees[0] - given_degrees) <= 0.00051
    # The cell is named after its centre, which is at most half a diagonal of a square kilometre away.
    south, west = map(float, cell_names(np.array([lat]), np.array([lon]), 1.0)[0].as_py().split(","))
    north_km = (south - lat) * 111.195
    east_km = (west - lon) * 111.195 * np.cos(np.radians(lat))
    assert abs(north_km) <= 0.56
    assert abs(east_km) <= 0.56 + 0.001 * 111.195 * np.cos(np.radians(lat)) or abs(lat) > 89


def test_an_address_is_cut_to_the_block(duck: Engine, tmp_path: Path) -> None:
    kept = {
        "45 Kirkgait": "Kirkgait",
        "7 Kirkgait": "Kirkgait",
        "1245 Kirkgait": "1200 Kirkgait",
        "1245A Kirkgait": "1200 Kirkgait",
        "1245-1251 Kirkgait": "1200 Kirkgait",
        "2300 N 49TH ST,MKE": "2300 N 49TH ST,MKE",
        "2347 N 49TH ST,MKE": "2300 N 49TH ST,MKE",
        "S 13TH ST / W MORGAN AV,MKE": "S 13TH ST / W MORGAN AV,MKE",
        "Flat 2/1, 45 Kirkgait": "Kirkgait",
        "2/1, 45 Kirkgait": "Kirkgait",
        "FLAT 3B 118 KIRKGAIT": "100 KIRKGAIT",
        "118 KIRKGAIT APT 4B": "100 KIRKGAIT",
        "118 KIRKGAIT #4": "100 KIRKGAIT",
        "600.0 KIRKGAIT": "600 KIRKGAIT",
        "45, Kirkgait, Invermarrow, ZZ9 9ZZ": "Kirkgait, Invermarrow, ZZ9 9",
        "45 Kirkgait, zz9 9zz": "Kirkgait, zz9 9",
        "A77 at the Marrow Bridge": "A77 at the Marrow Bridge",
        "1st Avenue": "1st Avenue",
        "22nd Street": "22nd Street",
        "12\u00a0High Street": "High Street",
        "１２ High Street": "High Street",
        "No 12 High Street": "High Street",
        "No12 High Street": "High Street",
        "O/S 12 High Street": "O/S High Street",
        "OPP 12 High Street": "OPP High Street",
        "OPP12 High Street": "OPP High Street",
        "High Street 12": "High Street",
        "High Street 12, Invermarrow": "High Street, Invermarrow",
        "12,High Street": "High Street",
        "12. High Street": "High Street",
        "12_High Street": "High Street",
        "2F1 12 High Street": "High Street",
        "Flat A 12 High Street": "High Street",
        "1211 49th St": "1200 49th St",
        "12 49th St": "49th St",
        "300 block of High Street": "300 block of High Street",
        "1600 N 36 ST": "1600 N 36 ST",
        "600 High St, Invermarrow, VA 22902, USA": "600 High St, Invermarrow, VA 22902, USA",
        "M8 at I-94": "M8 at I-94",
        "HWY 100 / W MORGAN AV": "HWY 100 / W MORGAN AV",
    }
    brought = bring_in_rows(duck, tmp_path / "in", [call(at, Street=place) for at, place in enumerate(kept)])
    assert dict(zip(kept, (row["place"] for row in brought.taken), strict=True)) == kept


def test_areas_that_are_addresses_are_refused_unless_the_mapping_allows_them(
    duck: Engine, tmp_path: Path
) -> None:
    mapping = MAPPING.replace('text = "Notes"', 'text = "Notes"\nlarger_area = "Zone"')
    rows = [{**call(at), "Zone": f"{at} Kirkgait"} for at in range(11, 31)]
    header = (*call(1), "Zone")
    with pytest.raises(ImportRefused, match=r"'Zone' is full of street addresses.*Take it out of"):
        bring_in_rows(duck, tmp_path / "in", rows, mapping, header=header)
    allowed = mapping + '[allow]\nZone = "numbered parishes of ours"\n'
    assert bring_in_rows(duck, tmp_path / "ok", rows, allowed, header=header).report.accepted == 20
    blocks = [{**call(at), "Zone": f"{at}00 N 49TH ST"} for at in range(11, 31)]
    assert bring_in_rows(duck, tmp_path / "blocks", blocks, mapping, header=header).report.accepted == 20


def street(number: int, house: str, lat: str, lon: str = "-1.8") -> dict[str, str]:
    return call(number, Street=house, Lat=lat, Long=lon)


def test_rows_without_coordinates_are_placed_by_rows_that_name_the_same_place(
    duck: Engine, tmp_path: Path
) -> None:
    rows = [
        *(street(at, "Kirkgait / Millgait", "56.200") for at in range(4)),
        street(10, "millgait  & KIRKGAIT", "", ""),
        *(street(20 + at, "Wharf", "56.2") for at in range(3)),
        *(street(30 + at, "Wharf", "56.3") for at in range(3)),
        street(40, "Wharf", "", ""),
        street(50, "Nowhere", "", ""),
        street(60, "", "", ""),
    ]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    by_id = {row["incident_id"]: row for row in brought.taken}
    crossing = by_id["IM-0010"]
    assert (crossing["lat"], crossing["lon"], crossing["placed"]) == (56.2, -1.8, True)
    assert crossing["area"] == by_id["IM-0000"]["area"]
    assert by_id["IM-0000"]["placed"] is None
    # Half of them here and half of them eleven kilometres away: nobody can say.
    for unplaced in ("IM-0040", "IM-0050", "IM-0060"):
        assert (by_id[unplaced]["lat"], by_id[unplaced]["placed"], by_id[unplaced]["area"]) == (
            None,
            None,
            None,
        )
    assert sum(count for note, count in brought.report.notes.items() if "placed by other rows" in note) == 1
    off = bring_in_rows(duck, tmp_path / "off", rows, MAPPING + "[places]\nfill = false\n")
    assert [row["placed"] for row in off.taken] == [None] * len(rows)


def test_a_house_number_is_placed_between_its_neighbours_when_they_are_near(
    duck: Engine, tmp_path: Path
) -> None:
    rows = [
        street(1, "100 Kirkgait", "56.200"),
        street(2, "300 Kirkgait", "56.210"),
        street(3, "900 Kirkgait", "56.300"),
        street(4, "200 Kirkgait", "", ""),
        street(5, "600 Kirkgait", "", ""),
        street(6, "1200 Kirkgait", "", ""),
    ]
    placed = {row["incident_id"]: row["lat"] for row in bring_in_rows(duck, tmp_path / "in", rows).taken}
    assert placed["IM-0004"] == pytest.approx(56.205)
    # 300 and 900 are ten kilometres apart, and nothing is known beyond 900.
    assert placed["IM-0005"] is None
    assert placed["IM-0006"] is None


def test_a_small_area_of_the_export_is_kept_and_else_a_cell_is_made(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING.replace('text = "Notes"', 'text = "Notes"\narea = "Zone"')
    rows = [{**call(1), "Zone": "X01000007"}, {**call(2), "Zone": ""}]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=(*call(1), "Zone"))
    assert [row["area"] for row in brought.taken] == ["X01000007", None]
    made = bring_in_rows(duck, tmp_path / "made", [call(1, Lat="56.2004", Long="-1.8004")])
    assert made.taken[0]["area"] == "56.203,-1.803"
