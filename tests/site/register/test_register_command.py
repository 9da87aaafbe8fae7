"""`lippen register` as somebody outside runs it: exit codes, plain words, JSON, and what is not at hand."""

from __future__ import annotations

import json
import shutil

from registers import OwnRegister

ALTER = """
from lippen.site.register.dialects import dialect
from django.db import connection
dialect().take_down_triggers()
last = "(SELECT max(id) FROM register_entry)"
connection.cursor().execute(f"UPDATE register_entry SET purpose = 'x' WHERE id = {last}")
"""


def test_a_whole_register_is_said_to_be_whole(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all(); enter(2)")
    checked = alone.lippen("verify")
    assert checked.returncode == 0, checked.stderr
    assert "The register is whole: 5 entries under" in checked.stdout
    assert "Unsealed tail: 2 entries since" in checked.stdout
    assert "checking the register" in checked.stderr, "progress"
    told = json.loads(alone.lippen("verify", "--json").stdout)
    assert told["sound"] is True
    assert told["unsealed_tail"]["entries"] == 2


def test_the_panels_own_key_and_copy_are_what_it_trusts(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    held = alone.workspace.parent / "panel"
    held.mkdir()
    shutil.copy(alone.workspace / "keys" / "seal.pub", held)
    shutil.copytree(alone.copies, held / "copies")
    panel = ("--public-key", str(held / "seal.pub"), "--copy", str(held / "copies"))
    checked = alone.lippen("verify", *panel)
    assert checked.returncode == 0, checked.stderr
    assert "public key came from the workspace" not in checked.stdout
    assert "public key came from the workspace" in alone.lippen("verify").stdout
    (held / "seal.pub").write_text("00" * 32 + "\n")
    assert alone.lippen("verify", *panel).returncode == 1


def test_a_broken_register_is_exit_code_1_and_named(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    alone.run(ALTER)
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 1
    assert checked.stdout.startswith("The register is broken.\nFirst: entry ")
    assert json.loads(alone.lippen("verify", "--json").stdout)["breaches"][0]["entry"]


def test_without_the_digest_key_the_rest_is_checked(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    (alone.workspace / "keys" / "digest.key").unlink()
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 0, checked.stderr
    assert "Not checked: the digest key is not here" in checked.stdout


def test_checking_changes_nothing(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all(); enter(1)")
    before = alone.run("from lippen.site.register.models import *\nprint(*Entry.objects.values_list())")
    files = {one: one.read_bytes() for one in alone.copies.iterdir()}
    alone.lippen("verify")
    assert before == alone.run(
        "from lippen.site.register.models import *\nprint(*Entry.objects.values_list())"
    )
    assert files == {one: one.read_bytes() for one in alone.copies.iterdir()}


def test_what_can_be_put_right_is_exit_code_2(alone: OwnRegister) -> None:
    for arguments, words in (
        (("--public-key", "nowhere.pub"), "the public key is not here"),
        (("--copy", str(alone.workspace / "nowhere")), "there are no copies of checkpoints here"),
        (("--copy", str(alone.workspace / "keys")), "no copies of checkpoints here"),
    ):
        checked = alone.lippen("verify", "--quiet", *arguments)
        assert checked.returncode == 2, checked.stdout
        assert words in checked.stderr
        assert "Traceback" not in checked.stderr
    elsewhere = OwnRegister(alone.workspace.parent / "nowhere", alone.database_url)
    missing = elsewhere.lippen("verify")
    assert missing.returncode == 2
    assert "there is no such workspace" in missing.stderr


def test_expiring_and_resuming_say_when_there_is_nothing_to_do(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    expired = alone.lippen("expire")
    assert expired.returncode == 0, expired.stderr
    assert "Nothing to let go" in expired.stdout
    assert alone.lippen("expire", "--before", "2026-11-01").returncode == 2
    resumed = alone.lippen("resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "Nothing was lost" in resumed.stdout
