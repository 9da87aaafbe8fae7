"""How long a name that was entered is known, what pages show of it, and its format."""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from attacks import POSTGRESQL
from django.db import connection, transaction
from django.utils import timezone
from named_towns import Town, named_town, put_back, seen_by
from open_sites import LONG
from people_factory import acting_as, signed_in
from registers import HeldRegister, clock

from lippen.site.accounts import invitations
from lippen.site.accounts.models import Person
from lippen.site.accounts.names_entered import give_name
from lippen.site.accounts.services import erase_person, make_organisation, make_person
from lippen.site.register import commitments
from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.models import Act, Alert, Entry, Shown
from lippen.site.register.services import SYSTEM, enter_change

PASSWORD = "nine-swans-on-the-firth"  # noqa: S105 - nobody has it


@pytest.fixture
def town(register: HeldRegister) -> Town:
    return named_town(register)


@pytest.fixture
def years(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town whose names were given in a month that the register keeps no longer."""
    with clock(monkeypatch, 2020, 1):
        homes = make_organisation("Homes", "housing", "uk-gdpr")
        ann = make_person("Ann Orr", "ann@example.org", [(homes, "administrator")])
        ailsa = make_person("Ailsa Reid", "ailsa@example.org", [(homes, "worker")])
        register.seal()
    with clock(monkeypatch, 2026, 11):
        register.enter()
        register.seal()
        yield Town(register, homes, ann, ailsa, ann)


def test_a_name_stays_known_when_the_entry_that_gave_it_has_gone(years: Town) -> None:
    gave = set(Shown.objects.filter(data_class=commitments.NAME).values_list("entry", flat=True))
    assert [one.month.isoformat() for one in expire()] == ["2020-01-01"]
    assert not Entry.objects.filter(pk__in=gave).exists()
    assert years.breaches() == ""
    years.exchange(years.ann, years.ailsa, "name")
    assert years.breaches().count("is not the one that entry") == 2


def test_somebody_erased_who_was_put_back_is_not_entered_again(years: Town) -> None:
    (row,) = Person.objects.filter(pk=years.ailsa.pk).values()
    erase_person(years.ailsa.ref)
    put_back(years, row)
    expire()
    assert f"the person {years.ailsa.ref}" in years.breaches()


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one writer at a time")
def test_a_name_set_while_the_old_ones_are_entered_again_is_the_one_that_counts(years: Town) -> None:
    """The entry of the new name is made and not committed when the month goes."""
    gone: list[object] = []

    def let_go() -> None:
        try:
            gone.extend(expire())
        finally:
            connection.close()

    other = threading.Thread(target=let_go)
    with transaction.atomic():
        ailsa = Person.objects.select_for_update().get(pk=years.ailsa.pk)
        given = give_name(ailsa, "Ailsa Gow")
        ailsa.save()
        enter_change(SYSTEM, Act.ALTERATION, "a person came back", [given], purpose="to come back")
        other.start()
        until = time.monotonic() + LONG
        while other.is_alive() and not waits_for_a_lock():
            assert time.monotonic() < until, "it neither waits nor ends"
    other.join(LONG)
    assert len(gone) == 1
    assert years.breaches() == ""


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL")
        return bool(cursor.fetchone()[0])


def test_a_name_exchanged_before_is_not_made_right_by_it(years: Town) -> None:
    years.exchange(years.ann, years.ailsa, "name", "name_salt")
    expire()
    assert years.breaches().count("is not the one that entry") == 2


def test_an_entry_altered_before_it_goes_is_not_entered_again(years: Town) -> None:
    years.alter("accounts_person", years.ailsa.ref, name="Ann Other")
    altered = Person.objects.get(pk=years.ailsa.pk)
    forged = commitments.commitment("p", altered.ref, bytes(altered.name_salt), altered.name)
    years.register.attack(
        ("UPDATE register_shown SET record = %s WHERE record LIKE %s", [forged, f"p-{altered.ref}-%"])
    )
    expire()
    assert f"no entry says what name the person {altered.ref} was given" in years.breaches()


def test_nothing_is_entered_again_of_who_was_erased_and_it_is_done_once(years: Town) -> None:
    erase_person(years.ailsa.ref)
    years.register.seal()
    expire()
    years.register.seal()
    again = Entry.objects.filter(what="the names entered again")
    records = set(again.get().shown.values_list("record", flat=True))
    assert {commitments.whose(one) for one in records} == {f"p-{years.ann.ref}", f"o-{years.homes.ref}"}
    assert expire() == []
    assert again.count() == 1
    assert years.breaches() == ""


# --- on the pages


def test_no_page_and_no_file_shows_a_commitment_as_a_record(town: Town) -> None:
    added = Entry.objects.filter(what="a person added").latest("pk")
    assert added.shown_count == 2
    page = seen_by(town.jean, f"/register/{added.pk}/")
    assert town.jean.ref in page
    assert "more." not in page
    client = signed_in(town.jean)
    file = b"".join(client.get("/register/export.csv")).decode()
    line = next(one for one in file.splitlines() if f',"{added.pk}",' in one)
    for text in (
        page,
        file,
        seen_by(town.jean),
        seen_by(town.jean, f"/register/record/staff/{town.jean.ref}/"),
    ):
        assert f"p-{town.jean.ref}" not in text
        assert "name:" not in text
    assert f'"staff:{town.jean.ref}"' in line
    assert signed_in(town.jean).get(f"/register/record/name/p-{town.jean.ref}/").status_code == 404


@pytest.mark.usefixtures("years")
def test_what_is_entered_again_is_told_in_words() -> None:
    panel = make_organisation("The Panel", "scrutiny-panel", "uk-gdpr")
    jean = make_person("Jean Roy", "jean@example.org", [(panel, "panel")])
    expire()
    assert "The program itself entered again which names" in seen_by(jean).replace("&#x27;", "'")


def test_giving_names_is_no_reading_of_twice_as_many_records(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule about much reading counts records, and a commitment is none."""
    homes = make_organisation("Homes", "housing", "uk-gdpr")
    ann = make_person("Ann Orr", "ann@example.org", [(homes, "administrator")])
    acting = acting_as(ann)
    with clock(monkeypatch, 2026, 11, 24):
        for at in range(60):
            invitations.invite(
                acting,
                organisation_ref=homes.ref,
                role="worker",
                name=f"Bob {'ABCDEFGHIJ'[at // 10]}{'abcdefghij'[at % 10]}",
                email=f"bob{at}@example.org",
            )
        register.seal()
    with clock(monkeypatch, 2026, 11, 26):
        look()
    assert not Alert.objects.exists()


# --- the format


def test_a_commitment_is_what_the_page_about_the_register_says(town: Town) -> None:
    """Made here a second time, from the words of docs/explanation/register.md alone."""
    person = Person.objects.get(pk=town.ailsa.pk)
    said = json.dumps(
        ["lippen name 1", "p", person.ref, person.name], ensure_ascii=False, separators=(",", ":")
    )
    digest = hmac.new(bytes(person.name_salt), said.encode(), sha256).digest()
    record = f"p-{person.ref}-{urlsafe_b64encode(digest).decode().rstrip('=')}"
    assert len(record) == 62
    named = Shown.objects.filter(data_class="name", record=record)
    assert named.get().entry.what == "a person added"
    assert named.get().entry.at < timezone.now() + timedelta(seconds=1)
