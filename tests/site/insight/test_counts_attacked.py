"""Somebody asks for every combination of limits, in every state of the lake, and tries to work out what is
not told: the small counts, and what came in between two states.

The attack knows every rule by which counts are told. That it works is shown on two gates that are weaker than
ours: one whose totals are true, and one that counts anew in each state.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from asked_everything import Answer, Community, Filter, clear, lay, within
from people_factory import make_organisation
from scipy.optimize import Bounds, LinearConstraint, milp

from lippen.engine import Engine
from lippen.measure import LEAST_SHOWN
from lippen.site.api import key as api_key
from lippen.site.insight.models import Holding
from lippen.telling import tell
from lippen.workspace import Workspace
from small_log import Cell, Logged, bring, spread

pytestmark = pytest.mark.django_db(transaction=True)

QUARTERS = [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)]
WARDS = ["Harbour", "Landward", "Tiny"]
KINDS = ["FIRE", "NOISE", "THEFT"]
MOST = 60
"""No cell of these towns is larger, and the attack knows that too."""

Counts = dict[Cell, int]


def town() -> Counts:
    """A year in which about half of the cells are small and one kind is frequent in every quarter."""
    draw = random.Random(7)  # noqa: S311 - a town made up needs no secret numbers
    cells = {
        (ward, first, kind): draw.randint(0, 9) for ward in WARDS for first in QUARTERS for kind in KINDS
    }
    loud = {("Harbour", first, "NOISE"): 45 for first in QUARTERS}
    return {**cells, **loud, **{cell: draw.randint(0, 3) for cell in cells if cell[0] == "Tiny"}}


LATE: Counts = {
    ("Harbour", QUARTERS[0], "NOISE"): 1,
    ("Harbour", QUARTERS[1], "FIRE"): 2,
    ("Landward", QUARTERS[1], "NOISE"): 3,
    ("Harbour", QUARTERS[2], "THEFT"): 1,
    ("Harbour", date(2025, 10, 1), "NOISE"): 45,
}
"""What a further import brings: a few late incidents, and the next quarter."""


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack's program has all the time in the world."""
    monkeypatch.setattr(api_key, "ANSWERS_A_MINUTE", 1_000_000)


@pytest.fixture
def lake(duck: Engine, tmp_path: Path) -> Iterator[Workspace]:
    yield Workspace.open(tmp_path / "workspace", duck)
    clear()


def bring_and_lay(lake: Workspace, name: str, rows: list[Logged], source: str = "A log") -> str:
    brought = bring(lake, lake.directory.parent / f"{lake.directory.name}-{name}", rows, source)
    count_and_lay(lake)
    return brought


def count_and_lay(lake: Workspace) -> None:
    with lake.writing():
        lake.write_results(tell(lake))
    lay(lake)


def hold() -> None:
    Holding.objects.update_or_create(
        pk="incident", defaults={"organisation": make_organisation("police", name="Police").ref}
    )


# --- The attack.


@dataclass(frozen=True)
class Seen:
    """What was told in one state: figures, each with the limits of which it is a sum."""

    state: str
    told: frozenset[tuple[Filter, int]]

    @property
    def cells(self) -> dict[Cell, int]:
        """The figures of single cells."""
        return {(w, date.fromisoformat(q), k): many for (w, q, k), many in self.told if w and q and k}


class Attack:
    """Integer programming over the unknown counts.

    `counted` says in which state a quarter that is told in some state was counted: by our rule in the first
    in which it is told. `true_totals` is whether totals hold what is not told.
    """

    def __init__(
        self,
        states: list[Seen],
        cells: list[Cell],
        grows: list[tuple[str, str]],
        counted: Mapping[tuple[str, date], str],
        *,
        true_totals: bool = False,
    ) -> None:
        self.cells, self.states = cells, [one.state for one in states]
        self.place = {(s, c): n for n, (s, c) in enumerate((s, c) for s in self.states for c in cells)}
        self.low, self.high = np.zeros(len(self.place)), np.full(len(self.place), float(MOST))
        self.rows: list[np.ndarray] = []
        self.least: list[float] = []
        self.most: list[float] = []
        for seen in states:
            shown = seen.cells
            for cell in cells:
                state = counted.get((seen.state, cell[1]))
                if state is None:
                    continue  # a quarter of which nothing is told
                at = self.place[state, cell]
                self.low[at] = shown.get(cell, 0)
                self.high[at] = shown.get(cell, LEAST_SHOWN - 1)
            for limits, figure in seen.told:
                known = {c for c in cells if within(c, limits) and (seen.state, c[1]) in counted}
                summed = known if true_totals else known & set(shown)
                self._equal({self.place[counted[seen.state, c[1]], c]: 1 for c in summed}, figure, figure)
        for before, after in grows:
            for cell in cells:
                self._equal({self.place[after, cell]: 1, self.place[before, cell]: -1}, 0, MOST)

    def _equal(self, weights: Mapping[int, int], least: float, most: float) -> None:
        row = np.zeros(len(self.place))
        for at, weight in weights.items():
            row[at] = weight
        self.rows.append(row)
        self.least.append(least)
        self.most.append(most)

    def range_of(self, weights: Mapping[tuple[str, Cell], int]) -> tuple[int, int]:
        """The least and the greatest that a sum of counts can be, whatever the town is like."""
        aim = np.zeros(len(self.place))
        for key, weight in weights.items():
            aim[self.place[key]] = weight
        held = LinearConstraint(np.array(self.rows), self.least, self.most)
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * aim,
                constraints=held,
                bounds=Bounds(self.low, self.high),
                integrality=np.ones(len(aim)),
            )
            assert found.success, "what was told contradicts itself"
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]

    def worked_out(self, hidden: Mapping[str, Mapping[tuple[str, Cell], int]]) -> set[str]:
        """Which of the hidden figures have one possible value."""
        return {name for name, weights in hidden.items() if len(set(self.range_of(weights))) == 1}


def small_cells(state: str, counts: Counts) -> dict[str, dict[tuple[str, Cell], int]]:
    return {f"{state}: {cell}": {(state, cell): 1} for cell, many in counts.items() if many < LEAST_SHOWN}


def came_between(before: str, after: str, late: Counts) -> dict[str, dict[tuple[str, Cell], int]]:
    return {f"{before} to {after}: {cell}": {(after, cell): 1, (before, cell): -1}
            for cell, many in late.items() if many < LEAST_SHOWN}  # fmt: skip


def gate(state: str, counts: Counts, *, true_totals: bool) -> Seen:
    """A weaker gate: tells each cell of five or more, and totals, which are true or of what is told."""
    shown = {cell: many for cell, many in counts.items() if many >= LEAST_SHOWN}
    summed = counts if true_totals else shown
    told: set[tuple[Filter, int]] = {((w, q.isoformat(), k), many) for (w, q, k), many in shown.items()}
    for limits in {
        limits
        for w, q, k in counts
        for limits in ((w, q.isoformat(), ""), ("", q.isoformat(), k), (w, "", k))
    }:
        told.add((limits, sum(many for cell, many in summed.items() if within(cell, limits))))
    return Seen(state, frozenset(told))


def added(one: Counts, other: Counts) -> Counts:
    return {cell: one.get(cell, 0) + other.get(cell, 0) for cell in {*one, *other}}


def test_the_attack_works_where_totals_are_true() -> None:
    counts = town()
    seen = gate("first", counts, true_totals=True)
    counted = {("first", quarter): "first" for quarter in QUARTERS}
    attack = Attack([seen], list(counts), [], counted, true_totals=True)
    found = attack.worked_out(small_cells("first", counts))
    assert len(found) >= 5


def test_the_attack_works_where_each_state_is_counted_anew() -> None:
    before = town()
    after = added(before, LATE)
    states = [gate("first", before, true_totals=False), gate("then", after, true_totals=False)]
    counted = {(one.state, cell[1]): one.state for one in states for cell in after}
    attack = Attack(states, list(after), [("first", "then")], counted)
    late = came_between("first", "then", LATE)
    assert attack.worked_out(late) == {
        f"first to then: {cell}"
        for cell, many in LATE.items()
        if many < LEAST_SHOWN and before.get(cell, 0) >= LEAST_SHOWN
    }


def test_nothing_is_worked_out_from_all_answers_of_all_states(lake: Workspace) -> None:
    hold()
    community = Community()
    counts = town()
    kinds, quarters = [*KINDS, "ARSON"], [*QUARTERS, date(2025, 10, 1)]
    answers: dict[str, list[Answer]] = {}

    def ask(state: str, *, whole: bool = True) -> None:
        answers[state] = community.everything(*((WARDS, quarters, kinds) if whole else ([], [], [])))

    bring_and_lay(lake, "a", spread(counts, "a"))
    ask("first")
    late = bring_and_lay(lake, "b", spread(LATE, "b"))
    ask("then")
    lake.undo_import(late)
    lay(lake)
    ask("undone", whole=False)
    count_and_lay(lake)
    ask("counted again", whole=False)
    fewer = {**LATE, ("Harbour", QUARTERS[2], "THEFT"): 0}
    bring_and_lay(lake, "c", spread({c: n for c, n in fewer.items() if n}, "b"), source="Put right")
    ask("put right")

    states = [
        Seen(name, frozenset(fact for one in found for fact in one.told)) for name, found in answers.items()
    ]
    told = {one.state: {cell[1] for cell in one.cells} for one in states}
    assert told["first"] == set(QUARTERS[:2])
    assert told["then"] == set(QUARTERS), "the attack has something to work with"
    assert told["undone"] == told["counted again"] == told["put right"]
    first_told = {
        q: next(s for s in told if q in told[s]) for q in {q for each in told.values() for q in each}
    }
    counted = {(state, q): first_told[q] for state, each in told.items() for q in each}
    after = added(counts, LATE)
    attack = Attack(
        states,
        list(after),
        [
            ("first", "then"),
            ("undone", "then"),
            ("undone", "put right"),
            ("first", "undone"),
            ("undone", "first"),
        ],
        counted,
    )
    hidden = {
        **small_cells("first", counts),
        **small_cells("then", after),
        **came_between("first", "then", LATE),
        **came_between("put right", "then", {("Harbour", QUARTERS[2], "THEFT"): 1}),
    }
    assert attack.worked_out(hidden) == set()
    for cell, many in counts.items():
        if many < LEAST_SHOWN and cell[1] in told["first"]:
            assert attack.range_of({("first", cell): 1}) == (0, LEAST_SHOWN - 1), cell


def test_two_towns_that_differ_in_small_counts_and_in_what_came_later_answer_every_question_alike(
    duck: Engine, tmp_path: Path
) -> None:
    """Whatever the attack: it sees the same of both, and so cannot tell them apart."""
    hold()
    community = Community()
    large = {cell: many for cell, many in town().items() if many >= LEAST_SHOWN}
    small = {cell: many for cell, many in town().items() if many < LEAST_SHOWN}
    other = {**{cell: (many + 2) % LEAST_SHOWN for cell, many in small.items()},
             ("Nowhere", QUARTERS[1], "ARSON"): 4}  # fmt: skip
    next_quarter = {cell: many for cell, many in LATE.items() if many >= LEAST_SHOWN}
    later = {("Landward", QUARTERS[0], "NOISE"): 11, ("Harbour", QUARTERS[1], "FIRE"): 1}
    asked, seen = ["Harbour", "Tiny", "Nowhere"], []
    for number, (hidden, after) in enumerate(((small, {}), (other, later))):
        lake = Workspace.open(tmp_path / f"town-{number}", duck)
        bring_and_lay(lake, "a", spread({c: n for c, n in {**large, **hidden}.items() if n}, "a"))
        first = community.everything(asked, QUARTERS, KINDS)
        late = bring_and_lay(lake, "b", spread({**next_quarter, **after}, "b"))
        then = community.everything(asked, QUARTERS, KINDS)
        lake.undo_import(late)
        count_and_lay(lake)
        undone = community.everything([], [], [])
        seen.append((first, then, undone))
    clear()
    assert len(seen[0][0]) > 200
    for one, same in zip(seen[0], seen[1], strict=True):
        for answer, again in zip(one, same, strict=True):
            assert answer == again
