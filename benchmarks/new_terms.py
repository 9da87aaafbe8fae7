"""What is new after one more day of posts: 7,000 a day over five weeks, copied as adverts are, and all
different."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from lippen.trade.lexicon import Lexicon
from lippen.trade.new_terms import rank_new_terms

A_DAY: Final = 7_000
DAYS: Final = 35
COPIES: Final = 45
"""NOS 2023: 2.5 million adverts in a year and 55,000 different ones."""
WORDS: Final = 40_000
LENGTHS: Final = (8, 30)
KNOWN: Final = 0.08
LAST: Final = date(2025, 6, 1)


def run(repeats: int, a_day: int = A_DAY, days: int = DAYS) -> Finding:
    """Rank new terms at the end of the last day, from all posts of the days before."""
    lexicon = Lexicon.of_vocabulary()
    cases = {
        f"each met {COPIES} times": posts(a_day, days, COPIES, lexicon),
        "all different": posts(a_day, days, 1, lexicon),
    }
    timed = interleaved(
        {name: lambda table=table: rank_new_terms(table, lexicon, LAST) for name, table in cases.items()},
        repeats,
    )
    rows: list[Row] = [
        {
            "posts": name,
            "in all": cases[name].num_rows,
            "seconds": one.median,
            "candidates shown": one.result.num_rows,
        }
        for name, one in timed.items()
    ]
    return Finding(
        title="New terms after a day",
        what=f"{a_day:,} made-up posts a day over {days} days, {LENGTHS[0]} to {LENGTHS[1]} words each of "
        f"{WORDS:,} words that are as common as words are (Zipf), among them those of the lexicon. All is "
        "read, counted, learned and ranked again, as at the end of each day.",
        columns={"posts": "", "in all": ",", "seconds": ".2f", "candidates shown": ","},
        rows=rows,
        repeats=repeats,
        packages=["scikit-learn", "pyarrow"],
        notes=["Nothing is kept from the day before: what a day costs is what five weeks cost."],
    )


def posts(a_day: int, days: int, copies: int, lexicon: Lexicon) -> pa.Table:
    """Posts of a fixed seed: text, day and seller."""
    draw = np.random.default_rng(1)
    total = a_day * days
    different = total // copies
    known = np.array([term.written for term in lexicon.terms], dtype=object)
    words = np.array([f"w{np.base_repr(one + 40, 36).lower()}" for one in range(WORDS)], dtype=object)
    length = draw.integers(*LENGTHS, different)
    size = int(length.sum())
    written = words[np.minimum(draw.zipf(1.3, size) - 1, WORDS - 1)]
    here = draw.random(size) < KNOWN
    written[here] = known[draw.integers(0, len(known), int(here.sum()))]
    ends = np.cumsum(length)
    texts = [
        " ".join(written[end - one : end]) for end, one in zip(ends.tolist(), length.tolist(), strict=True)
    ]
    which = np.tile(np.arange(different), copies)
    back = np.minimum((draw.integers(0, days, different)[which] + draw.integers(0, 14, len(which))), days - 1)
    return pa.table(
        {
            "text": pa.array(texts).take(pa.array(which)),
            "day": [LAST - timedelta(days=days - 1 - one) for one in back.tolist()],
            "seller": pa.array(draw.integers(0, different // 8, different).astype(str)).take(pa.array(which)),
        }
    )
