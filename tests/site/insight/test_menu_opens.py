"""What the head of a page and the page itself offer opens, for every role, whoever holds the incidents."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from every_address import RULES
from people_factory import make_colleague, make_organisation, signed_in

from lippen.site.accounts.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = ("/today/", "/incidents/", "/search/?q=disturbance", "/episodes/", "/method/", "/trade/", "/imports/")
Hold = Callable[[Organisation], None]


def offered(page: str, part: str) -> set[str]:
    """Where the links within this element of a page lead, of those that stay on the site."""
    found = re.search(rf"<{part}\b.*?</{part}>", page, re.S)
    return set(re.findall(r'<a\b[^>]*href="(/[^"#]*)', found[0])) if found else set()


def refused(client: Client, paths: set[str]) -> list[str]:
    return [path for path in sorted(paths) if client.get(path).status_code not in {200, 302}]


@pytest.mark.usefixtures("lake_of_town")
@pytest.mark.parametrize("role", RULES.roles)
def test_whatever_is_offered_opens(role: str, held_by: Hold) -> None:
    police = make_organisation("police")
    held_by(police)
    partner = make_organisation(RULES.roles[role].organisations[0])
    works_at = [partner, *([police] if "police" in RULES.roles[role].organisations else [])]
    for organisation in works_at:
        client = signed_in(make_colleague(organisation, role))
        menu = offered(client.get("/").content.decode(), "nav")
        assert {"/", "/today/", "/incidents/"} <= menu
        assert refused(client, menu) == [], f"{role} at {organisation.kind}"
        for room in ROOMS:
            answer = client.get(room)
            if answer.status_code == 200:
                inside = offered(answer.content.decode(), "main")
                assert refused(client, inside) == [], f"{room} for {role} at {organisation.kind}"
