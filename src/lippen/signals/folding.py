"""One way of comparing what people type: without case, and with every run of white space as one space."""

from __future__ import annotations

import functools
import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

_SIGNS = str.maketrans({"\u2212": "-", "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"})
_LEFT_OUT = {"Cc", "Cf", "Mn", "Me"}  # controls, zero-width signs, and marks that stand on another sign


def fold(text: str) -> str:
    """Text as seen (`as_seen`), without case, ends trimmed, each run of white space one space."""
    seen = text if text.isascii() and text.isprintable() else as_seen(text)
    return unicodedata.normalize("NFC", " ".join(seen.split()).casefold())


def as_seen(text: str) -> str:
    """Text as the eye takes it, in plain signs.

    Digits of any width or script become 0-9, any dash a hyphen, any blank a space, a curled apostrophe a
    straight one, and what cannot be seen is left out. `０７７００ ９００１２３` reads 07700 900123.
    """
    plain = []
    for sign in unicodedata.normalize("NFKC", text).translate(_SIGNS):
        category = unicodedata.category(sign)
        if category == "Nd":
            plain.append(str(unicodedata.decimal(sign)))
        elif category == "Pd":
            plain.append("-")
        elif sign.isspace():
            plain.append(sign if sign in "\t\n\r\f" else " ")
        elif category not in _LEFT_OUT:
            plain.append(sign)
    return "".join(plain)


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


@functools.lru_cache(maxsize=1 << 15)
def header_words(header: str) -> tuple[str, ...]:
    """The words of a column header: `CallerPhone`, `caller_phone` and `Caller phone` give caller, phone."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFD", as_seen(header)) if unicodedata.category(sign) != "Mn"
    )
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
    return tuple(word.casefold() for word in re.findall(r"[^\W_]+", apart))
