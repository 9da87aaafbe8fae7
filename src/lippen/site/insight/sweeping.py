"""What insight lets go each hour, as jobs of the background worker's queue."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django_tasks import task

from lippen.manifest import Manifest
from lippen.site.insight import import_queue


@task()
def let_go_of_uploads() -> int:
    """Uploads that belong to no open import. Returns how many went."""
    return import_queue.sweep()


@task()
def let_go_of_collections() -> int:
    """What is held under an authority that has run out, and what was reckoned from it. Returns how many
    imports went; 0 too while somebody writes, and then they go an hour later.
    """
    directory = settings.CONFIGURATION.workspace
    expired = Manifest.read(directory / "lake").expired(datetime.now(UTC).date())
    if not expired:
        return 0
    # Hardly ever is there any, and the worker is smaller without what an engine needs.
    from lippen.engine import connect
    from lippen.workspace import Workspace

    with connect(threads=1) as engine:
        workspace = Workspace.open(directory, engine, create=False)
        return len(expired) - len(workspace.manifest().expired(datetime.now(UTC).date()))
