"""From what goes on paper of the trade, and what two people say beside it, to the rows of a return.

Invariant: a row is there because five different adverts or sightings of that week speak of its substance, or
because a person does; and no figure stands for fewer than five.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypedDict

from lippen.brief.trade_words import for_one, price
from lippen.signals.folding import fold
from lippen.trade.seen import NOT_NAMED
from lippen.trade.tables import EVERYWHERE, IN_COLLECTIONS
from lippen.trade.vocabulary import Substance, substances
from lippen.trade_on_paper import OnPaper, trade_of
from lippen.weekly_return.seen_in_week import Seen, seen_in_week
from lippen.weekly_return.statement import CERTAINTY, Note, ReturnRefused, Statement
from lippen.wording import is_news, not_whole

MOST_NAMES: Final = 8
"""Other names of each sort that a row has."""

_SEVERAL: Final = re.compile(r"[,;/&+]|\band\b|\(|\)")
"""What stands between several areas that are named as one."""

SEEN_BY: Final = "what people happened to see and chose to tell"
HELD_BY: Final = "adverts in collections that an organisation lawfully holds"
SAID_BY: Final = "what a service says"


class Price(TypedDict):
    """What one unit was asked for in the week: pence of pounds, or hundredths of another currency."""

    source: str
    unit: str
    median_pence: float
    low_pence: float
    high_pence: float
    prices: int
    currency: str


class ReturnRow(TypedDict):
    """One substance in one week."""

    week_from: str
    week_to: str
    area: str
    substance: str
    family: str
    legal_class: str
    other_names: list[str]
    source_of_information: list[str]
    sightings: int | None
    adverts: int | None
    form: list[str]
    description: str
    prices: list[Price]
    supply_channel: list[str]
    effects: str
    confidence: list[str]
    what_is_new: list[str]


@dataclass(frozen=True)
class Return:
    """The rows of a week, by the name of the substance, and who stands for them."""

    week: dt.date
    statement: Statement
    rows: tuple[ReturnRow, ...]

    @property
    def until(self) -> dt.date:
        """The last day of the week, a Sunday."""
        return self.week + dt.timedelta(days=6)


def make_return(workspace: Path, statement: Statement, day: dt.date | None = None) -> Return:
    """The return of the week that `day` lies in, by default the newest, of what a workspace holds.

    Raises ReturnRefused where nothing is held of that week, or the statement's area is a larger area of the
    data and so too small; LippenError as `trade_on_paper.trade_of`.
    """
    paper = trade_of(workspace)
    week = _week_of(paper.facts, day, workspace)
    _refuse_larger_areas(statement, paper.larger_areas)
    return returned(paper, seen_in_week(workspace, week), statement, week)


def _refuse_larger_areas(statement: Statement, larger_areas: Collection[str]) -> None:
    """Raise ReturnRefused where a larger area is the area of the statement, or one of several there, or where
    a note names one.
    """
    areas = [fold(one) for one in (statement.area, *_SEVERAL.split(statement.area))]
    if small := next((one for one in areas if one in larger_areas), None):
        raise ReturnRefused(
            f"{small} is one of the larger areas of these sightings, and a return names none",
            remedy="Name the health board, or the whole partnership.",
        )
    for note in statement.notes:
        said = fold(" \n ".join((note.what_is_new, note.form, note.description, note.effects)))
        if named := next((one for one in larger_areas if re.search(rf"\b{re.escape(one)}\b", said)), None):
            raise ReturnRefused(
                f"the note on {note.substance} names {named}, one of the larger areas of these sightings",
                remedy="Leave it out: a return says of what the whole area has to know, and not where.",
            )


def returned(paper: OnPaper, seen: Seen, statement: Statement, week: dt.date) -> Return:
    """The same of what was read already."""
    notes = {note.substance: note for note in statement.notes}
    counts: dict[str, dict[str, int]] = {}
    for row in paper.tables["trade_weeks"].to_pylist():
        if row["week"] == week and row["substance"] != NOT_NAMED:
            counts.setdefault(row["substance"], {})[row["source"]] = row["different"]
    known = {one.name: one for one in substances()}
    names = sorted({*counts, *notes} & set(known), key=str.casefold)
    rows = tuple(
        _row(known[name], counts.get(name, {}), notes.get(name), paper, seen, statement, week)
        for name in names
    )
    return Return(week, statement, rows)


def _week_of(facts: Mapping[str, Any], day: dt.date | None, workspace: Path) -> dt.date:
    newest, until = (dt.date.fromisoformat(facts[name]) for name in ("week", "until"))
    if day is None:
        return newest
    came = [facts[source] for source in ("listings", "sightings") if facts[source] is not None]
    first = min(dt.date.fromisoformat(one["first_day"]) for one in came)
    if not first <= day <= until:
        raise ReturnRefused(
            f"nothing is held of {day} (the trade was reckoned from {first} to {until})",
            file=workspace,
            remedy="Name a day of the week that is asked for, or run lippen trade again.",
        )
    return newest - dt.timedelta(weeks=(until - day).days // 7)


def _row(
    substance: Substance,
    counts: Mapping[str, int],
    note: Note | None,
    paper: OnPaper,
    seen: Seen,
    statement: Statement,
    week: dt.date,
) -> ReturnRow:
    name = substance.name
    forms = [note.form] if note is not None and note.form else list(seen.forms.get(name, ()))
    return {
        "week_from": week.isoformat(),
        "week_to": (week + dt.timedelta(days=6)).isoformat(),
        "area": statement.area,
        "substance": name,
        "family": substance.family,
        "legal_class": substance.legal_class,
        "other_names": _other_names(substance),
        "source_of_information": [
            *([SEEN_BY] if "sightings" in counts else []),
            *([HELD_BY] if "listings" in counts else []),
            *([SAID_BY] if note is not None else []),
        ],
        "sightings": counts.get("sightings"),
        "adverts": counts.get("listings"),
        "form": forms,
        "description": note.description if note is not None else "",
        "prices": _prices(name, paper, week),
        "supply_channel": list(seen.channels.get(name, ())),
        "effects": note.effects if note is not None else "",
        "confidence": _confidence(counts, note, paper.facts, week),
        "what_is_new": [
            *([note.what_is_new] if note is not None and note.what_is_new else []),
            *_new(name, paper, week),
        ],
    }


def _other_names(substance: Substance) -> list[str]:
    """Proper names first, then what people say; signs are for the machine."""
    named = [
        [word.written for word in substance.words if word.sort == sort and word.written != substance.name]
        for sort in ("name", "slang")
    ]
    return [name for names in named for name in names[:MOST_NAMES]]


def _prices(name: str, paper: OnPaper, week: dt.date) -> list[Price]:
    found: list[Price] = [
        {
            "source": row["source"],
            "unit": row["unit"],
            "median_pence": round(row["one_pence"], 1),
            "low_pence": round(row["low_pence"], 1),
            "high_pence": round(row["high_pence"], 1),
            "prices": row["groups"],
            "currency": paper.facts["currency"],
        }
        for row in paper.price_weeks.to_pylist()
        if row["substance"] == name and row["week"] == week
    ]
    return sorted(found, key=lambda one: (one["source"], one["unit"]))


def _confidence(
    counts: Mapping[str, int], note: Note | None, facts: Mapping[str, Any], week: dt.date
) -> list[str]:
    said = [CERTAINTY[note.certainty if note is not None else "suspected"]]
    if "sightings" in counts:
        said.append("What was seen was told by people, and read by rules: the name is what it was called.")
        said.append("Nobody knows whether different people told it: several sightings may be one person's.")
    if "listings" in counts:
        model = facts["model"]
        right = (
            ""
            if model is None or model["f1"] is None
            else f" (F1 {model['f1']:.2f}, where 1 is always right)"
        )
        said.append(f"Adverts are what sellers claim, told from other posts by a model{right}.")
        last = facts["listings"]["last_day"]
        until = week + dt.timedelta(days=6)
        if last is not None and (short := not_whole(until, dt.date.fromisoformat(last))):
            said.append(short)
    if not counts:
        said.append("No count is told: there were fewer than five, or none was counted.")
    return said


def _new(name: str, paper: OnPaper, week: dt.date) -> list[str]:
    """What the tables say is new of a substance in the newest week. Of an earlier week they say nothing."""
    if week.isoformat() != paper.facts["week"]:
        return []
    said = [
        f"More {_MET[row['larger_area']]} than chance and season explain: {row['reports']} in the week, where"
        f" about {row['expected']:g} are ordinary."
        for row in paper.tables["trade_alarms"].to_pylist()
        if row["substance"] == name and row["alarm"] and row["larger_area"] in _MET
    ]
    currency = paper.facts["currency"]
    said += [
        f"The price in {row['source']} went from {price(row['before_pence'], currency)} to"
        f" {price(row['after_pence'], currency)} {for_one(row['unit'])}, from the week of {row['week']} on."
        for row in paper.tables["trade_price_shifts"].to_pylist()
        if row["substance"] == name
        and row["shifted"]
        and row["week"] is not None
        and is_news(row["week"], week)
    ]
    said += [
        f"A new word, which a person confirmed on {row['decided']}: {row['term']}."
        for row in paper.tables["trade_confirmed"].to_pylist()
        if row["substance"] == name
    ]
    return said


_MET: Final = {EVERYWHERE: "sightings", IN_COLLECTIONS: "new adverts"}
