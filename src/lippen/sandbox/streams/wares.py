"""What is sold: products, the words and signs for them by channel, what they cost, and what is new.

The invariant: words and prices are the nation's, drawn once for a seed, and the same in every burgh. A word
that comes up is used by nobody before its first day; then it takes the place of older words, gradually and at
some adverts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lippen.sandbox import naming
from lippen.sandbox.chance import YEAR, Floats, Ints, Mask, drawn_by, drawn_within, generator
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.world import World

_SETS = {
    "everywhere": (1.0, 1.0, 1.0, 0.6),
    "talk": (1.0, 0.8, 0.25, 0.0),
    "online": (0.0, 0.3, 1.0, 0.6),
    "dark": (0.0, 0.0, 0.0, 2.0),
    "signs": (0.0, 0.5, 1.0, 0.0),
}
_ALWAYS = -4000  # the first day of a word that was there long before
_NEWEST = 60  # words that can come up in a year: so many are drawn, whatever the scenario takes of them


@dataclass(frozen=True)
class Change:
    """A substance that arrives: `product` in place of `host`, from `day`, in `share` of the host's offers."""

    product: int
    host: int
    day: int
    share: float


@dataclass(frozen=True)
class Wares:
    """The trade's words and prices over the days of a world.

    Per product: `products`, `units`, `price` (product by week: GBP for one unit bought alone), `quantities`
    and `bulk` (what is offered, in units). Per word, in the order of products: `words`, `told` (how those who
    saw what goes by that word put it), `product_of`, `is_sign`, `weight` (channel by word), `first_day`, and
    for new ones `ceiling` (share of uses it ends up with) and `ramp_days`.
    """

    products: tuple[str, ...]
    units: tuple[str, ...]
    quantities: tuple[tuple[float, ...], ...]
    bulk: tuple[tuple[float, ...], ...]
    price: Floats
    words: tuple[str, ...]
    told: tuple[tuple[str, ...], ...]
    product_of: Ints
    is_sign: Mask
    weight: Floats
    first_day: Ints
    ceiling: Floats
    ramp_days: Floats
    change: Change | None
    _offsets: Ints
    _edges: Floats
    _has_signs: Mask

    @property
    def weeks(self) -> int:
        return int(self.price.shape[1])

    def week(self, day: Ints) -> Ints:
        """The week in which each day lies; days outside the world belong to its first or last."""
        return np.clip(day // 7, 0, self.weeks - 1)

    def word(self, product: Ints, channel: Ints, sign: Mask, day: Ints, uniform: Floats) -> Ints:
        """The index in `words` of a word (or a sign, where there is one) for each product, as of that day."""
        sort = product * 2 + (sign & self._has_signs[channel, product])
        cell = self.week(day) * len(CHANNELS) + channel
        sorts, words = len(self.products) * 2, len(self.words)
        found = drawn_within(cell * sorts + sort, self._offsets, self._edges, uniform) - cell * words
        # The week knows the word already where the day does not yet: then the oldest of its sort is used.
        oldest = self._offsets[sort + 1] - 1
        return np.asarray(np.where(self.first_day[found] > np.maximum(day, 0), oldest, found))

    def arrived(self, product: Ints, day: Ints, coin: Floats) -> Ints:
        """The products, with a newcomer in its share of its host's place from its day on."""
        if self.change is None:
            return product
        new = (product == self.change.host) & (day >= self.change.day) & (coin < self.change.share)
        return np.asarray(np.where(new, self.change.product, product))

    def cost(self, product: Ints, quantity: Floats, day: Ints) -> Floats:
        """GBP for a quantity on a day, before what sellers add or take off. More costs less a unit."""
        unit = self.price[product, self.week(day)]
        return np.asarray(unit * quantity ** number("trade.quantity_exponent"))


def trade_lexicon() -> dict[str, Any]:
    """The lexicon of `words/trade.toml`."""
    return naming.words("trade.toml")


def wares_of(world: World) -> Wares:
    """The wares of a world: the same in each burgh of a nation."""
    return _drawn(world.seed, world.days, world.scenario.new_words_per_year, world.scenario.substance_change)


def shares(wares: Wares, which: str) -> Floats:
    """How often each product is offered (`trade.share.social` and the like); newcomers are none of it."""
    said = by_name(f"trade.share.{which}")
    return np.array([said.get(name, 0.0) for name in wares.products])


@lru_cache(maxsize=2)
def _drawn(seed: int, days: int, new_words: float, changes: bool) -> Wares:
    entries = list(trade_lexicon()["product"])
    change = None
    if changes:
        change, entry = _change(seed, days, entries)
        entries.append(entry)
    old = [
        (
            word,
            at,
            name == "signs",
            _SETS[name],
            change.day if change and at == change.product else _ALWAYS,
            0.0,
        )
        for at, entry in enumerate(entries)
        for name in _SETS
        for word in entry.get(name, [])
    ]
    new = _new_words(seed, days, new_words, entries)
    # Within a sort of word the newest stand first: the last is never one that is not yet there.
    rows = sorted([*((*one, 1.0) for one in old), *new], key=lambda row: (row[1], row[2], row[5] == 0.0))
    words, product_of, is_sign, weight, first_day, ceiling, ramp = zip(*rows, strict=True)
    sort = np.array(product_of) * 2 + np.array(is_sign)
    table = np.array(weight).T
    held = _edges(days, sort, table, np.array(first_day), np.array(ceiling), np.array(ramp), len(entries))
    signs = np.zeros((len(CHANNELS), len(entries)), dtype=np.bool_)
    for at in range(len(entries)):
        signs[:, at] = table[:, (sort == at * 2 + 1) & (np.array(ceiling) == 0.0)].sum(axis=1) > 0
    return Wares(
        products=tuple(entry["name"] for entry in entries),
        units=tuple(entry["unit"] for entry in entries),
        quantities=tuple(tuple(entry["quantities"]) for entry in entries),
        bulk=tuple(tuple(entry["bulk"]) for entry in entries),
        price=_prices(seed, days, entries),
        words=words,
        told=tuple(
            tuple(entries[at].get("form", {}).get(word, entries[at]["told"]))
            for word, at in zip(words, product_of, strict=True)
        ),
        product_of=np.array(product_of),
        is_sign=np.array(is_sign),
        weight=table,
        first_day=np.array(first_day),
        ceiling=np.array(ceiling),
        ramp_days=np.array(ramp),
        change=change,
        _offsets=held[0],
        _edges=held[1],
        _has_signs=signs,
    )


def _change(seed: int, days: int, entries: list[dict[str, Any]]) -> tuple[Change, dict[str, Any]]:
    draw = generator(seed, 0, "wares", "change")
    known = trade_lexicon()["newcomer"]
    entry = known[int(draw.integers(0, len(known)))]
    low, high = numbers("trade.change_between")
    day = int(days * (low + draw.random() * (high - low)))
    least, most = numbers("trade.change_share")
    host = [one["name"] for one in entries].index(entry["in_place_of"])
    return Change(len(entries), host, day, float(least + draw.random() * (most - least))), entry


def _new_words(seed: int, days: int, per_year: float, entries: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """New words, as many as the scenario takes; each is drawn as if all that there can be were taken."""
    draw = generator(seed, 0, "wares", "new words")
    most = int(np.ceil(_NEWEST * days / YEAR)) + 1
    made = trade_lexicon()["new"]
    taken = {word for entry in entries for name in _SETS for word in entry.get(name, [])}
    coined = [a + b + c for a in made["onsets"] for b in made["middles"] for c in made["endings"]]
    stocks = [
        [one for one in draw.permutation(np.array(stock)).tolist() if one not in taken]
        for stock in (coined, made["everyday"], made["signs"])
    ]
    uniform = draw.random((most, 7))
    form = drawn_by(np.array(numbers("trade.new_word_forms")), uniform[:, 0])
    share, often = by_name("trade.share.social"), number("trade.new_word_for")
    product = drawn_by(np.array([share.get(one["name"], 0.0) ** often for one in entries]), uniform[:, 1])
    first = np.floor(uniform[:, 2] * days).astype(int)
    low, high = np.log(numbers("trade.new_word_ceiling"))
    ceiling = np.exp(low + uniform[:, 3] * (high - low))
    short, long = numbers("trade.new_word_ramp_days")
    wider = uniform[:, 5:] < np.array(numbers("trade.new_word_wider"))
    rows = []
    for at in range(min(most, round(per_year * days / YEAR))):
        sort = int(form[at]) if stocks[int(form[at])] else 0
        talk, dark = float(wider[at, 0]), float(wider[at, 1] and sort != 2)
        where = (talk * (sort != 2), talk, 1.0, dark)
        ramp = float(short + uniform[at, 4] * (long - short))
        word = stocks[sort].pop(0)
        rows.append((word, int(product[at]), sort == 2, where, int(first[at]), float(ceiling[at]), ramp))
    return rows


def _edges(
    days: int, sort: Ints, weight: Floats, first_day: Ints, ceiling: Floats, ramp: Floats, products: int
) -> tuple[Ints, Floats]:
    """Running sums of how often each word is used, by week and channel, and where each sort begins."""
    weeks = _weeks(days)
    end = 7 * np.arange(weeks)[:, None] + 6
    grown = ceiling * np.clip((end - first_day + 1) / ramp, 0.0, 1.0)
    is_new = ceiling > 0
    sorts = products * 2
    member = np.zeros((len(sort), sorts))
    member[np.arange(len(sort)), sort] = 1.0
    new = grown[:, None, :] * (weight * is_new)[None, :, :]
    crowded = np.minimum(1.0, number("trade.new_words_most") / np.maximum(new @ member, 1e-12))
    new = new * crowded[:, :, sort]
    old = weight * ~is_new
    old_sums = old @ member
    # A sort with no word in a channel is never asked for there; it is given one so that sums stay above 0.
    empty = (old_sums[:, sort] <= 0) & ~is_new
    old = np.where(empty, 1.0, old)
    left = 1 - (new @ member)[:, :, sort]
    used = new + (old / np.maximum((old @ member)[:, sort], 1e-12))[None] * left
    edges = np.cumsum(used.ravel())
    within = np.searchsorted(sort, np.arange(sorts))
    cells = np.arange(weeks * len(CHANNELS))[:, None] * len(sort)
    return np.append((cells + within).ravel(), len(edges)), edges


def _weeks(days: int) -> int:
    return days // 7 + 1


def _prices(seed: int, days: int, entries: list[dict[str, Any]]) -> Floats:
    """GBP for one unit, product by week: a level, a slow random walk, and for some products one shift."""
    draw = generator(seed, 0, "wares", "prices")
    level = by_name("trade.price_gbp")
    weeks = _weeks(days)
    most = len(trade_lexicon()["product"]) + 1  # with or without a newcomer, the others' prices are the same
    walk = np.cumsum(number("trade.price_walk") * draw.standard_normal((weeks, most)), axis=0).T
    low, high = numbers("trade.price_shift")
    size = np.log1p(low + draw.random(most) * (high - low))
    size = np.where(draw.random(most) < 0.5, size, -size)
    soonest, latest = numbers("trade.price_shift_when")
    when = (weeks * (soonest + (latest - soonest) * draw.random(most))).astype(int)
    shifts = (draw.random(most) < number("trade.price_shifts")) * size
    after = np.arange(weeks) >= when[:, None]
    price = np.exp(walk + shifts[:, None] * after)
    return np.array([level[entry["name"]] for entry in entries])[:, None] * price[: len(entries)]
