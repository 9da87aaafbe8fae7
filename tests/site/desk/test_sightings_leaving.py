"""A sighting that leaves a desk: two stand for it, it goes to whoever holds sightings if residents can refuse
them, and nothing of it leads back.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from braeside_desk import Braeside
from django.conf import settings
from django.utils import timezone
from open_desks import own_store, receive
from people_factory import make_organisation, signed_in

from lippen.manifest import Manifest
from lippen.site.desk import at_once, drafts, fetching, logs_selectors, practice, releasing
from lippen.site.desk.log_content import LogRefused, latest
from lippen.site.desk.models import Log, LogState
from lippen.site.insight import importing
from lippen.site.insight.holding import hold_for, let_go
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.register.models import Entry, Shown
from lippen.site.sightings import together
from lippen.site.sightings.models import Waiting
from lippen.site.sightings.selectors import everywhere
from lippen.site.speak.store import monday

pytestmark = pytest.mark.django_db(transaction=True)

PRODUCT = "quinquireme tablets"


@pytest.fixture
def braeside() -> Iterator[Braeside]:
    made = Braeside()
    hold_for(made.homes.ref, "trade")
    yield made
    own_store().file.unlink()


def sighting(braeside: Braeside, **other: Any) -> str:
    told = {"v": 1, "sighting": "offer", "product": PRODUCT, "channel": "social", "words": "new in 🔌"}
    told |= {"price": "35.50", "quantity": "3.5 g", "area": "Harbour", "not_before": None}
    told |= {"week": f"{monday(timezone.localdate())}", "holder": braeside.homes.ref}
    return json.dumps(told | other)


def signed(braeside: Braeside, **other: Any) -> Log:
    """A sighting that Ann wrote and Bel signed off."""
    report = receive(braeside.desk, timezone.localdate())
    ref, content, salt = braeside.drafted(sighting(braeside, **other), report)
    fetching.fetch_report(braeside.bel, report)
    drafts.sign(braeside.bel, ref, content, salt)
    return Log.objects.filter(state=LogState.SIGNED).latest("pk")


def refused(braeside: Braeside, why: str, **other: Any) -> None:
    with pytest.raises(LogRefused, match=why):
        signed(braeside, **other)
    assert not Log.objects.filter(state=LogState.SIGNED).exists()
    Log.objects.all().delete()


def test_two_stand_for_a_sighting_and_for_the_very_words(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted(sighting(braeside))
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(LogRefused, match="you wrote this yourself"):
        drafts.sign(braeside.ann, ref, content, salt)
    with pytest.raises(LogRefused, match="not the words"):
        drafts.sign(braeside.bel, ref, sighting(braeside, product="other"), salt)
    drafts.sign(braeside.bel, ref, content, salt)
    waits = Log.objects.get()
    assert (waits.state, waits.report, waits.written_by, waits.sealed) == (LogState.SIGNED, "", "", "")
    assert waits.content == {
        **{"sighting": "offer", "product": PRODUCT, "channel": "social", "words": "new in 🔌"},
        **{"price": "35.50", "quantity": "3.5 g", "area": "Harbour"},
        "week": f"{monday(timezone.localdate())}",
    }
    assert set(waits.goes_to.values_list("organisation", flat=True)) == {braeside.homes.ref}


def test_a_sighting_never_goes_at_once(braeside: Braeside) -> None:
    fetching.fetch_report(braeside.ann, braeside.report)
    with pytest.raises(LogRefused, match="this is no log"):
        at_once.release_at_once(
            braeside.ann, braeside.report, sighting(braeside), let_stand="[]", called=True
        )


def test_it_goes_to_the_holder_alone_and_only_if_residents_could_refuse_them(braeside: Braeside) -> None:
    refused(braeside, "goes to whoever holds sightings here, and to nobody else", holder=braeside.police.ref)
    let_go("trade")
    refused(braeside, "nobody here takes sightings yet")
    hold_for(braeside.group.ref, "trade")
    refused(braeside, "our own organisation takes", holder=braeside.group.ref)
    let_go("trade")
    unnamed = make_organisation("health", name="Health")
    hold_for(unnamed.ref, "trade")
    refused(braeside, "does not name them to residents", holder=unnamed.ref)
    page = practice.report(braeside.ann, braeside.report)
    assert page.told["holder"] is None
    assert "Health takes the sightings here" in page.sightings.why
    let_go("trade")
    hold_for(braeside.homes.ref, "trade")
    assert practice.report(braeside.ann, braeside.report).told["holder"]["ref"] == braeside.homes.ref
    assert signed(braeside).content


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("product", "", "in letters"),
        ("product", "💊", "in letters"),
        ("product", "x" * 121, "at most 120 signs"),
        ("product", "two\nlines", "signs that are no text"),
        ("product", 7, "product is no text"),
        ("words", "turned \u202e round", "signs that are no text"),
        ("words", "ask @wee.otter", "an account, a number or a link"),
        ("words", "snap: weeotter99", "an account, a number or a link"),
        ("quantity", "ring 07700 900123", "a telephone number"),
        ("words", "at G1 1AA", "a full postcode"),
        ("product", "blue tablets sold in Lintbrae Close", "nothing smaller than its area"),
        ("words", "sold in lintbrae close", "nothing smaller than its area"),
        ("words", "flat 2/1", "nothing smaller than its area"),
        ("channel", "fax", "kind of channel"),
        ("area", "", "a larger area"),
        ("area", "12 Harbour Street", "a larger area"),
        ("price", "35,5", "no number of pounds"),
        ("price", "-1", "no number of pounds"),
        ("price", "1e9", "no number of pounds"),
        ("week", "2026-11-24", "a Monday that has come"),
        ("week", "2999-11-25", "a Monday that has come"),
        ("v", True, "this is no sighting"),
        ("sighting", "log", "kind of channel"),
    ],
)
def test_a_sighting_of_another_form_is_not_signed_off(
    braeside: Braeside, part: str, value: Any, why: str
) -> None:
    refused(braeside, why, **{part: value})


def test_a_sighting_is_held_back_as_long_as_was_asked(braeside: Braeside) -> None:
    day = timezone.localdate() + timedelta(days=20)
    refused(braeside, "at most 60 days", not_before=f"{latest(timezone.localdate()) + timedelta(days=1)}")
    signed(braeside, not_before=f"{day}")
    now = timezone.now()
    assert releasing.release_due(now + timedelta(days=19)) == 0
    assert releasing.release_due(now + timedelta(days=24)) == 1


def test_it_waits_with_those_that_workers_told_and_nothing_leads_back(braeside: Braeside) -> None:
    waits = signed(braeside)
    with_log = braeside.signed(text="other words")
    assert releasing.release_due(timezone.now() + timedelta(hours=1)) == 0
    assert releasing.release_due(timezone.now() + timedelta(hours=73)) == 2
    assert set(Log.objects.values_list("state", flat=True)) == {LogState.RELEASED}, "the log alone"
    found = Waiting.objects.get()
    assert (found.by, found.seen_by, found.goes_to) == ("", "resident", braeside.homes.ref)
    assert (found.product, found.words, found.quantity) == (PRODUCT, "new in 🔌", "3.5 g")
    assert (found.price_gbp, found.channel, found.larger_area) == ("35.50", "social", "Harbour")
    assert found.week == monday(timezone.localdate())
    assert waits.ref not in (found.ref, with_log)
    row = repr(vars(found))
    for one in (braeside.ann, braeside.bel):
        assert one.person.ref not in row
    assert braeside.group.ref not in row, "nor from which desk"
    entry = Entry.objects.get(what="sightings of desks released")
    shown = Shown.objects.filter(entry_id=entry.id)
    assert set(shown.values_list("data_class", "record")) == {("sighting", found.ref)}
    assert not Shown.objects.filter(record=waits.ref).exists()


@pytest.fixture
def lake() -> Iterator[Path]:
    """No lake and no uploads before and after."""
    workspace: Path = settings.CONFIGURATION.workspace

    def emptied() -> None:
        for name in ("lake", "uploads"):
            shutil.rmtree(workspace / name, ignore_errors=True)

    emptied()
    (workspace / "lippen.toml").write_text("schema_version = 1\n")
    yield workspace / "lake"
    emptied()
    (workspace / "lippen.toml").unlink(missing_ok=True)


def test_a_resident_s_sighting_comes_into_the_lake_as_one(braeside: Braeside, lake: Path) -> None:
    signed(braeside, area=everywhere(), price="")
    signed(braeside)
    releasing.release_due(timezone.now() + timedelta(hours=73))
    refs = set(Waiting.objects.values_list("ref", flat=True))
    assert together.go_on(timezone.localdate() + timedelta(days=1)) == 2
    job = ImportJob.objects.get()
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.RUNNING)
    assert importing.run(job.ref) == 0
    job.refresh_from_db()
    assert (job.organisation, job.accepted, job.quarantined) == (braeside.homes.ref, 2, 0), job.said
    files = [file for one in Manifest.read(lake).imports for file in one.signals]
    rows = [row for file in files for row in pq.read_table(lake / file).to_pylist()]
    assert {(row["seen_by"], row["product"], row["words"], row["quantity"]) for row in rows} == {
        ("resident", PRODUCT, "new in 🔌", "3.5 g")
    }
    assert {row["seen_on"] for row in rows} == {monday(timezone.localdate())}
    assert {(row["larger_area"], row["price_gbp"]) for row in rows} == {
        (everywhere(), None),
        ("Harbour", 35.5),
    }
    assert not refs & {row["sighting_id"] for row in rows}
    for desk_s in (braeside.group.ref, braeside.group.name, braeside.ann.person.ref):
        assert desk_s not in repr(rows)


def test_where_another_takes_sightings_by_then_it_goes_to_nobody(braeside: Braeside) -> None:
    signed(braeside)
    let_go("trade")
    hold_for(braeside.police.ref, "trade")
    releasing.release_due(timezone.now() + timedelta(hours=73))
    assert not Log.objects.exists()
    assert not Waiting.objects.exists()
    assert Entry.objects.filter(what="sightings of desks let go").count() == 1
    assert not Entry.objects.filter(what="sightings of desks released").exists()


def test_one_that_newer_rules_do_not_take_keeps_back_nothing(braeside: Braeside) -> None:
    spoilt = signed(braeside)
    assert spoilt.content
    Log.objects.filter(pk=spoilt.pk).update(content=spoilt.content | {"product": ""})
    signed(braeside)
    braeside.signed()
    assert releasing.release_due(timezone.now() + timedelta(hours=73)) == 3
    assert Waiting.objects.count() == 1
    assert [one.state for one in Log.objects.all()] == [LogState.RELEASED]
    assert Entry.objects.filter(what="sightings of desks let go").count() == 1


def test_sightings_and_logs_are_company_for_each_other_and_go_once_a_day(braeside: Braeside) -> None:
    signed(braeside)
    assert releasing.waiting_together() == 1
    for _ in range(2):
        signed(braeside)
    after = timezone.now() + timedelta(hours=13)
    assert releasing.release_due(after) == 3
    for _ in range(3):
        signed(braeside)
    assert releasing.release_due(after) == 0, "three went within a day"
    assert Waiting.objects.count() == 3


def test_no_page_of_logs_shows_a_sighting(braeside: Braeside) -> None:
    waits = signed(braeside)
    assert logs_selectors.log(braeside.keeper, waits.ref) is None
    releasing.release_due(timezone.now() + timedelta(hours=73))
    assert not Log.objects.exists()
    assert not logs_selectors.logs(braeside.keeper, "1").object_list
    assert Entry.objects.filter(what="logs released").count() == 0


def test_the_page_of_a_report_offers_a_sighting_or_says_why_not(braeside: Braeside) -> None:
    client = signed_in(braeside.ann.person)
    path = f"/desk/reports/{braeside.report}/"
    said = f"it goes to {braeside.homes.name} with a batch, and to nobody else"
    assert said in client.get(path).content.decode()
    let_go("trade")
    page = client.get(path).content.decode()
    assert "Nobody here takes sightings yet. Write a log." in page
    assert 'id="keep-sighting"' not in page
