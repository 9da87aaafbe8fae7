"""The signed manifest: what it holds, the three steps of signing it offline, and what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from made_partnership import (
    PAGE,
    TODAY,
    TOML,
    done,
    make_key,
    make_workspace,
    page_beside,
    publish,
    refused,
    worker_file,
    write_keys,
)

from lippen.site.operation.door_files import public_files
from lippen.site.speak import publishing
from lippen.site.speak.fingerprint import fingerprint
from lippen.site.speak.manifest import (
    ManifestNotSigned,
    ManifestUnreadable,
    Payload,
    read_manifest,
    read_payload,
    sign,
)
from lippen.site.speak.page import read_publication
from lippen.site.speak.partnership_key import PartnershipKey, read_partnership_key
from lippen.site.speak.written import canonical

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
DAY = timedelta(days=1)
KEY = PartnershipKey(bytes(range(32)))
Change = Callable[[dict[str, Any]], Any]


def payload_of(workspace: Path) -> dict[str, Any]:
    written = json.loads((workspace / "speak" / "manifest.json").read_bytes())
    told: dict[str, Any] = json.loads(base64.b64decode(written["payload"]))
    return told


def signed_with(told: dict[str, Any], key: PartnershipKey = KEY) -> bytes:
    return sign(read_payload(canonical(told)), key)


def test_what_is_published_is_what_the_partnership_says_under_its_signature(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    words = publish(workspace)
    written = json.loads((workspace / "speak" / "manifest.json").read_bytes())
    key = base64.b64decode(written["key"])
    signed = b"lippen-speak/1 manifest\0" + base64.b64decode(written["payload"])
    Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(written["signature"]), signed)
    assert words == fingerprint(key)

    told = payload_of(workspace)
    assert [told["v"], told["name"], told["leave"]] == [
        1,
        "Invermarrow Partnership",
        "https://example.org/weather",
    ]
    assert [told["issued"], told["expires"]] == [f"{TODAY}", f"{TODAY + 30 * DAY}"]
    assert told["files"] == {name: sha256(text.encode()).hexdigest() for name, text in PAGE.items()}
    assert told["areas"][0] == {"name": "Harbour", "small_areas": [612, 744]}
    assert told["partners"] == [{"id": "police", "name": "Police"}]
    for desk, recipients in zip(told["desks"], (3, 2), strict=True):
        file = (workspace / "speak" / "desks" / f"{desk['id']}.json").read_bytes()
        assert sha256(file).hexdigest() == desk["keys"]
        assert json.loads(file)["desk"] == desk["id"]
        assert [len(base64.b64decode(one)) for one in json.loads(file)["recipients"]] == [1216] * recipients
        assert desk["until"] == f"{TODAY + 30 * DAY}"
        assert all(len(base64.b64decode(one)) == 32 for one in desk["signatures"])


def test_no_name_of_a_worker_and_no_small_area_is_published(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    write_keys(workspace, "hill", "adelaide-macrae", worker_file("third"))
    publish(workspace)
    files = [workspace / "speak" / "manifest.json", *(workspace / "speak" / "desks").glob("*.json")]
    text = json.dumps(payload_of(workspace)) + "".join(one.read_text() for one in files)
    for word in ("adelaide", "macrae", 'Quay"', 'Net Loft"', "Hill North"):
        assert word not in text


def test_the_door_takes_what_was_published(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    publish(workspace)
    publication = read_publication(workspace / "speak")
    assert publication is not None
    assert set(publication.files) == {"/manifest.json", "/desks/harbour.json", "/desks/hill.json"}


def test_signing_in_three_steps_gives_what_signing_in_one_does(tmp_path: Path) -> None:
    workspace, key = make_workspace(tmp_path), make_key(tmp_path / "workspace")
    page, carried, back = page_beside(workspace), tmp_path / "carried", tmp_path / "back"
    said = done("manifest", "--workspace", workspace, "--unsigned", carried, "--page", page)
    assert not (workspace / "speak" / "manifest.json").exists()
    assert "harbour: Harbour Women's Desk (01632 960 001" in said
    said = done("sign", carried, "--key", key, "--out", back)
    assert "hill: Hill Desk (01632 960 002, Freepost HILL DESK)" in said
    words = fingerprint(read_partnership_key(key).public())
    assert words in said
    done("publish", back, "--workspace", workspace, "--page", page, "--fingerprint", words)
    stepwise = (workspace / "speak" / "manifest.json").read_bytes()
    assert stepwise == back.read_bytes()
    publish(workspace)
    assert (workspace / "speak" / "manifest.json").read_bytes() == stepwise


def test_the_key_and_the_step_elsewhere_exclude_each_other(tmp_path: Path) -> None:
    workspace, key = make_workspace(tmp_path), make_key(tmp_path / "workspace")
    assert "either --key or --unsigned" in refused("manifest", "--workspace", workspace)
    both = ("--key", key, "--unsigned", tmp_path / "x")
    assert "either --key or --unsigned" in refused("manifest", "--workspace", workspace, *both)


def test_an_option_before_the_verb_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    assert "stands before manifest" in refused("--workspace", tmp_path, "manifest", "--workspace", tmp_path)


def test_the_published_vector_is_read_and_signed_alike() -> None:
    told = VECTORS["manifest"]
    read = read_manifest(told["manifest"].encode())
    assert read.key.hex() == told["key"]
    again = read_manifest(sign(read.payload, PartnershipKey(bytes.fromhex(told["seed"]))))
    assert json.loads(sign(again.payload, PartnershipKey(bytes.fromhex(told["seed"])))) == json.loads(
        told["manifest"]
    )


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_of_a_manifest_changes_unseen(at: int, bit: int) -> None:
    """It is refused, or says the same under the same key: base64 has no other spelling of what is signed."""
    content = VECTORS["manifest"]["manifest"].encode()
    at %= len(content)
    altered = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
    good = read_manifest(content)
    try:
        read = read_manifest(altered)
    except (ManifestUnreadable, ManifestNotSigned):
        return
    assert (read.key, read.payload.content) == (good.key, good.payload.content)


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_whatever_is_given_as_a_manifest_is_refused_in_words(content: bytes) -> None:
    for read in (read_manifest, read_payload):
        with pytest.raises((ManifestUnreadable, ManifestNotSigned)):
            read(content)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(v=2),
        lambda told: told.update(more=1),
        lambda told: told.pop("leave"),
        lambda told: told.update(expires="soon"),
        lambda told: told.update(files=[]),
        lambda told: told["files"].update({"page.js": "00"}),
        lambda told: told["desks"][0].update(keys="x" * 64),
        lambda told: told["desks"][0].update(until=7),
        lambda told: told["desks"][0].pop("telephone"),
        lambda told: told.update(desks=7),
    ],
)
def test_a_payload_of_another_form_is_not_signed(change: Change) -> None:
    told = json.loads(read_manifest(VECTORS["manifest"]["manifest"].encode()).payload.content)
    change(told)
    with pytest.raises(ManifestUnreadable, match="no payload"):
        read_payload(canonical(told))


def test_what_is_too_large_is_not_even_read() -> None:
    with pytest.raises(ManifestUnreadable, match="KiB"):
        read_manifest(b"[" * 300_000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(expires=f"{TODAY}", issued=f"{TODAY - 20 * DAY}"), "ran out"),
        (lambda told: told.update(expires=f"{TODAY + 32 * DAY}"), "more than 31 days"),
        (lambda told: told.update(issued=f"{TODAY + DAY}"), "begin in the future"),
        (lambda told: told["files"].update({"page.js": "0" * 64}), "another version of the page"),
        (lambda told: told["files"].pop("page.css"), "another version of the page"),
        (lambda told: told["desks"][1].update(keys="0" * 64), "the keys of hill are not those"),
    ],
)
def test_a_signed_manifest_that_does_not_fit_is_not_published(
    tmp_path: Path, change: Change, said: str
) -> None:
    workspace = make_workspace(tmp_path)
    words = publish(workspace)
    key = read_partnership_key(make_key(workspace))
    before = (workspace / "speak" / "manifest.json").read_bytes()
    told = payload_of(workspace)
    change(told)
    (tmp_path / "signed").write_bytes(signed_with(told, key))
    page = ("--page", page_beside(workspace))
    assert said in refused(
        "publish", tmp_path / "signed", "--workspace", workspace, *page, "--fingerprint", words
    )
    assert (workspace / "speak" / "manifest.json").read_bytes() == before


def test_a_manifest_by_another_key_is_not_published(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    words = publish(workspace)
    (tmp_path / "signed").write_bytes(signed_with(payload_of(workspace)))
    to = ("publish", tmp_path / "signed", "--workspace", workspace, "--page", page_beside(workspace))
    assert "another key signed what is published" in refused(*to)
    assert fingerprint(KEY.public()) in refused(*to)
    assert "by another key" in refused(*to, "--fingerprint", words)
    (workspace / "speak" / "manifest.json").unlink()
    assert "nothing that can be read was published here before" in refused(*to)
    done(*to, "--fingerprint", fingerprint(KEY.public()))


def test_an_altered_manifest_is_not_published(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    words = publish(workspace)
    written = json.loads((workspace / "speak" / "manifest.json").read_bytes())
    payload = base64.b64decode(written["payload"]).replace(b"01632 960 001", b"01632 960 666")
    written["payload"] = base64.b64encode(payload).decode()
    (tmp_path / "signed").write_bytes(canonical(written))
    to = ("publish", tmp_path / "signed", "--workspace", workspace, "--page", page_beside(workspace))
    assert "does not hold" in refused(*to, "--fingerprint", words)


def test_keys_that_changed_after_signing_are_not_published_with_it(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    publish(workspace)
    signed = tmp_path / "signed"
    signed.write_bytes((workspace / "speak" / "manifest.json").read_bytes())
    write_keys(workspace, "harbour", "ada", worker_file("somebody else"))
    to = ("publish", signed, "--workspace", workspace, "--page", page_beside(workspace))
    assert "the keys of harbour are not those" in refused(*to)


@pytest.mark.parametrize("desk", ["harbour", "hill"])
def test_nothing_is_signed_while_one_key_has_run_out(tmp_path: Path, desk: str) -> None:
    workspace, key = make_workspace(tmp_path), make_key(tmp_path / "workspace")
    write_keys(workspace, desk, "old", worker_file("old", TODAY - 30 * DAY))
    to = ("manifest", "--workspace", workspace, "--key", key, "--page", page_beside(workspace))
    assert f"ran out on {TODAY}" in refused(*to)
    assert not (workspace / "speak" / "manifest.json").exists()
    assert list((workspace / "speak" / "desks").glob("*.json")) == []


def test_nothing_is_signed_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    workspace, key = make_workspace(tmp_path), make_key(tmp_path / "workspace")
    key.chmod(0o644)
    to = ("manifest", "--workspace", workspace, "--key", key, "--page", page_beside(workspace))
    assert "others than its owner can read this key" in refused(*to)
    assert not (workspace / "speak" / "manifest.json").exists()


def test_one_desk_alone_is_refused_unless_it_is_meant_and_the_file_of_one_that_is_gone_goes(
    tmp_path: Path,
) -> None:
    """A worker may be somebody's cousin: each step says what the page then tells."""
    workspace = make_workspace(tmp_path)
    publish(workspace)
    start, end = TOML.index('[[desks]]\nid = "hill"'), TOML.index("[[partners]]")
    (workspace / "speak" / "partnership.toml").write_text(TOML[:start] + TOML[end:])
    to = ("manifest", "--workspace", workspace, "--page", page_beside(workspace))
    carried, back = tmp_path / "carried", tmp_path / "back"
    assert "there is one desk, and whoever has a cousin there" in refused(*to, "--unsigned", carried)
    assert not carried.exists()
    assert "THERE IS ONE DESK" in done(*to, "--unsigned", carried, "--one-desk")
    assert "THERE IS ONE DESK" in done("sign", carried, "--key", make_key(workspace), "--out", back)
    said = done("publish", back, "--workspace", workspace, "--page", page_beside(workspace))
    assert "can tell nobody: add a second desk soon" in said
    assert [one.name for one in (workspace / "speak" / "desks").glob("*.json")] == ["harbour.json"]


def test_a_payload_says_what_a_person_has_to_look_at(tmp_path: Path) -> None:
    """Signed is the text that was carried, byte for byte, and what stands in it is what the verb shows."""
    workspace = make_workspace(tmp_path)
    publish(workspace)
    told = payload_of(workspace)
    told["desks"][0]["telephone"] = "01632 960 666"
    (tmp_path / "carried").write_bytes(canonical(told))
    said = done("sign", tmp_path / "carried", "--key", make_key(workspace), "--out", tmp_path / "back")
    assert "01632 960 666" in said
    back: Payload = read_manifest((tmp_path / "back").read_bytes()).payload
    assert back.content == (tmp_path / "carried").read_bytes()


def test_a_worker_of_one_desk_who_is_copied_to_another_is_neither_signed_nor_published(
    tmp_path: Path,
) -> None:
    workspace = make_workspace(tmp_path)
    publish(workspace)
    signed, desks = tmp_path / "signed", workspace / "speak" / "desks"
    signed.write_bytes((workspace / "speak" / "manifest.json").read_bytes())
    (desks / "harbour" / "w1.json").write_bytes((desks / "hill" / "cat.json").read_bytes())
    at = ("--workspace", workspace, "--page", page_beside(workspace))
    for line in (refused("manifest", *at, "--unsigned", tmp_path / "out"), refused("publish", signed, *at)):
        assert str(desks / "harbour" / "w1.json") in line
        assert str(desks / "hill" / "cat.json") in line
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_and_no_link_followed(tmp_path: Path) -> None:
    """Neither the partnership's key nor what stands in the workspace, whatever is named for what is made."""
    workspace = make_workspace(tmp_path)
    publish(workspace)
    key, carried, speak = make_key(workspace), tmp_path / "carried", workspace / "speak"
    to = ("manifest", "--workspace", workspace, "--page", page_beside(workspace), "--unsigned")
    done(*to, carried)
    link, nowhere = tmp_path / "link", tmp_path / "nowhere"
    link.symlink_to(key)
    nowhere.symlink_to(tmp_path / "elsewhere")
    there = (key, link, nowhere, carried, speak / "partnership.toml", speak / "manifest.json", speak)
    before = {one: one.read_bytes() for one in there if one.is_file()}
    for one in there:
        assert "is here already" in refused(*to, one)
        assert "is here already" in refused("sign", carried, "--key", key, "--out", one)
        assert "is here already" in refused("recovery-key", "--public", one)
        assert "is here already" in refused("recovery-key", "--public", tmp_path / "new", "--out", one)
    assert {one: one.read_bytes() for one in before} == before
    assert not (tmp_path / "elsewhere").exists()
    assert "cannot be written" in refused(*to, key / "below") or "no folder" in refused(*to, key / "below")


def test_a_leaflet_takes_the_place_of_an_earlier_one_and_of_nothing_else(tmp_path: Path) -> None:
    workspace, out = make_workspace(tmp_path), tmp_path / "leaflet"
    publish(workspace)
    to = ("leaflet", "--workspace", workspace, "--out", out, "--address", "https://speak.example.org")
    done(*to)
    done(*to)
    sheet = out / "leaflet-a6.pdf"
    sheet.write_text("what somebody kept here")
    assert "is here already" in refused(*to)
    sheet.unlink()
    sheet.symlink_to(make_key(workspace))
    assert "is here already" in refused(*to)
    assert read_partnership_key(make_key(workspace))


def test_what_named_other_partners_is_remembered_while_a_report_of_its_time_can_lie_there(
    tmp_path: Path,
) -> None:
    workspace = make_workspace(tmp_path)
    publish(workspace)
    folder = workspace / "speak"
    first = (folder / "manifest.json").read_bytes()
    publish(workspace)
    assert not list(folder.glob("manifest-until-*")), "it named the same"
    (folder / f"manifest-until-{TODAY - timedelta(days=46)}-0.json").write_bytes(first)
    (folder / "partnership.toml").write_text(
        TOML.replace('id = "police"\nname = "Police"', 'id = "health"\nname = "Health"')
    )
    publish(workspace)
    (kept,) = folder.glob("manifest-until-*")
    assert (kept.name, kept.read_bytes()) == (f"manifest-until-{TODAY}-0.json", first)
    assert f"speak/{kept.name}" in dict(public_files(workspace)), "a backup has it"
    (folder / "partnership.toml").write_text(TOML)
    publish(workspace)
    assert [until for until, _ in publishing.before(folder)] == [TODAY, TODAY]
