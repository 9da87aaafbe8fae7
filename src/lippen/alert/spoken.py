"""Patterns for numbers that are written out in words: prices, and what could be dialled."""

from __future__ import annotations

from typing import Final

_DIGIT: Final = "oh|zero|nought|naught|one|two|three|four|five|six|seven|eight|nine"
_MORE: Final = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
)
_WORD: Final = rf"(?:{_DIGIT}|{_MORE})"
_AMOUNT: Final = rf"(?:\d+(?:[.,]\d+)?|(?:{_WORD}[\s-]+){{0,3}}{_WORD})"
_COIN: Final = r"(?:pounds?|gbp|euros?|dollars?|bucks?|pence|grand)"
_TIME: Final = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|people|of\b)"

MONEY: Final = (
    rf"[£€$]\s?\d|\bquid\b|\b(?:tenner|fiver)s?\b|\b(?:an?|one|two|half\sa)\sscore\b(?!\slines?)|\b{_AMOUNT}\s?{_COIN}\b"
    rf"|\b(?:a|each|per)\s(?:pound|grand)\b|\b(?:\d+(?:\.\d+)?|{_WORD})\s?p\b(?!\.\s?m)"
)
TRADED: Final = (
    rf"\b{_AMOUNT}\s(?:of\s(?:them|these)\s)?for\s(?:an?\s)?{_AMOUNT}\b(?![\s-]{_TIME})"
    rf"|\b{_AMOUNT}\sa\s(?:pop|strip|bag|gram|box|wrap|sheet)\b|\b(?:ten|twenty|forty|fifty|\d+)[\s-]bag\b"
    r"|\bhalf[\s-]price\b|\b(?:cheap(?:er|est)?|discounts?|special offers?|bargains?)\b"
)

SPOKEN_NUMBER: Final = (
    rf"\b(?:(?:(?:double|triple|treble)[\s-]+)?(?:{_WORD}|\d+)[\s,.-]+){{4,}}(?:{_WORD}|\d+)\b"
)
"""Five digits or more in a row, some of them as words: "nine nine nine" may be said."""
