"""The search of the site: over everything that somebody may see, entered as shown, however it is spelt."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from judges import Judges, flagged, next_state, words_of
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.engine import connect
from lippen.manifest import Manifest
from lippen.progress import Stages
from lippen.search import make_index
from lippen.site.accounts.models import Organisation
from lippen.site.insight import import_queue, method
from lippen.site.insight.counts_selectors import offered
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import small_areas
from lippen.site.register.models import Entry, Shown
from lippen.telling import COUNTS, NOT_PLACED
from lippen.workspace import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
Hold = Callable[[Organisation], None]


@pytest.fixture
def indexed(lake_of_town: Path) -> Path:
    with connect() as engine:
        make_index(Workspace.open(lake_of_town, engine), Stages(quiet=True))
    return lake_of_town


def one_incident(workspace: Path) -> dict[str, str]:
    file = next((workspace / "lake" / "signals" / "incident").glob("*.parquet"))
    rows = pq.read_table(file, columns=["incident_id", "kind", "place", "text", "protected"]).to_pylist()
    return next(row for row in rows if not row["protected"] and row["text"])


def test_the_holders_analyst_finds_an_incident_and_the_register_says_which(
    indexed: Path, held_by: Hold
) -> None:
    police = make_organisation("police")
    held_by(police)
    incident = one_incident(indexed)
    analyst = make_colleague(police, "analyst")
    answer = signed_in(analyst).get("/search/", {"q": incident["incident_id"]})
    assert answer.status_code == 200
    assert incident["incident_id"] in answer.content.decode()
    entry = Entry.objects.filter(reader=analyst.ref, what="incidents and episodes, searched").latest("id")
    assert incident["incident_id"] in set(
        Shown.objects.filter(entry=entry, data_class="incident").values_list("record", flat=True)
    )
    assert incident["incident_id"] not in entry.what + entry.purpose


def test_what_is_in_becomes_searchable_by_itself_after_a_restore(lake_of_town: Path, held_by: Hold) -> None:
    """A backup holds nothing derived, and an import by command makes no index."""
    police = make_organisation("police")
    held_by(police)
    client = signed_in(make_colleague(police, "analyst"))
    incident = one_incident(lake_of_town)["incident_id"]
    index = lake_of_town / "lake" / Manifest.read(lake_of_town / "lake").search_index
    stopped = threading.Event()
    stopped.set()
    import_queue.index_what_is_in(stopped)
    assert not index.exists(), "a worker that is to stop waits for no index"
    assert "cannot be searched yet" in words_of(client.get("/search/", {"q": incident}).content)
    import_queue.index_what_is_in(threading.Event())
    assert incident in words_of(client.get("/search/", {"q": incident}).content)
    made = index.stat().st_mtime_ns
    import_queue.index_what_is_in(threading.Event())
    assert index.stat().st_mtime_ns == made


def test_a_lake_that_cannot_be_read_does_not_end_the_worker(
    lake_of_town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (lake_of_town / "lake" / "manifest.json").write_text("{")
    import_queue.index_what_is_in(threading.Event())
    assert "the lake cannot be read" in caplog.text


@pytest.mark.usefixtures("indexed")
def test_a_paused_site_finds_no_episode(held_by: Hold) -> None:
    police = make_organisation("police")
    held_by(police)
    analyst = make_colleague(police, "analyst")
    episode = flagged()[0]
    search = {"q": episode}
    assert f"/episodes/{episode}/" in signed_in(analyst).get("/search/", search).content.decode()
    method.pause(acting_as(analyst), "The June export was cut short")
    assert f"/episodes/{episode}/" not in signed_in(analyst).get("/search/", search).content.decode()
    entry = Entry.objects.filter(reader=analyst.ref, what="incidents and episodes, searched").latest("id")
    assert not Shown.objects.filter(entry=entry, data_class="episode").exists()


def test_all_others_find_kinds_of_counts_and_no_incident(indexed: Path, held_by: Hold) -> None:
    held_by(make_organisation("police"))
    incident = one_incident(indexed)
    for kind, role in (("community-group", "co-ordinator"), ("health", "researcher"), ("police", "analyst")):
        client = signed_in(make_colleague(make_organisation(kind), role))
        page = client.get("/search/", {"q": incident["incident_id"]}).content.decode()
        assert "Incidents found" not in page
        assert "Single incidents were not looked through" in page
        word = max(incident["text"].split(), key=len)
        assert incident["text"] not in client.get("/search/", {"q": word}).content.decode()


@pytest.mark.usefixtures("lake_of_town")
def test_what_is_found_of_counts_leads_to_just_these_counts(held_by: Hold) -> None:
    held_by(make_organisation("police"))
    client = signed_in(make_colleague(make_organisation("community-group"), "co-ordinator"))
    told = offered()
    for asked in (told.kinds[0], next(one for one in told.larger if one != NOT_PLACED)):
        page = client.get("/search/", {"q": asked}).content.decode()
        links = re.findall(r'href="(/incidents/\?[^"]+)"', page)
        assert links
        for link in links:
            answer = client.get(html.unescape(link))
            assert answer.status_code == 200, link
            assert "Show all" in answer.content.decode(), "it is narrowed"


def test_an_episode_is_found_by_its_month_and_dated_as_other_pages_date_it(judges: Judges) -> None:
    first = lake().result("episodes").to_pylist()[0]
    began = datetime.fromisoformat(first["first_local"])
    page = judges.client("ann").get("/search/", {"q": f"{began:%B}"}).content.decode()
    assert f"{began:%A} {began.day} {began:%B %Y}, {began:%H:%M}" in page
    assert f"/episodes/{first['episode_id']}/" in page


@pytest.mark.usefixtures("lake_of_town")
def test_a_slip_finds_counts_as_it_finds_incidents_and_the_page_says_why(held_by: Hold) -> None:
    held_by(make_organisation("police"))
    client = signed_in(make_colleague(make_organisation("community-group"), "co-ordinator"))

    def listed(asked: str) -> list[str]:
        page = words_of(client.get("/search/", {"q": asked}).content)
        found = re.search(r"why each was found\. (.*?) Single incidents", page)
        return (
            re.findall(r"[A-Z][\w& ]+? : .*?”(?: (?:begins with|is spelt nearly like) “.*?”)?", found[1])
            if found
            else []
        )

    (disturbance,) = listed("distrbance")
    assert disturbance == "DISTURBANCE : “disturbance” is spelt nearly like “distrbance”"
    assert "DISTURBANCE : it holds “disturbance”" in listed("disturbance")
    assert "DISTURBANCE : “disturbance” begins with “distu”" in listed("distu")
    assert listed("kirkgait") == ["Kirkgait & Millgait : it holds “kirkgait”"]
    assert "your role sees counts alone" in words_of(client.get("/search/", {"q": "fire"}).content)


def test_no_search_tells_a_kind_or_an_area_of_which_no_count_is_told(
    lake_of_town: Path, held_by: Hold
) -> None:
    """Of a kind with too few incidents anywhere no cell is told: then no spelling finds it either."""
    held_by(make_organisation("police"))

    def too_few(cells: pa.Table) -> pa.Table:
        return cells.filter(
            pc.and_(pc.not_equal(cells["kind"], "FRAUD"), pc.not_equal(cells["larger_area"], "Landward"))
        )

    next_state(lake_of_town / "lake", {COUNTS: too_few})
    incidents = lake().ask("SELECT DISTINCT kind, area, larger_area FROM incident").to_pylist()
    told = offered()
    untold = {one["kind"] for one in incidents} - set(told.kinds)
    untold |= {one["larger_area"] for one in incidents} - set(told.larger) - {None}
    assert {"FRAUD", "Landward", "SEXUAL OFFENCE"} <= untold, "protected kinds are never told"
    areas = sorted({one["area"] for one in incidents} - {None})[:3]
    for kind, role in (("community-group", "co-ordinator"), ("police", "analyst")):
        client = signed_in(make_colleague(make_organisation(kind), role))
        for name in (*untold, *areas):
            for asked in (name, name.lower()[:5], name.lower()[:-1]):
                answer = client.get("/search/", {"q": asked})
                main = answer.content.decode().partition("<main")[2]
                found = re.findall(r'href="/incidents/\?(\w+)=([^"]*)"', main)
                for field, value in found:
                    assert unquote(value) in (told.kinds if field == "kind" else told.larger)
                shown = set(re.findall(r">([^<>]+)</a>:", main))
                assert name not in shown, f"{role} finds {name} by {asked}"


@pytest.mark.usefixtures("indexed")
def test_colleagues_and_partners_are_found_by_whoever_may_see_them(held_by: Hold) -> None:
    group = make_organisation("community-group", name="Braeside Blether")
    held_by(group)
    worker = make_colleague(group, "worker", name="Kirsty Farquhar-Nil")
    page = signed_in(worker).get("/search/", {"q": "farquhar"}).content.decode()
    assert "Kirsty Farquhar-Nil" in page
    other = make_colleague(make_organisation("housing"), "worker")
    page = signed_in(other).get("/search/", {"q": "farquhar"}).content.decode()
    assert "Kirsty Farquhar-Nil" not in page
    assert "Braeside Blether" in signed_in(other).get("/search/", {"q": "blether"}).content.decode()


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    "query",
    [{"q": ""}, {"q": "a" * 10_000}, {"q": "nul\0"}],
    ids=["nothing", "too long", "a NUL"],
)
def test_what_cannot_be_looked_for_is_said(query: dict[str, str]) -> None:
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    assert client.get("/search/", query).status_code == 400


@pytest.mark.parametrize(
    "asked", ['"', "*", "NEAR(", "a OR b AND", "'; DROP TABLE words; --", "<b>x</b>", "%00"]
)
@pytest.mark.parametrize("page", ["", "0", "-1", "99999999", "x", "²"])
def test_no_words_and_no_page_break_it(held_by: Hold, asked: str, page: str) -> None:
    police = make_organisation("police")
    held_by(police)
    answer = signed_in(make_colleague(police, "analyst")).get("/search/", {"q": asked, "page": page})
    assert answer.status_code == 200
    assert "<b>x</b>" not in answer.content.decode()


@pytest.mark.usefixtures("lake_of_town")
def test_before_the_index_is_made_it_says_so(held_by: Hold) -> None:
    police = make_organisation("police")
    held_by(police)
    answer = signed_in(make_colleague(police, "analyst")).get("/search/", {"q": "fire"})
    assert "Incidents cannot be searched yet" in answer.content.decode()


@pytest.mark.usefixtures("indexed")
def test_a_small_area_is_found_by_what_pages_call_it(held_by: Hold) -> None:
    police = make_organisation("police")
    held_by(police)
    client = signed_in(make_colleague(police, "analyst"))
    code, name = next((code, name) for code, name in small_areas().items() if code != name)
    by_name, by_code = (
        client.get("/search/", {"q": asked})
        .content.decode()
        .partition('<h2 id="incidents">')[2]
        .partition("</table>")[0]
        for asked in (f"  {name.upper()} ", f'"{code}"')
    )
    assert "incidents were found" in by_code
    assert by_name == by_code


@pytest.mark.usefixtures("indexed")
def test_who_looks_for_a_protected_kind_or_during_a_pause_is_told_why_nothing_is_found(held_by: Hold) -> None:
    police = make_organisation("police")
    held_by(police)
    analyst = make_colleague(police, "analyst")
    said = words_of(signed_in(analyst).get("/search/", {"q": "domestic"}).content)
    assert "Protected kinds are never found here" in said
    assert "Episodes are not looked through just now" not in said
    method.pause(acting_as(analyst), "The June export was cut short")
    said = words_of(signed_in(analyst).get("/search/", {"q": "noise"}).content)
    assert "Episodes are not looked through just now" in said
    assert "Protected kinds are never found here" not in said
