"""Pages of people and roles: who sees whom, what is entered, what is refused and why."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, make_role, signed_in

from lippen.site.accounts import roles, selectors
from lippen.site.accounts.models import RoleHeld
from lippen.site.register.models import Entry, Shown

pytestmark = pytest.mark.django_db(transaction=True)

reads_nothing = pytest.mark.django_db
"""For tests in which no reading is entered: quicker, as what they write is taken back."""


def shown_since(number: int) -> set[str]:
    """References of people that entries after this one show."""
    return set(Shown.objects.filter(entry_id__gt=number, data_class="staff").values_list("record", flat=True))


def last_entry() -> int:
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def test_the_list_shows_colleagues_and_enters_exactly_those() -> None:
    ours, theirs = make_organisation("housing"), make_organisation("police")
    reader = make_colleague(ours, "worker")
    colleague = make_colleague(ours, "co-ordinator")
    stranger = make_colleague(theirs, "police-officer")
    before = last_entry()
    page = signed_in(reader).get("/people/").content.decode()
    assert colleague.name in page
    assert reader.name in page
    assert stranger.name not in page
    assert shown_since(before) == {reader.ref, colleague.ref}
    entry = Entry.objects.get(id__gt=before)
    assert (entry.reader, entry.role, entry.organisation) == (reader.ref, "worker", ours.ref)
    assert entry.purpose


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("Zo\u00eb Mac\u00e9", "zoe mace"),
        ("Zoe Mace", "ZO\u00cb"),
        ("S\u00f8ren O\u2019Neil", "oneil soren"),
        ("\u0141ukasz Kot", "lukasz"),
        ("Mairi-Anne Bell", "anne mairi"),
    ],
)
def test_a_search_finds_names_whatever_their_case_and_accents(name: str, search: str) -> None:
    ours = make_organisation("housing")
    reader = make_colleague(ours, "administrator")
    found = make_colleague(ours, "worker", name=name)
    page = selectors.people(acting_as(reader), search=search, purpose="a test")
    assert [one.ref for one in page] == [found.ref]


def test_a_search_that_finds_nobody_is_entered() -> None:
    reader = make_colleague(make_organisation("housing"), "worker")
    before = last_entry()
    answer = signed_in(reader).get("/people/", {"search": "nobody of this name"})
    assert "Nobody fits" in answer.content.decode()
    entry = Entry.objects.get(id__gt=before)
    assert entry.shown_count == 0
    assert "searched" in entry.what
    assert "nobody of this name" not in f"{entry.what} {entry.purpose}"


def test_others_records_answer_exactly_like_unknown_ones() -> None:
    reader = make_colleague(make_organisation("housing"), "administrator")
    stranger = make_colleague(make_organisation("police"), "administrator")
    client = signed_in(reader)
    strange_role = stranger.roles.get().ref
    for address in (
        "/people/{}/",
        "/people/{}/give-role/",
        f"/people/{reader.ref}/roles/{{}}/end/",
        f"/people/{{}}/roles/{strange_role}/end/",
    ):
        other = stranger.ref if "roles/{}" not in address else strange_role
        answers = [client.get(address.format(ref)) for ref in (other, "a" * 16)]
        assert [one.status_code for one in answers] == [404, 404]
        bodies = {re.sub(rb'value="[^"]*"', b"", one.content) for one in answers}
        assert len(bodies) == 1
    before = last_entry()
    client.get(f"/people/{stranger.ref}/")
    assert shown_since(before) == set()
    assert Entry.objects.get(id__gt=before).what == "a person, not found"


def test_only_roles_in_ones_own_organisation_are_shown() -> None:
    ours, theirs = make_organisation("housing"), make_organisation("health", name="A clinic elsewhere")
    reader = make_colleague(ours, "worker")
    both = make_colleague(ours, "worker")
    make_role(both, theirs, "researcher")
    page = signed_in(reader).get(f"/people/{both.ref}/").content.decode()
    assert both.name in page
    assert "A clinic elsewhere" not in page
    assert "Researcher" not in page


def test_who_left_is_found_only_when_asked_for() -> None:
    ours = make_organisation("housing")
    reader = make_colleague(ours, "administrator")
    gone = make_colleague(ours, "worker")
    RoleHeld.objects.filter(person=gone).update(until=timezone.localdate())
    client = signed_in(reader)
    assert gone.name not in client.get("/people/").content.decode()
    assert gone.name in client.get("/people/", {"gone": "on"}).content.decode()


def test_a_role_is_given_and_ended_and_both_are_entered() -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    client = signed_in(admin)
    today = timezone.localdate()
    days = {"since_day": str(today.day), "since_month": str(today.month), "since_year": str(today.year)}
    before = last_entry()
    answer = client.post(f"/people/{colleague.ref}/give-role/", {"role": "analyst", **days})
    assert answer.status_code == 302, answer.content.decode()
    given = RoleHeld.objects.get(person=colleague, role="analyst")
    assert (given.organisation, given.given_by) == (ours, admin.ref)
    assert Entry.objects.get(id__gt=before).act == "alteration"
    assert shown_since(before) == {colleague.ref}
    assert acting_as(colleague).may("read", "staff")
    before = last_entry()
    assert client.post(f"/people/{colleague.ref}/roles/{given.ref}/end/").status_code == 302
    assert "analyst" not in {one.role for one in colleague.roles_on(today)}
    assert shown_since(before) == {colleague.ref}


def test_a_role_that_ends_ends_access_at_the_next_request() -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    client = signed_in(colleague)
    assert client.get("/people/").status_code == 200
    roles.end_role(acting_as(admin), colleague.roles.get().ref)
    assert client.get("/people/").status_code == 403


@reads_nothing
@pytest.mark.parametrize("role", ["police-officer", "desk", "panel", "no such role", "system", ""])
def test_a_role_that_the_organisation_cannot_have_is_refused(role: str) -> None:
    ours = make_organisation("housing")
    admin, colleague = make_colleague(ours, "administrator"), make_colleague(ours, "worker")
    with pytest.raises(roles.RoleRefused, match="does not exist in your kind"):
        roles.give_role(acting_as(admin), colleague.ref, role, timezone.localdate())
    assert colleague.roles.count() == 1


def test_nobody_gives_a_role_to_themselves_or_ends_the_last_administrator() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator")
    today = timezone.localdate()
    with pytest.raises(roles.RoleRefused, match="themselves"):
        roles.give_role(acting_as(admin), admin.ref, "worker", today)
    with pytest.raises(roles.RoleRefused, match="last administrator"):
        roles.end_role(acting_as(admin), admin.roles.get().ref)
    client = signed_in(admin)
    answer = client.post(f"/people/{admin.ref}/roles/{admin.roles.get().ref}/end/")
    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()
    other = make_colleague(ours, "administrator")
    roles.end_role(acting_as(admin), admin.roles.get().ref)
    assert not acting_as(admin).may("read", "staff")
    assert acting_as(other).may("write", "staff")


@reads_nothing
def test_days_of_a_role_follow_one_another_and_begin_no_earlier_than_today() -> None:
    ours = make_organisation("housing")
    admin, colleague = acting_as(make_colleague(ours, "administrator")), make_colleague(ours, "worker")
    today = timezone.localdate()
    with pytest.raises(roles.RoleRefused, match="never in the past"):
        roles.give_role(admin, colleague.ref, "analyst", today - timedelta(days=1))
    for last in (today - timedelta(days=1), date.max):
        with pytest.raises(roles.RoleRefused, match="first day or later"):
            roles.give_role(admin, colleague.ref, "analyst", today, last)
    roles.give_role(admin, colleague.ref, "analyst", today)
    with pytest.raises(roles.RoleRefused, match="already"):
        roles.give_role(admin, colleague.ref, "analyst", today + timedelta(days=3))


def test_a_role_is_held_until_the_end_of_its_last_day_which_may_be_today() -> None:
    ours = make_organisation("housing")
    client = signed_in(make_colleague(ours, "administrator"))
    colleague = make_colleague(ours, "worker")
    today = timezone.localdate()
    for role, last in (("analyst", today), ("co-ordinator", today + timedelta(days=2))):
        days = {
            f"{name}_{part}": str(getattr(day, part))
            for name, day in (("since", today), ("last_day", last))
            for part in ("day", "month", "year")
        }
        answer = client.post(f"/people/{colleague.ref}/give-role/", {"role": role, **days})
        assert answer.status_code == 302, answer.content.decode()
        assert role in {one.role for one in colleague.roles_on(last)}
        assert role not in {one.role for one in colleague.roles_on(last + timedelta(days=1))}
    seen = selectors.person(acting_as(colleague), colleague.ref, purpose="to look")
    assert seen is not None
    assert {one.role: one.last_day for one in seen.roles} == {
        "worker": None, "analyst": today, "co-ordinator": today + timedelta(days=2),
    }  # fmt: skip


def test_a_role_that_was_ended_shows_the_day_on_which_that_was_done() -> None:
    ours = make_organisation("housing")
    admin, colleague = acting_as(make_colleague(ours, "administrator")), make_colleague(ours, "worker")
    roles.end_role(admin, colleague.roles.get().ref)
    seen = selectors.person(admin, colleague.ref, purpose="to look")
    assert seen is not None
    assert [(one.ended, one.last_day) for one in seen.roles] == [(True, timezone.localdate())]


@reads_nothing
def test_somebody_of_another_organisation_gets_and_loses_nothing() -> None:
    admin = acting_as(make_colleague(make_organisation("housing"), "administrator"))
    stranger = make_colleague(make_organisation("housing"), "administrator")
    with pytest.raises(roles.RecordUnknown):
        roles.give_role(admin, stranger.ref, "worker", timezone.localdate())
    with pytest.raises(roles.RecordUnknown):
        roles.end_role(admin, stranger.roles.get().ref)


@reads_nothing
@pytest.mark.parametrize("role", ["worker", "co-ordinator", "analyst", "protection-officer"])
def test_who_is_no_administrator_changes_no_role_even_past_the_pages(role: str) -> None:
    ours = make_organisation("housing")
    reader, colleague = make_colleague(ours, role), make_colleague(ours, "worker")
    with pytest.raises(PermissionError):
        roles.give_role(acting_as(reader), colleague.ref, "analyst", timezone.localdate())
    with pytest.raises(PermissionError):
        roles.end_role(acting_as(reader), colleague.roles.get().ref)


@reads_nothing
def test_a_refusal_says_why_and_whom_to_ask() -> None:
    ours = make_organisation("housing")
    reader = make_colleague(ours, "worker")
    assert "ask an administrator where you work" in signed_in(reader).get("/programs/").content.decode()
    make_colleague(ours, "protection-officer")
    answer = signed_in(reader).get("/programs/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Only an organisation" in page
    assert "ask an administrator or the data-protection officer where you work" in page


@reads_nothing
@pytest.mark.parametrize(
    ("kind", "role", "address", "why", "ask"),
    [
        ("housing", "worker", "/invitations/", "may read and list this, and no more", "an administrator or"),
        ("housing", "administrator", "/people/AAAA/erase/", "and no more", "another administrator or the"),
        ("housing", "protection-officer", "/programs/", "let a program in", "ask an administrator where"),
        ("scrutiny-panel", "panel", "/programs/", "let a program in", "ask an administrator where"),
        ("health", "researcher", "/people/", "never a person", "ask an administrator or the"),
        (
            "police",
            "police-officer",
            "/people/export.csv",
            "Administrators may, because",
            "an administrator or",
        ),
        (
            "police",
            "analyst",
            "/register/unusual/",
            "Scrutiny panel members may, because",
            "an administrator or",
        ),
    ],
)
def test_a_refusal_fits_whoever_is_refused(kind: str, role: str, address: str, why: str, ask: str) -> None:
    """Nobody is told that only colleagues see what they see, or to ask themselves."""
    ours = make_organisation(kind)
    reader = make_colleague(ours, role)
    if kind != "scrutiny-panel" and role != "protection-officer":
        make_colleague(ours, "protection-officer")
    answer = signed_in(reader).get(address.replace("AAAA", reader.ref))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert why in page
    assert ask in page
    assert role == "researcher" or "Only colleagues in the same organisation" not in page


def test_a_file_of_people_is_entered_as_a_disclosure_before_its_first_line() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator", name='=HYPERLINK("x")')
    colleague = make_colleague(ours, "worker")
    before = last_entry()
    answer = signed_in(admin).get("/people/export.csv")
    assert answer.streaming
    entry = Entry.objects.get(id__gt=before)
    assert entry.act == "disclosure"
    assert shown_since(before) == {admin.ref, colleague.ref}
    text = b"".join(answer.streaming_content).decode()
    assert "\"'=HYPERLINK" in text
    assert all(ours.name in line and "not for onward sharing" in line for line in text.splitlines()[1:])
    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'
