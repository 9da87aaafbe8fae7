"""The page of a comparison: what it says first, what it draws, and that nothing on it can run."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import itertools
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from comparisons import EACH, Tree
from html_tree import ancestors, rows_of, text_of, with_class, with_id
from typer.testing import CliRunner

from lippen.brief import comparison_words as words
from lippen.cli import app
from lippen.comparing import compare_interventions
from lippen.output import LIST, OutputRefused
from lippen.progress import Stages
from lippen.sandbox.compare import READ_AS
from lippen.sandbox.scenario import INTERVENTIONS, Scenario


@EACH
def test_it_says_first_that_it_is_no_forecast_and_that_its_effects_are_assumed(name: str, tree: Tree) -> None:
    root = tree(name)
    (heading,) = root.iter("h1")
    assert text_of(heading).startswith("A way to think, not a forecast: every effect below is assumed")
    assert "a town that does not exist" in text_of(heading)
    tables = [one.get("id", "") for one in root.iter("p") if one.get("id", "").startswith("t-assumed-")]
    assert tables
    assert {row[1] for one in tables for row in rows_of(root, one)} == {"assumed"}
    for lede in [one for one in with_class(root, "lede") if "on which it is on" in text_of(one)]:
        assert "assumed" in text_of(lede)


@EACH
def test_nothing_on_the_page_can_run_or_points_outside(
    name: str, tree: Tree, compared: dict[str, Path]
) -> None:
    html = (compared[name] / "index.html").read_text("utf-8")
    root = tree(name)
    assert "<script" not in html.lower()
    assert "\u202e" not in html
    (style,) = root.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = [one.get("content", "") for one in root.iter("meta") if "Policy" in one.get("http-equiv", "")]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert element.tag not in {"script", "iframe", "img", "form", "link"}
        assert not {"src", "style"} & set(element.attrib)
        assert not [one for one in element.attrib if one.startswith("on")]
        if "href" in element.attrib:
            assert element.attrib["href"][1:] in ids
        for one in element.get("aria-labelledby", "").split():
            assert text_of(with_id(root, one))


@EACH
def test_headings_pictures_and_tables_are_told_to_those_who_cannot_see(name: str, tree: Tree) -> None:
    root = tree(name)
    levels = [int(one.tag[1]) for one in root.iter() if re.fullmatch("h[1-6]", one.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for element, above in ancestors(root):
        if element.tag != "svg" or any(one.tag == "svg" for one in above):
            continue
        if element.get("aria-hidden") != "true":
            assert element.get("role") == "img"
            assert element.get("aria-label", "").startswith("Line chart, week by week: ")
    for figure in root.iter("figure"):
        assert text_of(figure.findall("figcaption")[0])
    for table in root.iter("table"):
        assert len({len(list(row)) for row in table.iter("tr")}) == 1


def test_each_intervention_has_the_truth_on_the_left_and_the_streams_on_the_right(tree: Tree) -> None:
    root = tree("a year")
    for kind in INTERVENTIONS:
        section = next(
            one for one in root.iter("section") if one.get("aria-labelledby") == kind.replace("_", "-")
        )
        (twins,) = with_class(section, "twins")
        left, right = list(twins)
        assert text_of(next(left.iter("h3"))) == "What is true"
        assert text_of(next(right.iter("h3"))) == "What the streams would show"
        for side, measures in ((left, set(words.MEASURES) - set(READ_AS)), (right, set(READ_AS))):
            drawn = [text_of(next(one.iter("strong"))) for one in side.iter("figure")]
            same = " ".join(text_of(one) for one in with_class(side, "note"))
            for measure in measures:
                told = words.MEASURES[measure]
                assert (told.title in drawn) is not (told.inside in same), (kind, measure)
        assert "Activity of groups" in [text_of(next(one.iter("strong"))) for one in left.iter("figure")]
        marks = [text_of(one) for one in twins.iter("text")]
        assert "begins" in marks
        assert ("ends" in marks) is (kind == "police_drive")


def test_the_page_tells_the_figures_of_its_tables(tree: Tree, compared: dict[str, Path]) -> None:
    root = tree("a year")
    table = pq.read_table(compared["a year"] / "tables/differences.parquet").to_pylist()
    for kind in INTERVENTIONS:
        shown = [one for one in table if one["variant"] == kind and one["side"] == "streams"]
        rows = rows_of(root, f"t-streams-{kind.replace('_', '-')}")
        assert len(rows) == len(shown) == 8
        for row, one in zip(rows, shown, strict=True):
            assert row[0].startswith(words.MEASURES[one["measure"]].title)
            assert (row[3] == "none") is (one["difference"] == 0)
            assert (row[3] == "too little to say") is one["too_little"]
            if not one["too_little"] and one["per_cent"] and abs(one["per_cent"]) >= 0.05:
                number = float(row[3].replace("−", "-").replace("%", "").replace(",", ""))
                assert number == pytest.approx(one["per_cent"], abs=0.051)
            if one["looks_like"] == "moves alone":
                assert row[5].startswith("moves, unlike"), row


def test_it_says_what_a_fooled_reader_would_conclude(tree: Tree) -> None:
    root = tree("everywhere")
    section = next(one for one in root.iter("section") if one.get("aria-labelledby") == "safe-reporting")
    said = [text_of(one) for one in section.iter("li")]
    (worse,) = [one for one in said if "more active" in one]
    assert re.match(r"Incidents \+\d", worse)
    assert "reports" not in worse
    (unsure,) = [one for one in said if one.endswith("too little to say.")]
    assert re.search(r"reports to the desk \d+ against \d+", unsure)
    assert "with no change in the activity of groups" in worse


def test_in_short_no_per_cent_stands_on_few(tree: Tree, compared: dict[str, Path]) -> None:
    table = pq.read_table(compared["a year"] / "tables/differences.parquet").to_pylist()
    short = next(one for one in tree("a year").iter("section") if one.get("aria-labelledby") == "short")
    told = [text_of(one) for one in short.iter("dd")]
    unsure = 0
    for kind, sentence in zip(INTERVENTIONS, told, strict=True):
        true, shown = sentence.split("In the streams: ")
        for one in table:
            if one["variant"] == kind and one["where"] != "elsewhere" and one["too_little"]:
                name, part = words.MEASURES[one["measure"]].inside, shown if one["looks_like"] else true
                assert f"{name} +" not in part, sentence
                assert f"{name} −" not in part, sentence
                if abs(one["per_cent"]) >= 0.5:
                    assert f"{name} {words.gap(one)}" in part, sentence
                    unsure += 1
    assert unsure > 5


def test_a_drive_that_has_ended_is_compared_over_its_own_days_and_they_are_named(tree: Tree) -> None:
    root = tree("a year")
    short = next(one for one in root.iter("section") if one.get("aria-labelledby") == "short")
    days = "2 May to 30 July 2025"
    assert [days in text_of(one) for one in short.iter("dd")] == [False] * 4 + [True]
    drive = next(one for one in root.iter("section") if one.get("aria-labelledby") == "police-drive")
    assert f"over the days on which it is on, {days}, not over those after" in text_of(drive)
    assert days in text_of(with_id(root, "t-truth-police-drive"))


def test_outside_its_areas_nothing_differs_and_the_page_says_so(tree: Tree) -> None:
    def told(name: str) -> str:
        root = tree(name)
        return text_of(next(one for one in root.iter("section") if one.get("aria-labelledby") == "elsewhere"))

    assert "In the other 23 small areas" in told("a year")
    assert "nothing differs: all 7 measures of the truth are the same in every week" in told("a year")
    assert "Every area takes part" in told("everywhere")


def test_what_would_differ_outside_would_be_named(compared: dict[str, Path]) -> None:
    from lippen.brief.comparison import render

    folder = compared["a year"]
    facts = json.loads((folder / "compare.json").read_text("utf-8"))
    tables = {one.stem: pq.read_table(one) for one in (folder / "tables").iterdir()}
    weeks = tables["weeks"]
    values = [
        9.0
        if (one["variant"], one["measure"], one["where"]) == ("joint_visits", "fear", "elsewhere")
        else one["value"]
        for one in weeks.to_pylist()
    ]
    tables["weeks"] = weeks.set_column(weeks.schema.get_field_index("value"), "value", [values])
    assert "which they should not: fear under joint visits." in render(facts, tables)


def test_what_the_scenario_does_is_said_to_be_left_out(tree: Tree) -> None:
    short = next(one for one in tree("hostile").iter("section") if one.get("aria-labelledby") == "short")
    assert "left out of both lines: a police drive" in text_of(short)


def test_the_same_command_gives_the_same_bytes(tmp_path: Path) -> None:
    given = [
        "--days",
        "56",
        "--intervention",
        "police_drive",
        "--areas",
        "Carsemuir",
        "--from",
        "14",
        "--quiet",
    ]
    for name in ("one", "other"):
        done = CliRunner().invoke(app, ["sandbox", "compare", *given, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "A way to think, not a forecast" in done.output
    files = sorted(
        one.relative_to(tmp_path / "one") for one in (tmp_path / "one").rglob("*") if one.is_file()
    )
    assert [str(one) for one in files] == [
        LIST, "compare.json", "index.html", "tables/assumptions.parquet", "tables/differences.parquet",
        "tables/weeks.parquet",
    ]  # fmt: skip
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes(), file
    facts = json.loads((tmp_path / "one/compare.json").read_text("utf-8"))
    assert facts["interventions"] == [{"kind": "police_drive", "since": "2025-01-15", "until": None}]
    command = (
        "lippen sandbox compare --days 56 --seed 1 --intervention police_drive --areas Carsemuir --from 14"
    )
    assert facts["command"] == command


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputRefused):
        compare_interventions(
            tmp_path, Scenario(), Stages(quiet=True), ("police_drive",), days=14, since_day=0
        )
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


WEEKS = [dt.date(2025, 1, 1) + dt.timedelta(days=7 * one) for one in range(8)]
