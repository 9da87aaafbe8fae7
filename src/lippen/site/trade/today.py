"""What the room Trade says on the page Today: an alarm, and words that wait for an answer. It counts and
shows no record.
"""

from __future__ import annotations

from lippen.brief import figures
from lippen.site.accounts.acting import Acting
from lippen.site.insight.needed import Needed
from lippen.site.trade.sight import why_not_seen
from lippen.site.trade.week_selectors import alarms_now
from lippen.site.trade.words_selectors import waiting


def needed(acting: Acting) -> list[Needed]:
    """What the trade wants of `acting` now; nothing where they see none of it."""
    if why_not_seen(acting):
        return []
    told = []
    if alarms_now(acting):
        told.append(
            Needed(
                "Something was seen more than chance and season explain",
                "Look at what was seen this week, and whether a reporting drive explains it.",
                "/trade/",
            )
        )
    if not why_not_seen(acting, "write") and (many := waiting(acting)):
        told.append(
            Needed(
                f"{figures.plural(many, 'word')} may be new in the trade",
                "Say of each whether it is a term. Your answer teaches the next ranking.",
                "/trade/words/",
            )
        )
    return told
