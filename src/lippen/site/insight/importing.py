"""One import, or its taking back, in a process of its own: `python -m lippen.site.insight.importing REF`.

What it needs of memory is gone with it, it is cancelled by being killed, and sealing waits for none of it.
The lake changes in one step, so however this process ends, the next one finds out from the manifest what was
done and goes on from there.
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lippen.errors import LippenError
from lippen.manifest import Import, Manifest
from lippen.results import FACTS, TRADE_FACTS
from lippen.site.insight.kinds import KINDS, OF_TRADE
from lippen.site.process_tree import work_beside_pages
from lippen.workspace import WorkspaceBusy

if TYPE_CHECKING:
    from lippen.signals import Mapping
    from lippen.site.insight.import_stages import KeptStages
    from lippen.site.insight.models import ImportJob
    from lippen.workspace import Workspace

_MOST_MEMORY: Final = 12 << 30


def main() -> int:
    """Do what the job of this reference asks for. Returns the exit code."""
    work_beside_pages(_MOST_MEMORY)
    from lippen.site.configuration import WORKSPACE_VARIABLE
    from lippen.site.operation.starting import start_site

    start_site(Path(os.environ[WORKSPACE_VARIABLE]))
    return run(sys.argv[1])


def run(ref: str) -> int:
    """Bring an import in, or take it back; its job says how that ended. Returns 0, or `import_ends.BUSY`."""
    from lippen.site.insight import import_ends
    from lippen.site.insight.models import ImportJob, ImportState, ImportTask

    job = ImportJob.objects.filter(ref=ref, state=ImportState.RUNNING).first()
    if job is None:
        return 0
    taking_back = job.task == ImportTask.TAKE_BACK
    try:
        (_take_back if taking_back else _bring_in)(job)
    except WorkspaceBusy:
        return import_ends.BUSY
    except LippenError as why:
        import_ends.not_done(job, _plainly(why, job))
    except Exception:
        logging.getLogger(__name__).exception("an import failed")
        import_ends.not_done(
            job,
            "Something went wrong that the program did not expect. Tell whoever runs this site: the"
            " site's log says what it was.",
        )
    return 0


@dataclass(frozen=True)
class Came:
    """What an import took in: its id in the lake ("" where nothing was new) and its counts; and until when
    what was there already is held now, where that is all that changed.
    """

    import_id: str
    accepted: int
    duplicates: int
    quarantined: int
    held_until: date | None = None


def _bring_in(job: ImportJob) -> None:
    from django.conf import settings

    from lippen.engine import connect
    from lippen.signals import import_folder, parse_mapping
    from lippen.site.insight import import_ends
    from lippen.site.insight.import_stages import KeptStages
    from lippen.site.insight.uploads import Uploads
    from lippen.workspace import Workspace

    directory = settings.CONFIGURATION.workspace
    uploads = Uploads(directory)
    stages = KeptStages(job.ref)
    mapping = parse_mapping(job.mapping)
    import_ends.refuse_other_holder(job)
    with connect(spill_dir=uploads.folder(job.ref) / "spill") as engine:
        workspace = Workspace.open(directory, engine)
        came = already_in(job, mapping, workspace.manifest())
        if came is None:
            report = import_folder(uploads.export(job.ref), mapping, workspace, stages)
            came = Came(
                report.import_id if report.changed else "",
                report.accepted if report.changed else 0,
                report.duplicates,
                report.quarantined,
                report.held_until,
            )
        import_ends.came_in(job, came)
        facts = TRADE_FACTS if job.kind in OF_TRADE else FACTS
        changed = bool(came.import_id or came.held_until) or facts not in workspace.results()
        said = _made_anew(workspace, stages, job.kind, reckoned=changed)
    import_ends.done(job, came, said)


def _take_back(job: ImportJob) -> None:
    from django.conf import settings

    from lippen.engine import connect
    from lippen.site.insight import holding, import_ends
    from lippen.site.insight.import_stages import KeptStages
    from lippen.site.insight.uploads import Uploads
    from lippen.workspace import Workspace

    directory = settings.CONFIGURATION.workspace
    uploads = Uploads(directory)
    stages = KeptStages(job.ref)
    uploads.remove(job.ref)
    spill = uploads.make(job.ref) / "spill"
    with connect(spill_dir=spill) as engine:
        workspace = Workspace.open(directory, engine)
        together = import_ends.with_corrections(job)
        for one in together:
            if any(brought.import_id == one.import_id for brought in workspace.imports()):
                workspace.undo_import(one.import_id)
        import_ends.taken_back(together)
        together_held = {kind for kind in KINDS if holding.held_as(kind) == holding.held_as(job.kind)}
        rest = [one for one in workspace.imports() if one.kind in together_held]
        said = _made_anew(workspace, stages, job.kind, reckoned=any(one.signals for one in rest))
        if not rest:
            holding.let_go(job.kind)
    import_ends.undone(job, said)


def already_in(job: ImportJob, mapping: Mapping, manifest: Manifest) -> Came | None:
    """What this job brought in before its process ended; None when that is nothing.

    An import of the same file under the same mapping and authority is the job's own, unless another job
    brought it in.
    """
    from lippen.signals.committing import mapping_digest
    from lippen.site.insight.import_ends import claimed

    digest = mapping_digest(mapping)
    authority = str(mapping.authority) if mapping.authority else None
    others = claimed(job)
    for one in manifest.imports:
        if one.kind != job.kind or one.import_id in others:
            continue
        if any(
            (of.get("digest"), of.get("mapping"), of.get("authority")) == (job.digest, digest, authority)
            for of in one.inputs
        ):
            return Came(one.import_id, one.rows, _duplicates(one), one.quarantined)
    return None


def _duplicates(one: Import) -> int:
    return sum(int(of.get("duplicates", 0)) for of in one.inputs)


def _made_anew(workspace: Workspace, stages: KeptStages, kind: str, *, reckoned: bool) -> str:
    """Reckon anew what is made from this kind of signal, where that is asked for; of incidents also the index
    for search, unless it is there. Where no incident is left, the index of those that were is deleted.

    Returns why that could not be done, in a sentence, or "".
    """
    from lippen.site.accounts.said import sentence
    from lippen.site.insight.said import for_page

    try:
        (_trade_anew if kind in OF_TRADE else _incidents_anew)(workspace, stages, reckoned=reckoned)
    except WorkspaceBusy:
        raise
    except LippenError as why:
        return f"The pages could not be made anew from what is in now: {for_page(sentence(why))}"
    except Exception:
        logging.getLogger(__name__).exception("what was brought in could not be reckoned")
        return (
            "The pages could not be made anew from what is in now, for a reason that the program did not"
            " expect. Tell whoever runs this site: the site's log says what it was."
        )
    return ""


def _incidents_anew(workspace: Workspace, stages: KeptStages, *, reckoned: bool) -> None:
    from lippen.credibility import Settings
    from lippen.reckoning import reckon
    from lippen.search import make_index
    from lippen.site.insight import import_ends

    if reckoned:
        reckon(workspace, Settings(), stages, import_ends.place())
    make_index(workspace, stages)
    if reckoned:
        import_ends.reckoned()


def _trade_anew(workspace: Workspace, stages: KeptStages, *, reckoned: bool) -> None:
    from lippen.site.insight.trade_anew import reckon_trade_anew

    if reckoned:
        reckon_trade_anew(workspace, stages)


def _plainly(why: LippenError, job: ImportJob) -> str:
    """An error as the page says it: with the name that the person knows, and a remedy that is on the page."""
    from lippen.site.accounts.said import sentence
    from lippen.site.insight.said import for_mappings, for_page

    where = f"line {why.line} of “{job.name}”: " if why.line is not None else ""
    remedy = why.remedy or ""
    if for_mappings(remedy):
        remedy = "Go back to its columns, and choose again."
    return for_page(sentence(LippenError(f"{where}{why.what}", remedy=remedy or None)), job)


if __name__ == "__main__":
    sys.exit(main())
