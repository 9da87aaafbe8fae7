"""What people said of words, as the next ranking reads it. For whoever reckons the trade, and no page: it
loads what reckons.
"""

from __future__ import annotations

import pyarrow as pa
from django.utils import timezone

from lippen.site.trade.answered import answers_of_holder
from lippen.trade.term_decisions import DECISIONS


def decisions() -> pa.Table:
    """One row for each word whose answer counts (`lippen.trade.term_decisions.DECISIONS`); none while nobody
    holds the trade.
    """
    return pa.Table.from_pylist(
        [
            {
                "term": one.term,
                "answer": one.answer,
                "decided": timezone.localtime(one.at).date(),
                "substance": one.substance or None,
                "burst": one.burst,
                "context_fit": one.context_fit,
                "contexts": one.contexts,
            }
            for one in answers_of_holder().values()
        ],
        DECISIONS,
    )
