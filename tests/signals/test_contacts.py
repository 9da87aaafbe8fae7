"""How to reach somebody is hashed in listings, removed from sightings, and found in no file afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from each_kind import example, mapping_for, write_csv
from exports import BroughtIn, bring_in
from hypothesis import given
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import ImportRefused, import_folder, load_kind, parse_mapping
from lippen.signals.contact_ways import HASHED
from lippen.signals.contacts import HANDLE, REMOVED, name_without_contacts, replace_contacts
from lippen.workspace import Workspace

LISTING, SIGHTING = load_kind("listing"), load_kind("sighting")


def found_in(text: str) -> list[str]:
    """The contacts in a text, each in its one way of writing."""
    found: list[str] = []
    replace_contacts(pa.array([text]), lambda contact: (found.append(contact), "")[1])
    return found


def held(brought: BroughtIn) -> str:
    """Everything that the workspace holds, names of files too, as one text."""
    said = []
    for path in brought.workspace.directory.rglob("*"):
        said.append(path.name)
        if path.suffix == ".parquet":
            said.append(str(pq.read_table(path).to_pylist()))
        elif path.is_file():
            said.append(path.read_text("utf-8"))
    return "\n".join(said)


def bring_in_listings(
    duck: Engine, folder: Path, *rows: dict[str, str], workspace: Path | None = None
) -> BroughtIn:
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(
        LISTING, [example(LISTING, **{"listing_id": f"L-{n}", **row}) for n, row in enumerate(rows)], folder
    )
    return bring_in(duck, folder, mapping_for(LISTING), workspace)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("dm @wee_otter12 today", "wee_otter12"),
        ("DM @Wee_Otter12.", "wee_otter12"),
        ("snap: Wee.Otter", "wee.otter"),
        ("Wickr - greenkite", "greenkite"),
        ("wickr me greenkite7", "greenkite7"),
        ("telegram name is greenkite", "greenkite"),
        ("insta 👉 greenkite", "greenkite"),
        ("add me on snap wee_otter", "wee_otter"),
        ("msg weeotter12", "weeotter12"),
        ("back on. weeotter12", "weeotter12"),
        ("https://t.me/Wee_Otter12", "wee_otter12"),
        ("telegram: t.me/wee_otter12?start=1", "wee_otter12"),
        ("wa.me/447700900123", "07700900123"),
        ("ring 07700 900123", "07700900123"),
        ("ring +44 7700 900123", "07700900123"),
        ("whatsapp: 0 7 7 0 0 9 0 0 1 2 3", "07700900123"),
        ("order@otter.example", "order@otter.example"),
        ("jabber: Otter@xmpp.example", "otter@xmpp.example"),
        ("www.otter.example/menu", "otter.example/menu"),
        ("abcdefghij234567.onion", "abcdefghij234567.onion"),
        ("＠ｗｅｅ＿ｏｔｔｅｒ１２", "wee_otter12"),
        ("w\u200bickr: green\u200bkite", "greenkite"),
        ("snap weeotterzq", "weeotterzq"),
        ("add weeotterzq on snap", "weeotterzq"),
        ("@the.weeotterzq", "the.weeotterzq"),
        ("@wee\u200botterzq", "weeotterzq"),
        ("https://t.me/s/weeotterzq", "weeotterzq"),
        ("7700900123", "07700900123"),
        ("07700 💊900💊123", "07700900123"),
        ("session 05" + "ab" * 32, "05" + "ab" * 32),
    ],
)
def test_a_contact_is_found_however_it_is_written(text: str, contact: str) -> None:
    assert found_in(text) == [contact]


@pytest.mark.parametrize(
    "text",
    [
        "3 @ 30 quid", "3 for £20 @30quid", "from 2pm @10am", "@ the gym", "@home all day", "e-mail me",
        ":@ lol", "@_@", "snap me", "snap: see bio", "telegram only", "Telegram - fast reply",
        "signal is good here", "insta story", "session tonight 2g", "handle with care", "fb 3.5g 30",
        "10 x blue tablets, next day, 3.5g", "pregabalin300mg x 10", "2cb 10mg", "ring for more",
        "dm for menu", "text on 3 for 20", "on at 7", "50/50",
    ],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert found_in(text) == []
    assert replace_contacts(pa.array([text]), lambda _: "!")[0].to_pylist() == [text]


NAMES = st.from_regex(r"[a-z]{3,8}[_.]?[a-z]{3,8}[0-9]{2,4}", fullmatch=True)
FORMS = st.sampled_from(
    [
        "@{}", "DM @{}!", "snap: {}", "WICKR: {}", "t.me/{}", "https://t.me/{}", "(tg: @{})", "Telegram – {}",
        "insta={}", "hit me on kik {}", "msg {} now",
    ]
)  # fmt: skip


@given(name=NAMES, form=FORMS, before=st.sampled_from(["", "top stuff 🔥 ", "20 quid\n"]), loud=st.booleans())
def test_a_name_in_any_form_is_one_contact(name: str, form: str, before: str, loud: bool) -> None:
    text = before + form.format(name.upper() if loud else name)
    assert found_in(text) == [name]


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    (replaced,) = replace_contacts(pa.array([text]), lambda _: REMOVED)[0].to_pylist()
    assert found_in(replaced) == []


def test_copies_can_be_counted_within_a_month_and_not_followed_into_the_next(
    duck: Engine, tmp_path: Path
) -> None:
    march = {"posted_at": "2025-03-10 21:14:00", "text": "dm @wee_otter12"}
    brought = bring_in_listings(
        duck,
        tmp_path / "in",
        march,
        {**march, "text": "t.me/Wee_Otter12 20 quid"},
        {**march, "text": "dm @wee_otter13"},
        {**march, "posted_at": "2025-04-10 21:14:00"},
    )
    first, again, other, later = (re.findall(HASHED, row["text"]) for row in brought.taken)
    assert first == again
    assert len({*first, *other, *later}) == 3
    assert brought.taken[1]["text"] == f"{first[0]} 20 quid"


def test_without_the_key_nobody_can_test_a_guess(duck: Engine, tmp_path: Path) -> None:
    """The same advert in two workspaces has hashes that are unlike: they hang on a key drawn at random."""
    row = {"text": "ring 07700 900123"}
    texts = [bring_in_listings(duck, tmp_path / name, row).taken[0]["text"] for name in ("one", "two")]
    assert texts[0] != texts[1]
    assert all(re.fullmatch(f"ring {HASHED}", text) for text in texts)


def test_nothing_of_a_contact_stays_in_any_file(duck: Engine, tmp_path: Path) -> None:
    """Taken or refused, in a text, a heading, a code, an id or a cell where it has no business."""
    said = "snap: secret_otter77, 07700 900123, t.me/secret_otter77"
    rows: list[dict[str, str]] = [
        {"text": said},
        {"title": said},
        {"quantity": said},
        {"collection": "@secret_otter77"},
        {"origin": "t.me/secret_otter77"},
        {"listing_id": "@secret_otter77"},
        {"listing_id": "t.me/secret_otter77/123"},
        {"listing_id": "secret-otter77.t.me"},
        {"posted_at": f"2025-03-10 {said}"},
        {"price_gbp": said},
        {"text": said, "posted_at": ""},
        {"text": "＠ｓｅｃｒｅｔ＿ｏｔｔｅｒ７７"},
    ]
    brought = bring_in_listings(duck, tmp_path / "in", *rows)
    assert brought.report.quarantined == 6
    everything = held(brought)
    assert "contact" in everything
    for part in ("secret", "otter77", "900123", "ｏｔｔｅｒ"):
        assert part not in everything


def test_importing_again_changes_nothing_though_keys_are_drawn_at_random(
    duck: Engine, tmp_path: Path
) -> None:
    rows = ({"text": "dm @wee_otter12"}, {"listing_id": "", "text": "dm @wee_otter13"})
    first = bring_in_listings(duck, tmp_path / "in", *rows)
    before = held(first)
    again = bring_in(duck, tmp_path / "in", mapping_for(LISTING), first.workspace.directory)
    assert (again.report.changed, again.report.duplicates) == (False, 2)
    assert held(again) == before


def test_restored_without_its_keys_it_holds_the_same_rows_and_takes_none_twice(
    duck: Engine, tmp_path: Path
) -> None:
    """No backup carries keys. What is read then is the same rows still, and new ones have other hashes."""
    rows = ({"text": "dm @wee_otter12"}, {"listing_id": "", "text": "dm @wee_otter13"})
    first = bring_in_listings(duck, tmp_path / "in", *rows)
    for key in (first.workspace.directory / "contact-keys").iterdir():
        key.unlink()
    more = bring_in_listings(
        duck, tmp_path / "more", *rows, {"text": "dm @wee_otter12"}, workspace=first.workspace.directory
    )
    assert (more.report.duplicates, more.report.accepted, more.report.quarantined) == (2, 1, 0)
    texts = [row["text"] for row in more.taken if row["listing_id"] in ("L-0", "L-2")]
    assert len(texts) == len(set(texts)) == 2


def test_a_hash_that_an_export_claims_is_hashed_itself(duck: Engine, tmp_path: Path) -> None:
    """Nobody who writes adverts puts theirs under somebody else's."""
    first = bring_in_listings(duck, tmp_path / "in", {"text": "dm @wee_otter12"})
    forged = first.taken[0]["text"]
    second = bring_in_listings(
        duck, tmp_path / "more", {"listing_id": "F", "text": forged}, workspace=first.workspace.directory
    )
    assert [row["text"] for row in second.taken if row["listing_id"] == "F"] != [forged]


def test_sightings_keep_a_mark_and_no_hash(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    row = example(SIGHTING, product="blues off @wee_otter12", words="snap: wee.otter or 07700 900123, 3 @ 20")
    write_csv(SIGHTING, [row], folder)
    brought = bring_in(duck, folder, mapping_for(SIGHTING))
    (taken,) = brought.taken
    assert taken["product"] == "blues off [handle]"
    assert taken["words"] == "snap: [handle] or [telephone removed], 3 @ 20"
    assert not (brought.workspace.directory / "contact-keys").exists()


@pytest.mark.parametrize("header", ["Seller", "Vendor", "user", "User Name", "Posted By", "Author", "Handle"])
@pytest.mark.parametrize("column", ["collection", "title", "text"])
def test_a_column_that_says_who_posts_is_refused(
    duck: Engine, tmp_path: Path, header: str, column: str
) -> None:
    mapping = parse_mapping(mapping_for(LISTING, f'{column} = "{header}"', leave=(column,)))
    town = Workspace.open(tmp_path / "town", duck)
    with pytest.raises(ImportRefused, match="which by its name identifies") as refused:
        import_folder(tmp_path, mapping, town, Stages(quiet=True))
    assert "Take it out of [columns]" in (refused.value.remedy or "")


@pytest.mark.parametrize(
    "cell", ["@wee_otter{}", "wee_otter{}", "greenkite{}", "t.me/otter{}", "54812{}7731", "user5512{}"]
)
@pytest.mark.parametrize("column", ["collection", "title", "text"])
def test_a_column_full_of_accounts_is_refused_whatever_it_is_called(
    duck: Engine, tmp_path: Path, cell: str, column: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [example(LISTING, listing_id=f"L-{n}", **{column: cell.format(n * n + 10)}) for n in range(20)]
    write_csv(LISTING, rows, folder)
    town = Workspace.open(tmp_path / "town", duck)
    with pytest.raises(ImportRefused, match="is full of") as refused:
        import_folder(folder, parse_mapping(mapping_for(LISTING)), town, Stages(quiet=True))
    assert "Take it out of [columns]" in (refused.value.remedy or "")
    assert town.imports() == []


def test_what_was_replaced_once_holds_nothing_more() -> None:
    for text in ("@abcd@abcd", "@weeotterzq@mastodon.social", "snap: abc@weeotterzq", "@ab.@weeotterzq"):
        (once,) = replace_contacts(pa.array([text]), lambda _: HANDLE)[0].to_pylist()
        assert "otter" not in once
        assert replace_contacts(pa.array([once]), lambda _: HANDLE)[0].to_pylist() == [once]


def test_a_name_beside_a_messenger_stays_in_no_column_of_a_listing_or_a_sighting(
    duck: Engine, tmp_path: Path
) -> None:
    said = "snap weeotterch"
    rows = [{"collection": said}, {"origin": said}, {"quantity": said}, {"title": said}, {"listing_id": said}]
    brought = bring_in_listings(duck, tmp_path / "in", *rows)
    assert "weeotterch" not in held(brought)
    assert brought.report.quarantined == 1
    folder = tmp_path / "sightings"
    folder.mkdir()
    columns = ("collection", "channel", "product", "words")
    rows = [
        {column.name: said}
        for column in SIGHTING.columns
        if column.reads in ("text", "code") and column.name in columns
    ]
    assert len(rows) >= 2
    write_csv(SIGHTING, [example(SIGHTING, **row) for row in rows], folder)
    seen = bring_in(duck, folder, mapping_for(SIGHTING), tmp_path / "other")
    assert "weeotterch" not in held(seen)


def test_the_name_of_a_file_names_nobody_wherever_it_is_kept(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bring_in_listings(duck, folder, {"text": "blues"})
    (export,) = folder.glob("*.csv")
    (folder / "@weeotterother 07700900123.csv").write_bytes(export.read_bytes())
    export.rename(folder / "@weeotterfile 07700900123.csv")
    brought = bring_in(duck, folder, mapping_for(LISTING), tmp_path / "again")
    assert "weeotter" not in held(brought) + str(brought.report)
    assert "900123" not in held(brought) + str(brought.report)
    assert {one.file for one in brought.report.inputs} == {
        "[handle] [handle].csv",
        "[handle] [handle].csv (2)",
    }


@pytest.mark.parametrize(
    "name", ["telegram-export.csv", "calls_2019.csv", "export_2512240930.csv", "listing 2025-03-10.jsonl"]
)
def test_a_common_name_of_a_file_stays(name: str) -> None:
    assert name_without_contacts(name) == name


def test_what_nobody_sees_and_what_a_terminal_obeys_is_not_kept(duck: Engine, tmp_path: Path) -> None:
    text = "good \u202eblues\x1b[31m\a and 👩\u200d🔬 ❤\ufe0f"
    brought = bring_in_listings(duck, tmp_path / "in", {"text": text})
    assert brought.taken[0]["text"] == "good blues [31m  and 👩\u200d🔬 ❤\ufe0f"
