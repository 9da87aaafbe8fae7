"""Uploads that lie, burst, break off or come from elsewhere: a clear word, nothing lost or half-read."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.http import UnreadablePostError
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload, encode_multipart
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, signed_in
from uploaded_exports import HEADINGS, WORKSPACE, as_csv, brought_in, calls, given, text_of, upload

from lippen.errors import LippenError
from lippen.signals import glance
from lippen.site.accounts.models import RoleHeld
from lippen.site.insight import imports_services, looking
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.insight.receiving import Received, Receiving
from lippen.site.insight.uploads import INCOMING, NotAnExport, Uploads, ending_of, open_new

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)

NO_FORMAT = random.Random(1).randbytes(5000)  # noqa: S311 - others might begin as some format does


@pytest.fixture(autouse=True)
def no_uploads() -> Iterator[None]:
    _clean()
    yield
    _clean()


def _clean() -> None:
    for name in ("uploads", "lake"):
        shutil.rmtree(WORKSPACE / name, ignore_errors=True)
    (WORKSPACE / "lippen.toml").write_text("schema_version = 1\n")


@pytest.fixture
def client() -> Client:
    return signed_in(make_colleague(make_organisation("police"), "analyst"))


def left_over() -> list[str]:
    folder = WORKSPACE / "uploads"
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []


def workbook(fill: Any) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    fill(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("calls.csv", b"%PDF-1.7 not a table", "The file is a PDF"),
        ("calls.xlsx", b"\x7fELF\x02\x01\x01", "The file is a program"),
        ("calls.csv", b"<!DOCTYPE html><title>Sign in</title>", "a web page, such as one that asks you"),
        ("calls.csv", NO_FORMAT + b"\x01\x02\x03" * 500, "no text and no format that is read here"),
        ("calls.csv", b"", "The file is empty"),
        ("calls.csv", b" \n\n", "The file is empty"),
        ("calls.csv", packed({"notes.txt": b"hello"}), "a zip that holds no workbook"),
        ("calls.xlsx", b"PK\x03\x04 and then nothing", "begins like a workbook and is damaged"),
        ("calls.csv.gz", b"\x1f\x8b\x08 broken", "The gzip is damaged"),
        ("calls.csv.gz", gzip.compress(packed({"xl/workbook.xml": b""})), "holds a workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # the bytes hold a time and what is drawn
)
def test_what_is_no_export_is_told_from_its_content_and_not_kept(
    client: Client, name: str, content: bytes, says: str
) -> None:
    answer = upload(client, content, name)
    assert answer.status_code == 400
    assert says in text_of(answer)
    assert left_over() == []
    assert not ImportJob.objects.exists()


def test_a_file_is_read_for_what_it_holds_whatever_it_is_called(client: Client) -> None:
    book = workbook(lambda sheet: [sheet.append(row) for row in [HEADINGS, *calls(30)]])
    job = given(client, book, "calls.csv")
    assert [one.suffix for one in (WORKSPACE / "uploads" / job.ref).iterdir()] == [".xlsx"]
    assert "Rows looked at 30" in text_of(client.get(f"/imports/{job.ref}/columns/"))


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "..\\..\\x.csv",
        "<img src=x onerror=alert(1)>.csv",
        "a" * 400 + ".csv",
        "\u202etxt.csv",
        "-rf.csv",
    ],
)
def test_a_name_is_shown_and_never_a_path(client: Client, name: str) -> None:
    before = set(WORKSPACE.parent.iterdir())
    job = given(client, as_csv(calls(3)), name)
    assert set(WORKSPACE.parent.iterdir()) == before
    assert left_over() == [job.ref]
    body = client.get("/imports/").getvalue().decode()
    assert "<img" not in body
    assert "../" not in job.name
    assert len(job.name) <= 255


def test_a_name_that_is_too_long_to_be_read_is_refused_on_the_page(client: Client) -> None:
    kept = given(client, as_csv(calls(3)))
    body = multipart(as_csv(calls(3)))[0].replace(b"calls.csv", b"a" * 1_000 + b".csv")
    answer = client.generic("POST", "/imports/new/?kind=incident", body, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 400
    page = text_of(answer)
    assert "nothing of it was kept" in page
    assert "the name of a file is too long" in page
    assert "Choose the file as the control room" in page, "the form is there to send it again"
    assert left_over() == [kept.ref]


def test_what_is_too_large_is_refused_before_it_is_read(client: Client, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, largest_upload_mib=1)
    big = as_csv(calls(3)) + b"x" * (3 << 20)
    answer = upload(client, big)
    assert answer.status_code == 413
    assert "an upload may have 1 MiB" in text_of(answer).replace("An upload", "an upload")
    assert "largest_upload_mib" in text_of(answer)
    assert left_over() == []


def multipart(content: bytes, *, whole: bool = True) -> tuple[bytes, str]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    body = encode_multipart(BOUNDARY, {"exports": SimpleUploadedFile("calls.csv", content)})
    return (body if whole else body[:-400]), MULTIPART_CONTENT


def receiving(body: bytes, kind: str, *, told: int | None = None, payload: Any = None) -> Receiving:
    request = RequestFactory().generic("POST", "/imports/new/?kind=incident", body, content_type=kind)
    if told is not None:
        request.META["CONTENT_LENGTH"] = told
    if payload is not None:
        request = RequestFactory().generic(
            "POST", "/imports/new/?kind=incident", body, content_type=kind, **{"wsgi.input": payload}
        )
    one = Receiving(request, Uploads(WORKSPACE))
    request.upload_handlers = [one]
    return one


def test_more_bytes_than_were_told_of_are_counted(settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, largest_upload_mib=1)
    one = receiving(*multipart(b"a,b\n" * (1 << 19)))
    one.read()
    assert one.received == []
    assert "1 MiB" in str(one.refused[0][1])
    assert left_over() == []


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    body, kind = multipart(as_csv(calls(2000)), whole=False)
    one = receiving(body, kind)
    one.read()
    assert one.received == []
    assert left_over() == []


class BreaksOff(FakePayload):
    """A connection that is closed by the other side in the middle of a file."""

    def read(self, size: int | None = None) -> bytes:
        if self.tell_read > 100_000:
            raise OSError("Connection reset by peer")
        self.tell_read += size or 0
        return super().read(size)

    tell_read = 0


def test_a_connection_that_is_reset_leaves_nothing() -> None:
    body, kind = multipart(as_csv(calls(20_000)))
    one = receiving(body, kind, payload=BreaksOff(body))
    with pytest.raises(UnreadablePostError):
        one.read()
    one.abandon()
    assert left_over() == []


def test_what_a_process_that_died_left_is_swept_and_what_is_being_sent_is_not() -> None:
    uploads = Uploads(WORKSPACE)
    dead, alive, known = "d" * 16, "a" * 16, "k" * 16
    os.close(open_new(uploads.make(dead) / INCOMING))
    handle = open_new(uploads.make(alive) / INCOMING)
    uploads.make(known)
    for ref in (dead, alive, known):
        os.utime(uploads.folder(ref), (0, 0))
    uploads.make("n" * 16)
    assert uploads.sweep([known]) == 1
    assert left_over() == [alive, known, "n" * 16]
    os.close(handle)
    assert uploads.sweep([known]) == 1


def test_no_link_in_the_folder_of_uploads_is_followed(tmp_path: Path) -> None:
    uploads = Uploads(WORKSPACE)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "export-000000000000.csv").write_text("precious")
    uploads.make("a" * 16)
    (uploads.directory / ("b" * 16)).symlink_to(outside)
    with pytest.raises(NotAnExport):
        uploads.export("b" * 16)
    os.utime(uploads.directory / ("b" * 16), (0, 0), follow_symlinks=False)
    os.utime(uploads.folder("a" * 16), (0, 0))
    assert uploads.sweep([]) == 2
    assert (outside / "export-000000000000.csv").read_text() == "precious"
    (outside / "target").touch()
    (uploads.make("c" * 16) / INCOMING).symlink_to(outside / "target")
    with pytest.raises(FileExistsError):
        open_new(uploads.folder("c" * 16) / INCOMING)
    for wrong in ("../x", "a" * 15, "A" * 16, ""):
        with pytest.raises(ValueError, match="no reference"):
            uploads.folder(wrong)


def test_an_upload_without_a_forms_own_token_is_not_kept() -> None:
    person = make_colleague(make_organisation("police"), "analyst")
    strict = signed_in(person, enforce_csrf=True)
    assert upload(strict, as_csv(calls(3))).status_code == 403
    assert left_over() == []


def test_nobody_else_sends_a_byte_to_the_disk(client: Client) -> None:
    assert upload(Client(), as_csv(calls(3))).status_code == 302
    officer = signed_in(make_colleague(make_organisation("police"), "police-officer"))
    assert upload(officer, as_csv(calls(3))).status_code == 403
    before = {*Path("/tmp").iterdir()}  # noqa: S108 - where Django would put it
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.post("/you/role/", {"x": SimpleUploadedFile("x.bin", b"x" * (4 << 20))})
    assert {*Path("/tmp").iterdir()} - before == set()  # noqa: S108
    assert left_over() == []


def test_a_gzip_that_bursts_is_refused_in_words(client: Client) -> None:
    wide = gzip.compress((b",".join([b" " * 1_250] * len(HEADINGS)) + b"\n") * 1_600)
    bomb = gzip.compress(as_csv(calls(2))) + wide * 80  # 1.2 GiB in some 1.5 MiB
    job = given(client, bomb, "calls.csv.gz")
    page = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert "as a file made to exhaust a computer does" in page


def test_a_workbook_with_a_million_empty_rows_is_read_or_refused_in_words(client: Client) -> None:
    def fill(sheet: Any) -> None:
        for row in [HEADINGS, *calls(20)]:
            sheet.append(row)
        sheet.cell(row=1_048_576, column=1, value=" ")

    job = given(client, workbook(fill), "calls.xlsx")
    assert "Rows looked at 20" in text_of(client.get(f"/imports/{job.ref}/columns/"))


def test_one_cell_in_the_last_corner_of_a_sheet_exhausts_nothing(client: Client) -> None:
    def fill(sheet: Any) -> None:
        for row in [HEADINGS, *calls(20)]:
            sheet.append(row)
        sheet.cell(row=1_048_576, column=16_384, value="x")

    job = given(client, workbook(fill), "calls.xlsx")
    page = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert "needs more memory or time to be looked at than any export may use" in page
    assert "Save the table as CSV" in page


def test_titles_formulas_and_links_to_other_workbooks_are_text(client: Client) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "Monthly return of the control room"
        sheet.merge_cells("A1:H1")
        sheet.append([])
        for row in [HEADINGS, *calls(20)]:
            sheet.append(row)
        sheet["G8"] = '=HYPERLINK("https://elsewhere.example/", "x")'
        sheet["G9"] = "='[other.xlsx]Sheet1'!A1"

    job = brought_in(client, workbook(fill), "calls.xlsx")
    assert (job.state, job.accepted) == (ImportState.DONE, 20)


def wide(columns: int) -> list[list[str]]:
    """Headings of so many columns more than calls have, and a few rows."""
    more = [f"extra {at}" for at in range(columns)]
    return [[*HEADINGS, *more], *([*row, *more] for row in calls(3))]


def as_parquet(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    headings, *values = rows
    columns = [pa.array(list(column)) for column in zip(*values, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, names=headings), out)
    return out.getvalue()


def as_json_lines(rows: list[list[str]]) -> bytes:
    headings, *values = rows
    return b"".join(json.dumps(dict(zip(headings, row, strict=True))).encode() + b"\n" for row in values)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("wide.csv", lambda rows: as_csv(rows[1:], rows[0])),
        ("wide.parquet", as_parquet),
        ("wide.xlsx", lambda rows: workbook(lambda sheet: [sheet.append(row) for row in rows])),
        ("wide.jsonl", as_json_lines),
    ],
    ids=["csv", "parquet", "xlsx", "jsonl"],
)
def test_a_file_with_ten_thousand_columns_is_refused_in_words_before_its_values_are_judged(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, written: Any
) -> None:
    monkeypatch.setattr(imports_services, "_look", looked_at_here)
    monkeypatch.setattr(glance, "identity_by_content", lambda _: pytest.fail("a value was judged"))
    job = given(client, written(wide(10_000)), name)
    page = text_of(client.get(f"/imports/{job.ref}/columns/"))
    assert (
        f"“{name}”: it cannot be read: it has 10,008 columns, and may have 500".casefold() in page.casefold()
    )
    assert "export only the columns that matter" in page
    assert "Upload another file" in page


def looked_at_here(job: ImportJob, *_: Any) -> dict[str, Any]:
    """A look within the process of the test, which sees what it does."""
    try:
        return looking.look(Uploads(WORKSPACE).export(job.ref), job.kind, "Calls", None, {}, None)
    except LippenError as why:
        return {"unread": str(why)}


def test_as_many_columns_as_a_file_may_have_make_a_page_that_can_be_used(client: Client) -> None:
    job = given(client, as_parquet(wide(492)), "wide.parquet")
    page = client.get(f"/imports/{job.ref}/columns/")
    assert "The export has 500 columns" in text_of(page)
    assert "Rows looked at 3" in text_of(page)
    assert len(page.content) < 1 << 20


def test_ending_of_says_what_a_file_holds(tmp_path: Path) -> None:
    for ending, content in {
        ".csv": as_csv(calls(2)),
        ".csv.gz": gzip.compress(as_csv(calls(2))),
        ".jsonl": b'\xef\xbb\xbf{"a": 1}\n',
        ".jsonl.gz": gzip.compress(b'{"a": 1}\n'),
    }.items():
        (tmp_path / "x").write_bytes(content)
        assert ending_of(tmp_path / "x") == ending
    (tmp_path / "x").write_bytes("a,b\n1,2\n".encode("utf-16"))
    assert ending_of(tmp_path / "x") == ".csv"


def test_a_page_without_a_known_import_is_not_there(client: Client) -> None:
    known = SimpleNamespace(ref="a" * 16)
    for path in ("", "columns/", "start/", "refused/", "refused.csv", "take-back/", "refused/put-right/"):
        assert client.get(f"/imports/{known.ref}/{path}").status_code == 404, path


def test_a_zip_of_more_parts_than_a_workbook_has_is_refused_before_its_list_is_read(tmp_path: Path) -> None:
    crowded = tmp_path / "crowded.xlsx"
    with zipfile.ZipFile(crowded, "w") as archive:
        for part in range(10_001):
            archive.writestr(f"xl/{part}", b"")
    with pytest.raises(NotAnExport, match="more parts than a workbook has"):
        ending_of(crowded)
    lying = crowded.read_bytes()
    at = lying.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(12)
    record += (10**9).to_bytes(8, "little") * 2 + (10**9).to_bytes(8, "little") + bytes(8)
    end = lying[at : at + 8] + bytes(14)
    crowded.write_bytes(lying[:at] + record + locator + end)
    with pytest.raises(NotAnExport, match="more parts than a workbook has"):
        ending_of(crowded)


def test_headings_of_any_length_make_a_page_that_can_be_used(client: Client) -> None:
    headings = [*HEADINGS, *(f"{at} {'x' * 3_000}" for at in range(200))]
    rows = [[*row, *([""] * 200)] for row in calls(30)]
    job = given(client, as_csv(rows, headings))
    page = client.get(f"/imports/{job.ref}/columns/")
    assert page.status_code == 200
    assert len(page.content) < 3 << 20


def test_a_role_that_ends_while_a_file_comes_in_takes_no_file() -> None:
    person = make_colleague(make_organisation("police"), "analyst")
    acting = acting_as(person)
    RoleHeld.objects.filter(person=person).update(until=timezone.localdate())
    received = Received("abcdefgh23456789", WORKSPACE, "calls.csv", 10, "0" * 64)
    with pytest.raises(PermissionError, match="has just ended"):
        imports_services.give(acting, received, "incident")
    assert not ImportJob.objects.exists()
