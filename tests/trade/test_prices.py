"""What things cost, whatever copies, absurd prices and other currencies stand among the offers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lippen.trade.prices import (
    LEAST_A_WEEK,
    LEAST_GROUPS,
    PRICE_WEEKS,
    PRICES,
    median_band,
    price_weeks,
    prices,
)

MONDAY = dt.date(2025, 1, 6)
Row = dict[str, Any]


def offer(group: int, price: float, quantity: float = 1.0, week: int = 0, **other: Any) -> Row:
    return {
        **{"substance": "ketamine", "unit": "g", "quantity": quantity, "price": price, "currency": "GBP"},
        **{"group": group, "week": MONDAY + dt.timedelta(weeks=week)},
        **other,
    }


def table(rows: list[Row]) -> pa.Table:
    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("substance", "unit", "currency")),
            *((name, pa.float64()) for name in ("quantity", "price")),
            ("group", pa.int64()),
            ("week", pa.date32()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def market(groups: int = 60, seed: int = 1, exponent: float = 0.88) -> list[Row]:
    """Offers of some 25 pounds a gram, more costing less a gram, each group over some weeks."""
    draw = np.random.default_rng(seed)
    rows = []
    for group in range(groups):
        level = 25 * np.exp(draw.normal(0, 0.1))
        for week in draw.choice(12, draw.integers(1, 5), replace=False).tolist():
            quantity = float(draw.choice([0.5, 1.0, 2.0, 3.5, 7.0]))
            rows.append(offer(group, level * quantity**exponent, quantity, week))
    return rows


def test_the_median_and_the_quarters_are_those_of_the_groups() -> None:
    rows = [offer(group, 20.0 + group) for group in range(9)]
    (row,) = prices(table(rows), seed=1).to_pylist()
    assert (row["median_pence"], row["quarter_pence"], row["three_quarters_pence"]) == pytest.approx(
        (2400, 2200, 2600), rel=1e-3
    )
    assert row["low_pence"] < 2400 < row["high_pence"]
    assert (row["band"], row["more_than"], row["at_most"], row["groups"]) == ("up to 1 g", 0.0, 1.0, 9)


def test_sellers_are_counted_within_weeks_since_their_marks_change() -> None:
    sold = [(0, 0, "a"), (1, 0, "a"), (2, 0, "b"), (3, 0, None), (4, 1, "c"), (5, 1, "c"), (0, 1, "c")]
    rows = [offer(group, 20.0, 1.0, week) | {"seller": seller} for group, week, seller in sold]
    told = table(rows).append_column("seller", pa.array([row["seller"] for row in rows]))
    (band,) = prices(told, seed=1).to_pylist()
    assert (band["sellers"], band["of_one"], band["group_weeks"]) == (2, 2 + 3, 7)
    weeks = price_weeks(told, seed=1).to_pylist()
    assert [(row["sellers"], row["of_one"], row["groups"]) for row in weeks] == [(2, 2, 4), (1, 3, 3)]
    (unknown,) = prices(table(rows), seed=1).to_pylist()
    assert (unknown["sellers"], unknown["of_one"]) == (None, None)


def test_a_copy_is_no_louder_for_being_copied() -> None:
    rows = market()
    loud = rows + [one for one in rows if one["group"] == 3] * 500
    assert prices(table(loud), seed=1).equals(prices(table(rows), seed=1))
    assert price_weeks(table(loud), seed=1).equals(price_weeks(table(rows), seed=1))


def test_the_order_of_offers_changes_nothing_and_the_same_seed_gives_the_same() -> None:
    rows = market()
    assert prices(table(rows[::-1]), seed=1).equals(prices(table(rows), seed=1))
    assert not prices(table(rows), seed=2).equals(prices(table(rows), seed=1))


def test_another_substance_changes_nothing() -> None:
    rows = market()
    more = rows + [one | {"substance": "cocaine", "price": 4 * one["price"]} for one in market(seed=5)]
    alone, beside = prices(table(rows), seed=1), prices(table(more), seed=1)
    assert [row for row in beside.to_pylist() if row["substance"] == "ketamine"] == alone.to_pylist()


def test_below_the_least_number_of_groups_there_are_too_few_to_say() -> None:
    few = [offer(group, 25.0, week=week) for group in range(LEAST_GROUPS - 1) for week in range(20)]
    (row,) = prices(table(few), seed=1).to_pylist()
    assert (row["enough"], row["groups"], row["group_weeks"]) == (
        False,
        LEAST_GROUPS - 1,
        (LEAST_GROUPS - 1) * 20,
    )
    assert {row[name] for name in row if name.endswith("_pence") or name == "discount"} == {None}
    assert not any(price_weeks(table(few), seed=1)["enough"].to_pylist())
    (row,) = prices(table([*few, offer(99, 25.0)]), seed=1).to_pylist()
    assert row["enough"]


def test_a_week_of_few_groups_is_not_told() -> None:
    rows = market() + [offer(group, 25.0, week=30) for group in range(LEAST_A_WEEK - 1)]
    last = price_weeks(table(rows), seed=1).to_pylist()[-1]
    assert (last["groups"], last["enough"], last["one_pence"]) == (LEAST_A_WEEK - 1, False, None)


ABSURD = (16_807.0, 1e9, 99_999.0, 0.0001, 1e-300)


@pytest.mark.parametrize("share", [0.05, 0.25])
def test_absurd_prices_move_nothing(share: float) -> None:
    """Vendors hide that they have nothing left behind prices that nobody would pay."""
    rows = market()
    hidden = [
        offer(1_000 + at, ABSURD[at % len(ABSURD)], [0.5, 1, 2, 3.5, 7][at % 5], at % 12)
        for at in range(int(share * 60))
    ]
    assert prices(table(rows + hidden), seed=1).equals(prices(table(rows), seed=1))
    assert price_weeks(table(rows + hidden), seed=1).equals(price_weeks(table(rows), seed=1))


def test_one_vendor_s_absurd_prices_move_nothing_however_often_and_long() -> None:
    rows = market()
    flood = [
        offer(5_000, 16_807.0, quantity, week) for week in range(200) for quantity in (0.5, 1.0, 3.5, 7.0)
    ] * 5
    assert prices(table(rows + flood), seed=1).equals(prices(table(rows), seed=1))


def test_one_absurd_price_of_a_vendor_who_asks_others_too_moves_nothing() -> None:
    rows = market()
    assert prices(
        table([*rows, rows[0] | {"price": 16_807.0, "week": MONDAY + dt.timedelta(weeks=40)}]), seed=1
    ).equals(prices(table(rows), seed=1))


@pytest.mark.parametrize(
    "broken",
    [
        {"price": None},
        {"price": float("nan")},
        {"price": float("inf")},
        {"price": -5.0},
        {"price": 0.0},
        {"quantity": 0.0},
        {"quantity": None},
        {"unit": None},
        {"currency": "BTC"},
        {"currency": None},
        {"week": None},
        {"group": None},
    ],
    ids=str,
)
def test_what_lacks_something_or_is_in_another_currency_is_left_out(broken: Row) -> None:
    rows = market()
    assert prices(table([*rows, offer(700, 30.0) | broken]), seed=1).equals(prices(table(rows), seed=1))


def test_nothing_gives_tables_with_no_rows() -> None:
    assert prices(table([]), seed=1).equals(PRICES.empty_table())
    assert price_weeks(table([]), seed=1).equals(PRICE_WEEKS.empty_table())


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(KeyError):
        prices(table(market()).drop_columns(["group"]), seed=1)


def test_the_discount_for_more_is_found() -> None:
    (discount,) = {row["discount"] for row in prices(table(market(200)), seed=1).to_pylist()}
    assert discount == pytest.approx(1 - 2 ** (0.88 - 1), abs=0.015)
    (discount,) = {row["discount"] for row in prices(table(market(200, exponent=1.0)), seed=1).to_pylist()}
    assert discount == pytest.approx(0, abs=0.015)


def test_of_very_many_offers_some_pairs_say_the_discount() -> None:
    (discount,) = {row["discount"] for row in prices(table(market(900)), seed=1).to_pylist()}
    assert discount == pytest.approx(1 - 2 ** (0.88 - 1), abs=0.01)


def test_quantities_are_told_apart_by_bands() -> None:
    rows = [
        offer(group, 25 * quantity, quantity)
        for group in range(9)
        for quantity in (1.0, 1.5, 4.0, 28.0, 112.0)
    ]
    told = prices(table(rows), seed=1)
    assert told["band"].to_pylist() == ["up to 1 g", "1 to 4 g", "15 to 60 g", "over 60 g"]
    counted = [one | {"unit": "tablets", "quantity": float(round(one["quantity"]))} for one in rows]
    assert prices(table(counted), seed=1)["band"].to_pylist() == [
        *("up to 1 tablet", "2 to 9 tablets", "10 to 49 tablets", "50 to 199 tablets")
    ]


def test_a_week_s_price_is_that_of_one_unit() -> None:
    told = [row for row in price_weeks(table(market(300)), seed=1).to_pylist() if row["enough"]]
    assert len(told) == 12
    assert [row["one_pence"] for row in told] == pytest.approx([2500] * 12, rel=0.06)
    assert [row["week"] for row in told] == [MONDAY + dt.timedelta(weeks=week) for week in range(12)]


def test_the_band_holds_the_true_median_about_as_often_as_it_says() -> None:
    """Groups of one to six weeks whose prices hang together: 95 % in name; a band over adverts as if they
    were apart holds it far less often."""
    draw = np.random.default_rng(5)
    held, apart, times = 0, 0, 160
    for at in range(times):
        weeks = draw.integers(1, 7, 30)
        group = np.repeat(np.arange(30), weeks)
        values = np.repeat(draw.normal(0, 0.2, 30), weeks) + draw.normal(0, 0.03, len(group))
        low, high = median_band(values, group, np.random.SeedSequence(at))
        held += low <= 0 <= high
        low, high = median_band(values, np.arange(len(group)), np.random.SeedSequence(at))
        apart += low <= 0 <= high
    assert 0.89 <= held / times <= 0.99
    assert apart / times < 0.85
