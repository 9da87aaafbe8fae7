"""Whether the door answers who holds a receipt as fast as who guesses: `lippen speak`, asked in turn.

No peer does this. The server is a real one on this machine, asked over one connection that is kept open, so
that less noise hides a difference than any network would add.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import mannwhitneyu

from benchmarks.opened import opened
from benchmarks.report import Finding, Row
from lippen.site.speak.envelope import REPORT
from lippen.site.speak.store import FILE, Store

ASKED: Final = 10_000
"""Of each kind."""

MAILBOXES: Final = 300
SHUFFLES: Final = 2_000
PORT: Final = 8798
KINDS: Final = (
    "right receipt",
    "wrong receipt",
    "right mailbox, wrong authenticator",
    "right receipt, again",
)
_PAYLOAD: Final = json.dumps({"leave": "https://example.org/", "desks": []}).encode()
MANIFEST: Final = json.dumps({"payload": b64encode(_PAYLOAD).decode()})
BYTES: Final = {"Content-Type": "application/octet-stream"}


def run(repeats: int) -> Finding:
    """Ask a door over a store of 300 mailboxes; each repeat is a door and a store of its own."""
    found = [measure() for _ in range(repeats)]
    rows: list[Row] = []
    right = np.concatenate([one[KINDS[0]] for one in found])
    for kind in KINDS[1:]:
        other = np.concatenate([one[kind] for one in found])
        rows.append(
            {
                "compared with a right receipt": kind,
                "median, µs": float(np.median(other)),
                "difference of medians, µs": float(np.median(other) - np.median(right)),
                "p (shuffled medians)": shuffled(right, other),
                "p (Mann-Whitney)": float(mannwhitneyu(right, other).pvalue),
            }
        )
    return Finding(
        title="Whether time tells a right receipt from a wrong one",
        what=f"`lippen speak` over a store of {MAILBOXES} mailboxes, asked {ASKED:,} times for each kind, in "
        "an order that is drawn anew for each round of the four.",
        columns={
            "compared with a right receipt": "",
            "median, µs": ",.0f",
            "difference of medians, µs": "+,.1f",
            "p (shuffled medians)": ".3f",
            "p (Mann-Whitney)": ".3f",
        },
        rows=rows,
        repeats=repeats,
        packages=["lippen", "granian", "cryptography"],
        notes=[
            f"A right receipt had a median of {np.median(right):,.0f} µs. The last line compares it with "
            "itself: so far the measure itself is from zero.",
            "Whoever asks and the door share two cores. The smaller p is, the more a difference is one.",
        ],
    )


def measure() -> dict[str, np.ndarray]:
    """Microseconds until each answer was whole, by kind."""
    with opened_door() as store:
        receipts = [(secrets.token_bytes(16), secrets.token_bytes(32)) for _ in range(MAILBOXES)]
        today = datetime.now(UTC).date()
        for mailbox, authenticator in receipts:
            verifier = sha256(authenticator).digest()
            store.receive_report(bytes(16), mailbox, verifier, secrets.token_bytes(REPORT), today)
        took = asked(receipts)
    return {kind: np.array(one) for kind, one in took.items()}


def asked(receipts: list[tuple[bytes, bytes]]) -> dict[str, list[float]]:
    """Ask for each kind, the four in an order drawn anew each time."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    drawing = np.random.default_rng()
    for _ in range(ASKED):
        for kind in drawing.permutation(KINDS):
            mailbox, authenticator = receipts[drawing.integers(len(receipts))]
            if kind == KINDS[1]:
                mailbox = secrets.token_bytes(16)
            if kind in KINDS[1:3]:
                authenticator = secrets.token_bytes(32)
            begun = time.perf_counter()
            connection.request("POST", "/mailbox/read", mailbox + authenticator, BYTES)
            connection.getresponse().read()
            took[str(kind)].append((time.perf_counter() - begun) * 1e6)
    connection.close()
    return took


def shuffled(first: np.ndarray, second: np.ndarray) -> float:
    """How often medians are as far apart when it is drawn anew which time belongs to which kind."""
    drawing = np.random.default_rng(1)
    both = np.concatenate([first, second])
    seen = abs(np.median(first) - np.median(second))
    further = 0
    for _ in range(SHUFFLES):
        drawing.shuffle(both)
        further += abs(np.median(both[: len(first)]) - np.median(both[len(first) :])) >= seen
    return (further + 1) / (SHUFFLES + 1)


@contextmanager
def opened_door() -> Iterator[Store]:
    """A door that is open, and the store behind it."""
    with tempfile.TemporaryDirectory(prefix="lippen-speak-") as folder:
        workspace, page = Path(folder) / "workspace", Path(folder) / "page"
        workspace.mkdir(mode=0o700)
        page.mkdir()
        (page / "index.html").write_text("<!doctype html><title>Nothing to see</title>")
        published = workspace / "speak"
        published.mkdir()
        (published / "manifest.json").write_text(MANIFEST)
        options = ["--workspace", str(workspace), "--page", str(page), "--port", str(PORT)]
        with opened("speak", *options, stdout=subprocess.PIPE) as door:
            if door.stdout is None or "open" not in door.stdout.readline():
                raise RuntimeError("the door did not open")
            yield Store(workspace / FILE)
