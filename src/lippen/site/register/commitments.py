"""Which name each reference stands for: sealed, and said to nobody.

The register holds references, and a table that its owner can alter says which name each stands for. So
whenever a name is set, the entry of that act names a *commitment* to it: a keyed digest of the reference and
the name, whose key is a salt that lies beside the name alone. Whoever has the row can tell whether the name
is the one that was entered (`verified_names`); once the row is erased, its salt is gone with it, and what the
register keeps says nothing: no guess of a name can be tried.

What bears a name belongs to other apps, which tell it here when they start (`provide`).
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from lippen.site.register.models import Act, Entry, Shown
from lippen.site.register.services import Records
from lippen.site.register.stored_form import held

NAME: Final = "name"
"""The class under which an entry names commitments. They are no records, and no page shows them as some."""

SALT_BYTES: Final = 32

_KEY: Final = 18
"""Signs of a commitment that say whose it is: a letter, a dash and the sixteen of a reference."""

_REFS_AT_ONCE: Final = 500

Standing = tuple[Any, Any, Any]
"""A reference, with the salt and the name that stand beside it: in a table that was altered, of any type."""


@dataclass(frozen=True)
class Bearers:
    """One kind of those that bear a name. `letter` stands before their references in commitments, `one` is
    what a sentence calls one of them, `standing` reads all that are there. `go_by_themselves` says that one
    can be gone without having been erased.
    """

    letter: str
    one: str
    standing: Callable[[], Iterable[Standing]]
    go_by_themselves: bool = False


_bearers: Final[dict[str, Bearers]] = {}


def provide(bearers: Bearers) -> None:
    """Say what bears names. Called by an app when it starts."""
    _bearers[bearers.letter] = bearers


def bearers() -> tuple[Bearers, ...]:
    """Every kind of those that bear a name."""
    return tuple(_bearers.values())


def commitment(letter: str, ref: str, salt: bytes, name: str) -> str:
    """HMAC-SHA256, keyed by the salt, of what the reference stands for; whose it is stands before it."""
    text = json.dumps(["lippen name 1", letter, ref, name], ensure_ascii=False, separators=(",", ":"))
    digest = hmac.new(salt, text.encode(), sha256).digest()
    return f"{letter}-{ref}-{urlsafe_b64encode(digest).decode().rstrip('=')}"


def committed(commitments: Iterable[str]) -> Records:
    """Commitments as the entry of the act that set the names holds them."""
    return Records(NAME, tuple(commitments))


def whose(commitment: str) -> str:
    """The letter and the reference of a commitment, as `p-ab12`."""
    return commitment[:_KEY]


def all_committed() -> Iterator[tuple[int, str]]:
    """Every commitment with the id of its entry, in the order in which they were entered.

    Ids are in that order for any one reference: whoever sets its name holds its row until the end.
    """
    there = Entry.objects.filter(pk=OuterRef("entry"))
    found = held(Shown).filter(Exists(there), data_class=NAME).order_by("entry", "id")
    yield from found.values_list("entry", "record").iterator(2_000)


def erased_since(given: Mapping[str, int]) -> dict[str, int]:
    """By letter and reference, as far as these were erased after the entry of this id, which last gave them a
    name: the id of the last entry that says so.
    """
    refs = sorted({key[2:] for key in given})
    erased: dict[str, int] = {}
    for start in range(0, len(refs), _REFS_AT_ONCE):
        acts = Shown.objects.filter(record__in=refs[start : start + _REFS_AT_ONCE], entry__act=Act.ERASURE)
        for ref, entry in acts.values_list("record", "entry_id"):
            erased[ref] = max(entry, erased.get(ref, entry))
    return {key: erased[key[2:]] for key, entry in given.items() if erased.get(key[2:], 0) > entry}


def without(shown: QuerySet[Shown]) -> QuerySet[Shown]:
    """The records among these, without the commitments."""
    return shown.exclude(data_class=NAME)
