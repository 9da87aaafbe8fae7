"""What of a word and of its neighbours tells whether a drug is named there.

Each word of a text is given features: strings that a linear-chain model weighs. Some say how the word is
written and what stands around it, some what the vocabulary knows of it, and some how often it was marked in
texts whose marks are known.

Invariant: what is said of a word by its marks comes from other texts than the one that is learned from
(`Marks.without`). Were it not so, a word met once would betray its own label, and a model would trust marks
more than it can where it meets new texts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

import pyarrow as pa

from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.span_tokens import Label, Words
from lippen.trade.vocabulary import families

Features = list[str]
Facts = dict[str, str]
"""What is said of one word, by the kind of what is said."""

_AROUND: Final = (-3, -2, -1, 1, 2, 3)
_NEXT: Final = ("sh", "v", "vf", "lx", "ls", "q")
_OVER_ONE: Final = ("v", "lx", "ls", "q")
_OVER_TWO: Final = ("lx", "q")
_LINKS: Final = frozenset([",", "/", "and", "or", "+", "&", "-", "of"])
_UNITS: Final = frozenset(["mg", "mgs", "mcg", "ug", "g", "gram", "grams", "ml", "milligrams"])
_DOSE: Final = re.compile(r"\d+(?:mg|mgs|mcg|ug|g|gs|ml|cc|s)")
_RARE: Final = "?"
"""Stands for every word that the texts learned from hold once: new ones are read alike."""

_ENDINGS: Final = ("ing", "ies", "ed", "es", "s")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without the ending of a plural or of a verb, where three letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=1 << 16)
def shape(word: str) -> str:
    """Capitals as X, small letters as x, digits as 9, each run as one."""
    drawn = "".join(
        "9" if sign.isdigit() else "X" if sign.isupper() else "x" if sign.isalpha() else sign for sign in word
    )
    return re.sub(r"(.)\1+", r"\1", drawn)


@dataclass(frozen=True)
class Marks:
    """How often each word, and each stem (under `~`), lay within a mark and how often outside."""

    inside: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, texts: Iterable[tuple[Words, Sequence[Label]]]) -> Self:
        """The counts over texts and their labels."""
        counted = cls()
        for words, labels in texts:
            for word, label in zip(words.lower, labels, strict=True):
                counts = counted.outside if label == "O" else counted.inside
                counts[word] += 1
                counts[f"~{stem(word)}"] += 1
        return counted

    def without(self, other: Marks) -> Marks:
        """What is left when the texts of another are taken out."""
        inside, outside = Counter(self.inside), Counter(self.outside)
        inside.subtract(other.inside)
        outside.subtract(other.outside)
        return Marks(inside, outside)

    def worth(self, key: str) -> str:
        """How often it was met, roughly, and in how many sixths of those it was marked (drawn to rarely)."""
        inside, outside = self.inside[key], self.outside[key]
        met = inside + outside
        if not met:
            return "new"
        often = "1" if met == 1 else "3" if met <= 3 else "9" if met <= 9 else "+"
        return f"{often}_{int((inside + 0.3) / (met + 1) * 6)}"


class Common:
    """The words and stems that texts to learn from hold so often that their own meaning can be learned."""

    def __init__(self, texts: Iterable[Words], least: int) -> None:
        counts = Counter(word for words in texts for word in words.lower)
        stems: Counter[str] = Counter()
        for word, met in counts.items():
            stems[stem(word)] += met
        self._words = frozenset(word for word, met in counts.items() if met >= least)
        self._stems = frozenset(one for one, met in stems.items() if met >= least)

    def word(self, word: str) -> str:
        """The word, or what stands for a rare one."""
        return word if word in self._words else _RARE

    def stem(self, word: str) -> str:
        """Its stem, or what stands for a rare one."""
        return one if (one := stem(word)) in self._stems else _RARE


def known_words(texts: pa.ChunkedArray, words: Sequence[Words]) -> list[list[Facts]]:
    """What spelling and vocabulary say of each word of each text, whatever is learned later."""
    facts = [[_spelling(one, lower) for one, lower in zip(w.written, w.lower, strict=True)] for w in words]
    lexicon = _vocabulary()
    found = lexicon.find(texts)
    at = row_before = 0
    for row, start, end, number in zip(
        *(column.tolist() for column in (found.row, found.start, found.end, found.word)), strict=True
    ):
        at = at if row == row_before else 0
        row_before = row
        places = words[row].places
        term: Term = lexicon.terms[number]
        first = True
        while at < len(places) and places[at][0] < end:
            if places[at][1] > start:
                facts[row][at] |= {
                    "v": term.sort + ("" if first else "+"),
                    "vs": term.substance,
                    "vf": families()[term.substance],
                }
                first = False
            at += 1
    return facts


@lru_cache
def _vocabulary() -> Lexicon:
    return Lexicon.of_vocabulary()


def _spelling(written: str, lower: str) -> Facts:
    facts = {"sh": shape(written)}
    if lower.isdecimal():
        facts["q"] = "number"
    elif lower in _UNITS:
        facts["q"] = "unit"
    elif _DOSE.fullmatch(lower):
        facts["q"] = "dose"
    return facts | _nearly(lower)


@lru_cache(maxsize=1 << 16)
def _nearly(word: str) -> Facts:
    """What the vocabulary says of a word that is almost one of its words, and how it is almost that one."""
    names = _names()
    if (other := word[:-1] if word.endswith("s") else f"{word}s") in names.single:
        return {"v": "form", "vf": names.single[other]}
    if len(word) < 5 or not word.isalpha():
        return {}
    for left in sorted(_left_out(word, 2), key=lambda one: (-len(one), one)):
        for name in names.nearly.get(left, ()):
            if word[0] == name[0] and len(word) - len(left) <= _slips(name):
                return {"v": "slip", "vf": names.whole[name]}
    held = next((name for name in names.whole if name in word), None)
    return {} if held is None else {"v": "part", "vf": names.whole[held]}


@dataclass(frozen=True)
class _Names:
    """The vocabulary's entries of one word (`single`) and of those the proper names of letters alone with six
    or more (`whole`), each with its family; and the latter by what is left of them with letters left out.

    The last is the search of Mor and Fraenkel (1982, CACM 25(12)): two words are alike but for a slip when
    they are alike with one letter left out of either (two where the name has nine letters or more).
    """

    single: dict[str, str]
    whole: dict[str, str]
    nearly: dict[str, list[str]]


@lru_cache
def _names() -> _Names:
    single: dict[str, str] = {}
    whole: dict[str, str] = {}
    nearly: defaultdict[str, list[str]] = defaultdict(list)
    for term in _vocabulary().terms:
        family = families()[term.substance]
        if term.written.isalnum() and len(term.written) > 2:
            single[term.written] = family
        if term.sort == "name" and term.written.isalpha() and len(term.written) >= 6:
            whole[term.written] = family
            for left in _left_out(term.written, _slips(term.written)):
                nearly[left].append(term.written)
    return _Names(single, whole, dict(nearly))


def _slips(name: str) -> int:
    return 2 if len(name) >= 9 else 1


def _left_out(word: str, most: int) -> set[str]:
    """The word with none of its letters left out, with one, and so on."""
    all_of_them = shorter = {word}
    for _ in range(most):
        shorter = {one[:at] + one[at + 1 :] for one in shorter for at in range(len(one))}
        all_of_them = all_of_them | shorter
    return all_of_them


def features(words: Words, known: Sequence[Facts], marks: Marks, common: Common) -> list[Features]:
    """The features of each word of a text: its own, and what is known of three neighbours on either side."""
    said = [
        one | {"lx": marks.worth(lower), "ls": marks.worth(f"~{stem(lower)}")}
        for one, lower in zip(known, words.lower, strict=True)
    ]
    plain = [common.word(lower) for lower in words.lower]
    stems = [common.stem(lower) for lower in words.lower]
    return [
        [
            "bias",
            f"w={plain[at]}",
            f"st={stems[at]}",
            *(f"{kind}={value}" for kind, value in said[at].items()),
            *_letters(words.written[at], words.lower[at], plain[at] != _RARE),
            *_touching(words, at),
            *_around(at, words.lower, plain, stems, said),
        ]
        for at in range(len(words))
    ]


def _letters(written: str, lower: str, common: bool) -> Iterable[str]:
    yield f"p1={written[0]}"
    yield f"len={min(len(lower), 12)}"
    if common:
        yield f"W={written}"
    if len(lower) > 3:
        yield from (f"p3={lower[:3]}", f"p4={lower[:4]}")
        yield from (f"s2={lower[-2:]}", f"s3={lower[-3:]}", f"s4={lower[-4:]}")


def _touching(words: Words, at: int) -> Iterable[str]:
    """The sign that stands against it with no blank between."""
    if at and words.places[at - 1][1] == words.places[at][0]:
        yield f"tl={words.written[at - 1][-1]}"
    if at + 1 < len(words) and words.places[at][1] == words.places[at + 1][0]:
        yield f"tr={words.written[at + 1][0]}"


def _around(
    at: int, lower: Sequence[str], plain: Sequence[str], stems: Sequence[str], said: Sequence[Facts]
) -> Iterable[str]:
    for by in _AROUND:
        there = at + by
        if not 0 <= there < len(lower):
            yield f"{by}end"
            continue
        facts = said[there]
        yield f"{by}w={plain[there]}"
        if abs(by) < 3:
            yield f"{by}st={stems[there]}"
        told = _NEXT if abs(by) == 1 else _OVER_ONE if abs(by) == 2 else _OVER_TWO
        yield from (f"{by}{kind}={facts[kind]}" for kind in told if kind in facts)
        if abs(by) == 2:
            between = lower[at + by // 2]
            yield f"{by}list={between if between in _LINKS else '*'}:{facts['lx']}"
    if 0 < at < len(lower) - 1:
        yield f"between={lower[at - 1]}|{lower[at + 1]}"
    if at > 1:
        yield f"before={lower[at - 2]}|{lower[at - 1]}"
    if at + 2 < len(lower):
        yield f"after={lower[at + 1]}|{lower[at + 2]}"
