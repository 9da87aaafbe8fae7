"""The drill of a control room as trainee and trainer meet it: every figure of its pages comes of a run."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lippen.briefing import write_briefing
from lippen.credibility import Settings
from lippen.progress import Stages
from lippen.sandbox import load_scenario, write_sandbox
from lippen.signals import load_mapping
from walked import NUMBERS, Walk, assert_prints_what_the_page_says, given, tutorial, walk

STRONG = 0.05


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    place = tmp_path_factory.mktemp("drill")
    return walk(tutorial("drill") + tutorial("drill-answers"), place / "drill")


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
    assert list(same.values()) == [6]
    assert "six calls with the very same note (*S0*)" in drill.words
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
    assert set(kinds) == {"HOUSEBREAKING"}
    assert f"The page named {named}, where {len(kinds)} housebreakings were done meanwhile." in drill.words


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
    made = {15: shown(out / "drill", out / "drill-briefing")}
    for seed in (4, 8, 9):
        town = tmp_path / f"town-{seed}"
        write_sandbox(town, days=120, seed=seed, scenario=load_scenario("control-room-drill"))
        log, page = town / "streams" / "incident", tmp_path / f"page-{seed}"
        settings = Settings(since=date(2026, 2, 1))
        write_briefing(log, page, load_mapping(log / "mapping.toml"), settings, Stages(quiet=True))
        made[seed] = shown(town, page)
    said = re.findall(r"\| (\d+) \| ((?:\w[^|]+ \| ){2}\w[^|]+) \|", drill.words.split("| `--seed` |")[1])
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
