"""Who sees that a colleague lost a device: those who may read about colleagues, a page of them at a time."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from entering_people import Browser, organisation, person, send, signed_in, works_also

from lippen.site.accounts.models import Arrival, DeviceReplacement, Notice, Person, RoleHeld
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)

LOST = "/second-step/lost/"


def request_path() -> str:
    return f"{LOST}{DeviceReplacement.objects.latest('pk').ref}/"


def health() -> dict[str, Browser]:
    """Two nurses, an administrator and a researcher of one partner, each at a browser."""
    roles = {"ruth": "worker", "neil": "worker", "parveen": "administrator", "callum": "researcher"}
    return {word: signed_in(person(word, role)) for word, role in roles.items()}


def test_a_researcher_sees_no_colleague_and_agrees_to_nothing() -> None:
    town = health()
    ruth = Person.objects.get(email="ruth@example.org")
    town["callum"].again()
    for answer in (town["callum"].get(LOST), town["callum"].post(LOST, {"person": ruth.ref})):
        assert answer.status_code == 403
        assert b"Ruth" not in answer.content
    assert LOST not in town["callum"].get("/you/").content.decode()
    assert LOST in town["neil"].get("/you/").content.decode()
    send(town["neil"], LOST, {"person": ruth.ref})
    assert not Notice.objects.filter(person__email="callum@example.org").exists()
    for answer in (
        town["callum"].get(request_path()),
        town["callum"].post(request_path(), {"answer": "agree"}),
        town["callum"].post(request_path(), {"answer": "refuse"}),
    ):
        assert answer.status_code in {403, 404}
        assert b"Ruth" not in answer.content
    assert Authenticator.objects.filter(user=ruth).exists()
    assert DeviceReplacement.objects.get().refused_at is None


def test_a_researcher_sees_and_refuses_what_is_asked_about_themselves_and_reads_no_name() -> None:
    town = health()
    callum = Person.objects.get(email="callum@example.org")
    send(town["neil"], LOST, {"person": callum.ref})
    town["callum"].again()
    page = town["callum"].get(request_path()).content.decode()
    assert "This is about you" in page
    assert "a colleague" in page
    assert "Neil" not in page
    assert "You refused this" in send(town["callum"], request_path(), {"answer": "refuse"})


def test_who_was_refused_a_device_reads_by_whom_and_whom_to_tell() -> None:
    town = health()
    send(town["neil"], LOST, {"person": Person.objects.get(email="ruth@example.org").ref})
    send(town["parveen"], request_path(), {"answer": "refuse"})
    town["ruth"].again()
    page = town["ruth"].get(request_path()).content.decode()
    assert (
        "Refused by Parveen. Nothing was replaced. If you did not ask for it, tell an administrator" in page
    )
    assert "If you did, speak with them, and let a colleague ask again." in page


def test_whoever_refuses_is_named_and_the_officer_and_administrators_are_told() -> None:
    """Without that, one hostile colleague refuses every request, and nobody learns who."""
    town = health()
    officer = person("tom", "protection-officer")
    send(town["neil"], LOST, {"person": Person.objects.get(email="ruth@example.org").ref})
    mal = signed_in(person("mal", "worker"))
    Notice.objects.all().delete()
    send(mal, request_path(), {"answer": "refuse"})
    told = set(Notice.objects.values_list("person__email", flat=True))
    assert told == {officer.email, "parveen@example.org"}
    for browser in (town["neil"], town["ruth"], signed_in(officer)):
        browser.again()
        assert "Refused by Mal" in browser.get(request_path()).content.decode()
    Person.objects.get(email="mal@example.org").delete()
    assert "Refused by somebody who is gone" in town["neil"].get(request_path()).content.decode()


def test_after_a_refusal_the_administrator_ends_that_role_and_it_is_asked_for_anew() -> None:
    town = health()
    ruth = Person.objects.get(email="ruth@example.org")
    mal = person("mal", "worker")
    theirs = signed_in(mal)
    send(town["neil"], LOST, {"person": ruth.ref})
    send(theirs, request_path(), {"answer": "refuse"})
    held = RoleHeld.objects.get(person=mal)
    send(town["parveen"], f"/people/{mal.ref}/roles/{held.ref}/end/")
    send(town["neil"], LOST, {"person": ruth.ref})
    assert theirs.post(request_path(), {"answer": "refuse"}).status_code in {302, 403, 404}
    assert DeviceReplacement.objects.latest("pk").refused_at is None
    assert "/second-step/new/" in send(town["parveen"], request_path(), {"answer": "agree"})


def test_in_an_organisation_of_two_it_is_said_at_once_that_nobody_could_complete_it() -> None:
    asker, other = signed_in(person("ewan", "worker")), person("isla", "worker")
    page = asker.get(LOST).content.decode()
    assert "Too few people work here for this" in page
    assert "sets up two devices" in page
    assert "Isla" not in page, "nobody can be asked for"
    assert "Too few people work here for this" in send(asker, LOST, {"person": other.ref})
    assert not DeviceReplacement.objects.exists()
    assert not Notice.objects.exists()


def test_who_works_with_a_larger_partner_too_can_be_asked_for_in_an_organisation_of_two() -> None:
    asker, other = signed_in(person("ewan", "worker")), person("isla", "worker")
    homes = organisation("Invermarrow Homes", "housing")
    works_also(other, "worker", homes)
    person("hamish", "worker", at=homes)
    assert "Too few people" not in asker.get(LOST).content.decode()
    assert "Asked." in send(asker, LOST, {"person": other.ref})


def test_where_the_others_do_not_count_yet_it_is_said_what_helps() -> None:
    asker = signed_in(person("ewan", "worker"))
    isla, _ = (person(word, "worker", days_here=1) for word in ("isla", "calum"))
    said = send(asker, LOST, {"person": isla.ref})
    assert "nobody could complete this" in said
    assert "set up two devices and keep their spare codes safe" in said


def test_a_request_that_nobody_can_complete_any_more_says_so() -> None:
    town = health()
    send(town["neil"], LOST, {"person": Person.objects.get(email="ruth@example.org").ref})
    assert "One more colleague has to agree" in town["neil"].get(request_path()).content.decode()
    Person.objects.get(email="parveen@example.org").roles.all().delete()
    assert "Too few of those whose yes counts are left" in town["neil"].get(request_path()).content.decode()


def test_a_large_organisation_is_named_a_page_at_a_time_and_entered_so() -> None:
    place = organisation()
    asker = signed_in(person("ewan", "worker"))
    many = Person.objects.bulk_create(
        Person(name=f"Nurse {number:03}", email=f"nurse{number}@example.org") for number in range(120)
    )
    RoleHeld.objects.bulk_create(RoleHeld(person=one, organisation=place, role="worker") for one in many)
    asker.again()
    pages = [asker.get(f"{LOST}?page={number}").content.decode() for number in (1, 2, 3)]
    named = [re.findall(r"Nurse \d{3}", page) for page in pages]
    assert [len(one) for one in named] == [50, 50, 20]
    assert len({name for one in named for name in one}) == 120
    entered = Entry.objects.filter(what="devices to be replaced").order_by("pk")
    for entry, shown in zip(entered, named, strict=True):
        assert Shown.objects.filter(entry=entry.pk).count() == len(shown)


def test_what_waits_and_who_can_be_asked_for_are_read_in_one_entry() -> None:
    town = health()
    neil = Person.objects.get(email="neil@example.org")
    ruth = Person.objects.get(email="ruth@example.org")
    send(town["neil"], LOST, {"person": ruth.ref})
    before = Entry.objects.latest("pk").pk
    page = town["neil"].get(LOST).content.decode()
    entry = Entry.objects.get(pk__gt=before)
    shown = set(entry.shown.values_list("record", flat=True))
    assert {one.ref for one in Person.objects.all() if one.name in page} == shown | {neil.ref}
    assert ruth.ref in shown
    assert len(shown) > 2


def test_a_colleague_on_another_page_is_found_by_name_and_asked_for_there() -> None:
    place = organisation()
    asker = signed_in(person("ewan", "worker"))
    for word in ("isla", "calum"):
        person(word, "worker")
    many = Person.objects.bulk_create(
        Person(name=f"A nurse {number:03}", email=f"nurse{number}@example.org") for number in range(60)
    )
    RoleHeld.objects.bulk_create(RoleHeld(person=one, organisation=place, role="worker") for one in many)
    zoe = person("zoë", "worker")
    asker.again()
    assert "Zoë" not in asker.get(LOST).content.decode()
    found = f"{LOST}?search=ZOE"
    assert "Zoë" in asker.get(found).content.decode()
    assert "Asked." in send(asker, found, {"person": zoe.ref})
    assert DeviceReplacement.objects.get().person == zoe
    assert "Nobody here has such a name" in asker.get(f"{LOST}?search=xxxx").content.decode()
    refused = asker.post(LOST, {"person": zoe.ref})
    assert refused.status_code == 422
    assert "Somebody has asked for this already" in refused.content.decode()
    assert "Choose one of the list" not in refused.content.decode()


def test_who_does_not_count_yet_is_shown_no_colleague() -> None:
    asker = signed_in(person("ewan", "worker"))
    for word in ("isla", "calum"):
        person(word, "worker")
    Arrival.objects.filter(person__email="ewan@example.org").update(met_by="")
    asker.again()
    page = asker.get(LOST).content.decode()
    assert "Your yes does not count yet" in page
    assert "Isla" not in page


@pytest.mark.parametrize("first", ["/", "/you/", "/people/", "/you/security/"])
def test_the_first_page_after_a_replacement_says_to_open_the_link(first: str) -> None:
    town = health()
    ruth = Person.objects.get(email="ruth@example.org")
    send(town["neil"], LOST, {"person": ruth.ref})
    send(town["parveen"], request_path(), {"answer": "agree"})
    browser = Browser()
    browser.enter(ruth)
    page = browser.get(first, follow=True).content.decode()
    assert "Open the link that they gave you" in page
    assert "/you/security/app/" not in page
    assert "/you/security/passkeys/add/" not in page


def test_whoever_asks_or_refuses_is_shown_nobody_and_no_reading_is_entered() -> None:
    town = health()
    ruth = Person.objects.get(email="ruth@example.org")
    town["neil"].again()
    before = Entry.objects.latest("pk").pk
    for path, sent, did in (
        (LOST, {"person": ruth.ref}, "a device's replacement asked for"),
        ("", {"answer": "refuse"}, "a device's replacement refused"),
    ):
        answer = town["neil"].post(path or request_path(), sent)
        assert answer.status_code == 302
        entered = Entry.objects.filter(pk__gt=before)
        assert [one.what for one in entered] == [did]
        before = entered.latest("pk").pk


def test_a_form_that_is_shown_again_is_a_reading_of_those_who_stand_in_it() -> None:
    town = health()
    town["neil"].again()
    before = Entry.objects.latest("pk").pk
    for person_sent in ("", "somebody"):
        answer = town["neil"].post(LOST, {"person": person_sent})
        assert answer.status_code == 422
        assert b"Ruth" in answer.content
        entry = Entry.objects.get(pk__gt=before)
        before = entry.pk
        refs = set(Shown.objects.filter(entry=entry).values_list("record", flat=True))
        assert refs == set(Person.objects.exclude(email="neil@example.org").values_list("ref", flat=True))
