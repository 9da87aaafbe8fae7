"""Words that may be new: their stories, what people say of them, and that the next ranking learns from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from people_factory import signed_in
from trade_people import People, alter, rows_of_tables, shown_last, table, told

from lippen.advert_models import LearnedModel
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning_trade import reckon_trade
from lippen.results import TRADE_FACTS, TRADE_TERM_WEEKS, TRADE_TERMS
from lippen.site.insight import words_answered
from lippen.site.register import classes
from lippen.site.register.models import Act, Entry
from lippen.site.trade import answers, words_selectors
from lippen.site.trade.found import term_id
from lippen.site.trade.models import Answer, TermAnswer
from lippen.site.trade.teaching import decisions
from lippen.trade.term_decisions import ANSWERS, DECISIONS
from lippen.workspace import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = "Your answer is kept. It counts when the trade is next worked out."


def terms(workspace: Path) -> list[str]:
    return [row["term"] for row in table(workspace, TRADE_TERMS)]


def address(term: str) -> str:
    return f"/trade/words/{term_id(term)}/"


def reckon_anew(workspace: Path, model: LearnedModel) -> None:
    """Work the trade out anew, as an import does, with what people said."""
    said = words_answered.answers()
    with connect() as engine:
        reckon_trade(Workspace.open(workspace, engine), Stages(quiet=True), decisions=said, model=model)


def test_the_ranking_stands_as_it_was_reckoned(people: People, trade_lake: Path) -> None:
    answer = people.client("ann").get("/trade/words/")
    rows = rows_of_tables(answer.content)
    assert [row[0] for row in rows] == terms(trade_lake)
    raised = [row["term"] for row in table(trade_lake, TRADE_TERMS) if row["raised"]]
    page = answer.content.decode()
    for term in raised:
        assert page.index(f"/{term_id(term)}/") < page.index("Words for which less speaks")


def ranked_as_of(day: str, why_none: str | None = None) -> Callable[[pa.Table], pa.Table]:
    """The facts with another day as of which words were ranked."""

    def changed(rows: pa.Table) -> pa.Table:
        facts = json.loads(rows["json"][0].as_py())
        facts["new_terms"] |= {"until": day, "why_none": why_none}
        return pa.table({"json": [json.dumps(facts)]})

    return changed


def test_pages_say_as_of_which_day_words_were_ranked_where_it_is_before_the_newest_week(
    people: People, trade_lake: Path
) -> None:
    said = "Words were ranked as of 31 December 2024: no newer advert was brought in."
    client = people.client("ann")
    for page in ("/trade/", "/trade/words/"):
        assert "Words were ranked as of" not in client.get(page).content.decode(), "it is the newest week"
    alter(trade_lake, {TRADE_FACTS: ranked_as_of("2024-12-31")})
    for page in ("/trade/", "/trade/words/"):
        assert said in client.get(page).content.decode()


def test_no_word_is_said_to_be_worth_nobodys_time_where_none_was_looked_for(
    people: People, trade_lake: Path
) -> None:
    why = "known terms stand in too few places"
    none = {TRADE_TERMS: lambda rows: rows.slice(0, 0)}
    client = people.client("ann")
    alter(trade_lake, none)
    assert "No word is worth your time." in client.get("/trade/words/").content.decode()
    alter(trade_lake, {TRADE_FACTS: ranked_as_of("2025-07-19", why)})
    for page in ("/trade/", "/trade/words/"):
        page_said = client.get(page).content.decode()
        assert why in page_said
        assert "No word is worth your time." not in page_said


def test_a_words_story_has_its_evidence_its_weeks_and_what_it_may_innocently_be(
    people: People, trade_lake: Path
) -> None:
    client = people.client("ann")
    rows = table(trade_lake, TRADE_TERMS)
    assert any(row["may_be"] == [] for row in rows), "of some words no rule finds anything"
    for row in rows:
        said = told(client, address(row["term"]))
        assert all(" ".join(one.split()) in said for one in (*row["evidence"], *row["may_be"]))
        assert ("it may simply be an ordinary word in another sense" in said) == (row["may_be"] == [])
        assert f"{row['first_seen']:%-d %B %Y} , in what was brought in" in said
        assert all(one in said for one in row["nearest"])
        assert "Too few were answered to say: 0 words as likely as this one, and five are needed." in said
        assert shown_last("trade") == {term_id(row["term"])}
        since = f"{row['since']:%-d %B %Y}"
        assert f"Different texts since {since} {row['texts']} Of these, taken for adverts" in said
        weeks = [one for one in table(trade_lake, TRADE_TERM_WEEKS) if one["term"] == row["term"]]
        page = client.get(address(row["term"])).content.decode()
        several = len({one["week"] for one in weeks}) > 1
        assert ("Line chart of different texts with this word" in page) == several


def test_a_word_s_page_says_when_it_stands_on_paper(people: People, trade_lake: Path) -> None:
    said = told(people.client("ann"), address(terms(trade_lake)[0]))
    assert "five texts or more have it, it holds no contact and no number of a person" in said
    assert "two sellers or more are known to use it" in said


def test_how_often_such_words_proved_right_stands_with_its_interval(people: People, trade_lake: Path) -> None:
    def answered(rows: pa.Table) -> pa.Table:
        first, *rest = rows.to_pylist()
        first |= {"alike_answered": 12, "alike_right": 3, "right_low": 0.0889, "right_high": 0.5323}
        return pa.Table.from_pylist([first, *rest], rows.schema)

    alter(trade_lake, {TRADE_TERMS: answered})
    said = told(people.client("ann"), address(terms(trade_lake)[0]))
    assert "Of 12 words as likely as this one that people answered, 3 were terms of the trade" in said
    assert "between 9% and 53%" in said


def test_an_answer_is_kept_with_what_was_shown_and_waits_for_the_next_ranking(
    people: People, trade_lake: Path
) -> None:
    term = terms(trade_lake)[0]
    row = table(trade_lake, TRADE_TERMS)[0]
    client = people.client("ann")
    answer = client.post(address(term), {"answer": "new term", "substance": "ketamine"}, follow=True)
    page = answer.content.decode()
    assert KEPT in page
    assert "The ranking was not taught the answer that counts yet" in page
    entry = Entry.objects.filter(act=Act.ALTERATION).latest("pk")
    assert entry.what == "an answer on a word of the trade"
    assert set(entry.shown.values_list("data_class", "record")) == {("trade", term_id(term))}
    (said,) = decisions().to_pylist()
    assert decisions().schema == DECISIONS
    assert (said["term"], said["answer"], said["substance"]) == (term, "new term", "ketamine")
    assert {name: said[name] for name in ("burst", "context_fit", "contexts")} == {
        name: row[name] for name in ("burst", "context_fit", "contexts")
    }
    rows = rows_of_tables(client.get("/trade/words/").content)
    assert rows[-1][:3] == [term, "a new term", "ketamine"]
    assert rows[-1][4] == "not yet"


def test_the_next_ranking_has_learned_what_was_said(
    people: People, trade_lake: Path, advert_model: LearnedModel
) -> None:
    term, other = terms(trade_lake)[:2]
    people.client("ann").post(address(term), {"answer": "not this"})
    people.client("ann").post(address(other), {"answer": "known"})
    answers.take_back(people.acting("ann"), term_id(other))
    reckon_anew(trade_lake, advert_model)
    assert term not in terms(trade_lake)
    assert other in terms(trade_lake), "what was taken back teaches nothing"
    client = people.client("bob")
    page = told(client, address(term))
    assert "It stands in the ranking no longer" in page
    assert "The ranking that stands now was taught the answer that counts" in page
    rows = rows_of_tables(client.get("/trade/words/").content)
    assert [row[4] for row in rows if row[0] == term] == ["yes"]
    assert client.post(address(term), {"answer": "new term"}).status_code == 302, "it can be said otherwise"
    assert "was not taught the answer that counts yet" in told(client, address(term))


def test_the_last_answer_that_stands_counts_and_rows_are_only_added(people: People, trade_lake: Path) -> None:
    ident = term_id(terms(trade_lake)[0])
    ann, bob = people.acting("ann"), people.acting("bob")

    def counts() -> list[str]:
        return decisions()["answer"].to_pylist()

    assert counts() == []
    answers.say(ann, ident, "new term")
    answers.say(bob, ident, "not this")
    assert counts() == ["not this"]
    answers.say(ann, ident, "new term")
    assert counts() == ["new term"]
    answers.take_back(ann, ident)
    assert counts() == ["not this"], "what a colleague said counts again"
    answers.take_back(bob, ident)
    assert counts() == []
    said = list(TermAnswer.objects.order_by("pk").values_list("by", "answer"))
    assert said == [
        (people.ann.ref, "new term"),
        (people.bob.ref, "not this"),
        (people.ann.ref, "new term"),
        (people.ann.ref, "taken back"),
        (people.bob.ref, "taken back"),
    ]
    page = told(people.client("ann"), f"/trade/words/{ident}/")
    assert "No answer counts: what was said was taken back" in page


def test_colleagues_see_what_was_said_and_not_by_whom(people: People, trade_lake: Path) -> None:
    term = terms(trade_lake)[0]
    answers.say(people.acting("ann"), term_id(term), "known")
    rows = rows_of_tables(people.client("bob").get(address(term)).content)
    assert [row[0] for row in rows] == ["a colleague"]
    assert "Ann Orr" not in told(people.client("bob"), address(term))
    assert [row[0] for row in rows_of_tables(people.client("ann").get(address(term)).content)] == ["you"]


def test_taking_back_is_asked_and_entered(people: People, trade_lake: Path) -> None:
    term = terms(trade_lake)[0]
    client = people.client("ann")
    assert client.get(f"{address(term)}take-back/").status_code == 404, "nothing was said yet"
    client.post(address(term), {"answer": "known"})
    assert "You said that" in told(client, f"{address(term)}take-back/")
    page = client.post(f"{address(term)}take-back/", follow=True).content.decode()
    assert "You took back what you had said of this word" in page
    assert "Nobody has answered a word yet" in page
    assert Entry.objects.filter(act=Act.ALTERATION).latest("pk").what.endswith("taken back")
    assert people.client("bob").get(f"{address(term)}take-back/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "Choose one, or go back to the list."),
        ({"answer": "taken back"}, "Choose one of those that are offered"),
        ({"answer": "sell it"}, "Choose one of those that are offered"),
        ({"answer": "new term", "substance": "moonstone"}, "Choose one of those that are offered"),
        ({"answer": "not this", "substance": "ketamine"}, "Only a new term is given a substance"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_kept(
    people: People, trade_lake: Path, sent: dict[str, str], why: str
) -> None:
    answer = people.client("ann").post(address(terms(trade_lake)[0]), sent)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not TermAnswer.objects.exists()


def test_the_verbs_refuse_what_no_form_would_send(people: People, trade_lake: Path) -> None:
    ann, ident = people.acting("ann"), term_id(terms(trade_lake)[0])
    refused = [("taken back", ""), ("sell it", ""), ("new term", "moonstone"), ("known", "ketamine")]
    for answer, substance in refused:
        with pytest.raises(answers.AnswerRefused):
            answers.say(ann, ident, answer, substance)
    with pytest.raises(answers.TermUnknown):
        answers.say(ann, "a" * 32, "known")
    with pytest.raises(answers.AnswerRefused, match="nothing of this word"):
        answers.take_back(ann, ident)
    answers.say(ann, ident, "known")
    with pytest.raises(answers.AnswerRefused, match="said this already"):
        answers.say(ann, ident, "known")
    with pytest.raises(PermissionError):
        answers.say(people.acting("eve"), ident, "known")
    assert TermAnswer.objects.count() == 1


def test_another_partner_neither_reads_nor_answers(people: People, trade_lake: Path) -> None:
    term = terms(trade_lake)[0]
    for name in ("dod", "eve"):
        client = people.client(name)
        assert client.get(address(term)).status_code == 403
        assert client.post(address(term), {"answer": "known"}).status_code == 403
        assert client.post(f"{address(term)}take-back/").status_code == 403
    assert not TermAnswer.objects.exists()
    assert signed_in(people.ann, second_factor=False).get("/trade/words/").status_code in {302, 403}


def test_what_an_earlier_holder_said_neither_counts_nor_shows(people: People, trade_lake: Path) -> None:
    term = terms(trade_lake)[0]
    answers.say(people.acting("ann"), term_id(term), "known")
    people.held_by("housing")
    assert decisions().num_rows == 0
    assert "Nobody has answered a word yet" in told(people.client("eve"), "/trade/words/")
    assert "What was said of it" not in told(people.client("eve"), address(term))


def test_a_word_that_nobody_knows_is_not_found(people: People) -> None:
    assert people.client("ann").get(f"/trade/words/{'a' * 32}/").status_code == 404
    assert Entry.objects.latest("pk").shown_count == 0


def test_what_was_said_of_a_word_can_be_erased(people: People, trade_lake: Path) -> None:
    first, second = (term_id(one) for one in terms(trade_lake)[:2])
    for one in (first, second):
        answers.say(people.acting("ann"), one, "known")
    assert classes.declared()["trade"].erase(first) == 1
    assert list(TermAnswer.objects.values_list("term_id", flat=True)) == [second]


def test_today_tells_of_words_that_wait_and_no_longer_once_they_are_answered(
    people: People, trade_lake: Path
) -> None:
    raised = [row["term"] for row in table(trade_lake, TRADE_TERMS) if row["raised"]]
    assert len(raised) == 2
    assert "2 words may be new in the trade" in told(people.client("ann"), "/today/")
    assert "may be new in the trade" not in told(people.client("eve"), "/today/")
    for term in raised:
        answers.say(people.acting("bob"), term_id(term), "known")
    assert words_selectors.waiting(people.acting("ann")) == 0
    assert "may be new in the trade" not in told(people.client("ann"), "/today/")


def test_a_word_that_returns_among_other_words_is_asked_about_again(people: People, trade_lake: Path) -> None:
    term = terms(trade_lake)[0]
    answers.say(people.acting("ann"), term_id(term), "not this")

    def returned(rows: pa.Table) -> pa.Table:
        first, *rest = rows.to_pylist()
        first |= {"answered_before": True, "contexts": ["before elsewhere"]}
        return pa.Table.from_pylist([first, *rest], rows.schema)

    alter(trade_lake, {TRADE_TERMS: returned})
    assert words_selectors.waiting(people.acting("ann")) == 2
    rows = rows_of_tables(people.client("ann").get("/trade/words/").content)
    assert rows[0][6] == "stands among other words than when it was answered"
    answers.say(people.acting("ann"), term_id(term), "not this")
    assert words_selectors.waiting(people.acting("ann")) == 1
    assert decisions()["contexts"].to_pylist() == [["before elsewhere"]]


def test_the_answers_are_those_that_the_ranking_reads() -> None:
    assert tuple(one for one in Answer.values if one != Answer.TAKEN_BACK) == ANSWERS


def test_pages_load_nothing_that_reckons() -> None:
    heavy = ("scipy", "sklearn", "ibis", "lippen.trade.new_terms")
    program = (
        "import os, sys, pathlib; from lippen.site.operation.starting import start_site;"
        " start_site(pathlib.Path(os.environ['LIPPEN_WORKSPACE']));"
        " from django.urls import get_resolver; get_resolver().resolve('/trade/');"
        f" print([one for one in {heavy} if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
