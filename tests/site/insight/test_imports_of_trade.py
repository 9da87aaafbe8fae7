"""Adverts of a collection and sightings come in on the pages: by what right, for whom, and when they go."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import threading
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from collected_posts import (
    RIGHT,
    collection_in,
    columns_sent,
    expiry,
    page_of,
    posts,
    sightings,
    sightings_in,
)
from people_factory import make_colleague, make_organisation, signed_in
from uploaded_exports import WORKSPACE, as_csv, begin, brought_in, calls, form_of, given, run, text_of, upload

from lippen import advert_models
from lippen.engine import connect
from lippen.manifest import Import, Manifest
from lippen.progress import Stage, Stages
from lippen.results import FACTS, TRADE_FACTS, facts_in
from lippen.site.accounts.models import Organisation
from lippen.site.insight import (
    import_queue,
    importing,
    imports_services,
    sweeping,
    trade_anew,
    words_answered,
)
from lippen.site.insight.import_stages import BRINGING_IN, RECKONING_TRADE, KeptStages
from lippen.site.insight.models import Holding, ImportJob, ImportState
from lippen.site.register.models import Act, Entry
from lippen.workspace import Workspace

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_workspace", "looks_forked", "small_model"),
]

EXAMPLES = Path(__file__).parents[3] / "examples" / "collections"


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells adverts learns from one town: how well it does is measured elsewhere."""
    monkeypatch.setattr(advert_models, "LEARNED", 1)
    monkeypatch.setattr(advert_models, "MEASURED", 1)


@pytest.fixture
def standards() -> Organisation:
    return make_organisation("trading-standards", name="Milltown Trading Standards")


@pytest.fixture
def analyst(standards: Organisation) -> SimpleNamespace:
    person = make_colleague(standards, "analyst")
    return SimpleNamespace(person=person, client=signed_in(person))


def manifest() -> Manifest:
    return Manifest.read(WORKSPACE / "lake")


def signals(one: Import) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(WORKSPACE / "lake" / one.signals[0]).to_pylist()
    return rows


def facts() -> dict[str, Any]:
    told: dict[str, Any] = facts_in(pq.read_table(WORKSPACE / "lake" / manifest().results[TRADE_FACTS]))
    return told


def ran_out(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """So many days have gone by."""

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.now(tz) + dt.timedelta(days=days)

    monkeypatch.setattr("lippen.workspace.dt", SimpleNamespace(**{**vars(dt), "datetime": Later}))
    monkeypatch.setattr("lippen.site.insight.sweeping.datetime", Later)


def test_whoever_uploads_says_first_what_it_is(analyst: SimpleNamespace) -> None:
    client = analyst.client
    page = text_of(client.get("/imports/new/"))
    for title in ("Closed incidents", "Adverts of a collection", "Sightings"):
        assert title in page
    assert 'type="file"' not in client.get("/imports/new/").getvalue().decode()
    assert "an exported chat" in text_of(client.get("/imports/new/?kind=listing"))
    assert client.get("/imports/new/?kind=person").status_code == 200
    unsaid = client.post("/imports/new/", {})
    assert (unsaid.status_code, "What do you bring?" in text_of(unsaid)) == (400, True)
    police = make_organisation("police", name="Milltown Police")
    Holding.objects.create(pk="incident", organisation=police.ref)
    page = text_of(client.get("/imports/new/"))
    assert "Not here: Milltown Police holds the incidents here" in page
    assert upload(client, as_csv(calls(3))).status_code == 403
    assert not [*(WORKSPACE / "uploads").iterdir()] if (WORKSPACE / "uploads").exists() else True


def test_a_collection_comes_in_by_a_right_that_was_said(
    analyst: SimpleNamespace, standards: Organisation
) -> None:
    client = analyst.client
    job = given(client, posts(60, spoiled=2), "posts.jsonl", "listing")
    page = page_of(client, job, "columns/")
    assert "Nobody said yet by what right this collection is held" in page
    assert "Seller: it looks like who posts or sells" in page
    assert "wee_otter" not in page, "no account is on any page"
    assert "Would be taken 58" in page, "what its columns make of it shows before the right is said"
    assert "bud 3.5 for 30 quid" in page
    unsaid = text_of(columns_sent(client, job))
    assert "Say which organisation lawfully holds it" in unsaid
    over = text_of(columns_sent(client, job, **{**RIGHT, **expiry(0)}))
    assert "This day has come, so nothing may be brought in by it" in over
    for_good = text_of(columns_sent(client, job, **{**RIGHT, **expiry(), "expires_year": "2100"}))
    assert "This day is after 31 December 2099, as if it were held for good" in for_good
    to_start = text_of(columns_sent(client, job, **RIGHT))
    assert "Held by Milltown Trading Standards, by this right: nobody in it exists" in to_start
    assert "with a contact, removed" in to_start
    start = f"/imports/{job.ref}/start/"
    sent = {"texts": "nobody", "cut": "on", "shown": form_of(client.get(start))["shown"]}
    assert "Check by what right it is held" in text_of(client.post(start, sent))
    client.post(start, {**sent, "right": "on"})
    assert run(job).state == ImportState.DONE, job.said
    assert (job.said, job.accepted, job.quarantined) == ("", 58, 2)
    consent = json.loads(job.consent)
    assert (consent["by"], consent["right"]["who"]) == (analyst.person.ref, "Milltown Trading Standards")
    assert Holding.objects.get().pk == "trade"
    assert Holding.objects.get().organisation == standards.ref
    (held,) = manifest().imports
    assert all("[contact " in str(row["text"]) for row in signals(held))
    assert facts()["listings"]["posts"] == 58
    assert FACTS not in manifest().results, "no incident was brought in, so none is reckoned"
    listed = text_of(client.get("/imports/"))
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    assert f"It goes on {day.day} {day:%B %Y}" in listed
    assert "Adverts of a collection" in listed
    done = Entry.objects.filter(act=Act.ALTERATION, shown__record=job.ref, shown__data_class="listing")
    assert done.count() == 4
    assert Entry.objects.filter(act=Act.COMBINATION, what="trade reckoned").count() == 1


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("toon-menu.json", {}),
        ("trading-board.jsonl", {"column-collection": "board"}),
        ("market.csv", {}),
    ],
)
def test_chats_forums_and_markets_are_read_as_they_are_exported(
    analyst: SimpleNamespace, name: str, changes: dict[str, str]
) -> None:
    job = given(analyst.client, (EXAMPLES / name).read_bytes(), name, "listing")
    page = text_of(columns_sent(analyst.client, job, **RIGHT, **changes))
    assert f"Bring {name} in" in page
    assert "wee" not in page.lower().replace("week", ""), "nobody's account is on the page"


def test_a_column_of_handles_is_refused_with_what_to_do(analyst: SimpleNamespace) -> None:
    client = analyst.client
    rows = [json.loads(line) for line in posts(30).splitlines()]
    lines = "\n".join(json.dumps({**row, "Quantity": f"@wee_otter{at}"}) for at, row in enumerate(rows))
    job = given(client, lines.encode(), "posts.jsonl", "listing")
    page = text_of(columns_sent(client, job, **RIGHT, **{"column-quantity": "Quantity"}))
    assert "It cannot be brought in yet" in page
    assert "is full of handles or numbers of accounts, and nothing of the sort is taken" in page
    assert "choose another column, or none" in page
    assert "wee_otter" not in page
    assert f"Bring {job.name} in" in text_of(columns_sent(client, job, **{"column-quantity": ""}))


def test_what_stands_in_a_right_or_an_advert_is_only_shown(analyst: SimpleNamespace) -> None:
    trap = '<script>alert(1)</script>"\n[allow]\nSeller = "it is none at all"'
    rows = [{**json.loads(line), "Body": f"<b>{trap}</b>"} for line in posts(12).splitlines()]
    job = given(analyst.client, "\n".join(map(json.dumps, rows)).encode(), "<i>posts.jsonl", "listing")
    columns_sent(analyst.client, job, **{**RIGHT, "who": trap, "basis": trap})
    job.refresh_from_db()
    said = tomllib.loads(job.mapping)
    assert ("allow" in said, said["authority"]["who"]) == (False, trap)
    for path in ("columns/", "start/", ""):
        page = analyst.client.get(f"/imports/{job.ref}/{path}").getvalue().decode()
        assert "<script>alert" not in page
        assert "<i>posts" not in page
    assert "&lt;script&gt;alert" in analyst.client.get("/imports/").getvalue().decode()


def test_texts_that_name_somebody_keep_a_collection_out(analyst: SimpleNamespace) -> None:
    client = analyst.client
    job = given(client, posts(8), "posts.jsonl", "listing")
    columns_sent(client, job, **RIGHT)
    start = f"/imports/{job.ref}/start/"
    sent = {"texts": "somebody", "cut": "on", "right": "on", "shown": form_of(client.get(start))["shown"]}
    assert "Take the rows that name somebody out of the file" in text_of(client.post(start, sent))
    job.refresh_from_db()
    assert job.state == ImportState.GIVEN


def test_sightings_come_in_for_the_holder_of_the_collection_alone(analyst: SimpleNamespace) -> None:
    job = given(analyst.client, sightings(), "seen.csv", "sighting")
    assert "By what right" not in page_of(analyst.client, job, "columns/")
    begin(analyst.client, job)
    assert run(job).said == ""
    assert all("[handle]" in str(row["words"]) for row in signals(manifest().imports[0]))
    assert facts()["sightings"]["posts"] == 30
    ImportJob.objects.update(by="system")  # as of sightings that were told on a page
    assert "this site, " in text_of(analyst.client.get("/imports/"))
    police = signed_in(make_colleague(make_organisation("police"), "analyst"))
    for kind in ("listing", "sighting"):
        answer = upload(police, sightings(), "seen.csv", kind)
        assert answer.status_code == 403
        assert "Milltown Trading Standards holds the adverts and sightings here" in text_of(answer)
    brought_in(police, as_csv(calls(60)))
    assert {one.pk for one in Holding.objects.all()} == {"incident", "trade"}


def test_what_was_replaced_is_said_with_how_often_before_anything_comes_in(
    analyst: SimpleNamespace,
) -> None:
    job = given(analyst.client, sightings(), "seen.csv", "sighting")
    page = page_of(analyst.client, job, "columns/")
    assert "in “There it says” too, something else stands in its place already" in page
    assert "Texts with a handle or a link, masked: 30" in page
    assert "What was noticed on the way" not in page, "nothing else was"


def test_where_no_contact_was_met_none_is_said_to_have_been_replaced(analyst: SimpleNamespace) -> None:
    rows = [{**json.loads(line), "Body": "bud 3.5 for 30 quid"} for line in posts(12).splitlines()]
    job = given(analyst.client, "\n".join(map(json.dumps, rows)).encode(), "posts.jsonl", "listing")
    assert "contact, removed" not in page_of(analyst.client, job, "columns/")
    with_some = given(analyst.client, posts(12), "more.jsonl", "listing")
    assert "Texts with a contact, removed: 12" in page_of(analyst.client, with_some, "columns/")


def test_an_area_that_nobody_here_knows_is_told_with_those_that_are_known(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[str] = []
    shutil.rmtree(WORKSPACE / "speak", ignore_errors=True)  # a residents' page that other tests opened
    monkeypatch.setattr("lippen.site.sightings.selectors.larger_known", lambda: tuple(known))
    job = given(analyst.client, sightings(), "seen.csv", "sighting")
    nothing_known = page_of(analyst.client, job, "columns/")
    assert "No list of larger areas is held here to compare with. Named in it:" in nothing_known
    assert "Harbourside, 30 rows" in nothing_known
    known += ["Harborside", "Old Town"]
    for path in ("columns/", "start/"):
        page = page_of(analyst.client, job, path)
        assert "Areas that nobody here knows" in page
        assert "Harbourside, 30 rows: perhaps Harborside" in page
        assert "Known here: Harborside; Old Town." in page
    known.append("Harbourside")
    assert "Areas that nobody here knows" not in page_of(analyst.client, job, "columns/")


def test_who_tells_what_they_saw_brings_no_file_of_it_in(standards: Organisation) -> None:
    acting = signed_in(make_colleague(standards, "worker"))
    assert upload(acting, sightings(), "seen.csv", "sighting").status_code == 403
    assert acting.get("/imports/").status_code == 403
    co_ordinator = signed_in(make_colleague(make_organisation("housing"), "co-ordinator"))
    assert co_ordinator.get("/imports/new/?kind=sighting").status_code == 200


def test_what_is_taken_back_is_reckoned_without_and_incidents_are_left_alone(
    analyst: SimpleNamespace,
) -> None:
    incidents = brought_in(analyst.client, as_csv(calls(200)))
    reckoned = manifest().results[FACTS]
    told = sightings_in(analyst.client, sightings())
    more = sightings_in(analyst.client, sightings(10, first=30), "more.csv")
    assert facts()["sightings"]["posts"] == 40
    assert manifest().results[FACTS] == reckoned, "incidents are not reckoned for sightings"
    page = page_of(analyst.client, more, "take-back/")
    assert "Its 10 sightings go" in page
    for job, left in ((more, 30), (told, None)):
        analyst.client.post(f"/imports/{job.ref}/take-back/")
        waits = page_of(analyst.client, job)
        assert "Waits to be taken back" in waits
        assert f"{job.accepted} to take out" in waits
        assert "it is taken back without you" in waits
        assert "the import goes on" not in waits
        assert run(job).state == ImportState.UNDONE, job.said
        assert job.said == ""
        assert manifest().results[FACTS] == reckoned
        assert (facts()["sightings"]["posts"] if left else None) == left
    assert TRADE_FACTS not in manifest().results
    assert [one.pk for one in Holding.objects.all()] == ["incident"]
    assert incidents.import_id


def reckoned_anew() -> int:
    with connect() as engine:
        trade_anew.reckon_trade_anew(Workspace.open(WORKSPACE, engine), Stages(quiet=True))
    return 0


def test_the_day_its_right_runs_out_it_is_gone_and_the_rest_is_reckoned_anew(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = sightings_in(analyst.client, sightings())
    job = collection_in(analyst.client, posts(), **expiry(3))
    assert facts()["listings"]["posts"] == 60
    ran_out(monkeypatch, 3)
    assert sweeping.let_go_of_collections.call() == 1
    assert TRADE_FACTS not in manifest().results
    page = page_of(analyst.client, job)
    assert "No longer held" in page
    assert "The right by which it was held ran out, so it was deleted" in page
    assert "No longer held" in text_of(analyst.client.get("/imports/"))
    assert analyst.client.get(f"/imports/{job.ref}/take-back/").status_code == 302
    begun: list[str] = []
    monkeypatch.setattr(import_queue, "_run", lambda module, _: begun.append(module) or 1)
    keeping = import_queue.TradeInStep()
    keeping.keep(threading.Event())
    keeping.keep(threading.Event())
    assert begun == ["lippen.site.insight.trade_anew"], "what could not be reckoned is tried once"
    monkeypatch.undo()
    # What that process does is done here: it would open the workspace's own database, and this is another.
    monkeypatch.setattr(import_queue, "_run", lambda *_: reckoned_anew())
    keeping = import_queue.TradeInStep()
    keeping.keep(threading.Event())
    assert facts()["listings"] is None
    assert facts()["sightings"]["posts"] == 30
    assert Holding.objects.filter(pk="trade").exists()
    assert told.import_id


def test_when_the_last_of_it_runs_out_nobody_holds_it_any_more(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection_in(analyst.client, posts(20), **expiry(3))
    ran_out(monkeypatch, 3)
    assert sweeping.let_go_of_collections.call() == 1
    assert not Holding.objects.exists()
    assert manifest().imports == ()


def test_a_right_that_is_renewed_holds_the_same_file_longer(analyst: SimpleNamespace) -> None:
    first = collection_in(analyst.client, posts(20), **expiry(3))
    again = collection_in(analyst.client, posts(20), "same.jsonl", **expiry(90))
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)
    assert again.said == (
        f"Everything in this file was here already. It is held until {day.day} {day:%B %Y} now."
    )
    assert [one.expires for one in manifest().imports] == [day]
    assert f"It goes on {day.day} {day:%B %Y}" in page_of(analyst.client, first)
    (held,) = facts()["held"]
    assert held["expires"] == day.isoformat()


def test_a_renewal_under_another_right_is_told_of_what_came_in_first(analyst: SimpleNamespace) -> None:
    first = collection_in(analyst.client, posts(20), **expiry(3))
    anew = {**expiry(90), "basis": "a new decision; see file 7", "purpose": "drug alerts"}
    collection_in(analyst.client, posts(20), "same.jsonl", **anew)
    said = "by this right: a new decision; see file 7. Used for: drug alerts"
    assert said in page_of(analyst.client, first)
    listed = text_of(analyst.client.get("/imports/"))
    assert listed.count(said) == 2
    assert "nobody in it exists" not in listed


def test_a_right_is_not_renewed_in_the_name_of_another_holder(analyst: SimpleNamespace) -> None:
    collection_in(analyst.client, posts(20), **expiry(3))
    before = manifest()
    other = {**expiry(90), "who": "Milltown Housing"}
    again = collection_in(analyst.client, posts(20), "same.jsonl", **other)
    assert again.state == ImportState.REFUSED
    assert again.said == (
        "All of this is here already, and Milltown Trading Standards holds it, not Milltown Housing. Take"
        " that import back and bring it in anew under its own right, or name the holder as before."
    )
    assert manifest() == before


def test_refused_rows_of_a_collection_are_put_right_and_leave_as_no_file(analyst: SimpleNamespace) -> None:
    client = analyst.client
    job = collection_in(client, posts(20, spoiled=1))
    refused = client.get(f"/imports/{job.ref}/refused/")
    assert "When it was posted" not in text_of(refused)
    assert "yesterday" in text_of(refused)
    assert "wee_otter" not in text_of(refused)
    assert "refused.csv" not in refused.getvalue().decode()
    assert client.get(f"/imports/{job.ref}/refused.csv").status_code == 404
    key = refused.getvalue().decode().split('name="row" value="')[1].partition('"')[0]
    path = f"/imports/{job.ref}/refused/put-right/"
    form = form_of(client.get(path, {"row": [key]}))
    (name,) = [name for name, value in form.items() if value == "yesterday"]
    answer = client.post(path, {**form, "row": key, name: "2025-05-01 10:00:00"})
    assert answer.status_code == 302, text_of(answer)
    assert run(ImportJob.objects.latest("pk")).accepted == 1


def test_every_step_that_it_is_reckoned_by_is_known_to_the_page(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    keep = KeptStages._display

    def display(self: KeptStages, name: str, total: int | None) -> Stage:
        begun.append(name)
        return keep(self, name, total)

    monkeypatch.setattr(KeptStages, "_display", display)
    sightings_in(analyst.client, sightings())
    collection_in(analyst.client, posts(40))
    known = [name for name, _ in (*BRINGING_IN, *RECKONING_TRADE)]
    assert set(begun) == set(known)
    last = begun[begun.index("learn what adverts look like") :]
    assert last == [name for name in known if name in last], "they stand in the order in which they come"


def test_what_people_said_of_words_is_asked_for_when_it_is_reckoned(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lippen.trade.term_decisions import DECISIONS

    asked: list[int] = []
    monkeypatch.setattr(words_answered, "_tables", [])
    words_answered.provide(lambda: asked.append(1) or DECISIONS.empty_table())
    sightings_in(analyst.client, sightings())
    assert asked == [1]


def test_a_collection_whose_right_ran_out_before_its_turn_is_not_read(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = given(analyst.client, posts(8), "posts.jsonl", "listing")
    begin(analyst.client, job, **{**RIGHT, **expiry(1)})

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.now(tz) + dt.timedelta(days=1)

    monkeypatch.setattr("lippen.signals.authority.dt", SimpleNamespace(**{**vars(dt), "datetime": Later}))
    assert run(job).state == ImportState.REFUSED
    assert "ran out on" in job.said
    assert manifest().imports == ()
    assert importing.run(job.ref) == 0
    assert imports_services.uploads().folder(job.ref).exists(), "its columns can be chosen anew for a week"
