"""The how-to pages of the site: every command and setting that they quote exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

from lippen.site.configuration import read_configuration
from lippen.site.keys import NAMES, PUBLIC
from lippen.site.operation.certificates import (
    AUTHORITY,
    AUTHORITY_KEY,
    CERTIFICATE,
    CERTIFICATE_KEY,
    make_certificate,
)
from lippen.site.speak.envelope import PHOTOGRAPHS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(
    DOCS / "how-to" / f"{name}.md"
    for name in (
        "run-it-for-a-year",
        "behind-a-reverse-proxy",
        "https-on-your-own-network",
        "onion-address",
        "keep-the-keys",
        "administer-a-site",
    )
)
REFERENCE = (DOCS / "reference" / "commands.md").read_text("utf-8")


def quoted() -> list[tuple[str, str]]:
    """Each command of `lippen` on the pages: where, and the words after `lippen`."""
    found = []
    for page in [*PAGES, DOCS / "how-to" / "open-a-desk.md", DOCS.parent / "README.md"]:
        text = page.read_text("utf-8")
        for pattern in (r"bin/lippen ([a-z].*)", r"`lippen ([a-z][^`]*)`"):
            found += [(page.name, words) for words in re.findall(pattern, text)]
    return found


def test_each_command_has_the_options_that_it_is_given() -> None:
    commands = quoted()
    assert (
        len({words.split()[0] for _, words in commands} & {"serve", "backup", "restore", "upgrade", "doctor"})
        == 5
    )
    for page, words in commands:
        parts = words.split()
        named = parts[:2] if parts[0] in ("register", "evaluate", "speak") else parts[:1]
        verb = " ".join(one for one in named if not one.startswith("-"))
        section = re.search(rf"^##+ `lippen {verb}`$(.*?)(?=^##|\Z)", REFERENCE, re.M | re.S)
        assert section, f"{page}: lippen {words}"
        for option in re.findall(r"--[a-z-]+", words):
            assert f"`{option}" in section[1], f"{page}: lippen {words}: {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_setting_can_be_read(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S)):
        workspace = tmp_path / str(number)
        workspace.mkdir()
        (workspace / "site.toml").write_text(block)
        configuration = read_configuration(workspace)
        for name, value in tomllib.loads(block).items():
            assert getattr(configuration, name) in (
                value,
                tuple(value) if isinstance(value, list) else Path(str(value)),
            )


def test_each_key_is_explained() -> None:
    page = (DOCS / "how-to" / "keep-the-keys.md").read_text("utf-8")
    for name in (*NAMES, PUBLIC, CERTIFICATE, CERTIFICATE_KEY, AUTHORITY_KEY):
        assert f"`{name}`" in page, name
    assert f"`{AUTHORITY}`" in (DOCS / "how-to" / "https-on-your-own-network.md").read_text("utf-8")


def page(name: str) -> str:
    return (DOCS / "how-to" / f"{name}.md").read_text("utf-8")


NGINX_OF_DEBIAN_12 = {
    *("server", "listen", "server_name", "ssl_certificate", "ssl_certificate_key", "ssl_protocols"),
    *("access_log", "location", "proxy_pass", "proxy_set_header", "proxy_buffering", "return"),
    *("client_max_body_size", "client_body_timeout", "proxy_request_buffering", "proxy_http_version"),
    *("proxy_read_timeout", "error_log", "add_header"),
}
"""What nginx 1.22 knows, of what a proxy may need: it does not start with any other word."""


def test_nginx_of_debian_12_knows_every_directive() -> None:
    block, of_door = re.findall(r"```nginx\n(.*?)```", page("behind-a-reverse-proxy"), re.S)
    assert "client_max_body_size 9m;" in of_door, "a photograph has 8 MiB, and what is around it"
    assert max(PHOTOGRAPHS) + 2**16 < 9 * 2**20
    block += of_door
    used = re.findall(r"^\s*([a-z_0-9]+)\b", block, re.M)
    assert len(used) > 10
    assert set(used) <= NGINX_OF_DEBIAN_12
    assert "http2" not in block, "nginx 1.22 wants it in listen, and 1.25.1 warns of it there"


def units(name: str) -> list[str]:
    return re.findall(r"```ini\n(.*?)```", page(name), re.S)


@pytest.mark.parametrize("fails", ["backup", "doctor", "find", None])
def test_old_backups_go_each_night_whatever_fails(tmp_path: Path, fails: str | None) -> None:
    """The unit of the night, run as systemd runs it: line after line, until one fails without "-"."""
    (unit,) = [one for one in units("run-it-for-a-year") if "lippen backup" in one]
    kept = tmp_path / "backups"
    if fails != "find":
        kept.mkdir()
        for name in ("partnership-old.tar", "partnership-new.tar"):
            (kept / name).touch()
        os.utime(kept / "partnership-old.tar", (time.time() - 40 * 86_400,) * 2)
    done = []
    for dash, line in re.findall(r"^ExecStart=(-?)(.*)$", unit, re.M):
        words = shlex.split(line.replace("/var/backups/lippen", str(kept)))
        if words[0].endswith("/lippen"):
            done.append(words[1])
            code = int(words[1] == fails)
        else:
            code = subprocess.run(words, check=False, capture_output=True).returncode
            assert bool(code) == (fails == "find")
        if code and not dash:
            break
    assert [one.name for one in kept.glob("*")] == ([] if fails == "find" else ["partnership-new.tar"])
    assert done == (["backup"] if fails == "backup" else ["backup", "doctor"])


def test_a_unit_that_waits_for_the_network_asks_for_it() -> None:
    """After= alone orders two units and starts neither."""
    waiting = [
        one for name in (path.stem for path in PAGES) for one in units(name) if "network-online" in one
    ]
    assert waiting
    assert all("\nWants=network-online.target\n" in one for one in waiting)


def test_a_workspace_that_moves_takes_the_copies_of_its_seals_along(tmp_path: Path) -> None:
    copies = read_configuration(tmp_path / "partnership").checkpoint_copies.name
    (moved,) = re.findall(r"^ +sudo mv (.*) /var/lib/lippen/$", page("run-it-for-a-year"), re.M)
    assert moved.split() == ["../partnership", f"../{copies}"]


def test_the_days_of_a_certificate_are_those_that_are_printed(tmp_path: Path) -> None:
    made = make_certificate(read_configuration(tmp_path / "site"), "lippen.home.arpa")
    assert f"has {made.days_left()} days left when it is made" in page("https-on-your-own-network")


def test_settings_are_said_to_be_allowed_before_the_first_start() -> None:
    assert "It may be written before the first start, alone in a folder" in page("run-it-for-a-year")
