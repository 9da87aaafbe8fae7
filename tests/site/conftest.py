"""A real site for tests that attack one: `lippen demo` as its own processes, on a workspace of its own.

`served` is that site, one for each process that runs tests; `demo_people` are the fictional people in it, by
name; `signed_in(person)` is a browser without script in which that person is signed in. The database is
SQLite, or on PostgreSQL when DATABASE_URL is set: a database of its own there, dropped at the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.middleware import csrf
from emptied_register import (  # noqa: F401 - fixtures for every test
    django_db_modify_db_settings,
    django_db_setup,
    register_stands_aside,
)
from open_sites import RUN, WORKERS, Client, Served, closed, own_database, start, stop
from threads import at_once  # noqa: F401 - a fixture for every test

from lippen.site.operation.demo_people import PEOPLE, FictionalPerson

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture(scope="session", autouse=True)
def _no_words_in_form_tokens() -> Iterator[None]:
    """Tests look for a short name on a page where it may not be: among 62 letters and digits one form's token
    held "Kev" by chance once in four thousand pages. Of capital consonants it holds no name and no number.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csrf, "CSRF_ALLOWED_CHARS", "BCDFGHJKLMNPQRSTVWXZ")
        yield


@pytest.fixture(scope="session", autouse=True)
def _shared_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    RUN.place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo that is open for as long as the tests run."""
    workspace = tmp_path_factory.mktemp("served") / "demo"
    with own_database() as database_url:
        if database_url is None:
            closed("demo", workspace, None)
        site = start("demo", workspace, database_url, workers=WORKERS)
        yield site
        stop(site)


@pytest.fixture(scope="session")
def demo_people() -> dict[str, FictionalPerson]:
    """The fictional people of the demo by name."""
    return {one.name: one for one in PEOPLE}


@pytest.fixture
def signed_in(served: Served) -> Callable[[FictionalPerson], Client]:
    """A browser of its own for each call, in which that person is signed in."""

    def open_as(person: FictionalPerson) -> Client:
        client = served.client()
        client.get("/demo/")
        answer = client.post(f"/demo/{person.word}/")
        assert answer.status == 302, answer.text
        return client

    return open_as


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer) -> LiveServer:
    """Django's server in this process, whose threads share the tests' database with it until the very end.

    A browser may be closed after the server, and keeps connections until then. The thread of each lets the
    database go only when its connection ends, and may no longer do so once the server has taken its leave.
    """
    for shared in live_server.thread.connections_override.values():
        shared.inc_thread_sharing()
    return live_server
