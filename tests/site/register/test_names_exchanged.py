"""Whoever owns the database exchanges names, so that the register shows one for another: it is found."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from attacks import POSTGRESQL
from named_towns import Town, named_town, put_back, seen_by
from people_factory import acting_as
from registers import HeldRegister

from lippen.site.accounts import entering, invitations, leaving, partners
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.services import erase_person
from lippen.site.register import commitments
from lippen.site.register.models import Entry, Shown

PASSWORD = "nine-swans-on-the-firth"  # noqa: S105 - nobody has it


@pytest.fixture
def town(register: HeldRegister) -> Town:
    return named_town(register)


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
    token = town.invite("Ailsa Gow", town.ailsa.email)
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
    town.invite("Bob Kerr", "bob@example.org")
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
    town.invite("Bob Kerr", "bob@example.org")
    invitations.withdraw(acting_as(town.ann), Invitation.objects.get().ref)
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
    town.invite("Bob Kerr", "bob@example.org")
    town.register.attack("UPDATE accounts_invitation SET name = CAST(name AS BLOB)")
    assert f"the name of the invitation {Invitation.objects.get().ref} is not the one" in town.breaches()


def test_an_invitation_whose_name_was_taken_away_is_named(town: Town) -> None:
    town.invite("Bob Kerr", "bob@example.org")
    invited = Invitation.objects.get()
    town.alter("accounts_invitation", invited.ref, name="")
    assert f"the name of the invitation {invited.ref} is not the one" in town.breaches()


def test_an_empty_commitment_put_in_ends_no_check(town: Town) -> None:
    last = Entry.objects.order_by("-id")[0]
    town.register.attack(
        ("INSERT INTO register_shown (entry_id, data_class, record) VALUES (%s, 'name', '')", [last.pk])
    )
    assert f"entry {last.pk}" in town.breaches()


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
    token = town.invite("Ailsa Gow", town.ailsa.email)
    town.register.seal()
    meanwhile = iter([lambda: entering.accept(token, name="Ailsa Gow", password=PASSWORD)])

    def between(rows: list[Any]) -> list[Any]:
        for come_back in meanwhile:
            come_back()
        return rows

    rows_of("p", between, monkeypatch)
    assert "\n".join(one.what for one in town.register.verify().breaches) == ""
    assert Person.objects.get(pk=town.ailsa.pk).name == "Ailsa Gow"
