"""The doctor: well when all is, and a line with a remedy for everything that can be wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from open_sites import LONG, Served, closed, environment, lippen, own_database, start, stop

from forked import run
from lippen.site.configuration import read_configuration
from lippen.site.operation.certificates import make_certificate
from lippen.site.operation.hourly import HOURLY
from lippen.site.speak.envelope import REPORT
from lippen.site.speak.store import FILE, Store

PARTNERSHIP = """\
name = "Invermarrow"
leave = "https://example.org/weather"
areas = "areas.csv"
[[desks]]
id = "braeside"
name = "Braeside"
serves = "Braeside"
telephone = "01632 960 001"
[[partners]]
id = "police"
name = "The police"
[[partners]]
id = "council"
name = "Council"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo that was open until the first of its hourly jobs were done and something was sealed, and is
    closed now. On PostgreSQL sealing waits for transactions that are open anywhere on the server.
    """
    with own_database() as database_url:
        demo = closed("demo", tmp_path_factory.mktemp("doctor") / "demo", database_url)
        opened = start("demo", demo.workspace, database_url)
        done = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'SUCCESSFUL'"
        sealed = "SELECT count(*) FROM register_checkpoint"
        until = time.monotonic() + LONG
        while time.monotonic() < until and (
            opened.sql(done)[0][0] < len(HOURLY) or opened.sql(sealed)[0][0] == 0
        ):
            time.sleep(0.1)
        assert stop(opened) == 0
        yield opened


@pytest.fixture
def settings(site: Served) -> Iterator[Path]:
    """`site.toml` of the site. A test may write it; afterwards it is as it was, however the test ended."""
    file = site.workspace / "site.toml"
    before = file.read_text()
    yield file
    file.write_text(before)


def findings(site: Served, code: int) -> dict[str, tuple[str, str]]:
    """What stands worst under each name, with all that is said of it."""
    done = lippen("doctor", "--json", "--workspace", site.workspace, database_url=site.database_url)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, tuple[str, str]] = {}
    for one in json.loads(done.stdout):
        if one["name"] not in found or one["state"] == "wrong":
            found[one["name"]] = (one["state"], f"{one['seen']} {one['remedy']}")
        if one["state"] != "well":
            assert one["remedy"], one
    return found


def altered(site: Served, program: str) -> subprocess.CompletedProcess[str]:
    """The doctor, run in a program of which something was altered before."""
    return run(
        *("-c", f"{program}\nfrom lippen.cli import main\nmain()\n"),
        *("doctor", "--workspace", str(site.workspace)),
        env=environment(site.database_url),
    )


def at_hours_from_now(hours: int) -> str:
    then = (datetime.now(UTC) + timedelta(hours=hours)).timestamp()
    return (
        "import datetime, django.utils.timezone as zone\n"
        f"zone.now = lambda: datetime.datetime.fromtimestamp({then}, datetime.timezone.utc)"
    )


def test_a_site_that_is_well_is_told_so(site: Served) -> None:
    found = findings(site, 0)
    assert set(found) == {
        "settings", "keys", "permissions", "disk", "door", "door's partners", "checkpoint copies", "database",
        "register", "clock", "register's triggers", "register's check", "copied checkpoints",
        "list of what ended", "jobs of each hour", "program",
    }  # fmt: skip
    assert all(state in ("well", "look") for state, _ in found.values())
    told = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
    assert told.returncode == 0
    assert all(line.startswith(("well  ", "look  ")) for line in told.stdout.splitlines())


def test_settings_of_another_program_that_the_environment_names_are_not_the_sites(site: Served) -> None:
    """A terminal of somebody who writes a Django program of their own has this variable set."""
    foreign = {"DJANGO_SETTINGS_MODULE": "somebody.elses.settings"}
    for verb in (("doctor",), ("register", "guard", "--quiet"), ("register", "verify", "--quiet")):
        done = lippen(*verb, "--workspace", site.workspace, database_url=site.database_url, **foreign)
        assert (done.returncode, done.stderr) == (0, "")


def test_it_may_look_while_the_site_is_open(served: Served) -> None:
    found = findings(served, 0)
    assert found["database"][0] == "well"


def check_register(site: Served) -> None:
    """What the worker does each night."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from lippen.site.operation.starting import start_site\nstart_site(Path(sys.argv[1]))\n"
        "from lippen.site.register.nightly import check\ncheck()"
    )
    done = run("-c", code, str(site.workspace), env=environment(site.database_url))
    assert done.returncode == 0, done.stderr


def test_it_says_what_the_check_of_the_night_found_and_when_it_stopped_coming(site: Served) -> None:
    assert findings(site, 0)["register's check"] == ("well", "none yet; the first comes within a day ")
    check_register(site)
    assert findings(site, 0)["register's check"][1].startswith("whole on ")
    told = altered(site, at_hours_from_now(24 * 5)).stdout
    assert "the register has not been checked for 5 days" in told
    (copy,) = copies(site).glob("checkpoints-*.jsonl")
    well = copy.read_text()
    copy.write_text(f"{well}something else\n")
    check_register(site)
    copy.write_text(well)
    state, said = findings(site, 1)["register's check"]
    assert state == "wrong"
    assert "is no checkpoint" in said
    assert "tell the panel" in said
    check_register(site)
    assert findings(site, 0)["register's check"][0] == "well"


def test_what_others_can_read_is_wrong(site: Served) -> None:
    site.workspace.chmod(0o755)
    assert "chmod 700" in findings(site, 1)["permissions"][1]
    site.workspace.chmod(0o700)
    key = site.workspace / "keys" / "digest.key"
    key.chmod(0o640)
    assert "chmod 600" in findings(site, 1)["keys"][1]
    key.chmod(0o600)


def test_what_residents_sent_is_its_owners_alone_and_goes_when_it_should(site: Served) -> None:
    store = Store(site.workspace / FILE)
    today = datetime.now(UTC).date()
    store.receive_report(bytes(16), bytes(16), bytes(32), bytes(REPORT), today)
    door, demos = site.workspace / "speak", site.workspace / "speak of the demo"
    door.rename(demos)
    door.mkdir(mode=0o700)
    (door / "partnership.toml").write_text(PARTNERSHIP)
    (door / "areas.csv").write_text("larger_area,small_area,residents\nHarbour,S1,612\n")
    try:
        assert findings(site, 0)["door"] == ("well", "nothing is kept that has expired ")
        done = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
        said = [line for line in done.stdout.splitlines() if line.startswith("look  door's partners: ")]
        organisations = site.sql("SELECT name, kind FROM accounts_organisation")
        named = {
            name: kind
            for name, kind in organisations
            if any(f": {name} may read logs, and no other's desk" in one for one in said)
        }
        assert named
        assert "police" not in named.values(), "who is named by its kind can be refused"
        assert sum("residents can refuse Council (council), and no organisation" in one for one in said) == 1
        assert not any("The police" in one for one in said)
        assert sum("no manifest is published that can be read" in one for one in said) == 1
        shutil.copy(demos / "manifest.json", door)
        (door / "partnership.toml").write_text(PARTNERSHIP.replace('"council"', '"community-group"'))
        done = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
        groups = [name for name, kind in organisations if kind == "community-group"]
        assert groups
        for one in groups:
            assert (
                f"{one} may read logs and stands in {door / 'partnership.toml'}, and the published"
                in done.stdout
            )
        store.receive_report(bytes(16), b"1" * 16, bytes(32), b"1" * REPORT, today - timedelta(days=46))
        state, said = findings(site, 1)["door"]
        assert state == "wrong"
        assert said.startswith("2 things that residents sent should have gone by now Run lippen speak")
        store.sweep(today)
        store.file.chmod(0o644)
        found = findings(site, 1)
        assert found["door"][0] == "well"
        assert f"Run chmod 600 {store.file}" in found["permissions"][1]
    finally:
        store.file.unlink()
        shutil.rmtree(door)
        demos.rename(door)
    assert "door" not in findings(site, 0)


def test_a_public_key_that_was_exchanged_is_wrong(site: Served) -> None:
    public = site.workspace / "keys" / "seal.pub"
    true = public.read_text()
    public.write_text("11" * 32 + "\n")
    state, says = findings(site, 1)["keys"]
    assert (state, true.strip() in says) == ("wrong", True)
    public.write_text(true)


def test_a_public_key_that_is_no_text_is_wrong_and_no_crash(site: Served) -> None:
    public = site.workspace / "keys" / "seal.pub"
    true = public.read_bytes()
    try:
        for other in (b"\xff\xfe\x00\x80", true.strip() + "\u00e9".encode()):
            public.write_bytes(other)
            state, says = findings(site, 1)["keys"]
            assert (state, "is not the public half" in says) == ("wrong", True)
            assert true.decode().strip() in says
    finally:
        public.write_bytes(true)


def test_a_public_key_that_is_missing_is_said_to_be(site: Served) -> None:
    public = site.workspace / "keys" / "seal.pub"
    true = public.read_text()
    public.unlink()
    state, says = findings(site, 1)["keys"]
    assert (state, "is missing" in says, "is not the public half" in says) == ("wrong", True, False)
    assert true.strip() in says
    public.write_text(true)


def test_addresses_for_which_nothing_answers_are_told(site: Served, settings: Path, tmp_path: Path) -> None:
    settings.write_text('origins = ["https://lippen.example"]\n')
    state, says = findings(site, 0)["settings"]
    assert state == "look"
    assert "proxy is not true" in says
    assert "all visitors share one counter" in says
    made = make_certificate(read_configuration(tmp_path / "elsewhere"), "lippen.example")
    shown = ("--certificate", made.certificate, "--key", made.key)
    told = lippen("doctor", "--workspace", site.workspace, *shown, database_url=site.database_url)
    assert "well  settings: Lippen, reached from https://lippen.example." in told.stdout
    for well in ('origins = ["https://lippen.example"]\nproxy = true\n', 'origins = ["http://a.onion"]\n'):
        settings.write_text(well)
        assert findings(site, 0)["settings"][0] == "well"


def test_copies_inside_the_workspace_or_where_nobody_can_write_are_wrong(
    site: Served, settings: Path
) -> None:
    before = settings.read_text()
    settings.write_text(before + 'checkpoint_copies = "copies"\n')
    assert "lies in the workspace" in findings(site, 1)["checkpoint copies"][1]
    settings.write_text(before + 'checkpoint_copies = "/proc/copies"\n')
    assert "cannot be written to" in findings(site, 1)["checkpoint copies"][1]


def test_settings_that_cannot_be_read_are_wrong(site: Served, settings: Path, tmp_path: Path) -> None:
    settings.write_text("\ndemo = perhaps\n")
    state, says = findings(site, 1)["settings"]
    assert (state, f"{settings}, line 2: " in says) == ("wrong", True)
    nowhere = Served("", tmp_path / "nowhere", site.database_url, site.process)
    assert "no workspace" in findings(nowhere, 1)["settings"][1]


@pytest.mark.parametrize(
    ("file", "name", "says"),
    [
        ("site.toml", "settings", "cannot be read (it is no ordinary file)"),
        ("made-as.json", "settings", "cannot be read, and says on which database"),
        ("verified.json", "register's check", "none yet"),
    ],
)
def test_a_pipe_in_the_place_of_a_file_of_the_workspace_is_not_waited_for(
    site: Served, file: str, name: str, says: str
) -> None:
    here, aside = site.workspace / file, site.workspace / "aside"
    was_there = here.exists()
    if was_there:
        here.rename(aside)
    os.mkfifo(here)
    try:
        assert says in findings(site, 1 if name == "settings" else 0)[name][1]
    finally:
        here.unlink()
        if was_there:
            aside.rename(here)


def test_a_clock_that_went_back_is_wrong(site: Served) -> None:
    """The doctor is run with a clock that stands an hour before the last seal."""
    done = altered(site, at_hours_from_now(-1))
    assert done.returncode == 1, done.stdout + done.stderr
    (clock,) = [line for line in done.stdout.splitlines() if "clock" in line]
    assert clock.startswith("wrong clock: the clock stands")
    assert "timedatectl" in clock


def test_a_register_sealed_with_another_key_is_wrong(site: Served) -> None:
    keys = site.workspace / "keys"
    true = {name: (keys / name).read_text() for name in ("seal.key", "seal.pub")}
    (keys / "seal.key").write_text("22" * 32 + "\n")
    assert "not the public half" in findings(site, 1)["keys"][1]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("22" * 32)).public_key()
    (keys / "seal.pub").write_text(other.public_bytes_raw().hex() + "\n")
    assert "not sealed with this site's key" in findings(site, 1)["register"][1]
    for name, text in true.items():
        (keys / name).write_text(text)


def test_copies_that_fall_behind_are_wrong_and_it_says_by_how_much(site: Served) -> None:
    """A disk that is not mounted: the folder is there, and empty."""
    (copy,) = copies(site).glob("checkpoints-*.jsonl")
    whole = copy.read_bytes()
    lines = whole.count(b"\n")
    copy.unlink()
    told = altered(site, at_hours_from_now(1))
    assert told.returncode == 1
    assert f"ends with checkpoint 0 and the database with {lines}: it is {lines} behind, since" in told.stdout
    copy.write_bytes(whole + whole.splitlines(keepends=True)[-1].replace(b"}", b" }"))
    assert findings(site, 1)["copied checkpoints"][0] == "wrong"
    copy.write_bytes(whole)
    assert findings(site, 0)["copied checkpoints"] == ("well", f"up to checkpoint {lines} ")


def test_copies_that_somebody_damaged_are_wrong_and_said_to_be_no_fault_of_the_register(site: Served) -> None:
    (file,) = copies(site).glob("checkpoints-*.jsonl")
    whole = file.read_bytes()
    file.write_bytes(whole + b"nonsense\n")
    state, said = findings(site, 1)["copied checkpoints"]
    file.write_bytes(whole)
    assert state == "wrong"
    assert "was damaged, and not the register" in said


def test_a_list_of_what_ended_that_is_lost_old_or_changed_is_told(site: Served) -> None:
    kept = copies(site) / "ended.json"
    whole = kept.read_text()
    assert "look  list of what ended" in altered(site, at_hours_from_now(3)).stdout
    kept.unlink()
    assert "a restore would let leavers back in" in findings(site, 0)["list of what ended"][1]
    kept.write_text(whole.replace("2026", "2025"))
    assert "is not signed with this site's key" in findings(site, 1)["list of what ended"][1]
    kept.write_text(whole)


def test_a_trigger_of_the_register_that_was_dropped_is_wrong(site: Served) -> None:
    where = " ON register_entry" if site.database_url else ""
    site.sql(f"DROP TRIGGER register_entry_no_delete{where}")
    state, says = findings(site, 1)["register's triggers"]
    assert state == "wrong"
    assert "register_entry_no_delete" in says
    assert "lippen register guard" in says
    lippen("register", "guard", "--workspace", site.workspace, database_url=site.database_url)
    assert findings(site, 0)["register's triggers"][0] == "well"


def test_a_database_that_does_not_wait_for_its_disk_is_wrong(site: Served) -> None:
    if site.database_url is None:
        lazy = (
            "from lippen.site import configuration as c\n"
            "set_before = c.database_settings\n"
            "def lazy(one):\n"
            "    told = set_before(one)\n"
            "    told['OPTIONS']['init_command'] = 'PRAGMA synchronous=NORMAL;'\n"
            "    return told\n"
            "c.database_settings = lazy"
        )
        told = altered(site, lazy)
        assert told.returncode == 1
        assert "wrong database: SQLite does not wait for the disk" in told.stdout
        return
    name = site.database_url.rpartition("/")[2]
    site.sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    state, says = findings(site, 1)["database"]
    assert state == "wrong"
    assert "synchronous_commit is off" in says
    site.sql(f"ALTER DATABASE {name} RESET synchronous_commit")


def test_keys_in_the_workspace_of_a_site_that_others_reach_are_told(site: Served, settings: Path) -> None:
    before = settings.read_text()
    settings.write_text('origins = ["https://lippen.example"]\n')
    state, says = findings(site, 0)["keys"]
    assert state == "look"
    assert "name it as keys in site.toml" in says
    settings.write_text(before)
    assert findings(site, 0)["keys"][0] == "well"


def test_a_job_that_failed_is_told(site: Served) -> None:
    failing = "lippen.site.operation.hourly.keep_list_of_ended"
    (before,) = site.sql(
        "SELECT status, exception_class_path FROM django_tasks_database_dbtaskresult WHERE task_path = ?",
        failing,
    )
    set_to = (
        "UPDATE django_tasks_database_dbtaskresult SET status = ?, exception_class_path = ? "
        "WHERE task_path = ? RETURNING 1"
    )
    site.sql(set_to, "FAILED", "an.Error", failing)
    state, says = findings(site, 0)["jobs of each hour"]
    assert state == "look"
    assert "keep_list_of_ended failed at" in says
    site.sql(set_to, *before, failing)


def test_a_record_without_a_class_of_data_is_wrong(site: Served) -> None:
    undeclared = (
        "from lippen.site.register.classes import declare_impersonal as d\nd(['x.Y'], 'for no reason')"
    )
    told = altered(site, undeclared)
    assert told.returncode == 1
    assert "wrong program: register.E002: x.Y is declared and does not exist" in told.stdout


def copies(site: Served) -> Path:
    return site.workspace.with_name(f"{site.workspace.name}-checkpoints")


def test_a_database_that_is_gone_or_damaged_is_wrong(site: Served, tmp_path: Path) -> None:
    if site.database_url is not None:
        gone = Served("", site.workspace, site.database_url.replace("/lippen_", "/no_lippen_"), site.process)
        assert "names another" in findings(gone, 1)["settings"][1]
        nobody = site.database_url.replace("postgres@", "nobody-of-this-name@")
        gone = Served("", site.workspace, nobody, site.process)
        assert "cannot be reached" in findings(gone, 1)["database"][1]
        return
    file = site.workspace / "lippen.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    assert findings(site, 1)["database"][0] == "wrong"
    file.rename(tmp_path / "away")
    assert "its database is gone" in findings(site, 1)["database"][1]
    file.write_bytes(content)
    file.chmod(0o600)
    assert findings(site, 0)["database"][0] == "well"
