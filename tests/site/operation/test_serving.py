"""`lippen serve` as its own processes: what it makes, what it refuses in a line, and that it ends whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from open_sites import (
    LONG,
    WORKERS,
    Served,
    closed,
    environment,
    free_port,
    lippen,
    own_database,
    start,
    stop,
)

from command_line import MAPPING, TOWN
from forked import run


@pytest.fixture
def database_url() -> Iterator[str | None]:
    with own_database() as address:
        yield address


def parents() -> dict[int, int]:
    """The parent of every process."""
    found = {}
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, parent, state = line.split()
        if not state.startswith("Z"):
            found[int(pid)] = int(parent)
    return found


def tree(root: int) -> set[int]:
    """A process and all that it started, and they."""
    all_of_them = parents()
    found, more = set(), {root} & set(all_of_them)
    while more:
        found |= more
        more = {pid for pid, parent in all_of_them.items() if parent in more}
    return found


def gone(pids: set[int]) -> bool:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        if not pids & set(parents()):
            return True
        time.sleep(0.05)
    return False


def said(site: Served) -> str:
    return site.workspace.with_name(f"{site.workspace.name}.log").read_text()


def seconds_worked(pids: set[int]) -> float:
    """Seconds of a processor that these took. A busy machine lets a clock run on, and not this."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def test_a_new_site_is_made_and_its_first_page_comes_within_ten_seconds(
    tmp_path: Path, database_url: str | None
) -> None:
    site = start("serve", tmp_path / "partnership", database_url)
    try:
        assert site.client().get("/").status == 200
        assert seconds_worked(tree(site.process.pid)) < 10
        assert f"The site is open: {site.origin}\n" in said(site)
        (link,) = [line for line in said(site).splitlines() if "first administrator" in line]
        path = link.split(site.origin)[1]
        assert site.client().get(path).status in (200, 302)
        assert site.client().get("/demo/").status == 404
        made = site.workspace.stat().st_mode & 0o777, (site.workspace / "keys").stat().st_mode & 0o777
        assert made == (0o700, 0o700)
        if database_url is None:
            assert (site.workspace / "lippen.sqlite3").stat().st_mode & 0o777 == 0o600
    finally:
        assert stop(site) == 0
    again = start("serve", site.workspace, database_url)
    assert "first administrator" in said(again), "nobody has become administrator yet"
    assert stop(again) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_whole_tree_ends_however_its_root_does(
    tmp_path: Path, database_url: str | None, number: signal.Signals
) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    site = start("serve", site.workspace, database_url, workers=WORKERS)
    pids = tree(site.process.pid)
    assert len(pids) >= 4, "the server, two web workers and the background worker"
    site.process.send_signal(number)
    code = site.process.wait(LONG)
    assert code == (-9 if number == signal.SIGKILL else 0)
    assert gone(pids)
    with socket.socket() as port:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(("127.0.0.1", int(site.origin.rsplit(":", 1)[1])))
    if number == signal.SIGKILL:
        again = start("serve", site.workspace, database_url)
        assert again.client().get("/").status == 200
        assert stop(again) == 0


def workers(site: Served) -> dict[int, str]:
    """The web workers and the background worker of a site: what each was started with."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return {
        int(pid): what
        for pid, parent, what in rows
        if int(parent) == site.process.pid and "resource_tracker" not in what and "defunct" not in what
    }


def test_workers_that_are_killed_are_started_again(tmp_path: Path, database_url: str | None) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    site = start("serve", site.workspace, database_url, workers=WORKERS)
    try:
        first = workers(site)
        assert len(first) == 3
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            now = workers(site)
            if len(now) == 3 and not set(now) & set(first):
                break
            time.sleep(0.1)
        assert sum("lippen.site.operation.worker" in what for what in now.values()) == 1
        assert site.process.poll() is None
        while time.monotonic() < until:
            try:
                assert site.client().get("/").status == 200
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("no page came again")
    finally:
        assert stop(site) == 0


def test_a_workspace_is_served_once(tmp_path: Path, database_url: str | None) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    site = start("serve", site.workspace, database_url)
    try:
        second = lippen(
            "serve", "--workspace", site.workspace, "--port", str(free_port()), database_url=database_url
        )
        assert second.returncode == 2
        assert "in use by another lippen serve" in second.stderr
        for verb in (["upgrade"], ["retire", "--out", tmp_path / "held", "--confirm", "Lippen"]):
            refused = lippen(*verb, "--workspace", site.workspace, database_url=database_url)
            assert refused.returncode == 2
            assert "in use" in refused.stderr
        assert site.client().get("/").status == 200
    finally:
        stop(site)


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_what_keeps_it_from_opening_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    port = free_port()
    asked = ("serve", "--port", str(port), "--workspace")
    with socket.create_server(("127.0.0.1", port)):
        for verb in ("serve", "demo"):
            place = tmp_path / "above" / "one"
            refused = lippen(verb, "--port", str(port), "--workspace", place)
            one_line(refused, f"port {port} is in use", "--port")
    off = ("--host", "0.0.0.0")  # noqa: S104 - what is refused
    one_line(lippen(*asked, tmp_path / "one", *off), "HTTPS only")
    shown = ("--certificate", tmp_path / "none.pem", "--key", tmp_path / "none.key")
    one_line(lippen(*asked, tmp_path / "one", *off, *shown), "none.pem")
    assert list(tmp_path.iterdir()) == [], "nothing is made where it cannot be served"
    (tmp_path / "file").write_text("")
    one_line(lippen(*asked, tmp_path / "file" / "inside"), "file/inside")
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "letter.txt").write_text("mine")
    one_line(lippen(*asked, tmp_path / "held"), "something else", "Name a new or an empty folder")
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    one_line(lippen(*asked, tmp_path / "two", database_url=nowhere), "cannot be reached", "Start PostgreSQL")
    one_line(
        lippen(*asked, tmp_path / "three", database_url="mysql://x/y"), "begins with neither", "postgres://"
    )
    (tmp_path / "two" / "site.toml").write_text('colour = "red"\n')
    one_line(lippen(*asked, tmp_path / "two"), "'colour' is no setting")
    (tmp_path / "two" / "site.toml").write_text('demo = true\norigins = ["https://lippen.example.org"]\n')
    one_line(lippen(*asked, tmp_path / "two"), "anybody in as anybody")


def test_settings_may_be_written_before_the_first_start_and_a_demo_is_not_made_of_them(
    tmp_path: Path, database_url: str | None
) -> None:
    workspace, keys = tmp_path / "partnership", tmp_path / "keys"
    workspace.mkdir()
    (workspace / "site.toml").write_text(f'name = "Braeside"\nkeys = "{keys}"\n')
    port = ("--port", str(free_port()))
    one_line(lippen("demo", *port, "--workspace", workspace), "not made by lippen demo")
    imported = ("import", TOWN, "--mapping", MAPPING, "--workspace", workspace)
    one_line(lippen(*imported), "something else", "Name a new or an empty folder")
    assert [one.name for one in workspace.iterdir()] == ["site.toml"]
    (workspace / "letter.txt").write_text("mine")
    one_line(lippen("serve", *port, "--workspace", workspace), "something else")
    (workspace / "letter.txt").unlink()
    site = start("serve", workspace, database_url)
    try:
        assert "Braeside" in site.client().get("/").text
        assert (keys / "seal.key").exists()
        assert not (workspace / "keys").exists()
    finally:
        assert stop(site) == 0


def test_exposed_and_missing_keys_keep_it_from_opening(tmp_path: Path, database_url: str | None) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    keys = site.workspace / "keys"
    asked = ("serve", "--port", str(free_port()), "--workspace", site.workspace)
    (keys / "seal.key").chmod(0o644)
    one_line(lippen(*asked, database_url=database_url), "others than its owner", "chmod 600")
    (keys / "seal.key").chmod(0o600)
    (keys / "seal.key").rename(tmp_path / "seal.key")
    one_line(lippen(*asked, database_url=database_url), "seal.key", "Restore it from the backup of the keys")
    for name in ("session.key", "digest.key", "seal.pub"):
        (keys / name).rename(tmp_path / name)
    one_line(lippen(*asked, database_url=database_url), "has a database and no keys", "keep-the-keys")
    assert list(keys.glob("*")) == [], "no new key was made beside an old database"


def test_a_demo_is_not_made_of_a_real_site_nor_served_off_this_machine(
    tmp_path: Path, database_url: str | None
) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    port = ("--port", str(free_port()))
    one_line(
        lippen("demo", *port, "--workspace", site.workspace, database_url=database_url),
        "not made by lippen demo",
    )
    off = ("--host", "0.0.0.0")  # noqa: S104 - what is refused
    one_line(
        lippen("serve", *port, *off, "--workspace", site.workspace, database_url=database_url), "HTTPS only"
    )
    demo = closed("demo", tmp_path / "demo", None)
    one_line(lippen("serve", *port, *off, "--workspace", demo.workspace), "this machine alone")


def made_as(site: Served) -> dict[str, object]:
    told: dict[str, object] = json.loads((site.workspace / "made-as.json").read_text())
    return told


def test_a_second_site_is_not_made_beside_the_first_on_another_database(
    tmp_path: Path, database_url: str | None
) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    name = database_url.rpartition("/")[2] if database_url else ""
    kind = "postgresql" if database_url else "sqlite"
    assert made_as(site) == {"database": kind, "name": name, "demo": False}
    asked = ("serve", "--port", str(free_port()), "--workspace", site.workspace)
    held = sorted(one.name for one in site.workspace.iterdir())
    if database_url is None:
        one_line(lippen(*asked, database_url="postgres://nobody@127.0.0.1:1/none"), "SQLite", "Unset")
    else:
        one_line(lippen(*asked), f"PostgreSQL database {name}", "DATABASE_URL is not set")
        with own_database() as other:
            one_line(lippen(*asked, database_url=other), "names another")
    doctor = lippen(
        *("doctor", "--workspace", site.workspace),
        database_url=None if database_url else "postgres://nobody@127.0.0.1:1/none",
    )
    assert doctor.returncode == 1
    assert doctor.stdout.startswith("wrong settings: ")
    assert "made-as.json" in doctor.stdout
    assert sorted(one.name for one in site.workspace.iterdir()) == held
    assert stop(start("serve", site.workspace, database_url)) == 0


def test_an_empty_database_does_not_take_the_place_of_one_that_is_gone(
    tmp_path: Path, database_url: str | None
) -> None:
    site = closed("serve", tmp_path / "partnership", database_url)
    if database_url is None:
        for file in site.workspace.glob("lippen.sqlite3*"):
            file.rename(tmp_path / file.name)
        says = "its database is gone"
    else:
        site.sql("DROP SCHEMA public CASCADE")
        site.sql("CREATE SCHEMA public")
        says = "names is empty"
    port = ("--port", str(free_port()))
    for verb in (["serve", *port], ["backup", "--out", tmp_path / "x.tar"], ["upgrade"]):
        refused = lippen(*verb, "--workspace", site.workspace, database_url=database_url)
        one_line(refused, "this workspace has a site", says, "restore the last backup")
    doctor = lippen("doctor", "--workspace", site.workspace, database_url=database_url)
    assert doctor.returncode == 1
    assert says in doctor.stdout
    assert "lippen serve" not in doctor.stdout
    assert not (site.workspace / "lippen.sqlite3").exists()


LET_IN = """
import sys
from pathlib import Path
from lippen.site.operation.starting import start_site
start_site(Path(sys.argv[1]))
from lippen.site.accounts.services import make_organisation, make_person
homes = make_organisation("Homes", "housing", "uk-gdpr")
make_person("Ann Orr", "ann.orr@homes.example", [(homes, "administrator")])
"""


def let_in(site: Served) -> None:
    """Somebody real enters a site that is closed."""
    done = run("-c", LET_IN, str(site.workspace), env=environment(site.database_url))
    assert done.returncode == 0, done.stderr


def test_a_site_with_real_people_is_no_demo(tmp_path: Path, database_url: str | None) -> None:
    """Its pages would say that nobody in it is real, and made-up incidents would lie in its lake."""
    site = closed("serve", tmp_path / "partnership", database_url)
    let_in(site)
    (site.workspace / "site.toml").write_text("demo = true\n")
    port = ("--port", str(free_port()))
    asked = ("--workspace", site.workspace)
    one_line(
        lippen("serve", *port, *asked, database_url=database_url), "made as a real one", "Take that line"
    )
    (site.workspace / "made-as.json").unlink()  # as in a workspace of before that was written
    for verb in (["serve", *port], ["backup", "--out", tmp_path / "x.tar"], ["upgrade"]):
        refused = lippen(*verb, *asked, database_url=database_url)
        one_line(refused, "real people in this site", "Take that line out")
    doctor = lippen("doctor", *asked, database_url=database_url)
    assert doctor.returncode == 1
    assert "wrong demo: " in doctor.stdout
    assert "real people in this site" in doctor.stdout
    assert not (site.workspace / "made-as.json").exists(), "nothing says that it is one"
    assert list((site.workspace / "lake").rglob("*.parquet")) == []
    assert site.sql("SELECT name FROM accounts_person") == [("Ann Orr",)]
    (site.workspace / "site.toml").unlink()
    assert stop(start("serve", site.workspace, database_url)) == 0
    assert made_as(site)["demo"] is False


def test_a_demo_in_which_somebody_was_invited_stays_one(tmp_path: Path, database_url: str | None) -> None:
    demo = closed("demo", tmp_path / "demo", database_url)
    assert made_as(demo)["demo"] is True
    let_in(demo)
    assert stop(start("demo", demo.workspace, database_url)) == 0
    assert ("Ann Orr",) in demo.sql("SELECT name FROM accounts_person")


def test_it_listens_on_this_machine_alone(served: Served) -> None:
    port = int(served.origin.rsplit(":", 1)[1])
    outward = [
        address[4][0]
        for address in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)
        if not address[4][0].startswith("127.")
    ]
    for address in outward:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, port), timeout=5)
    listening = Path("/proc/net/tcp").read_text()
    held = [
        line.split()[1] for line in listening.splitlines()[1:] if f":{port:04X} " in line and " 0A " in line
    ]
    assert held
    assert {one.split(":")[0] for one in held} == {"0100007F"}
