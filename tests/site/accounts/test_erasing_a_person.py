"""The officer erases somebody who left: who may, when, what goes, and what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from entering_people import Browser, organisation, person, send, signed_in, works_also

from lippen.site.accounts import notices
from lippen.site.accounts.models import Invitation, Notice, Person, RoleHeld
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def left(who: Person) -> None:
    """Every role of theirs has ended."""
    today = timezone.localdate()
    RoleHeld.objects.filter(person=who).update(since=today - timedelta(days=9), until=today)


def erase(browser: Browser, who: Person) -> str:
    return send(browser, f"/people/{who.ref}/erase/")


def test_the_officer_erases_somebody_who_left_and_the_register_says_who_did() -> None:
    tom, morag = person("tom", "protection-officer"), person("morag", "worker")
    hers = signed_in(morag)
    hers.get("/people/")
    left(morag)
    browser = signed_in(tom)
    assert f"/people/{morag.ref}/erase/" in browser.get(f"/people/{morag.ref}/").content.decode()
    assert "Erased." in erase(browser, morag)
    assert not Person.objects.filter(ref=morag.ref).exists()
    assert hers.get("/you/").status_code == 302
    entry = Entry.objects.get(act="erasure", shown__record=morag.ref)
    assert (entry.reader, entry.role) == (tom.ref, "protection-officer")
    assert Entry.objects.filter(reader=morag.ref).exists(), "what she read stays, by a reference"


def test_the_page_says_first_what_stays() -> None:
    tom, morag = person("tom", "protection-officer"), person("morag", "worker")
    left(morag)
    browser = signed_in(tom)
    browser.again()
    page = browser.get(f"/people/{morag.ref}/erase/").content.decode()
    assert "This cannot be undone" in page
    assert "What stays" in page
    assert "Backups and files that were taken out before today still name them" in page
    assert Person.objects.filter(ref=morag.ref).exists()


def test_nobody_who_holds_a_role_anywhere_or_soon_is_erased() -> None:
    tom, morag, ewan = (
        person("tom", "protection-officer"),
        person("morag", "worker"),
        person("ewan", "worker"),
    )
    works_also(ewan, "worker", organisation("Invermarrow Homes", "housing"))
    left(ewan)
    ewan.roles.filter(organisation__name="Invermarrow Homes").update(until=None)
    isla = person("isla", "worker")
    isla.roles.update(since=timezone.localdate() + timedelta(days=3))
    browser = signed_in(tom)
    for who in (morag, ewan, isla):
        assert "still holds a role" in erase(browser, who)
        assert Person.objects.filter(ref=who.ref).exists()
    assert not Entry.objects.filter(act="erasure").exists()


@pytest.mark.parametrize("role", ["administrator", "worker"])
def test_only_an_officer_erases(role: str) -> None:
    other, morag = person("agnes", role), person("morag", "worker")
    left(morag)
    browser = signed_in(other)
    browser.again()
    assert browser.get(f"/people/{morag.ref}/erase/").status_code == 403
    assert browser.post(f"/people/{morag.ref}/erase/").status_code == 403
    assert Person.objects.filter(ref=morag.ref).exists()


def test_an_officer_of_another_partner_finds_nobody() -> None:
    homes = organisation("Invermarrow Homes", "housing")
    tom, morag = person("tom", "protection-officer", at=homes), person("morag", "worker")
    left(morag)
    browser = signed_in(tom)
    browser.again()
    for answer in (browser.get, browser.post):
        assert answer(f"/people/{morag.ref}/erase/").status_code == 404
    assert Person.objects.filter(ref=morag.ref).exists()


def test_a_screen_left_open_erases_nobody() -> None:
    tom, morag = person("tom", "protection-officer"), person("morag", "worker")
    left(morag)
    browser = signed_in(tom)
    session = browser.session
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - 3600} for one in session["account_authentication_methods"]
    ]
    session.save()
    answer = browser.post(f"/people/{morag.ref}/erase/")
    assert answer["Location"].startswith("/you/again/")
    assert Person.objects.filter(ref=morag.ref).exists()


def test_an_open_invitation_to_their_address_and_others_notices_about_them_go_too() -> None:
    tom, agnes, morag = (
        person("tom", "protection-officer"),
        person("agnes", "administrator"),
        person("morag", "worker"),
    )
    left(morag)
    sent = {"name": "Morag", "email": morag.email, "role": "desk", "organisation": organisation().ref}
    send(signed_in(agnes), "/invitations/new/", sent)
    notices.tell([agnes], f"/people/{morag.ref}/", "Somebody.")
    notices.tell([agnes], "/you/", "Something.")
    erase(signed_in(tom), morag)
    assert not Invitation.objects.exists()
    assert [one.path for one in Notice.objects.filter(person=agnes)] == ["/you/"]
