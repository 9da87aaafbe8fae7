"""Whose clock is shown: pages keep to the partnership's; files, the API and what is stored to UTC."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from people_factory import make_colleague, make_organisation, make_program, signed_in

from lippen.site.register import days, services
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import Reader, enter_reading

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


EDGES = [
    # A day in winter, one of 23 hours, one of 25, and where midnight itself is left out or comes twice.
    ("Europe/London", date(2026, 1, 15), "2026-01-15T00:00", "2026-01-16T00:00"),
    ("Europe/London", date(2026, 7, 15), "2026-07-14T23:00", "2026-07-15T23:00"),
    ("Europe/London", date(2026, 3, 29), "2026-03-29T00:00", "2026-03-29T23:00"),
    ("Europe/London", date(2026, 10, 25), "2026-10-24T23:00", "2026-10-26T00:00"),
    ("Asia/Kathmandu", date(2026, 7, 15), "2026-07-14T18:15", "2026-07-15T18:15"),
    ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00", "2026-03-29T21:00"),
    ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00", "2026-11-02T05:00"),
]


def standing_at(at: datetime) -> type[datetime]:
    """A clock that stands still."""

    class Standing(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003 - it stands in UTC for all
            return cls.combine(at.date(), at.timetz())

    return Standing


@pytest.mark.parametrize(("zone", "day", "first", "after"), EDGES)
def test_the_register_is_asked_by_days_of_the_sites_own_clock(
    settings: Any, monkeypatch: pytest.MonkeyPatch, zone: str, day: date, first: str, after: str
) -> None:
    settings.TIME_ZONE = zone
    ours = make_organisation("housing")
    program = make_program(ours, "check-reading", "protection-officer")
    officer = make_colleague(ours, "protection-officer")
    begins, ends = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, after))
    moments = {
        "the last of the day before": begins - timedelta(microseconds=1),
        "the first of the day": begins,
        "the last of the day": ends - timedelta(microseconds=1),
        "the first of the day after": ends,
    }
    reader = Reader(officer.ref, "protection-officer", ours.ref, ours.regime)
    for what, at in moments.items():
        with monkeypatch.context() as then:
            then.setattr(services, "datetime", standing_at(at))
            enter_reading(reader, Act.CONSULTATION, what, [], purpose="to try it")
    within = {"the first of the day", "the last of the day"}

    asked = "&".join(
        f"{edge}_{part}={getattr(day, part)}"
        for edge in ("since", "until")
        for part in ("day", "month", "year")
    )
    page = signed_in(officer).get(f"/register/?{asked}").content.decode()
    assert {one for one in moments if f"({one})" in page} == within

    told = Client().get(f"/api/v1/register?since={day}&until={day}", headers=program.headers).json()
    assert {one["what"] for one in told["entries"]} & set(moments) == within
    file = Client().get(f"/api/v1/register/export.jsonl?since={day}&until={day}", headers=program.headers)
    taken = file.getvalue().decode()
    assert {one for one in moments if one in taken} == within


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/London"])
def test_any_day_of_the_calendar_can_be_asked_for(settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    for day in (date.min, date.max):
        assert days.begins(day).astimezone(UTC) < days.ends(day).astimezone(UTC)
        assert days.day_of(days.begins(date(2026, 11, 26))) == date(2026, 11, 26)
    program = make_program(make_organisation("housing"), "check-reading", "protection-officer")
    for asked in ("since=0001-01-01", "until=0001-01-01", "since=9999-12-31", "until=9999-12-31"):
        assert Client().get(f"/api/v1/register?{asked}", headers=program.headers).status_code == 200
