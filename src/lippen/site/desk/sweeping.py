"""What the background worker does each hour for desks, as jobs of its queue."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from lippen.site.desk import releasing, worker_keys
from lippen.site.desk.limits import DRAFT_KEPT, PRACTICE_KEPT
from lippen.site.desk.models import AnswerDraft, Answered, Decision, Fetch, Log, PassedOn


@task()
def release_logs() -> int:
    """Release the logs whose time has come. Returns how many."""
    return releasing.release_due()


@task()
def let_go_of_desk_keys() -> int:
    """Destroy keys that open nothing any more, or whose worker is gone. Returns how many."""
    return worker_keys.let_go_of_keys()


@task()
def let_go_at_desks() -> int:
    """Delete logs and drafts whose day has come, and what is kept of reports that are gone. Returns how many
    rows went.
    """
    today = timezone.localdate()
    gone = Log.objects.filter(destroy_on__lte=today).delete()[0]
    gone += AnswerDraft.objects.filter(on__lte=today - DRAFT_KEPT).delete()[0]
    for model in (Fetch, PassedOn, Answered, Decision):
        gone += model.objects.filter(on__lte=today - PRACTICE_KEPT).delete()[0]
    return gone
