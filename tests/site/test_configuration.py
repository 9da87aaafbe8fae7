"""What a workspace says of its site: what is taken, and what is refused with the way to put it right."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from odd_files import ODD, lay

from command_line import assert_one_line, lippen
from lippen.site.configuration import database_settings, read_configuration
from lippen.site.configuration_error import ConfigurationError
from lippen.site.made_as import MADE_AS, MadeAs, now_made_as
from lippen.site.operation.demo_mark import NotADemo, refuse_real


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
        'name = "Braeside"\norigins = ["https://lippen.example/"]\ntime_zone = "Asia/Kathmandu"\n'
        'proxy = true\ndoor = "https://Speak.lippen.example/"'
    )
    found = read_configuration(write(tmp_path, told))
    assert (found.name, found.origins) == ("Braeside", ("https://lippen.example",))
    assert (found.time_zone, found.proxy) == ("Asia/Kathmandu", True)
    assert found.door == "https://speak.lippen.example"
    with pytest.raises(ConfigurationError, match="HTTPS only"):
        read_configuration(write(tmp_path, 'door = "http://speak.lippen.example"'))


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


NO_SENDERS = ("", "lippen", "a@b\\nBcc: c@d", "Lippen <a@b>", "a@b, c@d", "a@@b")


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
        ('keys = "site.toml"', "a folder of their own"),
        ('keys = "~/keys"', r"~ means a folder in a shell alone\. Write the whole path"),
        *((f"keys = '{path}'", "a path of Windows") for path in (r"D:\panel", r"panel\a", "D:/panel", "d:")),
        ("checkpoint_copies = '~panel'", "~ means a folder in a shell alone"),
        (r'checkpoint_copies = "D:\\panel"', "a path of Windows"),
        (f"keep_register_months = {'9' * 5000}", "line 1: this cannot be read"),
        *((f'name = "{name}"', "one line of 1 to 120") for name in ("", "  ", "a\\nb", "\\u202e", "a" * 121)),
        *((f'mail_from = "{sender}"', "no address that mail") for sender in NO_SENDERS),
        *((f'keys = "{path}"', "a folder of their own") for path in ("", ".", "..", "/")),
        ('demo = true\norigins = ["https://lippen.example"]', "lets anybody in"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_file(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as refused:
        read_configuration(write(tmp_path, line))
    assert str(tmp_path / "site.toml") in str(refused.value)


STRAIGHT = (r'in straight quotation marks \("..."\), and true and false are written small',)


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        *(
            (f'origins = []\n{line}\ntime_zone = "UTC"\n', 2, *STRAIGHT)
            for line in ("name = Invermarrow Partnership", "name = “Ayr”", "proxy = True", "proxy = yes", "x")
        ),
        ("origins = [\n", 2, *STRAIGHT),
        ('name = "a"\nproxy = true\nname = "b"\n', 3, "Each name stands once"),
        ("[a]\n[a]\n", 2, "Each name stands once"),
        *((f'name = "a"\nkeys = "{path}"', 2, 'written with "/"') for path in (r"D:\panel", r"C:\Users")),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_what_is_wrong_in_it(
    tmp_path: Path, text: str, line: int, remedy: str
) -> None:
    with pytest.raises(ConfigurationError, match=remedy) as refused:
        read_configuration(write(tmp_path, text))
    assert refused.value.line == line
    assert "column" not in str(refused.value)


def test_a_mark_of_the_encoding_at_the_head_of_the_file_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"\xef\xbb\xbf" + 'name = "Dùn"\n'.encode())
    assert read_configuration(tmp_path).name == "Dùn"


def test_settings_in_another_encoding_are_told_to_be_saved_anew(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes('name = "Dùn"'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="Save it as UTF-8 text"):
        read_configuration(tmp_path)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["site.toml", MADE_AS])
def test_what_is_no_ordinary_file_or_has_no_end_is_refused_at_once(
    tmp_path: Path, name: str, kind: str
) -> None:
    lay(tmp_path / name, kind)
    with pytest.raises(ConfigurationError, match="this cannot be read") as refused:
        read_configuration(tmp_path)
    assert str(tmp_path / name) in str(refused.value)
    with pytest.raises(NotADemo) if name == "site.toml" else nullcontext():
        refuse_real(tmp_path)


NO_ADDRESSES = {
    "": "is empty",
    "   ": "is empty",
    "postgres://lippen:secret@localhost:99999/lippen": "1 to 65535",
    "postgres://lippen:secret@localhost:0/lippen": "1 to 65535",
    "postgres://lippen:secret@localhost:port/lippen": "1 to 65535",
    "postgres://lippen:secret@[::1/lippen": "a host or a port",
    " postgres://lippen:secret@localhost/lippen": "a blank",
    "postgres://lippen:sec ret@localhost/lippen": "a blank",
    "postgres://lippen:secret@localhost/lippen\n": "a blank",
    "mysql://lippen:secret@localhost/lippen": "begins with neither",
    "lippen:secret@localhost/lippen": "begins with neither",
    "/var/lib/lippen.sqlite3": "begins with neither",
    "postgres://lippen:secret@localhost": "names no database",
    "postgres://lippen:secret@localhost/": "names no database",
    "postgres://lippen:secret@localhost/lippen?sslmode=require": "PGSSLMODE",
    "postgres://lippen:sec#ret@localhost/lippen": "%3F or %23",
    "postgres://lippen:secret%ss@localhost/lippen": "a % in its password",
    "postgres://lippen:secret%00@localhost/lippen": "a % in its password",
    "postgres://lippen:secret%ff@localhost/lippen": "a % in its password",
    "postgres://secret%:x@localhost/lippen": "a % in its user",
    "postgres://lippen:x@localhost/secret%2": "a % in its database",
    "postgres://lippen:x@secret%20host/lippen": "a % in its host",
    "postgres://lippen:p@secret@localhost/lippen": "%40 and %2F",
    "postgres://lippen:12/secret@localhost/lippen": "%40 and %2F",
}


@pytest.mark.parametrize(("address", "why"), NO_ADDRESSES.items())
def test_an_address_of_no_database_is_refused_and_no_part_of_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as refused:
        database_settings(read_configuration(tmp_path))
    assert why in str(refused.value)
    assert "postgres://user:password@host:5432/name" in str(refused.value)
    assert not any(part in str(refused.value) for part in ("secret", "sec ret", "sec#ret"))


def test_an_address_of_a_database_is_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://lip%40pen:a%20b%23@[::1]:5433/my%20site")
    found = database_settings(read_configuration(tmp_path))
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("lip@pen", "a b#", "::1")
    assert (found["PORT"], found["NAME"]) == ("5433", "my site")


@pytest.mark.parametrize(
    "address", ["postgres://x@localhost:99999/x", "", "mysql://x@localhost/x", "postgres://a b/x"]
)
@pytest.mark.parametrize(
    "verb", ["serve", "demo", "backup", "upgrade", "register verify", "serve --make-certificate x"]
)
def test_no_folder_and_no_key_is_made_where_the_address_is_none(
    tmp_path: Path, address: str, verb: str
) -> None:
    workspace = tmp_path / "above" / "site"
    out = ["--out", tmp_path / "out.tar"] if verb == "backup" else []
    env = {**os.environ, "DATABASE_URL": address}
    run = lippen(*verb.split(), "--workspace", workspace, *out, env=env)
    assert_one_line(run, "DATABASE_URL", "postgres://user:password@host:5432/name")
    assert list(tmp_path.iterdir()) == []


def test_a_restore_makes_nothing_where_the_address_is_none(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": "postgres://x@localhost:99999/x"}
    run = lippen("restore", tmp_path / "none.tar", "--workspace", tmp_path / "site", env=env)
    assert_one_line(run, "DATABASE_URL", "1 to 65535")
    assert list(tmp_path.iterdir()) == []


ON_SQLITE = MadeAs("sqlite", "", demo=False)
ON_POSTGRESQL = MadeAs("postgresql", "lippen", demo=False)
HERE, ELSEWHERE = "postgres://u:secret@localhost/lippen", "postgres://u:secret@localhost/elsewhere"


def made(workspace: Path, as_what: MadeAs) -> Path:
    (workspace / MADE_AS).write_text(as_what.as_text(), "utf-8")
    return workspace


def database_of(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if address is not None:
        monkeypatch.setenv("DATABASE_URL", address)


@pytest.mark.parametrize(
    ("as_what", "address", "says"),
    [
        (ON_POSTGRESQL, None, ("the PostgreSQL database lippen, and DATABASE_URL is not set", "Set it")),
        (ON_SQLITE, HERE, ("on SQLite", "Unset DATABASE_URL")),
        (ON_POSTGRESQL, ELSEWHERE, ("in the database lippen, and DATABASE_URL names another", "delete this")),
    ],
)
def test_a_site_is_opened_on_no_other_database_than_its_own(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    as_what: MadeAs,
    address: str | None,
    says: tuple[str, str],
) -> None:
    database_of(monkeypatch, address)
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(made(tmp_path, as_what))
    assert str(tmp_path / MADE_AS) in str(refused.value)
    assert all(words in str(refused.value) for words in says), str(refused.value)
    assert not any(part in str(refused.value) for part in ("secret", "elsewhere"))


@pytest.mark.parametrize(
    ("as_what", "address"), [(ON_SQLITE, None), (ON_POSTGRESQL, HERE), (ON_POSTGRESQL, HERE + "/")]
)
def test_on_its_own_database_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_what: MadeAs, address: str | None
) -> None:
    database_of(monkeypatch, address)
    assert now_made_as(demo=read_configuration(made(tmp_path, as_what)).demo) == as_what


def test_what_is_written_of_a_database_tells_neither_its_host_nor_who_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_of(monkeypatch, "postgres://somebody:secret@database.example/my%20site")
    told = now_made_as(demo=read_configuration(tmp_path).demo)
    assert told == MadeAs("postgresql", "my site", demo=False)
    assert not any(part in told.as_text() for part in ("somebody", "secret", "example"))


def test_a_real_site_is_no_demo_whatever_its_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_of(monkeypatch, None)
    write(tmp_path, "demo = true")
    assert read_configuration(made(tmp_path, MadeAs("sqlite", "", demo=True))).demo
    with pytest.raises(ConfigurationError, match="made as a real one") as refused:
        read_configuration(made(tmp_path, ON_SQLITE))
    assert str(tmp_path / "site.toml") in str(refused.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\x00", '{"database": "sqlite"}'])
def test_a_file_that_does_not_say_which_database_keeps_it_closed(tmp_path: Path, text: str) -> None:
    (tmp_path / MADE_AS).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="on which database") as refused:
        read_configuration(tmp_path)
    assert str(tmp_path / MADE_AS) in str(refused.value)


EVERY_VERB = (
    *("serve", "demo", "backup --out x.tar", "upgrade", "retire --out x --confirm Lippen"),
    *("serve --make-certificate lippen.example", "register verify", "register expire", "register guard"),
    *("register resume", "register rotate-seal-key --reason x"),
)


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_every_verb_refuses_where_the_address_of_its_database_was_forgotten(
    tmp_path: Path, verb: str
) -> None:
    workspace = tmp_path / "site"
    workspace.mkdir()
    (workspace / "lippen.toml").write_text("")
    made(workspace, ON_POSTGRESQL)
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    run = lippen(*verb.split(), "--workspace", workspace, env=env, cwd=tmp_path)
    assert_one_line(run, MADE_AS, "DATABASE_URL is not set")
    assert [one.name for one in tmp_path.iterdir()] == ["site"]
    assert sorted(one.name for one in workspace.iterdir()) in (
        ["lippen.toml", MADE_AS],
        ["lippen.toml", MADE_AS, "site.lock"],
    )
