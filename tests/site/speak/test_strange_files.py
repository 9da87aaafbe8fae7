"""Files that people carry and edit: a strange one is named, and none is published that no page reads."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_partnership import PAGE, TODAY, TOML, make_key, make_workspace, page_beside, publish, refused

from lippen.errors import LippenError
from lippen.site.speak import manifest, publishing
from lippen.site.speak.desk_keys import read_desk_keys
from lippen.site.speak.page import read_publication
from lippen.site.speak.partnership import read_partnership
from lippen.site.speak.partnership_key import PartnershipKey
from lippen.site.speak.written import canonical

KEY = PartnershipKey(bytes(range(32)))
Spoil = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_workspace(tmp_path_factory.mktemp("strange"))
    publish(workspace)
    return workspace


def payload_in(workspace: Path) -> bytes:
    written = json.loads((workspace / "speak" / "manifest.json").read_bytes())
    return base64.b64decode(written["payload"])


def signed(payload: bytes) -> bytes:
    """A manifest whose signature holds, whatever its payload is."""
    told = {"payload": payload, "signature": KEY.sign(b"lippen-speak/1 manifest\0" + payload)}
    return canonical(
        {name: base64.b64encode(one).decode() for name, one in (told | {"key": KEY.public()}).items()}
    )


SPELT_OTHERWISE: dict[str, Spoil] = {
    "a mark before it": lambda one: b"\xef\xbb\xbf" + one,
    "UTF-16": lambda one: one.decode().encode("utf-16"),
    "blanks": lambda one: json.dumps(json.loads(one), ensure_ascii=False).encode(),
    "a line's end": lambda one: one + b"\n",
    "signs escaped": lambda one: one.replace(b"H", b"\\u0048", 1).replace(b"p", b"\\u0070", 1),
    "a field twice": lambda one: b'{"v":1,' + one[1:],
    "other order": lambda one: canonical(dict(reversed(json.loads(one).items()))),
}


@pytest.mark.parametrize("spelt", SPELT_OTHERWISE)
def test_what_is_signed_and_published_has_one_spelling(published: Path, tmp_path: Path, spelt: str) -> None:
    """The page takes no mark, no UTF-16 and no field twice; what it might take is refused beside them."""
    payload, before = payload_in(published), (published / "speak" / "manifest.json").read_bytes()
    carried = tmp_path / "carried.json"
    to = ("publish", carried, "--workspace", published, "--page", page_beside(published))
    for content in (signed(SPELT_OTHERWISE[spelt](payload)), SPELT_OTHERWISE[spelt](signed(payload))):
        carried.write_bytes(content)
        assert str(carried) in refused(*to)
    carried.write_bytes(SPELT_OTHERWISE[spelt](payload))
    assert str(carried) in refused("sign", carried, "--key", make_key(published), "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert (published / "speak" / "manifest.json").read_bytes() == before
    manifest.read_manifest(signed(payload))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(v=True),
        lambda told: told.update(v=1.0),
        lambda told: told.update(name=7),
        lambda told: told.update(name="\ud800"),
        lambda told: told.update(issued=told["issued"].replace("-", "")),
        lambda told: told.update(leave="http://example.org/"),
        lambda told: told["desks"][0].update(more=""),
        lambda told: told["desks"][0].update(telephone=None),
        lambda told: told["desks"][0].update(until="2026-W48-6"),
        lambda told: told["desks"][0].update(signatures=["AAAA"]),
        lambda told: told["desks"][0].update(signatures=[told["desks"][0]["signatures"][0][:-2] + "9="]),
        lambda told: told["partners"].append("police"),
        lambda told: told["partners"].append({"id": 1, "name": "x"}),
        lambda told: told["areas"][0].update(small_areas=[-1]),
        lambda told: told["areas"][0].update(small_areas=[2**53]),
        lambda told: told["areas"][0].update(small_areas=[True]),
        lambda told: told["areas"][0].update(name=None),
    ],
)
def test_a_payload_that_the_page_could_not_read_is_not_signed(
    published: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    """Each check of `isPayload` in web/speak/manifest.ts, and where Python alone would have taken it."""
    told = json.loads(payload_in(published))
    change(told)
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    with pytest.raises(manifest.ManifestUnreadable):
        manifest.read_payload(content)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["desks"][1].update(name="HARBOUR  WOMENS DESK"), "apart"),
        (lambda told: told["desks"][1].update(id="harbour"), "an id of their own"),
        (lambda told: told["desks"][1].update(id="../hill"), "an id of their own"),
        (lambda told: told["partners"].append(told["partners"][0]), "an id of their own"),
        (lambda told: told.update(desks=[]), "no desk"),
        (lambda told: told.update(name=""), "the name of the partnership is not one line"),
        (lambda told: told.update(name="A" * 2_000), "the name of the partnership is not one line"),
        *(
            (lambda told, sign=sign: told["desks"][0].update(name=f"Harbour{sign}"), "desk harbour is not")
            for sign in "\u202e\x1b\u2066\u200b\u00ad\u3164\ufe0f\u2800\n "
        ),
        (lambda told: told["desks"][0].update(telephone="\x1b[2J961"), "desk harbour is not"),
        (lambda told: told["partners"][0].update(name="\u115f"), "the partner police is not"),
        (lambda told: told["desks"][1].update(telephone="", freepost=""), "hill cannot be reached"),
        (lambda told: told["desks"][1].update(signatures=[]), "nobody can sign"),
        (
            lambda told: told["desks"][1].update(signatures=told["desks"][0]["signatures"]),
            "one key signs the answers of harbour and of hill",
        ),
        (lambda told: told.update(areas=[]), "no areas"),
        (lambda told: told["areas"][0].update(small_areas=[]), "no areas"),
        (lambda told: told["areas"][0].update(name="Harbour/Quay"), "'/'"),
        (lambda told: told["areas"][1].update(name="HARBOUR"), "apart"),
        (lambda told: told["areas"][0].update(small_areas=[0]), "residents"),
        (lambda told: told["files"].update({"../x.js": "0" * 64}), "a file, or a way out"),
        (lambda told: told.update(leave="https://a\r\nb"), "a file, or a way out"),
    ],
)
def test_what_people_could_not_tell_apart_is_neither_signed_nor_published(
    published: Path, tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    told = json.loads(payload_in(published))
    change(told)
    carried = tmp_path / "carried.json"
    carried.write_bytes(canonical(told))
    line = refused("sign", carried, "--key", make_key(published), "--out", tmp_path / "out")
    assert said in line
    assert "\x1b" not in line
    carried.write_bytes(signed(canonical(told)))
    assert said in refused("publish", carried, "--workspace", published, "--page", page_beside(published))


def strange(file: Path) -> Iterator[str]:
    """The file in each state in which somebody may leave it."""
    whole = file.read_bytes()
    for state, content in (
        ("UTF-16", whole.decode().encode("utf-16")),
        ("not in UTF-8", b"\n" + "Świetlica".encode("cp1250")),
        ("larger than", b" " * (2**20 + 1)),
        ("", b"\0"),
        ("", b""),
    ):
        file.write_bytes(content)
        yield state
    file.unlink()
    file.mkdir()
    yield "a folder"
    file.rmdir()
    os.mkfifo(file)
    yield "no plain file"
    file.unlink()
    file.write_bytes(whole)


@pytest.mark.parametrize(
    "name", ["partnership.toml", "areas.csv", "desks/hill/cat.json", "desks/hill/recovery.json"]
)
def test_a_strange_file_of_the_partnership_is_named(tmp_path: Path, name: str) -> None:
    workspace = make_workspace(tmp_path)
    file = workspace / "speak" / name
    to = (
        "manifest",
        "--workspace",
        workspace,
        "--unsigned",
        tmp_path / "out",
        "--page",
        page_beside(workspace),
    )
    for state in strange(file):
        line = refused(*to)
        assert line.startswith(f"{file}"), (state, line)
        assert state.removeprefix("not ") in line, (state, line)
        assert ". " in line.split(": ", 1)[1], f"and what to do: {line}"
        if state.startswith("not"):
            assert line.startswith(f"{file}, line 2: ")
    assert not (tmp_path / "out").exists()


def test_a_strange_file_that_was_carried_is_named(published: Path, tmp_path: Path) -> None:
    file, key = tmp_path / "carried.json", make_key(published)
    for content, verb in ((payload_in(published), "sign"), (signed(payload_in(published)), "publish")):
        more = ("--key", key, "--out", tmp_path / "out")
        to = (verb, file, *(more if verb == "sign" else ("--workspace", published)))
        file.write_bytes(content)
        for state in strange(file):
            line = refused(*to)
            assert line.startswith(f"{file}"), (state, line)
            if state != "larger than":
                assert state.removeprefix("not ") in line, (state, line)
        file.unlink()
        assert "not there" in refused(*to)
        file.write_bytes(content)
    file.write_bytes(payload_in(published))
    assert "a folder, and no key" in refused("sign", file, "--key", tmp_path, "--out", tmp_path / "out")


def test_a_folder_where_a_desks_keys_are_published_is_left_alone(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "speak" / "desks" / "old.json").mkdir()
    publish(workspace)
    assert (workspace / "speak" / "desks" / "old.json").is_dir()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60)
    | st.text(max_size=60).map(lambda one: one.encode("utf-8", "surrogatepass"))
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(
                st.sampled_from(["payload", "key", "v", "desks", "recipient", "made", "x"]), one
            )
        ),
        max_leaves=6,
    ).map(lambda one: json.dumps(one).encode())
)
def test_whatever_stands_in_a_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "speak"
    (folder / "desks" / "hill").mkdir(parents=True, exist_ok=True)
    file = folder / "desks" / "hill" / "cat.json"
    (folder / "manifest.json").write_bytes(content)
    (folder / "partnership.toml").write_bytes(content)
    file.write_bytes(content)
    for read in (
        lambda: manifest.read_manifest(content, file),
        lambda: manifest.read_payload(content, file),
        lambda: publishing.published(tmp_path, TODAY),
        lambda: read_publication(folder),
        lambda: read_partnership(folder),
        lambda: read_desk_keys(folder / "desks" / "hill", TODAY),
    ):
        with pytest.raises(LippenError) as error:
            read()
        assert error.value.file is not None
        assert error.value.remedy


ALIKE = [
    "hill desk",
    "Hill  Desk",
    "Hill-Desk",
    "Híll Desk",
    "Ηill Desk",  # a Greek capital eta
    "Нill Dеsk",  # Cyrillic en and ie
    "Hi11 Desk",
    "HiIl Desk",
    *(f"Hill{sign}Desk" for sign in "'\u02bc\u2019\u02b9\ua78c\u05f3\u2010\u2212\u02d7\u0640\u30fc"),
]


@pytest.mark.parametrize("name", ALIKE)
def test_two_desks_or_partners_whose_names_look_alike_are_refused(tmp_path: Path, name: str) -> None:
    """Capitals, blanks, accents and letters of other scripts do not make another name."""
    folder = make_workspace(tmp_path) / "speak"
    text = TOML.replace("Harbour Women's Desk", name)
    (folder / "partnership.toml").write_text(text, "utf-8")
    with pytest.raises(LippenError, match="nobody tells apart") as error:
        read_partnership(folder)
    assert error.value.line == 13
    both = TOML.replace('"Police"', '"Hill Desk"') + f'[[partners]]\nid = "p2"\nname = "{name}"\n'
    (folder / "partnership.toml").write_text(both, "utf-8")
    with pytest.raises(LippenError, match="two partners are called") as error:
        read_partnership(folder)
    assert error.value.line == 24


def test_the_files_of_the_page_are_those_that_a_manifest_may_name(published: Path) -> None:
    """Else a page with another file could not be published at all."""
    assert set(json.loads(payload_in(published))["files"]) == set(PAGE)
    payload = manifest.read_payload(payload_in(published))
    for name in publishing.page_digests():
        payload.files[name] = "0" * 64  # type: ignore[index]
    payload.refuse_unfit()
