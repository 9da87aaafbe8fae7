"""A lost device: two colleagues agree, the old one is gone at once, and the link alone lets in a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, signed_in

from lippen.site.accounts.models import DeviceReplacement, Notice, Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """Morag has lost her phone. Ewan, Isla and Agnes, the administrator, work with her."""

    def __init__(self, role: str = "worker") -> None:
        self.morag = person("morag", role)
        self.hers = signed_in(self.morag)
        self.ewan, self.isla = (signed_in(person(word, "worker")) for word in ("ewan", "isla"))

    def ask(self, browser: Browser, who: Person | None = None, **more: str) -> Any:
        return browser.post("/second-step/lost/", {"person": (who or self.morag).ref, **more})

    @property
    def path(self) -> str:
        return f"/second-step/lost/{DeviceReplacement.objects.latest('pk').ref}/"

    def agree(self, browser: Browser) -> Any:
        return browser.post(self.path, {"answer": "agree"})

    def link(self, **more: str) -> str:
        self.ask(self.ewan, **more)
        return link_on(self.agree(self.isla).content.decode())


def test_two_colleagues_replace_a_device_and_the_old_one_is_gone_at_once() -> None:
    town = Town()
    town.ask(town.ewan)
    assert town.hers.get("/you/").status_code == 200
    link = link_on(town.agree(town.isla).content.decode())
    assert not Authenticator.objects.filter(user=town.morag).exists()
    assert town.hers.get("/you/")["Location"].startswith("/sign-in/")
    browser = Browser()
    assert b"Two of your colleagues agreed" in browser.get(link).content
    assert browser.post(link, {"password": "not her password"}).status_code == 422
    assert browser.post(link, {"password": PASSWORD})["Location"] == "/you/security/"
    browser.set_up_app()
    assert browser.get("/you/").status_code == 200
    assert Browser().get(link).status_code == 410


def test_one_colleague_is_not_two() -> None:
    town = Town()
    town.ask(town.ewan)
    for _ in range(3):
        town.agree(town.ewan)
    assert Authenticator.objects.filter(user=town.morag, type="totp").exists()
    assert town.hers.get("/you/").status_code == 200


def test_the_person_does_not_agree_to_her_own() -> None:
    town = Town()
    town.ask(town.ewan)
    town.agree(town.hers)
    assert Authenticator.objects.filter(user=town.morag, type="totp").exists()
    assert town.ask(town.hers).status_code == 422
    assert DeviceReplacement.objects.count() == 1


@pytest.mark.parametrize("refuses", ["hers", "ewan", "isla"])
def test_any_colleague_and_the_person_herself_can_refuse(refuses: str) -> None:
    town = Town()
    town.ask(town.ewan)
    assert getattr(town, refuses).post(town.path, {"answer": "refuse"}).status_code == 302
    assert town.agree(town.isla).status_code == 404
    assert town.hers.get("/you/").status_code == 200


def test_nobody_of_another_organisation_sees_or_agrees() -> None:
    town = Town()
    hamish = signed_in(person("hamish", "worker", at=organisation("Invermarrow Homes", "housing")))
    town.ask(town.ewan)
    assert town.agree(hamish).status_code == 404
    assert b"Morag" not in hamish.get("/second-step/lost/").content
    town.ask(hamish)
    assert DeviceReplacement.objects.count() == 1


def test_a_yes_of_somebody_who_has_left_since_does_not_count() -> None:
    town = Town()
    third = signed_in(person("calum", "worker"))
    town.ask(town.ewan)
    Person.objects.get(email="ewan@example.org").roles.update(
        since=timezone.localdate() - timedelta(days=2), until=timezone.localdate()
    )
    assert town.agree(town.isla).status_code == 302
    assert Authenticator.objects.filter(user=town.morag, type="totp").exists()
    assert town.agree(third).status_code == 200
    assert not Authenticator.objects.filter(user=town.morag).exists()


def test_a_colleague_without_a_second_step_agrees_to_nothing() -> None:
    town = Town()
    town.ask(town.ewan)
    half = Browser()
    half.enter(person("calum", "worker"))
    half.again()
    assert half.post(town.path, {"answer": "agree"})["Location"] == "/you/security/"
    assert Authenticator.objects.filter(user=town.morag, type="totp").exists()


def test_who_holds_no_role_is_told_why_nothing_opens() -> None:
    calum = person("calum", "worker")
    browser = signed_in(calum)
    calum.roles.all().delete()
    browser.again()
    answer = browser.get("/second-step/lost/")
    assert answer.status_code == 403
    assert b"You hold no role today" in answer.content


def test_the_last_administrator_is_replaced_by_two_others() -> None:
    town = Town("administrator")
    link = town.link()
    browser = Browser()
    browser.post(link, {"password": PASSWORD})
    browser.set_up_app()
    assert browser.get("/invitations/").status_code == 200


def test_a_password_alone_sets_up_no_new_device() -> None:
    """Whoever found the phone and knows the password does not come before the person with the link."""
    town = Town()
    link = town.link()
    thief = Browser()
    thief.enter(town.morag)
    thief.again()
    for path in ("/you/security/app/", "/you/security/passkeys/add/"):
        assert thief.get(path).status_code == 403
        assert thief.post(path, {"code": "000000"}).status_code == 403
    browser = Browser()
    browser.post(link, {"password": PASSWORD})
    assert thief.get("/you/security/app/").status_code == 403
    browser.set_up_app()
    assert browser.get("/you/").status_code == 200


def test_a_link_that_was_used_and_left_is_asked_for_again() -> None:
    town = Town()
    link = town.link()
    Browser().post(link, {"password": PASSWORD})
    later = Browser()
    later.enter(town.morag)
    later.again()
    assert later.get("/you/security/app/").status_code == 403
    again = Browser()
    again.post(town.link(), {"password": PASSWORD})
    again.set_up_app()
    assert again.get("/you/").status_code == 200


def test_a_link_ends_after_a_day_and_a_request_after_three() -> None:
    town = Town()
    town.ask(town.ewan)
    DeviceReplacement.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert town.agree(town.isla).status_code == 404
    link = town.link()
    left = DeviceReplacement.objects.latest("pk").expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(days=1)
    DeviceReplacement.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Browser().post(link, {"password": PASSWORD}).status_code == 410


def test_a_forgotten_password_is_replaced_with_the_device_when_colleagues_know_it() -> None:
    town = Town()
    town.ask(town.ewan, password_too="on")  # noqa: S106 - a tick
    assert b"Forgotten as well" in town.isla.get(town.path).content
    link = link_on(town.agree(town.isla).content.decode())
    assert Browser().enter(town.morag).status_code == 422
    new = "another four words unlike"
    browser = Browser()
    assert browser.post(link, {"password": new, "again": new}).status_code == 302
    browser.set_up_app()
    assert browser.get("/you/").status_code == 200
    assert Browser().enter(town.morag, new)["Location"] == "/second-step/"


def test_without_the_tick_the_link_chooses_no_password() -> None:
    link = Town().link()
    new = "another four words unlike"
    assert Browser().post(link, {"password": new, "again": new}).status_code == 422


def test_a_password_behind_a_link_is_counted() -> None:
    town = Town()
    link = town.link()
    for number in range(10):
        Browser().post(link, {"password": f"guess number {number}"})
    assert b"Too many tries failed" in Browser().post(link, {"password": PASSWORD}).content


def test_of_two_yeses_at_once_one_gets_the_link(at_once: Callable[..., list[Any]]) -> None:
    town = Town()
    calum = signed_in(person("calum", "worker"))
    town.ask(town.ewan)
    path = town.path
    codes = at_once(lambda one: one.post(path, {"answer": "agree"}).status_code, [town.isla, calum])
    assert sorted(codes) == [200, 404]


def test_of_two_who_use_the_link_at_once_one_comes_in(at_once: Callable[..., list[Any]]) -> None:
    link = Town().link()
    codes = at_once(lambda _: Browser().post(link, {"password": PASSWORD}).status_code, [1, 2])
    assert sorted(codes) == [302, 410]


def test_colleagues_and_the_person_find_that_something_waits_and_every_step_is_entered() -> None:
    town = Town()
    town.link()
    told = set(Notice.objects.values_list("person__email", flat=True))
    assert {"isla@example.org", "morag@example.org"} <= told
    said = set(Entry.objects.filter(shown__record=town.morag.ref).values_list("what", flat=True))
    assert {
        "a device's replacement asked for",
        "a device's replacement agreed to",
        "a lost device revoked",
        "a means of sign-in removed (totp)",
    } <= said


def test_in_a_demo_the_link_of_somebody_without_a_password_ends_with_what_would_come_next(
    settings: Any,
) -> None:
    town = Town()
    link = town.link()
    town.morag.set_unusable_password()
    town.morag.save()
    assert "Give your password first" in Browser().get(link).content.decode(), (
        "a real site tells nothing of it"
    )
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    for answer in (Browser().get(link), Browser().post(link, {"password": PASSWORD})):
        page = answer.content.decode()
        assert "In a real site the person would now give theirs" in page
        assert "Give your password" not in page
        assert 'type="password"' not in page
    assert not Entry.objects.filter(what="a link to a new device used").exists()


def test_in_a_demo_somebody_who_chose_a_password_gives_it(settings: Any) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, demo=True)
    town = Town()
    browser, link = Browser(), town.link()
    assert "Give your password first" in browser.get(link).content.decode()
    assert browser.post(link, {"password": PASSWORD})["Location"] == "/you/security/"
