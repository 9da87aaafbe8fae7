"""Which marked posts are learned from and which are measured on.

Invariant: no post that is measured on stands among those learned from, nor does a near-copy of it (texts that
differ by amounts alone are near-copies); each is measured once for each seller who posts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.trade.errors import EvaluationRefused
from lippen.trade.same_posts import near_texts, same_texts

EARLIER: Final = 0.6
"""Of all different posts no more than so many, the first seen, are learned from."""

OTHERS: Final = 0.3
"""Of the sellers so many are kept apart."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """What is learned from, and what is measured on."""

    learned: pa.Table
    measured: pa.Table


def own_splits(table: pa.Table, seed: int) -> dict[str, Split]:
    """Three ways to keep a part of the posts apart: `time` (later days), `seller` (other sellers), `both`.

    Of the sellers OTHERS are drawn by the seed. Raises EvaluationRefused where days or sellers are missing,
    or all posts are of one day or of too few sellers to part them.
    """
    day, seller = table["day"], table["seller"]
    if day.null_count or pc.count_distinct(day).as_py() < 2 or pc.count_distinct(seller).as_py() < 4:
        raise EvaluationRefused(
            "the posts cannot be parted by days and by sellers",
            remedy="Give each post its day, and a seller to most; or give another folder with --test.",
        )
    days = day.to_numpy().astype("datetime64[D]").astype(np.int64)
    later = days > _last_day(table, days)
    others = _others(seller, seed)
    near = near_texts(_texts(table))
    return {
        "time": _apart(table, ~later, later, near),
        "seller": _apart(table, ~others, others, near),
        "both": _apart(table, ~later & ~others, later & others, near),
    }


def unseen_of(train: pa.Table, test: pa.Table) -> dict[str, pa.Table]:
    """The posts of `test`, once for each seller: `all` of them; those `unseen`, which are no copies and no
    near-copies of any of `train`; and of these the ones of `other_sellers`, whom `train` does not know."""
    near = near_texts([*_texts(train), *_texts(test)])
    seen = np.isin(near[len(train) :], near[: len(train)])
    known = pc.is_in(test["seller"], pc.unique(train["seller"].combine_chunks()).drop_null())
    other = ~known.to_numpy() & test["seller"].is_valid().to_numpy()
    first = _first_of_each(test)
    return {
        "unseen": test.filter(pa.array(first & ~seen)),
        "all": test.filter(pa.array(first)),
        "other_sellers": test.filter(pa.array(first & ~seen & other)),
    }


def _apart(table: pa.Table, learned: Flags, measured: Flags, near: NDArray[np.int64]) -> Split:
    straddles = np.isin(near, near[learned])
    kept = table.filter(pa.array(measured & ~straddles))
    return Split(table.filter(pa.array(learned)), kept.filter(pa.array(_first_of_each(kept))))


def _first_of_each(table: pa.Table) -> Flags:
    """The first of each post by each seller."""
    text = same_texts(_texts(table))
    named = pc.dictionary_encode(table["seller"].combine_chunks())
    seller: NDArray[np.int64] = named.indices.fill_null(-1).to_numpy().astype(np.int64)
    first = np.zeros(len(table), np.bool_)
    first[np.unique(np.stack([text, seller]), axis=1, return_index=True)[1]] = True
    return first


def _last_day(table: pa.Table, days: NDArray[np.int64]) -> int:
    """The last day that is learned from: by then no more than EARLIER of all different posts had been seen
    (the first day, where that brought more)."""
    text = same_texts(_texts(table))
    order = np.lexsort((days, text))
    _, at = np.unique(text[order], return_index=True)
    first = days[order][at]
    each = np.unique(days)
    seen = np.searchsorted(np.sort(first), each, "right")
    return int(each[max(0, int(np.searchsorted(seen, EARLIER * len(first), "right")) - 1)])


def _others(seller: pa.ChunkedArray, seed: int) -> Flags:
    """Which posts are of sellers kept apart. A post of no known seller is of one of its own."""
    named = pc.dictionary_encode(seller.combine_chunks())
    number: NDArray[np.int64] = named.indices.fill_null(-1).to_numpy().astype(np.int64)
    unknown = number < 0
    number[unknown] = len(named.dictionary) + np.arange(unknown.sum())
    draw = np.random.default_rng([seed, 0x53454C4C])
    return np.asarray((draw.random(int(number.max()) + 1) < OTHERS)[number], np.bool_)


def _texts(table: pa.Table) -> list[str]:
    return [text or "" for text in table["text"].to_pylist()]
