"""The benchmark of the lexicon: its posts are what it says, and both find the words."""

from __future__ import annotations

from benchmarks.trade_lexicon import made_up, run


def test_posts_and_words_are_as_many_as_asked_and_the_same_for_a_seed() -> None:
    words, posts = made_up(500, 100, seed=1)
    assert (len(posts), len(words), len(set(words))) == (500, 100, 100)
    assert sum(" " in word for word in words) == 30
    assert (words, posts) == made_up(500, 100, seed=1)
    assert all(post == post.lower() for post in posts)
    assert 120 < sum(map(len, posts)) / len(posts) < 160


def test_each_way_tells_the_words_it_looks_for() -> None:
    finding = run(1, posts=400, words=200)
    ours, inside, whole = (row["places"] for row in finding.rows)
    # Within words there are more; between blanks as many, but for those that lie over one another.
    assert inside > ours > 0
    assert ours <= whole <= 1.2 * ours
