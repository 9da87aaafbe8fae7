"""How posts that look like adverts are written: in the same hands, about a page's own things."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.streams.advert_texts import set_out
from lippen.sandbox.streams.adverts import LINES, LINES_OF, rounded
from lippen.sandbox.streams.frames import Frames, Rooms
from lippen.sandbox.streams.look_alikes import Posts
from lippen.sandbox.streams.trade_words import amounts, lexicon_frames, pounds, prices_as_written, signs_for
from lippen.sandbox.streams.wares import Wares, shares, trade_lexicon

_COUNTED = ("g", "tablets")  # all else is sent in pieces


@lru_cache
def _rooms(name: str) -> Rooms:
    """A list of lines of every page; what a page does not name is that of adverts."""
    lexicon = trade_lexicon()
    return Rooms([page.get(name, lexicon["adverts"].get(name)) for page in lexicon["look_alikes"]["page"]])


@lru_cache
def _beside() -> Rooms:
    """What is sold beside each product."""
    return Rooms([one["beside"]["things"] for one in trade_lexicon()["product"]])


@lru_cache
def _offers() -> tuple[Frames, Floats, Ints, Ints]:
    """What all pages ask, on end: amounts (a line each, its forms the ways of writing it), and least and most
    that they cost (2 by offer); then where those of each page begin and how many they are."""
    every: list[list[Any]] = [page["offers"] for page in trade_lexicon()["look_alikes"]["page"]]
    count = np.array([len(one) for one in every])
    cost = np.array([[low, high] for one in every for _, low, high in one], dtype=np.float64)
    return (
        Frames([amount for one in every for amount, _, _ in one]),
        cost.T,
        np.cumsum(count) - count,
        count,
    )


@lru_cache
def _sign_lines() -> Frames:
    return Frames(trade_lexicon()["look_alikes"]["sign_lines"])


def post_texts(wares: Wares, posts: Posts, contact: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Heading and body of each post; `contact` is a handle or a number, which half of them name."""
    thing, offer, offered = _chosen(posts)
    rows, line = np.nonzero(offered)
    dice, hand = posts.dice[rows], posts.hand[rows]
    put = _put(wares, posts, rows, line, thing[rows, line], offer[rows, line])
    frames, signs, own = lexicon_frames("adverts"), _sign_lines(), _rooms("one_lines")
    in_menu = {**put, "w": put["i"]}
    lines = frames["menu_lines"].fill(frames["menu_lines"].any(dice[:, 5]), **in_menu)
    lines = pc.if_else(
        pa.array(hand == 1), own.frames.fill(own.any(posts.kind[rows], dice[:, 5]), **put), lines
    )
    lines = pc.if_else(pa.array(hand == 2), signs.fill(signs.any(dice[:, 5]), **put), lines)
    first = np.flatnonzero(line == 0)
    shop = {**{name: one.take(pa.array(first)) for name, one in put.items()}, **_sent(wares, posts)}
    starts = pa.array(np.append(first, len(rows)).astype(np.int32))
    said = {
        name: room.frames.fill(room.any(posts.kind, posts.dice[:, at]), **shop)
        for at, name, room in ((7, "openings", _rooms("openings")), (8, "closings", _rooms("closings")))
    }
    return set_out(
        posts.hand,
        posts.dice,
        lines=pc.binary_join(pa.ListArray.from_arrays(starts, lines), "\n"),
        opening=said["openings"],
        closing=said["closings"],
        title=frames["dark_titles"].fill(frames["dark_titles"].any(posts.dice[:, 5]), **shop),
        about=frames["dark_bodies"].fill(frames["dark_bodies"].any(posts.dice[:, 6]), **shop),
        contact=contact,
    )


def _chosen(posts: Posts) -> tuple[Ints, Ints, Mask]:
    """The thing (a frame) and the offer of each line of each post, and which lines there are.

    As in adverts, some posts offer one thing in several amounts, and none the same thing twice otherwise.
    """
    single = posts.dice[:, 1] < number("listing.single")
    kind = np.repeat(posts.kind, LINES)
    # Each post keeps coming back to one thing, as sellers do to cannabis: so menus are no longer than theirs.
    favoured = (
        posts.dice[:, 12 : 12 + LINES] ** by_name("listing.pages_things")["favoured"] + posts.dice[:, 2:3]
    ) % 1.0
    thing = _rooms("things").any(kind, favoured.ravel()).reshape(-1, LINES)
    thing = np.where(single[:, None], thing[:, :1], thing)
    _, _, begin, counts = _offers()
    count = counts[posts.kind][:, None]
    step = (posts.dice[:, 16 : 16 + LINES] * count).astype(np.int64)
    rising = np.minimum(step[:, :1], count - 2) + np.arange(LINES)
    step = np.where(single[:, None], rising, step)
    offered = (np.arange(LINES) < LINES_OF[posts.hand][:, None]) & (step < count)
    for later in range(1, LINES):
        offered[:, later] &= single | ~(thing[:, :later] == thing[:, later : later + 1]).any(axis=1)
    return thing, begin[posts.kind][:, None] + np.minimum(step, count - 1), offered


def _put(wares: Wares, posts: Posts, rows: Ints, line: Ints, thing: Ints, offer: Ints) -> dict[str, pa.Array]:
    """What is put into the open places of each line."""
    dice, edition = posts.dice[rows], posts.edition_dice[rows]
    # Who warns or jokes uses the words of the street, wherever it is posted.
    at, n = np.arange(len(rows)), len(rows)
    product = drawn_by(shares(wares, "social") ** number("listing.pages_words"), dice[at, 20 + line])
    channel = np.full(n, CHANNELS.index("social"))
    word, sign = (
        wares.word(product, channel, np.full(n, sign), posts.since[rows], edition[at, first + line])
        for sign, first in ((False, 4), (True, 4 + LINES))
    )
    everyday = pa.array(trade_lexicon()["new"]["everyday"])
    decorations = lexicon_frames("adverts")["decorations"]
    put = {
        "w": pa.array(wares.words).take(pa.array(word)),
        "e": signs_for(wares, sign),
        "v": everyday.take(pa.array((edition[:, 3] * len(everyday)).astype(np.int64))),
        "d": decorations.fill(decorations.any(edition[:, 2])),
    }
    amount, cost, _, _ = _offers()
    low, high = cost[:, offer]
    # Different things in one menu cost different amounts; of one thing more costs more.
    apart = np.where(
        dice[:, 1] < number("listing.single"), 0.0, by_name("listing.pages_things")["apart"] * line
    )
    asked = low + (high - low) * ((edition[:, 1] + apart) % 1.0)
    prices = _rooms("prices")
    return {
        **put,
        "i": _rooms("things").frames.fill(thing, **put),
        "q": amount.fill(amount.pick(offer, dice[:, 3])),
        "p": prices.frames.fill(prices.any(posts.kind[rows], dice[:, 4]), n=pounds(rounded(asked))),
    }


def _sent(wares: Wares, posts: Posts) -> dict[str, pa.Array]:
    """What a shop of the dark web sends, how much of it, and for how much."""
    beside = _beside()
    n = len(posts)
    told = amounts(wares, posts.beside, posts.quantity, posts.dice[:, 3])
    pieces = pc.binary_join_element_wise("x", pa.array(posts.quantity.astype(np.int64)).cast(pa.string()), "")
    counted = np.isin(np.array(wares.units)[posts.beside], _COUNTED)
    return {
        "w": beside.frames.fill(beside.any(posts.beside, posts.dice[:, 12])),
        "q": pc.if_else(pa.array(counted), told, pieces),
        "p": prices_as_written(posts.price, np.zeros(n)),
    }
