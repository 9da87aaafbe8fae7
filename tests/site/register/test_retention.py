"""A register kept for a shorter time: stated, signed, told to the panel, and thirty days without effect."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attacks import broken
from registers import HeldRegister, clock

from lippen.site.register import resolvers
from lippen.site.register.expiry import allowed_before, expire
from lippen.site.register.models import Act, Entry, Expiry, Retention
from lippen.site.register.retention import (
    months_in_force,
    policy_in_force,
    shortening,
    state_policy,
)
from lippen.site.register.seals import expiry_bytes, retention_bytes


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the panel was told of."""
    heard: list[str] = []
    monkeypatch.setattr(
        resolvers, "_panel", {name: lambda name=name: heard.append(name) for name in ("kept shorter",)}
    )
    return heard


@pytest.fixture
def shortened(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> HeldRegister:
    """Four years of entries, and since this morning a line in site.toml that says to keep one month."""
    for year, month in ((2023, 5), (2025, 5), (2026, 11)):
        with clock(monkeypatch, year, month, 15):
            register.filled(checkpoints=1)
    register.settings.REGISTER_KEEP_MONTHS = 1
    return register


def test_a_shorter_time_lets_nothing_go_for_thirty_days_and_the_panel_is_told_once(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    with clock(monkeypatch, 2026, 11, 16):
        assert expire() == []
        assert expire() == []
        shortened.seal()
        waits = shortening()
    assert told == ["kept shorter"]
    assert waits is not None
    assert (waits.months_now, waits.months_then) == (72, 1)
    assert waits.since == datetime(2026, 12, 16, 12, tzinfo=UTC)
    note = Retention.objects.get()
    stated = Entry.objects.get(act=Act.ALTERATION)
    assert stated.purpose == "to keep them for 1 month; 72 count now"
    assert list(stated.shown.values_list("data_class", "record")) == [("register", "retention-1")]
    assert note.keep_months == 1
    with clock(monkeypatch, 2026, 12, 15):
        shortened.enter()
        shortened.seal()
        assert expire() == []
    with clock(monkeypatch, 2026, 12, 17):
        shortened.enter()
        shortened.seal()
        assert [one.month for one in expire()] == [date(2023, 5, 1), date(2025, 5, 1)]
        shortened.seal()
        assert shortening() is None
    verdict = shortened.verify()
    assert verdict.sound, verdict.as_text()
    assert any("means to keep entries for a shorter time: 1 month" in one for one in verdict.stated)


def test_a_restart_with_the_clock_set_forward_does_not_wait_less(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 16):
        state_policy()
    with clock(monkeypatch, 2027, 6, 1):
        assert policy_in_force().keep_months == 72, "nothing was sealed under that clock"
        assert expire() == []
    assert shortened.verify().sound


def test_a_note_made_under_a_clock_set_back_waits_as_long(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 1, 1):
        state_policy()
    assert Retention.objects.get().at == datetime(2026, 11, 15, 12, tzinfo=UTC), "not before the last seal"
    with clock(monkeypatch, 2026, 11, 20):
        shortened.enter()
        shortened.seal()
        assert expire() == []


def test_what_was_taken_back_in_time_lets_nothing_go(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    with clock(monkeypatch, 2026, 11, 16):
        expire()
    shortened.settings.REGISTER_KEEP_MONTHS = 72
    with clock(monkeypatch, 2026, 12, 1):
        expire()
        assert shortening() is None
    for month in (12, 1):
        with clock(monkeypatch, 2026 + (month == 1), month, 28):
            shortened.enter()
            shortened.seal()
            assert expire() == []
    assert told == ["kept shorter"], "a longer time is no news that waits"
    assert [one.keep_months for one in Retention.objects.order_by("number")] == [1, 72]


def test_a_longer_time_counts_at_once(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock(monkeypatch, 2019, 1):
        register.filled(checkpoints=1)
    register.settings.REGISTER_KEEP_MONTHS = 120
    with clock(monkeypatch, 2026, 11, 16):
        register.filled(checkpoints=1)
        assert allowed_before() == date(2016, 11, 1)
        assert expire() == []


@pytest.mark.parametrize(
    ("notes", "months"),
    [
        ([], 72),
        ([(40, 12)], 12),
        ([(29, 12)], 72),
        ([(400, 120), (29, 12)], 120),
        ([(400, 120), (31, 12)], 12),
        ([(31, 6), (10, 12)], 12),
        ([(31, 12), (20, 96), (10, 12)], 96),
        ([(20, 12), (10, 6)], 72),
    ],
)
def test_the_longest_of_the_last_thirty_days_counts(notes: list[tuple[int, int]], months: int) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    made = [Retention(at=now - timedelta(days=ago), keep_months=kept) for ago, kept in notes]
    assert months_in_force(made, now) == months


def test_a_note_that_nobody_signed_shortens_nothing_and_is_found(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = Retention(
        number=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        policy="1 months: as ever",
        keep_months=1,
        signature=bytes(64),
    )
    forged.save(force_insert=True)  # no trigger can check a signature
    with clock(monkeypatch, 2026, 11, 20):
        assert policy_in_force().keep_months == 72
        assert expire() == []
    broken(shortened.verify(), "note 1 about how long entries are kept does not bear the signature")


@pytest.mark.parametrize("change", ["at = '2026-01-01 00:00:00'", "keep_months = 2", "policy = 'x'"])
def test_an_altered_note_counts_no_more_and_is_found(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    with clock(monkeypatch, 2026, 11, 16):
        state_policy()
        shortened.seal()
    shortened.attack(f"UPDATE register_retention SET {change}")  # noqa: S608
    with clock(monkeypatch, 2026, 11, 17):
        assert policy_in_force().keep_months == 72
    broken(shortened.verify(), "note 1", "does not bear the signature")


def test_a_note_taken_out_is_named_by_its_entry_and_shortens_nothing(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.settings.REGISTER_KEEP_MONTHS = 120
    with clock(monkeypatch, 2026, 11, 16):
        state_policy()
        register.seal()
    register.attack("DELETE FROM register_retention")
    register.settings.REGISTER_KEEP_MONTHS = 12
    with clock(monkeypatch, 2026, 11, 17):
        assert policy_in_force().keep_months == 72, "what ships with the program stands before all notes"
    broken(register.verify(), "the note", "about how long entries are kept", "was taken out")


def test_whoever_expires_by_a_policy_that_did_not_count_is_found(
    shortened: HeldRegister,
) -> None:
    """Whoever has the seal key can sign an expiry; that no note came thirty days before still shows."""
    note = Expiry(
        month=date(2023, 5, 1),
        at=datetime(2026, 11, 16, 12, tzinfo=UTC),
        policy="1 months: set by this site",
        keep_months=1,
        first_checkpoint=1,
        last_checkpoint=1,
        entries=4,
    )
    note.signature = shortened.settings.KEYS.seal.signer().sign(expiry_bytes(note))
    note.save(force_insert=True)
    broken(shortened.verify(), "2023-05 expired", "by a policy of 1 month, when 72 counted")


def test_when_the_panel_cannot_be_told_nothing_is_stated(
    shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("no notice can be written")

    monkeypatch.setattr(resolvers, "_panel", {"kept shorter": fails})
    with clock(monkeypatch, 2026, 11, 16), pytest.raises(RuntimeError):
        state_policy()
    assert not Retention.objects.exists()
    assert not Entry.objects.filter(act=Act.ALTERATION).exists()
    assert shortened.verify().sound


def test_a_note_is_signed_as_the_page_says(shortened: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock(monkeypatch, 2026, 11, 16):
        state_policy()
    note: Any = Retention.objects.get()
    assert len(retention_bytes(note)) == 71
    shortened.settings.KEYS.seal.public().verify(bytes(note.signature), retention_bytes(note))
