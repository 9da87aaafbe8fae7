"""The first briefing, an import of dirt and the README as a reader meets them: each figure comes of a run."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from walked import DOCS, NUMBERS, ROOT, Walk, assert_prints_what_the_page_says, section, tutorial, walk


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walk]:
    """Both walks side by side: each waits for one processor most of the time."""
    place = tmp_path_factory.mktemp("tutorials")
    pages = {
        "first-briefing": tutorial("first-briefing"),
        "import": section("how-to/measure-it.md", "Measure an import"),
    }
    with ThreadPoolExecutor(2) as pool:
        walked = pool.map(lambda name: walk(pages[name], place / name), pages)
        return dict(zip(pages, walked, strict=True))


@pytest.fixture(scope="module")
def first(walks: dict[str, Walk]) -> Walk:
    return walks["first-briefing"]


@pytest.fixture(scope="module")
def imported(walks: dict[str, Walk]) -> Walk:
    return walks["import"]


def test_each_command_of_the_first_briefing_prints_what_the_page_says(first: Walk) -> None:
    assert len(first.steps) >= 5
    assert_prints_what_the_page_says(first)


def test_an_import_of_dirt_is_scored_as_the_how_to_says(imported: Walk) -> None:
    assert len(imported.steps) == 3
    assert_prints_what_the_page_says(imported)
    truth = [one for one in imported.rows("truth/dirt", "dirty") if one["kind"] == "incident"]
    unread = sorted(one["file"] for one in truth if one["expect"] == "not read")
    assert unread == re.findall(r"^not read: ([^:]+):", imported.steps[1].printed, re.M)
    assert len(unread) >= 3
    repeats = re.findall(r"\| +(\d+) \| +\d+ \| closed_incidents", imported.steps[1].printed)
    assert sum(map(int, repeats)) == sum(one["expect"] == "duplicate" for one in truth)
    assert {one["kind"] for one in imported.rows("truth/dirt", "dirty")} & {"listing"} == set()


def test_the_readme_says_what_the_explanation_says_of_a_busy_town() -> None:
    words = " ".join((ROOT / "README.md").read_text("utf-8").split())
    explained = (DOCS / "explanation" / "credibility.md").read_text("utf-8")
    ((ours, rule),) = re.findall(r"^\| together \| ([\d.]+) \| \| ([\d.]+) \|", explained, re.M)
    assert (
        f"{ours} of the campaigns planted into a city's real calls, beside {rule} by the best count" in words
    )


def test_the_readme_says_of_the_briefing_what_it_shows(first: Walk) -> None:
    words = " ".join((ROOT / "README.md").read_text("utf-8").split())
    told, true = first.rows("scored/tables/told"), first.rows("scored/tables/true_episodes")
    planted = sum(bool(one["holds"]) for one in told)
    assert all(one["found"] for one in true)
    assert (
        f"{NUMBERS[planted].capitalize()} of the {NUMBERS[len(told)]} episodes that the page shows were"
        f" planted, {NUMBERS[len(told) - planted]} are chance, and none that was planted is missing."
    ) in words


def test_the_first_briefing_quotes_its_own_run(first: Walk) -> None:
    facts, told = first.facts("briefing"), first.rows("scored/tables/told")
    rows = sum(one["rows"] for one in facts["inputs"])
    assert sum(one["quarantined"] + one["duplicates"] for one in facts["inputs"]) == 0
    assert f"none of its {rows:,} rows was put aside" in first.words

    weeks = [one for one in first.rows("briefing/tables/volumes_week") if one["low"] is not None]
    outside = sum(not one["low"] <= one["incidents"] <= one["high"] for one in weeks)
    assert f"{NUMBERS[outside].capitalize()} weeks of this year do not." in first.words
    assert f"The page shows {NUMBERS[len(told)]}. This is the second" in first.words
    assert [bool(one["holds"]) for one in told] == [True, True, True, False, False, False]
    assert all("episode" not in cause for one in told[3:] for cause in one["causes"])

    second = first.rows("briefing/tables/episodes")[1]
    assert second["diversion"] == "consistent with"
    page = (first.place / "out" / "briefing" / "index.html").read_text("utf-8")
    cards = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)) for one in page.split('<article class="card')[1:]
    ]
    ((count, where, usual),) = re.findall(
        r"Within two hours of its start, (\d+) incidents with something found came in from (\w+); (\S+) is",
        cards[1],
    )
    assert (
        f"within two hours of its start {count} incidents with something found came in from {where}, where"
        f" {usual} is usual"
    ) in first.words
    assert ["may be chance" in one for one in cards] == [False, False, True, True, True, True]

    assert told[2]["causes"] == [f"{told[2]['incidents']} episode"]
    assert (
        f"So does the third, which was planted: {NUMBERS[told[2]['incidents']]} calls are few" in first.words
    )
    model = facts["credibility"]["model"]
    kind, ours = model["baselines"]["kind"], model["auc"]
    assert kind > ours
    assert f"a rate for each kind does a little better, {kind:.3f} beside {ours:.3f}" in first.words


def test_a_strict_budget_leaves_the_planted_ones(first: Walk) -> None:
    told = [one["episode_id"] for one in first.rows("scored/tables/told") if one["holds"]]
    assert [one["episode_id"] for one in first.rows("strict/tables/episodes")] == told


def test_the_odd_files_are_read_as_the_page_says(first: Walk) -> None:
    aside = sum(one["quarantined"] for one in first.facts("small-town")["inputs"])
    assert f"why {aside} rows were put aside" in first.words
