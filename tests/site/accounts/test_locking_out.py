"""Guessing is stopped; and nobody can use that to keep somebody else out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import RequestFactory
from django.utils import timezone
from entering_people import PASSWORD, Browser, code_of, person, signed_in
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.site.accounts import lock_out
from lippen.site.accounts.models import FailedAttempt, Person

pytestmark = pytest.mark.django_db(transaction=True)

TOO_MANY = b"Too many tries failed"


def guess(email: str, times: int, address: str = "192.0.2.1", browser: Browser | None = None) -> Any:
    guessing = browser or Browser()
    answer = None
    for number in range(times):
        answer = guessing.post(
            "/sign-in/", {"login": email, "password": f"guess number {number}"}, REMOTE_ADDR=address
        )
    return answer


def enter_from(who: Person, address: str, browser: Browser | None = None) -> Any:
    sent = {"login": who.email, "password": PASSWORD}
    return (browser or Browser()).post("/sign-in/", sent, REMOTE_ADDR=address)


def known_browser(who: Person) -> Browser:
    """A browser from which somebody signed in before and has signed out."""
    browser = Browser()
    browser.enter(who)
    browser.post("/sign-out/")
    return browser


def test_guessing_from_unknown_browsers_stops_after_ten_whatever_the_address() -> None:
    ruth = person("ruth", "researcher")
    for number in range(10):
        guess(ruth.email, 1, f"192.0.2.{number}")
    answer = Browser().post(
        "/sign-in/", {"login": ruth.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.1"
    )
    assert TOO_MANY in answer.content


def test_whoever_guesses_does_not_lock_out_the_person_s_own_browser() -> None:
    ruth = person("ruth", "researcher")
    mine = known_browser(ruth)
    for network in range(3):
        guess(ruth.email, 10, f"203.0.113.{network}")
    assert TOO_MANY in Browser().enter(ruth).content
    assert mine.enter(ruth).status_code == 302
    assert mine.get("/you/").status_code == 200


def test_a_known_browser_guesses_no_more_than_any_other() -> None:
    ruth = person("ruth", "researcher")
    stolen = known_browser(ruth)
    guess(ruth.email, 10, browser=stolen)
    assert TOO_MANY in stolen.enter(ruth).content


def test_one_persons_browser_is_not_known_for_another() -> None:
    ruth, ewan = person("ruth", "researcher"), person("ewan", "researcher")
    inside = known_browser(ewan)
    guess(ruth.email, 10, browser=inside)
    assert TOO_MANY in inside.enter(ruth).content
    assert inside.enter(ewan).status_code == 302


def test_two_people_share_a_browser_and_both_are_known_in_it() -> None:
    ruth, ewan = person("ruth", "researcher"), person("ewan", "researcher")
    shared = known_browser(ruth)
    shared.enter(ewan)
    shared.post("/sign-out/")
    guess(ruth.email, 10), guess(ewan.email, 10)
    assert shared.enter(ruth).status_code == 302
    shared.post("/sign-out/")
    assert shared.enter(ewan).status_code == 302


def test_one_address_that_guesses_at_many_is_stopped_and_others_are_not() -> None:
    ruth = person("ruth", "researcher")
    for number in range(40):
        guess(f"nobody{number}@example.org", 1, "198.51.100.7")
    here = Browser().post(
        "/sign-in/", {"login": ruth.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.7"
    )
    there = Browser().post(
        "/sign-in/", {"login": ruth.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.8"
    )
    assert TOO_MANY in here.content
    assert there.status_code == 302


def test_an_address_does_not_lock_out_browsers_that_are_known() -> None:
    """Somebody in the same office guesses, from the same address."""
    ruth = person("ruth", "researcher")
    mine = known_browser(ruth)
    for number in range(40):
        guess(f"nobody{number}@example.org", 1, "198.51.100.7")
    answer = enter_from(ruth, "198.51.100.7", mine)
    assert answer.status_code == 302


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_guesses_from_the_machine_itself_are_counted_together_and_more_are_allowed(address: str) -> None:
    """By an onion service all visitors have its address: whoever goes through accounts is stopped, and a
    browser that is known still opens.
    """
    ruth, ewan = person("ruth", "researcher"), person("ewan", "researcher")
    mine = known_browser(ewan)
    asking = RequestFactory().post("/sign-in/", REMOTE_ADDR=address)

    def tried(email: str, times: int) -> None:
        """A try that is counted so many times over."""
        counted = FailedAttempt.objects.filter(pk__in=lock_out.begin(asking, lock_out.PASSWORD, email).rows)
        assert counted.count() == 2  # by account and by address
        FailedAttempt.objects.bulk_create(
            FailedAttempt(key=one.key, at=one.at) for one in list(counted) for _ in range(times - 1)
        )

    tried("nobody@example.org", 391)
    assert enter_from(ruth, address).status_code == 302  # ten times what another address may
    tried("somebody@example.org", 9)
    assert TOO_MANY in enter_from(ruth, address).content
    assert enter_from(ruth, "192.0.2.1").status_code == 302
    assert enter_from(ewan, address, mine).status_code == 302


def test_an_ipv6_household_counts_as_one_address() -> None:
    ruth = person("ruth", "researcher")
    for number in range(40):
        guess(f"nobody{number}@example.org", 1, f"2001:db8:1:1::{number + 1:x}")
    same, other = "2001:db8:1:1:ffff::9", "2001:db8:1:2::1"
    sent = {"login": ruth.email, "password": PASSWORD}
    assert TOO_MANY in Browser().post("/sign-in/", sent, REMOTE_ADDR=same).content
    assert Browser().post("/sign-in/", sent, REMOTE_ADDR=other).status_code == 302


def test_an_address_in_a_header_is_not_believed() -> None:
    for number in range(41):
        answer = Browser().post(
            "/sign-in/",
            {"login": f"nobody{number}@example.org", "password": "a guess at random"},
            REMOTE_ADDR="198.51.100.7",
            HTTP_X_FORWARDED_FOR=f"192.0.2.{number}",
        )
    assert TOO_MANY in answer.content


def test_an_account_that_does_not_exist_is_locked_like_one_that_does() -> None:
    ruth = person("ruth", "researcher")
    real, none = guess(ruth.email, 11), guess("nobody@example.org", 11, "192.0.2.77")
    assert TOO_MANY in real.content
    assert TOO_MANY in none.content
    assert real.status_code == none.status_code


def test_capitals_in_the_address_are_no_way_around() -> None:
    ruth = person("ruth", "researcher")
    guess(ruth.email.upper(), 10)
    assert TOO_MANY in Browser().enter(ruth).content


def test_refusals_do_not_prolong_themselves() -> None:
    ruth = person("ruth", "researcher")
    guess(ruth.email, 10)
    FailedAttempt.objects.update(at=timezone.now() - timedelta(minutes=14))
    guess(ruth.email, 30)
    FailedAttempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert Browser().enter(ruth).status_code == 302


def test_fifty_guesses_a_day_are_all() -> None:
    ruth = person("ruth", "researcher")
    for _ in range(5):
        guess(ruth.email, 10)
        FailedAttempt.objects.update(at=timezone.now() - timedelta(hours=1))
    assert TOO_MANY in Browser().enter(ruth).content


def test_many_guesses_at_once_do_not_slip_through(at_once: Callable[..., list[Any]]) -> None:
    ruth = person("ruth", "researcher")
    at_once(lambda network: guess(ruth.email, 4, f"192.0.2.{network}"), list(range(8)))
    checked = FailedAttempt.objects.filter(key=lock_out._key("password", "account", ruth.email)).count()
    assert 1 <= checked <= 10
    # Tries of the same moment may refuse each other before ten were checked: the next may have what is left.
    guess(ruth.email, 10 - checked)
    assert TOO_MANY in Browser().enter(ruth).content


def test_codes_are_counted_and_the_person_s_own_browser_still_opens() -> None:
    """Whoever knows the password guesses codes; the person, in a known browser, is not kept out."""
    morag = person("morag", "worker")
    mine = Browser()
    mine.enter(morag)
    key = mine.set_up_app()
    mine.post("/sign-out/")
    thief = Browser()
    thief.enter(morag)
    for _ in range(5):
        assert b"This did not work" in thief.post("/second-step/", {"code": "000000"}).content
    assert TOO_MANY in thief.post("/second-step/", {"code": code_of(key, 1)}).content
    mine.enter(morag)
    assert mine.give_code(key).status_code == 302


def test_saying_again_who_one_is_is_counted_too() -> None:
    browser = signed_in(person("morag", "worker"))
    for number in range(10):
        browser.again(f"guess number {number}")
    assert TOO_MANY in browser.again().content


def test_the_old_password_cannot_be_guessed_on_the_page_that_changes_it() -> None:
    browser = signed_in(person("morag", "worker"))
    new = "another four words unlike"
    sent = {"password1": new, "password2": new}
    for number in range(10):
        browser.post("/you/password/", {"oldpassword": f"guess number {number}", **sent})
    assert TOO_MANY in browser.post("/you/password/", {"oldpassword": PASSWORD, **sent}).content


def test_a_new_session_mark_makes_a_browser_unknown() -> None:
    from lippen.site.accounts.sign_in import end_all

    ruth = person("ruth", "researcher")
    stolen = known_browser(ruth)
    end_all(ruth)
    guess(ruth.email, 10)
    assert TOO_MANY in stolen.enter(ruth).content


def test_a_made_up_cookie_makes_no_browser_known() -> None:
    ruth = person("ruth", "researcher")
    guess(ruth.email, 10)

    def refused(cookie: str) -> None:
        sent = {"login": ruth.email, "password": PASSWORD}
        answer = Browser().post("/sign-in/", sent, HTTP_COOKIE=f"{lock_out.COOKIE}={cookie}")
        assert TOO_MANY in answer.content

    refused(signing.dumps({ruth.ref: ["0" * 32, "0" * 32]}, salt="another salt"))
    refused(signing.dumps({ruth.ref: ["0" * 32, "0" * 32]}, salt=lock_out.COOKIE))
    anything = st.text(st.characters(max_codepoint=255), max_size=60)
    settings(max_examples=40, deadline=None)(given(anything)(refused))()


def test_nothing_that_names_anybody_is_kept_and_nothing_longer_than_a_day() -> None:
    guess("nobody@example.org", 2, "192.0.2.1")
    assert all(len(bytes(one.key)) == 32 for one in FailedAttempt.objects.all())
    assert not any(b"nobody" in bytes(one.key) for one in FailedAttempt.objects.all())
    FailedAttempt.objects.update(at=timezone.now() - timedelta(hours=25))
    guess("somebody@example.org", 1)
    assert FailedAttempt.objects.count() == 2  # the new try, by account and by address
