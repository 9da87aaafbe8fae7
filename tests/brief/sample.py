"""Builds facts and tables of the sort a briefing is made from, all of them invented (Invermarrow)."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from lippen.brief.schema import RESULT_TABLES

Facts = dict[str, Any]
Tables = dict[str, pa.Table]

KINDS = (
    "NOISE COMPLAINT", "SUSPICIOUS PERSON", "VEHICLE ALARM", "DISTURBANCE", "SHOTS HEARD", "ROAD COLLISION",
    "THEFT FROM VEHICLE", "BREAK-IN REPORTED", "ABANDONED CALL", "FIGHT", "VANDALISM", "TRESPASS",
    "LOST PROPERTY", "FIREWORKS", "WELFARE CHECK", "SHOPLIFTING",
)  # fmt: skip
AREAS = tuple(f"X{i:02d}" for i in range(1, 33))

REASONS = [
    "Five incidents within 400 m and 50 minutes; 0.6 would be usual for a Friday evening here.",
    "Each was the only report of a kind that several people normally report.",
    "Three texts share 14 words in a row that no other text holds.",
]
INNOCENT = [
    "Strong wind that night: alarms and noise reports rose in every area.",
    "One event that many people saw would look the same.",
    "It may be one person in need who calls often. Then help is what is called for.",
]
CHECKS = [
    "Ask the officers who attended whether they met anyone.",
    "Look for a fault in the alarm at the retail shed.",
    "Compare the weather record for the evening.",
]


def empty_tables() -> Tables:
    """Every result table, without rows."""
    return {spec.name: spec.schema().empty_table() for spec in RESULT_TABLES}


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the result table `name`; columns left out are null."""
    spec = next(spec for spec in RESULT_TABLES if spec.name == name)
    return pa.Table.from_pylist(
        [{c.name: row.get(c.name) for c in spec.columns} for row in rows], spec.schema()
    )


def sample(episodes: int = 3, seed: int = 7) -> tuple[Facts, Tables]:
    """Facts and tables of a half year with `episodes` episodes."""
    chance = random.Random(seed)  # noqa: S311 - invented rows, no secret
    tables = empty_tables()
    tables["volumes_week"] = table("volumes_week", _weeks(chance))
    tables["volumes_kind"] = table("volumes_kind", _kinds(chance))
    tables["volumes_area"] = table("volumes_area", _areas(chance))
    tables["calibration"] = table("calibration", _bins(chance))
    tables["calibration_month"] = table("calibration_month", _months())
    tables["fairness"] = table("fairness", _fairness())
    tables["quarantine_reasons"] = table("quarantine_reasons", _quarantine())
    _add_episodes(tables, episodes, chance)
    return _facts(episodes, tables), tables


def nothing_known() -> tuple[Facts, Tables]:
    """An export without outcomes, places or times of units: hardly anything can be told."""
    facts, _ = sample(0)
    facts["credibility"] = {
        "model": None,
        "why_no_model": "The export has no outcomes: the mapping names no column for them.",
        "episodes": {"found": None, "why_none": "Without outcomes there is nothing to look for."},
        "excluded": {"no_outcome": 86_662},
        "diversion": {"can_tell": False, "why": "The export has no unit times."},
    }
    return facts, empty_tables()


def suspended() -> tuple[Facts, Tables]:
    """What was expected has drifted away from what happens, so nothing is assessed."""
    facts, tables = sample(0)
    facts["credibility"] |= {
        "suspended": "In March 2025 the model expected 23 in 100 to end with nothing found; 34 in 100 did. "
        "It is off by 11 in 100; 5 is the most we allow.",
        "episodes": {"found": None, "why_none": "Assessment has suspended itself."},
    }
    return facts, tables


def _weeks(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for i in range(30):
        expected = 3100 - 14 * i + 260 * (i % 13 > 8)
        off = 1.16 if i == 21 else 0.84 if i == 15 else 1 + chance.uniform(-0.05, 0.05)
        incidents = round(expected * off)
        rows.append(
            {
                "week": date(2024, 9, 2) + timedelta(weeks=i),
                "incidents": incidents,
                "expected": None if i < 4 else float(expected),
                "low": None if i < 4 else expected * 0.91,
                "high": None if i < 4 else expected * 1.09,
                "unfounded": round(incidents * 0.24),
            }
        )
    return rows


def _kinds(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for i, kind in enumerate(KINDS):
        earlier = 620.0 / (i + 1)
        ratio = {1: 1.31, 4: 0.72, 7: 1.18, 13: 4.4}.get(i, 1 + chance.uniform(-0.05, 0.05))
        wide = 0.06 + 0.02 * i
        later = earlier * ratio
        incidents = round(later * 8)
        unfounded = round(incidents * chance.uniform(0.05, 0.5))
        rows.append(
            {
                "kind": kind,
                "incidents": incidents,
                "unfounded": unfounded,
                "founded": round((incidents - unfounded) * 0.8),
                "unknown": incidents - unfounded - round((incidents - unfounded) * 0.8),
                "earlier_per_week": earlier,
                "later_per_week": later,
                "change_low": ratio - 1 - wide if i != 15 else None,
                "change_high": ratio - 1 + wide if i != 15 else None,
            }
        )
    return rows


def _areas(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for i, area in enumerate(AREAS):
        incidents = [round(chance.lognormvariate(6, 0.9)), 3][i == 30]
        rows.append(
            {
                "area": area,
                "lat": 57.60 + 0.011 * (i // 6) + chance.uniform(-0.003, 0.003),
                "lon": -3.10 + 0.019 * (i % 6) + chance.uniform(-0.004, 0.004),
                "incidents": incidents,
                "unfounded": round(incidents * chance.uniform(0.15, 0.3)),
                "expected_unfounded": incidents * 0.23,
            }
        )
    return rows


def _bins(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for i in range(15):
        expected = 0.03 + 0.0021 * i * i + 0.011 * i
        observed = expected + chance.uniform(-0.018, 0.018)
        rows.append(
            {
                "bin": i + 1,
                "incidents": 1530,
                "expected": expected,
                "observed": observed,
                "low": max(0.0, observed - 0.022),
                "high": observed + 0.022,
            }
        )
    return rows


def _months() -> list[dict[str, Any]]:
    return [
        {"month": month, "incidents": n, "expected": expected, "observed": observed, "ece": ece}
        for month, n, expected, observed, ece in (
            ("2025-01", 6_120, 0.236, 0.241, 0.009),
            ("2025-02", 10_870, 0.231, 0.229, 0.007),
            ("2025-03", 5_960, 0.228, 0.217, 0.013),
        )
    ]


def _fairness() -> list[dict[str, Any]]:
    """Counted over 39 shuffled copies, so each rate is false episodes / (39 x incidents)."""
    return [
        {"area_group": "most deprived third", "incidents": 9_420, "false_episodes": 429,
         "rate": 429 / (39 * 9420), "low": 0.00106, "high": 0.00128, "verdict": "ok"},
        {"area_group": "middle third", "incidents": 8_310, "false_episodes": 351,
         "rate": 351 / (39 * 8310), "low": 0.00097, "high": 0.0012, "verdict": "ok"},
        {"area_group": "least deprived third", "incidents": 4_870, "false_episodes": 546,
         "rate": 546 / (39 * 4870), "low": 0.00264, "high": 0.00313, "verdict": "higher"},
        {"area_group": "landward", "incidents": 350, "false_episodes": 3, "verdict": "cannot tell"},
    ]  # fmt: skip


def _quarantine() -> list[dict[str, Any]]:
    return [
        {"reason": "The time is 30 February, which does not exist. Correct the day.", "rows": 2},
        {
            "reason": "The time falls in the hour that is skipped when clocks go forward. Give it in UTC.",
            "rows": 9,
        },
        {
            "reason": "The row has 11 columns where the heading has 14. Look for a line break in the text.",
            "rows": 27,
        },
    ]


def _add_episodes(tables: Tables, many: int, chance: random.Random) -> None:
    rows, members, strip, drawn = [], [], [], []
    for i in range(many):
        episode = f"ep-{i:04d}"
        size = chance.choice((4, 5, 6, 8, 11, 18))
        first = datetime(2025, 1, 17, 21, 4) + timedelta(hours=37 * i)
        minutes = sorted([0, *(chance.randrange(1, 95) for _ in range(size - 1))])
        kinds = chance.sample(KINDS, chance.choice((1, 2, 3)))
        areas = chance.sample(AREAS, chance.choice((1, 2, 3)))
        mixed = i % 3 == 1  # as a rule an episode holds only incidents that ended with nothing found
        outcomes = [
            chance.choices(("unfounded", "founded", "unknown"), (6, 2, 1))[0] if mixed else "unfounded"
            for _ in minutes
        ]
        last = first + timedelta(minutes=minutes[-1])
        verdict = ("consistent with", "no sign", "cannot tell")[i % 3]
        # As strong as chance would have them: 2.25 of all of them are expected to be chance.
        q_value = min(0.9, 2.25 / many) * ((i + 1) / many) ** 2
        rows.append(
            {
                "episode_id": episode,
                "first_at": first,
                "last_at": last,
                "first_local": first.isoformat(),
                "last_local": last.isoformat(),
                "incidents": size,
                "areas": areas,
                "kinds": kinds,
                "p_value": q_value / 40,
                "q_value": q_value,
                "expected_unfounded": 0.6 + 0.1 * (i % 4),
                "found_unfounded": outcomes.count("unfounded"),
                "diversion": verdict,
                "reasons": REASONS[: 1 + i % 3],
                "innocent": INNOCENT[: 1 + (i + 1) % 3],
                "checks": CHECKS[: 1 + (i + 2) % 3],
            }
        )
        members += [{"episode_id": episode, "incident_id": f"{i:04d}-{k:03d}"} for k in range(size)]
        strip += [
            {
                "episode_id": episode,
                "minute": minute,
                "kind": chance.choice(kinds),
                "area": chance.choice(areas),
                "outcome": outcome,
            }
            for minute, outcome in zip(minutes, outcomes, strict=True)
        ]
        can_tell = verdict != "cannot tell"
        drawn.append(
            {
                "episode_id": episode,
                "area": "Invermarrow East" if can_tell else None,
                "unit_minutes": 212.0 if can_tell else None,
                "matched_controls": 38 if can_tell else 0,
                "observed": {"consistent with": 6.0, "no sign": 3.0}.get(verdict),
                "expected": 2.4 if can_tell else None,
                "p_value": {"consistent with": 0.011, "no sign": 0.38}.get(verdict),
                "q_value": {"consistent with": 0.033, "no sign": 0.38}.get(verdict),
                "statement": {
                    "consistent with": "At its end 7 units were out, where 4.1 is usual for such an hour.",
                    "no sign": "At its end 4 units were out, where 4.1 is usual for such an hour.",
                    "cannot tell": "Unit times are missing for most of these incidents.",
                }[verdict],
            }
        )
    tables["episodes"] = table("episodes", rows)
    tables["episode_incidents"] = table("episode_incidents", members)
    tables["episode_strip"] = table("episode_strip", strip)
    tables["diversion"] = table("diversion", drawn)


def _facts(episodes: int, tables: Tables) -> Facts:
    return {
        "place": "Invermarrow",
        "inputs": [
            {"file": "calls_2024-09_2024-12.csv.gz", "rows": 52_310, "accepted": 52_260, "duplicates": 21,
             "quarantined": 29, "left_out": {"ref2": "a telephone number"}},
            {"file": "calls_2025-01_2025-03.xlsx", "rows": 34_418, "accepted": 34_402, "duplicates": 7,
             "quarantined": 9},
        ],
        "not_read": [{"file": "notes.docx", "reason": "not a format that Lippen reads (.docx)"}],
        "notes": {"times in the hour that occurs twice, taken as the first": 41,
                  "texts with a telephone number, masked": 212},
        "unlisted_codes": {"X9": 63, "ADV": 8},
        "period": {"first_day": "2024-09-02", "last_day": "2025-03-30", "since": "2025-01-15", "days": 210,
                   "zone": "Europe/London", "incidents": 86_662},
        "trade": None,
        "credibility": {
            "model": {
                "auc": 0.798, "auc_low": 0.789, "auc_high": 0.807, "ece": 0.008, "brier": 0.142,
                "incidents": 22_950,
                "baselines": {"global": 0.5, "kind": 0.7581, "kind_hour": 0.7634, "logistic": 0.7712,
                              "boosted": 0.7794},
                "baseline_intervals": {"kind": {"low": 0.748, "high": 0.768},
                                       "boosted": {"low": 0.77, "high": 0.789}},
            },
            "why_no_model": None,
            "episodes": {"found": episodes, "expected_false_per_30_days": 0.9, "budget": 1.0, "days": 75,
                         "replicates": 39,
                         "standing_line": None, "why_none": None},
            "excluded": {"protected": 6_803, "own_activity": 31_204, "sensor": 1_880, "no_outcome": 9_204,
                         "no_place": 118},
            "fairness": tables["fairness"].to_pylist(),
            "diversion": {"can_tell": True, "why": None},
            "suspended": None,
            "planted": {
                "campaigns": 480, "recall": 0.52, "recall_low": 0.47, "recall_high": 0.56,
                "best_rule_recall": 0.39,
                "by_size": [
                    {"size": n, "campaigns": 120, "recall": share, "low": share - 0.08, "high": share + 0.08}
                    for n, share in ((3, 0.14), (5, 0.41), (10, 0.68), (20, 0.84))
                ],
            },
        },
        "stages": [{"name": "Read and check rows", "seconds": 6.41},
                   {"name": "Learn what is normal", "seconds": 9.2},
                   {"name": "Link incidents", "seconds": 3.7}, {"name": "Test episodes", "seconds": 11.04},
                   {"name": "Write the briefing", "seconds": 0.3}],
        "peak_memory_mib": 1184.2,
        "versions": {"lippen": "0.1.0", "python": "3.11.7", "duckdb": "2.0.0", "pyarrow": "26.0.1"},
        "command": "lippen brief calls --mapping invermarrow.toml --since 2025-01-15 --budget 1 --seed 7",
        "seed": 7,
        "clock": {"written_at": "2025-04-01T09:12:44", "trade_week": None},
    }  # fmt: skip
