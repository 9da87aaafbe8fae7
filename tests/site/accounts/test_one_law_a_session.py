"""A session's law is fixed by the first request that asks, whatever other requests were under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from entering_people import Browser, organisation, person, signed_in_by_pages

from lippen.site.accounts.models import Person
from lippen.site.accounts.sessions import SessionStore
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


class SlowBody:
    """What a browser sends slowly: before it comes, the site has looked at the session, and `meanwhile` the
    same browser asks for something else.
    """

    def __init__(self, said: dict[str, str], meanwhile: Callable[[], None]) -> None:
        self.sent = urlencode(said).encode()
        self.meanwhile: list[Callable[[], None]] = [meanwhile]

    def read(self, size: int) -> bytes:
        while self.meanwhile:
            self.meanwhile.pop()()
        now, self.sent = self.sent[:size], self.sent[size:]
        return now

    readline = read


def send_slowly(browser: Browser, said: dict[str, str], meanwhile: Callable[[], None]) -> Any:
    body = SlowBody(said, meanwhile)
    more: dict[str, Any] = {
        "wsgi.input": body,
        "CONTENT_LENGTH": len(body.sent),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    answer = browser.generic("POST", "/you/role/", **more)
    assert not body.meanwhile, "the site never looked at what was sent"
    return answer


def under_two_laws() -> tuple[Person, str, str]:
    """Somebody who works with a community and with the police, and the references of both roles."""
    morag = person("morag", "worker")
    police = organisation("Invermarrow Police", "police", "law-enforcement")
    officer = morag.roles.create(organisation=police, role="police-officer")
    return morag, morag.roles.get(role="worker").ref, officer.ref


def laws_read_under(who: Person) -> set[str]:
    return set(Entry.objects.filter(reader=who.ref, what="people").values_list("regime", flat=True))


@pytest.mark.parametrize("slow_chooses", ["police", "nothing"])
def test_a_slow_request_does_not_change_the_law_that_another_chose_meanwhile(slow_chooses: str) -> None:
    morag, worker, officer = under_two_laws()
    browser = signed_in_by_pages(morag)
    session = browser.session
    session["seen"] -= 120  # so that even a slow request that chooses nothing saves the session
    session.save()

    def choose_and_read() -> None:
        browser.post("/you/role/", {"role": worker})
        assert browser.get("/people/").status_code == 200

    slow = send_slowly(browser, {"role": officer if slow_chooses == "police" else ""}, choose_and_read)
    assert slow.status_code == 422
    refused = browser.post("/you/role/", {"role": officer})
    assert refused.status_code == 422
    assert b"under another law" in refused.content
    assert b"Braeside" in browser.get("/people/").content
    assert laws_read_under(morag) == {"uk-gdpr"}


def test_of_two_that_choose_at_once_one_law_holds(at_once: Callable[..., list[Any]]) -> None:
    morag, worker, officer = under_two_laws()
    browser = signed_in_by_pages(morag)

    def choose_and_read(role: str) -> int:
        same = Browser()
        same.cookies = browser.cookies
        same.post("/you/role/", {"role": role})
        return int(same.get("/people/").status_code)

    assert 200 in at_once(choose_and_read, [worker, officer] * 2)
    assert len(laws_read_under(morag)) == 1


def test_a_session_that_gets_a_new_key_keeps_its_law() -> None:
    """As when a password is changed by a request that began before the law was chosen."""
    morag, worker, officer = under_two_laws()
    browser = signed_in_by_pages(morag)
    slow = SessionStore(browser.cookies["lippen-session"].value)
    assert "regime" not in slow
    browser.post("/you/role/", {"role": worker})
    assert browser.get("/people/").status_code == 200
    slow.cycle_key()
    slow.save()
    browser.cookies["lippen-session"] = slow.session_key or ""
    browser.post("/you/role/", {"role": officer})
    assert browser.get("/people/").status_code == 200
    assert laws_read_under(morag) == {"uk-gdpr"}
