"""Sealing: all that is committed, nothing that can still change, one chain whoever seals, and the copies."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from open_sites import LONG
from registers import AILSA, HeldRegister

from lippen.site.register import sealer
from lippen.site.register.copies import CopiesDisagree, CopiesMissing, CopiesUnwritable
from lippen.site.register.dialects import dialect
from lippen.site.register.losses import losses
from lippen.site.register.models import Act, Checkpoint, Entry
from lippen.site.register.sealer import CopiesAhead, newest_checkpoint, resume_after_restore, seal_once
from lippen.site.register.services import Records, RegisterUnavailable, enter_change, enter_reading

postgresql_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time: nothing commits late"
)


def test_what_is_entered_is_sealed_chained_copied_and_whole(register: HeldRegister) -> None:
    register.filled(checkpoints=3, entries=4)
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert (verdict.entries, verdict.checkpoints, verdict.tail_entries) == (12, 3, 0)
    assert len(list(register.copies.glob("checkpoints-*.jsonl"))) == 1
    assert not verdict.unchecked


def test_there_is_no_checkpoint_over_nothing(register: HeldRegister) -> None:
    assert seal_once() is None
    register.filled(checkpoints=1)
    assert seal_once() is None
    assert Checkpoint.objects.count() == 1


def test_what_is_not_sealed_yet_is_told(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    before = datetime.now(UTC)
    register.enter(3)
    verdict = register.verify()
    assert verdict.sound
    assert verdict.tail_entries == 3
    assert verdict.tail_since is not None
    assert verdict.tail_since >= before
    assert "3 entries since" in verdict.as_text()


def test_a_large_backlog_is_sealed_in_pieces(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "LARGEST_PIECE", 10)
    register.enter(25)
    with transaction.atomic():
        for _ in range(12):  # one transaction: on PostgreSQL one position, which is never cut
            enter_change(AILSA, Act.ALTERATION, "a role", [Records("staff", ("a",))], purpose="a new role")
    made = register.seal()
    assert [one.entries for one in made][:2] == [10, 10]
    assert sum(one.entries for one in made) == 37
    assert len(made) >= 3
    assert register.verify().sound


def test_a_sealer_at_work_seals_a_backlog_at_once_and_ends_when_told(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "LARGEST_PIECE", 5)
    monkeypatch.setattr(sealer, "SECONDS_BETWEEN", 0.05)
    register.enter(23)
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run_sealer, args=(stop,))
    thread.start()
    register.wait_until_sealed()
    stop.set()
    thread.join(LONG)
    assert not thread.is_alive()
    assert register.open_entries() == 0
    assert register.verify().sound


def test_a_clock_set_back_is_recorded_and_told(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) - timedelta(hours=3)

    register.filled(checkpoints=1)
    monkeypatch.setattr(sealer, "datetime", Earlier)
    register.filled(checkpoints=1)
    monkeypatch.undo()
    register.filled(checkpoints=1)
    assert list(Checkpoint.objects.order_by("number").values_list("clock_went_back", flat=True)) == [
        False,
        True,
        False,
    ]
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert any("clock went back" in one for one in verdict.stated)


@postgresql_only
def test_what_commits_late_is_sealed_later_and_not_lost(register: HeldRegister) -> None:
    begun, may_commit = threading.Event(), threading.Event()

    def long_transaction() -> None:
        with transaction.atomic():
            enter_change(
                AILSA, Act.ALTERATION, "late", [Records("staff", ("late",))], purpose="it takes time"
            )
            begun.set()
            may_commit.wait(LONG)
        connection.close()

    thread = threading.Thread(target=long_transaction)
    thread.start()
    assert begun.wait(LONG)
    register.enter(5)  # later turns, committed first
    for _ in range(5):
        seal_once()
    last = newest_checkpoint()
    open_turns = set(Entry.objects.values_list("turn", flat=True))
    assert len(open_turns) == 5
    assert last is None or last.to_position < min(open_turns), "nothing after the open one may be sealed"
    may_commit.set()
    thread.join(LONG)
    late = Entry.objects.get(what="late")
    assert late.turn is not None
    assert late.turn < min(open_turns)
    register.seal()
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert verdict.entries == 6


@postgresql_only
def test_turns_that_went_back_are_refused_until_they_are_lifted(register: HeldRegister) -> None:
    # Another cluster counts its transactions from a lower number: as if the lift of this one were gone.
    dialect().lift(dialect().settled() + 10**9)
    register.filled(checkpoints=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('register_turn_lift', 0)")
    with pytest.raises(RegisterUnavailable):
        register.enter()
    seal_once()
    register.filled(checkpoints=1)
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert verdict.entries == 12


@postgresql_only
def test_a_lift_waits_for_whoever_has_a_lower_turn_already(register: HeldRegister) -> None:
    begun, may_commit, lifted = threading.Event(), threading.Event(), threading.Event()
    above = dialect().settled() + 10**9

    def long_transaction() -> None:
        with transaction.atomic():
            enter_change(
                AILSA, Act.ALTERATION, "late", [Records("staff", ("late",))], purpose="it takes time"
            )
            begun.set()
            may_commit.wait(LONG)
        connection.close()

    def lift() -> None:
        dialect().lift(above)
        lifted.set()
        connection.close()

    threads = [threading.Thread(target=long_transaction), threading.Thread(target=lift)]
    threads[0].start()
    assert begun.wait(LONG)
    threads[1].start()
    assert not lifted.wait(0.5), "the lift may not overtake an open entry"
    may_commit.set()
    for thread in threads:
        thread.join(LONG)
    register.enter()
    register.seal()
    assert register.verify().entries == 2
    assert Entry.objects.filter(turn__gt=above).count() == 1


def test_copies_that_fell_behind_catch_up(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    (file,) = register.copies.glob("*.jsonl")
    register.filled(checkpoints=3)
    whole = file.read_bytes()
    first = whole.splitlines(keepends=True)[0]
    for left in (b"", first, first + b'{"number": 2, "at', whole[:-1]):
        file.write_bytes(left)
        register.enter()
        register.seal()
        assert file.read_bytes().startswith(whole)
        assert register.verify().sound


def test_copies_go_on_in_a_new_file(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lippen.site.register.copies.LINES_A_FILE", 2)
    register.filled(checkpoints=5, entries=1)
    assert [len(one.read_text().splitlines()) for one in sorted(register.copies.glob("*.jsonl"))] == [1, 2, 2]
    assert register.verify().sound


def test_sealing_goes_on_when_the_copies_cannot_be_written(register: HeldRegister) -> None:
    register.copies.write_text("a file stands where the folder should be")
    register.enter(2)
    with pytest.raises(CopiesUnwritable, match="cannot be copied"):
        register.seal()
    assert register.open_entries() == 0
    register.copies.unlink()
    seal_once()
    assert register.verify().sound


def test_nothing_is_copied_beside_a_signed_line_that_is_not_the_databases(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    (file,) = register.copies.glob("*.jsonl")
    copied = file.read_bytes()
    register.attack("UPDATE register_checkpoint SET entries = 5 WHERE number = 2")
    register.enter()
    with pytest.raises(CopiesDisagree):
        register.seal()
    assert register.open_entries() == 0, "the entries are sealed all the same"
    assert file.read_bytes() == copied


def test_trouble_is_logged_once_and_sealing_goes_on(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sealer, "SECONDS_BETWEEN", 0.01)
    register.copies.write_text("a file stands where the folder should be")
    register.enter(2)
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run_sealer, args=(stop,))
    with caplog.at_level(logging.ERROR):
        thread.start()
        register.wait_until_sealed()
        stop.wait(0.3)
        stop.set()
        thread.join(LONG)
    assert register.open_entries() == 0
    assert len([one for one in caplog.records if "cannot be copied" in one.getMessage()]) == 1


def lose_the_last(register: HeldRegister, checkpoints: int) -> None:
    """What an older backup does: the last checkpoints are gone with their entries, the copies are not."""
    number = list(Checkpoint.objects.order_by("-number"))[checkpoints - 1].number
    kept = Checkpoint.objects.get(number=number - 1).to_position
    position = dialect().position
    register.attack(
        "DELETE FROM register_shown WHERE entry_id IN "
        f"(SELECT id FROM register_entry WHERE {position} > {kept})",
        f"DELETE FROM register_entry WHERE {position} > {kept}",
        f"DELETE FROM register_checkpoint WHERE number >= {number}",
        *(
            []
            if connection.vendor == "postgresql"
            else [f"UPDATE sqlite_sequence SET seq = {kept} WHERE name = 'register_entry'"]
        ),
    )


def test_lost_checkpoints_are_never_sealed_over(register: HeldRegister) -> None:
    register.filled(checkpoints=4)
    lose_the_last(register, 2)
    register.enter()
    with pytest.raises(CopiesAhead, match="register resume"):
        seal_once()
    assert register.open_entries() == 1
    assert not register.verify().sound


def test_after_a_restore_the_loss_is_stated_and_the_register_goes_on(register: HeldRegister) -> None:
    register.filled(checkpoints=4)
    lose_the_last(register, 2)
    made = resume_after_restore()
    assert made is not None
    assert (made.number, made.entries) == (5, 0)
    (loss,) = losses()
    assert loss.says == "checkpoints 3 to 4 are lost, with 8 lines"
    ids = register.filled(checkpoints=2)
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert any("checkpoints 3 to 4 are lost" in one for one in verdict.stated)
    assert verdict.entries == 17, "with the one that says what was lost"
    assert Entry.objects.filter(pk__in=ids).count() == 8
    lines = [one for file in register.copies.glob("*.jsonl") for one in file.read_text().splitlines()]
    assert len(lines) == 7, "what was lost stays in the copies"


def test_what_the_backup_held_unsealed_is_sealed_with_the_loss(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    (file,) = register.copies.glob("*.jsonl")
    register.enter(3)  # a backup is taken here: three entries are not sealed yet
    before = file.read_bytes()
    register.seal()
    after = file.read_bytes()
    register.attack("DELETE FROM register_checkpoint WHERE number = 3")
    assert after.startswith(before)
    made = resume_after_restore()
    assert made is not None
    assert (made.number, made.entries) == (4, 3)
    assert [one.says for one in losses()] == ["checkpoint 3 is lost, with 0 lines"]
    assert register.verify().sound


def test_resuming_without_a_loss_changes_nothing(register: HeldRegister) -> None:
    assert resume_after_restore() is None
    register.filled(checkpoints=2)
    assert resume_after_restore() is None
    assert losses() == []
    assert Checkpoint.objects.count() == 2
    assert register.verify().sound


def test_where_no_copy_is_nobody_says_that_nothing_was_lost(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    for file in register.copies.glob("*.jsonl"):
        file.unlink()
    with pytest.raises(CopiesMissing, match=r"checkpoint_copies in site\.toml"):
        resume_after_restore()
    assert resume_after_restore(copies_are_gone=True) is None
    assert register.verify().sound


def test_a_loss_that_another_key_claims_is_no_loss(register: HeldRegister) -> None:
    register.filled(checkpoints=3)
    lose_the_last(register, 1)
    from lippen.site.keys import SealKey

    register.settings.KEYS = replace(register.settings.KEYS, seal=SealKey(bytes(range(32))))
    with pytest.raises(CopiesDisagree, match="not sealed by this site"):
        resume_after_restore()


@pytest.mark.usefixtures("register")
def test_nothing_leaves_when_the_register_cannot_be_written() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_shown RENAME TO register_hidden")
    try:
        with pytest.raises(RegisterUnavailable):
            enter_reading(AILSA, Act.CONSULTATION, "people", [Records("staff", ("a",))], purpose="to work")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE register_hidden RENAME TO register_shown")
    assert not Entry.objects.exists(), "an entry without its records is no entry"


@pytest.mark.parametrize("text", ["x" * 401, "a\0b"])
@pytest.mark.usefixtures("register")
def test_what_no_database_could_hold_neither_takes(text: str) -> None:
    with pytest.raises(ValueError, match="purpose of an entry"):
        enter_reading(AILSA, Act.CONSULTATION, "people", [], purpose=text)
    with pytest.raises(ValueError, match="record of an entry"):
        enter_reading(AILSA, Act.CONSULTATION, "people", [Records("staff", (text,))], purpose="to work")
