"""Every format and zone to UTC, the hour that never was, the one that came twice, days that are none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from exports import MAPPING, bring_in_rows, call
from hypothesis import example, given
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.signals.zones import zone_table


def with_formats(*formats: str, zone: str = "Europe/London", more: str = "") -> str:
    listed = ", ".join(f"'{form}'" for form in formats)
    return MAPPING.replace('formats = ["%d/%m/%Y %H:%M"]', f"formats = [{listed}]\n{more}").replace(
        "Europe/London", zone
    )


@pytest.mark.parametrize(
    ("form", "text", "second"),
    [
        ("iso", "2025-07-02 09:05:07", 7),
        ("iso", "2025-07-02T09:05:07.250", 7.25),
        ("iso", "2025-07-02T08:05:07Z", 7),
        ("iso", "2025-07-02T10:05:07+02:00", 7),
        ("iso", "2025-07-02 03:05-0500", 0),
        ("%d/%m/%Y %H:%M", "2/7/2025 9:05", 0),
        ("%m/%d/%Y %I:%M:%S %p", "07/02/2025 09:05:07 am", 7),
        ("%d-%b-%y %H:%M", "02-JUL-25 09:05", 0),
        ("%d %B %Y, %H.%M", "2 July 2025,  9.05", 0),
        ("%A %d %b. %Y %H:%M", "Wednesday 02 Jul. 2025 09:05", 0),
        ("%Y%m%d%H%M%S", "20250702090507", 7),
        ("%Y-%m-%d %H%M", "2025-07-02 905", 0),
        ("%Y-%m-%d %* %H%M", "2025-07-02 00:00:00 0905", 0),
        ("%d/%m/%Y %H:%M %z", "02/07/2025 08:05 Z", 0),
        ("unix", "1751443507", 7),
        ("unix", "1751443507.25", 7.25),
        ("unix_ms", "1751443507250", 7.25),
        ("excel", "45840.3785532407", 7),
    ],
)
def test_each_way_of_writing_is_the_same_moment(
    duck: Engine, tmp_path: Path, form: str, text: str, second: float
) -> None:
    (row,) = bring_in_rows(duck, tmp_path / "in", [call(Reported=text)], with_formats(form)).taken
    # Five past nine in London's summer is five past eight in UTC.
    assert row["reported_at"] == dt.datetime(2025, 7, 2, 8, 5) + dt.timedelta(seconds=second)
    assert (row["local_day"], row["local_hour"]) == (dt.date(2025, 7, 2), 9)


def test_what_is_no_time_is_refused_with_what_stood_there(duck: Engine, tmp_path: Path) -> None:
    cases = [
        ("30/02/2025 10:00", "there is no such day or time of day"),
        ("29/02/2025 10:00", "there is no such day or time of day"),
        ("31/04/2025 10:00", "there is no such day or time of day"),
        ("07/13/2025 10:00", "there is no such day or time of day"),
        ("00/07/2025 10:00", "there is no such day or time of day"),
        ("01/07/2025 24:00", "there is no such day or time of day"),
        ("01/07/2025 23:60", "there is no such day or time of day"),
        ("2025-07-01 10:00", "the time is not written in any of the mapping's formats"),
        ("01/07/25 10:00", "the time is not written in any of the mapping's formats"),
        ("01/07/2025 10:00 BST", "the time is not written in any of the mapping's formats"),
        ("٠١/٠٧/٢٠٢٥ 10:00", "the time is not written in any of the mapping's formats"),
        ("", "there is no time"),
        ("30/03/2025 01:30", "this local time never existed"),
        ("31/12/1989 23:59", "the day is before 1990-01-01"),
        ("01/07/2999 10:00", "the day lies in the future"),
        ("01/01/0001 00:00", "the day is before 1990-01-01"),
        ("31/12/9999 23:59", "the day lies in the future"),
    ]
    rows = [call(at, Reported=text) for at, (text, _) in enumerate(cases, 1)]
    brought = bring_in_rows(duck, tmp_path / "in", [call(0), *rows])
    assert [(row["column"], row["value"]) for row in brought.refused] == [
        ("Reported", text) for text, _ in cases
    ]
    assert [row["reason"].partition(";")[0].partition(":")[0] for row in brought.refused] == [
        reason for _, reason in cases
    ]


def test_a_29_february_that_there_was_is_taken(duck: Engine, tmp_path: Path) -> None:
    (row,) = bring_in_rows(duck, tmp_path / "in", [call(Reported="29/02/2024 10:00")]).taken
    assert row["local_day"] == dt.date(2024, 2, 29)


def test_the_hour_that_comes_twice_is_taken_as_the_first_and_counted(duck: Engine, tmp_path: Path) -> None:
    """Clocks in London went back at 02:00 on 26 October 2025 and forward at 01:00 on 30 March."""
    local = ["26/10/2025 00:59", "26/10/2025 01:00", "26/10/2025 01:59", "26/10/2025 02:00",
             "30/03/2025 00:59", "30/03/2025 02:00"]  # fmt: skip
    rows = [call(at, Reported=text) for at, text in enumerate(local)]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert [row["reported_at"].strftime("%d %H:%M") for row in brought.taken] == [
        "25 23:59", "26 00:00", "26 00:59", "26 02:00", "30 00:59", "30 01:00",
    ]  # fmt: skip
    assert brought.report.notes["times in the hour that occurs twice, taken as the first"] == 2
    assert [row["local_hour"] for row in brought.taken] == [0, 1, 1, 2, 0, 2]


def test_the_first_format_under_which_it_is_a_real_time_decides(duck: Engine, tmp_path: Path) -> None:
    mapping = with_formats("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "iso")
    texts = ["03/04/2025 10:00", "04/30/2025 10:00", "2025-04-30 10:00"]
    brought = bring_in_rows(
        duck, tmp_path / "in", [call(at, Reported=text) for at, text in enumerate(texts)], mapping
    )
    assert [row["local_day"].isoformat() for row in brought.taken] == [
        "2025-04-03",
        "2025-04-30",
        "2025-04-30",
    ]


def test_the_first_and_last_day_of_the_mapping_bound_the_period(duck: Engine, tmp_path: Path) -> None:
    mapping = with_formats("%d/%m/%Y %H:%M", more="earliest = 2025-07-02\nlatest = 2025-07-03")
    rows = [call(day, Reported=f"0{day}/07/2025 23:30") for day in (1, 2, 3, 4)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping)
    assert [row["local_day"].day for row in brought.taken] == [2, 3]
    assert brought.reasons == {
        2: "the day is before 2025-07-02; if it is right, set [times] earliest",
        5: "the day is after 2025-07-03; if it is right, set [times] latest",
    }


AHEAD_AND_BEHIND = ("Pacific/Kiritimati", "Pacific/Auckland", "UTC", "America/Chicago", "Pacific/Pago_Pago")


@pytest.mark.parametrize("zone", AHEAD_AND_BEHIND)
def test_nothing_is_later_than_now_by_the_clock_of_the_source(
    duck: Engine, tmp_path: Path, zone: str
) -> None:
    """But for some minutes of the same day, by which the clock of the source may be fast."""
    now = dt.datetime.now(ZoneInfo(zone))
    soon = min(now + dt.timedelta(minutes=3), now.replace(hour=23, minute=59))
    later = [now, soon, *(now + dt.timedelta(minutes=minutes) for minutes in (30, 24 * 60, 3 * 24 * 60))]
    rows = [call(at, Reported=f"{when:%d/%m/%Y %H:%M}") for at, when in enumerate(later)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, with_formats("%d/%m/%Y %H:%M", zone=zone))
    assert [row["line"] for row in brought.taken] == [2, 3]
    assert all("in the future" in reason for reason in brought.reasons.values())


def test_a_mapping_lets_no_day_in_that_has_not_come(duck: Engine, tmp_path: Path) -> None:
    mapping = with_formats("%d/%m/%Y %H:%M", more="latest = 2999-12-31")
    assert not bring_in_rows(duck, tmp_path / "in", [call(Reported="01/07/2998 10:00")], mapping).taken


def test_other_times_may_be_missing_but_not_wrong(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING.replace("[times]", 'closed_at = "Closed"\n[times]', 1)
    closed = ["01/08/2025 10:00", "", "half past", "31/06/2025 10:00"]
    rows = [{**call(at), "Closed": text} for at, text in enumerate(closed)]
    header = (*call(1), "Closed")
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=header)
    assert [row["closed_at"] for row in brought.taken] == [dt.datetime(2025, 8, 1, 9), None]
    assert [row["column"] for row in brought.refused] == ["Closed", "Closed"]


ZONES = ("Europe/London", "America/Chicago", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/Sao_Paulo", "Etc/UTC", "Pacific/Apia")  # fmt: skip


@example(zone="Pacific/Apia", local=dt.datetime(2011, 12, 30, 12))  # a whole day that was left out
@example(zone="Australia/Lord_Howe", local=dt.datetime(2025, 4, 6, 1, 45))  # half an hour twice
@example(zone="Europe/London", local=dt.datetime(2025, 10, 26, 1, 30))
@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(min_value=dt.datetime(1990, 1, 1), max_value=dt.datetime(2037, 12, 31)),
)
def test_local_clocks_agree_with_the_system_s_own_zone_rules(zone: str, local: dt.datetime) -> None:
    """Compared with Python's `zoneinfo` (fold 0 is the first of two), over whole days around each moment."""
    steps = [local.replace(microsecond=0) + dt.timedelta(minutes=15 * at) for at in range(-96, 97)]
    micros = np.array(steps, dtype="datetime64[us]").astype(np.int64)
    table = zone_table(zone)
    utc, skipped, doubled = table.to_utc(micros)
    info = ZoneInfo(zone)
    for at, one in enumerate(steps):
        aware = one.replace(tzinfo=info)
        there_and_back = aware.astimezone(dt.UTC).astimezone(info).replace(tzinfo=None)
        assert bool(skipped[at]) == (there_and_back != one), one
        later = one.replace(tzinfo=info, fold=1)
        assert bool(doubled[at]) == (there_and_back == one and later.utcoffset() != aware.utcoffset()), one
        if not skipped[at]:
            assert utc[at] == np.datetime64(aware.astimezone(dt.UTC).replace(tzinfo=None), "us").astype(
                np.int64
            )
            assert table.to_local(utc[at : at + 1])[0] == micros[at]
