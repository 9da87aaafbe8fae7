"""Whoever owns the database exchanges names, so that the register shows one for another: it is found."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from attacks import POSTGRESQL
from django.db import connection, transaction
from django.utils import timezone
from people_factory import acting_as, signed_in
from registers import SECONDS, HeldRegister, clock

from lippen.site.accounts import entering, invitations, leaving, partners
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.names_entered import give_name
from lippen.site.accounts.services import erase_person, make_organisation, make_person
from lippen.site.register import commitments
from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.models import Act, Alert, Entry, Shown
from lippen.site.register.services import SYSTEM, Records, enter_change, enter_reading
from lippen.site.register.verdict import Verdict

PASSWORD = "nine-swans-on-the-firth"  # noqa: S105 - nobody has it


@dataclass
class Town:
    """Homes with an administrator and a worker, a panel of one, a register that is sealed."""

    register: HeldRegister
    homes: Organisation
    ann: Person
    ailsa: Person
    jean: Person

    def breaches(self, **how: Any) -> str:
        """What the check says is not as it was sealed; nothing while it is whole."""
        return "\n".join(one.what for one in self.verdict(**how).breaches)

    def verdict(self, **how: Any) -> Verdict:
        self.register.seal()
        return self.register.verify(**how)

    def alter(self, table: str, ref: str, /, **columns: Any) -> None:
        """Set columns of the row of this reference past the program."""
        setting = ", ".join(f"{name} = %s" for name in columns)
        self.register.attack((f"UPDATE {table} SET {setting} WHERE ref = %s", [*columns.values(), ref]))

    def exchange(self, one: Person, other: Person, *columns: str) -> None:
        for to, of in ((one, other), (other, one)):
            self.alter("accounts_person", to.ref, **{name: getattr(of, name) for name in columns})


@pytest.fixture
def town(register: HeldRegister) -> Town:
    homes = make_organisation("Homes", "housing", "uk-gdpr")
    ann = make_person("Ann Orr", "ann@example.org", [(homes, "administrator")])
    ailsa = make_person("Ailsa Reid", "ailsa@example.org", [(homes, "worker")])
    panel = make_organisation("The Panel", "scrutiny-panel", "uk-gdpr")
    jean = make_person("Jean Roy", "jean@example.org", [(panel, "panel")])
    made = Town(register, homes, ann, ailsa, jean)
    reader = acting_as(ailsa).reader
    enter_reading(reader, Act.CONSULTATION, "people", [Records("staff", (ann.ref,))], purpose="to visit")
    assert made.breaches() == ""
    return made


def seen_by(person: Person, path: str = "/register/") -> str:
    answer = signed_in(person).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def open_link(made: str) -> str:
    return made.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("digests", [True, False], ids=["with the digest key", "without"])
@pytest.mark.parametrize("columns", [("name",), ("name", "name_salt")], ids=["names", "with their salts"])
def test_two_names_exchanged_are_both_named(town: Town, columns: tuple[str, ...], digests: bool) -> None:
    assert "Ailsa Reid (Worker, Homes) read 1 person" in seen_by(town.jean)
    town.exchange(town.ann, town.ailsa, *columns)
    assert "Ann Orr (Worker, Homes) read 1 person" in seen_by(town.jean), "what the attack is for"
    found = town.breaches(digests=digests)
    for one in (town.ann, town.ailsa):
        assert f"the name of the person {one.ref} is not the one that entry " in found
        assert one.name not in found
    assert town.jean.ref not in found


def test_references_exchanged_are_named_as_names_are(town: Town) -> None:
    town.alter("accounts_person", town.ann.ref, ref="a" * 16)
    town.alter("accounts_person", town.ailsa.ref, ref=town.ann.ref)
    town.alter("accounts_person", "a" * 16, ref=town.ailsa.ref)
    found = town.breaches()
    assert f"the person {town.ann.ref} is not the one" in found
    assert f"the person {town.ailsa.ref} is not the one" in found


def test_a_name_of_nobody_is_named(town: Town) -> None:
    town.alter("accounts_person", town.ailsa.ref, name="Nobody Known")
    assert f"the person {town.ailsa.ref} is not the one" in town.breaches()


def test_the_name_of_an_organisation_is_one_too(town: Town) -> None:
    town.alter("accounts_organisation", town.homes.ref, name="Another Place")
    assert f"the name of the organisation {town.homes.ref} is not the one" in town.breaches()


def test_an_earlier_name_put_back_with_its_salt_is_named(town: Town) -> None:
    acting = acting_as(town.ann)
    before = Person.objects.get(pk=town.ailsa.pk)
    leaving.leave(acting, town.ailsa.ref, town.ann.ref)
    token = invitations.invite(
        acting, organisation_ref=town.homes.ref, role="worker", name="Ailsa Gow", email=town.ailsa.email
    )
    entering.accept(token, name="Ailsa Gow", password=PASSWORD)
    assert Person.objects.get(pk=town.ailsa.pk).name == "Ailsa Gow"
    assert town.breaches() == "", "who comes back under another name gave it themselves"
    town.alter("accounts_person", town.ailsa.ref, name=before.name, name_salt=bytes(before.name_salt))
    assert f"the person {town.ailsa.ref} is not the one" in town.breaches()


def test_every_name_that_the_site_gives_fits_letter_for_letter(register: HeldRegister) -> None:
    first = entering.first_administrator_link("http://localhost")
    assert first is not None
    ann = entering.accept_first(
        open_link(first),
        name="Zoë Ní Dhónaill",
        email="zoe@example.org",
        password=PASSWORD,
        organisation="Ceann Tràghad Homes “North”",
        kind="housing",
        regime="uk-gdpr",
    )
    acting = acting_as(ann)
    school = partners.add_organisation(acting, "École 学校", "school", "uk-gdpr")
    token = invitations.invite(
        acting, organisation_ref=school, role="administrator", name="محمد علي", email="m@example.org"
    )
    town = Town(register, Organisation.objects.get(ref=school), ann, ann, ann)
    assert town.breaches() == "", "while the invitation is open"
    entering.accept(token, name="Владимир Ψ", password=PASSWORD)
    assert town.breaches() == ""
    assert Shown.objects.filter(data_class=commitments.NAME).count() == 5
    # The same to whoever reads it, and another text: a letter and its accent apart.
    town.alter("accounts_person", ann.ref, name="Zoe\u0308 Ní Dhónaill")
    assert f"the person {ann.ref} is not the one" in town.breaches()


def test_who_was_erased_is_no_fault_and_leaves_nothing_by_which_a_name_could_be_guessed(town: Town) -> None:
    kept = Person.objects.get(pk=town.ailsa.pk)
    record = Shown.objects.get(data_class=commitments.NAME, record__startswith=f"p-{kept.ref}-").record
    erase_person(town.ailsa.ref)
    assert town.breaches() == ""
    held = [
        bytes(value) if isinstance(value, memoryview) else value
        for model in (Entry, Shown, Person, Organisation, Invitation)
        for row in model._default_manager.values_list()
        for value in row
    ]
    assert bytes(kept.name_salt) not in held
    assert record in held, "what the register keeps"
    digests = {commitments.commitment("p", kept.ref, salt, kept.name) for salt in (b"", bytes(32))}
    assert record not in digests, "the name alone makes no commitment"


def test_somebody_put_in_past_the_program_is_named(town: Town) -> None:
    put_in = Person(name="Made Up", email="made.up@example.org", name_salt=bytes(32))
    put_in.save()
    assert f"no entry says what name the person {put_in.ref} was given" in town.breaches()


def test_somebody_taken_out_past_the_program_is_named(town: Town) -> None:
    RoleHeld.objects.filter(person=town.ailsa).delete()
    town.register.attack(
        ("DELETE FROM accounts_arrival WHERE person_id = %s", [town.ailsa.pk]),
        ("DELETE FROM accounts_person WHERE id = %s", [town.ailsa.pk]),
    )
    found = town.breaches()
    assert f"the person {town.ailsa.ref}, whom entry " in found
    assert "no entry says that they were erased" in found


def test_an_invitation_in_the_place_of_a_person_is_named(town: Town) -> None:
    acting = acting_as(town.ann)
    invitations.invite(
        acting, organisation_ref=town.homes.ref, role="worker", name="Bob Kerr", email="bob@example.org"
    )
    assert town.breaches() == ""
    invited = Invitation.objects.get()
    town.alter("accounts_invitation", invited.ref, name="Somebody Else")
    assert f"the name of the invitation {invited.ref} is not the one" in town.breaches()
    # And with the reference of somebody who was taken out, it would be their name on every page.
    town.alter("accounts_person", town.ailsa.ref, ref="b" * 16)
    town.alter("accounts_invitation", invited.ref, ref=town.ailsa.ref)
    found = town.breaches()
    assert f"the invitation {town.ailsa.ref} was given" in found
    assert f"the person {town.ailsa.ref}, whom entry " in found


def test_an_invitation_that_opens_nothing_any_more_goes_without_a_fault(town: Town) -> None:
    acting = acting_as(town.ann)
    invitations.invite(
        acting, organisation_ref=town.homes.ref, role="worker", name="Bob Kerr", email="bob@example.org"
    )
    invitations.withdraw(acting, Invitation.objects.get().ref)
    assert not Invitation.objects.exists()
    assert town.breaches() == ""


def test_a_commitment_that_no_entry_made_counts_for_nothing(town: Town) -> None:
    town.exchange(town.ann, town.ailsa, "name", "name_salt")
    forged = [
        commitments.commitment("p", one.ref, bytes(one.name_salt), one.name)
        for one in Person.objects.filter(pk__in=[town.ann.pk, town.ailsa.pk])
    ]
    put_in = "INSERT INTO register_shown (entry_id, data_class, record) VALUES (%s, 'name', %s)"
    town.register.attack(*((put_in, [2**40 + at, record]) for at, record in enumerate(forged)))
    found = town.breaches()
    assert found.count("is not the one that entry") == 2, "beside an entry that does not exist"


def test_a_commitment_put_into_an_entry_is_found_in_the_entry(town: Town) -> None:
    town.exchange(town.ann, town.ailsa, "name", "name_salt")
    last = Entry.objects.order_by("-id")[0]
    for one in Person.objects.filter(pk__in=[town.ann.pk, town.ailsa.pk]):
        record = commitments.commitment("p", one.ref, bytes(one.name_salt), one.name)
        put_in = "INSERT INTO register_shown (entry_id, data_class, record) VALUES (%s, 'name', %s)"
        town.register.attack((put_in, [last.pk, record]))
    town.register.attack(f"UPDATE register_entry SET shown_count = shown_count + 2 WHERE id = {last.pk}")
    verdict = town.verdict()
    assert verdict.breaches[0].entry == last.pk
    assert "does not say what it said" in verdict.breaches[0].what


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name_salt", b""),
        ("name_salt", b"short"),
        pytest.param("name_salt", "text", marks=pytest.mark.skipif(POSTGRESQL, reason="it keeps types")),
        pytest.param("name", b"bytes", marks=pytest.mark.skipif(POSTGRESQL, reason="it keeps types")),
    ],
)
def test_what_the_program_never_writes_is_named_and_ends_no_check(
    town: Town, column: str, value: object
) -> None:
    town.alter("accounts_person", town.ailsa.ref, **{column: value})
    assert f"the name of the person {town.ailsa.ref} is not the one" in town.breaches()


@pytest.mark.skipif(POSTGRESQL, reason="it keeps no text that is none")
def test_a_name_that_cannot_be_read_is_a_breach(town: Town) -> None:
    town.register.attack(f"UPDATE accounts_person SET name = CAST(x'ff' AS TEXT) WHERE id = {town.ailsa.pk}")
    assert "the database cannot be read" in town.breaches()


@pytest.mark.skipif(POSTGRESQL, reason="it keeps types")
@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_a_reference_of_another_type_is_named_and_ends_no_check(town: Town, kind: str) -> None:
    town.register.attack(f"UPDATE accounts_{kind} SET ref = CAST(ref AS BLOB)")
    assert f"the reference of one {kind} has a form that the program never writes" in town.breaches()


@pytest.mark.skipif(POSTGRESQL, reason="it keeps types")
def test_a_name_of_an_invitation_of_another_type_is_named(town: Town) -> None:
    invitations.invite(
        acting_as(town.ann),
        organisation_ref=town.homes.ref,
        role="worker",
        name="Bob Kerr",
        email="bob@example.org",
    )
    town.register.attack("UPDATE accounts_invitation SET name = CAST(name AS BLOB)")
    assert f"the name of the invitation {Invitation.objects.get().ref} is not the one" in town.breaches()


def test_an_invitation_whose_name_was_taken_away_is_named(town: Town) -> None:
    invitations.invite(
        acting_as(town.ann),
        organisation_ref=town.homes.ref,
        role="worker",
        name="Bob Kerr",
        email="bob@example.org",
    )
    invited = Invitation.objects.get()
    town.alter("accounts_invitation", invited.ref, name="")
    assert f"the name of the invitation {invited.ref} is not the one" in town.breaches()


def test_an_empty_commitment_put_in_ends_no_check(town: Town) -> None:
    last = Entry.objects.order_by("-id")[0]
    town.register.attack(
        ("INSERT INTO register_shown (entry_id, data_class, record) VALUES (%s, 'name', '')", [last.pk])
    )
    assert f"entry {last.pk}" in town.breaches()


def put_back(town: Town, row: dict[str, Any]) -> None:
    Person(**row).save(force_insert=True)
    assert f"the person {row['ref']}, whom entry " in town.breaches()
    assert "was erased, is there: the row was put back" in town.breaches()


def test_somebody_erased_who_is_put_back_as_they_were_is_named(town: Town) -> None:
    (row,) = Person.objects.filter(pk=town.ailsa.pk).values()
    erase_person(town.ailsa.ref)
    assert town.breaches() == ""
    put_back(town, row)


def rows_of(kind: str, change: Callable[[list[Any]], list[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what bears names of this kind be read as this makes it."""
    bearers = commitments._bearers[kind]
    monkeypatch.setitem(
        commitments._bearers, kind, replace(bearers, standing=lambda: change(list(bearers.standing())))
    )


def test_two_that_bear_one_reference_are_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_of("p", lambda rows: [*rows, *(row for row in rows if row[0] == town.ailsa.ref)], monkeypatch)
    assert f"2 rows bear the reference of the person {town.ailsa.ref}" in town.breaches()


def test_a_name_that_is_set_while_the_check_reads_is_no_fault(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = acting_as(town.ann)
    leaving.leave(acting, town.ailsa.ref, town.ann.ref)
    token = invitations.invite(
        acting, organisation_ref=town.homes.ref, role="worker", name="Ailsa Gow", email=town.ailsa.email
    )
    town.register.seal()
    meanwhile = iter([lambda: entering.accept(token, name="Ailsa Gow", password=PASSWORD)])

    def between(rows: list[Any]) -> list[Any]:
        for come_back in meanwhile:
            come_back()
        return rows

    rows_of("p", between, monkeypatch)
    assert "\n".join(one.what for one in town.register.verify().breaches) == ""
    assert Person.objects.get(pk=town.ailsa.pk).name == "Ailsa Gow"


# --- as long as the names are there


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
        until = time.monotonic() + SECONDS
        while other.is_alive() and not waits_for_a_lock():
            assert time.monotonic() < until, "it neither waits nor ends"
    other.join(SECONDS)
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
