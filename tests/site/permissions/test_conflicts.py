"""Whom somebody declared: found however a record writes the name, and never readable by anybody else."""

from __future__ import annotations

import unicodedata
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.site.accounts import conflicts
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.folding import folded
from lippen.site.accounts.models import Conflict, Notice
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db

reads = pytest.mark.django_db(transaction=True)
"""For tests in which a reading is entered: that is done outside every transaction, a test's too."""


@pytest.fixture
def worker() -> Acting:
    return acting_as(make_colleague(make_organisation("housing"), "worker", name="Aileen Braes"))


@pytest.mark.parametrize(
    "written",
    [
        "Mary Smith", "MARY SMITH", "smith, mary", "Smith Mary", "M. Smith", "Smith, M", "Mary Jane Smith",
        "Ma\u0301ry Smith", "Mrs Mary Smith", "  mary\u00a0 smith ", "Mary Smith (tenant)",
        "\uff2d\uff41\uff52\uff59 Smith",
    ],
)  # fmt: skip
def test_a_declared_name_bars_however_a_record_writes_it(worker: Acting, written: str) -> None:
    conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    verdict = conflicts.bars(worker, ["Somebody Else", written])
    assert not verdict
    assert "declared" in verdict.why
    assert "Ask a colleague" in verdict.why
    assert "Mary" not in verdict.why


@pytest.mark.parametrize(
    "written", ["Mark Smith", "Mary Jones", "Smithers Mary", "", "   ", "Mary", "J. Smith"]
)
def test_another_name_does_not(worker: Acting, written: str) -> None:
    conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    assert conflicts.bars(worker, [written])


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        ("S\u00f8ren", "O\u2019Neil", "ONEIL SOREN"),
        ("Mairi", "Mac Donald", "Mairi MacDonald"),
        ("Mairi", "MacDonald", "Mac Donald, Mairi"),
        ("Mary-Anne", "Bell", "Mary Anne Bell"),
        ("M", "Smith", "Mark Smith"),
        ("Ian", "van der Berg", "I. Van Der Berg"),
        ("", "Tamsin", "Tamsin Grey"),
        ("Tamsin", "", "Grey, Tamsin"),
    ],
)
def test_joined_and_shortened_names_are_found(worker: Acting, first: str, last: str, written: str) -> None:
    conflicts.declare(worker, "family", first, last, "x")
    assert not conflicts.bars(worker, [written])


@pytest.mark.parametrize("written", ["Aileen Braes", "BRAES, A.", "Aileen M. Braes"])
def test_nobody_opens_a_record_about_themselves(worker: Acting, written: str) -> None:
    verdict = conflicts.bars(worker, [written])
    assert not verdict
    assert "yourself" in verdict.why


name = st.text(
    st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=2, max_size=8
).filter(lambda one: len(folded(one)) > 1 and " " not in folded(one))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    name, name, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["NFC", "NFD", "NFKD"])
)
def test_case_order_form_and_initial_make_no_difference(
    worker: Acting, first: str, last: str, case: object, form: str
) -> None:
    Conflict.objects.all().delete()
    conflicts.declare(worker, "known", first, last, "x")
    for pair in permutations((first, last)):
        written = unicodedata.normalize(form, case(" ".join(pair)))  # type: ignore[operator]
        if folded(written) == " ".join(map(folded, pair)):  # some letters have no other case
            assert not conflicts.bars(worker, [written])
    assert not conflicts.bars(worker, [f"{folded(first)[0]}. {last}"])


def test_a_declaration_taken_back_bars_no_more(worker: Acting) -> None:
    ref = conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    conflicts.withdraw(worker, ref)
    assert conflicts.bars(worker, ["Mary Smith"])
    with pytest.raises(RecordUnknown):
        conflicts.withdraw(worker, ref)


@reads
def test_a_declaration_bars_only_whoever_made_it(worker: Acting) -> None:
    other = acting_as(make_colleague(make_organisation("housing"), "worker"))
    ref = conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    assert conflicts.bars(other, ["Mary Smith"])
    with pytest.raises(RecordUnknown):
        conflicts.withdraw(other, ref)
    assert conflicts.declared(other) == []


def test_the_database_holds_no_name_and_no_plain_digest_of_one(worker: Acting) -> None:
    from hashlib import sha256

    conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    conflicts.declare(acting_as(make_colleague(make_organisation(), "worker")), "known", "Mary", "Smith", "x")
    rows = list(Conflict.objects.values_list("label", "digest", "relation"))
    assert "smith" not in str(rows).lower()
    assert "next door" not in str(rows).lower()
    for plain in ("smith mary", "mary smith", "whole|mary|smith"):
        assert sha256(plain.encode()).digest()[:16] not in [bytes(one[1])[:16] for one in rows]


def test_another_key_gives_another_digest(worker: Acting, settings: object) -> None:
    from dataclasses import replace

    from lippen.site.keys import DigestKey

    conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    settings.KEYS = replace(settings.KEYS, digest=DigestKey(b"x" * 32))  # type: ignore[attr-defined]
    assert conflicts.bars(worker, ["Mary Smith"])


@reads
def test_the_declarer_s_own_word_is_read_with_this_key_and_with_no_other(
    worker: Acting, settings: object
) -> None:
    from dataclasses import replace

    from lippen.site.keys import DigestKey

    conflicts.declare(worker, "known", "Mary", "Smith", "Se\u00f1ora from no. 4")
    assert [one.label for one in conflicts.declared(worker)] == ["Se\u00f1ora from no. 4"]
    settings.KEYS = replace(settings.KEYS, digest=DigestKey(b"x" * 32))  # type: ignore[attr-defined]
    assert [one.label for one in conflicts.declared(worker)] == [conflicts.UNREADABLE]


@reads
def test_declaring_reading_and_taking_back_are_entered_without_the_name(worker: Acting) -> None:
    ref = conflicts.declare(worker, "known", "Mary", "Smith", "next door")
    conflicts.declared(worker)
    conflicts.withdraw(worker, ref)
    acts = list(Entry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["alteration", "consultation", "alteration"]
    for entry in Entry.objects.all():
        named = {("conflict", ref), ("staff", worker.person.ref)}
        assert set(entry.shown.values_list("data_class", "record")) == named
    assert "smith" not in str(list(Entry.objects.values())).lower()


@pytest.mark.parametrize(("relation", "first", "last"), [("known", " ", "-"), ("enemy", "Mary", "Smith")])
def test_a_declaration_of_nobody_is_refused(worker: Acting, relation: str, first: str, last: str) -> None:
    with pytest.raises(conflicts.DeclarationRefused):
        conflicts.declare(worker, relation, first, last, "x")


@reads
def test_the_page_declares_shows_and_takes_back() -> None:
    person = make_colleague(make_organisation("housing"), "worker")
    client = signed_in(person)
    sent = {"relation": "family", "first": "Mary", "last": "Smith", "label": "my sister"}
    assert client.post("/you/declared/", sent).status_code == 302
    page = client.get("/you/declared/").content.decode()
    assert "my sister" in page
    assert "Smith" not in page
    ref = Conflict.objects.get().ref
    assert client.post(f"/you/declared/{ref}/withdraw/").status_code == 302
    assert "my sister" not in client.get("/you/declared/").content.decode()


@reads
def test_a_screen_left_open_takes_nothing_back() -> None:
    person = make_colleague(make_organisation("housing"), "worker")
    ref = conflicts.declare(acting_as(person), "known", "Mary", "Smith", "next door")
    answer = signed_in(person, just_now=False).post(f"/you/declared/{ref}/withdraw/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/you/again/")
    assert not conflicts.bars(acting_as(person), ["Mary Smith"])


@reads
def test_the_officer_is_told_that_one_was_taken_back_and_finds_it_in_the_register() -> None:
    ours, theirs = make_organisation("housing"), make_organisation("housing")
    officer, person = make_colleague(ours, "protection-officer"), make_colleague(ours, "worker")
    make_colleague(ours, "administrator")
    make_colleague(theirs, "protection-officer")
    ref = conflicts.declare(acting_as(person), "known", "Mary", "Smith", "next door")
    assert not Notice.objects.exists()
    conflicts.withdraw(acting_as(person), ref)
    notice = Notice.objects.get()
    assert notice.person == officer
    page = signed_in(officer).post(f"/you/waiting/{notice.ref}/", follow=True).content.decode()
    assert "taking back whom one had declared" in page
    assert "Smith" not in page
