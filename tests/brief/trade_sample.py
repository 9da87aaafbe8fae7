"""The sample of a briefing with a section on the trade, few rows or as many as there is room for and more."""

from __future__ import annotations

from sample import Facts, Tables, sample

from lippen.trade_on_paper import on_paper
from lippen.wording import how_old_its_parts, not_over
from trade_results import UNTIL, crowded, facts, results


def with_trade() -> tuple[Facts, Tables]:
    return _joined(results())


def with_much_trade() -> tuple[Facts, Tables]:
    told, tables = _joined(crowded())
    last = {"advert": "2024-12-31", "sighting": "2025-03-04"}
    told["clock"]["trade_week"] = [how_old_its_parts(UNTIL, last, UNTIL), not_over(UNTIL, UNTIL)]
    return told, tables


def _joined(found: Tables) -> tuple[Facts, Tables]:
    told, tables = sample()
    paper = on_paper(facts(), found)
    told["trade"] = paper.facts
    return told, {**tables, **paper.tables}
