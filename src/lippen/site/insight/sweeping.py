"""What insight lets go each hour, as a job of the background worker's queue."""

from __future__ import annotations

from django_tasks import task

from lippen.site.insight import import_queue


@task()
def let_go_of_uploads() -> int:
    """Uploads that belong to no open import. Returns how many went."""
    return import_queue.sweep()
