"""The whole API under schemathesis: no answer is a failure of the server, and each is what OpenAPI says."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from people_factory import KeyMade, make_colleague, make_organisation, make_program
from schemathesis.specs.openapi.checks import negative_data_rejection

from lippen.site.accounts.models import Person
from lippen.site.api import key as api_key
from lippen.site.register.models import Entry, Shown
from lippen.site.wsgi import application

EXAMPLES = 80
"""For each address; with both databases and all addresses about a minute."""


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, KeyMade]:
    """Keys for people, for the register and for counts that are not held back, with people for several pages,
    all with hostile names.
    """
    monkeypatch.setattr(api_key, "ANSWERS_A_MINUTE", 1_000_000)
    ours, theirs = make_organisation("housing"), make_organisation("police")
    for number in range(55):
        make_colleague(ours, "worker", name=f"<script>{number}</script>\u202e\u0130")
    make_colleague(theirs, "police-officer")
    return {
        "/register": make_program(ours, "check-reading", "protection-officer"),
        "/counts": make_program(make_organisation("community-group"), "published-tables", "researcher"),
        "": make_program(ours, "staff-in-step", "administrator"),
    }


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail_or_answer_otherwise_than_described(
    case: Any, programs: dict[str, KeyMade]
) -> None:
    program = next(key for of, key in programs.items() if of in case.operation.path)
    before = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    answer = case.call(headers=program.headers)
    # What was drawn to be wrong may be written as nothing, as an empty list is: then nothing wrong is sent
    sent = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
    nothing_wrong = set(case.query or {}) - set(sent)
    case.validate_response(
        answer,
        headers=program.headers,
        transport_kwargs={"headers": program.headers},
        excluded_checks=[negative_data_rejection] if nothing_wrong else [],
    )
    assert answer.status_code < 500
    shown = set(Shown.objects.filter(entry_id__gt=before).values_list("record", flat=True))
    named = {one.ref for one in Person.objects.all() if one.ref in answer.content.decode("utf-8", "replace")}
    asked_for = {str(one) for one in case.path_parameters.values()} if case.path_parameters else set()
    assert named - asked_for <= shown
