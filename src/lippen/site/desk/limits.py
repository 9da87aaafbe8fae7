"""How much a desk may do, and for how long things are kept: every such number, in one place."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

REPORTS_A_DAY: Final = 20
"""Sealed reports that one worker may fetch on one day. Whoever has her device gets no more than that."""

PHOTOGRAPHS_A_DAY: Final = 60
"""The same of photographs. The site cannot tell to which report one belongs."""

MOST_WORKERS: Final = 3
"""Workers of a desk with keys at one time (docs/speak-protocol.md, 5)."""

KEY_LIVES: Final = timedelta(days=30)
KEY_OPENS_AFTER: Final = timedelta(days=14)
"""A key is sealed to for 30 days, and opens for 14 more what was sealed to it."""

MOST_KEYS_OF_ONE: Final = 3
"""Keys of one worker that are not destroyed: the newest, and those that it replaced."""

DRAFT_KEPT: Final = timedelta(days=30)
"""A draft that nobody signs off or sends goes then, as does one that is held."""

DRAFTS_OF_REPORT: Final = 5
DRAFTS_OF_ONE: Final = 40
"""Drafts of logs, held ones too, that may lie at the desk at one time: from one report, and by one worker."""

MOST_PHOTOGRAPHS: Final = 4
"""Of one report (docs/speak-protocol.md, 6)."""

LOG_KEPT: Final = timedelta(days=90)
"""A released log goes so long after its release."""

PRACTICE_KEPT: Final = timedelta(days=45)
"""Who fetched a report, passed it on or answered it is kept as long as a report can lie there."""

BATCH: Final = 3
"""Logs that go out together, where it can be."""

BETWEEN_BATCHES: Final = timedelta(hours=24)
RESTS_HOURS: Final = (2, 12)
"""A log signed off rests for a time drawn between these, so that its release tells nothing of the moment."""

WAITS_HOURS: Final = (48, 72)
"""A log goes out by itself when no batch came together within a time drawn between these."""

FOLLOW_UPS_BEFORE_ADVICE: Final = 3
"""From this message on under one receipt nobody answers before advice was taken."""

NEARBY_HOURS: Final = 72
NEARBY_DAYS: Final = 30
"""The spans in which the gate counts what an area reported lately."""
