"""Near-copy linking beside rensa and datasketch: 200,000 notes, 2,000 planted campaigns of 20 copies.

The peers get words and pairs of adjacent words, 128 hashes in 32 bands of 4, and keep pairs at an estimated
Jaccard index of 0.4 or more. rensa runs both ways that it offers, one text after another and in bulk. No
time limits the pairs here, since the peers know none; in a briefing one does, and fewer are compared.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

import datasketch
import numpy as np
import numpy.typing as npt
import rensa

from benchmarks.campaigns import QUALITY_BY_NOISE, planted_campaigns
from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from lippen.near_copies import DEFAULT_RULE, near_copies

TEXTS: Final = 200_000
CAMPAIGNS: Final = 2_000
COPIES: Final = 20
HASHES: Final = 128
BANDS: Final = 32
LEAST: Final = 0.4

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def run(repeats: int, texts: int = TEXTS, campaigns: int = CAMPAIGNS) -> Finding:
    """Find the pairs with each library: how long it took and how many of the planted pairs it found."""
    planted = planted_campaigns(texts, campaigns, COPIES, seed=1)
    ways: dict[str, Callable[[], Pairs]] = {
        "Lippen": lambda: by_lippen(planted.texts),
        "rensa, one after another": lambda: by_rensa_streaming(planted.texts),
        "rensa, in bulk": lambda: by_rensa_in_bulk(planted.texts),
        "datasketch": lambda: by_datasketch(planted.texts),
    }
    by_lippen(planted.texts[:100])  # compiled before the clock runs
    timed = interleaved(ways, repeats)
    rows: list[Row] = []
    for name, run_of in timed.items():
        earlier, later = run_of.result
        rows.append(
            {
                "program": name,
                "seconds": run_of.median,
                "times Lippen's": run_of.median / timed["Lippen"].median,
                "texts a second": texts / run_of.median,
                "pairs found": len(later),
                **planted.quality(earlier, later),
            }
        )
    return Finding(
        title="Near-copies of text",
        what=f"{texts:,} made-up notes of a control room, among them {campaigns:,} campaigns of {COPIES} "
        "copies with none, 5, 10 or 20 % of their words changed. Every pair of copies is to be found, at "
        "any distance in time.",
        columns={
            "program": "",
            "seconds": ".2f",
            "times Lippen's": ".1f",
            "texts a second": ",.0f",
            "pairs found": ",",
            "planted pairs found": ".3f",
            **dict.fromkeys(QUALITY_BY_NOISE, ".3f"),
            "of pairs found, planted": ".3f",
        },
        rows=rows,
        repeats=repeats,
        packages=["rensa", "datasketch"],
        notes=[
            f"Peers: words and pairs of words, {HASHES} hashes in {BANDS} bands, an estimated Jaccard index "
            f"of {LEAST} or more. Lippen: the exact index over the shingles it keeps, "
            f"{DEFAULT_RULE.least_percent} % or more, as in a briefing, and at most "
            f"{DEFAULT_RULE.most_links} links a text.",
            "Real notes are withheld from open data. The grammar that made these repeats set phrases as real "
            "notes do, and that is what costs the peers time and wrong pairs; how much of it real notes have "
            "is not known.",
            f"Lippen works on every core ({os.cpu_count()} here); the peers run on one, as they come.",
        ],
    )


def by_lippen(texts: list[str]) -> Pairs:
    found = near_copies(texts)
    return found.earlier.astype(np.int64), found.later.astype(np.int64)


def shingles(text: str) -> list[str]:
    """Words and pairs of adjacent words, as the peers are given them."""
    words = text.split()
    return words + [f"{one} {two}" for one, two in pairwise(words)]


def by_rensa_streaming(texts: list[str]) -> Pairs:
    index = rensa.RMinHashLSH(LEAST, HASHES, BANDS)
    hashes: list[Any] = []
    pairs: list[tuple[int, int]] = []
    for row, text in enumerate(texts):
        one = rensa.RMinHash(HASHES, 1)
        one.update(shingles(text))
        pairs += [(other, row) for other in index.query(one) if one.jaccard(hashes[other]) >= LEAST]
        index.insert(row, one)
        hashes.append(one)
    return _columns(pairs)


def by_rensa_in_bulk(texts: list[str]) -> Pairs:
    hashes = rensa.RMinHash.from_token_sets(map(shingles, texts), HASHES, 1)
    index = rensa.RMinHashLSH(LEAST, HASHES, BANDS)
    index.insert_many(hashes)
    pairs: list[tuple[int, int]] = []
    for row, others in enumerate(index.query_all(hashes)):
        one = hashes[row]
        pairs += [(other, row) for other in others if other < row and one.jaccard(hashes[other]) >= LEAST]
    return _columns(pairs)


def by_datasketch(texts: list[str]) -> Pairs:
    index = datasketch.MinHashLSH(num_perm=HASHES, params=(BANDS, HASHES // BANDS))
    hashes: list[Any] = []
    pairs: list[tuple[int, int]] = []
    encoded: Iterator[list[bytes]] = ([one.encode() for one in shingles(text)] for text in texts)
    for row, one in enumerate(datasketch.MinHash.generator(encoded, num_perm=HASHES)):
        pairs += [(other, row) for other in index.query(one) if one.jaccard(hashes[other]) >= LEAST]
        index.insert(row, one, check_duplication=False)
        hashes.append(one)
    return _columns(pairs)


def _columns(pairs: list[tuple[int, int]]) -> Pairs:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
