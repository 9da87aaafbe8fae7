"""One JSON document that holds many posts: an exported chat, or threads of a forum with their posts.

    {"name": ..., "type": ..., "id": ..., "messages": [{"id": ..., "type": "message", "text": ...}, ...]}
    [{"title": ..., "posts": [{"date": ..., "text": ...}, ...]}, ...]     and one such thread on each line

It is read value by value, so that memory is bounded by one message or thread. Of a chat only what CHAT names
is read: never who wrote, was forwarded or answered, nor a card or a number that was sent. A thread gives a
row for each post, with the fields of the thread beside those of the post (`posts.text`); of these a mapping
names what is read.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa

from lippen.signals.json_fields import DECODER, TWICE, Doubled, FieldTwice, doubled, flatten
from lippen.signals.rows import FileRefused, Refused, RowBatch, Work
from lippen.signals.unpacking import Unpacking, repair_utf8

CHAT: Final = ("chat", "id", "date", "date_unixtime", "first line", "rest")
"""What is read of a chat: its name, and of each message its number with a digest of the chat's, when it was
sent by the clock of whoever exported it and by that of the world, and the first line and the rest of it."""

_NESTED: Final = ("posts", "messages", "replies", "comments")
_TWO_PEOPLE: Final = {"personal_chat", "saved_messages"}
_KINDS_OF_CHAT: Final = (
    rb"(?:personal_chat|bot_chat|saved_messages|(?:private|public)_(?:group|supergroup|channel))"
)
_LOOKED_AT: Final = 1_000
_AT_ONCE: Final = 8_192
_LARGEST: Final = 1 << 26
"""How long one message or thread may be, in letters: more is no honest document."""

_BROKEN: Final = "the document is no whole JSON from here on; ask for the export again"
_NO_POST: Final = "there is no message with named fields here; correct it at the source"
_SECOND: Final = (
    "the document has a second list of messages, and only the first is read; ask for the export again, whole"
)
_SAID_TWICE: Final = "the document says twice what it is; ask for the export again"
_SPACE: Final = re.compile(r"[ \t\r\n]*")

Row = dict[str, str]


@dataclass
class Posts:
    """The rows of one document, each with its number in it (or why no row could be made); `header` names the
    fields, and `left_out` counts what is no row while they are read.
    """

    text: _Text
    header: list[str]
    rows: Iterator[tuple[int, Row | str]]
    left_out: Counter[str] = field(default_factory=Counter)


class _Broken(Exception):
    """The document cannot be read on from here."""


def is_whole(first: bytes) -> bool:
    """Whether a file that begins so is one such document, or has one thread on each line."""
    nested = rb'"(?:posts|messages|replies|comments)"\s*:\s*\[\s*[{\]]'
    return bool(re.match(rb"\s*(?:\[\s*)?\{[^\[\]{}]*" + nested, first[: 1 << 16]))


def open_posts(first: bytes, chunks: Iterator[bytes]) -> Posts:
    """The posts of a document that `is_whole`. Raises FileRefused when it is a conversation between two
    people, or no JSON from its beginning on.
    """
    text = _Text(first, chunks)
    try:
        if re.match(rb'\s*\{[^\[\]{}]*"type"\s*:\s*"' + _KINDS_OF_CHAT, first[: 1 << 16]):
            return _chat(text)
        threads = _elements(text) if text.next_sign() == "[" else _values(text)
        rows = _posts(threads)
        seen = list(itertools.islice(rows, _LOOKED_AT))
    except _Broken:
        raise FileRefused("it is no whole JSON document; ask for the export again") from None
    header = dict.fromkeys(name for _, row in seen if not isinstance(row, str) for name in row)
    return Posts(text, list(header), itertools.chain(seen, rows))


def stretches(posts: Posts, names: dict[str, str], unpacking: Unpacking) -> Iterator[Work]:
    """The rows in stretches, with the fields of `names` (as wanted: as it is called in the document)."""
    last, more = 0, True
    while more:
        refused: list[Refused] = []
        lines: list[int] = []
        rows: list[Row] = []
        try:
            for number, row in itertools.islice(posts.rows, _AT_ONCE):
                last = number
                if isinstance(row, str):
                    refused.append(Refused(number, "", row))
                else:
                    lines.append(number)
                    rows.append(row)
            more = bool(rows or refused)
        except _Broken:
            refused.append(Refused(last + 1, "", unpacking.broken or _BROKEN))
            more = False
        columns = {
            wanted: pa.array([row.get(name, "") for row in rows], pa.string())
            for wanted, name in names.items()
        }
        left_out, posts.left_out = posts.left_out, Counter()
        repaired, posts.text.repaired = posts.text.repaired, 0
        batch = RowBatch(columns, np.array(lines, dtype=np.int64), refused, repaired, left_out)
        yield functools.partial(_given, batch)


def _given(batch: RowBatch) -> RowBatch:
    return batch


def _chat(text: _Text) -> Posts:
    """A chat whose messages come next."""
    about: dict[str, Any] = {}
    text.take("{")
    while (name := text.value()) != "messages":
        text.take(":")
        if str(name) in about:
            raise FileRefused(_SAID_TWICE)
        about[str(name)] = text.value()
        text.take(",")
    text.take(":")
    if about.get("type") in _TWO_PEOPLE:
        raise FileRefused("it is a conversation between two people; only groups and channels are read")
    posts = Posts(text, list(CHAT), iter(()))
    posts.rows = _messages(text, about, posts)
    return posts


def _messages(text: _Text, about: dict[str, Any], posts: Posts) -> Iterator[tuple[int, Row | str]]:
    chat = str(about.get("name") or "without a name")
    digest = hashlib.sha256(str(about.get("id", chat)).encode("utf-8", "replace")).hexdigest()[:8]
    whose = digest.translate(str.maketrans("0123456789", "ghjkmnpqrs"))  # no digits, which pass for a number
    number = 0
    for number, message in enumerate(_elements(text), 1):
        if not isinstance(message, dict):
            yield number, _NO_POST
            continue
        if doubled(message):
            yield number, TWICE
            continue
        if message.get("type") != "message":
            posts.left_out["notices of the chat itself, left out"] += 1
            continue
        said = _said(message.get("text")).strip()
        if not said:
            posts.left_out["messages without a word, left out"] += 1
            continue
        head, _, rest = said.partition("\n")
        flat: Row = {}
        flatten({name: message.get(name) for name in ("id", "date", "date_unixtime")}, "", flat)
        flatten({"chat": chat, "first line": head.strip(), "rest": rest.strip()}, "", flat)
        yield number, {**flat, "id": f"{whose}-{flat['id']}" if flat.get("id") else ""}
    yield from _after_messages(text, about, number)


def _after_messages(text: _Text, about: dict[str, Any], number: int) -> Iterator[tuple[int, Row | str]]:
    """What stands behind the messages of a chat and should not. Raises _Broken."""
    text.take("]")
    while text.next_sign() == ",":
        text.take(",")
        name = text.value()
        text.take(":")
        if name == "messages" and text.next_sign() == "[":
            for _ in _elements(text):
                number += 1
                yield number, _SECOND
            text.take("]")
            continue
        text.value()
        if str(name) in about:
            number += 1
            yield number, _SAID_TWICE
    text.take("}")


def _said(text: Any) -> str:
    """What a message says, of its parts; what leads to somebody is written so that it is known for that."""
    if isinstance(text, list):
        return "".join(map(_said, text))
    if isinstance(text, dict):
        said, sort = _said(text.get("text")), text.get("type")
        if sort in ("mention", "mention_name"):
            return "t.me/" + re.sub(r"[^\w.-]+", "_", said.lstrip("@"))
        if sort == "phone":
            return "wa.me/" + re.sub(r"[^0-9+]", "", said)
        if sort == "link" and "://" not in said:
            return f"https://{said}"
        return said
    return text if isinstance(text, str) else ""


def _posts(threads: Iterator[Any]) -> Iterator[tuple[int, Row | str]]:
    number = 0
    for thread in threads:
        nested = next(
            (n for n in _NESTED if isinstance(thread, dict) and isinstance(thread.get(n), list)), None
        )
        if nested is None:
            number += 1
            yield number, _NO_POST
            continue
        head = {name: value for name, value in thread.items() if name != nested}
        about: Row = {}
        try:
            if isinstance(thread, Doubled) or doubled(head):
                raise FieldTwice
            flatten(head, "", about)
        except FieldTwice:
            number += 1
            yield number, TWICE
            continue
        for post in thread[nested]:
            number += 1
            yield number, _post(post, about, nested)


def _post(post: Any, about: Row, nested: str) -> Row | str:
    if not isinstance(post, dict):
        return _NO_POST
    row = dict(about)
    try:
        if doubled(post):
            raise FieldTwice
        flatten(post, f"{nested}.", row)
    except FieldTwice:
        return TWICE
    return row


def _elements(text: _Text) -> Iterator[Any]:
    """The values of an array. Raises _Broken."""
    text.take("[")
    if text.next_sign() == "]":
        return
    while True:
        yield text.value()
        if text.next_sign() == "]":
            return
        text.take(",")


def _values(text: _Text) -> Iterator[Any]:
    """Values one after another. Raises _Broken."""
    while text.next_sign():
        yield text.value()


class _Text:
    """A document as far as it was read and not yet used, and the rest of it. `repaired` counts lines that
    were not UTF-8.
    """

    def __init__(self, first: bytes, chunks: Iterator[bytes]) -> None:
        self._chunks = itertools.chain([first], chunks)
        self._raw = b""
        self._held, self._at, self._ended = "", 0, False
        self.repaired = 0

    def next_sign(self) -> str:
        """The next sign that is no blank, which is not used up; "" at the end."""
        while True:
            space = _SPACE.match(self._held, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Use up a sign that has to come now. Raises _Broken."""
        if self.next_sign() != sign:
            raise _Broken
        self._at += 1

    def value(self) -> Any:
        """The next value, whole. Raises _Broken."""
        self.next_sign()
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._at)
            except (RecursionError, ValueError):
                # What was read may end within it; what is longer than any honest one is not waited for.
                if len(self._held) - self._at > _LARGEST or not self._more():
                    raise _Broken from None
            else:
                if end < len(self._held) or not self._more():  # a number may go on in what comes next
                    self._at = end
                    return value

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = next(self._chunks, None)
        # What is no UTF-8 is repaired line by line, so lines are kept together.
        data = self._raw + (chunk or b"")
        self._ended = chunk is None
        cut = len(data) if self._ended else data.rfind(b"\n") + 1
        self._raw = data[cut:]
        fixed, repaired = repair_utf8(data[:cut])
        self.repaired += repaired
        self._held = self._held[self._at :] + fixed.decode("utf-8")
        self._at = 0
        return True
