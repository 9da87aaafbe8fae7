"""How far somebody sees into what was imported: whoever holds it sees incidents, all others counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from people_factory import acting_as, make_colleague, make_organisation

from lippen.site.accounts.models import Organisation
from lippen.site.insight.holding import HeldByAnother, hold, holder_of, must_hold
from lippen.site.insight.lake import Lake
from lippen.site.insight.sight import sight_of

pytestmark = pytest.mark.django_db
Hold = Callable[[Organisation], None]


def test_the_holders_analyst_sees_incidents_and_a_community_sees_counts(held_by: Hold) -> None:
    police, group = make_organisation("police"), make_organisation("community-group")
    held_by(police)
    analyst = sight_of(acting_as(make_colleague(police, "analyst")))
    assert (analyst.incidents, analyst.episodes, analyst.counts) == (True, True, True)
    assert analyst.why_closed == ""
    for role in ("analyst", "co-ordinator", "worker", "researcher"):
        other = sight_of(acting_as(make_colleague(group, role)))
        assert (other.incidents, other.episodes, other.counts) == (False, False, True), role
        assert other.why_closed
    assert police.name in sight_of(acting_as(make_colleague(group, "analyst"))).why_closed


def test_who_holds_no_role_sees_nothing(held_by: Hold) -> None:
    held_by(make_organisation("police"))
    nobody = sight_of(acting_as(make_colleague(make_organisation())))
    assert (nobody.incidents, nobody.episodes, nobody.counts) == (False, False, False)


def test_the_first_to_bring_in_holds_and_a_second_partner_is_told_so() -> None:
    first, second = make_organisation("police"), make_organisation("housing")
    assert holder_of("incident") is None
    hold(acting_as(make_colleague(first, "analyst")), "incident")
    hold(acting_as(make_colleague(first, "analyst")), "incident")
    assert holder_of("incident") == first
    with pytest.raises(HeldByAnother, match=first.name):
        hold(acting_as(make_colleague(second, "analyst")), "incident")
    with pytest.raises(PermissionError, match="may not"):
        must_hold(acting_as(make_colleague(first, "police-officer")), "incident")


@pytest.mark.usefixtures("lake_of_town")
def test_nobody_sees_what_nobody_holds() -> None:
    for kind in ("police", "community-group"):
        seen = sight_of(acting_as(make_colleague(make_organisation(kind), "analyst")))
        assert (seen.incidents, seen.episodes) == (False, False), kind
        assert "No organisation holds the incidents" in seen.why_closed


def test_the_lake_is_read_state_by_state(lake_of_town: Path) -> None:
    lake = Lake(lake_of_town / "lake")
    first = lake.state()
    told = lake.ask("SELECT count(*) AS n FROM incident WHERE local_hour = $hour", {"hour": 3})
    assert told is not None
    assert told["n"][0].as_py() > 0
    facts = lake.facts()
    assert facts is not None
    assert facts["place"] == "Invermarrow"
    assert lake.state() is first
    (lake_of_town / "lake" / "manifest.json").write_text(
        (lake_of_town / "lake" / "manifest.json").read_text().replace('"generation": 2', '"generation": 3')
    )
    assert lake.generation == 3
    assert lake.state() is not first


def test_an_empty_lake_answers_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.ask("SELECT * FROM incident") is None
    assert lake.result("episodes") is None
    assert lake.facts() is None
    assert lake.imports() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO 'left-the-lake.csv'",
        "ATTACH 'left-the-lake.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_what_asks_the_lake_gets_at_nothing_else(lake_of_town: Path, statement: str) -> None:
    lake = Lake(lake_of_town / "lake")
    with pytest.raises(duckdb.Error, match=r"(?i)permission|cannot|disabled|locked"):
        lake.ask(statement)
    assert not [*Path().glob("left-the-lake.*")]
