"""What everybody may see is counted once: no later import, undoing or correction can be read off it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.telling import BY, COUNTS, MIDDLES, NOT_PLACED, QUARTERS, complete, tell, told_now
from lippen.workspace import Workspace
from small_log import Cell, Logged, bring, spread

SPRING, SUMMER, AUTUMN = date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)
LOUD: dict[Cell, int] = {
    (ward, quarter, "NOISE"): 40 for ward in ("Harbour", "Landward") for quarter in (SPRING, SUMMER)
}
"""Enough of one kind everywhere that no week is empty."""

Told = dict[Cell, int]
Fresh = Callable[[], Workspace]


@pytest.fixture
def fresh(duck: Engine, tmp_path: Path) -> Fresh:
    """Makes an empty workspace at each call."""
    made: list[Workspace] = []

    def make() -> Workspace:
        made.append(Workspace.open(tmp_path / f"workspace-{len(made)}", duck))
        return made[-1]

    return make


def tell_again(workspace: Workspace) -> Told:
    """Count what is complete now, and what everybody then sees."""
    with workspace.writing():
        workspace.write_results(tell(workspace))
    return seen(workspace)


def seen(workspace: Workspace) -> Told:
    collected = {name: workspace.engine.collect(workspace.result(name)) for name in (COUNTS, QUARTERS)}
    ids = [one.import_id for one in workspace.imports()]
    cells = told_now(collected[COUNTS], collected[QUARTERS], ids).to_pylist()
    return {(one["larger_area"], one["quarter"], one["kind"]): one["incidents"] for one in cells}


def folder(workspace: Workspace, name: str) -> Path:
    return workspace.directory.parent / f"{workspace.directory.name}-{name}"


def test_a_quarter_is_told_when_incidents_reach_four_weeks_beyond_it(fresh: Fresh) -> None:
    workspace = fresh()
    cells = {**LOUD, ("Harbour", SPRING, "FIRE"): 5, ("Landward", SPRING, "FIRE"): 4}
    bring(workspace, folder(workspace, "a"), spread({c: n for c, n in cells.items() if c[1] == SPRING}, "a"))
    assert tell_again(workspace) == {}
    july = {("Harbour", SUMMER, "NOISE"): 20}
    bring(workspace, folder(workspace, "b"), spread(july, "b", days=20))
    assert tell_again(workspace) == {}
    bring(workspace, folder(workspace, "c"), spread(july, "c", days=40))
    assert tell_again(workspace) == {
        ("Harbour", SPRING, "NOISE"): 40,
        ("Landward", SPRING, "NOISE"): 40,
        ("Harbour", SPRING, "FIRE"): 5,
    }


def test_what_comes_in_later_changes_no_count_that_was_told(fresh: Fresh) -> None:
    workspace = fresh()
    bring(workspace, folder(workspace, "a"), spread(LOUD, "a"))
    before = tell_again(workspace)
    late = {
        ("Harbour", SPRING, "NOISE"): 3,
        ("Harbour", SPRING, "FIRE"): 9,
        ("Landward", AUTUMN, "NOISE"): 40,
    }
    bring(workspace, folder(workspace, "b"), spread(late, "b"))
    after = tell_again(workspace)
    assert {quarter for _, quarter, _ in before} == {SPRING}
    assert {quarter for _, quarter, _ in after} == {SPRING, SUMMER}
    assert {cell: many for cell, many in after.items() if cell[1] == SPRING} == before


def test_an_undone_import_takes_its_quarters_away_and_only_the_same_one_brings_them_back(
    fresh: Fresh,
) -> None:
    workspace = fresh()
    first = {cell: many for cell, many in LOUD.items() if cell[1] == SPRING}
    second = {cell: many for cell, many in LOUD.items() if cell[1] == SUMMER}
    rows = spread({**first, ("Harbour", SPRING, "FIRE"): 6}, "a")
    brought = bring(workspace, folder(workspace, "a"), rows)
    bring(workspace, folder(workspace, "b"), spread({**second, ("Harbour", AUTUMN, "NOISE"): 40}, "b"))
    told = tell_again(workspace)
    assert {quarter for _, quarter, _ in told} == {SPRING, SUMMER}
    workspace.undo_import(brought)
    summer = {cell: many for cell, many in told.items() if cell[1] == SUMMER}
    assert seen(workspace) == summer, "at once, before anything is counted again"
    assert tell_again(workspace) == summer
    corrected = bring(workspace, folder(workspace, "c"), rows[1:], source="The log, put right")
    assert tell_again(workspace) == summer, "one incident fewer, and nobody can tell"
    workspace.undo_import(corrected)
    assert bring(workspace, folder(workspace, "d"), rows) == brought
    assert tell_again(workspace) == told


def test_what_was_told_outlives_an_empty_lake(fresh: Fresh) -> None:
    workspace = fresh()
    rows = spread(LOUD, "a")
    brought = bring(workspace, folder(workspace, "a"), rows)
    told = tell_again(workspace)
    workspace.write_results({"episodes": workspace.engine.collect(workspace.result(MIDDLES))})
    workspace.undo_import(brought)
    assert workspace.results() == sorted((COUNTS, MIDDLES, QUARTERS))
    assert seen(workspace) == {}
    bring(workspace, folder(workspace, "b"), rows[::2], source="Half of it")
    assert tell_again(workspace) == {}, "else the half would be told beside the whole"
    assert told


def test_histories_that_differ_in_small_cells_alone_are_told_alike(fresh: Fresh) -> None:
    small: dict[Cell, int] = {("Harbour", SPRING, "FIRE"): 4, ("Tiny", SUMMER, "NOISE"): 3}
    later = {("Landward", AUTUMN, "NOISE"): 40, ("Tiny", AUTUMN, "FIRE"): 2}
    stray = [Logged("stray", "FIRE", date(2026, 6, 30), "Harbour", lat=56.9, lon=-1.0)]
    answers = []
    for quiet, more in ((spread(small, "s"), stray), ([], [])):
        workspace = fresh()
        bring(workspace, folder(workspace, "a"), [*spread(LOUD, "a"), *quiet])
        tell_again(workspace)
        bring(workspace, folder(workspace, "b"), [*spread(later, "b"), *more])
        tell_again(workspace)
        answers.append((seen(workspace), workspace.engine.collect(workspace.result(MIDDLES)).to_pylist()))
    assert answers[0] == answers[1]
    assert {one["larger_area"] for one in answers[0][1]} == {"Harbour", "Landward"}


def test_incidents_that_name_no_larger_area_are_counted_and_lie_nowhere(fresh: Fresh) -> None:
    workspace = fresh()
    nowhere = [Logged(f"n-{nth}", "FIRE", SPRING + timedelta(days=nth), "") for nth in range(7)]
    kept_out = {("Harbour", SPRING, kind): 9 for kind in ("PATROL", "DOMESTIC")}
    bring(workspace, folder(workspace, "a"), [*spread({**LOUD, **kept_out}, "a"), *nowhere])
    told = tell_again(workspace)
    assert told[NOT_PLACED, SPRING, "FIRE"] == 7
    assert {kind for _, _, kind in told} == {"NOISE", "FIRE"}, "neither patrols nor protected kinds"
    middles = workspace.engine.collect(workspace.result(MIDDLES)).to_pylist()
    assert {one["larger_area"] for one in middles} == {"Harbour", "Landward"}


def test_a_larger_area_has_no_middle_while_fewer_than_five_incidents_have_a_place(
    fresh: Fresh,
) -> None:
    """The middle of one is where it happened."""
    workspace = fresh()
    rows = spread(LOUD, "a")
    harbour = [nth for nth, row in enumerate(rows) if row.ward == "Harbour"]
    for nth in harbour[4:]:
        rows[nth] = replace(rows[nth], lat=None, lon=None)
    bring(workspace, folder(workspace, "a"), rows)
    tell_again(workspace)
    middles = workspace.engine.collect(workspace.result(MIDDLES)).to_pylist()
    assert {one["larger_area"] for one in middles} == {"Landward"}


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        (range(0), [SPRING]),
        (range(40, 46), [SPRING]),
        (range(40, 47), []),
        (range(7), []),
        (range(84, 91), []),
    ],
    ids=["no gap", "six days", "a week", "a late beginning", "an early end"],
)
def test_a_quarter_with_a_week_missing_is_not_complete(left_out: range, told: list[date]) -> None:
    days = [SPRING + timedelta(days=nth) for nth in range(120) if nth not in left_out]
    assert complete(days) == told


@given(st.sets(st.dates(date(2024, 12, 1), date(2026, 2, 1))))
def test_a_complete_quarter_lies_within_the_days(days: set[date]) -> None:
    for first in complete(days):
        assert first.day == 1
        assert first.month in (1, 4, 7, 10)
        assert max(days) >= first + timedelta(days=90 + 28 - 2)


def test_cells_are_told_in_order(fresh: Fresh) -> None:
    workspace = fresh()
    bring(workspace, folder(workspace, "a"), spread(LOUD, "a"))
    tell_again(workspace)
    collected = {name: workspace.engine.collect(workspace.result(name)) for name in (COUNTS, QUARTERS)}
    ids = [one.import_id for one in workspace.imports()]
    rows = told_now(collected[COUNTS], collected[QUARTERS], ids).select(list(BY)).to_pylist()
    assert rows == sorted(rows, key=lambda one: tuple(one[name] for name in BY))
