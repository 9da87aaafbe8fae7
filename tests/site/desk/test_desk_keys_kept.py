"""Keys of a desk's workers: kept wrapped and nothing else, told for the manifest, replaced, destroyed."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hybrid_age import recipient_of
from open_desks import open_desk
from people_factory import acting_as, make_colleague, make_organisation

from lippen.site.accounts.acting import Acting
from lippen.site.desk import sweeping, worker_keys
from lippen.site.desk.models import DeskKey
from lippen.site.desk.worker_keys import KeyRefused
from lippen.site.speak.desk_keys import read_desk_keys, recovery_file

pytestmark = pytest.mark.django_db(transaction=True)


def text(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode()


def wrapped(**other: Any) -> str:
    return json.dumps({"v": 1, "salt": text(16), "nonce": text(12), "box": text(80)} | other)


def keep(acting: Acting, **other: str) -> str:
    recipient = base64.b64encode(recipient_of(secrets.token_bytes(32))).decode()
    halves = {"recipient": recipient, "signature": text(32), "wrapped": wrapped()} | other
    return worker_keys.keep_key(acting, **halves)


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
    assert not any(json.loads(one.wrapped)["box"] in written for one in DeskKey.objects.exclude(wrapped=""))


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
        {"wrapped": wrapped(box=text(64))},
        {"wrapped": wrapped(v=2)},
        {"wrapped": wrapped(words="correct horse")},
        {"wrapped": wrapped(salt=None)},
    ],
)
def test_what_is_no_wrapped_key_is_not_kept(other: dict[str, str]) -> None:
    group = make_organisation("community-group")
    open_desk(group)
    with pytest.raises(KeyRefused):
        keep(acting_as(make_colleague(group, "desk")), **other)
    assert not DeskKey.objects.exists()


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
    assert [one.stem for one in desk.folder.iterdir() if one.stem != "recovery"] == [cat.person.ref]


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
