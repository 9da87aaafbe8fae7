"""The classes of data that insight holds, declared to the register, and how each is erased."""

from __future__ import annotations

from lippen.site.insight import deeds
from lippen.site.register import resolvers
from lippen.site.register.classes import DataClass, declare, declare_impersonal


def declare_all() -> None:
    """Called once, when Django starts."""
    from lippen.site.insight.services import erase_decisions

    declare(
        DataClass(
            name="episode",
            what="What people decided of episodes, and what they wrote about it.",
            models=("insight.Decision",),
            erase=erase_decisions,
        )
    )
    declare_impersonal(
        [
            *("insight.Holding", "insight.ImportJob", "insight.PutRight"),
            *("insight.SavedMapping", "insight.Pause"),
        ],
        "files, columns and settings; who set them stands as a reference alone",
    )
    resolvers.provide_words(deeds.in_words)
    resolvers.provide_class("incident", "incident", "incidents", lambda _: frozenset())
    resolvers.provide_class("listing", "advert", "adverts", lambda _: frozenset())
    resolvers.provide_class("sighting", "sighting", "sightings", lambda _: frozenset())
    resolvers.provide_class("episode", "episode", "episodes", lambda _: frozenset())
    resolvers.provide_class("counts", "table of counts", "tables of counts", lambda _: frozenset())
