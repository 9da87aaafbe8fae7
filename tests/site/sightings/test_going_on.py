"""What waits goes on together, as an import: with nothing in it that says who told it, and to nobody but
whom they were shown.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from people_factory import acting_as, make_colleague, make_organisation, signed_in
from telling import HANDLE, takes, tell, text_of, this_week

from lippen.manifest import Manifest
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation, new_reference
from lippen.site.insight import importing
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.operation.hourly import HOURLY
from lippen.site.register.models import Act, Entry
from lippen.site.sightings import services, sweeping, together
from lippen.site.sightings.limits import BATCH, WAITS_AT_MOST
from lippen.site.sightings.models import SeenBy, Waiting
from lippen.site.sightings.told import Told

pytestmark = pytest.mark.django_db(transaction=True)

WORKSPACE: Path = settings.CONFIGURATION.workspace


@pytest.fixture(autouse=True)
def lake() -> Iterator[None]:
    """No lake and no uploads before and after."""

    def emptied() -> None:
        for name in ("lake", "uploads"):
            shutil.rmtree(WORKSPACE / name, ignore_errors=True)

    emptied()
    (WORKSPACE / "lippen.toml").write_text("schema_version = 1\n")
    yield
    emptied()
    (WORKSPACE / "lippen.toml").unlink(missing_ok=True)


@pytest.fixture
def acting(police: Organisation) -> Acting:  # noqa: ARG001
    return acting_as(make_colleague(make_organisation("housing"), "worker", name="Ailsa Quhair"))


def a_telling() -> Told:
    return Told("ten blue tablets", "social", "Whinhaugh", this_week(), "new in 💙", None, "10")


def tell_some(acting: Acting, number: int, police: Organisation, **other: str) -> None:
    for at in range(number):
        told = replace(a_telling(), **{"product": f"blue tablets, kind {at}", **other})
        services.tell(acting, told, (), shown=police.ref, once=new_reference(), another=True)


def brought_in() -> ImportJob:
    """The import that waits, brought in as the background worker does it."""
    job = ImportJob.objects.get(state=ImportState.WAITING)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.RUNNING)
    assert importing.run(job.ref) == 0
    job.refresh_from_db()
    return job


def rows_in_lake() -> list[dict[str, object]]:
    files = [file for one in Manifest.read(WORKSPACE / "lake").imports for file in one.signals]
    return [row for file in files for row in pq.read_table(WORKSPACE / "lake" / file).to_pylist()]


def test_as_many_as_make_a_batch_go_on_as_one_import_that_says_of_nobody(
    acting: Acting, police: Organisation
) -> None:
    tell_some(acting, BATCH - 1, police)
    assert together.go_on() == 0, "too few, and all of today"
    tell_some(acting, 1, police, product="the last of them")
    refs = set(Waiting.objects.values_list("ref", flat=True))
    assert together.go_on() == BATCH
    assert not Waiting.objects.exists()
    job = brought_in()
    assert (job.state, job.organisation, job.by) == (ImportState.DONE, police.ref, "system"), job.said
    assert (job.accepted, job.quarantined, job.duplicates) == (BATCH, 0, 0)
    rows = rows_in_lake()
    assert {(row["seen_by"], row["channel"], row["larger_area"]) for row in rows} == {
        ("worker", "social", "Whinhaugh")
    }
    assert {row["seen_on"] for row in rows} == {this_week()}
    assert not refs & {str(row["sighting_id"]) for row in rows}, "each has a new id"
    held = "".join(
        one.read_bytes().decode("utf-8", "replace") for one in WORKSPACE.rglob("*") if one.is_file()
    )
    for told_by in (acting.person.ref, "Quhair", acting.organisation.ref, *refs):
        assert told_by not in held + job.name + job.mapping + job.consent
    assert not (WORKSPACE / "uploads" / job.ref).exists()


def test_what_was_told_in_the_form_is_counted_as_what_it_is_on_the_pages_of_its_holder(
    acting: Acting, police: Organisation
) -> None:
    """The whole way: form, batch, import, reckoning, and the page that an analyst of the holder reads."""
    teller = signed_in(acting.person)
    for at in range(BATCH):
        assert tell(teller, product=f"street vallies, blue, bag {at}").status_code == 302
    assert together.go_on() == BATCH
    assert brought_in().state == ImportState.DONE
    analyst = signed_in(make_colleague(police, "analyst", name="Iseabal Orr"))
    page = text_of(analyst.get("/trade/"))
    assert re.search(rf">diazepam(<[^>]+>|\s)*benzodiazepine(<[^>]+>|\s)*{BATCH}<", page)
    assert "Quhair" not in page


def test_fewer_wait_until_the_next_day(acting: Acting, police: Organisation) -> None:
    tell_some(acting, 2, police)
    assert together.go_on(timezone.localdate()) == 0
    assert together.go_on(timezone.localdate() + timedelta(days=1)) == 2


def test_the_order_of_telling_is_not_the_order_in_the_lake(acting: Acting, police: Organisation) -> None:
    orders = set()
    for _ in range(6):
        tell_some(acting, 3, police)
        together.go_on(timezone.localdate() + timedelta(days=1))
        job = ImportJob.objects.latest("pk")
        (export,) = (WORKSPACE / "uploads" / job.ref).iterdir()
        orders.add(tuple(json.loads(line)["product"][-1] for line in export.read_text().splitlines()))
    assert len(orders) > 1


def test_two_who_tell_the_same_say_two_things(acting: Acting, police: Organisation) -> None:
    tell_some(acting, 3, police, product="the same")
    together.go_on(timezone.localdate() + timedelta(days=1))
    assert brought_in().accepted == 3


def test_a_resident_s_goes_on_with_the_rest_and_with_no_author(police: Organisation) -> None:
    services.let_wait(replace(a_telling(), words=f"dm {HANDLE}"), seen_by=SeenBy.RESIDENT, goes_to=police.ref)
    waiting = Waiting.objects.get()
    assert (waiting.by, waiting.words) == ("", "dm [handle]")
    together.go_on(timezone.localdate() + timedelta(days=1))
    brought_in()
    (row,) = rows_in_lake()
    assert row["seen_by"] == "resident"


@pytest.mark.parametrize(
    "other",
    [
        {"product": "x" * 121},
        {"product": ""},
        {"words": "x" * 201},
        {"quantity": "x" * 41},
        {"larger_area": ""},
        {"larger_area": "x" * 81},
        {"channel": "telegram"},
    ],
    ids=str,
)
def test_what_has_no_place_in_a_sighting_does_not_wait(police: Organisation, other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"signs|Channel"):
        services.let_wait(replace(a_telling(), **other), seen_by=SeenBy.RESIDENT, goes_to=police.ref)
    assert not Waiting.objects.exists()


def test_what_was_told_for_one_goes_to_no_other_and_is_deleted_when_nobody_takes_it(
    acting: Acting, police: Organisation
) -> None:
    tell_some(acting, BATCH, police)
    takes(make_organisation("trading-standards"))
    assert together.go_on(timezone.localdate() + timedelta(days=1)) == 0
    assert together.let_go_of_old(timezone.localdate() + WAITS_AT_MOST) == 0
    assert together.let_go_of_old(timezone.localdate() + WAITS_AT_MOST + timedelta(days=1)) == BATCH
    entry = Entry.objects.get(what="sightings that nobody took")
    assert (entry.act, entry.shown.count()) == (Act.ERASURE, BATCH)


def test_an_organisation_that_closed_takes_none(acting: Acting, police: Organisation) -> None:
    tell_some(acting, BATCH, police)
    police.closed_on = timezone.localdate()
    police.save()
    assert together.go_on() == 0
    assert "Nobody takes sightings here yet" in text_of(signed_in(acting.person).get("/sightings/new/"))


def test_what_fails_half_way_leaves_everything_waiting_and_no_file(
    acting: Acting, police: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    tell_some(acting, BATCH, police)
    for broken in ("enter_change", "keep_export"):
        with monkeypatch.context() as patch:
            patch.setattr(together, broken, fails)
            with pytest.raises(OSError, match="the disk is full"):
                together.go_on()
        assert Waiting.objects.count() == BATCH
        assert not ImportJob.objects.exists()
        assert not any((WORKSPACE / "uploads").glob("*/*"))
    assert together.go_on() == BATCH


def test_nobody_stops_what_others_told_by_odd_texts(acting: Acting, police: Organisation) -> None:
    """Five texts that look like names of accounts, or of people, would have a whole export refused."""
    odd = ("wee_otter_1", "Mr Otter", "user1234567", "=cmd|' /C calc'!A0", '"},{"entry":"x')
    for product in odd:
        tell_some(acting, 1, police, product=product, words=product, quantity=product)
    together.go_on()
    job = brought_in()
    assert (job.state, job.accepted) == (ImportState.DONE, len(odd)), job.said


def test_as_soon_as_enough_wait_the_worker_is_asked_and_each_hour_anyway(
    acting: Acting, police: Organisation
) -> None:
    queued = DBTaskResult.objects.filter(task_path=sweeping.let_go_on.module_path)
    tell_some(acting, BATCH - 1, police)
    assert not queued.exists()
    tell_some(acting, 1, police)
    assert queued.count() == 1
    assert {sweeping.let_go_on, sweeping.let_go_of_sightings} <= set(HOURLY)


def test_what_went_on_can_no_longer_be_taken_back_by_whoever_told_it(
    acting: Acting, police: Organisation
) -> None:
    client = signed_in(acting.person)
    assert tell(client).status_code == 302
    ref = Waiting.objects.get().ref
    together.go_on(timezone.localdate() + timedelta(days=1))
    assert client.post(f"/sightings/{ref}/take-back/").status_code == 404
    assert "Nothing of yours waits" in text_of(client.get("/sightings/"))
    assert police.ref == ImportJob.objects.get().organisation
