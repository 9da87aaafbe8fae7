"""Behind a reverse proxy on this machine: whose address is taken, however it is spelt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from open_sites import Client, closed, start, stop

from lippen.site.operation.proxy import believing_a_proxy

ORIGIN = "https://lippen.example.org"


def seen(forwarded: str | None, by: str = "127.0.0.1") -> str:
    """Who the site takes it to be that asks."""
    taken: list[str] = []

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        taken.append(environ["REMOTE_ADDR"])
        return []

    environ = {"REMOTE_ADDR": by, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https"}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    believing_a_proxy(application)(environ, lambda *_: None)
    return taken[0]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("2001:db8::1%eth0", "2001:db8::1"),
        ("203.0.113.9:5555", "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1%eth0]", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (None, "127.0.0.1"),
    ],
)
def test_the_address_that_the_proxy_tells_is_taken_in_one_spelling(
    forwarded: str | None, address: str
) -> None:
    assert seen(forwarded) == address


@pytest.mark.parametrize(
    "forwarded", ["unknown", "_hidden", "1" * 5000, "%eth0", "203.0.113.9:x:y", "[", "\xe9"]
)
def test_what_is_no_address_counts_as_the_proxy_itself(forwarded: str) -> None:
    assert seen(forwarded) == "127.0.0.1"


def test_nobody_else_s_word_is_taken() -> None:
    assert seen("203.0.113.9", by="198.51.100.7") == "198.51.100.7"


def test_no_spelling_of_an_address_brings_a_fault_at_sign_in(tmp_path: Path) -> None:
    workspace = tmp_path / "partnership"
    closed("serve", workspace, None)
    (workspace / "site.toml").write_text(f"origins = {json.dumps([ORIGIN])}\nproxy = true\n")
    site = start("serve", workspace, None)
    try:
        for forwarded in ("2001:db8::1%eth0", "unknown", "[2001:db8::1]:443"):
            told = {"Host": "lippen.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": forwarded}
            client = Client(site.origin)
            form = client.ask("GET", "/sign-in/", headers=told)
            assert form.status == 200
            (token,) = [value for name, value in client.cookies.items() if name.endswith("lippen-form")]
            body = f"login=a%40example.org&password=x&csrfmiddlewaretoken={token}".encode()
            sent = {**told, "Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
            answer = client.ask("POST", "/sign-in/", body, sent)
            assert answer.status == 422, (forwarded, answer.status)
    finally:
        assert stop(site) == 0
