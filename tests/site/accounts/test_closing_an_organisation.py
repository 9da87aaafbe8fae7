"""An organisation closes: whom it concerns is told, and whoever has no role by it learns why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from people_factory import make_colleague, make_organisation, make_role, signed_in

from lippen.site.accounts import notices, partners
from lippen.site.accounts.models import Notice, Person

pytestmark = pytest.mark.django_db(transaction=True)


def opened(who: Person) -> str:
    """What the one notice of somebody says, once opened, and the page it leads to."""
    client = signed_in(who)
    listed = client.get("/you/").content.decode()
    assert partners.CLOSED not in listed
    assert partners.PANEL_CLOSED not in listed
    answer = client.post(f"/you/waiting/{Notice.objects.get(person=who).ref}/", follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def told() -> set[Person]:
    return {one.person for one in Notice.objects.all()}


def test_its_members_and_all_who_answer_for_a_partner_are_told_when_the_panel_closes() -> None:
    panel, homes, police = (make_organisation(kind) for kind in ("scrutiny-panel", "housing", "police"))
    jean, member = make_colleague(panel, "administrator", "panel"), make_colleague(panel, "panel")
    agnes, officer = make_colleague(homes, "administrator"), make_colleague(homes, "protection-officer")
    iain = make_colleague(police, "administrator")
    make_colleague(homes, "worker")
    make_colleague(police, "police-officer")
    assert (
        "whoever answers for a partner"
        in signed_in(jean).get(f"/organisations/{panel.ref}/close/").content.decode()
    )
    assert signed_in(jean).post(f"/organisations/{panel.ref}/close/").status_code == 302
    assert told() == {member, agnes, officer, iain}
    assert partners.CLOSED in opened(member)
    for one in (agnes, iain):
        page = opened(one)
        assert partners.PANEL_CLOSED in page
        assert panel.name in page


def test_a_new_panel_is_told_of_beside_the_end_of_the_old_one() -> None:
    panel, homes = make_organisation("scrutiny-panel"), make_organisation("housing")
    jean = make_colleague(panel, "administrator")
    agnes, officer = make_colleague(homes, "administrator"), make_colleague(homes, "protection-officer")
    signed_in(jean).post(f"/organisations/{panel.ref}/close/")
    added = {"name": "Another", "kind": "scrutiny-panel", "regime": "uk-gdpr"}
    assert signed_in(agnes).post("/organisations/add/", added).status_code == 302
    says = set(Notice.objects.filter(person=officer).values_list("says", flat=True))
    assert says == {partners.PANEL_CLOSED, partners.PANEL_ADDED}


def test_of_any_other_organisation_only_its_own_people_are_told() -> None:
    ours, other = make_organisation("housing"), make_organisation("health")
    make_colleague(other, "administrator", "protection-officer")
    admin, worker, gone = (make_colleague(ours, role) for role in ("administrator", "worker", "worker"))
    gone.roles.update(until=timezone.localdate())
    starts = make_colleague(ours)
    role = make_role(starts, ours, "worker")
    role.since = timezone.localdate() + timedelta(days=3)
    role.save()
    notices.tell([worker], "/you/", "Something else waits at the page You.")
    assert "whoever answers" not in signed_in(admin).get(f"/organisations/{ours.ref}/close/").content.decode()
    signed_in(admin).post(f"/organisations/{ours.ref}/close/")
    says = Notice.objects.filter(says=partners.CLOSED)
    assert {one.person for one in says} == {worker, starts}
    assert not Notice.objects.filter(says=partners.PANEL_CLOSED).exists()


def test_whose_organisation_was_closed_is_told_so_and_whom_else_to_ask() -> None:
    ours, other = make_organisation("housing"), make_organisation("health")
    make_colleague(other, "administrator")
    worker, admin = make_colleague(ours, "worker"), make_colleague(ours, "administrator")
    ended = make_colleague(other, "worker")
    ended.roles.update(until=timezone.localdate())
    signed_in(admin).post(f"/organisations/{ours.ref}/close/")
    page = signed_in(worker).get("/you/").content.decode()
    assert page.count("You hold no role today: your organisation was closed.") == 2
    assert "Ask an administrator of your organisation" not in page
    assert "your organisation was closed" in signed_in(worker).get("/people/").content.decode()
    still_there = signed_in(ended).get("/you/").content.decode()
    assert "You hold no role today. Ask an administrator of your organisation." in still_there
    role = make_role(worker, other, "worker")
    assert "hold no role" not in signed_in(worker).get("/you/").content.decode()
    role.since = timezone.localdate() + timedelta(days=2)
    role.save()
    assert "was closed" not in signed_in(worker).get("/you/").content.decode(), "they begin elsewhere"
