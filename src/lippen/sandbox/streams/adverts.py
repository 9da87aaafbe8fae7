"""What sellers' adverts offer: which things, how much of them, in whose words and at what price.

The invariant: an advert has editions, in which prices and words are gone over, and an edition a few versions.
A posting is one version of one edition under one handle, and all that it says follows from that. What is
drawn for adverts and editions does not depend on which postings happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by
from lippen.sandbox.parameters import number, numbers
from lippen.sandbox.streams.sellers import AT_A_TIME, LISTED, Sellers, turns
from lippen.sandbox.streams.wares import Wares, shares
from lippen.sandbox.world import World

HANDS = ("menu", "one line", "signs", "dark web")
"""How adverts are written; those on the dark web all in one way."""

LINES = 4
"""Things that an advert offers at most."""

VERSIONS = 4
"""An edition as it is, and three that go out under a handle of the moment: with other signs, at another
price, in other words."""

OTHERWISE = 0.37
"""How far a version turns what it changes."""

LINES_OF = np.array([LINES, 1, 2, 1])
"""Things that each hand offers at most."""


@dataclass(frozen=True)
class Pieces:
    """Versions of adverts, one a row, and what they offer (row by LINES; only where `offered`).

    `slot`, `advert` (which of its slot's), `name` (that it goes under: one of `names`, how many are kept for
    a while and how many serve for the moment), `version`, `hand` (of HANDS); `offered`, `product`,
    `quantity`, `price` (GBP), `word` and `sign` (indexes of Wares.words); `dice` of the advert (12) and of
    the edition (4) for all that is only how it is put. The first line always offers something.
    """

    slot: Ints
    advert: Ints
    name: Ints
    version: Ints
    hand: Ints
    offered: Mask
    product: Ints
    quantity: Floats
    price: Floats
    word: Ints
    sign: Ints
    dice: Floats
    edition_dice: Floats
    names: tuple[int, int]

    def __len__(self) -> int:
        return len(self.slot)


def pieces_of(
    world: World, wares: Wares, sellers: Sellers, slot: Ints, day: Ints, version: Ints
) -> tuple[Pieces, Ints]:
    """The different pieces among postings of `slot` on `day`, and which of them each posting is."""
    slots = len(sellers) * AT_A_TIME
    running = turns(world.draw("listings", "adverts"), slots, world.days, numbers("listing.advert_days"))
    edited = turns(world.draw("listings", "editions"), slots, world.days, numbers("listing.edition_days"))
    dice = world.draw("listings", "advert dice").random((*running.start.shape, 12))
    edition_dice = world.draw("listings", "edition dice").random((*edited.start.shape, 4))
    handle = sellers.handles.at(slot, day)
    shape = (slots, *(one.start.shape[1] for one in (running, edited, sellers.handles)), VERSIONS)
    keys, which = np.unique(
        np.ravel_multi_index((slot, running.at(slot, day), edited.at(slot, day), handle, version), shape),
        return_inverse=True,
    )
    slot, advert, edition, handle, version = np.unravel_index(keys, shape)
    kept = slots * shape[3]
    moment = kept + (slot * shape[2] + edition) * (VERSIONS - 1) + version - 1
    name = np.where(version == 0, slot * shape[3] + handle, moment)
    since = np.maximum(np.maximum(running.start[slot, advert], edited.start[slot, edition]), 0)
    dice, edition_dice = dice[slot, advert], edition_dice[slot, edition]
    dark = sellers.listed[slot // AT_A_TIME] == 1
    hand = hands_of(dark, dice[:, 0])
    single = dice[:, 1] < number("listing.single")
    uniform = world.draw("listings", "offers").random((*running.start.shape, 2, LINES))[slot, advert]
    product = _products(wares, dark, single, uniform[:, 0])
    product = wares.arrived(product, _beside(since), _beside(dice[:, 2]))
    offered, quantity = amounts_offered(wares, product, hand, dark, single, uniform[:, 1])
    price = wares.cost(product, quantity, _beside(since))
    price *= _beside(np.exp(_dearer(world, sellers, slot, edition_dice, version)))
    turned = world.draw("listings", "words").random((*edited.start.shape, 2, LINES))[slot, edition]
    word, sign = (
        (turned[:, at] + OTHERWISE * (version == changed)[:, None]) % 1.0 for at, changed in ((0, 3), (1, 1))
    )
    channel = _beside(np.array(LISTED)[dark.astype(np.int64)])
    no = np.zeros(product.shape, dtype=np.bool_)
    pieces = Pieces(
        slot=slot,
        advert=advert,
        name=name,
        version=version,
        hand=hand,
        offered=offered,
        product=product,
        quantity=quantity,
        price=np.where(dark[:, None], np.round(price, 2), rounded(price)),
        word=wares.word(product, channel, no, _beside(since), word),
        sign=wares.word(product, channel, ~no, _beside(since), sign),
        dice=dice,
        edition_dice=edition_dice,
        names=(kept, slots * shape[2] * (VERSIONS - 1)),
    )
    return pieces, np.asarray(which)


def _beside(values: Floats | Ints) -> Any:
    """What holds for an advert, for each of the things that it offers."""
    return np.repeat(values[:, None], LINES, axis=1)


def _products(wares: Wares, dark: Mask, single: Mask, uniform: Floats) -> Ints:
    by_channel = [drawn_by(shares(wares, name), uniform.ravel()) for name in ("social", "dark_web")]
    product = np.where(np.repeat(dark, LINES), by_channel[1], by_channel[0]).reshape(uniform.shape)
    return np.where(single[:, None], product[:, :1], product)


def amounts_offered(
    wares: Wares, product: Ints, hand: Ints, dark: Mask, single: Mask, uniform: Floats
) -> tuple[Mask, Floats]:
    """Which lines of each advert offer something, and how much."""
    sizes, counts = _sizes(wares)
    which = 1 * dark[:, None]
    count = counts[which, product]
    step = (uniform * count).astype(np.int64)
    rising = np.maximum(np.minimum(step[:, :1], count - 2), 0) + np.arange(LINES)
    step = np.where(single[:, None], rising, step)
    offered = (np.arange(LINES) < LINES_OF[hand][:, None]) & (step < count)
    for later in range(1, LINES):  # nobody lists a thing twice, unless in several amounts
        again = (product[:, :later] == product[:, later : later + 1]).any(axis=1)
        offered[:, later] &= single | ~again
    return offered, sizes[which, product, np.minimum(step, count - 1)]


def _dearer(world: World, sellers: Sellers, slot: Ints, edition_dice: Floats, version: Ints) -> Floats:
    """How far each piece's prices lie from what things cost, as a logarithm; one version is a bargain."""
    _, of_burgh, of_edition = numbers("trade.price_spread")
    least, most = numbers("listing.bargain")
    here = of_burgh * world.draw("listings", "burgh price").standard_normal()
    edition = of_edition * normed(edition_dice[:, 0])
    bargain = np.where(version == 2, least + (most - least) * edition_dice[:, 1], 0.0)
    return np.asarray(sellers.dearer[slot // AT_A_TIME] + here + edition - bargain)


def _sizes(wares: Wares) -> tuple[Floats, Ints]:
    """Quantities offered (social media and dark web by product by step), and how many there are."""
    both = (wares.quantities, wares.bulk)
    counts = np.array([[len(one) for one in kind] for kind in both])
    sizes = np.zeros((2, len(wares.products), counts.max()))
    for which, kind in enumerate(both):
        for product, known in enumerate(kind):
            sizes[which, product, : len(known)] = known
    return sizes, counts


def hands_of(dark: Mask, uniform: Floats) -> Ints:
    """How each is written (of HANDS)."""
    return np.where(dark, HANDS.index("dark web"), drawn_by(np.array(numbers("listing.hands")), uniform))


def normed(uniform: Floats) -> Floats:
    """Uniforms about 0 with a standard deviation of 1."""
    return np.asarray(12**0.5 * (uniform - 0.5))


def rounded(price: Floats) -> Floats:
    """Prices as people name them: by halves, pounds, fives and tens, and never nothing."""
    step = np.select([price < 5, price < 20, price < 100], [0.5, 1.0, 5.0], 10.0)
    return np.asarray(np.maximum(np.round(price / step) * step, 0.5))
