"""Asking for new devices again and again: few times for one colleague, or notices would bury others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from entering_people import Browser, person, send, signed_in

from lippen.site.accounts.models import DeviceReplacement, Notice, Person

pytestmark = pytest.mark.django_db(transaction=True)

LOST = "/second-step/lost/"


@pytest.fixture
def town() -> dict[str, Browser]:
    """Two nurses, an administrator and a researcher of one partner, each at a browser."""
    roles = {"ruth": "worker", "neil": "worker", "parveen": "administrator", "callum": "researcher"}
    return {word: signed_in(person(word, role)) for word, role in roles.items()}


def ask(browser: Browser, word: str) -> str:
    return send(browser, LOST, {"person": Person.objects.get(email=f"{word}@example.org").ref})


def answer(browser: Browser, word: str) -> str:
    return send(browser, f"{LOST}{DeviceReplacement.objects.latest('pk').ref}/", {"answer": word})


def test_who_asks_in_vain_three_times_a_day_is_stopped_and_no_other_colleague_is(
    town: dict[str, Browser],
) -> None:
    """Each request and each refusal tells others: in a loop they would bury the officer in notices."""
    for word in ("ruth", "callum", "parveen"):
        ask(town["neil"], word)
        answer(town["neil"], "refuse")
    told = Notice.objects.count()
    assert "Let another colleague ask" in ask(town["neil"], "ruth")
    assert (DeviceReplacement.objects.count(), Notice.objects.count()) == (3, told)
    ask(town["parveen"], "ruth")
    assert DeviceReplacement.objects.count() == 4
    assert "/second-step/new/" in answer(town["neil"], "agree")


def test_who_asked_in_vain_asks_again_a_day_later_and_at_once_where_it_led_to_a_device(
    town: dict[str, Browser],
) -> None:
    for word in ("ruth", "callum", "parveen"):
        ask(town["neil"], word)
    first = DeviceReplacement.objects.filter(person__email="ruth@example.org")
    first.update(refused_at=timezone.now(), asked_at=timezone.now() - timedelta(days=1, minutes=1))
    ask(town["neil"], "ruth")
    assert DeviceReplacement.objects.count() == 4
    assert "/second-step/new/" in answer(town["parveen"], "agree")
    ask(town["neil"], "ruth")
    assert DeviceReplacement.objects.count() == 5


def test_many_requests_that_wait_are_as_many_as_were_refused(town: dict[str, Browser]) -> None:
    """Asked for all at once and refused afterwards, they would tell others as often."""
    person("isla", "worker")
    for word in ("ruth", "callum", "parveen", "isla"):
        ask(town["neil"], word)
    assert DeviceReplacement.objects.count() == 3
