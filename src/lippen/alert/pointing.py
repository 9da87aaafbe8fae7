"""Words of an alert that send people to what it warns of: a name after "from" or "at the", whom to ask, who
has it, and praise.

Apart from the rules for contacts, prices and dealing (`gate`): these look at how a word is written. They know
no names, so a stair in small letters passes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DAYS: Final = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
)
_HELP: Final = "help|advice|support|an ambulance|a doctor|a nurse|a pharmacist|naloxone|a test"

_WARES: Final = "(?:ones?|stuff|batch|gear|tablets?|pills?)"

_RULES: Final = (
    re.compile(rf"\b[Ff]rom\s+(?:the\s+)?(?!(?:{_DAYS})\b)[A-Z][a-z][\w'’-]*"),
    re.compile(rf"\b[Aa]t\s+the\s+(?!(?:{_DAYS})\b)[A-Z][a-z][\w'’-]*"),
    re.compile(rf"\bask\s+(?:at\b|for\s+(?!(?:{_HELP})\b))(?:\s*\w+)?", re.IGNORECASE),
)

_WHERE: Final = (
    r"(?:ever|yet|around|about|going|out\s+there|in\s+(?:the\s+)?(?:town|city|area|country|scheme))"
)
_ADVERTISING: Final = (
    re.compile(
        r"\b(?:has|(?:has|have|['’]s|['’]ve)\s+got)\s+the\s+(?:real|strong|stronger|strongest|new|right)"
        rf"\s+{_WARES}\b"
        r"|\b(?:he|she)\s*(?:has|['’]s\s+got|gets)\s+(?:them|plenty|loads)\b"
        r"|\b(?:goes|going|went|(?:they|people|we|you|all|folk|kids)\s+go)\s+(?:to|through)\s+(?:him|her)\b"
        r"|\bevery(?:one|body)\s+goes\s+to\s+(?!(?:an?|the|hospital|casualty|bed|sleep|work|school)\b)\w+"
        r"|\b(?:got|get|gets|getting|them|some)\s+(?:off|from)\s+(?:him|her)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\bthe\s+(?:good|best)\s+{_WARES}\b", re.IGNORECASE),
    re.compile(r"\bbuzz(?:es|ed|ing)?\b", re.IGNORECASE),
    re.compile(rf"\b(?:strongest|best|purest|cleanest|finest)\s+(?:{_WARES}\s+)?{_WHERE}\b", re.IGNORECASE),
    re.compile(
        r"\b(?:twice|double|triple|times|(?:big|strong|great|good|hard)(?:er|est)?|better|best|amazing|mad)"
        r"\s+(?:the\s+|an?\s+)?(?:hit|kick|high|rush|punch|bang)\b(?!\s+(?:dose|risk|street|flats))",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:top|good|great|best)[\s-]+(?:quality|notch|drawer|gear)\b|(?<!not\s)(?<!n['’]t\s)\bworth\s+(?:it|every|the\s+money)\b"
        r"|\bwhile\s+(?:stocks?|they|it)\s+lasts?\b|\bback\s+in\s+stock\b|\bmust[\s-]+try\b"
        r"|\b(?:don['’]?t|do\s+not)\s+miss\s+(?:out|these|them|this)\b|\bget\s+(?:yours|them|some|in)\s+(?:now|quick|while|fast)\b",
        re.IGNORECASE,
    ),
)


def pointing(text: str) -> str | None:
    """What in this text may send somebody to it, as a refusal quotes it, or None."""
    return _quoted(text, _RULES)


def advertising(text: str) -> str | None:
    """What in this text praises it or says who has it, as a refusal quotes it, or None."""
    return _quoted(text, _ADVERTISING)


def _quoted(text: str, rules: tuple[re.Pattern[str], ...]) -> str | None:
    seen = unicodedata.normalize("NFKC", text)
    found = next((match for rule in rules if (match := rule.search(seen))), None)
    return None if found is None else f"“{found[0].strip()}”, which may send people to it"
