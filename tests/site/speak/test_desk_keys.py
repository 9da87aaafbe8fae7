"""Whose keys a desk has: at most three workers and one recovery key, none expired, none of a wrong shape."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_partnership import TODAY, make_workspace, recovery, seed_of, worker_file, write_keys

from lippen.site.speak.desk_keys import DeskKeysRefused, read_desk_keys, read_keys_of_desks

DAY = timedelta(days=1)


def keys_of(workspace: Path, desk: str = "harbour", today: date = TODAY) -> Any:
    return read_desk_keys(workspace / "speak" / "desks" / desk, today)


def test_a_report_is_sealed_to_each_worker_and_the_paper(tmp_path: Path) -> None:
    found = keys_of(make_workspace(tmp_path))
    named = ("harbour ada", "harbour bea", "harbour recovery")
    assert set(found.recipients) == {seed_of(name).recipient() for name in named}
    assert len(found.signatures) == 2, "the paper answers nobody"
    assert list(found.recipients) == sorted(found.recipients), "their order tells nothing of the workers"
    assert found.until == TODAY + timedelta(days=30)


def test_no_key_stands_at_two_desks(tmp_path: Path) -> None:
    """Neither a worker's, of now or earlier, nor the paper's: one desk would open what the other is sent."""
    desks = make_workspace(tmp_path) / "speak" / "desks"
    earlier = [{"signature": worker_file("old")["signature"], "until": f"{TODAY - 60 * DAY}"}]
    hill = write_keys(desks.parents[1], "hill", "cat", worker_file("hill cat", before=earlier))
    assert [one.workers for one in read_keys_of_desks(desks, ("harbour", "hill"), TODAY).values()] == [2, 1]
    of_paper = worker_file("x", recipient=recovery("hill recovery")["recipient"])
    for told, there in (
        (worker_file("hill cat"), hill),
        (worker_file("x", recipient=worker_file("hill cat")["recipient"]), hill),
        (worker_file("x", signature=worker_file("hill cat")["signature"]), hill),
        (worker_file("x", before=earlier), hill),
        (worker_file("old"), hill),
        (of_paper, desks / "hill" / "recovery.json"),
    ):
        copied = write_keys(desks.parents[1], "harbour", "ada", told)
        for order in (("harbour", "hill"), ("hill", "harbour")):
            with pytest.raises(DeskKeysRefused, match="stands at another desk") as refused:
                read_keys_of_desks(desks, order, TODAY)
            assert {refused.value.file, str(refused.value).split(" too, in ")[1].split(",")[0]} == {
                str(copied),
                str(there),
            }
            assert refused.value.remedy


def test_the_first_key_that_runs_out_is_the_last_day_of_the_desk(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    write_keys(workspace, "harbour", "bea", worker_file("bea", TODAY - 10 * DAY))
    assert keys_of(workspace).until == TODAY + timedelta(days=20)


def test_a_fourth_worker_is_refused(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    write_keys(workspace, "harbour", "cat", worker_file("third"))
    assert keys_of(workspace).workers == 3
    assert len(keys_of(workspace).recipients) == 4
    write_keys(workspace, "harbour", "dee", worker_file("fourth"))
    with pytest.raises(DeskKeysRefused, match="4 workers have keys"):
        keys_of(workspace)


@pytest.mark.parametrize("wrong", [1215, 1217, 0, 32, 1184])
def test_a_recipient_of_a_wrong_length_is_refused(tmp_path: Path, wrong: int) -> None:
    workspace = make_workspace(tmp_path)
    cut = base64.b64encode((seed_of("cat").recipient() + b"\0")[:wrong]).decode()
    for name, told in (
        ("ada", worker_file("ada", recipient=cut)),
        ("recovery", recovery("x") | {"recipient": cut}),
    ):
        write_keys(workspace, "harbour", name, told)
        with pytest.raises(DeskKeysRefused, match="must have 1,216") as refused:
            keys_of(workspace)
        assert f"recipient has {wrong:,} bytes" in refused.value.what
        write_keys(workspace, "harbour", name, worker_file("ada") if name == "ada" else recovery("x"))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"until": f"{TODAY}", "made": f"{TODAY - 30 * DAY}"}, "ran out"),
        ({"until": f"{TODAY + 31 * DAY}"}, "no key lives longer"),
        ({"until": f"{TODAY}"}, "no key lives longer"),
        ({"until": f"{TODAY - DAY}"}, "no key lives longer"),
        ({"made": f"{TODAY + DAY}"}, "still to come"),
        ({"made": "28/11/2026"}, "made is no day"),
        ({"made": "20261128"}, "made is no day"),
        ({"made": None}, "made is no day"),
        ({"signature": base64.b64encode(bytes(33)).decode()}, "signature has 33 bytes"),
        ({"signature": "*"}, "signature is no base64"),
        ({"signature": 7}, "signature is no base64"),
        ({"recipient": base64.b64encode(b"\xff" * 1216).decode()}, "nothing can be sealed"),
        ({"recipient": base64.b64encode(bytes(1216)).decode()}, "nothing can be sealed"),
        ({"seed": "what must not be here"}, "and nothing else"),
        ({"before": {}}, "no list"),
        ({"before": [{"signature": "*", "until": f"{TODAY}"}]}, "signature is no base64"),
        ({"before": [{"seed": "x"}]}, "and nothing else"),
    ],
)
def test_keys_that_cannot_stand_are_refused_with_their_file(
    tmp_path: Path, other: dict[str, Any], said: str
) -> None:
    workspace = make_workspace(tmp_path)
    file = write_keys(workspace, "harbour", "ada", worker_file("ada") | other)
    with pytest.raises(DeskKeysRefused, match=said) as refused:
        keys_of(workspace)
    assert refused.value.file == str(file)
    assert refused.value.remedy


def test_a_key_lives_thirty_days_to_the_day(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    assert keys_of(workspace, today=TODAY + 29 * DAY).until == TODAY + 30 * DAY
    with pytest.raises(DeskKeysRefused, match="ran out"):
        keys_of(workspace, today=TODAY + 30 * DAY)


def test_a_desk_without_its_paper_or_without_workers_is_refused(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "speak" / "desks" / "hill" / "recovery.json").unlink()
    with pytest.raises(DeskKeysRefused, match="no recovery key"):
        keys_of(workspace, "hill")
    (workspace / "speak" / "desks" / "hill" / "cat.json").unlink()
    for desk in ("hill", "nowhere"):
        with pytest.raises(DeskKeysRefused, match="no worker of this desk has keys"):
            keys_of(workspace, desk)


def test_one_key_under_two_names_is_refused(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    write_keys(workspace, "harbour", "cat", worker_file("harbour ada"))
    with pytest.raises(DeskKeysRefused, match="twice"):
        keys_of(workspace)
    write_keys(workspace, "harbour", "cat", worker_file("harbour recovery"))
    with pytest.raises(DeskKeysRefused, match="twice"):
        keys_of(workspace)


@pytest.mark.parametrize("name", ["Ada.json", "ada.txt", "a b.json", "ada.json.bak"])
def test_a_file_that_nobody_expects_among_keys_is_refused(tmp_path: Path, name: str) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "speak" / "desks" / "harbour" / name).write_text("{}")
    with pytest.raises(DeskKeysRefused, match="no file of a worker's keys"):
        keys_of(workspace)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 65_536, b" " * 70_000, b'"text"'])
def test_what_is_no_file_of_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "speak" / "desks" / "harbour" / "ada.json").write_bytes(content)
    with pytest.raises(DeskKeysRefused):
        keys_of(workspace)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("desk"))


@given(ago=st.integers(0, 60))
def test_an_answer_can_be_checked_for_as_long_as_it_can_be_read(desk: Path, ago: int) -> None:
    """A signing key that was replaced is named for 44 days after its last day, and no longer."""
    signed_then = worker_file("ada before")["signature"]
    before = [{"signature": signed_then, "until": f"{TODAY - ago * DAY}"}]
    write_keys(desk, "harbour", "ada", worker_file("harbour ada", before=before))
    found = keys_of(desk)
    assert (base64.b64decode(signed_then) in found.signatures) == (ago < 44)
    assert len(found.recipients) == 3, "nothing new is sealed to a key that was replaced"
