"""The list of what has ended, kept outside the database, so that a restore does not open it again.

    CHECKPOINT_COPIES/ended.json   signed by the seal key: what has ended, by reference, and since which day
    WORKSPACE/endings.json         what was open when the list was last kept, and the list itself
    WORKSPACE/ended.json           after a restore: the list that is still to be gone through

A backup is a copy of a day on which a leaver was still there. So the background worker notes within a minute
what is open, and what was open before and is no more goes on the list; so does what the lake holds no more,
or for a shorter time (`ended_imports`). A restore takes the list up and ends all that is on it again
(`ended_again`). It holds references alone: no name, no address, no key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.configuration import Configuration
from lippen.site.keys import SealKey
from lippen.site.register.copied_files import whole
from lippen.site.seal_keys import SealKeys, is_signed_by

FILE: Final = "ended.json"
LONGEST: Final = 16 * 2**20
"""Bytes: more than a quarter of a million endings."""

_BEFORE: Final = "endings.json"
_SIGNED: Final = b"lippen ended 1\n"
_ITEM: Final = re.compile(r"[a-z]+:[A-Za-z0-9:._+-]+")
_KEPT: Final = timedelta(days=6 * 366)
"""No backup is kept for longer, and what ended before is on the list no more."""


class ListUnsound(LippenError):
    """A list of what has ended cannot be read, or is not signed with this site's seal key."""


class ListOfOldKey(ListUnsound):
    """It is signed with a seal key that was replaced: whoever has that key can date a list back."""


def read(file: Path, known: SealKeys) -> tuple[datetime, dict[str, str]]:
    """When the list was kept, and what is on it with the day since when. The newest of the seal keys has to
    have signed it: once a key was replaced, its list is signed anew, and any other may be a thief's, who can
    say that everybody has left. Raises ListUnsound, also for what is no ordinary file, which is not waited
    for, and for one without end: others may write where it lies.
    """
    return _said(_content(file), file, known)


def _content(file: Path) -> bytes:
    try:
        return whole(file, LONGEST)
    except OSError as error:
        raise _unreadable(file, f" ({error.strerror})") from error


def _said(text: bytes, file: Path, known: SealKeys) -> tuple[datetime, dict[str, str]]:
    """What a list says that was read from this file; see `read`."""
    try:
        told = json.loads(text.decode())
        said = json.loads(told["list"])
        at = datetime.fromisoformat(said["at"])
        ended = {str(item): date.fromisoformat(day).isoformat() for item, day in said["ended"].items()}
        content, signature = _SIGNED + told["list"].encode(), bytes.fromhex(told["signature"])
        if not is_signed_by(known.newest, content, signature):
            if known.vouch(content, signature, at):
                raise ListOfOldKey(
                    "this list of what has ended is signed with a seal key that was replaced",
                    file=file,
                    remedy="Whoever has that key can make one. Name one from after with --ended, or move it "
                    "away, and go by hand through what had ended.",
                )
            raise ListUnsound(
                "this list of what has ended is not signed with this site's key",
                file=file,
                remedy="If the seal key was replaced since these keys were written, name the keys of after. "
                "Otherwise another site's lies there, or somebody changed it: move it away, and tell the "
                "panel.",
            )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(file) from error
    return at, {item: day for item, day in ended.items() if _ITEM.fullmatch(item)}


def _unreadable(file: Path, why: str = "") -> ListUnsound:
    return ListUnsound(
        f"this list of what has ended cannot be read{why}",
        file=file,
        remedy="Take an older copy of it, or move it away.",
    )


def write(file: Path, ended: Mapping[str, str], seal: SealKey) -> None:
    """Sign the list, with the time, and put it in its place in one step."""
    said = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "ended": ended}, sort_keys=True)
    signature = seal.signer().sign(_SIGNED + said.encode()).hex()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_in_one_step(file, json.dumps({"list": said, "signature": signature}, indent=1) + "\n")


def keep(
    configuration: Configuration,
    seal: SealKey,
    known: SealKeys,
    state: Mapping[str, bool],
    moved: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Bring the list up to date; returns how much is on it.

    `state` says of all that a site can hold open whether it is (`ended_again.state`). What is open, as the
    account of somebody who came back, leaves the list, unless a list waits to be gone through: then it is
    open because a backup was older. So an older list that somebody put back adds nothing. `known` are the
    keys that may have signed the list there is; `seal` signs the new one. Where the workspace remembers the
    list itself, one of a key that was replaced is not heeded: somebody put it there. `moved` are the ends of
    imports of which another day took the place, and that day (`ended_imports.moved`): the list says it beside
    them. Raises ListUnsound, having changed nothing.
    """
    file = configuration.checkpoint_copies / FILE
    held = _before(configuration.workspace)
    listed = dict(held.get("ended", {}))
    if file.exists():
        try:
            listed |= read(file, known)[1]
        except ListOfOldKey:
            if not held:
                raise
    now = {item for item, is_open in state.items() if is_open}
    before = set(held.get("open", now))
    today = datetime.now(UTC).date()
    for item in (before - now) | (state.keys() - now):
        listed.setdefault(item, today.isoformat())
    listed |= {item: day for item, day in moved.items() if item in listed}
    earliest = (today - _KEPT).isoformat()
    back = now - before if (configuration.workspace / FILE).exists() else now
    ended = {item: day for item, day in sorted(listed.items()) if day > earliest and item not in back}
    write(file, ended, seal)
    _remember(configuration.workspace, now, ended)
    return len(ended)


def lags(workspace: Path, state: Mapping[str, bool]) -> bool:
    """Whether something began or ended since the list was last kept."""
    return open_before(workspace) != {item for item, is_open in state.items() if is_open}


def sign_anew(configuration: Configuration, seal: SealKey, before: SealKeys) -> None:
    """Sign the list, where there is one, with the key that has just taken the place of the newest of those
    `before`. What the workspace remembers is signed, and not what lies outside: whoever the old key was
    replaced for could have put that there. Raises ListUnsound.
    """
    file = configuration.checkpoint_copies / FILE
    held = _before(configuration.workspace)
    if held:
        write(file, dict(held.get("ended", {})), seal)
    elif file.exists():
        write(file, read(file, before)[1], seal)


def open_before(workspace: Path) -> set[str]:
    """What was open when the list was last kept."""
    return set(_before(workspace).get("open", ()))


def take_up(file: Path, workspace: Path, known: SealKeys) -> datetime | None:
    """Lay the list into a restored workspace, to be gone through. Returns when it was kept, None where there
    is none. Raises ListUnsound, also for one that was signed with a later key than these know of.
    """
    if not file.exists():
        return None
    text = _content(file)
    at, _ = _said(text, file, known)
    # What was checked, and not what lies there now.
    write_in_one_step(workspace / FILE, text.decode())
    return at


def left_to_go_through(workspace: Path, known: SealKeys) -> dict[str, str]:
    """What a restored workspace has still to end again. Raises ListUnsound."""
    file = workspace / FILE
    return read(file, known)[1] if file.exists() else {}


def gone_through(workspace: Path, state: Mapping[str, bool], ended: Mapping[str, str]) -> None:
    """Remember that all of it has ended again."""
    _remember(workspace, {item for item, is_open in state.items() if is_open}, ended)
    (workspace / FILE).unlink()


def _before(workspace: Path) -> dict[str, Any]:
    file = workspace / _BEFORE
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def _remember(workspace: Path, now: set[str], ended: Mapping[str, str]) -> None:
    told = {"open": sorted(now), "ended": ended}
    write_in_one_step(workspace / _BEFORE, json.dumps(told, indent=1) + "\n")
