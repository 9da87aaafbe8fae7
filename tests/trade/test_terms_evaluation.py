"""Hidden and rewritten terms are counted as they should be, and the figures say what was done."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from posts_made import FIRST, KNOWN, LAST, chance, offer, offers_of, ordinary

from lippen.evaluating.labelled import NEW_WORDS
from lippen.progress import Stages
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation import terms as evaluation
from lippen.trade.evaluation.fresh_words import fresh_word
from lippen.trade.evaluation.term_baselines import RANKINGS
from lippen.trade.evaluation.term_stream import middle, plant, read_tables, stands_in
from lippen.trade.evaluation.term_truth import words_met
from lippen.trade.lexicon import Lexicon

LEXICON = Lexicon.of_vocabulary()


def marked(rounds: int = 3) -> pa.Table:
    """Marked posts: many weeks' worth in six."""
    posts = [post for seed in range(rounds) for post in ordinary(seed)]
    return pa.table(
        {
            "text": [post["text"] for post in posts],
            "is_advert": [any(word in post["text"].split() for word in KNOWN) for post in posts],
            "day": [post["day"] for post in posts],
            "seller": [post["seller"] for post in posts],
        }
    )


def test_it_tells_what_was_asked_beside_every_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "_HIDINGS", 1)
    monkeypatch.setattr(evaluation, "_REWRITINGS", 2)
    monkeypatch.setattr(evaluation, "_STEPS_A_WEEK", 8)
    monkeypatch.setattr(evaluation, "_LEAST_TERMS", 5)
    facts = evaluation.evaluate_terms(marked(), None, 3, Stages(quiet=True))
    assert set(facts["baselines"]) == set(RANKINGS) - {"ours"}
    assert set(facts["by_rate"]) == {"0.01", "0.05", "0.20"}
    for told in (facts, facts["by_rate"]["0.20"], *facts["baselines"].values()):
        assert {"median_occurrences", "median_days", "found_share"} <= set(told)
    assert facts["by_rate"]["0.20"]["found_share"] == 1.0
    assert facts["by_rate"]["0.20"]["median_occurrences"] <= 15
    assert facts["ordinary_drift"]["weeks"] >= 2
    assert "new_words" not in facts


def test_too_few_posts_and_posts_without_the_trade_are_refused() -> None:
    with pytest.raises(EvaluationRefused, match="different texts with a day"):
        evaluation.evaluate_terms(marked().slice(0, 50), None, 0, Stages(quiet=True))
    dull = marked()
    dull = dull.set_column(0, "text", pa.array([f"a lost cat {one} of mine" for one in range(len(dull))]))
    with pytest.raises(EvaluationRefused, match="terms of the lexicon"):
        evaluation.evaluate_terms(dull, None, 0, Stages(quiet=True))


def test_with_a_folder_kept_apart_nothing_before_it_is_measured_on() -> None:
    whole = marked()
    early = whole.filter(pa.array([day < LAST - timedelta(days=14) for day in whole["day"].to_pylist()]))
    late = whole.filter(pa.array([day >= LAST - timedelta(days=14) for day in whole["day"].to_pylist()]))
    stream = read_tables(late, early, 0, LEXICON)
    assert set(stream.posts.text[: stream.begin].to_pylist()) == set(late["text"].to_pylist())
    assert not set(stream.posts.text[stream.begin :].to_pylist()) & set(late["text"].to_pylist())


def test_a_word_is_planted_in_the_share_of_adverts_that_was_asked_and_nowhere_before() -> None:
    stream = read_tables(marked(), None, 0, LEXICON)
    planted = plant(stream, stream.begin, 0.05, np.random.default_rng(1))
    posts = planted.stream.posts
    holds = np.unique(posts.row[posts.token == posts.words.index(planted.word)])
    assert holds.tolist() == planted.texts.tolist()
    assert len(holds) == round(0.05 * stream.advert[stream.begin :].sum())
    assert holds.min() >= stream.begin
    assert stream.advert[holds].all()
    assert not planted.known[posts.token >= len(stream.posts.words)].any(), "neither word is a known one"
    assert len(planted.ordinary_texts) == len(planted.texts)
    assert planted.word != planted.ordinary


def test_words_that_truly_came_up_are_met_and_unknown_ones_are_not_asked_after() -> None:
    posts = [*ordinary(), *ordinary(7), *offers_of("zelevo", 12)]
    dice = chance(2)
    posts += [offer("klomarta", FIRST + timedelta(days=36), f"k{one}", dice) for one in range(2)]
    table = pa.table(
        {
            "text": [post["text"] for post in posts],
            "is_advert": [True] * len(posts),
            "day": [post["day"] for post in posts],
            "seller": [post["seller"] for post in posts],
        }
    )
    new = pa.Table.from_pylist(
        [{"word": word, "substance": "x", "first_day": LAST} for word in ("zelevo", "klomarta")], NEW_WORDS
    )
    facts = words_met(read_tables(table, None, 0, LEXICON), new, 0, lambda: None)
    assert (facts["words"], facts["found"]) == (1, 1), "two texts are too few to be asked after"
    assert 3 <= facts["median_occurrences"] <= 6
    assert facts["median_days"] <= 2
    assert facts["p_at_10"] >= 0.1


def test_small_parts() -> None:
    assert stands_in(("b", "c"), ("a", "b", "c"))
    assert not stands_in(("a", "c"), ("a", "b", "c"))
    assert middle([1, None, 3]) == 3
    assert middle([1, None, None]) is None
    assert middle([]) is None
    taken = {fresh_word((), np.random.default_rng(one)) for one in range(50)}
    assert fresh_word(taken, np.random.default_rng(3)) not in taken
