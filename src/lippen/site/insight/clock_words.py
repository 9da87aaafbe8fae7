"""Whose clock an export's times are read by, as a page says it: which, why, and what another would change.

A site keeps times by one clock, that of its first import: hours and days by two would not compare.
"""

from __future__ import annotations

from collections.abc import Sequence

_MOVES = "By another clock each time would be moved by the hours between the two."


def clock_in_words(chosen: str, held: str | None, guessed: Sequence[str], *, saved: bool) -> str:
    """What a page says of the clock `chosen`. `held` is the site's own, None before its first import;
    `guessed` a time zone and what that guess rests on; `saved` whether an earlier export was read so.
    """
    zone, why = guessed
    if held is not None:
        other = ""
        if zone != held and why.endswith("the coordinates"):
            other = f" But {why} it may be {_said(zone)}: if so, it belongs in another site."
        return (
            f"This site keeps times by {_said(held)} since its first import, and by no other.{other} {_MOVES}"
        )
    if saved:
        return f"{_said(chosen)} was chosen for an earlier export with the same headings. {_MOVES}"
    if chosen == zone:
        return f"{_said(zone)} is a guess, {why}. {_MOVES} Later imports must have the same clock."
    return f"{_said(chosen)} was chosen; the guess was {_said(zone)}, {why}. {_MOVES}"


def clock_in_doubt(chosen: str, guessed: Sequence[str]) -> str:
    """Why the times may be by another clock than the `chosen` one: where the places lie; "" where nothing
    speaks against it. `guessed` is a time zone and what that guess rests on.
    """
    zone, why = guessed
    if zone == chosen or not why.endswith("the coordinates"):
        return ""
    return (
        f"{why}, its times may be by the clock of {_said(zone)}. They are read by that of {_said(chosen)}:"
        " if that is wrong, each is wrong by the hours between the two."
    )


def in_the_way_of_clock(chosen: str, held: str | None) -> str:
    """Why an export by the clock `chosen` cannot come into a site that holds `held`; "" where it can."""
    if held is None or chosen == held:
        return ""
    return (
        f"this site keeps times by {_said(held)}, and you chose {_said(chosen)}: choose {_said(held)} below"
        " if the export's times are by that clock, else bring it into a site of its own"
    )


def _said(zone: str) -> str:
    return zone.replace("_", " ")
