"""Alerts about unusual reading are sealed with the register: taken out, put in or altered, they are named."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from attacks import broken, delete_entries, other_value, set_value
from django.core import mail
from django.db import Error, models, transaction
from django_tasks_db.models import DBTaskResult
from people_factory import make_colleague, make_organisation, signed_in
from registers import AILSA, ROBERT, HeldRegister, clock

from lippen.site.accounts.models import Notice
from lippen.site.register import alerts, resolvers
from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.models import Act, Alert, Entry


@pytest.fixture
def alerted(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> HeldRegister:
    """Two readers read very much on the first day on which they read at all, and the panel was alerted."""
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
        register.enter(45, reader=ROBERT)
        register.seal()
    with clock(monkeypatch, 2026, 11, 26):
        assert look() == 2
        register.seal()
    return register


def test_each_alert_has_its_line_of_the_register_and_the_seal_covers_both(alerted: HeldRegister) -> None:
    assert alerted.verify().sound, alerted.verify().as_text()
    raised = Entry.objects.filter(act=Act.COMBINATION).order_by("id")
    assert [one.alert.reader for one in raised] == [AILSA.person, ROBERT.person]  # type: ignore[attr-defined]
    for one in raised:
        assert one.reader == "system"
        ((data_class, record),) = one.shown.values_list("data_class", "record")
        assert data_class == "register", "and whom it is about is not told here"
        assert re.fullmatch(r"alert-[0-9a-f]{40}", record)


def test_an_alert_taken_out_is_named(alerted: HeldRegister) -> None:
    gone = Alert.objects.order_by("id")[0]
    alerted.attack(f"DELETE FROM register_alert WHERE id = {gone.pk}")
    for digests in (True, False):
        broken(alerted.verify(digests=digests), "the alert", f"(entry {gone.entry_id}) was taken out")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Alert.objects.all().delete()


def test_an_alert_taken_out_with_its_line_shows_as_a_missing_line(alerted: HeldRegister) -> None:
    gone = Alert.objects.order_by("id")[0]
    alerted.attack(f"DELETE FROM register_alert WHERE id = {gone.pk}", *delete_entries([gone.entry_id]))
    broken(alerted.verify(), "under checkpoint 2", "1 of 2 entries is missing")


def test_an_alert_taken_out_before_its_line_was_sealed_is_named_too(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
        register.seal()
    with clock(monkeypatch, 2026, 11, 26):
        look()
    register.attack("DELETE FROM register_alert")
    broken(register.verify(), "the alert", "was taken out")


@pytest.mark.parametrize(
    "field",
    [one for one in Alert._meta.concrete_fields if one.name not in ("id", "entry")],
    ids=lambda one: one.name,
)
def test_no_column_of_an_alert_can_be_altered(
    alerted: HeldRegister, field: models.Field[object, object]
) -> None:
    alert = Alert.objects.order_by("id")[0]
    alerted.attack(set_value(Alert, alert.pk, **{field.attname: other_value(alert, field)}))
    broken(alerted.verify(), "the alert", "was altered")


def test_an_alert_that_was_put_in_is_named(alerted: HeldRegister) -> None:
    number = alerted.enter()[0]
    now = datetime.now(UTC)
    Alert.objects.create(  # no trigger can know what the program raised
        entry_id=number,
        made_at=now,
        rule="night",
        reader="p-innocent",
        organisation="o-housing",
        first_at=now,
        last_at=now,
        readings=50,
        reason="made up",
    )
    for digests in (True, False):
        broken(alerted.verify(digests=digests), "was put in: no entry raised it", entry=number)


def test_alerts_that_change_places_are_found(alerted: HeldRegister) -> None:
    first, second = Alert.objects.order_by("id")
    alerted.attack(
        f"UPDATE register_alert SET entry_id = -1 WHERE id = {first.pk}",
        f"UPDATE register_alert SET entry_id = {first.entry_id} WHERE id = {second.pk}",
        f"UPDATE register_alert SET entry_id = {second.entry_id} WHERE id = {first.pk}",
    )
    broken(alerted.verify(), "the alert", "was altered")


def test_an_alert_goes_with_its_line_and_not_before(
    alerted: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2032, 11, 30):
        alerted.enter()
        alerted.seal()
        assert expire() == []
    assert Alert.objects.count() == 2
    with clock(monkeypatch, 2032, 12, 2):
        alerted.enter()
        alerted.seal()
        assert len(expire()) == 1
        alerted.seal()
    assert not Alert.objects.exists()
    assert alerted.verify().sound, alerted.verify().as_text()


def test_an_alert_of_which_nobody_could_be_told_is_raised_at_the_next_look(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("no notice can be written")

    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
    with clock(monkeypatch, 2026, 11, 26):
        with monkeypatch.context() as patched:
            patched.setattr(resolvers, "_panel", {resolvers.UNUSUAL_READING: fails})
            with pytest.raises(RuntimeError):
                look()
        assert not Alert.objects.exists()
        assert not Entry.objects.filter(act=Act.COMBINATION).exists()
        assert look() == 1


def test_one_alert_comes_of_two_looks_at_once(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
    with clock(monkeypatch, 2026, 11, 26):
        assert look() == 1
        alert = Alert.objects.get()
        alert.pk = None
        # The other look asked whether there was one just before this one was committed.
        there = Mock(exists=Mock(side_effect=[False, True]))
        with monkeypatch.context() as patched:
            patched.setattr(alerts.Alert.objects, "filter", lambda **_: there)
            assert alerts.raise_alert(alert) is False
    assert Alert.objects.count() == 1
    assert Entry.objects.filter(act=Act.COMBINATION).count() == 1


def test_every_member_of_the_panel_is_told_that_something_waits_and_never_what(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.settings.CONFIGURATION = replace(register.settings.CONFIGURATION, mail_from="l@example.org")
    panel = make_organisation("scrutiny-panel")
    jean, hamid = make_colleague(panel, "panel"), make_colleague(panel, "panel")
    left = make_colleague(panel, "panel")
    left.roles.update(until=datetime.now(UTC).date())
    make_colleague(make_organisation("housing"), "worker", "administrator", "protection-officer")
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45, reader=AILSA)
    later = datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert look(later) == 1
    assert set(Notice.objects.values_list("person", flat=True)) == {jean.pk, hamid.pk}
    assert look(later) == 0
    assert DBTaskResult.objects.count() == 2, "one e-mail each"
    for job in DBTaskResult.objects.all():
        job.task.call(*job.args_kwargs["args"])
    assert {one.to[0] for one in mail.outbox} == {jean.email, hamid.email}
    for one in mail.outbox:
        for word in ("unusual", "register", "alert", AILSA.person):
            assert word not in (one.subject + one.body).lower()
    client = signed_in(jean)
    waits = re.search(r'action="(/you/waiting/[^"]+)"', client.get("/").content.decode())
    assert waits is not None
    for page in ("/", "/you/"):
        assert "unusual" not in client.get(page).content.decode().lower()
    assert client.post(waits[1])["Location"] == "/register/unusual/"
