"""The place, its people and their days: the margins that are published, and what an intervention may move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.sandbox import Intervention, Scenario, make_world
from lippen.sandbox.chance import YEAR
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import number, numbers
from lippen.sandbox.people import AGE_BANDS, fit_margins
from lippen.sandbox.place import AREAS, NATION, TYPES, burgh
from lippen.sandbox.roles import NEVER
from lippen.sandbox.scenario import FALSE_TRENDS, INTERVENTIONS, Bogus, FalseTrend, NewLine, Surge

SEEDS = (1, 2, 3)
DAILY = ("activity", "fear", "trust", "reporting", "affected")


def over_residents(world, values):
    return float(np.average(values.mean(axis=1), weights=world.place.residents))


def by_larger_area(world, values):
    residents, larger = world.place.residents, world.place.larger_of
    return np.array(
        [
            np.average(values[larger == one], axis=0, weights=residents[larger == one])
            for one in range(len(TYPES))
        ]
    )


def test_small_and_larger_areas_have_the_sizes_of_data_and_intermediate_zones():
    # statistics.gov.scot: data zones have 500-1,000 residents, intermediate zones 2,500-6,000.
    for which in (0, 1, NATION - 1):
        place = burgh(which)
        assert place.areas == AREAS == 32
        assert place.residents.min() >= 500
        assert place.residents.max() <= 1000
        larger = np.bincount(place.larger_of, weights=place.residents)
        assert larger.min() >= 2500
        assert larger.max() <= 6000


def test_the_nation_has_5_4_million_residents_in_about_7000_small_areas():
    places = [burgh(which) for which in range(NATION)]
    assert sum(place.residents.sum() for place in places) == pytest.approx(5.4e6, rel=0.01)
    assert sum(place.areas for place in places) == pytest.approx(7000, rel=0.01)
    codes = [code for place in places for code in place.codes]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("X01") for code in codes)


def test_every_area_has_strengths_and_a_neighbour():
    for which in (0, 7):
        place = burgh(which)
        assert place.strength.min() > 0.2
        assert place.borders.any(axis=1).all()
        assert (place.borders == place.borders.T).all()
        assert not place.borders.diagonal().any()


def test_a_place_is_the_same_under_every_seed():
    one, other = make_world(3, Scenario(), 30, 1), make_world(3, Scenario(), 30, 2)
    assert one.place is other.place
    assert not np.array_equal(one.activity, other.activity)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_in_ten_is_affected_within_three_years(seed):
    # Public Perceptions of Organised Crime in Scotland, 2013 and 2017: 10 %.
    world = make_world(0, Scenario(), 365, seed)
    assert over_residents(world, world.affected) == pytest.approx(0.10, abs=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_trust_is_at_the_published_level_and_spreads_by_about_twelve_points(seed):
    # Scottish Crime and Justice Survey 2023/24: 45 %; 2014/15: divisions from 53 to 65 %.
    world = make_world(0, Scenario(), 365, seed)
    assert over_residents(world, world.trust) == pytest.approx(0.45, abs=0.02)
    level = by_larger_area(world, world.trust).mean(axis=1)
    assert level.max() - level.min() == pytest.approx(0.12, abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_less_is_told_in_the_embedded_areas(seed):
    world = make_world(0, Scenario(), 365, seed)
    told = by_larger_area(world, world.reporting).mean(axis=1)
    embedded = [TYPES.index("scheme"), TYPES.index("tenements")]
    others = np.delete(told, embedded)
    assert others.mean() - told[embedded].mean() == pytest.approx(0.33, abs=0.08)


@pytest.mark.parametrize("seed", SEEDS)
def test_calls_meant_to_harass_frighten_people_where_they_are_about_and_less_is_told(seed):
    harass = Bogus(60, size=6, stealth="S0", purpose="harass", larger="Carsemuir")
    without, with_it = (
        make_world(0, Scenario(episodes_per_year=0, bogus=bogus), 120, seed) for bogus in ((), (harass,))
    )
    there = without.place.larger_of == without.place.larger_names.index("Carsemuir")
    assert np.array_equal(with_it.activity, without.activity)
    for name in ("fear", "reporting"):
        before, after = getattr(without, name), getattr(with_it, name)
        assert np.array_equal(before[~there], after[~there])
        assert np.array_equal(before[:, :60], after[:, :60])
    more = with_it.fear[there] - without.fear[there]
    assert (np.diff(more[:, 59:74]) > 0).all()  # it grows for a fortnight, and is forgotten bit by bit
    assert (np.diff(more[:, 74:]) < 0).all()
    assert (with_it.reporting[there, 60:] < without.reporting[there, 60:]).all()


def test_supply_leaves_a_channel_that_is_pressed_for_the_others():
    pressed = 0
    for which in range(6):
        world = make_world(which, Scenario(), 365, 1)
        lines = world.groups.lines
        for line in np.flatnonzero((lines.pressed_on > 1) & (lines.pressed_on < world.days)):
            day, channel = lines.pressed_on[line], lines.pressed_channel[line]
            share = world.channels[lines.reach[line] > 0][:, :, day - 2 : day + 1]
            # What a day brings by itself is the drift, which the day before shows.
            by_drift, moved = np.diff(share, axis=2).transpose(2, 0, 1)
            more = moved - by_drift
            assert (more[:, channel] < 0).all(), CHANNELS[channel]
            assert (np.delete(more, channel, axis=1) > 0).all()
            pressed += 1
    assert pressed > 3


def test_a_line_is_pressed_on_a_day_of_its_own():
    pressed = partly = 0
    for which in range(40):
        lines = make_world(which, Scenario(lines=20), 365, 1).groups.lines
        on = np.flatnonzero(lines.pressed_on < NEVER)
        assert (lines.pressed_on >= np.maximum(lines.start, 0))[on].all()
        assert (lines.pressed_on < np.minimum(lines.end, 365))[on].all()
        pressed += len(on)
        partly += ((lines.start > 0) | (lines.end < 365))[on].sum()
    assert pressed == pytest.approx(40 * 20 * number("groups.line_pressed"), rel=0.1)
    assert partly > 100


def test_channels_go_by_the_lines_that_are_there_on_the_day():
    lean = np.array(numbers("groups.channel_lean"))[:, None]
    drift = np.array(numbers("world.channel_drift"))[:, None] * np.arange(365) / YEAR
    of_no_line = np.exp(lean + drift) / np.exp(lean + drift).sum(axis=0)
    none = steps = 0
    for which in range(12):
        world = make_world(which, Scenario(), 365, 1)
        lines, day = world.groups.lines, np.arange(365)
        on = (lines.start[:, None] <= day) & (day < lines.end[:, None])
        reached = ((lines.reach > 0)[:, :, None] & on[:, None, :]).any(axis=0)
        free = world.channels.transpose(0, 2, 1)[~reached]
        assert free == pytest.approx(of_no_line.T[np.nonzero(~reached)[1]])
        none += len(free)
        for line in np.flatnonzero(lines.start > 0):
            moved = np.abs(np.diff(world.channels[:, :, lines.start[line] - 1 : lines.start[line] + 1]))
            steps += (moved.sum(axis=1)[lines.reach[line] > 0.1] > 0.01).sum()
    assert none > 1000
    assert steps > 10
    arrives = Scenario(new_line=(NewLine(60, ("Carsemuir",)),))
    without, with_it = (make_world(0, scenario, 120, 4) for scenario in (Scenario(), arrives))
    there = without.place.larger_of == without.place.larger_names.index("Carsemuir")
    assert np.array_equal(with_it.channels[~there], without.channels[~there])
    assert np.array_equal(with_it.channels[..., :60], without.channels[..., :60])
    assert (np.abs(with_it.channels - without.channels)[there, :, 60:].sum(axis=1) > 0).any(axis=0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_area_holds_a_monopoly_and_the_worst_month_falls_once_in_the_better_off_area(seed):
    world = make_world(0, Scenario(), 365, seed)
    harm = by_larger_area(world, world.activity)
    share = harm.mean(axis=1) / harm.mean(axis=1).sum()
    assert share.max() < 0.30
    assert share.min() > 0.04
    months = harm[:, :360].reshape(len(TYPES), 12, 30).mean(axis=2)
    worst = np.argmax([harm[:, at : at + 30].mean(axis=1) for at in range(336)], axis=1)
    assert TYPES.index("better_off") in worst
    assert (months.argmax(axis=0) == TYPES.index("better_off")).sum() <= 2


def test_harm_is_no_function_of_the_order_of_codes():
    """Over burghs and seeds, the rank of an area's code tells nothing of its harm (|r| below 0.06 where the
    spread by chance is 0.025)."""
    found = []
    for which in range(50):
        activity = make_world(which, Scenario(), 60, 1).activity.mean(axis=1)
        found.append(activity[np.argsort(burgh(which).codes)])
    order = np.tile(np.arange(AREAS), len(found))
    assert abs(np.corrcoef(order, np.concatenate(found))[0, 1]) < 0.06
    assert abs(np.corrcoef(order % 2, np.concatenate(found))[0, 1]) < 0.06


def test_harm_is_no_function_of_the_order_of_the_codes_of_larger_areas():
    """As for small areas: 50 burghs of seven, where the spread by chance is 0.053."""
    found = []
    for which in range(50):
        world = make_world(which, Scenario(), 60, 1)
        harm = by_larger_area(world, world.activity).mean(axis=1)
        codes = world.place.larger_codes
        assert sorted(codes) == [f"X02{which * len(TYPES) + at + 1:06d}" for at in range(len(TYPES))]
        found.append(harm[np.argsort(codes)])
    order = np.tile(np.arange(len(TYPES)), len(found))
    assert abs(np.corrcoef(order, np.concatenate(found))[0, 1]) < 0.16


def test_ages_and_homes_add_up():
    world = make_world(0, Scenario(), 30, 1)
    people = world.people
    assert len(people.home) == pytest.approx(world.place.residents.sum(), rel=0.02)
    assert (np.bincount(people.home, minlength=len(people.home_area)) >= 1).all()
    shares = np.bincount(people.age_band(), minlength=len(AGE_BANDS)) / len(people.home)
    assert 0.10 < shares[0] < 0.22
    assert (people.home_area[people.home] == people.area).all()


def test_a_few_people_bear_much_of_it():
    # Farrell and Pease 1993: 4 % of people suffer about 44 % of victimisations.
    proneness = np.sort(make_world(0, Scenario(), 30, 1).people.proneness)[::-1]
    share = proneness[: len(proneness) // 25].sum() / proneness.sum()
    assert 0.25 < share < 0.55


@given(
    st.lists(st.floats(0.1, 5), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 5), min_size=4, max_size=4),
    st.integers(0, 1000),
)
def test_fitting_keeps_both_margins(rows, columns, seed):
    start = np.random.default_rng(seed).random((3, 4)) + 0.05
    r, c = np.array(rows) / sum(rows), np.array(columns) / sum(columns)
    table = fit_margins(start, r, c, rounds=300)
    assert table.sum(axis=1) == pytest.approx(r, rel=1e-6)
    assert table.sum(axis=0) == pytest.approx(c, rel=1e-6)


@pytest.mark.parametrize("kind", INTERVENTIONS)
@pytest.mark.parametrize("areas", [("Carsemuir",), ("better_off", "X01000003")])
def test_an_intervention_moves_the_truth_in_its_own_areas_from_its_own_day_only(kind, areas):
    without = make_world(0, Scenario(), 200, 4)
    with_it = make_world(0, Scenario(intervention=(Intervention(kind, 90, areas),)), 200, 4)
    place = without.place
    own = np.zeros(place.areas, dtype=bool)
    for name in areas:
        own |= place.type_of == (TYPES.index(name) if name in TYPES else -1)
        own |= np.array(
            [
                name in (code, place.larger_names[of])
                for code, of in zip(place.codes, place.larger_of, strict=True)
            ]
        )
    moved = False
    for name in DAILY:
        before, after = getattr(without, name), getattr(with_it, name)
        assert np.array_equal(before[~own], after[~own])
        assert np.array_equal(before[:, :90], after[:, :90])
        moved |= not np.array_equal(before, after)
    stays = without.taken_to != with_it.taken_to
    reached = own[without.people.home_area[without.groups.homes.home]]
    assert not stays[~reached].any()
    kept_out = without.recruited & ~with_it.recruited
    assert not kept_out[~own[without.people.area[without.groups.roles.person]]].any()
    assert moved


@pytest.mark.parametrize("kind", FALSE_TRENDS)
def test_a_false_trend_moves_nothing_that_is_true(kind):
    without, with_it = (
        make_world(0, Scenario(false_trend=trends), 120, 4) for trends in ((), (FalseTrend(kind, 30, 90),))
    )
    for name in (*DAILY, "channels", "taken_to", "recruited"):
        assert np.array_equal(getattr(without, name), getattr(with_it, name)), name


def test_where_groups_are_more_active_people_are_more_afraid_and_less_is_told():
    surge = Surge(60, 100, ("Carsemuir",), 3.0)
    # The worst month goes by the worst area elsewhere, so it would be worse after such a surge.
    without, with_it = (
        make_world(0, Scenario(worst_month_better_off=False, surge=surges), 120, 2)
        for surges in ((), (surge,))
    )
    there = without.place.larger_of == without.place.larger_names.index("Carsemuir")
    assert (with_it.fear[there, 60:100] > without.fear[there, 60:100]).all()
    assert (with_it.reporting[there, 60:100] < without.reporting[there, 60:100]).all()
    assert np.array_equal(with_it.fear[~there], without.fear[~there])


def test_an_intervention_that_ends_lets_go():
    drive = Intervention("police_drive", 60, ("all",), end=100)
    without = make_world(0, Scenario(), 200, 4)
    with_it = make_world(0, Scenario(intervention=(drive,)), 200, 4)
    share = with_it.activity / without.activity
    assert share[:, 99] == pytest.approx(0.85)
    assert share[:, 120] == pytest.approx(1.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, NATION - 1), st.integers(0, 2**40), st.integers(1, 400))
def test_whatever_the_seed_the_days_stay_within_their_bounds(which, seed, days):
    world = make_world(which, Scenario(), days, seed)
    for name in DAILY:
        values = getattr(world, name)
        assert values.shape == (32, days)
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    for name in ("fear", "trust", "reporting", "affected"):
        assert (getattr(world, name) < 1).all()
    assert world.channels.sum(axis=1) == pytest.approx(1.0)
