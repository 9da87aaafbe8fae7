"""The index is asked: which incidents hold all the words of a search, the closest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.manifest import INDEX_FORM
from lippen.search.index import SHOWN
from lippen.search.pieces import pieces
from lippen.search.spelling import BEGINS, close, distance, is_spelt, left_of

COUNTED: Final = 1_000
"""Up to how many incidents an answer counts."""

_SLIP: Final = 5
_MOST_SPELLINGS: Final = 24
_SPOILT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_OWN: Final = ("incident_id", "kind", "place", "text")
"""What of it an incident says of itself, and not of where it lies."""


@dataclass(frozen=True)
class WordAsked:
    """One word, or words in quotation marks, of a search.

    `close` are words that are few slips away, the closest first, and `begin` others that begin with it, the
    commonest first: it finds both besides itself. `found` is whether anything at all is spelt so.
    """

    text: str
    close: tuple[str, ...]
    begin: tuple[str, ...]
    found: bool


@dataclass(frozen=True)
class Hit:
    """One incident that was found. Days and hours are the source's own."""

    incident_id: str
    local_day: str
    local_hour: int
    kind: str
    area: str | None
    larger_area: str | None
    place: str | None
    outcome: str
    text: str | None


@dataclass(frozen=True)
class Answer:
    """What a search found, the closest first. `many` counts up to COUNTED; `more` when there are more."""

    words: tuple[WordAsked, ...]
    hits: tuple[Hit, ...]
    many: int
    more: bool


def search(index: Path, asked: str, start: int = 0, many: int = 50) -> Answer:
    """The incidents in which all of `asked` is found, from the `start`th on, at most `many`.

    No more than LONGEST signs and MOST_WORDS words are looked at. A search without a word finds nothing.
    Raises FileNotFoundError where there is no index; one that is damaged is deleted, so that it is made anew.
    """
    try:
        return _search(index, asked, start, many)
    except sqlite3.DatabaseError as error:
        if index.exists() and not _damaged(error):
            raise
        index.unlink(missing_ok=True)
        raise FileNotFoundError(index) from error


def _damaged(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SPOILT


def _search(index: Path, asked: str, start: int, many: int) -> Answer:
    if not index.exists():
        raise FileNotFoundError(index)
    with closing(sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        (made_as,) = database.execute("PRAGMA user_version").fetchone()
        if made_as != INDEX_FORM:  # cut short, or empty: it is written last of all
            index.unlink(missing_ok=True)
            raise FileNotFoundError(index)
        understood = [_understood(database, piece) for piece in pieces(asked)]
        words = tuple(word for word, _ in understood)
        if not words or not all(word.found for word in words):
            return Answer(words, (), 0, False)
        tiers = list(_tiers([sought for _, sought in understood]))
        (counted,) = database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (tiers[-1], COUNTED + 1)
        ).fetchone()
        hits = _hits(database, _numbers(database, tiers, start + many)[start:])
        return Answer(words, hits, min(counted, COUNTED), counted > COUNTED)


def _tiers(words: Sequence[Sequence[str]]) -> Iterator[str]:
    """What is asked of FTS5, one after another: each holds what those before it hold, and spellings that are
    less close. `words` has for each word what it is spelt like, from the closest to all of them.
    """
    for closeness in range(max(len(spelt) for spelt in words)):
        every = " AND ".join(f"({spelt[min(closeness, len(spelt) - 1)]})" for spelt in words)
        yield f"{{{' '.join(_OWN)}}} : ({every})"
        yield every


def _numbers(database: sqlite3.Connection, tiers: Iterable[str], many: int) -> list[int]:
    """The first `many` incidents of these tiers, each once."""
    found: dict[int, None] = {}
    for sought in tiers:
        rows = database.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?", (sought, many)
        )
        found |= dict.fromkeys(number for (number,) in rows)
        if len(found) >= many:
            break
    return list(found)[:many]


def _hits(database: sqlite3.Connection, numbers: Sequence[int]) -> tuple[Hit, ...]:
    """These incidents, in this order."""
    rows = database.execute(
        f"SELECT number, {', '.join(SHOWN)} FROM incident "  # noqa: S608 - names of ours
        f"WHERE number IN ({', '.join('?' * len(numbers))})",
        numbers,
    )
    told = {number: Hit(*row) for number, *row in rows}
    return tuple(told[number] for number in numbers)


def _understood(database: sqlite3.Connection, piece: tuple[str, bool]) -> tuple[WordAsked, Sequence[str]]:
    """One word, and what it is for FTS5, from the closest spelling to all of them."""
    text, exact = piece
    quoted = f'"{text}"'
    if exact:
        return WordAsked(f'"{text}"', (), (), _stands(database, quoted)), [quoted]
    if any(sign.isdigit() for sign in text) or " " in text:
        begins = f'"{text}"*'
        return WordAsked(text, (), (), _stands(database, begins)), [begins]
    as_it_is = _stands(database, quoted)
    begin = _beginning_with(database, text) if len(text) >= BEGINS else []
    near = _near(database, text) if len(text) >= _SLIP or (len(text) == BEGINS and not as_it_is) else []
    alike = _commonest(database, (word for word in near if not word.startswith(text)))
    alike.sort(key=lambda word: distance(text, word))
    one_slip = [word for word in alike if distance(text, word) == 1]
    sought = [quoted]
    for more in (one_slip, alike):
        spelt = " OR ".join(f'"{one}"' for one in (text, *more, *begin))
        # With a star those too that are too many to be named, though it goes through all that hold them.
        sought.append(f'{spelt} OR "{text}"*' if len(begin) == _MOST_SPELLINGS else spelt)
    return WordAsked(text, tuple(alike), tuple(begin), as_it_is or bool(alike or begin)), sought


def _stands(database: sqlite3.Connection, sought: str) -> bool:
    return (
        database.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (sought,)).fetchone() is not None
    )


def _beginning_with(database: sqlite3.Connection, text: str) -> list[str]:
    """Words that begin with it, the commonest first."""
    rows = database.execute(
        "SELECT word FROM counted WHERE word > ? AND word < ? ORDER BY incidents DESC, word LIMIT ?",
        (text, f"{text}\U0010ffff", _MOST_SPELLINGS),
    )
    return [word for (word,) in rows]


def _near(database: sqlite3.Connection, text: str) -> list[str]:
    """Words that are few slips away."""
    if not is_spelt(text):
        return []
    left = sorted(left_of(text))
    found: set[str] = set()
    for start in range(0, len(left), 500):
        some = left[start : start + 500]
        rows = database.execute(
            f"SELECT DISTINCT word FROM spelt WHERE left IN ({', '.join('?' * len(some))})",  # noqa: S608
            some,
        )
        found |= {word for (word,) in rows}
    return [word for word in found if close(text, word)]


def _commonest(database: sqlite3.Connection, words: Iterable[str]) -> list[str]:
    counted = [
        (row[0], word)
        for word in words
        if (row := database.execute("SELECT incidents FROM counted WHERE word = ?", (word,)).fetchone())
    ]
    return [word for _, word in sorted(counted, key=lambda one: (-one[0], one[1]))[:_MOST_SPELLINGS]]
