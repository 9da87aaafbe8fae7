"""What of the trade's result tables goes on paper: counts of five or more, and nobody to buy from.

A briefing and a return travel, and a page of the site does not. So what leaves here holds no seller, no
contact, no name of a collection, no text of an advert, and no word but those that a person took for new
terms: whoever writes many posts can have any word put forward, a person's name too. No count or price is
told that is nearly all one seller's. Counts pass the disclosure gate, and what is reckoned of counts is
reckoned anew from those that passed, so that a small one follows from none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import connect
from lippen.errors import LippenError
from lippen.measure import LEAST_SHOWN, published_cells
from lippen.results import (
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNELS,
    TRADE_CONFIRMED,
    TRADE_FACTS,
    TRADE_PRICE_SHIFTS,
    TRADE_PRICE_WEEKS,
    TRADE_PRICES,
    TRADE_WEEKS,
    facts_in,
)
from lippen.signals.contacts import remove_contacts
from lippen.signals.identity import mask_identity
from lippen.trade.channels import change_of_share
from lippen.trade.tables import EVERYWHERE, IN_COLLECTIONS, SCHEMAS
from lippen.trade.vocabulary import substances
from lippen.wording import why_untold
from lippen.workspace import Workspace

AREA_WEEKS_TOLD: Final = 8
"""Weeks whose sightings are counted together by larger area: in one week hardly any cell of a town has five.
"""

WORDS_TOLD: Final = 8
"""Weeks for which a word is told as new, after a person said that it is."""

_READ: Final = (
    TRADE_WEEKS,
    TRADE_AREA_WEEKS,
    TRADE_ALARMS,
    TRADE_CHANNELS,
    TRADE_PRICES,
    TRADE_PRICE_WEEKS,
    TRADE_PRICE_SHIFTS,
    TRADE_CONFIRMED,
)
MOST_OF_ONE: Final = 0.8
"""The share of different adverts above which what is told would be what one seller wants told."""

_LEAST_SELLERS: Final = 2
_NO_AREA: Final = {EVERYWHERE, IN_COLLECTIONS}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class OnPaper:
    """`facts` and `tables` as `lippen.brief.Trade` and `lippen.brief.TRADE_TABLES` state them; `price_weeks`
    holds beside them the weekly prices that five different adverts or sightings or more ask, in the columns
    of TRADE_PRICE_WEEKS but for sellers, and `larger_areas` the names of those that sightings came from, in
    small letters.
    """

    facts: dict[str, Any]
    tables: dict[str, pa.Table]
    price_weeks: pa.Table
    larger_areas: frozenset[str]


def trade_of(folder: Path) -> OnPaper:
    """What of the trade in a workspace goes on paper.

    Raises LippenError where there is no workspace, nothing of the trade was reckoned in it, or another Lippen
    did; WorkspaceError, and ManifestError.
    """
    with connect() as engine:
        workspace = Workspace.open(folder, engine, create=False)
        whole = {TRADE_FACTS, *_READ} <= set(workspace.results())
        told = engine.collect(workspace.result(TRADE_FACTS)) if whole else None
        if told is None or not told.num_rows:
            held = any(one.kind in ("listing", "sighting") for one in workspace.imports())
            raise LippenError(
                f"nothing of the trade was reckoned in this workspace{' since what it holds changed' * held}",
                file=folder,
                remedy="A site works it out anew by itself: wait a minute. Else run lippen trade."
                if held
                else "Bring sightings or listings in, and run lippen trade first.",
            )
        facts = facts_in(told)
        found = {name: _in_form(engine.collect(workspace.result(name)), name, folder) for name in _READ}
    return on_paper(facts, found)


def on_paper(facts: Mapping[str, Any], found: Mapping[str, pa.Table]) -> OnPaper:
    """The same of facts (TradeFacts) and result tables (SCHEMAS) that were read already."""
    until = dt.date.fromisoformat(facts["until"])
    since = until - dt.timedelta(weeks=WORDS_TOLD)
    confirmed = [row for row in found[TRADE_CONFIRMED].to_pylist() if row["decided"] > since]
    terms = [row for row in confirmed if _names_nobody(row, posted=facts["listings"] is not None)]
    weeks = _weeks(found[TRADE_WEEKS])
    price_weeks = _of_several(found[TRADE_PRICE_WEEKS], "groups").filter(pc.field("enough"))
    price_weeks = price_weeks.drop_columns(["sellers", "of_one"])
    newest = dt.date.fromisoformat(facts["week"])
    held = {
        row["substance"] for row in weeks.to_pylist() if row["source"] == "listings" and row["week"] == newest
    }
    tables = {
        "trade_weeks": weeks,
        "trade_areas": _areas(found[TRADE_AREA_WEEKS], until),
        "trade_alarms": _alarms(found[TRADE_ALARMS].to_pylist(), held),
        "trade_prices": _prices(found[TRADE_PRICES]),
        "trade_price_shifts": _shifts(found[TRADE_PRICE_SHIFTS], price_weeks),
        "trade_channels": _channels(found[TRADE_CHANNELS].to_pylist()),
        "trade_confirmed": _terms(terms),
    }
    areas = {name.casefold() for name in found[TRADE_AREA_WEEKS]["larger_area"].to_pylist() if name}
    return OnPaper(_facts(facts, found, len(confirmed) - len(terms)), tables, price_weeks, frozenset(areas))


def _in_form(table: pa.Table, name: str, folder: Path) -> pa.Table:
    try:
        return table.select(SCHEMAS[name].names).cast(SCHEMAS[name])
    except (KeyError, ValueError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LippenError(
            f"another Lippen reckoned {name} in this workspace",
            file=folder,
            remedy="Run lippen trade again.",
        ) from error


def _facts(facts: Mapping[str, Any], found: Mapping[str, pa.Table], left_out: int) -> dict[str, Any]:
    model, terms = facts["model"], facts["new_terms"]
    alarms = found[TRADE_ALARMS].to_pylist()
    return {
        "week": facts["week"],
        "until": facts["until"],
        "collections": len({name for held in facts["held"] for name in held["collections"]}),
        "listings": _came(facts["listings"]),
        "sightings": _came(facts["sightings"]),
        "model": None if model is None else {name: model[name] for name in model if name != "learned_from"},
        "words": {
            "shown": terms["shown"],
            "raised": terms["raised"],
            "left_out": left_out,
            "why_none": terms["why_none"],
        },
        "why_no_alarm": why_untold(alarms) or None,
        "currency": facts["currency"],
    }


def _came(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    counts = {name: _told(given[name]) for name in ("posts", "different", "adverts")}
    return {**counts, "first_day": given["first_day"], "last_day": given["last_day"]}


def _told(count: int | None) -> int | None:
    return count if count is not None and count >= LEAST_SHOWN else None


def _of_several(table: pa.Table, count: str, whole: str | None = None) -> pa.Table:
    """Rows whose `count` is five or more, and of which (of its column `whole`) one seller has not nearly all,
    as far as sellers are known."""
    most = pc.multiply(table[whole or count].cast(pa.float64()), MOST_OF_ONE)
    one = pc.fill_null(pc.greater(table["of_one"].cast(pa.float64()), most), False)
    return table.filter(pc.and_(pc.greater_equal(table[count], LEAST_SHOWN), pc.invert(one)))


def _weeks(weeks: pa.Table) -> pa.Table:
    """Posts of a cell are as many as its different ones, at least."""
    return _of_several(weeks, "different").drop_columns(["sellers", "of_one"])


def _shifts(shifts: pa.Table, weeks: pa.Table) -> pa.Table:
    """A shift stands where a week of the new level has a price that may be told."""
    of = ("source", "substance", "unit")
    last: dict[tuple[str, ...], dt.date] = {}
    for row in weeks.to_pylist():
        series = tuple(row[name] for name in of)
        last[series] = max(row["week"], last.get(series, row["week"]))
    kept = [
        row
        for row in shifts.drop_columns(["weeks", "p"]).to_pylist()
        if not row["shifted"]
        or last.get(tuple(row[name] for name in of), dt.date.min) >= (row["week"] or dt.date.max)
    ]
    return pa.Table.from_pylist(kept, shifts.drop_columns(["weeks", "p"]).schema)


def _areas(weeks: pa.Table, until: dt.date) -> pa.Table:
    since = until - dt.timedelta(weeks=AREA_WEEKS_TOLD)
    lately = weeks.filter(pc.greater(weeks["week"], pa.scalar(since)))
    counted: dict[tuple[str, str], int] = {}
    for row in lately.to_pylist():
        if row["substance"] is not None and row["larger_area"] is not None:
            cell = row["substance"], row["larger_area"]
            counted[cell] = counted.get(cell, 0) + row["sightings"]
    totals: dict[str, int] = {}
    for (substance, _), count in counted.items():
        totals[substance] = totals.get(substance, 0) + count
    told = apart(counted, totals, len({row["larger_area"] for row in weeks.to_pylist()}))
    rows = [
        {"larger_area": area, "substance": substance, "sightings": count}
        for (substance, area), count in sorted(told.items(), key=lambda one: (one[0][1], one[0][0]))
    ]
    return pa.Table.from_pylist(rows, SCHEMAS[TRADE_AREA_WEEKS].remove(2))


def apart(
    counted: Mapping[tuple[str, str], int], totals: Mapping[str, int], areas: int
) -> dict[tuple[str, str], int]:
    """The cells (substance, larger area) that may be told beside each substance's total over `areas` areas.

    None is below five. Where the rest of a substance, total less what is told, would be below five or lie in
    one area, the smallest of those told are left out too: else it would follow by subtracting.
    """
    cells = pa.table(
        {
            "substance": [substance for substance, _ in counted],
            "larger_area": [area for _, area in counted],
            "count": pa.array(list(counted.values()), pa.int64()),
        }
    )
    told: dict[tuple[str, str], int] = {}
    passed = published_cells(cells, ("substance", "larger_area"), "count").to_pylist()
    for substance, total in totals.items():
        mine = sorted((row["count"], row["larger_area"]) for row in passed if row["substance"] == substance)
        while mine and (total - sum(count for count, _ in mine) < LEAST_SHOWN or areas - len(mine) < 2):
            mine.pop(0)
        told |= {(substance, area): count for count, area in mine}
    return told


def _alarms(rows: Rows, held: Set[str]) -> pa.Table:
    """Whole numbers and tenths only: with more digits, weeks that are not told could be reckoned back.

    `held`: the substances of which the adverts of this week are told.
    """
    rows = [row for row in rows if row["larger_area"] != IN_COLLECTIONS or row["substance"] in held]
    known = [row for row in rows if row["alarm"] is not None and row["reports"] >= LEAST_SHOWN]
    everywhere = {row["substance"]: row["reports"] for row in rows if row["larger_area"] == EVERYWHERE}
    where = {row["larger_area"] for row in rows} - _NO_AREA
    raised = {
        (row["substance"], row["larger_area"]): row["reports"]
        for row in known
        if row["alarm"] and row["larger_area"] not in _NO_AREA
    }
    told = apart(raised, everywhere, len(where))
    kept = [
        {
            **{name: row[name] for name in ("substance", "larger_area", "reports", "alarm")},
            "expected": None if row["expected"] is None else round(row["expected"], 1),
            "upper": None if row["upper"] is None else float(round(row["upper"])),
        }
        for row in known
        if row["larger_area"] in _NO_AREA or (row["substance"], row["larger_area"]) in told
    ]
    names = ("substance", "larger_area", "reports", "expected", "upper", "alarm")
    schema = SCHEMAS[TRADE_ALARMS]
    return pa.Table.from_pylist(kept, pa.schema([schema.field(name) for name in names]))


def _channels(rows: Rows) -> pa.Table:
    """Changes reckoned anew among the channels whose counts are told: the totals hold no other."""
    made: Rows = []
    for source in sorted({row["source"] for row in rows}):
        told = {
            row["channel"]: (_told(row["before"]), _told(row["after"]))
            for row in rows
            if row["source"] == source
        }
        of_before = sum(before or 0 for before, _ in told.values())
        of_after = sum(after or 0 for _, after in told.values())
        for channel, (before, after) in told.items():
            if before is None and after is None:
                continue
            if before is not None and after is not None:
                row = change_of_share(channel, before, of_before, after, of_after)
            else:
                row = {"channel": channel, "before": before, "after": after}
                row |= {"of_before": of_before, "of_after": of_after}
            made.append({"source": source, **row})
    return pa.Table.from_pylist(made, SCHEMAS[TRADE_CHANNELS])


def _prices(prices: pa.Table) -> pa.Table:
    enough = _of_several(prices, "groups", "group_weeks").filter(pc.field("enough"))
    names = ["source", "substance", "unit", "band", "more_than", "groups"]
    return enough.select([*names, "median_pence", "low_pence", "high_pence"])


def _names_nobody(row: Mapping[str, Any], *, posted: bool) -> bool:
    """Whether a word stands in five texts of two sellers or more, and in no way names one, or a place.

    Where posts are held (`posted`) and no seller is known, it may be one seller's own name. A sighting has no
    seller, and is told by whoever saw it.
    """
    if row["texts"] < LEAST_SHOWN or row["posts"] < LEAST_SHOWN:
        return False
    if row["sellers"] is None and posted:
        return False
    if row["sellers"] is not None and row["sellers"] < _LEAST_SELLERS:
        return False
    term = pa.array([row["term"]])
    return remove_contacts(term)[1] == 0 and not mask_identity(term)[1]


def _terms(rows: Rows) -> pa.Table:
    kind = {one.name: one.family for one in substances()}
    told = [{**row, "family": kind.get(row["substance"])} for row in rows]
    schema = SCHEMAS[TRADE_CONFIRMED]
    names = ("term", "substance", "decided", "first_seen", "texts", "posts")
    return pa.Table.from_pylist(
        told, pa.schema([*(schema.field(name) for name in names), ("family", pa.string())])
    )
