"""Where somebody tells what they saw and a first name or an address stands in it, the form asks once."""

from __future__ import annotations

import pytest
from django.test import Client
from people_factory import make_colleague, make_organisation, signed_in
from telling import opened, tell, text_of, told

from lippen.site.accounts.models import Organisation
from lippen.site.sightings.models import Waiting

pytestmark = pytest.mark.django_db(transaction=True)

NAMED = "davie broon at 12 High Street DD1 4HN"
ASKS = "Is this the name of a person or an address? Take it out"
TICK = "It is no name and no address"


@pytest.fixture
def worker(police: Organisation) -> Client:  # noqa: ARG001 - sightings have to go to somebody
    return signed_in(make_colleague(make_organisation("housing"), "worker"))


@pytest.mark.parametrize("field", ["product", "words", "quantity"])
def test_a_name_or_an_address_comes_back_with_what_was_found_and_a_tick(worker: Client, field: str) -> None:
    answer = tell(worker, **{field: NAMED})
    page = text_of(answer)
    assert answer.status_code == 422
    assert f"“davie”, “12 High Street”, “DD1 4”. {ASKS}" in page
    assert TICK in page
    assert 'type="checkbox" name="neither"' in page
    assert not Waiting.objects.exists()


def test_with_the_tick_it_passes_and_without_the_name_too(worker: Client) -> None:
    form = {**opened(worker), **told(product="kelly blues in a bag")}
    assert worker.post("/sightings/new/", form).status_code == 422
    assert worker.post("/sightings/new/", {**form, "neither": "on"}).status_code == 302
    assert tell(worker, product="blues in a bag").status_code == 302
    assert Waiting.objects.count() == 2


def test_a_tick_that_nothing_was_found_for_lets_no_later_name_pass(worker: Client) -> None:
    """Such a tick would go along, unseen, in a form that comes back for another reason."""
    answer = tell(worker, neither="on", week="")
    assert answer.status_code == 422
    assert 'name="neither" value="' not in text_of(answer)


@pytest.mark.parametrize(
    "said", ["Davie", "from DAVIE's phone", "siobhán has them", "flat 3, the blue door", "at 12/3 Mill Wynd"]
)
def test_it_asks_however_it_is_written(worker: Client, said: str) -> None:
    assert ASKS in text_of(tell(worker, words=said))


@pytest.mark.parametrize(
    "said",
    [
        "Charlie, Molly and Mary Jane",
        "harry for 10, billy for 5",
        "mandy crystals, tina, lucy in the sky",
        "Special Kenny, a henry of bobby",
        "jack and jill pressed blue",
        "Adam and Eve, a louis, white virginia",
        "vera lynn and rosie lee",
        "2 for 20, 10 for 80, way stronger than the last",
        "round blue, on the high street near the park",
        "will drop on road, 7 days, may be late in june",
        "bruce banner, gary payton and jack herer buds",
        "gelato 41, 3.5 g, dd on the side",
    ],
)
def test_words_of_the_trade_that_are_names_too_pass(worker: Client, said: str) -> None:
    answer = tell(worker, words=said)
    assert (answer.status_code, said) == (302, said)
