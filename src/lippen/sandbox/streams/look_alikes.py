"""Who else posts in the same collections, with the words and signs of the trade, and sells nothing of it.

The invariant: such posts are put up, gone over, posted again and posted under other handles as adverts are,
in the same collections and hours, and come from their own numbers alone. Busy pages (a food page, a football
club, a recovery cafe) post most of them; the rest comes from people who post once or twice. On the dark web
they are shops that send lawful things in the amounts, and at the prices, that are met there. So what tells an
advert is what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lippen.sandbox.chance import YEAR, Floats, Ints, Mask, drawn_by
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.streams.adverts import (
    LINES,
    OTHERWISE,
    VERSIONS,
    amounts_offered,
    hands_of,
    normed,
)
from lippen.sandbox.streams.sellers import Turns, turns
from lippen.sandbox.streams.wares import Wares, shares, trade_lexicon
from lippen.sandbox.world import World

CLASSES = ("recovery", "harm_reduction", "news", "lyric", "food", "pharmacy", "everyday")

_DICE = 12 + 3 * LINES
_EDITION_DICE = 4 + 2 * LINES


@dataclass(frozen=True)
class Posts:
    """Different posts, one a row: what is put up once, and then editions of what pages put up under each of
    their handles.

    `kind` (index of the lexicon's pages), `listed` (place in LISTED), `hand` (of HANDS), `since` (day),
    `name` (that it goes under, one of `names`), `same` (which are editions of one post); `beside`, `quantity`
    and `price` (GBP): the product beside which a shop of the dark web sells, and what it asks for how much.
    `dice` (24: the first 12 as those of an advert, then by line the thing, the amount and the product spoken
    of) and `edition_dice` (12: 4 as those of an edition, then by line the word and the sign).
    """

    kind: Ints
    listed: Ints
    hand: Ints
    since: Ints
    name: Ints
    same: Ints
    beside: Ints
    quantity: Floats
    price: Floats
    dice: Floats
    edition_dice: Floats
    names: int

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def sort(self) -> Ints:
        """The class of each, as a place in CLASSES."""
        by_page, by_product = _classes()
        return np.where(self.listed == 1, by_product[self.beside], by_page[self.kind])


@lru_cache
def _classes() -> tuple[Ints, Ints]:
    """The class of each page, and of what is sold beside each product. Newcomers have nothing beside them."""
    known = trade_lexicon()
    return (
        np.array([CLASSES.index(page["class"]) for page in known["look_alikes"]["page"]]),
        np.array([CLASSES.index(one["beside"]["class"]) for one in known["product"]]),
    )


def posts_of(world: World, wares: Wares, per_year: float, day: Ints, uniform: Floats) -> tuple[Posts, Ints]:
    """The different posts among postings on `day`, and which of them each posting is.

    `per_year` is how many postings are expected in a year; `uniform` (posting by 3) says whether somebody
    posts it in passing or passes it on, on which channel it stands, and of which page it is.
    """
    own, passed_on = number("listing.passing"), number("listing.passed_on")
    passing = uniform[:, 0] < own
    once, again = _in_passing(world, per_year, day[passing], uniform[passing, 1])
    coin = np.maximum((uniform[~passing, 0] - own) / passed_on, 0.0)
    version = np.where(coin < 1, 1 + (coin * (VERSIONS - 1)).astype(np.int64), 0)
    n = len(once["kind"])
    put, which, names = _by_pages(world, day[~passing], version, uniform[~passing, 1:], n)
    source = np.empty(len(day), dtype=np.int64)
    source[passing], source[~passing] = again, n + which
    both = {key: np.concatenate([once[key], put[key]]) for key in put}
    return _offering(wares, both, n + names), source


@dataclass(frozen=True)
class _Pages:
    """The pages of a burgh, those on social media first (`social` of them): `kind`, `busy` (weight), `dearer`
    (log price), and the turns of what they put up, of its editions and of their handles."""

    social: int
    kind: Ints
    busy: Floats
    dearer: Floats
    up: Turns
    edited: Turns
    handles: Turns

    def which(self, dark: Mask, uniform: Floats) -> Ints:
        """A page for each posting."""
        of_social, of_dark = self.busy[: self.social], self.busy[self.social :]
        return np.where(dark, self.social + drawn_by(of_dark, uniform), drawn_by(of_social, uniform))


def _pages_of(world: World) -> _Pages:
    draw = world.draw("listings", "pages")
    social, dark = (int(mean + draw.random()) for mean in numbers("listing.pages"))
    # Evenly apart, so that hardly two pages of a burgh are of one kind.
    kind = _kinds((draw.random() + np.arange(social + dark) / social) % 1.0)
    spread = draw.standard_normal((social + dark, 2))
    up, edited, handles = (
        turns(world.draw("listings", "pages", name), social + dark, world.days, numbers(f"listing.{name}"))
        for name in ("advert_days", "edition_days", "handle_days")
    )
    return _Pages(
        social=social,
        kind=kind,
        busy=np.exp(number("listing.pages_spread") * spread[:, 0]),
        dearer=numbers("trade.price_spread")[0] * spread[:, 1],
        up=up,
        edited=edited,
        handles=handles,
    )


def _by_pages(
    world: World, day: Ints, version: Ints, uniform: Floats, first: int
) -> tuple[dict[str, Any], Ints, int]:
    """What pages put up, which of it each posting is, and how many handles there are for it.

    A page keeps one post up at a time; a version other than the first is passed on under a handle of the
    moment, as those of adverts are. The numbers of handles and posts begin at `first`.
    """
    pages = _pages_of(world)
    page = pages.which(uniform[:, 0] < number("listing.dark_web"), uniform[:, 1])
    turning = (pages.up, pages.edited, pages.handles)
    shape = (len(pages.kind), *(one.start.shape[1] for one in turning), VERSIONS)
    keys, which = np.unique(
        np.ravel_multi_index((page, *(one.at(page, day) for one in turning), version), shape),
        return_inverse=True,
    )
    page, post, edition, handle, version = np.unravel_index(keys, shape)
    kept, of_the_moment = pages.handles.start.size, pages.edited.start.size * (VERSIONS - 1)
    moment = kept + (page * shape[2] + edition) * (VERSIONS - 1) + version - 1
    dice = world.draw("listings", "post dice").random((*shape[:2], _DICE))
    edition_dice = world.draw("listings", "post edition dice").random((shape[0], shape[2], _EDITION_DICE))
    put = {
        "kind": pages.kind[page],
        "listed": (page >= pages.social).astype(np.int64),
        "since": np.maximum(np.maximum(pages.up.start[page, post], pages.edited.start[page, edition]), 0),
        "name": first + np.where(version == 0, page * shape[3] + handle, moment),
        "same": first + page * shape[1] + post,
        "dearer": pages.dearer[page] - np.where(version == 2, sum(numbers("listing.bargain")) / 2, 0.0),
        "dice": dice[page, post],
        "edition_dice": (edition_dice[page, edition] + _turned()[version]) % 1.0,
    }
    return put, np.asarray(which), kept + of_the_moment


@lru_cache
def _turned() -> Floats:
    """How far each version (row) turns the dice of its edition: other signs, another price, other words."""
    turned = np.zeros((VERSIONS, _EDITION_DICE))
    turned[1, 2] = turned[1, 4 + LINES :] = turned[2, 1] = turned[3, 4 : 4 + LINES] = OTHERWISE
    return turned


def _in_passing(world: World, per_year: float, day: Ints, uniform: Floats) -> tuple[dict[str, Any], Ints]:
    """What is put up by people who post it once or twice, and which of it each posting is."""
    days = by_name("listing.passing_days")
    early = int(days["before"])
    span = world.days + early
    expected = per_year * number("listing.passing") / number("listing.passing_copies")
    n = max(1, int(np.ceil(expected * span / YEAR)))
    draw = world.draw("listings", "in passing")
    first, coin, kind = draw.random((3, n))
    since = np.maximum(((np.arange(n) + first) / n * span).astype(np.int64) - early, 0)
    before = -np.log1p(-0.999 * uniform) * days["again"]
    at = (day - before + early) / span * n
    once = {
        "kind": _kinds(kind),
        "listed": (coin < number("listing.dark_web")).astype(np.int64),
        "since": since,
        "name": np.arange(n),
        "same": np.arange(n),
        "dearer": numbers("trade.price_spread")[0] * draw.standard_normal(n),
        "dice": draw.random((n, _DICE)),
        "edition_dice": draw.random((n, _EDITION_DICE)),
    }
    return once, np.clip(at.astype(np.int64), 0, n - 1)


def _kinds(uniform: Floats) -> Ints:
    """Which of the lexicon's pages each is."""
    return drawn_by(np.array([page["share"] for page in trade_lexicon()["look_alikes"]["page"]]), uniform)


def _offering(wares: Wares, put: dict[str, Any], names: int) -> Posts:
    """The posts, with how they are written and what the shops of the dark web send.

    These sell as much at a time as those beside them; what it costs follows nobody's price after day 0.
    """
    dice, dark = put["dice"], put["listed"] == 1
    single = dice[:, 1] < number("listing.single")
    beside = drawn_by(shares(wares, "dark_web"), dice[:, 2])
    hand = hands_of(dark, dice[:, 0])
    _, quantity = amounts_offered(
        wares, np.repeat(beside[:, None], LINES, axis=1), hand, dark, single, dice[:, 16 : 16 + LINES]
    )
    dearer = np.exp(put["dearer"] + numbers("trade.price_spread")[2] * normed(put["edition_dice"][:, 0]))
    price = wares.cost(beside, quantity[:, 0], np.zeros(len(beside), dtype=np.int64)) * dearer
    return Posts(
        kind=put["kind"],
        listed=put["listed"],
        hand=hand,
        since=put["since"],
        name=put["name"],
        same=put["same"],
        beside=beside,
        quantity=quantity[:, 0],
        price=np.round(price, 2),
        dice=dice,
        edition_dice=put["edition_dice"],
        names=names,
    )
