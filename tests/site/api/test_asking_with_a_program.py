"""The how-to page for programs: its commands are run against a site that is open, and what it says is so."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from open_sites import LONG, Client, Served

from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.programs import LONGEST
from lippen.site.accounts.selectors import PEOPLE_A_PAGE
from lippen.site.api.key import ANSWERS_A_MINUTE
from lippen.site.api.problems import TITLES
from lippen.site.handling import CONDITION
from lippen.site.operation.demo_people import FictionalPerson
from lippen.site.register.selectors import ENTRIES_A_PAGE, LARGEST_EXPORT

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "ask-with-a-program.md").read_text("utf-8")
SHELL = [block.strip() for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S)]
PUT_AWAY, *ASKING = SHELL
COMMANDS = [line for block in ASKING for line in block.splitlines()]
HERE = "SITE=http://localhost:8000"


def table_under(heading: str) -> list[list[str]]:
    """Cells of the rows of the table in the section of this heading, its head left out."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in lines[2:]]


def make_key(client: Client, use: str) -> str:
    page = client.post("/programs/add/", {"use": use, "days": "1"})
    assert page.status == 200, page.text
    return page.text.split('<code class="key">')[1].split("</code>")[0]


@pytest.fixture(scope="module")
def folder(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the page's second step was done, once with each of the two keys that the page asks with."""
    place = tmp_path_factory.mktemp("program")
    una, tom = served.client(), served.client()
    for client, word in ((una, "una-mcphail"), (tom, "tom-rennie")):
        client.get("/demo/")
        assert client.post(f"/demo/{word}/").status == 302
    put_away(place, served, make_key(una, "staff-in-step:administrator"))
    ref = served.sql("SELECT ref FROM accounts_person WHERE name = ?", "Tom Rennie")[0][0]
    form = una.get(f"/people/{ref}/give-role/").text
    today = dict(re.findall(r'name="(since_\w+)" value="(\d+)"', form))
    assert una.post(f"/people/{ref}/give-role/", {"role": "administrator", **today}).status == 302
    held = served.sql(
        "SELECT r.ref, r.role FROM accounts_roleheld r JOIN accounts_person p ON p.id = r.person_id"
        " WHERE p.ref = ? AND r.until IS NULL",
        ref,
    )
    given = next(role_ref for role_ref, role in held if role == "administrator")
    assert tom.post("/you/role/", {"role": given}).status == 302
    first = (place / "key.header").read_text()
    put_away(place, served, make_key(tom, "check-reading:protection-officer"))
    (place / "key.header").rename(place / "register.header")
    (place / "key.header").write_text(first)
    yield place
    assert una.post(f"/people/{ref}/roles/{given}/end/").status == 302


def put_away(place: Path, served: Served, key: str) -> None:
    assert PUT_AWAY.count(HERE) == 1
    steps = PUT_AWAY.replace(HERE, f"SITE={served.origin}")
    subprocess.run(["bash", "-eu", "-c", steps], input=f"{key}\n", text=True, cwd=place, check=True)
    assert (place / "key.header").stat().st_mode & 0o077 == 0
    assert (place / "key.header").read_text() == f"Authorization: Bearer {key}\n"


def run(command: str, served: Served, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eu", "-c", f"SITE={served.origin}\n{command}"],
        capture_output=True, text=True, cwd=folder, check=False, timeout=LONG,
    )  # fmt: skip


@pytest.mark.curl
@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.split("/api/v1/")[-1].strip('"'))
def test_each_command_of_the_page_is_answered_and_every_row_says_how_it_is_handled(
    served: Served, folder: Path, command: str
) -> None:
    done = run(command, served, folder)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    named = re.search(r"--output (\S+)", command)
    for row in rows_of(folder / named[1]) if named else rows_in(json.loads(done.stdout)):
        data, law, organisation, condition = row["handling"].split(" | ")
        assert data in permissions().data
        assert law in permissions().regimes
        assert organisation
        assert condition == CONDITION


def rows_of(file: Path) -> list[dict[str, Any]]:
    text = file.read_text("utf-8")
    if file.suffix == ".csv":
        assert text.startswith('"handling",')
        found: list[dict[str, Any]] = list(csv.DictReader(text.splitlines()))
    else:
        found = [json.loads(line) for line in text.splitlines()]
    assert found
    return found


def rows_in(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer. The rules and their description are about nobody and have none."""
    return [row for name in ("people", "organisations", "entries") for row in told.get(name, ())]


@pytest.mark.curl
def test_the_answers_are_those_that_the_page_shows_and_go_on_where_it_says(
    served: Served, folder: Path
) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.S)[0])
    told = json.loads(run(COMMANDS[0], served, folder).stdout)
    assert set(told) == set(shown)
    assert set(told["people"][0]) == set(shown["people"][0])
    assert set(told["people"][0]["roles"][0]) == set(shown["people"][0]["roles"][0])
    assert shown["people"][0]["handling"] in {one["handling"] for one in told["people"]}
    searched = json.loads(run(COMMANDS[1], served, folder).stdout)
    assert [one["name"] for one in searched["people"]] == ["Aileen Gourlay"]
    entries = json.loads(run(COMMANDS[6], served, folder).stdout)["entries"]
    assert {one["organisation_name"] for one in entries} == {"Invermarrow Social Work"}


@pytest.mark.curl
@pytest.mark.parametrize(
    ("key", "address", "status"),
    [("lippen-guess", "people", 401), (None, "register", 403), (None, "people?serch=x", 422)],
)
def test_a_refusal_ends_the_command_with_an_error_and_says_why(
    served: Served, folder: Path, tmp_path: Path, key: str | None, address: str, status: int
) -> None:
    header = f"Authorization: Bearer {key}\n" if key else (folder / "key.header").read_text()
    (tmp_path / "key.header").write_text(header)
    done = run(COMMANDS[0].replace("/people", f"/{address}"), served, tmp_path)
    assert done.returncode != 0
    told = json.loads(done.stdout)
    assert told["status"] == status
    assert told["detail"]


def test_each_address_stands_on_the_page_with_what_it_takes(served: Served) -> None:
    described = json.loads(served.client().get("/api/v1/openapi.json").text)["paths"]
    takes = {
        path: {one["name"] for one in asked["get"].get("parameters", ()) if one["in"] == "query"}
        for path, asked in described.items()
    }
    told = {cells[0].strip("`"): set(re.findall(r"`(\w+)`", cells[2])) for cells in table_under(
        "Everything that can be asked"
    )}  # fmt: skip
    assert told == takes


def test_each_purpose_and_error_and_limit_is_the_one_that_is_checked(
    signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    purposes = {cells[0]: cells[1] for cells in table_under("1. Get a key")}
    known = permissions()
    assert purposes == {
        one.title: ", ".join(known.roles[role].title.lower() for role in one.roles)
        for one in known.purposes.values()
    }
    assert {int(cells[0]) for cells in table_under("When it does not answer")} == set(TITLES)
    limits = PAGE.split("\n## Limits\n")[1].split("\n## ")[0]
    assert f"{ANSWERS_A_MINUTE} answers a minute" in limits
    assert PEOPLE_A_PAGE == ENTRIES_A_PAGE
    assert f"{PEOPLE_A_PAGE} people or {ENTRIES_A_PAGE} entries" in limits
    assert f"{LARGEST_EXPORT:,} entries" in limits
    assert LONGEST.days == 365
    assert "A year for a key" in limits
    named = re.search(r"\*([A-Z]\w+ \w+)\* of Invermarrow Social Work can make a key", PAGE)
    assert named
    offered = signed_in(demo_people[named[1]]).get("/programs/add/").text
    assert 'value="staff-in-step:administrator"' in offered
