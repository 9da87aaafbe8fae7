"""The threat models beside the code: what they name exists, and what nothing stops or shows says so."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "src" / "lippen" / "site"
PAGES = {
    **{
        room: SITE / room / "threats.md"
        for room in (
            "form",
            "accounts",
            "register",
            "api",
            "operation",
            "insight",
            "trade",
            "desk",
            "sightings",
        )
    },
    "speak": ROOT / "docs" / "threat-models" / "speak.md",  # which those outside the project are to find
}
ROOMS = tuple(PAGES)
PAGE = ROOT / "docs" / "explanation" / "threat-model.md"

HEAD = ["threat", "what stops it", "test", "what remains"]
HEADINGS = ["The boundary", "Who may be hostile", "What stops what"]
NOTHING, NO_TEST = "nothing yet", "no test"
MODULE = re.compile(r"`([a-z_/]+\.(?:py|toml))`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")


@dataclass(frozen=True)
class Row:
    """One threat, as a table tells it."""

    room: str
    threat: str
    stops: str
    test: str
    remains: str


def tables(text: str) -> list[list[list[str]]]:
    """Each table of a page as rows of cells, the head first and without the line below it."""
    found: list[list[list[str]]] = []
    within = False
    for line in text.splitlines():
        if not line.startswith("|"):
            within = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not within:
            found.append([])
            within = True
        if not all(set(cell) <= {"-"} for cell in cells):
            found[-1].append(cells)
    return found


def text_of(room: str) -> str:
    return PAGES[room].read_text("utf-8")


def rows_of(room: str) -> list[Row]:
    (table,) = tables(text_of(room))
    head, *rows = table
    assert head == HEAD, room
    for cells in rows:
        assert len(cells) == len(HEAD), f"{room}: {cells[0]}"
    return [Row(room, *cells) for cells in rows]


ROWS = [row for room in ROOMS for row in rows_of(room)]


@cache  # most files are named in many rows
def names_of_tests(file: str) -> set[str]:
    """Names of the tests that a file has: functions of its own, not of a class or a function in it."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def faults(row: Row) -> list[str]:
    """What is wrong with one row."""
    modules, tests = MODULE.findall(row.stops), TEST.findall(row.test)
    found = [f"{one} does not exist" for one in modules if not (SITE / one).is_file()]
    if not modules and NOTHING not in row.stops:
        found.append(f'it names no module and does not say "{NOTHING}"')
    if not tests and row.test != NO_TEST:
        found.append(f'it names no test and does not say "{NO_TEST}"')
    if TEST.sub("", row.test).strip(" ,") not in ({NO_TEST} if not tests else {""}):
        found.append("beside its tests something else stands there")
    for file, name in tests:
        if not (ROOT / file).is_file() or name not in names_of_tests(file):
            found.append(f"{file}::{name} does not exist")
    if len(row.threat) < 10 or len(row.remains) < 5:
        found.append("it does not say what the threat is, or what remains")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_where_its_boundary_is_and_who_may_be_hostile(room: str) -> None:
    assert re.findall(r"^## (.+)$", text_of(room), re.M) == HEADINGS
    assert len(rows_of(room)) >= 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.room}: {row.threat}")
def test_what_a_row_names_exists_and_what_it_lacks_it_says(row: Row) -> None:
    assert faults(row) == []


@pytest.mark.parametrize(
    ("stops", "test", "fault"),
    [
        ("Care is taken", NO_TEST, "no module"),
        ("It is refused (`accounts/gone.py`)", NO_TEST, "accounts/gone.py does not exist"),
        ("It is refused (`keys.py`)", "", "names no test"),
        ("It is refused (`keys.py`)", "`tests/site/test_keys.py::test_of_nothing`", "does not exist"),
        ("It is refused (`keys.py`)", "`tests/site/test_gone.py::test_of_nothing`", "does not exist"),
        ("It is refused (`keys.py`)", "surely tested", "names no test"),
    ],
)
def test_a_row_that_claims_too_much_is_found(stops: str, test: str, fault: str) -> None:
    found = faults(Row("form", "Somebody does something", stops, test, "Nothing known"))
    assert any(fault in one for one in found), found


def test_no_test_is_named_anywhere_on_these_pages_that_does_not_exist() -> None:
    """A name that is misspelt so that it looks like none would else not be missed."""
    for page in [PAGE, *PAGES.values()]:
        for file, name in re.findall(r"([\w/.-]+\.py)::(\w+)", page.read_text("utf-8")):
            assert name in names_of_tests(file), f"{page.name}: {file}::{name}"


@pytest.mark.parametrize("page", [PAGE, *PAGES.values()], ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).is_file(), target


def test_the_page_over_all_of_them_leads_to_each() -> None:
    linked = {(PAGE.parent / one).resolve() for one in LINK.findall(PAGE.read_text("utf-8"))}
    assert set(PAGES.values()) <= linked
    (boundaries,) = tables(PAGE.read_text("utf-8"))
    assert len(boundaries) == len(ROOMS) + 1


def test_every_part_of_the_site_has_its_table() -> None:
    """A new app is a new boundary, or says in one of these tables on which side it stands."""
    apps = {file.parent.name for file in SITE.glob("*/apps.py")} | {"api", "speak"}
    assert apps == set(ROOMS)
