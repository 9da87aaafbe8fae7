"""The verbs of insight that concern no single room."""

from __future__ import annotations

from lippen.site.insight.models import Decision


def erase_decisions(episode_id: str) -> int:
    """Erase what people decided and wrote of one episode. Returns how many decisions went."""
    return Decision.objects.filter(episode_id=episode_id).delete()[0]
