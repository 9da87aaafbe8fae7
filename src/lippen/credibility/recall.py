"""What an evaluation found, as figures, tables and lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa

from lippen.credibility.campaigns import SIZES, STEALTHS
from lippen.credibility.chance import Chance
from lippen.credibility.planting import Planting
from lippen.credibility.rules import Rule
from lippen.credibility.settings import Settings
from lippen.measured import wilson
from lippen.wording import counted


@dataclass(frozen=True)
class Evaluation:
    """`facts` for `evaluation.json`; `tables` are `recall` (stealth, size, hour, attack, campaigns, found,
    found_by_rule), `rules` (rule, setting, false_per_30_days, recall) and `latency` (stealth, size, found,
    incidents, minutes: medians)."""

    facts: dict[str, Any]
    tables: dict[str, pa.Table]

    def as_text(self) -> str:
        """The figures as lines of plain text."""
        f = self.facts
        lines = [
            f"campaigns planted, S0 to S3: {f['campaigns']}",
            f"recall at {counted(f['budget'], 'false episode')} in 30 days: {f['recall']:.3f} "
            f"({f['recall_low']:.3f} to {f['recall_high']:.3f})",
            f"best plain rule, tuned with hindsight: {f['best_rule_recall']:.3f} "
            f"({f['best_rule']}: {f['best_rule_setting']})",
            f"ratio: {f['ratio']:.2f}" if f["ratio"] is not None else "ratio: the rule found none",
            f"false episodes in 30 days: {f['expected_false_per_30_days']:.2f} by chance; "
            f"{f['found_unaltered_per_30_days']:.2f} found in the unaltered stream",
            "",
            "recall by stealth and size (S4 is drawn from what is normal: nobody can find it)",
            "      " + "".join(f"{size:>8}" for size in SIZES) + "     all",
        ]
        for stealth in STEALTHS:
            cells = [f["by_stealth"][stealth][str(size)] for size in (*SIZES, "all")]
            lines.append(f"{stealth:<6}" + "".join(f"{cell:>8.2f}" for cell in cells))
        lines += ["", "until found (medians): incidents, minutes"]
        lines += [
            f"{row['stealth']}, size {row['size']}: {row['incidents']:.0f}, {row['minutes']:.0f}"
            for row in self.tables["latency"].to_pylist()
            if row["found"]
        ]
        lines += ["", "the plain rules at their best: rule, setting, false in 30 days, recall"]
        lines += [
            f"{row['rule']}: {row['setting']}, {row['false_per_30_days']:.2f}, {row['recall']:.3f}"
            for row in self.tables["rules"].to_pylist()
        ]
        lines += ["", *f["notes"]]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Tried:
    """A rule at its best setting, its false episodes and recall, and what it held of each planting."""

    rule: Rule
    false_per_30_days: float
    recall: float
    held: list[set[int]]


def put_together(
    plantings: list[Planting],
    found: list[set[int]],
    latency: list[dict[int, tuple[int, float]]],
    tried: list[Tried],
    chance: Chance,
    settings: Settings,
    unaltered: int,
    with_text: bool,
) -> Evaluation:
    """Put together what was found.

    `found` holds the campaigns found of each planting, `latency` incidents and minutes until each, `tried`
    the rules, best first, `unaltered` how many episodes the stream holds with nothing planted.
    """
    rows: list[dict[str, Any]] = [
        {
            "stealth": one.stealth,
            "size": one.size,
            "hour": "busy" if one.busy else "quiet",
            "attack": "with" if one.attack else "without",
            "found": number in hits,
            "by_rule": bool(tried and number in tried[0].held[which]),
            "incidents": times[number][0] if number in times else None,
            "minutes": times[number][1] if number in times else None,
        }
        for which, (planting, hits, times) in enumerate(zip(plantings, found, latency, strict=True))
        for number, one in enumerate(planting.campaigns)
    ]
    judged = [row for row in rows if row["stealth"] != "S4"]
    hits = sum(row["found"] for row in judged)
    low, high = wilson(hits, len(judged))
    recall, rule = hits / len(judged), tried[0].recall if tried else 0.0
    facts = {
        "campaigns": len(judged),
        "budget": settings.budget,
        "seed": settings.seed,
        "days": round(chance.days),
        "recall": recall,
        "recall_low": low,
        "recall_high": high,
        "best_rule": tried[0].rule.name if tried else None,
        "best_rule_setting": tried[0].rule.setting if tried else None,
        "best_rule_recall": rule,
        "ratio": recall / rule if rule else None,
        "expected_false_per_30_days": chance.false_per_30_days(),
        "found_unaltered_per_30_days": unaltered / chance.days * 30,
        "by_size": [_share(judged, size=size) for size in SIZES],
        "by_hour": {hour: _share(judged, hour=hour)["recall"] for hour in ("busy", "quiet")},
        "by_attack": {attack: _share(judged, attack=attack)["recall"] for attack in ("with", "without")},
        "by_stealth": {
            stealth: {
                **{str(size): _share(rows, stealth=stealth, size=size)["recall"] for size in SIZES},
                "all": _share(rows, stealth=stealth)["recall"],
            }
            for stealth in STEALTHS
        },
        "notes": _notes(with_text),
    }
    return Evaluation(
        facts, {"recall": _recall_table(rows), "rules": _rules_table(tried), "latency": _latency_table(rows)}
    )


def _notes(with_text: bool) -> list[str]:
    notes = [
        "Up to 40 in 100 incidents of a campaign end with something found; only the others can be counted.",
        "Until found counts from incident to incident; outcomes are known only later, when each is closed.",
    ]
    if not with_text:
        notes.insert(
            0,
            "The export has no text: S0, S1 and S2 differ in nothing, and no copy is found by its words.",
        )
    return notes


def _share(rows: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    mine = [row for row in rows if all(row[name] == value for name, value in where.items())]
    hits = sum(row["found"] for row in mine)
    low, high = wilson(hits, len(mine))
    return {
        **where,
        "campaigns": len(mine),
        "recall": hits / len(mine) if mine else 0.0,
        "low": low,
        "high": high,
    }


def _recall_table(rows: list[dict[str, Any]]) -> pa.Table:
    cells = []
    for stealth, size, hour, attack in product(STEALTHS, SIZES, ("busy", "quiet"), ("with", "without")):
        mine = [
            r
            for r in rows
            if (r["stealth"], r["size"], r["hour"], r["attack"]) == (stealth, size, hour, attack)
        ]
        cells.append(
            {
                "stealth": stealth, "size": size, "hour": hour, "attack": attack, "campaigns": len(mine),
                "found": sum(r["found"] for r in mine), "found_by_rule": sum(r["by_rule"] for r in mine),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(cells)


def _rules_table(tried: list[Tried]) -> pa.Table:
    return pa.table(
        {
            "rule": pa.array([one.rule.name for one in tried], pa.string()),
            "setting": pa.array([one.rule.setting for one in tried], pa.string()),
            "false_per_30_days": pa.array([one.false_per_30_days for one in tried], pa.float64()),
            "recall": pa.array([one.recall for one in tried], pa.float64()),
        }
    )


def _latency_table(rows: list[dict[str, Any]]) -> pa.Table:
    cells: list[dict[str, Any]] = []
    for stealth, size in product(STEALTHS, SIZES):
        mine = [r for r in rows if r["stealth"] == stealth and r["size"] == size and r["found"]]
        cells.append(
            {
                "stealth": stealth,
                "size": size,
                "found": len(mine),
                "incidents": float(np.median([r["incidents"] for r in mine])) if mine else None,
                "minutes": float(np.median([r["minutes"] for r in mine])) if mine else None,
            }
        )
    names = ("stealth", "size", "found", "incidents", "minutes")
    types = (pa.string(), pa.int64(), pa.int64(), pa.float64(), pa.float64())
    return pa.Table.from_pylist(cells, pa.schema(list(zip(names, types, strict=True))))
