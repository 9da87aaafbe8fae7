"""Whoever signs looks, signs and saves while nobody else does: a note or a checkpoint that another's look had
missed would be a breach for ever.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from open_sites import LONG
from registers import OwnRegister

A_MONTH_OF_2018 = """
from datetime import UTC, datetime
from lippen.site.register import expiry, retention, rotation, services
dated = (sealer, expiry, services, retention, rotation)
class Then(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2018, 1, 15, 12, tzinfo=UTC)
for module in dated:
    module.datetime = Then
enter(4); seal_all()
for module in dated:
    module.datetime = datetime
retention.state_policy()
enter(4); seal_all()
"""

BEGIN = """
import pathlib, time
from django.conf import settings
from lippen.site.keys import make_next_seal
from lippen.site.operation.seal_rotation import settle
from lippen.site.register import expiry, retention, rotation
looked, go = map(pathlib.Path, sys.argv[1:])

def held_up(function):
    def asked(*of):
        answer = function(*of)
        if not looked.exists():
            looked.touch()
            while not go.exists():
                time.sleep(0.01)
        return answer
    return asked

def replace_key():
    rotation.write_rotation(settings.KEYS.seal, make_next_seal(settings.CONFIGURATION.keys), "as each year")
    settle(settings.CONFIGURATION)

def state_longer():
    settings.REGISTER_KEEP_MONTHS = 90
    retention.state_policy()

print("begun", flush=True)
"""

MONTH, TIME, KEY, SEAL = "a month goes", "a time is stated", "the key is replaced", "something is sealed"
DOES = {
    MONTH: "expiry.expire()",
    TIME: "state_longer()",
    KEY: "replace_key()",
    SEAL: "enter(1)\nwhile sealer.seal_once() is None: time.sleep(0.05)",
}
LOOKED = {
    MONTH: "expiry.sealing_key = held_up(expiry.sealing_key)\n",
    TIME: "retention.sealing_key = held_up(retention.sealing_key)\n",
    KEY: "rotation.standing_digest = held_up(rotation.standing_digest)\n",
    SEAL: "sealer.checkpoint_bytes = held_up(sealer.checkpoint_bytes)\n",
}
"""What each asks before it signs; it is held up there, having looked and not yet saved."""


@pytest.mark.parametrize(
    ("first", "second"),
    [(MONTH, KEY), (TIME, KEY), (SEAL, KEY), (KEY, MONTH), (KEY, TIME), (KEY, SEAL), (MONTH, MONTH)],
)
def test_whoever_signs_keeps_others_from_it_until_it_is_saved(
    alone: OwnRegister, tmp_path: Path, first: str, second: str
) -> None:
    alone.run(A_MONTH_OF_2018)
    looked, go = tmp_path / "looked", tmp_path / "go"
    one = alone.start(BEGIN + LOOKED[first] + DOES[first], str(looked), str(go))
    until = time.monotonic() + LONG
    while not looked.exists() and one.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert looked.exists(), one.communicate()
    other = alone.start(BEGIN + DOES[second], str(looked), str(go))
    assert other.stdout is not None
    assert other.stdout.readline() == "begun\n"
    try:
        waited = other.wait(2) is None
    except subprocess.TimeoutExpired:
        waited = True
    go.touch()
    _, errors = one.communicate(timeout=LONG)
    _, other_errors = other.communicate(timeout=LONG)
    assert waited, f"it looked at what was about to change: {other_errors}"
    assert one.returncode == 0, errors
    if first == KEY:
        assert "SealKeyReplaced" in other_errors, "it is told, and has signed nothing"
    else:
        assert other.returncode == 0, other_errors
    alone.run(f"{BEGIN}enter(2); seal_all(); expiry.expire(); replace_key()", str(looked), str(go))
    checked = alone.lippen("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
