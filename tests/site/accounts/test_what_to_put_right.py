"""A refusal stands at the field that has to be put right, leads there, and says what would be accepted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from entering_people import PASSWORD
from people_factory import make_colleague, make_organisation, signed_in

from lippen.site.accounts.entering import first_administrator_link
from lippen.site.accounts.models import Invitation, Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)


def wrong_at(answer: Any, field: str) -> str:
    """What stands at this field, which the page's summary leads to and which names its own error."""
    assert answer.status_code == 422
    page = answer.content.decode()
    (summary,) = re.findall(r'<div class="error-summary".*?</div>', page, re.S)
    assert re.findall(r'href="#([^"]+)"', summary) == [f"id_{field}"]
    (told,) = re.findall(rf'id="id_{field}_error">(.*?)</div>', page, re.S)
    (control,) = re.findall(rf'<(?:input|select)[^>]*id="id_{field}"[^>]*>', page)
    assert f"id_{field}_error" in control
    return str(told)


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ({"kind": "police"}, "regime", "Police cannot work under this law. Choose "),
        ({"name": "Home Office"}, "name", "can take part"),
        ({"name": "HOUSING of \u00c9ast"}, "name", "here already"),
        ({"name": "Br\u0430eside"}, "name", "one alphabet"),
        ({"kind": "scrutiny-panel"}, "kind", "nobody adds another"),
    ],
)
def test_what_is_wrong_with_a_new_partner_stands_at_its_field(
    asked: dict[str, str], field: str, told: str
) -> None:
    make_organisation("scrutiny-panel", name="The panel")
    client = signed_in(make_colleague(make_organisation("housing", name="Housing of East"), "administrator"))
    sent = {"name": "Lochside", "kind": "health", "regime": "uk-gdpr", **asked}
    answer = client.post("/organisations/add/", sent)
    assert told in wrong_at(answer, field)
    assert "regime" not in re.sub(r"<[^>]*>", "", answer.content.decode())
    assert Organisation.objects.count() == 2


def test_a_role_that_an_organisation_does_not_have_is_refused_with_those_that_it_has() -> None:
    ours, homes = make_organisation("community-group"), make_organisation("police", name="Lochside Police")
    agnes = make_colleague(ours, "administrator")
    client = signed_in(agnes)
    sent = {"name": "Ailsa", "email": "ailsa@example.org", "organisation": ours.ref}
    told = wrong_at(client.post("/invitations/new/", {**sent, "role": "police-officer"}), "role")
    assert "Choose one of the list" in told
    form = client.get("/invitations/new/").content.decode()
    assert "Worker" in form
    assert "Police officer" not in form, "a role that no organisation of the list has is not offered"
    to_police = {**sent, "organisation": homes.ref, "role": "worker"}
    told = wrong_at(client.post("/invitations/new/", to_police), "role")
    assert "The first person of Lochside Police is its administrator" in told
    oneself = {**sent, "email": agnes.email, "role": "worker"}
    assert "Ask another administrator" in wrong_at(client.post("/invitations/new/", oneself), "email")
    assert not Invitation.objects.exists()


def test_a_role_that_somebody_holds_already_is_refused_at_the_role() -> None:
    ours = make_organisation("housing")
    worker = make_colleague(ours, "worker")
    client = signed_in(make_colleague(ours, "administrator"))
    days = {"since_day": "1", "since_month": "1", "since_year": "2199"}
    answer = client.post(f"/people/{worker.ref}/give-role/", {"role": "worker", **days})
    assert "They hold this role already" in wrong_at(answer, "role")
    assert worker.roles.count() == 1


def test_the_name_of_the_first_organisation_is_refused_at_the_organisation_and_one_s_own_at_one_s_own() -> (
    None
):
    link = first_administrator_link("http://localhost")
    assert link is not None
    sent = {"kind": "community-group", "regime": "uk-gdpr", "email": "agnes@example.org"}
    sent |= {"password": PASSWORD, "again": PASSWORD, "organisation": "Braeside", "name": "Agnes"}
    path = link.removeprefix("http://localhost")
    refused = Client().post(path, {**sent, "organisation": "DWP North"})
    assert "can take part" in wrong_at(refused, "organisation")
    assert "one alphabet" in wrong_at(Client().post(path, {**sent, "name": "Agn\u0435s"}), "name")
    assert not Person.objects.exists()
