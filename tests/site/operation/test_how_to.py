"""The how-to pages of the site: every command and setting that they quote exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from lippen.site.configuration import read_configuration
from lippen.site.keys import NAMES, PUBLIC
from lippen.site.operation.certificates import AUTHORITY, AUTHORITY_KEY, CERTIFICATE, CERTIFICATE_KEY

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
    for page in [*PAGES, DOCS.parent / "README.md"]:
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
        verb = " ".join(parts[:2]) if parts[0] in ("register", "evaluate") else parts[0]
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
