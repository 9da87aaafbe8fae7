"""Keys of a desk's workers: kept wrapped and nothing else, told for the manifest, replaced, destroyed."""

from __future__ import annotations

import base64
import importlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.utils import timezone
from hybrid_age import recipient_of
from open_desks import open_desk
from people_factory import acting_as, make_colleague, make_organisation

from lippen.site.accounts.acting import Acting
from lippen.site.desk import key_files, sweeping, worker_keys
from lippen.site.desk.models import DeskKey
from lippen.site.desk.wrapped_keys import KeyRefused
from lippen.site.speak.desk_keys import read_desk_keys, recovery_file

pytestmark = pytest.mark.django_db(transaction=True)


def text(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode()


def box(**other: Any) -> dict[str, Any]:
    return {"salt": text(16), "nonce": text(12), "box": text(80)} | other


def by_passkey(**other: Any) -> dict[str, Any]:
    return box(salt=text(32), credential=text(48)) | other


def wrapped(**ways: Any) -> str:
    return json.dumps({"v": 2} | (ways or {"passphrase": box()}))


def halves(
    acting: Acting,
    recipient: bytes | None = None,
    desk: str = "braeside",
    signing: Ed25519PrivateKey | None = None,
) -> dict[str, str]:
    """What a browser hands in that made this worker's key, as docs/speak-protocol.md has it (12)."""
    recipient = recipient or recipient_of(secrets.token_bytes(32))
    signing = signing or Ed25519PrivateKey.generate()
    said = b"\0".join([b"lippen-desk/1 own key", desk.encode(), acting.person.ref.encode(), recipient])
    parts = {
        "recipient": recipient,
        "signature": signing.public_key().public_bytes_raw(),
        "proof": signing.sign(said),
    }
    return {name: base64.b64encode(one).decode() for name, one in parts.items()} | {"wrapped": wrapped()}


def keep(acting: Acting, **other: str) -> str:
    return worker_keys.keep_key(acting, **halves(acting) | other)


def test_the_public_halves_are_what_the_manifest_is_made_from() -> None:
    group = make_organisation("community-group")
    ann, bel = (acting_as(make_colleague(group, "desk")) for _ in range(2))
    desk = open_desk(group)
    for one in (ann, bel):
        keep(one)
    today = timezone.localdate()
    (desk.folder / "recovery.json").write_text(recovery_file(recipient_of(secrets.token_bytes(32)), today))
    keys = read_desk_keys(desk.folder, today)
    assert (keys.workers, len(keys.recipients), keys.until) == (2, 3, today + timedelta(days=30))
    first = set(keys.signatures)
    keep(ann)
    assert first < set(read_desk_keys(desk.folder, today).signatures), "the replaced one still signs"
    replaced = DeskKey.objects.filter(person=ann.person.ref).earliest("pk")
    worker_keys.destroy_key(ann, replaced.ref)
    left = {base64.b64encode(one).decode() for one in read_desk_keys(desk.folder, today).signatures}
    assert replaced.signature not in left, "one that was destroyed before its time says nothing more"
    written = "".join(one.read_text() for one in desk.folder.iterdir())
    boxes = [json.loads(one.wrapped)["passphrase"]["box"] for one in DeskKey.objects.exclude(wrapped="")]
    assert not any(one in written for one in boxes)


@pytest.mark.parametrize(
    "other",
    [
        {"recipient": text(1_215)},
        {"recipient": "AGE-SECRET-KEY-PQ-1" + "Q" * 58},
        {"signature": text(31)},
        {"signature": text(32) + "\n"},
        {"wrapped": ""},
        {"wrapped": "AGE-SECRET-KEY-PQ-1" + "Q" * 58},
        {"wrapped": "[" * 900},
        {"proof": text(64)},
        {"proof": text(63)},
        {"wrapped": wrapped(passphrase=box(box=text(64)))},
        {"wrapped": wrapped(passphrase=box(salt=None))},
        {"wrapped": wrapped(passphrase=box(), words="correct horse")},
        {"wrapped": wrapped(passphrase=box(), v=3)},
        {"wrapped": wrapped(passphrase=box(), v=2.0)},
        {"wrapped": '{"v": "told by a neighbour", ' + wrapped()[1:]},
        {"wrapped": wrapped().replace('"salt"', '"salt": "told by a neighbour", "salt"')},
        {"wrapped": json.dumps({"v": 2})},
        {"wrapped": json.dumps({"v": 1, **box()})},
        {"wrapped": wrapped(passkey=box(salt=text(32)))},
        {"wrapped": wrapped(passkey=by_passkey(salt=text(16)))},
        {"wrapped": wrapped(passkey=by_passkey(credential=text(15)))},
        {"wrapped": wrapped(passkey=by_passkey(credential=text(1_024)))},
        {"wrapped": wrapped(passkey=by_passkey(), passphrase=by_passkey())},
        {"wrapped": wrapped(passkey=by_passkey(output=text(32)))},
    ],
)
def test_what_is_no_wrapped_key_is_not_kept(other: dict[str, str]) -> None:
    group = make_organisation("community-group")
    open_desk(group)
    with pytest.raises(KeyRefused):
        keep(acting_as(make_colleague(group, "desk")), **other)
    assert not DeskKey.objects.exists()


def test_a_key_is_kept_as_a_passphrase_a_passkey_or_either_opens_it() -> None:
    group = make_organisation("community-group")
    open_desk(group)
    ann = acting_as(make_colleague(group, "desk"))
    for ways in (
        {"passphrase": box()},
        {"passkey": by_passkey()},
        {"passphrase": box(), "passkey": by_passkey()},
    ):
        ref = keep(ann, wrapped=wrapped(**ways).replace(" ", "\n"))
        kept = DeskKey.objects.get(ref=ref).wrapped
        assert (json.loads(kept), "\n" in kept) == ({"v": 2} | ways, False), "it is written anew"
    assert [one.opened_by for one in worker_keys.own_keys(ann)] == [
        "a passphrase or a passkey",
        "a passkey",
        "a passphrase",
    ]
    newest = worker_keys.opening_keys(ann.organisation, ann.person)[0]
    assert set(worker_keys.wrapped_of([newest])[0]) == {
        "recipient",
        "signature",
        "v",
        "passphrase",
        "passkey",
    }


def test_a_key_that_is_somebody_else_s_or_takes_no_report_is_refused() -> None:
    group = make_organisation("community-group")
    desk = open_desk(group)
    ann, bel = (acting_as(make_colleague(group, "desk")) for _ in range(2))
    paper = recipient_of(secrets.token_bytes(32))
    desk.folder.mkdir(parents=True)
    (desk.folder / "recovery.json").write_text(recovery_file(paper, timezone.localdate()))
    signing = Ed25519PrivateKey.generate()
    hers = halves(ann, signing=signing)
    worker_keys.keep_key(ann, **hers)
    with pytest.raises(KeyRefused, match="not yours"):
        worker_keys.keep_key(bel, **hers)
    own = halves(bel)
    with pytest.raises(KeyRefused, match="not yours"):
        worker_keys.keep_key(bel, **own | {"signature": hers["signature"]})
    with pytest.raises(KeyRefused, match="not yours"):
        worker_keys.keep_key(bel, **halves(bel, desk="other"))
    with pytest.raises(KeyRefused, match="kept already"):
        worker_keys.keep_key(bel, **halves(bel, base64.b64decode(hers["recipient"])))
    with pytest.raises(KeyRefused, match="kept already"):
        worker_keys.keep_key(bel, **halves(bel, paper))
    with pytest.raises(KeyRefused, match="kept already"):
        worker_keys.keep_key(bel, **halves(bel, signing=signing))
    with pytest.raises(KeyRefused, match="can be sealed to"):
        worker_keys.keep_key(bel, **halves(bel, b"\xff" * 1_216))
    assert DeskKey.objects.count() == 1


@pytest.mark.parametrize(
    "height",
    [
        *(0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18),
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
        ),
    ],
)
def test_a_signing_key_under_which_anybody_could_sign_is_refused(height: int) -> None:
    group = make_organisation("community-group")
    open_desk(group)
    for sign in (0, 2**255):
        key = base64.b64encode((height | sign).to_bytes(32, "little")).decode()
        with pytest.raises(KeyRefused, match="whose it is"):
            keep(acting_as(make_colleague(group, "desk")), signature=key)


def test_without_the_newer_of_two_keys_the_older_one_is_published_again() -> None:
    group = make_organisation("community-group")
    desk = open_desk(group)
    ann, bel = (acting_as(make_colleague(group, "desk")) for _ in range(2))
    old, new = keep(ann), keep(ann)
    today = timezone.localdate()
    (desk.folder / "recovery.json").write_text(recovery_file(recipient_of(secrets.token_bytes(32)), today))
    before = today - timedelta(days=3)
    DeskKey.objects.filter(ref=old).update(made_on=before, until=before + timedelta(days=30))
    meant = [worker_keys.destroying(ann, one) for one in (new, old)]
    assert [(one.newest, one.next_made_on, one.others) for one in meant] == [
        (True, before, 0),
        (False, None, 0),
    ]
    keep(bel)
    assert worker_keys.destroying(ann, new).others == 1
    with pytest.raises(KeyRefused, match="no such key"):
        worker_keys.destroying(bel, new)
    worker_keys.destroy_key(ann, new)
    kept = {one.ref: one for one in DeskKey.objects.all()}
    published = {base64.b64encode(one).decode() for one in read_desk_keys(desk.folder, today).recipients}
    assert kept[old].recipient in published
    assert kept[new].recipient not in published
    assert kept[old].recipient in worker_keys.recipients(group, set())
    assert worker_keys.destroying(ann, old).next_made_on is None


def test_what_somebody_put_beside_the_keys_by_hand_stays_there() -> None:
    group = make_organisation("community-group")
    desk = open_desk(group)
    ann = acting_as(make_colleague(group, "desk"))
    desk.folder.mkdir(parents=True)
    by_hand = {
        desk.folder / f"{name}.json": f'{{"of": "{name}"}}' for name in ("ada", "a" * 16, ann.person.ref)
    }
    for file, said in by_hand.items():
        file.write_text(said)
    with pytest.raises(KeyRefused, match="did not write it"):
        keep(ann)
    own, said = by_hand.popitem()
    own.unlink()
    keep(ann)
    assert own.exists()
    assert key_files.by_other_hands(desk.folder) == sorted(one.name for one in by_hand)
    own.write_text(said)
    keep(acting_as(make_colleague(group, "desk")))
    ann.person.roles.update(until=timezone.localdate())
    assert sweeping.let_go_of_desk_keys.func() == 1
    assert {one: one.read_text() for one in [*by_hand, own]} == by_hand | {own: said}


def test_two_processes_that_write_keys_at_one_moment_leave_a_whole_file(
    tmp_path: Path, at_once: Callable[..., list[Any]]
) -> None:
    folder = tmp_path / "braeside"
    texts = [json.dumps({"recipient": str(number) * 1_000}) for number in range(4)]

    def write(said: str) -> None:
        for _ in range(5):
            key_files.replace_files(folder, {"a.json": said})

    at_once(write, texts)
    assert (folder / "a.json").read_text() in texts
    assert key_files.by_other_hands(folder) == []
    assert sorted(one.name for one in folder.iterdir()) == [".written", "a.json"]


def test_keys_from_before_say_what_opens_them_and_what_is_none_stops_the_change() -> None:
    group = make_organisation("community-group")
    open_desk(group)
    ref = keep(acting_as(make_colleague(group, "desk")))
    change = importlib.import_module(
        "lippen.site.desk.migrations.0003_keys_wrapped_in_two_ways"
    ).say_what_opens_it
    before = box()
    DeskKey.objects.update(wrapped=json.dumps({"v": 1, **before}))
    change(apps, None)
    assert json.loads(DeskKey.objects.get(ref=ref).wrapped) == {"v": 2, "passphrase": before}
    for broken in (box(box=text(79)), box(more="1")):
        DeskKey.objects.update(wrapped=json.dumps({"v": 1, **broken}))
        with pytest.raises(ValueError, match=ref):
            change(apps, None)


def test_a_fourth_worker_waits_until_one_of_three_destroys_hers() -> None:
    group = make_organisation("community-group")
    workers = [acting_as(make_colleague(group, "desk")) for _ in range(4)]
    open_desk(group)
    refs = [keep(one) for one in workers[:3]]
    with pytest.raises(KeyRefused, match="no more"):
        keep(workers[3])
    keep(workers[0])
    with pytest.raises(KeyRefused, match="no such key"):
        worker_keys.destroy_key(workers[3], refs[1])
    worker_keys.destroy_key(workers[1], refs[1])
    assert DeskKey.objects.get(ref=refs[1]).wrapped == ""
    keep(workers[3])


def test_a_key_is_destroyed_when_it_opens_no_more_or_its_worker_is_gone() -> None:
    group = make_organisation("community-group")
    ann, bel, cat = (acting_as(make_colleague(group, "desk")) for _ in range(3))
    desk = open_desk(group)
    old, leaving, stays = (keep(one) for one in (ann, bel, cat))
    today = timezone.localdate()
    DeskKey.objects.filter(ref=old).update(
        until=today - timedelta(days=14), opens_until=today, made_on=today - timedelta(days=44)
    )
    bel.person.roles.update(until=today)
    assert sweeping.let_go_of_desk_keys.func() == 2
    standing = {one.ref for one in DeskKey.objects.exclude(wrapped="")}
    assert standing == {stays}
    assert leaving not in standing
    assert [one.stem for one in desk.folder.glob("[!.]*") if one.stem != "recovery"] == [cat.person.ref]


def test_nobody_but_a_desk_worker_keeps_a_key_or_gets_a_colleague_s() -> None:
    group = make_organisation("community-group")
    open_desk(group)
    ann, bel = (acting_as(make_colleague(group, "desk")) for _ in range(2))
    keep(ann)
    assert worker_keys.colleague_keys(bel, ann.person.ref)
    for outsider in (
        acting_as(make_colleague(group, "administrator")),
        acting_as(make_colleague(make_organisation("police"), "police-officer")),
    ):
        with pytest.raises(PermissionError):
            keep(outsider)
        with pytest.raises(PermissionError):
            worker_keys.colleague_keys(outsider, ann.person.ref)
    stranger = acting_as(make_colleague(make_organisation("community-group"), "desk"))
    with pytest.raises(KeyRefused):
        worker_keys.colleague_keys(stranger, ann.person.ref)
