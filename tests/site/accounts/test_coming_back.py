"""Somebody who left comes back under the same address: into the account of before, and with nothing of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, send, signed_in, works_also

from lippen.site.accounts.models import Arrival, DeviceReplacement, Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another four words unlike"


class Town:
    """Morag, a co-ordinator, left. Agnes, the administrator, invites her anew as a worker."""

    def __init__(self) -> None:
        self.agnes, self.ewan = person("agnes", "administrator"), person("ewan", "worker")
        self.morag = person("morag", "co-ordinator")
        self.before = signed_in(self.morag)
        self.browser = signed_in(self.agnes)

    def let_go(self) -> None:
        send(self.browser, f"/people/{self.morag.ref}/leave/", {"successor": self.ewan.ref})

    def invite(self) -> str:
        sent = {"name": "Morag", "email": "Morag@example.org", "role": "worker"}
        page = send(self.browser, "/invitations/new/", {**sent, "organisation": organisation().ref})
        return link_on(page)

    def accept(self, link: str, name: str = "Morag Bell") -> Any:
        browser = Browser()
        answer = browser.post(link, {"name": name, "password": NEW, "again": NEW})
        assert answer.status_code == 302, answer.content.decode()
        return browser


def test_who_comes_back_has_a_new_password_a_new_device_and_only_the_new_role() -> None:
    town = Town()
    town.let_go()
    browser = town.accept(town.invite())
    assert browser.get("/people/")["Location"] == "/you/security/"
    browser.set_up_app()
    assert browser.get("/people/").status_code == 200
    morag = Person.objects.get(email="morag@example.org")
    assert (morag.ref, morag.name, morag.is_active) == (town.morag.ref, "Morag Bell", True)
    assert [one.role for one in morag.roles_on(timezone.localdate())] == ["worker"]
    assert Entry.objects.filter(what="a person came back", shown__record=morag.ref).exists()


def test_nothing_of_before_opens_the_account() -> None:
    town = Town()
    town.let_go()
    town.accept(town.invite())
    assert town.before.get("/you/")["Location"].startswith("/sign-in/")
    assert b"not right" in Browser().enter(town.morag, PASSWORD).content
    assert not Authenticator.objects.filter(user=town.morag).exists()


def test_a_link_to_a_new_device_from_before_opens_nothing_any_more() -> None:
    town = Town()
    isla = signed_in(person("isla", "worker"))
    send(isla, "/second-step/lost/", {"person": town.morag.ref, "password_too": "on"})
    path = f"/second-step/lost/{DeviceReplacement.objects.get().ref}/"
    link = link_on(send(signed_in(town.ewan), path, {"answer": "agree"}))
    town.let_go()
    browser = town.accept(town.invite())
    assert Browser().get(link).status_code == 410
    browser.set_up_app()
    assert browser.get("/people/").status_code == 200


def test_the_history_keeps_its_reference_and_the_days_begin_anew() -> None:
    town = Town()
    town.let_go()
    town.accept(town.invite())
    assert Entry.objects.filter(what="a person left", shown__record=town.morag.ref).exists()
    ended = town.morag.roles.get(role="co-ordinator")
    assert ended.until == timezone.localdate()
    arrival = Arrival.objects.get(person=town.morag)
    assert (arrival.on, arrival.let_in_by, arrival.met_by) == (timezone.localdate(), town.agnes.ref, "")


def test_who_holds_an_invitation_to_a_leaver_sees_nothing_of_the_account() -> None:
    town = Town()
    town.let_go()
    page = Browser().get(town.invite()).content.decode()
    assert "Sign in first" not in page
    assert "co-ordinator" not in page.lower()


def test_another_organisation_s_link_opens_no_account_of_before() -> None:
    """Its administrator can invite any address and open the link: whoever does is somebody new."""
    town = Town()
    kev = {"relation": "family", "first": "Kev", "last": "Bell", "label": "my brother Kev"}
    send(town.before, "/you/declared/", kev)
    assert town.morag.conflicts.count() == 1
    town.let_go()
    assert not town.morag.conflicts.exists(), "whom a leaver knows is nobody's to find"
    police = organisation("Invermarrow Police", "police", "law-enforcement")
    pia = signed_in(person("pia", "administrator", at=police))
    sent = {"name": "Olive Officer", "email": town.morag.email, "role": "police-officer"}
    link = link_on(send(pia, "/invitations/new/", {**sent, "organisation": police.ref}))
    thief = town.accept(link, "Olive Officer")
    somebody = Person.objects.get(email="morag@example.org")
    assert somebody.ref != town.morag.ref
    assert [one.organisation for one in somebody.roles.all()] == [police]
    thief.set_up_app()
    assert "Kev" not in thief.get("/you/declared/").content.decode()
    assert town.agnes.name not in thief.get("/you/reading/").content.decode()
    town.morag.refresh_from_db()
    assert (town.morag.name, town.morag.is_active, town.morag.address) == ("Morag", False, "")
    gone = town.browser.get("/people/?gone=on").content.decode()
    assert "Morag" in gone
    assert "Olive" not in gone
    assert "left.invalid" not in gone
    given_up = "the address of a closed account given up"
    assert Entry.objects.filter(what=given_up, shown__record=town.morag.ref).exists()


def test_who_worked_elsewhere_too_comes_back_as_somebody_new() -> None:
    town = Town()
    homes = organisation("Invermarrow Homes", "housing")
    works_also(town.morag, "worker", homes)
    hamish = person("hamish", "administrator", at=homes)
    iain = person("iain", "worker", at=homes)
    send(signed_in(hamish), f"/people/{town.morag.ref}/leave/", {"successor": iain.ref})
    town.let_go()
    town.accept(town.invite(), "Morag B")
    assert Person.objects.get(email="morag@example.org").ref != town.morag.ref


def test_of_two_links_to_one_leaver_the_second_adds_a_role_and_takes_nothing_over() -> None:
    town = Town()
    town.let_go()
    homes = organisation("Invermarrow Homes", "housing")
    hamish = signed_in(person("hamish", "administrator", at=homes))
    sent = {"name": "Morag", "email": "morag@example.org", "role": "worker", "organisation": homes.ref}
    second = link_on(send(hamish, "/invitations/new/", sent))
    town.accept(town.invite())
    thief = Browser()
    stolen = "yet another four words"
    page = thief.post(second, {"name": "X", "password": stolen, "again": stolen}).content.decode()
    assert "Sign in first" in page
    morag = Person.objects.get(email="morag@example.org")
    assert morag.check_password(NEW)
    assert not morag.roles.filter(organisation=homes).exists()
