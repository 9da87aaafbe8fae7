"""How quantities, strengths and prices are written, and what they come to.

The grammar reads one line as it is compared (`matching.looks_like`: small letters, as many signs as the line
has), from left to right, and takes at each place the first form that fits. It knows signs of currency, metric
and imperial weights, counts (`x10`, `10 x`, `strip of 10`), and the ways of saying of British and Scots
streets and of markets (`half a g`, an eighth, a teenth, a henry, a q, an ounce, a score, a ton, a ten bag).
Numbers that are something else are taken out of the way: times, days, shares of a hundred, telephone numbers,
least orders, what delivery costs.

What it does not do: read numbers of more than two words, and say of a number with no unit what it counts
(`attaching` does, by what stands beside it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Final, Literal, NamedTuple

from lippen.trade.amount_words import (
    BAG,
    COUNT_OF,
    CURRENCY,
    MASS,
    MICRO,
    MILLI,
    MONEY,
    PARTS,
    SPOKEN,
    VOLUME,
)

AmountSort = Literal["quantity", "weight in mg", "strength", "price", "number"]


class Amount(NamedTuple):
    """Something counted, weighed or paid in a line, from its first sign to the one after its last.

    `unit` is g, ml or what is counted (`pieces` where that is not said, "" where it may be weighed) of a
    quantity, mg, ug or mg/ml of a strength, the currency of a price ("" where none is said), and "" of a
    plain number. A weight in milligrams is a strength or a quantity, which the line decides. A price for one
    of several has `per`: how many of `per_unit` ("" for the things themselves) it pays for; `per` is 0 of a
    price for the whole. `spoken` says that a plain number is written as a word, `carton` that sleeves are
    written `5 x 200`.
    """

    sort: AmountSort
    number: float
    unit: str
    start: int
    end: int
    per: float = 0.0
    per_unit: str = ""
    spoken: bool = False
    carton: bool = False


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
_END: Final = r"(?![a-z0-9_])"
_START: Final = r"(?<![a-z0-9_@])(?<![a-z0-9][.])(?<!\d,)"
_UNITS: Final = _any([*MASS, *MILLI, *MICRO, *VOLUME, *COUNT_OF])
_HOW_MANY: Final = rf"{_any(PARTS)}|{_NUMBER}|point {_NUMBER}|{_any(SPOKEN)}"
_SIGN: Final = r"[£€$฿₿]"
_NAMED: Final = _any(word for word in CURRENCY if word.isalpha())
_ONE_OF: Final = "g|gram|oz|ounce|q|eighth|pill|tab|bar|box|tablet|bag|wrap|sleeve|vape"
_ONE: Final = rf" ?(?:each|ea|apiece|a pop|/ ?e)\b| ?(?:per |a |an |/ ?)(?:{_ONE_OF})\b"
_EACH: Final = (
    r"(?P<each{0}> ?(?:each|ea|apiece|a pop|/ ?e)\b| ?(?:per |a |an |/ ?)(?P<per{0}>" + _ONE_OF + r")\b)?"
)

_AMOUNT: Final = re.compile(
    # No amount begins within a word of letters, which is most of a text.
    r"(?:(?<![a-z])|(?![a-z]))(?:"
    + "|".join(
        [
            # Numbers that are no amounts of what is sold.
            r"(?P<other>(?<![\d+])(?:\+ ?44|0)[ -]?7(?:[ -]?\d){8,9}"
            rf"|#\d+|24 ?/ ?7|50 ?/ ?50|{_START}\d{{1,2}}:\d\d|{_START}\d{{1,2}}(?:[.]\d\d)? ?[ap]m\b"
            rf"|{_START}{_NUMBER}(?: ?- ?{_NUMBER})? ?\+?[%]"
            rf"|{_START}\d+ ?(?:day|days|hr|hrs|hour|hours|min|mins|minutes|week|weeks|mile|miles|yrs|year"
            rf"|years|micron|gb|watt){_END}"
            rf"|{_START}\d+(?:st|nd|rd|th|s|h){_END}"
            rf"|(?:\bno|\bnumber|\bnr|\bphase|\bpage|\bgrade|\btier)[.]? ?\d+{_END}"
            rf"|\b(?:min|minimum)(?: order| spend| of)* ?{_SIGN}?{_NUMBER}(?: ?(?:{_UNITS}|{_NAMED}){_END})?"
            rf"|\b(?:delivery|postage|shipping|p&p)(?: is| from| fee| cost| only)* ?{_SIGN}?{_NUMBER}"
            rf"(?: ?(?:{_NAMED}){_END})?)",
            # A price: a sign before or behind, a name behind, or a name of its own.
            rf"(?P<bag>(?:£ ?|{_START})(?P<bag_n>{_any(BAG)}) (?:bag|bags){_END})",
            rf"(?P<pre>(?P<sign>{_SIGN}) ?(?P<pre_n>{_NUMBER})(?P<pre_k>k{_END})?"
            rf"(?: ?- ?{_SIGN}? ?{_NUMBER}{_END}(?! ?(?:{_UNITS}){_END}))?"
            rf"(?: ?(?:{_NAMED}){_END})?{_EACH.format('1')})",
            rf"(?P<post>{_START}(?P<post_n>{_NUMBER})(?P<post_k> ?k)?[ -]?"
            rf"(?P<name>{_SIGN}(?! ?\d)|(?:{_NAMED}){_END}){_EACH.format('2')})",
            rf"(?P<one>{_START}(?P<one_n>{_NUMBER})(?={_ONE}){_EACH.format('5')})",
            rf"(?P<pence>{_START}(?P<pence_n>\d{{1,2}})p{_END}{_EACH.format('3')})",
            rf"(?P<money>\b(?:(?P<money_n>{_any(SPOKEN)}|\d+) (?P<coin>{_any(MONEY)})s?"
            rf"|(?P<small>fiver|tenner)){_END}{_EACH.format('4')})",
            # Several of some weight, and how many there are of a thing.
            rf"(?P<times>{_START}(?P<times_n>\d+) ?[x×*] ?(?P<times_m>{_NUMBER}) ?"
            rf"(?P<times_u>{_UNITS}){_END})",
            r"(?P<of>\b(?:(?:a|an|1) )?(?:strip|box|boxe|bag|pack|blister|tub|pot|sheet|lot)s? of "
            rf"(?P<of_n>\d+|ten|twenty|fifty|hundred){_END}(?: ?(?:{_any(COUNT_OF)}){_END})?)",
            r"(?P<nine_bar>\b(?:9|nine) ?bar\b)",
            rf"(?P<strip>\b(?:(?P<strip_n>{_any(SPOKEN)}|\d+) strips?|strip){_END})",
            rf"(?P<carton>{_START}(?P<carton_n>\d+) ?x ?200{_END})",
            rf"(?P<range>{_START}(?P<range_n>{_NUMBER}) ?(?:-|to|/) ?{_NUMBER} ?"
            rf"(?P<range_u>{_any((*MILLI, *MICRO))}){_END})",
            rf"(?P<unit>{_START}(?P<unit_n>{_HOW_MANY})\+?(?:th)?[ )\]-]{{0,2}}(?:of (?:an? )?|an? )?"
            rf"(?P<unit_u>{_UNITS}){_END}(?P<per>/(?:ml|hr?)\b)?)",
            rf"(?P<bracket>^\W{{0,4}}[(\[](?P<bracket_n>\d+)[)\]](?! ?(?:{_UNITS}){_END}))",
            rf"(?P<x>(?<![a-z0-9_])x ?(?P<x_n>{_NUMBER}){_END}(?![.,]\d)"
            rf"|{_START}(?P<n_x>\d+(?:,\d{{3}})*)(?: ?[x×](?![a-z_])|[ -]?pack\b))",
            rf"(?P<alone>\b(?P<alone_u>oz|ounce|eighth|teenth|henry|kilo|half q|qp|hp|q){_END}"
            rf"|{_START}(?P<part>1/[48])(?:th)?{_END}(?!/))",
            rf"(?P<half>\bhalf{_END})",
            # A number alone, as figures or as a word.
            rf"(?P<plain>{_START}(?P<plain_n>{_NUMBER}){_END}(?!%|-[a-z])|\bpoint (?P<point>\d+){_END})",
            rf"(?P<word>\b(?:one|single|two|three|four|five|six|ten|twenty|fifty){_END})",
        ]
    )
    + ")"
)


def _value(written: str) -> float:
    """The number that is written, in figures, as a part or as a word."""
    if written in PARTS:
        return PARTS[written]
    if written in SPOKEN:
        return SPOKEN[written]
    if written.startswith("point "):
        return float("0." + written[6:].lstrip("."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", written):
        return float(written.replace(",", ""))
    return float(written.replace(",", "."))


def amounts_of(line: str) -> list[Amount]:
    """What is counted, weighed or paid in a line, from left to right; the line as it is compared."""
    found: list[Amount] = []
    for match in _AMOUNT.finditer(line):
        sort = str(match.lastgroup)
        if sort == "times":
            found += _several(match)
        elif sort != "other" and not (sort == "plain" and _of_a_name(line, match.start(), found)):
            found.append(_READ[sort](match))
    return [one for one in found if isfinite(one.number)]  # four hundred digits are no amount


def _of_a_name(line: str, start: int, found: list[Amount]) -> bool:
    """Whether a number belongs to a name such as `ak-47`: a hyphen parts it from what is no amount."""
    tied = start >= 2 and line[start - 1] == "-" and line[start - 2].isalnum()
    return tied and not (found and found[-1].end == start - 1)


def _priced(number: float, currency: str, match: re.Match[str], place: int) -> Amount:
    per, unit = 0.0, ""
    if match[f"each{place}"] is not None:
        per = 1.0
        if (written := match[f"per{place}"]) in MASS:
            per, unit = MASS[written], "g"
        elif written is not None:
            unit = COUNT_OF[written]
    return Amount("price", number, currency, match.start(), match.end(), per, unit)


def _before(match: re.Match[str]) -> Amount:
    thousand = 1000.0 if match["pre_k"] else 1.0
    return _priced(_value(match["pre_n"]) * thousand, CURRENCY[match["sign"]], match, 1)


def _behind(match: re.Match[str]) -> Amount:
    thousand = 1000.0 if match["post_k"] else 1.0
    return _priced(_value(match["post_n"]) * thousand, CURRENCY[match["name"]], match, 2)


def _coins(match: re.Match[str]) -> Amount:
    count = 1.0 if match["money_n"] is None else _value(match["money_n"])
    return _priced(count * MONEY[match["coin"] or match["small"]], "GBP", match, 4)


def _weighed(number: float, unit: str, match: re.Match[str], per: bool = False) -> Amount:
    span = match.start(), match.end()
    if unit in MASS:
        return Amount("quantity", number * MASS[unit], "g", *span)
    if unit in VOLUME:
        return Amount("quantity", number * VOLUME[unit], "ml", *span)
    if unit in MILLI:
        return Amount("strength" if per else "weight in mg", number, "mg/ml" if per else "mg", *span)
    if unit in MICRO:
        return Amount("strength", number, "ug", *span)
    return Amount("quantity", number, COUNT_OF[unit], *span)


def _several(match: re.Match[str]) -> list[Amount]:
    """`2 x 14g` weighs 28 g; `20 x 10mg` are twenty, each of which holds so much."""
    times = _value(match["times_n"])
    one = _weighed(_value(match["times_m"]), match["times_u"], match)
    if one.sort == "quantity":
        return [one._replace(number=one.number * times)]
    count = Amount("quantity", times, "pieces", match.start(), match.end("times_n"))
    return [count, one._replace(start=match.start("times_m"))]


def _counted(match: re.Match[str]) -> Amount:
    written = match["x_n"] or match["n_x"]
    return Amount("quantity", _value(written), "pieces", match.start(), match.end())


def _alone(match: re.Match[str]) -> Amount:
    if match["part"]:
        grams = 28 * PARTS[match["part"]]
    else:
        grams = 3.5 if match["alone_u"] == "half q" else MASS[match["alone_u"]]
    return Amount("quantity", grams, "g", match.start(), match.end())


def _strips(match: re.Match[str]) -> Amount:
    count = 1.0 if match["strip_n"] is None else _value(match["strip_n"])
    return Amount("quantity", 10 * count, "tablets", match.start(), match.end())


def _plain(match: re.Match[str]) -> Amount:
    number = float(f"0.{match['point']}") if match["point"] else _value(match["plain_n"])
    return Amount("number", number, "", match.start(), match.end())


_READ: Final[dict[str, Callable[[re.Match[str]], Amount]]] = {
    "pre": _before,
    "post": _behind,
    "one": lambda match: _priced(_value(match["one_n"]), "", match, 5),
    "pence": lambda match: _priced(float(match["pence_n"]) / 100, "GBP", match, 3),
    "bag": lambda match: Amount("price", BAG[match["bag_n"]], "GBP", match.start(), match.end(), 1.0, "bags"),
    "money": _coins,
    "of": lambda match: Amount("quantity", _value(match["of_n"]), "pieces", match.start(), match.end()),
    "nine_bar": lambda match: Amount("quantity", 252.0, "g", match.start(), match.end()),
    "strip": _strips,
    "carton": lambda match: Amount(
        "quantity", float(match["carton_n"]), "sleeves", match.start(), match.end(), carton=True
    ),
    "unit": lambda match: _weighed(_value(match["unit_n"]), match["unit_u"], match, match["per"] is not None),
    "range": lambda match: _weighed(_value(match["range_n"]), match["range_u"], match),
    "bracket": lambda match: Amount(
        "quantity", float(match["bracket_n"]), "", match.start("bracket_n"), match.end("bracket_n")
    ),
    "x": _counted,
    "alone": _alone,
    "half": lambda match: Amount("quantity", 0.5, "g", match.start(), match.end()),
    "plain": _plain,
    "word": lambda match: Amount(
        "number", _value(match["word"]), "", match.start(), match.end(), spoken=True
    ),
}
