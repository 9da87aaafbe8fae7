"""Exported chats and threads of a forum: every post of a document is a row, or said to be none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from each_kind import AUTHORITY
from exports import BroughtIn, bring_in

from lippen.engine import Engine
from lippen.signals import ImportRefused, parse_mapping, propose_mapping

CHAT = f"""
kind = "listing"
zone = "Europe/London"
[columns]
listing_id = "id"
posted_at = "date_unixtime"
collection = "chat"
title = "first line"
text = "rest"
[times]
formats = ["unix"]
{AUTHORITY}"""

FORUM = f"""
kind = "listing"
zone = "Europe/London"
[columns]
posted_at = "posts.date"
collection = "board"
title = "title"
text = "posts.text"
{AUTHORITY}"""


def message(number: int, text: Any = "ten blues for 30\nposted same day", **other: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "message",
        "date": "2025-03-10T21:14:00",
        "date_unixtime": "1741641240",
        "from": "Robyn Exemplar",
        "from_id": "user5551234",
        "text": text,
        **other,
    }


def chat(*messages: Any, **about: Any) -> dict[str, Any]:
    head = {"name": "toon menu", "type": "public_supergroup", "id": 1234567890, **about}
    return {**head, "messages": list(messages)}


def bring(duck: Engine, folder: Path, text: Any, mapping: str = CHAT, name: str = "result.json") -> BroughtIn:
    folder.mkdir(parents=True, exist_ok=True)
    written = text if isinstance(text, str | bytes) else json.dumps(text, ensure_ascii=False, indent=1)
    (folder / name).write_bytes(written if isinstance(written, bytes) else written.encode())
    return bring_in(duck, folder, mapping)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_chat_gives_a_row_for_each_message_with_words(
    duck: Engine, tmp_path: Path, indent: int | None
) -> None:
    notice = {"id": 1, "type": "service", "actor": "Robyn Exemplar", "action": "create_group", "text": ""}
    text = json.dumps(
        chat(notice, message(2), message(3, ""), message(4, ["only ", "a line"])), indent=indent
    )
    brought = bring(duck, tmp_path / "in", text)
    first, second = brought.taken
    assert (first["title"], first["text"]) == ("ten blues for 30", "posted same day")
    assert (second["title"], second["text"]) == ("only a line", None)
    assert (first["line"], second["line"]) == (2, 4)
    assert str(first["posted_at"]) == "2025-03-10 21:14:00"
    assert first["collection"] == "toon menu"
    assert first["listing_id"].endswith("-2")
    assert brought.report.notes["notices of the chat itself, left out"] == 1
    assert brought.report.notes["messages without a word, left out"] == 1


def test_of_whoever_wrote_nothing_is_kept(duck: Engine, tmp_path: Path) -> None:
    parts = [
        "from ",
        {"type": "mention", "text": "@secret_otter"},
        " ",
        {"type": "mention_name", "text": "Secret Person", "user_id": 777001},
        " ",
        {"type": "phone", "text": "+1 555 010 0199"},
        ", ",
        {"type": "link", "text": "secret.example"},
        {"type": "text_link", "text": " here", "href": "https://secret.example/href"},
        {"type": "bold", "text": " ten for 30"},
    ]
    told = {"forwarded_from": "Secret Shop", "contact_information": {"phone_number": "0155501002"}}
    brought = bring(duck, tmp_path / "in", chat(message(2, parts, **told), message(3, date_unixtime="never")))
    (row,) = brought.taken
    assert row["title"].startswith("from [contact ")
    assert row["title"].count("[contact ") == 4
    assert row["title"].endswith(" here ten for 30")
    everything = str(brought.taken) + str(brought.refused)
    for part in ("otter", "Secret", "777001", "0199", "href", "01002", "Robyn", "5551234", "1234567890"):
        assert part not in everything
    assert brought.report.quarantined == 1


def test_bytes_that_are_no_utf_8_are_read_and_said(duck: Engine, tmp_path: Path) -> None:
    text = json.dumps(chat(message(2, "caf\u00e9 blues"), message(3)), ensure_ascii=False, indent=1)
    brought = bring(duck, tmp_path / "in", text.encode("cp1252"))
    assert brought.taken[0]["title"] == "caf\u00e9 blues"
    assert brought.report.notes["lines that were not UTF-8, read as Windows-1252"] == 1


@pytest.mark.parametrize("kind", ["personal_chat", "saved_messages"])
def test_a_conversation_between_two_people_is_not_read(duck: Engine, tmp_path: Path, kind: str) -> None:
    with pytest.raises(ImportRefused, match="a conversation between two people; only groups and channels"):
        bring(duck, tmp_path / "in", chat(message(2), type=kind))


def test_messages_of_two_chats_never_pass_for_each_other(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "other.json").write_text(json.dumps(chat(message(2, "green"), id=2345678901)))
    brought = bring(duck, folder, chat(message(2), message(2)))
    assert len(brought.taken) == 2
    assert brought.report.duplicates == 1


@pytest.mark.parametrize("odd", [7, None, [], "text", [[]]])
def test_what_is_no_message_is_refused_by_its_number(duck: Engine, tmp_path: Path, odd: Any) -> None:
    brought = bring(duck, tmp_path / "in", chat(message(1), odd, message(3)))
    assert [row["line"] for row in brought.taken] == [1, 3]
    assert list(brought.reasons) == [2]


@pytest.mark.parametrize("odd", [7, None, {"a": "b"}, [None, 7, {"text": 9}, {"type": "bold"}, ["x"]]])
def test_words_of_an_odd_shape_do_no_harm(duck: Engine, tmp_path: Path, odd: Any) -> None:
    brought = bring(duck, tmp_path / "in", chat(message(1), message(2, odd)))
    assert brought.taken[0]["title"] == "ten blues for 30"


def test_a_second_list_of_messages_is_refused_message_by_message(duck: Engine, tmp_path: Path) -> None:
    second = json.dumps([message(3, "green"), message(4, "red")])
    text = json.dumps(chat(message(1), message(2)))[:-1] + f', "more": 1, "messages": {second}}}'
    brought = bring(duck, tmp_path / "in", text)
    assert [row["line"] for row in brought.taken] == [1, 2]
    assert list(brought.reasons) == [3, 4]
    for reason in brought.reasons.values():
        assert reason.startswith(
            "the document has a second list of messages, and only the first is read; ask for"
        )


@pytest.mark.parametrize("again", ['"type": "personal_chat"', '"name": "other"'])
def test_a_chat_that_says_twice_what_it_is_is_refused(duck: Engine, tmp_path: Path, again: str) -> None:
    text = json.dumps(chat(message(1)))
    with pytest.raises(ImportRefused, match="says twice what it is; ask for the export again"):
        bring(duck, tmp_path / "before", text.replace('"messages"', f'{again}, "messages"'))
    brought = bring(duck, tmp_path / "after", f"{text[:-1]}, {again}}}")
    assert [row["line"] for row in brought.taken] == [1]
    assert brought.reasons[2].startswith("the document says twice what it is")


def test_a_message_or_a_post_that_names_a_field_twice_is_refused(duck: Engine, tmp_path: Path) -> None:
    twice = '"text": "blues", "text": "greens"'
    text = json.dumps(chat(message(1), message(2, "blues"), message(3))).replace('"text": "blues"', twice)
    brought = bring(duck, tmp_path / "chat", text)
    assert [row["line"] for row in brought.taken] == [1, 3]
    assert brought.reasons[2].startswith("a field is named twice")
    threads = json.dumps(
        [thread(1, post("blues"), post("red")), thread(2, post("green")), thread(3, post("x"))]
    )
    threads = threads.replace('"text": "blues"', twice).replace('"thread 2"', '"thread 2", "title": "other"')
    brought = bring(duck, tmp_path / "forum", threads, FORUM)
    assert [row["title"] for row in brought.taken] == ["thread 1", "thread 3"]
    assert list(brought.reasons) == [1, 3]


@pytest.mark.parametrize("cut", [30, 200, 5])
def test_a_document_that_breaks_off_gives_what_it_has_and_says_where(
    duck: Engine, tmp_path: Path, cut: int
) -> None:
    whole = json.dumps(chat(*(message(number) for number in range(1, 20))), indent=1)
    brought = bring(duck, tmp_path / "in", whole[:-cut])
    assert 17 <= len(brought.taken) <= 19
    (refused,) = brought.refused
    assert refused["line"] == len(brought.taken) + 1
    assert refused["reason"].startswith(
        "the document is no whole JSON from here on; ask for the export again"
    )


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"text":' * 50_000, "9" * 10_000, '"' + "x" * 100_000, "\\ud800", "nul"]
)
def test_what_is_made_to_exhaust_a_reader_ends_the_reading(duck: Engine, tmp_path: Path, deep: str) -> None:
    text = json.dumps(chat(message(1), message(2)))
    brought = bring(duck, tmp_path / "in", text[: text.rindex("{")] + deep)
    assert [row["line"] for row in brought.taken] == [1]
    assert list(brought.reasons) == [2]


def test_a_long_chat_is_read_whole_and_the_order_of_chunks_is_nothing(
    duck: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lippen.signals.unpacking.CHUNK", 997)
    monkeypatch.setattr("lippen.signals.json_whole._AT_ONCE", 7)
    said = [f"blues £{number} 🔥 für zwei\nline" for number in range(1, 60)]
    brought = bring(duck, tmp_path / "in", chat(*(message(n, text) for n, text in enumerate(said, 1))))
    assert [row["title"] for row in brought.taken] == [text.split("\n")[0] for text in said]


def thread(number: int, *posts: Any) -> dict[str, Any]:
    return {"title": f"thread {number}", "board": "trading", "author": "Robyn", "posts": list(posts)}


def post(text: str) -> dict[str, Any]:
    return {"author": "Robyn Exemplar", "date": "2025-03-10 21:14:00", "text": text}


@pytest.mark.parametrize("lines", [False, True])
def test_threads_give_a_row_for_each_post(duck: Engine, tmp_path: Path, lines: bool) -> None:
    """As one array, or one on each line."""
    threads = [thread(1, post("blues"), post("dm @wee_otter12"), 7), thread(2), thread(3, post("green"))]
    text = "\n".join(map(json.dumps, threads)) if lines else threads
    brought = bring(duck, tmp_path / "in", text, FORUM, "dump.jsonl" if lines else "dump.json")
    assert [(row["title"], row["line"]) for row in brought.taken] == [
        ("thread 1", 1),
        ("thread 1", 2),
        ("thread 3", 4),
    ]
    assert list(brought.reasons) == [3]
    assert brought.taken[1]["text"].startswith("dm [contact ")
    assert "Robyn" not in str(brought.taken) + str(brought.refused)
    assert brought.report.inputs[0].left_out == {
        "author": "who posts or sells",
        "posts.author": "who posts or sells",
    }


def test_an_array_of_rows_is_still_refused_with_what_to_do(duck: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="one JSON array; save it with one object on each line"):
        bring(duck, tmp_path / "in", [{"title": "blues"}], FORUM)


def test_xml_is_refused_with_what_to_do(duck: Engine, tmp_path: Path) -> None:
    """Entities that unfold without end are read by nobody who reads no XML."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(ImportRefused, match="XML is not read; save it as CSV or JSON lines"):
        bring(duck, tmp_path / "in", bomb, FORUM, "dump.xml")


def test_a_mapping_is_proposed_for_a_chat(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(chat(message(1), message(2))))
    proposed = propose_mapping(tmp_path / "result.json", "listing").toml
    for line in ('listing_id = "id"', 'collection = "chat"', 'title = "first line"', 'text = "rest"'):
        assert line in proposed


@pytest.mark.parametrize(
    ("when", "column", "form"),
    [("1741641240", "date_unixtime", "unix"), (None, "date", "iso")],
)
def test_a_chat_s_times_are_those_of_the_world_where_it_has_them(
    tmp_path: Path, when: str | None, column: str, form: str
) -> None:
    """An exporter abroad writes `date` by a clock that is hours off; old programs export no other."""
    abroad = [message(at, date="2025-03-11T06:14:00", date_unixtime=when) for at in (1, 2)]
    (tmp_path / "result.json").write_text(json.dumps(chat(*abroad)))
    proposed = propose_mapping(tmp_path / "result.json", "listing")
    assert f'posted_at = "{column}"' in proposed.toml
    assert f'formats = ["{form}"]' in proposed.toml


def test_without_an_authority_a_collection_is_refused_with_the_remedy() -> None:
    from lippen.signals import MappingError

    with pytest.raises(MappingError, match=r"`authority` is missing") as refused:
        parse_mapping(CHAT.replace(AUTHORITY, ""))
    assert refused.value.remedy == "Write [authority] with who, basis, purpose and expires below."
