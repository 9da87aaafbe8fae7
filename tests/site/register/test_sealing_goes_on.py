"""Whatever becomes of the hourly jobs, sealing goes on: real workers whose look for unusual reading fails."""
# ruff: noqa: S608 - the names of tables and jobs are this test's own

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from open_sites import LONG, Served, environment, own_database

from forked import run

LOOK = "django_tasks_database_dbtaskresult WHERE task_path = 'lippen.site.register.tasks.look_for_unusual'"

IMPORTS = "import sys\nfrom pathlib import Path\n"
MAKE = "from lippen.site.operation.preparing import open_site\nopen_site(Path(sys.argv[1]), make=True)"
OPEN = "from lippen.site.operation.starting import start_site\nstart_site(Path(sys.argv[1]))\n"
ENTER = f"{OPEN}from registers_at_work import enter\nenter(3)"
WORK = (
    OPEN
    + "from lippen.site.operation import worker\nfrom lippen.site.register import tasks\n"
    + "{fault}\nworker.main()"
)

RAISES = "def look(): raise ZeroDivisionError\ntasks.look = look"
NEVER_ENDS = "def look():\n while True: sum(range(10_000))\ntasks.look = look"
KILLS = "import os\ntasks.look = lambda: os._exit(9)"
NO_FAULT = ""
CHECK = LOOK.replace("look_for_unusual", "check_register")
CHECKS_AT_ONCE = "worker._SECONDS_BEFORE_NIGHTLY = 0\n"


@dataclass
class Site:
    """A site that nobody serves, and the workers that were started for it."""

    workspace: Path
    database_url: str | None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        here = Path(__file__).parent
        return {**environment(self.database_url), "PYTHONPATH": f"{here}:{here.parent}"}

    def start(self, code: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", IMPORTS + code, str(self.workspace)]
        with self.workspace.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, stderr=log)

    def run(self, code: str) -> None:
        done = run("-c", IMPORTS + code, str(self.workspace), env=self.environment, timeout=LONG)
        with self.workspace.with_suffix(".log").open("a") as log:
            log.write(done.stderr)
        assert done.returncode == 0, self.log()

    def work(self, fault: str) -> subprocess.Popen[bytes]:
        self.workers.append(self.start(WORK.format(fault=fault)))
        return self.workers[-1]

    def log(self) -> str:
        return self.workspace.with_suffix(".log").read_text()

    def one(self, query: str) -> object:
        rows = Served("", self.workspace, self.database_url).sql(query)
        return rows[0][0] if rows else None

    def all_sealed(self) -> bool:
        sealed = self.one("SELECT coalesce(sum(entries), 0) FROM register_checkpoint")
        return sealed == self.one("SELECT count(*) FROM register_entry")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + LONG
        while not holds():
            assert time.monotonic() < end, f"it never came that {what}:\n{self.log()}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def never_served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site on SQLite that nobody ever opened: none of its hourly jobs is done."""
    one = Site(tmp_path_factory.mktemp("never-served") / "site", None)
    one.run(MAKE)
    return one.workspace


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    with own_database() as database_url:
        one = Site(tmp_path / "site", database_url)
        if database_url is None:
            shutil.copytree(request.getfixturevalue("never_served"), one.workspace)
        else:
            one.run(MAKE)
        yield one
        for worker in one.workers:
            worker.kill()
            worker.wait()


def look_is(site: Site, status: str) -> Callable[[], bool]:
    return lambda: site.one(f"SELECT status FROM {LOOK}") == status


def test_a_look_that_fails_is_kept_with_its_job_and_sealing_goes_on(site: Site) -> None:
    worker = site.work(RAISES)
    site.until(look_is(site, "FAILED"), "the look failed")
    assert "ZeroDivisionError" in str(site.one(f"SELECT exception_class_path FROM {LOOK}"))
    site.run(ENTER)
    site.until(site.all_sealed, "all was sealed")
    assert worker.poll() is None
    jobs = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE"
    site.until(lambda: site.one(f"{jobs} finished_at IS NULL") == 0, "the other hourly jobs were done")
    assert site.one(f"{jobs} status = 'FAILED'") == 1
    told = f"{OPEN}from lippen.site.operation.hourly import failures\nprint(failures(), file=sys.stderr)"
    site.run(told)
    assert "Failure(name='look_for_unusual'" in site.log()
    site.run(f"{OPEN}from lippen.site.operation.hourly import put_into_queue\nassert put_into_queue() == 0")


def test_a_look_that_never_ends_does_not_hold_sealing_up(site: Site) -> None:
    worker = site.work(NEVER_ENDS)
    site.until(look_is(site, "RUNNING"), "the look began")
    site.run(ENTER)
    site.until(site.all_sealed, "all was sealed")
    assert look_is(site, "RUNNING")(), "and it still went on"
    worker.terminate()
    assert worker.wait(LONG) == 0, "a worker that is told to stop does not wait for it"


def test_the_check_of_the_night_is_done_beside_sealing_and_holds_it_up_never(site: Site) -> None:
    site.run(ENTER)
    site.work(CHECKS_AT_ONCE)
    done = f"SELECT 1 FROM {CHECK} AND status = 'SUCCESSFUL'"
    site.until(lambda: site.one(done) == 1, "the register was checked")
    assert (site.workspace / "verified.json").is_file()
    site.workers[0].kill()
    site.workers[0].wait(LONG)
    again = f"UPDATE {CHECK.partition(' WHERE')[0]} SET enqueued_at = '2026-01-01 00:00:00+00:00'"
    site.run(f"{OPEN}from django.db import connection\nconnection.cursor().execute({again!r})")
    site.work(CHECKS_AT_ONCE + "def check():\n while True: sum(range(10_000))\ntasks.check = check")
    running = f"SELECT 1 FROM {CHECK} AND status = 'RUNNING'"
    site.until(lambda: site.one(running) == 1, "a check began that never ends")
    site.run(ENTER)
    site.until(site.all_sealed, "all was sealed")
    assert site.one(running) == 1


def test_a_look_that_takes_the_worker_with_it_is_given_up_before_the_site_is_closed(site: Site) -> None:
    for _ in range(2):
        assert site.work(KILLS).wait(LONG) == 9, site.log()
    worker = site.work(KILLS)
    site.until(look_is(site, "FAILED"), "the look was given up")
    site.run(ENTER)
    site.until(site.all_sealed, "all was sealed")
    assert worker.poll() is None


def test_a_queue_that_cannot_be_read_is_no_fault_of_the_sealer(site: Site) -> None:
    away = "ALTER TABLE django_tasks_database_dbtaskresult RENAME TO elsewhere"
    site.run(f"{OPEN}from django.db import connection\nconnection.cursor().execute({away!r})")
    worker = site.work(NO_FAULT)
    site.run(ENTER)
    site.until(site.all_sealed, "all was sealed")
    site.until(lambda: "jobs failed and is tried again" in site.log(), "the fault was logged")
    assert worker.poll() is None
