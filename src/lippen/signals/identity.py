"""Who called is never taken: columns refused by name or by content, and numbers masked in free text.

The invariant: no value that identifies a caller, a household, a device or a vehicle gets into the lake or
into the quarantine. A column is looked at by its header (`identity_names.toml`) and by a sample of its
values; free text is masked. What is written here as a pattern is meant to catch too much rather than too
little, and everything is looked at as it would be seen: wide digits, odd blanks and signs without width hide
nothing.

What it cannot catch: names, and numbers written out in words.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import all_as_seen, header_words, seen_otherwise

SAMPLE = 2_000
"""How many values of a column are looked at in each stretch of a file."""

_LEAST = 5
_SHARE = 0.2
_CLOSE = 50
_RUNNING = r"^\s*[1-9]\d{8,17}\s*$"
"""Running numbers lie at most this far apart on average: the export may hold one call in fifty."""

EMAIL = r"[^\s@<>()\[\]\",;:]+@[^\s@<>()\[\]\",;:.]+(?:\.[^\s@<>()\[\]\",;:.]+)+"
_PHONES = (
    r"\+\s?\d{1,3}[\s().-]{0,2}(?:\d[\s().-]{0,2}){6,13}\d\b",
    r"\b00[\s.-]?[1-9][\s().-]{0,2}(?:\d[\s().-]{0,2}){7,12}\d\b",
    r"\b44[\s.-]?(?:\(0\)\s?)?[1-9](?:[\s.-]?\d){8,9}\b",
    r"(?:\(0[1-9]\d{1,3}\)[\s.-]?|\b0[1-9]\d{1,3}[\s.-])\d{3,4}[\s.-]?\d{2,4}\b",
    r"(?:\(0[1-9]\d{1,3}\)|\b0[1-9]\d)(?:[\s()./_-]{0,2}\d){7,8}\b",  # no date begins with three digits
    r"\b0[\s.-]?\d(?:[\s.-]\d{2}){4}(?:[\s.-]?\d)?\b",
    r"\b0\d[\s.-]\d{3}[\s.-]?\d{3}[\s.-]?\d{3}\b",
    r"\b0(?:[\s.-]\d){9,10}\b",
    r"(?:\b1[\s.-]?)?(?:\([2-9]\d{2}\)\s?|\b[2-9]\d{2}[\s.-])\d{3}[\s.-]\d{4}\b",
    r"\b[2-9]\d{2}[2-9]\d{6}\b",
)
PHONES_IN_TEXT = (
    *_PHONES,
    r"[A-Za-z]07\d{9}\b|\b07\d{9}[A-Za-z]",  # with a letter that touches it
    r"\b[0Oo]7(?:[\s()./_-]{0,2}[\dOo]){9}\b",  # the letter O for nought
)
_BANK = (
    r"(?i:\bsort\s*code\W{0,3}\d{2}\W?\d{2}\W?\d{2}\b"
    r"|\bacc(?:oun)?t?\b\W{0,3}(?:no|num|number)?\W{0,3}\d{8}\b)"
)
_PERSON_NUMBERS = (
    r"\b[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-Da-d]\b",  # National Insurance
    r"\b(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[\s-]?\d{4}\b",  # CHI: begins with the date of birth
    r"\b\d{3}[\s-]\d{3}[\s-]\d{4}\b",  # NHS
    r"\b\d{3}-\d{2}-\d{4}\b",  # US social security
)
_DEVICES = (r"\b\d{15}\b", r"\b(?:\d{1,3}\.){3}\d{1,3}\b", r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_CARDS = (r"\b\d{4}[\s-]\d{4}[\s-]\d{4}[\s-]\d{4}\b", r"\b\d{16}\b")
_VEHICLES = (r"(?i:\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b)", r"\b[A-Z]\d{1,3}\s?[A-Z]{3}\b")
_POSTCODE = r"(?i)\b([A-Z]{1,2}\d[A-Z\d]?)\s?(\d)[A-Z]{2}\b"

# Each mask: what it is called in counts, the pattern, and what is put in its place. Longer things first.
_MASKS: tuple[tuple[str, str, str], ...] = (
    ("an e-mail address", EMAIL, "[e-mail removed]"),
    ("a card number", "|".join(_CARDS), "[card number removed]"),
    ("a device number", "|".join(_DEVICES), "[device number removed]"),
    ("a bank account", _BANK, "[account removed]"),
    ("a person's number", "|".join(_PERSON_NUMBERS), "[number removed]"),
    ("a telephone number", "|".join(PHONES_IN_TEXT), "[telephone removed]"),
    ("a vehicle registration", "|".join(_VEHICLES), "[registration removed]"),
    ("a full postcode", _POSTCODE, r"\1 \2"),
)
# One cheap look decides which texts are worth the masks above: anything with an @, six digits close together,
# an O beside a digit, or letters and digits as in a registration, a postcode or a National Insurance number.
_WORTH_A_LOOK = (
    r"@|\d[Oo]|[Oo]\d|\d(?:[\s()./_:-]{0,3}[\dA-Fa-f]){5}|[A-Za-z]\d[A-Za-z\d]{0,2}\s?(?:\d|[A-Za-z]{3}\b)"
    r"|[A-Za-z]{2}\s?\d{2}\s?\d{2}"
)

_WHOLE_VALUE = (
    ("telephone numbers", rf"^\s*(?:{'|'.join(_PHONES)})\s*(?:(?:ext|x)\.?\s*\d+)?\s*$"),
    ("e-mail addresses", rf"^\s*<?(?:{EMAIL})>?\s*$"),
    ("persons' numbers", rf"^\s*(?:{'|'.join(_PERSON_NUMBERS)})\s*$"),
    ("device numbers", rf"^\s*(?:{'|'.join(_DEVICES)})\s*$"),
    ("vehicle registrations", r"^\s*(?i:[A-Z]{2}\d{2}\s?[A-Z]{3})\s*$"),
    ("names of people", r"^\s*(?i:mr|mrs|ms|miss|dr|mx)\.?\s+\S+"),
    (
        "house numbers with postcodes",
        r"^\s*(?i:(?:flat\s+)?\d+[A-Z]?\b.*\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\s*$",
    ),
)


@lru_cache
def _names() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("identity_names.toml").read_text(encoding="utf-8"))


_CONTACT = (
    rf"^\s*(?:{'|'.join(_PHONES)})\s*$",
    # as it is dialled or written down, and not ten digits of something else
    r"^\s*(?:[+(]|\d.*[\s().-]|0[1-9]\d{8,9}\s*$|0044[127]|001[2-9]\d{9}\s*$)",
    rf"^\s*<?(?:{EMAIL})>?\s*$",
)


_DIALLED = rf"(?:^|[^0-9A-Za-z])(?:0[1-9]\d{{8,9}}|\+\d{{10,14}})(?:$|[^0-9A-Za-z])|{EMAIL}"
_ADDRESS = (
    r"(?i)^\s*(?:flat\s+\S+\s+|no\.?\s+|\d+/\d+,?\s+)?\d{1,5}[a-z]?(?:\s*[-/]\s*\d+[a-z]?)?[\s,.]+"
    r"(?:[a-z]{2,}|[nsew]\s+\S)"
)


def identity_by_name(header: str) -> str | None:
    """What a column's header says it identifies (`a telephone number`, `one household` ...), or None."""
    written = header_words(header)
    # Phone2 and Name (1) are a phone and a name.
    words = [word for word in (entry.strip("0123456789") for entry in written) if word]
    whole, bag = " ".join(words), {*written, *words}
    for entry in _names().values():
        together = any(set(group) <= bag for group in entry["together"])
        within = any(part in word for word in words for part in entry.get("within", ()))
        if whole in entry["exactly"] or together or within or bag & set(entry["alone"]):
            says: str = entry["says"]
            return says
    return None


def identity_by_content(values: pa.StringArray, is_place: bool = False) -> str | None:
    """What a column seems full of (`telephone numbers` ...), going by an even sample; None when by nothing.

    A column counts as full when a fifth of its filled values, and at least five, look like any of it: one
    number that strayed into a column of codes is not a column of numbers. A column of places (`is_place`) may
    hold house numbers, which are cut to the block on the way in.
    """
    step = max(1, len(values) // SAMPLE)
    sample = values.take(pa.array(np.arange(0, len(values), step)))
    # One value repeated is a code, not people: count each value once.
    distinct = _filled(all_as_seen(sample)).unique()
    least = max(_LEAST, _SHARE * len(distinct))
    if len(distinct) < _LEAST:
        return None
    holds = []
    found = np.zeros(len(distinct), dtype=bool)
    for says, pattern in _WHOLE_VALUE:
        if is_place and says == "house numbers with postcodes":
            continue
        new = pc.match_substring_regex(distinct, pattern).to_numpy(zero_copy_only=False) & ~found
        if new.any():
            found |= new
            holds.append((int(new.sum()), says))
    if found.sum() < least or running_numbers(values):
        return None
    holds.sort(key=lambda entry: -entry[0])
    return " and ".join(says for count, says in holds if count >= 0.1 * found.sum())


def looks_like_a_contact(values: pa.StringArray) -> pa.BooleanArray:
    """Where a whole value can hardly be anything but a telephone number or an e-mail address.

    Bare digits count only with the leading 0 or + of a dialled number: a digest or a running number may be
    ten digits too. Null counts as no.
    """
    seen = all_as_seen(values)
    shaped, written, mail = (pc.match_substring_regex(seen, pattern) for pattern in _CONTACT)
    return pc.or_(pc.and_(shaped, written), mail).fill_null(False)


def street_addresses(values: pa.StringArray) -> bool:
    """Whether most filled values, and five different ones at least, are house numbers with a street.

    A hundred block (`2300 N 49TH ST`) is none.
    """
    filled = _filled(all_as_seen(values))
    house = pc.match_substring_regex(filled, _ADDRESS)
    block = pc.match_substring_regex(filled, r"^\s*\d*00\s")
    found = filled.filter(pc.and_not(house, block))
    return len(found) > len(filled) / 2 and len(found.unique()) >= _LEAST


def dialled_within(values: pa.StringArray) -> pa.BooleanArray:
    """Where a number as it is dialled, or an e-mail address, stands within a value. Null counts as no."""
    return pc.match_substring_regex(all_as_seen(values), _DIALLED).fill_null(False)


def of_one_shape(values: pa.StringArray) -> pa.BooleanArray:
    """Which values are digests or numbers of the length that nine tenths of the filled ones have; else none.

    Of many digests a few happen to hold only digits, and look like a telephone number.
    """
    bare = pc.match_substring_regex(values, r"^[0-9A-Fa-f-]+$")
    lengths = pc.binary_length(values)
    common = pc.mode(lengths.filter(bare))
    if not len(common) or common[0]["count"].as_py() < 0.9 * len(_filled(values)):
        return pa.array([False] * len(values))
    return pc.and_(bare, pc.equal(lengths, common[0]["mode"]))


def in_running_order(values: pa.StringArray) -> pa.BooleanArray:
    """Which values of a column of running numbers are such numbers; none where the column is another."""
    if not running_numbers(values):
        return pa.array([False] * len(values), pa.bool_())
    return pc.match_substring_regex(values, _RUNNING).fill_null(False)


def running_numbers(values: pa.StringArray) -> bool:
    """Whether a column of bare digits holds a control room's running numbers.

    `2019004711` has the shape of a telephone number. But numbers that are given out in turn lie close
    together, whole or within one year (its first four digits) or one day (its first six), and the numbers of
    a town's telephones do not.
    """
    distinct = _filled(values).unique()
    bare = distinct.filter(pc.match_substring_regex(distinct, _RUNNING))
    dialled = pc.match_substring_regex(bare, r"^\s*44[127]\d{9}\s*$")
    if not len(bare) or len(bare) < 0.9 * len(distinct) or pc.all(dialled).as_py():
        return False
    digits = pc.utf8_trim_whitespace(bare)
    lengths = pc.binary_length(digits)
    if pc.min(lengths).as_py() != pc.max(lengths).as_py():
        return False
    length = lengths[0].as_py()
    number = digits.cast(pa.int64()).to_numpy()
    year, day = number // 10 ** (length - 4), number // 10 ** (length - 6)
    is_year = bool(((year >= 1990) & (year < 2050)).all())
    is_day = bool(((day // 100 % 100 - 1 < 12) & (day // 100 % 100 > 0) & (day % 100 <= 31)).all())
    whole = np.zeros_like(number)
    return (
        _spacing(number, whole) <= _CLOSE
        or (is_year and _spacing(number, year) <= _CLOSE)
        or (is_day and _spacing(number, day) <= _CLOSE)
    )


def _spacing(number: Any, head: Any) -> float:
    """How far apart the numbers of one head lie, on average over all heads."""
    heads, group = np.unique(head, return_inverse=True)
    low, high = np.full(len(heads), np.iinfo(np.int64).max), np.zeros(len(heads), dtype=np.int64)
    np.minimum.at(low, group, number)
    np.maximum.at(high, group, number)
    return float((high - low + 1).sum() / len(number))


def _filled(values: pa.StringArray) -> pa.StringArray:
    return values.filter(pc.not_equal(pc.utf8_trim_whitespace(values), "").fill_null(False))


def mask_identity(values: pa.Array) -> tuple[pa.Array, dict[str, int]]:
    """Text with telephone numbers and the like replaced, and how many texts held each sort of thing.

    A text in which something shows only once it is read as it would be seen is given back as seen.
    """
    masked, counts = _mask(values)
    where, seen = seen_otherwise(masked)
    again, more = _mask(seen)
    if more:
        hidden = pc.not_equal(again, seen)
        kept = pc.if_else(hidden, again, masked.filter(where))
        masked = pc.replace_with_mask(masked, where, kept)
        counts = {says: counts.get(says, 0) + more.get(says, 0) for says in {**counts, **more}}
    return masked, counts


def _mask(values: pa.Array) -> tuple[pa.Array, dict[str, int]]:
    worth = pc.match_substring_regex(values, _WORTH_A_LOOK).fill_null(False)
    if not pc.any(worth).as_py():
        return values, {}
    part = values.filter(worth)
    counts: dict[str, int] = {}
    for says, pattern, instead in _MASKS:
        found = pc.sum(pc.match_substring_regex(part, pattern)).as_py() or 0
        if found:
            counts[says] = found
            part = pc.replace_substring_regex(part, pattern, instead)
    return (pc.replace_with_mask(values, worth, part) if counts else values), counts


def mask_values(values: list[str]) -> list[str]:
    """Values as they may be shown: masked, without control characters, at most 200 characters each."""
    masked, _ = mask_identity(pa.array([value[:1000] for value in values], pa.string()))
    return [
        (value if value.isprintable() else "".join(sign if sign.isprintable() else " " for sign in value))[
            :200
        ]
        for value in masked.to_pylist()
    ]


def mask_value(value: str) -> str:
    """`mask_values` of one."""
    return mask_values([value])[0]
