"""Collections that an organisation holds: adverts, their copies, and what looks like them and is none.

The invariant: which area a posting serves, whose it is and whether it is an advert at all stands in the truth
alone. Most listings are copies: an advert is met about 45 times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.naming import phones
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.streams.advert_texts import shown, texts_of
from lippen.sandbox.streams.adverts import VERSIONS, Pieces, pieces_of
from lippen.sandbox.streams.clock import season_of, seconds_of, timestamps, wall_clock
from lippen.sandbox.streams.drawn import Drawn, coded, gathered, running_numbers
from lippen.sandbox.streams.look_alike_texts import post_texts
from lippen.sandbox.streams.look_alikes import CLASSES, Posts, posts_of
from lippen.sandbox.streams.sellers import AT_A_TIME, LISTED, Sellers, sellers_of, slots_of
from lippen.sandbox.streams.thinning import draw_candidates
from lippen.sandbox.streams.trade_truth import trade_truth
from lippen.sandbox.streams.trade_words import handles
from lippen.sandbox.streams.wares import Wares, trade_lexicon, wares_of
from lippen.sandbox.world import World

_MOST = 6.0
_INNOCENT = len(LISTED)
Array = NDArray[Any]


@dataclass(frozen=True)
class Postings:
    """Postings in the order in which they were written.

    `at` (wall clock), `area` and `line` that it serves, `is_advert`, `source` (what was posted: a
    row of Pieces, or of Posts after all Pieces) and `spot` (a uniform that says in which collection).
    """

    at: Ints
    area: Ints
    line: Ints
    is_advert: Mask
    source: Ints
    spot: Floats

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Collected:
    """Everything that the rows and the truth of one burgh are made from."""

    world: World
    wares: Wares
    sellers: Sellers
    pieces: Pieces
    posts: Posts
    postings: Postings
    ids: Ints

    @property
    def seller(self) -> Ints:
        """The seller of each piece."""
        return np.asarray(self.pieces.slot // AT_A_TIME)

    def each(self, of_piece: Array, of_post: Array | float) -> Array:
        """For each posting, what its piece or its post has."""
        posts = np.broadcast_to(
            np.asarray(of_post, dtype=of_piece.dtype), (len(self.posts), *of_piece.shape[1:])
        )
        return np.concatenate([of_piece, posts])[self.postings.source]


def draw(world: World, texts: bool) -> Drawn:
    """The listings of one burgh in the order in which they were posted.

    Truth: `listings` (listing_id, advert, look_alike, group, line, seller, and of what stands first in it
    product, quantity_g or quantity_count, price_gbp; copy_of, the first listing of the same advert or post;
    area), `offers` (listing_id, place in the advert, product, the word and the sign by which it goes there,
    quantity, unit, price_gbp) and the nation's `words`, `prices` and `substance_change`.
    """
    wares = wares_of(world)
    sellers = sellers_of(world)
    postings, pieces, posts = _postings(world, wares, sellers)
    ids = running_numbers(world.burgh, len(postings))
    known = Collected(world, wares, sellers, pieces, posts, postings, ids)
    truth = {"listings": _truth(known), "offers": _offers(known), **trade_truth(world)}
    return Drawn("listing", _rows(known, texts), truth)


def _innocent_rate(world: World) -> float:
    """What looks alike, in a year and burgh."""
    share = number("listing.look_alikes")
    return number("listing.adverts") / 1000 * float(world.place.residents.sum()) * share / (1 - share)


def _postings(world: World, wares: Wares, sellers: Sellers) -> tuple[Postings, Pieces, Posts]:
    sort, area, day, second, dice = _happened(world)
    at = wall_clock(world.first_day, day, second)
    order = np.lexsort((dice[:, 1], at))
    sort, area, day, dice, at = sort[order], area[order], day[order], dice[order], at[order]
    advert = sort < _INNOCENT
    slot, served = slots_of(world, sellers, sort[advert], area[advert], day[advert], dice[advert, 2])
    varied, dealt = number("listing.varied"), dice[advert, 3]
    version = np.where(dealt < varied, 1 + (dealt / varied * (VERSIONS - 1)).astype(np.int64), 0)
    pieces, which = pieces_of(world, wares, sellers, slot, day[advert], version)
    posts, post = posts_of(world, wares, _innocent_rate(world), day[~advert], dice[~advert, 2:5])
    source = np.empty_like(sort)
    source[advert], source[~advert] = which, len(pieces) + post
    line = np.full_like(sort, -1)
    line[advert] = served
    return Postings(at, area, line, advert, source, dice[:, 5]), pieces, posts


def _happened(world: World) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Sort (a place in LISTED, or what looks alike), area, day, second and dice of what was posted."""
    people, dark = world.place.residents, number("listing.dark_web")
    adverts = number("listing.adverts") / 1000 * people
    innocent = _innocent_rate(world) * people / people.sum()
    season = season_of(world, np.array(numbers("listing.week")), 0.0)
    found = draw_candidates(
        world.draw("listings", "candidates"),
        np.stack([adverts * (1 - dark), adverts * dark, innocent]),
        np.array([_MOST, _MOST, 1.0]),
        np.tile(season, (_INNOCENT + 1, 1)),
        world.days,
    )
    dice = world.draw("listings", "dice").random((len(found), 6))
    reference = np.array(numbers("listing.channel_reference"))[:, None, None]
    share = world.channels[:, list(LISTED)].transpose(1, 0, 2) / reference
    rate = np.concatenate([world.activity * share, np.ones((1, *world.activity.shape))])
    which = np.flatnonzero(found.where(rate[found.sort, found.area, found.day]))
    second = seconds_of(
        np.array([numbers("listing.hours")]), np.zeros(len(which), dtype=np.int64), dice[which, 0]
    )
    return found.sort[which], found.area[which], found.day[which], second, dice[which]


def _rows(known: Collected, texts: bool) -> pa.Table:
    lexicon, postings = trade_lexicon()["adverts"], known.postings
    listed = known.each(known.sellers.listed[known.seller], known.posts.listed)
    dark = listed == 1
    price = known.each(known.pieces.price[:, 0], known.posts.price)
    # A shop window says the same wherever it is copied, and some leave something out. On the
    # dark web the dice of hands, openings and closings have no other use.
    window = known.each(known.pieces.dice[:, [0, 7, 8]], known.posts.dice[:, [0, 7, 8]])
    stated = number("listing.stated")
    priced = dark & (window[:, 0] < stated)
    sent = dark & (np.abs(window[:, 0] - 0.5) < stated / 2)
    columns: dict[str, pa.Array] = {
        "Item ID": pa.array(known.ids),
        "Posted": timestamps(postings.at),
        "Collection": _collections(known.world, lexicon["markets"], dark, postings.spot),
        "Channel": coded([CHANNELS[one] for one in LISTED], listed),
    }
    if texts:
        called, rung = _contacts(known)
        columns["Heading"], columns["Body"] = _texts(known, called, rung)
    else:
        # A listing has a title, so a plain export says that it was left out.
        columns["Heading"] = coded(["left out"], np.zeros(len(postings), dtype=np.int64))
    columns["Price GBP"] = pa.array(price, mask=~priced)
    columns["Amount"] = _amounts(known, priced)
    columns["Ships From"] = _ports(lexicon["origins"], sent, window[:, 1])
    columns["Ships To"] = _ports(lexicon["destinations"], sent, window[:, 2])
    if texts:
        columns["Seller"] = gathered(called, postings.source)
    return pa.table(columns)


def _collections(world: World, markets: list[str], dark: Mask, uniform: Floats) -> pa.DictionaryArray:
    """Where each listing stands: a market, or one of this burgh's groups, some fuller than others.

    It is no sign of what is an advert: all is posted everywhere.
    """
    model = by_name("listing.groups")
    held = int(model["burgh"])
    here = world.draw("listings", "groups").permutation(int(model["nation"]))[:held]
    names = [*(f"Group {one + 1}" for one in here), *markets]
    fuller = uniform ** model["fuller"]
    market = held + (fuller * len(markets)).astype(np.int64)
    return coded(names, np.where(dark, market, (fuller * held).astype(np.int64)))


def _amounts(known: Collected, priced: Mask) -> pa.DictionaryArray:
    """Amounts as the holder of a collection writes them: `3.5 g`, `10 tablets`, and other wares in pieces."""
    wares, pieces = known.wares, known.pieces
    units = ["g", "tablets", "pcs"]
    unit_of = np.array(
        [units.index(one) if one in units else len(units) - 1 for one in wares.units], dtype=np.int64
    )
    unit = unit_of[np.concatenate([pieces.product[:, 0], known.posts.beside])]
    size = np.concatenate([pieces.quantity[:, 0], known.posts.quantity])
    # Sizes are tenths at their finest, so a whole number stands for a unit and a size.
    sorts, index = np.unique(unit * 1_000_000 + np.rint(10 * size).astype(np.int64), return_inverse=True)
    names = [f"{sort % 1_000_000 / 10:g} {units[sort // 1_000_000]}" for sort in sorts.tolist()]
    return coded(names, np.where(priced, index[known.postings.source], -1))


def _ports(names: list[str], dark: Mask, uniform: Floats) -> pa.DictionaryArray:
    """Where a parcel comes from or goes to; names that stand twice are likelier."""
    different = list(dict.fromkeys(names))
    index = np.array([different.index(one) for one in names])[(uniform * len(names)).astype(np.int64)]
    return coded(different, np.where(dark, index, -1))


def _texts(known: Collected, called: pa.StringArray, rung: pa.StringArray) -> tuple[pa.Array, pa.Array]:
    """Heading and body, each text stored once whatever its copies."""
    dice = np.concatenate([known.pieces.dice[:, 11], known.posts.dice[:, 11]])
    contact = pc.if_else(pa.array(dice < by_name("listing.named")["handle"]), called, rung)
    pieces = len(known.pieces)
    both = zip(
        texts_of(known.wares, known.pieces, contact.slice(0, pieces)),
        post_texts(known.wares, known.posts, contact.slice(pieces)),
        strict=True,
    )
    heading, body = (gathered(pa.concat_arrays(one), known.postings.source) for one in both)
    return heading, body


def _contacts(known: Collected) -> tuple[pa.StringArray, pa.StringArray]:
    """Handle and telephone number of each piece and each post."""
    kept, of_the_moment = known.pieces.names
    drawn = [
        known.world.draw("listings", "contacts", whose).random((count, 4))
        for whose, count in (("kept", kept), ("of the moment", of_the_moment), ("posts", known.posts.names))
    ]
    which = np.concatenate([known.pieces.name, kept + of_the_moment + known.posts.name])
    dice = np.concatenate(drawn)[which]
    return handles(dice[:, 0], dice[:, 1], dice[:, 2]), phones(dice[:, 3], mobile_share=1.0)


def _truth(known: Collected) -> pa.Table:
    world, wares, pieces = known.world, known.wares, known.pieces
    advert = known.postings.is_advert
    seller = known.each(known.seller, -1)
    line = known.postings.line
    group = np.append(world.groups.lines.group, -1)[line]
    product = known.each(pieces.product[:, 0], -1)
    quantity = known.each(pieces.quantity[:, 0], 0.0)
    grams = np.array([unit == "g" for unit in wares.units])[product]
    # What is the same advert, or the same post, whatever its edition and version.
    same = known.each(pieces.slot * 10_000 + pieces.advert, -1 - known.posts.same)
    _, first, which = np.unique(same, return_index=True, return_inverse=True)
    first_id = known.ids[first][which]
    return pa.table(
        {
            "listing_id": pa.array(known.ids),
            "advert": pa.array(advert),
            "look_alike": coded(CLASSES, known.each(np.full(len(pieces), -1), known.posts.sort)),
            "group": coded(world.groups.letters, group),
            "line": pa.array(world.burgh * 100 + 1 + line, mask=line < 0),
            "seller": pa.array(world.burgh * 100 + 1 + seller, mask=~advert),
            "product": coded(wares.products, product),
            "quantity_g": pa.array(quantity, mask=~(advert & grams)),
            "quantity_count": pa.array(quantity.astype(np.int32), mask=~(advert & ~grams)),
            "price_gbp": pa.array(known.each(pieces.price[:, 0], 0.0), mask=~advert),
            "copy_of": pa.array(first_id, mask=first_id == known.ids),
            "area": coded(world.place.codes, np.where(advert, known.postings.area, -1)),
        }
    )


def _offers(known: Collected) -> pa.Table:
    """What each advert offers: a row for each place in it."""
    pieces, wares = known.pieces, known.wares
    row, at = np.nonzero(pieces.offered)
    count = pieces.offered.sum(axis=1)
    begin = np.cumsum(count) - count
    mine = known.postings.source[known.postings.is_advert]
    times = count[mine]
    place = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    cell = np.repeat(begin[mine], times) + place
    row, at = row[cell], at[cell]
    product = pieces.product[row, at]
    return pa.table(
        {
            "listing_id": pa.array(np.repeat(known.ids[known.postings.is_advert], times)),
            "place": pa.array((place + 1).astype(np.int32)),
            "product": coded(wares.products, product),
            "word": coded(wares.words, np.where(shown(pieces, "w")[row], pieces.word[row, at], -1)),
            "sign": coded(wares.words, np.where(shown(pieces, "e")[row], pieces.sign[row, at], -1)),
            "quantity": pa.array(pieces.quantity[row, at]),
            "unit": coded(wares.units, product),
            "price_gbp": pa.array(pieces.price[row, at]),
        }
    )
