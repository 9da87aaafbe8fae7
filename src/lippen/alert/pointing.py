"""Words of an alert that send people to what it warns of: a name after "from" or "at the", whom to ask, who
has it, and praise.

Apart from the rules for contacts, prices and dealing (`gate`). They know no names. After words that are
followed by somebody's name (from, ask, text), whatever may stand there and is nobody is known instead, and
everything else is taken for a name, in capitals or not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from lippen.alert.nobody import nobodys
from lippen.trade.vocabulary import all_words

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

_FROM: Final = re.compile(
    r"\b(?:from|(?:gets?|got|getting|them|some|it|one)\s+off)\s+[\"'“”‘(]*([\w'&-]+)", re.IGNORECASE
)
_ASKING: Final = re.compile(
    r"\b(?:ask|ring|phone|text|txt|message|msg|contact|call|speak\s+to|talk\s+to|speak\s+with)"
    r"\s+[\"'“”‘(]*([\w'&]+)",
    re.IGNORECASE,
)
_ASKING_FOR_A_NAME: Final = re.compile(
    r"\b[Aa]sk\s+(?:for\s+)?(?!(?:Frank|Samaritans|Childline)\b)[A-Z][a-z][\w'-]*"
)
_CODE_OF_A_LINE: Final = re.compile(r"\s*(?:to|on)\s+\d")
_NICK: Final = re.compile(
    r"\b(?:big|wee|auld|young|uncle|daft)\s+(?!(?:blue|white|yellow|green|red|pink|bags?|bits?|dose|doses)\b)[a-z]+"
    r"\s*(?:\bhas\b|\bsells\b|\bdoes\b|\bgets\b|\bis\s+(?:the|your|about)\b|'s\s+(?:got|flat|gaff|bit|hoose|house))",
    re.IGNORECASE,
)
_HAS: Final = re.compile(
    r"\b(?!(?:it|one|each|who|which|that|bag|batch|tablet|packet|pill|powder|nobody|drug|supply)\b)[a-z]+(?:\s+has|'s\s+got)"
    r"\s+(?:them|plenty|loads|some|stock)\b"
    r"|\b[a-z]+(?:'s|\s+is)\s+(?:your|the)\s+(?:man|woman|guy|boy|girl|plug|one\s+to)\b"
    r"|\b(?:ask|ring|phone|text|message|call|see|find)\s+(?:the|a|that|this)\s+(?:man|woman|guy|boy|girl|lad|lassie|bloke|lady)\b"
    r"|\b(?:speak|talk|go)\s+(?:to|and)\s+see\b|'s\s+(?:flat|gaff|hoose|bit|stair|close|garage)\b",
    re.IGNORECASE,
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
        r"|\b(?:amazing|heavenly|awesome|gorgeous|banging|belters?|unreal|nicest)\b|\bpure\s+class\b|\bgreat\s+night\b"
        r"|\b10\s?(?:/|out\s+of)\s?10\b|🔥"
        r"|\bwhile\s+(?:stocks?|they|it)\s+lasts?\b|\bback\s+in\s+stock\b|\bmust[\s-]+try\b"
        r"|\b(?:don['’]?t|do\s+not)\s+miss\s+(?:out|these|them|this)\b|\bget\s+(?:yours|them|some|in)\s+(?:now|quick|while|fast)\b",
        re.IGNORECASE,
    ),
)


def pointing(text: str) -> str | None:
    """What in this text may send somebody to it, as a refusal quotes it, or None."""
    return _quoted(text, _RULES)


def sending_to(text: str, *, of_help: bool = False) -> str | None:
    """Whom or what this text names after from, ask, text and the like, or says to have it, as a refusal
    quotes it; None where that is nobody. To a line `of_help` one may text a word in capitals.
    """
    words = nobodys()
    for pattern, known in ((_FROM, words["after_from"]), (_ASKING, words["after_asking"])):
        for found in pattern.finditer(text):
            word = found[1].casefold()
            if word in known or word[0].isdigit() or word.endswith("ing"):
                continue
            if pattern is _FROM and word in _proper_names():
                continue
            if of_help and found[1].isupper() and _CODE_OF_A_LINE.match(text, found.end()):
                continue
            return _as_quoted(found)
    return _quoted(text, (_ASKING_FOR_A_NAME, _NICK, _HAS))


def advertising(text: str) -> str | None:
    """What in this text praises it or says who has it, as a refusal quotes it, or None."""
    return _quoted(text, _ADVERTISING)


def _quoted(text: str, rules: tuple[re.Pattern[str], ...]) -> str | None:
    found = next((match for rule in rules if (match := rule.search(text))), None)
    return None if found is None else _as_quoted(found)


def _as_quoted(found: re.Match[str]) -> str:
    return f"“{found[0].strip()}”, which may send people to it"


@cache
def _proper_names() -> frozenset[str]:
    return frozenset(one.written.casefold() for one in all_words() if one.sort == "name")
