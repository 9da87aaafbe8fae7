"""Somebody leaves: work handed over in one step, and access gone at the next request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from entering_people import Browser, organisation, person, signed_in

from lippen.site.accounts import leaving, notices
from lippen.site.accounts.models import DeviceReplacement, Invitation, Notice, Person, RoleHeld
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def leave(browser: Browser, who: Person, successor: Person) -> Any:
    path = f"/people/{who.ref}/leave/"
    if browser.get(path).status_code == 302:
        browser.again()
    return browser.post(path, {"successor": successor.ref})


def test_a_leaver_s_access_is_gone_at_the_next_request() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    hers = signed_in(morag)
    assert hers.get("/people/").status_code == 200
    assert leave(signed_in(agnes), morag, agnes).status_code == 302
    assert hers.get("/people/")["Location"].startswith("/sign-in/")
    assert b"not right" in Browser().enter(morag).content
    morag.refresh_from_db()
    assert not morag.is_active
    assert not morag.has_usable_password()
    assert not Authenticator.objects.filter(user=morag).exists()
    assert not morag.roles_on(timezone.localdate()).exists()
    assert Entry.objects.filter(what="a person left", shown__record=morag.ref).exists()


def test_what_waits_goes_to_whoever_takes_over_and_open_invitations_end() -> None:
    agnes, morag, ewan = (
        person("agnes", "administrator"),
        person("morag", "administrator"),
        person("ewan", "worker"),
    )
    notices.tell([morag], "/second-step/lost/aaaaaaaaaaaaaaaa/", "Somebody asks you.")
    notices.tell([morag], "/you/security/", "Your own.")
    signed_in(morag).post(
        "/invitations/new/",
        {"name": "Xenia", "email": "x@example.org", "role": "worker", "organisation": organisation().ref},
    )
    hers = signed_in(agnes)
    leave(hers, morag, ewan)
    assert Notice.objects.filter(person=ewan, path__startswith="/second-step/").count() == 1
    assert not Notice.objects.filter(person=ewan, path="/you/security/").exists()
    assert not Invitation.objects.exists(), "nobody else could vouch for whom the leaver invited"
    assert b"Xenia" not in hers.get("/invitations/").content


def test_a_handover_that_fails_takes_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    hers, browser = signed_in(morag), signed_in(agnes)

    def fails(*_: Any) -> int:
        raise RuntimeError

    monkeypatch.setitem(leaving._handovers, "what another app hands over", fails)
    browser.raise_request_exception = False
    assert leave(browser, morag, agnes).status_code == 500
    assert hers.get("/people/").status_code == 200
    assert not Entry.objects.filter(what="a person left").exists()


def test_an_app_hands_its_own_over(monkeypatch: pytest.MonkeyPatch) -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    asked = []
    monkeypatch.setattr(leaving, "_handovers", dict(leaving._handovers))
    leaving.register_handover("visits", lambda *given: asked.append(given) or 3)
    browser = signed_in(agnes)
    leave(browser, morag, agnes)
    assert asked == [(morag, agnes, organisation())]
    assert b"3 things were handed over" in browser.get("/you/").content


def test_for_whom_nothing_waited_nothing_is_said_to_be_handed_over() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    browser = signed_in(agnes)
    leave(browser, morag, agnes)
    assert b"Morag has left. Nothing waited for them. Their access is gone." in browser.get("/you/").content


def test_the_last_administrator_cannot_leave_without_naming_another() -> None:
    agnes = person("agnes", "administrator")
    browser = signed_in(agnes)
    path = f"/people/{agnes.ref}/leave/"
    assert b"Nobody else works in your organisation" in browser.get(path).content
    assert browser.post(path, {"successor": agnes.ref}).status_code == 422
    assert browser.post(path, {}).status_code == 422
    ewan = person("ewan", "worker")
    assert leave(browser, agnes, ewan).status_code == 302
    assert set(ewan.roles.values_list("role", flat=True)) == {"worker", "administrator"}
    agnes.refresh_from_db()
    assert not agnes.is_active


def test_an_administrator_whose_role_has_an_end_is_not_enough_to_stay_behind() -> None:
    agnes, ewan, isla = (
        person("agnes", "administrator"),
        person("ewan", "administrator"),
        person("isla", "worker"),
    )
    ewan.roles.update(until=timezone.localdate() + timedelta(days=2))
    leave(signed_in(agnes), agnes, isla)
    assert "administrator" in isla.roles.values_list("role", flat=True)


def test_who_works_elsewhere_too_keeps_that_and_signs_in_anew() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    homes = organisation("Invermarrow Homes", "housing")
    morag.roles.create(organisation=homes, role="worker")
    hers = signed_in(morag)
    leave(signed_in(agnes), morag, agnes)
    assert hers.get("/you/").status_code == 302
    morag.refresh_from_db()
    assert morag.is_active
    assert [one.organisation for one in morag.roles_on(timezone.localdate())] == [homes]
    assert Authenticator.objects.filter(user=morag, type="totp").exists()


def test_only_an_administrator_lets_go_and_only_people_of_the_same_organisation() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    hamish = person("hamish", "worker", at=organisation("Invermarrow Homes", "housing"))
    assert signed_in(morag).post(f"/people/{agnes.ref}/leave/", {"successor": morag.ref}).status_code == 403
    browser = signed_in(agnes)
    assert leave(browser, hamish, morag).status_code == 404
    assert leave(browser, morag, hamish).status_code == 422
    hamish.refresh_from_db()
    morag.refresh_from_db()
    assert hamish.is_active
    assert morag.is_active


def test_a_role_that_ends_mid_session_closes_at_the_next_request() -> None:
    morag = person("morag", "worker")
    browser = signed_in(morag)
    assert browser.get("/people/").status_code == 200
    today = timezone.localdate()
    morag.roles.update(since=today - timedelta(days=3), until=today)
    answer = browser.get("/people/")
    assert answer.status_code == 403
    assert b"You hold no role today" in answer.content


def test_an_organisation_that_closes_closes_for_its_people() -> None:
    browser = signed_in(person("morag", "worker"))
    place = organisation()
    place.closed_on = timezone.localdate()
    place.save()
    assert browser.get("/people/").status_code == 403


def wait_for_whom(asked: DeviceReplacement) -> set[str]:
    """For whom the request still waits."""
    path = f"/second-step/lost/{asked.ref}/"
    return set(Notice.objects.filter(path=path, settled_at=None).values_list("person__name", flat=True))


@pytest.mark.parametrize("ends", ["leaves", "last role ends"])
def test_a_request_for_the_device_of_who_leaves_waits_for_nobody(ends: str) -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    ewan, isla = person("ewan", "worker"), person("isla", "worker")
    signed_in(ewan).post("/second-step/lost/", {"person": morag.ref})
    asked = DeviceReplacement.objects.get()
    assert wait_for_whom(asked) == {agnes.name, morag.name, isla.name}
    browser = signed_in(agnes)
    if ends == "leaves":
        assert leave(browser, morag, ewan).status_code == 302
    else:
        browser.again()
        browser.post(f"/people/{morag.ref}/roles/{morag.roles.get().ref}/end/")
    assert not wait_for_whom(asked)
    assert not Notice.objects.filter(person=ewan).exists(), "nothing was handed over"
    asked.refresh_from_db()
    assert asked.done_at is not None


def test_a_role_that_ends_while_another_is_held_ends_no_request() -> None:
    agnes, morag = person("agnes", "administrator"), person("morag", "worker")
    ewan, isla = person("ewan", "worker"), person("isla", "worker")
    RoleHeld.objects.create(person=morag, organisation=organisation(), role="administrator", given_by="test")
    signed_in(ewan).post("/second-step/lost/", {"person": morag.ref})
    browser = signed_in(agnes)
    browser.again()
    browser.post(f"/people/{morag.ref}/roles/{morag.roles.get(role='administrator').ref}/end/")
    assert morag.roles.filter(until__isnull=False).count() == 1
    assert isla.name in wait_for_whom(DeviceReplacement.objects.get())
