"""An e-mail that could not be sent is tried again each hour, for a day and for as long as something waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from people_factory import make_colleague, make_organisation

from lippen.site.accounts import notices
from lippen.site.accounts.models import Person
from lippen.site.operation.hourly import HOURLY, send_letters_again

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morag(settings: Any) -> Person:
    """Somebody for whom something waits, on a site that sends e-mail."""
    settings.CONFIGURATION = replace(settings.CONFIGURATION, mail_from="lippen@example.org")
    made = make_colleague(make_organisation("housing"), "worker")
    notices.tell([made], "/you/", "Something.")
    return made


def work() -> None:
    """Do what stands in the queue, as the background worker does."""
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="of-the-test",
        excluded_queue_names=[],
    ).run()


def an_hour_later() -> None:
    send_letters_again.call()
    work()


def refused(*_: Any, **__: Any) -> None:
    raise ConnectionRefusedError


def test_a_letter_that_nobody_took_is_sent_an_hour_later_and_once(
    morag: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setattr(notices, "send_mail", refused)
        work()
        an_hour_later()
        an_hour_later()
    assert mail.outbox == []
    an_hour_later()
    assert [one.to for one in mail.outbox] == [[morag.email]]
    an_hour_later()
    assert len(mail.outbox) == 1
    assert send_letters_again in HOURLY


def test_a_letter_is_not_sent_any_more_for_what_was_seen_meanwhile_nor_after_a_day(
    morag: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_colleague(make_organisation("housing"), "worker")
    notices.tell([other], "/you/", "Something.")
    with monkeypatch.context() as down:
        down.setattr(notices, "send_mail", refused)
        work()
    notices.settle("/you/", [morag])
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    to_other = DBTaskResult.objects.filter(args_kwargs__args=[other.notices.get().ref])
    assert to_other.update(enqueued_at=long_ago) == 1
    an_hour_later()
    assert mail.outbox == []
