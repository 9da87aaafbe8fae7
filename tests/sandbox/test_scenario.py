"""Scenarios: six ship, each loads; what cannot be meant is refused with the file, the key and the remedy."""

from __future__ import annotations

import json
import re
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
from lippen.sandbox.compare import compare
from lippen.sandbox.place import TYPES, burgh
from lippen.sandbox.scenario import PURPOSES, Bogus, Surge, keys_of
from lippen.sandbox.scenario_text import line_of


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
        ("stealths = []", '`stealths` must be a list of texts, such as ["S0"]'),
        ("worst_month_better_off = 1", "must be true or false"),
        ("[[intervention]]\nkind = 'magic'\nstart = 1", "must be one of safe_reporting"),
        ("[[intervention]]\nkind = 'joint_visits'", "`intervention[0].start` is missing"),
        ("[[false_trend]]\nkind = 'school_term'\nstart = 9\nend = 9", "not after its start"),
        ("[intervention]\nkind = 'joint_visits'", "Write it as [[intervention]]"),
        ("[[bogus]]\nday = 3\nsize = 2", "`bogus[0].size` must be between 3 and 40"),
        ("name = 3", "`name` must be a text"),
        ("harm = 1\na = = 3", "mine.toml, line 2: the scenario is not valid TOML: Invalid value. Text"),
        ("harm = 1\nharm = 2", "Cannot overwrite a value. Write each key and each table once"),
        (f"harm = {'9' * 5000}", "int_max_str_digits"),
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
    assert re.match(r"mine\.toml, line \d+: ", str(refused.value))
    assert refused.value.remedy
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "{} = 1",
        "harm = '{}'",
        "stealths = ['{}', 'S9']",
        "[[surge]]\nstart = 1\ntimes = 2.0\nend = 9\nareas = ['{}']",
        "[[bogus]]\n{} = 3",
    ],
    ids=["a key", "a text", "a list", "an area", "a key of a part"],
)
def test_what_is_long_is_quoted_by_its_beginning(text):
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text.format("x" * 100_000), Path("mine.toml"))
    assert "x" * 40 in str(refused.value)
    assert "…" in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[[surge]]\nstart = 1\nend = 9\nareas = ['Carsemuir', 'Atlantis']\ntimes = 2.0",
            "line 4: `surge[0].areas`: there is no area 'Atlantis' in any burgh. Name a code (X01...), all",
        ),
        (
            "[[production]]\nstart = 1\nend = 9\narea = 'Atlantis'",
            "line 4: `production[0].area`: there is no",
        ),
        ("[[bogus]]\nday = 3\nlarger = 'X01000001'", "line 3: `bogus[0].larger` is the small area X01000001"),
        ("[[bogus]]\nday = 3\nlarger = 'all'", "line 3: `bogus[0].larger` is everywhere"),
        ("[[bogus]]\nday = 3\ntarget = 'all'", "line 3: `bogus[0].target` is everywhere"),
        (
            "occasion = [\n  { day = 3, hour = 3, calls = 4, larger = 'Gowanlaw' },\n"
            "  { day = 3, hour = 3, calls = 4, larger = 'all' },\n]",
            "line 3: `occasion[1].larger` is everywhere",
        ),
        (
            "[[bogus]]\nday = 3\nlarger = 'Carsemuir'\ntarget = 'Carsemuir'",
            "line 4: `bogus[0]` diverts to Cars",
        ),
        ("[[bogus]]\nday = 3\nlarger = 'scheme'\ntarget = '{code}'", "line 4: `bogus[0]` diverts to {code}"),
    ],
)
def test_an_area_that_is_nowhere_or_would_be_taken_for_another_is_refused_where_it_stands(text, says):
    place = burgh(0)
    code = place.codes[int(np.flatnonzero(place.larger_of == TYPES.index("scheme"))[0])]
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text.replace("{code}", code), Path("x.toml"))
    assert f"x.toml, {says.replace('{code}', code)}" in str(refused.value)


def test_what_only_the_days_or_the_burghs_rule_out_is_refused_where_it_stands_too(tmp_path):
    late = parse_scenario("harm = 1\n\n[[bogus]]\nday = 40", Path("x.toml"))
    far = parse_scenario("[[surge]]\nstart = 1\nend = 9\ntimes = 2\nareas = ['X01000064']", Path("x.toml"))
    for scenario, says in (
        (
            late,
            "x.toml, line 4: `bogus[0].day` is day 40, and the last day that is made is day 29. Give --da",
        ),
        (far, "x.toml, line 5: `surge[0].areas`: X01000064 does not lie in Invermarrow. Make more"),
    ):
        with pytest.raises(ScenarioError) as refused:
            write_sandbox(tmp_path / "out", days=30, scenario=scenario)
        assert says in str(refused.value)
    with pytest.raises(ScenarioError, match=r"x\.toml, line 5: .* does not lie in Invermarrow"):
        compare(far, 30, 1, (Intervention("joint_visits", 3),))
    assert list(tmp_path.iterdir()) == []
    write_sandbox(tmp_path / "nation", "nation", days=2, scenario=far, burghs=2, workers=1, texts=False)


def test_a_scenario_that_was_read_from_no_file_is_refused_by_its_keys(tmp_path):
    with pytest.raises(ScenarioError) as refused:
        write_sandbox(tmp_path / "out", scenario=Scenario(surge=(Surge(1, 9, ("Atlantis",), 2.0),)))
    assert str(refused.value).startswith("`surge[0].areas`: there is no area 'Atlantis' in any burgh. Name")


def test_where_a_scenario_was_read_changes_nothing_that_is_made(tmp_path):
    read = parse_scenario("name = 'ordinary'\n# a word that nobody else needs", Path("mine.toml"))
    assert read == Scenario()
    assert read.with_interventions().read_from == read.read_from
    for name, scenario in (("read", read), ("said", Scenario())):
        write_sandbox(tmp_path / name, days=3, scenario=scenario)
    read_facts, said_facts = ((tmp_path / name / "sandbox.json").read_bytes() for name in ("read", "said"))
    assert read_facts == said_facts
    assert list(json.loads(read_facts)["scenario"]) == sorted(one.name for one in keys_of(Scenario))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("harm", 2),
        ("title", 3),
        ("groups", 6),
        ("bogus[0].day", 9),
        ("bogus[0].hour", 9),
        ("bogus[1].day", 12),
        ("bogus[1].larger", 13),
        ("bogus[2].size", 15),
        ("surge[0].areas", 20),
        ("surge[1].start", 27),
        ("surge[1].times", 26),
        ("surge", 17),
        ("bogus", 8),
        ("lines", None),
        ("no such key", None),
    ],
)
def test_the_line_of_a_key_is_found_however_it_is_written(key, line):
    text = """# harm = 3
"harm" = 1 # [[bogus]]
title = '''
lines = 9
[[surge]] '''
groups = 2

bogus = [ # { day = 1 }
  { day = 3, stealth = "S0", hour = 4 },
  # { day = 5 },
  {
    day = 4,
    larger = "a } ] {",
  },
  { day = 6, "size" = 9 } ]

[[surge]]
start = 1
end = 9
areas = [
  "Carsemuir", # areas = 3
  ["harbour"],
]
times = 2.0

[[ surge ]]  # the second
  start=3
"""
    assert line_of(text, key) == line


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


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b"], ids=["too long for any file", "a NUL"])
def test_what_names_no_file_is_said(name: str) -> None:
    with pytest.raises(ScenarioError, match=r"no name of a file|no such scenario"):
        load_scenario(name)
