"""Two organisations whose people read about each other, a panel, and what a page of the register says."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from people_factory import make_colleague, make_organisation

from lippen.site.accounts.models import Person
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import Reader, Records, enter_reading


class Town:
    """Two organisations with people, and a panel."""

    def __init__(self) -> None:
        self.homes = make_organisation("housing", name="Homes")
        self.police = make_organisation("police", name="Constabulary")
        self.ailsa = make_colleague(self.homes, "worker", name="Ailsa Reid")
        self.bob = make_colleague(self.homes, "worker", name="Bob Orr")
        self.officer = make_colleague(self.homes, "protection-officer", name="Dina Law")
        self.iain = make_colleague(self.police, "police-officer", name="Iain Muir")
        self.jean = make_colleague(make_organisation("scrutiny-panel"), "panel", name="Jean Roy")

    def read(self, who: Person, *whom: Person | str, **said: Any) -> int:
        held = who.roles.select_related("organisation").get()
        reader = Reader(who.ref, held.role, held.organisation.ref, held.organisation.regime)
        ids = tuple(one if isinstance(one, str) else one.ref for one in whom)
        given: dict[str, Any] = {"purpose": "to reach a colleague", **said}
        return enter_reading(reader, Act.CONSULTATION, "people", [Records("staff", ids)], **given)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def last_entry() -> tuple[str, str, dict[str, set[str]]]:
    entry = Entry.objects.order_by("-id")[0]
    shown: dict[str, set[str]] = {}
    for data_class, record in entry.shown.values_list("data_class", "record"):
        shown.setdefault(data_class, set()).add(record)
    return entry.reader, entry.act, shown
