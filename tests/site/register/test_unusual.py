"""Unusual reading: what the rules find, what they leave alone, and how often they are said to err."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from registers import AILSA, HeldRegister

from lippen.site.register import services, unusual
from lippen.site.register.models import Act, Alert
from lippen.site.register.normal_reading import how_often, normal_reading
from lippen.site.register.services import SYSTEM, Reader, Records, enter_reading
from lippen.site.register.unusual import Reading, look, provide_near, rules, unusual_in

DAY = date(2026, 11, 25)


def day_of(many: int, day: date = DAY, *, hour: int = 10, records: int = 1, **other: Any) -> list[Reading]:
    first = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    given: dict[str, Any] = {"case": True, **other}
    return [
        Reading(first + timedelta(seconds=at), "p-ailsa", "o-housing", records, **given) for at in range(many)
    ]


def weeks_of(many: int, **other: Any) -> list[Reading]:
    return [one for back in range(1, 50) for one in day_of(many, DAY - timedelta(days=back), **other)]


def found(readings: list[Reading]) -> list[str]:
    return [one.rule for one in unusual_in(readings, DAY)]


def test_far_more_than_in_the_weeks_before_is_unusual() -> None:
    assert found(weeks_of(10) + day_of(31, records=2)) == ["volume"]
    (one,) = unusual_in(weeks_of(10) + day_of(41), DAY)
    assert one.reason == "41 records in a day; the busiest day of the 8 weeks before had 10."
    assert len(one.readings) == 41


@pytest.mark.parametrize(
    ("before", "today"),
    [(10, 30), (14, 42), (1, 39), (100, 200)],
    ids=["three times", "three times and many", "few in all", "busy as ever"],
)
def test_within_ones_own_measure_nothing_is_unusual(before: int, today: int) -> None:
    assert found(weeks_of(before) + day_of(today)) == []


def test_whoever_is_new_has_no_measure_yet() -> None:
    assert found(day_of(200)) == []


def test_nobody_is_measured_by_another() -> None:
    other = [Reading(one.at, "p-busy", "o-housing", 500, case=True) for one in weeks_of(1)]
    assert found(other + weeks_of(10) + day_of(41)) == ["volume"]


def test_a_night_is_unusual_for_who_does_not_work_at_night() -> None:
    assert found(weeks_of(10) + day_of(10, hour=2)) == ["night"]
    assert found(weeks_of(10) + day_of(9, hour=2)) == []
    before = [one for back in (7, 14) for one in day_of(1, DAY - timedelta(days=back), hour=3)]
    assert found(weeks_of(10) + before + day_of(10, hour=2)) == []


def test_a_night_begins_the_evening_before_and_in_the_sites_own_hours() -> None:
    evening = day_of(10, DAY - timedelta(days=1), hour=23)
    assert found(weeks_of(10) + evening) == ["night"]
    summer = date(2026, 7, 15)
    assert [one.rule for one in unusual_in(day_of(10, summer, hour=4), summer)] == [], "five in the morning"
    assert [one.rule for one in unusual_in(day_of(10, summer, hour=3), summer)] == ["night"]


def test_records_about_people_are_read_for_a_case() -> None:
    concern = frozenset({"concern"})
    assert found(weeks_of(10) + day_of(5, case=False, classes=concern)) == ["no_case"]
    assert found(weeks_of(10) + day_of(4, case=False, classes=concern)) == []
    assert found(weeks_of(10) + day_of(5, case=True, classes=concern)) == []
    assert found(weeks_of(10) + day_of(5, case=False, classes=frozenset({"staff"}))) == []


def test_how_often_each_rule_errs_is_as_the_rules_say() -> None:
    fired, days = how_often()
    for rule, many in fired.items():
        assert rules()[rule]["fires"] == f"on {many} of {days} days of normal reading"


def test_normal_reading_is_no_straw_man() -> None:
    readings = normal_reading()
    assert len({one.reader for one in readings}) == 6
    assert any(one.at.hour < 5 for one in readings), "somebody works at night"
    per_day: dict[tuple[str, date], int] = {}
    for one in readings:
        key = (one.reader, one.at.date())
        per_day[key] = per_day.get(key, 0) + one.records
    assert max(per_day.values()) > rules()["volume"]["least_records"], "and some days are very busy"


def enter_on(
    monkeypatch: pytest.MonkeyPatch, at: datetime, many: int, reader: Reader = AILSA, record: str = "a"
) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003
            return at

    with monkeypatch.context() as patched:
        patched.setattr(services, "datetime", Then)
        for _ in range(many):
            enter_reading(
                reader, Act.CONSULTATION, "people", [Records("staff", (record,))], purpose="to work"
            )


@pytest.mark.usefixtures("register")
def test_the_panel_is_alerted_once_with_the_reason_and_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    night = datetime(2026, 11, 25, 2, tzinfo=UTC)
    enter_on(monkeypatch, night, 12)
    enter_on(monkeypatch, night, 12, reader=SYSTEM)
    now = datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert look(now) == 1
    assert look(now) == 0, "a second look finds nothing new"
    assert look(now + timedelta(days=3)) == 0
    alert = Alert.objects.get()
    assert (alert.rule, alert.reader, alert.readings) == ("night", "p-ailsa", 12)
    assert alert.reason.startswith("12 readings between 23:00 and 5:00")
    assert alert.reason.endswith(f"This rule fires {rules()['night']['fires']}.")


@pytest.mark.usefixtures("register")
def test_what_is_not_over_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    enter_on(monkeypatch, datetime(2026, 11, 25, 2, tzinfo=UTC), 12)
    assert look(datetime(2026, 11, 25, 9, tzinfo=UTC)) == 0


def test_ones_own_street_is_what_another_app_says_it_is(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unusual, "_near", {})
    provide_near("staff", lambda reader, ids: frozenset(ids) & {f"neighbour-of-{reader}"})
    at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    enter_on(monkeypatch, at, 3, record="neighbour-of-p-ailsa")
    enter_on(monkeypatch, at, 3, record="neighbour-of-p-robert")
    assert look(datetime(2026, 11, 26, 9, tzinfo=UTC)) == 1
    assert Alert.objects.get().rule == "near"
    assert register.open_entries() == 6


def test_no_alert_counts_or_grades_a_person() -> None:
    columns = {field.name for field in Alert._meta.get_fields()}
    assert columns == {
        *("id", "made_at", "rule", "reader", "organisation", "first_at", "last_at", "readings", "reason")
    }
