"""The class of data that the room Trade holds, declared to the register, and how it is erased."""

from __future__ import annotations

from lippen.site.register import resolvers
from lippen.site.register.classes import DataClass, declare
from lippen.site.trade import deeds


def declare_all() -> None:
    """Called once, when Django starts."""
    from lippen.site.trade.answers import erase_answers

    declare(
        DataClass(
            name="trade",
            what="What people said of words that may be new terms of the trade.",
            models=("trade.TermAnswer",),
            erase=erase_answers,
        )
    )
    resolvers.provide_words(deeds.in_words)
    resolvers.provide_class("trade", "word of the trade", "words of the trade", lambda _: frozenset())
    resolvers.provide_class("listing", "advert", "adverts", lambda _: frozenset())
