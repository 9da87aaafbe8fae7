"""Who counts as the second colleague: attacks by an administrator who invents people, and by newcomers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, send, signed_in

from lippen.site.accounts.arrivals import STANDING
from lippen.site.accounts.models import Arrival, DeviceReplacement, Notice, Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def let_in(by: Browser, word: str, role: str = "worker") -> tuple[Person, Browser]:
    """Somebody comes in by an invitation, or somebody who invents them does, and sets up a second step."""
    email = f"{word}@example.org"
    sent = {"name": word.capitalize(), "email": email, "role": role, "organisation": organisation().ref}
    browser = Browser()
    browser.post(
        link_on(send(by, "/invitations/new/", sent)),
        {"name": sent["name"], "password": PASSWORD, "again": PASSWORD},
    )
    browser.set_up_app()
    return Person.objects.get(email=email), browser


def days_go_by(number: int) -> None:
    for one in Arrival.objects.all():
        one.on -= timedelta(days=number)
        one.save()


def ask(browser: Browser, who: Person) -> str:
    return send(browser, "/second-step/lost/", {"person": who.ref, "password_too": "on"})


def agree(browser: Browser) -> str:
    path = f"/second-step/lost/{DeviceReplacement.objects.latest('pk').ref}/"
    return send(browser, path, {"answer": "agree"})


def has_device(who: Person) -> bool:
    return Authenticator.objects.filter(user=who, type="totp").exists()


def test_whoever_looks_at_somebody_makes_one_entry_with_all_whom_the_page_names_and_why_they_look() -> None:
    agnes, ewan = person("agnes", "administrator"), person("ewan", "worker")
    ailsa, _ = let_in(signed_in(agnes), "ailsa")
    browser = signed_in(ewan)
    before = Entry.objects.latest("pk").pk
    page = browser.get(f"/people/{ailsa.ref}/").content.decode()
    assert "Let in by Agnes" in page
    entry = Entry.objects.get(pk__gt=before)
    assert set(entry.shown.values_list("record", flat=True)) == {ailsa.ref, agnes.ref}
    assert (entry.what, entry.purpose) == ("a person", "to know or reach a colleague")


def test_somebody_who_left_waits_for_nobody_to_meet_them() -> None:
    agnes = person("agnes", "administrator")
    hers = signed_in(agnes)
    ailsa, _ = let_in(hers, "ailsa")
    browser = signed_in(person("ewan", "worker"))
    path = f"/people/{ailsa.ref}/"
    assert "Met by nobody else yet" in browser.get(path).content.decode()
    send(hers, f"{path}leave/", {"successor": agnes.ref})
    page = browser.get(path).content.decode()
    assert "Met by nobody else yet" not in page
    assert "I have met them" not in page
    assert "Let in by Agnes" in page


def test_an_administrator_with_an_invented_colleague_takes_over_nobody() -> None:
    morag, agnes = person("morag", "worker"), signed_in(person("agnes", "administrator"))
    signed_in(morag)
    person("ewan", "worker")
    _, invented = let_in(agnes, "nobody")
    ask(agnes, morag)
    assert "has said that they have met you" in agree(invented)
    days_go_by(40)
    assert "has said that they have met you" in agree(invented)
    assert has_device(morag)


def test_whoever_let_somebody_in_cannot_say_that_they_met() -> None:
    agnes = signed_in(person("agnes", "administrator"))
    invented, hers = let_in(agnes, "nobody")
    assert "You let them in" in send(agnes, f"/people/{invented.ref}/met/")
    assert "Nobody says this of themselves" in send(hers, f"/people/{invented.ref}/met/")
    assert Arrival.objects.get(person=invented).met_by == ""


def test_two_inventions_do_not_vouch_for_each_other_where_somebody_was_met() -> None:
    agnes = signed_in(person("agnes", "administrator"))
    person("ewan", "worker")
    (first, one), (second, other) = let_in(agnes, "nobody"), let_in(agnes, "noone")
    for browser, who in ((one, second), (other, first)):
        assert "No colleague has met you yourself yet" in send(browser, f"/people/{who.ref}/met/")
        shown = browser.get(f"/people/{who.ref}/").content.decode()
        assert "You cannot say it: no colleague has met you yourself yet" in shown
        assert "I have met them" not in shown
        asked = browser.get(f"/people/{who.ref}/met/").content.decode()
        assert "No colleague has met you yourself yet" in asked
        assert "Then you can say it of others" in asked
        assert "Yes, I have met them" not in asked
    assert not Arrival.objects.filter(person__in=[first, second]).exclude(met_by="").exists()


def test_in_an_organisation_that_begins_newcomers_meet_each_other() -> None:
    """Nobody but the administrator is there who was met, so somebody has to be the first to say it."""
    agnes = signed_in(person("agnes", "administrator"))
    (ailsa, hers), (isla, _) = let_in(agnes, "ailsa"), let_in(agnes, "isla")
    assert "you have met" in send(hers, f"/people/{isla.ref}/met/")
    assert Arrival.objects.get(person=isla).met_by == ailsa.ref


def test_a_newcomer_counts_after_fourteen_days_and_is_told_from_which_day() -> None:
    morag, agnes = person("morag", "worker"), signed_in(person("agnes", "administrator"))
    signed_in(morag)
    ewan = signed_in(person("ewan", "worker"))
    ailsa, hers = let_in(agnes, "ailsa")
    send(ewan, f"/people/{ailsa.ref}/met/")
    counts_from = timezone.localdate() + STANDING
    said = f"from {counts_from.day} {counts_from:%B %Y}"
    assert said in ask(hers, morag)
    assert said in hers.get("/second-step/lost/").content.decode()
    days_go_by(STANDING.days - 1)
    ask(agnes, morag)
    assert "You can ask for this" in agree(hers)
    assert has_device(morag)
    days_go_by(1)
    assert "/second-step/new/" in agree(hers)
    assert not has_device(morag)


def test_a_yes_counts_no_more_when_whoever_said_it_has_been_let_in_anew() -> None:
    morag, ewan, isla, _ = (person(word, "worker") for word in ("morag", "ewan", "isla", "calum"))
    signed_in(morag)
    ask(signed_in(ewan), morag)
    Arrival.objects.filter(person=ewan).update(met_by="")
    assert "One more colleague has to agree" in agree(signed_in(isla))
    assert has_device(morag)


def test_a_newcomer_can_refuse_from_the_first_day() -> None:
    morag, agnes = person("morag", "worker"), signed_in(person("agnes", "administrator"))
    ewan = signed_in(person("ewan", "worker"))
    _, hers = let_in(agnes, "ailsa")
    ask(agnes, morag)
    path = f"/second-step/lost/{DeviceReplacement.objects.latest('pk').ref}/"
    assert "Refused" in send(hers, path, {"answer": "refuse"})
    assert ewan.post(path, {"answer": "agree"}).status_code == 404
    assert "This was refused" in ewan.get(path).content.decode()


def test_a_role_given_anew_after_all_had_ended_begins_the_days_anew() -> None:
    """An administrator who brings a forgotten account back has no second colleague in it."""
    agnes, ewan = person("agnes", "administrator"), person("ewan", "worker")
    held, today = ewan.roles.get(), timezone.localdate()
    held.since, held.until = today - timedelta(days=20), today - timedelta(days=1)
    held.save()
    browser = signed_in(agnes)
    days = {"since_day": today.day, "since_month": today.month, "since_year": today.year}
    send(
        browser, f"/people/{ewan.ref}/give-role/", {"role": "worker", **{k: str(v) for k, v in days.items()}}
    )
    arrival = Arrival.objects.get(person=ewan)
    assert (arrival.on, arrival.let_in_by, arrival.met_by) == (today, agnes.ref, "")


def test_a_further_role_of_somebody_who_is_here_changes_nothing() -> None:
    agnes, ewan = person("agnes", "administrator"), person("ewan", "worker")
    before = Arrival.objects.values().get(person=ewan)
    today = timezone.localdate()
    days = {"since_day": str(today.day), "since_month": str(today.month), "since_year": str(today.year)}
    send(signed_in(agnes), f"/people/{ewan.ref}/give-role/", {"role": "desk", **days})
    assert ewan.roles.count() == 2
    assert Arrival.objects.values().get(person=ewan) == before


def test_colleagues_see_the_mark_until_a_second_one_says_that_they_met() -> None:
    agnes, ewan = signed_in(person("agnes", "administrator")), signed_in(person("ewan", "worker"))
    ailsa, _ = let_in(agnes, "ailsa")
    mark = "met by nobody else yet"
    assert ewan.get("/people/").content.decode().count(f">{mark}<") == 1
    page = ewan.get(f"/people/{ailsa.ref}/").content.decode()
    assert "Let in by Agnes" in page
    assert f"/people/{ailsa.ref}/met/" in page
    assert f"/people/{ailsa.ref}/met/" not in agnes.get(f"/people/{ailsa.ref}/").content.decode()
    send(ewan, f"/people/{ailsa.ref}/met/")
    assert f">{mark}<" not in ewan.get("/people/").content.decode()
    assert "Met by Ewan" in agnes.get(f"/people/{ailsa.ref}/").content.decode()
    assert Entry.objects.filter(what="a colleague met", shown__record=ailsa.ref).exists()


def test_whoever_s_name_the_page_says_is_entered_as_shown() -> None:
    agnes = person("agnes", "administrator")
    ailsa, _ = let_in(signed_in(agnes), "ailsa")
    ewan = signed_in(person("ewan", "worker"))
    before = Entry.objects.latest("pk").pk
    ewan.get(f"/people/{ailsa.ref}/")
    shown = set(Entry.objects.filter(pk__gt=before).values_list("shown__record", flat=True))
    assert shown == {ailsa.ref, agnes.ref}


def test_a_name_of_another_partner_stays_with_that_partner() -> None:
    """The first person of a partner was invited by an administrator of another."""
    agnes = signed_in(person("agnes", "administrator"))
    homes = organisation("Invermarrow Homes", "housing")
    sent = {"name": "Hamish", "email": "hamish@example.org", "role": "administrator"}
    link = link_on(send(agnes, "/invitations/new/", {**sent, "organisation": homes.ref}))
    browser = Browser()
    browser.post(link, {"name": "Hamish", "password": PASSWORD, "again": PASSWORD})
    browser.set_up_app()
    hamish = Person.objects.get(email="hamish@example.org")
    page = browser.get(f"/people/{hamish.ref}/").content.decode()
    assert "Came in on" in page
    assert "Agnes" not in page
    assert "met by nobody else yet" not in page


def test_nobody_of_another_organisation_says_that_they_met() -> None:
    ailsa, _ = let_in(signed_in(person("agnes", "administrator")), "ailsa")
    hamish = signed_in(person("hamish", "worker", at=organisation("Invermarrow Homes", "housing")))
    hamish.again()
    assert hamish.post(f"/people/{ailsa.ref}/met/").status_code == 404
    assert Arrival.objects.get(person=ailsa).met_by == ""


def test_the_officer_and_other_administrators_are_told_that_somebody_was_let_in() -> None:
    agnes = person("agnes", "administrator")
    officer, other = person("tom", "protection-officer"), person("shona", "administrator")
    person("ewan", "worker")
    ailsa, _ = let_in(signed_in(agnes), "ailsa")
    told = Notice.objects.filter(path=f"/people/{ailsa.ref}/")
    assert set(told.values_list("person__ref", flat=True)) == {officer.ref, other.ref}
