"""What a workspace says of its site: what is taken, and what is refused with the way to put it right."""

from __future__ import annotations

from pathlib import Path

import pytest

from lippen.site.configuration import ConfigurationError, read_configuration


def write(workspace: Path, text: str) -> Path:
    (workspace / "site.toml").write_text(text, "utf-8")
    return workspace


def test_a_workspace_that_says_nothing_has_a_site_of_its_own(tmp_path: Path) -> None:
    found = read_configuration(tmp_path)
    assert (found.name, found.origins, found.demo, found.proxy) == ("Lippen", (), False, False)
    assert found.time_zone == "Europe/London"
    assert found.keys == tmp_path / "keys"
    assert found.checkpoint_copies.parent == tmp_path.parent, "copies lie outside the workspace"


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    told = (
        'name = "Braeside"\norigins = ["https://lippen.example/"]\ntime_zone = "Asia/Kathmandu"\nproxy = true'
    )
    found = read_configuration(write(tmp_path, told))
    assert (found.name, found.origins) == ("Braeside", ("https://lippen.example",))
    assert (found.time_zone, found.proxy) == ("Asia/Kathmandu", True)


@pytest.mark.parametrize(
    "zone",
    ["", "Europe", "Europe/Invermarrow", "BST", "../Europe/London", "/etc/localtime", "\\u0000", "UTC+1"],
)
def test_a_time_zone_that_nobody_knows_is_refused_with_one_that_is_known(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ConfigurationError, match="no time zone") as refused:
        read_configuration(write(tmp_path, f'time_zone = "{zone}"'))
    assert str(tmp_path / "site.toml") in str(refused.value)
    assert 'time_zone = "Europe/London"' in str(refused.value)


@pytest.mark.parametrize(
    ("origin", "taken", "host"),
    [
        ("https://lippen.example", "https://lippen.example", "lippen.example"),
        ("https://LIPPEN.example:8443/", "https://lippen.example:8443", "lippen.example"),
        ("https://lippen", "https://lippen", "lippen"),
        ("https://192.168.1.20:8000", "https://192.168.1.20:8000", "192.168.1.20"),
        ("https://[FD00:0::1]", "https://[fd00::1]", "[fd00::1]"),
        ("https://[fd00::1]:8000", "https://[fd00::1]:8000", "[fd00::1]"),
        ("http://invermarrow.onion", "http://invermarrow.onion", "invermarrow.onion"),
    ],
)
def test_an_origin_is_taken_as_browsers_write_it(tmp_path: Path, origin: str, taken: str, host: str) -> None:
    found = read_configuration(write(tmp_path, f'origins = ["{origin}"]'))
    assert found.origins == (taken,)
    assert found.hosts == (host,)


NO_ORIGINS = (
    "https://*",
    "https://*.lippen.example",
    "https://lippen.example:99999",
    "https://lippen.example:0",
    "https://lippen.example:",
    "https://user:pw@lippen.example",
    "https://lippen.example?x",
    "https://lippen.example#y",
    "https://lippen example",
    "https://.lippen.example",
    "https://-lippen.example",
    "https://lippen..example",
    "https://192.168.1.999",
    "https://[fd00::1%25eth0]",
    "https://[fd00::1",
    "https://[lippen.example]",
    "https://\\u202elippen.example",
    "https://lippen.example\\n",
    "ftp://lippen.example",
    "http://lippen.onion.example",
    "",
)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('zone = "Europe/London"', "no setting of the site"),
        ("time_zone = 1", "must be text"),
        ('proxy = "yes"', "must be true or false"),
        ("keep_register_months = true", "must be a whole number"),
        ("keep_register_months = 0", "between 1 and 1,200"),
        ("keep_register_months = 1201", "between 1 and 1,200"),
        ("keep_register_months = 24500", "between 1 and 1,200"),
        ("name = ", "cannot be read"),
        ('origins = ["http://lippen.example"]', "no origin that can be served"),
        ('origins = ["https://lippen.example/site"]', "no origin that can be served"),
        ('origins = ["lippen.example"]', "no origin that can be served"),
        *((f'origins = ["{origin}"]', "no origin that can be served") for origin in NO_ORIGINS),
        *((f'keys = "{path}"', "no path") for path in ("\\u0000", "a\\u0000b")),
        ('checkpoint_copies = "\\u0000"', "no path"),
        *((f'keys = "{path}"', "a folder of their own") for path in ("", ".", "..", "/")),
        ('demo = true\norigins = ["https://lippen.example"]', "lets anybody in"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_file(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as refused:
        read_configuration(write(tmp_path, line))
    assert str(tmp_path / "site.toml") in str(refused.value)
