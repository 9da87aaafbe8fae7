"""The class of data that the room holds, declared to the register, and how it is erased."""

from __future__ import annotations

from lippen.site.register import resolvers
from lippen.site.register.classes import DataClass, declare
from lippen.site.sightings import deeds


def declare_all() -> None:
    """Called once, when Django starts."""
    from lippen.site.sightings.selectors import told_by
    from lippen.site.sightings.services import erase

    declare(
        DataClass(
            name="sighting",
            what="Sightings that wait, accounts named this month as hashes, and how often somebody told.",
            models=("sightings.Waiting", "sightings.AccountsNamed", "sightings.Telling"),
            erase=erase,
        )
    )
    resolvers.provide_words(deeds.in_words)
    resolvers.provide_class("sighting", "sighting", "sightings", told_by)
