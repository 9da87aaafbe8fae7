"""What the site writes down: no address that somebody asked for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client as DjangoClient
from django.test import RequestFactory
from django.urls import ResolverMatch
from open_sites import Client, Served

from lippen.site.operation.demo_people import FictionalPerson
from lippen.site.operation.logs import WithoutAddresses, WithoutContent

NAME, ADDRESS = "Morag Sillars", "morag@example.org"


def written(path: str, route: str | None) -> str:
    request = RequestFactory().get(path)
    if route is not None:
        request.resolver_match = ResolverMatch(lambda: None, (), {}, route=route)
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "%s: %s", ("Failed", request.path), None
    )
    record.request = request
    assert WithoutAddresses().filter(record)
    return record.getMessage()


def test_a_route_stands_in_the_place_of_an_address() -> None:
    assert written("/invitations/abc123/", "invitations/<str:token>/") == "Failed: invitations/<str:token>/"
    assert "abc123" not in written("/invitations/abc123", None)


def written_of(fail: Callable[[], None]) -> str:
    """What the site's own formatter makes of an error."""
    formatter = WithoutContent("%(levelname)s %(name)s: %(message)s")
    try:
        fail()
    except Exception:
        record = logging.LogRecord("lippen", logging.ERROR, "", 0, "went wrong", (), sys.exc_info())
    return formatter.format(record)


def refused_by_the_database() -> None:
    try:
        raise IntegrityError(ADDRESS)
    except IntegrityError as error:
        raise ValueError(NAME) from error


def full() -> None:
    raise OSError(28, "No space left on device")


def test_an_error_is_written_with_its_kind_and_lines_and_not_with_what_it_quotes() -> None:
    said = written_of(refused_by_the_database)
    assert NAME not in said
    assert ADDRESS not in said
    assert "builtins.ValueError\nwhich came of\n" in said
    assert "django.db.utils.IntegrityError" in said
    assert "test_logs.py" in said


def test_what_a_disk_or_a_connection_lacks_is_written() -> None:
    assert "No space left on device" in written_of(full)


def test_a_fault_at_a_record_s_address_is_written_without_the_record(
    client: DjangoClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole way, a page and the API: what the handler of the site's settings makes of each line."""

    def fail(*_: Any) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr("lippen.site.accounts.access.redirect", fail)
    monkeypatch.setattr("lippen.site.accounts.programs.program_of", fail)
    client.raise_request_exception = False
    reference = "markerofthistest"
    assert client.get(f"/people/{reference}/").status_code == 500
    assert client.get(f"/api/v1/people/{reference}", headers={"authorization": "Bearer x"}).status_code == 500
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutContent)]
    lines = [handler.format(one) for one in caplog.records if handler.filter(one)]
    assert len(lines) >= 3
    assert not [one for one in lines if reference in one]
    assert not [one for one in lines if NAME in one]
    for route in ("people/<ref:ref>/", "api/v1/people/"):
        assert any(route in one for one in lines), lines


def test_what_is_refused_or_not_there_leaves_no_line(
    served: Served, signed_in: Callable[[FictionalPerson], Client], demo_people: dict[str, FictionalPerson]
) -> None:
    client = signed_in(demo_people["Callum Wishart"])
    for path in (
        "/people/marker-of-this-test/",
        "/nowhere/marker-of-this-test/",
        "/people/?q=marker-of-this-test",
    ):
        assert client.get(path).status in (403, 404)
    client.post("/demo/marker-of-this-test/", token="")
    assert "marker-of-this-test" not in served.workspace.with_name("demo.log").read_text()


def test_a_wrong_host_is_refused_without_a_line(served: Served) -> None:
    """Anybody can send one as often as they like, without signing in."""
    log = served.workspace.with_name("demo.log")
    before = log.read_text()
    for host in ("marker-of-this-test.example", "no host at all", "[fd00::1%eth0]"):
        assert served.client().ask("GET", "/sign-in/", headers={"Host": host}).status == 400
    assert log.read_text() == before
