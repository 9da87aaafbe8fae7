"""A count agrees with its noun, and what others wrote does nothing to whoever reads it."""

from __future__ import annotations

import pytest

from lippen.wording import counted, plain


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


def test_what_a_terminal_would_act_on_is_shown_as_a_mark() -> None:
    assert plain("a\x1b[2Jb\x9b\u202ec\u2066\r\n\u2028d") == "a\ufffd[2Jb\ufffd\ufffdc" + "\ufffd" * 4 + "d"
    assert plain("Zoë Ní Dhónaill “…” 学校 €") == "Zoë Ní Dhónaill “…” 学校 €"
