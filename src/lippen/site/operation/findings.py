"""What the doctor says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass

WELL, LOOK, WRONG = "well", "look", "wrong"
"""How a finding stands: all is well; somebody should look soon; something is wrong now."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its name, how it stands, what was seen, and what to do ("" when nothing)."""

    name: str
    state: str
    seen: str
    remedy: str = ""
