"""Found, told and diverted, counted by hand: ten incidents of the days assessed in two areas."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from towns import SINCE
from truths import (
    DAY,
    NORTH,
    SOUTH,
    accepted_row,
    accepted_rows,
    assessed,
    four_episodes,
    known,
    truth_tables,
)

from lippen.credibility import Settings
from lippen.credibility.against_truth import score
from lippen.credibility.scored import AgainstTruth
from lippen.credibility.truth import TRUTH, lay_beside
from lippen.measured import wilson


def test_an_episode_is_judged_when_all_of_it_lies_in_the_days_assessed() -> None:
    """Episode 1 began the day before: finding the rest of it is neither a hit nor false."""
    rows = accepted_rows(
        accepted_row("a0", local_day=SINCE - dt.timedelta(1)), *(accepted_row(f"a{n}") for n in (1, 2, 3)),
        *(accepted_row(f"b{n}") for n in (4, 5, 6)),
    )  # fmt: skip
    truth = truth_tables(
        incidents=known(a0=1, a1=1, a2=1, a3=1, b4=2, b5=2, b6=2),
        episodes=[{"episode": number, "stealth": "S2"} for number in (1, 2)],
    )
    accepted = lay_beside(rows, truth, SINCE, 0)
    assert accepted.judged() == [2]
    told = {"ep": (["a1", "a2", "a3"], "no sign", None)}
    facts = score(assessed(told), truth, accepted, [], Settings(since=SINCE)).facts
    assert (facts["episodes"], facts["found"], facts["told"], facts["true"]) == (1, 0, 1, 1)


def test_what_happened_elsewhere_is_no_part_of_an_episode() -> None:
    """The incidents at the target bear the episode's number too, and are not bogus."""
    truth = truth_tables(
        incidents=[*known(a1=7, a2=7), {"incident_id": "a3", "cause": "target", "episode": 7}],
        episodes=[{"episode": 7, "stealth": "S0"}],
    )
    accepted = lay_beside(accepted_rows(*(accepted_row(f"a{n}") for n in (1, 2, 3))), truth, SINCE, 0)
    assert accepted.episode.tolist() == [7, 7, -1]
    assert accepted.cause.to_pylist() == ["episode", "episode", "target"]
    told = {"ep": (["a1", "a2", "a3"], "no sign", None)}
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    assert scored.facts["true"] == 0
    assert scored.tables["told"].to_pylist()[0]["causes"] == ["2 episode", "1 target"]


def test_diversions_are_scored_by_what_was_said_and_which_area_was_named() -> None:
    truth, accepted = four_episodes()
    told = {
        "ep-a": (["a1", "a2", "a3"], "consistent with", "South"),
        "ep-b": (["b1", "b2", "b3"], "consistent with", "West"),
        "ep-c": (["c1", "c2", "c3"], "consistent with", "South"),
        "ep-d": (["d1", "d2", "d3"], "no sign", "South"),
        "ep-x": (["x1", "x2", "x3"], "cannot tell", None),
    }
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    said = scored.facts["diversion"]
    assert said["can_tell"] is True
    target = said["with_a_target"]
    assert (target["episodes"], target["said"], target["named"]) == (2, 2, 1)
    assert (target["named_low"], target["named_high"]) == wilson(1, 2)
    without = said["without_a_target"]
    assert (without["episodes"], without["said"], without["share"]) == (2, 1, 0.5)
    assert (said["false"]["episodes"], said["false"]["said"], said["false"]["cannot_tell"]) == (1, 0, 1)
    both = said["no_target_at_all"]
    assert (both["episodes"], both["said"], both["share"]) == (3, 1, 1 / 3)
    assert (both["low"], both["high"]) == wilson(1, 3)
    rows = {row["episode"]: row for row in scored.tables["true_episodes"].to_pylist()}
    assert [rows[n]["target"] for n in (1, 2, 3)] == ["South", "South", None]
    assert rows[1]["target_after_min"] == 60
    assert [rows[n]["named"] for n in (1, 2, 3)] == [True, False, False]


def test_found_and_told_are_counted_by_hand() -> None:
    """Of S0 to S3 the first and the third are found, of S4 the only one; one episode in four is false."""
    truth, accepted = four_episodes()
    where = pa.array(
        [["North"], ["North", "South"], ["South"], ["South"]], TRUTH["episodes"].field("larger_areas").type
    )
    at = TRUTH["episodes"].get_field_index("larger_areas")
    truth["episodes"] = truth["episodes"].set_column(at, "larger_areas", where)
    told = {f"ep-{name}": ([f"{name}{n}" for n in (1, 2, 3)], "cannot tell", None) for name in "acdx"}
    scored = score(assessed(told), truth, accepted, [], Settings(since=SINCE))
    facts, rows = scored.facts, scored.tables["recall"].to_pylist()
    assert (facts["found"], facts["episodes"], facts["recall"]) == (2, 3, 2 / 3)
    assert (facts["true"], facts["told"], facts["precision"]) == (3, 4, 0.75)
    assert (facts["precision_low"], facts["precision_high"]) == wilson(3, 4)
    assert (facts["false_per_30_days"], facts["expected_false_per_30_days"]) == (1.0, 0.9)
    assert {(row["by"], row["value"]): (row["found"], row["episodes"]) for row in rows} == {
        ("stealth", "S0"): (0, 0), ("stealth", "S1"): (1, 1), ("stealth", "S2"): (1, 2),
        ("stealth", "S3"): (0, 0), ("stealth", "S4"): (1, 1), ("purpose", "divert"): (1, 2),
        ("purpose", "harass"): (1, 1), ("larger area", "North"): (1, 2), ("larger area", "South"): (1, 2),
    }  # fmt: skip
    assert facts["diversion"]["with_a_target"]["cannot_tell"] == 1


def test_a_false_episode_counts_where_its_first_incident_lies() -> None:
    """Eight false episodes begin in the South, whichever of their incidents is named first."""
    names = [f"a{3 * which + n}" for which in range(8) for n in (0, 1, 2)]
    rows = [
        accepted_row("n0"),
        *(accepted_row(one, **(NORTH if int(one[1:]) % 3 else SOUTH)) for one in names),
    ]
    rows += [accepted_row(f"z{n}", searched=False, local_day=SINCE, **SOUTH) for n in range(90)]
    truth = truth_tables(incidents=known(**{row["incident_id"]: None for row in rows}))
    told = {f"ep-{n}": (names[3 * n : 3 * n + 3][::-1], "no sign", None) for n in range(8)}
    accepted = lay_beside(accepted_rows(*rows), truth, SINCE, 0)
    areas = (
        score(assessed(told), truth, accepted, [], Settings(since=SINCE)).tables["false_areas"].to_pylist()
    )
    counts = {row["area_group"]: (row["incidents"], row["false_episodes"]) for row in areas}
    assert counts == {"North": (17, 0), "South": (8, 8)}


def test_an_area_that_was_named_without_saying_so_is_not_named() -> None:
    truth, accepted = four_episodes()
    told = {"ep-a": (["a1", "a2", "a3"], "no sign", "South")}
    target = score(assessed(told), truth, accepted, [], Settings(since=SINCE)).facts["diversion"][
        "with_a_target"
    ]
    assert (target["episodes"], target["said"], target["named"]) == (1, 0, 0)


def test_an_assessment_that_suspends_itself_finds_nothing_and_has_fired() -> None:
    truth, accepted = four_episodes()
    trend = {"kind": "reporting drive", "first_day": DAY, "last_day": DAY, "areas": ["A1"]}
    truth |= {"false_trends": pa.Table.from_pylist([trend], TRUTH["false_trends"])}
    why = "What was learned no longer holds."
    scored = score(assessed({}, suspended=why), truth, accepted, [], Settings(since=SINCE))
    assert (scored.facts["episodes"], scored.facts["recall"], scored.facts["precision"]) == (3, 0, None)
    assert (scored.facts["false_trends_fired"], scored.facts["false_trends_counted"]) == (1, 0)
    (row,) = scored.tables["false_trends"].to_pylist()
    assert (row["fired"], row["verdict"], row["episodes"]) == (["suspended"], "fired", None)
    assert scored.as_text().startswith(f"No episode was looked for. {why}\n")


def test_a_trend_seen_in_the_counts_alone_is_said_to_be_what_was_written_down() -> None:
    truth, accepted = four_episodes()
    trend = {"kind": "drive", "first_day": DAY, "last_day": DAY, "areas": []}
    truth |= {"false_trends": pa.Table.from_pylist([trend], TRUTH["false_trends"])}

    def scored(incidents: int) -> AgainstTruth:
        week = {"week": DAY, "incidents": incidents, "low": 10.0, "high": 20.0}
        weeks = [week, {**week, "week": DAY - dt.timedelta(1)}]
        return score(assessed({}, weeks=weeks), truth, accepted, [], Settings(since=SINCE))

    counted, quiet = scored(21), scored(20)
    assert (counted.facts["false_trends_fired"], counted.facts["false_trends_counted"]) == (0, 1)
    assert (quiet.facts["false_trends_fired"], quiet.facts["false_trends_counted"]) == (0, 0)
    seen = ": seen in the counts, as it should be: they follow what was written down"
    assert f"weeks outside 2 of 2 (by chance 0.10, p = 0.003){seen}\n" in counted.as_text()
    assert ": counted; " in counted.as_text()
    assert ": quiet; " in quiet.as_text()
    assert seen not in quiet.as_text()


def test_a_nation_has_too_many_areas_to_print() -> None:
    """Thirty larger areas, an episode in all of them: the text names 24, the table has all."""
    areas = [f"L{n:02d}" for n in range(30)]
    truth = truth_tables(
        incidents=known(a1=1), episodes=[{"episode": 1, "stealth": "S0", "larger_areas": areas}]
    )
    accepted = lay_beside(accepted_rows(accepted_row("a1")), truth, SINCE, 0)
    scored = score(assessed({}), truth, accepted, [], Settings(since=SINCE))
    recall = [row for row in scored.tables["recall"].to_pylist() if row["by"] == "larger area"]
    assert [row["value"] for row in recall] == areas
    said = scored.as_text()
    assert "\nL23: 0 of 1, too few: cannot tell\nand 6 more, in the table recall\n" in said


def test_kinds_told_as_changed_are_named() -> None:
    truth, accepted = four_episodes()
    scored = score(assessed({}), truth, accepted, [], Settings(since=SINCE))
    assert scored.facts["kinds_changed"] == ["FIRE"]
    said = "kinds told as rising or falling, by what was written down: FIRE"
    assert f"\n{said}\n" in scored.as_text()
    trend = {"kind": "term", "first_day": DAY, "last_day": DAY, "areas": []}
    truth |= {"false_trends": pa.Table.from_pylist([trend], TRUTH["false_trends"])}
    with_trend = score(assessed({}), truth, accepted, [], Settings(since=SINCE)).as_text()
    assert f"\n{said}; a trend above may be why\n" in with_trend
