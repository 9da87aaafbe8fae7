"""The public keys of one desk: what its workers' devices wrote, and the recovery key's half from paper.

    speak/desks/<desk>/<worker>.json    {"recipient": "<base64 of 1,216>", "signature": "<base64 of 32>",
                                         "made": "2026-11-28", "until": "2026-12-28",
                                         "before": [{"signature": "...", "until": "2026-11-29"}]}
    speak/desks/<desk>/recovery.json    {"recipient": "<base64 of 1,216>", "made": "2026-11-28"}

One file a worker: who makes a new key writes it over the old one. Nothing is sealed to a key from its `until`
on, at most 30 days after it was made; the worker's device keeps it for 14 more. What was answered with it can
be read for as long as the mailbox stands, 44 days at most: so `before` keeps the public half of the signing
key that was replaced, and the manifest goes on to name it until then. A key that somebody else may have is
taken out at once, from `before` too.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from lippen.errors import LippenError
from lippen.site.speak.hybrid_keys import RECIPIENT, can_be_sealed_to
from lippen.site.speak.written import bytes_of, object_in

MOST_WORKERS: Final = 3
RECOVERY: Final = "recovery"
LIVES: Final = timedelta(days=30)
"""How long something may be sealed to a worker's key."""

READ_FOR: Final = timedelta(days=44)
"""How long an answer can lie in a mailbox (section 10 of the protocol)."""

_SIGNATURE: Final = 32
_OF_WORKER: Final = ("recipient", "signature", "made", "until")
_OF_RECOVERY: Final = ("recipient", "made")
_WORKER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_LARGEST_FILE: Final = 64 * 1_024
_MADE_ANEW: Final = "Have the worker make new keys, or take the file away."


class DeskKeysRefused(LippenError):
    """The keys of a desk cannot stand in a manifest."""


@dataclass(frozen=True)
class DeskKeys:
    """To whom a report for the desk is sealed, whose signature its answers have, and until when."""

    recipients: tuple[bytes, ...]
    signatures: tuple[bytes, ...]
    until: date
    workers: int


@dataclass(frozen=True)
class _Worker:
    file: Path
    recipient: bytes
    signature: bytes
    until: date
    before: tuple[tuple[bytes, date], ...]


def read_desk_keys(folder: Path, today: date) -> DeskKeys:
    """The keys in a desk's folder that stand on this day, each list in the order of its bytes, which tells
    nothing of the workers. Raises DeskKeysRefused, with the file.
    """
    return _read(folder, today)[0]


def read_keys_of_desks(folder: Path, desks: Iterable[str], today: date) -> dict[str, DeskKeys]:
    """The keys of all `desks`, each below `folder` under its id. Raises DeskKeysRefused as `read_desk_keys`,
    and where one key, of now or earlier, stands at two of them: one desk could open what the other is sent.
    """
    found: dict[str, DeskKeys] = {}
    held: dict[bytes, Path] = {}
    for desk in desks:
        found[desk], own = _read(folder / desk, today)
        for key, file in own.items():
            if key in held:
                raise DeskKeysRefused(
                    f"a key in it stands at another desk too, in {held[key]}, so that one of them could open"
                    " or answer what the other is sent",
                    file=file,
                    remedy="Take away the file that is not that desk's own, and have new keys made there.",
                )
        held |= own
    return found


def _read(folder: Path, today: date) -> tuple[DeskKeys, dict[bytes, Path]]:
    """The keys of a desk, and the file in which each of them stands."""
    files = _files(folder)
    workers = [_worker(file, today) for file in files if file.stem != RECOVERY]
    if not workers:
        raise DeskKeysRefused(
            "no worker of this desk has keys", file=folder, remedy="Put a worker's public halves there."
        )
    if len(workers) > MOST_WORKERS:
        raise DeskKeysRefused(
            f"{len(workers)} workers have keys, and a report is sealed to at most {MOST_WORKERS}",
            file=folder,
            remedy="Take away the files of those who do not open reports.",
        )
    on_paper = folder / f"{RECOVERY}.json"
    recovery = _recovery(on_paper, today)
    recipients = [*(one.recipient for one in workers), recovery]
    signatures = [one.signature for one in workers]
    for keys in (recipients, signatures):
        if len(set(keys)) != len(keys):
            raise DeskKeysRefused(
                "one key stands here twice", file=folder, remedy="Each worker makes keys of their own."
            )
    earlier = {key for one in workers for key, until in one.before if today < until + READ_FOR}
    keys_of_desk = DeskKeys(
        recipients=tuple(sorted(recipients)),
        signatures=tuple(sorted({*signatures, *earlier})),
        until=min(one.until for one in workers),
        workers=len(workers),
    )
    held = {key: one.file for one in workers for key in (one.recipient, one.signature, *dict(one.before))}
    return keys_of_desk, held | {recovery: on_paper}


def recovery_file(recipient: bytes, made: date) -> str:
    """The text of `recovery.json` for a public half."""
    return json.dumps({"recipient": base64.b64encode(recipient).decode(), "made": f"{made}"}, indent=1) + "\n"


def is_public_half(file: Path) -> bool:
    """Whether a file holds the public half of a worker's keys or of a recovery key, and no field besides."""
    names, optional = (_OF_RECOVERY, ()) if file.stem == RECOVERY else (_OF_WORKER, ("before",))
    try:
        told = _fields(file, names, optional)
        _bytes(told, "recipient", RECIPIENT, file)
        if file.stem != RECOVERY:
            _bytes(told, "signature", _SIGNATURE, file)
            _earlier(told, file)
    except DeskKeysRefused:
        return False
    return True


def _files(folder: Path) -> list[Path]:
    found = sorted(one for one in folder.iterdir() if not one.name.startswith(".")) if folder.is_dir() else []
    for one in found:
        if one.suffix != ".json" or not _WORKER.fullmatch(one.stem):
            raise DeskKeysRefused(
                "this is no file of a worker's keys",
                file=one,
                remedy="Take it away. A worker's file is named in small letters, digits, hyphens: ada.json",
            )
    return found


def _worker(file: Path, today: date) -> _Worker:
    told = _fields(file, _OF_WORKER, ("before",))
    made, until = _day(told, "made", file), _day(told, "until", file)
    if made > today:
        raise DeskKeysRefused(
            f"these keys were made on {made}, which is still to come",
            file=file,
            remedy="Set the clock right.",
        )
    if not made < until <= made + LIVES:
        raise DeskKeysRefused(
            f"these keys are to live until {until}, and no key lives longer than {LIVES.days} days",
            file=file,
            remedy=_MADE_ANEW,
        )
    if until <= today:
        raise DeskKeysRefused(f"these keys ran out on {until}", file=file, remedy=_MADE_ANEW)
    return _Worker(
        file,
        _recipient(told, file),
        _bytes(told, "signature", _SIGNATURE, file),
        until,
        _earlier(told, file),
    )


def _earlier(told: dict[str, Any], file: Path) -> tuple[tuple[bytes, date], ...]:
    """The public halves of the signing keys that were replaced, and the last day of each."""
    before = told.get("before", [])
    if not isinstance(before, list) or len(before) > 12:
        raise DeskKeysRefused("before is no list of earlier keys", file=file, remedy=_MADE_ANEW)
    earlier = [_exactly(one, ("signature", "until"), (), file) for one in before]
    return tuple((_bytes(one, "signature", _SIGNATURE, file), _day(one, "until", file)) for one in earlier)


def _recovery(file: Path, today: date) -> bytes:
    if not file.exists():
        raise DeskKeysRefused(
            "this desk has no recovery key, so that three broken telephones would lose what was sent to it",
            file=file,
            remedy="Make one: lippen speak recovery-key --public FILE",
        )
    told = _fields(file, _OF_RECOVERY, ())
    if _day(told, "made", file) > today:
        raise DeskKeysRefused("this key is still to be made", file=file, remedy="Set the clock right.")
    return _recipient(told, file)


def _recipient(told: dict[str, Any], file: Path) -> bytes:
    found = _bytes(told, "recipient", RECIPIENT, file)
    if not can_be_sealed_to(found):
        raise DeskKeysRefused("nothing can be sealed to this recipient", file=file, remedy=_MADE_ANEW)
    return found


def _fields(file: Path, names: Iterable[str], optional: Iterable[str]) -> dict[str, Any]:
    content = bytes_of(file, DeskKeysRefused, _MADE_ANEW, _LARGEST_FILE)
    told = object_in(content, DeskKeysRefused, _MADE_ANEW, file)
    return _exactly(told, names, optional, file)


def _exactly(told: object, names: Iterable[str], optional: Iterable[str], file: Path) -> dict[str, Any]:
    """The fields of `told`: these and no others, for what nobody expects may be a private half."""
    if not isinstance(told, dict) or not set(names) <= set(told) <= {*names, *optional}:
        raise DeskKeysRefused(
            f"this must have {', '.join(names)} and nothing else", file=file, remedy=_MADE_ANEW
        )
    return told


def _bytes(told: dict[str, Any], field: str, length: int, file: Path) -> bytes:
    try:
        found = base64.b64decode(told[field], validate=True)
    except (ValueError, TypeError) as error:
        raise DeskKeysRefused(f"{field} is no base64", file=file, remedy=_MADE_ANEW) from error
    if len(found) != length:
        raise DeskKeysRefused(
            f"{field} has {len(found):,} bytes, and must have {length:,}", file=file, remedy=_MADE_ANEW
        )
    return found


def _day(told: dict[str, Any], field: str, file: Path) -> date:
    try:
        found = date.fromisoformat(told[field])
        if f"{found}" == told[field]:
            return found
    except (ValueError, TypeError):
        pass
    raise DeskKeysRefused(f"{field} is no day as 2026-11-28", file=file, remedy=_MADE_ANEW)
