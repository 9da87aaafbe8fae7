"""Attacks that only the copy of the checkpoints tells of, and attacks on the copy itself."""

# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import POSITION, broken, delete_entries
from registers import AILSA, HeldRegister

from lippen.site.keys import SealKey
from lippen.site.register.copies import copied_lines
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.seals import as_line, checkpoint_bytes


def cut(register: HeldRegister, number: int) -> None:
    """Cut off everything from that checkpoint on."""
    one = Checkpoint.objects.get(number=number)
    ids = list(Entry.objects.filter(**{f"{POSITION}__gte": one.from_position}).values_list("pk", flat=True))
    register.attack(*delete_entries(ids), f"DELETE FROM register_checkpoint WHERE number >= {number}")


def test_a_tail_cut_off_shows_against_the_copy_and_only_there(register: HeldRegister) -> None:
    register.filled(checkpoints=4)
    cut(register, 3)
    broken(register.verify(), "checkpoints 3 to 4", "8 entries", "in the copy and not in the database")
    alone = register.verify(copy=False)
    assert alone.sound
    assert any("shows only against a copy" in one for one in alone.unchecked), "and the check says so"


def test_all_of_it_taken_out_shows_against_the_copy(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    cut(register, 1)
    broken(register.verify(), "checkpoints 1 to 2", "in the copy and not in the database")


def first_copy(register: HeldRegister) -> Path:
    (file,) = register.copies.glob("*.jsonl")
    return file


COPY_ATTACKS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "a line altered": (
        lambda lines: [lines[0], lines[1].replace('"entries": 4', '"entries": 3'), *lines[2:]],
        "the copy's is not signed",
    ),
    "a line taken out": (
        lambda lines: [lines[0], *lines[2:]],
        "checkpoint 2 is in the database and not in the copy",
    ),
    "a line that is none": (lambda lines: [lines[0], "nonsense", *lines[1:]], "line 2, is no checkpoint"),
    "a line twice": (lambda lines: [*lines[:2], *lines[1:]], "line 3, holds checkpoint 2 once more"),
    "written otherwise": (
        lambda lines: [
            lines[0],
            json.dumps(json.loads(lines[1]), indent=None, separators=(",", ":")),
            *lines[2:],
        ],
        "line 2, is no checkpoint",
    ),
    "a line that nobody signed": (
        lambda lines: [*lines, lines[2].replace('"number": 3', '"number": 9')],
        "holds a checkpoint 9 that does not bear",
    ),
}


@pytest.mark.parametrize("attack", COPY_ATTACKS)
def test_an_altered_copy_is_found_and_said_to_be_the_copy(register: HeldRegister, attack: str) -> None:
    register.filled(checkpoints=3)
    alter, words = COPY_ATTACKS[attack]
    file = first_copy(register)
    file.write_text("".join(f"{line}\n" for line in alter(file.read_text().splitlines())))
    verdict = register.verify()
    assert verdict.sound, "nothing is said against the register"
    assert words in verdict.copy_faults[0], verdict.as_text()
    assert "The copy is damaged, and not the register: " in verdict.as_text()


def test_the_copy_of_another_site_is_said_to_be_that_once_and_first(register: HeldRegister) -> None:
    register.filled(checkpoints=3)
    file = first_copy(register)
    other, theirs = SealKey(bytes(range(32))), []
    for line in copied_lines(file):
        assert line.checkpoint is not None
        line.checkpoint.signature = other.signer().sign(checkpoint_bytes(line.checkpoint))
        theirs.append(as_line(line.checkpoint))
    for lines in (theirs, theirs[:1], theirs[1:]):
        file.write_text("".join(f"{line}\n" for line in lines))
        verdict = register.verify()
        assert verdict.sound
        assert verdict.as_text().startswith(
            "No checkpoint in the copy is signed with the register's key: it is the copy of another site, or "
            "the public key was exchanged with all that it signed. "
        )
        assert verdict.as_text().count("in the copy") == 1
        assert verdict.as_text().splitlines()[1].startswith("The register is whole")
        assert "is not signed" not in verdict.as_text()
        assert verdict.copy_faults_in_all == 1


def test_a_copy_that_ends_or_begins_early_is_no_breach_and_said(register: HeldRegister) -> None:
    register.filled(checkpoints=3)
    file = first_copy(register)
    lines = file.read_text().splitlines(keepends=True)
    for kept, words in (
        (lines[:2], "the copy ends with checkpoint 2"),
        (lines[1:], "begins with checkpoint 2"),
    ):
        file.write_text("".join(kept))
        verdict = register.verify()
        assert verdict.sound
        assert any(words in one for one in verdict.unchecked)


def test_a_key_that_changed_without_a_note_vouches_for_nothing(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    old, new = register.settings.KEYS, SealKey(bytes(range(32)))
    register.settings.KEYS = replace(old, seal=new)
    register.enter(reader=AILSA)
    register.seal()
    broken(register.verify(keys=[old.seal.public(), new.public()]), "no note about a new seal key leads from")
    broken(register.verify(keys=[old.seal.public()]), "checkpoint 3 ", "signature")
    broken(register.verify(keys=[new.public()]), "checkpoint 1 ", "signature")
