"""What insight lets go each hour, as jobs of the background worker's queue."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django_tasks import task

from lippen.manifest import Manifest
from lippen.site.insight import import_queue
from lippen.site.insight.holding import let_go
from lippen.site.insight.kinds import OF_TRADE, TRADE


@task()
def let_go_of_uploads() -> int:
    """Uploads that belong to no open import. Returns how many went."""
    return import_queue.sweep()


@task()
def let_go_of_collections() -> int:
    """What is held under an authority that has run out, and what was reckoned from it. Where nothing of the
    kind is left, nobody holds it any more. What is left is reckoned anew by the queue of imports, which sees
    that it is missing (`import_queue.TradeInStep`).

    Returns how many imports went; 0 too while somebody writes, and then they go an hour later.
    """
    directory = settings.CONFIGURATION.workspace
    expired = Manifest.read(directory / "lake").expired(datetime.now(UTC).date())
    if not expired:
        return 0
    # Hardly ever is there any, and the worker is smaller without what an engine needs.
    from lippen.engine import connect
    from lippen.workspace import Workspace

    with connect(threads=1) as engine:
        after = Workspace.open(directory, engine, create=False).manifest()
    still = after.expired(datetime.now(UTC).date())
    if not still and not any(one.kind in OF_TRADE for one in after.imports):
        let_go(TRADE)
    return len(expired) - len(still)
