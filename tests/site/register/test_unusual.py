"""Unusual reading: what the rules find, what they leave alone, and how often they are said to err."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from registers import AILSA, ROBERT, HeldRegister

from lippen.site.register import looking, services, unusual
from lippen.site.register.classes import DataClass
from lippen.site.register.looking import look
from lippen.site.register.models import Act, Alert
from lippen.site.register.normal_reading import how_often, normal_reading
from lippen.site.register.services import SYSTEM, Reader, Records, enter_reading
from lippen.site.register.unusual import Reading, provide_near, rules, rules_seen, unusual_in

DAY = date(2026, 11, 25)
LONDON = ZoneInfo("Europe/London")


def day_of(many: int, day: date = DAY, *, hour: int = 10, records: int = 1, **other: Any) -> list[Reading]:
    first = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    times = [first + timedelta(seconds=at) for at in range(many)]
    return [Reading(at, at, "p-ailsa", "o-housing", 1, records, **other) for at in times]


def weeks_of(many: int, **other: Any) -> list[Reading]:
    return [one for back in range(1, 50) for one in day_of(many, DAY - timedelta(days=back), **other)]


def found(readings: list[Reading], day: date = DAY, zone: str = "Europe/London") -> list[str]:
    return [one.rule for one in unusual_in(readings, day, ZoneInfo(zone))]


def test_far_more_than_in_the_weeks_before_is_unusual() -> None:
    assert found(weeks_of(10) + day_of(31, records=2)) == ["volume"]
    (one,) = unusual_in(weeks_of(10) + day_of(41), DAY, LONDON)
    assert one.reason == "41 records in a day; the busiest day of the 8 weeks before had 10."
    assert (one.readings, len(one.within)) == (41, 41)


@pytest.mark.parametrize(
    ("before", "today"),
    [(10, 30), (14, 42), (1, 39), (100, 200)],
    ids=["three times", "three times and many", "few in all", "busy as ever"],
)
def test_within_ones_own_measure_nothing_is_unusual(before: int, today: int) -> None:
    assert found(weeks_of(before) + day_of(today)) == []


def test_very_much_on_a_first_day_is_unusual_and_less_is_not() -> None:
    (one,) = unusual_in(day_of(20, records=4), DAY, LONDON)
    assert one.rule == "newcomer"
    assert one.reason == "80 records in a day, and nothing in the 8 weeks before."
    assert found(day_of(79)) == []


def test_whoever_comes_back_after_the_weeks_that_are_compared_is_new_again() -> None:
    long_ago = [one for back in range(57, 70) for one in day_of(100, DAY - timedelta(days=back))]
    assert found(long_ago + day_of(90)) == ["newcomer"]
    assert found(day_of(1, DAY - timedelta(days=56)) + day_of(90)) == ["volume"]


def test_nobody_is_measured_by_another() -> None:
    other = [Reading(one.first_at, one.last_at, "p-busy", "o-housing", 1, records=500) for one in weeks_of(1)]
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
    assert found(day_of(10, summer, hour=4), summer) == [], "five in the morning"
    assert found(day_of(10, summer, hour=3), summer) == ["night"]
    assert found(day_of(10, summer, hour=19), summer, "Asia/Kathmandu") == []
    assert found(day_of(10, summer, hour=20), summer + timedelta(days=1), "Asia/Kathmandu") == ["night"]


def test_records_about_people_are_read_for_a_case() -> None:
    (one,) = unusual_in(weeks_of(10) + day_of(3) + day_of(5, without_case=1), DAY, LONDON)
    assert (one.rule, one.readings, len(one.within)) == ("no_case", 5, 5)
    assert found(weeks_of(10) + day_of(4, without_case=1)) == []
    assert found(weeks_of(10) + day_of(5)) == []


def test_how_often_each_rule_errs_is_as_the_rules_say() -> None:
    fired, days = how_often()
    assert set(fired) == set(rules()) - {"past_weeks", "near"}
    for rule, many in fired.items():
        each = ", each taken as if it were the reader's first" if rule == "newcomer" else ""
        assert rules()[rule]["fires"] == f"on {many} of {days} days of normal reading{each}"


def test_normal_reading_is_no_straw_man() -> None:
    readings = normal_reading()
    assert len({one.reader for one in readings}) == 6
    assert any(one.first_at.hour < 5 for one in readings), "somebody works at night"
    per_day: dict[tuple[str, date], int] = {}
    for one in readings:
        key = (one.reader, one.first_at.date())
        per_day[key] = per_day.get(key, 0) + one.records
    assert max(per_day.values()) > rules()["volume"]["least_records"], "and some days are very busy"


def enter_on(
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
    many: int,
    reader: Reader = AILSA,
    record: str = "a",
    data_class: str = "staff",
    case: str = "",
) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003 - it stands in UTC for all
            return at

    with monkeypatch.context() as patched:
        patched.setattr(services, "datetime", Then)
        for _ in range(many):
            enter_reading(
                reader,
                Act.CONSULTATION,
                "people",
                [Records(data_class, (record,))],
                purpose="to work",
                case=case,
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
    assert register.open_entries() == 7, "with the one that says that an alert was raised"


def test_no_alert_counts_or_grades_a_person() -> None:
    columns = {field.name for field in Alert._meta.get_fields()}
    assert columns == {
        *("id", "entry", "made_at", "rule", "reader", "organisation"),
        *("first_at", "last_at", "readings", "reason"),
    }


@pytest.mark.usefixtures("register")
def test_the_hours_that_the_register_answers_in_say_what_the_entries_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Around midnight, in winter and in summer time, with and without a case, of another reader, and of the
    # program, which is none.
    moments = [
        datetime(2026, 10, 24, 22, 59, tzinfo=UTC),
        datetime(2026, 10, 24, 23, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 25, 0, 0, tzinfo=UTC),
    ]
    for at in moments:
        enter_on(monkeypatch, at, 2)
        enter_on(monkeypatch, at, 1, data_class="concern")
        enter_on(monkeypatch, at, 1, data_class="concern", case="c-1")
        enter_on(monkeypatch, at, 1, reader=SYSTEM)
    enter_on(monkeypatch, moments[0] + timedelta(seconds=5), 1, reader=ROBERT, data_class="concern")
    today = date(2026, 11, 26)
    held = looking._readings(today - timedelta(days=7), today)
    told = {(one.reader, one.first_at): (one.readings, one.records, one.without_case) for one in held}
    before, looked_at = (4, 4, 0), (4, 4, 1)
    assert told == {
        **{("p-ailsa", at): before for at in moments[:4]},
        **{("p-ailsa", at): looked_at for at in moments[4:]},
        ("p-robert", moments[0] + timedelta(seconds=5)): (1, 1, 0),
    }
    assert look(datetime(2026, 11, 26, 9, tzinfo=UTC)) == 0


@pytest.mark.usefixtures("register")
def test_however_many_days_are_looked_at_the_register_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for back in range(1, 8):
        enter_on(monkeypatch, datetime(2026, 11, 26, 10, tzinfo=UTC) - timedelta(days=back), 3)
    with django_assert_num_queries(1):
        assert look(datetime(2026, 11, 26, 9, tzinfo=UTC)) == 0


@pytest.mark.usefixtures("register")
def test_concerns_read_without_a_case_alert_from_the_register_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    enter_on(monkeypatch, at, 5, data_class="concern", case="c-1")
    assert look(at + timedelta(days=1)) == 0
    enter_on(monkeypatch, at + timedelta(hours=2), 5, data_class="concern")
    assert look(at + timedelta(days=1)) == 1
    assert (Alert.objects.get().rule, Alert.objects.get().readings) == ("no_case", 5)


def test_a_rule_that_cannot_fire_yet_says_so_and_no_longer_when_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unusual, "_near", {})
    waits = {one.title: one.waits for one in rules_seen()}
    assert len(waits) == 5
    assert [title for title, why in waits.items() if why] == [
        rules()[n]["title"] for n in ("near", "no_case")
    ]
    provide_near("staff", lambda _, __: frozenset())
    held = DataClass("concern", "Worries.", (), lambda _: 0)
    monkeypatch.setattr(unusual, "declared", lambda: {"concern": held})
    assert [one.title for one in rules_seen() if one.waits] == []
