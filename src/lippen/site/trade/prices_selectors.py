"""The reader of prices: what each substance costs by quantity, week by week, and where its level shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import plain
from lippen.results import TRADE_PRICE_SHIFTS, TRADE_PRICE_WEEKS, TRADE_PRICES
from lippen.site.accounts.acting import Acting
from lippen.site.trade import charts
from lippen.site.trade.entering import enter_look
from lippen.site.trade.found import (
    LONGEST_NAME,
    SOURCES,
    Row,
    ask,
    facts,
    money,
    named,
    rows_of,
    sold_by,
    weeks_until,
)
from lippen.site.trade.sight import check

WEEKS_DRAWN: Final = 104
FEW: Final = "too few to say"
ONE_OF: Final = {"g": "gram", "ml": "millilitre", "patches": "patch", "pouches": "pouch"}
"""One of each unit that is written short or is more than its plural without an s."""


@dataclass(frozen=True)
class BandLine:
    """What one unit costs in a quantity band, in words; no price where too few asked one. `sellers` are those
    of adverts."""

    substance: Markup
    unit: Markup
    band: Markup
    groups: str
    sellers: str
    median: str
    doubt: str
    middle: str


@dataclass(frozen=True)
class ShiftLine:
    """Where the level of a price shifted. `source` is what pages call it, `each` of how much the price is."""

    source: str
    substance: Markup
    each: Markup
    week: date
    before: str
    after: str
    change: str


@dataclass(frozen=True)
class WeeksDrawn:
    """What one unit of a substance costs week by week. `discount` says what buying more saves; `told` and
    `untold` count weeks with a price and weeks in which too few asked one. `rows` are the weeks as a table.
    """

    source: str
    substance: Markup
    each: Markup
    chart: Markup | None
    discount: str
    told: int
    untold: int
    rows: tuple[tuple[date, str, str, str, str], ...]


@dataclass(frozen=True)
class BandsSeen:
    """The quantity bands of a source, which is what pages call it: those with a price, and those for which
    too few asked one."""

    source: str
    told: tuple[BandLine, ...]
    untold: tuple[BandLine, ...]

    @property
    def too_few(self) -> str:
        many = len(self.untold)
        return f"{figures.count(many)} {'quantity' if many == 1 else 'quantities'} with {FEW}"


@dataclass(frozen=True)
class PricesSeen:
    """Prices by source; `drawn` where one substance was asked for."""

    bands: tuple[BandsSeen, ...]
    shifts: tuple[ShiftLine, ...]
    shifts_looked_at: int
    drawn: tuple[WeeksDrawn, ...]
    until: str


def prices(acting: Acting, substance: str) -> PricesSeen | None:
    """Prices of one substance, or of all ("" for it), entered; None where nothing was reckoned yet.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting)
    told = facts()
    enter_look(acting, "prices of the trade")
    if told is None:
        return None
    rows = [row for row in rows_of(TRADE_PRICES) if substance in ("", row["substance"])]
    shifts = [row for row in rows_of(TRADE_PRICE_SHIFTS) if substance in ("", row["substance"])]
    currency = told["currency"]
    return PricesSeen(
        bands=tuple(
            BandsSeen(
                source=title,
                told=tuple(_band(row, currency) for row in here if row["enough"]),
                untold=tuple(_band(row, currency) for row in here if not row["enough"]),
            )
            for source, title in SOURCES.items()
            if (here := [row for row in rows if row["source"] == source])
        ),
        shifts=shift_lines(shifts, currency),
        shifts_looked_at=len(shifts),
        drawn=_drawn(substance, rows, told["week"], currency) if substance else (),
        until=told["until"],
    )


def substances_priced() -> list[str]:
    """Every substance with a price, in the order of names. For a form's choices, once sight was checked."""
    return sorted({row["substance"] for row in rows_of(TRADE_PRICES)})


def shift_lines(rows: Sequence[Row], currency: str) -> tuple[ShiftLine, ...]:
    """Those of TRADE_PRICE_SHIFTS that shifted, the latest first."""
    shifted = sorted((row for row in rows if row["shifted"]), key=lambda row: row["week"], reverse=True)
    return tuple(
        ShiftLine(
            source=SOURCES[row["source"]],
            substance=named(row["substance"]),
            each=each(row["unit"]),
            week=row["week"],
            before=money(row["before_pence"], currency),
            after=money(row["after_pence"], currency),
            change=figures.change(row["change"]),
        )
        for row in shifted
    )


def each(unit: str) -> Markup:
    """Of how much a price is, in words: "one gram, bought alone"."""
    return Markup("one {}, bought alone").format(named(ONE_OF.get(unit) or unit.removesuffix("s")))


def _band(row: Row, currency: str) -> BandLine:
    enough = row["enough"]
    return BandLine(
        substance=named(row["substance"]),
        unit=named(row["unit"]),
        band=named(row["band"]),
        groups=figures.count(row["groups"]),
        sellers=sold_by(row, "group_weeks"),
        median=money(row["median_pence"], currency) if enough else "",
        doubt=_span(row["low_pence"], row["high_pence"], currency) if enough else "",
        middle=_span(row["quarter_pence"], row["three_quarters_pence"], currency) if enough else "",
    )


def _span(low: float, high: float, currency: str) -> str:
    return f"{money(low, currency)} to {money(high, currency)}"


def _drawn(substance: str, rows: Sequence[Row], week: str, currency: str) -> tuple[WeeksDrawn, ...]:
    since = weeks_until(date.fromisoformat(week), WEEKS_DRAWN)[0]
    weeks = ask(
        "SELECT source, unit, week, groups, sellers, of_one, enough, one_pence, low_pence, high_pence"  # noqa: S608 - a name of the library
        f" FROM {TRADE_PRICE_WEEKS} WHERE substance = $substance AND week >= $since ORDER BY week",
        {"substance": substance, "since": since},
    )
    discounts = {(row["source"], row["unit"]): row["discount"] for row in rows}
    series = sorted({(row["source"], row["unit"]) for row in weeks})
    return tuple(
        _series(
            substance,
            [row for row in weeks if (row["source"], row["unit"]) == one],
            discounts.get(one),
            currency,
        )
        for one in series
    )


def _series(substance: str, weeks: Sequence[Row], discount: float | None, currency: str) -> WeeksDrawn:
    def amount(pence: float | None) -> float | None:
        return None if pence is None else pence / 100

    points = [
        charts.Point(
            row["week"], amount(row["one_pence"]), amount(row["low_pence"]), amount(row["high_pence"])
        )
        for row in weeks
        if row["enough"]
    ]
    unit, source = weeks[0]["unit"], weeks[0]["source"]
    one = plain(ONE_OF.get(unit) or unit.removesuffix("s"), LONGEST_NAME)
    what = f"{plain(substance, LONGEST_NAME)}, one {one}, bought alone"
    label = f"Line chart of the price of {what}, in {len(points)} weeks, with the band of that middle price"
    sign = "£" if currency == "GBP" else f"{plain(currency, 10)} "
    return WeeksDrawn(
        source=SOURCES[source],
        substance=named(substance),
        each=each(unit),
        chart=charts.line(points, label, sign),
        discount=_discount(discount),
        told=len(points),
        untold=len(weeks) - len(points),
        rows=tuple(
            (
                row["week"],
                figures.count(row["groups"]),
                sold_by(row, "groups"),
                money(row["one_pence"], currency) if row["enough"] else FEW,
                _span(row["low_pence"], row["high_pence"], currency) if row["enough"] else "",
            )
            for row in reversed(weeks)
        ),
    )


def _discount(discount: float | None) -> str:
    if discount is None:
        return "Too few prices were asked to say what buying more saves."
    if round(discount * 100) == 0:
        return "Buying twice as much saves nothing on each."
    if discount < 0:
        return f"Whoever buys twice as much pays {figures.percent(-discount)} more for each."
    return f"Whoever buys twice as much pays {figures.percent(discount)} less for each."
