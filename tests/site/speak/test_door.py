"""The door as a browser meets it: a real process, a real store, and messages right, wrong and hostile."""

from __future__ import annotations

import gzip
import json
import secrets
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from doors import BYTES, INDEX, LEAVE, OpenDoor, Receipt, open_door
from envelopes import answer, desk_id, photograph, prove, report
from open_sites import LONG

from lippen.site.speak.envelope import pack
from lippen.site.speak.store import Store, monday

SLOTS = 15_936
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
MESSAGES = ("/reports", "/photographs", "/mailbox/read", "/mailbox/destroy")
CANARY = "canary-7f3a"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDoor]:
    with open_door(tmp_path_factory.mktemp("door"), "--reports", "30", "--photographs", "1") as opened:
        yield opened


@pytest.fixture(scope="module")
def store(door: OpenDoor) -> Store:
    """The store of the door, as another process opens it."""
    return Store(door.workspace / "speak.sqlite3", make=False)


def raw(door: OpenDoor, sent: bytes) -> bytes:
    """What comes back for these bytes until the connection is closed, or is still for two seconds after."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=LONG) as connection:
        read = b""
        try:
            connection.sendall(sent)
            while part := connection.recv(65_536):
                read += part
                connection.settimeout(2)
        except (TimeoutError, ConnectionResetError):
            pass
    return read


def sent_by(receipt: Receipt, door: OpenDoor, sealed: bytes | None = None) -> bytes:
    """A whole message that is right."""
    verifier = sha256(receipt.authenticator).digest()
    return door.proved() + desk_id() + receipt.mailbox + verifier + (sealed or report())


def test_a_report_goes_to_its_desk_and_an_answer_comes_back(door: OpenDoor, store: Store) -> None:
    receipt, sealed = Receipt.draw(), report()
    told = door.report(receipt, sealed)
    assert (told.status, told.body) == (204, b"")
    waiting = [one for one in store.waiting(desk_id()) if store.fetch(desk_id(), one.id) == sealed]
    assert [one.week for one in waiting] == [monday(datetime.now(UTC).date())]
    before = door.read(receipt)
    assert (before.status, len(before.body)) == (200, SLOTS)
    packed = pack(answer())
    store.answer(receipt.mailbox, packed)
    assert door.read(receipt).body == packed + before.body[: SLOTS - len(packed)]


def test_a_photograph_goes_to_its_desk(door: OpenDoor, store: Store) -> None:
    name, sealed = secrets.token_bytes(16), photograph(69_632)
    told = door.photograph(name, sealed)
    assert (told.status, told.body) == (204, b"")
    assert store.fetch(desk_id(), name, photograph=True) == sealed


def test_a_wrong_receipt_an_empty_mailbox_and_a_destroyed_one_are_told_alike(door: OpenDoor) -> None:
    empty, destroyed, wrong = (Receipt.draw() for _ in range(3))
    for one in (empty, destroyed):
        assert door.report(one).status == 204
    told_before = door.read(destroyed)
    assert [door.destroy(one).status for one in (destroyed, wrong)] == [204, 204]
    half_right = Receipt(empty.mailbox, wrong.authenticator)
    for receipt in (empty, destroyed, wrong, half_right):
        first, second = door.read(receipt), door.read(receipt)
        assert (first.status, len(first.body)) == (200, SLOTS)
        assert first.body == second.body
        assert {**first.headers, "date": ""} == {**told_before.headers, "date": ""}
    assert door.read(destroyed).body != told_before.body
    assert len({door.read(one).body for one in (empty, destroyed, wrong, half_right)}) == 4


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/page.js", 200),
        ("GET", "/manifest.json", 200),
        ("GET", "/desks/northfield.json", 200),
        ("GET", "/challenge", 200),
        ("GET", "/leave", 303),
        ("GET", f"/{CANARY}", 404),
        ("POST", f"/{CANARY}", 404),
        ("POST", "/", 405),
        ("DELETE", "/", 405),
        ("OPTIONS", "/reports", 405),
        ("GET", "/reports", 405),
        ("POST", "/reports", 400),
        ("POST", "/mailbox/read", 400),
    ],
)
def test_every_answer_carries_what_keeps_a_browser_safe(
    door: OpenDoor, method: str, path: str, status: int
) -> None:
    told = door.ask(method, path, headers={"Host": CANARY, "Cookie": CANARY, "Origin": f"https://{CANARY}"})
    assert told.status == status
    assert_safe(told.headers)
    assert CANARY.encode() not in told.body


def assert_safe(headers: object) -> None:
    assert isinstance(headers, dict)
    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers, "said by HTTPS only"
    assert headers["server"] == "lippen"
    assert not {"set-cookie", "etag", "last-modified", "access-control-allow-origin"} & set(headers)
    assert CANARY not in str(headers)


def test_what_went_wrong_is_told_in_words_that_are_always_the_same(door: OpenDoor) -> None:
    wrong = [door.report(Receipt.draw(), report().replace(b"--- ", b"---!"))]
    length = len(sent_by(Receipt.draw(), door))
    wrong += [door.send("/reports", secrets.token_bytes(length)) for _ in range(2)]
    told = {(one.status, one.body) for one in wrong}
    assert told == {(400, b"This is no message that can be taken here.\n")}
    for one in wrong:
        assert_safe(one.headers)


def test_the_page_is_handed_out_from_a_list_and_nothing_else_is(door: OpenDoor) -> None:
    assert door.ask("GET", "/").body == INDEX
    assert door.ask("GET", "/index.html").body == INDEX
    assert door.ask("GET", "/?from=poster-12").body == INDEX
    assert door.ask("GET", "/").headers["content-type"] == "text/html; charset=utf-8"
    assert door.ask("GET", "/page.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert door.ask("GET", "/page.css").headers["content-type"] == "text/css; charset=utf-8"
    for path in (
        "/.hidden.txt",
        "/notes.py",
        "/within.txt",
        "//page.js",
        "/page.js/",
        "/../workspace/speak.sqlite3",
        "/%2e%2e/workspace/speak.sqlite3",
        "/..%2fworkspace%2fspeak.sqlite3",
        "/speak.sqlite3",
        "/desks/",
        "/desks/../manifest.json",
        "/desks/nowhere.json",
        "/page.js%00.html",
    ):
        told = door.ask("GET", path)
        assert (told.status, told.body) == (404, b"There is nothing here.\n"), path


def test_the_page_is_compressed_for_whoever_takes_it_so(door: OpenDoor) -> None:
    packed = door.ask("GET", "/", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == INDEX
    assert len(packed.body) < len(INDEX)
    for accepted in ("", "br", "identity", "gzip;q=0", "br, gzip; q=0.0"):
        plain = door.ask("GET", "/", headers={"Accept-Encoding": accepted})
        assert (plain.body, "content-encoding" in plain.headers) == (INDEX, False)
        assert plain.headers["vary"] == "accept-encoding"
    head = door.ask("HEAD", "/", headers={"Accept-Encoding": "gzip"})
    assert (head.body, head.headers["content-length"]) == (b"", str(len(packed.body)))
    small = door.ask("GET", "/page.css", headers={"Accept-Encoding": "gzip"})
    assert small.body == b"p{}"


def test_whoever_leaves_leaves_nothing(door: OpenDoor) -> None:
    told = door.ask("GET", "/leave")
    assert (told.status, told.headers["location"]) == (303, LEAVE)
    assert told.headers["clear-site-data"] == '"cache", "cookies", "storage"'


@pytest.mark.parametrize("path", MESSAGES)
def test_what_is_not_sealed_is_refused_in_every_form(door: OpenDoor, store: Store, path: str) -> None:
    """No word is ever taken in the place of a sealed one, however it is sent."""
    before = held(store)
    said = {"text": "They keep it under the stairs.", "desk": "northfield"}
    whole = sent_by(Receipt.draw(), door)
    for body, kind in (
        (json.dumps(said).encode(), "application/json"),
        (urlencode(said).encode(), "application/x-www-form-urlencoded"),
        (json.dumps(said).encode().ljust(len(whole)), "application/octet-stream"),
        (b"They keep it. " * 8, "text/plain"),
        (b"", "application/octet-stream"),
        (whole, "text/plain"),
        (whole, "multipart/form-data; boundary=x"),
        (whole[:48], "text/plain"),
        (whole + b"\0", "application/octet-stream"),
        (whole[:-1], "application/octet-stream"),
    ):
        told = door.ask("POST", path, body, {"Content-Type": kind})
        assert told.status == 400, (path, kind, len(body))
    assert door.ask("POST", path, whole).status == 400, "no type at all"
    assert held(store) == before


def held(store: Store) -> list[int]:
    with closing(sqlite3.connect(store.file)) as database:
        tables = ("report", "photograph", "mailbox")
        return [database.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables]  # noqa: S608


def head(path: str, *lines: str) -> bytes:
    told = [f"POST {path} HTTP/1.1", "Host: a", "Content-Type: application/octet-stream", *lines]
    return "\r\n".join([*told, "", ""]).encode()


def test_a_body_is_read_only_when_its_length_is_right(door: OpenDoor, store: Store) -> None:
    before, whole = held(store), sent_by(Receipt.draw(), door)
    for length in ("5000000000", "1" * 30, "0", "-1", "+1", f"0{len(whole)}", "0x10", str(len(whole) + 1)):
        told = raw(door, head("/reports", f"Content-Length: {length}") + b"what was never asked for")
        assert told.startswith(b"HTTP/1.1 400 "), length
    chunked = f"{len(whole):x}\r\n".encode() + whole + b"\r\n0\r\n\r\n"
    for lines in (
        ["Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", f"Content-Length: {len(whole)}"],
        [f"Content-Length: {len(whole)}", "Content-Length: 48"],
    ):
        told = raw(door, head("/reports", *lines) + chunked)
        assert told.startswith(b"HTTP/1.1 400 "), lines
    assert b"100 Continue" not in raw(door, head("/reports", "Content-Length: 9", "Expect: 100-continue"))
    assert held(store) == before


def test_less_than_was_announced_leaves_nothing(door: OpenDoor, store: Store) -> None:
    before, whole = held(store), sent_by(Receipt.draw(), door)
    with socket.create_connection(("127.0.0.1", door.port), timeout=LONG) as connection:
        connection.sendall(head("/reports", f"Content-Length: {len(whole)}") + whole[:-1])
    assert door.ask("GET", "/").status == 200
    assert held(store) == before


def test_a_proof_is_asked_for_and_taken_once(door: OpenDoor, store: Store) -> None:
    before, proved = held(store), door.proved()
    assert door.report(Receipt.draw(), proved=proved).status == 204
    foreign = secrets.token_bytes(40)
    challenge = door.ask("GET", "/challenge").body
    for spoilt in (proved, foreign + prove(foreign), challenge + bytes(32), bytes(72)):
        told = door.report(Receipt.draw(), proved=spoilt)
        assert (told.status, told.body) == (403, b"The proof of work is missing, too old or used.\n")
        assert_safe(told.headers)
    sent = proved + desk_id() + secrets.token_bytes(16) + photograph()
    assert door.send("/photographs", sent).status == 403
    assert held(store) == [before[0] + 1, before[1], before[2] + 1]


def test_a_desk_that_nobody_published_is_unknown(door: OpenDoor, store: Store) -> None:
    before = held(store)
    told = door.report(Receipt.draw(), desk="elsewhere")
    assert (told.status, told.body) == (404, b"There is nothing here.\n")
    assert door.photograph(secrets.token_bytes(16), photograph(), desk="elsewhere").status == 404
    assert held(store) == before


def test_a_desk_takes_so_much_in_a_week_and_the_others_go_on(door: OpenDoor, store: Store) -> None:
    told = [door.report(Receipt.draw(), desk="mart") for _ in range(31)]
    assert [one.status for one in told] == [204] * 30 + [503]
    assert told[-1].body == b"No more is taken this week.\n"
    assert_safe(told[-1].headers)
    assert door.report(Receipt.draw(), desk="harbour").status == 204
    large = photograph(638_976)
    sent = [door.photograph(secrets.token_bytes(16), large, desk="mart").status for _ in range(2)]
    assert sent == [204, 503]
    assert store.arrivals(desk_id("mart"), datetime.now(UTC).date()).flood
    assert not store.arrivals(desk_id("harbour"), datetime.now(UTC).date()).flood


def test_what_is_sent_at_once_is_all_kept(door: OpenDoor, store: Store) -> None:
    receipts = [Receipt.draw() for _ in range(8)]
    whole = [sent_by(one, door) for one in receipts]
    before = held(store)
    with ThreadPoolExecutor(8) as people:
        told = list(people.map(lambda one: door.send("/reports", one).status, whole))
        read = list(people.map(door.read, receipts))
    assert told == [204] * 8
    assert len({one.body for one in read}) == 8
    assert held(store) == [before[0] + 8, before[1], before[2] + 8]


def test_no_time_no_number_and_no_plain_word_is_in_the_file(door: OpenDoor, store: Store) -> None:
    door.report(Receipt.draw())
    with closing(sqlite3.connect(store.file)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = {
            (table, one)
            for table in tables
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608
            for one in row
            if not isinstance(one, bytes)
        }
    today = datetime.now(UTC).date()
    days = {one for _, one in cells if isinstance(one, str)} - {"blanks", "ids"}
    assert today == monday(today) or today.isoformat() not in days
    assert {date.fromisoformat(one) for one in days} <= {
        monday(today),
        date.max,
        *(monday(today) + timedelta(days=late) for late in range(36, 45)),
    }
    assert {table for table, one in cells if isinstance(one, int)} == {"arrival"}
    file = store.file.read_bytes()
    for word in (b"127.0.0.1", b"northfield", b"Mozilla", CANARY.encode()):
        assert word not in file
    for moment in (today, today - timedelta(days=1)):
        seconds = int(datetime.combine(moment, datetime.min.time(), UTC).timestamp())
        assert str(seconds)[:5].encode() not in b"".join(str(one).encode() for _, one in cells)


def test_what_was_sealed_lies_in_its_column_and_nowhere_else(door: OpenDoor, store: Store) -> None:
    sealed, receipt = report(), Receipt.draw()
    assert door.report(receipt, sealed).status == 204
    with closing(sqlite3.connect(store.file)) as database:
        found = [
            table
            for table in ("report", "photograph", "mailbox", "arrival", "secret")
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608
            for one in row
            if isinstance(one, bytes) and (sealed[-500:] in one or receipt.authenticator in one)
        ]
    assert found == ["report"], "the authenticator is in none"
    beside = {one.name for one in door.workspace.rglob("*") if one.is_file()}
    assert beside == {
        "speak.sqlite3", "manifest.json", "site.lock", "northfield.json", "harbour.json", "mart.json"
    }  # fmt: skip


def test_nothing_of_a_request_is_written_down_whatever_goes_wrong(door: OpenDoor, store: Store) -> None:
    receipt, whole = Receipt.draw(), sent_by(Receipt.draw(), door)
    hidden = store.file.with_name("away")
    before = door.log.read_text()
    store.file.rename(hidden)
    try:
        failed = [door.send("/reports", whole), door.read(receipt), door.destroy(receipt)]
    finally:
        hidden.rename(store.file)
    assert {(one.status, one.body) for one in failed} == {
        (500, b"This could not be dealt with. Nothing was kept.\n")
    }
    for one in failed:
        assert_safe(one.headers)
    for sent in (
        f"{CANARY} / HTTP/1.1\r\n\r\n",
        f"GET /{CANARY} HTTP/9.9\r\n\r\n",
        f"GET /{CANARY}\xff HTTP/1.1\r\nHost: a\r\n{CANARY}\r\n\r\n",
        f"POST /reports HTTP/1.1\r\nHost: a\r\nContent-Length: {CANARY}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: a\r\nX: {CANARY * 60_000}\r\n\r\n",
    ):
        raw(door, sent.encode("latin-1"))
    assert door.read(receipt).status == 200, "it goes on"
    written = door.log.read_text().removeprefix(before)
    assert set(written.splitlines()) <= {
        "lippen speak: a message could not be dealt with",
        "lippen speak: the store could not be kept in order",
    }
    assert written.count("a message could not be dealt with") == 3
    whole_log = door.log.read_text()
    for word in (CANARY, "127.0.0.1", "/reports", "/mailbox", "Traceback", receipt.mailbox.hex()):
        assert word not in whole_log


def test_the_log_says_where_the_door_is_and_no_more(door: OpenDoor) -> None:
    assert door.log.read_text().splitlines()[0] == f"The door is open: http://localhost:{door.port}/"


def test_the_page_needs_no_name_of_a_host(door: OpenDoor) -> None:
    for host in ("a", "xyz.onion", "127.0.0.1", CANARY, "a b"):
        assert door.ask("GET", "/", headers={"Host": host}).body == INDEX
    told = door.ask("POST", "/mailbox/read", secrets.token_bytes(48), {**BYTES, "Host": "xyz.onion"})
    assert told.status == 200
