"""What the site writes down: no address that somebody asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.test import RequestFactory
from django.urls import ResolverMatch
from open_sites import Client, Served

from lippen.site.operation.demo_people import FictionalPerson
from lippen.site.operation.logs import WithoutAddresses


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
