"""The sample of a briefing with a section on the trade, few rows or as many as there is room for and more."""

from __future__ import annotations

from sample import Facts, Tables, sample

from lippen.trade_on_paper import on_paper
from trade_results import crowded, facts, results


def with_trade() -> tuple[Facts, Tables]:
    return _joined(results())


def with_much_trade() -> tuple[Facts, Tables]:
    return _joined(crowded())


def _joined(found: Tables) -> tuple[Facts, Tables]:
    told, tables = sample()
    paper = on_paper(facts(), found)
    told["trade"] = paper.facts
    return told, {**tables, **paper.tables}
