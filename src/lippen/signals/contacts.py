"""How to reach somebody, in an advert: handles, numbers, links and the like, found in free text.

What is found is replaced, by a hash under the key of the month (`lippen.contact_keys`) or by a plain mark.
The pattern is meant to catch too much rather than too little. One contact written in two ways (`@wee.otter`,
`t.me/wee.otter`, `snap: Wee.Otter`) is one contact.

What it cannot catch: a plain word that is somebody's name with nothing beside it that says so (`ask for
otter`), a name that is a word of the list, numbers written out in words, the name of a messenger that is
misspelt or that of a game or a page for pictures, a link under an ending that is on no list, and a key that
somebody broke into pieces. tests/site/sightings/contact_spellings.json says of 341 spellings which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.contact_ways import ENDS, HASHED, WAYS
from lippen.signals.plain_letters import all_as_read, as_read, in_plain_letters, read_otherwise

REMOVED: Final = "[contact removed]"
"""What stands where a contact was that is not hashed: in a row that is not taken, and before a mapping is."""

HANDLE: Final = "[handle]"
"""What stands where a contact was in what somebody happened to see."""

_LEAST: Final = 5

_OF_ACCOUNTS: Final = sum(
    1 << bit for bit, (way, _, _) in enumerate(WAYS) if way in ("spoken", "named", "plainly", "on", "asked")
)
_OF_FILES: Final = sum(
    1 << bit
    for bit, (way, _, _) in enumerate(WAYS)
    if way in ("email", "spelt", "spoken", "link", "phone", "at", "plainly", "on")
)
_DIALLED: Final = re.compile(r"0\d{9,10}")
_TURNS: Final = 12
"""Turns in which a text is read again after something of it was replaced; one or two are what it takes."""

# What Arrow can look for.
_LINKED = (
    rf"(?:h(?:tt|xx)ps?://|www\.|tg://)\S+|\b[a-z2-7]{{16,56}}\.onion\b\S*|\b(?:[a-z0-9-]+\.)+(?:{ENDS})/\S+"
    r"|\b[\w-]{3,}\.t\.me\b"
)
_ACCOUNT = rf"(?i)(?:^|[^\w@.])@[a-z_]|{_LINKED}"
_LIKE_HANDLES = (
    rf"(?i)^\s*(?:@\w[\w.-]+|{_LINKED})\s*$",
    # A name of one piece with digits at its end or a low line in it, as accounts are called, and a number of
    # as many digits as accounts have.
    r"(?i)^\s*(?:[a-z][a-z.-]+_?\d{2,}|[a-z0-9.]+_[a-z0-9._]+|(?:user|id|u)?\d{6,19})\s*$",
)

_AS_DIGITS: Final = str.maketrans("OolI", "0011")
Instead = Callable[[str], str]


def replace_contacts(texts: pa.Array, instead: Instead) -> tuple[pa.Array, int]:
    """Text with each contact replaced by what `instead` gives for it, and how many texts held one.

    `instead` is given the contact in one way of writing, whichever it had. What is given back is read again,
    until nothing more is found. A text in which a contact shows only once it is read in plain letters (wide
    signs, signs without width, letters of another alphabet, escapes) is given back as read.
    """
    coded = texts.dictionary_encode()
    written = coded.dictionary
    where = np.zeros(len(written), dtype=np.bool_)
    at, left = np.arange(len(written)), written
    for turn in range(_TURNS):
        ways = _ways(left) & (-2 if turn else -1)  # a hash that was put in stays
        some = np.flatnonzero(ways)
        if not len(some):
            break
        found = left.take(pa.array(some))
        new = pa.array(
            [
                _replaced(text, instead, int(way))
                for text, way in zip(found.to_pylist(), ways[some], strict=True)
            ],
            texts.type,
        )
        changed = pc.not_equal(new, found)
        at, left = at[some[np.flatnonzero(changed.to_numpy(zero_copy_only=False))]], new.filter(changed)
        if not len(at):
            break
        where[at] = True
        mask = np.zeros(len(written), dtype=np.bool_)
        mask[at] = True
        written = pc.replace_with_mask(written, pa.array(mask), left)
    if not where.any():
        return texts, 0
    held = pc.sum(pa.array(where).take(coded.indices)).as_py() or 0
    return written.take(coded.indices), held


def _ways(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """Which of WAYS each text may hold, as written or as read, as bits."""
    ways = np.zeros(len(texts), dtype=np.int64)
    odd, read = read_otherwise(texts)
    where = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    for bit, (_, _, look) in enumerate(WAYS):
        for at, given in ((slice(None), texts), (where, read)):
            if len(given):
                may = pc.match_substring_regex(given, look).fill_null(False).to_numpy(zero_copy_only=False)
                ways[at] |= np.asarray(may, dtype=np.int64) << bit
    return ways


@lru_cache
def _pattern(way: str) -> re.Pattern[str]:
    return re.compile(next(pattern for name, pattern, _ in WAYS if name == way))


@dataclass(frozen=True)
class _Contact:
    """Where a contact stands in a text, and its one way of writing."""

    start: int
    end: int
    contact: str


def _found(text: str, ways: int) -> list[_Contact]:
    """The contacts in a text as it is written, one after another; where two ways begin at one place, of the
    first."""
    found: list[_Contact] = []
    patterns = [(way, _pattern(way)) for bit, (way, _, _) in enumerate(WAYS) if ways >> bit & 1]
    coming = [(way, pattern, match) for way, pattern in patterns if (match := pattern.search(text))]
    while coming:
        way, _, first = min(coming, key=lambda one: one[2].start())
        found.append(_contact(way, first))
        after = first.end()
        coming = [
            (way, pattern, next_one)
            for way, pattern, match in coming
            if (next_one := match if match.start() >= after else pattern.search(text, after))
        ]
    return found


def _put_in(text: str, found: Iterable[_Contact], instead: Instead) -> str:
    parts, after = [], 0
    for one in found:
        parts += [text[after : one.start], instead(one.contact)]
        after = one.end
    return "".join((*parts, text[after:]))


def remove_contacts(texts: pa.Array, mark: str = REMOVED) -> tuple[pa.Array, int]:
    """`replace_contacts` by a mark that is the same for all."""
    return replace_contacts(texts, lambda _: mark)


def name_without_contacts(name: str) -> str:
    """The name of a file as it may be kept. A file is often called `export_2025`, `telegram-export` or after
    a day, so only what stands for somebody in such a name is taken out.
    """
    stem, dot, ending = name.rpartition(".")
    kept = plain = as_read(stem if dot else name)
    for _ in range(_TURNS):
        found = [
            one
            for one in _found(kept, _OF_FILES)
            if not one.contact.isdigit() or _DIALLED.fullmatch(one.contact)
        ]
        if not found:
            break
        kept = _put_in(kept, found, _marked)
    return name if kept == plain else f"{kept}{dot}{ending}"


def hashed_alike(texts: pa.Array) -> pa.Array:
    """Text with each hash of a contact replaced by the same mark."""
    return pc.replace_substring_regex(texts, HASHED, REMOVED)


def holds_account(values: pa.StringArray) -> pa.BooleanArray:
    """Where a handle with its @, a link to an account, or a messenger with a name stands in a value that is
    no text. Null is no.
    """
    seen = all_as_read(values)
    linked = pc.match_substring_regex(seen, _ACCOUNT).fill_null(False).to_numpy(zero_copy_only=False)
    # An id of one piece may begin like a messenger: SC-2024a.
    apart = pc.match_substring_regex(seen, r"[\s:]").fill_null(False).to_numpy(zero_copy_only=False)
    ways = np.where(apart, _ways(seen) & _OF_ACCOUNTS, 0)
    holds = np.asarray(linked, dtype=np.bool_)
    for at in np.flatnonzero(ways):
        holds[at] |= bool(_found(seen[int(at)].as_py(), int(ways[at])))
    return pa.array(holds)


def full_of_handles(values: pa.StringArray) -> bool:
    """Whether more than half of the different values of a column, and five at least, are handles, links to
    accounts, or names and numbers such as accounts have.
    """
    different = all_as_read(values.unique()).unique()
    filled = different.filter(pc.not_equal(pc.utf8_trim_whitespace(different), "").fill_null(False))
    first, second = (pc.match_substring_regex(filled, pattern) for pattern in _LIKE_HANDLES)
    like = pc.sum(pc.or_(first, second)).as_py() or 0
    return like >= _LEAST and 2 * like > len(filled)


def _replaced(text: str, instead: Instead, ways: int) -> str:
    """A text after one turn: as written where that hides all that is read, else as read."""
    found = _found(text, ways)
    read = as_read(text)
    if read != text:
        shown = _found(read, ways)
        hidden = _put_in(read, shown, _marked)
        if shown and as_read(_put_in(text, found, _marked)) != hidden:
            return _put_in(read, shown, instead)
    return _put_in(text, found, instead)


def _marked(_: str) -> str:
    return HANDLE


def _contact(way: str, match: re.Match[str]) -> _Contact:
    """What says which messenger it is stays, and so does what ends a sentence after a link."""
    whole, start, end = match[0], match.start(), match.end()
    if named := match.lastgroup:
        if named == "spoken":
            return _Contact(start, end, _plain(match[named]))
        start = match.start(named)
        return _Contact(start - (match.string[start - 1 : start] == "@"), end, _plain(match[named]))
    if way == "link":
        kept = whole.rstrip(".,;:!?*_~")
        return _Contact(start, start + len(kept), _of_link(kept))
    if way == "phone":
        return _Contact(start, end, _dialled(re.sub(r"\D", "", whole.translate(_AS_DIGITS))))
    if way == "spelt":
        spelt = re.sub(r"[\[({<#*]\s?(at|@|a|dot|\.)\s?[\])}>#*]", r" \1 ", whole.casefold())
        spelt = re.sub(r"\s+dot\s+|_dot_", ".", re.sub(r"\s+at?\s+|_at_", "@", spelt))
        name, at, host = spelt.partition("@")
        whole = name + at + re.sub(r"[\s.,;]+", ".", host.strip())
    return _Contact(start, end, _plain(whole))


def _plain(name: str) -> str:
    """A name in one way of writing. An accent is left out: a name with one is another to a machine alone."""
    plain = name
    if not (name.isascii() and name.isprintable()):
        apart = unicodedata.normalize("NFD", in_plain_letters(name).casefold())
        bare = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
        plain = unicodedata.normalize("NFC", bare)
    return plain.casefold().strip("@.-_ *(\"'“").replace(" ", "")


def _dialled(digits: str) -> str:
    return re.sub(r"^(?:(?:0?0?44|0)0?|(?=7\d{9}$))", "0", digits)


_TO_AN_ACCOUNT: Final = re.compile(
    r"(?:(?:m|mobile|touch|mbasic|old|new|web)\.)?(?:(?:t\.me|telegram\.me|telegram\.dog)(?:/s)?|kik\.me|instagram\.com"
    r"|snapchat\.com(?:/(?:add|u)|(?=/@))|tiktok\.com|twitter\.com|x\.com|threads\.(?:net|com)|reddit\.com/u(?:ser)?"
    r"|facebook\.com|fb\.me|fb\.com|m\.me)/(?:@|%40)?([\w.-]+?)(?:[/?#].*)?"
    r"|([\w-]+)\.t\.me(?:[/?#].*)?|web\.telegram\.org/(?:[akz]/)?#(?:@|%40)?([\w-]+)"
    r"|tg://resolve\?domain=([\w.-]+).*|/?u/([\w-]+)"
)
_TO_A_NUMBER: Final = re.compile(
    r"(?:wa\.me/|(?:(?:api|web)\.whatsapp\.com/|whatsapp://)send/?\?(?:.*&)?phone=|signal\.me/\#p/)(?:\+|%2b)?(\d+)"
    r"(?:\D.*)?"
)


def _of_link(link: str) -> str:
    """A link as its account or number where it leads to one, else without what browsers add."""
    written = re.sub(r"[\[(](?:\.|dot)[\])]", ".", in_plain_letters(link).casefold())
    bare = re.sub(r"^(?:h(?:tt|xx)ps?://)?(?:www\.)?", "", written).rstrip("/")
    if account := _TO_AN_ACCOUNT.fullmatch(bare):
        return _plain(next(name for name in account.groups() if name))
    number = _TO_A_NUMBER.fullmatch(bare)
    return _dialled(number[1]) if number else bare
