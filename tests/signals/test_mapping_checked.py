"""What `lippen inspect --mapping` says of a mapping made by hand, before anything is imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import MAPPING, as_csv, call

from lippen.signals import Check, ImportRefused, check_mapping, parse_mapping

KINDS = ["NOISE NUISANCE", "DIRECTED PATROL", "INTRUDER ALARM", "DOMESTIC INCIDENT"]


def checked(folder: Path, mapping: str = MAPPING, **files: list[dict[str, str]]) -> Check:
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(as_csv(rows))
    return check_mapping(folder, parse_mapping(mapping))


def test_each_kind_and_code_is_counted_with_what_it_becomes(tmp_path: Path) -> None:
    codes = ["NO TRACE", "CRIME RECORDED", "UNHEARD OF", ""]
    some = [call(at, Kind=KINDS[at % 4], Disposal=codes[at % 3]) for at in range(12)]
    more = [call(20, Disposal=""), call(21, Notes="he is threatening suicide"), call(22, Kind="SPECIAL")]
    listed = MAPPING + '[kinds.protected]\nsexual = ["SPECIAL"]\n'
    check = checked(tmp_path / "in", listed, a=some, b=more)
    assert check.kinds == {
        ("NOISE NUISANCE", "not listed: reports by people, assessed"): 4,
        ("DIRECTED PATROL", "own activity"): 3,
        ("INTRUDER ALARM", "sensor"): 3,
        ("DOMESTIC INCIDENT", "protected, never assessed (by a word in kind or text)"): 3,
        ("NOISE NUISANCE", "protected, never assessed (by a word in kind or text)"): 1,
        ("SPECIAL", "protected, never assessed (as listed)"): 1,
    }
    assert check.codes == {
        ("NO TRACE", "unfounded"): 6,
        ("CRIME RECORDED", "founded"): 4,
        ("UNHEARD OF", "not listed: unknown"): 4,
        ("(empty)", "unknown"): 1,
    }
    assert (check.problems, len(check.first_rows)) == ([], 5)
    text = check.as_text()
    assert text.startswith("Looked at\n  - a.csv: 12 rows\n  - b.csv: 3 rows\n")
    assert "          4  UNHEARD OF  ->  not listed: unknown" in text
    assert "kind = DIRECTED PATROL" in text


def test_problems_are_what_would_go_wrong_at_import(tmp_path: Path) -> None:
    rows = [call(at, Lat="56,2" if at % 2 else "56.2", Disposal="X") for at in range(10)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "z.csv").write_text("Colour\nred\n")
    (tmp_path / "in" / "z.pdf").write_text("%PDF")
    check = checked(tmp_path / "in", a=[*rows, *(call(at) for at in range(100, 101))])
    said = "\n".join(check.problems)
    assert (
        "a.csv: 5 of 11 rows, first on line 3, where 'Lat' says '56,2': the coordinate has a decimal" in said
    )
    assert "z.csv would NOT be read: no row has the header" in said
    assert "names no outcome" not in said
    assert {one.file for one in check.left} == {"z.csv", "z.pdf"}
    assert "names no outcome" in "".join(checked(tmp_path / "none", a=[call(1, Disposal="X")]).problems)


REFUSED = [
    {"Ref": "x" * 300}, {"Ref": "07700 900123"}, {"Kind": ""}, {"Reported": ""}, {"Reported": "soon"},
    {"Reported": "31/02/2025 01:00"}, {"Reported": "30/03/2025 01:30"}, {"Reported": "01/01/1901 01:00"},
    {"Reported": "01/01/2999 01:00"}, {"Lat": "56,2"}, {"Lat": "north"}, {"Long": "1,8"}, {"Long": "west"},
    {"Lat": "99"},
]  # fmt: skip
"""Each is refused for a reason of its own."""


def test_reasons_beyond_twelve_are_counted_with_their_rows_and_where_all_are_told(tmp_path: Path) -> None:
    rows = [call(1, **cells) for cells in REFUSED[:12] for _ in range(3)]
    rows += [call(1, **cells) for cells in REFUSED[12:] for _ in range(2)]
    many = checked(tmp_path / "many", a=[*rows, *(call(at) for at in range(100, 600))])
    assert (sum(" first on line " in note for note in many.notes), many.problems) == (12, [])
    assert (
        "4 more of 540 rows, for 2 reasons not listed here: "
        "lippen import --quarantine FILE writes every refused row with its reason"
    ) in many.notes
    few = checked(tmp_path / "few", a=[*rows[:36], *(call(at) for at in range(100, 600))])
    assert "not listed here" not in few.as_text()


def test_a_reason_that_is_a_problem_is_never_left_out(tmp_path: Path) -> None:
    """Each of fourteen reasons refuses one row in fourteen, which is more than one in twenty."""
    check = checked(tmp_path / "in", a=[call(1, **cells) for cells in REFUSED])
    assert sum("1 of 14 rows, first on line " in problem for problem in check.problems) == 14
    assert "not listed here" not in check.as_text()


def test_rare_reasons_that_refuse_much_together_are_a_problem(tmp_path: Path) -> None:
    """Each refuses one row in thirty; the two that are not listed are two in thirty."""
    rows = [call(1, **cells) for cells in REFUSED]
    (problem,) = checked(tmp_path / "in", a=[*rows, *(call(at) for at in range(100, 116))]).problems
    assert problem.startswith("2 more of 30 rows, for 2 reasons not listed here")


def test_nobody_s_number_is_shown(tmp_path: Path) -> None:
    rows = [
        call(at, Kind=f"RANG 07700 900{at:03}", Disposal="someone@example.org", Notes="07700 900123")
        for at in range(3)
    ]
    text = checked(tmp_path / "in", a=rows).as_text()
    assert "07700" not in text
    assert "someone" not in text
    full = [call(at, Notes=f"07700 900{at:03}") for at in range(20)]
    check = checked(tmp_path / "full", a=full)
    assert "the column 'Notes' is full of telephone numbers and cannot be mapped" in check.problems
    assert "07700" not in check.as_text()


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="there is no such file or folder"):
        check_mapping(tmp_path / "nowhere", parse_mapping(MAPPING))
