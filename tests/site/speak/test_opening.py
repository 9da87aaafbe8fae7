"""Opening the door: what `lippen speak` refuses in a line, what it goes on through, and how it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from doors import INDEX, OpenDoor, Receipt, make_page, open_door, publish
from envelopes import desk_id
from open_sites import LONG

from command_line import assert_one_line, lippen
from lippen.site.configuration import read_configuration
from lippen.site.operation.certificates import make_certificate
from lippen.site.speak.store import Store


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a manifest, and a page beside it."""
    (tmp_path / "workspace").mkdir(mode=0o700)
    make_page(tmp_path / "page")
    publish(tmp_path / "workspace")
    return tmp_path / "workspace"


def refused(workspace: Path, *options: str, says: str) -> None:
    page = workspace.parent / "page"
    given = () if "--page" in options else ("--page", page)
    assert_one_line(lippen("speak", "--workspace", workspace, *given, *options), says)


def processes_of(root: int) -> set[int]:
    """A process and those that it started."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    return {root, *(pid for pid, parent in pairs if parent == root)}


def are_gone(pids: set[int]) -> bool:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        if not any(is_running(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_off_this_machine_it_is_opened_by_https_only(workspace: Path) -> None:
    refused(workspace, "--host", "0.0.0.0", says="by HTTPS only")  # noqa: S104 - refused
    refused(workspace, "--host", "192.0.2.1", says="by HTTPS only")
    refused(workspace, "--certificate", "only-one.pem", says="go together")
    assert not (workspace / "speak.sqlite3").exists()


def test_a_store_that_others_can_reach_or_that_is_none_is_refused(workspace: Path) -> None:
    file = workspace / "speak.sqlite3"
    Store(file)
    file.chmod(0o644)
    refused(workspace, says=f"chmod 600 {file}")
    file.chmod(0o600)
    workspace.chmod(0o777)
    refused(workspace, says="others can write to this folder")
    workspace.chmod(0o700)
    file.write_bytes(b"no database at all" * 99)
    refused(workspace, says="move it away")


def test_a_place_without_a_workspace_or_a_page_is_refused(workspace: Path) -> None:
    refused(
        workspace / "nowhere", "--page", str(workspace.parent / "page"), says="there is no workspace here"
    )
    refused(workspace, "--page", str(workspace), says="there is no page here")
    assert_one_line(lippen("speak"), "no workspace was named")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "manifest.json").write_text("{}"), "this is no "),
        (lambda folder: (folder / "manifest.json").write_text("[" * 100_000), "this is no "),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff" * 2**21), "larger than 1 MiB"),
        (lambda folder: (folder / "desks/mart.json").write_text("{}"), "not the keys that the manifest"),
        (lambda folder: (folder / "desks/mart.json").unlink(), "not there yet"),
        (lambda folder: publish(folder.parent, leave="javascript:alert(1)"), "begins with https://"),
        (lambda folder: publish(folder.parent, leave="https://a\r\nSet-Cookie: a=b"), "begins with https://"),
    ],
)
def test_a_manifest_that_does_not_hold_together_is_refused(workspace: Path, spoil: object, says: str) -> None:
    assert callable(spoil)
    spoil(workspace / "speak")
    refused(workspace, says=says)


def test_a_desk_whose_name_is_a_path_is_refused(workspace: Path) -> None:
    (workspace / "speak" / "desks" / "sub").mkdir()
    publish(workspace, desks=("northfield", "sub/harbour"))
    refused(workspace, says="the id of a desk")


def test_a_newer_file_is_refused(workspace: Path) -> None:
    with closing(sqlite3.connect(Store(workspace / "speak.sqlite3").file)) as database:
        database.execute("PRAGMA user_version = 9")
    refused(workspace, says="newer Lippen (version 9")


def test_a_retired_workspace_is_refused(workspace: Path) -> None:
    (workspace / "retired.json").write_text("{}")
    refused(workspace, says="was retired")
    assert not (workspace / "speak.sqlite3").exists()


def test_it_waits_for_a_manifest_and_follows_its_replacement(tmp_path: Path) -> None:
    with open_door(tmp_path, published=False) as door:
        assert "Nobody can send anything yet" in door.log.read_text()
        assert str(door.workspace / "speak") in door.log.read_text()
        for method, path in (("GET", "/"), ("GET", "/challenge"), ("POST", "/reports")):
            told = door.ask(method, path)
            assert told.status == 503
            assert b"This door is not open yet" in told.body
            assert "set-cookie" not in told.headers
        publish(door.workspace, desks=("northfield",))
        assert comes(door, 200)
        assert door.report(Receipt.draw()).status == 204
        assert door.report(Receipt.draw(), desk="harbour").status == 404
        publish(door.workspace, desks=("northfield", "harbour"))
        until = time.monotonic() + LONG
        while door.ask("GET", "/desks/harbour.json").status == 404 and time.monotonic() < until:
            time.sleep(0.1)
        assert door.report(Receipt.draw(), desk="harbour").status == 204
        (door.workspace / "speak" / "manifest.json").write_text("half of a")
        time.sleep(1.2)
        assert door.ask("GET", "/").body == INDEX, "what was published stays until the new one is whole"
        (door.workspace / "speak" / "manifest.json").unlink()
        assert comes(door, 503)


def comes(door: OpenDoor, status: int) -> bool:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        if door.ask("GET", "/").status == status:
            return True
        time.sleep(0.1)
    return False


def test_a_second_door_over_one_store_is_refused_and_the_first_ends_whole(tmp_path: Path) -> None:
    with open_door(tmp_path) as door:
        assert stat.S_IMODE((door.workspace / "speak.sqlite3").stat().st_mode) == 0o600
        refused(door.workspace, says="this door is open already")
        other = tmp_path / "other"
        other.mkdir()
        page = str(tmp_path / "page")
        refused(other, "--page", page, "--port", str(door.port), says="in use by another program")
        pids = processes_of(door.process.pid)
        assert len(pids) >= 2, "the one that starts it, and the door"
        door.process.send_signal(signal.SIGTERM)
        assert door.process.wait(LONG) == 0
        assert are_gone(pids)


@pytest.mark.parametrize("which", ["all of it", "the one that started it"])
def test_a_door_that_is_killed_while_it_writes_leaves_whole_rows_and_opens_again(
    tmp_path: Path, which: str
) -> None:
    kept: list[Receipt] = []
    with open_door(tmp_path) as door:
        pids = processes_of(door.process.pid)

        def send() -> None:
            with suppress(OSError):
                while True:
                    receipt = Receipt.draw()
                    if door.report(receipt).status == 204:
                        kept.append(receipt)

        threads = [threading.Thread(target=send) for _ in range(4)]
        for one in threads:
            one.start()
        until = time.monotonic() + LONG
        while len(kept) < 12 and time.monotonic() < until:
            time.sleep(0.01)
        for pid in pids if which == "all of it" else {door.process.pid}:
            os.kill(pid, signal.SIGKILL)
        for one in threads:
            one.join()
        assert are_gone(pids)
    assert len(kept) >= 12
    store = Store(tmp_path / "workspace" / "speak.sqlite3")
    with closing(sqlite3.connect(store.file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        mailboxes = {bytes(one) for (one,) in database.execute("SELECT id FROM mailbox")} - {b"\xff" * 16}
    reports = store.waiting(desk_id())
    assert len(reports) == len(mailboxes) == store.arrivals(desk_id(), datetime.now(UTC).date()).this_week
    assert {one.mailbox for one in kept} <= mailboxes, "what was answered with 204 is there"
    with open_door(tmp_path) as again:
        assert again.report(Receipt.draw()).status == 204


def test_by_https_it_says_that_it_stays_so(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir(mode=0o700)
    made = make_certificate(read_configuration(site), "127.0.0.1")
    options = ("--certificate", str(made.certificate), "--key", str(made.key))
    with open_door(tmp_path, *options) as door:
        context = ssl.create_default_context(cafile=str(tmp_path / "site-authority" / "authority.pem"))
        connection = HTTPSConnection("127.0.0.1", door.port, timeout=LONG, context=context)
        connection.request("GET", "/")
        told = connection.getresponse()
        assert (told.status, told.read()) == (200, INDEX)
        assert told.getheader("Strict-Transport-Security") == "max-age=31536000"
        connection.close()
        assert door.log.read_text().startswith(f"The door is open: https://localhost:{door.port}/\n")


def test_the_door_loads_nothing_of_the_site() -> None:
    code = (
        "import sys, lippen.site.speak.serving\n"
        "rooms = ('accounts', 'api', 'configuration', 'form', 'insight', 'keys', 'operation', 'register')\n"
        "found = [one for one in sys.modules if one.split('.')[0] in ('django', 'ninja', 'allauth')]\n"
        "found += [one for one in sys.modules if one.startswith(tuple(f'lippen.site.{r}' for r in rooms))]\n"
        "print(found)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
