"""An invitation ends with whoever made it: else whoever is let go lets themselves in again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, send, signed_in

from lippen.site.accounts.models import Invitation, Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """Mal is an administrator, and keeps a link of an invitation to a name that is Mal again."""

    def __init__(self) -> None:
        self.mal = person("mal", "administrator")
        self.una = person("una", "administrator")
        self.hers = signed_in(self.una)
        self.link = self.invite(signed_in(self.mal))

    def invite(self, browser: Browser, **more: str) -> str:
        sent = {"name": "Zed", "email": "zed@example.org", "role": "administrator", **more}
        return link_on(send(browser, "/invitations/new/", {"organisation": organisation().ref, **sent}))

    def comes_in(self, link: str = "") -> bool:
        sent = {"name": "Zed", "password": PASSWORD, "again": PASSWORD}
        answers = [Browser().get(link or self.link), Browser().post(link or self.link, sent)]
        assert [one.status_code for one in answers] in ([410, 410], [200, 302])
        return Person.objects.filter(email="zed@example.org").exists()


def ended_by_itself(who: Person) -> None:
    today = timezone.localdate()
    who.roles.update(since=today - timedelta(days=9), until=today)


def test_who_is_let_go_is_not_back_by_a_link_that_they_kept() -> None:
    town = Town()
    ref = Invitation.objects.get().ref
    page = send(town.hers, f"/people/{town.mal.ref}/leave/", {"successor": town.una.ref})
    assert "Mal has left" in page
    assert not town.comes_in()
    withdrawn = Entry.objects.get(what="an invitation withdrawn")
    assert withdrawn.reader == town.una.ref
    assert list(withdrawn.shown.values_list("record", flat=True)) == [ref]
    assert not Invitation.objects.exists(), "the name and address go with it"


def test_who_is_administrator_no_more_lets_nobody_in_either() -> None:
    town = Town()
    town.mal.roles.create(organisation=organisation(), role="worker")
    held = town.mal.roles.get(role="administrator")
    send(town.hers, f"/people/{town.mal.ref}/roles/{held.ref}/end/")
    assert not town.comes_in()
    assert "Zed" not in town.hers.get("/invitations/").content.decode()


def test_a_role_that_runs_out_by_itself_ends_its_links_too() -> None:
    town = Town()
    ended_by_itself(town.mal)
    assert "Zed" not in town.hers.get("/invitations/").content.decode()
    assert not town.comes_in()


def test_a_link_into_a_new_partner_ends_with_its_maker_and_once_somebody_works_there() -> None:
    town = Town()
    homes = organisation("Invermarrow Homes", "housing")
    into_homes = town.invite(town.hers, organisation=homes.ref)
    ended_by_itself(town.una)
    assert not town.comes_in(into_homes)
    town.una.roles.update(until=None)
    person("hamish", "administrator", at=homes)
    assert not town.comes_in(into_homes), "those who work there decide by now"


@pytest.mark.parametrize("role", ["worker", "administrator"])
def test_what_others_invited_to_stays_when_somebody_leaves(role: str) -> None:
    town = Town()
    ewan = person("ewan", role)
    send(town.hers, f"/people/{ewan.ref}/leave/", {"successor": town.una.ref})
    assert town.comes_in()


def test_the_page_says_that_invitations_end() -> None:
    town = Town()
    town.hers.again()
    page = town.hers.get(f"/people/{town.mal.ref}/leave/").content.decode()
    assert "Invitations that they made and nobody used yet end" in page
