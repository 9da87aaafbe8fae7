"""What waits stands on the first page until it is settled, however often it is opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from entering_people import PASSWORD, Browser, link_on, organisation, person, send, signed_in

from lippen.site.accounts import notices
from lippen.site.accounts.models import DeviceReplacement, Notice, Person

pytestmark = pytest.mark.django_db(transaction=True)


def waits(browser: Browser) -> bool:
    home = browser.get("/").content.decode()
    assert ("Nothing waits for you" in home) != ("Something has waited" in home)
    return "Something has waited" in home


def open_it(browser: Browser, who: Person) -> str:
    """Open what waits, saying again who one is where that is asked, and return what the page says."""
    browser.again()
    ref = Notice.objects.filter(person=who, settled_at__isnull=True).latest("pk").ref
    return send(browser, f"/you/waiting/{ref}/")


class Town:
    """Morag lost her phone, and Ewan asked for a new one. Isla and Tom, the officer, can agree or refuse."""

    def __init__(self) -> None:
        self.morag, self.ewan, self.isla = (person(word, "worker") for word in ("morag", "ewan", "isla"))
        self.tom = person("tom", "protection-officer")
        self.hers, self.his, self.theirs, self.officers = (
            signed_in(one) for one in (self.morag, self.ewan, self.isla, self.tom)
        )
        send(self.his, "/second-step/lost/", {"person": self.morag.ref})

    def answer(self, browser: Browser, word: str) -> str:
        path = f"/second-step/lost/{DeviceReplacement.objects.latest('pk').ref}/"
        return send(browser, path, {"answer": word})


def test_a_request_waits_until_one_has_answered_not_until_one_has_looked() -> None:
    town = Town()
    for _ in range(2):
        assert "Morag has lost a device" in open_it(town.theirs, town.isla)
        assert waits(town.theirs)
    assert not waits(town.his), "whoever asked has said yes"
    town.answer(town.theirs, "agree")
    assert not waits(town.theirs)


@pytest.mark.parametrize("answered", ["agree", "refuse"])
def test_once_a_request_has_ended_nobody_has_to_answer_any_more(answered: str) -> None:
    town = Town()
    notices.tell([town.ewan], "/people/", "Something else.")
    town.answer(town.theirs, answered)
    assert waits(town.his), "only what was settled goes"
    says = open_it(town.officers, town.tom)
    assert ("device was replaced" in says) == (answered == "agree")
    assert ("See who, and ask both why" in says) == (answered == "refuse")
    assert not waits(town.officers), "to be told of it once is enough"


def test_a_request_that_ran_out_waits_for_nobody() -> None:
    town = Town()
    assert waits(town.theirs)
    assert Notice.objects.get(person=town.isla).until == DeviceReplacement.objects.get().expires_at
    Notice.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert not waits(town.theirs)


def test_the_person_is_told_that_it_is_about_them() -> None:
    town = Town()
    page = open_it(town.hers, town.morag)
    assert "This is about you" in page
    assert "If you did not ask for it, refuse it" in page
    assert "Morag has lost a device" not in page
    after = town.answer(town.hers, "refuse")
    assert "You refused this. Nothing was replaced. If you did not ask for it, tell your data" in after
    for word in ("Refused by", "ask again", "Nothing changes for them"):
        assert word not in after, "it is about herself"


def test_somebody_new_waits_until_a_second_colleague_has_met_them() -> None:
    agnes, tom = person("agnes", "administrator"), person("tom", "protection-officer")
    sent = {"name": "Ailsa", "email": "ailsa@example.org", "role": "worker"}
    page = send(signed_in(agnes), "/invitations/new/", {**sent, "organisation": organisation().ref})
    Browser().post(link_on(page), {"name": "Ailsa", "password": PASSWORD, "again": PASSWORD})
    his = signed_in(tom)
    says = open_it(his, tom)
    assert "Somebody was let in" in says
    assert "Ailsa" in says
    assert waits(his)
    send(his, f"/people/{Person.objects.get(email='ailsa@example.org').ref}/met/")
    assert not waits(his)


def test_somebody_new_who_left_waits_no_more() -> None:
    agnes, tom = person("agnes", "administrator"), person("tom", "protection-officer")
    ailsa = person("ailsa", "worker")
    notices.tell([tom], f"/people/{ailsa.ref}/", "Somebody was let in.", stays=True)
    his = signed_in(tom)
    assert waits(his)
    send(signed_in(agnes), f"/people/{ailsa.ref}/leave/", {"successor": agnes.ref})
    assert not waits(his)


def test_every_notice_of_a_request_says_what_waited_and_names_nobody() -> None:
    town = Town()
    town.answer(town.theirs, "agree")
    assert {one.person for one in Notice.objects.all()} >= {town.morag, town.isla, town.tom}
    for one in Notice.objects.all():
        assert one.says.endswith(".")
        assert not any(name in one.says for name in ("Morag", "Ewan", "Isla", "Tom"))
