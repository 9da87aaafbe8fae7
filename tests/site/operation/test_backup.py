"""Backup and restore: a live site goes round whole, and what was tampered with or cut short never does."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import subprocess
import tarfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from open_sites import Client, Served, killed_before, lippen, own_database, start, stop

from lippen.contact_keys import ContactKeys
from lippen.engine import connect
from lippen.site.operation.demo_people import FictionalPerson
from lippen.site.speak import manifest, publishing
from lippen.site.speak.desk_keys import recovery_file
from lippen.site.speak.envelope import REPORT
from lippen.site.speak.fingerprint import fingerprint
from lippen.site.speak.hybrid_keys import HybridSeed
from lippen.site.speak.page import read_publication
from lippen.site.speak.partnership_key import PartnershipKey
from lippen.site.speak.store import FILE, Store
from lippen.workspace import Workspace

DOOR = """\
name = "Invermarrow"
leave = "https://example.org/weather"
areas = "small areas.csv"
[[desks]]
id = "braeside"
name = "Braeside"
serves = "Braeside"
telephone = "01632 960 001"
"""
PRIVATE = "no-backup-holds-this-3b1d"
PUBLIC = {
    "speak/partnership.toml",
    "speak/small areas.csv",
    "speak/manifest.json",
    "speak/desks/braeside.json",
    "speak/desks/braeside/ada.json",
    "speak/desks/braeside/recovery.json",
}
SEALED = secrets.token_bytes(REPORT)
TABLES = ("accounts_person", "accounts_roleheld", "register_entry", "register_shown", "register_checkpoint")


def add_results(workspace: Path, value: int) -> None:
    with connect() as engine:
        Workspace.open(workspace, engine).write_results({"counts": pa.table({"n": [value]})})


def open_door(workspace: Path) -> None:
    """What a partnership publishes, and beside it what must not leave the machine."""
    desk, today = workspace / "speak" / "desks" / "braeside", date.today()
    desk.mkdir(parents=True)
    (workspace / "speak" / "partnership.toml").write_text(DOOR)
    (workspace / "speak" / "small areas.csv").write_text("larger_area,small_area,residents\nHill,S1,612\n")
    seeds = [HybridSeed(bytes([number]) * 32).recipient() for number in (1, 2)]
    worker = json.loads(recovery_file(seeds[0], today))
    worker |= {"signature": b64encode(bytes(32)).decode(), "until": f"{today + timedelta(days=30)}"}
    (desk / "ada.json").write_text(json.dumps(worker))
    (desk / "recovery.json").write_text(recovery_file(seeds[1], today))
    key = PartnershipKey(bytes(32))
    content = manifest.sign(publishing.prepare(workspace, today, 30, one_desk=True).payload, key)
    publishing.publish(content, workspace, today, expected=fingerprint(key.public()))
    (desk / "cat.json").write_text(json.dumps(worker | {"seed": PRIVATE}))
    (desk / "notes.txt").write_text(PRIVATE)
    (workspace / "speak" / "partnership.key").write_text(PRIVATE)
    (workspace / "speak" / "desks" / "linked.json").symlink_to(desk / "notes.txt")


def counts(site: Served) -> dict[str, int]:
    return {table: site.sql(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608


KEYS_OF_CONTACTS = (".", "sightings")
"""Folders of the workspace in which keys of contacts lie: those of listings, and those of the form."""


def this_month() -> str:
    """The site destroys the form's keys of other months whenever its worker comes to it."""
    return f"{date.today():%Y-%m}"


@pytest.fixture(scope="module")
def backed_up(served: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, int]]:
    """A backup of the live site with its keys, made while people read, and what was there before it."""
    place = tmp_path_factory.mktemp("backup")
    add_results(served.workspace, 7)
    before = counts(served)
    door, demos = served.workspace / "speak", place / "speak of the demo"
    door.rename(demos)
    open_door(served.workspace)
    public = {name: (served.workspace / name).read_bytes() for name in PUBLIC}
    store = Store(served.workspace / FILE)
    store.receive_report(bytes(16), bytes(16), bytes(32), SEALED, date.today())
    for folder in KEYS_OF_CONTACTS:
        (served.workspace / folder).mkdir(mode=0o700, exist_ok=True)
        ContactKeys(served.workspace / folder).hashed(this_month(), "wee_otter")
    stopped = threading.Event()

    def read() -> None:
        client = served.client()
        client.get("/demo/")
        client.post("/demo/shona-laird/")
        while not stopped.is_set():
            assert client.get("/people/").status in (200, 404)

    reader = threading.Thread(target=read)
    reader.start()
    done = lippen(
        "backup",
        *("--workspace", served.workspace, "--out", place / "site.tar", "--keys", place / "keys.json"),
        database_url=served.database_url,
    )
    stopped.set()
    reader.join()
    shutil.rmtree(door)
    demos.rename(door)
    assert done.returncode == 0, done.stderr
    (place / "public.json").write_text(json.dumps({name: one.decode() for name, one in public.items()}))
    return place / "site.tar", place / "keys.json", before


@pytest.fixture
def empty_database() -> Iterator[str | None]:
    with own_database() as database_url:
        yield database_url


def restored(
    backup: Path, keys: Path | None, workspace: Path, database_url: str | None
) -> subprocess.CompletedProcess[str]:
    options = ["--keys", str(keys)] if keys else []
    return lippen("restore", backup, "--workspace", workspace, *options, database_url=database_url)


def test_a_live_site_goes_round_and_its_register_holds(
    served: Served,
    backed_up: tuple[Path, Path, dict[str, int]],
    tmp_path: Path,
    empty_database: str | None,
    demo_people: dict[str, FictionalPerson],
) -> None:
    backup, keys, before = backed_up
    done = restored(backup, keys, tmp_path / "again", empty_database)
    assert done.returncode == 0, done.stderr
    assert "What residents sent is in no backup" in done.stdout
    assert "sign a manifest anew before you open it" in done.stdout
    speak = tmp_path / "again" / "speak"
    back = {f"speak/{one.relative_to(speak)}": one.read_text() for one in speak.rglob("*") if one.is_file()}
    assert back == json.loads((backup.parent / "public.json").read_text())
    assert read_publication(speak) is not None, "the door opens with it"
    told = json.loads((tmp_path / "again" / "made-as.json").read_text())
    name = empty_database.rpartition("/")[2] if empty_database else ""
    assert (told["name"], told["demo"]) == (name, True), "it is on the database that it was restored to"
    again = start("serve", tmp_path / "again", empty_database)
    try:
        after = counts(again)
        assert all(after[table] >= before[table] for table in TABLES)
        assert after["accounts_person"] == before["accounts_person"]
        columns = "name, email, ref"
        people = f"SELECT {columns} FROM accounts_person ORDER BY ref"  # noqa: S608
        assert again.sql(people) == served.sql(people)
        client = Client(again.origin)
        client.get("/demo/")
        client.post(f"/demo/{demo_people['Shona Laird'].word}/")
        assert client.get("/people/").status == 200
        time.sleep(2.5)
    finally:
        assert stop(again) == 0
    verified = lippen("register", "verify", "--workspace", tmp_path / "again", database_url=empty_database)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with connect() as engine:
        counted = Workspace.open(tmp_path / "again", engine).result("counts")
        assert engine.collect(counted).to_pylist() == [{"n": 7}]


def test_a_backup_signs_nobody_in_and_holds_no_key(
    served: Served, backed_up: tuple[Path, Path, dict[str, int]]
) -> None:
    backup, keys, _ = backed_up
    sessions = served.sql("SELECT content FROM accounts_session")
    assert sessions
    assert backup.stat().st_mode & 0o077 == 0
    assert keys.stat().st_mode & 0o077 == 0
    content = backup.read_bytes()
    for (session,) in sessions:
        assert session.encode() not in content
    for name in ("session.key", "digest.key", "seal.key"):
        secret = (served.workspace / "keys" / name).read_text().strip()
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content
        assert secret in keys.read_text()


@pytest.mark.parametrize("folder", KEYS_OF_CONTACTS)
def test_a_backup_holds_no_key_of_contacts_or_of_accounts_that_people_named(
    served: Served, backed_up: tuple[Path, Path, dict[str, int]], folder: str
) -> None:
    key = (served.workspace / folder / "contact-keys" / f"{this_month()}.key").read_text().encode()
    assert len(key) == 64
    for made in backed_up[:2]:
        assert key not in made.read_bytes()
        assert bytes.fromhex(key.decode()) not in made.read_bytes()


def test_of_the_residents_door_a_backup_holds_what_is_public_and_nothing_else(
    backed_up: tuple[Path, Path, dict[str, int]],
) -> None:
    """Neither what was sealed, nor the file that keeps it, nor what lies beside the public halves."""
    content = backed_up[0].read_bytes()
    assert SEALED[:64] not in content
    assert PRIVATE.encode() not in content
    assert FILE.encode() not in content
    with tarfile.open(backed_up[0]) as whole:
        assert {name for name in whole.getnames() if "speak" in name} == PUBLIC


def test_nothing_is_overwritten(
    backed_up: tuple[Path, Path, dict[str, int]], served: Served, tmp_path: Path, empty_database: str | None
) -> None:
    backup, keys, _ = backed_up
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "letter.txt").write_text("mine")
    done = restored(backup, keys, tmp_path / "held", empty_database)
    assert done.returncode == 2
    assert "nothing is overwritten" in done.stderr
    assert [one.name for one in (tmp_path / "held").iterdir()] == ["letter.txt"]
    over = lippen(
        "backup", "--workspace", served.workspace, "--out", backup, database_url=served.database_url
    )
    assert over.returncode == 2
    assert "already there" in over.stderr
    inside = served.workspace / "backup.tar"
    within = lippen(
        "backup", "--workspace", served.workspace, "--out", inside, database_url=served.database_url
    )
    assert within.returncode == 2
    assert not inside.exists()


def test_a_database_that_holds_something_is_left_as_it_is(
    backed_up: tuple[Path, Path, dict[str, int]], served: Served, tmp_path: Path
) -> None:
    backup, keys, _ = backed_up
    before = served.sql("SELECT count(*) FROM accounts_person")
    place = served.workspace if served.database_url is None else tmp_path / "again"
    done = restored(backup, keys, place, served.database_url)
    assert done.returncode == 2
    assert (
        "nothing is overwritten" if served.database_url is None else "holds tables already"
    ) in done.stderr
    assert not (tmp_path / "again").exists()
    assert served.sql("SELECT count(*) FROM accounts_person") == before


def rewritten(
    backup: Path, to: Path, change: Callable[[tarfile.TarInfo, bytes], list[tuple[str, bytes]]]
) -> Path:
    """A backup whose members `change` replaced by those it returns."""
    with tarfile.open(backup) as old, tarfile.open(to, "w") as new:
        for member in old:
            opened = old.extractfile(member)
            assert opened is not None
            for name, content in change(member, opened.read()):
                made = tarfile.TarInfo(name)
                made.size = len(content)
                new.addfile(made, io.BytesIO(content))
    return to


def grown(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    if member.name.startswith("database/"):
        content = content[:-1] + bytes([content[-1] ^ 1])
    return [(member.name, content)]


def left_out(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    return [] if member.name.startswith("lake/results") else [(member.name, content)]


def added(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    extra = [("../escaped.txt", b"out")] if member.name == "lippen.toml" else []
    return [(member.name, content), *extra]


def listed_outside(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    if member.name == "backup.json":
        told = json.loads(content)
        told["members"]["../escaped.txt"] = told["members"]["lippen.toml"]
        content = json.dumps(told, indent=1, sort_keys=True).encode() + b"\n"
    return [(member.name, content)]


def newer(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    if member.name == "backup.json":
        content = content.replace(b'"format": 2', b'"format": 3')
    return [(member.name, content)]


def signed_by_another(member: tarfile.TarInfo, content: bytes) -> list[tuple[str, bytes]]:
    if member.name == "backup.json":
        content = content.replace(b'"lippen": "', b'"lippen": "0')
    return [(member.name, content)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (grown, "is not what was written"),
        (left_out, "is missing"),
        (added, "which it does not list"),
        (listed_outside, "no part of a workspace"),
        (newer, "format 3"),
        (signed_by_another, "somebody changed it"),
    ],
)
def test_a_backup_that_somebody_changed_is_refused_whole(
    backed_up: tuple[Path, Path, dict[str, int]],
    tmp_path: Path,
    empty_database: str | None,
    change: Callable[[tarfile.TarInfo, bytes], list[tuple[str, bytes]]],
    says: str,
) -> None:
    backup, keys, _ = backed_up
    changed = rewritten(backup, tmp_path / "changed.tar", change)
    done = restored(changed, keys, tmp_path / "inside" / "again", empty_database)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list((tmp_path / "inside").iterdir()) == []


def test_a_backup_cut_short_and_what_is_none_are_refused(
    backed_up: tuple[Path, Path, dict[str, int]], tmp_path: Path, empty_database: str | None
) -> None:
    backup, keys, _ = backed_up
    content = backup.read_bytes()
    for number, wrong in enumerate((b"", b"no backup", content[:700], content[: len(content) // 2])):
        file = tmp_path / f"{number}.tar"
        file.write_bytes(wrong)
        done = restored(file, keys, tmp_path / "again", empty_database)
        assert done.returncode == 2, (number, done.stderr)
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "again").exists()


def test_without_its_keys_or_with_anothers_nothing_is_restored(
    backed_up: tuple[Path, Path, dict[str, int]], tmp_path: Path, empty_database: str | None
) -> None:
    backup, keys, _ = backed_up
    done = restored(backup, None, tmp_path / "again", empty_database)
    assert done.returncode == 2
    assert "--keys FILE" in done.stderr
    told = json.loads(keys.read_text())
    told["files"]["seal.key"] = "11" * 32
    other = tmp_path / "other.json"
    other.write_text(json.dumps(told))
    done = restored(backup, other, tmp_path / "again", empty_database)
    assert done.returncode == 2
    assert "two different sites" in done.stderr
    assert not (tmp_path / "again").exists()


HERE = "lippen.site.operation"


@pytest.mark.parametrize(
    "step",
    [
        f"{HERE}.backup:_database",
        f"{HERE}.backup:version",
        f"{HERE}.backup:_lake",
        f"{HERE}.backup_file:listed",
        f"{HERE}.backup_file:write",
        f"{HERE}.backup_file:_add",
        f"{HERE}.backup_file:settle",
    ],
)
def test_a_backup_that_is_killed_leaves_none_or_a_whole_one(
    served: Served, tmp_path: Path, step: str
) -> None:
    out = tmp_path / "site.tar"
    asked = ("backup", "--workspace", served.workspace, "--out", out)
    killed_before(step, *asked, database_url=served.database_url)
    if not out.exists():
        assert lippen(*asked, database_url=served.database_url).returncode == 0
    with tarfile.open(out) as whole:
        listed = json.loads(whole.extractfile("backup.json").read())["members"]  # type: ignore[union-attr]
        assert whole.getnames()[:2] == ["backup.json", "backup.json.signature"]
        assert set(whole.getnames()[2:]) == set(listed)
    later = ("backup", "--workspace", served.workspace, "--out", tmp_path / "later.tar")
    assert lippen(*later, database_url=served.database_url).returncode == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["later.tar", "site.tar"]


def test_a_folder_for_backups_that_is_not_there_yet_is_made(served: Served, tmp_path: Path) -> None:
    """A file of that name would stop every later night's backup to it."""
    nightly = tmp_path / "disk" / "nightly"
    asked = ("backup", "--workspace", served.workspace, "--out", nightly)
    for nights in (1, 2):
        done = lippen(*asked, database_url=served.database_url)
        assert done.returncode == 0, done.stderr
        assert len(list(nightly.glob(f"{served.workspace.name}-*Z.tar"))) == nights
    in_the_way = tmp_path / "backups"
    in_the_way.write_text("kept")
    refused = lippen(*asked[:-1], in_the_way, database_url=served.database_url)
    assert refused.returncode == 2
    assert "a folder is needed" in refused.stderr
    assert in_the_way.read_text() == "kept"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("site.zip", "site.tar"),
        ("site.tar.gz", "site.tar"),
        ("site.lippen", "site.tar"),
        ("2026-11.TAR", "2026-11.tar"),
    ],
)
def test_no_folder_is_made_of_a_name_that_reads_as_a_file(
    served: Served, tmp_path: Path, name: str, instead: str
) -> None:
    where = ("--out", tmp_path / name, "--keys", tmp_path / "keys.json")
    refused = lippen("backup", "--workspace", served.workspace, *where, database_url=served.database_url)
    assert refused.returncode == 2
    assert "a backup is a file that ends in .tar" in refused.stderr
    assert f"Name it {instead}," in refused.stderr
    assert list(tmp_path.iterdir()) == [], "no file of keys either, which the next try would stumble over"


@pytest.mark.parametrize(
    "step",
    [
        f"{HERE}.backup_file:_unpack",
        f"{HERE}.keys_file:unpack",
        f"{HERE}.backup_file:check_signature",
        f"{HERE}.restoring:_database",
        f"{HERE}.schema:schema_state",
        f"{HERE}.schema:refuse_newer",
        f"{HERE}.restoring:settle",
    ],
)
def test_a_restore_that_is_killed_is_finished_by_the_same_command(
    backed_up: tuple[Path, Path, dict[str, int]],
    tmp_path: Path,
    empty_database: str | None,
    step: str,
) -> None:
    backup, keys, before = backed_up
    workspace = tmp_path / "again"
    asked = ("restore", backup, "--workspace", workspace, "--keys", keys)
    killed_before(step, *asked, database_url=empty_database)
    done = lippen(*asked, database_url=empty_database)
    if step.endswith("settle"):
        assert done.returncode == 2, "the last step alone was missing, and the workspace is in its place"
    else:
        assert done.returncode == 0, done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["again"]
    site = Served("", workspace, empty_database)
    assert counts(site)["accounts_person"] == before["accounts_person"]
    assert lippen("register", "verify", "--workspace", workspace, database_url=empty_database).returncode == 0
