"""Invitations: one link, one person, one week, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, signed_in

from lippen.site.accounts.entering import first_administrator_link
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

COMES_IN = {"name": "Ailsa Broom", "password": PASSWORD, "again": PASSWORD}


def administrator(word: str = "agnes") -> Browser:
    return signed_in(person(word, "administrator"))


def invite(browser: Browser, role: str = "worker", email: str = "ailsa@example.org") -> str:
    page = browser.get("/invitations/new/")
    if page.status_code == 302:
        browser.again()
        page = browser.get("/invitations/new/")
    offered = re.search(r'name="organisation" value="([a-z0-9]{16})"', page.content.decode())
    assert offered
    sent = {"name": "Ailsa Broom", "email": email, "role": role, "organisation": offered[1]}
    answer = browser.post("/invitations/new/", sent)
    assert answer.status_code == 200
    return link_on(answer.content.decode())


def test_an_invited_person_comes_in_and_sets_up_a_second_step_without_email() -> None:
    link = invite(administrator())
    browser = Browser()
    page = browser.get(link).content.decode()
    assert "ailsa@example.org" in page
    assert "Braeside" in page
    answer = browser.post(link, COMES_IN)
    assert (answer.status_code, answer["Location"]) == (302, "/you/security/")
    assert browser.get("/people/")["Location"] == "/you/security/"
    browser.set_up_app()
    assert browser.get("/people/").status_code == 200
    assert Person.objects.get(email="ailsa@example.org").roles.get().role == "worker"


def test_opening_the_page_uses_nothing_up_and_sending_its_form_does() -> None:
    link = invite(administrator())
    for _ in range(3):
        assert Browser().get(link).status_code == 200
    assert Browser().post(link, COMES_IN).status_code == 302
    assert Browser().get(link).status_code == 410
    assert Browser().post(link, COMES_IN).status_code == 410
    assert Person.objects.filter(email="ailsa@example.org").count() == 1


def test_of_two_who_race_one_comes_in(at_once: Callable[..., list[Any]]) -> None:
    link = invite(administrator())
    codes = at_once(lambda _: Browser().post(link, COMES_IN).status_code, [1, 2, 3])
    assert codes.count(302) == 1
    assert Person.objects.filter(email="ailsa@example.org").count() == 1
    assert RoleHeld.objects.filter(person__email="ailsa@example.org").count() == 1


def test_the_database_holds_no_link() -> None:
    token = invite(administrator()).split("/")[-2]
    one = Invitation.objects.get()
    assert token not in str(one.__dict__)
    assert token.encode() not in bytes(one.digest)


def test_a_link_ends_after_seven_days() -> None:
    link = invite(administrator())
    Invitation.objects.update(expires_at=timezone.now() + timedelta(seconds=-1))
    assert Browser().get(link).status_code == 410
    assert Browser().post(link, COMES_IN).status_code == 410
    assert not Person.objects.filter(email="ailsa@example.org").exists()


def test_a_withdrawn_link_opens_nothing_and_keeps_no_name() -> None:
    browser = administrator()
    link = invite(browser)
    ref = Invitation.objects.get().ref
    assert browser.post(f"/invitations/{ref}/withdraw/").status_code == 302
    assert Browser().post(link, COMES_IN).status_code == 410
    assert not Invitation.objects.exists()
    assert Entry.objects.filter(what="an invitation withdrawn", shown__record=ref).exists()


def test_inviting_anew_ends_the_earlier_link() -> None:
    browser = administrator()
    first, second = invite(browser), invite(browser)
    assert Browser().get(first).status_code == 410
    assert Browser().get(second).status_code == 200


def test_whoever_invites_anew_is_told_that_the_earlier_link_ended() -> None:
    browser = administrator()
    browser.get("/invitations/new/")
    browser.again()
    sent = {"name": "Ailsa", "role": "worker", "organisation": organisation().ref}
    told = "The link from before has ended"
    first = browser.post("/invitations/new/", {**sent, "email": "ailsa@example.org"})
    assert told not in first.content.decode()
    other = browser.post("/invitations/new/", {**sent, "email": "isla@example.org"})
    assert told not in other.content.decode()
    second = browser.post("/invitations/new/", {**sent, "email": "AILSA@example.org"})
    assert told in second.content.decode()
    Browser().post(link_on(second.content.decode()), COMES_IN)
    RoleHeld.objects.filter(person__email="ailsa@example.org").delete()
    assert (
        told not in browser.post("/invitations/new/", {**sent, "email": "ailsa@example.org"}).content.decode()
    )


@pytest.mark.parametrize("token", ["x" * 43, "x" * 42, "../" * 14, "A" * 43 + "%00"])
def test_a_made_up_link_opens_nothing(token: str) -> None:
    assert Browser().get(f"/invitations/open/{token}/").status_code in {404, 410}


def test_only_an_administrator_invites_and_only_to_their_own_organisation() -> None:
    worker = signed_in(person("morag", "worker"))
    assert worker.get("/invitations/").status_code == 403
    assert worker.post("/invitations/new/", {}).status_code == 403
    other = organisation("Invermarrow Homes", "housing")
    person("hamish", "administrator", at=other)
    browser = administrator()
    sent = {"name": "X", "email": "x@example.org", "role": "worker", "organisation": other.ref}
    assert browser.post("/invitations/new/", sent).status_code == 422
    assert not Invitation.objects.exists()


def test_another_organisation_s_invitation_is_neither_seen_nor_withdrawn() -> None:
    link = invite(administrator())
    ref = Invitation.objects.get().ref
    hamish = signed_in(person("hamish", "administrator", at=organisation("Invermarrow Homes", "housing")))
    assert b"Ailsa" not in hamish.get("/invitations/").content
    assert hamish.post(f"/invitations/{ref}/withdraw/").status_code == 404
    assert Browser().get(link).status_code == 200


def test_a_role_that_does_not_fit_the_organisation_is_refused() -> None:
    browser = administrator()
    browser.get("/invitations/new/")
    for role in ("police-officer", "panel", "nothing", ""):
        sent = {"name": "X", "email": "x@example.org", "role": role, "organisation": organisation().ref}
        assert browser.post("/invitations/new/", sent).status_code == 422
    assert not Invitation.objects.exists()


def test_nobody_invites_themselves_into_another_role() -> None:
    browser = administrator()
    sent = {"name": "Agnes", "email": "AGNES@example.org", "role": "desk", "organisation": organisation().ref}
    answer = browser.post("/invitations/new/", sent)
    assert b"Nobody gives a role to themselves" in answer.content
    assert not Invitation.objects.exists()


def test_the_first_person_of_a_new_partner_is_its_administrator() -> None:
    browser = administrator()
    homes = organisation("Invermarrow Homes", "housing")
    sent = {"name": "Hamish", "email": "hamish@example.org", "organisation": homes.ref}
    refused = browser.post("/invitations/new/", {**sent, "role": "worker"})
    assert b"first person of Invermarrow Homes is its administrator" in refused.content
    answer = browser.post("/invitations/new/", {**sent, "role": "administrator"})
    link = link_on(answer.content.decode())
    assert Browser().post(link, COMES_IN).status_code == 302
    assert homes.roles.get().person.email == "hamish@example.org"


def test_somebody_who_is_here_takes_up_a_further_role_signed_in_as_themselves() -> None:
    desk = person("morag", "worker")
    link = invite(administrator(), role="desk", email=desk.email)
    assert b"Sign in first" in Browser().get(link).content
    stranger = signed_in(person("ewan", "worker"))
    assert b"for somebody else" in stranger.get(link).content
    assert b"for somebody else" in stranger.post(link).content
    half = Browser()
    half.enter(desk)
    half.post(link)
    assert desk.roles.count() == 1
    browser = signed_in(desk)
    assert browser.post(link).status_code == 302
    assert set(desk.roles.values_list("role", flat=True)) == {"worker", "desk"}


def test_names_in_an_invitation_run_nowhere() -> None:
    browser = administrator()
    attack = '"><script>alert(1)</script>'
    page = browser.get("/invitations/new/")
    if page.status_code == 302:
        browser.again()
    sent = {"name": attack, "email": "x@example.org", "role": "worker", "organisation": organisation().ref}
    answer = browser.post("/invitations/new/", sent)
    listed = browser.get("/invitations/")
    opened = Browser().get(link_on(answer.content.decode()))
    for page in (answer, listed, opened):
        assert page.status_code == 200
        assert b"<script>alert" not in page.content


def test_each_step_of_an_invitation_is_entered() -> None:
    browser = administrator()
    link = invite(browser)
    ref = Invitation.objects.get().ref
    browser.get("/invitations/")
    Browser().post(link, COMES_IN)
    ailsa = Person.objects.get(email="ailsa@example.org")
    told = set(Entry.objects.filter(shown__record__in=[ref, ailsa.ref]).values_list("what", flat=True))
    assert {"a person invited: worker", "open invitations", "an invitation", "a person added"} <= told


def test_the_first_administrator_opens_the_site_by_a_link_that_is_printed() -> None:
    link = first_administrator_link("http://localhost:8000")
    assert link is not None
    assert link.startswith("http://localhost:8000/invitations/open/")
    path = link.removeprefix("http://localhost:8000")
    browser = Browser()
    assert b"Open the site" in browser.get(path).content
    sent = {
        "organisation": "Braeside Tenants' Voice",
        "kind": "community-group",
        "regime": "uk-gdpr",
        "name": "Agnes",
        "email": "agnes@example.org",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    wrong = browser.post(path, {**sent, "regime": "law-enforcement"})
    assert b"Choose one of the list." in wrong.content
    assert browser.post(path, sent).status_code == 302
    browser.set_up_app()
    assert browser.get("/invitations/").status_code == 200
    assert Browser().get(path).status_code == 410
    assert first_administrator_link("http://localhost:8000") is None


def test_each_start_ends_the_link_of_the_one_before() -> None:
    earlier = first_administrator_link("http://x")
    later = first_administrator_link("http://x")
    assert earlier
    assert later
    assert Browser().get(earlier.removeprefix("http://x")).status_code == 410
    assert Browser().get(later.removeprefix("http://x")).status_code == 200


def test_of_two_who_race_for_the_first_link_one_opens_the_site(at_once: Callable[..., list[Any]]) -> None:
    link = first_administrator_link("http://x")
    assert link

    def open_site(word: str) -> int:
        sent = {
            "organisation": word,
            "kind": "housing",
            "regime": "uk-gdpr",
            "name": word,
            "email": f"{word}@example.org",
            "password": PASSWORD,
            "again": PASSWORD,
        }
        return Browser().post(link.removeprefix("http://x"), sent).status_code

    assert sorted(at_once(open_site, ["agnes", "thief"])) == [302, 410]
    assert RoleHeld.objects.filter(role="administrator").count() == 1
    assert Organisation.objects.count() == 1


def test_ones_own_organisation_is_chosen_beforehand_unless_another_is_named() -> None:
    browser = administrator()
    homes = organisation("Invermarrow Homes", "housing")

    def chosen(path: str) -> list[str]:
        return re.findall(r'<option value="([^"]+)" selected', browser.get(path).content.decode())

    browser.get("/invitations/new/")
    browser.again()
    assert chosen("/invitations/new/") == [organisation().ref]
    organisation("Lochside Clinic", "health")
    person("hamish", "administrator", at=homes)
    assert chosen(f"/invitations/new/?organisation={homes.ref}") == [], "somebody works there by now"
