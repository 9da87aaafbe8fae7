"""Attacks with a seal key that was replaced, with one that still seals, and on the notes between the two."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from attacks import broken, delete_entries, other_value, sealed_anew, set_value
from django.db import models
from registers import HeldRegister, clock

from lippen.site.keys import SealKey
from lippen.site.register.expiry import expire
from lippen.site.register.models import Checkpoint, Entry, Expiry, Retention, Rotation
from lippen.site.register.retention import policy_in_force, state_policy
from lippen.site.register.rotation import (
    RotationRefused,
    SealKeyReplaced,
    rotation_notes,
    row_of,
    write_rotation,
)
from lippen.site.register.sealer import seal_once
from lippen.site.register.seals import as_line, checkpoint_bytes, expiry_bytes, retention_bytes
from lippen.site.seal_keys import RotationNote


def either(register: HeldRegister, old: SealKey) -> list[Any]:
    """What somebody may hold who checks: the first public key, or the newest."""
    return [[old.public()], [register.settings.KEYS.seal.public()]]


def replaced_later(
    register: HeldRegister,
    monkeypatch: pytest.MonkeyPatch,
    *,
    long_ago: tuple[int, int],
    later: tuple[int, int],
) -> SealKey:
    """Sealed in one month, and in another before and after its key was replaced; returns the old key."""
    with clock(monkeypatch, *long_ago):
        register.filled(checkpoints=1)
    with clock(monkeypatch, *later):
        register.filled(checkpoints=1)
        old = register.rotate()
        register.filled(checkpoints=1)
    return old


def put_in(note: RotationNote) -> None:
    row_of(note).save(force_insert=True)  # no trigger can check a signature


# --- checkpoints sealed with the wrong one of two keys


def sealed_with(key: SealKey, number: int) -> tuple[str, list[Any]]:
    one = Checkpoint.objects.get(number=number)
    return set_value(Checkpoint, number, signature=key.signer().sign(checkpoint_bytes(one)))


def test_a_checkpoint_after_the_note_sealed_with_the_old_key_is_found(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    register.attack(sealed_with(old, 4))
    for keys in either(register, old):
        broken(register.verify(keys=keys, copy=False), "checkpoint 4 ", "whoever has the other one sealed it")


def test_a_checkpoint_before_the_note_sealed_with_the_new_key_is_found(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    register.attack(sealed_with(register.settings.KEYS.seal, 1))
    for keys in either(register, old):
        broken(register.verify(keys=keys, copy=False), "checkpoint 1 ", "whoever has the other one sealed it")


def test_all_before_the_note_sealed_anew_with_the_old_key_is_found_without_a_copy(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    (gone, *_) = Entry.objects.order_by("id").values_list("id", flat=True)
    later = list(Checkpoint.objects.filter(number__gt=2))
    register.attack(*delete_entries([gone]))
    register.attack(*sealed_anew(old.signer()))
    register.attack(  # what the new key signed stays as it was: the thief does not have it
        *(set_value(Checkpoint, one.number, previous=one.previous, signature=one.signature) for one in later)
    )
    for keys in either(register, old):
        broken(register.verify(keys=keys, copy=False), "checkpoint 2 is not the one that note 1")


def test_lines_of_the_old_key_in_the_copies_are_the_copy_s_fault(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    forged = Checkpoint.objects.get(number=4)
    forged.number, forged.entries = 9, 1_000
    forged.signature = old.signer().sign(checkpoint_bytes(forged))
    with (register.copies / "checkpoints-00000000.jsonl").open("a") as file:
        file.write(f"{as_line(forged)}\n")
    for keys in either(register, old):
        verdict = register.verify(keys=keys)
        assert verdict.sound, verdict.as_text()
        assert "holds a checkpoint 9 that does not bear" in verdict.copy_faults[0]
    register.enter()
    assert register.seal(), "nor does it hold sealing up"


# --- the note itself


def test_a_note_taken_out_is_named_by_the_copy_and_by_its_entry(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    register.attack("DELETE FROM register_rotation")
    for keys in either(register, old):
        broken(
            register.verify(keys=keys), "note 1 about a new seal key is in the copy and not in the database"
        )
        broken(register.verify(keys=keys, copy=False), "note 1 about a new seal key was taken out: entry")


def test_the_first_of_two_notes_taken_out_is_named(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, old = rotated
    register.rotate()
    register.filled(checkpoints=1)
    register.attack("DELETE FROM register_rotation WHERE number = 1")
    for keys in either(register, old):
        verdict = register.verify(keys=keys, copy=False)
        assert not verdict.sound
        assert any("note 1 about a new seal key was taken out" in one.what for one in verdict.breaches)


COLUMNS = [one for one in Rotation._meta.concrete_fields if not one.primary_key]


@pytest.mark.parametrize("field", COLUMNS, ids=[one.name for one in COLUMNS])
def test_an_altered_note_is_named(
    rotated: tuple[HeldRegister, SealKey], field: models.Field[Any, Any]
) -> None:
    register, old = rotated
    value = other_value(Rotation.objects.get(), field)
    register.attack(set_value(Rotation, 1, **{field.attname: value}))
    for keys in either(register, old):
        broken(register.verify(keys=keys, copy=False), "note 1 about a new seal key", "signature")


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("signature", "bears the signature of neither key"),  # the new key signed the old one's signature
        ("countersignature", "does not bear the signature of the new key"),
    ],
)
def test_a_note_that_one_key_alone_signed_is_named_and_leads_nowhere(
    rotated: tuple[HeldRegister, SealKey], lacking: str, words: str
) -> None:
    register, old = rotated
    register.attack(set_value(Rotation, 1, **{lacking: bytes(64)}))
    for keys in either(register, old):
        verdict = register.verify(keys=keys, copy=False)
        broken(verdict, f"note 1 about a new seal key {words}")
        assert len(verdict.seal_keys) == 1


def test_a_note_that_the_new_key_alone_signed_is_named(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, old = rotated
    stranger = SealKey(secrets.token_bytes(32))
    note = rotation_notes()[0]
    own = register.settings.KEYS.seal
    forged = replace(note, reason="another").signed(stranger.signer(), own.signer())
    put_in(replace(forged, number=2))
    forged = replace(note, number=3, reason="another").signed(stranger.signer(), own.signer())
    put_in(forged)
    for keys in either(register, old):
        verdict = register.verify(keys=keys)
        broken(verdict, "note 2 about a new seal key bears the signature of neither key")
        assert "note 3 about a new seal key does not bear the signature of the old key" in verdict.as_text()


def test_a_note_between_keys_of_strangers_is_named(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, old = rotated
    theirs = [SealKey(secrets.token_bytes(32)) for _ in range(2)]
    note = replace(
        rotation_notes()[0], number=2, old=theirs[0].public_bytes(), new=theirs[1].public_bytes()
    ).signed(theirs[0].signer(), theirs[1].signer())
    put_in(note)
    for keys in either(register, old):
        verdict = register.verify(keys=keys)
        broken(verdict, "note 2 about a new seal key was put in")
        assert len(verdict.seal_keys) == 2
    register.enter()
    assert register.seal(), "and the site goes on"


# --- whoever has the key that was replaced


def test_a_second_successor_that_the_old_key_names_is_found(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, old = rotated
    thief = SealKey(secrets.token_bytes(32))
    note = replace(rotation_notes()[0], number=2, new=thief.public_bytes())
    put_in(note.signed(old.signer(), thief.signer()))
    for keys in either(register, old):
        broken(register.verify(keys=keys), "was replaced twice", "may be a thief's")


def test_the_note_exchanged_for_the_thief_s_shows_by_the_copy_and_by_the_new_key(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    """Who has the old key and the database can make a second history. The new key, and a copy, tell."""
    register, old = rotated
    new, thief = register.settings.KEYS.seal, SealKey(secrets.token_bytes(32))
    note = replace(rotation_notes()[0], new=thief.public_bytes()).signed(old.signer(), thief.signer())
    register.attack("DELETE FROM register_rotation")
    put_in(note)
    register.attack(*sealed_anew(thief.signer(), start=3))
    by_first_alone = register.verify(keys=[old.public()], copy=False)
    assert by_first_alone.sound, (
        "the stated limit: with the first key alone, and no copy, it is not found out"
    )
    assert any(thief.public_bytes().hex()[:16] in one for one in by_first_alone.stated), "but its key is told"
    broken(register.verify(keys=[old.public()]), "was replaced twice")
    broken(
        register.verify(keys=[new.public()], copy=False),
        "none of the keys named has sealed anything here",
        "sealed anew by somebody without its key",
    )
    register.settings.KEYS = replace(register.settings.KEYS, seal=old)
    with pytest.raises(SealKeyReplaced):
        seal_once()


def test_a_month_that_the_old_key_lets_go_afterwards_is_found(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = replaced_later(register, monkeypatch, long_ago=(2019, 3), later=(2026, 1))
    note = Expiry(
        month=date(2019, 3, 1),
        at=datetime(2025, 6, 1, tzinfo=UTC),  # dated back to when the key was still the site's
        policy="72 months: as ever",
        keep_months=72,
        first_checkpoint=1,
        last_checkpoint=1,
        entries=4,
    )
    note.signature = old.signer().sign(expiry_bytes(note))
    note.save(force_insert=True)
    for keys in either(register, old):
        broken(
            register.verify(keys=keys), "notes about expired months", "whoever has the old key can do that"
        )
    with pytest.raises(RotationRefused, match="put in or taken out"):
        write_rotation(register.settings.KEYS.seal, SealKey(secrets.token_bytes(32)), "again")


def test_a_shorter_time_that_the_old_key_states_afterwards_counts_for_nothing_and_is_found(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = replaced_later(register, monkeypatch, long_ago=(2025, 5), later=(2026, 10))
    note = Retention(number=1, at=datetime(2026, 1, 1, tzinfo=UTC), policy="1 months: as ever", keep_months=1)
    note.signature = old.signer().sign(retention_bytes(note))
    note.save(force_insert=True)
    register.settings.REGISTER_KEEP_MONTHS = 1
    with clock(monkeypatch, 2026, 10, 20):
        assert policy_in_force().keep_months == 72
        assert expire() == []
        state_policy()
    for keys in either(register, old):
        broken(register.verify(keys=keys), "notes about expired months, or about how long entries are kept")


# --- whoever has the key that still seals


def test_a_key_replaced_past_the_program_has_no_entry_and_stops_the_sealer(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    mine, thief = register.settings.KEYS.seal, SealKey(secrets.token_bytes(32))
    last = Checkpoint.objects.get(number=2)
    first = register.rotate()
    note = rotation_notes()[0]
    register.settings.KEYS = replace(register.settings.KEYS, seal=first)
    (entry,) = Entry.objects.filter(act="alteration").values_list("id", flat=True)
    register.attack("DELETE FROM register_rotation", *delete_entries([entry]))
    put_in(replace(note, new=thief.public_bytes()).signed(mine.signer(), thief.signer()))
    broken(register.verify(), "was put in past the program", "by one of theirs")
    register.enter()
    with pytest.raises(SealKeyReplaced, match="which is not here"):
        seal_once()
    assert Checkpoint.objects.latest("number") == last


def test_a_key_replaced_by_the_thief_s_through_the_program_is_told_and_stops_the_sealer(
    register: HeldRegister,
) -> None:
    """With the seal key, the digest key and the database it can be done as the program does it."""
    register.filled(checkpoints=2)
    mine, thief = register.settings.KEYS.seal, SealKey(secrets.token_bytes(32))
    write_rotation(mine, thief, "as each year")
    verdict = register.verify(copy=False)
    assert verdict.sound, "no signature is missing"
    told = verdict.as_text()
    assert f"was replaced by {thief.public_bytes().hex()[:16]}…" in told
    assert "compare" in told
    register.enter()
    with pytest.raises(SealKeyReplaced):
        seal_once()


def test_a_note_in_the_copies_by_the_key_that_seals_stops_the_sealer_and_is_a_breach(
    register: HeldRegister,
) -> None:
    register.filled(checkpoints=2)
    mine, thief = register.settings.KEYS.seal, SealKey(secrets.token_bytes(32))
    last = Checkpoint.objects.get(number=2)
    note = RotationNote(
        number=1,
        at=last.at,
        old=mine.public_bytes(),
        new=thief.public_bytes(),
        last_checkpoint=2,
        last_digest=bytes(32),
        standing=bytes(32),
        reason="as each year",
    )
    (register.copies / "rotation-00000001.json").write_text("nothing\n")
    (register.copies / "rotation-00000002.json").write_text(
        f"{replace(note, old=thief.public_bytes(), new=mine.public_bytes()).as_line()}\n"
    )
    register.enter()
    assert register.seal(), "what nobody signed stops nothing"
    signed = note.signed(mine.signer(), thief.signer())
    (register.copies / "rotation-00000001-1.json").write_text(f"{signed.as_line()}\n")
    register.enter()
    with pytest.raises(SealKeyReplaced):
        seal_once()
    broken(register.verify(), "note 1 about a new seal key is in the copy and not in the database")
