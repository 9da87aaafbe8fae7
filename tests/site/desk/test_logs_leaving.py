"""What a log carries with it when it leaves a desk, and what it must not: a way back to its draft, words that
no page can show, a day that was passed over in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from braeside_desk import CANARY, Braeside
from django.db import connection
from django.utils import timezone
from open_desks import envelope, own_store
from people_factory import signed_in

from lippen.site.accounts.models import Notice
from lippen.site.desk import drafts, fetching, logs_selectors, practice, releasing
from lippen.site.desk.fetching import FetchRefused
from lippen.site.desk.log_content import LogRefused, latest
from lippen.site.desk.models import DeskKey, Fetch, Log, LogState
from lippen.site.register.models import Entry, Shown
from lippen.site.speak.store import monday

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def braeside() -> Iterator[Braeside]:
    yield Braeside()
    own_store().file.unlink()


def tables_with(word: str) -> set[str]:
    """The tables of the site's database in which this stands."""
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            if any(word in repr(row) for row in cursor.fetchall()):
                found.add(table)
    return found


def test_nothing_leads_from_a_released_log_to_its_draft(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    fetching.fetch_report(braeside.bel, braeside.report)
    drafts.sign(braeside.bel, ref, content, salt)
    waits = Log.objects.get()
    for _ in range(2):
        braeside.signed(text="other words")
    assert releasing.release_due(timezone.now() + timedelta(hours=13)) == 3
    (log,) = [one for one in Log.objects.all() if one.content and one.content["text"] == CANARY]
    assert len({ref, waits.ref, log.ref}) == 3
    assert log.pk > waits.pk + 2, "a row of its own"
    assert tables_with(ref) == {"register_shown", "accounts_notice"}, "what was done with the draft"
    assert tables_with(waits.ref) == set()
    assert tables_with(log.ref) == {"desk_log", "register_shown"}
    entry = Entry.objects.get(what="logs released")
    shown = set(Shown.objects.filter(entry_id=entry.id).values_list("record", flat=True))
    assert shown == set(Log.objects.values_list("ref", flat=True))
    row = repr(vars(log))
    assert braeside.ann.person.ref not in row
    assert braeside.bel.person.ref not in row
    assert set(log.goes_to.values_list("organisation", flat=True)) == {braeside.homes.ref}
    assert logs_selectors.log(braeside.keeper, log.ref) is not None


def test_the_rows_of_a_batch_lie_in_no_order_that_tells(braeside: Braeside) -> None:
    now = timezone.now()
    for number in range(12):
        waits = Log.objects.create(
            ref=f"{number:016d}",
            organisation=braeside.group.ref,
            state=LogState.SIGNED,
            content={"text": number},
            rests_until=now,
            goes_by=now + timedelta(days=number),
            destroy_on=timezone.localdate() + timedelta(days=number),
        )
        waits.goes_to.create(organisation=braeside.homes.ref if number % 2 else braeside.police.ref)
    assert releasing.release_due(now) == 12
    rows = list(Log.objects.order_by("pk"))
    numbers = [one.content["text"] for one in rows if one.content]
    assert sorted(numbers) == list(range(12))
    assert numbers != list(range(12)), "one in 479,001,600 by chance"
    assert len({(one.destroy_on, one.released_at, one.goes_by) for one in rows}) == 1
    for number, one in zip(numbers, rows, strict=True):
        (goes_to,) = one.goes_to.values_list("organisation", flat=True)
        assert goes_to == (braeside.homes.ref if number % 2 else braeside.police.ref)


def test_a_log_that_cannot_go_in_the_same_batch_is_no_company(braeside: Braeside) -> None:
    assert releasing.waiting_together() == 0
    braeside.signed()
    assert releasing.waiting_together() == 1
    braeside.signed(not_before=f"{timezone.localdate() + timedelta(days=20)}")
    assert releasing.waiting_together() == 1, "one waits for a far day"
    now = timezone.now()
    assert releasing.waiting_together(now + timedelta(hours=35)) == 1
    assert releasing.waiting_together(now + timedelta(hours=61)) == 0, "the first may have to go before"


def test_before_its_day_a_log_leaves_for_risk_to_life_alone_and_with_the_reason(braeside: Braeside) -> None:
    day = timezone.localdate() + timedelta(days=9)
    for sooner in ("", "we felt like it"):
        with pytest.raises(LogRefused, match=f"nothing was to leave before {day}"):
            braeside.at_once(sooner, not_before=f"{day}")
    assert not Log.objects.exists()
    ref = braeside.at_once("before-then", not_before=f"{day}")
    assert Entry.objects.filter(what="a log released at once, before its day").count() == 1
    page = signed_in(braeside.bel.person).get(f"/logs/{ref}/").content.decode()
    assert "Nothing of it was to leave before" in page
    assert "Somebody may be killed or badly hurt before that day." in page
    seen = logs_selectors.log(braeside.keeper, ref)
    assert seen is not None
    assert (seen.held_until, seen.sooner) == (None, ""), "which a partner is not told"
    braeside.at_once(not_before=f"{timezone.localdate()}")
    assert Entry.objects.filter(what="a log released at once").count() == 1, "the day has come"


def test_a_log_is_held_back_for_sixty_days_after_its_week_at_most(braeside: Braeside) -> None:
    today = timezone.localdate()
    assert timedelta(days=60) <= latest(today) - today <= timedelta(days=66)
    braeside.signed(not_before=f"{latest(today)}")
    with pytest.raises(LogRefused, match="at most 60 days"):
        braeside.signed(not_before=f"{latest(today) + timedelta(days=1)}")
    fetching.fetch_report(braeside.bel, braeside.report)
    told = practice.report(braeside.bel, braeside.report).told
    assert told["latest"] == f"{latest(today)}"


def test_the_days_of_a_log_are_told_from_the_first_to_the_last(braeside: Braeside) -> None:
    this = monday(timezone.localdate())
    first = this - timedelta(weeks=3)
    for late in range(3):
        with pytest.raises(LogRefused, match="has not come yet"):
            braeside.at_once(weeks=4, week=f"{first + timedelta(weeks=1 + late)}")
    ref = braeside.at_once(weeks=4, week=f"{first}")
    seen = logs_selectors.log(braeside.keeper, ref)
    assert seen is not None
    assert (seen.week, seen.until) == (first, this + timedelta(days=6))
    partner = signed_in(braeside.keeper.person)
    words = [f"{one.day} {one:%B %Y}" for one in (first, this + timedelta(days=6))]
    for path in ("/logs/", f"/logs/{ref}/"):
        page = partner.get(path).content.decode()
        assert all(one in page for one in words), path
        assert "four weeks" not in page
    asked = signed_in(braeside.ann.person).get(f"/desk/reports/{braeside.report}/").content.decode()
    sunday = this + timedelta(days=6)
    assert f"{this.day} {this:%B} to {sunday.day} {sunday:%B %Y}" in asked


@pytest.mark.parametrize("part", ["text", "conditions"])
def test_signs_that_no_page_can_show_are_refused(braeside: Braeside, part: str) -> None:
    worker = signed_in(braeside.ann.person)
    fetching.fetch_report(braeside.ann, braeside.report)
    path = f"/desk/reports/{braeside.report}/at-once/"
    sent = {"let_stand": "[]", "called": "yes"}
    for sign in (
        *("\ud800", "\udfff", "\0", "\x1b", "\x7f", "\x85", "\u202e", "\u2066"),
        *("\U000e004d", "\u200b", "\u200d", "\xad", "\u200e", "\u2028", "\ufe0f", "\u3164", "\ue000"),
        "\u0301" * 5,
    ):
        told = {"handling": "C", "conditions": "None.", part: f"a{sign}b"}
        content = braeside.content(at_once=True, **told)
        answer = worker.post(path, sent | {"content": content})
        assert answer.status_code == 422, ascii(sign)
        assert "igns that are no text" in answer.content.decode()
    told = {"handling": "C", "conditions": "None.", part: "?!"}
    answer = worker.post(path, sent | {"content": braeside.content(at_once=True, **told)})
    assert (answer.status_code, "are written in letters" in answer.content.decode()) == (422, True)
    assert not Log.objects.exists()
    whole = "One line,\r\n\tand \U0001f6d1 one more: قالوا."
    braeside.at_once(handling="C", conditions=whole, text=whole)
    page = signed_in(braeside.keeper.person).get(f"/logs/{Log.objects.get().ref}/")
    assert page.status_code == 200


def test_no_field_of_a_desk_s_pages_makes_them_fail(braeside: Braeside) -> None:
    worker, here = signed_in(braeside.ann.person), f"/desk/reports/{braeside.report}/"
    fetching.fetch_report(braeside.ann, braeside.report)
    ref, *_ = braeside.drafted()
    forms: list[tuple[str, list[str]]] = [
        (f"{here}draft/", ["sealed", "commitment", "held"]),
        (f"{here}answer/", ["mailbox", "packed"]),
        (f"{here}decide/", ["matter", "ground", "answer"]),
        (f"{here}close/", ["photographs", "one_way"]),
        (f"{here}at-once/", ["content", "sooner", "let_stand", "called"]),
        ("/desk/key/", ["recipient", "signature", "wrapped", "destroy"]),
        (f"/desk/drafts/{ref}/", ["content", "salt"]),
    ]
    for value in ("\0", "٣" * 32):
        for path, names in forms:
            assert worker.post(path, dict.fromkeys(names, value)).status_code < 500, (path, ascii(value))
    told = json.loads(braeside.content(at_once=True))
    for part in told:
        for other in (["\ud800"], 1.0):
            content = json.dumps(told | {part: other})
            answer = worker.post(f"{here}at-once/", {"content": content})
            assert answer.status_code == 422, (content, answer.content)
    assert Log.objects.get().ref == ref, "and nothing was kept of it"


def test_one_id_may_be_a_report_s_and_a_photograph_s_and_each_counts_as_itself(braeside: Braeside) -> None:
    number = bytes.fromhex(braeside.report)
    own_store().receive_photograph(braeside.desk.number, number, envelope(1, 16_384), timezone.localdate())
    assert len(fetching.fetch_photograph(braeside.ann, braeside.report)) != 22_714
    with pytest.raises(FetchRefused, match="not opened this report"):
        fetching.must_have_fetched(braeside.ann, braeside.report)
    assert len(fetching.fetch_report(braeside.ann, braeside.report)) == 22_714
    assert sorted(Fetch.objects.values_list("photograph", flat=True)) == [False, True]
    fetching.must_have_fetched(braeside.ann, braeside.report)


def test_a_draft_whose_report_is_gone_is_thrown_away_and_not_signed_off(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    fetching.fetch_report(braeside.bel, braeside.report)
    own_store().remove(braeside.desk.number, bytes.fromhex(braeside.report))
    with pytest.raises(LogRefused, match="the report is gone") as refused:
        drafts.sign(braeside.bel, ref, content, salt)
    assert refused.value.remedy == "Throw the draft away."
    assert Log.objects.get(ref=ref).content is None
    drafts.throw_away(braeside.bel, ref)
    assert not Log.objects.exists()


def test_a_draft_that_is_gone_says_what_became_of_it_to_its_own_desk_alone(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    path, sent = f"/desk/drafts/{ref}/", {"content": content, "salt": salt}
    bel, cat, stranger = (signed_in(one.person) for one in (braeside.bel, braeside.cat, braeside.stranger))
    fetching.fetch_report(braeside.bel, braeside.report)
    assert bel.post(path, sent).status_code == 302
    for answer in (bel.post(path, sent), bel.get(path)):
        assert answer.status_code == 410
        assert "You signed it off on" in answer.content.decode()
        assert 'href="/desk/">Back to the desk' in answer.content.decode()
    told = cat.get(path).content.decode()
    assert "A colleague signed it off on" in told
    assert braeside.bel.person.name not in told.split("<h1>")[1]
    assert Entry.objects.filter(what="a draft that is gone").count() == 3, "each look is entered"
    assert Log.objects.count() == 1, "and it was signed off once"
    for client, other in ((stranger, path), (bel, f"/desk/drafts/{'a' * 16}/")):
        answer = client.get(other)
        assert (answer.status_code, "signed it off" in answer.content.decode()) == (404, False)
    thrown, *_ = braeside.drafted()
    drafts.throw_away(braeside.ann, thrown)
    assert "A colleague threw it away on" in bel.get(f"/desk/drafts/{thrown}/").content.decode()


def test_whoever_left_a_report_is_neither_told_of_its_log_nor_asked_to_open_it(braeside: Braeside) -> None:
    day = timezone.localdate()
    for one in (braeside.ann, braeside.bel, braeside.cat):
        kept = {"recipient": "", "signature": "", "made_on": day, "until": day, "opens_until": day}
        DeskKey.objects.create(organisation=braeside.group.ref, person=one.person.ref, **kept)
    ref, *_ = braeside.drafted()

    def offered() -> list[set[str]]:
        pages = (practice.report(braeside.ann, braeside.report), practice.draft(braeside.ann, ref))
        return [{one.ref for one in page.colleagues} for page in pages]

    assert offered() == [{braeside.bel.person.ref, braeside.cat.person.ref}] * 2
    fetching.pass_on(braeside.cat, braeside.report)
    assert offered() == [{braeside.bel.person.ref}] * 2
    shown = Shown.objects.filter(data_class="staff", entry_id=Entry.objects.latest("id").id)
    assert [one.record for one in shown] == [braeside.bel.person.ref], "and that is entered"
    log = braeside.at_once()
    assert [one.person for one in Notice.objects.filter(path=f"/logs/{log}/")] == [braeside.bel.person]
    fetching.pass_on(braeside.bel, braeside.report)
    with pytest.raises(FetchRefused, match="nobody else at this desk could open it"):
        fetching.pass_on(braeside.ann, braeside.report)
