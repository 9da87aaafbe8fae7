"""What things cost: by substance and quantity, how much less for more, week by week, and where the level
shifts.

Invariant: no advert is louder for being copied. Adverts that are copies of each other (a *copy group*) count
once a week, and groups, not adverts, are drawn again where doubt is measured. No price is told on fewer than
`LEAST_GROUPS` groups.

Vendors hide that they have nothing left behind an absurd price, so whatever asks more than `FARTHEST` times
what the others ask for so much, or less than that part of it, is left out before anything is reckoned.

Methods: the median and its percentile bootstrap (B. Efron 1979) over copy groups (C. Field and A. Welsh
2007); the discount for quantity as the median of the slopes between pairs of offers on logarithms (H. Theil
1950, P. Sen 1968). For the shifts see `price_shifts`. Prices are compared in one currency and never
converted: what a currency was worth on a day is not known here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRICES: Final = pa.schema(
    [
        ("substance", pa.string()),
        ("unit", pa.string()),
        ("band", pa.string()),
        ("more_than", pa.float64()),
        ("at_most", pa.float64()),
        ("groups", pa.int64()),
        ("group_weeks", pa.int64()),
        ("sellers", pa.int64()),
        ("of_one", pa.int64()),
        ("enough", pa.bool_()),
        ("median_pence", pa.float64()),
        ("quarter_pence", pa.float64()),
        ("three_quarters_pence", pa.float64()),
        ("low_pence", pa.float64()),
        ("high_pence", pa.float64()),
        ("discount", pa.float64()),
    ]
)
"""A row for each substance, unit and quantity band (`more_than` and `at_most` so many units; the last has no
end).

`groups` are copy groups, `group_weeks` weeks in which one was met. `sellers` are the most that are known in
one week, and `of_one` the group-weeks of whoever has most in each (null where none is known). Where there are
too few to say (`enough` is false) prices are null. Prices are pence for one unit (hundredths of another
currency): the median, the quarters, and the 95 % band of the median. `discount` is the share that the price
for one falls by when twice as much is bought, by substance and unit, over all bands.
"""

PRICE_WEEKS: Final = pa.schema(
    [
        ("substance", pa.string()),
        ("unit", pa.string()),
        ("week", pa.date32()),
        ("groups", pa.int64()),
        ("sellers", pa.int64()),
        ("of_one", pa.int64()),
        ("enough", pa.bool_()),
        ("one_pence", pa.float64()),
        ("low_pence", pa.float64()),
        ("high_pence", pa.float64()),
    ]
)
"""A row for each substance, unit and week (its Monday, or whatever day stands for it) in which prices were
asked: `one_pence` is the median price of one unit bought alone, other quantities being brought to it by the
discount, with the 95 % band of that median; null where fewer than `LEAST_A_WEEK` groups asked one. `sellers`
and `of_one` as in PRICES."""

LEAST_GROUPS: Final = 8
"""Copy groups below which there are too few to say what something costs."""

LEAST_A_WEEK: Final = 4
"""Copy groups below which a week's price is not told."""

FARTHEST: Final = 10.0
"""How many times what others ask for so much, or what part of it, is absurd."""

DRAWS: Final = 1000
"""How often the groups are drawn again."""

PAIRS: Final = 200_000
"""Pairs of offers whose slopes are taken at most: of more, so many are drawn."""

BY_WEIGHT: Final = (1.0, 4.0, 15.0, 60.0)
"""Ends of the quantity bands of what is weighed or poured, in g or ml."""

BY_NUMBER: Final = (1.0, 9.0, 49.0, 199.0)
"""Ends of the quantity bands of what is counted."""

_ONE_OF: Final = {
    "tablets": "tablet",
    "blotters": "blotter",
    "patches": "patch",
    "vapes": "vape",
    "canisters": "canister",
    "sleeves": "sleeve",
    "pouches": "pouch",
    "pieces": "piece",
}

_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True)
class Asked:
    """Prices for one unit of one substance: each row what a copy group asked in one week in one band
    (logarithms).

    `group`, `week` and `seller` are numbers (-1 for a seller who is not known), `weeks` the dates of the
    second; `slope` is how the price for one goes
    with the quantity (logarithms), None where too few say.
    """

    substance: str
    unit: str
    group: Ints
    week: Ints
    weeks: Any
    band: Ints
    quantity: Floats
    price: Floats
    seller: Ints
    slope: float | None = None

    def __len__(self) -> int:
        return len(self.price)

    def of(self, kept: NDArray[np.bool_]) -> Asked:
        """The rows that are kept."""
        return replace(
            self,
            group=self.group[kept],
            week=self.week[kept],
            band=self.band[kept],
            quantity=self.quantity[kept],
            price=self.price[kept],
            seller=self.seller[kept],
        )

    @property
    def sold_by(self) -> dict[str, int | None]:
        """How many sellers are known at most in one week, and how many groups are of whoever has most in each
        week, all weeks together. Whoever sells is known by another mark in each month."""
        cells = np.stack([self.week, self.seller, self.group], axis=1)[self.seller >= 0]
        pairs, groups = np.unique(np.unique(cells, axis=0)[:, :2], axis=0, return_counts=True)
        if not len(pairs):
            return {"sellers": None, "of_one": None}
        _, week = np.unique(pairs[:, 0], return_inverse=True)
        most = np.zeros(int(week.max()) + 1, dtype=np.int64)
        np.maximum.at(most, week, groups)
        return {"sellers": int(np.bincount(week).max()), "of_one": int(most.sum())}

    @property
    def of_one(self) -> Floats:
        """The prices brought to one unit bought alone (logarithms)."""
        return np.asarray(self.price - (self.slope or 0.0) * self.quantity)


def prices(offers: pa.Table, seed: int, currency: str = "GBP") -> pa.Table:
    """What each substance costs, by unit and quantity band (PRICES), in the order of names.

    `offers` has substance, unit, quantity, price and currency as in `extraction.OFFERS`, and beside them
    `group` (which copy group the post is of), `week` (date) and, where they are known, `seller` (whatever
    tells them apart; null for one who is not known). Rows of another currency, and those that lack any of the
    others, are left out. The same seed gives the same table. Raises KeyError for a column that is
    missing.
    """
    rows = []
    for asked in asked_in(offers, seed, currency):
        edges = _edges(asked.unit)
        for band in np.unique(asked.band).tolist():
            here = asked.of(asked.band == band)
            groups = len(np.unique(here.group))
            row: dict[str, Any] = dict.fromkeys(PRICES.names)
            row |= {"substance": asked.substance, "unit": asked.unit, "band": _band(edges, band, asked.unit)}
            row |= {"more_than": edges[band], "at_most": edges[band + 1] if band + 2 < len(edges) else None}
            row |= {"groups": groups, "group_weeks": len(here), "enough": groups >= LEAST_GROUPS}
            row |= here.sold_by
            if asked.slope is not None:
                row["discount"] = 1.0 - 2.0**asked.slope
            if groups >= LEAST_GROUPS:
                low, high = median_band(here.price, here.group, _seed(seed, asked, band))
                quarters = np.quantile(here.price, [0.25, 0.75])
                told = np.exp([float(np.median(here.price)), *quarters, low, high]) * 100
                names = ("median", "quarter", "three_quarters", "low", "high")
                row |= {f"{name}_pence": float(one) for name, one in zip(names, told, strict=True)}
            rows.append(row)
    return pa.Table.from_pylist(rows, PRICES)


def price_weeks(offers: pa.Table, seed: int, currency: str = "GBP") -> pa.Table:
    """What one unit of each substance costs, week by week (PRICE_WEEKS); `offers` as for `prices`."""
    rows = []
    for asked in asked_in(offers, seed, currency):
        enough = len(np.unique(asked.group)) >= LEAST_GROUPS
        for week in np.unique(asked.week).tolist():
            here = asked.of(asked.week == week)
            groups = len(np.unique(here.group))
            row: dict[str, Any] = dict.fromkeys(PRICE_WEEKS.names)
            row |= {"substance": asked.substance, "unit": asked.unit, "week": asked.weeks[week]}
            row |= {"groups": groups, "enough": enough and groups >= LEAST_A_WEEK, **here.sold_by}
            if row["enough"]:
                low, high = median_band(here.of_one, here.group, _seed(seed, asked, 1000 + week))
                told = np.exp([float(np.median(here.of_one)), low, high]) * 100
                names = ("one", "low", "high")
                row |= {f"{name}_pence": float(one) for name, one in zip(names, told, strict=True)}
            rows.append(row)
    return pa.Table.from_pylist(rows, PRICE_WEEKS)


def asked_in(offers: pa.Table, seed: int, currency: str = "GBP") -> Iterator[Asked]:
    """The prices of each substance and unit, without absurd ones, and how they go with the quantity."""
    for asked in _read(offers, currency):
        slope = _slope(asked, seed)
        # A group speaks once here, however many weeks and bands it is met in: who posts most moves no centre.
        centre = np.median(_by_group(asked.price - slope * asked.quantity, asked.group))
        sane = np.abs(asked.price - slope * asked.quantity - centre) <= np.log(FARTHEST)
        kept = asked.of(sane)
        if len(kept):
            few = len(np.unique(kept.group)) < LEAST_GROUPS or len(np.unique(kept.quantity)) < 2
            yield replace(kept, slope=None if few else _slope(kept, seed))


def median_band(values: Floats, group: Ints, seed: np.random.SeedSequence) -> tuple[float, float]:
    """The 95 % band of the median of values, by drawing their groups again (percentile bootstrap)."""
    order = np.argsort(values, kind="stable")
    _, of = np.unique(group, return_inverse=True)
    of, ordered, count = of[order], values[order], int(of.max()) + 1
    draw = np.random.default_rng(seed)
    medians: list[Floats] = []
    step = max(1, min(DRAWS, _AT_ONCE // max(len(values), count)))
    for first in range(0, DRAWS, step):
        times = draw.multinomial(count, np.full(count, 1 / count), min(step, DRAWS - first))
        reached = np.cumsum(times[:, of], axis=1)
        half = (reached[:, -1:] + 1) // 2
        at = np.argmax(reached >= half, axis=1)
        # Of an even number the two in the middle are halved, as the median of the values themselves is.
        other = np.argmax(reached >= reached[:, -1:] // 2 + 1, axis=1)
        medians.append((ordered[at] + ordered[other]) / 2)
    low, high = np.quantile(np.concatenate(medians), [0.025, 0.975])
    return float(low), float(high)


def _read(offers: pa.Table, currency: str) -> Iterator[Asked]:
    """What each copy group asked, once for each band and week: the median of what it asked there."""
    table = offers.select(["substance", "unit", "quantity", "price", "currency", "group", "week"])
    nobody = pa.nulls(len(table), pa.string())
    sellers = offers["seller"] if "seller" in offers.column_names else pa.chunked_array([nobody])
    codes = pc.fill_null(sellers.combine_chunks().dictionary_encode().indices, -1).cast(pa.int64())
    table = table.append_column("seller", codes)
    table = table.filter(pc.equal(table["currency"], currency)).drop_null()
    quantity, price = (table[name].to_numpy().astype(np.float64) for name in ("quantity", "price"))
    good = (quantity > 0) & (price > 0) & np.isfinite(quantity) & np.isfinite(price)
    table, quantity, price = table.filter(pa.array(good)), quantity[good], price[good]
    names = np.array(table["substance"].to_pylist(), dtype=object)
    units = np.array(table["unit"].to_pylist(), dtype=object)
    seller = table["seller"].to_numpy()
    _, group = np.unique(np.array(table["group"].to_pylist()), return_inverse=True)
    weeks, week = np.unique(np.array(table["week"].to_pylist(), dtype="datetime64[D]"), return_inverse=True)
    for substance, unit in sorted(set(zip(names.tolist(), units.tolist(), strict=True))):
        here = (names == substance) & (units == unit)
        band = np.searchsorted(np.array(_edges(unit)[1:-1]), quantity[here])
        keys, first, which = np.unique(
            np.stack([group[here], week[here], band], axis=1),
            axis=0,
            return_index=True,
            return_inverse=True,
        )
        which = which.reshape(-1)
        yield Asked(
            substance,
            unit,
            group=keys[:, 0],
            week=keys[:, 1],
            weeks=weeks.tolist(),
            band=keys[:, 2],
            quantity=_by_group(np.log(quantity[here]), which),
            price=_by_group(np.log(price[here] / quantity[here]), which),
            seller=seller[here][first],
        )


def _by_group(values: Floats, group: Ints) -> Floats:
    """The median of the values of each group, in the order of groups."""
    order = np.lexsort((values, group))
    ordered = values[order]
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    return np.asarray((ordered[first + (count - 1) // 2] + ordered[first + count // 2]) / 2)


def _slope(asked: Asked, seed: int) -> float:
    """How the price for one goes with the quantity: the median slope between pairs of unlike quantities, each
    group and band counting once; 0 where there is no such pair."""
    _, cell = np.unique(np.stack([asked.group, asked.band], axis=1), axis=0, return_inverse=True)
    x, y = _by_group(asked.quantity, cell.reshape(-1)), _by_group(asked.price, cell.reshape(-1))
    n = len(x)
    if n * (n - 1) // 2 <= PAIRS:
        one, other = np.triu_indices(n, 1)
    else:
        one, other = np.random.default_rng(_seed(seed, asked, -1)).integers(0, n, (2, PAIRS))
    apart = np.abs(x[one] - x[other]) > 1e-9
    if not apart.any():
        return 0.0
    one, other = one[apart], other[apart]
    return float(np.median((y[one] - y[other]) / (x[one] - x[other])))


def _seed(seed: int, asked: Asked, place: int) -> np.random.SeedSequence:
    """Of each substance, unit and band or week its own, so that one more changes nothing elsewhere."""
    return np.random.SeedSequence([seed, zlib.crc32(f"{asked.substance}/{asked.unit}".encode()), place + 1])


def _edges(unit: str) -> tuple[float, ...]:
    return (0.0, *(BY_WEIGHT if unit in ("g", "ml") else BY_NUMBER), np.inf)


def _band(edges: tuple[float, ...], band: int, unit: str) -> str:
    """`1 to 4 g` in words; of what is counted the ends are whole numbers."""
    step = 0.0 if unit in ("g", "ml") else 1.0
    low, high = edges[band] + step, edges[band + 1]
    if np.isinf(high):
        return f"over {edges[band]:g} {unit}"
    if band == 0:
        return f"up to {high:g} {_ONE_OF.get(unit, unit) if high == 1 else unit}"
    return f"{low:g} to {high:g} {unit}"
