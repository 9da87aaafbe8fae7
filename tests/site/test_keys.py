"""The site's secrets: made once, never shown, refused when anybody else could read them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from lippen.site.keys import NAMES, PUBLIC, make_keys, read_keys
from lippen.site.secret_files import KeyExposed, KeyMissing


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    first = read_keys(tmp_path / "keys")
    make_keys(tmp_path / "keys")
    assert read_keys(tmp_path / "keys") == first
    assert bytes.fromhex((tmp_path / "keys" / PUBLIC).read_text()) == first.seal.public().public_bytes_raw()


def test_a_secret_is_not_shown_and_not_pickled(tmp_path: Path) -> None:
    make_keys(tmp_path)
    keys = read_keys(tmp_path)
    for secret in (keys.session, keys.digest, keys.seal):
        hexadecimal = secret.reveal().hex()
        assert hexadecimal not in f"{secret} {secret!r} {keys!r} {secret.reveal}"
        with pytest.raises(TypeError):
            pickle.dumps(secret)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    make_keys(tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(KeyExposed, match="chmod 600"):
        read_keys(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_is_never_made_beside_others(tmp_path: Path, name: str) -> None:
    make_keys(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(KeyMissing, match=name):
        make_keys(tmp_path)
    with pytest.raises(KeyMissing, match=name):
        read_keys(tmp_path)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    make_keys(tmp_path)
    (tmp_path / NAMES[0]).write_text(content)
    with pytest.raises(KeyMissing, match="no key"):
        read_keys(tmp_path)
