"""One report from the first word to the answer, as everybody in it meets it: a resident on a telephone, two
workers and a partner, a real site and a real door. And what whoever takes the telephone or the machine finds.

It happens once, in `life`, and each test looks at what came of it.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import re
import sqlite3
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from at_a_desk import AtADesk
from envelopes import desk_id
from residents import NOTHING_STORED, SECONDS, STORED, Resident
from searching_machines import Sought, in_file, in_folder, tables, writings
from test_speak_vectors import WORDS as EFF
from test_speak_vectors import derived
from whole_machines import DESK, PASSES, Machine, whole_machine

from lippen.site.speak.envelope import REPORT
from lippen.site.speak.store import FILE, monday

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

pytestmark = pytest.mark.browser

LEAVE: Final = "https://example.org/weather"
SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s and 400 ms there and back."""

STEM: Final = "zwolkvarn"
"""How each word begins by which a field is known again. It is in no dictionary and no program."""

TOLD: Final = f"The {STEM}told on our stair sells to boys after school, most evenings & it smells."
REASON: Final = f"We know them from the {STEM}reason."
OWN: Final = f"Look after yourself, {STEM}answer."
LOG: Final = f"Drugs are being sold to boys near a {STEM}log after school hours."
CONDITIONS: Final = f"Not to be passed on to Police. {STEM}conditions."
PASSPHRASES: Final = {"ada": f"{STEM}first opens seven doors", "bea": f"{STEM}second opens seven doors"}
FILE_NAME: Final = f"{STEM}file.png"
LEFT_OUT: Final = f"{STEM}exif of Fisher Row"
PIXELS: Final = f"{STEM}pixels"

CANARIES: Final = [
    f"{STEM}{one}"
    for one in (
        *("told", "file", "exif", "pixels"),
        *("first", "second", "reason", "answer", "log", "conditions"),
    )
]
OF_LOG: Final = {f"{STEM}log", f"{STEM}conditions"}
SHAPES: Final = (b'"going_on":"yes"', b'"not_to":["police"]', b'"kind":"answer"', b'"source_reason":')
"""What was chosen from a list has no word of its own, and is known by how it stands in what is sealed."""

PHOTOGRAPH: Final = 1_643 + 16_384 + 16
"""The size of every sealed photograph of up to 16,380 bytes."""

OUTSIDE: Final = b"vrelkuntz"
"""A word that each process was started with: whoever does not find it in one has not looked."""

NAMED: Final = DESK.encode()
"""What the site has to know: whoever does not find it has not looked either."""


def picture() -> bytes:
    """A small PNG with one word in what is said of it and another in its pixels, which are not compressed."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + PIXELS.encode()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", len(PIXELS), 2, 8, 0, 0, 0, 0))
        + chunk(b"tEXt", b"Location\0" + LEFT_OUT.encode())
        + chunk(b"IDAT", zlib.compress(row * 2, 0))
        + chunk(b"IEND", b"")
    )


@dataclass
class Life:
    """What came of it: what was read by whom, what was asked for, and what was found where and when."""

    receipt: list[str] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: set[tuple[str, int]] = field(default_factory=set)
    stored: list[Any] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    waited: list[tuple[Any, ...]] = field(default_factory=list)
    seized: dict[str, dict[str, set[str]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with whole_machine(tmp_path_factory.mktemp("life"), OUTSIDE.decode()) as opened:
        yield opened


@pytest.fixture(scope="module")
def life(machine: Machine, browser: Browser, profile: Callable[..., BrowserContext]) -> Life:
    told = Life()
    device = profile(machine.place / "desk")
    other = browser.new_context()
    ada, bea = (worker(machine, who, one) for who, one in (("ada", device), ("bea", other)))
    for one in (ada, bea):
        one.make_key()
    machine.open_door()

    telephone = profile(machine.place / "telephone", viewport={"width": 360, "height": 640}, has_touch=True)
    speak(resident_at(telephone, told, slow=True), machine, told)
    telephone.close()
    told.tables = rows(machine.workspace / FILE)

    ada.open_report()
    told.read["desk"] = ada.page.inner_text("#words")
    told.read["width"] = str(ada.see_photograph())
    ada.step("log")
    ada.page.check("#log input[name=source][value='1']")
    ada.write_log("Harbour", LOG, "Homes", source_reason=REASON, conditions=CONDITIONS)
    ada.answer("passed-on-kept-from", OWN)
    told.waited = rows(machine.workspace / "lippen.sqlite3")["desk_answerdraft"]
    told.seized["before the sign-off"] = machine.seized(Sought(STEM, CANARIES, SHAPES))

    bea.sign_off()
    bea.send_answer()
    told.read["released"] = str(machine.release())
    told.read["partner"] = partner_reads(machine)
    ada.page.reload()
    ada.unlock()
    ada.ask_to_close("answered")
    bea.open_report()
    bea.agree_to_close()

    telephone = profile(machine.place / "telephone", viewport={"width": 360, "height": 640}, has_touch=True)
    come_back(resident_at(telephone, told), machine, told)
    telephone.close()
    told.seized["at the end"] = machine.seized(sought(told))
    device.close()
    other.close()
    return told


def sought(told: Life) -> Sought:
    """What nobody may find once she has come back: what was written, her receipt, what opens her mailbox."""
    secret = secret_of(told.receipt)
    seed = derived(secret, b"identity", 32)
    return Sought(STEM, CANARIES, (" ".join(told.receipt[:7]).encode(), secret, seed, OUTSIDE, NAMED))


def secret_of(words: list[str]) -> bytes:
    """The number that a receipt stands for (docs/speak-protocol.md, 2)."""
    number = 0
    for word in words[:7]:
        number = number * len(EFF) + EFF.index(word)
    return number.to_bytes(12)


def worker(machine: Machine, who: str, context: BrowserContext) -> AtADesk:
    name, value = machine.cookies[who]
    context.add_cookies([{"name": name, "value": value, "url": machine.site.origin}])
    return AtADesk(
        context.pages[0] if context.pages else context.new_page(), machine.site.origin, PASSPHRASES[who]
    )


def resident_at(telephone: BrowserContext, told: Life, *, slow: bool = False) -> Resident:
    """Somebody with a small telephone. If it is slow, its processor is six times slower and its line poor."""
    telephone.route(
        LEAVE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
    )
    page = telephone.pages[0]
    page.set_default_timeout(SECONDS * 1000)
    page.on("request", lambda request: told.asked.append(request.url))
    page.on("request", lambda request: told.sent.add(size_of(request)) if request.method == "POST" else None)
    if slow:
        held_back = telephone.new_cdp_session(page)
        held_back.send("Network.enable")
        held_back.send("Network.emulateNetworkConditions", SLOW)
        held_back.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    return Resident(page)


def size_of(request: Request) -> tuple[str, int]:
    """Where something is sent, and how many bytes of it."""
    return "/" + request.url.split("/", 3)[3], len(request.post_data_buffer or b"")


def address(machine: Machine) -> str:
    assert machine.door
    return f"http://localhost:{machine.door.port}/"


def speak(resident: Resident, machine: Machine, told: Life) -> None:
    """From the first screen to the receipt, which she is asked for, and away."""
    page = resident.page
    resident.open(address(machine))
    resident.press("first.tell")
    resident.sees("desk.title")
    told.pages["before a desk is chosen"] = list(told.asked)
    resident.choose(DESK)
    resident.press("next")
    resident.sees("what.title")
    for screen in resident.questions(TOLD):
        if screen == "photos":
            page.set_input_files(
                "input[type=file]", {"name": FILE_NAME, "mimeType": "image/png", "buffer": picture()}
            )
            page.get_by_text("Photograph 1").wait_for()
    told.receipt += resident.send()
    resident.press("receipt.hide")
    for label, box in zip(
        page.locator("label").all_inner_texts(), page.get_by_role("textbox").all(), strict=True
    ):
        box.fill(told.receipt[int(label.removeprefix("Word ")) - 1].upper())
    resident.press("check.check")
    resident.sees("done.title")
    told.pages["done"] = (page.url, page.title())
    told.stored.append(page.evaluate(STORED))
    leave_by_key(page)
    page.go_back()
    told.pages["back"] = page.url


def come_back(resident: Resident, machine: Machine, told: Life) -> None:
    """With seven words to the answer, which she destroys, and away."""
    page = resident.page
    resident.open(address(machine))
    resident.come_back(told.receipt[:7])
    told.read["resident"] = page.locator("main").inner_text()
    resident.press("answers.destroy")
    resident.press("answers.destroy.yes")
    resident.sees("answers.destroyed")
    told.stored.append(page.evaluate(STORED))
    leave_by_key(page)


def leave_by_key(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(LEAVE)


def partner_reads(machine: Machine) -> str:
    """The page of the one log that a partner finds."""
    client = machine.site.client()
    client.cookies.update([machine.cookies["partner"]])
    (log,) = set(re.findall(r"/logs/[a-z0-9]+/", client.get("/logs/").text))
    return client.get(log).text


def rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        return {one: database.execute(f"SELECT * FROM {one}").fetchall() for one in tables(database)}  # noqa: S608


def test_what_one_told_reaches_the_desk_and_the_partner_and_word_comes_back(
    life: Life, machine: Machine
) -> None:
    assert life.read["desk"] == TOLD
    assert life.read["width"] == str(len(PIXELS))
    assert life.read["released"] == "1"
    assert LOG in life.read["partner"]
    assert CONDITIONS in life.read["partner"]
    assert f"{STEM}told" not in life.read["partner"]
    assert "left out what we saw could show who told us" in life.read["resident"]
    assert OWN in life.read["resident"]
    # Somebody else may have found the words: what they open never shows what was told.
    assert f"{STEM}told" not in life.read["resident"]
    here = address(machine)
    names = [url.removeprefix(here) for url in life.pages["before a desk is chosen"]]
    assert sorted(names) == ["", "manifest.json", "page.css", "page.js"]
    elsewhere = {url for url in life.asked if not url.startswith(here)}
    assert elsewhere == {LEAVE}, "nobody else is asked for anything"


VISITED: Final = ("Default/DIPS", "Default/Code Cache/js/")
"""Where Chromium keeps that a site was visited, whatever that site asks for."""


def test_on_the_line_every_message_has_its_one_size(life: Life) -> None:
    """As the protocol has them, whatever was written: of any other length the door takes none."""
    before = 40 + 32 + 16 + 16  # challenge, proof, desk, id
    assert life.sent == {
        ("/reports", before + 32 + REPORT),
        ("/photographs", before + PHOTOGRAPH),
        ("/mailbox/read", 16 + 32),
        ("/mailbox/destroy", 16 + 32),
    }


def test_her_telephone_keeps_nothing_of_it(life: Life, machine: Machine) -> None:
    """Looked for in the folder of her profile, as whoever takes the telephone would.

    That somebody was there stays: Chromium notes the name of each site on which something was pressed, with
    the moment (DIPS), and that a program of it was run (Code Cache). A browser with windows, which this one
    has not, also has a history: the address, the dull title, the hour. All this is the owner's to clear, and
    no page can. Of what was written none of it says anything.
    """
    assert life.stored == [NOTHING_STORED, NOTHING_STORED]
    assert life.pages["done"] == (address(machine), "Local information")
    assert life.pages["back"] == "about:blank", "the way back does not lead there"
    kept = machine.place / "telephone"
    assert len(list(kept.rglob("*"))) > 20, "this is where it keeps things"
    assert in_folder(kept, sought(life)) == {}
    # The words alone, in whatever order or form, would be worth as much. Chromium's own files hold some words
    # of the list too: those stand in the profile of the worker, who never saw the receipt.
    hers, others = (
        b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())
        for folder in (kept, machine.place / "desk")
    )
    long = [one.encode() for one in life.receipt if len(one) > 6]
    assert [one for one in long if one in hers and one not in others] == []
    assert in_folder(machine.place / "desk", sought(life)) == {}, "nor does the worker's device"
    visited = in_folder(kept, Sought("localhost"))
    assert {name for name in visited if not name.startswith(VISITED)} == set()


def test_a_seizure_of_the_machine_before_the_sign_off_finds_no_word_of_anybody(life: Life) -> None:
    assert {place: words for place, words in life.seized["before the sign-off"].items() if words} == {}


def test_a_seizure_at_the_end_finds_the_log_that_partners_read_and_nothing_else(life: Life) -> None:
    known = {str(OUTSIDE), str(NAMED)}
    found = {place: words - known for place, words in life.seized["at the end"].items() if words - known}
    assert found.pop("workspace/lippen.sqlite3", OF_LOG) == OF_LOG
    assert found.pop("workspace/lippen.sqlite3-wal", OF_LOG) <= OF_LOG
    assert found.pop("backup") == OF_LOG
    for place, words in found.items():
        assert place.startswith("memory of the site"), (place, words)
        # What was written over in part still begins like one of these two.
        assert words <= OF_LOG | {STEM}, (place, words)


YIELDS: Final = {
    "report": ["id", "desk", "week", "expires", "sealed"],
    "photograph": ["id", "desk", "week", "expires", "sealed"],
    "mailbox": ["id", "verifier", "expires", "slots"],
    "arrival": ["desk", "week", "reports", "photograph_bytes"],
    "secret": ["purpose", "key"],
}
"""All that the door has a place for. Whoever adds a column says here what a seizure then yields."""

OF_ANSWER: Final = ["id", "ref", "organisation", "report", "sealed", "written_by", "on"]
"""What the site has of an answer in own words, from when it is kept until a colleague sends it."""


def test_a_seizure_yields_count_week_desk_and_size_class(life: Life, machine: Machine) -> None:
    with closing(sqlite3.connect(machine.workspace / FILE)) as database:
        columns = {
            table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            for table in tables(database)
        }
    assert columns == YIELDS
    ((*_, sealed, _by, _on),) = life.waited
    assert len(b64decode(sealed)) == REPORT, "an answer that waits is as long as a report"
    with closing(sqlite3.connect(machine.workspace / "lippen.sqlite3")) as database:
        answers = database.execute("SELECT * FROM desk_answerdraft")
        assert [one[0] for one in answers.description] == OF_ANSWER
        assert answers.fetchall() == [], "and it is gone when it was sent"
    desk, week = desk_id("harbour"), monday(dt.datetime.now(dt.UTC).date()).isoformat()
    secret = secret_of(life.receipt)
    mailbox, authenticator = (derived(secret, b"mailbox", 16), derived(secret, b"authenticator", 32))

    ((report, *of_report, _, sealed),) = life.tables["report"]
    assert (of_report, len(sealed)) == ([desk, week], REPORT)
    ((photograph, *of_photograph, _, sealed),) = life.tables["photograph"]
    assert (of_photograph, len(sealed)) == ([desk, week], PHOTOGRAPH)
    assert life.tables["arrival"] == [(desk, week, 1, PHOTOGRAPH)]
    (hers, nobodys) = sorted(life.tables["mailbox"], key=lambda row: row[0] == b"\xff" * 16)
    assert hers[:2] == (mailbox, hashlib.sha256(authenticator).digest())
    assert nobodys[0] == b"\xff" * 16
    assert len({report, photograph, mailbox}) == 3, "none leads to another"
    assert [row[0] for row in life.tables["secret"]] == ["blanks", "ids"]
    (left,) = rows(machine.workspace / FILE)["mailbox"]
    assert left[0] == nobodys[0], "what was destroyed is gone"


def test_what_is_there_is_found(life: Life, machine: Machine) -> None:
    """What the tests above rest on: the same search, at the same moment, where there is something to find."""
    found = life.seized["at the end"]
    for place in ("workspace/lippen.sqlite3", "workspace/speak/partnership.toml", "backup"):
        assert str(NAMED) in found[place], place
    assert in_folder(machine.place / "outbox", Sought("Something waits for you")), "letters were sent"
    assert machine.passing[PASSES] == {b"passes by"}, "what passes by is kept"


def test_what_is_in_the_memory_of_each_process_is_found(life: Life, machine: Machine) -> None:
    """Where this machine lets nobody read it, the seizures above looked through the disk alone. It is said
    here, and where every test must have run, that is a failure.
    """
    if machine.unread and os.environ.get("LIPPEN_ALL_TESTS") != "1":
        pytest.skip(f"of memory nothing was looked through: {machine.unread}")
    found = life.seized["at the end"]
    memory = {place: words for place, words in found.items() if place.startswith("memory")}
    assert len(memory) >= 6
    assert all(str(OUTSIDE) in words for words in memory.values()), memory


@pytest.mark.parametrize("at", range(len(writings(b"quitearareword"))))
def test_a_word_is_found_in_every_way_of_writing(tmp_path: Path, at: int) -> None:
    word = f"{STEM}planted"
    whole = [
        word.encode(),
        b64encode(word.encode()),
        b64encode(b"1" + word.encode() + b"2"),
        b64encode(b"12" + word.encode()),
        word.encode().hex().encode(),
        word.encode().hex().upper().encode(),
        word.encode("utf-16-be"),
        word.encode("utf-32-le"),
        "".join(f"%{one:02X}" for one in word.encode()).encode(),
    ][at]
    sought = Sought(STEM, [word])
    for name, content in {"plain": whole, "gz": b"12" + gzip.compress(b"3" * 999 + whole)}.items():
        (tmp_path / name).write_bytes(b"before " + content + b" behind")
    assert in_folder(tmp_path, sought) == {"plain": {word}, "gz": {word}}


def test_a_word_is_found_where_a_database_has_deleted_it_and_where_it_is_torn_apart(tmp_path: Path) -> None:
    word = f"{STEM}planted"
    for name, change in {"deleted": "DELETE FROM kept", "torn": "UPDATE kept SET text = text"}.items():
        with closing(sqlite3.connect(tmp_path / name)) as database:
            database.execute("PRAGMA secure_delete=OFF")
            database.execute("CREATE TABLE kept (text TEXT)")
            database.execute("INSERT INTO kept VALUES (?)", ("1" * 40_000 + word * 400,))
            database.commit()
            database.execute(change)
            database.commit()
        assert in_file(tmp_path / name, Sought(STEM, [word])) >= {word}, name
