"""Where somebody tells what they told and what still waits, the form asks once whether it is another."""

from __future__ import annotations

import pytest
from django.test import Client
from people_factory import make_colleague, make_organisation, signed_in
from telling import HANDLE, opened, tell, text_of, told

from lippen.site.accounts.models import Organisation
from lippen.site.register.models import Entry
from lippen.site.sightings.models import AccountsNamed, Telling, Waiting

pytestmark = pytest.mark.django_db(transaction=True)

ASKS = "You have told the same already, and it still waits. Is it another?"
TICK = 'type="checkbox" name="another"'


@pytest.fixture
def worker(police: Organisation) -> Client:  # noqa: ARG001 - sightings have to go to somebody
    return signed_in(make_colleague(make_organisation("housing"), "worker"))


def test_five_of_the_same_from_one_person_do_not_go_on_unasked(worker: Client) -> None:
    answers = [tell(worker) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 422, 422, 422, 422]
    assert ASKS in text_of(answers[1])
    assert TICK in text_of(answers[1])
    assert Waiting.objects.count() == 1
    assert Telling.objects.count() == 1, "what was asked about counts for no limit"


def test_with_the_tick_it_is_another(worker: Client) -> None:
    tell(worker)
    form = {**opened(worker), **told()}
    assert worker.post("/sightings/new/", form).status_code == 422
    assert worker.post("/sightings/new/", {**form, "another": "on"}).status_code == 302
    assert Waiting.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"product": "Ten  blue tablets in a bag "},
        {"words": "NEW IN, blues 💙"},
        {"price_gbp": "20.00"},
    ],
)
def test_it_is_the_same_however_it_is_typed(worker: Client, other: dict[str, str]) -> None:
    tell(worker)
    assert ASKS in text_of(tell(worker, **other))


@pytest.mark.parametrize(
    "other", [{"product": "white powder"}, {"price_gbp": "25"}, {"channel": "street"}, {"quantity": "20"}]
)
def test_what_differs_is_not_asked_about(worker: Client, other: dict[str, str]) -> None:
    tell(worker)
    assert tell(worker, **other).status_code == 302


def test_what_somebody_else_told_is_not_asked_about(worker: Client) -> None:
    tell(worker)
    assert tell(signed_in(make_colleague(make_organisation("health"), "worker"))).status_code == 302


def test_a_form_that_is_sent_twice_is_thanked_and_not_asked(worker: Client) -> None:
    form = {**opened(worker), **told()}
    assert [worker.post("/sightings/new/", form).status_code for _ in range(2)] == [302, 302]
    assert Waiting.objects.count() == 1


def test_it_asks_before_any_account_is_compared(worker: Client) -> None:
    tell(worker, words="dm [handle]")
    assert ASKS in text_of(tell(worker, words=f"dm {HANDLE}"))
    assert not AccountsNamed.objects.exists()
    assert Entry.objects.filter(what__in=("accounts compared", "a sighting stopped")).count() == 0
    assert Entry.objects.filter(what="a sighting told").count() == 1


def test_a_tick_that_goes_along_in_a_form_that_comes_back_is_seen(worker: Client) -> None:
    page = text_of(tell(worker, another="on", week=""))
    assert TICK in page
    assert 'type="hidden" name="another"' not in page
