"""The page of a comparison: what it says first, what it draws, and that anybody can read it anywhere."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest
from html_tree import ancestors, read, rows_of, text_of, with_class, with_id
from test_page_in_browser import COLOURS, PLAIN, UNFOLD, WCAG, on_paper, stops, violations
from typer.testing import CliRunner

from lippen.brief import comparison_words as words
from lippen.brief.twin_lines import Week, twin_lines
from lippen.cli import app
from lippen.comparing import compare_interventions
from lippen.output import OutputRefused
from lippen.progress import Stages
from lippen.sandbox.compare import READ_AS
from lippen.sandbox.scenario import FALSE_TRENDS, INTERVENTIONS, Intervention, Scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = '<script>alert(1)</script>"\u202e\u0000&amp;<img src=x onerror=alert(1)>'
SAMPLES: dict[str, dict[str, Any]] = {
    "a year": {"areas": ("Carsemuir", "harbour"), "command": "lippen sandbox compare --seed 1"},
    "everywhere": {"kinds": ("safe_reporting", "police_drive"), "days": 168},
    "a fortnight": {"kinds": ("joint_visits",), "days": 14, "since_day": 0},
    "one week": {"kinds": ("counter_story",), "days": 7, "since_day": 0},
    "hostile": {
        "scenario": replace(Scenario(), title=EVIL, intervention=(Intervention("police_drive", 3),)),
        "kinds": ("channel_recognition",),
        "days": 56,
        "command": EVIL,
    },
}  # fmt: skip
EACH = pytest.mark.parametrize("name", SAMPLES)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each sample as a written page."""
    made = {}
    for name, given in SAMPLES.items():
        made[name] = tmp_path_factory.mktemp("compare") / "out"
        scenario = given.get("scenario", Scenario())
        rest = {key: value for key, value in given.items() if key != "scenario"}
        compare_interventions(made[name], scenario, Stages(quiet=True), **rest)
    return made


@pytest.fixture
def tree(folders: dict[str, Path]) -> Callable[[str], ET.Element]:
    return lambda name: read((folders[name] / "index.html").read_text("utf-8"))


Tree = Callable[[str], ET.Element]


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
    name: str, tree: Tree, folders: dict[str, Path]
) -> None:
    html = (folders[name] / "index.html").read_text("utf-8")
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


def test_the_page_tells_the_figures_of_its_tables(tree: Tree, folders: dict[str, Path]) -> None:
    root = tree("a year")
    table = pq.read_table(folders["a year"] / "tables/differences.parquet").to_pylist()
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


def test_in_short_no_per_cent_stands_on_few(tree: Tree, folders: dict[str, Path]) -> None:
    table = pq.read_table(folders["a year"] / "tables/differences.parquet").to_pylist()
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


def row(
    measure: str,
    per_cent: float,
    looks_like: str | None = None,
    swing: float | None = None,
    counts: tuple[float, float] | None = None,
) -> Any:
    with_it, without = counts or (None, None)
    return {
        "variant": "police_drive", "side": "streams" if looks_like else "truth", "measure": measure,
        "where": "whole town", "before": 100.0, "without": 100.0, "with": 100.0 + per_cent,
        "difference": per_cent, "per_cent": per_cent, "weeks_vary_by": swing,
        "count_before": None, "count_without": without, "count_with": with_it, "too_little": bool(counts),
        "read_as": READ_AS.get(measure), "looks_like": looks_like,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "true", "says"),
    [
        (row("report", 9, "moves alone", 2), row("activity", 0), "as if groups had become more active"),
        (row("report", -9, "moves alone", 2), row("activity", 0), "as if groups had become less active"),
        (row("report", 9, "other way", 2), row("activity", -5), "goes the other way (−5.0%)"),
        (row("listing", -30, "same way", 2), row("activity", -6), "It looks 5 times as large as it is."),
        (row("record", 0.0, "not seen", 2), row("homes_taken_over", -40), "tells of homes taken over −40.0%"),
        (row("answer_good_police", 3, "moves alone"), row("trust", 0.2), "next to no change (+0.2%)"),
        (
            row("report", -7, "too little to say", 2, (54, 58)),
            row("activity", 0),
            "Reports to the desk 54 against 58: too little to say.",
        ),
        (
            row("record", 0.0, "not seen"),
            row("homes_taken_over", -48, counts=(1.59, 3.04)),
            "1.6 against 3.0",
        ),
        (row("incident", 3, "same way", 9), row("activity", 3), "less than weeks differ by themselves"),
    ],
)
def test_each_way_of_being_fooled_has_its_sentence(shown: Any, true: Any, says: str) -> None:
    (said, *more) = words.misled([shown], {true["measure"]: true}, 0.5)
    assert says in said
    assert more == []


def test_who_reads_rightly_is_told_nothing_else() -> None:
    shown, true = row("incident", 3, "same way", 1), row("activity", 3)
    assert words.misled([shown], {"activity": true}, 0.5) == []


def test_everything_that_can_be_compared_has_words() -> None:
    assert set(words.INTERVENTIONS) == set(INTERVENTIONS)
    assert set(words.FALSE_TRENDS) == set(FALSE_TRENDS)
    assert set(READ_AS) | set(READ_AS.values()) <= set(words.MEASURES)


def test_outside_its_areas_nothing_differs_and_the_page_says_so(tree: Tree) -> None:
    def told(name: str) -> str:
        root = tree(name)
        return text_of(next(one for one in root.iter("section") if one.get("aria-labelledby") == "elsewhere"))

    assert "In the other 23 small areas" in told("a year")
    assert "nothing differs: all 7 measures of the truth are the same in every week" in told("a year")
    assert "Every area takes part" in told("everywhere")


def test_what_would_differ_outside_would_be_named(folders: dict[str, Path]) -> None:
    from lippen.brief.comparison import render

    folder = folders["a year"]
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
        "compare.json", "index.html", "tables/assumptions.parquet", "tables/differences.parquet",
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


def chart(values: list[float | None], **given: Any) -> ET.Element:
    rows = [Week(day, value, value) for day, value in zip(WEEKS, values, strict=True)]
    drawn = twin_lines(rows, given.pop("since", WEEKS[3]), given.pop("until", None), str, "A chart", **given)
    assert drawn is not None
    return read(str(drawn))


def test_where_nothing_is_known_no_line_is_drawn() -> None:
    drawn = chart([1, 2, None, 4, None, None, 7, 8], from_nought=True)
    paths = [one.get("d", "") for one in drawn.iter("path")]
    assert [one.count("M") + one.count("L") for one in paths] == [2, 2, 2, 2]
    assert len(list(drawn.iter("circle"))) == 2, "a single week is a dot, in both worlds"
    assert (
        twin_lines([Week(day, None, None) for day in WEEKS], WEEKS[0], None, str, "", from_nought=True)
        is None
    )
    assert twin_lines([Week(WEEKS[0], 1, 1)], WEEKS[0], None, str, "", from_nought=True) is None


def test_an_axis_of_counts_begins_at_nought_and_holds_every_value() -> None:
    counts = [100.0, 104, 101, 103, 109, 102, 100, 108]
    ticks = [one.text for one in chart(counts, from_nought=True).iter("text")]
    assert ticks[0] == "0.0"
    low, high = (float(one.text or "") for one in list(chart(counts, from_nought=False).iter("text"))[:2])
    assert 90 < low <= 100
    assert 109 <= high < 120
    for level in (0.0, 3.0):
        assert next(one.text for one in chart([level] * 8, from_nought=False).iter("text")) == "0.0"


def test_an_axis_that_does_not_begin_at_nought_says_so_beneath_and_to_those_who_cannot_see() -> None:
    counts = [100.0, 104, 101, 103, 109, 102, 100, 108]
    for from_nought in (True, False):
        drawn = chart(counts, from_nought=from_nought)
        assert ("axis does not begin at 0" in [one.text for one in drawn.iter("text")]) is not from_nought
        assert ("axis does not begin at 0" in drawn.get("aria-label", "")) is not from_nought


def test_two_marks_turn_away_from_each_other() -> None:
    drawn = chart([1.0] * 8, from_nought=True, until=WEEKS[4])
    marks = {one.text: one.get("text-anchor") for one in drawn.iter("text")}
    assert (marks["begins"], marks["ends"]) == ("end", "start")
    assert "ends" not in [one.text for one in chart([1.0] * 8, from_nought=True).iter("text")]


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser, folders: dict[str, Path]) -> Iterator[Visit]:
    """Opens a sample and makes sure that it asks for nothing else and complains of nothing."""
    contexts = []

    def go(name: str, width: int = 1280, height: int = 900, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        noted: list[str] = []
        page.on("request", lambda request: noted.append(request.url))
        page.on("console", lambda message: noted.append(message.text))
        page.on("pageerror", lambda error: noted.append(str(error)))
        address = (folders[name] / "index.html").as_uri()
        page.goto(address)
        assert noted == [address]
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.browser
@EACH
def test_axe_finds_nothing_on_the_comparison_to_object_to(name: str, visit: Visit) -> None:
    page = visit(name, color_scheme="light")
    page.evaluate(PLAIN)
    page.evaluate(UNFOLD)
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


@pytest.mark.browser
@EACH
def test_the_comparison_does_not_scroll_sideways_at_320_pixels(name: str, visit: Visit) -> None:
    page = visit(name, 320, 568)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    past = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(one => {
            const box = one.getBoundingClientRect();
            return box.width && box.right > 320.5 && !one.closest('.scroll, svg, .unseen, .skip');
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert past == []


@pytest.mark.browser
def test_words_of_the_charts_stay_large_and_apart(visit: Visit) -> None:
    for width in (320, 1280):
        page = visit("a year", width)
        heights = page.locator(".twin text").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert min(heights) > 11
        clashes = page.evaluate(
            """[...document.querySelectorAll('svg.twin')].flatMap(chart => {
                const seen = [...chart.querySelectorAll('text')].map(one => one.getBoundingClientRect());
                return seen.flatMap((a, i) => seen.slice(0, i).filter(b =>
                    a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                    .map(() => chart.getAttribute('aria-label')));
            })"""
        )
        assert clashes == []


@pytest.mark.browser
def test_sources_and_changes_are_in_sight_at_360_pixels_and_no_word_is_broken(visit: Visit) -> None:
    page = visit("a year", 360)
    for section in ("assumed", "before"):
        hidden = page.locator(f"section[aria-labelledby={section}] .scroll").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
        )
        assert hidden == 0, section
    broken = page.locator("section[aria-labelledby=assumed] tbody :is(th, td)").evaluate_all(
        r"""all => all.flatMap(cell => [...cell.textContent.matchAll(/\S+/g)].filter(word => {
            const range = document.createRange();
            range.setStart(cell.firstChild, word.index);
            range.setEnd(cell.firstChild, word.index + word[0].length);
            return !/[-−]/.test(word[0]) && range.getClientRects().length > 1;
        }).map(word => word[0]))"""
    )
    assert broken == []


@pytest.mark.browser
def test_the_truth_stands_left_of_the_streams_where_there_is_room(visit: Visit) -> None:
    for width, beside in ((1280, True), (360, False)):
        page = visit("a year", width)
        left, right = (
            page.locator(f"#safe-reporting-{side}").bounding_box() for side in ("truth", "streams")
        )
        assert left is not None
        assert right is not None
        assert (abs(left["y"] - right["y"]) < 1 and left["x"] < right["x"]) is beside


@pytest.mark.browser
def test_the_comparison_is_whole_without_script_and_by_keyboard(visit: Visit) -> None:
    page = visit("a year", java_script_enabled=False)
    fold = page.get_by_text("The figures as tables").first
    cell = page.locator("[aria-labelledby=t-truth-safe-reporting] tbody th").first
    assert not cell.is_visible()
    fold.click()
    assert cell.is_visible()
    found = stops(visit("everywhere", 320, 568))
    assert found[0]["text"] == "Skip to the comparison"
    assert all(one["outline"] == "solid" and one["within"] for one in found)


@pytest.mark.browser
def test_the_comparison_prints_with_its_own_line_at_the_foot(visit: Visit, folders: dict[str, Path]) -> None:
    page = visit("a year")
    on_paper(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    for fold in page.locator("details").all():
        (named,) = re.findall(r": see (\S+)$", fold.locator("summary").inner_text())
        assert (folders["a year"] / named).is_file()
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).page") == "comparison"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
