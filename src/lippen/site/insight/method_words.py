"""What of an export each part of assessment knows, said column by column, and what it can never know."""

from __future__ import annotations

from typing import Final

from lippen.site.insight.column_choices import TITLES

KNOWS: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("What is normal", ("kind",), "its kind, and how often each kind ended with nothing found before"),
    ("What is normal", ("reported_at", "local_day", "local_hour"), "its hour and weekday"),
    (
        "What is normal",
        ("area", "larger_area"),
        "how often nothing was found there in the weeks before, ending two days before the call",
    ),
    (
        "What is normal",
        ("place",),
        "whether it is a junction, a street or a name, and other calls there within the hour; never what "
        "happened there before. A card says beside it how many such calls one spot had, so that help reaches "
        "whoever calls often; that changes no figure",
    ),
    (
        "What is normal",
        ("own_activity", "sensor"),
        "how many patrols and sensors were near; themselves they are not assessed",
    ),
    ("What is normal", ("outcome",), "of earlier incidents alone, never its own"),
    ("What belongs together", ("lat", "lon", "placed"), "how far incidents lie from each other"),
    ("What belongs together", ("text",), "whether notes share their words; nothing is read from them"),
    (
        "Diversion",
        ("dispatched_at", "arrived_at", "cleared_at", "closed_at", "units"),
        "how long units were held, and what happened elsewhere meanwhile",
    ),
    ("Who is left out", ("protected",), "such incidents are neither learned from nor assessed"),
    (
        "Nothing but the table",
        ("incident_id", "disposal", "priority", "file", "line"),
        "kept so that a figure can be checked; the code of the disposal becomes the outcome once, at import",
    ),
)
"""Part of assessment, columns of the kind `incident`, and what it knows by them. Every column stands here."""

WORKED_OUT: Final = {
    "local_day": "Day, by the export's own clock",
    "local_hour": "Hour, by the export's own clock",
    "placed": "Whether its point was filled in from rows of the same place",
    "outcome": "Whether something was found",
    "own_activity": "Whether it is the police's own activity",
    "sensor": "Whether a sensor or alarm sent it",
    "protected": "Whether it is of a kind that is never assessed",
    "file": "File of the export",
    "line": "Line in that file",
}
"""What the page calls the columns that no export has, since they are worked out as it comes in."""

NEVER: Final[tuple[str, ...]] = (
    "Who called, or from what number. No such column is taken in.",
    "One household: nothing is learned of less than a small area, and an episode spans three places.",
    "Its own outcome, its closing, or what its text says.",
    "What people decided here. No decision is ever read by what reckons.",
    "A live call. Only closed incidents come in, and nothing here goes back to a control room.",
)


def knows() -> list[tuple[str, list[str], str]]:
    """`KNOWS` with each column as pages call it."""
    called = {**TITLES, **WORKED_OUT}
    return [(part, [called[one] for one in columns], what) for part, columns, what in KNOWS]
