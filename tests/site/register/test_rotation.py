"""The seal key replaced under a register that goes on: what is written, told, copied and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from attacks import POSITION, broken, delete_entries
from open_sites import LONG
from registers import HeldRegister, OwnRegister, clock

from lippen.site.keys import SealKey
from lippen.site.operation import ended_list
from lippen.site.operation.backup_file import BackupBroken, Contents, check_signature
from lippen.site.operation.ended_list import ListUnsound
from lippen.site.register import resolvers
from lippen.site.register.copied_rotations import copied_notes
from lippen.site.register.expiry import expire
from lippen.site.register.losses import losses
from lippen.site.register.models import Act, Checkpoint, Entry, Rotation
from lippen.site.register.retention import policy_in_force, state_policy
from lippen.site.register.rotation import (
    RotationRefused,
    own_seal_keys,
    rotation_notes,
    take_up,
    write_rotation,
)
from lippen.site.register.sealer import CopiesAhead, resume_after_restore, seal_once
from lippen.site.seal_keys import SealKeys, note_from, short


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the panel was told of."""
    heard: list[str] = []
    monkeypatch.setattr(resolvers, "_panel", {"seal key replaced": lambda: heard.append("replaced")})
    return heard


def test_the_register_goes_on_and_either_key_leads_to_the_other(
    rotated: tuple[HeldRegister, SealKey],
) -> None:
    register, old = rotated
    new = register.settings.KEYS.seal
    for held in (old, new):
        verdict = register.verify(keys=[held.public()])
        assert verdict.sound, verdict.as_text()
        assert verdict.copy_faults == []
        assert [(one["key"], one["from"], one["to"], one["trusted"]) for one in verdict.seal_keys] == [
            (old.public_bytes().hex(), 1, 2, held is old),
            (new.public_bytes().hex(), 3, None, held is new),
        ]
        assert any("(as agreed), by note 1, which both signed" in one for one in verdict.stated)
    by_old = register.verify(keys=[old.public()]).as_text()
    assert "itself seals checkpoints 1 to 2; for those after it stands by note 1 alone" in by_old
    assert f"compare {short(new.public_bytes())} with the seal.pub that was handed over" in by_old
    by_new = register.verify(keys=[new.public()]).as_text()
    assert "itself seals checkpoint 3 and all after it; for those before it stands by note 1, which" in by_new
    assert register.verify(keys=[old.public(), new.public()]).sound


def test_two_replacements_are_followed_from_each_of_three_keys(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    keys = [register.rotate("a drawer was found open")]
    register.filled(checkpoints=1)
    keys += [register.rotate("as each year"), register.settings.KEYS.seal]
    register.filled(checkpoints=2)
    for held in keys:
        verdict = register.verify(keys=[held.public()])
        assert verdict.sound, verdict.as_text()
        assert [one["key"] for one in verdict.seal_keys] == [one.public_bytes().hex() for one in keys]
    middle = register.verify(keys=[keys[1].public()]).as_text()
    assert "those before it stands by note 1, which" in middle
    assert "those after it stands by note 2 alone" in middle
    by_first, by_last = (register.verify(keys=[keys[at].public()]).as_text() for at in (0, -1))
    assert "those after it stands by notes 1 and 2 alone" in by_first
    assert "those before it stands by notes 1 and 2, which name the last of each key before it" in by_last


def test_the_note_its_entry_and_the_notice_stand_together(register: HeldRegister, told: list[str]) -> None:
    register.filled(checkpoints=2)
    old = register.rotate("a drawer was found open")
    assert told == ["replaced"]
    (note,) = rotation_notes()
    last = Checkpoint.objects.get(number=2)
    assert (note.number, note.last_checkpoint) == (1, 2)
    assert (note.old, note.new) == (old.public_bytes(), register.settings.KEYS.seal.public_bytes())
    assert note.at >= last.at
    entry = Entry.objects.get(act=Act.ALTERATION)
    assert (entry.what, entry.purpose) == ("the key that seals the register", "a drawer was found open")
    assert list(entry.shown.values_list("data_class", "record")) == [("register", "rotation-1")]


def test_when_the_panel_cannot_be_told_nothing_is_replaced(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("no notice can be written")

    monkeypatch.setattr(resolvers, "_panel", {"seal key replaced": fails})
    register.filled(checkpoints=1)
    with pytest.raises(RuntimeError):
        register.rotate()
    assert not Rotation.objects.exists()
    assert not Entry.objects.filter(act=Act.ALTERATION).exists()


@pytest.mark.parametrize("reason", ["x" * 201, "two\nlines", "a zero \0 byte", "turned \u202e round"])
def test_a_reason_is_one_line(register: HeldRegister, reason: str) -> None:
    with pytest.raises(RotationRefused, match="one line"):
        register.rotate(reason)
    assert not Rotation.objects.exists()


def test_a_key_can_be_replaced_before_anything_is_sealed(register: HeldRegister) -> None:
    old = register.rotate()
    register.filled(checkpoints=1)
    for held in (old, register.settings.KEYS.seal):
        verdict = register.verify(keys=[held.public()])
        assert verdict.sound, verdict.as_text()


def test_nothing_is_signed_over_what_the_site_did_not_seal(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    mine = register.settings.KEYS.seal
    stranger = SealKey(bytes(range(32)))
    register.settings.KEYS = replace(register.settings.KEYS, seal=stranger)
    with pytest.raises(RotationRefused, match="was not sealed with this site's key"):
        write_rotation(stranger, mine, "why not")
    assert not Rotation.objects.exists()


# --- what the old key signed besides


def test_months_that_expired_and_times_that_were_stated_before_still_hold(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2019, 3):
        register.filled(checkpoints=1)
    with clock(monkeypatch, 2020, 1):
        register.filled(checkpoints=1)
    register.settings.REGISTER_KEEP_MONTHS = 80
    with clock(monkeypatch, 2026, 1):
        register.filled(checkpoints=1)
        assert [f"{one.month:%Y-%m}" for one in expire()] == ["2019-03"]
        old = register.rotate()
        assert policy_in_force().keep_months == 80
    with clock(monkeypatch, 2026, 11):
        register.filled(checkpoints=1)
        assert [f"{one.month:%Y-%m}" for one in expire()] == ["2020-01"]
        register.seal()
        state_policy()
    for held in (old, register.settings.KEYS.seal):
        verdict = register.verify(keys=[held.public()])
        assert verdict.sound, verdict.as_text()


def test_a_note_stays_when_the_entry_about_it_has_expired(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2019, 3):
        register.filled(checkpoints=1)
        old = register.rotate()
        register.filled(checkpoints=1)
    with clock(monkeypatch, 2026, 11):
        register.filled(checkpoints=1)
        assert len(expire()) == 1
        register.seal()
    assert not Entry.objects.filter(what="the key that seals the register").exists()
    verdict = register.verify(keys=[old.public()])
    assert verdict.sound, verdict.as_text()


def test_the_list_of_what_ended_is_believed_of_the_newest_key_alone(
    rotated: tuple[HeldRegister, SealKey], tmp_path: Path
) -> None:
    register, old = rotated
    listed, known = tmp_path / "ended.json", own_seal_keys()
    ended_list.write(listed, {"account:p-one": "2026-11-01"}, old)
    with pytest.raises(ListUnsound, match="not signed"):
        ended_list.read(listed, replaced_in(known, 2020))
    with pytest.raises(ListUnsound, match="a seal key that was replaced"):
        ended_list.read(listed, replaced_in(known, 9000))
    ended_list.write(listed, {}, register.settings.KEYS.seal)
    assert ended_list.read(listed, replaced_in(known, 2020))[1] == {}


def test_a_list_that_the_old_key_dated_back_ends_nobody(
    rotated: tuple[HeldRegister, SealKey], tmp_path: Path
) -> None:
    """The thief of a key that was replaced writes in the folder of copies that everybody has left."""
    register, old = rotated
    (tmp_path / "site").mkdir()
    site = replace(register.settings.CONFIGURATION, workspace=tmp_path / "site")
    known, seal = own_seal_keys(), register.settings.KEYS.seal
    later = replaced_in(known, 9000)  # as when the list says that it is from before
    listed, state = site.checkpoint_copies / "ended.json", {"account:p-one": True, "account:p-two": False}
    ended_list.keep(site, seal, known, state)
    forged = {"account:p-one": "2026-11-01", "person:p-one": "2026-11-01"}
    ended_list.write(listed, forged, old)
    with pytest.raises(ListUnsound, match="a seal key that was replaced"):
        ended_list.take_up(listed, tmp_path, later)
    ended_list.keep(site, seal, later, state)
    assert set(ended_list.read(listed, known)[1]) == {"account:p-two"}
    ended_list.write(listed, forged, old)
    ended_list.sign_anew(site, seal, SealKeys(known.first))
    assert set(ended_list.read(listed, known)[1]) == {"account:p-two"}, "also in the hour of the replacement"


def replaced_in(known: SealKeys, year: int) -> SealKeys:
    """The same keys, as if each had been replaced in that year."""
    return SealKeys(known.first, tuple(replace(note, at=note.at.replace(year=year)) for note in known.notes))


def contents_of(key: SealKey, made_at: str) -> tuple[Contents, bytes]:
    contents = Contents(
        format=1,
        lippen="0",
        made_at=made_at,
        database="sqlite",
        migrations=(),
        seal_public=key.public_bytes().hex(),
        rows={},
        sequences={},
        members={},
    )
    return contents, key.signer().sign(b"lippen backup 1\n" + contents.as_bytes()).hex().encode()


def test_a_backup_of_an_earlier_key_has_to_be_from_before(rotated: tuple[HeldRegister, SealKey]) -> None:
    _, old = rotated
    file, known = Path("site.tar"), own_seal_keys()
    before = known.notes[0].at.replace(year=2025).isoformat(timespec="seconds")
    after = known.notes[0].at.replace(year=2030).isoformat(timespec="seconds")
    check_signature(file, *contents_of(old, before), known)
    for made_at, words in ((after, "after the key"), ("yesterday", "its time"), (before[:-6], "its time")):
        with pytest.raises(BackupBroken, match=words):
            check_signature(file, *contents_of(old, made_at), known)
    with pytest.raises(BackupBroken, match="two different sites"):
        check_signature(file, *contents_of(SealKey(bytes(32)), before), known)


# --- beside the checkpoints, and after a restore


def test_the_note_is_copied_beside_the_checkpoints(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, _ = rotated
    file = register.copies / "rotation-00000001.json"
    assert [note_from(line) for line in file.read_text("utf-8").splitlines()] == rotation_notes()
    file.write_text(file.read_text()[:100])
    register.enter()
    register.seal()
    assert [note for _, note in copied_notes(register.copies)] == rotation_notes(), (
        "half a line is begun anew"
    )
    file.write_text("mine\n")
    register.enter()
    register.seal()
    assert file.read_text() == "mine\n"
    assert [note for _, note in copied_notes(register.copies)] == [*rotation_notes(), None]
    verdict = register.verify()
    assert verdict.sound
    assert "rotation-00000001.json is no note about a new seal key" in verdict.copy_faults[0]


def older_database(register: HeldRegister) -> None:
    """The database as it was under checkpoint 1, before the key was replaced."""
    first = Checkpoint.objects.get(number=1)
    later = Entry.objects.filter(**{f"{POSITION}__gt": first.to_position}).values_list("pk", flat=True)
    register.attack(
        *delete_entries(list(later)),
        "DELETE FROM register_checkpoint WHERE number > 1",
        "DELETE FROM register_rotation",
    )


@pytest.mark.parametrize("copies", ["there", "lost"])
def test_a_database_from_before_goes_on_with_the_new_key(
    rotated: tuple[HeldRegister, SealKey], copies: str
) -> None:
    register, old = rotated
    notes = rotation_notes()
    older_database(register)
    if copies == "lost":
        for file in register.copies.iterdir():
            file.unlink()
    assert take_up(notes) == notes
    assert take_up(notes) == []
    with pytest.raises(CopiesAhead, match="checkpoint"):
        seal_once()
    made = resume_after_restore()
    assert made is not None
    assert made.number == (5 if copies == "there" else 3)
    assert ("nobody can tell how many lines" in losses()[0].says) == (copies == "lost")
    register.filled(checkpoints=1)
    for held in (old, register.settings.KEYS.seal):
        verdict = register.verify(keys=[held.public()])
        assert verdict.sound, verdict.as_text()
        assert any("is lost: whether the notes" in one for one in verdict.unchecked)


def test_the_end_cut_off_shows_by_the_note_without_a_copy(rotated: tuple[HeldRegister, SealKey]) -> None:
    register, old = rotated
    first = Checkpoint.objects.get(number=1)
    later = Entry.objects.filter(**{f"{POSITION}__gt": first.to_position}).values_list("pk", flat=True)
    register.attack(*delete_entries(list(later)), "DELETE FROM register_checkpoint WHERE number > 1")
    broken(register.verify(copy=False, keys=[old.public()]), "names checkpoint 2 as sealed", "is 1")


# --- at the terminal


def test_the_command_replaces_the_key_and_says_what_to_do_next(alone: OwnRegister, tmp_path: Path) -> None:
    alone.run("enter(5); seal_all()")
    keys = alone.workspace / "keys"
    first = tmp_path / "first.pub"
    first.write_text((keys / "seal.pub").read_text())
    before = (keys / "seal.key").read_text()
    done = alone.lippen("rotate-seal-key", "--reason", "a drawer was found open")
    assert done.returncode == 0, done.stderr
    public = (keys / "seal.pub").read_text().strip()
    assert f"on {public[:16]}… seals in the place of {first.read_text()[:16]}… (note 1)" in done.stdout
    assert "lippen backup --keys" in done.stdout
    assert (keys / "seal.key").read_text() != before
    assert (keys / "seal.key").stat().st_mode & 0o777 == 0o600
    assert not (keys / "seal.key.next").exists()
    assert before.strip() not in "".join(one.read_text() for one in keys.iterdir())
    alone.run("enter(3); seal_all()")
    for key in (first, keys / "seal.pub"):
        checked = alone.lippen("verify", "--public-key", str(key))
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "a drawer was found open" in checked.stdout
    blank = alone.lippen("rotate-seal-key", "--reason", "  ")
    assert (blank.returncode, "needs a reason" in blank.stderr) == (2, True)
    again = alone.lippen("rotate-seal-key", "--reason", "as each year")
    assert again.returncode == 0, again.stderr
    assert "(note 2)" in again.stdout
    assert alone.lippen("verify", "--public-key", str(first)).returncode == 0


def test_it_is_refused_while_somebody_has_the_site_or_when_copies_cannot_be_written(
    alone: OwnRegister,
) -> None:
    alone.run("enter(5); seal_all()")
    before = {one.name: one.read_bytes() for one in (alone.workspace / "keys").iterdir()}
    holder = alone.start(
        "from pathlib import Path\nfrom lippen.site.operation.lock import alone_with\n"
        "with alone_with(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n    sealer.threading.Event().wait(100)",
        str(alone.workspace),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    busy = alone.lippen("rotate-seal-key", "--reason", "as each year")
    holder.kill()
    holder.communicate(timeout=LONG)
    assert (busy.returncode, "in use" in busy.stderr) == (2, True), busy.stderr
    alone.run("import shutil; shutil.rmtree(sys.argv[1])", str(alone.copies))
    alone.copies.write_text("in the way")
    unwritable = alone.lippen("rotate-seal-key", "--reason", "as each year")
    assert (unwritable.returncode, "cannot be copied" in unwritable.stderr) == (2, True), unwritable.stderr
    assert before == {one.name: one.read_bytes() for one in (alone.workspace / "keys").iterdir()}
