"""Sealing and entering by several real processes: two sealers at once, and one killed at every step."""

from __future__ import annotations

import signal

import pytest
from open_sites import LONG
from registers import OwnRegister

KILLED_AT = {
    "before the checkpoint is written": "sealer.Checkpoint.save = die",
    "when it is written and not committed": (
        "save = sealer.Checkpoint.save\n"
        "def save_and_die(*a, **k): save(*a, **k); die()\n"
        "sealer.Checkpoint.save = save_and_die"
    ),
    "when it is committed and not copied": "copies.Copies.catch_up = die",
    "when half of its line is copied": (
        "def half(file, lines, end=None):\n"
        "    with open(file, 'ab') as copy: copy.write(lines[:100])\n"
        "    die()\n"
        "copies.append = half"
    ),
    "when the line is written and the disk has not settled": "copied_files.os.fsync = die",
}


@pytest.mark.parametrize("step", KILLED_AT)
def test_a_sealer_killed_at_any_step_is_followed_by_one_that_goes_on(alone: OwnRegister, step: str) -> None:
    alone.run("enter(5); seal_all(); enter(7)")
    killed = alone.start(
        f"{KILLED_AT[step]}\nimport time\n"
        "for _ in range(9000): sealer.seal_once(); time.sleep(0.01)"  # until nobody else holds it up
    )
    _, errors = killed.communicate(timeout=LONG)
    assert killed.returncode == -signal.SIGKILL, errors
    alone.run("enter(3); seal_all(); sealer.seal_once()")
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "15 entries" in checked.stdout
    assert "Unsealed tail: none" in checked.stdout


def test_two_sealers_at_once_make_one_chain(alone: OwnRegister) -> None:
    sealers = [alone.start("seal_for(float(sys.argv[1]))", "4") for _ in range(2)]
    writers = [alone.start("enter(150)") for _ in range(2)]
    for process in (*writers, *sealers):
        _, errors = process.communicate(timeout=LONG)
        assert process.returncode == 0, errors
    alone.run("seal_all()")
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "300 entries" in checked.stdout
    assert "Not checked: the copy" not in checked.stdout, "the copies are complete"


def test_whoever_was_let_go_is_in_the_register_though_all_are_killed(alone: OwnRegister) -> None:
    readers = [alone.start("enter_until_killed(8)") for _ in range(2)]
    lines: list[str] = []
    for process in readers:
        assert process.stdout is not None
        lines += [process.stdout.readline() for _ in range(20)]
    for process in readers:
        process.kill()
        assert process.stdout is not None
        lines += process.stdout.readlines()
        process.wait()
    told = [int(line) for line in lines if line.endswith("\n")]
    assert len(told) >= 40
    assert len(set(told)) == len(told)
    kept = alone.run(
        "from lippen.site.register.models import Entry\n"
        "print(*Entry.objects.values_list('id', flat=True))\nseal_all()"
    )
    assert set(told) <= {int(one) for one in kept.split()}
    assert alone.lippen("verify", "--quiet").returncode == 0
