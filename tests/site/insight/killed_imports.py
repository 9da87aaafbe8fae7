"""A site whose imports are killed at named points: `python killed_imports.py WORKSPACE VERB [POINT]`.

`prepare` makes the site, with a waiting import and copies of itself at each state that tests begin with.
`kill` runs what waits in a process that ends at the point as if it had been killed, then lets the queue take
up what was left behind, as at the start of a worker, and prints what there is before and after.
`full` runs what waits where no file may grow past a limit, as on a full disk.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django

WORKSPACE = Path(sys.argv[1]) if __name__ == "__main__" else Path()
LARGEST_FILE = 2 << 20

POINTS: dict[str, tuple[str, str, str, bool]] = {
    "before anything is read": ("lippen.signals.folder", "", "read_files", False),
    "when all is read": ("lippen.signals.committing", "", "settle_and_commit", False),
    "before files are moved": ("lippen.workspace", "StagedImport", "commit", False),
    "before the state is swapped": ("lippen.manifest", "Manifest", "swap", False),
    "after the state was swapped": ("lippen.manifest", "Manifest", "swap", True),
    "before it is written down": ("lippen.site.insight.import_ends", "", "came_in", False),
    "after it was written down": ("lippen.site.insight.import_ends", "", "came_in", True),
    "before results are written": ("lippen.workspace", "Workspace", "write_results", False),
    "after results were written": ("lippen.workspace", "Workspace", "write_results", True),
    "before it is done": ("lippen.site.insight.import_ends", "", "done", False),
    "before it is undone in the lake": ("lippen.workspace", "Workspace", "undo_import", False),
    "after it was undone in the lake": ("lippen.workspace", "Workspace", "undo_import", True),
    "after its parts were marked": ("lippen.site.insight.import_ends", "", "taken_back", True),
    "before it is undone": ("lippen.site.insight.import_ends", "", "undone", False),
}
"""Each point: the module, the class ("" for none), the function, and whether it ends after or before it."""


def end_at(point: str) -> None:
    """Let this process end at a point as if it had been killed: nothing is cleaned up."""
    import importlib

    module, of, name, after = POINTS[point]
    home: Any = importlib.import_module(module)
    home = getattr(home, of) if of else home
    whole: Callable[..., Any] = getattr(home, name)

    @wraps(whole)
    def ends(*given: Any, **named: Any) -> Any:
        if after:
            whole(*given, **named)
        os._exit(9)

    setattr(home, name, ends)


def in_a_process(do: Callable[[], None]) -> int:
    """The exit code of a process of its own that does this."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            do()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_waiting() -> None:
    """Do the oldest import that waits, as its process would, and end."""
    from lippen.site.insight import import_queue, importing
    from lippen.site.insight.models import ImportJob, ImportState

    job = ImportJob.objects.filter(state=ImportState.WAITING).order_by("pk")[0]
    assert import_queue._begin(job)
    importing.run(job.ref)
    os._exit(0)


def told() -> dict[str, Any]:
    """What the lake and the jobs say."""
    from lippen.manifest import Manifest
    from lippen.site.insight.models import ImportJob

    manifest = Manifest.read(WORKSPACE / "lake")
    uploads = WORKSPACE / "uploads"
    return {
        "imports": [one.import_id for one in manifest.imports],
        "rows": sum(one.rows for one in manifest.imports),
        "quarantined": sum(one.quarantined for one in manifest.imports),
        "reckoned": "facts" in manifest.results,
        "states": list(ImportJob.objects.order_by("pk").values_list("state", flat=True)),
        "ids": list(ImportJob.objects.order_by("pk").values_list("import_id", flat=True)),
        "said": list(ImportJob.objects.order_by("pk").values_list("said", flat=True)),
        "uploads": len(list(uploads.iterdir())) if uploads.is_dir() else 0,
    }


def kill(point: str) -> None:
    from lippen.site.insight import import_queue
    from lippen.site.insight.models import ImportJob, ImportState

    def killed() -> None:
        end_at(point)
        run_waiting()

    code = in_a_process(killed)
    answer = {"code": code, "killed": told()}
    import_queue.take_up_left_behind()
    while ImportJob.objects.filter(state=ImportState.WAITING).exists():
        answer["again"] = in_a_process(run_waiting)
        import_queue.take_up_left_behind()
    sys.stdout.write(json.dumps({**answer, "after": told()}) + "\n")


def full() -> None:
    def without_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        run_waiting()

    sys.stdout.write(json.dumps({"code": in_a_process(without_room), "after": told()}) + "\n")


def prepare() -> None:
    """Make the site; leave copies beside it that tests begin with."""
    from django.test.utils import setup_test_environment
    from people_factory import make_colleague, make_organisation, signed_in
    from uploaded_exports import as_csv, begin, calls, form_of, given

    from lippen.site.insight.models import ImportJob

    setup_test_environment()
    client = signed_in(make_colleague(make_organisation("police"), "analyst"))
    begin(client, given(client, as_csv(calls(30_000)), "large.csv"))
    _copy("full")
    ImportJob.objects.all().delete()
    shutil.rmtree(WORKSPACE / "uploads")
    job = given(client, as_csv(calls(60, spoiled=2)))
    begin(client, job)
    _copy("import")
    assert in_a_process(run_waiting) == 0
    listing = f"/imports/{job.ref}/refused/"
    key = client.get(listing).getvalue().decode().split('name="row" value="')[1].partition('"')[0]
    sent = form_of(client.get(f"{listing}put-right/", {"row": [key]}))
    (wrong,) = [name for name, value in sent.items() if str(value).startswith("31/02")]
    client.post(f"{listing}put-right/", {**sent, wrong: "01/02/2024 10:00"})
    _copy("correction")
    assert in_a_process(run_waiting) == 0
    client.post(f"/imports/{job.ref}/take-back/")
    _copy("undo")


def _copy(name: str) -> None:
    from django.db import connections

    connections.close_all()
    shutil.copytree(WORKSPACE, WORKSPACE.with_name(name))


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    from lippen.site.operation.preparing import open_site

    open_site(WORKSPACE, make=True)
    assert django.conf.settings.configured
    {"prepare": prepare, "full": full}.get(sys.argv[2], lambda: kill(sys.argv[3]))()
