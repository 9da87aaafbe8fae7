"""Pages of the register: who sees what, in plain sentences, and every look at it entered as a reading."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from people_factory import acting_as, make_colleague, signed_in
from registers import HeldRegister
from town_with_panel import Town, last_entry, page

from lippen.site.accounts import conflicts, programs
from lippen.site.register import selectors
from lippen.site.register.merkle import leaf_of, root_by_path
from lippen.site.register.models import Act, Entry
from lippen.site.register.selectors import LARGEST_EXPORT, Question, TooMuchToTakeOut
from lippen.site.register.services import Reader, Records, enter_reading


@pytest.fixture
def town(register: HeldRegister) -> Town:  # noqa: ARG001
    return Town()


def test_everybody_finds_their_own_reading_in_a_plain_sentence(town: Town) -> None:
    town.read(town.ailsa, town.bob, town.officer, town.ailsa, case="c-7")
    town.read(town.bob, town.ailsa)
    text = page(signed_in(town.ailsa), "/register/")
    assert "Ailsa Reid (Worker, Homes) read 3 people" in text
    assert "to reach a colleague; case c-7" in text
    assert "Bob Orr (" not in text


def test_a_look_at_the_register_is_a_reading_of_exactly_what_it_showed(town: Town) -> None:
    own = town.read(town.ailsa, town.bob)
    other = town.read(town.bob, town.ailsa)
    page(signed_in(town.ailsa), "/register/")
    assert last_entry() == (
        town.ailsa.ref,
        "consultation",
        {"register": {str(own)}, "staff": {town.ailsa.ref}},
    )
    page(signed_in(town.jean), "/register/?reader=" + town.bob.ref)
    reader, _, shown = last_entry()
    assert reader == town.jean.ref
    assert shown == {"register": {str(other)}, "staff": {town.bob.ref}}


def test_the_officer_sees_the_organisation_and_the_panel_sees_everybody(town: Town) -> None:
    town.read(town.ailsa, town.bob)
    town.read(town.iain, town.iain)
    officer = page(signed_in(town.officer), "/register/")
    assert "Ailsa Reid (Worker, Homes)" in officer
    assert "Iain Muir" not in officer
    panel = page(signed_in(town.jean), "/register/")
    assert "Ailsa Reid (Worker, Homes)" in panel
    assert "Iain Muir (Police officer, Constabulary) read 1 person" in panel


def test_it_can_be_asked_by_reader_organisation_class_and_day(town: Town) -> None:
    town.read(town.ailsa, town.bob)
    town.read(town.iain, town.iain)
    jean = signed_in(town.jean)
    today = datetime.now(UTC).date()
    days = f"since_day={today.day}&since_month={today.month}&since_year={today.year}"
    by_police = page(jean, f"/register/?organisation={town.police.ref}")
    assert "Iain Muir (" in by_police
    assert "Ailsa Reid (" not in by_police
    assert "Ailsa Reid (" in page(jean, f"/register/?data_class=staff&{days}")
    assert "Ailsa Reid (" in page(jean, f"/register/?{days.replace('since', 'until')}")
    nothing = page(jean, "/register/?until_day=1&until_month=1&until_year=2020")
    assert "says nothing about that" in nothing, nothing
    wrong = jean.get("/register/?since_day=31&since_month=2&since_year=2026")
    assert wrong.status_code == 422
    assert "no such day" in wrong.content.decode()
    backwards = jean.get(f"/register/?{days}&until_day=1&until_month=1&until_year=2020")
    assert backwards.status_code == 422


@pytest.mark.parametrize("path", ["/register/", "/you/reading/"])
def test_a_mistyped_day_shows_no_line_and_enters_none_as_shown(town: Town, path: str) -> None:
    town.read(town.officer, town.bob)
    client = signed_in(town.officer)
    before = Entry.objects.count()
    wrong = client.get(f"{path}?since_day=31&since_month=2&since_year=2026")
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "no such day" in text
    assert "Dina Law (" not in text
    assert "export.csv" not in text
    assert "says nothing" not in text
    assert Entry.objects.count() == before


def test_the_one_reader_whose_lines_are_asked_for_is_named(town: Town) -> None:
    town.read(town.ailsa, town.bob)
    officer, jean = signed_in(town.officer), signed_in(town.jean)
    asked = f"/register/?reader={town.ailsa.ref}"
    said = "one reader in Homes read, changed, shared and erased: Ailsa Reid."
    assert said in page(officer, asked)
    told = page(jean, asked)
    assert "one reader read, changed, shared and erased, in every organisation: Ailsa Reid." in told
    assert "Only this is shown. Lines of one reader alone: Ailsa Reid." in told
    far = page(officer, f"/register/?reader={town.iain.ref}")
    assert "Iain" not in far, "whose lines are out of reach is not named"
    assert "What people of Homes read" in far


def test_a_page_of_older_lines_says_that_it_is_none_of_the_newest(town: Town) -> None:
    ids = [town.read(town.ailsa, town.bob) for _ in range(60)]
    client = signed_in(town.ailsa)
    first = page(client, "/register/")
    assert f"These are 50 lines, from line {ids[-1]} back to line {ids[10]}. There are older ones." in first
    second = page(client, f"/register/?before={ids[10]}")
    assert f"from line {ids[9]} back to line {ids[0]}. There are newer ones, and none older." in second
    middle = page(client, f"/register/?before={ids[55]}")
    assert "There are newer and older ones." in middle
    assert "There are newer ones" in page(client, f"/register/?before={ids[0]}")


def test_a_person_among_the_records_is_named_to_whom_their_page_is_open_and_entered_as_read(
    town: Town,
) -> None:
    number = town.read(town.ailsa, town.bob, town.iain)
    opened = page(signed_in(town.officer), f"/register/{number}/")
    assert re.search(rf"{town.bob.ref}\s+Person: Bob Orr", opened)
    assert "Iain" not in opened, "he is of another organisation"
    own = {"register": {str(number)}, "staff": {town.ailsa.ref, town.bob.ref}}
    assert last_entry() == (town.officer.ref, "consultation", own)
    of_record = page(signed_in(town.officer), f"/register/record/staff/{town.bob.ref}/")
    assert f"Person Bob Orr, record {town.bob.ref}." in of_record
    assert last_entry()[2]["staff"] == {town.ailsa.ref, town.bob.ref, town.officer.ref}
    bare = page(signed_in(town.officer), f"/register/record/staff/{town.iain.ref}/")
    assert f"Person, record {town.iain.ref}." in bare
    assert "Bob" not in page(signed_in(town.jean), f"/register/{number}/"), "the panel opens no page of his"


def test_a_record_that_never_was_is_told_of_only_as_far_as_the_register_goes(town: Town) -> None:
    text = page(signed_in(town.officer), "/register/record/staff/zzzz/")
    assert "As far as this register goes" in text


def test_keys_of_programs_and_declarations_are_found_by_what_was_touched(town: Town) -> None:
    una = acting_as(make_colleague(town.homes, "administrator", name="Una Lee"))
    purpose, _, role = programs.choices(una)[0][0].partition(":")
    ref, _ = programs.make_key(una, purpose, role, 30)
    programs.keys(una)
    programs.end_key(una, ref)
    declared = conflicts.declare(una, "known", "Mary", "Smith", "next door")
    for who in (town.officer, town.jean):
        keys = page(signed_in(who), "/register/?data_class=api-key")
        for deed in (
            "made a key that lets a program",
            "read 1 key for a program and 1 person",
            "ended a key",
        ):
            assert deed in keys
        assert "ended a key" in page(signed_in(who), f"/register/record/api-key/{ref}/")
        said = "declared somebody they know"
        assert said in page(signed_in(who), "/register/?data_class=conflict")
        assert said in page(signed_in(who), f"/register/record/conflict/{declared}/")


def test_records_of_a_line_stand_in_the_order_in_which_one_counts(town: Town) -> None:
    town.read(town.bob, town.ailsa)
    ids = [str(one) for one in (1, 2, 9, 10, 11, 100)]
    reader = Reader(town.ailsa.ref, "worker", town.homes.ref, "uk-gdpr")
    number = enter_reading(
        reader, Act.CONSULTATION, "the register", [Records("register", tuple(ids))], purpose="to see"
    )
    text = signed_in(town.ailsa).get(f"/register/{number}/").content.decode()
    assert re.findall(r"/register/record/register/(\d+)/", text) == ids
    taken = signed_in(town.officer).get(f"/register/export.csv?reader={town.ailsa.ref}")
    rows = csv.DictReader(io.StringIO(taken.getvalue().decode(), newline=""))
    told = {row["id"]: row["records"] for row in rows}
    assert told[str(number)] == " ".join(f"register:{one}" for one in ids)


def test_a_line_that_names_many_is_open_to_each_of_them(town: Town) -> None:
    """Their own page of readers leads to it, wherever among the records they stand."""
    many = [f"{number:016}" for number in range(300)]
    number = town.read(town.iain, *many, town.ailsa)
    path = f"/register/record/staff/{town.ailsa.ref}/"
    client = signed_in(town.ailsa)
    assert f'href="/register/{number}/"' in client.get(path).content.decode()
    opened = page(client, f"/register/{number}/")
    assert town.ailsa.ref in opened
    assert many[0] not in opened


def test_a_long_register_is_read_page_by_page_and_each_line_once(town: Town) -> None:
    ids = [town.read(town.ailsa, town.bob) for _ in range(120)]
    client, path, seen = signed_in(town.ailsa), f"/register/?reader={town.ailsa.ref}", []
    while path:
        text = client.get(path).content.decode()
        seen += [int(one) for one in re.findall(r'href="/register/(\d+)/"', text)]
        older = re.search(r'href="(\?[^"]+)" rel="next"', text)
        path = "/register/" + older[1].replace("&amp;", "&") if older else ""
    assert [one for one in seen if one in ids] == ids[::-1]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    "asked", ["foo=1", "before=x", "before=5&act=alteration", "since=2026-01-01", "%00=%00"]
)
def test_a_file_narrowed_by_what_nobody_knows_is_refused_and_does_not_hold_everything(
    town: Town, asked: str
) -> None:
    answer = signed_in(town.officer).get(f"/register/export.jsonl?{asked}")
    assert answer.status_code == 422
    assert "Lines cannot be narrowed by" in answer.content.decode()


def test_the_file_of_an_older_page_is_of_all_that_was_asked_for(town: Town) -> None:
    number = town.read(town.iain, town.ailsa)
    asked = f"reader={town.iain.ref}"
    shown = signed_in(town.officer).get(f"/register/?{asked}&before={number + 1}").content.decode()
    assert f'href="/register/export.csv?{asked}"' in shown
    assert signed_in(town.officer).get(f"/register/export.csv?{asked}").status_code == 200


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "1%00"])
def test_a_page_number_of_somebodys_guessing_is_no_error(town: Town, before: str) -> None:
    assert signed_in(town.ailsa).get(f"/register/?before={before}").status_code == 200


def test_who_read_about_her_is_hers_to_see_and_nobody_elses(town: Town) -> None:
    number = town.read(town.iain, town.ailsa, town.bob)
    path = f"/register/record/staff/{town.ailsa.ref}/"
    hers = page(signed_in(town.ailsa), path)
    assert "Iain Muir (Police officer, Constabulary) read 2 people" in hers
    assert "Iain Muir" not in page(signed_in(town.bob), path)
    opened = page(signed_in(town.ailsa), f"/register/{number}/")
    assert town.ailsa.ref in opened
    assert town.bob.ref not in opened, "who else was read is not hers to see"
    assert signed_in(town.officer).get(f"/register/{number}/").status_code == 404
    reader, _, shown = last_entry()
    assert (reader, shown) == (town.officer.ref, {}), "a look that found nothing is entered too"


def test_another_app_can_ask_who_read_what_somebody_raised(town: Town) -> None:
    number = town.read(town.iain, town.ailsa)
    ailsa = Reader(town.ailsa.ref, "worker", town.homes.ref, "uk-gdpr")
    bob = Reader(town.bob.ref, "worker", town.homes.ref, "uk-gdpr")
    hers = selectors.readings_of(ailsa, "staff", town.ailsa.ref, purpose="to see who read it")
    assert [one.id for one in hers.entries] == [number]
    assert hers.entries[0].sentence.startswith("Iain Muir (Police officer, Constabulary) read 1 person at ")
    assert selectors.readings_of(bob, "staff", town.ailsa.ref, purpose="to see who read it").entries == ()


def test_the_panel_is_led_from_an_entry_to_all_that_its_reader_read(town: Town) -> None:
    number = town.read(town.iain, town.ailsa)
    link = f'href="/register/?reader={town.iain.ref}"'
    assert link in signed_in(town.jean).get(f"/register/{number}/").content.decode()
    assert "?reader=" not in signed_in(town.iain).get(f"/register/{number}/").content.decode()


def test_an_entry_that_does_not_exist_and_one_out_of_reach_look_the_same(town: Town) -> None:
    number = town.read(town.iain, town.iain)
    client = signed_in(town.ailsa)
    gone, closed = client.get("/register/987654/"), client.get(f"/register/{number}/")
    assert gone.status_code == closed.status_code == 404
    token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub(b"", gone.content) == token.sub(b"", closed.content)
    assert client.get("/register/99999999999999999999999/").status_code == 404
    assert client.get("/register/record/nonsense/x/").status_code == 404


def test_an_entry_shows_its_seal_and_the_proof_leads_to_the_signed_root(
    town: Town, register: HeldRegister
) -> None:
    numbers = [town.read(town.ailsa, town.bob) for _ in range(7)]
    assert "not yet" in page(signed_in(town.ailsa), f"/register/{numbers[3]}/")
    register.seal()
    assert "checkpoint" in page(signed_in(town.ailsa), f"/register/{numbers[3]}/")
    reader = Reader(town.ailsa.ref, "worker", town.homes.ref, "uk-gdpr")
    opened = selectors.entry(reader, "own", numbers[3], purpose="to see it proved")
    assert opened is not None
    seal = opened.sealed
    assert seal is not None
    leaf = leaf_of(seal.position, numbers[3], opened.digest)
    assert root_by_path(leaf, seal.index, seal.size, seal.path) == seal.root


def test_a_copy_is_entered_before_it_streams_and_no_cell_runs(town: Town) -> None:
    town.read(town.ailsa, town.bob, purpose='=HYPERLINK("http://example.org")')
    town.read(town.iain, town.iain)
    answer = signed_in(town.officer).get("/register/export.csv")
    reader, act, shown = last_entry()
    assert (reader, act) == (town.officer.ref, "disclosure"), "before the first line is asked for"
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
    assert {one["id"] for one in rows} == shown["register"]
    assert [one["reader_name"] for one in rows] == ["Ailsa Reid"]
    assert rows[0]["purpose"].startswith("'=HYPERLINK")
    assert rows[0]["handling"].startswith("register | uk-gdpr | Homes")
    lines = signed_in(town.jean).get(f"/register/export.jsonl?reader={town.iain.ref}")
    (told,) = [json.loads(one) for one in b"".join(lines.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert told["records"] == f"staff:{town.iain.ref}"


def test_a_copy_that_is_too_large_or_wrongly_asked_for_does_not_leave(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "LARGEST_EXPORT", 2)
    for _ in range(3):
        town.read(town.ailsa, town.bob)
    client = signed_in(town.jean)
    assert client.get("/register/export.csv").status_code == 422
    assert "fewer days" in client.get("/register/export.csv").content.decode()
    wrong = client.get("/register/export.csv?act=alteration&since_day=31&since_month=2&since_year=2026")
    assert wrong.status_code == 422
    again = 'href="/register/?act=alteration&amp;since_day=31&amp;since_month=2&amp;since_year=2026"'
    assert again in wrong.content.decode()
    assert not Entry.objects.filter(act=Act.DISCLOSURE).exists()
    reader = Reader(town.jean.ref, "panel", "o", "uk-gdpr")
    with pytest.raises(TooMuchToTakeOut):
        selectors.entries_to_take_out(reader, "all", Question(), purpose="to check it")
    assert LARGEST_EXPORT > 1_000


@pytest.mark.parametrize("path", ["/register/export.csv", "/register/export.jsonl", "/register/unusual/"])
def test_who_may_not_take_out_or_check_is_refused_with_the_reason(town: Town, path: str) -> None:
    answer = signed_in(town.ailsa).get(path)
    assert answer.status_code == 403
    assert not Entry.objects.filter(act=Act.DISCLOSURE).exists()


def test_an_unwritable_register_is_a_503_that_says_so(town: Town, register: HeldRegister) -> None:
    number = town.read(town.ailsa, town.bob, purpose="a purpose that must not leave")
    refuse = (
        "CREATE TRIGGER shut BEFORE INSERT ON register_entry BEGIN SELECT RAISE(ABORT, 'shut'); END"
        if connection.vendor == "sqlite"
        else "CREATE TRIGGER shut BEFORE INSERT ON register_entry EXECUTE FUNCTION register_refuses()"
    )
    with connection.cursor() as cursor:
        cursor.execute(refuse)
    try:
        for path in ("/register/", f"/register/{number}/", "/register/export.csv", "/register/unusual/"):
            answer = signed_in(town.jean).get(path)
            assert answer.status_code == 503, path
            assert b"must not leave" not in answer.content
            assert b"Ailsa" not in answer.content
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "DROP TRIGGER shut" + (" ON register_entry" if connection.vendor == "postgresql" else "")
            )
    assert register.open_entries() == 1


def test_somebody_erased_has_no_name_in_it_any_more(town: Town) -> None:
    town.read(town.bob, town.ailsa)
    town.bob.delete()
    text = page(signed_in(town.ailsa), f"/register/record/staff/{town.ailsa.ref}/")
    assert "Somebody who is gone (Worker, Homes) read 1 person" in text
    assert "Bob Orr" not in text


def test_a_scope_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="a scope is one of"):
        selectors.entries(Reader("p", "worker", "o", "uk-gdpr"), "everything", Question(), purpose="to look")


@pytest.mark.parametrize(
    ("act", "what", "says"),
    [
        (Act.ALTERATION, "a key made: staff-in-step", ""),
        (Act.CONSULTATION, "a person, not found", "It names no record: what was asked for was not there."),
        (Act.CONSULTATION, "refused: list staff", "It names no record: what was asked for was refused."),
        (Act.CONSULTATION, "open invitations", "It names no record: none was shown."),
    ],
)
def test_a_line_without_records_says_why_only_where_one_was_asked_for(
    town: Town, act: Act, what: str, says: str
) -> None:
    reader = Reader(town.ailsa.ref, "worker", town.homes.ref, "uk-gdpr")
    number = enter_reading(reader, act, what, [], purpose="to see")
    text = page(signed_in(town.ailsa), f"/register/{number}/")
    assert says in text
    assert ("It names no record" in text) == bool(says)
    assert ("Records it names" in text) == bool(says)
