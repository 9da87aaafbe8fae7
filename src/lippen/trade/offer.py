"""What makes an offer of a post: a small grammar of prices, quantities, delivery, contact and the like.

Invariant: no word of the lexicon is part of an offer, save as the thing that is counted or priced. Where the
lexicon finds one in a text, the grammar reads a blank thing and not its letters. So a text of drug words
alone, in any number, holds no offer, however the words are written ("no. 3", "tenner bags", "k2").

Each pattern is a regular expression of RE2, whose time grows with the length of the text and no faster. Words
and digits in them are those of ASCII.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.trade.matching import Matches, looks_like

THING: Final = "\x01"
"""Stands for each sign of a word that the lexicon found. Where a text itself holds it, a blank is read."""

_N: Final = r"\d{1,6}(?:[.,]\d{1,3})*"
_MONEY: Final = r"(?:gbp|usd|eur|euros?|quid|pounds?|pence|btc|mbtc|xbt|zl|zloty|zlotych|pln|dollars?|bucks?)"
_UNIT: Final = (
    r"(?:g|gr|grs|gm|gms|grams?|grammes?|kg|kgs|kilos?|mg|mgs|mcg|ug|µg|μg|ml|cc|iu|oz|ozs|ounces?|lbs?|qp|hp"
    r"|tabs?|tablets?|pills?|caps?|capsules?|bars?|strips?|blotters?|hits?|doses?|vials?|bottles?|amps?"
    r"|ampoules?|packs?|packets?|bags?|wraps?|pcs?|pieces?|sheets?|joints?|seeds?|carts?|boxes|box|ct|units?)"
)
_PART: Final = r"(?:half|quarter|eighth|8th|1/8|1/4|1/2|¼|½|⅛|teenth)"
_PRICE: Final = (
    rf"[£$€] ?{_N}|\b{_N} ?(?:[£$€]|zł|{_MONEY}\b)|\b(?:fiver|tenner)\b|\b{_N} ?(?:each|a pop|apiece)\b"
    rf"|\b{_N} ?(?:a|per|an|/) ?(?:{_UNIT}\b|{THING})|\b{_N} for {_N}\b|\b(?:{_PART}|{_N}) at {_N}\b"
)
_QUANTITY: Final = (
    rf"\b{_N}[ -]?(?:x ?)?(?:[a-z]{{3,}} )?{_UNIT}\b|\bx ?{_N}\b|\b{_N} ?x\b|\b{_N} {{0,2}}{THING}"
    rf"|\b{_PART} (?:an? )?(?:oz|ounce|g|gram|kilo|key|pound|{THING})|\b(?:per|a|one) (?:gram|ounce|kilo)\b"
)
_WAY: Final = r"(?:whatsapp|telegram|wickr|threema|snapchat|snap|signal|kik|insta|discord|jabber)"

PATTERNS: Final[dict[str, str]] = {
    "price": _PRICE,
    "quantity": _QUANTITY,
    "bare numbers": r"(?:^|[^\d])\d{1,3} {1,2}\d{1,4}(?:[^\d.,]|$)",  # an amount and what it costs
    "delivery": (
        r"\b(?:we|i|can|will|free|fast|same day|next day|quick|local|discreet)"
        r" (?:deliver|delivery|ship|drop|post)"
        r"|\bdeliver(?:y|ies|ed|ing|s)\b|\bships? (?:from|to|in|out|world|next|same|only|within)|\bshipping\b"
        r"|\bshipped\b|\bpostage\b|\bfree p ?& ?p\b|\bndd\b|\bmeet ?ups?\b|\b(?:collection|pick ?up) only\b"
        r"|\bstealth\b|\btracked\b|\bescrow\b|\bdispatch|\bdrops? (?:all|to|only)\b|\bdrop ?offs?\b"
        r"|\bdostawa\b|\bwysylka\b|📦|🚚|✈"
    ),
    "contact": (
        r"\b(?:dm|pm|inbox|msg|message|text|txt|add|bell|ring|call|hit|shout|find) (?:me|us|for|on|at|now)\b"
        rf"|\bhmu\b|\bdms? (?:open|is open|are open)\b|\b(?:on|via|by|my|our|add) {_WAY}\b|\b{_WAY} ?[:@]"
        r"|\bshout (?:me|us|for)\b|\bgies? (?:me|us|a) (?:a )?(?:shout|bell)\b|(?:^|\s)@[a-z0-9_.]{4,}"
        r"|\bt\.me/|\+?\b\d[\d ]{8,14}\d\b|\bpisz (?:na )?(?:priv|pw|dm)\b|📲|📞|🔌"
    ),
    "sale": (
        r"\bfor sale\b|\bon sale\b|\bselling\b|\bin stock\b|\brestock|\bback in\b|\bavailable\b|\bmenu\b"
        r"|\bto order\b|\border now\b|\bgot (?:some|the|fresh|new)\b|\bon deck\b|\bsorted\b|\bget sorted\b"
        r"|\bcash only\b|\bserious buyers\b|\bfree samples?\b|\bon the go\b|\bna sprzedaz\b|\bsprzedam\b"
    ),
    "bulk": (
        r"\bbulk\b|\bwholesale\b|\bdiscounts?\b|\bdeals?\b|\bmin(?:imum)? order\b|\bbest prices?\b|\bcheap"
        r"|\bspecial offers?\b|\bmates? rates?\b|\bthe more you\b|\bbuy (?:one|two|\d+)\b"
    ),
}
"""What the grammar knows, as regular expressions over a text as it is compared (`readable`)."""

_AMOUNTS: Final = f"{_PRICE}|{_QUANTITY}"

_OF_THING: Final = rf"(?:{_AMOUNTS}) {{0,2}}(?:of |o |x )?{THING}|{THING}[ \-:=(@|/]{{0,3}}(?:{_AMOUNTS}|\d)"

_MENU: Final = 3
"""So many amounts make a menu."""

TOLD: Final[tuple[str, ...]] = (*PATTERNS, "menu")
"""The signs of an offer in a text: those of PATTERNS, and a menu (three amounts or more)."""

OFFERS: Final[tuple[str, ...]] = (*TOLD, "recorded price", "recorded way")
"""The signs of an offer: those in a text, and what a market records beside it in columns of their own: a
price, and where it is sent from or to."""

_PYTHON: Final = {name: re.compile(pattern, re.ASCII) for name, pattern in PATTERNS.items()}

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Shown:
    """An offer's sign in one text: which of PATTERNS, and its first sign and the one after its last."""

    sign: str
    start: int
    end: int


def readable(texts: list[str], found: Matches) -> list[str]:
    """The texts as the grammar reads them: as they are compared, with THING for each sign of a find."""
    joined = "".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    begins = ends - lengths
    codes = np.frombuffer(
        looks_like(joined).replace(THING, " ").encode("utf-32-le", "surrogatepass"), np.uint32
    ).copy()
    # +1 where a find begins and -1 where it ends: between them the sum is above 0.
    inside = np.zeros(len(codes) + 1, np.int32)
    np.add.at(inside, begins[found.row] + found.start, 1)
    np.add.at(inside, begins[found.row] + found.end, -1)
    codes[np.cumsum(inside[:-1]) > 0] = ord(THING)
    read = codes.tobytes().decode("utf-32-le", "replace")
    return [read[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def offers(read: list[str], priced: Flags, sent: Flags) -> Flags:
    """Which signs of an offer each text shows (text by OFFERS). `read` comes from `readable`; `priced` says
    where a price is recorded beside the text, `sent` where it is recorded whence or whither it is sent."""
    column = pa.array(read, pa.large_string())
    shown = [
        pc.match_substring_regex(column, pattern).to_numpy(zero_copy_only=False)
        for pattern in PATTERNS.values()
    ]
    amounts = pc.count_substring_regex(column, _AMOUNTS).to_numpy(zero_copy_only=False)
    return np.stack([*shown, amounts >= _MENU, priced, sent], axis=1)


def drugs_offered(read: list[str]) -> Flags:
    """Whether an amount or a price stands beside a word of the lexicon in each text that `readable` made."""
    found = pc.match_substring_regex(pa.array(read, pa.large_string()), _OF_THING)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)


def offers_shown(read: str) -> list[Shown]:
    """Where each of PATTERNS stands first in one text that `readable` made."""
    found = ((name, pattern.search(read)) for name, pattern in _PYTHON.items())
    return [Shown(name, *match.span()) for name, match in found if match is not None]
