"""The written briefing: from facts and result tables to one page that an analyst and a chief inspector read.

`write_brief` writes it, and `checked` says what it may be made from. The page needs no script, fetches
nothing, prints, and says of every figure how often it is wrong.
"""

from lippen.brief.checking import BriefError, accept_tables, checked
from lippen.brief.schema import RESULT_TABLES, Facts, ResultTable
from lippen.brief.trade_facts import Trade
from lippen.brief.trade_tables import TRADE_TABLES
from lippen.brief.writing import write_brief

__all__ = [
    "RESULT_TABLES",
    "TRADE_TABLES",
    "BriefError",
    "Facts",
    "ResultTable",
    "Trade",
    "accept_tables",
    "checked",
    "write_brief",
]
