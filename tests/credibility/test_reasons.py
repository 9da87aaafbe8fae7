"""The sentences of a card: each is said when its figures hold, names them, and accuses nobody."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lippen.credibility.reasons import Course, how_to_check, why, why_innocent

PLAIN = Course(
    lasted_min=48,
    reach_km=1.24,
    kinds=("PROWLER", "PROWLER", "PROWLER", "SHOUTING"),
    expected=0.31,
    copied=0,
    lone=0,
    usual_company=0.0,
    busy_everywhere=1.0,
    founded_near=0,
    most_at_one_spot=1,
    week_part="Friday evening",
)


def test_why_says_how_many_within_what_and_how_many_would_be_usual() -> None:
    assert why(PLAIN) == [
        "4 incidents with nothing found within 48 minutes and 1.2 km; about 0.3 would be usual for such "
        "kinds on a Friday evening here.",
        "3 of them are of one kind, PROWLER.",
    ]


def test_times_and_distances_are_said_as_people_say_them() -> None:
    def said(**changes: float) -> str:
        return why(replace(PLAIN, **changes))[0]

    assert "within 1 minute and" in said(lasted_min=0)
    assert "within 2.5 hours and" in said(lasted_min=150)
    assert "and 300 m;" in said(reach_km=0.31)
    assert "and 100 m;" in said(reach_km=0.0)
    assert "about 0.004 would" in said(expected=0.0041)


def test_copies_and_lone_calls_are_told_when_there_are_two() -> None:
    assert len(why(replace(PLAIN, copied=1, lone=1, usual_company=0.9))) == 2
    said = why(replace(PLAIN, copied=3, lone=2, usual_company=0.62))
    assert said[2] == "3 of their notes share so many words that chance does not explain it."
    assert said[3] == "2 were the only call about their event; of such kinds, 62 in 100 usually have company."
    # Where calls of the kind mostly stand alone, standing alone is no reason.
    assert len(why(replace(PLAIN, lone=4, usual_company=0.4))) == 2


def test_what_may_be_innocent_follows_from_what_was_seen() -> None:
    assert why_innocent(PLAIN) == [
        "People go home, and quarrels end: nothing found is the usual end of many honest calls."
    ]
    stormy = why_innocent(replace(PLAIN, busy_everywhere=2.34))
    assert stormy[0].startswith("Such incidents came in 2.3 times as often elsewhere too")
    assert "Wind, rain" in why_innocent(replace(PLAIN, kinds=("FLOODING", "TREE DOWN", "NOISE")))[0]
    seen = why_innocent(replace(PLAIN, founded_near=1))
    assert seen[0].startswith("1 incident with something found lay near by meanwhile.")
    assert why_innocent(replace(PLAIN, kinds=("CAR CRASH",) * 3))[0].startswith(
        "One event that many people saw"
    )
    needy = why_innocent(replace(PLAIN, most_at_one_spot=7))
    assert "7 such incidents" in needy[0]
    assert "help is what is called for, and no suspicion" in needy[0]
    assert "faulty alarm" in why_innocent(replace(PLAIN, kinds=("INTRUDER ALARM",) * 3))[1]


def test_each_doubt_has_its_check() -> None:
    first, last = how_to_check(PLAIN)
    assert first.startswith("Ask those who attended")
    assert last.startswith("Compare with the same hours")
    said = " ".join(how_to_check(replace(PLAIN, copied=2, busy_everywhere=1.5, most_at_one_spot=5)))
    for part in ("one call taker's own way of writing?", "Look up the weather", "somebody there needs help"):
        assert part in said


ACCUSING = r"\b(hoax|liar|lied|lying|bogus|malicious|fake|guilty|criminal|offender|suspect|gang)\b"

courses = st.builds(
    Course,
    lasted_min=st.integers(0, 720),
    reach_km=st.floats(0, 9),
    kinds=st.lists(st.sampled_from(["NOISE", "FIRE ALARM", "PROWLER", "CRASH"]), min_size=3, max_size=20),
    expected=st.floats(1e-6, 30),
    copied=st.integers(0, 20),
    lone=st.integers(0, 20),
    usual_company=st.floats(0, 1),
    busy_everywhere=st.floats(0.1, 9),
    founded_near=st.integers(0, 40),
    most_at_one_spot=st.integers(0, 60),
    week_part=st.just("Sunday night"),
)


@given(courses)
def test_every_card_has_all_three_and_accuses_nobody(course: Course) -> None:
    for said in (why(course), why_innocent(course), how_to_check(course)):
        assert said
        for sentence in said:
            assert re.match(r"[A-Z0-9].*[.?]$", sentence), sentence
            assert not re.search(ACCUSING, sentence, re.I), sentence
