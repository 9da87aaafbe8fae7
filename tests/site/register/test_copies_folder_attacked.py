"""Attacks by whoever can write in the folder of copies: nothing they put there closes the site, stops the
sealer or makes the register look broken. The copy is said to be damaged, and copying goes on beside it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from registers import HeldRegister

from lippen.site.register import copied_files
from lippen.site.register.copies import Copies, CopiesUnwritable
from lippen.site.register.models import Checkpoint
from lippen.site.register.sealer import seal_once

FIRST = "checkpoints-00000000.jsonl"


def added(folder: Path, text: str) -> None:
    with (folder / FIRST).open("a") as file:
        file.write(text)


def altered(folder: Path, **values: object) -> None:
    """Add a line like the last one, with other values, that nobody signed."""
    told = json.loads((folder / FIRST).read_text().splitlines()[-1])
    added(folder, f"{json.dumps(told | values)}\n")


def other_file(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)


def fifo_in_its_place(folder: Path) -> None:
    (folder / FIRST).unlink()
    os.mkfifo(folder / FIRST)


def linked(folder: Path) -> None:
    """A link to a file of somebody else, whose last line would be cut off."""
    (folder / FIRST).rename(folder / "moved")
    (folder / "precious").write_text("a line\nhalf a line")
    (folder / FIRST).symlink_to(folder / "precious")


ATTACKS: dict[str, Callable[[Path], None]] = {
    "a number that nothing holds": lambda folder: altered(folder, number=2**70),
    "a number below zero": lambda folder: altered(folder, number=-3),
    "more entries than there can be": lambda folder: altered(folder, number=9, entries=2**64),
    "a time before all time": lambda folder: altered(folder, at="0001-01-01T00:00:00+14:00"),
    "a number far ahead": lambda folder: altered(folder, number=10**6),
    "no line at all": lambda folder: added(folder, "nonsense\n"),
    "deep brackets": lambda folder: added(folder, "[" * 200_000 + "\n"),
    "a line that does not end": lambda folder: added(folder, "x" * 300_000),
    "many lines": lambda folder: added(folder, "nonsense\n" * 50_000),
    "a pipe beside it": lambda folder: os.mkfifo(folder / "checkpoints-99999999.jsonl"),
    "a pipe in its place": fifo_in_its_place,
    "a folder beside it": lambda folder: (folder / "checkpoints-00000007.jsonl").mkdir(),
    "a later file": lambda folder: other_file(folder, "checkpoints-99999999.jsonl", "nonsense\n"),
    "a name that the site gives no file": lambda folder: other_file(
        folder, "checkpoints-x.jsonl", "nonsense\n"
    ),
    "a link to another file": linked,
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_sealing_and_copying_go_on_and_the_copy_is_said_to_be_at_fault(
    register: HeldRegister, attack: Callable[[Path], None]
) -> None:
    register.filled(checkpoints=3)
    attack(register.copies)
    register.filled(checkpoints=2)
    assert register.open_entries() == 0
    copied = Copies(register.copies).newest()
    assert copied is not None
    assert copied.number == 5, "copying goes on"
    verdict = register.verify()
    assert verdict.sound, verdict.as_text()
    assert verdict.copy_faults_in_all, "and the damage is told"
    text = verdict.as_text()
    assert text.startswith("The register is whole: 20 entries under 5 checkpoints.\n")
    assert "The copy is damaged, and not the register: " in text
    assert len(text) < 20_000
    assert Copies(register.copies).faults(), "and doctor can tell it too"
    precious = register.copies / "precious"
    assert not precious.exists() or precious.read_text() == "a line\nhalf a line"


def test_what_is_in_an_undamaged_folder_is_no_fault(register: HeldRegister) -> None:
    register.filled(checkpoints=3)
    assert Copies(register.copies).faults() == []
    assert register.verify().copy_faults == []


def test_a_damaged_file_is_left_as_it_is_and_a_new_one_goes_on(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    added(register.copies, "nonsense\n")
    damaged = (register.copies / FIRST).read_bytes()
    register.filled(checkpoints=2)
    assert (register.copies / FIRST).read_bytes() == damaged
    fresh = (register.copies / "checkpoints-00000000-1.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in fresh] == [3, 4]
    assert any(FIRST in one for one in Copies(register.copies).faults())


def test_damage_to_the_new_file_too_is_no_end(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    for round_ in range(3):
        newest = max(register.copies.glob("*.jsonl"), key=lambda one: one.stat().st_mtime_ns)
        with newest.open("a") as file:
            file.write("nonsense\n")
        register.filled(checkpoints=1)
        assert len(list(register.copies.glob("*.jsonl"))) == round_ + 2
    verdict = register.verify()
    assert verdict.sound
    assert verdict.copy_faults_in_all == 3


def test_a_loss_still_shows_behind_lines_that_nobody_signed(register: HeldRegister) -> None:
    register.filled(checkpoints=3)
    file = register.copies / FIRST
    whole = file.read_text().splitlines(keepends=True)
    hostile = json.dumps(json.loads(whole[1]) | {"entries": 3}) + "\n"
    cut = Checkpoint.objects.get(number=2).from_position
    from attacks import POSITION, delete_entries

    from lippen.site.register.models import Entry

    ids = list(Entry.objects.filter(**{f"{POSITION}__gte": cut}).values_list("pk", flat=True))
    register.attack(*delete_entries(ids), "DELETE FROM register_checkpoint WHERE number >= 2")
    file.write_text("".join([whole[0], hostile, *whole[1:]]))
    verdict = register.verify()
    assert not verdict.sound
    assert "checkpoints 2 to 3" in verdict.breaches[0].what, verdict.as_text()


def test_whoever_holds_the_lock_holds_up_copies_and_no_seal(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.filled(checkpoints=1)
    monkeypatch.setattr(copied_files, "LOCK_TRIES", 2)
    with (register.copies / ".lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        register.enter()
        with pytest.raises(CopiesUnwritable, match="another process"):
            register.seal()
        assert register.open_entries() == 0
    seal_once()
    assert register.verify().sound
    newest = Copies(register.copies).newest()
    assert newest is not None
    assert newest.number == 2
