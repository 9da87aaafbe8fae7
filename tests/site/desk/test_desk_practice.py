"""What the services of a desk do, and refuse: fetching, drafts, sign-off, release, answers, closing."""

from __future__ import annotations

import base64
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from braeside_desk import CANARY, Braeside
from django.db import OperationalError, connection
from django.utils import timezone
from open_desks import envelope, own_store, publish, receive
from people_factory import acting_as, make_colleague, make_organisation

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Notice, Organisation
from lippen.site.desk import (
    answer_drafts,
    answering,
    at_once,
    deciding,
    drafts,
    erasing,
    fetching,
    logs_selectors,
    practice,
    releasing,
    sweeping,
)
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.fetching import FetchRefused, ReportUnknown
from lippen.site.desk.limits import DRAFTS_OF_REPORT, REPORTS_A_DAY
from lippen.site.desk.log_content import LogRefused
from lippen.site.desk.models import AnswerDraft, Answered, Decision, Fetch, Log, LogGoesTo, LogState
from lippen.site.desk.own_desk import NoDesk, partners, speak_folder
from lippen.site.register.models import Entry, Shown
from lippen.site.register.services import RegisterUnavailable
from lippen.site.speak.store import monday

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def braeside() -> Iterator[Braeside]:
    yield Braeside()
    own_store().file.unlink()


def packed() -> str:
    """A sealed answer as a browser sends it, which nobody can open."""
    return base64.b64encode(secrets.token_bytes(5_312)).decode()


def entered() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("what", flat=True))


def test_a_fetch_is_entered_before_the_bytes_leave(braeside: Braeside) -> None:
    sealed = fetching.fetch_report(braeside.ann, braeside.report)
    assert len(sealed) == 22_714
    entry = Entry.objects.get(what="a sealed report fetched")
    shown = Shown.objects.get(entry_id=entry.id)
    assert (entry.reader, shown.data_class, shown.record) == (
        braeside.ann.person.ref,
        "sealed-report",
        braeside.report,
    )


def test_what_the_register_cannot_hold_counts_as_not_fetched(braeside: Braeside) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_entry RENAME TO register_elsewhere")
    try:
        with pytest.raises(RegisterUnavailable):
            fetching.fetch_report(braeside.ann, braeside.report)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE register_elsewhere RENAME TO register_entry")
    assert not Fetch.objects.exists()


def test_nobody_fetches_more_than_a_day_s_worth_and_the_refusal_says_why(braeside: Braeside) -> None:
    for _ in range(REPORTS_A_DAY):
        fetching.fetch_report(braeside.ann, receive(braeside.desk, timezone.localdate()))
    before = len(entered())
    with pytest.raises(FetchRefused, match=f"you fetched {REPORTS_A_DAY} today"):
        fetching.fetch_report(braeside.ann, braeside.report)
    assert len(entered()) == before
    assert fetching.fetch_report(braeside.bel, braeside.report), "a colleague still can"
    Fetch.objects.update(on=timezone.localdate() - timedelta(days=1))
    assert fetching.fetch_report(braeside.ann, braeside.report), "and so can she tomorrow"


def test_another_desk_finds_nothing_under_the_ids_of_this_one(braeside: Braeside) -> None:
    photograph = secrets.token_bytes(16)
    own_store().receive_photograph(
        braeside.desk.number, photograph, envelope(1, 16_384), timezone.localdate()
    )
    assert fetching.waiting(braeside.stranger) == []
    fetching.fetch_photograph(braeside.ann, photograph.hex())
    for attempt in (
        lambda: fetching.fetch_report(braeside.stranger, braeside.report),
        lambda: fetching.fetch_photograph(braeside.stranger, photograph.hex()),
        lambda: fetching.pass_on(braeside.stranger, braeside.report),
        lambda: deciding.ask(braeside.stranger, braeside.report, "close", "unreadable"),
        lambda: deciding.agree(braeside.stranger, braeside.report, "close"),
    ):
        with pytest.raises(ReportUnknown):
            attempt()
    ref, content, salt = braeside.drafted()
    with pytest.raises(DraftUnknown):
        drafts.draft(braeside.stranger, ref)
    with pytest.raises(DraftUnknown):
        drafts.throw_away(braeside.stranger, ref)
    with pytest.raises(DraftUnknown):
        drafts.sign(braeside.stranger, ref, content, salt)
    answer = braeside.kept_answer()
    with pytest.raises(DraftUnknown):
        answer_drafts.answer_that_waits(braeside.stranger, answer)
    with pytest.raises(DraftUnknown):
        answer_drafts.throw_away(braeside.stranger, answer)
    with pytest.raises(DraftUnknown):
        answer_drafts.send(braeside.stranger, answer, "0" * 32, packed())
    assert not answer_drafts.answers_that_wait(braeside.stranger)
    braeside.closed(receive(braeside.desk, timezone.localdate()), [photograph.hex()])
    with pytest.raises(ReportUnknown):
        fetching.fetch_photograph(braeside.ann, photograph.hex())


def test_a_report_that_was_passed_on_is_no_photograph_to_fetch_or_to_close_with(braeside: Braeside) -> None:
    fetching.pass_on(braeside.ann, braeside.report)
    with pytest.raises(ReportUnknown):
        fetching.fetch_photograph(braeside.ann, braeside.report)
    braeside.closed(receive(braeside.desk, timezone.localdate()), [braeside.report])
    assert fetching.fetch_report(braeside.bel, braeside.report), "it waits for the others all the same"


@pytest.mark.parametrize("who", ["officer", "keeper"])
def test_no_partner_reaches_the_desk_by_any_verb(braeside: Braeside, who: str) -> None:
    partner = getattr(braeside, who)
    for attempt in (
        lambda: fetching.waiting(partner),
        lambda: fetching.fetch_report(partner, braeside.report),
        lambda: answering.answer(partner, braeside.report, "0" * 32, ""),
        lambda: answer_drafts.keep_answer(partner, braeside.report, ""),
        lambda: answer_drafts.send(partner, "a" * 16, "0" * 32, ""),
        lambda: deciding.ask(partner, braeside.report, "close", "unreadable"),
        lambda: drafts.keep_draft(partner, braeside.report, "", "", held=False),
        lambda: at_once.release_at_once(
            partner, braeside.report, braeside.content(at_once=True), let_stand="[]", called=True
        ),
    ):
        with pytest.raises(PermissionError):
            attempt()


def test_whoever_may_know_them_leaves_it_to_the_others_for_good(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    fetching.pass_on(braeside.bel, braeside.report)
    with pytest.raises(ReportUnknown):
        fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(DraftUnknown):
        drafts.draft(braeside.bel, ref)
    with pytest.raises(DraftUnknown):
        drafts.sign(braeside.bel, ref, content, salt)
    assert [one.passed_on for one in fetching.waiting(braeside.bel)] == [True]
    fetching.fetch_report(braeside.cat, braeside.report)
    drafts.sign(braeside.cat, ref, content, salt)


def test_what_is_not_sealed_is_not_kept_as_a_draft(braeside: Braeside) -> None:
    fetching.fetch_report(braeside.ann, braeside.report)
    bound = "0" * 64
    plain = base64.b64encode(CANARY.encode() * 2_064).decode()
    header = base64.b64encode(b"age-encryption.org/v1\n" + b"x" * 22_692).decode()
    for sealed in (CANARY, plain, header, base64.b64encode(envelope(3)).decode(), ""):
        with pytest.raises(LogRefused, match="not sealed"):
            drafts.keep_draft(braeside.ann, braeside.report, sealed, bound, held=False)
    assert not Log.objects.exists()


def test_a_log_takes_two_people_of_the_desk_and_the_very_words(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    log = Log.objects.get(ref=ref)
    assert log.content is None
    assert CANARY not in str(vars(log))
    assert Notice.objects.filter(path=f"/desk/drafts/{ref}/").count() == 2, "the two colleagues were told"
    with pytest.raises(LogRefused, match="a second person has to sign"):
        drafts.sign(braeside.ann, ref, content, salt)
    with pytest.raises(FetchRefused, match="not opened this report"):
        drafts.sign(braeside.bel, ref, content, salt)
    fetching.fetch_report(braeside.bel, braeside.report)
    for other, salted in (
        (braeside.content(text="other words"), salt),
        (content + " ", salt),
        (content, secrets.token_hex(16)),
        (content, ""),
    ):
        with pytest.raises(LogRefused):
            drafts.sign(braeside.bel, ref, other, salted)
    drafts.sign(braeside.bel, ref, content, salt)
    waits = Log.objects.get()
    assert waits.state == LogState.SIGNED
    assert (waits.sealed, waits.commitment, waits.report) == ("", "", ""), "nothing leads back to the report"
    assert waits.pk != log.pk
    assert waits.ref != ref
    assert (waits.written_by, waits.written_at) == ("", None), "nor to the two who stand for it"
    with pytest.raises(DraftUnknown):
        drafts.sign(braeside.cat, ref, content, salt)


def test_what_names_somebody_is_held_and_never_signed_off(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted(held=True)
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(LogRefused, match="held at the desk"):
        drafts.sign(braeside.bel, ref, content, salt)
    second, content, salt = braeside.drafted()
    with pytest.raises(LogRefused, match="another draft from the same report is held"):
        drafts.sign(braeside.bel, second, content, salt)
    Log.objects.filter(ref=ref).update(destroy_on=timezone.localdate())
    sweeping.let_go_at_desks.func()
    drafts.sign(braeside.bel, second, content, salt)


def test_so_many_drafts_wait_and_no_more(braeside: Braeside, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(DRAFTS_OF_REPORT):
        braeside.drafted(held=at == 0)
    with pytest.raises(LogRefused, match="drafts from this report wait already"):
        braeside.drafted()
    monkeypatch.setattr(drafts, "DRAFTS_OF_ONE", DRAFTS_OF_REPORT)
    with pytest.raises(LogRefused, match="drafts of yours wait already"):
        braeside.drafted(report=receive(braeside.desk, timezone.localdate()))


def test_a_partner_that_closed_before_a_log_left_has_no_part_in_it(braeside: Braeside) -> None:
    braeside.signed(partners=[braeside.homes.ref, braeside.police.ref])
    Organisation.objects.filter(pk=braeside.homes.pk).update(closed_on=timezone.localdate())
    assert releasing.release_due(timezone.now() + timedelta(days=4)) == 1
    assert list(LogGoesTo.objects.values_list("organisation", flat=True)) == [braeside.police.ref]
    assert not Notice.objects.filter(path="/logs/", person=braeside.keeper.person).exists()


def test_a_log_of_a_desk_does_not_go_to_its_own_organisation(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted(braeside.content(partners=[braeside.group.ref]))
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(LogRefused):
        drafts.sign(braeside.bel, ref, content, salt)
    told = practice.report(braeside.ann, braeside.report).told["partners"]
    assert braeside.group.ref not in {one["ref"] for one in told}
    assert braeside.others.ref in {one["ref"] for one in told}


def test_a_log_to_somebody_whom_the_residents_page_does_not_name_never_leaves(braeside: Braeside) -> None:
    """Whoever chose the far desk, since her cousin works at the near one, is read by the far desk alone."""
    make_colleague(braeside.others, "co-ordinator")
    assert braeside.others in partners(), "somebody there reads logs"
    to_both = braeside.content(partners=[braeside.homes.ref, braeside.others.ref])
    ref, content, salt = braeside.drafted(to_both)
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(LogRefused, match=f"does not name them.*{braeside.others.name}"):
        drafts.sign(braeside.bel, ref, content, salt)
    with pytest.raises(LogRefused, match="does not name them"):
        braeside.at_once(partners=[braeside.others.ref])
    assert not LogGoesTo.objects.exists()


def test_who_is_named_after_a_report_came_has_no_log_of_it(braeside: Braeside) -> None:
    """She read the page of that day, and could not refuse whom it did not name."""
    folder, monday_then = speak_folder(), monday(timezone.localdate())
    shutil.copy(folder / "manifest.json", folder / f"manifest-until-{monday_then}-0.json")
    health = make_organisation("health")
    make_colleague(health, "co-ordinator")
    told = (folder / "partnership.toml").read_text()
    named = f'{told}[[partners]]\nid = "health"\nname = "Health"\n'
    (folder / "partnership.toml").write_text(named)
    publish()
    with pytest.raises(LogRefused, match="did not when this was told"):
        braeside.at_once(partners=[health.ref])
    before = monday_then - timedelta(days=1)
    (folder / f"manifest-until-{monday_then}-0.json").rename(folder / f"manifest-until-{before}-0.json")
    braeside.at_once(partners=[health.ref])


def test_without_a_manifest_to_compare_with_no_log_leaves(braeside: Braeside) -> None:
    ref, content, salt = braeside.drafted()
    fetching.fetch_report(braeside.bel, braeside.report)
    (speak_folder() / "manifest.json").unlink()
    with pytest.raises(LogRefused, match="nothing is published here"):
        drafts.sign(braeside.bel, ref, content, salt)
    publish()
    drafts.sign(braeside.bel, ref, content, salt)


@pytest.mark.parametrize(
    "other",
    [
        {"area": "12 Fore Street"},
        {"week": "2026-11-26"},
        {"week": "2999-01-07"},
        {"weeks": 2},
        {"weeks": True},
        {"source": "0"},
        {"information": "F"},
        {"handling": "C"},
        {"conditions": "Not to the police."},
        {"text": " "},
        {"text": "x" * 2_001},
        {"text": "a\0b"},
        {"partners": []},
        {"partners": ["a" * 16]},
        {"not_before": "soon"},
        {"not_before": "2999-01-01"},
        {"at_once": "yes"},
        {"resident": "somebody"},
    ],
)
def test_a_log_of_another_form_is_not_signed_off(braeside: Braeside, other: dict[str, Any]) -> None:
    ref, content, salt = braeside.drafted(braeside.content(**other))
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(LogRefused):
        drafts.sign(braeside.bel, ref, content, salt)
    assert Log.objects.get(ref=ref).content is None


def test_logs_go_out_three_together_after_they_rested(braeside: Braeside) -> None:
    for _ in range(3):
        braeside.signed()
    now = timezone.now()
    for one in Log.objects.all():
        assert one.rests_until is not None
        assert one.goes_by is not None
        assert timedelta(hours=1.9) < one.rests_until - now < timedelta(hours=12)
        assert timedelta(hours=47.9) < one.goes_by - now < timedelta(hours=72)
    assert releasing.release_due(now) == 0
    assert releasing.release_due(now + timedelta(hours=12, minutes=1)) == 3
    assert len(logs_selectors.logs(braeside.keeper, "1").object_list) == 3
    times = set(Log.objects.values_list("released_at", "written_at", "destroy_on"))
    assert len(times) == 1, "nothing tells which was written when"


def test_one_log_alone_waits_for_others_and_at_most_three_days(braeside: Braeside) -> None:
    braeside.signed()
    now = timezone.now()
    assert releasing.release_due(now + timedelta(hours=47)) == 0
    assert releasing.release_due(now + timedelta(hours=72, minutes=1)) == 1


def test_after_a_batch_the_next_one_waits_a_day(braeside: Braeside) -> None:
    for _ in range(3):
        braeside.signed()
    now = timezone.now()
    assert releasing.release_due(now + timedelta(hours=13)) == 3
    for _ in range(3):
        braeside.signed()
    assert releasing.release_due(now + timedelta(hours=14)) == 0
    assert releasing.release_due(now + timedelta(hours=38)) == 3


def test_nothing_goes_before_its_day(braeside: Braeside) -> None:
    day = timezone.localdate() + timedelta(days=10)
    for _ in range(3):
        braeside.signed(not_before=f"{day}")
    assert releasing.release_due(timezone.now() + timedelta(days=9)) == 0
    assert releasing.release_due(timezone.now() + timedelta(days=13, hours=1)) == 3


def test_a_log_goes_to_whom_the_desk_chose_and_to_nobody_else(braeside: Braeside) -> None:
    ref = braeside.signed(handling="C", conditions="Not to be passed on to the police.")
    assert logs_selectors.log(braeside.keeper, ref) is None, "not before its release"
    releasing.release_due(timezone.now() + timedelta(days=4))
    ref = Log.objects.get().ref
    seen = logs_selectors.log(braeside.keeper, ref)
    assert seen is not None
    assert (seen.text, seen.grades, seen.conditions) == (CANARY, "2CC", "Not to be passed on to the police.")
    for other in (braeside.officer, braeside.stranger):
        assert logs_selectors.log(other, ref) is None
        assert not logs_selectors.logs(other, "1").object_list
    assert logs_selectors.log(braeside.ann, ref) is not None, "the desk sees its own"


def test_a_report_is_closed_only_when_word_went_back(braeside: Braeside) -> None:
    close = (braeside.report, "close")
    with pytest.raises(FetchRefused):
        deciding.ask(braeside.ann, *close, "answered")
    fetching.fetch_report(braeside.ann, braeside.report)
    with pytest.raises(AnswerRefused, match="no word went back"):
        deciding.ask(braeside.ann, *close, "answered")
    with pytest.raises(AnswerRefused, match="without a ground"):
        deciding.ask(braeside.ann, *close, "it bores me")
    number, authenticator = braeside.mailbox()
    sent = packed()
    answering.answer(braeside.ann, braeside.report, number.hex(), sent)
    assert own_store().read_mailbox(number, authenticator)[:5_312] == base64.b64decode(sent)
    ref, _, _ = braeside.drafted()
    with pytest.raises(AnswerRefused, match="a draft from it waits"):
        deciding.ask(braeside.ann, *close, "answered")
    drafts.throw_away(braeside.bel, ref)
    deciding.ask(braeside.ann, *close, "answered")
    with pytest.raises(AnswerRefused, match="a colleague has to agree"):
        deciding.agree(braeside.ann, *close)
    with pytest.raises(FetchRefused):
        deciding.agree(braeside.bel, *close)
    fetching.fetch_report(braeside.bel, braeside.report)
    ref, _, _ = braeside.drafted()
    with pytest.raises(AnswerRefused, match="a draft from it waits"):
        deciding.agree(braeside.bel, *close)
    drafts.throw_away(braeside.ann, ref)
    with pytest.raises(AnswerRefused, match="no photographs of a report"):
        deciding.agree(braeside.bel, *close, [secrets.token_hex(16) for _ in range(5)])
    assert fetching.fetch_report(braeside.ann, braeside.report), "one alone closed nothing"
    deciding.agree(braeside.bel, *close)
    with pytest.raises(ReportUnknown):
        fetching.fetch_report(braeside.bel, braeside.report)
    assert "a sealed report closed" in entered()
    assert not Notice.objects.filter(settled_at__isnull=True).exists()


def test_what_somebody_asks_for_can_be_taken_back_and_a_stop_stands_on(braeside: Braeside) -> None:
    for one in (braeside.ann, braeside.bel):
        fetching.fetch_report(one, braeside.report)
    deciding.ask(braeside.ann, braeside.report, "close", "one-way")
    with pytest.raises(AnswerRefused, match="asked already"):
        deciding.ask(braeside.bel, braeside.report, "close", "unreadable")
    deciding.take_back(braeside.bel, braeside.report, "close")
    with pytest.raises(AnswerRefused, match="nobody asked"):
        deciding.agree(braeside.bel, braeside.report, "close")
    deciding.stop_answers(braeside.ann, braeside.report)
    deciding.ask(braeside.ann, braeside.report, "advice", "solicitor")
    deciding.take_back(braeside.ann, braeside.report, "advice")
    (stop,) = deciding.decisions(braeside.ann, braeside.report)
    assert (stop.matter, stop.state) == ("advice", "raised")
    with pytest.raises(AnswerRefused, match="answers are stopped"):
        answering.answer(braeside.ann, braeside.report, "0" * 32, packed())


def test_own_words_are_sent_by_a_second_person_and_never_by_their_writer(braeside: Braeside) -> None:
    with pytest.raises(FetchRefused):
        answer_drafts.keep_answer(braeside.ann, braeside.report, base64.b64encode(envelope()).decode())
    ref = braeside.kept_answer()
    assert Notice.objects.filter(path=f"/desk/answers/{ref}/").count() == 2, "the two colleagues were told"
    with pytest.raises(AnswerRefused, match="waits already"):
        braeside.kept_answer()
    number, authenticator = braeside.mailbox()
    empty = own_store().read_mailbox(number, authenticator)
    with pytest.raises(AnswerRefused, match="a second person has to send"):
        answer_drafts.send(braeside.ann, ref, number.hex(), packed())
    with pytest.raises(FetchRefused):
        answer_drafts.send(braeside.bel, ref, number.hex(), packed())
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(AnswerRefused, match="is not sealed"):
        answer_drafts.send(braeside.bel, ref, number.hex(), CANARY)
    with pytest.raises(AnswerRefused, match="an answer to it waits"):
        deciding.ask(braeside.bel, braeside.report, "close", "unreadable")
    assert own_store().read_mailbox(number, authenticator) == empty
    fetching.pass_on(braeside.cat, braeside.report)
    with pytest.raises(DraftUnknown):
        answer_drafts.answer_that_waits(braeside.cat, ref)
    deciding.stop_answers(braeside.bel, braeside.report)
    with pytest.raises(AnswerRefused, match="answers are stopped"):
        answer_drafts.send(braeside.bel, ref, number.hex(), packed())
    Decision.objects.all().delete()
    sent = packed()
    answer_drafts.send(braeside.bel, ref, number.hex(), sent)
    assert own_store().read_mailbox(number, authenticator)[:5_312] == base64.b64decode(sent)
    with pytest.raises(DraftUnknown):
        answer_drafts.send(braeside.bel, ref, number.hex(), sent)
    assert not Notice.objects.filter(settled_at__isnull=True).exists()


def test_the_register_tells_who_answered_and_never_which_report_or_how(braeside: Braeside) -> None:
    fetching.fetch_report(braeside.ann, braeside.report)
    answering.answer(braeside.ann, braeside.report, "0" * 32, packed())
    ref = braeside.kept_answer()
    fetching.fetch_report(braeside.bel, braeside.report)
    practice.answer_that_waits(braeside.bel, ref)
    answer_drafts.send(braeside.bel, ref, "0" * 32, packed())
    answered = Entry.objects.filter(what="an answer to a resident").order_by("id")
    assert [one.reader for one in answered] == [braeside.ann.person.ref] * 2 + [braeside.bel.person.ref]
    about = Entry.objects.filter(what__contains="answer").values_list("id", flat=True)
    assert len(about) == 4
    shown = Shown.objects.filter(entry_id__in=list(about)).values_list("data_class", "record")
    assert set(shown) == {("desk", braeside.group.ref)}
    assert not Notice.objects.filter(path__contains=braeside.report).exists(), "nor does a notice"


def photograph(braeside: Braeside) -> str:
    """A sealed photograph that came to the desk: its id."""
    ident = secrets.token_bytes(16)
    own_store().receive_photograph(braeside.desk.number, ident, envelope(1, 16_384), timezone.localdate())
    return ident.hex()


def test_an_answer_that_is_thrown_away_or_sent_meanwhile_does_not_go_again(
    braeside: Braeside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (braeside.bel, braeside.cat):
        fetching.fetch_report(one, braeside.report)
    number, authenticator = braeside.mailbox()
    empty = own_store().read_mailbox(number, authenticator)
    opened = answer_drafts._open
    first = packed()
    for meanwhile in (
        lambda ref: answer_drafts.throw_away(braeside.ann, ref),
        lambda ref: answer_drafts.send(braeside.cat, ref, number.hex(), first),
    ):
        ref = braeside.kept_answer()

        def slowly(acting: Acting, ref: str, meanwhile: Callable[[str], None] = meanwhile) -> AnswerDraft:
            found = opened(acting, ref)
            monkeypatch.setattr(answer_drafts, "_open", opened)
            meanwhile(ref)
            return found

        monkeypatch.setattr(answer_drafts, "_open", slowly)
        with pytest.raises(DraftUnknown):
            answer_drafts.send(braeside.bel, ref, number.hex(), packed())
        assert not AnswerDraft.objects.exists()
    slots = own_store().read_mailbox(number, authenticator)
    assert (slots[:5_312], slots[5_312:]) == (base64.b64decode(first), empty[:-5_312]), "one went, and once"


def break_store(statement: str) -> None:
    """From now on the file of what is sealed refuses this, as a full disk would."""
    with sqlite3.connect(own_store().file) as database:
        database.execute(f"CREATE TRIGGER broken BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'full'); END")


def mend_store() -> None:
    with sqlite3.connect(own_store().file) as database:
        database.execute("DROP TRIGGER broken")


def test_an_answer_that_a_failing_store_lost_counts_as_none_and_can_be_sent_again(braeside: Braeside) -> None:
    ref = braeside.kept_answer()
    fetching.fetch_report(braeside.bel, braeside.report)
    number, authenticator = braeside.mailbox()
    break_store("UPDATE ON mailbox")
    with pytest.raises(sqlite3.IntegrityError):
        answer_drafts.send(braeside.bel, ref, number.hex(), packed())
    assert entered().count("an answer to a resident") == 2, "that it was tried is entered"
    assert answer_drafts.answer_that_waits(braeside.bel, ref), "the draft waits on"
    assert not Answered.objects.exists()
    mend_store()
    sent = packed()
    answer_drafts.send(braeside.bel, ref, number.hex(), sent)
    assert own_store().read_mailbox(number, authenticator)[:5_312] == base64.b64decode(sent)
    assert Answered.objects.exists()


def test_closing_that_a_failing_store_interrupted_is_finished_by_either(braeside: Braeside) -> None:
    own, other = photograph(braeside), photograph(braeside)
    break_store("DELETE ON report")
    with pytest.raises(sqlite3.IntegrityError):
        braeside.closed(braeside.report, [own])
    (decided,) = deciding.decisions(braeside.bel, braeside.report)
    assert (decided.matter, decided.state) == ("close", "agreed")
    mend_store()
    with pytest.raises(FetchRefused):
        deciding.agree(braeside.ann, braeside.report, "close")
    fetching.fetch_report(braeside.ann, braeside.report)
    with pytest.raises(FetchRefused, match="two of the desk closed"):
        braeside.drafted()
    with pytest.raises(FetchRefused, match="two of the desk closed"):
        braeside.kept_answer()
    deciding.agree(braeside.bel, braeside.report, "close", [other])
    with pytest.raises(ReportUnknown):
        fetching.fetch_report(braeside.bel, braeside.report)
    assert fetching.fetch_photograph(braeside.bel, other), "what two did not agree to stays"
    assert entered().count("a sealed report closed") == 1
    finished = Entry.objects.get(what="a closing finished")
    shown = Shown.objects.filter(entry_id=finished.id).values_list("record", flat=True)
    assert set(shown) == {braeside.report, own}


def test_a_closed_report_that_comes_again_is_a_new_one_to_all_but_those_who_left_it(
    braeside: Braeside,
) -> None:
    sealed = fetching.fetch_report(braeside.ann, braeside.report)
    fetching.pass_on(braeside.ann, braeside.report)
    others = [photograph(braeside) for _ in range(2)]
    braeside.closed(braeside.report, others[:1])
    closed = Entry.objects.get(what="a sealed report closed")
    shown = Shown.objects.filter(entry_id=closed.id).values_list("record", flat=True)
    assert set(shown) == {braeside.report, others[0]}, "all that is deleted is entered"
    assert not Decision.objects.exists()
    assert not Fetch.objects.filter(sealed__in=[braeside.report, *others]).exists()
    assert Fetch.objects.count() == 3, "what was fetched today counts on"
    own_store().receive_report(
        braeside.desk.number, secrets.token_bytes(16), secrets.token_bytes(32), sealed, timezone.localdate()
    )
    with pytest.raises(FetchRefused, match="not opened"):
        deciding.agree(braeside.bel, braeside.report, "close", others[1:])
    fetching.fetch_report(braeside.bel, braeside.report)
    with pytest.raises(AnswerRefused, match="nobody asked"):
        deciding.agree(braeside.bel, braeside.report, "close", others[1:])
    assert fetching.fetch_photograph(braeside.bel, others[1]), "nobody deletes alone"
    with pytest.raises(ReportUnknown):
        fetching.fetch_report(braeside.ann, braeside.report)


def test_two_who_close_stand_for_the_same_photographs(braeside: Braeside) -> None:
    own, others = photograph(braeside), photograph(braeside)
    for one in (braeside.ann, braeside.bel):
        fetching.fetch_report(one, braeside.report)
    with pytest.raises(AnswerRefused, match="no photographs of a report"):
        deciding.ask(braeside.ann, braeside.report, "close", "unreadable", ["x"])
    deciding.ask(braeside.ann, braeside.report, "close", "unreadable", [own])
    for chosen in ([], [others], [own, others]):
        with pytest.raises(AnswerRefused, match="other photographs in it than yours"):
            deciding.agree(braeside.bel, braeside.report, "close", chosen)
    for lying in (own, others):
        assert fetching.fetch_photograph(braeside.bel, lying)
    deciding.agree(braeside.bel, braeside.report, "close", [own])
    assert fetching.fetch_photograph(braeside.bel, others)
    with pytest.raises(ReportUnknown):
        fetching.fetch_photograph(braeside.bel, own)


def test_what_cannot_be_committed_neither_answers_nor_deletes(
    braeside: Braeside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (braeside.ann, braeside.bel):
        fetching.fetch_report(one, braeside.report)
    number, authenticator = braeside.mailbox()
    empty = own_store().read_mailbox(number, authenticator)
    deciding.ask(braeside.ann, braeside.report, "close", "unreadable")

    def full() -> None:
        raise OperationalError("full")

    monkeypatch.setattr(connection, "_commit", full)
    for attempt in (
        lambda: answering.answer(braeside.ann, braeside.report, number.hex(), packed()),
        lambda: deciding.agree(braeside.bel, braeside.report, "close"),
    ):
        with pytest.raises(OperationalError):
            attempt()
    monkeypatch.undo()
    assert own_store().read_mailbox(number, authenticator) == empty
    assert fetching.fetch_report(braeside.bel, braeside.report), "it lies there"
    assert [one.state for one in deciding.decisions(braeside.bel, braeside.report)] == ["asked"]


def test_an_answer_that_is_not_sealed_is_not_sent(braeside: Braeside) -> None:
    fetching.fetch_report(braeside.ann, braeside.report)
    plain = base64.b64encode(CANARY.encode()).decode()
    for mailbox, sent in (("0" * 32, plain), ("0" * 32, ""), ("0" * 32, CANARY), ("x", plain)):
        with pytest.raises(AnswerRefused):
            answering.answer(braeside.ann, braeside.report, mailbox, sent)
    for draft in (CANARY, plain, base64.b64encode(envelope(1, 4_096)).decode()):
        with pytest.raises(AnswerRefused, match="not sealed"):
            answer_drafts.keep_answer(braeside.ann, braeside.report, draft)


def test_a_stop_on_answers_is_lifted_by_two_with_a_ground(braeside: Braeside) -> None:
    for one in (braeside.ann, braeside.bel):
        fetching.fetch_report(one, braeside.report)
    deciding.stop_answers(braeside.ann, braeside.report)
    deciding.stop_answers(braeside.bel, braeside.report)
    stopped = Entry.objects.get(what="a stop on answers")
    assert Shown.objects.get(entry_id=stopped.id).record == braeside.group.ref, (
        "not whose third message it is"
    )
    for attempt in (
        lambda: answering.answer(braeside.ann, braeside.report, "0" * 32, packed()),
        lambda: deciding.agree(braeside.bel, braeside.report, "advice"),
        lambda: deciding.ask(braeside.ann, braeside.report, "advice", ""),
        lambda: deciding.ask(braeside.ann, braeside.report, "advice", "we felt like it"),
    ):
        with pytest.raises(AnswerRefused):
            attempt()
    deciding.ask(braeside.ann, braeside.report, "advice", "solicitor")
    with pytest.raises(AnswerRefused, match="a colleague has to agree"):
        deciding.agree(braeside.ann, braeside.report, "advice")
    with pytest.raises(AnswerRefused, match="answers are stopped"):
        answering.answer(braeside.ann, braeside.report, "0" * 32, packed())
    with pytest.raises(FetchRefused):
        deciding.agree(braeside.cat, braeside.report, "advice")
    deciding.agree(braeside.bel, braeside.report, "advice")
    answering.answer(braeside.ann, braeside.report, "0" * 32, packed())


def test_a_hand_over_to_protection_takes_two_and_keeps_no_word_of_anybody(braeside: Braeside) -> None:
    for one in (braeside.ann, braeside.bel):
        fetching.fetch_report(one, braeside.report)
    deciding.ask(braeside.ann, braeside.report, "child", "told-by-phone")
    deciding.agree(braeside.bel, braeside.report, "child")
    (kept,) = Decision.objects.values()
    assert kept["ground"] == "told-by-phone"
    assert {"a decision of two asked for", "a decision of two agreed to"} <= set(entered())
    (seen,) = deciding.decisions(braeside.cat, braeside.report)
    assert seen.state == "agreed"


def test_no_answer_that_stands_ready_is_empty_or_twice() -> None:
    ready = answering.templates()
    assert len({one.ident for one in ready}) == len(ready) >= 5
    assert all(20 < len(one.text) < 1_500 for one in ready)
    assert all(one.claims for one in ready), "whoever sends it says that this is so"
    named = [one.ident for one in ready if re.search(r"\byou (?:named|asked)", one.title + one.text)]
    assert named == [one.ident for one in ready if one.where_named], "offered where nobody was named"
    for one in ready:
        assert not re.search(r"\b(?:two|both|nobody else|all) of us|nobody else", one.text, re.I), one.ident


def test_everything_kept_of_a_report_goes_when_it_is_erased_or_old(braeside: Braeside) -> None:
    braeside.drafted()
    fetching.pass_on(braeside.cat, braeside.report)
    assert erasing.erase_practice(braeside.kept_answer()) == 1
    braeside.kept_answer()
    assert erasing.erase_report(braeside.report) == 2
    ref = braeside.signed()
    assert erasing.erase_log(ref) == 2
    Fetch.objects.update(on=timezone.localdate() - timedelta(days=46))
    AnswerDraft.objects.update(on=timezone.localdate() - timedelta(days=30))
    sweeping.let_go_at_desks.func()
    assert not Fetch.objects.exists()
    assert not AnswerDraft.objects.exists()


def test_an_organisation_without_a_desk_is_told_so(braeside: Braeside) -> None:
    assert fetching.waiting(braeside.ann)
    nobody = acting_as(make_colleague(make_organisation("community-group"), "desk"))
    with pytest.raises(NoDesk, match="no desk is called"):
        fetching.waiting(nobody)
