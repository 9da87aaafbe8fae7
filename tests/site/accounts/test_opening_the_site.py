"""The site's first organisation: one that can take part, and that can let the others take part."""

from __future__ import annotations

import re
from typing import Any

import pytest
from entering_people import PASSWORD, Browser

from lippen.site.accounts import entering
from lippen.site.accounts.models import Invitation, Organisation, Person
from lippen.site.accounts.partners import PartnerRefused, can_add
from lippen.site.accounts.permissions import permissions

pytestmark = pytest.mark.django_db(transaction=True)

SENT = {
    "organisation": "Braeside Tenants' Voice",
    "kind": "community-group",
    "regime": "uk-gdpr",
    "name": "Agnes",
    "email": "agnes@example.org",
    "password": PASSWORD,
    "again": PASSWORD,
}


def first_link() -> str:
    link = entering.first_administrator_link("http://x")
    assert link
    return link.removeprefix("http://x")


@pytest.mark.parametrize("name", ["Home Office Liaison", "DWP North", "Immigration  Enforcement"])
def test_nobody_opens_a_site_who_could_not_be_added_as_a_partner(name: str) -> None:
    path = first_link()
    answer = Browser().post(path, {**SENT, "organisation": name})
    assert answer.status_code == 422
    assert "can take part, and the name says" in answer.content.decode()
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()
    assert Browser().post(path, SENT).status_code == 302, "the link is not used up by a refusal"


def test_only_kinds_are_offered_that_can_add_the_others() -> None:
    page = Browser().get(first_link()).content.decode()
    offered = set(re.findall(r'<option value="([a-z-]+)"', page))
    rules = permissions()
    assert offered == {kind for kind in rules.kinds if any(can_add(kind, law) for law in rules.regimes)}
    assert "police" not in offered
    assert {"community-group", "housing", "trading-standards"} <= offered
    assert "the police add nobody" in page
    assert "UK GDPR" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "police", "regime": "law-enforcement"},
        {"kind": "trading-standards", "regime": "law-enforcement"},
    ],
)
def test_one_that_adds_no_partner_cannot_be_first_even_past_the_page(asked: dict[str, str]) -> None:
    path = first_link()
    assert Browser().post(path, {**SENT, **asked}).status_code == 422
    told: dict[str, Any] = {name: SENT[name] for name in ("name", "email", "password", "organisation")}
    with pytest.raises(PartnerRefused, match="nobody else could ever take part"):
        entering.accept_first(path.split("/")[-2], **told, **asked)
    assert not Organisation.objects.exists()
    assert Invitation.objects.filter(used_at=None).exists()


@pytest.mark.parametrize("kind", ["community-group", "trading-standards", "scrutiny-panel"])
def test_whoever_opens_the_site_can_add_the_police(kind: str) -> None:
    browser = Browser()
    assert browser.post(first_link(), {**SENT, "kind": kind}).status_code == 302
    browser.set_up_app()
    police = {"name": "Lochside Police", "kind": "police", "regime": "law-enforcement"}
    assert browser.post("/organisations/add/", police).status_code == 302
    assert Organisation.objects.filter(kind="police").exists()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "The program itself"}, "This is how the register calls the program"),
        ({"name": "Br\u0430eside"}, "one alphabet"),
        ({"organisation": "Home Office Liaison"}, "can take part, and the name says"),
        ({"organisation": "Br\u0430eside"}, "one alphabet"),
    ],
)
def test_a_refused_name_is_told_together_with_all_else_that_is_wrong(
    asked: dict[str, str], told: str
) -> None:
    answer = Browser().post(first_link(), {**SENT, "again": "not the same words", "kind": "", **asked})
    page = answer.content.decode()
    (field,) = asked
    (at_field,) = re.findall(rf'id="id_{field}_error">(.*?)</div>', page, re.S)
    assert told in at_field
    assert "The two passwords are not the same." in page
    assert "Choose one." in page
