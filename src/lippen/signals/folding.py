"""One way of comparing what people type: without case, and with every run of white space as one space."""

from __future__ import annotations

import functools
import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

_SIGNS = {"\u2212": "-", "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"}
_LEFT_OUT = {"Cc", "Cf", "Mn", "Me"}  # controls, zero-width signs, and marks that stand on another sign


class _Plain(dict[int, str | None]):
    """What each sign is read as, by its number; None is left out. Found out when a sign is first met: looked
    up for every sign of a text, it took three quarters of an import of adverts with emoji."""

    def __missing__(self, code: int) -> str | None:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(sign: str) -> str | None:
    sign = _SIGNS.get(sign, sign)
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category == "Pd":
        return "-"
    if sign.isspace():
        return sign if sign in "\t\n\r\f" else " "
    return None if category in _LEFT_OUT else sign


_PLAIN = _Plain()


def fold(text: str) -> str:
    """Text as seen (`as_seen`), without case, ends trimmed, each run of white space one space."""
    seen = text if text.isascii() and text.isprintable() else as_seen(text)
    return unicodedata.normalize("NFC", " ".join(seen.split()).casefold())


def as_seen(text: str) -> str:
    """Text as the eye takes it, in plain signs.

    Digits of any width or script become 0-9, any dash a hyphen, any blank a space, a curled apostrophe a
    straight one, and what cannot be seen is left out. `０７７００ ９００１２３` reads 07700 900123.
    """
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


# Anything that `as_seen` changes: not ASCII, nor the letters and signs of Latin alphabets (but for raised
# digits, fractions and the soft hyphen), nor double quotation marks or the euro.
_LATIN = r"\x{a1}-\x{ac}\x{ae}-\x{b1}\x{b4}-\x{b8}\x{ba}\x{bb}\x{bf}-\x{24f}\x{201c}-\x{201e}\x{20ac}"
_ODD = rf"[^\x20-\x7e\s{_LATIN}]"
# What most odd texts hold, done at once for a whole column.
_AT_ONCE = (
    (r"[\p{Pd}\x{2212}]", "-"),
    (r"[\x{2018}\x{2019}\x{2bc}\x{ff07}]", "'"),
    (r"[\p{Zs}\p{Zl}\p{Zp}]", " "),
)


def seen_otherwise(texts: pa.StringArray) -> tuple[pa.BooleanArray, pa.StringArray]:
    """Where a text as seen (`as_seen`) is not the text as written, and those texts as seen. Null is not."""
    odd = pc.match_substring_regex(texts, _ODD).fill_null(False)
    seen = texts.filter(odd)
    if len(seen):
        for pattern, plain in _AT_ONCE:
            seen = pc.replace_substring_regex(seen, pattern, plain)
        left = pc.match_substring_regex(seen, _ODD)
        rest = pa.array([as_seen(text) for text in seen.filter(left).to_pylist()], pa.string())
        seen = pc.replace_with_mask(seen, left, rest)
    return odd, seen


def all_as_seen(texts: pa.StringArray) -> pa.StringArray:
    """`as_seen` of a column; null stays null."""
    where, seen = seen_otherwise(texts)
    return pc.replace_with_mask(texts, where, seen) if len(seen) else texts


_ENDS_A_LINE = r"\r\n?"
_FOR_TERMINALS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{2028}\x{2029}]"
# What has no width but for the joiner and the selectors of emoji; overrides of direction, tags.
_UNSEEN = (
    r"[\x{ad}\x{61c}\x{180e}\x{200b}\x{200c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}"
    r"\x{fff9}-\x{fffb}\x{e0000}-\x{e007f}]"
)


def without_unseen(texts: pa.StringArray) -> pa.StringArray:
    """Text without what a terminal obeys (a blank stands there instead) and what nobody sees. Emoji, breaks
    of lines and tabs stay.
    """
    for pattern, instead in ((_ENDS_A_LINE, "\n"), (_FOR_TERMINALS, " "), (_UNSEEN, "")):
        if pc.any(pc.match_substring_regex(texts, pattern)).as_py():
            texts = pc.replace_substring_regex(texts, pattern, instead)
    return texts


@functools.lru_cache(maxsize=1 << 15)
def header_words(header: str) -> tuple[str, ...]:
    """The words of a column header: `CallerPhone`, `caller_phone` and `Caller phone` give caller, phone."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFD", as_seen(header)) if unicodedata.category(sign) != "Mn"
    )
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
    return tuple(word.casefold() for word in re.findall(r"[^\W_]+", apart))
