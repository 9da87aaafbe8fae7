"""What the site answers, page or not: its headers, its words for a worried person, what it never shows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings
from read_html import read, said

from lippen.site.accounts.access import EVERYBODY, page, refuse
from lippen.site.form import views
from lippen.site.register.services import RegisterUnavailable

PAGES = ["/", "/form/", "/form/?look=dark", "/operating-code/"]
ANSWERS = {
    "/form/answers/400/": (400, "Nothing was changed."),
    "/form/answers/403/": (403, "You have done nothing wrong."),
    "/form/answers/form-expired/": (403, "Nothing was sent and nothing was changed."),
    "/form/answers/404/": (404, "Nothing is lost."),
    "/form/answers/500/": (500, "It is not your doing."),
    "/form/answers/503/": (503, "nothing was shown, and nothing was changed."),
    "/there/is/none/": (404, "Nothing is lost."),
    "/form/answers/nothing/": (404, "Nothing is lost."),
}


@pytest.fixture
def client() -> Client:
    """A browser that sends no form token of its own, and to which errors come as pages."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False, headers={"host": "localhost"})


@pytest.mark.parametrize("address", [*PAGES, *ANSWERS])
def test_nothing_inline_and_nothing_from_elsewhere(client: Client, address: str) -> None:
    response = client.get(address)
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("frame-ancestors") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    for one in read(response.content.decode()).elements:
        assert one.name not in {"script", "style", "base", "iframe"}
        assert not [name for name in one.attributes if name == "style" or name.startswith("on")], one
        for name in ("href", "src", "action"):
            target = one.attributes.get(name, "/")
            assert target.startswith(("/", "#")) or target == "", target
            assert not target.startswith("//"), target


@pytest.mark.parametrize("address", [*PAGES, *ANSWERS])
def test_every_page_has_one_heading_a_way_past_its_head_and_its_promises(
    client: Client, address: str
) -> None:
    html = client.get(address).content.decode()
    found = read(html)
    assert html.startswith("<!doctype html>")
    assert len(found.named("h1")) == len(found.named("main")) == len(found.named("title")) == 1
    assert next(one for one in found.named("a")).attributes == {"class": "skip", "href": "#main"}
    assert len(found.ids) == len(set(found.ids))
    assert "main" in found.ids
    links = [one.attributes["href"] for one in found.named("a")]
    assert "/operating-code/" in links
    assert {one[1:] for one in links if one.startswith("#")} <= set(found.ids)


@pytest.mark.parametrize(("address", "answer"), ANSWERS.items())
def test_an_error_says_what_it_means_and_what_one_can_do(
    client: Client, address: str, answer: tuple[int, str]
) -> None:
    response = client.get(address)
    text = said(response.content.decode())
    assert response.status_code == answer[0]
    assert answer[1] in text
    assert "What you can do" in text
    assert "Go to the first page" in text
    for word in ("Exception", "Traceback", "Django", "CSRF", "Forbidden", "Server Error", "invalid"):
        assert word not in text


def test_a_form_without_the_token_of_its_browser_goes_nowhere(client: Client) -> None:
    response = client.post("/form/", {"name": "Ailsa"})
    assert response.status_code == 403
    assert "Please send it again" in said(response.content.decode())


def test_a_host_that_is_not_ours_is_told_so_and_neither_name_is_said(
    client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "lippen.example"]
    settings.CONFIGURATION = replace(settings.CONFIGURATION, name="Braeside")
    response = client.get("/operating-code/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    page = response.content.decode()
    for name in ("elsewhere.example", "lippen.example", "Braeside"):
        assert name not in page
    text = said(page)
    assert "This site does not answer to that name" in text
    assert "add it under origins in site.toml" in text
    assert "does not understand" not in text


def raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(_: HttpRequest) -> HttpResponse:
        raise error

    return view


HOSTILE = "<script>alert(1)</script>"


def test_what_goes_wrong_shows_a_number_that_is_in_the_log_and_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The database is out of reach here, as it may be when something goes wrong."""
    monkeypatch.setattr(views, "operating_code", lambda: 1 / 0)
    with caplog.at_level(logging.ERROR, logger="lippen.site.form.views"):
        response = client.get("/operating-code/")
    assert response.status_code == 500
    text = said(response.content.decode())
    assert "division" not in text
    (line,) = [one.getMessage() for one in caplog.records if one.name == "lippen.site.form.views"]
    assert line.rsplit(" ", 1)[1] in text


@pytest.mark.parametrize(
    ("error", "status"), [(PermissionDenied(HOSTILE), 403), (SuspiciousOperation(HOSTILE), 400)]
)
def test_what_an_error_says_is_never_run(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setattr(views, "operating_code", lambda: (_ for _ in ()).throw(error))
    response = client.get("/operating-code/")
    assert response.status_code == status
    assert read(response.content.decode()).named("script") == []


def test_nothing_is_shown_when_the_register_cannot_be_written() -> None:
    checked = page("x/", raising(RegisterUnavailable("no room on the disk")), EVERYBODY, "x").callback
    response = checked(RequestFactory().get("/x/"))
    assert response.status_code == 503
    assert "So nothing was shown, and nothing was changed." in said(response.content.decode())
    assert "no room on the disk" not in response.content.decode()


def test_a_refusal_gives_its_reason_and_whom_to_ask() -> None:
    text = said(refuse(RequestFactory().get("/"), "Only the desk opens a report. <b>").content.decode())
    assert "Only the desk opens a report. <b>" in text
    assert "do not wait for this: ring 999" in text


def test_a_demo_is_marked_on_every_page_and_nothing_else_is(client: Client, settings: Settings) -> None:
    for address in [*PAGES, *ANSWERS]:
        assert "Nobody here exists" not in said(client.get(address).content.decode())
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    for address in [*PAGES, *ANSWERS]:
        assert "Demo. Nobody here exists" in said(client.get(address).content.decode())


def test_the_partnerships_name_is_on_every_page_and_never_run(client: Client, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, name=f"Braeside & {HOSTILE}")
    for address in [*PAGES, *ANSWERS]:
        found = read(client.get(address).content.decode())
        assert f"Braeside & {HOSTILE}" in found.words
        assert found.named("script") == []


def test_the_living_page_checks_a_letter_and_keeps_nothing(client: Client) -> None:
    client.get("/form/")
    token = read(client.get("/form/").content.decode()).named("input")
    sent = {
        "csrfmiddlewaretoken": next(
            one.attributes["value"] for one in token if one.attributes["name"] == "csrfmiddlewaretoken"
        ),
        "name": HOSTILE,
        **{"since_day": "1", "since_month": "2", "since_year": "2026"},
        **{"organisation": "housing", "answer": "yes", "words": HOSTILE, "agreed": "on"},
    }
    response = client.post("/form/", sent)
    assert "The letter is in order" in said(response.content.decode())
    assert read(response.content.decode()).named("script") == []
    wrong = client.post("/form/", {**sent, "name": ""}).content.decode()
    assert "Error: How these pages are made" in said(wrong)
    assert "Your name: Fill this in." in said(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/sign-in/"])
def test_a_file_that_is_sent_lies_nowhere(
    client: Client, address: str, tmp_path: Path, settings: Settings
) -> None:
    """Or whoever comes by could fill the disk of the machine, signed in or not."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    client.get("/sign-in/")  # with a cookie for forms, so that what is sent is read to look for its token
    written: list[Path] = []
    flush = TemporaryUploadedFile.__init__

    def noticed(self: TemporaryUploadedFile, *given: object, **named: object) -> None:
        flush(self, *given, **named)
        written.append(Path(self.temporary_file_path()))

    with patch.object(TemporaryUploadedFile, "__init__", noticed):
        answer = client.post(address, {"name": "x", "file": SimpleUploadedFile("a.bin", b"0" * 6_000_000)})
    assert answer.status_code < 500
    assert written == []
    assert list(tmp_path.iterdir()) == []
