"""What opens the demo's desks, in a file of the demo's workspace: there is nobody to keep it from.

    demo.json    {"passphrase": "five words", "receipt": "eight words",
                  "recovery": {"<desk id>": "AGE-SECRET-KEY-PQ-1..."}}

It is drawn anew in each demo. Nothing reads it but a demo, and no backup holds it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from lippen.manifest import write_in_one_step

FILE: Final = "demo.json"
DOOR: Final = "demo-door"
"""The file in which a demo's door writes its address for as long as it is open."""


@dataclass(frozen=True)
class DemoSecrets:
    """`passphrase` opens the keys of every worker of the demo, `receipt` a mailbox in which an answer lies,
    and `recovery` has each desk's identity that would lie on paper.
    """

    passphrase: str
    receipt: str = ""
    recovery: dict[str, str] = field(default_factory=dict)


def read_secrets(workspace: Path) -> DemoSecrets | None:
    """What is kept in a demo's workspace; None where no desk was opened in it yet."""
    try:
        return DemoSecrets(**json.loads((workspace / FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None


def write_secrets(workspace: Path, kept: DemoSecrets) -> None:
    """Keep it, for the owner of the workspace alone."""
    write_in_one_step(workspace / FILE, json.dumps(asdict(kept), indent=1) + "\n")


def door_of_demo(workspace: Path) -> str | None:
    """Where the demo's door is open at this moment; None where it is shut."""
    try:
        return (workspace / DOOR).read_text("ascii").strip() or None
    except FileNotFoundError:
        return None
