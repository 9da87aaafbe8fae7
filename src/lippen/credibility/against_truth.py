"""An assessment of a sandbox, scored against what the sandbox knows.

The incidents are assessed exactly as a briefing assesses them, and only then is the truth looked at: which
true episodes were found, how often an episode was told where there is none, what was said of diversions, and
whether a false trend was taken for harm. Plain rules see the same days; each is held to the same budget on
the same shuffled streams, and its settings are then chosen with hindsight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from lippen.credibility.assessment import Assessment, assess
from lippen.credibility.chance import THREADS, Chance
from lippen.credibility.evaluation import RULE_REPLICATES
from lippen.credibility.expected import learn_rates
from lippen.credibility.fairness import area_groups, fairness_table, garwood
from lippen.credibility.false_trends import FalseEpisode, trends_table
from lippen.credibility.features import collect_features, day_number
from lippen.credibility.planting import numbered
from lippen.credibility.rules import Rule, all_rules, that_count
from lippen.credibility.scored import AgainstTruth, TriedRule, recall_table, rules_table
from lippen.credibility.searched import collect_texts, searched_stream
from lippen.credibility.settings import Settings
from lippen.credibility.stream import part, shuffled
from lippen.credibility.told_and_true import (
    Told,
    diversions_table,
    episodes_table,
    told_episodes,
    told_table,
    true_episodes,
)
from lippen.credibility.truth import Accepted, collect_accepted, held_in, lay_beside
from lippen.engine import Engine
from lippen.measured import wilson
from lippen.progress import Stages


def evaluate_against_truth(
    incidents: ibis.Table,
    engine: Engine,
    settings: Settings,
    stages: Stages,
    truth: Mapping[str, pa.Table],
    refused: int = 0,
    zone: str = "UTC",
) -> AgainstTruth:
    """Assess the days from `settings.since` on as a briefing does, and score what was told.

    `incidents` has the columns of the kind `incident`, `truth` a table for each name in `truth.TRUTH`;
    `refused` is how many rows the import did not take; `zone` is that of the source. Raises AssessmentError
    as `assess` does, and when truth and incidents are not of one sandbox.
    """
    since = settings.first_day()
    with stages.stage("match the truth") as stage:
        accepted = lay_beside(collect_accepted(incidents, engine), truth, since, refused)
        stage.advance(accepted.rows.num_rows)
    assessment = assess(incidents, engine, settings, stages, zone)
    rules: list[TriedRule] = []
    if assessment.facts["episodes"]["found"] is not None:
        with stages.stage("try the plain rules") as stage:
            rules = _plain_rules(incidents, engine, settings, accepted, truth["episodes"], stage.advance)
    return score(assessment, truth, accepted, rules, settings)


def score(
    assessment: Assessment,
    truth: Mapping[str, pa.Table],
    accepted: Accepted,
    rules: Sequence[TriedRule],
    settings: Settings,
) -> AgainstTruth:
    """Lay what was told beside what is true; see `AgainstTruth` for what is given.

    `accepted` comes from `lay_beside` with the same `truth`; `rules` are the plain rules at their best, best
    first. A true episode is found when an episode that was told holds it (`held_in`); an episode that holds
    no true one is false.
    """
    facts, tables = assessment.facts["episodes"], assessment.tables
    told = told_episodes(tables, accepted)
    episodes = true_episodes(truth, accepted, told, rules[0].found if rules else frozenset())
    false = [one for one in told if not one.holds]
    seen = [row for row in episodes if row["stealth"] != "S4"]
    hits = sum(row["found"] for row in seen)
    days = facts["days"] or len(accepted.rows["local_day"].filter(pa.array(accepted.later)).unique())
    false_low, false_high = garwood(len(false))
    trends = trends_table(
        truth["false_trends"],
        [_beginning(one, accepted) for one in false],
        tables["volumes_week"],
        accepted,
        settings.budget,
        searched=facts["found"] is not None,
        suspended=assessment.facts["suspended"] is not None,
    )
    rule_recall = rules[0].recall if rules else None
    recall = hits / len(seen) if seen else None
    drawn = diversions_table(episodes, told, truth["episodes"])
    scored: dict[str, Any] = {
        "budget": settings.budget,
        "seed": settings.seed,
        "since": settings.first_day().isoformat(),
        "days": days,
        "why_none": facts["why_none"],
        "suspended": assessment.facts["suspended"],
        "unknown_incidents": accepted.unknown,
        "episodes": len(seen),
        "found": hits,
        "recall": recall,
        **_ends("recall", hits, len(seen)),
        "best_rule": rules[0].name if rules else None,
        "best_rule_setting": rules[0].setting if rules else None,
        "best_rule_recall": rule_recall,
        "ratio": recall / rule_recall if recall is not None and rule_recall else None,
        "told": len(told),
        "true": len(told) - len(false),
        "precision": (len(told) - len(false)) / len(told) if told else None,
        **_ends("precision", len(told) - len(false), len(told)),
        "false": len(false),
        "false_per_30_days": len(false) / days * 30,
        "false_per_30_days_low": false_low / days * 30,
        "false_per_30_days_high": false_high / days * 30,
        "expected_false_per_30_days": facts["expected_false_per_30_days"],
        "diversion": {
            "can_tell": (assessment.facts["diversion"] or {}).get("can_tell"),
            **{row.pop("group").replace(" ", "_"): row for row in drawn.to_pylist()},
        },
        "kinds_changed": _kinds_changed(tables["volumes_kind"]),
        "false_trends_fired": trends["verdict"].to_pylist().count("fired"),
        "false_trends_counted": trends["verdict"].to_pylist().count("counted"),
    }
    return AgainstTruth(
        scored,
        {
            "recall": recall_table(episodes),
            "true_episodes": episodes_table(episodes),
            "told": told_table(told, accepted),
            "false_areas": _false_areas(false, accepted, days),
            "diversion": drawn,
            "false_trends": trends,
            "rules": rules_table(rules),
        },
    )


def _ends(name: str, hits: int, n: int) -> dict[str, float]:
    low, high = wilson(hits, n)
    return {f"{name}_low": low, f"{name}_high": high}


def _beginning(one: Told, accepted: Accepted) -> FalseEpisode:
    (row,) = accepted.rows.slice(int(one.rows[0]), 1).to_pylist()
    return FalseEpisode(row["local_day"], row["area"], row["larger_area"])


def _false_areas(false: Sequence[Told], accepted: Accepted, days: int) -> pa.Table:
    """False episodes by the group of areas that each begins in, as the table `fairness` has them.

    There the false episodes of shuffled streams are counted; here it is those of the one real stream.
    """
    searched = np.flatnonzero(accepted.rows["searched"].to_numpy(zero_copy_only=False) & accepted.later)
    rows = accepted.rows.select(["larger_area", "area"]).take(pa.array(searched))
    groups = area_groups(rows["larger_area"], rows["area"])
    spots = np.searchsorted(searched, np.array([one.rows[0] for one in false], dtype=np.int64))
    once = Chance(np.ones(len(false)), spots, 1, float(days), len(searched), 0.0)
    return fairness_table(groups, np.arange(len(searched)), once)


def _kinds_changed(kinds: pa.Table) -> list[str]:
    """The kinds that a page tells as rising or falling over the whole of the days assessed."""
    return [
        row["kind"]
        for row in kinds.to_pylist()
        if row["change_low"] is not None and not row["change_low"] <= 0 <= row["change_high"]
    ]


def _plain_rules(
    incidents: ibis.Table,
    engine: Engine,
    settings: Settings,
    accepted: Accepted,
    episodes: pa.Table,
    advance: Callable[[int], None],
) -> list[TriedRule]:
    """Each rule at its best setting among those that keep to the budget on shuffled streams, best first."""
    since = settings.first_day()
    features = collect_features(incidents, engine, since)
    rates = learn_rates(features, day_number(since), settings.seed)
    searched = searched_stream(features, rates, engine, incidents)
    stealth = dict(zip(episodes["episode"].to_pylist(), episodes["stealth"].to_pylist(), strict=True))
    seen = frozenset(number for number in accepted.judged() if stealth[number] != "S4")
    if searched is None or not seen:
        return []
    stream, months = searched.stream, searched.days() / 30
    episode = accepted.episode[accepted.places(features["incident_id"].take(pa.array(stream.row)))]
    words = numbered(collect_texts(features, stream.row, engine, incidents))
    seeds = np.random.SeedSequence(settings.seed).spawn(RULE_REPLICATES)
    moved = [shuffled(stream, searched.start_s, np.random.default_rng(seed)) for seed in seeds]
    # Hundreds of rules look at each stream: it is cut once to what rules count.
    quiet = [part(one, that_count(one)) for one in moved]
    # Each incident keeps its words when it is moved; rows of the stream are in order.
    quiet_words = [words[np.searchsorted(stream.row, one.row)] for one in quiet]

    def try_one(rule: Rule) -> TriedRule | None:
        false = 0
        for one, its_words in zip(quiet, quiet_words, strict=True):
            false += len(rule.groups(one, its_words))
            if false / RULE_REPLICATES / months > settings.budget:
                return None
        held = [held_in(episode[group]) for group in rule.groups(stream, words)]
        found = frozenset(number for numbers in held for number in numbers)
        return TriedRule(
            rule.name,
            rule.setting,
            false / RULE_REPLICATES / months,
            sum(not numbers for numbers in held) / months,
            found,
            len(found & seen) / len(seen),
        )

    best: dict[str, TriedRule] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        for tried in pool.map(try_one, all_rules(with_text=bool((words >= 0).any()))):
            advance(1)
            if tried is not None and (tried.name not in best or tried.recall > best[tried.name].recall):
                best[tried.name] = tried
    return sorted(best.values(), key=lambda one: (-one.recall, one.name))
