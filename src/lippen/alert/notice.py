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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lippen.alert.effects import Effects, effects_of
from lippen.alert.gate import not_to_be_said_of_help
from lippen.alert.numbers import wrong_with
from lippen.alert.said import (
    ROLES,
    certainty_of,
    name_of_substance,
    read_written,
    refuse_one_alone,
    said,
)
from lippen.errors import LippenError
from lippen.trade.vocabulary import families

LONGEST: Final = {"sold_as": 60, "looks_like": 160, "what_changed": 300, **ROLES}
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
    written = read_written(file, AlertRefused)
    known = {"substance", "certainty", "help", *LONGEST, *_DAYS}
    if stray := sorted(set(written) - known):
        raise _refused(
            file, f"there is no entry {stray[0]!r} in an alert", f"Known are {', '.join(sorted(known))}."
        )
    substance = name_of_substance(file, written.get("substance"), AlertRefused)
    certainty = certainty_of(file, written.get("certainty"), CERTAINTY, AlertRefused)
    texts = {
        name: said(
            file,
            name,
            written.get(name),
            longest,
            AlertRefused,
            what="an alert",
            names_something=name in ROLES,
        )
        for name, longest in LONGEST.items()
    }
    refuse_one_alone(file, texts, AlertRefused)
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
        certainty=certainty,
        issued_on=issued_on,
        ends_on=ends_on,
        help=_help(file, written.get("help")),
        **texts,
    )


def not_current(alert: Alert, today: dt.date) -> str | None:
    """What to say of an alert that is over, or that is not issued yet; None for one that holds today."""
    if alert.ends_on < today:
        return f"This alert ended on {alert.ends_on}: today is {today}. Do not send it as it is."
    if alert.issued_on > today:
        return (
            f"This alert is dated {alert.issued_on}, which has not come: today is {today}. Put the day right."
        )
    return None


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
    texts = {name: " ".join(value.split()) for name, value in values.items()}
    for name in ("name", "open"):
        if found := not_to_be_said_of_help(texts[name]):
            raise _refused(
                file,
                f"`help.{name}` holds {found}, which no place of help needs",
                "Write what the service is called, its number under telephone, and when it is open.",
            )
    if wrong := wrong_with(texts["telephone"]):
        raise _refused(file, f"`help.telephone` is {wrong[0]}", wrong[1])
    return Help(**texts)


def _refused(file: Path, what: str, remedy: str) -> AlertRefused:
    return AlertRefused(what, file=file, remedy=remedy)
