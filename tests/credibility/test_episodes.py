"""Episodes: what was planted is found with its own incidents, and a household is never shown."""

from __future__ import annotations

import datetime as dt
import json

import pyarrow as pa
import pytest
from towns import (
    TOWN,
    Row,
    SmallTown,
    assess_town,
    at,
    campaign,
    found_ids,
    incidents,
    ordinary_rows,
    random_texts,
    spot,
)

from lippen.credibility import Assessment
from lippen.engine import Engine

CORNERS = [(14, 0), (14, 2), (14, 4), (14, 6), (14, 8), (15, 3)]
"""Six places within a kilometre."""


def ids(rows: list[Row]) -> set[str]:
    return {row["incident_id"] for row in rows}


def elsewhere(row: Row, metres: float) -> Row:
    """The same place name with a position so far to the north."""
    return {**row, "lat": row["lat"] + metres / 111_200}


GROUP = campaign("group", at(95, 21), CORNERS)
HOME = campaign("home", at(88, 1), [(7, 3)] * 30, gap_min=5)
LASTING = campaign("lasting", at(89, 1), [(20, 5)] * 30, gap_min=60)
TWO_HOMES = campaign("homes", at(91, 1), [(9, 1), (9, 5)] * 15, gap_min=5)
# One fire, seen from one corner: each caller gives another kind.
ONE_EVENT = [
    {**row, "kind": kind}
    for row, kind in zip(
        campaign("event", at(98, 19), [(11, 4)] * 18, gap_min=0.5),
        ["NOISE", "PROWLER", "FIGHT", "THEFT", "FLOODING", "SHOUTING"] * 3,
        strict=True,
    )
]
# One address that the export places now here, now there.
STRAYING = [
    elsewhere(row, 250.0 * (n % 4)) for n, row in enumerate(campaign("stray", at(102, 21), [(3, 1)] * 8))
]
# One place of the six has a name.
NAMELESS = [
    {**row, "place": row["place"] if n == 0 else None}
    for n, row in enumerate(campaign("nameless", at(106, 5), CORNERS))
]


@pytest.fixture(scope="module")
def assessment(duck: Engine) -> Assessment:
    rows = [
        *ordinary_rows(seed=6, per_day=60), *GROUP, *HOME, *LASTING, *TWO_HOMES, *ONE_EVENT, *STRAYING,
        *NAMELESS,
    ]  # fmt: skip
    return assess_town(incidents(rows), duck)


def test_a_planted_group_is_found_with_its_own_incidents(assessment: Assessment) -> None:
    assert ids(GROUP) in found_ids(assessment)


def test_places_without_a_name_are_told_apart_by_position(assessment: Assessment) -> None:
    assert ids(NAMELESS) in found_ids(assessment)


@pytest.mark.parametrize("rows", [HOME, LASTING, TWO_HOMES, ONE_EVENT, STRAYING])
def test_one_home_two_homes_or_one_event_are_no_episode(assessment: Assessment, rows: list[Row]) -> None:
    """However many calls there are: of one spot one call counts, and an episode spans three places."""
    for episode in found_ids(assessment):
        assert not ids(rows) & episode


def test_an_episode_says_what_was_found_where_and_when(assessment: Assessment) -> None:
    table = assessment.tables["episodes"].to_pylist()
    members = assessment.tables["episode_incidents"].to_pylist()
    (row,) = (
        one
        for one in table
        if {m["incident_id"] for m in members if m["episode_id"] == one["episode_id"]} == ids(GROUP)
    )
    assert (row["first_at"], row["last_at"]) == (at(95, 21), at(95, 21, 20))
    assert (row["incidents"], row["found_unfounded"]) == (6, 6)
    assert (row["areas"], row["kinds"]) == (["A14", "A15"], ["PROWLER"])
    assert 0 < row["expected_unfounded"] < 0.1
    assert 0 < row["p_value"] <= row["q_value"] <= 0.05
    assert row["reasons"][0].startswith("6 incidents with nothing found within 20 minutes and 1.")
    assert "would be usual for such kinds on a Friday evening here" in row["reasons"][0]
    assert row["innocent"]
    assert row["checks"]
    assert row["diversion"] == "cannot tell"
    strip = [
        one
        for one in assessment.tables["episode_strip"].to_pylist()
        if one["episode_id"] == row["episode_id"]
    ]
    assert [one["minute"] for one in strip] == [0, 4, 8, 12, 16, 20]
    assert {one["outcome"] for one in strip} == {"unfounded"}


def test_every_episode_holds_more_than_is_usual_in_three_places_and_no_incident_twice(
    assessment: Assessment,
) -> None:
    table, members = assessment.tables["episodes"], assessment.tables["episode_incidents"]
    assert table.num_rows == assessment.facts["episodes"]["found"] >= 2
    listed = [row["incident_id"] for row in members.to_pylist()]
    assert len(listed) == len(set(listed))
    for row in table.to_pylist():
        assert row["expected_unfounded"] < row["found_unfounded"] == row["incidents"]
        assert row["incidents"] >= 3
        assert row["first_at"] < row["last_at"] <= row["first_at"] + dt.timedelta(hours=12)
    strong = sum(row["q_value"] <= 0.05 for row in table.to_pylist())
    assert assessment.facts["episodes"]["strong"] == strong


def test_an_episode_has_the_same_id_whenever_it_holds_the_same_incidents(
    assessment: Assessment, duck: Engine
) -> None:
    again = assess_town(incidents([*ordinary_rows(seed=7), *GROUP]), duck)
    one, other = (
        {r["episode_id"] for r in a.tables["episode_incidents"].to_pylist() if "group" in r["incident_id"]}
        for a in (assessment, again)
    )
    assert one == other
    assert len(one) == 1


SCATTERED = [
    {**row, "kind": kind}
    for row, kind in zip(
        campaign("script", at(95, 20), [(0, 0), (2, 4), (8, 2), (9, 7), (13, 1)], gap_min=40),
        ["NOISE", "FIGHT", "SHOUTING", "NOISE", "FIGHT"],
        strict=True,
    )
]
"""Five calls over nearly three hours and four kilometres: nothing without their words."""


@pytest.mark.parametrize(
    ("words", "found"), [("none", False), ("their own", False), ("one script", True), ("everyone's", False)]
)
def test_only_words_that_a_few_share_make_a_scattered_group_stand_out(
    duck: Engine, words: str, found: bool
) -> None:
    text = random_texts(5)
    script, everyone = text(), "caller reports noise no further details given at this time by the caller"
    base = ordinary_rows(seed=3)
    if words == "none":
        rows = [*base, *SCATTERED]
    elif words == "everyone's":
        rows = [{**row, "text": everyone} for row in [*base, *SCATTERED]]
    else:
        rows = [{**row, "text": text()} for row in base]
        rows += [{**row, "text": script if words == "one script" else text()} for row in SCATTERED]
    assessment = assess_town(incidents(rows), duck)
    assert (ids(SCATTERED) in found_ids(assessment)) == found
    if found:
        said = " ".join(assessment.tables["episodes"]["reasons"].combine_chunks().flatten().to_pylist())
        assert "5 of their notes share so many words that chance does not explain it." in said


def test_copies_that_differ_in_a_word_or_two_count_as_copies(duck: Engine) -> None:
    text = random_texts(5)
    words = text().split()
    changed = [" ".join([*words[:n], "kelpie", *words[n + 1 :]]) for n in (1, 4, 7, 9, 11)]
    rows = [{**row, "text": text()} for row in ordinary_rows(seed=3)]
    rows += [{**row, "text": one} for row, one in zip(SCATTERED, changed, strict=True)]
    assert ids(SCATTERED) in found_ids(assess_town(incidents(rows), duck))


def test_an_hour_that_was_busy_with_founded_incidents_explains_much_of_a_group(duck: Engine) -> None:
    """The same four calls on a quiet evening, and beside forty of a fair where something was found."""
    four = campaign("four", at(95, 20), [(14, 0), (14, 4), (14, 8), (15, 3)], gap_min=6)
    fair = [
        {"reported_at": at(95, 20, n), "outcome": "founded", **spot(15 if n % 4 else 14, n % 9)}
        for n in range(40)
    ]
    told = []
    for rows in ([], fair):
        assessment = assess_town(incidents([*ordinary_rows(seed=3), *four, *rows]), duck)
        assert ids(four) in found_ids(assessment)
        (row,) = (row for row in assessment.tables["episodes"].to_pylist() if row["first_at"] == at(95, 20))
        told.append(row)
    quiet, busy = told
    assert busy["expected_unfounded"] > 3 * quiet["expected_unfounded"]
    assert busy["q_value"] > 2 * quiet["q_value"]
    assert "incidents with something found lay near by meanwhile" in " ".join(busy["innocent"])


def test_the_small_towns_planted_episodes_are_found(small_town: SmallTown) -> None:
    """Near-copies called in while houses are broken into, and vehicles in words of their own."""
    truth = json.loads((TOWN.parent / "small_town_truth.json").read_text())
    episodes = found_ids(small_town.assessment)
    for name, least in (("copied", 8), ("varied", 5)):
        assert max(len(episode & set(truth[name])) for episode in episodes) >= least, name
    told = small_town.assessment.tables["episodes"]
    assert isinstance(told, pa.Table)
    assert told.num_rows == small_town.assessment.facts["episodes"]["found"]


def test_the_cards_show_the_wall_clock_of_the_source(small_town: SmallTown) -> None:
    """October in Scotland is an hour ahead of UTC until the last Sunday."""
    for row in small_town.assessment.tables["episodes"].to_pylist():
        ahead = dt.datetime.fromisoformat(row["first_local"]) - row["first_at"]
        assert ahead == dt.timedelta(hours=1 if row["first_at"] < dt.datetime(2025, 10, 26, 1) else 0)
