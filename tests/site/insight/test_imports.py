"""An analyst brings an export in, puts refused rows right and takes it back, on pages, with no command."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import product
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, signed_in
from uploaded_exports import (
    HEADINGS,
    WORKSPACE,
    as_csv,
    begin,
    brought_in,
    calls,
    cell,
    form_of,
    given,
    lines_of,
    refused_form,
    run,
    text_of,
    upload,
)

from lippen.engine import connect
from lippen.manifest import Manifest
from lippen.site.accounts.models import Organisation
from lippen.site.insight import import_ends, import_queue, importing, imports_services
from lippen.site.insight.corrections import put_right
from lippen.site.insight.imports_services import ImportUnknown
from lippen.site.insight.models import Holding, ImportJob, ImportState, SavedMapping
from lippen.site.register.models import Act, Entry
from lippen.workspace import Workspace

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_workspace", "looks_forked"),
]


@pytest.fixture
def police() -> Organisation:
    return make_organisation("police")


@pytest.fixture
def analyst(police: Organisation) -> SimpleNamespace:
    person = make_colleague(police, "analyst")
    return SimpleNamespace(person=person, client=signed_in(person))


def lake_rows() -> int:
    return sum(one.rows for one in Manifest.read(WORKSPACE / "lake").imports)


def test_an_export_goes_from_its_upload_into_the_lake(analyst: SimpleNamespace, police: Organisation) -> None:
    client = analyst.client
    assert "Nothing was brought in on these pages yet" in text_of(client.get("/imports/"))
    assert "(optional)" not in text_of(client.get("/imports/new/?kind=incident"))
    assert "Choose a file first" in text_of(client.post("/imports/new/?kind=incident", {}))
    job = given(client, as_csv(calls(400, spoiled=3)), "March & April.csv")
    folder = WORKSPACE / "uploads" / job.ref
    (export,) = [one for one in folder.iterdir() if one.name.startswith("export-")]
    assert (folder.stat().st_mode & 0o777, export.stat().st_mode & 0o777) == (0o700, 0o600)
    page = client.get(f"/imports/{job.ref}/columns/")
    shown = text_of(page)
    assert "Columns of March & April.csv" in shown
    assert "Caller Phone: it looks like a telephone number" in shown
    assert "900001" not in shown, "a caller's number is on no page"
    assert "2300 N 49TH ST" in shown
    assert "2305" not in shown, "a house number is on no page"
    assert "31/02/2024 10:00" in shown
    begin(client, job)
    assert Holding.objects.count() == 0
    assert run(job).state == ImportState.DONE, job.said
    assert (job.accepted, job.duplicates, job.quarantined) == (397, 0, 3)
    assert Holding.objects.get().organisation == police.ref
    assert not folder.exists()
    manifest = Manifest.read(WORKSPACE / "lake")
    assert "facts" in manifest.results
    rows = pq.read_table(WORKSPACE / "lake" / manifest.imports[0].signals[0]).to_pylist()
    kinds = {row["kind"]: row for row in rows}
    assert kinds["SEXUAL ASSAULT"]["protected"]
    assert kinds["TRAFFIC STOP"]["own_activity"]
    assert kinds["BURGLAR ALARM"]["sensor"]
    assert {row["outcome"] for row in rows} == {"founded", "unfounded", "unknown"}
    assert all("900123" not in row["text"] for row in rows)
    assert "397 in, 3 refused" in text_of(client.get("/imports/"))
    consent = json.loads(ImportJob.objects.get().consent)
    assert consent["by"] == analyst.person.ref
    assert consent["texts"] == "nobody"
    assert list(consent["left_out"]) == ["Caller Phone"]


def test_each_step_is_in_the_register_with_who_did_it(analyst: SimpleNamespace) -> None:
    job = brought_in(analyst.client, as_csv(calls(60)))
    done = Entry.objects.filter(act=Act.ALTERATION, shown__record=job.ref).order_by("pk")
    told = list(done.values_list("what", "reader"))
    mine, program = analyst.person.ref, "system"
    assert told == [
        ("an export uploaded", mine),
        ("the columns of an export chosen", mine),
        ("the bringing in of an export begun", mine),
        ("an export brought in", program),
    ]
    read = Entry.objects.filter(act=Act.CONSULTATION, shown__record=job.ref).values_list("what", flat=True)
    assert "an export before it is brought in" in read


def test_what_a_person_changes_is_what_is_read_and_is_kept_for_the_next_export(
    analyst: SimpleNamespace,
) -> None:
    client = analyst.client
    job = given(client, as_csv(calls(100)))
    page = client.get(f"/imports/{job.ref}/columns/")
    sent = form_of(page)
    body = page.getvalue().decode()
    key = body.partition('aria-label="NOISE NUISANCE: never assessed"')[0].rpartition('value="')[2][:16]
    sent["protected"] = [*sent.get("protected", []), key]
    sent |= {"zone": "America/Chicago", "source": "Milltown control room", "column-larger_area": ""}
    answer = client.post(f"/imports/{job.ref}/columns/", {**sent, "check": "yes"}, follow=True)
    assert "With your changes" in text_of(answer)
    assert "the police's own activity, 40 never assessed" in text_of(answer)
    begin(client, job)
    run(job)
    rows = pq.read_table(WORKSPACE / "lake" / Manifest.read(WORKSPACE / "lake").imports[0].signals[0])
    by_kind = {row["kind"]: row for row in rows.to_pylist()}
    assert by_kind["NOISE NUISANCE"]["protected"]
    assert by_kind["BATTERY"]["larger_area"] is None
    assert (WORKSPACE / "lippen.toml").read_text().count("America/Chicago") == 1
    assert SavedMapping.objects.get().by == analyst.person.ref
    following = given(client, as_csv(calls(100, first=100)), "next.csv")
    again = client.get(f"/imports/{following.ref}/columns/")
    assert "were checked for an earlier export" in text_of(again)
    assert form_of(again)["zone"] == "America/Chicago"
    assert key in form_of(again)["protected"]


def test_texts_in_which_somebody_may_be_named_are_left_out(analyst: SimpleNamespace) -> None:
    rows = calls(60)
    for row in rows[:4]:
        row[6] = "Spoke to Mrs Ailsa Gow at the door"
    job = given(analyst.client, as_csv(rows))
    sent = {**form_of(analyst.client.get(f"/imports/{job.ref}/columns/")), "go": "yes"}
    analyst.client.post(f"/imports/{job.ref}/columns/", sent)
    page = text_of(analyst.client.get(f"/imports/{job.ref}/start/"))
    assert "4 of 60 texts look as if they named somebody" in page
    assert "Mrs Ailsa Gow" in page
    assert "Read the sample of texts, and answer" in text_of(
        analyst.client.post(f"/imports/{job.ref}/start/", {"cut": "on"})
    )
    begin(analyst.client, job, texts="somebody")
    assert run(job).state == ImportState.DONE
    table = pq.read_table(WORKSPACE / "lake" / Manifest.read(WORKSPACE / "lake").imports[0].signals[0])
    assert table["text"].null_count == table.num_rows
    assert json.loads(job.consent)["texts"] == "somebody"


def test_the_same_file_again_changes_nothing_and_says_so(analyst: SimpleNamespace) -> None:
    content = as_csv(calls(80))
    brought_in(analyst.client, content)
    before = Manifest.read(WORKSPACE / "lake")
    again = brought_in(analyst.client, content, "the-same-under-another-name.csv")
    assert Manifest.read(WORKSPACE / "lake") == before
    assert (again.state, again.import_id) == (ImportState.DONE, "")
    page = text_of(analyst.client.get(f"/imports/{again.ref}/"))
    assert "Everything in this file was here already when it came, so nothing was changed" in page
    assert "Take this import back" not in page


def test_a_refused_row_is_put_right_and_leaves_the_list(analyst: SimpleNamespace) -> None:
    client = analyst.client
    job = brought_in(client, as_csv(calls(60, spoiled=2)))
    listing = f"/imports/{job.ref}/refused/"
    page = client.get(listing)
    assert "There is no such day or time of day" in text_of(page)
    body = page.getvalue().decode()
    keys = [one.partition('"')[0] for one in body.split('name="row" value="')[1:]]
    assert len(keys) == 2
    form = client.get(f"{listing}put-right/", {"row": keys[:1]})
    sent = form_of(form)
    assert "When it was reported (in the file: Reported) This is what was refused." in text_of(form)
    assert "It is written like 31/12/2018 22:04." in text_of(form)
    assert "Street or block (in the file: Location) (optional)" in text_of(form)
    (wrong,) = [name for name, value in sent.items() if value == "31/02/2024 10:00"]
    answer = client.post(f"{listing}put-right/", {**sent, wrong: "29/02/2024 10:00"})
    correction = ImportJob.objects.latest("pk")
    assert answer["Location"] == f"/imports/{correction.ref}/"
    assert correction.corrects == job.ref
    assert len(client.get(listing).getvalue().decode().split('name="row" value="')) == 2
    assert "Look at 1 refused row of calls.csv" in text_of(client.get("/imports/"))
    assert run(correction).state == ImportState.DONE
    assert (correction.accepted, correction.quarantined) == (1, 0)
    assert lake_rows() == 59
    assert "1 put right of calls.csv" in text_of(client.get(f"/imports/{job.ref}/"))
    twice = client.post(f"{listing}put-right/", {**sent, wrong: "28/02/2024 10:00"}, follow=True)
    assert "Tick the rows first" in text_of(twice)
    assert lake_rows() == 59
    form = client.get(f"{listing}put-right/", {"row": keys[1:]})
    sent = form_of(form)
    client.post(f"{listing}put-right/", {**sent, cell(sent, "31/02"): "28/02/2024 10:00"})
    assert "2 refused rows, put right of calls.csv" in text_of(client.get("/imports/"))


def test_a_form_of_twenty_rows_may_take_half_an_hour_to_fill_in(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened within ten minutes of saying who one is, and sent within half an hour."""
    client = analyst.client
    job = brought_in(client, as_csv(calls(60, spoiled=1)))
    where, sent = refused_form(client, job)
    right = {**sent, cell(sent, "31/02"): "28/02/2024 10:00"}
    begun = time.time()

    def after(minutes: int) -> Any:
        monkeypatch.setattr(time, "time", lambda: begun + minutes * 60)
        assert client.get("/imports/").status_code == 200, "whoever does nothing for so long is signed out"
        assert client.get(where, {"row": sent["row"]})["Location"].startswith("/you/again/")
        return client.post(where, right)

    assert after(25)["Location"] == f"/imports/{ImportJob.objects.get(corrects=job.ref).ref}/"
    assert after(45)["Location"].startswith("/you/again/")


def test_a_whole_import_is_taken_back_with_what_was_put_right_of_it(analyst: SimpleNamespace) -> None:
    client = analyst.client
    first = brought_in(client, as_csv(calls(60)), "january.csv")
    second = brought_in(client, as_csv(calls(60, first=60, spoiled=1)), "february.csv")
    listing = f"/imports/{second.ref}/refused/"
    key = client.get(listing).getvalue().decode().split('name="row" value="')[1].partition('"')[0]
    sent = form_of(client.get(f"{listing}put-right/", {"row": [key]}))
    (wrong,) = [name for name, value in sent.items() if str(value).startswith("31/02")]
    client.post(f"{listing}put-right/", {**sent, wrong: "01/02/2024 10:00"})
    correction = run(ImportJob.objects.latest("pk"))
    ask = text_of(client.get(f"/imports/{second.ref}/take-back/"))
    assert "Take back the whole import of february.csv?" in ask
    assert "1 put right of february.csv" in ask
    assert lake_rows() == 120
    client.post(f"/imports/{second.ref}/take-back/")
    assert run(second).state == ImportState.UNDONE
    correction.refresh_from_db()
    assert correction.state == ImportState.UNDONE
    assert lake_rows() == 60
    assert "facts" in Manifest.read(WORKSPACE / "lake").results
    client.post(f"/imports/{first.ref}/take-back/")
    run(first)
    assert lake_rows() == 0
    assert Holding.objects.count() == 0, "nobody holds what is not there"
    assert brought_in(client, as_csv(calls(60)), "january.csv").accepted == 60


def test_a_file_that_was_taken_back_comes_in_again_and_pages_say_how_it_stands(
    analyst: SimpleNamespace,
) -> None:
    client = analyst.client
    brought_in(client, as_csv(calls(60)), "january.csv")
    rows = calls(60, first=60, spoiled=1)
    february = as_csv([*rows, rows[0]])
    first = brought_in(client, february, "february.csv")
    assert "59 in, 1 here already or given twice, 1 refused" in text_of(client.get(f"/imports/{first.ref}/"))
    nothing_new = brought_in(client, february, "february-again.csv")
    assert "Everything in this file was here already" in text_of(client.get(f"/imports/{nothing_new.ref}/"))
    client.post(f"/imports/{first.ref}/take-back/")
    assert run(first).state == ImportState.UNDONE
    page = text_of(client.get(f"/imports/{first.ref}/"))
    assert "59 were in" in page
    assert "59 in" not in page
    listed = text_of(client.get("/imports/"))
    assert "59 in" not in listed
    again = brought_in(client, february, "february.csv")
    assert (again.state, again.accepted, again.said) == (ImportState.DONE, 59, "")
    assert lake_rows() == 119


def test_what_was_taken_back_can_be_searched_no_more(analyst: SimpleNamespace) -> None:
    client, folder = analyst.client, WORKSPACE / "lake" / "search"
    only = brought_in(client, as_csv(calls(60)), "january.csv")
    assert "One incident was found" in text_of(client.get("/search/", {"q": "INC-00007"}))
    assert len(list(folder.iterdir())) == 1
    client.post(f"/imports/{only.ref}/take-back/")
    assert run(only).state == ImportState.UNDONE
    assert list(folder.iterdir()) == [], "no text is left in an index"


def test_what_is_written_into_a_refused_row_is_asked_about_and_nothing_written_is_not_brought_in(
    analyst: SimpleNamespace,
) -> None:
    client = analyst.client
    where, sent = refused_form(client, brought_in(client, as_csv(calls(60, spoiled=1))))
    assert "You changed nothing in this row" in text_of(client.post(where, sent))
    assert ImportJob.objects.count() == 1
    text, day = cell(sent, "Noise from the yard"), cell(sent, "31/02/2024")
    sent |= {day: "29/02/2024 10:00", text: "Noise, says Mrs Ailsa Gow of the second floor"}
    asked = client.post(where, sent)
    assert asked.status_code == 400
    assert "This looks as if it held a name after a title" in text_of(asked)
    assert ImportJob.objects.count() == 1
    (sure,) = [name for name in sent if name.endswith("-sure")]
    assert client.post(where, {**sent, sure: "on"}).status_code == 302
    assert ImportJob.objects.count() == 2


def test_a_row_put_right_that_waits_is_let_be_when_its_whole_import_is_taken_back(
    analyst: SimpleNamespace,
) -> None:
    client = analyst.client
    job = brought_in(client, as_csv(calls(60, spoiled=1)))
    where, sent = refused_form(client, job)
    client.post(where, {**sent, cell(sent, "31/02/2024"): "29/02/2024 10:00"})
    waits = ImportJob.objects.latest("pk")
    client.post(f"/imports/{job.ref}/take-back/")
    waits.refresh_from_db()
    assert waits.state == ImportState.CANCELLED
    assert "calls.csv is taken back" in text_of(client.get(f"/imports/{waits.ref}/"))
    assert not (WORKSPACE / "uploads" / waits.ref).exists()
    with pytest.raises(ImportUnknown, match="while it is not in"):
        put_right(acting_as(analyst.person), job.ref, [("calls.csv", 61, {"Incident No": "x"})])
    assert run(job).state == ImportState.UNDONE
    assert lake_rows() == 0


def test_only_what_somebody_was_shown_is_brought_in(analyst: SimpleNamespace) -> None:
    """Between the page with its sample of texts and the button, a colleague chooses other columns."""
    client = analyst.client
    headings = [*HEADINGS, "Remarks"]
    rows = [[*row, f"caller is the neighbour, call {at}"] for at, row in enumerate(calls(60))]
    job = given(client, as_csv(rows, headings))
    columns, start = f"/imports/{job.ref}/columns/", f"/imports/{job.ref}/start/"
    sent = {**form_of(client.get(columns)), "go": "yes"}
    client.post(columns, sent)
    shown = form_of(client.get(start)) | {"texts": "nobody", "cut": "on"}
    assert client.post(columns, {**sent, cell(sent, "Notes"): "Remarks"}).status_code == 302
    again = client.post(start, shown)
    assert again.status_code == 400
    assert "its columns were chosen anew after you opened this page" in text_of(again).replace("Its", "its")
    assert "caller is the neighbour" in text_of(again)
    job.refresh_from_db()
    assert job.state == ImportState.GIVEN
    assert client.post(start, form_of(again) | {"texts": "nobody", "cut": "on"}).status_code == 302


def test_whoever_comes_while_an_export_is_looked_at_waits_in_no_thread(
    analyst: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = analyst.client
    job = given(client, as_csv(calls(20)))
    columns = f"/imports/{job.ref}/columns/"
    with imports_services._LOOKING:
        page = text_of(client.get(columns))
    assert "calls.csv is not looked at yet" in page
    assert "Look again" in page
    monkeypatch.setattr(imports_services, "LOOK_SECONDS", 0.001)
    assert "needs more memory or time" in text_of(client.get(columns))
    monkeypatch.undo()
    assert "needs more memory or time" in text_of(client.get(columns)), "it is not looked at again each time"


def test_an_import_that_another_leans_on_is_not_taken_back(analyst: SimpleNamespace) -> None:
    client = analyst.client
    first = brought_in(client, as_csv(calls(60)), "january.csv")
    brought_in(client, as_csv(calls(60, first=30)), "overlapping.csv")
    assert lake_rows() == 90
    answer = client.post(f"/imports/{first.ref}/take-back/")
    assert answer.status_code == 409
    assert "overlapping.csv" in text_of(answer)
    first.refresh_from_db()
    assert first.state == ImportState.DONE


def test_an_import_waits_its_turn_while_somebody_else_writes_to_the_lake(analyst: SimpleNamespace) -> None:
    job = given(analyst.client, as_csv(calls(40)))
    begin(analyst.client, job)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.RUNNING)
    with connect() as engine, Workspace.open(WORKSPACE, engine).stage_import("incident"):
        assert importing.run(job.ref) == import_ends.BUSY
    job.refresh_from_db()
    assert job.state == ImportState.RUNNING, "it is for the queue to let it wait"
    assert importing.run(job.ref) == 0
    assert lake_rows() == 40


def test_what_waits_for_an_organisation_that_takes_part_no_longer_is_not_brought_in(
    analyst: SimpleNamespace, police: Organisation
) -> None:
    job = given(analyst.client, as_csv(calls(40)))
    begin(analyst.client, job)
    Organisation.objects.filter(pk=police.pk).update(closed_on=timezone.localdate())
    assert run(job).state == ImportState.REFUSED
    assert "takes part no longer" in job.said
    assert lake_rows() == 0


def test_what_was_refused_leaves_as_a_file_that_nothing_runs(analyst: SimpleNamespace) -> None:
    rows = calls(40)
    rows[5][2], rows[6][2] = "=HYPERLINK(1)", "ask Mrs Ferrier"
    job = brought_in(analyst.client, as_csv(rows))
    answer = analyst.client.get(f"/imports/{job.ref}/refused.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="refused-rows.csv"'
    lines = lines_of(answer)
    assert lines[0] == '"handling","line","column","value","reason"'
    assert '"\'=xxxxxxxxx(1)"' in lines[1]
    assert '"8","Reported","xxx xxx xxxxxxx"' in lines[2]
    assert "Ferrier" not in "".join(lines)
    assert Entry.objects.latest("pk").act == Act.DISCLOSURE


def test_what_is_cancelled_leaves_nothing(analyst: SimpleNamespace) -> None:
    job = given(analyst.client, as_csv(calls(20)))
    analyst.client.post(f"/imports/{job.ref}/cancel/")
    job.refresh_from_db()
    assert job.state == ImportState.CANCELLED
    assert not (WORKSPACE / "uploads" / job.ref).exists()
    assert analyst.client.get(f"/imports/{job.ref}/columns/")["Location"] == f"/imports/{job.ref}/"


def test_a_page_that_is_watched_asks_for_itself_until_told_not_to(analyst: SimpleNamespace) -> None:
    job = given(analyst.client, as_csv(calls(20)))
    begin(analyst.client, job)
    watched = analyst.client.get(f"/imports/{job.ref}/")
    assert watched["Refresh"] == f"3; url=/imports/{job.ref}/", "no place on a page (#effect) keeps it there"
    assert "It begins in a moment" in text_of(watched)
    assert "Refresh" not in analyst.client.get(f"/imports/{job.ref}/?still").headers
    ImportJob.objects.filter(pk=job.pk).update(
        state=ImportState.RUNNING, stage="settle", rows=10_000, total=20_000
    )
    under_way = text_of(analyst.client.get(f"/imports/{job.ref}/"))
    assert "Read and check each row done" in under_way
    assert "10,000 of about 20,000" in under_way


def test_others_are_told_alike_of_what_there_is_and_what_there_is_not(
    analyst: SimpleNamespace, police: Organisation
) -> None:
    job = brought_in(analyst.client, as_csv(calls(40)))
    officer = signed_in(make_colleague(police, "police-officer"))
    elsewhere = signed_in(make_colleague(make_organisation("housing"), "analyst"))
    # An analyst elsewhere may bring adverts in as long as nobody holds any, so the room is open to them.
    for (client, answered), ref in product(((officer, 403), (elsewhere, 404)), (job.ref, "a" * 16)):
        for path in ("", "columns/", "start/", "take-back/", "refused/", "refused/put-right/"):
            assert client.get(f"/imports/{ref}/{path}").status_code == answered, path
        assert client.get(f"/imports/{ref}/refused.csv").status_code == 403
        assert client.post(f"/imports/{ref}/cancel/").status_code == answered
    assert job.name not in text_of(elsewhere.get("/imports/"))
    assert f"{police.name} holds the incidents here" in text_of(elsewhere.get("/imports/new/"))
    assert upload(elsewhere, as_csv(calls(3))).status_code == 403
    Holding.objects.create(pk="trade", organisation=police.ref)
    closed = elsewhere.get("/imports/")
    assert closed.status_code == 403
    assert f"{police.name} holds the adverts and sightings here" in text_of(closed)
    assert not [*(WORKSPACE / "uploads").iterdir()]


def test_the_columns_say_whose_clock_is_assumed_and_why(analyst: SimpleNamespace) -> None:
    """A site keeps times by the clock of its first import. What later ones look like, they are proposed by
    it, and what would be refused for it in the end is said before anything is brought in.
    """
    client = analyst.client
    first = given(client, as_csv(calls(40)))
    columns = f"/imports/{first.ref}/columns/"
    page = text_of(client.get(columns))
    assert "Europe/London is a guess, for want of anything to go by" in page
    assert "By another clock each time would be moved by the hours between the two" in page
    chosen = {**form_of(client.get(columns)), "zone": "America/Chicago", "check": "yes"}
    page = text_of(client.post(columns, chosen, follow=True))
    assert "America/Chicago was chosen; the guess was Europe/London" in page
    begin(client, first, zone="Europe/London")
    assert run(first).accepted == 40
    rows = [[*row, f"41.8{at % 9}", f"-87.6{at % 10}"] for at, row in enumerate(calls(40, first=40))]
    other = given(client, as_csv(rows, [*HEADINGS, "Latitude", "Longitude"]), "other.csv")
    columns = f"/imports/{other.ref}/columns/"
    proposed = client.get(columns)
    assert form_of(proposed)["zone"] == "Europe/London"
    assert "This site keeps times by Europe/London since its first import" in text_of(proposed)
    assert "going by the coordinates it may be America/Chicago" in text_of(proposed)
    chosen = {**form_of(proposed), "zone": "America/Chicago", "go": "yes"}
    refused = text_of(client.post(columns, chosen, follow=True))
    assert "It cannot be brought in yet" in refused
    assert "this site keeps times by Europe/London, and you chose America/Chicago" in refused.replace(
        "This site", "this site"
    )
    assert client.get(f"/imports/{other.ref}/start/")["Location"] == columns
    client.post(columns, {**form_of(proposed), "go": "yes"})
    last = client.get(f"/imports/{other.ref}/start/")
    assert "its times may be by the clock of America/Chicago. They are read by that of" in text_of(last)
    sent = {**form_of(last), "texts": "nobody", "cut": "on"}
    asked = client.post(f"/imports/{other.ref}/start/", sent)
    assert "Ask whoever made the export whose clock its times are" in text_of(asked)
    begin(client, other, zone="Europe/London")
    assert run(other).accepted == 40


def test_a_clock_that_another_import_settles_meanwhile_is_refused_in_words(analyst: SimpleNamespace) -> None:
    """Two first exports, by two clocks, both wait for their turn."""
    first, other = (given(analyst.client, as_csv(calls(40, first=at)), f"{at}.csv") for at in (0, 40))
    begin(analyst.client, first, zone="Europe/London")
    begin(analyst.client, other, zone="America/Chicago")
    run(first)
    assert run(other).state == ImportState.REFUSED
    assert "This site keeps times by the clock of Europe/London, not America/Chicago" in other.said
    assert "Go back to its columns" in other.said
    assert str(WORKSPACE) not in other.said


def test_an_upload_that_nobody_goes_on_with_is_let_go_after_a_week(analyst: SimpleNamespace) -> None:
    job = given(analyst.client, as_csv(calls(20)))
    import_queue.sweep()
    assert (WORKSPACE / "uploads" / job.ref).is_dir()
    ImportJob.objects.filter(pk=job.pk).update(made_at=job.made_at - import_queue.KEPT * 2)
    folder = WORKSPACE / "uploads" / job.ref
    import os

    os.utime(folder, (0, 0))
    assert import_queue.sweep() == 1
    assert not folder.exists()
    job.refresh_from_db()
    assert job.state == ImportState.CANCELLED


def test_clicks_at_the_same_moment_begin_one_import_and_all_lead_to_it(
    analyst: SimpleNamespace, at_once: Callable[..., list[Any]]
) -> None:
    job = given(analyst.client, as_csv(calls(40)))
    columns, start = f"/imports/{job.ref}/columns/", f"/imports/{job.ref}/start/"
    analyst.client.post(columns, {**form_of(analyst.client.get(columns)), "go": "yes"})
    sent = {**form_of(analyst.client.get(start)), "texts": "nobody", "cut": "on"}
    answers = at_once(lambda _: analyst.client.post(start, sent), list(range(4)))
    assert [(one.status_code, one.get("Location")) for one in answers] == [(302, f"/imports/{job.ref}/")] * 4
    assert Entry.objects.filter(what="the bringing in of an export begun").count() == 1
