"""Names that a search finds: of kinds, areas, partners. They are few, so that they are gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lippen.search.pieces import pieces
from lippen.search.spelling import close, distance, folded, tokens


@dataclass(frozen=True)
class Likeness:
    """How a word of a search is found in a name: as a `word` of it that lies `slips` away, or `begins` with
    what was asked for.
    """

    asked: str
    word: str
    slips: int
    begins: bool = False


def likenesses(names: Iterable[str], asked: str) -> Iterator[tuple[Likeness, ...]]:
    """For each name how each word of a search is found in it, by the rules of a search; nothing where one is
    not.
    """
    sought = [(text, exact, _Spelling(text)) for text, exact in pieces(asked)]
    for name in names:
        words = _words(name)
        found = [_likeness(words, text, exact, spelling) for text, exact, spelling in sought]
        yield tuple(one for one in found if one is not None) if all(found) else ()


@lru_cache(maxsize=4_096)
def _words(name: str) -> tuple[str, ...]:
    """A name as it is looked in. Names of a nation's areas and episodes are looked through at each search."""
    return tuple(tokens(folded(name)))


class _Spelling(dict[str, int | None]):
    """How many slips each word is away from the one asked for; None for too many. Counted once a word: names
    have most of theirs in common.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __missing__(self, word: str) -> int | None:
        self[word] = slips = distance(self.text, word) if close(self.text, word) else None
        return slips


def _likeness(words: Sequence[str], text: str, exact: bool, spelling: _Spelling) -> Likeness | None:
    if f" {text} " in f" {' '.join(words)} ":
        return Likeness(text, text, 0)
    if exact:
        return None
    if begun := sorted(word for word in words if word.startswith(text)):
        return Likeness(text, begun[0], 0, begins=True)
    near = [(slips, word) for word in words if (slips := spelling[word]) is not None]
    return Likeness(text, min(near)[1], min(near)[0]) if near else None
