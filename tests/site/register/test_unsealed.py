"""A sealer that stands still: the check says so, and pages say so to whoever looks after others' reading."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error
from django.test import Client
from people_factory import make_colleague, make_organisation, signed_in
from registers import HeldRegister

from lippen.site.form import context
from lippen.site.register import services, unsealed
from lippen.site.register.models import Entry
from lippen.site.register.unsealed import unsealed_since

WORDS = "The register is not being sealed"


@pytest.fixture
def old(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> HeldRegister:
    """A register in which two entries of an hour ago are not sealed, and later ones neither."""
    register.filled(checkpoints=1)

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) - timedelta(hours=1)

    with monkeypatch.context() as patched:
        patched.setattr(services, "datetime", Earlier)
        register.enter(2)
    register.enter(3)
    return register


def told(client: Client, path: str) -> bool:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return WORDS in answer.content.decode()


def test_an_old_unsealed_tail_is_stated_with_its_size_and_its_age(old: HeldRegister) -> None:
    verdict = old.verify()
    assert verdict.sound, "nothing that was sealed is broken"
    assert any("is more than a minute old: the sealer does not run" in one for one in verdict.stated)
    assert re.search(r"Unsealed tail: 5 entries since 20\d\d-", verdict.as_text())
    old.seal()
    verdict = old.verify()
    assert not verdict.stated
    assert "Unsealed tail: none" in verdict.as_text()


def test_it_is_since_the_oldest_that_is_not_sealed_and_over_when_all_is(old: HeldRegister) -> None:
    assert unsealed_since() == Entry.objects.order_by("id")[4].at
    old.seal()
    assert unsealed_since() is None


def test_what_is_on_its_way_is_no_reason_to_worry(register: HeldRegister) -> None:
    assert unsealed_since() is None, "an empty register"
    register.enter(3)
    assert unsealed_since() is None, "seconds old"


def test_a_minute_is_the_limit(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    register.enter()
    entry = Entry.objects.get()

    def at(moment: datetime) -> None:
        class Then(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:  # noqa: ARG003 - it stands in UTC for all
                return moment

        monkeypatch.setattr(unsealed, "datetime", Then)

    at(entry.at + timedelta(seconds=60))
    assert unsealed_since() is None
    at(entry.at + timedelta(seconds=61))
    assert unsealed_since() == entry.at


def test_the_panel_and_the_officer_are_told_on_their_pages_and_others_are_not(old: HeldRegister) -> None:
    homes = make_organisation("housing")
    jean = signed_in(make_colleague(make_organisation("scrutiny-panel"), "panel"))
    officer = signed_in(make_colleague(homes, "protection-officer"))
    worker = signed_in(make_colleague(homes, "worker"))
    for path in ("/", "/register/"):
        assert told(jean, path)
        assert told(officer, path)
        assert not told(worker, path)
    assert not told(Client(), "/")
    old.seal()
    for path in ("/", "/register/"):
        assert not told(jean, path)


def test_a_page_that_cannot_ask_is_made_all_the_same(
    old: HeldRegister,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails() -> datetime:
        raise Error("the database is away")

    monkeypatch.setattr(context, "unsealed_since", fails)
    jean = signed_in(make_colleague(make_organisation("scrutiny-panel"), "panel"))
    assert not told(jean, "/")
