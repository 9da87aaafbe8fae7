"""The operating code as the product shows it: read from the file that ships with the program.

The file opens with its version: a day, and the first twelve hexadecimal digits of the SHA-256 of everything
from its first promise on. A promise is a heading "## 1. Title", paragraphs, the tests that prove it as a
list, and, for what of it does not stand yet, a paragraph "Not built yet (`class of data`, ...): ...". The
classes are those of `accounts/permissions.toml`; a test fails when one of them has been built and the
paragraph still stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

_HEAD = re.compile(r"^## (\d+)\. (.+)$")
_TEST = re.compile(r"^- `(tests/[\w/.-]+\.py)::(test_\w+)`$")
_WAITS = re.compile(r"^Not built yet \(((?:`[\w-]+`(?:, )?)+)\): (.+)$", re.S)
_VERSION = re.compile(r"^Version `([0-9a-f]{12})` of (\d{4}-\d{2}-\d{2})\.$", re.M)

WAITING: Final = "test_a_promise_that_is_not_built_says_so"
"""The test that a promise which does not stand yet names: it proves that the page says so."""


@dataclass(frozen=True)
class Proof:
    """A test that holds a promise: its file, its name, and the name read as a sentence."""

    file: str
    test: str

    @property
    def sentence(self) -> str:
        said = self.test.removeprefix("test_").replace("_", " ")
        return f"{said[0].upper()}{said[1:]}"


@dataclass(frozen=True)
class Promise:
    """One promise. `waiting` says what of it is not built yet, and `waits_for` names the classes of data that
    it needs; both are empty for a promise that stands whole.
    """

    number: int
    title: str
    text: tuple[str, ...]
    proofs: tuple[Proof, ...]
    waiting: str
    waits_for: tuple[str, ...]

    @property
    def state(self) -> str:
        """Kept, kept in part, or not built yet: then no test but that of the waiting stands behind it."""
        if not self.waiting:
            return "kept"
        return "not built yet" if all(one.test == WAITING for one in self.proofs) else "kept in part"


@dataclass(frozen=True)
class OperatingCode:
    """The whole file: what it says first, its promises, and which version it calls itself and is."""

    opening: str
    promises: tuple[Promise, ...]
    changed: date
    digest_told: str
    digest: str


@cache
def operating_code() -> OperatingCode:
    """The operating code of this program. Raises ValueError when the file is not as its head says."""
    return parse(resources.files("lippen.site.form").joinpath("operating-code.md").read_text("utf-8"))


def parse(text: str) -> OperatingCode:
    """An operating code from its text. Raises ValueError, naming the promise."""
    head, marker, rest = text.partition("\n## ")
    told = _VERSION.search(head)
    if not marker or told is None:
        raise ValueError("the operating code has no promise, or does not say its version and day")
    body = f"## {rest}"
    return OperatingCode(
        opening=_plain(_VERSION.sub("", head).split("\n", 1)[1]),
        promises=tuple(_promise(part) for part in re.split(r"\n(?=## )", body)),
        changed=date.fromisoformat(told[2]),
        digest_told=told[1],
        digest=sha256(body.encode()).hexdigest()[:12],
    )


def _promise(part: str) -> Promise:
    head, *blocks = part.strip().split("\n\n")
    named = _HEAD.match(head)
    if named is None:
        raise ValueError(f"{head!r} is no heading of a promise: ## 1. Title")
    text: list[str] = []
    proofs: list[Proof] = []
    waiting, waits_for = "", ()
    for block in blocks:
        if block.startswith("- "):
            for line in block.splitlines():
                proof = _TEST.match(line)
                if proof is None:
                    raise ValueError(f"{head!r}: {line!r} names no test")
                proofs.append(Proof(proof[1], proof[2]))
        elif block.startswith("Not built yet"):
            told = _WAITS.match(block)
            if told is None:
                raise ValueError(f"{head!r} does not say for which class of data it waits")
            waiting, waits_for = _plain(told[2]), tuple(re.findall(r"`([\w-]+)`", told[1]))
        else:
            text.append(_plain(block))
    if not text or not proofs:
        raise ValueError(f"{head!r} has no words or no test")
    return Promise(int(named[1]), named[2], tuple(text), tuple(proofs), waiting, waits_for)


def _plain(text: str) -> str:
    return " ".join(text.split())
