"""What the register says was done at a desk, in words."""

from __future__ import annotations

from typing import Final

DEEDS: Final = {
    "the desk": "looked at what waits at the desk",
    "own desk key": "looked at their own desk key",
    "a desk key made": "made a desk key",
    "a desk key destroyed": "destroyed a desk key of their own",
    "a sealed report": "opened the page of a sealed report, on which their browser can open it",
    "a sealed report fetched": "fetched a sealed report",
    "a sealed photograph fetched": "fetched a sealed photograph",
    "a sealed report passed on": "left a sealed report to the others of the desk",
    "the wrapped key of a colleague": "fetched a colleague's wrapped key, to open a report together",
    "a draft of a log kept": "kept the sealed draft of a log",
    "a draft of a log": "opened the page of a draft, on which their browser can open it",
    "a draft of a log thrown away": "threw the draft of a log away",
    "a report held at the desk": "held a report at the desk, since it names somebody",
    "a log signed off": "signed a log off that a colleague wrote",
    "a log released at once": "released a log at once, for risk to life",
    "a log released at once, before its day": "released a log at once, for risk to life, and before its day",
    "a log released at once, looked over": "looked over a log that a colleague released at once",
    "a log released at once, taken back": "took back a log that a colleague released at once",
    "a draft that is gone": "asked what became of the draft of a log",
    "logs released": "released logs of desks, in a batch",
    "sightings of desks released": "released sightings of desks to whoever holds sightings, in a batch",
    "sightings of desks let go": "deleted sightings of desks that nobody holds any more",
    "an answer to a resident": "sealed an answer to a resident, to send it or for a colleague to send",
    "an answer that waits": "opened the page of an answer that waits for a second person",
    "an answer thrown away": "threw an answer away that waited for a second person",
    "a stop on answers": "stopped answers to a resident until advice is taken",
    "a decision of two asked for": "asked a colleague to decide with them about a report",
    "a decision of two agreed to": "agreed to what a colleague asked for about a report",
    "a decision of two taken back": "took back what somebody asked to decide about a report",
    "a sealed report closed": "agreed to close a sealed report, which is then deleted",
    "a closing finished": "finished deleting a closed report, which was interrupted",
    "logs of desks": "looked at the list of logs from desks",
    "a log of a desk": "read a log of a desk",
}


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for what the register keeps; "" where the act says it. See `register.resolvers.InWords`."""
    return DEEDS.get(what, "")
