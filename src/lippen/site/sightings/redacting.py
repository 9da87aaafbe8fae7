"""Handles, numbers and links out of what somebody typed, before anything of it is kept.

The browser takes them out as they are typed (`web/sightings`), by the same rules. Here they are taken out of
whatever comes: from a browser without script, and from one that was altered. What is compared of an account
is the SHA-256 of its one way of writing: the browser sends that and never the account.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from lippen.signals.contacts import HANDLE, remove_contacts, replace_contacts
from lippen.signals.identity import mask_identity
from lippen.site.sightings.limits import MOST_ACCOUNTS

LONGEST_TYPED: Final = 2_000
"""Signs of a field that are looked through; what is longer is cut before, since no field takes as many."""

PASSES: Final = 16
"""How often a text is gone through. What people write is settled after two, and no field holds many more
accounts that show one after another.
"""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Redacted:
    """A text without contacts, and the digests of the accounts that stood in it."""

    text: str
    accounts: frozenset[str]


def redacted(typed: str) -> Redacted:
    """What may be kept of a text that somebody typed, on one line. Gone through once more, it stays as it is.

    It is what an import of sightings makes of it: telephone numbers and the like are masked first, so that
    each mask says what stood there, then every handle and link. Where one was taken out another may show that
    touched it, so it is done until nothing changes; a text that does not settle holds little else than
    accounts, and all of it is taken for one.
    """
    found: set[str] = set()
    text = typed
    for _ in range(PASSES):
        before, text = text, _gone_through(text, found)
        if text == before:
            break
    else:
        text = HANDLE
    return Redacted(text, frozenset(digest_of(one) for one in found))


def _gone_through(text: str, found: set[str]) -> str:
    """The text after one pass; the contacts that stood in it are added to `found`."""
    written = pa.array([_UNSEEN.sub(" ", text[:LONGEST_TYPED]).strip()], pa.string())

    def collected(contact: str) -> str:
        found.add(contact)
        return HANDLE

    replace_contacts(written, collected)
    masked, _ = mask_identity(written)
    without, _ = remove_contacts(masked, HANDLE)
    done: str = without[0].as_py()
    return done


def digest_of(contact: str) -> str:
    """What is compared of an account, in its one way of writing (`signals.contacts`)."""
    return hashlib.sha256(contact.encode("utf-8", "surrogatepass")).hexdigest()


def digests_in(sent: str) -> frozenset[str]:
    """The digests that a browser sent, with a blank between; whatever else stands there is left out.

    Of too many one more is read than a sighting can have, so that the form can tell.
    """
    return frozenset(_DIGEST.findall(sent[: (MOST_ACCOUNTS + 1) * 65]))


def joined(digests: Iterable[str]) -> str:
    """Digests as the form carries them, for `digests_in`."""
    return " ".join(sorted(digests)[: MOST_ACCOUNTS + 1])
