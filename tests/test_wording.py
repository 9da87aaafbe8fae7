"""A count agrees with its noun."""

from __future__ import annotations

import pytest

from lippen.wording import counted


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((0, "row"), "0 rows"),
        ((1, "row"), "1 row"),
        ((2000, "row"), "2,000 rows"),
        ((1, "row has", "rows have"), "1 row has"),
        ((3, "row has", "rows have"), "3 rows have"),
        ((1.0, "false episode"), "1 false episode"),
        ((0.5, "false episode"), "0.5 false episodes"),
        ((-1, "day"), "-1 days"),
    ],
)
def test_a_count_agrees_with_its_noun(args, said):
    assert counted(*args) == said
