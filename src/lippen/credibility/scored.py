"""How an assessment of a sandbox fared against its truth, as figures, tables and lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lippen.credibility.campaigns import STEALTHS
from lippen.credibility.fairness import LEAST_SHOWN, MOST_GROUPS
from lippen.credibility.false_trends import SURPRISING
from lippen.measured import wilson
from lippen.wording import counted

NO_PURPOSE = "none stated"

_SEEN = "seen in the counts, as it should be: they follow what was written down"


@dataclass(frozen=True)
class AgainstTruth:
    """`facts` for `evaluation.json`, and the tables behind them.

    `recall` (by: stealth, purpose or larger area; value, episodes, found, found_by_rule, recall, low, high:
    an episode in several larger areas counts in each, and only those of S0 to S3 outside the rows by
    stealth), `true_episodes` (a row each, with what became of it), `told` (a row each, with the true episodes
    that it holds and the causes of its incidents), `false_areas` (columns of the result table `fairness`),
    `diversion` (see `diversions_table`), `false_trends` (see `trends_table`) and `rules` (rule, setting,
    false_per_30_days on the shuffled streams, false_told_per_30_days on the real one, found, recall).
    """

    facts: dict[str, Any]
    tables: dict[str, pa.Table]

    def as_text(self) -> str:
        """The figures as lines of plain text."""
        return "\n".join([*self._episodes(), *self._diversions(), *self._trends(), *self._rules()]) + "\n"

    def _episodes(self) -> Iterator[str]:
        f = self.facts
        if f["why_none"] is not None:
            yield f"No episode was looked for. {f['why_none']}"
        yield f"true episodes, S0 to S3, in {counted(f['days'], 'day')} from {f['since']}: {f['episodes']}"
        if f["recall"] is not None:
            yield f"recall at {counted(f['budget'], 'false episode')} in 30 days: " + _share(f, "recall")
        if f["best_rule"] is not None:
            yield (
                f"best plain rule, tuned with hindsight: {f['best_rule_recall']:.3f} "
                f"({f['best_rule']}: {f['best_rule_setting']})"
            )
            yield f"ratio: {f['ratio']:.2f}" if f["ratio"] is not None else "ratio: the rule found none"
        yield f"episodes told: {f['told']}, of which {f['true']} hold a true one"
        if f["precision"] is not None:
            yield "precision: " + _share(f, "precision")
        by_chance = f["expected_false_per_30_days"]
        yield (
            f"false episodes in 30 days: {f['false_per_30_days']:.2f} ({f['false_per_30_days_low']:.2f} to "
            f"{f['false_per_30_days_high']:.2f}); the budget is {f['budget']:g}"
            + (f", and {by_chance:.2f} by chance" if by_chance is not None else "")
        )
        if f["unknown_incidents"]:
            yield f"incidents that the truth does not know (taken for ordinary): {f['unknown_incidents']:,}"
        yield from self._recall()
        yield from ("", "false episodes by larger area: false, incidents searched, wrong more often?")
        for row in self.tables["false_areas"].to_pylist():
            yield f"{row['area_group']}: {row['false_episodes']}, {row['incidents']:,}, {row['verdict']}"

    def _recall(self) -> Iterator[str]:
        for by, title in (
            ("stealth", "found by stealth (S4 is drawn from what is normal)"),
            ("purpose", "found by purpose"),
            ("larger area", "found by larger area"),
        ):
            mine = [row for row in self.tables["recall"].to_pylist() if row["by"] == by and row["episodes"]]
            if mine:
                yield from ("", title)
            for row in mine[:MOST_GROUPS]:
                share = _share(row, "recall", ("low", "high"))
                told = share if row["episodes"] >= LEAST_SHOWN else "too few: cannot tell"
                yield f"{row['value']}: {row['found']} of {row['episodes']}, {told}"
            if len(mine) > MOST_GROUPS:
                yield f"and {len(mine) - MOST_GROUPS:,} more, in the table recall"

    def _diversions(self) -> Iterator[str]:
        yield from ("", 'said to be "consistent with diversion"')
        if self.facts["diversion"]["can_tell"] is False:
            yield "it cannot be told from this export"
        for row in self.tables["diversion"].to_pylist():
            if not row["episodes"]:
                yield f"{row['group']}: no such episode was told"
                continue
            line = f"{row['group']}: {row['said']} of {row['episodes']}, " + _share(
                row, "share", ("low", "high")
            )
            if row["named"] is not None:
                line += f"; the right area named: {row['named']}"
            yield line + (f"; cannot tell: {row['cannot_tell']}" if row["cannot_tell"] else "")

    def _trends(self) -> Iterator[str]:
        yield from ("", "trends that are none: what was told in their days")
        rows = self.tables["false_trends"].to_pylist()
        for row in rows:
            parts = []
            if row["episodes"] is not None:
                parts.append(
                    f"false episodes {row['episodes']} (budget {row['episodes_expected']:.2f}, "
                    f"p = {row['episodes_p']:.3f})"
                )
            if row["weeks"] is not None:
                parts.append(
                    f"weeks outside {row['weeks_outside']} of {row['weeks']} (by chance "
                    f"{row['weeks_expected']:.2f}, p = {row['weeks_p']:.3f})"
                    + (f": {_SEEN}" if row["weeks_p"] < SURPRISING else "")
                )
            if row["suspended"]:
                parts.append("assessment suspended")
            yield f"{row['kind']}, {row['first_day']} to {row['last_day']}: {row['verdict']}" + (
                f"; {', '.join(parts)}" if parts else ""
            )
        if not rows:
            yield "none was planted"
        kinds = self.facts["kinds_changed"]
        line = "kinds told as rising or falling, by what was written down: " + (", ".join(kinds) or "none")
        yield line + ("; a trend above may be why" if kinds and rows else "")

    def _rules(self) -> Iterator[str]:
        rows = self.tables["rules"].to_pylist()
        if rows:
            yield from (
                "",
                "the plain rules at their best: rule, setting, false in 30 days by chance and told, recall",
            )
        for row in rows:
            yield (
                f"{row['rule']}: {row['setting']}, {row['false_per_30_days']:.2f}, "
                f"{row['false_told_per_30_days']:.2f}, {row['recall']:.3f}"
            )


def _share(row: dict[str, Any], name: str, ends: tuple[str, str] | None = None) -> str:
    low, high = ends or (f"{name}_low", f"{name}_high")
    return f"{row[name]:.3f} ({row[low]:.3f} to {row[high]:.3f})"


@dataclass(frozen=True)
class TriedRule:
    """A plain rule at its best setting.

    `false_per_30_days` is what it raises on the shuffled streams, `false_told_per_30_days` what it raises on
    the real one that holds no true episode, `found` the numbers of the true episodes that it found, `recall`
    their share among those of S0 to S3.
    """

    name: str
    setting: str
    false_per_30_days: float
    false_told_per_30_days: float
    found: frozenset[int]
    recall: float


def recall_table(episodes: Sequence[dict[str, Any]]) -> pa.Table:
    """The table `recall` of `AgainstTruth`, from the rows of `true_episodes`."""
    seen = [row for row in episodes if row["stealth"] != "S4"]
    cells: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("stealth", one, [row for row in episodes if row["stealth"] == one])
        for one in sorted({*STEALTHS, *(row["stealth"] for row in episodes)})
    ]
    cells += [
        ("purpose", one, [row for row in seen if (row["purpose"] or NO_PURPOSE) == one])
        for one in sorted({row["purpose"] or NO_PURPOSE for row in seen})
    ]
    cells += [
        ("larger area", one, [row for row in seen if one in row["larger_areas"]])
        for one in sorted({area for row in seen for area in row["larger_areas"]})
    ]
    rows = []
    for by, value, mine in cells:
        hits = sum(row["found"] for row in mine)
        low, high = wilson(hits, len(mine))
        rows.append(
            {
                "by": by,
                "value": value,
                "episodes": len(mine),
                "found": hits,
                "found_by_rule": sum(row["found_by_rule"] for row in mine),
                "recall": hits / len(mine) if mine else None,
                "low": low,
                "high": high,
            }
        )
    counts, shares = ("episodes", "found", "found_by_rule"), ("recall", "low", "high")
    schema = pa.schema(
        [("by", pa.string()), ("value", pa.string())]
        + [(name, pa.int64()) for name in counts]
        + [(name, pa.float64()) for name in shares]
    )
    return pa.Table.from_pylist(rows, schema)


def rules_table(rules: Sequence[TriedRule]) -> pa.Table:
    """The table `rules` of `AgainstTruth`."""
    return pa.table(
        {
            "rule": pa.array([one.name for one in rules], pa.string()),
            "setting": pa.array([one.setting for one in rules], pa.string()),
            "false_per_30_days": pa.array([one.false_per_30_days for one in rules], pa.float64()),
            "false_told_per_30_days": pa.array([one.false_told_per_30_days for one in rules], pa.float64()),
            "found": pa.array([len(one.found) for one in rules], pa.int64()),
            "recall": pa.array([one.recall for one in rules], pa.float64()),
        }
    )
