"""Whose clock is shown: pages keep to the partnership's; files, the API and what is stored to UTC."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from people_factory import make_colleague, make_organisation, make_program, signed_in

from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kathmandu(settings: Any) -> None:
    """A partnership whose clock is five hours and three quarters ahead of UTC."""
    settings.TIME_ZONE = "Asia/Kathmandu"


@pytest.mark.usefixtures("kathmandu")
def test_a_page_shows_the_partnerships_clock_and_a_file_and_the_api_utc() -> None:
    ours = make_organisation("housing")
    officer = signed_in(make_colleague(ours, "protection-officer"))
    program = make_program(ours, "check-reading", "protection-officer")
    assert officer.get("/people/").status_code == 200
    read = Entry.objects.get(what="people")
    assert read.at.utcoffset() == UTC.utcoffset(None)

    page = officer.get(f"/register/{read.pk}/").content.decode()
    assert f"{timezone.localtime(read.at):%H:%M} UTC+0545</time>" in page
    assert f'datetime="{read.at:%Y-%m-%dT%H:%M:%SZ}"' in page

    told = Client().get(f"/api/v1/register/{read.pk}", headers=program.headers).json()["entry"]["at"]
    assert re.search(r"(Z|\+00:00)$", told), told
    assert datetime.fromisoformat(told).replace(microsecond=0) == read.at.replace(microsecond=0)

    file = officer.get("/register/export.csv").getvalue().decode()
    rows = {one["id"]: one["at"] for one in csv.DictReader(io.StringIO(file, newline=""))}
    assert rows[str(read.pk)] == read.at.isoformat()
    assert rows[str(read.pk)].endswith("+00:00")


@pytest.mark.usefixtures("kathmandu")
def test_a_day_begins_at_the_partnerships_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """At eight in the evening UTC it is two in the morning there: a role that begins on that day is held."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 20, 15, tzinfo=UTC))
    newcomer = make_colleague(make_organisation("housing"), "worker")
    newcomer.roles.update(since=date(2026, 11, 27))
    assert newcomer.roles_on(timezone.localdate()).exists()
    newcomer.roles.update(since=date(2026, 11, 28))
    assert not newcomer.roles_on(timezone.localdate()).exists()
