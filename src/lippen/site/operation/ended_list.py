"""The list of what has ended, kept outside the database, so that a restore does not open it again.

    CHECKPOINT_COPIES/ended.json   signed by the seal key: what has ended, by reference, and since which day
    WORKSPACE/endings.json         what was open when the list was last kept, and the list itself
    WORKSPACE/ended.json           after a restore: the list that is still to be gone through

A backup is a copy of a day on which a leaver was still there. So the background worker notes each hour what
is open, and what was open before and is no more goes on the list. A restore takes the list up and ends all
that is on it again (`ended_again`). It holds references alone: no name, no address, no key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.configuration import Configuration
from lippen.site.keys import SealKey

FILE: Final = "ended.json"
_BEFORE: Final = "endings.json"
_SIGNED: Final = b"lippen ended 1\n"
_ITEM: Final = re.compile(r"[a-z]+:[A-Za-z0-9:.+-]+")
_KEPT: Final = timedelta(days=6 * 366)
"""No backup is kept for longer, and what ended before is on the list no more."""


class ListUnsound(LippenError):  # noqa: N818 - named after the event, as the others are
    """A list of what has ended cannot be read, or is not signed with this site's seal key."""


def read(file: Path, public: Ed25519PublicKey) -> tuple[datetime, dict[str, str]]:
    """When the list was kept, and what is on it with the day since when. Raises ListUnsound."""
    try:
        told = json.loads(file.read_text("utf-8"))
        public.verify(bytes.fromhex(told["signature"]), _SIGNED + told["list"].encode())
        said = json.loads(told["list"])
        at = datetime.fromisoformat(said["at"])
        ended = {str(item): date.fromisoformat(day).isoformat() for item, day in said["ended"].items()}
    except InvalidSignature as error:
        raise ListUnsound(
            "this list of what has ended is not signed with this site's key",
            file=file,
            remedy="Another site's lies there, or somebody changed it: move it away, and tell the panel.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListUnsound(
            "this list of what has ended cannot be read",
            file=file,
            remedy="Take an older copy of it, or move it away.",
        ) from error
    return at, {item: day for item, day in ended.items() if _ITEM.fullmatch(item)}


def write(file: Path, ended: Mapping[str, str], seal: SealKey) -> None:
    """Sign the list and put it in its place in one step."""
    said = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "ended": ended}, sort_keys=True)
    signature = seal.signer().sign(_SIGNED + said.encode()).hex()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_in_one_step(file, json.dumps({"list": said, "signature": signature}, indent=1) + "\n")


def keep(configuration: Configuration, seal: SealKey, state: Mapping[str, bool]) -> int:
    """Bring the list up to date; returns how much is on it.

    `state` says of all that a site can hold open whether it is (`ended_again.state`). What is open again, as
    the account of somebody who came back, leaves the list. Raises ListUnsound, having changed nothing.
    """
    file = configuration.checkpoint_copies / FILE
    held = _before(configuration.workspace)
    listed = dict(held.get("ended", {}))
    if file.exists():
        listed |= read(file, seal.public())[1]
    now = {item for item, is_open in state.items() if is_open}
    before = set(held.get("open", now))
    today = datetime.now(UTC).date()
    for item in (before - now) | (state.keys() - now):
        listed.setdefault(item, today.isoformat())
    earliest = (today - _KEPT).isoformat()
    ended = {item: day for item, day in sorted(listed.items()) if day > earliest and item not in now - before}
    write(file, ended, seal)
    _remember(configuration.workspace, now, ended)
    return len(ended)


def take_up(file: Path, workspace: Path, public: Ed25519PublicKey) -> bool:
    """Lay the list into a restored workspace, to be gone through; whether there is one. Raises
    ListUnsound.
    """
    if not file.exists():
        return False
    read(file, public)
    write_in_one_step(workspace / FILE, file.read_text("utf-8"))
    return True


def left_to_go_through(workspace: Path, public: Ed25519PublicKey) -> dict[str, str]:
    """What a restored workspace has still to end again. Raises ListUnsound."""
    file = workspace / FILE
    return read(file, public)[1] if file.exists() else {}


def gone_through(workspace: Path, state: Mapping[str, bool], ended: Mapping[str, str]) -> None:
    """Remember that all of it has ended again."""
    _remember(workspace, {item for item, is_open in state.items() if is_open}, ended)
    (workspace / FILE).unlink()


def _before(workspace: Path) -> dict[str, Any]:
    file = workspace / _BEFORE
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def _remember(workspace: Path, now: set[str], ended: Mapping[str, str]) -> None:
    write_in_one_step(workspace / _BEFORE, json.dumps({"open": sorted(now), "ended": ended}, indent=1) + "\n")
