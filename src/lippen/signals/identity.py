"""Who called is never taken: columns refused by name or by content, and numbers masked in free text.

The invariant: no value that identifies a caller, a household, a device or a vehicle gets into the lake or
into the quarantine. A column is looked at by its header (`identity_names.toml`) and by a sample of its values;
free text is masked. What is written here as a pattern is meant to catch too much rather than too little.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import header_words

SAMPLE = 2_000
"""How many values of a column are looked at in each stretch of a file."""

_LEAST = 5
_SHARE = 0.2

_EMAIL = r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
_PHONES = (
    r"\+\s?\d{1,3}[\s().-]{0,2}(?:\d[\s().-]{0,2}){6,13}\d",
    r"\b00\d{9,13}\b",
    r"\b44\s?\d{3,4}\s?\d{3}\s?\d{3,4}\b",
    r"(?:\(0\d{2,4}\)|\b0\d{2,4})[\s.-]?\d{3,4}[\s.-]?\d{2,4}\b",
    r"\b0\d(?:[\s.-]\d{2}){4}\b",
    r"(?:\b1[\s.-]?)?(?:\([2-9]\d{2}\)\s?|\b[2-9]\d{2}[\s.-])\d{3}[\s.-]\d{4}\b",
    r"\b[2-9]\d{2}[2-9]\d{6}\b",
)
_PERSON_NUMBERS = (
    r"\b[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-Da-d]\b",  # National Insurance
    r"\b(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[\s-]?\d{4}\b",  # CHI: begins with the date of birth
    r"\b\d{3}[\s-]\d{3}[\s-]\d{4}\b",  # NHS
    r"\b\d{3}-\d{2}-\d{4}\b",  # US social security
)
_DEVICES = (r"\b\d{15}\b", r"\b(?:\d{1,3}\.){3}\d{1,3}\b", r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_CARDS = (r"\b\d{4}[\s-]\d{4}[\s-]\d{4}[\s-]\d{4}\b", r"\b\d{16}\b")
_VEHICLES = (r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b", r"\b[A-Z]\d{1,3}\s?[A-Z]{3}\b")
_POSTCODE = r"\b([A-Z]{1,2}\d[A-Z\d]?)\s?(\d)[A-Z]{2}\b"

# Each mask: what it is called in counts, the pattern, and what is put in its place. Longer things first.
_MASKS: tuple[tuple[str, str, str], ...] = (
    ("e-mail address", _EMAIL, "[e-mail removed]"),
    ("card number", "|".join(_CARDS), "[card number removed]"),
    ("device number", "|".join(_DEVICES), "[device number removed]"),
    ("person's number", "|".join(_PERSON_NUMBERS), "[number removed]"),
    ("telephone number", "|".join(_PHONES), "[telephone removed]"),
    ("vehicle registration", "|".join(_VEHICLES), "[registration removed]"),
    ("full postcode", _POSTCODE, r"\1 \2"),
)
# One cheap look decides which texts are worth the masks above: anything with an @, six digits close together,
# or letters and digits as in a registration, a postcode or a National Insurance number.
_WORTH_A_LOOK = (
    r"@|\d(?:[\s().:-]{0,3}[\dA-Fa-f]){5}|[A-Z]\d[A-Z\d]{0,2}\s?(?:\d|[A-Z]{3}\b)|[A-Za-z]{2}\s?\d{2}\s?\d{2}"
)

_WHOLE_VALUE = (
    ("telephone numbers", rf"^\s*(?:{'|'.join(_PHONES)})\s*(?:(?:ext|x)\.?\s*\d+)?\s*$"),
    ("e-mail addresses", rf"^\s*<?(?:{_EMAIL})>?\s*$"),
    ("persons' numbers", rf"^\s*(?:{'|'.join(_PERSON_NUMBERS)})\s*$"),
    ("device numbers", rf"^\s*(?:{'|'.join(_DEVICES)})\s*$"),
    ("vehicle registrations", r"^\s*[A-Z]{2}\d{2}\s?[A-Z]{3}\s*$"),
    ("names of people", r"^\s*(?i:mr|mrs|ms|miss|dr|mx)\.?\s+\S+"),
    (
        "house numbers with postcodes",
        r"^\s*(?i:flat\s+)?\d+[A-Za-z]?\b.*\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\s*$",
    ),
)


@lru_cache
def _names() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("identity_names.toml").read_text(encoding="utf-8"))


def identity_by_name(header: str) -> str | None:
    """What a column's header says it identifies (`a telephone number`, `one household` ...), or None."""
    words = header_words(header)
    whole = " ".join(words)
    for entry in _names().values():
        together = any(set(group) <= set(words) for group in entry["together"])
        if whole in entry["exactly"] or together or set(words) & set(entry["alone"]):
            says: str = entry["says"]
            return says
    return None


def identity_by_content(values: pa.StringArray, is_place: bool = False) -> str | None:
    """What a column seems full of (`telephone numbers` ...), going by an even sample; None when by nothing.

    A column counts as full when a fifth of its filled values, and at least five, look like it: one number
    that strayed into a column of codes is not a column of numbers. A column of places (`is_place`) may hold
    house numbers, which are cut to the block on the way in.
    """
    step = max(1, len(values) // SAMPLE)
    sample = values.take(pa.array(range(0, len(values), step)))
    filled = sample.filter(pc.not_equal(pc.utf8_trim_whitespace(sample), "").fill_null(False))
    # One value repeated is a code, not people: count each value once.
    distinct = filled.unique()
    if len(distinct) < _LEAST:
        return None
    for says, pattern in _WHOLE_VALUE:
        if is_place and says == "house numbers with postcodes":
            continue
        found = pc.sum(pc.match_substring_regex(distinct, pattern)).as_py() or 0
        if found >= max(_LEAST, _SHARE * len(distinct)) and not _running_numbers(distinct, says):
            return says
    return None


def _running_numbers(distinct: pa.StringArray, says: str) -> bool:
    """Whether bare digits are a control room's running numbers: most begin with the same six digits or so.

    `2019004711` has the shape of a telephone number, but thousands of those share their first half.
    """
    if says not in ("telephone numbers", "persons' numbers", "device numbers"):
        return False
    bare = distinct.filter(pc.match_substring_regex(distinct, r"^\s*[1-9]\d{8,}\s*$"))
    if len(bare) < 0.9 * len(distinct):
        return False
    lengths = pc.binary_length(bare)
    if pc.min(lengths).as_py() != pc.max(lengths).as_py():
        return False
    heads = pc.utf8_slice_codeunits(bare, 0, 6)
    return len(heads.unique()) <= max(3, len(bare) // 20)


def mask_identity(values: pa.Array) -> tuple[pa.Array, dict[str, int]]:
    """Text with telephone numbers and the like replaced, and how many texts held each sort of thing."""
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


def mask_value(value: str) -> str:
    """One value as it may be shown: masked, without control characters, at most 200 characters."""
    masked, _ = mask_identity(pa.array([value[:1000]]))
    shown = "".join(sign if sign.isprintable() else " " for sign in masked[0].as_py())
    return shown[:200]
