"""What an alert says, as two people wrote and agreed it, read from a file and held to the gate.

An alert is a file of its own:

    substance = "diazepam"                  # a name of the vocabulary
    sold_as = "street Valium"               # what people think it is
    looks_like = "Round blue tablets, no marks"
    what_changed = "They are much stronger than before."
    certainty = "suspected"                 # or "tested"
    issued_on = 2026-11-28
    ends_on = 2026-12-26
    written_by = "addictions nurse"         # roles, and no names
    agreed_by = "partnership co-ordinator"

    [[help]]
    name = "The Lint Mill"
    telephone = "01632 960000"
    open = "Monday to Friday, 9 to 5"
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lippen.alert.effects import Effects, effects_of
from lippen.alert.gate import not_to_be_said
from lippen.errors import LippenError
from lippen.toml_faults import fault_of
from lippen.trade.vocabulary import families

LONGEST: Final = {"sold_as": 60, "looks_like": 160, "what_changed": 300, "written_by": 80, "agreed_by": 80}
"""Signs that each text of an alert may have: it has to be read in a minute, on one page."""

LONGEST_HELP: Final = {"name": 60, "telephone": 30, "open": 80}
MOST_HELP: Final = 4
LONGEST_DAYS: Final = 56
CERTAINTY: Final = {
    "suspected": "This is what people have told us. Nothing has been tested yet.",
    "tested": "A laboratory has tested what was found.",
}
_DAYS: Final = ("issued_on", "ends_on")


class AlertRefused(LippenError):
    """An alert that cannot go out as it is written."""


@dataclass(frozen=True)
class Help:
    """Where help is: the name of a service, its telephone, and when it is open (may be empty)."""

    name: str
    telephone: str
    open: str


@dataclass(frozen=True)
class Alert:
    """What an alert says. `substance` is of the vocabulary, with its `effects`; `written_by` and `agreed_by`
    are the roles of two people; from the day after `ends_on` it should be taken down.
    """

    substance: str
    effects: Effects
    sold_as: str
    looks_like: str
    what_changed: str
    certainty: str
    issued_on: dt.date
    ends_on: dt.date
    written_by: str
    agreed_by: str
    help: tuple[Help, ...]


def read_alert(file: Path) -> Alert:
    """The alert in a file. Raises AlertRefused for one that cannot be read, is not whole or says too much."""
    written = _written(file)
    known = {"substance", "certainty", "help", *LONGEST, *_DAYS}
    if stray := sorted(set(written) - known):
        raise _refused(
            file, f"there is no entry {stray[0]!r} in an alert", f"Known are {', '.join(sorted(known))}."
        )
    substance = written.get("substance")
    if substance not in families():
        raise _refused(
            file, f"{substance!r} is no substance of the vocabulary", f"Name one of: {', '.join(families())}."
        )
    if written.get("certainty") not in CERTAINTY:
        raise _refused(file, "`certainty` says neither suspected nor tested", "Write what is true of it.")
    said = {name: _text(file, name, written.get(name), longest) for name, longest in LONGEST.items()}
    if said["written_by"].casefold() == said["agreed_by"].casefold():
        raise _refused(
            file, "the one who wrote it has agreed to it too", "Ask a second person, and write their role."
        )
    issued_on, ends_on = (_day(file, name, written.get(name)) for name in _DAYS)
    if not dt.timedelta(0) < ends_on - issued_on <= dt.timedelta(LONGEST_DAYS):
        raise _refused(
            file,
            f"it runs from {issued_on} to {ends_on}",
            f"Let it end after it begins, and within {LONGEST_DAYS} days: what is about changes.",
        )
    return Alert(
        substance=substance,
        effects=effects_of(substance, families()[substance]),
        certainty=written["certainty"],
        issued_on=issued_on,
        ends_on=ends_on,
        help=_help(file, written.get("help")),
        **said,
    )


def _written(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(
            file, "this file cannot be read", "Check its name, and that it is in UTF-8."
        ) from error
    try:
        return tomllib.loads(text)
    except ValueError as error:
        fault = fault_of(error, text)
        raise AlertRefused(fault.what, file=file, line=fault.line, remedy="Put it right.") from error


def _text(file: Path, name: str, given: object, longest: int) -> str:
    if not isinstance(given, str) or not given.strip():
        raise _refused(file, f"`{name}` says nothing", "Write it in plain words.")
    text = " ".join(given.split())
    if len(text) > longest:
        raise _refused(
            file, f"`{name}` has {len(text)} signs, and there is room for {longest}", "Write it shorter."
        )
    if not text.isprintable():
        raise _refused(file, f"`{name}` holds signs that cannot be printed", "Type it anew.")
    if said := not_to_be_said(text):
        raise _refused(
            file,
            f"`{name}` holds {said}, and an alert never says where, from whom or for how much",
            "Leave it out.",
        )
    return text


def _day(file: Path, name: str, given: object) -> dt.date:
    if not isinstance(given, dt.date) or isinstance(given, dt.datetime):
        raise _refused(file, f"`{name}` is no day", "Write it as 2026-11-28, without quotation marks.")
    return given


def _help(file: Path, given: object) -> tuple[Help, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_HELP:
        raise _refused(
            file,
            "an alert names from one to four places where help is",
            "Write a [[help]] with name and telephone for each.",
        )
    return tuple(_one_help(file, one) for one in given)


def _one_help(file: Path, given: Any) -> Help:
    if not isinstance(given, dict) or set(given) - set(LONGEST_HELP):
        raise _refused(
            file, "a [[help]] has name, telephone and open, and nothing else", "Leave the rest out."
        )
    values = {name: given.get(name, "") for name in LONGEST_HELP}
    for name, longest in LONGEST_HELP.items():
        value = values[name]
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise _refused(file, f"`help.{name}` is no text of at most {longest} signs", "Write it shorter.")
        if name != "open" and not value.strip():
            raise _refused(
                file, f"a [[help]] has no {name}", "Write it: who reads the alert has to reach someone."
            )
    return Help(**{name: " ".join(value.split()) for name, value in values.items()})


def _refused(file: Path, what: str, remedy: str) -> AlertRefused:
    return AlertRefused(what, file=file, remedy=remedy)
