"""What people happened to see offered for sale, as residents and workers tell it, naming nobody.

More is told where more is going on and where people trust that telling helps; the young see what is on social
media, and others what is in the street.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_from_row
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.streams.adverts import rounded
from lippen.sandbox.streams.clock import dates, season_of
from lippen.sandbox.streams.drawn import Drawn, coded, running_numbers
from lippen.sandbox.streams.thinning import Candidates, draw_candidates
from lippen.sandbox.streams.trade_words import amounts, lexicon_frames, prices_as_written, signs_for
from lippen.sandbox.streams.wares import Wares, shares, wares_of
from lippen.sandbox.world import World

SEEN = (*CHANNELS, "shop")
_SHOP = SEEN.index("shop")
_SHARES = ("street", "street", "social", "dark_web", "shop")  # the products of each channel of SEEN
_MOST = 8.0
_DICE = (
    "after", "order", "product", "coin", "line", "day", "quantity", "price", "price too", "told", "by",
    "frame", "word", "sign", "decoration", "amount", "written", "words known", "quantity known",
    "price known",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """Sightings in the order in which they were told: `channel` (of SEEN), `area`, `day` (as told: a week's
    first where only the week is known), `product`, `quantity`, `price` (GBP), and the `dice` by name."""

    channel: Ints
    area: Ints
    day: Ints
    product: Ints
    quantity: Floats
    price: Floats
    dice: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.day)


def draw(world: World, texts: bool) -> Drawn:
    """The sightings of one burgh in the order in which they were told.

    Truth: `sightings` (sighting_id, area, line: null where no line of a group was behind it, product).
    """
    wares = wares_of(world)
    told = _told(world, wares)
    ids = running_numbers(world.burgh, len(told))
    line = np.where(told.channel == _SHOP, -1, _lines(world, told.area, told.day, told.dice["line"]))
    truth = pa.table(
        {
            "sighting_id": pa.array(ids),
            "area": coded(world.place.codes, told.area),
            "line": pa.array(world.burgh * 100 + 1 + line, mask=line < 0),
            "product": coded(wares.products, told.product),
        }
    )
    return Drawn("sighting", _rows(world, wares, told, ids, texts), {"sightings": truth})


def _told(world: World, wares: Wares) -> Told:
    found = _candidates(world)
    table = world.draw("sightings", "dice").random((len(found), len(_DICE)))
    kept = np.flatnonzero(found.where(_rate(world)[found.sort, found.area, found.day]))
    after = (-np.log1p(-0.99 * table[kept, _DICE.index("after")]) * number("sighting.told_after")).astype(
        np.int64
    )
    kept = kept[np.lexsort((table[kept, _DICE.index("order")], found.day[kept] + after))]
    channel, seen = found.sort[kept], found.day[kept]
    dice = dict(zip(_DICE, table[kept].T, strict=True))
    weekday = (world.first_day.weekday() + seen) % 7
    day = np.where(dice["day"] < by_name("sighting.known")["day"], seen, seen - weekday)
    product = wares.arrived(_products(wares, channel, dice["product"]), day, dice["coin"])
    quantity = _quantities(wares, product, dice["quantity"])
    # A normal number out of two uniforms: Box and Muller 1958, Annals of Mathematical Statistics 29(2).
    normal = np.sqrt(-2 * np.log1p(-dice["price"])) * np.cos(2 * np.pi * dice["price too"])
    asked = wares.cost(product, quantity, day) * np.exp(number("sighting.price_spread") * normal)
    return Told(channel, found.area[kept], day, product, quantity, rounded(asked), dice)


def _candidates(world: World) -> Candidates:
    """Sightings that might be told, by channel: on social media where the young live, else where all do."""
    place, people = world.place, world.people
    young = np.bincount(people.area[(people.age >= 16) & (people.age < 25)], minlength=place.areas)
    expected = number("sighting.told") / 1000 * place.residents.sum()
    share = by_name("sighting.channels")
    seers = [young if one in ("social", "dark web") else place.residents for one in SEEN]
    per_year = np.stack(
        [expected * share[one] * seen / max(seen.sum(), 1) for one, seen in zip(SEEN, seers, strict=True)]
    )
    week = np.array(numbers("listing.week"))
    season = np.tile(season_of(world, week, number("sighting.summer")), (len(SEEN), 1))
    draw = world.draw("sightings", "candidates")
    return draw_candidates(draw, per_year, np.full(len(SEEN), _MOST), season, world.days)


def _rate(world: World) -> Floats:
    """What is told, channel of SEEN by area and day, against what is told on average."""
    told = world.activity * world.told * world.reporting / number("sighting.reporting_reference")
    reference = np.array(numbers("sighting.channel_reference"))[:, None, None]
    share = world.channels.transpose(1, 0, 2) / reference
    return np.asarray(told * np.concatenate([share, np.ones((1, *told.shape))]))


def _products(wares: Wares, sort: Ints, uniform: Floats) -> Ints:
    return drawn_from_row(np.array([shares(wares, one) for one in _SHARES]), sort, uniform)


def _lines(world: World, area: Ints, day: Ints, uniform: Floats) -> Ints:
    """The line behind each sighting, by reach on the day; -1 for a seller who belongs to none."""
    lines = world.groups.lines
    on = (lines.start[:, None] <= day) & (day < lines.end[:, None])
    weight = np.vstack([lines.reach[:, area] * on, np.full(len(area), number("sighting.of_no_line"))])
    edges = np.cumsum(weight, axis=0)
    which = (uniform * edges[-1] >= edges).sum(axis=0)
    return np.where(which >= len(lines.group), -1, which)


def _rows(world: World, wares: Wares, told: Told, ids: Ints, texts: bool) -> pa.Table:
    known, dice = by_name("sighting.known"), told.dice
    columns: dict[str, pa.Array] = {
        "Entry": pa.array(ids),
        "Date Seen": dates(world.first_day, told.day),
        "Where Offered": coded(SEEN, told.channel),
        "What Was Offered": _as_told(wares, _word(wares, told), dice["told"]),
    }
    if texts:
        written = amounts(wares, told.product, told.quantity, dice["amount"])
        columns["Words Used"] = _words(wares, told, written)
        columns["How Much"] = _where(dice["quantity known"] < known["quantity"], written)
    columns["Price GBP"] = pa.array(told.price, mask=dice["price known"] >= known["price"])
    columns["District"] = coded(world.place.larger_names, world.place.larger_of[told.area])
    columns["Told By"] = coded(
        ("resident", "worker"), (dice["by"] < number("sighting.by_worker")).astype(np.int64)
    )
    return pa.table(columns)


def _quantities(wares: Wares, product: Ints, uniform: Floats) -> Floats:
    """How much was offered: small amounts the likelier."""
    count = np.array([len(one) for one in wares.quantities])
    flat = np.array([size for one in wares.quantities for size in one])
    step = (uniform ** number("sighting.small") * count[product]).astype(np.int64)
    return np.asarray(flat[(np.cumsum(count) - count)[product] + step])


def _as_told(wares: Wares, word: Ints, uniform: Floats) -> pa.DictionaryArray:
    """What was offered, as the teller puts it: in a way that fits the word by which it went."""
    count = np.array([len(one) for one in wares.told])
    names = [told for one in wares.told for told in one]
    return coded(names, (np.cumsum(count) - count)[word] + (uniform * count[word]).astype(np.int64))


def _word(wares: Wares, told: Told) -> Ints:
    """The word by which each thing went, remembered or not."""
    no = np.zeros(len(told), dtype=np.bool_)
    return wares.word(told.product, _channel(told), no, told.day, told.dice["word"])


def _channel(told: Told) -> Ints:
    """The channel whose words were used: in a shop those of the street."""
    return np.where(told.channel == _SHOP, CHANNELS.index("street"), told.channel)


def _words(wares: Wares, told: Told, amount: pa.StringArray) -> pa.Array:
    """The words and signs that are remembered; nothing in a shop, where nobody calls out what is sold."""
    frames, decorations = lexicon_frames("sightings")["words"], lexicon_frames("adverts")["decorations"]
    dice, in_shop = told.dice, told.channel == _SHOP
    yes = np.ones(len(told), dtype=np.bool_)
    sign = wares.word(told.product, _channel(told), yes, told.day, dice["sign"])
    frame = frames.any(dice["frame"])
    # Nobody shouts a sign in the street: where a channel has none, the word stands alone.
    frame = np.where(frames.opens(frame, "e") & ~wares.is_sign[sign], 0, frame)
    said = frames.fill(
        frame,
        w=pa.array(wares.words).take(pa.array(_word(wares, told))),
        e=signs_for(wares, sign),
        d=decorations.fill(decorations.any(dice["decoration"])),
        q=amount,
        p=prices_as_written(told.price, dice["written"]),
    )
    return _where((dice["words known"] < by_name("sighting.known")["words"]) & ~in_shop, said)


def _where(known: Mask, texts: pa.StringArray) -> pa.Array:
    return pc.if_else(pa.array(known), texts, pa.scalar(None, pa.string()))
