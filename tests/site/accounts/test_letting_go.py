"""What the hourly sweep lets go, and what it must not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from entering_people import Browser, organisation, person, send, signed_in

from lippen.site.accounts import devices, notices
from lippen.site.accounts.models import Approval, DeviceReplacement, Invitation, Notice
from lippen.site.accounts.sweeping import (
    REQUEST_STAYS,
    SETTLED_STAYS,
    UNSETTLED_STAYS,
    let_go_of_what_ended,
    sweep,
)
from lippen.site.operation.hourly import HOURLY

pytestmark = pytest.mark.django_db(transaction=True)

A_DAY = timedelta(days=1)


def test_notices_go_a_week_after_they_were_settled_or_after_a_quarter_unsettled() -> None:
    now = timezone.now()
    morag = person("morag", "worker")
    for word, made, settled in (
        ("new", now, None),
        ("settled", now - A_DAY * 10, now - SETTLED_STAYS + A_DAY),
        ("settled-long-ago", now - A_DAY * 10, now - SETTLED_STAYS - A_DAY),
        ("waits", now - UNSETTLED_STAYS + A_DAY, None),
        ("waited-too-long", now - UNSETTLED_STAYS - A_DAY, None),
    ):
        notices.tell([morag], f"/{word}/", "Something.")
        Notice.objects.filter(path=f"/{word}/").update(made_at=made, settled_at=settled)
    assert sweep() == 2
    assert set(Notice.objects.values_list("path", flat=True)) == {"/new/", "/settled/", "/waits/"}
    assert sweep() == 0


def test_a_request_that_ended_goes_a_month_later_with_its_yeses() -> None:
    morag, ewan = person("morag", "worker"), signed_in(person("ewan", "worker"))
    person("isla", "worker")
    send(ewan, "/second-step/lost/", {"person": morag.ref})
    asked = DeviceReplacement.objects.all()
    asked.update(expires_at=timezone.now() - REQUEST_STAYS + A_DAY)
    sweep()
    assert asked.count() == 1
    asked.update(expires_at=timezone.now() - REQUEST_STAYS - A_DAY)
    sweep()
    assert not asked.exists()
    assert not Approval.objects.exists()


def test_a_device_that_was_revoked_and_not_replaced_stays_shut_however_long_ago_that_was() -> None:
    """Else whoever knows the password would only have to wait."""
    morag, ewan, isla = person("morag", "worker"), person("ewan", "worker"), person("isla", "worker")
    signed_in(morag)
    send(signed_in(ewan), "/second-step/lost/", {"person": morag.ref})
    send(signed_in(isla), f"/second-step/lost/{DeviceReplacement.objects.get().ref}/", {"answer": "agree"})
    assert not Authenticator.objects.filter(user=morag).exists()
    DeviceReplacement.objects.update(expires_at=timezone.now() - timedelta(days=400))
    sweep()
    assert devices.awaits_link(morag)
    thief = Browser()
    thief.enter(morag)
    thief.again()
    assert thief.get("/you/security/app/").status_code == 403


def test_an_invitation_that_ran_out_goes_with_its_name_and_one_that_is_open_stays() -> None:
    agnes = signed_in(person("agnes", "administrator"))
    for word in ("ailsa", "isla"):
        sent = {"name": word, "email": f"{word}@example.org", "role": "worker"}
        send(agnes, "/invitations/new/", {**sent, "organisation": organisation().ref})
    Invitation.objects.filter(name="ailsa").update(expires_at=timezone.now() - A_DAY)
    sweep()
    assert list(Invitation.objects.values_list("name", flat=True)) == ["isla"]


def test_the_worker_does_it_each_hour() -> None:
    notices.tell([person("morag", "worker")], "/you/", "Something.")
    Notice.objects.update(made_at=timezone.now() - UNSETTLED_STAYS - A_DAY)
    assert let_go_of_what_ended in HOURLY
    let_go_of_what_ended.call()
    assert not Notice.objects.exists()
