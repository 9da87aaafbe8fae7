"""How many planted campaigns come to light, how soon, and how often the search is wrong.

Campaigns are planted into the real later period, a few at a time, and searched for exactly as a briefing
searches, with the threshold that chance sets. Plain rules see the same plantings; each is held to the same
budget of false episodes on the same shuffled streams, and its settings are then chosen with hindsight, by
recall itself, which is more than any rule gets in use.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from lippen.credibility.campaigns import draw_campaigns, spread_out
from lippen.credibility.chance import THREADS, Chance
from lippen.credibility.expected import learn_rates
from lippen.credibility.features import collect_features, day_number
from lippen.credibility.planting import LEAST_HELD, Planting, held_by, numbered, plant
from lippen.credibility.recall import Evaluation, Tried, put_together
from lippen.credibility.rules import Rule, all_rules, that_count
from lippen.credibility.scan import Cluster, find_clusters, join_clusters
from lippen.credibility.searched import Searched, chance_of, collect_texts, searched_stream
from lippen.credibility.settings import AssessmentError, Settings
from lippen.credibility.stream import Stream, part, shuffled
from lippen.engine import Engine
from lippen.progress import Stages

Ints = NDArray[np.int64]

ROUNDS = 10
RULE_REPLICATES = 10
REACH_S = 8 * 3600
"""An episode's evidence looks no further than this to either side."""


def evaluate(
    incidents: ibis.Table, engine: Engine, settings: Settings, stages: Stages, rounds: int = ROUNDS
) -> Evaluation:
    """Plant campaigns into the days from `settings.since` on and measure how many are found.

    `incidents` has the columns of the kind `incident`; `rounds` campaigns of each of 5 stealths, 4 sizes,
    busy or quiet hour, with or without an attack elsewhere. Raises AssessmentError when there is too little
    to learn from, to measure on or to search, or when the budget is finer than the days can tell.
    """
    since = settings.first_day()
    with stages.stage("learn what is normal"):
        features = collect_features(incidents, engine, since)
        rates = learn_rates(features, day_number(since), settings.seed)
        searched = searched_stream(features, rates, engine, incidents)
    if searched is None:
        raise AssessmentError(
            "too few incidents with an outcome have a place",
            remedy="Bring an export with coordinates, or places that other rows give coordinates for.",
        )
    with stages.stage("measure chance", settings.replicates) as stage:
        chance = chance_of(searched, settings, stage.advance)
    with stages.stage("plant campaigns") as stage:
        drawn = draw_campaigns(searched.stream, rounds, settings.seed)
        texts = collect_texts(features, searched.stream.row, engine, incidents)
        with_text = texts.null_count < len(texts)
        plantings = [
            plant(searched, chosen, texts if with_text else None, engine, settings.seed + number)
            for number, chosen in enumerate(spread_out(drawn, chance.days))
        ]
        stage.advance(len(drawn))
    with stages.stage("look for them", len(plantings)) as stage:
        found = _in_turn(lambda one: _found(one, searched, chance), plantings, stage.advance)
    with stages.stage("time them") as stage:
        latency = [_latency(one, hits, searched, chance) for one, hits in zip(plantings, found, strict=True)]
    with stages.stage("try the plain rules") as stage:
        tried = _tried(searched, chance, plantings, settings, numbered(texts), stage.advance)
    unaltered = find_clusters(searched.stream, searched.background, searched.copies.evidence)
    return put_together(
        plantings,
        found,
        latency,
        tried,
        chance,
        settings,
        len(_told_clusters(searched.stream, unaltered, chance)),
        with_text,
    )


def _in_turn(work: Callable[[Any], Any], tasks: list[Any], advance: Callable[[int], None]) -> list[Any]:
    """Results in the order of the tasks, on every core; `advance` hears of each."""
    done = []
    with ThreadPoolExecutor(THREADS) as pool:
        for result in pool.map(work, tasks):
            done.append(result)
            advance(1)
    return done


def _told_clusters(stream: Stream, clusters: list[Cluster], chance: Chance) -> list[Cluster]:
    return join_clusters(stream, [one for one in clusters if one.score > chance.threshold])


def _found(planting: Planting, searched: Searched, chance: Chance) -> set[int]:
    clusters = find_clusters(planting.stream, searched.background, searched.copies.evidence)
    told = _told_clusters(planting.stream, clusters, chance)
    return held_by(planting.stream, [one.members for one in told], planting.campaigns)


def _latency(
    planting: Planting, found: set[int], searched: Searched, chance: Chance
) -> dict[int, tuple[int, float]]:
    """For each campaign found: incidents and minutes from its first until it would have been found.

    Outcomes are known only once an incident is closed, so this counts from the incidents and not from the
    clock.
    """
    result = {}
    s = planting.stream
    for number in found:
        one = planting.campaigns[number]
        near = (s.at_s >= one.at_s[0] - REACH_S) & (s.at_s <= one.at_s[-1] + REACH_S)
        whole = part(s, near)
        for n in range(LEAST_HELD, one.size + 1):
            until = int(one.at_s[n - 1])
            clusters = find_clusters(
                part(whole, whole.at_s <= until), searched.background, searched.copies.evidence
            )
            told = [c.members for c in clusters if c.score > chance.threshold]
            if number in held_by(whole, told, planting.campaigns) or n == one.size:
                result[number] = (n, (until - int(one.at_s[0])) / 60)
                break
    return result


def _tried(
    searched: Searched,
    chance: Chance,
    plantings: list[Planting],
    settings: Settings,
    words: Ints,
    advance: Callable[[int], None],
) -> list[Tried]:
    """Each rule at its best setting among those that keep to the budget on the shuffled streams.

    `words` numbers the texts of the real stream, -1 for none.
    """
    seeds = np.random.SeedSequence(settings.seed).spawn(RULE_REPLICATES)
    moved = [shuffled(searched.stream, searched.start_s, np.random.default_rng(seed)) for seed in seeds]
    # Twenty thousand times a rule looks at a stream: each is cut once to what rules count.
    quiet = [part(one, that_count(one)) for one in moved]
    # Each incident keeps its words when it is moved; rows of the stream are in order.
    quiet_words = [words[np.searchsorted(searched.stream.row, one.row)] for one in quiet]
    planted = [
        Planting(one.campaigns, part(one.stream, that_count(one.stream)), one.words[that_count(one.stream)])
        for one in plantings
    ]

    def try_one(rule: Rule) -> Tried | None:
        false = 0
        for stream, its_words in zip(quiet, quiet_words, strict=True):
            false += len(rule.groups(stream, its_words))
            if false / RULE_REPLICATES / chance.days * 30 > settings.budget:
                return None
        held = [held_by(one.stream, rule.groups(one.stream, one.words), one.campaigns) for one in planted]
        return Tried(rule, false / RULE_REPLICATES / chance.days * 30, _recall(planted, held), held)

    best: dict[str, Tried] = {}
    for tried in _in_turn(try_one, list(all_rules(with_text=bool((words >= 0).any()))), advance):
        if tried is not None and (tried.rule.name not in best or tried.recall > best[tried.rule.name].recall):
            best[tried.rule.name] = tried
    return sorted(best.values(), key=lambda one: (-one.recall, one.rule.name))


def _recall(plantings: list[Planting], held: list[set[int]]) -> float:
    outcomes = [
        number in found
        for one, found in zip(plantings, held, strict=True)
        for number, campaign in enumerate(one.campaigns)
        if campaign.stealth != "S4"
    ]
    return float(np.mean(outcomes)) if outcomes else 0.0
