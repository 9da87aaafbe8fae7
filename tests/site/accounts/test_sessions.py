"""Who reads the database can use no session in it, and learns from none where anybody was."""

from __future__ import annotations

import base64
import re
import zlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import connection
from django.test import Client
from django.utils import timezone
from entering_people import PASSWORD, Browser, person, secret_on, signed_in

from lippen.site.accounts.models import Session
from lippen.site.accounts.sessions import SessionStore
from lippen.site.operation.hourly import clear_sessions
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

COOKIE = "lippen-session"


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = key
    return client


def all_that_is_kept() -> bytes:
    """Every table of the site as one text, so that nothing is overlooked."""
    kept = bytearray()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            for row in cursor.fetchall():
                for one in row:
                    kept += bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode()
                    kept += b"\n"
    return bytes(kept)


def test_nothing_in_the_database_is_a_cookie_that_opens_a_session() -> None:
    browser = signed_in(person("morag", "worker"))
    kept = all_that_is_kept()
    assert browser.cookies[COOKIE].value.encode() not in kept
    row = Session.objects.get(person__isnull=False)
    for taken in (bytes(row.digest).hex(), str(row.pk), row.content):
        assert with_cookie(taken).get("/you/").status_code == 302
    assert browser.get("/you/").status_code == 200


def test_no_address_and_no_browser_is_kept_anywhere() -> None:
    ruth = person("ruth", "researcher")
    browser = Browser(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="a browser of its own kind")
    browser.post("/sign-in/", {"login": ruth.email, "password": "a wrong one"})
    browser.enter(ruth)
    page = browser.get("/you/sessions/").content
    for told in (all_that_is_kept(), page):
        assert b"203.0.113" not in told
        assert b"of its own kind" not in told


def test_what_a_session_holds_cannot_be_read_not_even_the_secret_of_a_new_app() -> None:
    browser = Browser()
    browser.enter(person("morag", "worker"))
    browser.again()
    secret = secret_on(browser.get("/you/security/app/").content.decode())
    assert secret in str(dict(browser.session))
    content = Session.objects.get(person__isnull=False).content
    packed = [base64.urlsafe_b64decode(f"{part}===") for part in re.split("[.:]", content)]
    with suppress(zlib.error):
        packed.append(zlib.decompress(packed[1 if len(packed) > 1 else 0]))
    assert not any(secret.encode() in one for one in (content.encode(), *packed))


def test_a_row_in_the_place_of_another_opens_nothing() -> None:
    """Whoever can write to the database puts an administrator's session into the row of their own."""
    administrator, thief = signed_in(person("isla", "administrator")), signed_in(person("morag", "worker"))
    theirs = Session.objects.get(person__name="Isla")
    Session.objects.filter(person__name="Morag").update(content=theirs.content, person=theirs.person)
    assert thief.get("/you/").status_code == 302
    assert administrator.get("/you/").status_code == 200


def test_a_key_that_the_site_did_not_give_is_not_taken_up() -> None:
    planted = "k" * 32
    browser = Browser()
    browser.cookies[COOKIE] = planted
    browser.enter(person("ruth", "researcher"))
    assert browser.cookies[COOKIE].value != planted
    assert with_cookie(planted).get("/you/").status_code == 302


def test_one_s_own_page_shows_since_when_and_ends_all_others_at_once() -> None:
    ruth = person("ruth", "researcher")
    here, elsewhere, stranger = Browser(), Browser(), Browser()
    for browser in (here, elsewhere):
        browser.enter(ruth)
    stranger.enter(person("ewan", "researcher"))
    assert rows_on(here) == 2
    assert b"this browser" in here.get("/you/sessions/").content
    answer = here.post("/you/sessions/", follow=True)
    assert b"You are signed out everywhere else." in answer.content
    assert rows_on(here) == 1
    assert elsewhere.get("/you/").status_code == 302
    assert stranger.get("/you/").status_code == 200
    assert Entry.objects.filter(what="every other browser signed out", shown__record=ruth.ref).exists()


def rows_on(browser: Browser) -> int:
    return browser.get("/you/sessions/").content.count(b'role="rowheader"')


def test_sessions_that_time_has_ended_are_not_shown() -> None:
    morag = person("morag", "worker")
    browser = signed_in(morag)
    now = timezone.now()
    for began, used in ((9, 0.1), (1, 0.6)):
        Session.objects.create(
            digest=f"{began}".encode(),
            person=morag,
            content="",
            began=now - timedelta(hours=began),
            used=now - timedelta(hours=used),
            expires_at=now + timedelta(hours=1),
        )
    assert rows_on(browser) == 1


def test_signing_out_leaves_no_row_and_the_sweep_takes_those_that_ran_out() -> None:
    ruth, ewan = person("ruth", "researcher"), person("ewan", "researcher")
    leaving, closed, staying = Browser(), Browser(), Browser()
    leaving.enter(ruth)
    leaving.post("/sign-out/")
    assert not Session.objects.filter(person=ruth).exists()
    closed.enter(ruth)
    staying.enter(ewan)
    Session.objects.filter(person=ruth).update(expires_at=timezone.now())
    assert closed.get("/you/").status_code == 302
    clear_sessions.call()
    assert set(Session.objects.filter(person__isnull=False).values_list("person", flat=True)) == {ewan.pk}


def test_a_session_that_was_ended_meanwhile_is_not_written_back() -> None:
    """A slow request of a browser that was signed out from another one ends after that."""
    browser = Browser()
    browser.enter(person("ruth", "researcher"))
    slow = SessionStore(browser.cookies[COOKIE].value)
    slow["seen"] = slow["began"]
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        slow.save()
    assert not Session.objects.exists()


def test_two_sessions_never_share_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    first = SessionStore()
    first.create()
    assert first.exists(first.session_key or "")
    monkeypatch.setattr(SessionStore, "_get_new_session_key", lambda _: first.session_key)
    with pytest.raises(CreateError):
        SessionStore().create()


@pytest.mark.parametrize("key", ["", "k" * 32, "../../etc/passwd", "\x00", "x" * 5_000])
def test_any_text_as_a_cookie_is_answered_as_nobody(key: str) -> None:
    answer: Any = with_cookie(key).get("/you/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fyou%2F")
    assert (
        Browser().post("/sign-in/", {"login": "nobody@example.org", "password": PASSWORD}).status_code == 422
    )
