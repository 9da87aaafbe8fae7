"""No name comes in, or out, with what was refused, or stays in the register as the id of an incident."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from people_factory import make_colleague, make_organisation, signed_in
from uploaded_exports import as_csv, brought_in, calls, cell, lines_of, refused_form, text_of

from lippen.site.insight.models import ImportJob
from lippen.site.insight.record_ids import record_id

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_workspace", "looks_forked"),
]


@pytest.fixture
def client() -> Client:
    return signed_in(make_colleague(make_organisation("police"), "analyst"))


def test_a_text_of_a_refused_row_is_asked_about_though_nobody_changed_it(client: Client) -> None:
    """It was in no sample: that is drawn from the rows that were taken."""
    rows = calls(60)
    rows[5][2], rows[5][6] = "31/02/2024 10:00", "ring Wullie McSporran"
    where, sent = refused_form(client, brought_in(client, as_csv(rows)))
    right = {**sent, cell(sent, "31/02"): "28/02/2024 10:00"}
    asked = client.post(where, right)
    assert asked.status_code == 400
    assert "Take it out, or tick that it names nobody" in text_of(asked)
    assert client.post(where, {**right, cell(sent, "ring Wullie"): "ring the shop"}).status_code == 302


def test_what_was_put_right_does_not_claim_a_sample_that_nobody_read(client: Client) -> None:
    where, sent = refused_form(client, brought_in(client, as_csv(calls(60, spoiled=1))))
    assert client.post(where, {**sent, cell(sent, "31/02"): "28/02/2024 10:00"}).status_code == 302
    made = ImportJob.objects.latest("pk")
    assert json.loads(made.consent)["texts_read"] == 0
    assert "was read" not in text_of(client.get(f"/imports/{made.ref}/"))


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("mcsporran, w", "xxxxxxxxx, x"),
        ("smith j 01/09", "xxxxx x 01/09"),
        ("O'Reilly", "x'xxxxxx"),
        ("31/02/2025 ZB1GN13W", "31/02/2025 xx1xx13x"),
        ("Шевченко 10:00", "xxxxxxxx 10:00"),
        ("31 Feb 2024 10:00 PM", "31 Feb 2024 10:00 PM"),
    ],
)
def test_of_a_time_that_is_none_its_shape_leaves(client: Client, written: str, leaves: str) -> None:
    rows = calls(60)
    rows[5][2] = written
    job = brought_in(client, as_csv(rows))
    lines = lines_of(client.get(f"/imports/{job.ref}/refused.csv"))
    assert f'"Reported","{leaves}"' in lines[1]


@pytest.mark.parametrize(
    "named", ["Zbigniew Krol 406", "mcsporran", "KROL, Z", "406-Zbigniew", "Ölga Kröl", "x" * 65, "a\0b"]
)
def test_an_id_that_holds_words_stands_in_the_register_as_a_digest(named: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", record_id(named))


@pytest.mark.parametrize("given", ["PS-20250301-0041", "INC-00007", "2019/104211", "c-abcdefabcdef01"])
def test_an_id_of_a_control_room_stands_there_as_it_is(given: str) -> None:
    assert record_id(given) == given
