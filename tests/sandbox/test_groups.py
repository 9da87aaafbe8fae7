"""Groups, known by letters, and those whom they use: drawn in by four stories, in roles that are dated and
can be double.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from lippen.sandbox import Intervention, Scenario, make_world
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.roles import ROLES, STORIES
from lippen.sandbox.streams import records

BURGHS = range(60)


@pytest.fixture(scope="module")
def worlds():
    return [make_world(which, Scenario(), 365, 1) for which in BURGHS]


def roles_of(world):
    """The roles of the truth, as rows."""
    return records.draw(world, False).truth["roles"].to_pylist()


@pytest.fixture(scope="module")
def told(worlds):
    """The roles of each of `worlds`."""
    return [roles_of(world) for world in worlds]


def test_groups_are_known_by_letters_and_each_has_its_own_people(worlds, told):
    for world, roles in zip(worlds[:3], told, strict=False):
        letters = world.groups.letters
        assert len(letters) == world.scenario.groups
        assert all(len(one) == 1 and one.isupper() for one in letters)
        leaders = Counter(row["group"] for row in roles if row["role"] == "leader")
        assert leaders == dict.fromkeys(letters, 1)


def test_recruits_are_young_and_come_by_the_four_stories_in_the_shares_of_the_model(worlds):
    """The four stories are those of Fraser and others 2018, chapter 4; their shares are assumed."""
    assert STORIES == ("poverty", "family", "boredom", "flash cars")
    stories, ages = [], []
    for world in worlds:
        roles = world.groups.roles
        drawn_in = (roles.role == ROLES.index("exploited")) & (roles.story >= 0)
        stories.append(roles.story[drawn_in])
        ages.append(world.people.age[roles.person[drawn_in]])
    stories, ages = np.concatenate(stories), np.concatenate(ages)
    assert len(stories) / len(worlds) == pytest.approx(number("groups.recruits"), rel=0.15)
    counts = np.bincount(stories, minlength=len(STORIES))
    assert chisquare(counts, np.array(numbers("groups.stories")) * len(stories)).pvalue > 0.001
    limits = by_name("groups.ages")
    assert ages.min() >= limits["young_from"]
    assert ages.max() < limits["young_to"]


def test_roles_are_dated_and_somebody_can_be_exploited_and_exploiting_at_once(told):
    recruited = both = 0
    for rows in told[:10]:
        exploited = {row["person"]: row for row in rows if row["role"] == "exploited" and row["story"]}
        recruited += len(exploited)
        for row in rows:
            assert row["since"] is None or row["until"] is None or row["since"] < row["until"]
            if row["role"] == "exploiting" and row["story"]:
                first = exploited[row["person"]]
                assert first["since"] < row["since"]
                assert first["until"] is None or row["since"] < first["until"]
                both += 1
    # Whoever turns after the last day is not in the truth yet.
    assert 0.6 * number("groups.also_exploiting") < both / recruited < 1.1 * number("groups.also_exploiting")


def test_what_is_owed_holds_people_for_longer_and_on_average_as_long(worlds, told):
    owed, lasts = [], []
    for world, rows in zip(worlds, told, strict=True):
        roles = world.groups.roles
        drawn_in = (roles.role == ROLES.index("exploited")) & (roles.story >= 0)
        owed.append(roles.debt_gbp[drawn_in])
        lasts.append((roles.until - roles.since)[drawn_in])
        debts = {row["debt_gbp"] for row in rows if row["role"] == "exploited" and row["story"]}
        assert debts <= set(roles.debt_gbp[drawn_in].tolist())
        assert not any(row["debt_gbp"] for row in rows if row["story"] is None)
    owed, lasts = np.concatenate(owed), np.concatenate(lasts)
    assert np.median(owed) == pytest.approx(np.exp(by_name("groups.debt")["log_mean"]), rel=0.1)
    used = by_name("groups.recruit_days")
    longer = lasts - used["least"]
    assert longer.min() >= 0
    assert longer.mean() == pytest.approx(used["more"], rel=0.12)
    most, least = (owed >= np.quantile(owed, 0.75)), (owed <= np.quantile(owed, 0.25))
    assert longer[most].mean() > 1.4 * longer[least].mean()


def test_nobody_exploits_others_who_was_kept_from_being_drawn_in(told):
    kept_out = 0
    ended = Intervention("counter_story", -400, end=60)  # who would have turned later, turned after it
    for which, without in zip(BURGHS, told, strict=True):
        roles = roles_of(make_world(which, Scenario(intervention=(ended,)), 365, 1))
        drawn_in = {row["person"] for row in roles if row["role"] == "exploited" and row["story"]}
        assert {row["person"] for row in roles if row["role"] == "exploiting" and row["story"]} <= drawn_in
        kept_out += sum(row["role"] == "exploiting" for row in without)
        kept_out -= sum(row["role"] == "exploiting" for row in roles)
    assert kept_out > 10


def test_a_counter_story_keeps_out_its_share_once_it_has_taken_hold(worlds):
    kept_out = after = 0
    story = Intervention("counter_story", -365)
    for world in worlds:
        roles = world.groups.roles
        with_it = make_world(world.burgh, Scenario(intervention=(story,)), 365, 1)
        drawn_in = (roles.story >= 0) & (roles.role == ROLES.index("exploited"))
        kept_out += (drawn_in & ~with_it.recruited).sum()
        after += drawn_in.sum()
    share = number("intervention.counter_story.recruitment")
    assert abs(kept_out / after - share) < 4 * np.sqrt(share * (1 - share) / after)
