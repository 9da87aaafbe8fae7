"""A lost device of somebody who works with two partners: it is one account, so both have to agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from entering_people import Browser, organisation, person, send, signed_in, works_also

from lippen.site.accounts.models import DeviceReplacement, Notice, RoleHeld
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """Morag works with the tenants, and is an analyst of the police. Two colleagues of hers work in each."""

    def __init__(self) -> None:
        self.police = organisation("Invermarrow Police", "police", "law-enforcement")
        self.morag = person("morag", "worker")
        signed_in(self.morag)
        works_also(self.morag, "analyst", self.police)
        self.ewan, self.isla = (signed_in(person(word, "worker")) for word in ("ewan", "isla"))
        self.neil, self.kirsty = (
            signed_in(person(word, "police-officer", at=self.police)) for word in ("neil", "kirsty")
        )

    def ask(self, browser: Browser) -> str:
        return send(browser, "/second-step/lost/", {"person": self.morag.ref, "password_too": "on"})

    @property
    def path(self) -> str:
        return f"/second-step/lost/{DeviceReplacement.objects.latest('pk').ref}/"

    def agree(self, browser: Browser) -> str:
        return send(browser, self.path, {"answer": "agree"})

    def has_device(self) -> bool:
        return Authenticator.objects.filter(user=self.morag, type="totp").exists()


def test_two_of_one_partner_do_not_open_what_another_holds() -> None:
    town = Town()
    town.ask(town.ewan)
    assert "Somebody in each other organisation in which they work has to agree" in town.agree(town.isla)
    assert town.has_device()


def test_one_of_each_partner_is_enough() -> None:
    town = Town()
    town.ask(town.ewan)
    assert "/second-step/new/" in town.agree(town.neil)
    assert not town.has_device()


def test_a_role_that_begins_later_has_to_be_agreed_to_as_well() -> None:
    town = Town()
    held = town.morag.roles.get(organisation=town.police)
    held.since += timedelta(days=400)
    held.save()
    town.ask(town.ewan)
    town.agree(town.isla)
    assert town.has_device()


def test_one_person_who_works_with_both_is_not_two() -> None:
    town = Town()
    both = person("calum", "worker")
    works_also(both, "police-officer", town.police)
    here, there = both.roles.order_by("pk")
    for role in (here, there):
        Authenticator.objects.filter(user=both).delete()
        browser = signed_in(both)
        browser.post("/you/role/", {"role": role.ref})
        town.ask(browser)
        assert "You have agreed" in town.agree(browser)
    assert DeviceReplacement.objects.get().agreed.count() == 1
    assert town.has_device()


def test_either_partner_can_refuse() -> None:
    town = Town()
    town.ask(town.ewan)
    assert "Refused" in send(town.kirsty, town.path, {"answer": "refuse"})
    assert town.isla.post(town.path, {"answer": "agree"}).status_code == 404
    assert town.has_device()


def test_each_learns_from_the_other_only_that_somebody_agreed() -> None:
    town = Town()
    town.ask(town.ewan)
    town.neil.again()
    page = town.neil.get(town.path).content.decode()
    assert "1 with another partner" in page
    assert "Ewan" not in page
    assert "Braeside" not in page
    town.neil.post(town.path, {"answer": "agree"})
    after = town.isla.get(town.path, follow=True).content.decode()
    assert "Neil" not in after
    assert "Invermarrow Police" not in after


def test_each_yes_is_entered_under_the_law_of_whoever_said_it() -> None:
    town = Town()
    town.ask(town.ewan)
    town.agree(town.neil)
    entered = Entry.objects.filter(shown__record=town.morag.ref, what__startswith="a device's replacement")
    assert list(entered.order_by("pk").values_list("what", "regime")) == [
        ("a device's replacement asked for", "uk-gdpr"),
        ("a device's replacement agreed to", "law-enforcement"),
    ]


def test_who_works_alone_with_a_partner_gets_no_new_device() -> None:
    town = Town()
    RoleHeld.objects.filter(organisation=town.police).exclude(person=town.morag).delete()
    assert "nobody could complete this" in town.ask(town.ewan)
    assert not DeviceReplacement.objects.exists()
    assert "works alone with one of their partners" in town.ewan.get("/second-step/lost/").content.decode()


def test_the_person_the_officers_and_the_administrators_of_both_are_told_when_it_is_asked_and_done() -> None:
    town = Town()
    officers = [
        person("tom", "protection-officer"),
        person("agnes", "administrator"),
        person("rona", "protection-officer", at=town.police),
        person("shona", "administrator", at=town.police),
    ]
    town.ask(town.ewan)
    told = Notice.objects.filter(path=town.path)
    assert {town.morag.ref, *(one.ref for one in officers)} <= set(told.values_list("person__ref", flat=True))
    told.delete()
    town.agree(town.neil)
    assert set(told.all().values_list("person__ref", flat=True)) == {one.ref for one in officers}
    assert Notice.objects.filter(person=town.morag, path="/you/security/").exists()
    tom = signed_in(officers[0])
    tom.again()
    assert "This was agreed" in tom.get(town.path).content.decode()
