"""Whom a page sends somebody to when something is not right: an officer only where there is one."""

from __future__ import annotations

import pytest
from django.utils import timezone
from entering_people import Browser, organisation, person, send, signed_in

from lippen.site.accounts import conflicts, devices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import DeviceReplacement, Notice, Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)

OFFICER = "data-protection officer"
LOST = "/second-step/lost/"


def pages_of(place: Organisation, role: str) -> dict[str, str]:
    """Pages on which somebody in this role is told whom to ask or tell, each by what it is about."""
    morag = person("morag", role, at=place)
    ewan, isla, rona = (signed_in(person(word, role, at=place)) for word in ("ewan", "isla", "rona"))
    hers, about = signed_in(morag), f"/people/{morag.ref}/"
    found = {"asked": send(ewan, LOST, {"person": morag.ref}), "what waits": send(isla, LOST)}
    request = f"{LOST}{DeviceReplacement.objects.latest('pk').ref}/"
    found["own"] = hers.get(request).content.decode()
    send(isla, request, {"answer": "refuse"})
    found["refused"] = ewan.get(request).content.decode()
    found["met"] = page(rona, f"{about}met/")
    found["one record"] = page(rona, f"/register/record/staff/{morag.ref}/")
    send(ewan, LOST, {"person": morag.ref})
    request = f"{LOST}{DeviceReplacement.objects.latest('pk').ref}/"
    send(isla, request, {"answer": "agree"})
    found["agreed"] = ewan.get(request).content.decode()
    again = Browser()
    again.enter(morag)
    found["device"] = page(again, devices.OWN_DEVICES)
    return found


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    if answer.status_code == 302:
        browser.again()
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


SAID_TO_ALL = {"one record"}
"""About whoever read, who may be of another organisation."""


def test_a_member_of_the_panel_is_sent_to_nobody_whom_a_panel_has_not() -> None:
    for about, said in pages_of(organisation("The Panel", "scrutiny-panel"), "panel").items():
        words = said.split("<main")[1]
        if about not in SAID_TO_ALL:
            assert OFFICER not in words, about
        assert "or the scrutiny panel" not in words, about
    told = Notice.objects.get(says=devices.REPLACED)
    assert "tell an administrator today" in told.says


def test_nobody_is_sent_to_an_officer_where_nobody_is_one() -> None:
    for about, said in pages_of(organisation(), "worker").items():
        if about not in SAID_TO_ALL:
            assert OFFICER not in said.split("<main")[1], about


def test_an_officer_is_sent_to_somebody_else() -> None:
    tom = person("tom", "protection-officer")
    held = tom.roles.get()
    assert acting(tom).whom_to_tell == "an administrator where you work"
    assert acting(person("jean", "worker")).whom_to_tell == "your data-protection officer"
    held.until = timezone.localdate()
    held.save()
    assert acting(person("ewan", "worker")).whom_to_tell == "an administrator where you work"


def test_a_worker_is_sent_to_the_officer() -> None:
    person("tom", "protection-officer")
    found = pages_of(organisation(), "worker")
    del found["asked"]  # the request, which says whom to tell only to whom it is about
    for about, said in found.items():
        assert OFFICER in said.split("<main")[1], about


def acting(who: Person) -> Acting:
    return Acting(who, who.roles.get(), second_factor=True)


def test_whom_a_record_is_closed_to_is_sent_to_somebody_who_is_there() -> None:
    panel = organisation("The Panel", "scrutiny-panel")
    person("tom", "protection-officer")
    for who, to in (
        (person("jean", "panel", at=panel), "an administrator where you work"),
        (person("morag", "worker"), "your data-protection officer"),
    ):
        assert conflicts.bars(acting(who), [who.name]).why.endswith(f"to open it, or {to}.")
