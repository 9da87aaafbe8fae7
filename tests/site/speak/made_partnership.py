"""A partnership that does not exist, as its workspace holds it before anything is signed."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from lippen.cli import app, publishing
from lippen.site.speak.hybrid_keys import HybridSeed

TODAY = datetime.now(UTC).date()
"""For all that is signed and checked in this process, also when midnight falls among the tests."""

TOML = """\
name = "Invermarrow Partnership"
leave = "https://example.org/weather"
areas = "areas.csv"

[[desks]]
id = "harbour"
name = "Harbour Women's Desk"
serves = "Harbour and Old Town, in English and Polish"
telephone = "01632 960 001"
drop_in = "The Net Loft, Quay Street, Tuesdays 10 to 4"
freepost = "Freepost HARBOUR DESK"

[[desks]]
id = "hill"
name = "Hill Desk"
serves = "Hill and Mill Lands"
telephone = "01632 960 002"
drop_in = ""
freepost = "Freepost HILL DESK"

[[partners]]
id = "police"
name = "Police"
"""

AREAS = """\
larger_area,small_area,residents
Harbour,Quay,612
Harbour,Net Loft,744
Hill,Hill North,580
"""

PAGE = {
    "index.html": '<!doctype html><link rel="stylesheet" href="page.css"><script src="page.js"></script>',
    "page.js": "1;\n" * 400,
    "page.css": "body{margin:0}\n",
}


def seed_of(name: str) -> HybridSeed:
    """A seed that is the same for the same name."""
    return HybridSeed(name.encode().ljust(32, b".")[:32])


def worker_file(name: str, made: date = TODAY, **other: Any) -> dict[str, Any]:
    """What a worker's device writes; `other` fields stand in the place of its own."""
    signing = Ed25519PrivateKey.from_private_bytes(f"{name} signs".encode().ljust(32, b".")[:32])
    return {
        "recipient": base64.b64encode(seed_of(name).recipient()).decode(),
        "signature": base64.b64encode(signing.public_key().public_bytes_raw()).decode(),
        "made": f"{made}",
        "until": f"{made + timedelta(days=30)}",
    } | other


def recovery(name: str) -> dict[str, str]:
    return {"recipient": base64.b64encode(seed_of(name).recipient()).decode(), "made": f"{TODAY}"}


def write_keys(workspace: Path, desk: str, worker: str, told: dict[str, Any]) -> Path:
    file = workspace / "speak" / "desks" / desk / f"{worker}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told))
    return file


def make_workspace(place: Path) -> Path:
    """A workspace whose partnership has two desks, of two workers and of one, and a page beside it."""
    workspace = place / "workspace"
    (workspace / "speak").mkdir(parents=True)
    (workspace / "speak" / "partnership.toml").write_text(TOML)
    (workspace / "speak" / "areas.csv").write_text(AREAS)
    for desk, workers in {"harbour": ("ada", "bea"), "hill": ("cat",)}.items():
        for worker in workers:
            write_keys(workspace, desk, worker, worker_file(f"{desk} {worker}"))
        write_keys(workspace, desk, "recovery", recovery(f"{desk} recovery"))
    page = page_beside(workspace)
    page.mkdir()
    for name, text in PAGE.items():
        (page / name).write_text(text)
    return workspace


def page_beside(workspace: Path) -> Path:
    return workspace.parent / "page"


def speak(*args: object) -> Result:
    """A verb of `lippen speak`, in this process."""
    with patch.object(publishing, "_today", lambda: TODAY):
        return CliRunner().invoke(app, ["speak", *map(str, args)])


def done(*args: object) -> str:
    """What a verb prints that does what it was asked."""
    result = speak(*args)
    assert result.exit_code == 0, result.exception or result.output
    return result.output


def refused(*args: object) -> str:
    """The one line in which a verb refuses."""
    from lippen.errors import LippenError

    result = speak(*args)
    assert isinstance(result.exception, LippenError), result.exception or result.output
    return str(result.exception)


def make_key(workspace: Path) -> Path:
    """The partnership's key, in a folder that only its owner can write to."""
    folder = workspace.parent / "drawer"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "partnership.key"
    if not file.exists():
        done("key", "--out", file)
    return file


def publish(workspace: Path) -> str:
    """Sign and publish; returns the six words."""
    key = make_key(workspace)
    said = done("manifest", "--workspace", workspace, "--key", key, "--page", page_beside(workspace))
    return said.strip().splitlines()[-1].split(": ")[1]
