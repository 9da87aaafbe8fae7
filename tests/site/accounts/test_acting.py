"""In which role one acts, under which law, and what waits; and the demo's one click."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from entering_people import Browser, organisation, person, signed_in

from lippen.site.accounts import notices
from lippen.site.accounts.acting import acting_of
from lippen.site.accounts.models import Notice, Person
from lippen.site.accounts.services import erase_person
from lippen.site.accounts.sessions import SessionStore
from lippen.site.accounts.sign_in import sign_in_demo
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def police() -> Any:
    return organisation("Invermarrow Police", "police", "law-enforcement")


def test_one_chooses_among_roles_under_one_law() -> None:
    morag = person("morag", "worker", "desk")
    browser = signed_in(morag)
    desk = morag.roles.get(role="desk")
    assert browser.post("/you/role/", {"role": desk.ref}).status_code == 302
    browser.get("/people/")
    assert Entry.objects.filter(reader=morag.ref, what="people").latest("pk").role == "desk"


def test_one_does_not_act_in_somebody_else_s_role() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    browser = signed_in(morag)
    for ref in (agnes.roles.get().ref, "", "x" * 16):
        browser.post("/you/role/", {"role": ref})
    assert browser.get("/invitations/").status_code == 403


def test_roles_under_two_laws_are_never_open_in_one_session() -> None:
    morag = person("morag", "worker")
    morag.roles.create(organisation=police(), role="police-officer")
    browser = signed_in(morag)
    undecided = browser.get("/people/")
    assert undecided.status_code == 403
    assert b"Choose the one in which you act" in undecided.content
    worker, officer = morag.roles.get(role="worker"), morag.roles.get(role="police-officer")
    browser.post("/you/role/", {"role": officer.ref})
    assert browser.get("/people/").status_code == 200
    refused = browser.post("/you/role/", {"role": worker.ref})
    assert refused.status_code == 422
    assert b"under another law" in refused.content
    browser.get("/people/")
    regimes = set(Entry.objects.filter(reader=morag.ref, what="people").values_list("regime", flat=True))
    assert regimes == {"law-enforcement"}


def test_when_the_role_under_this_law_ends_the_other_does_not_open_by_itself() -> None:
    morag = person("morag", "worker")
    browser = signed_in(morag)
    assert browser.get("/people/").status_code == 200
    morag.roles.create(organisation=police(), role="police-officer")
    morag.roles.filter(role="worker").delete()
    answer = browser.get("/people/")
    assert answer.status_code == 403
    assert b"under another law than this session" in answer.content


def test_a_role_given_mid_session_under_another_law_is_offered_and_not_opened() -> None:
    morag = person("morag", "worker")
    browser = signed_in(morag)
    browser.get("/you/")
    morag.roles.create(organisation=police(), role="police-officer")
    assert b"Sign out and in again to act in it" in browser.get("/you/").content


def test_what_waits_says_nothing_of_what_it_is_until_it_is_opened() -> None:
    morag = person("morag", "worker")
    for _ in range(2):
        notices.tell([morag], "/you/declared/", "A very private matter.")
    browser = signed_in(morag)
    page = browser.get("/you/").content.decode()
    assert "declared" not in page.split("What waits for you")[1].split("Your roles")[0]
    assert "private matter" not in page
    ref = Notice.objects.get().ref
    answer = browser.post(f"/you/waiting/{ref}/", follow=True)
    assert answer.redirect_chain == [("/you/declared/", 302)]
    assert "A very private matter." in answer.content.decode()
    assert ref not in browser.get("/you/").content.decode()


def test_one_opens_no_notice_of_somebody_else() -> None:
    notices.tell([person("agnes", "administrator")], "/you/", "Something.")
    browser = signed_in(person("morag", "worker"))
    assert browser.post(f"/you/waiting/{Notice.objects.get().ref}/").status_code == 404
    assert Notice.objects.get().settled_at is None


def test_an_email_says_only_that_something_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    with_mail = replace(site.CONFIGURATION, mail_from="lippen@example.org")
    monkeypatch.setattr(site, "CONFIGURATION", with_mail)
    morag = person("morag", "worker")
    notices.tell([morag], "/second-step/lost/abcdefgh23456789/", "Morag, a worker, lost a phone.")
    notices.send.call(Notice.objects.get().ref)
    assert [one.to for one in mail.outbox] == [["morag@example.org"]]
    said = mail.outbox[0].subject + mail.outbox[0].body
    assert "Something waits" in said
    for secret in ("abcdefgh", "second-step", "lost", "phone", "Morag", "worker"):
        assert secret not in said


def test_a_site_without_an_address_sends_nothing() -> None:
    from django_tasks_db.models import DBTaskResult

    notices.tell([person("morag", "worker")], "/you/", "Something.")
    assert not DBTaskResult.objects.exists()
    assert mail.outbox == []


def request_for() -> Any:
    request = RequestFactory().post("/demo/")
    request.session, request.user = SessionStore(), AnonymousUser()
    return request


def test_one_click_signs_in_in_a_demo_with_a_second_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "CONFIGURATION", replace(site.CONFIGURATION, demo=True))
    morag = person("morag", "worker")
    request = request_for()
    sign_in_demo(request, morag)
    acting = acting_of(request)
    assert acting is not None
    assert acting.may("list", "staff")


def test_one_click_signs_nobody_in_elsewhere() -> None:
    request = request_for()
    with pytest.raises(PermissionError):
        sign_in_demo(request, person("morag", "worker"))
    assert "_auth_user_id" not in request.session


def test_an_erased_person_leaves_no_session_and_no_means_of_sign_in() -> None:
    morag = person("morag", "worker")
    browser = signed_in(morag)
    assert erase_person(morag.ref) > 0
    assert browser.get("/you/").status_code == 302
    assert not Person.objects.filter(ref=morag.ref).exists()
    assert erase_person(morag.ref) == 0


def test_what_cannot_be_entered_is_not_shown() -> None:
    browser = signed_in(person("morag", "worker"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_entry RENAME TO register_entry_away")
    try:
        answers = [browser.get(path) for path in ("/you/", "/you/security/", "/second-step/lost/")]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE register_entry_away RENAME TO register_entry")
    for answer in answers:
        assert answer.status_code == 503
        assert b"morag@example.org" not in answer.content
    assert browser.get("/you/").status_code == 200


@pytest.mark.parametrize("path", ["/you/", "/you/security/", "/you/sessions/", "/second-step/lost/"])
def test_somebody_not_signed_in_is_asked_to(path: str) -> None:
    assert Browser().get(path)["Location"].startswith("/sign-in/?next=")
