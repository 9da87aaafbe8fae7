"""What the page tells its reader, figure by figure, and how it says that it cannot tell."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from html_tree import rows_of, text_of, with_class, written
from sample import empty_tables, nothing_known, sample, suspended, table


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    return written(sample(), tmp_path_factory.mktemp("page"))[1]


def test_the_head_says_where_when_and_how_many(three: ET.Element) -> None:
    assert text_of(next(three.iter("h1"))) == "Invermarrow 2 September 2024 to 30 March 2025"
    assert text_of(with_class(three, "scope")[0]) == (
        "86,662 incidents210 days22,950 assessed from 15 January 2025times as in Europe/London"
    )
    assert text_of(next(three.iter("title"))) == "Invermarrow: Lippen briefing"


def test_every_row_is_accounted_for(three: ET.Element) -> None:
    assert rows_of(three, "t-inputs") == [
        ["calls_2024-09_2024-12.csv.gz", "52,310", "52,260", "21", "29"],
        ["calls_2025-01_2025-03.xlsx", "34,418", "34,402", "7", "9"],
    ]
    (total,) = list(three.iter("tfoot"))
    assert [text_of(cell) for cell in total.iter() if cell.tag in ("th", "td")] == [
        "All files", "86,728", "86,662", "28", "38",
    ]  # fmt: skip
    assert [rows for _, rows in rows_of(three, "t-reasons")] == ["27", "9", "2"]
    assert rows_of(three, "t-no-exports") == [["notes.docx", "not a format that Lippen reads (.docx)"]]
    assert rows_of(three, "t-columns") == [["calls_2024-09_2024-12.csv.gz", "ref2", "a telephone number"]]
    assert rows_of(three, "t-codes") == [["X9", "63"], ["ADV", "8"]]
    assert [rows for _, rows in rows_of(three, "t-notes")] == ["212", "41"]


def test_a_file_that_was_not_read_stands_before_all_files_that_were(tmp_path: Path) -> None:
    facts, tables = sample(0)
    facts["not_read"].append({"file": "calls_<b>.xlsx", "reason": "the file is cut off"})
    html, root = written((facts, tables), tmp_path)
    assert rows_of(root, "t-not-read") == [["calls_<b>.xlsx", "the file is cut off"]]
    assert rows_of(root, "t-no-exports") == [["notes.docx", "not a format that Lippen reads (.docx)"]]
    assert html.index('id="t-not-read"') < html.index('id="t-inputs"') < html.index('id="t-no-exports"')
    assert text_of(with_class(root, "short")[0]).startswith("In short What came in1 file was not read:")
    assert "1 file was not read What they hold is missing from this page." in text_of(root)


def kinds_of(*rows: tuple[str, float, float, float | None, float | None]) -> list[dict[str, object]]:
    """Rows of `volumes_kind`: kind, incidents a week earlier and later, and the interval of change."""
    names = ("kind", "earlier_per_week", "later_per_week", "change_low", "change_high")
    return [
        {**dict(zip(names, row, strict=True)), "incidents": 9, "unknown": 0, "founded": 5, "unfounded": 4}
        for row in rows
    ]


def test_the_kinds_that_changed_most_are_named_and_the_largest_are_counted(tmp_path: Path) -> None:
    facts, tables = sample(0)
    moved = [(f"K{i:02d}", 10.0, 11.0 + i, 0.003, 0.42) for i in range(39)]
    tables["volumes_kind"] = table("volumes_kind", kinds_of(*moved, ("<b>", 90.0, 9.0, -0.95, -0.8)))
    _, root = written((facts, tables), tmp_path)
    said = text_of(with_class(root, "short")[0])
    assert "39 kinds rose and 1 kind fell by more than chance would explain." in said
    assert "Most of all, by incidents a week: <b> (−90%); K38 (4.9 times); K37 (4.8 times)." in said
    assert "The earlier time is under a year, so season is not told from change." in said
    assert "Kinds that rose or fell: the 12 largest of 40" in text_of(root)
    assert rows_of(root, "t-moved")[1][4] == "+0.3% to +42%"


def test_after_a_year_of_earlier_time_no_season_is_warned_of(tmp_path: Path) -> None:
    facts, tables = sample(0)
    facts["period"]["first_day"] = "2024-01-15"  # 366 days before 2025-01-15: 2024 was a leap year
    assert "season" not in text_of(with_class(written((facts, tables), tmp_path)[1], "short")[0])
    facts["period"]["first_day"] = "2024-01-17"
    assert "season" in text_of(with_class(written((facts, tables), tmp_path)[1], "short")[0])


def test_weeks_without_data_are_named_with_the_rule_and_are_no_noughts(tmp_path: Path) -> None:
    facts, tables = sample(0)
    rows = tables["volumes_week"].to_pylist()
    nothing = dict.fromkeys(("incidents", "expected", "low", "high", "unfounded"))
    rows[10:14] = [{**row, **nothing} for row in rows[10:14]]
    tables["volumes_week"] = table("volumes_week", rows)
    _, root = written((facts, tables), tmp_path)
    said = text_of(root)
    assert "There is no data for 11 November to 8 December 2024." in said
    assert "a week in which no incident of any kind came in, from anywhere, has no data" in said
    assert rows_of(root, "t-weeks")[10] == ["11 November 2024", "no data", "", "", "", ""]
    assert "There is no data for" not in text_of(written(sample(0), tmp_path)[1])


def test_a_kind_not_seen_earlier_is_new_and_has_no_change(tmp_path: Path) -> None:
    facts, tables = sample(0)
    tables["volumes_kind"] = table(
        "volumes_kind", kinds_of(("OLD", 10.0, 10.0, -0.1, 0.1), ("NEW", 0.0, 96.0, None, None))
    )
    _, root = written((facts, tables), tmp_path)
    assert rows_of(root, "t-kinds")[0] == ["NEW", "0", "96", "new", "", "", "▲ new: not seen earlier"]


def test_without_outcomes_a_week_cannot_tell_how_many_ended_with_nothing_found(tmp_path: Path) -> None:
    facts, tables = sample(0)
    rows = [{**row, "unfounded": 0} for row in tables["volumes_week"].to_pylist()]
    tables["volumes_week"] = table("volumes_week", rows)
    assert {row[5] for row in rows_of(written((facts, tables), tmp_path)[1], "t-weeks")} == {"0"}
    kinds = tables["volumes_kind"].to_pylist()
    none = [{**row, "unknown": row["incidents"], "founded": 0, "unfounded": 0} for row in kinds]
    tables["volumes_kind"] = table("volumes_kind", none)
    assert {row[5] for row in rows_of(written((facts, tables), tmp_path)[1], "t-weeks")} == {"cannot tell"}


def test_what_volumes_leave_out_what_they_count_and_which_days_the_map_shows_is_said(
    three: ET.Element,
) -> None:
    said = text_of(three)
    assert "The police's own activity and protected incidents are not counted in this section" in said
    assert (
        "Counts are of what was reported and written down. A drive to report, a school term that begins or a "
        "new way of recording changes them with nothing else changed."
    ) in said
    assert "The days assessed, 15 January to 30 March 2025. Each square is an area" in said


def test_in_short_says_where_it_is_more_often_wrong_and_what_of_diversion(three: ET.Element) -> None:
    said = text_of(with_class(three, "short")[0])
    assert "It is more often wrong in some areas than over all: least deprived third." in said
    assert "For 1 of 3 episodes the times are consistent with diversion" in said
    assert "Counted over 39 shuffled copies of these days" in text_of(three)


def test_a_card_lists_its_incidents_and_where_all_of_them_are(three: ET.Element) -> None:
    card = with_class(three, "card")[0]
    assert text_of(with_class(card, "kicker")[0]) == "Episode 1: may be chance"
    assert [text_of(one) for one in with_class(card, "ids")[0]][:2] == ["0000-000", "0000-001"]
    assert "They stand in tables/episode_incidents.parquet." in text_of(card)


def test_what_was_not_assessed_is_counted_under_each_reason(three: ET.Element) -> None:
    assert [(name.split(" ")[0], count) for name, count in rows_of(three, "t-excluded")] == [
        ("Protected", "6,803"),
        ("The", "31,204"),
        ("Sensors", "1,880"),
        ("No", "9,204"),
        ("No", "118"),
    ]
    assert "Each incident is counted once, under the first of these reasons that holds." in text_of(three)


def test_kinds_rise_or_fall_only_when_their_whole_interval_does(three: ET.Element) -> None:
    moved = {row[0]: (row[3], row[4], row[6]) for row in rows_of(three, "t-moved")}
    assert moved == {
        "FIREWORKS": ("4.4 times", "4.1 to 4.7 times", "▲ rising"),
        "SUSPICIOUS PERSON": ("+31%", "+23% to +39%", "▲ rising"),
        "SHOTS HEARD": ("−28%", "−42% to −14%", "▼ falling"),
    }
    words_of = [row[6] for row in rows_of(three, "t-kinds")]
    assert {word: words_of.count(word) for word in sorted(set(words_of))} == {
        "cannot tell": 1,
        "no clear change": 12,
        "▲ rising": 2,
        "▼ falling": 1,
    }


def test_small_counts_of_an_area_are_not_printed(three: ET.Element) -> None:
    areas = {row[0]: row[1:] for row in rows_of(three, "t-areas")}
    assert areas["X31"][:2] == ["fewer than 5", "fewer than 5"]
    assert areas["X01"][0] == "939"


def test_fairness_is_told_by_group_and_small_numbers_cannot_tell(three: ET.Element) -> None:
    assert rows_of(three, "t-fairness") == [
        ["landward", "350", "3", "cannot tell", "", "cannot tell: too few"],
        ["least deprived third", "4,870", "546", "28.7", "26.4 to 31.3", "more often wrong here"],
        ["middle third", "8,310", "351", "10.8", "9.7 to 12", "no sign that it is worse here"],
        ["most deprived third", "9,420", "429", "11.7", "10.6 to 12.8", "no sign that it is worse here"],
    ]


def test_a_rate_that_cannot_be_told_is_not_printed_even_when_it_is_given(tmp_path: Path) -> None:
    facts, tables = sample(0)
    group = {
        "area_group": "few",
        "incidents": 30,
        "false_episodes": 1,
        "rate": 0.03,
        "low": 0.001,
        "high": 0.2,
    }
    facts["credibility"]["fairness"] = [{**group, "verdict": "cannot tell"}]
    del tables["fairness"]
    _, root = written((facts, tables), tmp_path)
    assert rows_of(root, "t-fairness") == [["few", "30", "1", "cannot tell", "", "cannot tell: too few"]]


def test_drift_is_told_month_by_month(three: ET.Element) -> None:
    assert rows_of(three, "t-months")[0] == ["January 2025", "6,120", "23.6%", "24.1%", "0.9 in 100"]
    assert "assessment suspends itself" in text_of(three)


def test_the_two_figures_that_analysts_compare_are_there(three: ET.Element) -> None:
    assert "Expected calibration error 0.008; Brier score 0.142" in text_of(three)
    assert rows_of(three, "t-ladder")[-1] == ["Lippen", "0.798", "0.789 to 0.807"]
    assert rows_of(three, "t-ladder")[0] == ["One rate for everything", "0.500", "not measured"]


def test_what_planted_campaigns_showed_stands_by_size(three: ET.Element) -> None:
    assert rows_of(three, "t-planted")[0] == ["3", "120", "14%", "6% to 22%"]


def test_how_the_page_was_made_can_be_done_again(three: ET.Element) -> None:
    about = text_of(with_class(three, "made")[0])
    assert "WrittenTuesday 1 April 2025, 09:12 UTC" in about
    assert "Time in all30.6 s" in about
    assert "lippen0.1.0" in about
    assert "lippen brief calls --mapping invermarrow.toml --since 2025-01-15 --budget 1 --seed 7" in text_of(
        three
    )


def test_sixty_episodes_are_cards_then_lines(tmp_path: Path) -> None:
    _, root = written(sample(60), tmp_path)
    assert len(with_class(root, "card")) == 25
    lines = rows_of(root, "t-lines")
    assert len(lines) == 35
    assert lines[0][0] == "26"
    assert len(rows_of(root, "t-e25")) > 3


def test_no_episode_is_told_as_a_good_answer_with_what_was_looked_for(tmp_path: Path) -> None:
    _, root = written(sample(0), tmp_path)
    said = text_of(root)
    assert "No episode was found. That is a good answer" in said
    assert "We looked at closed incidents that lie near each other in time, place and kind" in said
    assert not with_class(root, "card")
    assert not with_class(root, "legend")


def test_what_is_not_known_is_said_and_not_drawn(tmp_path: Path) -> None:
    _, root = written(nothing_known(), tmp_path)
    assert not with_class(root, "chart")
    assert not list(root.iter("figure"))
    said = text_of(root)
    for sentence in (
        "There is no whole week to count, so we cannot tell how volumes move.",
        "There are fewer than two weeks, so there is no line to draw.",
        "There are no kinds to compare.",
        "The export gives no areas, so we cannot tell where incidents were reported.",
        "We did not look for episodes. Without outcomes there is nothing to look for.",
        "We cannot tell: no group of areas could be compared.",
        "No reasons were given for the rows put aside.",
        "Whether an episode drew response away. The export has no unit times.",
    ):
        assert sentence in said
    assert "No episode was found" not in said, "not having looked is not a good answer"
    assert "It would." not in said


def test_a_suspended_assessment_heads_the_page_with_its_reason(tmp_path: Path) -> None:
    _, root = written(suspended(), tmp_path)
    first = next(one for one in next(root.iter("main")) if one.tag == "section")
    assert text_of(first) == (
        "Assessment is suspended In March 2025 the model expected 23 in 100 to end with nothing "
        "found; 34 in 100 did. "
        "It is off by 11 in 100; 5 is the most we allow. Until this is mended, use the counts on "
        "this page and nothing "
        "else. No episode is shown."
    )
    assert "Assessment has suspended itself, so no episode is shown." in text_of(root)
    assert "No episode was found" not in text_of(root)


def test_without_coordinates_areas_are_bars_by_name(tmp_path: Path) -> None:
    facts, tables = sample(0)
    rows = [{**row, "lat": None} for row in tables["volumes_area"].to_pylist()]
    tables["volumes_area"] = table("volumes_area", rows)
    _, root = written((facts, tables), tmp_path)
    assert not with_class(root, "map")
    assert len(with_class(root, "bars")) == 1
    assert "The export gives no coordinates" in text_of(root)


def test_an_episode_without_times_has_no_strip_and_says_so(tmp_path: Path) -> None:
    facts, tables = sample(1)
    tables["episode_strip"] = empty_tables()["episode_strip"]
    _, root = written((facts, tables), tmp_path)
    (card,) = with_class(root, "card")
    assert "The times of its incidents are not known, so there is no strip." in text_of(card)
    assert not with_class(card, "strip")


def test_many_files_reasons_kinds_and_areas_are_cut_and_counted(tmp_path: Path) -> None:
    facts, tables = sample(0)
    file = {"rows": 1, "accepted": 0, "duplicates": 0, "quarantined": 1}
    facts["inputs"] = [{**file, "file": f"{i:03d}.csv"} for i in range(70)]
    facts["unlisted_codes"] = {f"C{i:03d}": i for i in range(45)}
    tables["quarantine_reasons"] = table(
        "quarantine_reasons", [{"reason": f"r{i:02d}", "rows": 1} for i in range(70)]
    )
    tables["volumes_kind"] = table(
        "volumes_kind", [{"kind": f"K{i:03d}", "incidents": i} for i in range(130)]
    )
    tables["volumes_area"] = table(
        "volumes_area", [{"area": f"A{i:03d}", "incidents": 9} for i in range(160)]
    )
    _, root = written((facts, tables), tmp_path)
    assert {
        name: len(rows_of(root, name)) for name in ("t-inputs", "t-reasons", "t-codes", "t-kinds", "t-areas")
    } == {
        "t-inputs": 60,
        "t-reasons": 40,
        "t-codes": 40,
        "t-kinds": 120,
        "t-areas": 150,
    }
    said = text_of(root)
    for sentence in (
        "10 more files are in brief.json; the totals count them.",
        "30 more reasons are in tables/quarantine_reasons.parquet.",
        "5 more codes are in brief.json.",
        "10 more kinds are in tables/volumes_kind.parquet.",
        "10 more areas are in tables/volumes_area.parquet.",
    ):
        assert sentence in said
