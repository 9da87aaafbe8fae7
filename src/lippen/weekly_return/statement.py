"""What two people say beside the counts of a return, read from a file and held to the gate.

A statement is a file of its own:

    area = "Invermarrow partnership"        # a health board, or a whole partnership; nothing finer
    written_by = "addictions service analyst"   # roles, and no names
    agreed_by = "partnership co-ordinator"

    [[note]]                                # for each substance of which there is more to say
    substance = "diazepam"                  # a name of the vocabulary
    what_is_new = "Sold as Valium, and much stronger than before."
    form = "tablets"
    description = "Round, blue, no marks"
    effects = "Deep sleep after one or two"
    certainty = "suspected"                 # or "tested"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lippen.alert.said import (
    ROLES,
    certainty_of,
    name_of_substance,
    read_written,
    refuse_one_alone,
    said,
)
from lippen.errors import LippenError

LONGEST: Final = {"area": 80, **ROLES}
"""Signs that each text of a statement may have."""

LONGEST_NOTE: Final = {"what_is_new": 300, "form": 60, "description": 200, "effects": 300}
MOST_NOTES: Final = 40

CERTAINTY: Final = {
    "suspected": "Nothing was tested.",
    "tested": "A laboratory has tested what was found.",
}

_WHAT: Final = "a return"
_ONE_PERSON: Final = re.compile(
    r"\b(?:patients?|client|tenant|service user|he|she|his|hers?|him|boy|girl|lad|lassie|man|woman|male"
    r"|female|mother|father|son|daughter|brother|sister|mum|dad|wife|husband|aged?"
    r"|\d+[- ]?(?:year|yr)s?[- ]?olds?|\d+\s?(?:yo|y/o)|d\.?o\.?b)\b"
    r"|\b[^\W\d_]+,?\s\(?\d{1,2}\)?,",
    re.IGNORECASE,
)


class ReturnRefused(LippenError):
    """A return that cannot go out as it is written."""


@dataclass(frozen=True)
class Note:
    """What is said of one substance beside its counts; a text that was left out is empty."""

    substance: str
    what_is_new: str
    form: str
    description: str
    effects: str
    certainty: str


@dataclass(frozen=True)
class Statement:
    """For which `area` a return speaks, the roles of the two who stand for it, and their notes."""

    area: str
    written_by: str
    agreed_by: str
    notes: tuple[Note, ...]


def read_statement(file: Path) -> Statement:
    """The statement in a file. Raises ReturnRefused for one that cannot be read, is not whole or says too
    much: where, from whom or for how much, or of one person.
    """
    written = read_written(file, ReturnRefused)
    _refuse_stray(file, written, {"note", *LONGEST}, "a statement")
    texts = {
        name: said(file, name, written.get(name), longest, ReturnRefused, what=_WHAT, names_something=True)
        for name, longest in LONGEST.items()
    }
    refuse_one_alone(file, texts, ReturnRefused)
    given = written.get("note", [])
    if not isinstance(given, list) or len(given) > MOST_NOTES:
        raise ReturnRefused(
            f"a statement has up to {MOST_NOTES} notes", file=file, remedy="Write a [[note]] for each."
        )
    notes = tuple(_note(file, one) for one in given)
    names = [note.substance for note in notes]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ReturnRefused(
            f"there are two notes on {min(twice)}",
            file=file,
            remedy="Put them together: one row a substance.",
        )
    return Statement(notes=notes, **texts)


def _note(file: Path, given: Any) -> Note:
    if not isinstance(given, dict):
        raise ReturnRefused(
            "a note is no table", file=file, remedy="Write [[note]] and its entries below it."
        )
    _refuse_stray(file, given, {"substance", "certainty", *LONGEST_NOTE}, "a note")
    substance = name_of_substance(file, given.get("substance"), ReturnRefused)
    certainty = certainty_of(file, given.get("certainty", "suspected"), CERTAINTY, ReturnRefused)
    texts = {
        name: _of_nobody(file, name, said(file, name, given[name], longest, ReturnRefused, what=_WHAT))
        if name in given
        else ""
        for name, longest in LONGEST_NOTE.items()
    }
    if not any(texts.values()):
        raise ReturnRefused(
            f"the note on {substance} says nothing", file=file, remedy="Write what is new, or leave it out."
        )
    return Note(substance=substance, certainty=certainty, **texts)


def _of_nobody(file: Path, name: str, text: str) -> str:
    if found := _ONE_PERSON.search(text):
        raise ReturnRefused(
            f"`{name}` may speak of one person ({found[0]!r})",
            file=file,
            remedy="Say what it looks like and does, and nothing of anybody who took it.",
        )
    return text


def _refuse_stray(file: Path, given: dict[str, Any], known: set[str], where: str) -> None:
    if stray := sorted(set(given) - known):
        raise ReturnRefused(
            f"there is no entry {stray[0]!r} in {where}",
            file=file,
            remedy=f"Known are {', '.join(sorted(known))}.",
        )
