"""Each night the whole register is checked, as `lippen register verify` does, and what was found is kept.

The check only reads, a page of entries at a time and outside every transaction, so that it keeps no writer
waiting and holds little in memory however much was entered. What it found lies in the workspace, under a
keyed digest: the owner of the database can neither alter it nor put another in its place. When something is
not as it was sealed the panel is told, once for each night on which something else was found; what could not
be told is told the next time.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.register import resolvers
from lippen.site.register.copied_files import PATTERN, whole
from lippen.site.register.models import Checkpoint
from lippen.site.register.verdict import BREACHES_TOLD, Verdict
from lippen.site.register.verification import Progress, verify

FILE: Final = "verified.json"
OVERDUE_AFTER: Final = 2
"""After so many whole days without a check something keeps the site from it, and it says so."""

_LONGEST: Final = 16 * 2**20
_SAID: Final = b"lippen verified 1\n"


@dataclass(frozen=True)
class Check:
    """What a check found, and when it began. Of breaches, of faults of the copy and of what is stated it
    keeps the first few sentences, and how many there were in all. `told` says that nobody has to be told of
    it any more.
    """

    at: datetime
    entries: int
    checkpoints: int
    breaches: tuple[str, ...]
    breaches_in_all: int
    copy_faults: tuple[str, ...]
    copy_faults_in_all: int
    stated: tuple[str, ...]
    stated_in_all: int
    unchecked: tuple[str, ...]
    told: bool

    @property
    def well(self) -> bool:
        """Whether the register is whole and its copies too."""
        return not self.breaches_in_all and not self.copy_faults_in_all

    @property
    def faults(self) -> tuple[object, ...]:
        """What has to differ from the night before for the panel to be told again."""
        return self.breaches, self.breaches_in_all, self.copy_faults, self.copy_faults_in_all


def check() -> Check:
    """Check the whole register, against its copies too, keep what was found, and tell the panel of a fault
    that was not there the last time, or of which it could not be told then. Raises the database's errors;
    what was found is kept though nobody could be told.
    """
    before = last_check()
    at = timezone.now()
    verdict = walked()
    found = Check(
        at,
        verdict.entries + verdict.tail_entries,
        verdict.checkpoints,
        tuple(one.what for one in verdict.breaches),
        verdict.breaches_in_all,
        tuple(verdict.copy_faults),
        verdict.copy_faults_in_all,
        tuple(verdict.stated[:BREACHES_TOLD]),
        len(verdict.stated),
        tuple(verdict.unchecked),
        told=False,
    )
    known = before is not None and before.told and before.faults == found.faults
    if not found.well and not known:
        _keep(found)  # first, for whoever owns the database can keep the panel from being told
        with transaction.atomic():
            resolvers.tell_panel(resolvers.NOT_WHOLE)
    found = replace(found, told=True)
    _keep(found)
    return found


def last_check() -> Check | None:
    """What the last check found; None when there was none, or what lies there is not what it wrote."""
    try:
        told = json.loads(whole(_file(), _LONGEST))
        if not hmac.compare_digest(bytes.fromhex(told["digest"]), _digest(told["check"])):
            return None
        said: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in json.loads(told["check"]).items()
        }
        return Check(**{**said, "at": datetime.fromisoformat(said["at"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def days_since(last: Check | None) -> int:
    """How many whole days ago the last check was; without one, how many ago the register was first sealed."""
    first = None if last else Checkpoint.objects.order_by("number").values_list("at", flat=True).first()
    since = last.at if last else first
    return max((timezone.now() - since) // timedelta(days=1), 0) if since else 0


def walked(progress: Progress = lambda _: None) -> Verdict:
    """What the walk over the whole register finds with the site's own keys and its copies, where they can be
    read.
    """
    folder = settings.CONFIGURATION.checkpoint_copies
    try:
        return _verified(folder if any(folder.glob(PATTERN)) else None, progress)
    except (LippenError, OSError) as error:
        verdict = _verified(None, progress)
        verdict.unchecked.append(f"the copies of the checkpoints could not be read ({error}).")
        return verdict


def _verified(copy: Path | None, progress: Progress) -> Verdict:
    own = settings.KEYS.seal.public()
    verdict = verify([own], digest_key=settings.KEYS.digest, copy=copy, progress=progress)
    verdict.must_seal_now(own.public_bytes_raw().hex())
    return verdict


def _keep(found: Check) -> None:
    said = json.dumps(asdict(found) | {"at": found.at.isoformat()}, ensure_ascii=False)
    told = {"check": said, "digest": _digest(said).hex()}
    write_in_one_step(_file(), json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _digest(said: str) -> bytes:
    """Of another form than an entry's or an alert's, so that neither can stand for the other."""
    return hmac.new(settings.KEYS.digest.reveal(), _SAID + said.encode(), sha256).digest()


def _file() -> Path:
    place: Path = settings.CONFIGURATION.workspace / FILE
    return place
