"""What the briefing says in sentences: for none found, one, many, when it cannot tell, when suspended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from given_facts import NOTHING, SUSPENDED, counts, credibility_of, files
from hypothesis import given
from hypothesis import strategies as st
from sample import sample

from lippen.brief import words
from lippen.brief.checking import accept_facts
from lippen.brief.schema import Credibility, Facts
from lippen.signals.listing import list_folder


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (accept_facts({}), "No file was read, so there is nothing to tell."),
        (files((0, 0, 0)), "1 file held no rows at all."),
        (files((0, 0, 0), (0, 0, 0)), "2 files held no rows at all."),
        (files((1, 0, 0)), "1 row came in. 1 was taken as an incident; none was refused."),
        (
            files((900, 0, 0), (100, 0, 0)),
            "1,000 rows came in. 1,000 were taken as incidents; none was refused.",
        ),
        (
            files((7, 1, 0)),
            "8 rows came in. 7 were taken as incidents; 1 row repeated one already taken.",
        ),
        (files((7, 0, 1)), "8 rows came in. 7 were taken as incidents; 1 was put aside with a reason."),
        (
            files((5, 2, 3)),
            "10 rows came in. 5 were taken as incidents; 2 rows repeated one already taken and 3 "
            "were put aside "
            "with a reason.",
        ),
    ],
)
def test_what_came_in(facts: Facts, said: str) -> None:
    assert words.came_in(facts) == said


@pytest.mark.parametrize(
    ("weekly", "rising", "falling", "compared", "said"),
    [
        ([], 0, 0, 0, "There is no whole week to count, so we cannot tell how volumes move."),
        (
            [10],
            0,
            0,
            0,
            "A usual week has about 10 incidents. There is no earlier time to compare with, so we "
            "cannot tell what "
            "rises or falls.",
        ),
        (
            [1],
            0,
            0,
            4,
            "A usual week has about 1 incident. No kind rose or fell by more than chance would explain.",
        ),
        (
            [9, 10, 1000],
            1,
            0,
            4,
            "A usual week has about 10 incidents. One kind rose by more than chance would explain.",
        ),
        (
            [9, 10, 11],
            12,
            2,
            20,
            "A usual week has about 10 incidents. 12 kinds rose and 2 kinds fell by more than "
            "chance would explain.",
        ),
        (
            [9, 10, 11],
            10,
            2,
            20,
            "A usual week has about 10 incidents. Ten kinds rose and two kinds fell by more than "
            "chance would explain.",
        ),
    ],
)
def test_how_volumes_move(weekly: list[int], rising: int, falling: int, compared: int, said: str) -> None:
    assert words.volumes(weekly, rising, falling, compared) == said


def test_no_episode_is_a_good_answer() -> None:
    assert words.episodes(counts(0)) == (
        "No episode was found. That is a good answer: no group of incidents belonged together more "
        "than chance allows."
    )


def test_one_episode_that_may_be_chance() -> None:
    assert words.episodes(counts(1)) == (
        "One episode was found: a group of incidents that came closer together than is usual here. "
        "Over the "
        "75 days that were assessed, chance alone would bring about 2.2, so it may be chance."
    )


def test_a_few_episodes_that_may_all_be_chance() -> None:
    assert words.episodes(counts(3)) == (
        "Three episodes were found: groups of incidents that came closer together than is usual "
        "here. Over the "
        "75 days that were assessed, chance alone would bring about 2.2, so all of them may be chance."
    )


def test_more_episodes_than_chance_usually_brings() -> None:
    assert words.episodes(counts(12)).endswith(
        "chance alone would bring about 2.2, so this is more than chance usually brings. Some may be "
        "chance all "
        "the same."
    )
    assert words.episodes(counts(1, false=0.01)).endswith(
        "so this is more than chance usually brings. It may be chance all the same."
    )


@pytest.mark.parametrize(
    ("found", "strong", "ends"),
    [
        (3, 0, "bring about 2.2, so all of them may be chance."),
        (
            3,
            1,
            "One is stronger than that: at most 1 in 20 like it would be chance. The others may be chance.",
        ),
        (3, 2, "Two are stronger than that: at most 1 in 20 like them would be chance. The other may be."),
        (3, 3, "All of them are stronger than that: at most 1 in 20 like them would be chance."),
        (1, 1, "It is stronger than that: at most 1 in 20 like it would be chance."),
    ],
)
def test_episodes_that_stand_out_are_told_from_those_that_may_be_chance(
    found: int, strong: int, ends: str
) -> None:
    assert words.episodes(counts(found, strong=strong)).endswith(ends)


@pytest.mark.parametrize(
    ("found", "false_in_period", "beyond"),
    [(5, 2.25, False), (6, 2.25, True), (1, 0.05, True), (1, 0.06, False), (17, 10, True), (15, 10, False)],
)
def test_the_line_between_chance_and_more_is_one_in_twenty(
    found: int, false_in_period: float, beyond: bool
) -> None:
    """Poisson tails P(X >= found): 0.078, 0.027 (mean 2.25), 0.049, 0.058 (0.05, 0.06), 0.027, 0.083 (10)."""
    said = words.episodes(counts(found, false=false_in_period, days=30))
    assert ("more than chance usually brings" in said) is beyond


def test_without_a_number_of_days_episodes_are_not_set_beside_chance() -> None:
    said = words.episodes(counts(2, days=None))
    assert (
        said == "Two episodes were found: groups of incidents that came closer together than is usual here."
    )


@pytest.mark.parametrize(
    ("credibility", "said"),
    [
        (None, "We did not look for episodes. No assessment was made in this run."),
        (
            credibility_of(NOTHING),
            "We did not look for episodes. Without outcomes there is nothing to look for.",
        ),
        (
            credibility_of(NOTHING, episodes=None),
            "We did not look for episodes. The export has no outcomes: the mapping names no column for them.",
        ),
        (
            credibility_of(NOTHING, episodes=None, why_no_model=None),
            "We did not look for episodes. The export holds too few incidents with a known outcome "
            "to learn what is "
            "normal.",
        ),
        (
            credibility_of(SUSPENDED),
            "Assessment has suspended itself, so no episode is shown. The reason heads this page.",
        ),
    ],
)
def test_why_there_are_no_episodes(credibility: Credibility | None, said: str) -> None:
    assert words.episodes(credibility) == said


@pytest.mark.parametrize(
    ("credibility", "said"),
    [
        (
            counts(0),
            "Chance alone brings about 0.9 false episodes in 30 days. Shown one incident that ended "
            "with nothing "
            "found and one that did not, the model tells which is which 80 times in 100.",
        ),
        (
            credibility_of(sample(0)[0], model=None),
            "Chance alone brings about 0.9 false episodes in 30 days.",
        ),
        (
            credibility_of(NOTHING),
            "We cannot tell. The export has no outcomes: the mapping names no column for them.",
        ),
        (None, "We cannot tell. No assessment was made in this run."),
        (credibility_of(SUSPENDED), "More often than we allow. Until that is mended, no error rate holds."),
    ],
)
def test_how_often_it_is_wrong_in_a_line(credibility: Credibility | None, said: str) -> None:
    assert words.how_often_wrong(credibility) == said


README = {"file": "README.md", "reason": "not a format that Lippen reads (.md)"}
BROKEN = {"file": "calls.xlsx", "reason": "the file is cut off"}


def with_unread(rows: tuple[int, int, int], *unread: dict[str, str]) -> Facts:
    facts = files(rows)
    return accept_facts({"inputs": facts["inputs"], "not_read": list(unread)})


def test_a_file_that_was_not_read_is_told_before_the_rows() -> None:
    after = "The reasons stand first under “What came in”. 900 rows came in. 900 were taken as incidents."
    after = after[0].lower() + after[1:]
    assert words.came_in(with_unread((900, 0, 0), README, BROKEN)) == f"1 file was not read: {after}"
    assert words.came_in(with_unread((900, 0, 0), BROKEN, BROKEN)) == f"2 files were not read: {after}"
    nothing = accept_facts({"not_read": [BROKEN]})
    assert words.came_in(nothing).startswith("1 file was not read")
    assert words.came_in(nothing).endswith("No file was read, so there is nothing to tell.")


def test_a_file_that_is_no_export_is_no_cause_for_alarm() -> None:
    assert words.came_in(with_unread((900, 0, 0), README)) == (
        "900 rows came in. 900 were taken as incidents; none was refused."
    )


@pytest.mark.parametrize(("export", "loud"), [(True, True), (False, False), (None, False)])
def test_what_the_import_says_of_a_file_decides_and_else_its_reason(export: bool | None, loud: bool) -> None:
    facts = accept_facts({"not_read": [{**README, "export": export}]})
    assert bool(words.unread(facts)) is loud
    assert words.unread(accept_facts({"not_read": [{**BROKEN, "export": export}]})) == (
        "" if export is False else "1 file was not read"
    )


def test_the_import_gives_the_reason_that_is_taken_for_no_alarm(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("This folder holds calls.", "utf-8")
    (tmp_path / "calls.zip").write_bytes(b"PK")
    _, left = list_folder(tmp_path)
    given = [{"file": one.file, "reason": one.reason} for one in left]
    assert words.unread(accept_facts({"not_read": given})) == "1 file was not read"


def test_what_is_never_known_is_said_every_time() -> None:
    whole = words.unknowns(accept_facts(sample(0)[0]))
    assert len(whole) == 4
    assert words.unknowns(accept_facts({})) == whole
    nothing = words.unknowns(accept_facts(NOTHING))
    assert nothing[:4] == whole
    assert nothing[4:] == [
        "What is normal here. The export has no outcomes: the mapping names no column for them.",
        "Whether an episode drew response away. The export has no unit times.",
        "How many true episodes it missed. This run planted no campaigns to find out.",
    ]


def test_reasons_for_leaving_out_are_those_of_the_assessment_in_its_order() -> None:
    assert list(words.EXCLUDED) == ["protected", "own_activity", "sensor", "no_outcome", "no_place"]
    assert words.excluded_words("protected")[1].endswith("They are never assessed: see below.")
    assert words.excluded_words("late_report") == ("Late report", "")


ACCUSING = re.compile(
    r"\b(hoax|liar|lie|lying|fake|fraud|suspect|offender|culprit|guilty|criminal|culpable|prank|caller is)\b",
    re.I,
)


@given(
    st.integers(0, 40),
    st.none() | st.floats(0, 50),
    st.none() | st.integers(1, 400),
    st.none() | st.floats(0.1, 100),
)
def test_no_sentence_accuses_anyone_and_each_ends(
    found: int, false: float | None, days: int | None, budget: float | None
) -> None:
    credibility = counts(found, false, days, budget)
    facts = accept_facts(sample(0)[0])
    said = [words.episodes(credibility), words.budget(credibility), words.how_often_wrong(credibility)]
    for sentence in [*said, *words.unknowns(facts), words.STANDING_LINE, words.NEVER_ASSESSED]:
        assert not ACCUSING.search(sentence)
        assert sentence.rstrip()[-1] in ".?"
        assert "None" not in sentence
        assert "nan" not in sentence
    assert "bad faith" in words.STANDING_LINE
