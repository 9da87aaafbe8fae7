"""What begins to fill the places of known terms is ranked first, and nobody ranks it by shouting."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from posts_made import FIRST, LAST, Post, chance, offer, offers_of, ordinary, table, talk
from threadpoolctl import threadpool_limits

from lippen.trade.errors import DecisionsUnusable, PostsUnusable
from lippen.trade.known_places import known_places
from lippen.trade.lexicon import Lexicon
from lippen.trade.new_terms import NEW_TERMS, learn, rank_new_terms
from lippen.trade.term_counts import read_posts
from lippen.trade.term_decisions import DECISIONS, Taught
from lippen.trade.term_window import NewTermSettings, window_until

LEXICON = Lexicon.of_vocabulary()


def rows(
    posts: list[Post], decisions: list[dict[str, Any]] | None = None, **more: Any
) -> list[dict[str, Any]]:
    told = None if decisions is None else pa.Table.from_pylist(decisions, DECISIONS)
    return rank_new_terms(
        table(posts), LEXICON, more.pop("until", LAST), told, NewTermSettings(**more)
    ).to_pylist()


def terms(ranked: list[dict[str, Any]]) -> list[str]:
    return [row["term"] for row in ranked]


def answer(row: dict[str, Any], said: str, **more: Any) -> dict[str, Any]:
    kept = {name: row[name] for name in ("term", "burst", "context_fit", "contexts")}
    return {**kept, "answer": said, "decided": LAST, "substance": None, **more}


def test_a_fresh_word_in_the_places_of_known_terms_comes_first_and_is_raised() -> None:
    ranked = rank_new_terms(table([*ordinary(), *offers_of("zelevo", 8)]), LEXICON, LAST)
    assert ranked.schema == NEW_TERMS
    first = ranked.to_pylist()[0]
    assert (first["term"], first["raised"], first["sort"]) == ("zelevo", True, "word")
    assert (first["texts"], first["posts"], first["sellers"], first["texts_before"]) == (8, 8, 8, 0)
    assert first["first_seen"] == LAST - timedelta(days=5)
    assert set(first["nearest"]) <= {
        "mdma",
        "ketamine",
        "cocaine",
        "weed",
        "xanax",
        "diazepam",
        "speed",
        "heroin",
    }
    assert first["family"] is not None


@pytest.mark.parametrize("word", ["🧃", "zelevo vrimko", "weefty"])
def test_signs_and_phrases_are_candidates_as_words_are(word: str) -> None:
    assert terms(rows([*ordinary(), *offers_of(word, 8)]))[0] == word


def test_a_word_that_bursts_where_nothing_is_sold_comes_after_one_that_does_not() -> None:
    dice = chance(3)
    lost = [talk(LAST - timedelta(days=one % 6), f"l{one}", dice, "hamster") for one in range(20)]
    ranked = rows([*ordinary(), *lost, *offers_of("zelevo", 6)])
    both = {row["term"]: row for row in ranked if row["term"] in ("zelevo", "hamster")}
    assert both["hamster"]["burst"] > both["zelevo"]["burst"] - 0.5
    assert both["hamster"]["context_fit"] < both["zelevo"]["context_fit"] / 2
    assert terms(ranked)[0] == "zelevo"
    assert not both["hamster"]["raised"]


def test_one_seller_who_writes_a_word_a_thousand_times_takes_no_place() -> None:
    dice = chance(4)
    shouted = [offer("shoutco", LAST - timedelta(days=one % 6), "loud", dice) for one in range(1000)]
    assert "shoutco" not in terms(rows([*ordinary(), *shouted, *offers_of("zelevo", 5)]))


def test_two_sellers_who_write_it_a_thousand_times_come_after_six_who_write_it_once() -> None:
    dice = chance(4)
    shouted = [
        offer("shoutco", LAST - timedelta(days=one % 6), f"loud{one % 2}", dice) for one in range(1000)
    ]
    ranked = terms(rows([*ordinary(), *shouted, *offers_of("zelevo", 6)]))
    assert ranked.index("zelevo") < ranked.index("shoutco")


def test_copies_do_not_count_whoever_posts_them_but_are_told() -> None:
    copied = [
        {"text": f"{start} zelevo 3g £40 text for more", "day": LAST, "seller": f"c{one}"}
        for one in range(60)
        for start in ("Hello", "HELLO ")
    ]
    assert "zelevo" not in terms(rows([*ordinary(), *copied]))
    told = rows([*ordinary(), *copied, *offers_of("zelevo", 4)])[0]
    assert (told["term"], told["texts"], told["posts"]) == ("zelevo", 5, 124)


def test_neither_later_posts_nor_the_order_of_posts_change_anything() -> None:
    posts = [*ordinary(), *offers_of("zelevo", 8)]
    later = [offer("latecomer", LAST + timedelta(days=1), f"z{one}", chance(one)) for one in range(30)]
    assert rows([*posts, *later]) == rows(posts)
    turned = sorted(posts, key=lambda post: (post["day"], post["text"]), reverse=True)
    assert [(row["term"], row["texts"]) for row in rows(turned)][:1] == [("zelevo", 8)]


def test_what_is_learned_does_not_hang_on_how_many_threads_there_are() -> None:
    posts = read_posts(table(ordinary()))
    covered, places, of = known_places(posts, LEXICON.terms)
    window = window_until(posts, LAST, NewTermSettings())
    learned = []
    for threads in (1, 2):
        with threadpool_limits(threads, "blas"):
            learned.append(learn(posts, covered >= 0, places, of, window, 0).weight)
    assert learned[0].any()
    assert (learned[0] == learned[1]).all()


def test_where_few_texts_come_more_weeks_are_looked_at() -> None:
    dice = chance(6)
    earlier = [offer("zelevo", LAST - timedelta(days=10), f"n{one}", dice) for one in range(4)]
    posts = [*ordinary()[::8], *earlier]
    assert "zelevo" in terms(rows(posts))
    assert "zelevo" not in terms(rows(posts, least_posts=1)), "not of the last seven days"


def test_one_seller_who_floods_the_last_days_takes_no_place_from_what_others_said_before() -> None:
    dice = chance(6)
    said = [offer("zelevo", LAST - timedelta(days=10 + one), f"n{one}", dice) for one in range(4)]
    posts = [*ordinary()[::8], *said]
    words = [f"{one}{other}" for one in ("bra", "kel", "dro", "fin") for other in ("mo", "sti", "lun", "va")]
    flood = [offer("mdma", LAST - timedelta(days=one % 4), "rival", dice) for one in range(400)]
    for post in flood:
        post["text"] += " " + " ".join(dice.sample(words, 5))
    before, after = (
        next(row for row in rows(some) if row["term"] == "zelevo") for some in (posts, [*posts, *flood])
    )
    assert before["raised"]
    assert after["raised"]
    assert (after["texts"], after["sellers"]) == (4, 4)
    assert after["score"] > 0.75 * before["score"]


def test_evidence_shows_no_number_and_no_contact_but_the_word_as_it_is_written() -> None:
    written = [
        {
            "text": f"ZEL-evo {one}g £40 ring 07700 90012{one} or @wee_{one} or dod.mac{one}43",
            "day": LAST,
            "seller": f"n{one}",
        }
        for one in range(6)
    ]
    row = rows([*ordinary(), *written])[0]
    assert (row["term"], row["sort"], len(row["evidence"])) == ("zel evo", "phrase", 1)
    for snippet in row["evidence"]:
        assert "ZEL-evo" in snippet
        assert not any(sign.isdigit() for sign in snippet)
        assert "wee_" not in snippet
        assert "mac" not in snippet


def test_sellers_who_are_not_known_are_not_told_as_so_many() -> None:
    """Of eight texts three have a contact, two of them the same."""
    given = table([*ordinary(), *offers_of("zelevo", 8)])
    known = iter(("ann", "ann", "bob"))
    sellers = [next(known, None) if "zelevo" in text else None for text in given["text"].to_pylist()]
    at = given.column_names.index("seller")
    told = given.set_column(at, "seller", pa.array(sellers, pa.string()))
    first = rank_new_terms(told, LEXICON, LAST).to_pylist()[0]
    assert (first["term"], first["texts"], first["sellers"]) == ("zelevo", 8, 2)


def test_where_no_seller_is_known_each_text_counts_and_sellers_are_not_told() -> None:
    posts = table([*ordinary(), *offers_of("zelevo", 8)]).drop_columns(["seller"])
    first = rank_new_terms(posts, LEXICON, LAST).to_pylist()[0]
    assert (first["term"], first["sellers"]) == ("zelevo", None)


def test_what_was_answered_does_not_come_again_until_it_stands_in_other_contexts() -> None:
    posts = [*ordinary(), *offers_of("zelevo", 8)]
    row = rows(posts)[0]
    for said in ("not this", "known"):
        assert "zelevo" not in terms(rows(posts, [answer(row, said)]))
    elsewhere = answer(row, "not this", contexts=["before lost", "after ladder"])
    again = rows(posts, [elsewhere])[0]
    assert (again["term"], again["answered_before"]) == ("zelevo", True)


def test_the_latest_answer_counts() -> None:
    posts = [*ordinary(), *offers_of("zelevo", 8)]
    row = rows(posts)[0]
    early = answer(row, "new term", decided=LAST - timedelta(days=9))
    assert Taught.by(pa.Table.from_pylist([answer(row, "not this"), early], DECISIONS)).seeds == ()


def test_an_accepted_term_joins_the_known_ones() -> None:
    posts = [*ordinary(), *offers_of("zelevo", 8), *offers_of("klomarta", 8, seed=9)]
    ranked = rows(posts)
    accepted = answer(ranked[terms(ranked).index("zelevo")], "new term", substance="ketamine")
    again = rows(posts, [accepted])
    assert "zelevo" not in terms(again)
    assert terms(again)[0] == "klomarta"
    assert Taught.by(pa.Table.from_pylist([accepted], DECISIONS)).seeds[0].substance == "ketamine"


def test_how_often_such_candidates_proved_right_is_not_told_before_there_are_answers() -> None:
    posts = [*ordinary(), *offers_of("zelevo", 8)]
    row = rows(posts)[0]
    assert (row["alike_answered"], row["right_low"], row["right_high"]) == (0, None, None)
    like = [answer({**row, "term": f"old{one}"}, "new term" if one else "not this") for one in range(6)]
    again = rows(posts, like)[0]
    assert (again["alike_answered"], again["alike_right"]) == (6, 5)
    assert 0 < again["right_low"] < 5 / 6 < again["right_high"] < 1
    assert rows(posts, like[:4])[0]["right_low"] is None


def test_answers_move_the_weights_only_when_there_are_enough_of_both() -> None:
    def told(right: int, wrong: int) -> Taught:
        decided = {"decided": FIRST, "substance": None, "contexts": []}
        good = [
            {"term": f"g{n}", "answer": "new term", "burst": 1.0 + n % 3, "context_fit": 0.6}
            for n in range(right)
        ]
        bad = [
            {"term": f"b{n}", "answer": "not this", "burst": 1.0 + n % 3, "context_fit": 0.2}
            for n in range(wrong)
        ]
        return Taught.by(pa.Table.from_pylist([{**row, **decided} for row in good + bad], DECISIONS))

    assert told(7, 30).weight == (1.0, 1.0)
    burst, fit = told(30, 30).weight
    assert fit > 1.2 > burst, "context told right from wrong here, and burst did not"


@pytest.mark.parametrize(
    ("written", "until", "says"),
    [
        ([f"{n}g mdma zelevo £{n}0 now" for n in range(1, 7)], LAST, "strain, a brand or a make"),
        ([f"{n}g mdma £{n}0 delivery in zelevo" for n in range(1, 7)], LAST, "It may be a place"),
        ([f"{n}g mdma £{n}0 text zelevo" for n in range(1, 7)], LAST, "what somebody goes by"),
        ([f"hogmanay {n}g mdma £{n}0" for n in range(1, 7)], date(2025, 12, 30), "in season"),
        ([f"{n}g diazapam £{n}0" for n in range(1, 7)], LAST, "another spelling of diazepam"),
    ],
)
def test_it_says_what_else_a_candidate_may_be(written: list[str], until: date, says: str) -> None:
    moved = until - LAST
    posts = [{**post, "day": post["day"] + moved} for post in ordinary()]
    posts += [{"text": text, "day": until, "seller": f"n{at}"} for at, text in enumerate(written)]
    word = next(one for one in written[0].split() if one in ("zelevo", "hogmanay", "diazapam"))
    row = next(row for row in rows(posts, until=until) if row["term"] == word)
    assert any(says in sentence for sentence in row["may_be"]), row["may_be"]


def test_a_shops_own_name_is_said_to_be_one() -> None:
    dice = chance(8)
    posts = [
        offer("shoutco", LAST - timedelta(days=one % 5), "loud" if one else "other", dice) for one in range(9)
    ]
    row = next(row for row in rows([*ordinary(), *posts]) if row["term"] == "shoutco")
    assert any("shop's own" in sentence for sentence in row["may_be"])


@pytest.mark.parametrize("column", ["text", "day"])
def test_posts_without_a_text_or_a_day_are_refused(column: str) -> None:
    with pytest.raises(PostsUnusable, match=column):
        rank_new_terms(table(ordinary()).drop_columns([column]), LEXICON, LAST)
    if column == "day":
        with pytest.raises(PostsUnusable, match="a post has no day"):
            rows([*ordinary(), {"text": "weed 3g", "day": None, "seller": "s1"}])


def test_posts_without_known_terms_are_refused_with_the_remedy() -> None:
    dice = chance(1)
    with pytest.raises(PostsUnusable, match="too few to learn from"):
        rank_new_terms(table([talk(LAST, f"t{one}", dice) for one in range(99)]), LEXICON, LAST)
    with pytest.raises(PostsUnusable, match="too few to learn from"):
        rank_new_terms(table([]), LEXICON, LAST)


def test_answers_of_another_kind_are_refused() -> None:
    row = rows([*ordinary(), *offers_of("zelevo", 8)])[0]
    with pytest.raises(DecisionsUnusable, match="perhaps"):
        rows(ordinary(), [answer(row, "perhaps")])
    with pytest.raises(DecisionsUnusable, match="lacks"):
        rows(ordinary(), [answer(row, "known", burst=None)])
    with pytest.raises(DecisionsUnusable, match="substance"):
        rank_new_terms(table(ordinary()), LEXICON, LAST, DECISIONS.empty_table().drop_columns(["substance"]))
