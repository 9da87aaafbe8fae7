"""The schematic map: each area once, north up, no square on another, and no small count in print."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from sample import AREAS, sample

from lippen.brief.area_map import AreaVolume, area_bars, area_map, letters, map_key, squares, suppressed


def area(name: str, lat: float | None, lon: float | None, incidents: int | None = 10) -> AreaVolume:
    return {
        "area": name,
        "lat": lat,
        "lon": lon,
        "incidents": incidents,
        "unfounded": None,
        "expected_unfounded": None,
    }


def svg(drawn: Markup | None) -> ET.Element:
    assert drawn is not None
    return ET.fromstring(drawn)  # noqa: S314 - our own drawing


PLACES = st.lists(
    st.tuples(st.floats(-85, 85), st.floats(-180, 180), st.integers(0, 10**6)), min_size=1, max_size=60
)


@given(PLACES)
def test_every_area_is_drawn_once_and_every_incident_counted(places: list[tuple[float, float, int]]) -> None:
    rows = [area(f"X{i:02d}", lat, lon, n) for i, (lat, lon, n) in enumerate(places)]
    laid = squares(rows)
    assert sorted(name for one in laid for name in one.areas) == [row["area"] for row in rows]
    assert sum(one.incidents for one in laid) == sum(n for _, _, n in places)


@given(PLACES)
def test_no_two_squares_lie_on_each_other_and_all_lie_inside(places: list[tuple[float, float, int]]) -> None:
    drawn = svg(area_map([area(f"X{i:02d}", lat, lon, n) for i, (lat, lon, n) in enumerate(places)]))
    boxes = [
        tuple(float(one.get(key, "")) for key in ("x", "y", "width", "height")) for one in drawn.iter("rect")
    ]
    for i, (x, y, w, h) in enumerate(boxes):
        assert w > 0
        assert h > 0
        assert x >= 0
        assert x + w <= float(drawn.get("width", ""))
        assert y >= 0
        assert y + h <= float(drawn.get("height", ""))
        for u, v, s, t in boxes[:i]:
            assert x + w <= u or u + s <= x or y + h <= v or v + t <= y


def test_a_town_on_a_grid_is_drawn_as_that_grid() -> None:
    rows = [area(f"r{r}c{c}", 57.60 - 0.01 * r, -3.10 + 0.0187 * c) for r in range(4) for c in range(4)]
    random.Random(1).shuffle(rows)  # noqa: S311 - an order, no secret
    laid = {one.areas: (one.across, one.down) for one in squares(rows)}
    assert laid == {(f"r{r}c{c}",): (c, r) for r in range(4) for c in range(4)}


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0.001, 5))
def test_north_is_up_and_east_is_right(lat: float, lon: float, apart: float) -> None:
    laid = squares([area("south", lat, lon), area("north", lat + apart, lon), area("east", lat, lon + apart)])
    at = {one.areas[0]: (one.across, one.down) for one in laid}
    assert at["north"][1] < at["south"][1]
    assert at["east"][0] > at["south"][0]


def test_one_stray_coordinate_does_not_shrink_a_town_to_a_dot() -> None:
    town = [area(f"X{i:03d}", 57.6 + 0.01 * (i // 10), -3.1 + 0.018 * (i % 10)) for i in range(100)]
    laid = squares([*town, area("stray", 0.0, 0.0)])
    assert len(laid) >= 81


def test_an_area_whose_count_is_not_known_is_not_drawn() -> None:
    assert [one.areas for one in squares([area("X01", 57.6, -3.1, None), area("X02", 57.7, -3.1, 7)])] == [
        ("X02",)
    ]


def test_areas_at_one_place_share_a_square_that_names_them_all() -> None:
    (one,) = squares([area("B", 57.6, -3.1, 3), area("A", 57.6, -3.1, 9)])
    assert one.areas == ("A", "B")
    assert one.incidents == 12
    drawn = svg(area_map([area("B", 57.6, -3.1, 3), area("A", 57.6, -3.1, 9)]))
    assert [title.text for title in drawn.iter("title")] == ["A and B: 12 incidents"]


@pytest.mark.parametrize(("count", "printed"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (4321, "4.3k")])
def test_small_counts_are_not_printed_on_the_map(count: int, printed: str) -> None:
    drawn = svg(area_map([area("X01", 57.6, -3.1, count), area("X02", 57.7, -3.1, 900)]))
    label = next(
        group.findtext("text") for group in drawn.iter("g") if "X01" in (group.findtext("title") or "")
    )
    assert label == printed
    title = next(title.text for title in drawn.iter("title") if (title.text or "").startswith("X01"))
    assert title == f"X01: {suppressed(count)} incidents"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_small_square_looks_like_any_other_small_square(count: int) -> None:
    """Size and shade must not tell what the number does not."""
    shapes = set()
    for n in (1, count):
        drawn = svg(
            area_map([area("X01", 57.6, -3.1, n), area("X02", 57.7, -3.1, 2), area("X03", 57.8, -3.1)])
        )
        (rect,) = [g.find("rect") for g in drawn if (g.findtext("title") or "").startswith("X01")]
        assert rect is not None
        shapes.add((rect.get("width"), rect.get("class")))
    assert len(shapes) == 1


@pytest.mark.parametrize(
    ("count", "printed"),
    [(None, "cannot tell"), (0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (1234, "1,234")],
)
def test_small_counts_are_not_printed_in_the_table(count: int | None, printed: str) -> None:
    assert suppressed(count) == printed


def test_without_coordinates_there_is_no_map_but_bars_in_order_of_name() -> None:
    rows = [area("Upper", None, None, 3), area("Lower", None, 1.0, 200), area("Mid", 1.0, None, 100)]
    assert squares(rows) == []
    assert area_map(rows) is None
    drawn = svg(area_bars(rows))
    assert [one.text for one in drawn.iter("text")] == ["Lower", "200", "Mid", "100", "Upper", "fewer than 5"]
    lengths = [one.get("width") for one in drawn.iter("rect") if one.get("class") == "t3"]
    assert lengths == ["100%", "50%"]


@pytest.mark.parametrize("rows", [[], [area("X01", None, None, None)]])
def test_no_areas_draw_nothing(rows: list[AreaVolume]) -> None:
    assert area_map(rows) is None
    assert area_bars(rows) is None


def test_the_sample_town_is_named_square_by_square() -> None:
    drawn = svg(area_map(sample(0)[1]["volumes_area"].to_pylist()))
    ticks = [one.text or "" for one in drawn.iter("text") if one.get("class") == "tick"]
    assert sorted(ticks) == sorted(AREAS)
    assert drawn.get("aria-label") == "Schematic map of incidents in 32 areas, north at the top"


def test_each_square_is_named_and_a_long_name_is_read_in_a_list_of_letters() -> None:
    rows = [area("Kirkgait & Millgait", 57.6, -3.1, 40), area("Landward", 57.7, -3.1, 9)]
    drawn = svg(area_map(rows))
    assert [one.text for one in drawn.iter("text") if one.get("class") == "tick"] == ["A", "B"]
    assert "<li><b>A</b> Landward</li><li><b>B</b> Kirkgait &amp; Millgait</li>" in map_key(rows)
    short = [area("Kirkgait", 57.6, -3.1, 40), area("Landward", 57.7, -3.1, 9)]
    names = [one.text for one in svg(area_map(short)).iter("text") if one.get("class") == "tick"]
    assert names == ["Landward", "Kirkgait"]
    assert "map-key" not in map_key(short)
    assert map_key([]) == ""
    assert [letters(nth) for nth in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_the_legend_gives_each_shade_its_numbers_and_none_below_five() -> None:
    many = (0, 3, 12, 20, 30, 40, 50, 1900)
    rows = [area(f"X{n}", 57.6 + n / 100, -3.1, each) for n, each in enumerate(many)]
    told = re.findall(r"</svg> ([^<]*)</li>", map_key(rows))
    ranges = ("fewer than 5", "12 to 20", "30 to 40", "50 to 1,900")
    assert told == [f"{each} incidents" for each in ranges]
    few = [area("A", 57.6, -3.1, 3), *(area(f"X{n}", 57.7 + n / 10, -3.1, 9 + n) for n in range(7))]
    assert re.findall(r"</svg> ([^<]*)</li>", map_key(few))[0] == "up to 9 incidents"
