"""What pages call an area that has a code in place of a name."""

from __future__ import annotations

import pytest

from lippen.site.insight.place_names import larger_area, small_area_names


@pytest.mark.parametrize(
    ("name", "called"),
    [("Kirkgate", "Kirkgate"), ("4", "larger area 4"), ("S02", "larger area S02"), ("Ayr", "Ayr")],
)
def test_a_larger_area_with_a_code_is_never_a_bare_number(name: str, called: str) -> None:
    assert larger_area(name) == called


def test_a_small_area_with_a_code_is_called_by_its_end_and_its_larger_area() -> None:
    called = small_area_names({"X01000007": "Kirkgate", "X01000012": "Kirkgate", "X01000107": "Landward"})
    assert list(called.values()) == [
        "small area 07 in Kirkgate",
        "small area 12 in Kirkgate",
        "small area 07 in Landward",
    ]


def test_no_two_small_areas_of_a_larger_one_are_called_the_same() -> None:
    called = small_area_names({"X01000007": "4", "X01000107": "4", "7": "4"})
    assert list(called.values()) == [
        "small area 007 in larger area 4",
        "small area 107 in larger area 4",
        "small area 7 in larger area 4",
    ]


def test_a_name_stays_and_so_do_coordinates_and_a_code_that_lies_nowhere() -> None:
    called = small_area_names({"Old Town": "Kirkgate", "55.611,-4.496": "Kirkgate", "X01000007": None})
    assert list(called.values()) == [
        "Old Town",
        "small area 55.611,-4.496 in Kirkgate",
        "small area X01000007",
    ]
