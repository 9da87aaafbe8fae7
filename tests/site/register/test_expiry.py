"""Months go by policy, and only they: a signed note first, then whole checkpoints; the check accepts that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st
from registers import HeldRegister, clock

from lippen.errors import LippenError
from lippen.site.register import expiry
from lippen.site.register.expiry import TooEarly, allowed_before, expire, months_after
from lippen.site.register.models import Act, Checkpoint, Entry, Expiry, Shown
from lippen.site.register.retention import policy


@pytest.fixture
def years(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> HeldRegister:
    """A register with two checkpoints of four entries in each of five months, over six years."""
    for year, month in ((2020, 1), (2020, 2), (2020, 12), (2026, 3), (2026, 11)):
        with clock(monkeypatch, year, month):
            register.filled(checkpoints=2)
    return register


def test_the_policy_keeps_six_years_and_says_why(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        assert policy().keep_months == 72
        assert "six years" in str(policy())
        assert allowed_before() == date(2020, 11, 1)
    years.settings.REGISTER_KEEP_MONTHS = 84
    with clock(monkeypatch, 2026, 11, 26):
        assert allowed_before() == date(2019, 11, 1), "a longer time counts at once"
        assert "set by this site" in str(policy())
    years.settings.REGISTER_KEEP_MONTHS = 0
    with pytest.raises(LippenError, match="at least a month"):
        expire()


def test_months_that_the_policy_keeps_no_longer_go_and_the_rest_is_whole(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        gone = expire()
        years.seal()
    assert [(one.month, one.entries) for one in gone] == [(date(2020, 1, 1), 8), (date(2020, 2, 1), 8)]
    assert Entry.objects.filter(act=Act.CONSULTATION).count() == 24
    assert Shown.objects.exclude(data_class="register").count() == 48
    assert Checkpoint.objects.count() == 11, "signed roots stay"
    verdict = years.verify()
    assert verdict.sound, verdict.as_text()
    assert any("2020-01 has expired: 8 entries under checkpoints 1 to 2" in one for one in verdict.stated)
    noted = Entry.objects.filter(act=Act.ERASURE).order_by("id")
    assert [list(one.shown.values_list("record", flat=True)) for one in noted] == [["2020-01"], ["2020-02"]]
    with clock(monkeypatch, 2026, 11, 26):
        assert expire() == [], "they go once"


def test_nothing_goes_that_the_policy_keeps(years: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        with pytest.raises(TooEarly, match="2020-11-01"):
            expire(date(2020, 11, 2))
        assert [one.month for one in expire(date(2020, 2, 20))] == [date(2020, 1, 1)]
    assert years.verify().sound


def test_a_clock_set_forward_lets_nothing_go(years: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock(monkeypatch, 2040, 1):
        assert allowed_before() == date(2020, 11, 1), "counted from what was sealed last"
        expire()
    assert Entry.objects.filter(at__year=2026).count() == 16
    assert Entry.objects.filter(at__year=2020, at__month=12).count() == 8
    assert years.verify().entries


@pytest.mark.parametrize("step", ["the note", "the first checkpoints"])
def test_an_expiry_that_was_interrupted_is_finished(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(expiry, "ENTRIES_AT_ONCE", 1)
    deletions = 0 if step == "the note" else 1

    def interrupted(ranges: Any) -> Iterator[Any]:
        for number, together in enumerate(by_entries(ranges)):
            if number == deletions:
                raise KeyboardInterrupt
            yield together

    by_entries = expiry._by_entries
    with clock(monkeypatch, 2026, 11, 26):
        with monkeypatch.context() as patched:
            patched.setattr(expiry, "_by_entries", interrupted)
            with pytest.raises(KeyboardInterrupt):
                expire()
        assert Expiry.objects.count() == 1
        assert Entry.objects.filter(at__year=2020, at__month=1).count() == 8 - 4 * deletions
        assert years.verify().sound, "each checkpoint is all there or all gone"
        gone = expire()
    assert sum(one.entries for one in gone) == 16 - 4 * deletions
    assert years.verify().sound


def test_half_a_checkpoint_is_never_an_expiry(years: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock(monkeypatch, 2026, 11, 26), monkeypatch.context() as patched:
        patched.setattr(expiry, "_delete", lambda _: 0)
        expire()
    one = Entry.objects.order_by("id")[1]
    Shown.objects.filter(entry=one).delete()  # the triggers let the month go, entry by entry too
    one.delete()
    verdict = years.verify()
    assert not verdict.sound
    assert "3 of 4 entries are there" in verdict.breaches[0].what


def test_no_other_month_goes_with_one_that_expired(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        expire()
    for month in (Entry.objects.filter(at__year=2020), Entry.objects.filter(at__year=2026)):
        assert month.exists()
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            Shown.objects.filter(entry__in=month).delete()
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            month.delete()
    assert years.verify().sound


@pytest.mark.parametrize("change", ["month", "policy", "keep_months", "first_checkpoint", "entries", "at"])
def test_a_note_that_was_altered_covers_nothing(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        expire(date(2020, 2, 1))
    altered = {
        "month": "'2020-03-01'",
        "policy": "'1 month'",
        "keep_months": "1",
        "first_checkpoint": "2",
        "entries": "1",
        "at": "'2027-01-01 00:00:00'",
    }[change]
    years.attack(f"UPDATE register_expiry SET {change} = {altered}")  # noqa: S608
    verdict = years.verify()
    assert "does not bear the signature" in verdict.breaches[0].what
    assert any("4 of 4 entries are missing" in one.what for one in verdict.breaches)


def test_a_note_that_came_before_its_own_policy_let_it_is_found(
    years: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 26):
        expire(date(2020, 2, 1))
    note = Expiry.objects.get()
    note.at = datetime(2024, 1, 1, tzinfo=UTC)
    signature = years.settings.KEYS.seal.signer().sign(expiry.expiry_bytes(note))
    years.attack(("UPDATE register_expiry SET at = %s, signature = %s", ["2024-01-01 00:00:00", signature]))
    assert "its own policy kept it until 2026-02-01" in years.verify().breaches[0].what


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-500, 500))
def test_months_are_counted_as_calendars_count_them(day: date, months: int) -> None:
    month = day.replace(day=1)
    there = months_after(month, months)
    assert months_after(there, -months) == month
    assert (there.year - month.year) * 12 + there.month - month.month == months
