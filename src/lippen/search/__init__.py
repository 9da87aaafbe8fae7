"""Incidents found by words, whoever misspelt them: the caller's text, or whoever searches.

    lake/search/<digest>.sqlite3   the index over one set of imports (`Manifest.search_index`)

The index is SQLite's own full-text search (FTS5), which is quick at a nation's size and needs no server. It
is made beside the lake's files and never changed; another set of imports has another name, so an index can be
late and cannot be wrong. It is derived: leave it out of backups, delete it at will, make it anew. Whoever
changes what is in it raises `manifest.INDEX_FORM`.

How a word finds another, fixed by examples in `tests/test_searching.py`:

* case, accents and apostrophes do not count;
* the words asked for must all be there, in any order; words in quotation marks stand together as written;
* a word of four letters or more also finds those that begin with it;
* a word of five letters or more also finds those that are one slip away: a letter too many, too few or
  another, or two exchanged (Damerau 1964), and one of eight or more those two slips away. The first letter
  is right, or exchanged with the second: slips there are rare. A word of four letters does so only where
  nothing is spelt as it is;
* what holds a digit is never guessed at: it finds itself, and ids that begin with it;
* the closest spelling stands first, what an incident says of itself before what its area is called, and of
  what is equally close the newest first.

A name (of a kind, an area, a partner) is found by the same rules (`likenesses`); as names are few, a
beginning of any length will do.

Words that are near each other are found by what is left of them when letters are taken out (Garbe 2012,
"1000x faster spelling correction"), so that no list of words is gone through.
"""

from lippen.search.asking import COUNTED, Answer, Hit, WordAsked, search
from lippen.search.index import make_index
from lippen.search.names import Likeness, likenesses
from lippen.search.pieces import LONGEST, MOST_WORDS
from lippen.search.spelling import distance

__all__ = [
    "COUNTED",
    "LONGEST",
    "MOST_WORDS",
    "Answer",
    "Hit",
    "Likeness",
    "WordAsked",
    "distance",
    "likenesses",
    "make_index",
    "search",
]
