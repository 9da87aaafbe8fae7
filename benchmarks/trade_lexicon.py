"""Lexicon matching beside ahocorasick_rs doing the matching alone: 5,000 made-up words, 200,000 made-up
posts.

Lippen tells whole words alone, in any case and letter by letter as they look, longest first, with their
places in the texts as written. The peer is asked for every place of every word in each text, in small letters
already, and nothing is done with what it gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import ahocorasick_rs
import numpy as np

from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from lippen.trade.matching import Matcher

POSTS: Final = 200_000
WORDS: Final = 5_000
PHRASES: Final = 1_500
STOCK: Final = 40_000
"""Different words of which posts are made."""

WORDS_A_POST: Final = 15
WITH_A_SIGN: Final = 0.1
"""Share of posts with an emoji, as in collections of social media."""

_ONSETS: Final = (*"bcdfghjklmnprstvwz", "br", "dr", "fl", "gr", "kl", "pl", "sk", "sn", "st", "tr")
_VOWELS: Final = (*"aeiou", "ai", "ea", "oo")
_SIGNS: Final = ["🍀", "❄️", "💊", "🔥", "🚗"]


def run(repeats: int, posts: int = POSTS, words: int = WORDS) -> Finding:
    """Find the words with each way: how long it took, and how many places it told."""
    listed, texts = made_up(posts, words, seed=1)
    matcher = Matcher(listed)
    alone = ahocorasick_rs.AhoCorasick(listed, store_patterns=False)
    padded = ahocorasick_rs.AhoCorasick([f" {word} " for word in listed], store_patterns=False)
    ways: dict[str, Callable[[], int]] = {
        "Lippen": lambda: len(matcher.find(texts)),
        "ahocorasick_rs, words as they are": lambda: told_by(alone, texts, ""),
        "ahocorasick_rs, words between blanks": lambda: told_by(padded, texts, " "),
    }
    matcher.find(texts[:100])  # tables of letters made before the clock runs
    timed = interleaved(ways, repeats)
    lippen = timed["Lippen"].median
    rows: list[Row] = [
        {
            "program": name,
            "seconds": run_of.median,
            "Lippen takes": lippen / run_of.median,
            "posts a second": posts / run_of.median,
            "places": run_of.result,
        }
        for name, run_of in timed.items()
    ]
    signs = sum(map(len, texts))
    return Finding(
        title="Words of a lexicon in posts",
        what=f"{words:,} made-up words, {PHRASES * words // WORDS:,} of them of two parts, looked for in "
        f"{posts:,} made-up posts of {signs / posts:.0f} signs, one in "
        f"{round(1 / WITH_A_SIGN)} with an emoji.",
        columns={
            "program": "",
            "seconds": ".2f",
            "Lippen takes": ".2f",
            "posts a second": ",.0f",
            "places": ",",
        },
        rows=rows,
        repeats=repeats,
        packages=["ahocorasick-rs"],
        notes=[
            "*Lippen takes* so many times as long as each. The posts are in small letters already.",
            "The library by itself tells words within words (as they are), or only those between two blanks, "
            "and of those that lie over one another all. Lippen tells the longest, and takes any sign but "
            "letters and digits for the end of a word.",
        ],
    )


def told_by(search: Any, texts: list[str], edge: str) -> int:
    """How many places the library tells, text by text."""
    return sum(len(search.find_matches_as_indexes(f"{edge}{text}{edge}", overlapping=True)) for text in texts)


def made_up(posts: int, words: int, seed: int) -> tuple[list[str], list[str]]:
    """Words to look for, and posts: common words are commoner, as in any language."""
    draw = np.random.default_rng(seed)
    stock = _stock(draw)
    often = 1 / np.arange(10, len(stock) + 10)
    order = draw.permutation(len(stock))
    drawn = draw.choice(len(stock), (posts, WORDS_A_POST), p=often / often.sum())
    phrases = PHRASES * words // WORDS
    pairs = {f"{stock[one]} {stock[other]}" for one, other in drawn[: 4 * phrases, :2].tolist()}
    listed = [*(stock[at] for at in order[: words - phrases]), *sorted(pairs)[:phrases]]
    signs = np.where(draw.random(posts) < WITH_A_SIGN, draw.integers(0, len(_SIGNS), posts), -1)
    texts = [
        " ".join(stock[at] for at in row) + (f" {_SIGNS[sign]}" if sign >= 0 else "")
        for row, sign in zip(drawn.tolist(), signs.tolist(), strict=True)
    ]
    return listed, texts


def _stock(draw: np.random.Generator) -> list[str]:
    """Different words of two to four syllables."""
    syllables = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]
    stock: dict[str, None] = {}
    while len(stock) < STOCK:
        stock["".join(syllables[at] for at in draw.integers(0, len(syllables), draw.integers(2, 5)))] = None
    return list(stock)
