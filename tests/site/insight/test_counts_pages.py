"""Counts for everybody: what the page says of them, who takes them out, and what a program gets."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from asked_everything import clear, lay
from django.http import QueryDict
from django.test import Client
from people_factory import make_colleague, make_organisation, make_program, signed_in

from lippen.engine import Engine
from lippen.site.api import handlers
from lippen.site.insight.incidents_forms import NarrowCounts
from lippen.site.insight.models import Holding
from lippen.site.insight.views import counts as counts_views
from lippen.site.register.models import Act, Entry
from lippen.telling import tell
from lippen.workspace import Workspace
from small_log import Cell, bring, spread

pytestmark = pytest.mark.django_db(transaction=True)

SPRING, SUMMER = date(2025, 4, 1), date(2025, 7, 1)
HOSTILE = "<img src=x onerror=alert(1)>"
CELLS: dict[Cell, int] = {
    ("Harbour", SPRING, "NOISE"): 40,
    ("Harbour", SPRING, "FIRE"): 6,
    ("Harbour", SPRING, HOSTILE): 7,
    ("Landward", SPRING, "NOISE"): 25,
    ("Landward", SPRING, "FIRE"): 4,
    ("Harbour", SUMMER, "NOISE"): 40,
}


@pytest.fixture
def told(duck: Engine, tmp_path: Path) -> Iterator[None]:
    """A lake in which one quarter is told, held by the police."""
    held = make_organisation("police", name="Marrow Police")
    Holding.objects.update_or_create(pk="incident", defaults={"organisation": held.ref})
    lake = Workspace.open(tmp_path / "workspace", duck)
    bring(lake, tmp_path / "log", spread(CELLS, "a"))
    with lake.writing():
        lake.write_results(tell(lake))
    lay(lake)
    yield
    clear()


@pytest.fixture
def worker() -> Client:
    return signed_in(make_colleague(make_organisation("community-group"), "worker"))


@pytest.mark.usefixtures("told")
def test_the_page_tells_counts_of_five_and_more_and_why_others_are_missing(worker: Client) -> None:
    body = worker.get("/incidents/").content.decode()
    assert "At least <strong>78</strong> incidents" in body
    assert "A count below 5 is not told" in body
    assert "Every total is the sum of the counts that are told" in body
    assert "Marrow Police holds the incidents" in body
    assert "Schematic map of incidents in 2 areas" in body
    assert "&lt;img src=x" in body
    assert HOSTILE not in body
    assert "The newest quarter shown is April to June 2025." in body
    assert "Counts of a quarter are shown from four weeks after its end" in body
    assert "So July to September 2025 is not shown before 29 October 2025" in body
    assert body.count("July to September 2025") == 1, "no count of a quarter that is not over"
    entry = Entry.objects.latest("pk")
    assert (entry.act, entry.what) == (Act.CONSULTATION, "counts of incidents")


@pytest.mark.usefixtures("told")
def test_a_limit_is_a_sum_of_told_counts_and_what_is_not_told_is_not_offered(worker: Client) -> None:
    fire = worker.get("/incidents/?kind=FIRE").content.decode()
    assert "At least <strong>6</strong>" in fire
    assert "Landward" not in fire.split("By larger area")[1], "as if nobody had called"
    assert "Of 1 other larger area nothing is told" in fire
    assert "That is not nought" in fire
    assert "Schematic map" not in fire, "as if it happened in one place alone"
    none = worker.get("/incidents/?kind=FIRE&larger=Landward").content.decode()
    assert "No count of 5 or more fits" in none
    for asked in (
        "kind=THEFT",
        "larger=Tiny",
        "quarter=2025-07-01",
        "quarter=x",
        "kind=%00",
        f"kind={'x' * 10_000}",
    ):
        answer = worker.get(f"/incidents/?{asked}")
        assert answer.status_code == 400, asked
        assert "Choose one of those that are offered" in answer.content.decode()
        assert "At least" not in answer.content.decode()


@pytest.mark.usefixtures("told")
def test_an_analyst_and_a_researcher_take_counts_out_and_nobody_else(worker: Client) -> None:
    assert "counts.csv" not in worker.get("/incidents/").content.decode()
    assert worker.get("/incidents/counts.csv").status_code == 403
    group = make_organisation("community-group")
    for role in ("analyst", "researcher"):
        file = signed_in(make_colleague(group, role)).get("/incidents/counts.csv?larger=Harbour")
        rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
        assert {(one["kind"], one["incidents"]) for one in rows} == {
            ("NOISE", "40"), ("FIRE", "6"), (HOSTILE, "7")
        }  # fmt: skip
        assert {one["handling"].rpartition(" | ")[0] for one in rows} == {
            "counts | law-enforcement | Marrow Police"
        }
        entry = Entry.objects.latest("pk")
        assert (entry.act, entry.what) == (Act.DISCLOSURE, "counts of incidents, taken out as a file")


def test_before_a_quarter_is_complete_the_page_says_so(worker: Client) -> None:
    body = worker.get("/incidents/").content.decode()
    assert "There is no count to tell yet" in body


@pytest.mark.usefixtures("told")
def test_a_program_gets_the_same_counts_in_pages_and_as_files(monkeypatch: pytest.MonkeyPatch) -> None:
    program = make_program(make_organisation("community-group"), "published-tables", "researcher")
    monkeypatch.setattr(handlers, "COUNTS_A_PAGE", 3)
    first = Client().get("/api/v1/counts", headers=program.headers).json()
    assert (first["at_least"], first["count"], len(first["counts"])) == (78, 4, 3)
    second = Client().get(first["next"], headers=program.headers).json()
    assert second["next"] is None
    assert Client().get("/api/v1/counts?page=9", headers=program.headers).json()["counts"] == []
    rows = [*first["counts"], *second["counts"]]
    file = Client().get("/api/v1/counts/export.jsonl", headers=program.headers).getvalue().decode()
    assert [json.loads(line) for line in file.splitlines()] == rows
    only = Client().get("/api/v1/counts?kind=FIRE&quarter=2025-04-01", headers=program.headers).json()
    assert [one["incidents"] for one in only["counts"]] == [6]
    assert Entry.objects.latest("pk").reader == f"key-{program.key.ref}"


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "asked",
    ["kind=THEFT", "larger_area=Tiny", "quarter=2025-07-01", "quarter=2025-04-02", "kind=%00", "sort=x"],
)
def test_a_program_that_asks_for_what_is_not_told_learns_only_that(asked: str) -> None:
    program = make_program(make_organisation("community-group"), "published-tables", "researcher")
    for address in ("counts", "counts/export.csv"):
        answer = Client().get(f"/api/v1/{address}?{asked}", headers=program.headers)
        assert answer.status_code == (422 if asked == "sort=x" else 404)
        assert not re.search(r"\d{2}", answer.json()["detail"])


def test_of_hundreds_of_larger_areas_one_writes_the_name_or_its_code() -> None:
    areas = ["Harbour", *map(str, range(200))]

    def narrowed(larger: str) -> NarrowCounts:
        return NarrowCounts(["FIRE"], areas, [], asked=QueryDict(urlencode({"larger": larger})))

    assert str(narrowed("Harbour")["larger"]).startswith("<input"), "a list of hundreds is no help"
    found = [narrowed(one).asked() for one in ("Harbour", "7", "larger area 7")]
    assert [one.larger for one in found if one] == ["Harbour", "7", "7"]
    assert narrowed("Tiny").asked() is None
    assert "There is none of this name here" in str(narrowed("Tiny").errors)


@pytest.mark.usefixtures("told")
def test_a_long_list_of_larger_areas_ends_and_says_where_the_rest_is(
    worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts_views, "MOST_ROWS", 1)
    page = worker.get("/incidents/").content.decode()
    listed = page.partition("By larger area")[2].partition("By kind")[0]
    assert "Harbour" in listed
    assert "Landward" not in listed
    assert "1 more larger area is not listed" in listed
    assert "At least <strong>78</strong> incidents" in page, "the sum is of all of them"
    assert "3 more stand in the file, or come with a limit above." in page
