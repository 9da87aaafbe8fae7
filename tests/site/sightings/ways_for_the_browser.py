"""The ways to write a contact as the browser reads them.

`python tests/site/sightings/ways_for_the_browser.py` writes them, after `lippen.signals.contact_ways` was
changed, and `make web` builds them in.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from lippen.signals.contact_ways import NOBODYS, WAYS

FILE: Final = Path(__file__).parents[3] / "web" / "sightings" / "ways.json"


def ways_for_the_browser() -> str:
    """Each way with its pattern and flags as JSON; the list of words, which is long, stands there by name."""
    ways = []
    for way, pattern, _ in WAYS:
        either = pattern.startswith("(?i:") and pattern.endswith(")")
        plain = pattern[4:-1] if either else pattern
        plain = plain.replace(NOBODYS, "{NOBODYS}").replace("(?P<", "(?<").replace('\\"', '"')
        assert "(?i" not in plain.replace("\\'", "'"), f"{way} tells case in part of it"
        ways.append([way, plain.replace("\\'", "'"), "gi" if either else "g"])
    return json.dumps(ways, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(ways_for_the_browser(), "utf-8")
