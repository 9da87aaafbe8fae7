"""Whether each name that stands in the database is the one that was entered for its reference."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from lippen.site.register.commitments import (
    SALT_BYTES,
    Bearers,
    Standing,
    all_committed,
    bearers,
    commitment,
    erased_since,
    whose,
)
from lippen.site.register.verdict import Breach, Verdict

_NO_NAME: Final = ""
"""What stands for a name or a salt that the program could not have written: no commitment is empty."""


def verify_names(verdict: Verdict) -> None:
    """Tell of each name that is not the one last entered for its reference, that was never entered, that two
    rows have, whose row is gone though nobody erased it, or is there though somebody did.

    Names and entries are read one after the other, so a name that was set meanwhile can seem not to fit. What
    is told was found twice.
    """
    if not bearers():
        verdict.unchecked.append(
            "the tables of names are not here: whether a name was exchanged, so that the register's pages "
            "show somebody else, was not checked."
        )
        return
    found = _faults()
    again = set(_faults()) if found else set()
    for fault in found:
        if fault in again:
            verdict.breach(fault.what, entry=fault.entry)


def _faults() -> list[Breach]:
    kinds = {one.letter: one for one in bearers()}
    standing: defaultdict[str, list[str]] = defaultdict(list)
    found = []
    for kind in kinds.values():
        for row in kind.standing():
            if isinstance(row[0], str):
                standing[f"{kind.letter}-{row[0]}"].append(_commitment(kind, row))
            else:
                found.append(
                    Breach(
                        f"the reference of one {kind.one} has a form that the program never writes: it was "
                        "altered in the database."
                    )
                )
    entered = _last_entered()
    erased = erased_since({key: entry for key, (entry, _) in entered.items()})
    for key, commitments in sorted(standing.items()):
        what = f"the {kinds[key[0]].one} {key[2:]}"
        entry, said = entered.get(key, (None, set[str]()))
        if len(commitments) > 1:
            found.append(Breach(f"{len(commitments)} rows bear the reference of {what}.", entry=entry))
        elif entry is None:
            found.append(Breach(f"no entry says what name {what} was given: it was put in past the program."))
        elif key in erased:
            found.append(
                Breach(
                    f"{what}, whom entry {erased[key]} says was erased, is there: the row was put back past "
                    "the program.",
                    entry=erased[key],
                )
            )
        elif len(said) > 1:
            found.append(Breach(f"entry {entry} gives {what} {len(said)} names.", entry=entry))
        elif commitments != list(said):
            found.append(
                Breach(
                    f"the name of {what} is not the one that entry {entry} gave: it was exchanged or altered "
                    "in the database, and the register's pages show it beside what somebody else did.",
                    entry=entry,
                )
            )
    gone = {
        key: entry
        for key, (entry, _) in entered.items()
        if key[:1] in kinds and key not in standing and key not in erased
    }
    return found + _taken_out(kinds, gone)


def _last_entered() -> dict[str, tuple[int, set[str]]]:
    """By letter and reference the last entry that gives it a name, and all commitments to one in it."""
    entered: dict[str, tuple[int, set[str]]] = {}
    for entry, record in all_committed():
        before = entered.get(whose(record))
        beside = before[1] if before and before[0] == entry else set()
        entered[whose(record)] = (entry, {*beside, record})
    return entered


def _commitment(kind: Bearers, row: Standing) -> str:
    """What an entry would say of this row."""
    ref, salt, name = row
    if not isinstance(name, str) or not isinstance(salt, bytes | memoryview) or len(salt) != SALT_BYTES:
        return _NO_NAME
    return commitment(kind.letter, ref, bytes(salt), name)


def _taken_out(kinds: dict[str, Bearers], gone: dict[str, int]) -> list[Breach]:
    """Of those that were named and are gone unerased, the ones that do not go by themselves."""
    return [
        Breach(
            f"the {kinds[key[0]].one} {key[2:]}, whom entry {gone[key]} gave a name, is gone, and no entry "
            "says that they were erased: the row was taken out past the program.",
            entry=gone[key],
        )
        for key in sorted(gone)
        if not kinds[key[0]].go_by_themselves
    ]
