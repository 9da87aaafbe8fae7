"""Prices, and numbers that could be dialled, in digits and in words."""

from __future__ import annotations

import re
from typing import Final

_DIGIT: Final = "oh|zero|nought|naught|null|one|two|three|four|five|six|seven|eight|nine"
_MORE: Final = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
)
_WORD: Final = rf"(?:{_DIGIT}|{_MORE})"
_AMOUNT: Final = rf"(?:\d+(?:[.,]\d+)?|(?:{_WORD}[\s-]+){{0,3}}{_WORD})"
_COIN: Final = (
    r"(?:pounds?|pnds?|gbp|euros?|eur|usd|dollars?|bucks?|pence|grand|nicker|s?quids?|sovs?|sheets|smackers)"
)
_TIME: Final = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|people|of\b)"
_MEASURE: Final = r"(?:mg|mcg|ug|g|kg|ml|mm|cm|%)"

MONEY: Final = (
    rf"[£€$¥]\s?\d|\d\s?[£€$¥]|\b(?:gbp|eur|usd)\s?\d|\bs?quid\b|\b(?:tenner|fiver)s?\b"
    rf"|\b(?:an?|one|two|half\sa)\sscore\b(?!\slines?)|\b{_AMOUNT}\s?{_COIN}\b|\b\d+e\b|\ba\ston\b"
    rf"|\b(?:a|each|per)\s(?:pound|grand)\b|\b(?:\d+(?:\.\d+)?|{_WORD})\s?p\b(?!\.\s?m)"
    r"|\bpric(?:es?|ed|ing)\b|\bcash\b"
    rf"|\bcost(?:s|ing)?\s(?:about\s|only\s|just\s)?{_AMOUNT}\b"
    rf"|\b(?:only|just)\s\d{{2,}}\b(?!\s?[\w%])"
)
"""What only money is called, and a bare number after what says that it is money."""

TRADED: Final = (
    rf"\b{_AMOUNT}\s(?:of\s(?:them|these)\s)?(?:for|fur|4)\s(?:an?\s)?{_AMOUNT}\b(?![\s-]{_TIME})"
    rf"|\b{_AMOUNT}\sa\s(?:pop|go|piece|throw|shot|strip|bag|gram|box|wrap|sheet)\b"
    rf"|\b{_AMOUNT}\s?(?:each|ea|apiece)\b(?!\s(?:day|night|hour|week|month|time|person|side))"
    rf"|\b{_AMOUNT}\sper\s(?:tab(?:let)?|pill|bag|gram|strip|box|wrap|one)\b"
    rf"|\b\d+\s?[x×]\s?\d+\b(?!\s?{_MEASURE})"
    r"|\b(?:ten|twenty|forty|fifty|\d+)[\s-]bag\b"
    r"|\bhalf[\s-]price\b|\b(?:cheap(?:er|est)?|discounts?|special offers?|bargains?)\b"
)
"""So many for so much, in bare numbers: nothing else is told so."""

SPOKEN_NUMBER: Final = (
    rf"\b(?:(?:(?:double|triple|treble)[\s-]+)?(?:{_WORD}|\d+)[\s,.-]+){{4,}}"
    rf"(?:(?:double|triple|treble)[\s-]+)?(?:{_WORD}|\d+)\b"
)
"""Five digits or more in a row, some of them as words: "nine nine nine" may be said."""

_O_FOR_NOUGHT: Final = re.compile(r"\b[Oo\d]*\d[Oo\d]*\b|\b[Oo]{2}\b")
_TOUCHING: Final = re.compile(rf"(?<=\d)(?=(?:{_DIGIT}))|(?<=oh)(?=\d)|(?:{_DIGIT})(?=\d)", re.IGNORECASE)
_HOURS: Final = re.compile(r"\b[0-2]\d[0-5]\d\s?-\s?[0-2]\d[0-5]\d\b")
_PIECE: Final = rf"(?:(?:double|triple|treble)[\s-]+)?(?:\b(?:{_DIGIT})\b|\b\d+\b(?!\.\d))"
_RUN: Final = re.compile(rf"{_PIECE}(?:[\s,-]+{_PIECE})*", re.IGNORECASE)
_ONE: Final = re.compile(rf"(double|triple|treble)|({_DIGIT})\b|(\d+)", re.IGNORECASE)
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_NOUGHTS: Final = {"oh", "zero", "nought", "naught", "null"}
_LEAST_AFTER_NOUGHT: Final = 5
_LEAST: Final = 9


def could_be_dialled(text: str) -> bool:
    """Whether digits stand in a row as in a telephone number, in figures, in words or in both, also where
    they touch, and with a letter O for nought.
    """
    seen = _HOURS.sub(" ", text)
    seen = _O_FOR_NOUGHT.sub(lambda found: re.sub("[Oo]", "0", found[0]), seen)
    seen = _TOUCHING.sub(lambda found: f"{found[0]} ", seen)
    return any(_is_number(run[0].casefold()) for run in _RUN.finditer(seen))


def _is_number(run: str) -> bool:
    digits, times = "", 1
    for many, word, figures in _ONE.findall(run):
        if many:
            times = _TIMES[many]
            continue
        digits += ("0" if word in _NOUGHTS else "1" if word else figures) * times
        times = 1
    if digits.startswith("0"):
        return len(digits) >= _LEAST_AFTER_NOUGHT
    return len(digits) >= _LEAST
