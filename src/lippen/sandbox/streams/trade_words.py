"""How amounts, prices, signs and handles are written, by index from `words/trade.toml`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.streams.frames import Frames
from lippen.sandbox.streams.wares import Wares, trade_lexicon


@lru_cache
def lexicon_frames(room: str) -> dict[str, Frames]:
    """The frames of one table of the lexicon, by the name of the list."""
    return {name: Frames(lines) for name, lines in trade_lexicon()[room].items()}


def amounts(wares: Wares, product: Ints, quantity: Floats, uniform: Floats) -> pa.StringArray:
    """Amounts as people write them, such as `an eighth` or `x10`."""
    known = trade_lexicon()["amounts"]
    units = sorted(known)
    unit = np.array([units.index(one) for one in wares.units])[product]
    # Sizes are tenths at their finest, so a whole number stands for a unit and a size.
    sorts, index = np.unique(unit * 1_000_000 + np.rint(10 * quantity).astype(np.int64), return_inverse=True)
    told = [_ways(known[units[sort // 1_000_000]], f"{sort % 1_000_000 / 10:g}") for sort in sorts.tolist()]
    count = np.array([len(ways) for ways in told], dtype=np.int64)
    at = (np.cumsum(count) - count)[index] + (uniform * count[index]).astype(np.int64)
    return pa.array([way for ways in told for way in ways], pa.string()).take(pa.array(at))


def _ways(written: dict[str, list[str]], size: str) -> list[str]:
    return [way.replace("{n}", size) for way in written.get(size, written[""])]


def prices_as_written(price: Floats, uniform: Floats) -> pa.StringArray:
    """Prices as sellers write them, such as `£30` or `30 quid`; those in pence are written in full."""
    ways = lexicon_frames("adverts")["prices"]
    return ways.fill(ways.any(uniform), n=pounds(price))


def pounds(price: Floats) -> pa.StringArray:
    """Prices as numbers, such as `30` or `2.50`."""
    pence = np.rint(100 * price).astype(np.int64)
    whole = pence % 100 == 0
    rest = pc.utf8_slice_codeunits(pa.array(100 + pence % 100).cast(pa.string()), 1)
    return pc.binary_join_element_wise(
        pa.array(pence // 100).cast(pa.string()),
        pa.array(["", "."]).take(pa.array(1 - whole)),
        pc.if_else(pa.array(whole), "", rest),
        "",
    )


def signs_for(wares: Wares, word: Ints) -> pa.StringArray:
    """The signs among `word` (indexes of Wares.words), and nothing for those that are words."""
    return pa.array([one if sign else "" for one, sign in zip(wares.words, wares.is_sign, strict=True)]).take(
        pa.array(word)
    )


def handles(first: Floats, last: Floats, digits: Floats) -> pa.StringArray:
    """Invented handles, from three uniforms each."""
    known = trade_lexicon()["handles"]
    return pc.binary_join_element_wise(
        pa.array(known["first"]).take(pa.array((first * len(known["first"])).astype(np.int64))),
        pa.array(["", "_", "."]).take(pa.array((digits * 3).astype(np.int64))),
        pa.array(known["last"]).take(pa.array((last * len(known["last"])).astype(np.int64))),
        pa.array((10 + digits * 3 % 1 * 9990).astype(np.int64)).cast(pa.string()),
        "",
    )
