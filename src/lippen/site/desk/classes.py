"""The classes of data that the desk holds, declared to the register, and how each is erased."""

from __future__ import annotations

from lippen.site.desk import deeds
from lippen.site.register import resolvers
from lippen.site.register.classes import DataClass, declare


def declare_all() -> None:
    """Called once, when Django starts."""
    from lippen.site.desk import erasing

    declare(
        DataClass(
            name="sealed-report",
            what="Who of a desk fetched a sealed report, or left it to the others.",
            models=("desk.Fetch", "desk.PassedOn"),
            erase=erasing.erase_report,
        )
    )
    declare(
        DataClass(
            name="desk",
            what="Keys of the workers of a desk, and what they did about a report.",
            models=("desk.DeskKey", "desk.AnswerDraft", "desk.Answered", "desk.Decision"),
            erase=erasing.erase_practice,
        )
    )
    declare(
        DataClass(
            name="desk-log",
            what="Logs of a desk, from the sealed draft to what was released.",
            models=("desk.Log", "desk.LogGoesTo"),
            erase=erasing.erase_log,
        )
    )
    resolvers.provide_words(deeds.in_words)
    resolvers.provide_class("sealed-report", "sealed report", "sealed reports", lambda _: frozenset())
    resolvers.provide_class("desk", "matter of the desk", "matters of the desk", lambda _: frozenset())
    resolvers.provide_class("desk-log", "log of a desk", "logs of desks", lambda _: frozenset())
