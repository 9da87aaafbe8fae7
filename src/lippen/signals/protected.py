"""Incidents that are never assessed, found by words in their kind or text (`protected_words.toml`).

Sexual, domestic, child, hate, mental health, missing person, stalking, trafficking, threat to life. Whole
words, any case, plurals and possessives included, and long stems also within words that are run together; the
lists err on the side of leaving an incident out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import all_as_seen, as_seen, seen_otherwise


@lru_cache
def protected_words() -> dict[str, tuple[str, ...]]:
    """The words of each protected class, as the data file lists them."""
    source = files(__package__).joinpath("protected_words.toml").read_text(encoding="utf-8")
    return {name: tuple(entry["words"]) for name, entry in tomllib.loads(source).items()}


@lru_cache
def _stems() -> dict[str, tuple[str, ...]]:
    """Patterns of each class that count within a word too (`SEXUALASSAULT`), as the data file lists them."""
    source = files(__package__).joinpath("protected_words.toml").read_text(encoding="utf-8")
    return {name: tuple(entry.get("stems", ())) for name, entry in tomllib.loads(source).items()}


PROTECTED_CLASSES: tuple[str, ...] = tuple(protected_words())
"""sexual, domestic, child, hate, mental_health, missing_person, stalking, trafficking, threat_to_life"""


def has_protected_words(
    values: pa.Array, extra: Mapping[str, tuple[str, ...]] | None = None
) -> pa.BooleanArray:
    """Where a text holds a protected word, of the shipped lists or of `extra` (class -> words).

    The text is looked at as written and as seen (`folding.as_seen`). Null counts as no word.
    """
    words = tuple(
        word for listed in (*protected_words().values(), *(extra or {}).values()) for word in listed
    )
    pattern = _pattern(words, tuple(stem for listed in _stems().values() for stem in listed))
    found = _holds(values, pattern)
    where, seen = seen_otherwise(values)
    if not len(seen):
        return found
    return pc.replace_with_mask(found, where, pc.or_(found.filter(where), _holds(seen, pattern)))


def _holds(values: pa.Array, pattern: str) -> pa.BooleanArray:
    """Where the pattern stands in a text as it is, or with `DomesticDispute` taken for two words."""
    found = pc.match_substring_regex(values, pattern, ignore_case=True).fill_null(False)
    joined = pc.and_not(pc.match_substring_regex(values, r"[a-z][A-Z]").fill_null(False), found)
    if not pc.any(joined).as_py():
        return found
    apart = pc.replace_substring_regex(values.filter(joined), r"([a-z])([A-Z])", r"\1 \2")
    return pc.replace_with_mask(found, joined, pc.match_substring_regex(apart, pattern, ignore_case=True))


def protected_classes_of(text: str) -> tuple[str, ...]:
    """The protected classes whose words stand in one text, for showing to an analyst."""
    lone = all_as_seen(pa.array([text]))
    return tuple(
        name
        for name, words in protected_words().items()
        if _holds(lone, _pattern(words, _stems()[name]))[0].as_py()
    )


@lru_cache
def _pattern(words: tuple[str, ...], stems: tuple[str, ...]) -> str:
    """Any of the words, bounded by anything but a letter, or any of the stems anywhere.

    `\\b` will not do: it takes the low line of CHILD_CUSTODY and the digit of DOMESTIC1 for letters. A blank
    or hyphen in a word stands for any run of blanks, hyphens and low lines.
    """
    parts = sorted(
        {r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", as_seen(word).lower()))) for word in words}
    )
    whole = rf"(?:^|[^a-z])(?:{'|'.join(parts)})(?:s|es|'s|’s)?(?:$|[^a-z])"
    return "|".join([whole, *stems])
