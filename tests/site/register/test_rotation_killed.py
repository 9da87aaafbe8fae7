"""Replacing the seal key, killed at every step: the next start, or the same command, finishes or drops it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from open_sites import LONG
from registers import OwnRegister

ROTATE = """
from django.conf import settings
from lippen.site import keys, secret_files
from lippen.site.operation import seal_rotation
from lippen.site.register import rotation
{killed_at}
seal_rotation.rotate(settings.CONFIGURATION, "as each year")
"""

KILLED_AT = {
    "before the new key is whole": "secret_files.os.fsync = die",
    "when the new key is there and no note": "seal_rotation.write_rotation = die",
    "when the note is written and not committed": "rotation.resolvers.tell_panel = die",
    "when the note is committed and nothing is swapped": "seal_rotation.take_next_seal = die",
    "when the notes lie beside the keys": (
        "write = keys.write_in_one_step\n"
        "keys.write_in_one_step = lambda to, text: die() if to.name == 'seal.pub' else write(to, text)"
    ),
    "when seal.pub is the new one": (
        "replace = keys.Path.replace\n"
        "keys.Path.replace = lambda one, to: die() if one.name == keys.NEXT else replace(one, to)"
    ),
    "when all is swapped and the note not copied": (
        "copies.copy_notes = lambda folder, notes: die() if notes else None"
    ),
}
COMMITTED = list(KILLED_AT)[3:]
SETTLE = """
from django.conf import settings
from lippen.site.operation.seal_rotation import settle
settle(settings.CONFIGURATION)
"""


@pytest.mark.parametrize("by", ["the next start", "the same command"])
@pytest.mark.parametrize("step", KILLED_AT)
def test_a_replacement_killed_at_any_step_is_finished_or_dropped(
    alone: OwnRegister, tmp_path: Path, step: str, by: str
) -> None:
    alone.run("enter(5); seal_all(); sealer.seal_once()")
    folder = alone.workspace / "keys"
    first = tmp_path / "first.pub"
    first.write_text((folder / "seal.pub").read_text())
    killed = alone.start(ROTATE.format(killed_at=KILLED_AT[step]))
    _, errors = killed.communicate(timeout=LONG)
    assert killed.returncode == -signal.SIGKILL, errors
    if by == "the next start":
        alone.run(SETTLE)
    else:
        done = alone.lippen("rotate-seal-key", "--reason", "as each year")
        assert done.returncode == 0, done.stderr
        finished = step in COMMITTED[:-1]
        assert ("had been interrupted is finished" in done.stdout) == finished
    assert not (folder / "seal.key.next").exists()
    alone.run("enter(3); seal_all(); sealer.seal_once()")
    for key in (first, folder / "seal.pub"):
        checked = alone.lippen("verify", "--public-key", str(key))
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "not in the copy" not in checked.stdout
    replaced = (folder / "seal.pub").read_text() != first.read_text()
    assert replaced == (step in COMMITTED or by == "the same command")


def test_nothing_is_sealed_with_the_old_key_once_the_note_is_written(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    killed = alone.start(ROTATE.format(killed_at="seal_rotation.take_next_seal = die"))
    killed.communicate(timeout=LONG)
    refused = alone.run(
        "enter(1)\n"
        "from lippen.site.register.rotation import SealKeyReplaced\n"
        "try: sealer.seal_once()\n"
        "except SealKeyReplaced as error: print(error)"
    )
    assert "says that the seal key was replaced by" in refused
    checked = alone.lippen("verify")
    assert checked.returncode == 1
    assert "a replacement was stopped half-way" in checked.stdout


def test_the_next_key_is_not_dropped_where_only_the_copy_tells_of_its_note(alone: OwnRegister) -> None:
    """The database was put back to before the note, in the moment between the note and the swap."""
    alone.run("enter(5); seal_all(); sealer.seal_once()")
    killed = alone.start(ROTATE.format(killed_at="seal_rotation.take_next_seal = die"))
    killed.communicate(timeout=LONG)
    alone.run(
        "from django.conf import settings\n"
        "from lippen.site.register.copied_rotations import copy_notes\n"
        "from lippen.site.register.rotation import rotation_notes\n"
        "from lippen.site.register.dialects import dialect\n"
        "from django.db import connection\n"
        "copy_notes(settings.CONFIGURATION.checkpoint_copies, rotation_notes())\n"
        "dialect().take_down_triggers()\n"
        "with connection.cursor() as cursor: cursor.execute('DELETE FROM register_rotation')\n"
        "dialect().put_up_triggers()\n"
    )
    before = (alone.workspace / "keys" / "seal.key").read_text()
    alone.run(SETTLE)
    assert (alone.workspace / "keys" / "seal.key").read_text() != before
    alone.run("from lippen.site.register.rotation import rotation_notes\nassert len(rotation_notes()) == 1")
