"""`lippen register` as somebody outside runs it: exit codes, plain words, JSON, and what is not at hand."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from open_sites import own_database
from registers import OwnRegister

from lippen.site.keys import make_keys

ALTER = """
from lippen.site.register.dialects import dialect
from django.db import connection
dialect().take_down_triggers()
last = "(SELECT max(id) FROM register_entry)"
connection.cursor().execute(f"UPDATE register_entry SET purpose = 'x' WHERE id = {last}")
"""

MAKE_PEOPLE = """
from django.core.management import call_command; call_command("migrate", verbosity=0)
from lippen.site.accounts.services import make_organisation, make_person
homes = make_organisation("Homes", "housing", "uk-gdpr")
for name in ("Ann Orr", "Ailsa Reid"):
    print(make_person(name, f"{name[:3].lower()}@example.org", [(homes, "worker")]).ref)
seal_all()
"""
EXCHANGE = """
from lippen.site.accounts.models import Person
one, other = (Person.objects.get(ref=ref) for ref in sys.argv[1:])
Person.objects.filter(pk=one.pk).update(name=other.name, name_salt=other.name_salt)
Person.objects.filter(pk=other.pk).update(name=one.name, name_salt=one.name_salt)
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
    checked = alone.lippen("verify", *panel)
    assert checked.returncode == 1
    assert checked.stdout.startswith(
        "None of the keys named has sealed anything here: is it this site's? Compare it with the seal.pub"
    )
    for word in ("broken", "damaged", "checkpoint 1 ", "Unsealed"):
        assert word not in checked.stdout


class OwnSite(OwnRegister):
    """The same with all of the site's apps."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DJANGO_SETTINGS_MODULE": "lippen.site.settings"}


def test_names_are_checked_with_the_panels_own_key_alone(tmp_path: Path) -> None:
    make_keys(tmp_path / "site" / "keys")
    with own_database() as database_url:
        site = OwnSite(tmp_path / "site", database_url)
        refs = site.run(MAKE_PEOPLE).split()
        public = tmp_path / "seal.pub"
        shutil.copy(site.workspace / "keys" / "seal.pub", public)
        shutil.rmtree(site.workspace / "keys")
        check = ("verify", "--quiet", "--public-key", str(public))
        whole = site.lippen(*check)
        assert whole.returncode == 0, whole.stdout + whole.stderr
        assert "Not checked: the tables of names" not in whole.stdout
        make_keys(site.workspace / "keys")  # any will do: the owner needs none
        site.run(EXCHANGE, *refs)
        shutil.rmtree(site.workspace / "keys")
        found = site.lippen(*check)
        assert found.returncode == 1, found.stdout
        for ref in refs:
            assert f"the name of the person {ref} is not the one that entry " in found.stdout


def test_where_there_are_no_names_it_says_that_none_was_checked(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    assert "Not checked: the tables of names are not here" in alone.lippen("verify", "--quiet").stdout


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="there a trigger needs a function too")
def test_what_the_database_says_is_shown_and_never_acted_on(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    alone.run(
        "from django.db import connection\n"
        "name = 'zz\\x1b[2J\\x9b\\u202e'\n"
        'connection.cursor().execute(f\'CREATE TRIGGER "{name}" BEFORE UPDATE ON register_entry'
        " BEGIN SELECT 1; END')"
    )
    said = alone.lippen("verify", "--quiet")
    assert said.returncode == 1
    assert "zz\ufffd[2J\ufffd\ufffd" in said.stdout
    told = alone.lippen("verify", "--json").stdout
    for sign in "\x1b\x9b\u202e":
        assert sign not in said.stdout + told


def test_a_broken_register_is_exit_code_1_and_named(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    alone.run(ALTER)
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 1
    assert checked.stdout.startswith("The register is broken.\nFirst: entry ")
    after = checked.stdout.splitlines()[2]
    assert after.startswith("Stop the site and tell the scrutiny panel. Keep the workspace, the copies")
    assert "docs/how-to/administer-a-site.md, The register is broken" in after
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


MIGRATED = (
    "from django.db.migrations.recorder import MigrationRecorder as R\nfrom django.db import connection\n"
)


def test_an_older_program_writes_nothing_into_a_newer_register(alone: OwnRegister) -> None:
    """Its triggers and notes would be the older ones, and what the newer one knows of them lost."""
    alone.run("enter(5); seal_all()")
    assert "a newer Lippen" not in alone.lippen("verify").stdout
    alone.run(f"{MIGRATED}R(connection).record_applied('register', '9999_later')")
    public = (alone.workspace / "keys" / "seal.pub").read_text()
    for verb in (("expire",), ("guard",), ("resume",), ("rotate-seal-key", "--reason", "as each year")):
        done = alone.lippen(*verb)
        assert done.returncode == 2, verb
        assert "upgraded by a newer Lippen (it has register.9999_later" in done.stderr
    assert (alone.workspace / "keys" / "seal.pub").read_text() == public
    checked = alone.lippen("verify")
    assert checked.returncode == 0, checked.stdout
    assert "Not checked: what a newer Lippen writes" in checked.stdout
    assert "register.9999_later is unknown here" in checked.stdout


def test_a_newer_program_writes_nothing_into_a_register_that_waits_for_its_upgrade(
    alone: OwnRegister,
) -> None:
    alone.run("enter(5); seal_all()")
    newest = "R(connection).migration_qs.filter(app='register').order_by('-name').first().name"
    alone.run(f"{MIGRATED}R(connection).record_unapplied('register', {newest})")
    for verb in (("expire",), ("guard",), ("resume",), ("rotate-seal-key", "--reason", "as each year")):
        done = alone.lippen(*verb)
        assert done.returncode == 2, verb
        assert f"Run lippen upgrade --workspace {alone.workspace}" in done.stderr


def test_expiring_and_resuming_say_when_there_is_nothing_to_do(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    expired = alone.lippen("expire")
    assert expired.returncode == 0, expired.stderr
    assert "Nothing to let go" in expired.stdout
    assert alone.lippen("expire", "--before", "2026-11-01").returncode == 2
    resumed = alone.lippen("resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "Nothing was lost" in resumed.stdout


def test_one_of_each_is_counted_as_one(alone: OwnRegister) -> None:
    alone.run("enter(1); seal_all(); enter(1)")
    said = alone.lippen("verify").stdout
    assert "The register is whole: 1 entry under 1 checkpoint." in said
    assert "Unsealed tail: 1 entry since" in said
