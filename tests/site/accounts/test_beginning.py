"""What whoever is first in an organisation, or adds one, finds to do next."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from people_factory import make_colleague, make_organisation, make_role, signed_in

from lippen.site.accounts.arrivals import let_in
from lippen.site.accounts.models import Arrival, Invitation, Organisation
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

NEXT = "What to do next"


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_adds_a_partner_is_led_to_invite_its_first_administrator_until_somebody_works_there() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    sent = {"name": "Lochside Clinic", "kind": "health", "regime": "uk-gdpr"}
    answer = client.post("/organisations/add/", sent, follow=True)
    assert "Lochside Clinic was added. Now invite its first administrator." in answer.content.decode()
    clinic = Organisation.objects.get(name="Lochside Clinic")
    way = f"/invitations/new/?organisation={clinic.ref}"
    assert f'href="{way}"' in answer.content.decode()
    form = page(client, way)
    assert "Invite the first administrator of Lochside Clinic" in form
    assert re.findall(r'<option value="([^"]*)"', form) == ["administrator"], "no other role can be theirs"
    assert f'name="organisation" value="{clinic.ref}"' in form
    hamish = {"name": "Hamish", "email": "h@example.org", "role": "administrator"}
    assert "/invitations/open/" in client.post(way, {**hamish, "organisation": clinic.ref}).content.decode()
    make_colleague(clinic, "administrator")
    assert way not in page(client, "/organisations/")


@pytest.mark.parametrize(("kind", "role"), [("police", "administrator"), ("housing", "worker")])
def test_who_may_not_invite_the_first_person_of_another_partner_gets_no_link(kind: str, role: str) -> None:
    make_organisation("health", name="Lochside Clinic")
    client = signed_in(make_colleague(make_organisation(kind), role))
    assert "/invitations/new/" not in page(client, "/organisations/")


def test_the_first_administrator_is_told_what_to_do_next_until_a_colleague_is_there() -> None:
    ours = make_organisation("housing")
    make_colleague(make_organisation("health"), "worker")
    client = signed_in(make_colleague(ours, "administrator"))
    home = page(client, "/")
    assert NEXT in home
    assert 'href="/invitations/new/"' in home
    assert 'href="/organisations/add/"' in home
    assert "good day" not in home
    make_colleague(ours, "worker")
    home = page(client, "/")
    assert NEXT not in home
    assert "good day" in home


def test_the_police_are_not_sent_to_add_partners_nor_a_worker_who_is_alone_to_invite() -> None:
    home = page(signed_in(make_colleague(make_organisation("police"), "administrator")), "/")
    assert NEXT in home
    assert "/organisations/add/" not in home
    assert NEXT not in page(signed_in(make_colleague(make_organisation("housing"), "worker")), "/")


def test_to_whom_the_register_is_closed_the_home_page_says_where_their_own_lines_are() -> None:
    client = signed_in(make_colleague(make_organisation("community-group"), "researcher"))
    assert 'href="/you/reading/"' in page(client, "/")
    assert client.get("/register/").status_code == 403
    assert client.get("/you/reading/").status_code == 200
    panel = signed_in(make_colleague(make_organisation("scrutiny-panel"), "panel"))
    assert "What you read yourself is open to you" not in page(panel, "/")


def test_only_roles_are_suggested_that_the_kind_of_organisation_has() -> None:
    panel = page(signed_in(make_colleague(make_organisation("scrutiny-panel"), "administrator")), "/")
    assert "a second administrator and a scrutiny panel member among them" in panel
    assert "data-protection officer" not in panel.split("<main")[1]
    housing = make_organisation("housing")
    client = signed_in(make_colleague(housing, "administrator"))
    homes = page(client, "/")
    assert "a second administrator and a data-protection officer among them" in homes
    assert "tell an administrator where you work" in homes
    make_colleague(housing, "protection-officer")
    assert "tell your data-protection officer" in page(client, "/")


def test_no_day_is_good_while_a_partner_waits_for_its_first_administrator() -> None:
    ours = make_organisation("housing")
    client, other = (signed_in(make_colleague(ours, role)) for role in ("administrator", "worker"))
    clinic = make_organisation("health", name="Lochside Clinic")
    way = f"/invitations/new/?organisation={clinic.ref}"
    home = page(client, "/")
    assert "good day" not in home
    assert f'<a href="{way}">invite the first administrator of Lochside Clinic</a>' in home
    assert "good day" in page(other, "/"), "who may not invite has nothing to do"
    hamish = {"name": "Hamish", "email": "h@example.org", "role": "administrator"}
    client.post(way, {**hamish, "organisation": clinic.ref})
    assert "good day" in page(client, "/"), "now it is for Hamish to come in"
    Invitation.objects.all().delete()
    assert "good day" not in page(client, "/")


def test_no_day_is_good_while_a_colleague_was_met_by_nobody_else() -> None:
    ours = make_organisation("housing")
    agnes, ewan = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    ailsa = make_colleague(ours, name="Ailsa Broom")
    Arrival.objects.create(person=agnes, organisation=ours, on="2026-01-01", met_by="system")
    let_in(ailsa, ours, agnes.ref)
    hers, his = signed_in(agnes), signed_in(ewan)
    elsewhere = signed_in(make_colleague(make_organisation("health"), "worker"))
    assert "good day" in page(his, "/"), "without a role today they are not marked under People either"
    make_role(ailsa, ours, "worker")
    for client in (hers, his):
        before = Entry.objects.count()
        home = page(client, "/")
        assert "good day" not in home
        assert "somebody is marked “met by nobody else yet”" in home
        assert "Ailsa" not in home, "who it is says the page of people, which enters it"
        assert Entry.objects.count() == before
    assert "good day" in page(elsewhere, "/")
    Arrival.objects.filter(person=ailsa).update(met_by=ewan.ref)
    assert "good day" in page(his, "/")
