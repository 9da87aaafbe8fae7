"""Keys for contacts: one at random for each month, read by nobody else, and gone when they are destroyed."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from lippen.contact_keys import LETTERS, SIGNS, ContactKeyError, ContactKeys


def key_file(workspace: Path, month: str = "2025-03") -> Path:
    return workspace / "contact-keys" / f"{month}.key"


def test_a_month_has_one_key_and_a_contact_one_hash_in_it(tmp_path: Path) -> None:
    first = ContactKeys(tmp_path).hashed("2025-03", "wee_otter")
    assert ContactKeys(tmp_path).hashed("2025-03", "wee_otter") == first
    assert ContactKeys(tmp_path).hashed("2025-03", "wee_otters") != first
    assert ContactKeys(tmp_path).hashed("2025-04", "wee_otter") != first
    assert len(first) == SIGNS
    assert set(first) <= set(LETTERS)
    assert ContactKeys(tmp_path).periods() == ["2025-03", "2025-04"]


def test_nobody_else_can_read_a_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ContactKeys(tmp_path).hashed("2025-03", "wee_otter")
    finally:
        os.umask(before)
    assert key_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert key_file(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    assert list(key_file(tmp_path).parent.iterdir()) == [key_file(tmp_path)]


def test_a_key_that_others_can_read_is_used_no_more(tmp_path: Path) -> None:
    ContactKeys(tmp_path).hashed("2025-03", "wee_otter")
    key_file(tmp_path).chmod(0o640)
    with pytest.raises(ContactKeyError, match="others can read this key"):
        ContactKeys(tmp_path).hashed("2025-03", "wee_otter")


@pytest.mark.parametrize("written", ["", "abc", "0" * 62, "g" * 64])
def test_a_damaged_key_is_said_and_never_replaced_in_silence(tmp_path: Path, written: str) -> None:
    ContactKeys(tmp_path).hashed("2025-03", "wee_otter")
    key_file(tmp_path).write_text(written)
    with pytest.raises(ContactKeyError, match="damaged"):
        ContactKeys(tmp_path).hashed("2025-03", "wee_otter")


def test_a_link_is_followed_to_no_key(tmp_path: Path) -> None:
    ContactKeys(tmp_path).hashed("2025-03", "wee_otter")
    elsewhere = tmp_path / "elsewhere"
    key_file(tmp_path).rename(elsewhere)
    key_file(tmp_path).symlink_to(elsewhere)
    with pytest.raises(ContactKeyError, match="cannot be read"):
        ContactKeys(tmp_path).hashed("2025-03", "wee_otter")


def test_a_destroyed_key_is_overwritten_and_the_next_is_another(tmp_path: Path) -> None:
    keys = ContactKeys(tmp_path)
    first = keys.hashed("2025-03", "wee_otter")
    keys.hashed("2025-04", "wee_otter")
    with key_file(tmp_path).open() as held_open:
        written = held_open.read()
        assert keys.destroy_others({"2025-04"}) == ["2025-03"]
        held_open.seek(0)
        assert held_open.read() == "0" * len(written)
    assert keys.periods() == ["2025-04"]
    assert keys.hashed("2025-03", "wee_otter") != first


def test_threads_draw_one_key(tmp_path: Path) -> None:
    keys, found = ContactKeys(tmp_path), []
    threads = [
        threading.Thread(target=lambda: found.append(keys.hashed("2025-03", "wee_otter"))) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(found)) == 1


@pytest.mark.parametrize("month", ["", "2025", "../2025-03", "2025-03/x"])
def test_what_is_no_month_makes_no_file(tmp_path: Path, month: str) -> None:
    with pytest.raises(ValueError, match="no month"):
        ContactKeys(tmp_path).hashed(month, "wee_otter")
    assert list(tmp_path.iterdir()) == []
