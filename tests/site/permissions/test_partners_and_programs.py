"""Organisations and the keys of programs: who adds, closes, makes and ends them, and how far they reach."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, make_program, make_role, signed_in

from lippen.site.accounts import invitations, partners, programs, roles
from lippen.site.accounts.models import ApiKey, Notice, Organisation, RoleHeld
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_partner_and_it_is_entered() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    sent = {"name": "Lochside  Clinic", "kind": "health", "regime": "uk-gdpr"}
    assert client.post("/organisations/add/", sent).status_code == 302
    assert Organisation.objects.get(name="Lochside Clinic").kind == "health"
    assert "Lochside Clinic" in client.get("/organisations/").content.decode()
    assert Entry.objects.filter(what="an organisation added").count() == 1


@pytest.mark.parametrize(
    ("name", "kind", "regime", "why"),
    [
        ("Home Office", "community-group", "uk-gdpr", "can take part"),
        ("Immigration Enforcement", "police", "law-enforcement", "can take part"),
        ("Benefits Investigation, North", "housing", "uk-gdpr", "can take part"),
        ("Lochside Police", "police", "uk-gdpr", "cannot work under"),
        ("Lochside Group", "community-group", "law-enforcement", "cannot work under"),
        ("Lochside", "army", "uk-gdpr", "no such kind"),
        ("  ", "health", "uk-gdpr", "letters"),
        ("\u0411\u0440\u0430\u0435\u0441" * 30, "health", "uk-gdpr", "120"),
        ("HOUSING  of \u00c9ast", "health", "uk-gdpr", "here already"),
    ],
)
def test_a_partner_that_does_not_fit_is_refused(name: str, kind: str, regime: str, why: str) -> None:
    ours = make_organisation("housing", name="Housing of East")
    admin = acting_as(make_colleague(ours, "administrator"))
    with pytest.raises(partners.PartnerRefused, match=why):
        partners.add_organisation(admin, name, kind, regime)
    assert Organisation.objects.count() == 1


ANOTHER_PANEL = {"name": "Another panel", "kind": "scrutiny-panel", "regime": "uk-gdpr"}


def test_nobody_adds_a_panel_of_their_own_beside_the_first() -> None:
    """Its members see the whole register: who adds one of invented people would see it too."""
    panel = make_organisation("scrutiny-panel", name="The panel")
    make_colleague(panel, "administrator")
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    answer = client.post("/organisations/add/", ANOTHER_PANEL)
    assert answer.status_code == 422
    assert "Only its own administrator invites people into it" in answer.content.decode()
    assert not Organisation.objects.filter(name="Another panel").exists()


def test_after_a_panel_in_which_people_worked_was_closed_a_new_one_is_added_and_all_who_answer_are_told() -> (
    None
):
    """Without one nobody would check what is read; with one of invented people they would read it all."""
    panel = make_organisation("scrutiny-panel", name="The panel")
    jean = make_colleague(panel, "administrator", "panel")
    adds, tells = make_organisation("housing"), make_organisation("police")
    agnes, other = make_colleague(adds, "administrator"), make_colleague(adds, "administrator")
    iain, officer = make_colleague(tells, "administrator"), make_colleague(adds, "protection-officer")
    worker = make_colleague(tells, "police-officer")
    assert signed_in(jean).post(f"/organisations/{panel.ref}/close/").status_code == 302
    client = signed_in(agnes)
    assert client.post("/organisations/add/", ANOTHER_PANEL).status_code == 302
    added = Organisation.objects.get(name="Another panel")
    entered = Entry.objects.get(what="an organisation added", reader=agnes.ref)
    assert entered.shown.filter(data_class="organisation").get().record == added.ref
    told = Notice.objects.filter(path="/organisations/")
    assert set(told.values_list("person__ref", flat=True)) == {other.ref, iain.ref, officer.ref}
    assert worker.ref not in set(told.values_list("person__ref", flat=True))
    notice = told.get(person=iain)
    page = signed_in(iain).post(f"/you/waiting/{notice.ref}/", follow=True)
    assert "A scrutiny panel was added" in page.content.decode()
    assert "Another panel" in page.content.decode()
    third = client.post("/organisations/add/", {**ANOTHER_PANEL, "name": "A third panel"})
    assert third.status_code == 422
    assert "Nobody has joined it yet" in third.content.decode()
    assert Organisation.objects.filter(kind="scrutiny-panel", closed_on=None).count() == 1


def test_a_panel_that_nobody_joined_is_closed_and_added_anew_under_its_right_name() -> None:
    """As when its name was mistyped: without a panel nobody would ever check what is read."""
    admin = make_colleague(make_organisation("housing"), "administrator")
    client = signed_in(admin)
    sent = {"name": "Scrutny Panel", "kind": "scrutiny-panel", "regime": "uk-gdpr"}
    assert client.post("/organisations/add/", sent).status_code == 302
    wrong = Organisation.objects.get(name="Scrutny Panel")
    token = invitations.invite(
        acting_as(admin), organisation_ref=wrong.ref, role="administrator", name="Jean", email="j@example.org"
    )
    right = {**sent, "name": "Scrutiny Panel"}
    both = client.post("/organisations/add/", right)
    assert both.status_code == 422
    assert "Nobody has joined it yet" in both.content.decode()
    assert client.post(f"/organisations/{wrong.ref}/close/").status_code == 302
    assert client.post("/organisations/add/", right).status_code == 302
    assert Organisation.objects.get(kind="scrutiny-panel", closed_on=None).name == "Scrutiny Panel"
    assert Client().get(f"/invitations/open/{token}/").status_code == 410


def test_the_police_add_no_partner_and_close_none_but_themselves() -> None:
    police, group = make_organisation("police"), make_organisation("community-group")
    admin = make_colleague(police, "administrator")
    with pytest.raises(PermissionError):
        partners.add_organisation(acting_as(admin), "A front", "community-group", "uk-gdpr")
    with pytest.raises(roles.RecordUnknown):
        partners.close_organisation(acting_as(admin), group.ref)
    client = signed_in(admin)
    sent = {"name": "A front", "kind": "community-group", "regime": "uk-gdpr"}
    assert client.post("/organisations/add/", sent).status_code == 403
    asked = client.get("/organisations/add/")
    assert asked.status_code == 403
    assert "An administrator of another partner can add it" in asked.content.decode()
    assert client.get(f"/organisations/{group.ref}/close/").status_code == 404
    assert client.post(f"/organisations/{group.ref}/close/").status_code == 404


def test_closing_ones_own_ends_every_role_and_key_at_once() -> None:
    ours, other = make_organisation("housing"), make_organisation("health")
    make_colleague(other, "administrator")
    admin, worker = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    program = make_program(ours, "staff-in-step", "administrator")
    client, workers = signed_in(admin), signed_in(worker)
    assert client.post(f"/organisations/{ours.ref}/close/").status_code == 302
    assert workers.get("/people/").status_code == 403
    assert not RoleHeld.objects.filter(organisation=ours, until__isnull=True).exists()
    with pytest.raises(programs.KeyRefused, match="ended"):
        programs.program_of(program.secret)
    entry = Entry.objects.get(what="an organisation closed")
    assert set(Shown.objects.filter(entry=entry).values_list("record", flat=True)) >= {admin.ref, worker.ref}
    assert entry.shown.get(data_class="api-key").record == ApiKey.objects.get().ref, "found by it too"


def test_an_organisation_in_which_people_work_is_closed_by_nobody_else() -> None:
    admin = acting_as(make_colleague(make_organisation("housing"), "administrator"))
    other = make_organisation("health")
    make_colleague(other, "worker")
    with pytest.raises(partners.PartnerRefused, match="still work"):
        partners.close_organisation(admin, other.ref)
    empty = make_organisation("school")
    partners.close_organisation(admin, empty.ref)
    assert Organisation.objects.get(pk=empty.pk).closed_on == timezone.localdate()


def test_only_a_partner_that_can_be_closed_has_a_link_and_a_button_to_close_it() -> None:
    ours, busy, empty = (make_organisation(kind) for kind in ("housing", "health", "school"))
    make_colleague(busy, "worker")
    client = signed_in(make_colleague(ours, "administrator"))
    page = client.get("/organisations/").content.decode()
    linked = {one.name for one in (ours, busy, empty) if f"/organisations/{one.ref}/close/" in page}
    assert linked == {empty.name}, "the last with an administrator stays open"
    for one, why in ((busy, "People still work"), (ours, "No other organisation has an administrator")):
        asked = client.get(f"/organisations/{one.ref}/close/").content.decode()
        assert why in asked
        assert "Close the organisation</button>" not in asked
    free = client.get(f"/organisations/{empty.ref}/close/").content.decode()
    assert "Close the organisation</button>" in free
    make_colleague(busy, "administrator")
    assert f"/organisations/{ours.ref}/close/" in client.get("/organisations/").content.decode()


def test_the_last_organisation_with_an_administrator_stays_open() -> None:
    ours = make_organisation("housing")
    make_organisation("health")
    admin = acting_as(make_colleague(ours, "administrator"))
    with pytest.raises(partners.PartnerRefused, match="no other organisation has an administrator"):
        partners.close_organisation(admin, ours.ref)


@pytest.mark.django_db(transaction=True)
def test_a_key_is_shown_once_and_kept_as_a_digest_alone() -> None:
    ours = make_organisation("housing")
    client = signed_in(make_colleague(ours, "administrator"))
    answer = client.post("/programs/add/", {"use": "staff-in-step:administrator", "days": "30"})
    page = answer.content.decode()
    secret = page.split('<code class="key">')[1].split("</code>")[0]
    key = ApiKey.objects.get()
    assert programs.program_of(secret).ref == key.ref
    row = str(list(ApiKey.objects.values()))
    assert secret not in row
    assert secret.removeprefix("lippen-") not in row
    assert secret not in client.get("/programs/").content.decode()
    assert secret not in str(list(Entry.objects.values()))


def test_a_key_that_was_ended_or_has_run_out_opens_nothing() -> None:
    ours = make_organisation("housing")
    client = signed_in(make_colleague(ours, "administrator"))
    first, second = (make_program(ours, "staff-in-step", "administrator") for _ in range(2))
    assert client.post(f"/programs/{first.key.ref}/end/").status_code == 302
    with pytest.raises(programs.KeyRefused, match="ended"):
        programs.program_of(first.secret)
    ApiKey.objects.filter(pk=second.key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(programs.KeyRefused, match="run out"):
        programs.program_of(second.secret)
    with pytest.raises(programs.KeyRefused, match="no key"):
        programs.program_of("lippen-guess")


def test_a_key_ends_with_the_role_of_whoever_made_it() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator")
    program = make_program(ours, "staff-in-step", "administrator")
    maker = RoleHeld.objects.get(person__ref=program.key.made_by)
    roles.end_role(acting_as(admin), maker.ref)
    with pytest.raises(programs.KeyRefused, match="may no longer"):
        programs.program_of(program.secret)


def test_a_key_reaches_no_further_than_its_maker() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator")
    with pytest.raises(programs.KeyRefused, match="more than you may yourself"):
        programs.make_key(acting_as(admin), "check-reading", "protection-officer", 30)
    answer = signed_in(admin).post(
        "/programs/add/", {"use": "check-reading:protection-officer", "days": "30"}
    )
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()
    make_role(admin, ours, "protection-officer")
    _, secret = programs.make_key(acting_as(admin), "check-reading", "protection-officer", 30)
    program = programs.program_of(secret)
    assert program.may("list", "register").scope == "organisation"
    assert not program.may("list", "staff")
    assert "made to" in program.may("list", "staff").why


@pytest.mark.parametrize(
    ("purpose", "role", "days"),
    [
        ("staff-in-step", "worker", 30), ("benefit-checks", "administrator", 30),
        ("check-reading", "panel", 30),
        ("staff-in-step", "administrator", 0), ("staff-in-step", "administrator", 366),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused(purpose: str, role: str, days: int) -> None:
    admin = acting_as(make_colleague(make_organisation("housing"), "administrator"))
    with pytest.raises(programs.KeyRefused):
        programs.make_key(admin, purpose, role, days)
    assert not ApiKey.objects.exists()


def test_a_key_of_another_organisation_answers_like_an_unknown_one() -> None:
    program = make_program(make_organisation("health"), "staff-in-step", "administrator")
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    answers = [client.post(f"/programs/{ref}/end/") for ref in (program.key.ref, "a" * 16)]
    assert [one.status_code for one in answers] == [404, 404]
    assert len({re.sub(rb'value="[^"]*"', b"", one.content) for one in answers}) == 1  # the form's token
    assert programs.program_of(program.secret)
