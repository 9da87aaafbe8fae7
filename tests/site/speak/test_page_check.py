"""Is it the page that was signed? Asked of a real door, and of doors that differ from it in one thing."""

from __future__ import annotations

import ast
import base64
import gzip
import json
import socket
import ssl
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from doors import open_door
from made_partnership import (
    PAGE,
    TODAY,
    make_workspace,
    publish,
    speak,
    worker_file,
    write_keys,
)
from open_sites import free_port
from typer.testing import Result

from lippen.errors import LippenError
from lippen.site.configuration import read_configuration
from lippen.site.operation.certificates import AUTHORITY, Certificate, authority_folder, make_certificate
from lippen.site.speak import page_check
from lippen.site.speak.answers import Answer
from lippen.site.speak.fingerprint import fingerprint
from lippen.site.speak.manifest import read_payload, sign
from lippen.site.speak.partnership_key import PartnershipKey
from lippen.site.speak.written import canonical

ROOT = Path(__file__).parents[3]
OTHER_WORDS = fingerprint(bytes(32))


@dataclass
class Held:
    """What somebody hands out at a page's address: body, status and headers by path."""

    bodies: dict[str, bytes]
    words: str
    status: dict[str, int] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(
        default_factory=lambda: [
            (one.decode(), two.decode()) for one, two in Answer(200).lines(by_https=False)
        ]
    )
    leave: str = "https://example.org/weather"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def handed_out(held: Held, endless: str = "", shown: Certificate | None = None) -> Iterator[str]:
    """A server that hands out exactly this; the path `endless` has no end. Yields its address: by HTTPS
    where a certificate is `shown`.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append((self.path, dict(self.headers.items())))
            body = held.bodies.get(self.path, b"")
            usual = 303 if self.path == "/leave" else 200 if self.path in held.bodies else 404
            status = held.status.get(self.path, usual)
            self.send_response_only(status)
            for name, value in held.headers:
                if name != "content-length":
                    self.send_header(name, value)
            if self.path == "/leave":
                self.send_header("location", held.leave)
            if self.path != endless:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            while self.path == endless:
                self.wfile.write(b" " * 65_536)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            pass  # whoever asked has heard enough

    with Quiet(("127.0.0.1", 0), Handler) as server:
        if shown is not None:
            secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            secured.load_cert_chain(shown.certificate, shown.key)
            server.socket = secured.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            port = server.server_address[1]
            yield f"https://127.0.0.1:{port}" if shown else f"http://localhost:{port}"
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Held:
    workspace = make_workspace(tmp_path_factory.mktemp("published"))
    words = publish(workspace)
    folder = workspace / "speak"
    bodies = {f"/{name}": text.encode() for name, text in PAGE.items()}
    bodies |= {"/": bodies["/index.html"], "/manifest.json": (folder / "manifest.json").read_bytes()}
    bodies |= {f"/desks/{one.name}": one.read_bytes() for one in (folder / "desks").glob("*.json")}
    return Held(bodies, words)


@pytest.fixture
def held(published: Held) -> Held:
    return Held(dict(published.bodies), published.words)


def checked(held: Held, words: str | None = None) -> Result:
    with handed_out(held) as address:
        return speak("verify-page", address, "--fingerprint", words or held.words)


def test_the_page_of_a_real_door_is_as_it_was_signed(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    words = publish(workspace)
    with open_door(tmp_path) as door:
        told = speak("verify-page", f"http://localhost:{door.port}", "--fingerprint", words)
        assert told.exit_code == 0, told.output
        for path in (
            "/",
            "/leave",
            "/index.html",
            "/page.js",
            "/page.css",
            "/manifest.json",
            "/desks/hill.json",
        ):
            assert f"same    {path}\n" in told.output
        assert (
            speak("verify-page", f"http://localhost:{door.port}", "--fingerprint", OTHER_WORDS).exit_code == 1
        )


def test_the_same_answers_from_elsewhere_pass_as_well(held: Held) -> None:
    told = checked(held)
    assert (told.exit_code, told.exception) == (0, None), told.output
    assert told.output.endswith("This is the page that was signed, as it is shown to this machine now.\n")


@pytest.mark.parametrize("name", ["127.0.0.1", "elsewhere.example"])
def test_by_https_whoever_answers_proves_the_name_to_an_authority_that_is_trusted(
    held: Held, tmp_path: Path, name: str
) -> None:
    (tmp_path / "site").mkdir()
    configuration = read_configuration(tmp_path / "site")
    made = make_certificate(configuration, name)
    authority = authority_folder(configuration) / AUTHORITY
    held.headers.append(("Strict-Transport-Security", "max-age=31536000"))
    with handed_out(held, shown=made) as address:
        trusted = speak("verify-page", address, "--fingerprint", held.words, "--authority", authority)
        assert (trusted.exit_code == 0) == (name == "127.0.0.1"), trusted.output
        stranger = speak("verify-page", address, "--fingerprint", held.words)
        assert "cannot be fetched" in str(stranger.exception)
    assert {path for path, _ in held.asked} == (
        {"/", "/leave", *held.bodies} if name == "127.0.0.1" else set()
    )


def test_what_is_no_certificate_is_refused(held: Held, tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_text("nothing of the kind")
    told = speak(
        *("verify-page", "https://localhost:1", "--fingerprint", held.words),
        *("--authority", tmp_path / "authority.pem"),
    )
    assert "no certificate" in str(told.exception)


def altered_by_one_byte(held: Held, path: str) -> None:
    held.bodies[path] = held.bodies[path][:-1] + b"!"


def with_policy(held: Held, value: str | None) -> None:
    kept = [(name, said) for name, said in held.headers if name != "content-security-policy"]
    held.headers = kept + ([("content-security-policy", value)] if value is not None else [])


POLICY = dict(Answer(200).lines(by_https=False))[b"content-security-policy"].decode()


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        *((path, lambda held, path=path: altered_by_one_byte(held, path), "another file") for path in
          ("/", "/index.html", "/page.js", "/page.css", "/desks/harbour.json")),
        ("/", lambda held: held.bodies.update({"/": b""}), "another file"),
        ("https://evil.example/x.js", lambda held: held.bodies.update(
            {"/": b'<script src="https://evil.example/x.js"></script>'}), "it was not signed"),
        ("/page.js", lambda held: held.status.update({"/page.js": 404}), "the answer is 404"),
        ("/page.js", lambda held: held.status.update({"/page.js": 302}), "the answer is 302"),
        ("/", lambda held: with_policy(held, None), "content-security-policy is not there"),
        ("/", lambda held: with_policy(held, POLICY.replace("-src 'none'", "-src *")), "content-security"),
        ("/page.js", lambda held: with_policy(held, POLICY + " 'unsafe-eval'"), "content-security-policy is"),
        ("/", lambda held: held.headers.append(("content-security-policy", POLICY)), " and "),
        ("/", lambda held: held.headers.append(("Set-Cookie", "id=1")), "carries the header set-cookie"),
        ("/", lambda held: held.headers.append(("Location", "https://evil.example")), "the header location"),
        ("/", lambda held: held.headers.append(("Link", "<https://evil.example>")), "header link"),
        ("/", lambda held: held.headers.append(("NEL", "{}")), "the header nel"),
        ("/", lambda held: held.headers.append(("ETag", '"who-are-you"')), "the header etag"),
        ("/", lambda held: held.headers.remove(("cache-control", "no-store")), "cache-control is not there"),
        ("/leave", lambda held: setattr(held, "leave", "https://evil.example"), "does not lead to https://example"),
        ("/leave", lambda held: held.status.update({"/leave": 200}), "the answer is 200"),
        ("/manifest.json", lambda held: altered_by_one_byte(held, "/manifest.json"), "no JSON"),
        ("/manifest.json", lambda held: held.bodies.update({"/manifest.json": b"{}"}), "no manifest"),
    ],
)  # fmt: skip
def test_what_differs_is_named_with_its_file(
    held: Held, path: str, change: Callable[[Held], object], said: str
) -> None:
    change(held)
    told = checked(held)
    assert told.exit_code == 1, told.output
    block = told.output.split(f"differs {path}\n", 1)[1]
    faults = [line for line in block.split("same ")[0].split("differs ")[0].splitlines() if line]
    assert any(said in line for line in faults), told.output


def test_a_page_signed_by_another_key_is_named_with_its_words(held: Held) -> None:
    told = checked(held, OTHER_WORDS)
    assert told.exit_code == 1
    assert f"signed by another key, whose words are: {held.words}" in told.output


def test_a_manifest_whose_day_has_come_is_named(held: Held) -> None:
    with handed_out(held) as address:
        late = page_check.check_page(address, held.words, TODAY + timedelta(days=30))
    faults = {one.what: one.faults for one in late}
    assert any("ran out" in fault for fault in faults["/manifest.json"])
    assert any("seals nothing" in fault for fault in faults["/desks/harbour.json"])
    with handed_out(held) as address:
        early = page_check.check_page(address, held.words, TODAY + timedelta(days=29))
    assert all(not one.faults for one in early)


def test_a_desk_whose_keys_run_out_first_is_named_alone(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    write_keys(workspace, "hill", "cat", worker_file("cat", TODAY - timedelta(days=29)))
    words, folder = publish(workspace), workspace / "speak"
    bodies = {f"/{name}": text.encode() for name, text in PAGE.items()}
    bodies |= {"/": bodies["/index.html"], "/manifest.json": (folder / "manifest.json").read_bytes()}
    bodies |= {f"/desks/{one.name}": one.read_bytes() for one in (folder / "desks").glob("*.json")}
    with handed_out(Held(bodies, words)) as address:
        found = page_check.check_page(address, words, TODAY + timedelta(days=1))
    assert [one.what for one in found if one.faults] == ["/desks/hill.json"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "//evil.example/x.js", "a b.js", "x.js\r\nHost: evil.example"]
)
def test_a_name_that_is_none_of_a_file_is_not_asked_for(held: Held, name: str) -> None:
    """Even where the partnership's own key signed it."""
    told = json.loads(base64.b64decode(json.loads(held.bodies["/manifest.json"])["payload"]))
    key = PartnershipKey(bytes(range(32)))
    words = fingerprint(key.public())
    for place in ("files", "desks"):
        hostile = json.loads(json.dumps(told))
        if place == "files":
            hostile["files"][name] = "0" * 64
        else:
            hostile["desks"][0]["id"] = name
        held.bodies["/manifest.json"] = sign(read_payload(canonical(hostile)), key)
        assert checked(held, words).exit_code == 1
    assert {path for path, _ in held.asked} <= {"/leave", *held.bodies}


def test_nothing_is_asked_of_any_other_address(held: Held) -> None:
    """A redirect is not followed, what a strange page loads is not loaded, and nobody is named."""
    elsewhere = Held({"/": b"", "/x.js": b""}, "")
    with handed_out(elsewhere) as other:
        held.bodies["/"] = f'<script src="{other}/x.js"></script><img src="{other}/y.png">'.encode()
        held.status["/page.js"] = 302
        held.headers.append(("Location", f"{other}/"))
        assert checked(held).exit_code == 1
    assert elsewhere.asked == []
    signed = {
        "/",
        "/leave",
        "/manifest.json",
        "/desks/harbour.json",
        "/desks/hill.json",
        *(f"/{name}" for name in PAGE),
    }
    assert {path for path, _ in held.asked} == signed
    for _, headers in held.asked:
        assert set(headers) == {"Host", "Accept-Encoding"}


def test_what_is_compressed_is_compared_as_a_browser_reads_it(held: Held) -> None:
    """Neither a second part behind the first nor a few bytes that become very many pass."""
    plain = dict(held.bodies)
    held.headers.append(("Content-Encoding", "gzip"))
    held.bodies = {path: gzip.compress(body) for path, body in plain.items()}
    held.bodies["/leave"] = gzip.compress(b"")
    assert checked(held).exit_code == 0
    good = dict(held.bodies)
    for more in (gzip.compress(b"more"), b"more"):
        held.bodies = good | {"/page.js": good["/page.js"] + more}
        assert "differs /page.js" in checked(held).output
    held.bodies = good | {"/page.js": gzip.compress(bytes(64 * 1024 * 1024))}
    assert "more than 2 MiB" in checked(held).output
    held.bodies = good | {"/page.js": b"\x1f\x8b nothing of the kind"}
    assert "cannot be fetched" in str(checked(held).exception)


@pytest.mark.parametrize("path", ["/manifest.json", "/", "/page.js"])
def test_a_body_without_an_end_is_left_at_two_mebibytes(held: Held, path: str) -> None:
    with handed_out(held, endless=path) as address:
        told = speak("verify-page", address, "--fingerprint", held.words)
    assert told.exit_code == 1, told.output
    assert f"differs {path}\n" in told.output
    assert "more than 2 MiB" in told.output


def test_a_server_that_sends_a_byte_at_a_time_is_left(held: Held) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            asked, _ = listening.accept()
            with asked:
                try:
                    asked.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    while True:
                        asked.sendall(b"x")
                        time.sleep(0.02)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        address = f"http://localhost:{listening.getsockname()[1]}"
        with pytest.raises(page_check.PageUnreachable):
            page_check.check_page(address, held.words, TODAY, seconds=0.3)


def test_a_page_that_cannot_be_reached_is_exit_code_2_and_not_1(held: Held) -> None:
    told = speak("verify-page", f"http://localhost:{free_port()}", "--fingerprint", held.words)
    assert isinstance(told.exception, LippenError)  # which the command line makes exit code 2
    assert "cannot be fetched" in str(told.exception)


@pytest.mark.parametrize(
    "address",
    [
        *("http://speak.example.org", "http://onion", "http://a.onion.example", "http://localhost.example"),
        *("https://a.example/page", "https://a.example?x", "https://user@a.example", "https://a\r\nHost: b"),
        *("https://a.example:0", "https://a.example:65536", "ftp://localhost", "file:///etc/passwd"),
        *("localhost", ""),
    ],
)
def test_no_other_kind_of_address_is_asked(held: Held, address: str) -> None:
    told = speak("verify-page", address, "--fingerprint", held.words)
    assert isinstance(told.exception, LippenError)
    assert "address of a page" in str(told.exception) or "without HTTPS" in str(told.exception)


def test_words_that_are_no_fingerprint_are_refused_before_anybody_is_asked(held: Held) -> None:
    with handed_out(held) as address:
        told = speak("verify-page", address, "--fingerprint", "six words of no list at all")
    assert isinstance(told.exception, LippenError)
    assert held.asked == []


def test_signs_that_a_terminal_acts_on_are_shown_and_not_acted_on(held: Held) -> None:
    held.headers.append(("X-Note", "\x1b[2Jall is well"))
    told = checked(held)
    assert "\x1b" not in told.output
    assert "all is well" in told.output


OPENS = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "urllib", "urllib3"}


def test_no_other_part_of_lippen_opens_a_connection() -> None:
    """The rule of the house excepts this one module, and `urllib.parse`, which opens none."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (rule,) = (one for one in rules if one["name"] == "Nothing calls out (promise 3)")
    assert set(rule["forbidden_modules"]) == OPENS
    excepted = ["lippen.site.database_address -> urllib", "lippen.site.speak.page_check -> http"]
    assert rule["ignore_imports"] == excepted

    found = set()
    for file in (ROOT / "src" / "lippen").rglob("*.py"):
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if any(one in text for one in OPENS) else ():
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {(file.name, name) for name in names if name.split(".")[0] in OPENS}
    assert found == {("page_check.py", "http.client"), ("database_address.py", "urllib.parse")}
