"""Retirement: everything is handed out in open formats and wiped, and a signed record stays."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from open_sites import (
    LONG,
    Served,
    closed,
    environment,
    free_port,
    killed_before,
    lippen,
    own_database,
    start,
    stop,
)

from forked import run
from lippen.site.operation.lock import alone_with
from lippen.site.speak.store import FILE, Store

NAME = "Invermarrow Partnership"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with own_database() as database_url:
        yield closed("demo", tmp_path / "demo", database_url)


def retire(site: Served, out: Path, name: str = NAME) -> tuple[int, str]:
    options = ("--workspace", site.workspace, "--out", out, "--confirm", name)
    done = lippen("retire", *options, database_url=site.database_url)
    return done.returncode, done.stderr


def check_the_record(site: Served, out: Path) -> None:
    record = json.loads((site.workspace / "retired.json").read_text())
    public = bytes.fromhex((site.workspace / "keys" / "seal.pub").read_text())
    signed = b"lippen retirement 1\n" + record["record"].encode()
    Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(record["signature"]), signed)
    told = json.loads(record["record"])
    assert told["site"] == NAME
    assert told["export_sha256"] == sha256((out / "digests.json").read_bytes()).hexdigest()
    for name, digest in json.loads((out / "digests.json").read_text()).items():
        assert sha256((out / name).read_bytes()).hexdigest() == digest
    for table, rows in told["rows"].items():
        assert len((out / "tables" / f"{table}.jsonl").read_text().splitlines()) == rows
        with (out / "tables" / f"{table}.csv").open(newline="") as sheet:
            assert sum(1 for _ in csv.reader(sheet)) == rows + 1
    left = {one.relative_to(site.workspace).as_posix() for one in site.workspace.rglob("*") if one.is_file()}
    kept = {"keys/seal.pub", "lippen.toml", "made-as.json", "site.toml", "site.lock", "retired.json"}
    assert left == kept


def test_all_is_handed_out_and_wiped_and_the_record_holds(site: Served, tmp_path: Path) -> None:
    people = site.sql("SELECT ref, name FROM accounts_person ORDER BY ref")
    entries = site.sql("SELECT count(*) FROM register_entry")[0][0]
    out = tmp_path / "held"
    (site.workspace / "speak").mkdir(mode=0o700, exist_ok=True)
    Store(site.workspace / FILE)
    with alone_with(site.workspace / "speak"):  # as whoever opened the residents' door does
        code, said = retire(site, out)
        assert code == 2
        assert "the door of this site is open" in said
    code, said = retire(site, out)
    assert code == 0, said
    check_the_record(site, out)
    rows = [json.loads(line) for line in (out / "tables/accounts_person.jsonl").read_text().splitlines()]
    assert sorted((one["ref"], one["name"]) for one in rows) == people
    assert all(one["handling"].startswith("staff | ") for one in rows)
    register = [json.loads(line) for line in (out / "tables/register_entry.jsonl").read_text().splitlines()]
    assert len(register) == entries + 1, "that everything left is in the register itself"
    assert register[-1]["what"] == "everything, when the site was closed"
    last = [json.loads(line) for line in (out / "tables/register_checkpoint.jsonl").read_text().splitlines()][
        -1
    ]
    told = json.loads(json.loads((site.workspace / "retired.json").read_text())["record"])
    assert told["last_checkpoint"]["number"] == last["number"]
    page = (out / "README.md").read_text()
    for file in (out / "tables").glob("*.jsonl"):
        assert f"## {file.stem} (" in page
    if site.database_url is not None:
        assert site.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_nothing_that_opens_an_account_is_handed_out(site: Served, tmp_path: Path) -> None:
    out = tmp_path / "held"
    assert retire(site, out)[0] == 0
    columns = {
        (file.stem, column)
        for file in (out / "tables").glob("*.csv")
        for column in next(csv.reader(file.open(newline="")))
    }
    opening = {"password", "session_mark", "content", "link_digest", "wrapped"}
    # What the content of a log is, was released to be read.
    assert {one for one in columns if one[1] in opening} == {("desk_log", "content")}
    for absent in ("accounts_session", "mfa_authenticator"):
        assert not (out / "tables" / f"{absent}.jsonl").exists()


def test_a_retired_site_is_never_opened_again(site: Served, tmp_path: Path) -> None:
    assert retire(site, tmp_path / "held")[0] == 0
    for verb in (["serve", "--port", str(free_port())], ["backup", "--out", tmp_path / "x.tar"], ["upgrade"]):
        done = lippen(*verb, "--workspace", site.workspace, database_url=site.database_url)
        assert done.returncode == 2
        assert "was retired" in done.stderr
    looked_over = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
    assert looked_over.returncode == 1
    (line,) = looked_over.stdout.splitlines()
    assert line.startswith("wrong settings: ")
    assert "this site was retired" in line
    checked = lippen("register", "verify", "--workspace", site.workspace, database_url=site.database_url)
    assert (checked.returncode, "was retired" in checked.stderr) == (2, True)


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite has one writer, and seals at once")
def test_nothing_is_wiped_while_the_end_of_the_register_cannot_be_sealed(
    site: Served, tmp_path: Path
) -> None:
    import psycopg

    program = (
        "from lippen.site.operation import retiring\nretiring._SECONDS_TO_SEAL = 1\n"
        "from lippen.cli import main\nmain()"
    )
    asked = ("retire", "--workspace", site.workspace, "--out", tmp_path / "held", "--confirm", NAME)
    with own_database() as other, psycopg.connect(other or "") as elsewhere:
        elsewhere.execute("CREATE TABLE theirs (n int)")  # a transaction that stays open, of another database
        refused = run("-c", program, *map(str, asked), env=environment(site.database_url), timeout=LONG)
        assert refused.returncode == 2
        assert "the end of the register cannot be sealed. On PostgreSQL a transaction" in refused.stderr
        elsewhere.rollback()
    assert not (tmp_path / "held").exists()
    code, said = retire(site, tmp_path / "held")
    assert code == 0, said
    check_the_record(site, tmp_path / "held")


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite's file lies in the workspace")
def test_no_other_database_is_emptied_when_a_retirement_is_finished(site: Served, tmp_path: Path) -> None:
    assert retire(site, tmp_path / "held")[0] == 0
    with own_database() as other:
        lives_on = Served("", tmp_path / "other", other, site.process)
        lives_on.sql("CREATE TABLE theirs (n int)")
        again = Served("", site.workspace, other, site.process)
        code, said = retire(again, tmp_path / "held")
        assert (code, "names another" in said) == (2, True)
        assert lives_on.sql("SELECT count(*) FROM theirs") == [(0,)]


def test_a_wrong_name_or_a_place_that_is_taken_changes_nothing(site: Served, tmp_path: Path) -> None:
    before = site.sql("SELECT count(*) FROM register_entry")
    code, said = retire(site, tmp_path / "held", "Another")
    assert (code, "not the name of this site" in said) == (2, True)
    (tmp_path / "held").mkdir()
    assert retire(site, tmp_path / "held")[0] == 2
    assert retire(site, site.workspace / "inside")[0] == 2
    assert site.sql("SELECT count(*) FROM register_entry") == before
    opened = start("serve", site.workspace, site.database_url)
    assert stop(opened) == 0


@pytest.mark.parametrize(
    "step", ["exporting:_readme", "retiring:settle", "retiring:_write_record", "retiring:_wipe"]
)
def test_a_retirement_that_is_killed_is_finished_by_the_same_command(
    site: Served, tmp_path: Path, step: str
) -> None:
    out = tmp_path / "held"
    asked = ("retire", "--workspace", site.workspace, "--out", out, "--confirm", NAME)
    killed_before(f"lippen.site.operation.{step}", *asked, database_url=site.database_url)
    if out.exists() and not (site.workspace / "retired.json").exists():
        code, said = retire(site, out)  # handed out, and nothing wiped: it is handed out anew, elsewhere
        assert (code, "something here already" in said) == (2, True)
        out = tmp_path / "held again"
    code, said = retire(site, out)
    assert code == 0, said
    check_the_record(site, out)
