"""A file in which two people say something, and what any text of it may not say."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from lippen.alert.gate import not_to_be_said
from lippen.errors import LippenError
from lippen.signals.folding import as_seen
from lippen.toml_faults import fault_of
from lippen.trade.matching import looks_like
from lippen.trade.vocabulary import all_words, families

ROLES = {"written_by": 80, "agreed_by": 80}
"""The two who stand for it, by their roles, and the signs that each may have."""

_FIGURES: Final = str.maketrans("01", "ol")
"""Figures that pass for letters."""

MOST_MEANT = 3
"""So many substances are offered at most in the place of a name that is none."""


def read_written(file: Path, refused: type[LippenError]) -> dict[str, Any]:
    """What stands in a file of TOML. Raises `refused` where it cannot be read."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(
            "this file cannot be read", file=file, remedy="Check its name, and that it is in UTF-8."
        ) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fault = fault_of(error, text)
        raise refused(fault.what, file=file, line=fault.line, remedy="Put it right.") from error


def said(
    file: Path,
    name: str,
    given: object,
    longest: int,
    refused: type[LippenError],
    *,
    what: str,
    names_something: bool = False,
) -> str:
    """A text of such a file on one line. Raises `refused` where it is none, is too long, cannot be printed,
    or says where, from whom or for how much; `what` is what never says that, as in `an alert`. A role and an
    area have names by right (`names_something`).
    """
    if not isinstance(given, str) or not given.strip():
        raise refused(f"`{name}` says nothing", file=file, remedy="Write it in plain words.")
    text = " ".join(given.split())
    if len(text) > longest:
        raise refused(
            f"`{name}` has {len(text)} signs, and there is room for {longest}",
            file=file,
            remedy="Write it shorter.",
        )
    if not text.isprintable():
        raise refused(f"`{name}` holds signs that cannot be printed", file=file, remedy="Type it anew.")
    if found := not_to_be_said(text, names_something=names_something):
        raise refused(
            f"`{name}` holds {found}, and {what} never says where, from whom or for how much",
            file=file,
            remedy=(
                "Leave it out. Where it points to no one, say in other words what is meant, and write what is"
                " no name in small letters."
            ),
        )
    return text


def refuse_one_alone(file: Path, roles: dict[str, str], refused: type[LippenError]) -> None:
    """Raise `refused` where the one who wrote it has agreed to it too."""
    if _as_a_role(roles["written_by"]) == _as_a_role(roles["agreed_by"]):
        raise refused(
            "the one who wrote it has agreed to it too",
            file=file,
            remedy="Ask a second person, and write their role.",
        )


def _as_a_role(written: str) -> str:
    """A role as the eye takes it: its letters as they look, without blanks and signs between them."""
    return "".join(sign for sign in looks_like(as_seen(written)).translate(_FIGURES) if sign.isalnum())


def name_of_substance(file: Path, given: object, refused: type[LippenError]) -> str:
    """The name of a substance of the vocabulary. Raises `refused` for one that it does not have."""
    if not isinstance(given, str):
        raise refused("`substance` is no name in quotation marks", file=file, remedy=meant(given))
    if given not in families():
        raise refused(f"{given!r} is no substance of the vocabulary", file=file, remedy=meant(given))
    return given


def certainty_of(file: Path, given: object, known: Collection[str], refused: type[LippenError]) -> str:
    """How sure it is, as one of `known`. Raises `refused` for anything else."""
    if not isinstance(given, str) or given not in known:
        raise refused(
            "`certainty` says neither suspected nor tested", file=file, remedy="Write what is true of it."
        )
    return given


def meant(given: object) -> str:
    """Which substances somebody may have meant by a name that is none, and where all names stand.

    What people call a substance comes first: it is known, and not guessed by how it is spelt.
    """
    all_of_them = "All names: lippen alert --substances"
    if not isinstance(given, str):
        return all_of_them
    said = as_seen(given).strip()
    likely = [word.substance for word in all_words() if as_seen(word.written) == said]
    spelt = {as_seen(name): name for name in families()}
    likely += [spelt[one] for one in get_close_matches(said, spelt, MOST_MEANT)]
    names = list(dict.fromkeys(likely))[:MOST_MEANT]
    return f"Did you mean {' or '.join(names)}? {all_of_them}" if names else all_of_them
