"""The six words by which people tell a partnership's key: on the leaflet, on the page, at the telephone.

They are made as section 11 of docs/speak-protocol.md says, from the words of receipts: the long list of the
EFF, which lies beside this file with its licence, as `words_changed.tsv` changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

from lippen.errors import LippenError

_COUNT: Final = 6


class FingerprintUnreadable(LippenError):
    """What was given as a fingerprint is not six words of the list."""


@cache
def word_list() -> tuple[str, ...]:
    """The words of receipts in their order (section 2 of the protocol). None brands whoever keeps it."""
    changed = dict(_rows("words_changed.tsv"))
    put_in = [word for word, reason in changed.items() if reason == "put in"]
    return tuple(
        sorted([word for _, word in _rows("eff_large_wordlist.txt") if word not in changed] + put_in)
    )


def _rows(name: str) -> Iterator[list[str]]:
    text = resources.files("lippen.site.speak").joinpath(name).read_text("utf-8")
    return (line.split("\t") for line in text.splitlines())


def fingerprint(public: bytes) -> str:
    """Six words, with spaces between, for a public key of 32 bytes: 77.1 bits of its SHA-256."""
    words = word_list()
    number = int.from_bytes(sha256(public).digest()[:12]) % len(words) ** _COUNT
    found = []
    for _ in range(_COUNT):
        number, at = divmod(number, len(words))
        found.append(words[at])
    return " ".join(reversed(found))


def is_fingerprint_of(typed: str, public: bytes) -> bool:
    """Whether the six words that somebody copied off a leaflet are those of this key: capitals, commas and
    hyphens do not count, within a word or between two. Raises FingerprintUnreadable when they are no
    fingerprint at all; it names the word.
    """
    spelt = _spelt()
    given = list(_words(typed))
    unknown = next((word for word in given if _letters(word) not in spelt), None)
    if unknown is not None or len(given) != _COUNT:
        what = f"these are {len(given)} words" if unknown is None else f"{unknown!r} is no word of the list"
        raise FingerprintUnreadable(
            f"a fingerprint is six words, and {what}",
            remedy='Copy them from the leaflet: --fingerprint "one two three four five six".',
        )
    return list(map(_letters, given)) == list(map(_letters, fingerprint(public).split()))


def _words(typed: str) -> Iterator[str]:
    """What stands between blanks, commas and hyphens; two such are one word where the list has it so."""
    rest = re.split(r"[\s,;.\-\u2010-\u2015\u2212]+", typed.strip(" \t\r\n,;.-"))
    spelt = _spelt()
    while rest:
        word, *rest = rest
        if rest and word.lower() not in spelt and _letters(word + rest[0]) in spelt:
            word += rest.pop(0)
        yield word


@cache
def _spelt() -> frozenset[str]:
    return frozenset(map(_letters, word_list()))


def _letters(word: str) -> str:
    return word.replace("-", "").lower()
