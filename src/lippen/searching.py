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

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.manifest import INDEX_FORM, settle
from lippen.progress import Stages
from lippen.workspace import Workspace

LONGEST: Final = 200
"""Signs of a search that are looked at."""

MOST_WORDS: Final = 8
COUNTED: Final = 1_000
"""Up to how many incidents an answer counts."""

_BEGINS: Final = 4
_SLIP: Final = 5
_TWO_SLIPS: Final = 8
_LONGEST_SPELT: Final = 18
_MOST_SPELLINGS: Final = 24
_AT_ONCE: Final = 20_000
_SPOILT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_SHOWN: Final = (
    "incident_id",
    "local_day",
    "local_hour",
    "kind",
    "area",
    "larger_area",
    "place",
    "outcome",
    "text",
)
_LOOKED_IN: Final = ("incident_id", "kind", "place", "area", "larger_area", "text")
_OWN: Final = ("incident_id", "kind", "place", "text")
"""What of it an incident says of itself, and not of where it lies."""

_JOINING: Final = "'\u2019\u2018`\u02bc"
_TAKEN_OUT: Final = dict.fromkeys(map(ord, _JOINING))
_PIECES: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')


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
class Likeness:
    """How a word of a search is found in a name: as a `word` of it that lies `slips` away, or `begins` with
    what was asked for.
    """

    asked: str
    word: str
    slips: int
    begins: bool = False


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


def make_index(workspace: Workspace, stages: Stages) -> Path | None:
    """Make the index over the incidents of `workspace`, unless it is there, and delete those of other sets.

    Incidents of protected kinds are not in it. Returns where it lies; None where there are no incidents.
    A run that was killed leaves a hidden file, which the next one deletes.
    """
    manifest = workspace.manifest()
    file = workspace.lake / manifest.search_index
    folder = file.parent
    if not any(one.kind == "incident" for one in manifest.imports):
        _delete_but(folder, None)
        return None
    if not file.exists():
        folder.mkdir(exist_ok=True)
        part = folder / f".{file.name}.part"
        part.unlink(missing_ok=True)
        incidents = workspace.signals("incident")
        ordered = incidents.filter(~incidents.protected).order_by(
            [incidents.reported_at.desc(), incidents.incident_id.asc()]
        )
        rows = workspace.engine.collect(ordered.select(*_SHOWN))
        try:
            with stages.stage("index for search", total=rows.num_rows) as stage:
                _write(part, rows, stage.advance)
            settle(part)
            part.replace(file)
            settle(folder)
        finally:
            part.unlink(missing_ok=True)
    _delete_but(folder, file)
    return file


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
        understood = [_understood(database, piece) for piece in _pieces(asked)]
        words = tuple(word for word, _ in understood)
        if not words or not all(word.found for word in words):
            return Answer(words, (), 0, False)
        tiers = list(_tiers([sought for _, sought in understood]))
        (counted,) = database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (tiers[-1], COUNTED + 1)
        ).fetchone()
        hits = _hits(database, _numbers(database, tiers, start + many)[start:])
        return Answer(words, hits, min(counted, COUNTED), counted > COUNTED)


def likenesses(names: Iterable[str], asked: str) -> Iterator[tuple[Likeness, ...]]:
    """For each name how each word of a search is found in it, by the rules of `search`; nothing where one is
    not.
    """
    pieces = [(text, exact, _Spelling(text)) for text, exact in _pieces(asked)]
    for name in names:
        words = _words(name)
        found = [_likeness(words, text, exact, spelling) for text, exact, spelling in pieces]
        yield tuple(one for one in found if one is not None) if all(found) else ()


@lru_cache(maxsize=4_096)
def _words(name: str) -> tuple[str, ...]:
    """A name as it is looked in. Names of a nation's areas and episodes are looked through at each search."""
    return tuple(_tokens(_folded(name)))


class _Spelling(dict[str, int | None]):
    """How many slips each word is away from the one asked for; None for too many. Counted once a word: names
    have most of theirs in common.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __missing__(self, word: str) -> int | None:
        self[word] = slips = distance(self.text, word) if _close(self.text, word) else None
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
        f"SELECT number, {', '.join(_SHOWN)} FROM incident "  # noqa: S608 - names of ours
        f"WHERE number IN ({', '.join('?' * len(numbers))})",
        numbers,
    )
    told = {number: Hit(*row) for number, *row in rows}
    return tuple(told[number] for number in numbers)


def _write(file: Path, rows: pa.Table, advance: Callable[[int], None]) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # it is thrown away when this is interrupted
        database.execute("PRAGMA synchronous = OFF")
        shown = ", ".join(_SHOWN)
        database.execute(f"CREATE TABLE incident (number INTEGER PRIMARY KEY, {shown})")
        database.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join(_LOOKED_IN)}, content='', "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        database.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row')")
        database.execute("CREATE TABLE spelt (left TEXT, word TEXT, PRIMARY KEY (left, word)) WITHOUT ROWID")
        number = 0
        for batch in rows.to_batches(max_chunksize=_AT_ONCE):
            told = batch.to_pydict()
            told["local_day"] = [day.isoformat() for day in told["local_day"]]
            numbers = range(number + 1, number + 1 + batch.num_rows)
            database.executemany(
                f"INSERT INTO incident VALUES ({', '.join('?' * (len(_SHOWN) + 1))})",  # noqa: S608 - marks
                zip(numbers, *(told[name] for name in _SHOWN), strict=True),
            )
            looked_in = (_joined(batch[name]).to_pylist() for name in _LOOKED_IN)
            database.executemany(
                f"INSERT INTO words (rowid, {', '.join(_LOOKED_IN)}) "  # noqa: S608 - names of ours
                f"VALUES ({', '.join('?' * (len(_LOOKED_IN) + 1))})",
                zip(numbers, *looked_in, strict=True),
            )
            number += batch.num_rows
            advance(batch.num_rows)
        # To count a common word FTS5 goes through all that holds it: so each is counted once, here.
        database.execute("CREATE TABLE counted (word TEXT PRIMARY KEY, incidents INTEGER) WITHOUT ROWID")
        database.execute("INSERT INTO counted SELECT term, doc FROM vocabulary")
        database.execute("DROP TABLE vocabulary")
        words = database.execute("SELECT word FROM counted").fetchall()
        database.executemany(
            "INSERT OR IGNORE INTO spelt VALUES (?, ?)",
            ((left, word) for (word,) in words if _spelt(word) for left in _left_of(word)),
        )
        database.commit()
        database.execute(f"PRAGMA user_version = {INDEX_FORM}")


def _joined(values: pa.Array) -> pa.Array:
    """What is looked in: as written, but apostrophes join the letters beside them."""
    return pc.replace_substring_regex(values, f"[{_JOINING}]", "")


def _delete_but(folder: Path, kept: Path | None) -> None:
    for file in folder.glob("*.sqlite3"):
        if file != kept:
            with suppress(FileNotFoundError):
                file.unlink()


def _pieces(asked: str) -> Iterator[tuple[str, bool]]:
    """The words of a search, folded, each with whether it stood in quotation marks."""
    for many, match in enumerate(_PIECES.finditer(_folded(asked[:LONGEST]))):
        if many == MOST_WORDS:
            return
        exact, word = match[1], match[2]
        folded = " ".join(_tokens(word if exact is None else exact))
        if folded:
            yield folded, exact is not None


def _folded(text: str) -> str:
    """A text as it is looked for: without case, and with letters joined that an apostrophe stands between."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_TAKEN_OUT)


def _tokens(text: str) -> list[str]:
    """As the index takes a text apart: runs of letters and digits, without accents."""
    plain = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in plain).split()


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
    begin = _beginning_with(database, text) if len(text) >= _BEGINS else []
    near = _near(database, text) if len(text) >= _SLIP or (len(text) == _BEGINS and not as_it_is) else []
    close = _commonest(database, (word for word in near if not word.startswith(text)))
    close.sort(key=lambda word: distance(text, word))
    one_slip = [word for word in close if distance(text, word) == 1]
    sought = [quoted]
    for more in (one_slip, close):
        spelt = " OR ".join(f'"{one}"' for one in (text, *more, *begin))
        # With a star those too that are too many to be named, though it goes through all that hold them.
        sought.append(f'{spelt} OR "{text}"*' if len(begin) == _MOST_SPELLINGS else spelt)
    return WordAsked(text, tuple(close), tuple(begin), as_it_is or bool(close or begin)), sought


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
    if not _spelt(text):
        return []
    left = sorted(_left_of(text))
    found: set[str] = set()
    for start in range(0, len(left), 500):
        some = left[start : start + 500]
        rows = database.execute(
            f"SELECT DISTINCT word FROM spelt WHERE left IN ({', '.join('?' * len(some))})",  # noqa: S608
            some,
        )
        found |= {word for (word,) in rows}
    return [word for word in found if _close(text, word)]


def _close(text: str, word: str) -> bool:
    """Whether a word is few slips away from the one asked for. See the head of this file."""
    begins_alike = word[0] == text[0] or word[:2] == text[1::-1]
    allowed = min(_slips(text), _slips(word) + 1)
    # What tells most words apart costs least, and comes first.
    if not begins_alike or abs(len(text) - len(word)) > allowed or not (_spelt(text) and _spelt(word)):
        return False
    return distance(text, word) <= allowed


def _commonest(database: sqlite3.Connection, words: Iterable[str]) -> list[str]:
    counted = [
        (row[0], word)
        for word in words
        if (row := database.execute("SELECT incidents FROM counted WHERE word = ?", (word,)).fetchone())
    ]
    return [word for _, word in sorted(counted, key=lambda one: (-one[0], one[1]))[:_MOST_SPELLINGS]]


def _spelt(word: str) -> bool:
    """Whether slips are looked for in a word: letters alone, and not too many."""
    return word.isalpha() and _BEGINS <= len(word) <= _LONGEST_SPELT


def _slips(word: str) -> int:
    return 2 if len(word) >= _TWO_SLIPS else 1


def _left_of(word: str) -> set[str]:
    """The word, and what is left when as many letters are taken out as slips are allowed in it."""
    left = {word}
    for many in range(1, _slips(word) + 1):
        for gone in combinations(range(len(word)), many):
            left.add("".join(sign for place, sign in enumerate(word) if place not in gone))
    return left


def distance(one: str, other: str) -> int:
    """How many slips lie between two words: a letter too many, too few or another, or two neighbours
    exchanged (the restricted Damerau-Levenshtein distance; Damerau 1964).
    """
    before: Sequence[int] = ()
    row: Sequence[int] = range(len(other) + 1)
    for i, sign in enumerate(one, start=1):
        this = [i]
        for j, letter in enumerate(other, start=1):
            least = min(row[j] + 1, this[j - 1] + 1, row[j - 1] + (sign != letter))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == letter:
                least = min(least, before[j - 2] + 1)
            this.append(least)
        before, row = row, this
    return row[-1]
