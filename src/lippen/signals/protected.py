"""Incidents that are never assessed, found by words in their kind or text (`protected_words.toml`).

Sexual, domestic, child, hate, mental health, missing person, stalking, trafficking, threat to life. Whole
words, any case, plurals and possessives included; the lists err on the side of leaving an incident out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import all_as_seen, seen_otherwise


@lru_cache
def protected_words() -> dict[str, tuple[str, ...]]:
    """The words of each protected class, as the data file lists them."""
    source = files(__package__).joinpath("protected_words.toml").read_text(encoding="utf-8")
    return {name: tuple(entry["words"]) for name, entry in tomllib.loads(source).items()}


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
    found = pc.match_substring_regex(values, _pattern(words), ignore_case=True).fill_null(False)
    where, seen = seen_otherwise(values)
    if not len(seen):
        return found
    again = pc.match_substring_regex(seen, _pattern(words), ignore_case=True)
    return pc.replace_with_mask(found, where, pc.or_(found.filter(where), again))


def protected_classes_of(text: str) -> tuple[str, ...]:
    """The protected classes whose words stand in one text, for showing to an analyst."""
    lone = all_as_seen(pa.array([text]))
    return tuple(
        name
        for name, words in protected_words().items()
        if pc.match_substring_regex(lone, _pattern(words), ignore_case=True)[0].as_py()
    )


@lru_cache
def _pattern(words: tuple[str, ...]) -> str:
    """Any of the words, bounded by anything but a letter or digit.

    `\\b` will not do: it takes the low line of CHILD_CUSTODY for a letter. A blank or hyphen in a word
    stands for any run of blanks, hyphens and low lines.
    """
    parts = sorted({r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", word.lower()))) for word in words})
    return rf"(?:^|[^0-9a-z])(?:{'|'.join(parts)})(?:s|es|'s|’s)?(?:$|[^0-9a-z])"
