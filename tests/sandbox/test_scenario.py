"""Scenarios: six ship, each loads; what cannot be meant is refused with the file, the key and the remedy."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.errors import LippenError
from lippen.sandbox import (
    Intervention,
    Scenario,
    ScenarioError,
    draw_streams,
    load_scenario,
    make_world,
    parse_scenario,
    scenario_names,
    write_sandbox,
)
from lippen.sandbox.place import TYPES, burgh
from lippen.sandbox.scenario import PURPOSES, Bogus


def test_six_scenarios_ship():
    assert scenario_names() == (
        "amateur-production",
        "bogus-calls",
        "control-room-drill",
        "homes-taken-over",
        "line-arrives",
        "quiet-year",
    )


@pytest.mark.parametrize("name", scenario_names())
def test_each_shipped_scenario_can_be_drawn(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title
    assert make_world(0, scenario, 90, 1).activity.shape == (32, 90)


def test_what_a_file_leaves_out_keeps_the_ordinary_value():
    scenario = parse_scenario("episodes_per_year = 2", Path("mine.toml"))
    assert scenario.episodes_per_year == 2
    assert scenario.name == "mine"
    assert scenario.homes_per_year == Scenario().homes_per_year


def test_a_file_may_set_interventions_and_take_the_false_trends_away():
    text = """
        false_trend = []
        [[intervention]]
        kind = "joint_visits"
        start = 100
        areas = ["Carsemuir"]
    """
    scenario = parse_scenario(text, Path("x.toml"))
    assert scenario.false_trend == ()
    assert scenario.intervention == (Intervention("joint_visits", 100, ("Carsemuir",)),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("episods_per_year = 3", "Did you mean `episodes_per_year`?"),
        ("groups = 0", "`groups` must be between 1 and 8"),
        ("groups = 2.5", "`groups` must be a whole number"),
        ("harm = true", "`harm` must be a number"),
        ("harm = nan", "`harm` must be between"),
        ("first_day = 'soon'", "`first_day` must be a day"),
        ("first_day = 1066-01-01", "between 1990 and 2099"),
        ("stealths = ['S9']", "`stealths` must be among S0"),
        ("worst_month_better_off = 1", "must be true or false"),
        ("[[intervention]]\nkind = 'magic'\nstart = 1", "must be one of safe_reporting"),
        ("[[intervention]]\nkind = 'joint_visits'", "`intervention[0].start` is missing"),
        ("[[false_trend]]\nkind = 'school_term'\nstart = 9\nend = 9", "not after its start"),
        ("[intervention]\nkind = 'joint_visits'", "Write it as [[intervention]]"),
        ("[[bogus]]\nday = 3\nsize = 2", "`bogus[0].size` must be between 3 and 40"),
        ("name = 3", "`name` must be a text"),
        ("a = = 3", "not valid TOML"),
        ('harm = 1\n[[bogus]]\nday = 3\n\n[[bogus]]\nday = "soon"', "mine.toml, line 6: `bogus[1].day`"),
        ("[[bogus]]\nday = 3\n[[bogus]]\nhour = 3", "mine.toml, line 3: `bogus[1].day` is missing"),
        ("bogus = [{ day = 3, size = 99 }]", "line 1: `bogus[0].size` must be between 3 and 40"),
        ("harm = true", "It is true now."),
        ("harm = [1, 'a']", 'It is [1, "a"] now.'),
        ("groups = 2024-05-06", "It is 2024-05-06 now."),
        ("harm = { a = 1 }", "It is a table now."),
        (
            "[[bogus]]\nday = 3\npurpose = 'harass'\ntarget = 'Gowanlaw'",
            "line 4: `bogus[0].target` says where something is done meanwhile, and the purpose is to harass. "
            'Leave out `target`, or write purpose = "divert".',
        ),
        ("[[bogus]]\nday = 3\nhour = 23\nstealth = 'S4'", "line 3: `bogus[0].hour` cannot hold"),
        ("[[bogus]]\nday = 3\nhour = 23", "`bogus[0].hour` cannot hold"),
    ],
)
def test_what_cannot_be_meant_names_the_file_the_key_and_the_remedy(text, says):
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text, Path("mine.toml"))
    assert "mine.toml" in str(refused.value)
    assert says in str(refused.value)


def test_an_area_that_is_nowhere_is_refused_with_those_that_are_known():
    scenario = parse_scenario(
        "[[surge]]\nstart = 1\nend = 9\nareas = ['Atlantis']\ntimes = 2.0", Path("x.toml")
    )
    with pytest.raises(ScenarioError, match=r"Atlantis.*Gowanlaw"):
        make_world(0, scenario, 30, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[bogus]]\nday = 3\nlarger = 'X01000001'", "`bogus[0].larger` is the small area X01000001"),
        ("[[bogus]]\nday = 3\nlarger = 'all'", "`bogus[0].larger` is everywhere"),
        ("[[bogus]]\nday = 3\ntarget = 'all'", "`bogus[0].target` is everywhere"),
        ("[[occasion]]\nday = 3\nhour = 3\ncalls = 4\nlarger = 'all'", "`occasion[0].larger` is everywhere"),
        ("[[bogus]]\nday = 3\nlarger = 'Carsemuir'\ntarget = 'Carsemuir'", "diverts to Carsemuir"),
        ("[[bogus]]\nday = 3\nlarger = 'scheme'\ntarget = '{code}'", "diverts to {code}"),
    ],
)
def test_an_area_that_would_be_taken_for_another_is_refused(text, says, tmp_path):
    place = burgh(0)
    code = place.codes[int(np.flatnonzero(place.larger_of == TYPES.index("scheme"))[0])]
    scenario = parse_scenario(text.replace("{code}", code), Path("x.toml"))
    with pytest.raises(ScenarioError) as refused:
        write_sandbox(tmp_path / "out", days=30, scenario=scenario)
    assert says.replace("{code}", code) in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_what_an_episode_is_said_to_be_it_is():
    place = burgh(0)
    for seed in range(12):  # what is left out is drawn otherwise under each
        for target in (place.larger_names[1], place.codes[4]):
            scenario = Scenario(
                episodes_per_year=0, stealths=("S0",), bogus=(Bogus(day=9, hour=23, target=target),)
            )
            planned = make_world(0, scenario, 30, seed).groups.episodes
            assert PURPOSES[planned.purpose[0]] == "divert"
            assert planned.second[0] // 3600 == 23
            (aim,) = planned.target
            assert target in (place.codes[aim], place.larger_names[place.larger_of[aim]])
            assert planned.larger[0] != place.larger_of[aim]


def test_a_town_without_harm_has_no_worst_month():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        world = make_world(0, Scenario(harm=0.0), 90, 1)
        assert world.worst_month is None
        assert draw_streams(world)["incident"].rows.num_rows > 0


def test_a_scenario_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ScenarioError, match="quiet-year"):
        load_scenario("no-such-thing")


@given(st.text(max_size=200))
def test_any_text_is_a_scenario_or_is_refused(text):
    said = "x.toml"
    try:
        parse_scenario(text, Path("x.toml"))
    except LippenError as refused:
        said = str(refused)
    assert "x.toml" in said
