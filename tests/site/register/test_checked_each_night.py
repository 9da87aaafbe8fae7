"""The register is checked each night by itself: what was found is kept, told, and shown to the panel."""

from __future__ import annotations

import html
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks import delete_entries, set_value
from django.core import mail
from django.db import IntegrityError, connection
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from open_sites import LONG
from people_factory import signed_in
from registers import HeldRegister

from lippen.site.accounts import notices
from lippen.site.accounts.models import Notice, Person
from lippen.site.accounts.services import make_organisation, make_person
from lippen.site.operation.hourly import failures, put_into_queue
from lippen.site.register import nightly, resolvers
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.nightly import Check, check, days_since, last_check
from lippen.site.register.tasks import check_register

WARNING = "notice warning"


@pytest.fixture
def night(register: HeldRegister, tmp_path: Path) -> HeldRegister:
    """A sealed register in a workspace of this test's own."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    register.settings.CONFIGURATION = replace(register.settings.CONFIGURATION, workspace=workspace)
    register.filled()
    return register


@pytest.fixture
def panel(night: HeldRegister) -> list[Person]:
    """Two members of the panel."""
    of = make_organisation("The Panel", "scrutiny-panel", "uk-gdpr")
    members = [
        make_person(name, f"{name[:4].lower()}@example.org", [(of, "panel")])
        for name in ("Jean Roy", "Hamid Sharif")
    ]
    night.seal()
    return members


def broken_by(night: HeldRegister) -> int:
    """Alter an entry as the database's owner would; returns its id."""
    number = int(Entry.objects.filter(what="people 2").order_by("id")[0].pk)
    night.attack(set_value(Entry, number, reader="somebody-else"))
    return number


def page(person: Person, path: str = "/register/check/") -> str:
    answer = signed_in(person).get(path)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def days_later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    then = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: then)


def test_a_register_that_is_whole_is_said_to_be(night: HeldRegister, panel: list[Person]) -> None:
    assert "It has not been checked yet" in page(panel[0])
    night.seal()
    found = check()
    assert found.well
    assert found == last_check()
    assert found.entries == Entry.objects.count()
    told = page(panel[0])
    assert "The register is whole, and its copies too." in told
    assert Entry.objects.latest("pk").what == "the last check of the register"
    assert not Notice.objects.exists(), "nobody is told that all is well"
    assert "The last check found something" not in page(panel[0], "/register/")


def test_a_fault_is_told_to_the_panel_and_to_administrators_and_said_on_the_page_alone(
    night: HeldRegister, panel: list[Person]
) -> None:
    homes = make_organisation("Homes", "housing", "uk-gdpr")
    ann = make_person("Ann Orr", "ann@example.org", [(homes, "administrator")])
    bea = make_person("Bea Lyle", "bea@example.org", [(homes, "worker")])
    night.settings.CONFIGURATION = replace(night.settings.CONFIGURATION, mail_from="site@example.org")
    number = broken_by(night)
    assert not check().well
    assert set(Notice.objects.values_list("person", flat=True)) == {ann.pk, *(one.pk for one in panel)}
    for job in DBTaskResult.objects.filter(task_path=notices.send.module_path):
        job.task.call(*job.args_kwargs["args"])
    assert {one.to[0] for one in mail.outbox} == {ann.email, *(one.email for one in panel)}
    for letter in mail.outbox:
        for word in ("register", "check", "fault", "broken"):
            assert word not in f"{letter.subject}{letter.body}".lower()
    assert f"entry {number} " in page(panel[0])
    assert "The last check found something" in page(panel[1], "/register/")
    for who in (ann, bea):
        client = signed_in(who)
        assert client.get("/register/check/").status_code == 403
        assert "The last check found" not in client.get("/register/").content.decode()
    waits = Notice.objects.get(person=ann)
    client = signed_in(ann)
    assert "check" not in re.sub(r"<[^>]+>", "", client.get("/you/").content.decode()).lower()
    opened = client.post(f"/you/waiting/{waits.ref}/", follow=True).content.decode()
    assert "The check of the night found something" in opened
    assert str(number) not in waits.says


def test_the_same_fault_is_told_once_and_another_one_again(night: HeldRegister, panel: list[Person]) -> None:
    broken_by(night)
    check()
    Notice.objects.update(settled_at=timezone.now())
    check()
    assert not Notice.objects.filter(settled_at=None).exists()
    ids = list(Entry.objects.filter(what="people 3").order_by("id").values_list("id", flat=True))
    night.attack(*delete_entries(ids[:1]))
    check()
    assert Notice.objects.filter(settled_at=None).count() == len(panel)


def test_what_was_found_is_kept_though_nobody_could_be_told_and_is_told_the_next_time(
    night: HeldRegister, panel: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns the database can keep notices from being written."""
    number = broken_by(night)

    def refused() -> None:
        raise IntegrityError("no notice")

    with monkeypatch.context() as owner:
        owner.setitem(resolvers._panel, resolvers.NOT_WHOLE, refused)
        for _ in range(2):
            with pytest.raises(IntegrityError):
                check()
    assert f"entry {number} " in page(panel[0])
    assert not Notice.objects.exists()
    for _ in range(2):
        assert not check().well
        assert Notice.objects.count() == len(panel)


def test_damage_to_the_copies_is_told_and_said_to_be_the_copies(
    night: HeldRegister, panel: list[Person]
) -> None:
    (file,) = night.copies.glob("checkpoints-*.jsonl")
    file.write_text(file.read_text() + "something else\n")
    assert not check().well
    assert Notice.objects.count() == len(panel)
    told = page(panel[0])
    assert "The register is whole. Its copies are damaged." in told
    assert "is no checkpoint" in told


def test_checkpoints_cut_off_show_against_the_copies(night: HeldRegister, panel: list[Person]) -> None:
    last = Checkpoint.objects.order_by("-number")[0]
    night.attack(("DELETE FROM register_checkpoint WHERE number = %s", [last.pk]))
    assert "in the copy and not in the database" in check().breaches[0]
    assert Notice.objects.count() == len(panel)


def test_copies_that_cannot_be_read_stop_no_check(night: HeldRegister) -> None:
    (file,) = night.copies.glob("checkpoints-*.jsonl")
    file.unlink()
    file.mkdir()
    found = check()
    assert found.checkpoints == 3
    assert not found.breaches
    assert any("cop" in one for one in (*found.unchecked, *found.copy_faults))


def test_names_that_were_exchanged_are_found_at_night(night: HeldRegister, panel: list[Person]) -> None:
    night.attack(("UPDATE accounts_person SET name = %s WHERE id = %s", ["Nobody Known", panel[0].pk]))
    assert f"the name of the person {panel[0].ref} is not the one" in check().breaches[0]


@pytest.mark.parametrize("first", [True, False], ids=["after a first check", "never"])
def test_a_register_that_nobody_checked_for_days_says_so(
    panel: list[Person], monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    if first:
        check()
    days_later(monkeypatch, 1.9)
    assert days_since(last_check()) == 1
    assert "been checked for" not in page(panel[0], "/register/")
    days_later(monkeypatch, 3)
    assert "has not been checked for 4 days" in page(panel[0], "/register/")
    assert "was not checked lately" in page(panel[0])
    assert ("has not been checked for 4 days" if first else "4 days old and was never checked") in page(
        panel[0]
    )


@pytest.mark.parametrize(
    "altered",
    [
        lambda text: text.replace("breaches_in_all", "breaches_in_any"),
        lambda text: re.sub(r"not as|does not say", "just as", text),
        lambda text: json.dumps({"check": json.loads(text)["check"], "digest": "00" * 32}),
        lambda _: json.dumps({"check": 3, "digest": []}),
        lambda _: "[]",
        lambda _: "",
    ],
)
def test_what_was_found_cannot_be_written_by_whoever_has_not_the_key(
    night: HeldRegister, altered: Any
) -> None:
    broken_by(night)
    found = check()
    file = night.settings.CONFIGURATION.workspace / nightly.FILE
    assert last_check() == found
    file.write_text(altered(file.read_text()))
    assert last_check() is None
    file.unlink()
    assert last_check() is None


def test_what_is_kept_is_bounded_however_much_is_wrong(night: HeldRegister) -> None:
    night.filled(checkpoints=1, entries=40)
    night.attack("UPDATE register_entry SET reader = 'somebody-else'")
    found = check()
    assert found.breaches_in_all > 40
    assert len(found.breaches) == 20
    assert isinstance(last_check(), Check)


def test_who_writes_and_seals_meanwhile_waits_for_nothing(
    night: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def others_work() -> None:
        try:
            made.extend(night.enter())
            night.seal()
        finally:
            connection.close()

    def meanwhile(_: int) -> None:
        if not made:
            other = threading.Thread(target=others_work)
            other.start()
            other.join(LONG)

    verify = nightly.verify
    monkeypatch.setattr(nightly, "verify", lambda *a, **how: verify(*a, **{**how, "progress": meanwhile}))
    assert check().well
    assert len(made) == 1, "in the middle of the check"


def enqueued() -> int:
    return DBTaskResult.objects.filter(task_path=check_register.module_path).count()


def test_it_is_put_into_the_queue_once_a_day(night: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    put_into_queue()
    assert enqueued() == 0, "not when a site has just opened"
    night.settings.TIME_ZONE = "Europe/London"
    for hour, many in ((1, 1), (23, 1), (25, 2), (26, 2)):
        at = datetime(2026, 7, 1, 22, tzinfo=UTC) + timedelta(hours=hour)  # an hour before midnight there
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        put_into_queue(nightly=True)
        DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(
            status=TaskResultStatus.SUCCESSFUL, enqueued_at=at, finished_at=at
        )
        assert enqueued() == many, hour


@pytest.mark.usefixtures("night")
def test_a_check_that_fails_is_told_by_the_doctor_s_list() -> None:
    put_into_queue(nightly=True)
    last = DBTaskResult.objects.get(task_path=check_register.module_path)
    last.set_failed(MemoryError())
    assert [one.name for one in failures()] == ["check_register"]


def test_a_key_that_another_replaced_is_a_breach(night: HeldRegister) -> None:
    """As when whoever had the old key made a note that names a key of theirs."""
    old = night.rotate()
    night.filled(checkpoints=1)
    assert check().well
    night.settings.KEYS = replace(night.settings.KEYS, seal=old)
    assert "somebody else replaced the key by one of theirs" in check().breaches[0]
