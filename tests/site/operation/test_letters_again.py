"""An e-mail that surely was not sent is tried again each hour, for a day and for as long as something waits;
one that a mail program may have taken is not.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from people_factory import make_colleague, make_organisation

from lippen.site.accounts import notices
from lippen.site.accounts.models import Person
from lippen.site.operation.doctor_of_database import LOOKS
from lippen.site.operation.hourly import (
    HOURLY,
    clear_jobs,
    put_into_queue,
    send_letters_again,
    take_up_left_behind,
)
from lippen.site.operation.worker import queue_worker

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
    queue_worker(batch=True).run()


def an_hour_later() -> None:
    send_letters_again.enqueue()
    work()


def letters() -> Any:
    return DBTaskResult.objects.filter(task_path=notices.send.module_path)


@contextmanager
def mail_program(
    settings: Any, *, to_recipient: str = "250 ok", falls_silent: bool = False
) -> Iterator[list[bytes]]:
    """A mail program of this machine: what it answers to a recipient, and whether it falls silent once it has
    a letter, until nobody waits any more. Gives the letters that it took.
    """
    took: list[bytes] = []

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            for line in self.rfile:
                command = line[:4].upper()
                if command == b"DATA":
                    self.say("354 go on")
                    took.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    if falls_silent:
                        self.rfile.read()
                        return
                self.say(to_recipient if command == b"RCPT" else "250 ok")

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

        def finish(self) -> None:
            """Whoever was kept waiting may be gone."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """The same."""

    with Server(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        try:
            yield took
        finally:
            server.shutdown()


@contextmanager
def no_mail_program() -> Iterator[list[int]]:
    """None answers. Gives one number for each connection that was tried."""
    tried: list[int] = []

    def refused(_: EmailBackend) -> None:
        tried.append(1)
        raise ConnectionRefusedError

    with pytest.MonkeyPatch.context() as down:
        down.setattr(EmailBackend, "open", refused)
        yield tried


def test_a_letter_that_nobody_took_is_sent_an_hour_later_and_once(morag: Person) -> None:
    with no_mail_program():
        work()
        an_hour_later()
        an_hour_later()
    assert mail.outbox == []
    an_hour_later()
    assert [one.to for one in mail.outbox] == [[morag.email]]
    an_hour_later()
    assert len(mail.outbox) == 1
    assert send_letters_again in HOURLY


def test_a_letter_is_not_sent_any_more_for_what_was_seen_meanwhile_nor_after_a_day(morag: Person) -> None:
    other = make_colleague(make_organisation("housing"), "worker")
    notices.tell([other], "/you/", "Something.")
    with no_mail_program():
        work()
    notices.settle("/you/", [morag])
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    to_other = DBTaskResult.objects.filter(args_kwargs__args=[other.notices.get().ref])
    assert to_other.update(enqueued_at=long_ago) == 1
    an_hour_later()
    assert mail.outbox == []


@pytest.mark.usefixtures("morag")
def test_a_letter_that_was_taken_and_not_answered_is_sent_once(settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    with mail_program(settings, falls_silent=True) as took:
        work()
        for _ in range(3):
            an_hour_later()
    assert len(took) == 1
    assert letters().get().status == "FAILED"


@pytest.mark.usefixtures("morag")
def test_a_letter_that_is_refused_for_now_is_tried_again(settings: Any) -> None:
    with mail_program(settings, to_recipient="451 come again") as took:
        work()
    with mail_program(settings) as took_then:
        an_hour_later()
    assert (len(took), len(took_then)) == (0, 1)


@pytest.mark.usefixtures("morag")
def test_while_no_mail_program_answers_one_connection_is_tried_each_hour_and_no_letter() -> None:
    others = [make_colleague(make_organisation("housing"), "worker") for _ in range(3)]
    notices.tell(others, "/you/", "Something.")
    with no_mail_program() as tried:
        work()
        assert len(tried) == 4
        an_hour_later()
        assert len(tried) == 5
    an_hour_later()
    assert len(mail.outbox) == 4


@pytest.mark.usefixtures("morag")
def test_letters_wait_for_every_other_job_the_first_time_and_again() -> None:
    put_into_queue()
    assert [one.task_path for one in DBTaskResult.objects.ready()][-1] == notices.send.module_path
    with no_mail_program():
        work()
    send_letters_again.call()
    clear_jobs.enqueue()
    last = [clear_jobs.module_path, notices.send.module_path]
    assert [one.task_path for one in DBTaskResult.objects.ready()] == last


@pytest.mark.usefixtures("morag")
def test_a_letter_that_ended_the_worker_twice_stays_given_up() -> None:
    assert letters().update(status="RUNNING", worker_ids=["one", "two"]) == 1
    take_up_left_behind()
    an_hour_later()
    assert letters().get().status == "FAILED"
    assert mail.outbox == []


@pytest.mark.usefixtures("morag")
def test_a_letter_that_was_tried_often_may_still_be_left_behind_once(settings: Any) -> None:
    with mail_program(settings, to_recipient="451 come again"):
        work()
        for _ in range(3):
            an_hour_later()
    with mail_program(settings) as took:
        send_letters_again.call()
        letters().get().claim("killed meanwhile")
        take_up_left_behind()
        work()
    assert len(took) == 1


@pytest.mark.usefixtures("morag")
def test_once_the_site_sends_no_mail_any_more_no_letter_that_waited_goes(settings: Any) -> None:
    with no_mail_program():
        work()
    settings.CONFIGURATION = replace(settings.CONFIGURATION, mail_from="")
    letters().update(status="READY")
    work()
    an_hour_later()
    assert mail.outbox == []


def test_the_doctor_tells_of_letters_that_failed_until_they_are_sent(morag: Person, settings: Any) -> None:
    def found() -> list[tuple[str, str]]:
        return [(one.state, one.seen) for one in dict(LOOKS)["mail"](settings.CONFIGURATION)]

    assert morag.notices.exists()
    with no_mail_program():
        work()
    [(state, seen)] = found()
    assert state == "look"
    assert seen.startswith("1 e-mail could not be sent, the last at ")
    [finding] = dict(LOOKS)["mail"](settings.CONFIGURATION)
    assert "port 25 of this machine" in finding.remedy
    an_hour_later()
    assert found() == [("well", "no e-mail failed lately")]
    settings.CONFIGURATION = replace(settings.CONFIGURATION, mail_from="")
    assert found() == []
