"""The doctor: well when all is, and a line with a remedy for everything that can be wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from open_sites import Served, environment, lippen, own_database, start, stop


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with own_database() as database_url:
        opened = start("demo", tmp_path_factory.mktemp("doctor") / "demo", database_url)
        assert stop(opened) == 0
        yield opened


def findings(site: Served, code: int) -> dict[str, tuple[str, str]]:
    """What stands worst under each name, with all that is said of it."""
    done = lippen("doctor", "--json", "--workspace", site.workspace, database_url=site.database_url)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, tuple[str, str]] = {}
    for one in json.loads(done.stdout):
        if one["name"] not in found or one["state"] == "wrong":
            found[one["name"]] = (one["state"], f"{one['seen']} {one['remedy']}")
        if one["state"] != "well":
            assert one["remedy"], one
    return found


def test_a_site_that_is_well_is_told_so(site: Served) -> None:
    found = findings(site, 0)
    assert set(found) == {
        "settings", "keys", "permissions", "disk", "checkpoint copies", "database", "register", "clock",
    }  # fmt: skip
    assert all(state in ("well", "look") for state, _ in found.values())
    told = lippen("doctor", "--workspace", site.workspace, database_url=site.database_url)
    assert told.returncode == 0
    assert all(line.startswith(("well  ", "look  ")) for line in told.stdout.splitlines())


def test_it_may_look_while_the_site_is_open(served: Served) -> None:
    found = findings(served, 0)
    assert found["database"][0] == "well"


def test_what_others_can_read_is_wrong(site: Served) -> None:
    site.workspace.chmod(0o755)
    assert "chmod 700" in findings(site, 1)["permissions"][1]
    site.workspace.chmod(0o700)
    key = site.workspace / "keys" / "digest.key"
    key.chmod(0o640)
    assert "chmod 600" in findings(site, 1)["keys"][1]
    key.chmod(0o600)


def test_a_public_key_that_was_exchanged_is_wrong(site: Served) -> None:
    public = site.workspace / "keys" / "seal.pub"
    true = public.read_text()
    public.write_text("11" * 32 + "\n")
    state, says = findings(site, 1)["keys"]
    assert (state, true.strip() in says) == ("wrong", True)
    public.write_text(true)


def test_copies_inside_the_workspace_or_where_nobody_can_write_are_wrong(site: Served) -> None:
    settings = site.workspace / "site.toml"
    before = settings.read_text()
    settings.write_text(before + 'checkpoint_copies = "copies"\n')
    assert "lies in the workspace" in findings(site, 1)["checkpoint copies"][1]
    settings.write_text(before + 'checkpoint_copies = "/proc/copies"\n')
    assert "cannot be written to" in findings(site, 1)["checkpoint copies"][1]
    settings.write_text(before)


def test_settings_that_cannot_be_read_are_wrong(site: Served, tmp_path: Path) -> None:
    settings = site.workspace / "site.toml"
    before = settings.read_text()
    settings.write_text("demo = perhaps\n")
    assert findings(site, 1)["settings"][0] == "wrong"
    settings.write_text(before)
    nowhere = Served("", tmp_path / "nowhere", site.database_url, site.process)
    assert "no workspace" in findings(nowhere, 1)["settings"][1]


def test_a_clock_that_went_back_is_wrong(site: Served) -> None:
    """The doctor is run with a clock that stands an hour before the last seal."""
    behind = datetime.now(UTC) - timedelta(hours=1)
    program = (
        "import datetime, django.utils.timezone as zone\n"
        f"zone.now = lambda: datetime.datetime.fromtimestamp({behind.timestamp()}, datetime.timezone.utc)\n"
        "from lippen.cli import main\n"
        "main()\n"
    )
    asked = [sys.executable, "-c", program, "doctor", "--workspace", str(site.workspace)]
    done = subprocess.run(
        asked, capture_output=True, text=True, check=False, env=environment(site.database_url)
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (clock,) = [line for line in done.stdout.splitlines() if "clock" in line]
    assert clock.startswith("wrong clock: the clock stands")
    assert "timedatectl" in clock


def test_a_register_sealed_with_another_key_is_wrong(site: Served) -> None:
    keys = site.workspace / "keys"
    true = {name: (keys / name).read_text() for name in ("seal.key", "seal.pub")}
    (keys / "seal.key").write_text("22" * 32 + "\n")
    assert "not the public half" in findings(site, 1)["keys"][1]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("22" * 32)).public_key()
    (keys / "seal.pub").write_text(other.public_bytes_raw().hex() + "\n")
    assert "not sealed with this site's key" in findings(site, 1)["register"][1]
    for name, text in true.items():
        (keys / name).write_text(text)


def test_a_database_that_is_gone_or_damaged_is_wrong(site: Served, tmp_path: Path) -> None:
    if site.database_url is not None:
        gone = Served("", site.workspace, site.database_url.replace("/lippen_", "/no_lippen_"), site.process)
        assert "cannot be reached" in findings(gone, 1)["database"][1]
        return
    file = site.workspace / "lippen.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    assert findings(site, 1)["database"][0] == "wrong"
    file.rename(tmp_path / "away")
    assert "there is none" in findings(site, 1)["database"][1]
    file.write_bytes(content)
    file.chmod(0o600)
    assert findings(site, 0)["database"][0] == "well"
