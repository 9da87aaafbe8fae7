"""The whole machine of a partnership: its site and its door as they are run, people who are signed in, a mail
program that is a folder, and a folder of temporary files that is watched.

Everything of it is in one folder: `workspace`, `outbox`, `temporary`, the logs of both (`workspace.log`,
`log`), `page`, and `backups`.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from doors import OpenDoor, open_door
from made_partnership import AREAS, TOML, recovery, worker_file, write_keys
from made_partnership import publish as publish_manifest
from open_sites import LONG, Served, closed, environment, lippen, start, stop
from searching_machines import MemoryNotRead, Sought, in_file, in_folder, in_memory, tree

from forked import run
from lippen.site.speak.page import BUILT

HERE: Final = Path(__file__).parent
DESK: Final = "Harbour Women's Desk"

_SETUP: Final = """
import json, sys
from pathlib import Path
from lippen.site.operation.starting import start_site
start_site(Path(sys.argv[1]))
from django.conf import settings
from people_factory import make_colleague, make_organisation, signed_in
desk = make_organisation("community-group", name=sys.argv[2])
make_organisation("police", name="Police")
homes = make_organisation("housing", name="Homes")
people = {"ada": make_colleague(desk, "desk"), "bea": make_colleague(desk, "desk"),
          "partner": make_colleague(homes, "co-ordinator")}
name = settings.SESSION_COOKIE_NAME
print(json.dumps({who: [name, signed_in(one).cookies[name].value] for who, one in people.items()}))
"""
_RELEASE: Final = """
import sys
from datetime import timedelta
from pathlib import Path
from lippen.site.operation.starting import start_site
start_site(Path(sys.argv[1]))
from django.utils import timezone
from lippen.site.desk.releasing import release_due
print(release_due(timezone.now() + timedelta(hours=73)))
"""


@dataclass
class Machine:
    """A machine that is running. `cookies` are those of people who are signed in, name and value; `passing`
    is what lay in temporary files and journals, by their names; `unread` is why no memory could be read.
    """

    place: Path
    site: Served
    cookies: dict[str, tuple[str, str]]
    marked: str
    opened: ExitStack
    door: OpenDoor | None = None
    passing: dict[str, set[bytes]] = field(default_factory=dict)
    unread: str = ""

    @property
    def workspace(self) -> Path:
        return self.place / "workspace"

    def open_door(self) -> OpenDoor:
        """Sign and publish the keys that the workers made, and open the door for residents."""
        write_keys(self.workspace, "harbour", "recovery", recovery("harbour recovery"))
        write_keys(self.workspace, "hill", "cat", worker_file("hill cat"))
        write_keys(self.workspace, "hill", "recovery", recovery("hill recovery"))
        publish_manifest(self.workspace)
        self.door = self.opened.enter_context(
            open_door(self.place, TMPDIR=str(self.place / "temporary"), SAID_OUTSIDE=self.marked)
        )
        return self.door

    def release(self) -> int:
        """Let the logs go whose time has come three days from now. Returns how many."""
        told = run("-c", _RELEASE, str(self.workspace), env=environment(None), timeout=120)
        assert told.returncode == 0, told.stderr
        return int(told.stdout)

    def processes(self) -> dict[str, list[int]]:
        assert self.site.process
        found = {"site": tree(self.site.process.pid)}
        if self.door is not None:
            found["door"] = tree(self.door.process.pid)
        return found

    def seized(self, sought: Sought) -> dict[str, set[str]]:
        """All that lies on this machine at this moment: which of the words are found, by where they are."""
        backup = self.place / "backups" / f"{time.monotonic_ns()}.tar"
        backup.parent.mkdir(exist_ok=True)
        made = lippen("backup", "--workspace", self.workspace, "--out", backup)
        assert made.returncode == 0, made.stderr
        found = {f"workspace/{name}": words for name, words in in_folder(self.workspace, sought).items()}
        found["backup"] = in_file(backup, sought)
        for name in ("outbox", "temporary"):
            found[name] = set().union(*in_folder(self.place / name, sought).values())
        found["passing files"] = set().union(
            *(sought.within(one) for contents in list(self.passing.values()) for one in list(contents))
        )
        for name in ("log", "workspace.log"):
            found[name] = in_file(self.place / name, sought)
        try:
            for name, processes in self.processes().items():
                for process in processes:
                    found[f"memory of the {name}, {_does(process)} {process}"] = in_memory(process, sought)
        except MemoryNotRead as why:
            self.unread = str(why)
        return found


@contextmanager
def whole_machine(place: Path, marked: str) -> Iterator[Machine]:
    """A site that is open, with a desk of two and a partner. Each of its processes is started with `marked`
    in its environment.
    """
    workspace = place / "workspace"
    closed("serve", workspace, None)
    (place / "page").symlink_to(BUILT)
    for name in ("outbox", "temporary"):
        (place / name).mkdir()
    with (workspace / "site.toml").open("a") as written:
        written.write('\nmail_from = "lippen@example.org"\n')
    speak = workspace / "speak"
    speak.mkdir(mode=0o700)
    (speak / "partnership.toml").write_text(TOML + '\n[[partners]]\nid = "housing"\nname = "Homes"\n')
    (speak / "areas.csv").write_text(AREAS + "Old Town,Old Town,801\n")
    found_first = os.environ.get("PYTHONPATH", "")
    paths = {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent), found_first])}
    said = run("-c", _SETUP, str(workspace), DESK, env={**environment(None), **paths}, timeout=120)
    assert said.returncode == 0, said.stderr
    site = start(
        "serve",
        workspace,
        None,
        settings="outbox_settings",
        TMPDIR=str(place / "temporary"),
        SAID_OUTSIDE=marked,
        PYTHONPATH=paths["PYTHONPATH"],
    )
    cookies = {who: (name, value) for who, (name, value) in json.loads(said.stdout).items()}
    with ExitStack() as opened:
        opened.callback(stop, site)
        machine = Machine(place, site, cookies, marked, opened)
        over = threading.Event()
        watching = threading.Thread(target=_watch, args=(machine, over))
        watching.start()
        opened.callback(watching.join)
        opened.callback(over.set)
        _let_one_pass(machine)
        yield machine


PASSES: Final = "passes-journal"


def _let_one_pass(machine: Machine) -> None:
    """A journal that lies there until it is kept: the control of whether what passes by is kept."""
    passing = machine.workspace / PASSES
    whole = passing.with_suffix(".whole")
    whole.write_bytes(b"passes by")
    whole.replace(passing)
    waits_until = time.monotonic() + LONG
    while PASSES not in machine.passing and time.monotonic() < waits_until:
        time.sleep(0.05)
    passing.unlink()


def _watch(machine: Machine, over: threading.Event) -> None:
    """Keep what passes through the folder of temporary files, and journals, which go with each message."""
    while not over.wait(0.02):
        for one in (*machine.place.glob("temporary/**/*"), *machine.workspace.glob("*-journal")):
            try:
                machine.passing.setdefault(one.name, set()).add(one.read_bytes())
            except (FileNotFoundError, IsADirectoryError):
                continue


def _does(process: int) -> str:
    """What a process is for, of those of a site and a door."""
    told = Path(f"/proc/{process}/cmdline").read_bytes()
    return next(
        (name for name in ("operation.worker", "spawn_main", "resource_tracker") if name.encode() in told),
        "first",
    )
