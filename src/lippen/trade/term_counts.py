"""Posts as different texts, and the words, phrases and signs that stand in each.

Invariant: a text counts once, whoever posts it and however often. How many copies it has is kept beside it:
that says how much louder a term is, not how many more use it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.signals.contact_ways import HASHED
from lippen.signals.contacts import HANDLE
from lippen.trade.errors import PostsUnusable

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

BREAK: Final = "¶"
"""Stands for a line break."""
CONTACT: Final = "@"
"""Stands for a handle, an address, a link or a telephone number."""
NUMBER: Final = "#"
"""Stands for the digits of an amount or a strength: `100mg` is read as `#mg`. A bare number stays."""

_GRAMMAR: Final = (
    "a an and any are as at by can for from get got has have i if in into is it its me my no not of off on or"
    " our out per so some that the their them they this to up was we what when with you your"
)
BEFORE_CONTACTS: Final = frozenset(
    ["add", "ask", "bell", "call", "dm", "inbox", "message", "msg", "ring", "snap", "text", "txt", "whatsapp"]
)
"""Words after which people write how to reach them."""
_SMALL: Final = frozenset(_GRAMMAR.split()) | BEFORE_CONTACTS
_SIGNS: Final = r"\p{So}\x{1F000}-\x{1FAFF}"
_UNSEEN: Final = r"[\x{FE00}-\x{FE0F}\x{200B}-\x{200D}\x{2060}\x{1F3FB}-\x{1F3FF}'’]"
_CONTACTS: Final = (
    rf"{HASHED}|{re.escape(HANDLE)}"
    r"|(?:https?://|www\.)\S+|\S+@\S+|@[\w.]+|\b[a-z]+[._][a-z]*[._]?\d{2,}\b|\b[a-z]{4,}\d{3,}\b"
    r"|\b[a-z]{8,}\d{2,}\b|\+?\d[\d ]{8,}\d"
)
_AMOUNT: Final = re.compile(
    r"x?\d+(?:g|gr|grs|gm|gms|gram|grams|gramm|kg|kgs|mg|mgs|mcg|ug|ml|oz|ozs|lb|lbs|x|k|p|pc|pcs|ct|cts|tab|tabs"
    r"|pill|pills|caps?|hits?|st|nd|rd|th|s|h|hr|hrs|usd|gbp|eur|btc|quid|bags?|pack|packs|units?|er|xr|xl)?"
)


@dataclass(frozen=True)
class Posts:
    """Different texts in the order of their first days, and what stands in each.

    Per text: `text` as first written, the `source` row of the table where that was, its first `day` (days
    since 1970), `seller` (a number; who is not known is somebody else each time) and `copies` (how often it
    was posted). Per place: `token` (the number of a word in `words`) and the `row` of its text; `starts` is
    where each text's places begin, with the end at last.
    """

    text: pa.StringArray
    source: Ids
    day: Ids
    seller: Ids
    copies: Ids
    token: Ids
    row: Ids
    starts: Ids
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def opens(self) -> Mask:
        """Of each word whether it can be (part of) a term: letters or a sign, no number and no mark."""
        return np.array(
            [word[:1] not in "#@¶£$€" and not word.isdigit() for word in self.words], dtype=np.bool_
        )

    @cached_property
    def binds(self) -> Mask:
        """Of each word whether it can be part of a phrase: one that opens, and no small word of grammar or
        one before a contact."""
        return self.opens & np.array([word not in _SMALL for word in self.words], dtype=np.bool_)

    @cached_property
    def blurred(self) -> Ids:
        """Of each word the one it is taken for where all numbers are one and the same."""
        numbers = [at for at, word in enumerate(self.words) if word.isdigit()]
        same = np.arange(len(self.words))
        same[numbers] = numbers[0] if numbers else 0
        return same

    @cached_property
    def is_sign(self) -> Mask:
        """Of each word whether it is a sign such as an emoji."""
        return np.array(
            [not word.isalnum() and not any(one.isalnum() for one in word) for word in self.words],
            dtype=np.bool_,
        )

    def in_order(self, order: Ids) -> Posts:
        """The same texts, or some of them, in another order."""
        lengths = np.diff(self.starts)[order]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        row = np.repeat(np.arange(len(order)), lengths)
        place = np.arange(len(row)) - starts[row] + self.starts[order][row]
        return replace(
            self,
            text=self.text.take(pa.array(order)),
            source=self.source[order],
            day=self.day[order],
            seller=self.seller[order],
            copies=self.copies[order],
            token=self.token[place],
            row=row,
            starts=starts,
        )

    def put(self, place: Ids, word: str) -> Posts:
        """The same texts with another word at some places, as if it had been written there."""
        token = self.token.copy()
        token[place] = len(self.words)
        return replace(self, token=token, words=(*self.words, word))


def read_posts(posts: pa.Table) -> Posts:
    """Different texts of posts with columns `text` and `day`, and `seller` where it is known; `copies`, where
    there is such a column, says how often a row was posted.

    Two texts are the same when nothing but case, spaces and contacts differs. Rows without
    a word are left out. Raises PostsUnusable where a column is missing, or a text has no day.
    """
    missing = sorted({"text", "day"} - set(posts.column_names))
    if missing:
        raise PostsUnusable(
            f"the posts have no column {', '.join(missing)}", remedy="Give each post its text and its day."
        )
    written = pc.fill_null(posts["text"].cast(pa.string()), "").combine_chunks().dictionary_encode()
    plain = folded(written.dictionary).take(written.indices)
    source = np.flatnonzero(np.asarray(pc.greater(pc.utf8_length(plain), 0)))
    plain, posts = plain.take(pa.array(source)), posts.take(pa.array(source))
    if posts["day"].null_count:
        raise PostsUnusable("a post has no day", remedy="Leave out posts whose day is not known.")
    day = posts["day"].cast(pa.date32()).combine_chunks().cast(pa.int32()).to_numpy().astype(np.int64)
    coded = plain.dictionary_encode()
    order = np.argsort(day, kind="stable")
    same = coded.indices.to_numpy()[order]
    first = np.empty(len(coded.dictionary), dtype=np.int64)
    first[same[::-1]] = np.arange(len(same))[::-1]  # of several that are written the last stays
    copies = np.bincount(same, _times(posts)[order]).astype(np.int64)
    by_day = np.argsort(first, kind="stable")
    kept = order[first[by_day]]
    token, starts, words = tokens_of(plain.take(pa.array(kept)))
    return Posts(
        text=posts["text"].combine_chunks().take(pa.array(kept)),
        source=source[kept],
        day=day[kept],
        seller=sellers_of(posts)[kept],
        copies=copies[by_day],
        token=token,
        row=np.repeat(np.arange(len(kept)), np.diff(starts)),
        starts=starts,
        words=words,
    )


def words_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of each text, as they are told apart here."""
    token, starts, words = tokens_of(folded(pa.array(texts, pa.string())))
    return [
        tuple(words[one] for one in token[begin:end].tolist())
        for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]


def _times(posts: pa.Table) -> Ids:
    if "copies" not in posts.column_names:
        return np.ones(posts.num_rows, dtype=np.int64)
    return np.asarray(posts["copies"].fill_null(1).to_numpy(), dtype=np.int64)


def sellers_of(posts: pa.Table) -> Ids:
    """A number for the seller of each row; who is not known is somebody else each time."""
    alone = np.arange(posts.num_rows, dtype=np.int64)
    if "seller" not in posts.column_names:
        return alone
    codes = posts["seller"].combine_chunks().cast(pa.string()).dictionary_encode().indices
    known = codes.is_valid().to_numpy(zero_copy_only=False)
    return np.where(known, posts.num_rows + codes.fill_null(0).to_numpy().astype(np.int64), alone)


def folded(text: pa.StringArray) -> pa.StringArray:
    """Small letters, digits, signs and marks, with blanks between: texts alike in it are the same text."""
    plain = pc.utf8_lower(pc.utf8_normalize(text, "NFKC"))
    plain = pc.replace_substring_regex(plain, _CONTACTS, f" {CONTACT} ")
    plain = pc.replace_substring_regex(plain, r"\s*[\r\n]\s*", f" {BREAK} ")
    plain = pc.replace_substring_regex(plain, _UNSEEN, "")
    plain = pc.replace_substring_regex(plain, rf"([{_SIGNS}£$€])", r" \1 ")
    # Single blanks are most of what lies between words: they are left as they are.
    plain = pc.replace_substring_regex(plain, rf"[^\p{{L}}\p{{M}}\p{{N}}{_SIGNS}£$€@¶ ]+", " ")
    plain = pc.replace_substring_regex(plain, "  +", " ")
    return pc.utf8_trim_whitespace(plain)


def tokens_of(plain: pa.StringArray) -> tuple[Ids, Ids, tuple[str, ...]]:
    """The number of the word at each place, where the places of each text begin (and the end), the words."""
    parts = pc.utf8_split_whitespace(plain)
    coded = parts.flatten().dictionary_encode()
    written = coded.dictionary.to_pylist()
    row = np.repeat(np.arange(len(plain)), np.diff(parts.offsets.to_numpy()))
    words: dict[str, int] = {}
    number = np.array([words.setdefault(_word(one), len(words)) for one in written], dtype=np.int64)
    token = number[coded.indices.to_numpy()] if written else np.empty(0, np.int64)
    empty = words.get("", -1)
    # A word or sign said several times in a row is said once.
    again = np.zeros(len(token), dtype=np.bool_)
    again[1:] = (token[1:] == token[:-1]) & (row[1:] == row[:-1])
    kept = (token != empty) & ~again
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=len(plain)))])
    return token[kept], starts, tuple(words)


def _word(written: str) -> str:
    amount = not written.isdigit() and _AMOUNT.fullmatch(written) is not None
    return re.sub(r"\d+", NUMBER, written) if amount else written
