"""Who said by mistake that they met somebody takes it back on the same day, and nobody gains by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from entering_people import PASSWORD, Browser, link_on, organisation, person, send, signed_in

from lippen.site.accounts.models import Arrival, DeviceReplacement, Notice, Person
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    """An administrator, an officer, two who were met long ago, and somebody who came in two weeks ago."""

    def __init__(self) -> None:
        self.agnes, self.tom = person("agnes", "administrator"), person("tom", "protection-officer")
        self.ewan, self.isla = person("ewan", "worker"), person("isla", "worker")
        self.hers = signed_in(self.agnes)
        self.his = signed_in(self.ewan)
        self.ailsa, self.newcomers = self.let_in("ailsa")

    def let_in(self, word: str) -> tuple[Person, Browser]:
        email = f"{word}@example.org"
        sent = {
            "name": word.capitalize(),
            "email": email,
            "role": "worker",
            "organisation": organisation().ref,
        }
        browser = Browser()
        link = link_on(send(self.hers, "/invitations/new/", sent))
        browser.post(link, {"name": sent["name"], "password": PASSWORD, "again": PASSWORD})
        browser.set_up_app()
        who = Person.objects.get(email=email)
        Arrival.objects.filter(person=who).update(on=arrival(who).on - timedelta(days=20))
        return who, browser


@pytest.fixture
def office() -> Office:
    return Office()


def arrival(who: Person) -> Arrival:
    return Arrival.objects.get(person=who)


def say_met(browser: Browser, who: Person) -> str:
    return send(browser, f"/people/{who.ref}/met/")


def take_back(browser: Browser, who: Person) -> str:
    return send(browser, f"/people/{who.ref}/met/take-back/")


def test_it_is_taken_back_on_the_same_day_and_both_are_entered(office: Office) -> None:
    say_met(office.his, office.ailsa)
    page = office.his.get(f"/people/{office.ailsa.ref}/").content.decode()
    assert f"/people/{office.ailsa.ref}/met/take-back/" in page
    assert "Taken back" in take_back(office.his, office.ailsa)
    assert (arrival(office.ailsa).met_by, arrival(office.ailsa).met_on) == ("", None)
    assert "Met by nobody else yet" in office.his.get(f"/people/{office.ailsa.ref}/").content.decode()
    said = Entry.objects.filter(reader=office.ewan.ref, act="alteration", shown__record=office.ailsa.ref)
    assert set(said.values_list("what", flat=True)) == {"a colleague met", "a meeting taken back"}
    lines = signed_in(office.tom).get("/register/").content.decode()
    assert "took back that Ailsa had been met" in lines


def test_the_officer_is_told_again_that_somebody_waits_for_a_second_colleague(office: Office) -> None:
    told = Notice.objects.filter(path=f"/people/{office.ailsa.ref}/", person=office.tom)
    assert told.filter(settled_at=None).count() == 1
    say_met(office.his, office.ailsa)
    assert not told.filter(settled_at=None).exists()
    take_back(office.his, office.ailsa)
    assert told.filter(settled_at=None).count() == 1


def test_nobody_else_takes_it_back(office: Office) -> None:
    say_met(office.his, office.ailsa)
    for browser in (office.hers, signed_in(office.isla), office.newcomers):
        assert "Only whoever said it can take it back" in take_back(browser, office.ailsa)
        page = browser.get(f"/people/{office.ailsa.ref}/met/take-back/").content.decode()
        assert "I have not met them</button>" not in page
    assert arrival(office.ailsa).met_by == office.ewan.ref
    hamish = signed_in(person("hamish", "worker", at=organisation("Invermarrow Homes", "housing")))
    hamish.again()
    assert hamish.post(f"/people/{office.ailsa.ref}/met/take-back/").status_code == 404
    answer = office.hers.post(f"/people/{office.ailsa.ref}/met/take-back/")
    assert answer.status_code == 422


def test_the_next_day_it_stays(office: Office) -> None:
    say_met(office.his, office.ailsa)
    Arrival.objects.filter(person=office.ailsa).update(
        met_on=arrival(office.ailsa).met_on - timedelta(days=1)
    )
    assert "that day is over" in take_back(office.his, office.ailsa)
    assert arrival(office.ailsa).met_by == office.ewan.ref


def test_who_lets_in_the_first_person_of_a_partner_takes_back_nothing(office: Office) -> None:
    """The first counts as met, as nobody is there who could say so; and nobody said so."""
    Arrival.objects.filter(person=office.ewan).update(
        let_in_by=office.agnes.ref,
        met_by=office.agnes.ref,
        met_on=arrival(office.ailsa).on + timedelta(days=20),
    )
    assert "Only whoever said it" in take_back(office.hers, office.ewan)
    assert arrival(office.ewan).met_by == office.agnes.ref


def test_once_a_device_was_replaced_by_it_it_stays(office: Office) -> None:
    signed_in(office.isla)
    say_met(office.his, office.ailsa)
    send(office.his, "/second-step/lost/", {"person": office.isla.ref})
    path = f"/second-step/lost/{DeviceReplacement.objects.get().ref}/"
    assert "/second-step/new/" in send(office.newcomers, path, {"answer": "agree"})
    assert "a lost device has been replaced since" in take_back(office.his, office.ailsa).lower()
    assert arrival(office.ailsa).met_by == office.ewan.ref


def test_a_yes_that_waits_counts_no_more_once_it_is_taken_back(office: Office) -> None:
    signed_in(office.isla)
    say_met(office.his, office.ailsa)
    send(office.newcomers, "/second-step/lost/", {"person": office.isla.ref})
    assert "Taken back" in take_back(office.his, office.ailsa)
    path = f"/second-step/lost/{DeviceReplacement.objects.get().ref}/"
    assert "One more colleague has to agree" in send(office.his, path, {"answer": "agree"})
    assert Authenticator.objects.filter(user=office.isla, type="totp").exists()


def test_an_invention_that_was_met_by_mistake_leaves_no_other_behind(office: Office) -> None:
    """Whoever counts for a minute could say of further inventions that they were met."""
    second, others = office.let_in("second")
    third, _ = office.let_in("third")
    say_met(office.his, office.ailsa)
    say_met(office.newcomers, second)
    say_met(others, third)
    assert arrival(third).met_by == second.ref
    take_back(office.his, office.ailsa)
    assert not Arrival.objects.filter(person__in=[office.ailsa, second, third]).exclude(met_by="").exists()
    entry = Entry.objects.get(what="a meeting taken back")
    named = set(entry.shown.filter(data_class="staff").values_list("record", flat=True))
    assert named == {office.ailsa.ref, second.ref, third.ref}


def test_it_asks_again_who_one_is(office: Office) -> None:
    say_met(office.his, office.ailsa)
    browser = Browser()
    browser.enter(office.ewan)
    answer = browser.post(f"/people/{office.ailsa.ref}/met/take-back/")
    assert answer.status_code == 302
    assert arrival(office.ailsa).met_by == office.ewan.ref
