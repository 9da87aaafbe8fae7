"""The tutorials as a reader meets them: every command works, and every figure quoted comes of it.

The commands run in an empty folder, in the order of the pages. What stands indented after a command is what
it prints; a fenced block is a file, saved under the name before it.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lippen.briefing import write_briefing
from lippen.credibility import Settings
from lippen.progress import Stages
from lippen.sandbox import load_scenario, write_sandbox
from lippen.signals import load_mapping

ROOT = Path(__file__).parents[1]
COMMANDS = (".venv/bin/", "make ", "grep ")
DOCS = ROOT / "docs"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
STRONG = 0.05


@dataclass(frozen=True)
class Step:
    """One command of a page, what the page says it prints, and what it printed."""

    command: str
    said: tuple[str, ...]
    printed: str


@dataclass(frozen=True)
class Walk:
    """Pages (as one line of words), the folder in which their commands ran, and each of them."""

    words: str
    place: Path
    steps: tuple[Step, ...]

    def facts(self, briefing: str) -> dict[str, Any]:
        """What `brief.json` of a briefing in `out/` says."""
        facts: dict[str, Any] = json.loads((self.place / "out" / briefing / "brief.json").read_text("utf-8"))
        return facts

    def rows(self, table: str, folder: str = "out") -> list[dict[str, Any]]:
        """The rows of a Parquet file in `out/`, or in another folder."""
        rows: list[dict[str, Any]] = pq.read_table(self.place / folder / f"{table}.parquet").to_pylist()
        return rows


def given(page: str) -> list[tuple[str, list[str]]]:
    """Each command of a page with the lines that the page says it prints."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"(?:^    .*\n)+", page, re.M):
        for line in (line[4:] for line in block.splitlines()):
            if line.startswith(COMMANDS):
                found.append((line, []))
            else:
                found[-1][1].append(line)
    return found


def recipe(target: str, place: Path) -> str:
    """What `make` runs for a target, its prerequisites aside."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (lines,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.M)
    text = re.sub(r"^\t@?", "", lines, flags=re.M)
    return "set -e\n" + text.replace("$(BIN)", ".venv/bin").replace("$(CURDIR)", str(place))


def tutorial(name: str) -> str:
    return (DOCS / "tutorial" / f"{name}.md").read_text("utf-8")


def section(page: str, heading: str) -> str:
    """One section of a page of `docs`, without the headings after it."""
    return (DOCS / page).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]


def walk(pages: str, place: Path) -> Walk:
    place.mkdir()
    (place / ".venv").symlink_to(sys.prefix)
    (place / "examples").symlink_to(ROOT / "examples")
    for name, text in re.findall(r"`([^`\n]+)`:\n\n```\w+\n(.*?)```", pages, re.S):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    steps = []
    for command, said in given(pages):
        script = recipe(command.removeprefix("make "), place) if command.startswith("make ") else command
        run = subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{command}\n{run.stderr}"
        steps.append(Step(command, tuple(said), run.stdout))
    return Walk(" ".join(pages.split()), place, tuple(steps))


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walk]:
    """All walks side by side: each waits for one processor most of the time."""
    place = tmp_path_factory.mktemp("tutorials")
    pages = {
        "first-briefing": tutorial("first-briefing"),
        "drill": tutorial("drill") + tutorial("drill-answers"),
        "import": section("how-to/measure-it.md", "Measure an import"),
    }
    with ThreadPoolExecutor(2) as pool:
        walked = pool.map(lambda name: walk(pages[name], place / name), pages)
        return dict(zip(pages, walked, strict=True))


@pytest.fixture(scope="module")
def first(walks: dict[str, Walk]) -> Walk:
    return walks["first-briefing"]


@pytest.fixture(scope="module")
def drill(walks: dict[str, Walk]) -> Walk:
    return walks["drill"]


@pytest.fixture(scope="module")
def imported(walks: dict[str, Walk]) -> Walk:
    return walks["import"]


def assert_prints_what_the_page_says(walked: Walk) -> None:
    for step in walked.steps:
        lines = [re.escape(line).replace(r"\.\.\.", ".*") for line in step.said]
        at = 0
        for line in lines:
            found = re.compile(rf"^{line}$", re.M).search(step.printed, at)
            assert found, f"{step.command}\ndoes not print\n{line}\nbut\n{step.printed}"
            at = found.end() if line != ".*" else at


def test_each_command_of_the_first_briefing_prints_what_the_page_says(first: Walk) -> None:
    assert len(first.steps) >= 5
    assert_prints_what_the_page_says(first)


def test_each_command_of_the_drill_prints_what_the_page_says(drill: Walk) -> None:
    assert len(drill.steps) >= 10
    assert_prints_what_the_page_says(drill)


def test_the_trainees_page_keeps_the_answers_to_itself(drill: Walk) -> None:
    page = tutorial("drill")
    assert [command for command, _ in given(page) if "truth" in command or "evaluate" in command] == []
    planted = drill.rows("drill/truth/episodes")
    secret = {"occasion", "harass", "divert ", *(one["stealth"] for one in planted)}
    secret |= {one["target_area"] for one in planted if one["target_area"]}
    secret |= {where for one in planted for where in one["larger_areas"]} - {"Carsemuir"}
    assert [word for word in sorted(secret) if word in page] == []


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
    missing = sum(not one["found"] for one in true)
    assert (
        f"{NUMBERS[planted].capitalize()} of the {NUMBERS[len(told)]} episodes that the page shows were"
        f" planted, {NUMBERS[len(told) - planted]} are chance, and {NUMBERS[missing]} that was planted is"
        " missing."
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
    assert [bool(one["holds"]) for one in told] == [True, True, False, False, False]
    assert all("episode" not in cause for one in told[2:] for cause in one["causes"])

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
    assert ["may be chance" in one for one in cards] == [False, False, True, True, True]

    (missed,) = [one for one in first.rows("scored/tables/true_episodes") if not one["found"]]
    assert (
        f"Of its {NUMBERS[missed['incidents']]} calls only {NUMBERS[missed['countable']]} ended with nothing"
        " found"
    ) in first.words
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


def test_the_cards_of_the_drill_are_those_of_its_page(drill: Walk) -> None:
    for at, one in enumerate(drill.rows("drill-briefing/tables/episodes"), 1):
        begin, end = (datetime.fromisoformat(one[name]) for name in ("first_local", "last_local"))
        when = f"{begin.day} {begin:%B %Y}, {begin:%H:%M} to {end:%H:%M}"
        assert f"| {at} | {when} | {one['found_unfounded']} | {one['diversion']} |" in drill.words
    facts = drill.facts("drill-briefing")["credibility"]
    chance = facts["episodes"]["expected_false_per_30_days"] * facts["episodes"]["days"] / 30
    assert (
        f"chance alone would bring about {chance:g} episode in these 30 days. Three are shown" in drill.words
    )
    worse = [one["area_group"] for one in facts["fairness"] if one["verdict"] == "higher"]
    assert f"the page says itself where it is more often wrong: {', '.join(worse)}." in drill.words


def notes_of(walked: Walk, at: int) -> list[list[str]]:
    """What the page's way of reading the log shows of a card: rows of the export, below its header."""
    (step,) = [one for one in walked.steps if one.command.startswith("grep ")][at : at + 1]
    header, *rows = csv.reader(step.printed.splitlines())
    assert (header[0], header[13], header[-1]) == ("Log Ref", "Disposal", "Log Text")
    return rows


def test_the_log_behind_each_card_is_as_the_drill_says(drill: Walk) -> None:
    truth = {str(one["incident_id"]): one for one in drill.rows("drill/truth/incidents")}
    behind = [
        [row for row in notes_of(drill, at) if truth[row[0]]["cause"] == cause]
        for at, cause in enumerate(("episode", "episode", "occasion"))
    ]
    for at, mine in enumerate(behind):
        assert len({row[10] for row in notes_of(drill, at)}) > 1, "the whole town, not the card's part of it"
        assert len(notes_of(drill, at)) > 2 * len(mine), "most of it has nothing to do with the card"
    shown = [one["found_unfounded"] for one in drill.rows("drill-briefing/tables/episodes")]
    assert [len(one) for one in behind] == [8, 6, 7]
    assert (
        f"It showed {shown[0]} of the {len(behind[0])} calls of card 1 and {shown[1]} of the {len(behind[1])}"
        in drill.words
    )
    same = Counter(row[-1] for row in behind[1])
    assert sorted(same.values()) == [1, 5]
    assert same[""] == 1
    assert "six calls, five of them with the very same note (*S0*) and one with none" in drill.words
    found = sum(row[13][:2] not in ("NT", "NF", "FG") for row in behind[2])
    assert f"{NUMBERS[len(behind[2])]} people had called about them in good faith" in drill.words
    assert f"{NUMBERS[found]} of the {NUMBERS[len(behind[2])]} ended with something found" in drill.words
    texts = Counter(row[-1] for row in behind[2])
    assert f"{NUMBERS[len(texts)]} texts for the {NUMBERS[len(behind[2])]} calls" in drill.words
    assert max(texts.values()) == 2
    assert all(re.search("bang", text, re.I) for text in texts)


def test_what_was_done_elsewhere_is_as_the_drill_says(drill: Walk) -> None:
    first = drill.rows("drill/truth/episodes")[0]
    (place,) = [one for one in drill.rows("drill/truth/places") if one["area"] == first["target_area"]]
    assert f"away from {first['target_area']}, which lies in {place['larger_area']}." in drill.words
    told = drill.rows("drill-briefing/tables/episodes")[0]["episode_id"]
    (named,) = [
        one["area"] for one in drill.rows("drill-briefing/tables/diversion") if one["episode_id"] == told
    ]
    done = {
        str(one["incident_id"])
        for one in drill.rows("drill/truth/incidents")
        if one["cause"] == "target" and one["episode"] == first["episode"]
    }
    (export,) = (drill.place / "out" / "drill" / "streams" / "incident").glob("*.csv")
    with export.open(encoding="utf-8", newline="") as lines:
        kinds = [row["Opening Code"] for row in csv.DictReader(lines) if row["Log Ref"] in done]
    assert set(kinds) == {"THEFT"}
    assert f"The page named {named}, where {len(kinds)} thefts were done meanwhile." in drill.words


def shown(town: Path, briefing: Path) -> str:
    """What a briefing shows of the drill's three evenings, as the trainer's table has it."""
    episodes = pq.read_table(briefing / "tables" / "episodes.parquet").to_pylist()
    held = pq.read_table(briefing / "tables" / "episode_incidents.parquet")
    drawn = {
        one["episode_id"]: one["area"]
        for one in pq.read_table(briefing / "tables" / "diversion.parquet").to_pylist()
    }
    truth = {
        str(one["incident_id"]): one
        for one in pq.read_table(town / "truth" / "incidents.parquet").to_pylist()
    }
    planted = pq.read_table(town / "truth" / "episodes.parquet").to_pylist()
    places = {
        one["area"]: one["larger_area"]
        for one in pq.read_table(town / "truth" / "places.parquet").to_pylist()
    }
    cells = {"divert": "not shown", "harass": "not shown", None: "not shown"}
    for one in episodes:
        ids = held.filter(pc.equal(held["episode_id"], one["episode_id"]))["incident_id"].to_pylist()
        causes = Counter((truth[which]["cause"], truth[which]["purpose"]) for which in ids)
        (cause, purpose), _ = causes.most_common(1)[0]
        assert cause in ("episode", "occasion")
        cells[purpose] = "stands out" if one["q_value"] <= STRONG else "may be chance"
        if purpose == "divert":
            right = drawn[one["episode_id"]] == places[planted[0]["target_area"]]
            named = one["diversion"] == "consistent with" and right
            cells[purpose] += f", diversion {'named' if named else 'not named'}"
    return " | ".join(cells[purpose] for purpose in ("divert", "harass", None))


def test_the_trainers_table_is_what_each_seed_shows(drill: Walk, tmp_path: Path) -> None:
    out = drill.place / "out"
    made = {5: shown(out / "drill", out / "drill-briefing")}
    for seed in (1, 4, 6):
        town = tmp_path / f"town-{seed}"
        write_sandbox(town, days=120, seed=seed, scenario=load_scenario("control-room-drill"))
        log, page = town / "streams" / "incident", tmp_path / f"page-{seed}"
        settings = Settings(since=date(2026, 2, 1))
        write_briefing(log, page, load_mapping(log / "mapping.toml"), settings, Stages(quiet=True))
        made[seed] = shown(town, page)
    said = re.findall(r"\| (\d) \| ((?:\w[^|]+ \| ){2}\w[^|]+) \|", drill.words.split("| `--seed` |")[1])
    assert {int(seed): row for seed, row in said} == made


def test_a_second_round_is_another_one(drill: Walk) -> None:
    def purposes(town: str) -> list[str | None]:
        at = {one["purpose"]: one["first_at"] for one in drill.rows(f"{town}/truth/episodes")}
        assert len(at) == 2
        return sorted(at, key=lambda purpose: at[purpose])

    assert purposes("drill") == ["divert", "harass"]
    assert purposes("second") == ["harass", "divert"]
    scored = drill.rows("second-scored/tables/told")
    strong = [one["q_value"] <= STRONG for one in drill.rows("second-briefing/tables/episodes")]
    (diverted,) = [
        one["episode"] for one in drill.rows("second/truth/episodes") if one["purpose"] == "divert"
    ]
    assert [diverted in one["holds"] for one in scored] == strong
    assert len(scored) == 3
    assert [one["causes"][0].split()[-1] for one in scored].count("occasion") == 1
    assert "only the one meant to divert *stands out*" in drill.words
    first, *_ = sorted(drill.rows("second-briefing/tables/episodes"), key=lambda one: one["first_local"])
    day = datetime.fromisoformat(first["first_local"])
    assert f"so day {(day.date() - date(2025, 11, 3)).days} of this one is {day.day} {day:%B}" in drill.words


def test_the_notes_of_the_second_round_are_as_the_trainer_is_told(drill: Walk) -> None:
    (export,) = (drill.place / "out" / "second" / "streams" / "incident").glob("*.csv")
    with export.open(encoding="utf-8", newline="") as lines:
        notes = {row["Log Ref"]: row["Log Text"] for row in csv.DictReader(lines)}
    truth = drill.rows("second/truth/incidents")
    bangs = [notes[str(one["incident_id"])] for one in truth if one["cause"] == "occasion"]
    assert len(bangs) == 8
    assert all(re.search("bang", note, re.I) for note in bangs)
    harassing = [
        notes[str(one["incident_id"])]
        for one in truth
        if one["cause"] == "episode" and one["purpose"] == "harass"
    ]
    told = [note for note in harassing if note]
    assert len(set(told)) == len(told) >= 4
    (stealth,) = [one["stealth"] for one in drill.rows("second/truth/episodes") if one["purpose"] == "harass"]
    assert f"as other incidents have them (*{stealth}*)" in drill.words


def test_every_seed_of_the_drill_has_its_evenings_in_one_order(drill: Walk) -> None:
    scenario = load_scenario("control-room-drill")
    began = scenario.first_day
    days = [*(one.day for one in scenario.bogus), *(one.day for one in scenario.occasion)]
    assert [one.purpose for one in scenario.bogus] == ["divert", "harass"]
    when = [began + timedelta(days=day) for day in days]
    assert (
        f"the diversion on {when[0].day} {when[0]:%B}, the harassment on the {when[1].day}th, the innocent"
        f" evening on the {when[2].day}nd"
    ) in drill.words


def test_in_a_quiet_year_everything_that_is_told_is_wrong_and_the_page_does_not_insist(drill: Walk) -> None:
    facts = drill.facts("quiet-briefing")["credibility"]["episodes"]
    assert drill.rows("quiet/truth/episodes") == []
    assert facts["strong"] == 0
    chance = round(facts["expected_false_per_30_days"] * facts["days"] / 30)
    assert (
        f"The page shows {facts['found']} episodes and says that chance alone would bring about {chance} in"
        f" these {facts['days']} days."
    ) in drill.words
