"""Accounts that share the same things within a time of each other, beside coordination-network-toolkit.

Lippen holds no accounts, nobody's identity comes in and no two people are tied to each other, so it has no
verb for this and gets none for a benchmark's sake. What it does have is the step that costs: pairs of rows
that say the same within a time. Here `near_copies` runs with the shared object for a text and nothing but
equality for a rule, and a few lines count the pairs of accounts. The networks are compared edge by edge.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from coordination_network_toolkit.compute_networks import compute_co_tweet_network
from coordination_network_toolkit.database import initialise_db
from coordination_network_toolkit.preprocess import preprocess_data

from benchmarks.interleaved import interleaved
from benchmarks.real_data import real_file
from benchmarks.report import Finding, Row
from lippen.near_copies import NearCopyRule, near_copies

SHARES: Final = "coordination/russian_coord_tweets.csv.gz"
WINDOWS_S: Final = (60, 3_600)

Edges = dict[tuple[str, str], int]


def run(repeats: int, windows_s: tuple[int, ...] = WINDOWS_S) -> Finding:
    """Time both at each window.

    Raises NotHereError without the data set, ValueError when the networks are not the same.
    """
    shares = read_shares(real_file(SHARES))
    by_lippen(shares, 1)  # compiled before the clock runs
    rows: list[Row] = []
    for window_s in windows_s:
        runs: dict[str, Callable[[], Edges]] = {
            "Lippen": partial(by_lippen, shares, window_s),
            "coordination-network-toolkit": partial(by_toolkit, shares, window_s),
        }
        timed = interleaved(runs, repeats)
        edges: Edges = timed["Lippen"].result
        if edges != timed["coordination-network-toolkit"].result:
            raise ValueError(f"the networks differ at {window_s} seconds")
        rows += [
            {
                "within, seconds": window_s,
                "program": name,
                "seconds": run_of.median,
                "times Lippen's": run_of.median / timed["Lippen"].median,
                "edges": len(edges),
                "weight of all": sum(edges.values()),
            }
            for name, run_of in timed.items()
        ]
    return Finding(
        title="The same thing shared within a time",
        what=f"{len(shares):,} shares by accounts of a social network, published with CooRTweet: which "
        "account shared within so many seconds of which other what that one had shared, and how often. "
        "Both give the same network, edge by edge, or the benchmark stops.",
        columns={
            "within, seconds": ",",
            "program": "",
            "seconds": ".3f",
            "times Lippen's": ".1f",
            "edges": ",",
            "weight of all": ",",
        },
        rows=rows,
        repeats=repeats,
        packages=["coordination-network-toolkit"],
        notes=[
            "The toolkit's time takes in loading its SQLite file, without which it does nothing, and "
            "Lippen's takes in cutting the texts.",
            "Lippen holds no accounts. This times its search for rows that say the same, not a verb of it.",
        ],
    )


def read_shares(path: Path) -> list[tuple[str, str, int]]:
    """Object, account and second of each share."""
    with gzip.open(path, "rt", newline="") as lines:
        return [
            (row["object_id"], row["account_id"], int(row["timestamp_share"]))
            for row in csv.DictReader(lines)
        ]


def by_lippen(shares: list[tuple[str, str, int]], window_s: int) -> Edges:
    """How many shares of the first account had one of the second for the same object within the window."""
    objects, accounts, seconds = zip(*shares, strict=True)
    every = len(shares)
    only_equal = NearCopyRule(
        least_percent=100, least_shared=1, common_least=every, rare_least=every, most_links=every
    )
    pairs = near_copies(objects, np.array(seconds, np.int64), window_s, only_equal)
    names, account = np.unique(np.array(accounts), return_inverse=True)
    share = np.concatenate([pairs.earlier, pairs.later]).astype(np.int64)
    other = account[np.concatenate([pairs.later, pairs.earlier])]
    once = np.unique(share * len(names) + other)
    share, other = np.divmod(once, len(names))
    edge, weight = np.unique(account[share] * len(names) + other, return_counts=True)
    return _named(edge, weight, names)


def _named(edge: npt.NDArray[np.int64], weight: npt.NDArray[np.int64], names: npt.NDArray[Any]) -> Edges:
    first, second = np.divmod(edge, len(names))
    between_two = first != second
    columns = (names[first].tolist(), names[second].tolist(), weight.tolist(), between_two.tolist())
    return {(one, two): times for one, two, times, kept in zip(*columns, strict=True) if kept}


def by_toolkit(shares: list[tuple[str, str, int]], window_s: int) -> Edges:
    """The same by the toolkit: its network of equal messages, without an account's edge to itself."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = str(Path(folder) / "shares.sqlite3")
        preprocess_data(
            file,
            (
                (f"m{number}", account, account, None, None, shared, second, [])
                for number, (shared, account, second) in enumerate(shares)
            ),
        )
        compute_co_tweet_network(file, window_s, n_threads=os.cpu_count() or 1)
        found = initialise_db(file).execute("select user_1, user_2, weight from co_tweet_network")
        return {(one, two): weight for one, two, weight in found if one != two}
