"""Names as the eye takes them: what looks alike, or is read alike, is alike.

`folding` compares names that are honest and spelt in several ways. Here somebody may want one name to pass
for another, so letters of other alphabets, digits, signs that nobody sees and blanks in odd places count as
what they look like. It covers the alphabets that have most look-alikes of Latin letters (Cyrillic, Greek,
Armenian, and Latin's own variants); `names` refuses a word in which two alphabets are mixed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs that Unicode counts among letters, marks or symbols, and that show nothing."""

_UNSEEN_RANGES: Final = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF))
"""Selectors of variants, and tags."""

_JOINING: Final = frozenset("'\u2019\u2018`\u02bb\u02bc.")
"""What stands within a word and is left out by many, as in `folding`."""

_ALIKE: Final = str.maketrans(
    # Cyrillic, capitals and small letters apart where they look like different Latin ones
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u04c0\u04ae\u0418\u042f"
    "\u0430\u0432\u0435\u0455\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u04cf\u04af\u0438\u044f"
    "\u0433\u043f\u044c\u0501\u051b\u051d\u04bb\u0475\u0493"
    # Greek, the same
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u03c2\u03c9"
    # Armenian
    "\u0585\u0578\u057d\u0570\u0581\u0566"
    # digits and signs that stand for letters
    "0134578@$|\u2223\u01c0",
    "abesijkmhopctyxlynr" + "abesijkmhopctyxlyur" + "rnbdqwhvf"
    "abezhikmnoptyx" + "abeznikuvoptuxycw"
    "onuhgq"
    "oleastbaslll",
)  # fmt: skip

_LATIN_VARIANT: Final = re.compile(
    r"(?:.* )?LATIN .*LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT )?([A-Z])(?: WITH .*)?"
)
"""The plain letter in the name that Unicode gives to a variant: small capital H, O with stroke."""

_MORE_THAN_ONE: Final = {"\u00e6": "ae", "\u0153": "oe", "\u00fe": "th", "\u00df": "ss", "\u0251": "a"}

_SHORTEST_WITHIN: Final = 9
"""A phrase of so many letters is found within one long word too; a shorter one is part of honest words."""


def unseen(sign: str) -> bool:
    """Whether a sign shows nothing, or only turns, breaks or controls the text around it. A blank is seen."""
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or sign in _UNSEEN:
        return True
    return any(first <= ord(sign) <= last for first, last in _UNSEEN_RANGES)


def as_seen(text: str) -> list[str]:
    """The words of `text` as plain small Latin letters wherever they look like such; I, l and 1 are one."""
    text = unicodedata.normalize("NFKC", "".join(sign for sign in text if sign.isspace() or not unseen(sign)))
    text = text.translate(_ALIKE).replace("&", " and ").replace("+", " and ")
    plain = "".join(_letters(sign) for sign in text)
    plain = plain.replace("rn", "m").replace("vv", "w").replace("i", "l")
    return plain.split()


def looks_like(one: str, other: str) -> bool:
    """Whether two names can be taken for each other, also when the words are run together."""
    return "".join(as_seen(one)) == "".join(as_seen(other))


def said_in(text: str, phrases: Iterable[str]) -> str | None:
    """The first of `phrases` that stands in `text`, however it is spelt and divided; None when none does.

    It stands there as whole words, run together or apart, also in the plural; a longer one also within a
    word.
    """
    words = as_seen(text)
    return next((phrase for phrase in phrases if _stands_in(words, "".join(as_seen(phrase)))), None)


def _stands_in(words: list[str], sought: str) -> bool:
    if len(sought) >= _SHORTEST_WITHIN and any(sought in word for word in words):
        return True
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if run in {sought, f"{sought}s"}:
                return True
            if len(run) > len(sought):
                break
    return False


def _letters(sign: str) -> str:
    """One sign in plain small letters; a blank for what parts words, nothing for what stands within one."""
    if sign.isascii():
        return sign.lower() if sign.isalnum() else "" if sign in _JOINING else " "
    variant = _LATIN_VARIANT.fullmatch(unicodedata.name(sign, ""))
    if variant:
        return variant[1].lower()
    plain = "".join(c for c in unicodedata.normalize("NFKD", sign.casefold()) if not unicodedata.combining(c))
    plain = "".join(_MORE_THAN_ONE.get(c, c) for c in plain).translate(_ALIKE)
    return "".join(c if c.isalnum() else "" if c in _JOINING else " " for c in plain)
