"""The file of sealed things: what it holds, what cannot be read out of it, and when it lets go."""

from __future__ import annotations

import secrets
import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from envelopes import answer, desk_id, photograph, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from open_sites import LONG

from lippen.site.speak.envelope import LengthRefused, pack
from lippen.site.speak.keeping import Keeper
from lippen.site.speak.store import (
    DeskFull,
    Quota,
    Store,
    StoreMissing,
    StoreNewer,
    Waiting,
    monday,
)
from lippen.site.speak.store_file import StoreUnusable

DESK, OTHER = desk_id(), desk_id("harbour")
TODAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)
SLOTS = 15_936


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "speak.sqlite3")


class Receipt:
    """What a resident keeps: where the mailbox is, and what opens it."""

    def __init__(self) -> None:
        self.mailbox, self.authenticator = secrets.token_bytes(16), secrets.token_bytes(32)
        self.verifier = sha256(self.authenticator).digest()

    def send(
        self, store: Store, sealed: bytes | None = None, today: date = TODAY, desk: bytes = DESK
    ) -> bytes:
        sealed = sealed or report()
        store.receive_report(desk, self.mailbox, self.verifier, sealed, today)
        return sealed

    def read(self, store: Store) -> bytes:
        return store.read_mailbox(self.mailbox, self.authenticator)


def rows(store: Store, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store.file)) as database:
        return database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608


def rewrite(store: Store) -> None:
    with store.rewriting() as rewriting:
        rewriting()


def places(store: Store, parts: list[bytes]) -> list[int]:
    """Where in the file each of these ends: on pages of its own, where its first bytes are in the index.

    The file as SQLite reads it, so that none is looked for in a file half rewritten; and whoever opens and
    closes the file beside SQLite takes its locks from every thread of the process.
    """
    with closing(sqlite3.connect(store.file)) as database:
        read = database.serialize()
    found = [read.find(part[-64:]) for part in parts]
    assert -1 not in found
    return found


def test_what_was_sent_is_fetched_by_its_desk_and_no_other(store: Store) -> None:
    sent = {Receipt().send(store) for _ in range(5)}
    waiting = store.waiting(DESK)
    assert {store.fetch(DESK, one.id) for one in waiting} == sent
    assert {one.week for one in waiting} == {date(2026, 11, 23)}
    assert store.waiting(OTHER) == []
    assert store.fetch(OTHER, waiting[0].id) is None
    store.remove(OTHER, waiting[0].id)
    assert store.waiting(DESK) == waiting
    store.remove(DESK, waiting[0].id)
    assert store.waiting(DESK) == waiting[1:]
    assert store.fetch(DESK, waiting[0].id) is None


def test_a_photograph_is_fetched_by_the_id_that_its_sender_drew_and_stays_as_it_came(store: Store) -> None:
    name, first = secrets.token_bytes(16), photograph(65_536)
    store.receive_photograph(DESK, name, first, TODAY)
    store.receive_photograph(DESK, name, photograph(), TODAY)
    assert store.fetch(DESK, name, photograph=True) == first
    assert store.waiting(DESK) == []
    with pytest.raises(LengthRefused):
        store.receive_photograph(DESK, name, first[:-1], TODAY)
    store.remove(DESK, name, photograph=True)
    assert store.fetch(DESK, name, photograph=True) is None


def test_what_is_sent_again_is_kept_once_and_counted_once(store: Store) -> None:
    """The answer to it may have been lost on the way. It stays as it came, and later weeks change nothing."""
    receipt, picture = Receipt(), photograph()
    sealed = receipt.send(store)
    store.receive_photograph(DESK, bytes(16), picture, TODAY)
    kept = [rows(store, "report"), rows(store, "photograph"), rows(store, "arrival")]
    slots = receipt.read(store)
    for day in (TODAY, TODAY + timedelta(days=8)):
        receipt.send(store, sealed, today=day)
        store.receive_photograph(DESK, bytes(16), picture, day)
        assert [rows(store, "report"), rows(store, "photograph")] == kept[:2]
        assert store.arrivals(DESK, day).this_week == (1 if day == TODAY else 0)
    assert rows(store, "arrival")[0] == kept[2][0]
    assert receipt.read(store) == slots
    receipt.send(store)
    receipt.send(store, sealed, desk=OTHER)
    assert len(rows(store, "report")) == 3, "other bytes, or another desk, are another report"


def test_a_desk_that_is_full_says_so_of_what_it_has_too(tmp_path: Path) -> None:
    """Else whoever caught a message on the way could ask whether it is still there."""
    store = Store(tmp_path / "speak.sqlite3", Quota(1, 1))
    receipt = Receipt()
    sealed = receipt.send(store)
    with pytest.raises(DeskFull):
        receipt.send(store, sealed)


def test_an_id_is_of_its_own_row_alone_and_nobody_who_sends_can_choose_it(tmp_path: Path) -> None:
    """Of its desk and its sealed bytes, under a key of the file: were a mailbox in it, whoever has the file
    could try which fits. A file of an earlier Lippen gets such a key, and stays readable.
    """
    one, other = Store(tmp_path / "one.sqlite3"), Store(tmp_path / "other.sqlite3")
    sealed = Receipt().send(one)
    Receipt().send(one, sealed)
    assert len(rows(one, "report")) == 1, "whatever mailbox it names"
    Receipt().send(other, sealed)
    assert rows(one, "report")[0][0] != rows(other, "report")[0][0]
    with closing(sqlite3.connect(one.file, isolation_level=None)) as database:
        database.execute("DELETE FROM secret WHERE purpose = 'ids'")
    again = Store(one.file)
    Receipt().send(again, sealed)
    Receipt().send(again, sealed)
    assert len(rows(again, "report")) == 2, "what came before had an id that was drawn"
    assert len(rows(Store(one.file, make=False), "secret")) == 2


def test_a_report_and_its_mailbox_share_no_value_and_no_order(store: Store) -> None:
    receipts = [Receipt() for _ in range(40)]
    sent = [one.send(store) for one in receipts]
    reports, mailboxes = rows(store, "report"), rows(store, "mailbox")
    assert len(reports) == 40
    assert len(mailboxes) == 41, "and one that is nobody's"
    days = {one for row in (*reports, *mailboxes) for one in row if isinstance(one, str)}
    shared = {one for row in reports for one in row} & {one for row in mailboxes for one in row}
    assert shared <= days, "but for the few days on which anything expires"
    kept = [row[4] for row in reports]
    assert set(kept) == set(sent)
    assert kept != sent, "40 in the order of their arrival: once in 10^47"
    ids = [row[0] for row in reports]
    assert ids == sorted(ids)


def test_the_file_lies_in_the_order_of_its_random_ids_and_not_of_arrival(store: Store) -> None:
    receipts = [Receipt() for _ in range(12)]
    sent = [one.send(store) for one in receipts]
    slots = [one.read(store) for one in receipts]
    assert places(store, sent) == sorted(places(store, sent)), "SQLite lays down what comes as it comes"
    rewrite(store)
    by_id = {row[4]: row[0] for row in rows(store, "report")}
    ordered = sorted(sent, key=lambda one: by_id[one])
    assert places(store, ordered) == sorted(places(store, ordered))
    mailboxes = [slot for _, slot in sorted(zip((one.mailbox for one in receipts), slots, strict=True))]
    assert places(store, mailboxes) == sorted(places(store, mailboxes))
    assert max(places(store, sent)) < min(places(store, slots)), "no mailbox lies beside a report"


def test_the_same_rows_lie_in_the_same_bytes_however_they_came(tmp_path: Path) -> None:
    """But for the header, which counts writes, and the pages' own numbers."""
    store = Store(tmp_path / "speak.sqlite3")
    for receipt in [Receipt() for _ in range(6)]:
        receipt.send(store)
    rewrite(store)
    before = store.file.read_bytes()[4096:]
    extra = Receipt()
    extra.send(store, desk=OTHER)
    (one,) = store.waiting(OTHER)
    store.remove(OTHER, one.id)
    store.destroy_mailbox(extra.mailbox, extra.authenticator)
    with closing(sqlite3.connect(store.file, isolation_level=None)) as database:
        database.execute("DELETE FROM arrival WHERE desk = ?", (OTHER,))
    rewrite(store)
    assert store.file.read_bytes()[4096:] == before


def test_a_keeper_rewrites_what_came_and_sweeps_at_once(store: Store) -> None:
    Receipt().send(store, today=TODAY - timedelta(days=60))
    Keeper(store, lambda: TODAY, between_looks=0.01).start()
    until = time.monotonic() + LONG
    while store.waiting(DESK) and time.monotonic() < until:
        time.sleep(0.01)
    assert store.waiting(DESK) == []
    sent = [Receipt().send(store) for _ in range(12)]
    while places(store, sent) == sorted(places(store, sent)) and time.monotonic() < until:
        time.sleep(0.01)
    assert places(store, sent) != sorted(places(store, sent))


def test_nothing_in_the_file_tells_a_time_or_counts_messages(store: Store) -> None:
    for number in range(3):
        Receipt().send(store)
        store.receive_photograph(
            DESK, secrets.token_bytes(16), photograph(), TODAY + timedelta(days=number % 2)
        )
    with closing(sqlite3.connect(store.file)) as database:
        dumped = "\n".join(database.iterdump())
        schema = database.execute("SELECT name, sql FROM sqlite_master").fetchall()
    assert {name for name, _ in schema} == {"report", "photograph", "mailbox", "arrival", "secret"}
    for _, statement in schema:
        assert statement.endswith("STRICT, WITHOUT ROWID"), "a row number would be the order of arrival"
    weeks = {row[2] for row in (*rows(store, "report"), *rows(store, "photograph"))}
    assert weeks == {"2026-11-23"}
    cells = [cell for name, _ in schema for row in rows(store, name) for cell in row]
    texts = {one for one in cells if isinstance(one, str)} - {"blanks", "ids"}
    assert all(len(one) == 10 and date.fromisoformat(one) for one in texts)
    assert TODAY.isoformat() not in dumped
    numbers = [one for one in cells if isinstance(one, int)]
    assert numbers == [3, sum(len(row[4]) for row in rows(store, "photograph"))]


@given(some.dates(min_value=date(2026, 1, 1), max_value=date(2036, 1, 1)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_came_expires_30_to_44_days_later_and_by_its_week_alone(store: Store, today: date) -> None:
    receipt = Receipt()
    receipt.send(store, today=today)
    (waiting,) = store.waiting(DESK)
    (expires,) = [date.fromisoformat(row[3]) for row in rows(store, "report")]
    (mailbox,) = [date.fromisoformat(row[2]) for row in rows(store, "mailbox") if row[0] == receipt.mailbox]
    assert waiting == Waiting(waiting.id, monday(today))
    assert monday(today).weekday() == 0
    for last in (expires, mailbox):
        assert 30 <= (last - today).days <= 44
        assert 30 <= (last - monday(today)).days - 6 <= 38
    store.sweep(expires - timedelta(days=1))
    assert store.waiting(DESK) == [waiting]
    assert store.overdue(expires) >= 1
    store.sweep(max(expires, mailbox))
    assert store.waiting(DESK) == []
    assert store.overdue(date(2099, 1, 1)) == 0
    assert len(rows(store, "mailbox")) == 1


def test_every_day_of_expiry_comes_up(store: Store) -> None:
    for _ in range(150):
        Receipt().send(store)
    days = {(date.fromisoformat(row[3]) - date(2026, 11, 29)).days for row in rows(store, "report")}
    assert days == set(range(30, 39)), "each missing once in 10^7 runs"


def test_what_is_deleted_is_overwritten(store: Store) -> None:
    receipt = Receipt()
    sent = receipt.send(store)
    slots = receipt.read(store)
    places(store, [sent, slots])
    store.sweep(TODAY + timedelta(days=60))
    read = store.file.read_bytes()
    for part in (sent, slots):
        assert not any(part[at : at + 32] in read for at in range(0, len(part) - 32, 997))
    assert [one.name for one in store.file.parent.iterdir()] == ["speak.sqlite3"], "no journal stays"


def test_an_answer_pushes_the_older_ones_along_and_nobody_else_notices(store: Store) -> None:
    receipt, neighbour = Receipt(), Receipt()
    receipt.send(store)
    neighbour.send(store)
    before = neighbour.read(store)
    empty = receipt.read(store)
    sent = [pack(answer()) for _ in range(4)]
    for number, one in enumerate(sent, start=1):
        store.answer(receipt.mailbox, one)
        newest = sent[:number][::-1]
        assert receipt.read(store) == (b"".join(newest) + empty)[:SLOTS]
    assert neighbour.read(store) == before
    with pytest.raises(LengthRefused):
        store.answer(receipt.mailbox, sent[0][:-1])


def test_an_answer_to_no_mailbox_changes_nothing(store: Store) -> None:
    Receipt().send(store)
    before = rows(store, "mailbox")
    store.answer(secrets.token_bytes(16), pack(answer()))
    assert rows(store, "mailbox") == before


def test_whoever_asks_for_no_mailbox_is_told_as_much_and_the_same_each_time(store: Store) -> None:
    receipt, stranger = Receipt(), Receipt()
    receipt.send(store)
    told = receipt.read(store)
    guessed = store.read_mailbox(receipt.mailbox, stranger.authenticator)
    nobody = stranger.read(store)
    assert len({told, guessed, nobody}) == 3
    assert {len(one) for one in (told, guessed, nobody)} == {SLOTS}
    again = Store(store.file)
    assert (receipt.read(again), stranger.read(again)) == (told, nobody), "after a new start as well"
    assert store.read_mailbox(receipt.mailbox, stranger.authenticator) == guessed
    last = b"\xff" * 16
    assert len({store.read_mailbox(last, secrets.token_bytes(32)) for _ in range(3)}) == 3


def test_the_mailbox_beside_the_one_that_is_asked_for_stays_shut(store: Store) -> None:
    """The row that is read for a mailbox that is not there is another's."""
    receipt = Receipt()
    receipt.send(store)
    beside = (int.from_bytes(receipt.mailbox) - 1).to_bytes(16)
    assert store.read_mailbox(beside, receipt.authenticator) != receipt.read(store)


def test_a_mailbox_is_destroyed_by_whoever_has_its_receipt(store: Store) -> None:
    receipt, stranger = Receipt(), Receipt()
    receipt.send(store)
    told = receipt.read(store)
    store.destroy_mailbox(receipt.mailbox, stranger.authenticator)
    store.destroy_mailbox(stranger.mailbox, receipt.authenticator)
    assert receipt.read(store) == told
    store.destroy_mailbox(receipt.mailbox, receipt.authenticator)
    gone = receipt.read(store)
    assert gone != told
    assert receipt.read(store) == gone
    assert len(store.waiting(DESK)) == 1, "what was said is the desk's"


def test_what_follows_under_one_receipt_keeps_its_answers_and_lives_on(store: Store) -> None:
    receipt, thief = Receipt(), Receipt()
    receipt.send(store, today=TODAY)
    store.answer(receipt.mailbox, pack(answer()))
    told = receipt.read(store)
    thief.mailbox = receipt.mailbox
    thief.send(store, today=TODAY + timedelta(days=200))
    store.sweep(TODAY + timedelta(days=20))
    assert receipt.read(store) == told
    assert thief.read(store) != told
    receipt.send(store, today=TODAY + timedelta(days=21))
    store.sweep(TODAY + timedelta(days=50))
    assert receipt.read(store) == told
    store.sweep(TODAY + timedelta(days=66))
    assert receipt.read(store) != told, "neither the stranger's report nor their guess kept it alive"


def test_a_desk_takes_so_many_reports_and_bytes_in_a_week_and_removing_makes_no_room(tmp_path: Path) -> None:
    sealed = photograph()
    store = Store(tmp_path / "speak.sqlite3", Quota(reports=2, photograph_bytes=len(sealed)))
    receipt = Receipt()
    receipt.send(store)
    receipt.send(store)
    (first, _) = store.waiting(DESK)
    store.remove(DESK, first.id)
    late = Receipt()
    with pytest.raises(DeskFull):
        late.send(store)
    assert len(rows(store, "mailbox")) == 2, "nothing of what was refused is kept"
    store.receive_photograph(DESK, secrets.token_bytes(16), sealed, TODAY)
    with pytest.raises(DeskFull):
        store.receive_photograph(DESK, secrets.token_bytes(16), sealed, TODAY)
    late.send(store, desk=OTHER)
    late.send(store, today=TODAY + timedelta(days=2))
    store.receive_photograph(DESK, secrets.token_bytes(16), sealed, TODAY + timedelta(days=2))


def test_a_week_with_far_more_than_the_ones_before_is_a_flood(store: Store) -> None:
    for back in range(1, 9):
        for _ in range(6):
            Receipt().send(store, today=TODAY - timedelta(weeks=back))
    for _ in range(23):
        Receipt().send(store)
    seen = store.arrivals(DESK, TODAY)
    assert (seen.this_week, seen.before, seen.flood) == (23, (6,) * 8, False)
    Receipt().send(store)
    assert store.arrivals(DESK, TODAY).flood
    assert not store.arrivals(OTHER, TODAY).flood
    store.sweep(TODAY)
    assert store.arrivals(DESK, TODAY).before == (6,) * 8
    store.sweep(TODAY + timedelta(weeks=20))
    assert rows(store, "arrival") == []


@pytest.mark.parametrize(("count", "flood"), [(19, False), (20, True)])
def test_a_desk_that_had_nothing_before_is_flooded_by_twenty(store: Store, count: int, flood: bool) -> None:
    for _ in range(count):
        Receipt().send(store)
    assert store.arrivals(DESK, TODAY).flood is flood


def test_the_file_is_its_owners_alone(store: Store) -> None:
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "speak.sqlite3").symlink_to(elsewhere)
    for make in (True, False):
        with pytest.raises(StoreUnusable, match="a link, and none is followed"):
            Store(tmp_path / "speak.sqlite3", make=make)
        assert not elsewhere.exists()
    Store(elsewhere)
    with pytest.raises(StoreUnusable, match="a link, and none is followed"):
        Store(tmp_path / "speak.sqlite3")


def test_what_is_no_such_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "speak.sqlite3"
    for content in (b"no database at all" * 99, b"SQLite format 3\0" + bytes(5_000)):
        file.write_bytes(content)
        with pytest.raises(StoreUnusable, match="cannot be read or written") as refused:
            Store(file)
        assert refused.value.file == str(file)
        assert refused.value.remedy
        assert file.read_bytes() == content
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE report (x)")
    with pytest.raises(StoreUnusable, match="cannot be read or written"):
        Store(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreUnusable, match="a folder"):
        Store(file)


def test_a_newer_file_is_refused_and_left_as_it_is(store: Store) -> None:
    with closing(sqlite3.connect(store.file)) as database:
        database.execute("PRAGMA user_version = 2")
    before = store.file.read_bytes()
    with pytest.raises(StoreNewer, match="newer Lippen"):
        Store(store.file)
    assert store.file.read_bytes() == before


def test_who_only_reads_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Store(tmp_path / "speak.sqlite3", make=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "speak.sqlite3").touch(0o600)
    with pytest.raises(StoreMissing):
        Store(tmp_path / "speak.sqlite3", make=False)
    assert (tmp_path / "speak.sqlite3").read_bytes() == b""


def test_a_file_that_was_killed_while_it_was_made_is_made(tmp_path: Path) -> None:
    (tmp_path / "speak.sqlite3").touch(0o600)
    receipt = Receipt()
    receipt.send(Store(tmp_path / "speak.sqlite3"))


def test_many_at_once_lose_nothing(store: Store) -> None:
    receipts = [Receipt() for _ in range(24)]
    failed: list[BaseException] = []

    def send(part: list[Receipt]) -> None:
        try:
            for one in part:
                one.send(Store(store.file))
                one.read(store)
                store.answer(one.mailbox, pack(answer()))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=(receipts[at::4],)) for at in range(4)]
    for one in threads:
        one.start()
    for _ in range(5):
        rewrite(store)
    for one in threads:
        one.join()
    assert failed == []
    assert len(store.waiting(DESK)) == 24
    assert store.arrivals(DESK, TODAY).this_week == 24
    assert len({one.read(store) for one in receipts}) == 24
